"""itertools, as the interpreter has it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator

from .generators import Generator
from .interpreter import Interpreter, Unknown
from .limits import LARGEST
from .operators import binary
from .scopes import Value
from .values import Native


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
    lists = _lists(run, *iterables)
    if repeat > 20:
        run.bounded(LARGEST + 1)
    run.bounded(math.prod([max(len(items), 1) for items in lists * repeat]))
    return itertools.product(*lists, repeat=repeat)


def _chosen(name: str) -> Callable[..., Iterator[Value]]:
    def function(run: Interpreter, items: Value, r: Value = None) -> Iterator[Value]:
        found = run.listed(items)
        n, k = len(found), len(found) if r is None else r
        if n > 5_000 or k > 5_000:
            run.bounded(LARGEST + 1)
        run.bounded(math.perm(n, k) if name == "permutations" else math.comb(n + (k if "replacement" in name else 0), k))
        return iter(getattr(itertools, name)(found, k))

    return function


def _islice(run: Interpreter, items: Value, *args: Value) -> Iterator[Value]:
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
}
