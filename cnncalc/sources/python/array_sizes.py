"""The sizes of arrays: multiplied, broadcast, sliced, moved."""

from __future__ import annotations

from collections.abc import Iterable

from .interpreter import Interpreter, Unknown
from .operators import binary
from .scopes import Value


def moved_order(rank: int, source: int, destination: int) -> list[int]:
    order = [i for i in range(rank) if i != source % rank]
    order.insert(destination % rank, source % rank)
    return order

MOST_AXES = 32

Sizes = tuple[Value, ...]


def product(run: Interpreter, sizes: Iterable[object]) -> Value:
    """The sizes multiplied."""
    total: Value = 1
    for n in sizes:
        total = binary(run, "*", total, n)
    return total


def broadcast(run: Interpreter, a: Sizes, b: Sizes) -> Sizes:
    """The shape of two arrays together; ValueError of the program if they do not fit."""
    rank = max(len(a), len(b))
    found: list[object] = []
    for m, n in zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b):
        if isinstance(m, Unknown) or isinstance(n, Unknown):
            found.append(m if isinstance(n, Unknown) or n == 1 else n)
        elif m == n or n == 1:
            found.append(m)
        elif m == 1:
            found.append(n)
        else:
            raise run.error("ValueError", f"operands could not be broadcast together with shapes {a} {b}")
    return tuple(found)


def sliced(run: Interpreter, item: slice, n: Value) -> Value:
    """The size of an axis of which a slice is taken."""
    if (item.start, item.stop, item.step) == (None, None, None):
        return n
    if any(isinstance(part, Unknown) for part in (item.start, item.stop, item.step)) or not isinstance(n, int):
        if isinstance(n, Unknown) and isinstance(item.stop, int) and item.stop > 0 and not item.start and item.step is None:
            return item.stop
        return run.unknown("the size of a slice")
    try:
        return len(range(*item.indices(n)))
    except TypeError:
        raise run.error("TypeError", "slice indices must be integers or None") from None


def rest_of(run: Interpreter, shape: Sizes, sizes: list[Value]) -> Value:
    """What -1 stands for where the number of examples is not known, and is the same before and after."""
    if shape and sizes and sizes[0] is shape[0]:
        before, after = product(run, shape[1:]), product(run, [n for n in sizes[1:] if n != -1])
        if isinstance(before, int) and isinstance(after, int) and after and before % after == 0:
            return before // after
    return run.unknown("the size that -1 stands for")


def swapped_order(rank: int, a: int, b: int) -> list[int]:
    order = list(range(rank))
    order[a], order[b] = order[b], order[a]
    return order
