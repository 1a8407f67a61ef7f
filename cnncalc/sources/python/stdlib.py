"""Modules of Python's standard library, as tables: what networks are built with."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from .builtins import known, number_of
from .classes import instantiate
from .expressions import Counts, Defaults
from .generators import Generator
from .interpreter import LARGEST, Library
from .operators import binary, compare, unary
from .values import (
    Arguments,
    Class,
    Function,
    Instance,
    Method,
    Module,
    Native,
    Object,
    OfClass,
    Property,
    Static,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from .interpreter import Interpreter


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


def _same(run: Interpreter, value: Value, *_: Value, **__: Value) -> Value:
    return value


def _decorator(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
    """A decorator that changes nothing, with or without arguments."""
    if len(args) == 1 and not kwargs and isinstance(args[0], (Function, Class, Method, Static, Native, Property)):
        return args[0]
    return Native("decorator", _same)


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


def _math(function: Callable[..., Any]) -> Callable[..., Value]:
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
}  # fmt: skip


# itertools.


def _lists(run: Interpreter, *iterables: Value) -> list[list[Value]]:
    return [run.listed(iterable) for iterable in iterables]


def _generator(name: str, function: Callable[..., Iterator[Value]]) -> Native:
    def call(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
        for arg in args:
            if isinstance(arg, Unknown):
                return arg.derived(run)
        return Generator(run, name, lambda: function(run, *args, **kwargs))

    return Native(name, call)


def _chain(run: Interpreter, *iterables: Value) -> Iterator[Value]:
    for iterable in iterables:
        yield from run.iterate(iterable)


def _from_iterable(run: Interpreter, iterables: Value) -> Iterator[Value]:
    for iterable in run.iterate(iterables):
        yield from run.iterate(iterable)


def _product(run: Interpreter, *iterables: Value, repeat: Value = 1) -> Iterator[Value]:
    import itertools

    lists = _lists(run, *iterables)
    if repeat > 20:
        run.bounded(LARGEST + 1)
    run.bounded(math.prod([max(len(items), 1) for items in lists * repeat]))
    return itertools.product(*lists, repeat=repeat)


def _chosen(name: str) -> Callable[..., Iterator[Value]]:
    def function(run: Interpreter, items: Value, r: Value = None) -> Iterator[Value]:
        import itertools

        found = run.listed(items)
        n, k = len(found), len(found) if r is None else r
        if n > 5_000 or k > 5_000:
            run.bounded(LARGEST + 1)
        run.bounded(math.perm(n, k) if name == "permutations" else math.comb(n + (k if "replacement" in name else 0), k))
        return iter(getattr(itertools, name)(found, k))

    return function


def _islice(run: Interpreter, items: Value, *args: Value) -> Iterator[Value]:
    import itertools

    return itertools.islice(iter(run.iterate(items)), *args)


def _repeat(run: Interpreter, value: Value, times: Value = 1_000) -> Iterator[Value]:
    run.bounded(times)
    return iter([value] * times)


def _count(run: Interpreter, start: Value = 0, step: Value = 1) -> Iterator[Value]:
    now = start
    while True:
        run.charge(1)
        yield now
        now = binary(run, "+", now, step)


def _cycle(run: Interpreter, items: Value) -> Iterator[Value]:
    found = run.listed(items)
    while found:
        run.charge(1)
        yield from found


def _accumulate(run: Interpreter, items: Value, function: Value = None, *, initial: Value = None) -> Iterator[Value]:
    found = ([] if initial is None else [initial]) + run.listed(items)
    total: Value = None
    for i, item in enumerate(found):
        total = item if i == 0 else binary(run, "+", total, item) if function is None else run.call(function, [total, item], {})
        yield total


def _zip_longest(run: Interpreter, *iterables: Value, fillvalue: Value = None) -> Iterator[Value]:
    import itertools

    return itertools.zip_longest(*_lists(run, *iterables), fillvalue=fillvalue)


def _pairwise(run: Interpreter, items: Value) -> Iterator[Value]:
    found = run.listed(items)
    return iter([(a, b) for a, b in zip(found, found[1:])])  # noqa: RUF007 (Python 3.9 has no pairwise)


_CHAIN = _generator("chain", _chain)
_CHAIN.get = lambda run, name: _generator("from_iterable", _from_iterable) if name == "from_iterable" else name  # type: ignore[method-assign]
ITERTOOLS: dict[str, Value] = {
    "chain": _CHAIN, "islice": _generator("islice", _islice), "repeat": _generator("repeat", _repeat), "count": _generator("count", _count),
    "cycle": _generator("cycle", _cycle), "accumulate": _generator("accumulate", _accumulate), "product": _generator("product", _product),
    "zip_longest": _generator("zip_longest", _zip_longest), "pairwise": _generator("pairwise", _pairwise),
    **{name: _generator(name, _chosen(name)) for name in ("combinations", "permutations", "combinations_with_replacement")},
}  # fmt: skip


# collections.


def _ordered_dict(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
    return run.call(run.builtins["dict"], list(args), kwargs)


def _defaultdict(run: Interpreter, make: Value = None, *args: Value, **kwargs: Value) -> Value:
    found = run.call(run.builtins["dict"], list(args), kwargs)
    if isinstance(found, Unknown):
        return found
    made = Defaults(found)
    made.make = make
    return made


def _counter(run: Interpreter, items: Value = ()) -> Value:
    found = Counts()
    for item in run.listed(items):
        if isinstance(item, Unknown):
            return item.derived(run)
        found[item] = found.get(item, 0) + 1
    return found


class _Record(Instance):
    """An instance of a named tuple."""

    def names(self) -> list[str]:
        return self.cls.members["_fields"]  # type: ignore[no-any-return]

    def items(self, run: Interpreter) -> Any:
        return [self.attrs[name] for name in self.names()]

    def item(self, run: Interpreter, key: Value) -> Value:
        from .expressions import subscript

        return subscript(run, tuple(self.items(run)), key)

    def length(self, run: Interpreter) -> Value:
        return len(self.names())


def _replace(run: Interpreter, self: Instance, **changes: Value) -> Value:
    return instantiate(run, self.cls, [], {**self.attrs, **changes})


def record_class(run: Interpreter, name: str, fields: list[str], defaults: dict[str, Value], base: Any = ()) -> Class:
    """The class of a named tuple."""
    def init(run: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
        fill(run, self, name, fields, defaults, args, kwargs)

    cls = Class(name, base, {"_fields": fields, "__init__": Native("__init__", init), "_replace": Native("_replace", _replace),
                             "_asdict": Native("_asdict", lambda run, self: dict(self.attrs))})
    cls.allocate = lambda run, cls: _Record(cls)
    return cls


def fill(run: Interpreter, self: Instance, name: str, fields: list[str], defaults: dict[str, Value],
         args: Any, kwargs: Arguments) -> None:
    """Set the fields of a record from the arguments of its constructor."""
    given = {**dict(zip(fields, args)), **kwargs}
    if len(args) > len(fields) or any(key not in fields for key in kwargs):
        raise run.error("TypeError", f"{name}() got unexpected arguments")
    run.changing(self.attrs)
    for field in fields:
        if field in given:
            self.attrs[field] = given[field]
        elif field in defaults:
            value = defaults[field]
            if isinstance(value, FieldDefault):
                value = run.call(value.factory, [], {}) if value.factory is not None else value.value
            self.attrs[field] = value
        else:
            raise run.error("TypeError", f"{name}() missing required argument: {field!r}")


def _namedtuple(run: Interpreter, name: Value, fields: Value, *, defaults: Value = (), **_: Value) -> Value:
    names = fields.replace(",", " ").split() if isinstance(fields, str) else run.listed(fields)
    last = run.listed(defaults or ())
    return record_class(run, name, names, dict(zip(names[len(names) - len(last):], last)))


def _named_tuple_defined(run: Interpreter, cls: Class) -> None:
    fields = list(cls.members.get("__annotations__", {}))
    made = record_class(run, cls.name, fields, {name: cls.members[name] for name in fields if name in cls.members})
    for name in fields:
        cls.members.pop(name, None)
    cls.members.update({key: value for key, value in made.members.items() if key not in cls.members})
    cls.allocate = made.allocate


NAMED_TUPLE = Class("NamedTuple", (), {"__defined__": Native("__defined__", _named_tuple_defined)})


# dataclasses.


class FieldDefault(Object):
    """dataclasses.field(...)."""

    def __init__(self, value: Value, factory: Value):
        self.value, self.factory = value, factory


def _field(run: Interpreter, *, default: Value = None, default_factory: Value = None, **_: Value) -> Value:
    return FieldDefault(default, default_factory)


def _dataclass(run: Interpreter, cls: Value = None, **options: Value) -> Value:
    if cls is None:
        return Native("dataclass", _dataclass)
    if not isinstance(cls, Class):
        return cls
    fields: list[str] = []
    defaults: dict[str, Value] = {}
    for base in reversed(cls.mro):
        for name in base.members.get("__annotations__", {}):
            if name not in fields:
                fields.append(name)
            if name in base.members:
                defaults[name] = base.members[name]

    def init(run: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
        fill(run, self, self.cls.name, fields, defaults, args, kwargs)
        if "__post_init__" in {name for base in self.cls.mro for name in base.members}:
            self.special(run, "__post_init__")

    if "__init__" not in cls.members:
        cls.members["__init__"] = Native("__init__", init)
    cls.members.setdefault("__match_args__", tuple(fields))
    return cls


def _asdict(run: Interpreter, self: Value) -> Value:
    return dict(self.attrs) if isinstance(self, Instance) else run.unknown("it is not a dataclass")


# enum.


def _enum_defined(run: Interpreter, cls: Class) -> None:
    members: dict[str, Value] = {}
    for name, value in list(cls.members.items()):
        if name.startswith("_") or isinstance(value, (Function, Static, Property, Native, Class)):
            continue
        if isinstance(value, _Auto):
            value = len(members) + 1
        member = Instance(cls)
        member.attrs.update({"name": name, "value": value, "_value_": value})
        members[name] = cls.members[name] = member
    cls.members["__members__"] = members
    cls.made = _enum_made if members else None


class _Auto(Object):
    """enum.auto()."""


def _enum_made(run: Interpreter, cls: Class, args: list[Value], kwargs: Arguments) -> Value:
    for member in cls.members["__members__"].values():
        if args and (member is args[0] or run.equal(member.attrs["value"], args[0]) is True):
            return member
    raise run.error("ValueError", f"it is not a member of {cls.name}")


def _enum_equal(run: Interpreter, a: Value, b: Value) -> Value:
    return a is b or (a.cls.name != "Enum" and not isinstance(b, Instance) and run.equal(a.attrs["value"], b))


ENUM = Class("Enum", (), {"__defined__": Native("__defined__", _enum_defined)})
INT_ENUM = Class("IntEnum", (ENUM,), {"__eq__": Native("__eq__", _enum_equal)})


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
}  # fmt: skip


def _items(run: Interpreter, value: Value, keys: Any) -> Value:
    from .expressions import subscript

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
        return Native(name, _same)
    if name in ("TypeVar", "NewType", "ParamSpec"):
        return Native(name, lambda run, *_, **__: Class("object"))
    made = Class(name)
    if name in _ABSTRACT:
        made.python = _ABSTRACT[name]  # type: ignore[attr-defined]
    return made


#: Abstract classes, and Python's own types that are theirs.
_ABSTRACT: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("Sequence", "MutableSequence"), (list, tuple, str, range)), **dict.fromkeys(("Mapping", "MutableMapping", "Dict"), (dict,)),
    **dict.fromkeys(("Iterable", "Collection", "Container", "Sized"), (list, tuple, str, range, dict, set, frozenset)),
    **dict.fromkeys(("Number", "Real", "Complex"), (int, float)), "Integral": (int,), "List": (list,), "Tuple": (tuple,), "Set": (set, frozenset),
}


def _modules() -> dict[str, Any]:
    from .argparse_names import ARGPARSE

    dataclasses = {"dataclass": Native("dataclass", _dataclass), "field": Native("field", _field), "asdict": Native("asdict", _asdict),
                   "replace": Native("replace", _replace)}
    return {
        "math": MATH, "itertools": ITERTOOLS, "operator": _OPERATORS, "dataclasses": dataclasses, "argparse": ARGPARSE,
        "functools": {"partial": Native("partial", _partial), "reduce": Native("reduce", _reduce), "wraps": Native("wraps", lambda run, *_, **__: Native("wraps", _same)),
                      "lru_cache": Native("lru_cache", _decorator), "cache": Native("cache", _same), "partialmethod": Native("partial", _partial),
                      "cached_property": Native("cached_property", _cached_property), "update_wrapper": Native("update_wrapper", _same),
                      "singledispatch": Native("singledispatch", _same)},
        "collections": {"OrderedDict": Native("OrderedDict", _ordered_dict), "defaultdict": Native("defaultdict", _defaultdict),
                        "namedtuple": Native("namedtuple", _namedtuple), "Counter": Native("Counter", _counter),
                        "deque": Native("deque", lambda run, items=(), maxlen=None: run.listed(items))},
        "enum": {"Enum": ENUM, "IntEnum": INT_ENUM, "StrEnum": INT_ENUM, "auto": Native("auto", lambda run: _Auto()), "unique": Native("unique", _same)},
        "copy": {"copy": Native("copy", _copy), "deepcopy": Native("deepcopy", deepcopy)},
        "abc": {"abstractmethod": Native("abstractmethod", _same), "ABC": Class("ABC"), "ABCMeta": Class("ABCMeta"),
                "abstractproperty": Native("abstractproperty", lambda run, function: Property(function))},
        "os": {"environ": _Environment(), "getenv": Native("getenv", _environment), "path": Module("os.path", find=_os_path),
               "sep": "/", "linesep": "\n"},
        "os.path": Module("os.path", find=_os_path),
        "sys": Module("sys", {"version_info": (3, 12, 0, "final", 0), "maxsize": 2**63 - 1, "argv": [""], "platform": "linux",
                              "path": [], "modules": {}, "version": "3.12.0"}, _sys),
        "typing": Module("typing", find=_typing), "typing_extensions": Module("typing_extensions", find=_typing),
        "numbers": Module("numbers", find=_typing), "collections.abc": Module("collections.abc", find=_typing),
        "warnings": {"warn": Native("warn", _nothing), "filterwarnings": Native("filterwarnings", _nothing), "simplefilter": Native("simplefilter", _nothing)},
        # A decorator that asks for a signature leaves its function as it is.
        "inspect": Module("inspect", find=lambda run, name: Native(name, _uninspected)),
        "__future__": Module("__future__", find=lambda run, name: None),
        "string": {"ascii_lowercase": "abcdefghijklmnopqrstuvwxyz", "ascii_uppercase": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "digits": "0123456789",
                   "ascii_letters": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"},
        "six.moves": {"xrange": Native("xrange", lambda run, *args: run.call(run.builtins["range"], list(args), {})),
                      "range": Native("range", lambda run, *args: run.call(run.builtins["range"], list(args), {})),
                      "zip": Native("zip", lambda run, *args: run.call(run.builtins["zip"], list(args), {}))},
        "builtins": Module("builtins", find=lambda run, name: run.builtins.get(name)),
    }  # fmt: skip


def _uninspected(run: Interpreter, *_: Value, **__: Value) -> Value:
    raise run.error("ValueError", "no signature found for it")


def _nothing(run: Interpreter, *_: Value, **__: Value) -> None:
    return None


class StandardLibrary(Library):
    """The modules of Python's own that are read."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}

    def module(self, run: Interpreter, name: str) -> Module | None:
        if not self.known:
            self.known = _modules()
        found = self.known.get(name)
        if isinstance(found, dict):
            machine = name in ("os",)
            return Module(name, dict(found), nowhere(name) if machine else None)
        return found


__all__ = ["OfClass", "Partial", "StandardLibrary", "deepcopy"]
