"""Built-in functions of sequences and iterators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from .builtin_numbers import known, number_of
from .classes import Instance
from .generators import Generator
from .interpreter import Interpreter, Object, Uncertain, Unknown
from .operators import ordered
from .scopes import Value


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


def lazily(run: Interpreter, name: str, iterable: Value, made: Callable[[Iterable[Value]], Iterator[Value]]) -> Value:
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
    def kept(items: Iterable[Value]) -> Iterator[Value]:
        for item in items:
            truth = run.truth(item if function is None else run.call(function, [item], {}))
            if isinstance(truth, Unknown):
                raise Uncertain(truth)
            if truth:
                yield item

    return lazily(run, "filter", iterable, kept)


def _reversed(run: Interpreter, items: Value) -> Value:
    return lazily(run, "reversed", items, lambda _: iter(run.listed(items)[::-1]))


def _sorted(run: Interpreter, items: Value, *, key: Value = None, reverse: Value = False) -> Value:
    return ordered(run, items, key, reverse)


def _any(run: Interpreter, items: Value) -> Value:
    return _settled(run, items, True)


def _all(run: Interpreter, items: Value) -> Value:
    return _settled(run, items, False)


def _settled(run: Interpreter, items: Value, by: bool) -> Value:
    """`by` as soon as one item is; otherwise its opposite, if no item is unknown."""
    found: Value = not by
    for item in run.listed(items):
        truth = run.truth(item)
        if truth is by:
            return by
        if isinstance(truth, Unknown):
            found = truth
    return found


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


SEQUENCE_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "len": _len, "enumerate": _enumerate, "zip": _zip, "map": _map, "filter": _filter, "reversed": _reversed, "sorted": _sorted,
    "any": _any, "all": _all, "iter": _iter, "next": _next, "xrange": _range,
}
SEQUENCE_TYPES: dict[str, tuple[type, Callable[..., Value]]] = {
    "list": (list, _list), "tuple": (tuple, _tuple), "dict": (dict, _dict), "set": (set, _set), "frozenset": (frozenset, _frozenset),
    "range": (range, _range), "slice": (slice, _slice),
}
