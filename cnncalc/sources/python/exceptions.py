"""The exceptions of the program being read: Python's own classes by name."""

from __future__ import annotations

from .classes import Class, Instance
from .interpreter import Interpreter, Raised, Unknown
from .scopes import Value
from .values import Native

#: Each class with its base.
_BASES = {
    "Exception": "BaseException", "KeyboardInterrupt": "BaseException", "SystemExit": "BaseException",
    "GeneratorExit": "BaseException", "ArithmeticError": "Exception", "ZeroDivisionError": "ArithmeticError",
    "OverflowError": "ArithmeticError", "FloatingPointError": "ArithmeticError", "AssertionError": "Exception",
    "AttributeError": "Exception", "BufferError": "Exception", "EOFError": "Exception", "ImportError": "Exception",
    "ModuleNotFoundError": "ImportError", "LookupError": "Exception", "IndexError": "LookupError", "KeyError": "LookupError",
    "MemoryError": "Exception", "NameError": "Exception", "UnboundLocalError": "NameError", "OSError": "Exception",
    "IOError": "OSError", "EnvironmentError": "OSError", "FileNotFoundError": "OSError", "FileExistsError": "OSError",
    "PermissionError": "OSError", "ConnectionError": "OSError", "TimeoutError": "OSError", "RuntimeError": "Exception",
    "NotImplementedError": "RuntimeError", "RecursionError": "RuntimeError", "StopIteration": "Exception",
    "SyntaxError": "Exception", "TypeError": "Exception", "ValueError": "Exception", "UnicodeError": "ValueError",
    "UnicodeDecodeError": "UnicodeError", "UnicodeEncodeError": "UnicodeError", "Warning": "Exception",
    "UserWarning": "Warning", "DeprecationWarning": "Warning", "FutureWarning": "Warning", "RuntimeWarning": "Warning",
}


def _init(run: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
    run.changing(self.attrs)
    self.attrs["args"] = args
    self.attrs.update(kwargs)


def _str(run: Interpreter, self: Instance) -> Value:
    args = self.attrs.get("args", ())
    return run.text(args[0] if len(args) == 1 else args) if args else ""


def _with_traceback(run: Interpreter, self: Instance, _: Value) -> Instance:
    return self


CLASSES: dict[str, Class] = {"BaseException": Class("BaseException", (), {
    "__init__": Native("__init__", _init), "__str__": Native("__str__", _str),
    "with_traceback": Native("with_traceback", _with_traceback)})}
for _name, _base in _BASES.items():
    CLASSES[_name] = Class(_name, (CLASSES[_base],))


def exception(kind: str, message: object = "") -> Instance:
    """An exception of Python's own classes."""
    made = Instance(CLASSES.get(kind, CLASSES["Exception"]))
    made.attrs["args"] = (message,) if message != "" else ()
    return made


def raised(run: Interpreter, value: Value) -> Raised:
    """What `raise value` raises."""
    if isinstance(value, Class) and value.derives(CLASSES["BaseException"]):
        value = run.call(value, [], {})
    if isinstance(value, Instance) and value.cls.derives(CLASSES["BaseException"]):
        return Raised(value, run.place())
    if isinstance(value, Unknown):
        return Raised(exception("Exception", value.why), run.place())
    return run.error("TypeError", "exceptions must derive from BaseException")


def catches(run: Interpreter, error: Raised, wanted: Value) -> bool:
    """Whether `except wanted` takes this exception."""
    if isinstance(wanted, tuple):
        return any(catches(run, error, item) for item in wanted)
    return isinstance(wanted, Class) and error.value.cls.derives(wanted)
