"""Modules of Python's standard library, as tables: what networks are built with."""

from __future__ import annotations

import math
from collections.abc import Callable

from .builtin_numbers import known, number_of
from .classes import Class, Instance
from .functions import Function
from .interpreter import Interpreter, Library, Object, Unknown
from .items import subscript
from .operators import binary, compare, unary
from .records import COLLECTIONS, DATACLASSES, ENUMS, NAMED_TUPLE
from .scopes import Arguments, Value
from .values import Method, Module, Native, Property, Static, nothing, same


class Partial(Object):
    """functools.partial."""

    type_name = "functools.partial"

    def __init__(self, function: Value, args: list[Value], kwargs: Arguments):
        self.function, self.args, self.kwargs = function, args, kwargs

    def call(self, run: Interpreter, args: list[Value], kwargs: Arguments) -> Value:
        return run.call(self.function, [*self.args, *args], {**self.kwargs, **kwargs})

    def get(self, run: Interpreter, name: str) -> Value:
        found = {"func": self.function, "args": tuple(self.args), "keywords": self.kwargs}
        return found[name] if name in found else run.attribute(self.function, name)


def _partial(run: Interpreter, function: Value, *args: Value, **kwargs: Value) -> Value:
    return Partial(function, list(args), kwargs)


def _decorator(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
    """A decorator that changes nothing, with or without arguments."""
    if len(args) == 1 and not kwargs and isinstance(args[0], (Function, Class, Method, Static, Native, Property)):
        return args[0]
    return Native("decorator", same)


def _reduce(run: Interpreter, function: Value, items: Value, *start: Value) -> Value:
    found = [*start, *run.listed(items)]
    if not found:
        raise run.error("TypeError", "reduce() of empty iterable with no initial value")
    total = found[0]
    for item in found[1:]:
        total = run.call(function, [total, item], {})
    return total


def _cached_property(run: Interpreter, function: Value) -> Value:
    return Property(function, None, True)


# math.


def _math(function: Callable[..., object]) -> Callable[..., Value]:
    @known
    def call(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
        return function(*[number_of(arg) for arg in args], **kwargs)

    return call


@known
def _prod(run: Interpreter, items: Value, *, start: Value = 1) -> Value:
    total = start
    for item in run.listed(items):
        total = binary(run, "*", total, item)
    return total


@known
def _small(run: Interpreter, n: Value, *more: Value, name: str = "factorial") -> Value:
    if any(not isinstance(item, int) or item > 2_000 for item in (n, *more)):
        return run.unknown(f"math.{name} of so large a number")
    return getattr(math, name)(n, *more)


def _pow(run: Interpreter, a: Value, b: Value) -> Value:
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return (a if isinstance(a, Unknown) else b).derived(run)
    return math.pow(number_of(a), number_of(b))


MATH: dict[str, Value] = {
    **{name: Native(name, _math(getattr(math, name))) for name in (
        "ceil", "floor", "trunc", "sqrt", "exp", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "atan2",
        "tanh", "sinh", "cosh", "fabs", "fmod", "gcd", "isclose", "isnan", "isinf", "isfinite", "hypot", "degrees", "radians", "copysign",
        "isqrt", "erf", "modf", "expm1", "dist")},
    "prod": Native("prod", _prod), "pow": Native("pow", _pow), "factorial": Native("factorial", _small),
    "comb": Native("comb", lambda run, n, k: _small(run, n, k, name="comb")),
    "pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan, "tau": math.tau,
}


# operator, copy, random, time, os...


_OPERATORS: dict[str, Value] = {
    **{name: Native(name, lambda run, a, b, op=op: binary(run, op, a, b)) for name, op in (
        ("add", "+"), ("sub", "-"), ("mul", "*"), ("truediv", "/"), ("floordiv", "//"), ("mod", "%"), ("pow", "**"), ("matmul", "@"))},
    **{name: Native(name, lambda run, a, b, op=op: compare(run, op, a, b)) for name, op in (
        ("eq", "=="), ("ne", "!="), ("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">="))},
    "neg": Native("neg", lambda run, a: unary(run, "-", a)),
    "itemgetter": Native("itemgetter", lambda run, *keys: Native("itemgetter", lambda run, value: _items(run, value, keys))),
    "attrgetter": Native("attrgetter", lambda run, name: Native("attrgetter", lambda run, value: run.attribute(value, name))),
    "getitem": Native("getitem", lambda run, value, key: _items(run, value, (key,))),
}


def _items(run: Interpreter, value: Value, keys: tuple[Value, ...]) -> Value:
    found = tuple([subscript(run, value, key) for key in keys])
    return found[0] if len(found) == 1 else found


def deepcopy(run: Interpreter, value: Value, _memo: Value = None, known: dict[int, Value] | None = None, depth: int = 0) -> Value:
    """copy.deepcopy: objects of libraries say themselves how they are copied (`copied`)."""
    known = {} if known is None else known
    if id(value) in known:
        return known[id(value)]
    if depth > 60:
        return run.unknown("it is nested too deeply to be copied")
    if isinstance(value, (list, tuple, set, frozenset)):
        run.charge(len(value))
        items = [deepcopy(run, item, None, known, depth + 1) for item in value]
        made: Value = type(value)(items)
    elif isinstance(value, dict):
        run.charge(len(value))
        made = {key: deepcopy(run, item, None, known, depth + 1) for key, item in value.items()}
    elif hasattr(value, "copied"):
        made = value.copied(run, lambda item: deepcopy(run, item, None, known, depth + 1))
    elif isinstance(value, Instance):
        made = type(value)(value.cls)
        known[id(value)] = made
        made.attrs.update({key: deepcopy(run, item, None, known, depth + 1) for key, item in value.attrs.items()})
    else:
        return value
    known[id(value)] = made
    return made


def _copy(run: Interpreter, value: Value) -> Value:
    if isinstance(value, (list, dict, set)):
        run.charge(len(value))
        return type(value)(value)
    if type(value) is Instance:
        made = Instance(value.cls)
        made.attrs.update(value.attrs)
        return made
    return value


def nowhere(name: str) -> Callable[[Interpreter, str], Value]:
    """Of a module whose functions depend on the machine: every name is unknown."""
    return lambda run, word: run.unknown(f"{name}.{word} depends on the machine")


def _environment(run: Interpreter, name: Value, default: Value = None) -> Value:
    return default


class _Environment(Object):
    """os.environ, which is never read: settings have their defaults."""

    def get(self, run: Interpreter, name: str) -> Value:
        if name in ("get", "setdefault", "pop"):
            return Native(name, _environment)
        return run.unknown("the environment is not read")

    def item(self, run: Interpreter, key: Value) -> Value:
        return run.unknown("the environment is not read")

    def set_item(self, run: Interpreter, key: Value, value: Value) -> None:
        pass

    def contains(self, run: Interpreter, value: Value) -> Value:
        return False


@known
def _path_join(run: Interpreter, *parts: Value) -> Value:
    return "/".join([part if isinstance(part, str) else "?" for part in parts])


def _os_path(run: Interpreter, name: str) -> Value:
    plain = {"basename": lambda run, path: path.rsplit("/", 1)[-1], "dirname": lambda run, path: path.rpartition("/")[0],
             "splitext": lambda run, path: _splitext(path)}
    if name == "join":
        return Native(name, _path_join)
    return Native(name, known(plain[name])) if name in plain else run.unknown(f"os.path.{name} depends on the file system")


def _splitext(path: str) -> tuple[str, str]:
    stem, dot, ending = path.rpartition(".")
    return (stem, dot + ending) if dot and "/" not in ending else (path, "")


def _sys(run: Interpreter, name: str) -> Value:
    if name == "exit":
        return run.builtins["exit"]
    return run.unknown(f"sys.{name} depends on the machine")


def _typing(run: Interpreter, name: str) -> Value:
    if name == "NamedTuple":
        return NAMED_TUPLE
    if name in ("cast",):
        return Native(name, lambda run, _, value: value)
    if name == "TYPE_CHECKING":
        return False
    if name in ("overload", "final", "no_type_check", "runtime_checkable"):
        return Native(name, same)
    if name in ("TypeVar", "NewType", "ParamSpec"):
        return Native(name, lambda run, *_, **__: Class("object"))
    made = Class(name)
    if name in _ABSTRACT:
        made.python = _ABSTRACT[name]
    return made


#: Abstract classes, and Python's own types that are theirs.
_ABSTRACT: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("Sequence", "MutableSequence"), (list, tuple, str, range)), **dict.fromkeys(("Mapping", "MutableMapping", "Dict"), (dict,)),
    **dict.fromkeys(("Iterable", "Collection", "Container", "Sized"), (list, tuple, str, range, dict, set, frozenset)),
    **dict.fromkeys(("Number", "Real", "Complex"), (int, float)), "Integral": (int,), "List": (list,), "Tuple": (tuple,), "Set": (set, frozenset),
}


def _rare(name: str) -> dict[str, Value] | None:
    """What a module holds that is loaded when a program imports it."""
    if name == "argparse":
        from .argparse_names import ARGPARSE  # lazy: few programs read arguments

        return ARGPARSE
    if name == "itertools":
        from .iteration_names import ITERTOOLS  # lazy: few programs use it

        return ITERTOOLS
    return None


def _modules() -> dict[str, Value]:
    return {
        "math": MATH, "operator": _OPERATORS, "dataclasses": DATACLASSES,
        "functools": {"partial": Native("partial", _partial), "reduce": Native("reduce", _reduce), "wraps": Native("wraps", lambda run, *_, **__: Native("wraps", same)),
                      "lru_cache": Native("lru_cache", _decorator), "cache": Native("cache", same), "partialmethod": Native("partial", _partial),
                      "cached_property": Native("cached_property", _cached_property), "update_wrapper": Native("update_wrapper", same),
                      "singledispatch": Native("singledispatch", same)},
        "collections": COLLECTIONS, "enum": ENUMS,
        "copy": {"copy": Native("copy", _copy), "deepcopy": Native("deepcopy", deepcopy)},
        "abc": {"abstractmethod": Native("abstractmethod", same), "ABC": Class("ABC"), "ABCMeta": Class("ABCMeta"),
                "abstractproperty": Native("abstractproperty", lambda run, function: Property(function))},
        "os": {"environ": _Environment(), "getenv": Native("getenv", _environment), "path": Module("os.path", find=_os_path),
               "sep": "/", "linesep": "\n"},
        "os.path": Module("os.path", find=_os_path),
        "sys": Module("sys", {"version_info": (3, 12, 0, "final", 0), "maxsize": 2**63 - 1, "argv": [""], "platform": "linux",
                              "path": [], "modules": {}, "version": "3.12.0"}, _sys),
        "typing": Module("typing", find=_typing), "typing_extensions": Module("typing_extensions", find=_typing),
        "numbers": Module("numbers", find=_typing), "collections.abc": Module("collections.abc", find=_typing),
        "warnings": {"warn": Native("warn", nothing), "filterwarnings": Native("filterwarnings", nothing), "simplefilter": Native("simplefilter", nothing)},
        # A decorator that asks for a signature leaves its function as it is.
        "inspect": Module("inspect", find=lambda run, name: Native(name, _uninspected)),
        "__future__": Module("__future__", find=lambda run, name: None),
        "string": {"ascii_lowercase": "abcdefghijklmnopqrstuvwxyz", "ascii_uppercase": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "digits": "0123456789",
                   "ascii_letters": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"},
        "six.moves": {"xrange": Native("xrange", lambda run, *args: run.call(run.builtins["range"], list(args), {})),
                      "range": Native("range", lambda run, *args: run.call(run.builtins["range"], list(args), {})),
                      "zip": Native("zip", lambda run, *args: run.call(run.builtins["zip"], list(args), {}))},
        "builtins": Module("builtins", find=lambda run, name: run.builtins.get(name)),
    }


def _uninspected(run: Interpreter, *_: Value, **__: Value) -> Value:
    raise run.error("ValueError", "no signature found for it")


class StandardLibrary(Library):
    """The modules of Python's own that are read."""

    def __init__(self) -> None:
        self.known: dict[str, Value] = {}

    def module(self, run: Interpreter, name: str) -> Module | None:
        if not self.known:
            self.known = _modules()
        found = self.known.get(name) or _rare(name)
        if isinstance(found, dict):
            machine = name in ("os",)
            return Module(name, dict(found), nowhere(name) if machine else None)
        return found
