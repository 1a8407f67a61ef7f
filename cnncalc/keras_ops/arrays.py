"""Operations that arrange values anew: pieces, axes, repetitions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from ..dependence import Along, Either, Reads, Taps, Through, listed, mixed, turned
from ..errors import SpecError, shown
from ..layers.arithmetic import UNCOUNTED, each
from ..layers.base import Shape
from ..layers.settings import Axes, Choice, Count, Flag, Kept, whole
from ..layers.shape import Full, broadcast
from ..num import divides, exact_div, product
from ..window import Window
from . import reads
from .elementwise import Operand, Operation
from .settings import AxisOf, Key, Numbers


class GetItem(Operation, kind="GetItem"):
    """Some of the values, as indexing and slicing give them: `x[:, 1:]`."""

    depends = reads.pieces
    key = Key()
    x = Operand()
    operands = ("x",)

    def result(self, *shapes: Any) -> Full:
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
                    sizes.append(None if n is None else _sliced(item, n))
                elif n is not None and not -int(n) <= item < n:
                    raise SpecError(f"index {item} is outside an axis of size {n}", ("key",))
        return tuple(sizes)


def _sliced(item: slice, n: int) -> int:
    return len(range(*item.indices(int(n))))


class Concatenate(Operation, kind="Concatenate"):
    """One behind the other along an axis."""

    family, caption = "merge", "concat"
    depends = reads.joined
    takes_list = True
    operands = ("xs",)
    axis = AxisOf(0)

    def result(self, *shapes: Any) -> Full:
        first = shapes[0]
        place = self.place(first, self.axis)
        total: Any = 0
        for full in shapes:
            _must_agree(first, full, place)
            total = None if total is None or full[place] is None else total + full[place]
        return (*first[:place], total, *first[place + 1:])


def _must_agree(a: Full, b: Full, free: int = -1) -> None:
    if len(a) != len(b) or any(m != n and None not in (m, n) for i, (m, n) in enumerate(zip(a, b)) if i != free):
        raise SpecError(f"its arguments {Shape(a)} and {Shape(b)} differ", (), "the batch is counted, as None")


class Stack(Operation, kind="Stack"):
    """Side by side along a new axis."""

    family = "merge"
    depends = reads.stacked
    takes_list = True
    operands = ("x",)
    axis = AxisOf(0)

    def result(self, *shapes: Any) -> Full:
        first = shapes[0]
        for full in shapes:
            _must_agree(first, full)
        place = self.place(first, self.axis, more=1)
        return (*first[:place], len(shapes), *first[place:])


class Split(Operation, kind="Split"):
    """Parts along an axis: so many equal ones, or between the given places."""

    depends = reads.split
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

    def results_of(self, *shapes: Any) -> tuple[Full, ...]:
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


class Unstack(Operation, kind="Unstack"):
    """All slices along an axis, each by itself."""

    depends = reads.unstacked
    module = "ops.core"
    x = Operand()
    num = Count(None)
    axis = AxisOf(0)

    def settle(self) -> None:
        super().settle()
        self.results = self.num or 1
        self.fixed_results = self.num is not None

    def counting(self, settings: dict[str, Any], n: int) -> dict[str, Any]:
        return {**settings, "num": n}

    def results_of(self, *shapes: Any) -> tuple[Full, ...]:
        full = shapes[0]
        place = self.place(full, self.axis)
        num = self.num or full[place]
        if num is None:
            raise SpecError(f"needs num: the size of axis {self.axis} is not known")
        if num > 10_000:
            raise SpecError(f"gives more than 10,000 outputs ({num})")
        return ((*full[:place], *full[place + 1:]),) * int(num)


class Reshape(Operation, kind="Reshape"):
    """The same values in another shape, the batch included: -1 is what is left."""

    depends = reads.same_order
    x = Operand()
    newshape = Numbers(least=-1, unknown=True, single=True)

    def settle(self) -> None:
        super().settle()
        if 0 in (self.newshape if isinstance(self.newshape, tuple) else (self.newshape,)):
            raise SpecError("newshape can have no 0: nothing would be left", ("newshape",))

    def result(self, *shapes: Any) -> Full:
        new = self.newshape if isinstance(self.newshape, tuple) else (self.newshape,)
        if new.count(-1) > 1:
            raise SpecError(f"newshape can have one -1 only (got {shown(list(new))})", ("newshape",))
        rest = None
        if None not in (*shapes[0], *new):
            values, places = math.prod(shapes[0]), math.prod([n for n in new if n != -1])
            if values % places or (-1 not in new and values != places):
                raise SpecError(f"cannot make {shown(list(new))} of {Shape(shapes[0])}: {values} values", ("newshape",))
            rest = values // places
        return tuple([rest if n == -1 else n for n in new])


class Transpose(Operation, kind="Transpose"):
    """The axes in another order."""

    depends = reads.transposed
    x = Operand()
    axes = Axes(None)

    def result(self, *shapes: Any) -> Full:
        full: Full = shapes[0]
        if self.axes is None:
            return full[::-1]
        places = self.axes_of(full, self.axes, "axes")
        if len(places) != len(full):
            raise SpecError(f"axes must name all {len(full)} axes of {Shape(full)}", ("axes",))
        return tuple([full[place] for place in places])


class Swapaxes(Operation, kind="Swapaxes"):
    """Two axes in each other's place."""

    depends = reads.swapped
    x = Operand()
    axis1 = AxisOf()
    axis2 = AxisOf()

    def result(self, *shapes: Any) -> Full:
        sizes = list(shapes[0])
        a, b = self.place(shapes[0], self.axis1, "axis1"), self.place(shapes[0], self.axis2, "axis2")
        sizes[a], sizes[b] = sizes[b], sizes[a]
        return tuple(sizes)


