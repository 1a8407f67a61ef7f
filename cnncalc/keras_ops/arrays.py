"""Operations that arrange values anew: pieces, axes, repetitions."""

from __future__ import annotations

from typing import Any

from ..errors import SpecError, shown
from ..layers.base import Shape
from ..layers.settings import Axes, Choice, Count, Flag, Kept, whole
from ..layers.shape import Full, broadcast
from ..num import divides, exact_div
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
        return tuple([None if n == -1 else n for n in new])


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
            raise SpecError("source and destination must name as many axes", ("destination",))
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
                            "axes of size 1 are repeated, and axes may stand in front")
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
            raise SpecError("constant_values stand in the padding only with mode: constant", ("mode",))
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
