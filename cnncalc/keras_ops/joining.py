"""Operations that join, repeat and pad arrays."""

from __future__ import annotations

from collections.abc import Sequence

from ..dependence import Along, Reads, Reindexed, Taps, Through, everything, listed, table
from ..errors import SpecError, shown
from ..layers.base import Shape
from ..layers.settings import Choice, Count, Flag, Kept, whole
from ..layers.shape import Full, broadcast
from ..window import Spread, Window
from .operation import Operand, Operation, along, gathered
from .settings import AxisOf, Numbers


class Concatenate(Operation, kind="Concatenate"):
    """One behind the other along an axis."""

    family, caption = "merge", "concat"
    takes_list = True
    operands = ("xs",)
    axis = AxisOf(0)

    def result(self, *shapes: Full) -> Full:
        first = shapes[0]
        place = self.place(first, self.axis)
        total: object = 0
        for full in shapes:
            _must_agree(first, full, place)
            total = None if total is None or full[place] is None else total + full[place]
        return (*first[:place], total, *first[place + 1:])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        place, start = self.place(shapes[0], self.axis), 0
        found: list[Reads] = []
        for x in shapes:
            part = Along(place, Taps((range(0 - start, 1 - start),), bounded=True))
            found.append(along(x, place, part))
            start += x[place] or 0
        return found


class Hstack(Concatenate, kind="Hstack"):
    """One after another along axis 1."""

    settings = {key: setting for key, setting in Concatenate.settings.items() if key != "axis"}
    axis = 1


class Vstack(Concatenate, kind="Vstack"):
    """One after another along the batch."""

    settings = {key: setting for key, setting in Concatenate.settings.items() if key != "axis"}
    axis = 0


class Stack(Operation, kind="Stack"):
    """Side by side along a new axis."""

    family = "merge"
    takes_list = True
    operands = ("x",)
    axis = AxisOf(0)

    def result(self, *shapes: Full) -> Full:
        first = shapes[0]
        for full in shapes:
            _must_agree(first, full)
        place = self.place(first, self.axis, more=1)
        return (*first[:place], len(shapes), *first[place:])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        """Each input is one slice: it is read as one of size 1 there."""
        place = self.place(shapes[0], self.axis, more=1)
        found: list[Reads] = []
        for i, x in enumerate(shapes):
            shape = (*x[:place], 1, *x[place:])
            there = Along(place, Taps((range(0 - i, 1 - i),), bounded=True))
            found.append(Through(along(shape, place, there), shape, Reindexed()))
        return found


def _must_agree(a: Full, b: Full, free: int = -1) -> None:
    if len(a) != len(b) or any(m != n and None not in (m, n) for i, (m, n) in enumerate(zip(a, b)) if i != free):
        raise SpecError(f"its arguments {Shape(a)} and {Shape(b)} differ", (), "the batch is counted, as None")


class BroadcastTo(Operation, kind="BroadcastTo"):
    """Repeated along axes of size 1 until it has a shape, the batch included."""

    x = Operand()
    shape = Numbers(unknown=True)

    def result(self, *shapes: Full) -> Full:
        full, new = shapes[0], tuple(self.shape)
        both = broadcast(full, new)
        if len(new) < len(full) or any(n is not None and n != m for m, n in zip(both, new)):
            raise SpecError(f"its input {Shape(full)} cannot be repeated to {Shape(new)}", ("shape",),
                            "axes of size 1 are repeated, and leading axes may be missing")
        return new


class Tile(Operation, kind="Tile"):
    """Repeated as a whole along each axis."""

    x = Operand()
    repeats = Numbers(single=True)

    def result(self, *shapes: Full) -> Full:
        full: Full = shapes[0]
        times = self.repeats if isinstance(self.repeats, tuple) else (self.repeats,)
        rank = max(len(full), len(times))
        full, times = (1,) * (rank - len(full)) + full, (1,) * (rank - len(times)) + times
        return tuple([None if n is None else n * k for n, k in zip(full, times)])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        return [tuple([Along(i, None if n == m or not i else gathered([o % n for o in listed(m)], n))
                       for i, (n, m) in enumerate(zip(shapes[0], y))])]