class Moveaxis(Operation, kind="Moveaxis"):
    """Some axes moved to other places."""

    depends = reads.moved
    x = Operand()
    source = Axes()
    destination = Axes()

    def result(self, *shapes: Any) -> Full:
        full = shapes[0]
        sources = self.axes_of(full, self.source, "source")
        destinations = self.axes_of(full, self.destination, "destination")
        if len(sources) != len(destinations):
            raise SpecError("source and destination must name the same number of axes", ("destination",))
        moved = dict(zip(destinations, [full[place] for place in sources]))
        rest = iter([n for i, n in enumerate(full) if i not in sources])
        return tuple([moved[i] if i in moved else next(rest) for i in range(len(full))])


class ExpandDims(Operation, kind="ExpandDims"):
    """With axes of size 1 added."""

    depends = reads.same_order
    x = Operand()
    axis = Axes()

    def result(self, *shapes: Any) -> Full:
        full = shapes[0]
        places = self.axes_of(full, self.axis, more=len(self.axis) if isinstance(self.axis, tuple) else 1)
        rest = iter(full)
        return tuple([1 if i in places else next(rest) for i in range(len(full) + len(places))])


class Squeeze(Operation, kind="Squeeze"):
    """With axes of size 1 taken away: the given ones, or all."""

    depends = reads.same_order
    x = Operand()
    axis = Axes(None)

    def result(self, *shapes: Any) -> Full:
        full = shapes[0]
        if self.axis is None:
            return tuple([n for n in full if n != 1])
        places = self.axes_of(full, self.axis)
        for place in places:
            if full[place] != 1:
                raise SpecError(f"axis {place} of its input {Shape(full)} is not 1", ("axis",))
        return tuple([n for i, n in enumerate(full) if i not in places])


class BroadcastTo(Operation, kind="BroadcastTo"):
    """Repeated along axes of size 1 until it has a shape, the batch included."""

    depends = reads.each_value
    x = Operand()
    shape = Numbers(unknown=True)

    def result(self, *shapes: Any) -> Full:
        full, new = shapes[0], tuple(self.shape)
        both = broadcast(full, new)
        if len(new) < len(full) or any(n is not None and n != m for m, n in zip(both, new)):
            raise SpecError(f"its input {Shape(full)} cannot be repeated to {Shape(new)}", ("shape",),
                            "axes of size 1 are repeated, and leading axes may be missing")
        return new


class Take(Operation, kind="Take"):
    """Values at the given places along an axis."""

    depends = reads.taken
    x = Operand()
    indices = Operand()
    operands = ("x", "indices")
    axis = AxisOf(None)

    def result(self, *shapes: Any) -> Full:
        full, indices = shapes
        if self.axis is None:
            return tuple(indices)
        place = self.place(full, self.axis)
        return (*full[:place], *indices, *full[place + 1:])


