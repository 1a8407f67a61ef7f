"""Python's built-in functions and types, within bounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from .classes import explicit_super, isinstance_of
from .exceptions import CLASSES
from .generators import Generator
from .interpreter import LARGEST, VIEWS, Uncertain
from .operators import binary, compare
from .values import (
    Class,
    Function,
    Instance,
    Limit,
    Method,
    Module,
    Native,
    Object,
    OfClass,
    Property,
    Size,
    Static,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from .interpreter import Interpreter


def known(function: Callable[..., Value]) -> Callable[..., Value]:
    """A function that gives an unknown value for unknown arguments."""

    def guarded(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
        for arg in args:
            if isinstance(arg, Unknown):
                return arg.derived(run)
        for arg in kwargs.values():
            if isinstance(arg, Unknown):
                return arg.derived(run)
        return function(run, *args, **kwargs)

    return guarded


# Numbers.


def number_of(value: Value) -> Value:
    """The plain number that an object of a library stands for, or the value itself."""
    number = getattr(value, "number", None)
    if number is not None:
        found = number()
        return value if found is None else found
    return value


@known
def _int(run: Interpreter, value: Value = 0, base: Value = 10) -> Value:
    value = number_of(value)
    if isinstance(value, (str, bytes)):
        if len(value) > 4_000:
            raise run.error("ValueError", "a number of too many digits")
        return int(value, base)
    if isinstance(value, int) and not isinstance(value, bool):
        return value  # a size that knows its batch stays one
    if isinstance(value, (int, float)):
        return int(value)
    if isinstance(value, Instance):
        found = value.special(run, "__int__")
        if found is not NotImplemented:
            return found
    raise run.error("TypeError", f"int() argument must be a string or a real number, not {run.type_name(value)!r}")


@known
def _float(run: Interpreter, value: Value = 0.0) -> Value:
    value = number_of(value)
    if isinstance(value, (int, float)) or (isinstance(value, str) and len(value) < 4_000):
        return float(value)
    raise run.error("TypeError", f"float() argument must be a string or a real number, not {run.type_name(value)!r}")


def _bool(run: Interpreter, value: Value = False) -> Value:
    return run.truth(value)


@known
def _abs(run: Interpreter, value: Value) -> Value:
    if isinstance(value, Object):
        function = getattr(value, "absolute", None)
        return function(run) if function is not None else run.unknown("abs() of it is not known")
    return abs(value)


@known
def _round(run: Interpreter, value: Value, digits: Value = None) -> Value:
    value = number_of(value)
    if isinstance(value, Object):
        return run.unknown("round() of it is not known")
    return round(value) if digits is None else round(value, min(digits, 300))


@known
def _pow(run: Interpreter, base: Value, exponent: Value, modulus: Value = None) -> Value:
    return binary(run, "**", base, exponent) if modulus is None else pow(base, exponent, modulus)


@known
def _divmod(run: Interpreter, a: Value, b: Value) -> Value:
    return (binary(run, "//", a, b), binary(run, "%", a, b))


def _sum(run: Interpreter, items: Value, start: Value = 0) -> Value:
    total = start
    for item in run.listed(items):
        total = binary(run, "+", total, item)
    return total


def _extreme(op: str) -> Callable[..., Value]:
    def function(run: Interpreter, *args: Value, key: Value = None, default: Value = ...) -> Value:
        items = run.listed(args[0]) if len(args) == 1 else list(args)
        if not items:
            if default is not ...:
                return default
            raise run.error("ValueError", f"{'max' if op == '>' else 'min'}() iterable argument is empty")
        best: Value = None
        best_key: Value = None
        for i, item in enumerate(items):
            if isinstance(item, Unknown):
                return item.derived(run)
            now = item if key is None else run.call(key, [item], {})
            if i == 0:
                best, best_key = item, now
                continue
            more = run.truth(compare(run, op, now, best_key))
            if isinstance(more, Unknown):
                return more
            if more:
                best, best_key = item, now
        return best

    return function


# Sequences.


def _list(run: Interpreter, items: Value = ()) -> Value:
    return run.listed(items)


def _tuple(run: Interpreter, items: Value = ()) -> Value:
    return items if isinstance(items, tuple) else tuple(run.listed(items))


def _set(run: Interpreter, items: Value = ()) -> Value:
    levels = getattr(items, "levels", None)
    if levels is not None:
        return set(range(levels))
    found = run.listed(items)
    unknown = next((item for item in found if isinstance(item, Unknown)), None)
    return set(found) if unknown is None else unknown.derived(run)


def _frozenset(run: Interpreter, items: Value = ()) -> Value:
    return frozenset(run.listed(items))


def _dict(run: Interpreter, items: Value = (), **more: Value) -> Value:
    if isinstance(items, Unknown):
        return items.derived(run)
    found: dict[Value, Value] = {}
    if isinstance(items, dict):
        taint = run.taint(items)
        if taint is not None:
            return taint.derived(run)
        found.update(items)
    else:
        for pair in run.listed(items):
            key, value = run.listed(pair)
            found[key] = value
    found.update(more)
    run.charge(len(found))
    return found


@known
def _range(run: Interpreter, *args: Value) -> Value:
    numbers = [number_of(arg) for arg in args]
    return range(*numbers)


def _len(run: Interpreter, value: Value) -> Value:
    if isinstance(value, Object):
        return value.length(run)
    taint = run.taint(value)
    if taint is not None:
        return taint.derived(run)
    return len(value)


def _enumerate(run: Interpreter, iterable: Value, start: Value = 0) -> Value:
    return lazily(run, "enumerate", iterable, lambda items: ((start + i, item) for i, item in enumerate(items)))


def lazily(run: Interpreter, name: str, iterable: Value, made: Callable[[Any], Iterator[Value]]) -> Value:
    """An iterator over what is made of the elements of a value."""
    if isinstance(iterable, Unknown):
        return iterable.derived(run)
    return Generator(run, name, lambda: made(run.iterate(iterable)))


def _zip(run: Interpreter, *iterables: Value, strict: Value = False) -> Value:
    for iterable in iterables:
        if isinstance(iterable, Unknown):
            return iterable.derived(run)
    return Generator(run, "zip", lambda: zip(*[iter(run.iterate(iterable)) for iterable in iterables]))


def _map(run: Interpreter, function: Value, *iterables: Value) -> Value:
    for iterable in iterables:
        if isinstance(iterable, Unknown):
            return iterable.derived(run)
    return Generator(run, "map", lambda: (run.call(function, list(items), {}) for items in zip(*[iter(run.iterate(i)) for i in iterables])))


def _filter(run: Interpreter, function: Value, iterable: Value) -> Value:
    def kept(items: Any) -> Iterator[Value]:
        for item in items:
            truth = run.truth(item if function is None else run.call(function, [item], {}))
            if isinstance(truth, Unknown):
                raise Uncertain(truth)
            if truth:
                yield item

    return lazily(run, "filter", iterable, kept)


def _reversed(run: Interpreter, items: Value) -> Value:
    return lazily(run, "reversed", items, lambda _: iter(run.listed(items)[::-1]))


def ordered(run: Interpreter, items: Value, key: Value = None, reverse: Value = False) -> Value:
    """`sorted(...)`; unknown if it depends on an unknown value."""
    found = run.listed(items)
    keys = found if key is None else [run.call(key, [item], {}) for item in found]
    unknown = next((item for item in keys if isinstance(item, Unknown)), None)
    if unknown is not None:
        return unknown.derived(run)

    def less(a: tuple[int, Value], b: tuple[int, Value]) -> int:
        run.charge(1)
        if run.truth(compare(run, "<", a[1], b[1])) is True:
            return -1
        return 1 if run.truth(compare(run, "<", b[1], a[1])) is True else 0

    places = sorted(enumerate(keys), key=cmp_to_key(less), reverse=run.truth(reverse) is True)
    return [found[i] for i, _ in places]


def _sorted(run: Interpreter, items: Value, *, key: Value = None, reverse: Value = False) -> Value:
    return ordered(run, items, key, reverse)


def _any(run: Interpreter, items: Value) -> Value:
    unsure: Value = False
    for item in run.listed(items):
        truth = run.truth(item)
        if truth is True:
            return True
        if isinstance(truth, Unknown):
            unsure = truth
    return unsure


def _all(run: Interpreter, items: Value) -> Value:
    unsure: Value = True
    for item in run.listed(items):
        truth = run.truth(item)
        if truth is False:
            return False
        if isinstance(truth, Unknown):
            unsure = truth
    return unsure


def _iter(run: Interpreter, items: Value, *_: Value) -> Value:
    if isinstance(items, Generator):
        return items
    return lazily(run, "iterator", items, iter)


def _next(run: Interpreter, iterator: Value, default: Value = ...) -> Value:
    if isinstance(iterator, Unknown):
        return iterator.derived(run)
    try:
        if isinstance(iterator, Generator):
            return iterator.next(run)
        if isinstance(iterator, Instance):
            found = iterator.special(run, "__next__")
            if found is not NotImplemented:
                return found
    except Exception as error:
        if default is not ... and getattr(error, "kind", "") == "StopIteration":
            return default
        raise
    raise run.error("TypeError", f"{run.type_name(iterator)!r} object is not an iterator")


def _slice(run: Interpreter, *args: Value) -> Value:
    return slice(*args)


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
    from .natives import repr_of

    return repr_of(run, value)


@known
def _format(run: Interpreter, value: Value, spec: Value = "") -> Value:
    from .formats import formatted

    return formatted(run, value, spec)


@known
def _chr(run: Interpreter, value: Value) -> Value:
    return chr(value)


@known
def _ord(run: Interpreter, value: Value) -> Value:
    return ord(value)


def _property(run: Interpreter, getter: Value = None, setter: Value = None, *_: Value) -> Value:
    return Property(getter, setter)


def _nothing(run: Interpreter, *args: Value, **kwargs: Value) -> None:
    """print and the like."""


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
    "abs": _abs, "round": _round, "pow": _pow, "divmod": _divmod, "sum": _sum, "max": _extreme(">"), "min": _extreme("<"),
    "len": _len, "enumerate": _enumerate, "zip": _zip, "map": _map, "filter": _filter, "reversed": _reversed,
    "sorted": _sorted, "any": _any, "all": _all, "iter": _iter, "next": _next, "getattr": _getattr, "setattr": _setattr,
    "hasattr": _hasattr, "delattr": _delattr, "callable": _callable, "isinstance": isinstance_of, "issubclass": _issubclass,
    "repr": _repr, "format": _format, "chr": _chr, "ord": _ord, "print": _nothing, "vars": _vars, "globals": _globals,
    "locals": _vars, "super": explicit_super, "id": _id, "hash": _id, "exit": _exit, "quit": _exit,
    "xrange": _range, "display": _nothing, "unicode": _str, "long": _int, "raw_input": _outside("raw_input"),
    **{name: _outside(name) for name in (
        "open", "input", "eval", "exec", "compile", "__import__", "dir", "help", "breakpoint", "memoryview", "ascii", "bin", "hex", "oct",
        "get_ipython")},
}
_TYPES: dict[str, tuple[Any, Callable[..., Value]]] = {
    "int": (int, _int), "float": (float, _float), "bool": (bool, _bool), "str": (str, _str), "list": (list, _list),
    "tuple": (tuple, _tuple), "dict": (dict, _dict), "set": (set, _set), "frozenset": (frozenset, _frozenset),
    "range": (range, _range), "slice": (slice, _slice), "bytes": (bytes, _outside("bytes")), "complex": (complex, _complex),
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


def plain_type(name: str, kind: Any, function: Callable[..., Value] | None) -> Class:
    """One of Python's own types."""
    cls = Class(name)
    cls.python = kind  # type: ignore[attr-defined]
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


__all__ = ["LARGEST", "VIEWS", "Limit", "Size", "builtins", "known", "lazily", "math", "number_of", "ordered"]
