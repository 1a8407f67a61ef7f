"""Operations that take parts of arrays: slices, places, diagonals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ..dependence import Along, Either, Reads, Reindexed, Taps, Through, everything, listed, placed, table
from ..errors import SpecError, shown
from ..layers.arithmetic import each
from ..layers.base import Shape
from ..layers.settings import Count
from ..layers.shape import Full
from ..num import divides, exact_div, product
from ..window import Window
from .elementwise import Unary
from .operation import Operand, Operation, along, gathered
from .settings import AxisOf, Key, Numbers, in_lists


class GetItem(Operation, kind="GetItem"):
    """Some of the values, as indexing and slicing give them: `x[:, 1:]`."""

    named_settings = False
    key = Key()
    x = Operand()
    operands = ("x",)

    def result(self, *shapes: Full) -> Full:
        full, sizes, keys = list(shapes[0]), [], list(self.said["key"])
        if keys.count(...) > 1:
            raise SpecError("can have one '...' only", ("key",))
        if ... not in keys:
            keys.append(...)
        for i, item in enumerate(keys):
            if item is ...:
                needed = len([later for later in keys[i + 1:] if later is not None])
                while len(full) > needed:
                    sizes.append(full.pop(0))
            elif item is None:
                sizes.append(1)
            elif not full:
                raise SpecError(f"has more indices than its input {Shape(shapes[0])} has axes", ("key",))
            else:
                n = full.pop(0)
                if isinstance(item, slice):
                    sizes.append(None if n is None else len(range(*item.indices(int(n)))))
                elif n is not None and not -int(n) <= item < n:
                    raise SpecError(f"index {item} is outside an axis of size {n}", ("key",))
        return tuple(sizes)

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        """Along each axis that the key takes something of, the places that it takes."""
        x, keys = shapes[0], list(self.said["key"])
        if ... not in keys:
            keys.append(...)
        named = len([key for key in keys if key is not None and key is not ...])
        found: list[Along] = []
        place = 0
        for key in keys:
            if key is None:
                place += 1
            elif key is ...:
                for _ in range(len(x) - named):
                    found.append(Along(place))
                    place += 1
            elif isinstance(key, slice):
                n = x[len(found)]
                if n is None:
                    found.append(Along(place))
                else:
                    found.append(Along(place, _sliced(range(*key.indices(int(n))), n)))
                place += 1
            else:
                n = x[len(found)]
                at = key % n if n else 0
                found.append(Along(None, Taps((range(at, at + 1),))))
        return [tuple(found)]


def _sliced(taken: range, n: int) -> Window | Taps:
    if taken.step > 0:
        return Window(1, taken.step, padding=0, before=0 - taken.start)
    return gathered([taken[i] for i in listed(len(taken))], n)


class Split(Operation, kind="Split"):
    """Parts along an axis: so many equal ones, or between the given places."""

    x = Operand()
    indices_or_sections = Numbers(least=0, single=True)
    axis = AxisOf(0)

    def settle(self) -> None:
        super().settle()
        parts = self.indices_or_sections
        self.results = len(parts) + 1 if isinstance(parts, tuple) else parts
        if not 0 < self.results <= 10_000:
            raise SpecError(f"indices_or_sections must give from 1 to 10,000 parts (got {shown(parts)})",
                            ("indices_or_sections",))

    def results_of(self, *shapes: Full) -> tuple[Full, ...]:
        full, parts = shapes[0], self.indices_or_sections
        place = self.place(full, self.axis)
        n = full[place]
        if not isinstance(parts, tuple):
            if n is not None and not divides(parts, n):
                raise SpecError(f"axis {self.axis} of size {n} is not divided by {parts}", ("indices_or_sections",))
            sizes = [None if n is None else exact_div(n, parts)] * int(parts)
        else:
            sizes = [None if end is None else end - start for start, end in zip((0, *parts), (*parts, n))]
            if any(size is not None and size < 0 for size in sizes):
                raise SpecError(f"indices_or_sections goes beyond the {n} of axis {self.axis}", ("indices_or_sections",))
        return tuple([(*full[:place], size, *full[place + 1:]) for size in sizes])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x, parts = shapes[0], self.indices_or_sections
        place = self.place(x, self.axis)
        start = ((0, *parts)[k] if isinstance(parts, tuple) else k * y[place]) if place else 0
        part = Along(place, Window(1, padding=0, before=0 - start))
        return [along(x, place, part)]


class ArraySplit(Operation, kind="ArraySplit"):
    """So many parts along an axis; the first ones are larger by one where they cannot all be equal."""

    x = Operand()
    indices_or_sections = Count()
    axis = AxisOf(0)

    def settle(self) -> None:
        super().settle()
        self.results = self.indices_or_sections
        if self.results > 10_000:
            raise SpecError(f"indices_or_sections must give from 1 to 10,000 parts (got {self.results})", ("indices_or_sections",))

    def part(self, k: int, n: int) -> tuple[int, int]:
        """Where a part of an axis of size n begins, and its size."""
        each, more = divmod(int(n), self.results)
        return k * each + min(k, more), each + (k < more)

    def results_of(self, *shapes: Full) -> tuple[Full, ...]:
        full = shapes[0]
        place = self.place(full, self.axis)
        n = full[place]
        return tuple([(*full[:place], None if n is None else self.part(k, n)[1], *full[place + 1:]) for k in range(self.results)])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x = shapes[0]
        place = self.place(x, self.axis)
        there = Along(None) if x[place] is None else Along(place, Window(1, padding=0, before=0 - self.part(k, x[place])[0]))
        return [along(x, place, there)]


class Unstack(Operation, kind="Unstack"):
    """All slices along an axis, each by itself."""

    module = "ops.core"
    x = Operand()
    num = Count(None)
    axis = AxisOf(0)

    def settle(self) -> None:
        super().settle()
        self.results = self.num or 1
        self.fixed_results = self.num is not None

    def counting(self, settings: dict[str, object], n: int) -> dict[str, object]:
        return {**settings, "num": n}

    def results_of(self, *shapes: Full) -> tuple[Full, ...]:
        full = shapes[0]
        place = self.place(full, self.axis)
        num = self.num or full[place]
        if num is None:
            raise SpecError(f"needs num: the size of axis {self.axis} is not known")
        if num > 10_000:
            raise SpecError(f"gives more than 10,000 outputs ({num})")
        return ((*full[:place], *full[place + 1:]),) * int(num)

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x = shapes[0]
        place = self.place(x, self.axis)
        rest = iter(range(len(y)))
        return [tuple([Along(None, Taps((range(k, k + 1),))) if i == place else Along(next(rest)) for i in range(len(x))])]


class Take(Operation, kind="Take"):
    """Values at the given places along an axis."""

    x = Operand()
    indices = Operand()
    operands = ("x", "indices")
    axis = AxisOf(None)

    def result(self, *shapes: Full) -> Full:
        full, indices = shapes
        if self.axis is None:
            return tuple(indices)
        place = self.place(full, self.axis)
        return (*full[:place], *indices, *full[place + 1:])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x, indices = shapes
        if self.axis is None:
            return [everything(x), placed(indices, y)]
        place = self.place(x, self.axis)
        if self.indices is None:  # which ones only the numbers say
            behind = len(indices) - 1
            values = tuple([Along(None) if i == place else Along(i if i < place else i + behind) for i in range(len(x))])
            return [values, tuple([Along(place + i) for i in range(len(indices))])]
        flat = _numbers(self.indices)
        n = x[place]
        chosen = along(x, place, Along(place, gathered([int(j) % n for j in flat], n)))
        shape = (*x[:place], len(flat), *x[place + 1:])
        return [Through(Reindexed(), shape, chosen), None]


def _numbers(value: object) -> list[float]:
    """The numbers of a constant in a row."""
    value = in_lists(value)
    if isinstance(value, (list, tuple)):
        return [number for item in value for number in _numbers(item)]
    return [value] if isinstance(value, (int, float)) else []


class Diagonal(Operation, kind="Diagonal"):
    """The values whose places along two axes are equal, or `offset` apart; they come last."""

    x = Operand()
    offset = Count(0, least=-(10**9))
    axis1 = AxisOf(0)
    axis2 = AxisOf(1)

    def places(self, full: Full) -> tuple[int, int]:
        a, b = self.place(full, self.axis1, "axis1"), self.place(full, self.axis2, "axis2")
        if a == b:
            raise SpecError("axis1 and axis2 must be two axes", ("axis2",))
        return a, b

    def long(self, full: Full) -> int | None:
        """How many values the diagonal has."""
        a, b = self.places(full)
        if full[a] is None or full[b] is None:
            return None
        found: int = max(0, min(full[a] - max(0, 0 - self.offset), full[b] - max(0, self.offset)))
        return found

    def result(self, *shapes: Full) -> Full:
        full = shapes[0]
        places = self.places(full)
        return (*[n for i, n in enumerate(full) if i not in places], self.long(full))

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        return [self.along(shapes[0])]

    def along(self, x: Full) -> tuple[Along, ...]:
        a, b = self.places(x)
        rest, last = iter(range(len(x))), len(x) - 2
        starts = {a: max(0, 0 - self.offset), b: max(0, self.offset)}
        return tuple([Along(last, Window(1, padding=0, before=0 - starts[i])) if i in starts else Along(next(rest))
                      for i in range(len(x))])


class Trace(Diagonal, kind="Trace"):
    """The sum of such values."""

    def result(self, *shapes: Full) -> Full:
        return super().result(*shapes)[:-1]

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x = shapes[0]
        diagonal = super().result(x)
        kept = (*map(Along, range(len(diagonal) - 1)),)
        if not diagonal[-1]:
            return [Through((*kept, Along(None)), diagonal, self.along(x))]
        # One place of the diagonal at a time: two axes read all at once would be the whole square.
        return [Either(tuple([Through((*kept, Along(None, Taps((range(i, i + 1),)))), diagonal, self.along(x))
                              for i in listed(diagonal[-1])]))]

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        full = next(self.given(xs)) or ()
        return each(product((*self.output(*xs), self.long(full))), additions=1)


class Tril(Unary, kind="Tril"):
    """The values on one side of a diagonal, `k` places from the middle one; the others become zero."""

    lower: ClassVar[bool] = True

    k = Count(0, least=-(10**9))

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        """Row by row: of each those places that are not set to zero."""
        x, diagonal = shapes[0], self.said.get("k", 0)
        rows, columns = x[-2:]
        if rows is None or columns is None:
            return [everything(x)]
        ways: list[Reads] = []
        for row in listed(rows * columns)[:rows]:
            kept = range(row + diagonal + 1) if self.lower else range(max(0, row + diagonal), columns)
            here = table([range(i, i + (i == row)) for i in range(rows)], rows)
            there = table([range(i, i + (i in kept)) for i in range(columns)], columns)
            ways.append((*map(Along, range(len(x) - 2)), Along(len(x) - 2, here), Along(len(x) - 1, there)))
        return [Either(tuple(ways))]


class Triu(Tril, kind="Triu"):
    lower = False


class Diff(Operation, kind="Diff"):
    """The differences of neighbors along an axis, taken `n` times."""

    operands = ("a",)
    a = Operand()
    n = Count(1, least=0)
    axis = AxisOf(-1)

    def result(self, *shapes: Full) -> Full:
        full = shapes[0]
        place = self.place(full, self.axis)
        size = full[place]
        return (*full[:place], None if size is None else max(0, size - self.n), *full[place + 1:])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x = shapes[0]
        place = self.place(x, self.axis)
        return [along(x, place, Along(place, Window(self.n + 1, padding=0, before=0)))]

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return each(product((*self.output(*xs), self.n)), additions=1)


class Glu(Operation, kind="Glu"):
    """Half of the values, each times the sigmoid of one of the others."""

    module = "ops.nn"
    counted = "silu"
    x = Operand()
    axis = AxisOf(-1)

    def result(self, *shapes: Full) -> Full:
        full = shapes[0]
        place = self.place(full, self.axis)
        n = full[place]
        if n is not None and not divides(2, n):
            raise SpecError(f"axis {self.axis} has {n}, which is odd", ("axis",))
        return (*full[:place], None if n is None else exact_div(n, 2), *full[place + 1:])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        place = self.place(shapes[0], self.axis)
        halves = Taps(((0, y[place]),), bounded=True) if place else None
        return [along(y, place, Along(place, halves))]