class Pad(Operation, kind="Pad"):
    """With values added before and after, along all axes or each."""

    depends = reads.padded
    x = Operand()
    constant_values = Operand()
    operands = ("x", "constant_values")
    optional = 1
    pad_width = Kept()
    mode = Choice("constant", "constant", "edge", "empty", "linear_ramp", "maximum", "mean", "median", "minimum",
                  "reflect", "symmetric", "wrap", "circular")

    def settle(self) -> None:
        super().settle()
        self.pairs = []
        width = self.pad_width
        rows = width if isinstance(width, (list, tuple)) else [[width, width]]
        if len(rows) == 2 and all(type(item) is int for item in rows):
            rows = [rows]
        for row in rows:
            pair = row if isinstance(row, (list, tuple)) else [row]
            if len(pair) == 1:
                pair = [*pair, *pair]
            if len(pair) != 2:
                raise SpecError(f"pad_width must have [before, after] for each axis (got {shown(width)})", ("pad_width",))
            try:
                self.pairs.append([whole(item, 0) for item in pair])
            except SpecError as error:
                raise SpecError(f"pad_width {error.problem}", ("pad_width",)) from None

    def result(self, *shapes: Any) -> Full:
        full = shapes[0]
        if self.mode != "constant" and any(values is not None for values in shapes[1:]):
            raise SpecError("constant_values needs mode: constant", ("mode",))
        pairs = self.pairs * len(full) if len(self.pairs) == 1 else self.pairs
        if len(pairs) != len(full):
            raise SpecError(f"pad_width is for {len(pairs)} axes, its input {Shape(full)} has {len(full)}", ("pad_width",))
        return tuple([None if n is None else n + before + after for n, (before, after) in zip(full, pairs)])


class Tile(Operation, kind="Tile"):
    """Repeated as a whole along each axis."""

    depends = reads.tiled
    x = Operand()
    repeats = Numbers(single=True)

    def result(self, *shapes: Any) -> Full:
        full: Full = shapes[0]
        times = self.repeats if isinstance(self.repeats, tuple) else (self.repeats,)
        rank = max(len(full), len(times))
        full, times = (1,) * (rank - len(full)) + full, (1,) * (rank - len(times)) + times
        return tuple([None if n is None else n * k for n, k in zip(full, times)])


class Repeat(Operation, kind="Repeat"):
    """Each value repeated along an axis, all alike or each its number of times."""

    depends = reads.repeated
    x = Operand()
    repeats = Numbers(single=True)
    axis = AxisOf(None)

    def result(self, *shapes: Any) -> Full:
        full, times = shapes[0], self.repeats
        if self.axis is None:
            return (None,)
        place = self.place(full, self.axis)
        n = full[place]
        if isinstance(times, tuple) and len(times) == 1:
            times = times[0]
        if n is not None and isinstance(times, tuple):
            if len(times) != n:
                raise SpecError(f"repeats has {len(times)} numbers for {n} places", ("repeats",))
            n = sum(times)
        elif n is not None:
            n = n * times
        return (*full[:place], n, *full[place + 1:])


class OneHot(Operation, kind="OneHot"):
    """Each whole number as a row with a one in its place."""

    depends = reads.one_hot
    module = "ops.nn"
    x = Operand()
    num_classes = Count()
    axis = AxisOf(-1)
    dtype = Kept(None)
    sparse = Flag(False)

    def result(self, *shapes: Any) -> Full:
        full = shapes[0]
        place = len(full) if self.axis == -1 else self.axis
        if place < 0 or (place >= len(full) and self.axis != -1):
            raise SpecError(f"axis must be -1, or from 0 to {len(full) - 1} (got {self.axis})", ("axis",))
        return (*full[:place], self.num_classes, *full[place:])


class Glu(Operation, kind="Glu"):
    """Half of the values, each times the sigmoid of one of the others."""

    depends = reads.gated
    module = "ops.nn"
    counted = "silu"
    x = Operand()
    axis = AxisOf(-1)

    def result(self, *shapes: Any) -> Full:
        full = shapes[0]
        place = self.place(full, self.axis)
        n = full[place]
        if n is not None and not divides(2, n):
            raise SpecError(f"axis {self.axis} has {n}, which is odd", ("axis",))
        return (*full[:place], None if n is None else exact_div(n, 2), *full[place + 1:])


class Hstack(Concatenate, kind="Hstack"):
    """One after another along axis 1."""

    settings = {key: setting for key, setting in Concatenate.settings.items() if key != "axis"}
    axis = 1


class Vstack(Concatenate, kind="Vstack"):
    """One after another along the batch."""

    settings = {key: setting for key, setting in Concatenate.settings.items() if key != "axis"}
    axis = 0