class Repeat(Operation, kind="Repeat"):
    """Each value repeated along an axis, all alike or each its number of times."""

    x = Operand()
    repeats = Numbers(single=True)
    axis = AxisOf(None)

    def result(self, *shapes: Full) -> Full:
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

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x, times = shapes[0], self.repeats
        if self.axis is None:
            return [everything(x)]
        place = self.place(x, self.axis)
        times = times[0] if isinstance(times, tuple) and len(times) == 1 else times
        copies = Spread(times, times) if not isinstance(times, tuple) else gathered(
            [i for i, many in enumerate(times) for _ in listed(many)], x[place])
        return [along(x, place, Along(place, copies))]


class OneHot(Operation, kind="OneHot"):
    """Each whole number as a row with a one in its place."""

    module = "ops.nn"
    x = Operand()
    num_classes = Count()
    axis = AxisOf(-1)
    dtype = Kept(None)
    sparse = Flag(False)

    def result(self, *shapes: Full) -> Full:
        full = shapes[0]
        place = len(full) if self.axis == -1 else self.axis
        if place < 0 or (place >= len(full) and self.axis != -1):
            raise SpecError(f"axis must be -1, or from 0 to {len(full) - 1} (got {self.axis})", ("axis",))
        return (*full[:place], self.num_classes, *full[place:])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        place = len(shapes[0]) if self.axis == -1 else self.axis
        return [tuple([Along(i if i < place else i + 1) for i in range(len(shapes[0]))])]


class Pad(Operation, kind="Pad"):
    """With values added before and after, along all axes or each."""

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

    def result(self, *shapes: Full) -> Full:
        full = shapes[0]
        if self.mode != "constant" and any(values is not None for values in shapes[1:]):
            raise SpecError("constant_values needs mode: constant", ("mode",))
        pairs = self.pairs * len(full) if len(self.pairs) == 1 else self.pairs
        if len(pairs) != len(full):
            raise SpecError(f"pad_width is for {len(pairs)} axes, its input {Shape(full)} has {len(full)}", ("pad_width",))
        return tuple([None if n is None else n + before + after for n, (before, after) in zip(full, pairs)])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x = shapes[0]
        pairs = self.pairs * len(x) if len(self.pairs) == 1 else self.pairs
        found = [Along(i, None if a == b == 0 or i == 0 else _margin(self.mode, n, a, b))
                 for i, (n, (a, b)) in enumerate(zip(x, pairs))]
        return [tuple(found), *[None if x is None else everything(x) for x in shapes[1:]]]


def _margin(mode: str, n: int, a: int, b: int) -> Window | Taps:
    """As numpy.pad: of n values, with a in front and b behind."""
    if mode in ("constant", "empty"):
        return Window(1, padding=a + b, before=a)
    places = range(-a, len(listed(a + n + b)) - a)
    if mode in ("maximum", "mean", "median", "minimum"):
        return table([range(i, i + 1) if 0 <= i < n else range(n) for i in places], n)
    if mode == "linear_ramp":  # from the value at the end to 0, which it is at the last
        return table([range(0) if i in (-a, n - 1 + b) and not 0 <= i < n else range(at, at + 1)
                      for i in places for at in [min(max(i, 0), n - 1)]], n)
    if mode == "edge":
        return gathered([min(max(i, 0), n - 1) for i in places], n)
    if mode in ("wrap", "circular"):
        return gathered([i % n for i in places], n)
    around, last = (2 * n, 2 * n - 1) if mode == "symmetric" else (max(1, 2 * n - 2), 2 * n - 2)
    return gathered([m if m < n else last - m for m in [i % around for i in places]], n)
