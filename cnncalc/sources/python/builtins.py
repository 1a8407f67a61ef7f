"""Python's built-in functions and types, within bounds."""

from __future__ import annotations

from collections.abc import Callable

from .builtin_numbers import NUMBER_FUNCTIONS, NUMBER_TYPES, known
from .builtin_sequences import SEQUENCE_FUNCTIONS, SEQUENCE_TYPES
from .classes import Class, Instance
from .exceptions import CLASSES
from .formats import formatted, repr_of
from .functions import Function
from .inheritance import explicit_super, isinstance_of
from .interpreter import Interpreter, Unknown
from .scopes import Value
from .values import Method, Module, Native, OfClass, Property, Static, nothing

# Numbers.


# Sequences.


# Objects.


def _type(run: Interpreter, value: Value, *more: Value) -> Value:
    if more:
        return run.unknown("a class made by type()")
    if isinstance(value, Unknown):
        return value.derived(run)
    if isinstance(value, Instance):
        return value.cls
    if isinstance(value, Class):
        return run.builtins["type"]
    return run.builtins.get(type(value).__name__) or run.unknown("its type is not known")


def _getattr(run: Interpreter, value: Value, name: Value, default: Value = ...) -> Value:
    if isinstance(name, Unknown):
        return name.derived(run)
    if not isinstance(name, str):
        raise run.error("TypeError", "attribute name must be string")
    if default is not ... and not run.has(value, name):
        return default
    return run.attribute(value, name)


def _setattr(run: Interpreter, value: Value, name: Value, new: Value) -> Value:
    if isinstance(name, str):
        run.set_attribute(value, name, new)


def _hasattr(run: Interpreter, value: Value, name: Value) -> Value:
    if isinstance(value, Unknown):
        return value.derived(run)
    if isinstance(name, Unknown):
        return name.derived(run)
    return run.has(value, name)


def _delattr(run: Interpreter, value: Value, name: Value) -> Value:
    if isinstance(value, Instance):
        run.changing(value.attrs)
        value.attrs.pop(name, None)


@known
def _callable(run: Interpreter, value: Value) -> Value:
    if isinstance(value, Instance):
        return "__call__" in {name for cls in value.cls.mro for name in cls.members}
    return isinstance(value, (Function, Native, Method, Class, Static))


def _issubclass(run: Interpreter, cls: Value, wanted: Value) -> Value:
    if isinstance(wanted, tuple):
        return any(_issubclass(run, cls, item) is True for item in wanted)
    if isinstance(cls, Unknown) or isinstance(wanted, Unknown):
        return (cls if isinstance(cls, Unknown) else wanted).derived(run)
    return isinstance(cls, Class) and isinstance(wanted, Class) and cls.derives(wanted)


def _str(run: Interpreter, value: Value = "", *_: Value) -> Value:
    return run.text(value)


def _repr(run: Interpreter, value: Value) -> Value:
    return repr_of(run, value)


@known
def _format(run: Interpreter, value: Value, spec: Value = "") -> Value:
    return formatted(run, value, spec)


@known
def _chr(run: Interpreter, value: Value) -> Value:
    return chr(value)


@known
def _ord(run: Interpreter, value: Value) -> Value:
    return ord(value)


def _property(run: Interpreter, getter: Value = None, setter: Value = None, *_: Value) -> Value:
    return Property(getter, setter)


def _outside(name: str) -> Callable[..., Value]:
    def function(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
        return run.unknown(f"{name}(...) is not followed: nothing is run")

    return function


def _vars(run: Interpreter, value: Value = None) -> Value:
    if isinstance(value, Instance):
        return value.attrs
    if isinstance(value, Module):
        return value.members
    return run.frame.locals


def _globals(run: Interpreter) -> Value:
    return run.frame.module.names


def _id(run: Interpreter, value: Value) -> Value:
    return run.unknown("an id() is not known before the program runs")


def _exit(run: Interpreter, *_: Value) -> Value:
    raise run.error("SystemExit")


def _complex(run: Interpreter, *args: Value) -> Value:
    return run.unknown("complex numbers are not read")


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    **NUMBER_FUNCTIONS, **SEQUENCE_FUNCTIONS, "getattr": _getattr, "setattr": _setattr,
    "hasattr": _hasattr, "delattr": _delattr, "callable": _callable, "isinstance": isinstance_of, "issubclass": _issubclass,
    "repr": _repr, "format": _format, "chr": _chr, "ord": _ord, "print": nothing, "vars": _vars, "globals": _globals,
    "locals": _vars, "super": explicit_super, "id": _id, "hash": _id, "exit": _exit, "quit": _exit,
    "display": nothing, "unicode": _str, "raw_input": _outside("raw_input"),
    **{name: _outside(name) for name in (
        "open", "input", "eval", "exec", "compile", "__import__", "dir", "help", "breakpoint", "memoryview", "ascii", "bin", "hex", "oct",
        "get_ipython")},
}
_TYPES: dict[str, tuple[type, Callable[..., Value]]] = {
    **NUMBER_TYPES, **SEQUENCE_TYPES, "str": (str, _str), "bytes": (bytes, _outside("bytes")), "complex": (complex, _complex),
    "bytearray": (bytearray, _outside("bytearray")),
}


def _made(function: Callable[..., Value]) -> Callable[..., Value]:
    def made(run: Interpreter, cls: Class, args: list[Value], kwargs: dict[str, Value]) -> Value:
        return run.native(cls.name, function, args, kwargs)

    return made


def _type_attribute(run: Interpreter, cls: Class, name: str) -> Value:
    """`dict.fromkeys`, `str.lower`: a method of a type without its object."""
    if name == "fromkeys":
        return Native(name, lambda run, keys, value=None: dict.fromkeys(run.listed(keys), value))
    if name.startswith("__"):
        return NotImplemented
    return Native(name, lambda run, self, *args, **kwargs: run.call(run.attribute(self, name), list(args), kwargs))


def builtins() -> dict[str, Value]:
    """The built-in names."""
    found: dict[str, Value] = {name: Native(name, function) for name, function in _FUNCTIONS.items()}
    for name, (kind, function) in _TYPES.items():
        found[name] = plain_type(name, kind, function)
    found["object"] = plain_type("object", object, None)
    found["type"] = plain_type("type", (Class,), _type)
    found["type"].holds = lambda value: isinstance(value, Class)
    found["staticmethod"] = plain_type("staticmethod", Static, lambda run, function: Static(function))
    found["classmethod"] = plain_type("classmethod", OfClass, lambda run, function: OfClass(function))
    found["property"] = plain_type("property", Property, _property)
    found.update(CLASSES)
    found.update({"NotImplemented": NotImplemented, "Ellipsis": ..., "__debug__": True, "__doc__": None})
    return found


def plain_type(name: str, kind: type | tuple[type, ...], function: Callable[..., Value] | None) -> Class:
    """One of Python's own types."""
    cls = Class(name)
    cls.python = kind
    if function is not None:
        cls.made = _made_or_instance(cls, _made(function))
        cls.attribute = _type_attribute
    return cls


def _made_or_instance(own: Class, made: Callable[..., Value]) -> Callable[..., Value]:
    """Subclasses of Python's types are classes like others; only the types themselves make plain values."""

    def make(run: Interpreter, cls: Class, args: list[Value], kwargs: dict[str, Value]) -> Value:
        if cls is own:
            return made(run, cls, args, kwargs)
        instance = Instance(cls)
        try:
            init = cls.lookup("__init__")
        except KeyError:
            return instance
        run.call(init, [instance, *args], kwargs)
        return instance

    return make