class Ravel(Operation, kind="Ravel"):
    """All values in a row, the examples one after another."""

    depends = reads.same_order
    x = Operand()

    def result(self, *shapes: Any) -> Full:
        return (product(shapes[0]),)


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

    def part(self, k: int, n: Any) -> tuple[Any, Any]:
        """Where a part of an axis of size n begins, and its size."""
        each, more = divmod(int(n), self.results)
        return k * each + min(k, more), each + (k < more)

    def results_of(self, *shapes: Any) -> tuple[Full, ...]:
        full = shapes[0]
        place = self.place(full, self.axis)
        n = full[place]
        return tuple([(*full[:place], None if n is None else self.part(k, n)[1], *full[place + 1:]) for k in range(self.results)])

    def depends(self, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
        x = shapes[0]
        place = self.place(x, self.axis)
        there = Along(None) if x[place] is None else Along(place, Window(1, padding=0, before=0 - self.part(k, x[place])[0]))
        return [tuple([there if i == place else Along(i) for i in range(len(x))])]


class Rot90(Operation, kind="Rot90"):
    """Turned by quarter turns, from the first of two axes to the second."""

    operands = ("array",)
    array = Operand()
    k = Count(1, least=-(10**9))
    axes = Axes((0, 1))

    def places(self, full: Full) -> list[int]:
        places = self.axes_of(full, self.axes, "axes")
        if len(places) != 2:
            raise SpecError(f"axes must be two axes (got {shown(self.axes)})", ("axes",))
        return places

    def result(self, *shapes: Any) -> Full:
        a, b = self.places(shapes[0])
        sizes = list(shapes[0])
        sizes[a], sizes[b] = sizes[b], sizes[a]
        return tuple(sizes)

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        full = next(self.given(xs)) or ()
        a, b = self.places(full)
        if self.k % 2 == 0 and full[a] != full[b]:
            yield "Keras reports this shape, but an even number of turns leaves the sizes in place"

    def depends(self, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
        x = shapes[0]
        a, b = self.places(x)
        found = [Along(i) for i in range(len(x))]
        first, second = (a, b) if self.k % 2 == 0 else (b, a)
        found[a] = Along(first, turned(x[a]) if self.k % 4 in (2, 3) else None)
        found[b] = Along(second, turned(x[b]) if self.k % 4 in (1, 2) else None)
        return [tuple(found)]


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

    def long(self, full: Full) -> Any:
        """How many values the diagonal has."""
        a, b = self.places(full)
        if full[a] is None or full[b] is None:
            return None
        return max(0, min(full[a] - max(0, 0 - self.offset), full[b] - max(0, self.offset)))

    def result(self, *shapes: Any) -> Full:
        full = shapes[0]
        places = self.places(full)
        return (*[n for i, n in enumerate(full) if i not in places], self.long(full))

    def depends(self, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
        return [self.along(shapes[0])]

    def along(self, x: Full) -> tuple[Along, ...]:
        a, b = self.places(x)
        rest, last = iter(range(len(x))), len(x) - 2
        starts = {a: max(0, 0 - self.offset), b: max(0, self.offset)}
        return tuple([Along(last, Window(1, padding=0, before=0 - starts[i])) if i in starts else Along(next(rest))
                      for i in range(len(x))])


class Trace(Diagonal, kind="Trace"):
    """The sum of such values."""

    def result(self, *shapes: Any) -> Full:
        return super().result(*shapes)[:-1]

    def depends(self, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
        x = shapes[0]
        diagonal = super().result(x)
        kept = (*map(Along, range(len(diagonal) - 1)),)
        if not diagonal[-1]:
            return [Through((*kept, Along(None)), diagonal, self.along(x))]
        # One place of the diagonal at a time: two axes read all at once would be the whole square.
        return [Either(tuple([Through((*kept, Along(None, Taps((range(i, i + 1),)))), diagonal, self.along(x))
                              for i in listed(diagonal[-1])]))]

    def operations(self, *xs: Shape) -> dict[str, Any]:
        full = next(self.given(xs)) or ()
        return each(product((*self.output(*xs), self.long(full))), additions=1)


class Diff(Operation, kind="Diff"):
    """The differences of neighbors along an axis, taken `n` times."""

    operands = ("a",)
    a = Operand()
    n = Count(1, least=0)
    axis = AxisOf(-1)

    def result(self, *shapes: Any) -> Full:
        full = shapes[0]
        place = self.place(full, self.axis)
        size = full[place]
        return (*full[:place], None if size is None else max(0, size - self.n), *full[place + 1:])

    def depends(self, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
        x = shapes[0]
        place = self.place(x, self.axis)
        return [tuple([Along(i, Window(self.n + 1, padding=0, before=0)) if i == place else Along(i) for i in range(len(x))])]

    def operations(self, *xs: Shape) -> dict[str, Any]:
        return each(product((*self.output(*xs), self.n)), additions=1)


class TopK(Operation, kind="TopK"):
    """The largest values along the last axis, and their places."""

    module = "ops.math"
    results = 2
    x = Operand()
    k = Count()
    sorted = Flag(True)

    def results_of(self, *shapes: Any) -> tuple[Full, ...]:
        full = shapes[0]
        if full[-1] is not None and full[-1] < self.k:
            raise SpecError(f"k is {self.k}, its input {Shape(full)} has {full[-1]} values in a row", ("k",))
        return ((*full[:-1], self.k),) * 2

    def depends(self, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
        return [mixed(y, [len(y) - 1])]

    def operations(self, *xs: Shape) -> dict[str, Any]:
        return UNCOUNTED
