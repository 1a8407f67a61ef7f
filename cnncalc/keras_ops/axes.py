"""Operations that move axes and shapes: transposed, reshaped, turned, rolled."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..dependence import Along, Reads, Reindexed, Through, everything, listed, turned
from ..errors import SpecError, shown
from ..layers.axis_settings import Axes, Offsets
from ..layers.base import Shape
from ..layers.settings import Count, Kept
from ..layers.shape import Full
from ..num import product
from .elementwise import Unary
from .operation import Operand, Operation, gathered, ordered
from .settings import AxisOf, Numbers


class Rearranged(Operation):
    """The same values in the same order, in another shape."""

    x = Operand()

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        return [Reindexed()]


class Reshape(Rearranged, kind="Reshape"):
    """The same values in another shape, the batch included: -1 is what is left."""

    reshapes = True
    newshape = Numbers(least=-1, unknown=True, single=True)

    def settle(self) -> None:
        super().settle()
        if 0 in (self.newshape if isinstance(self.newshape, tuple) else (self.newshape,)):
            raise SpecError("newshape can have no 0: nothing would be left", ("newshape",))

    def result(self, *shapes: Full) -> Full:
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


class Ravel(Rearranged, kind="Ravel"):
    """All values in a row, the examples one after another."""


    def result(self, *shapes: Full) -> Full:
        return (product(shapes[0]),)


class ExpandDims(Rearranged, kind="ExpandDims"):
    """With axes of size 1 added."""

    reshapes = True
    axis = Axes()

    def result(self, *shapes: Full) -> Full:
        full = shapes[0]
        places = self.axes_of(full, self.axis, more=len(self.axis) if isinstance(self.axis, tuple) else 1)
        rest = iter(full)
        return tuple([1 if i in places else next(rest) for i in range(len(full) + len(places))])


class Squeeze(Rearranged, kind="Squeeze"):
    """With axes of size 1 taken away: the given ones, or all."""

    axis = Axes(None)

    def result(self, *shapes: Full) -> Full:
        full = shapes[0]
        if self.axis is None:
            return tuple([n for n in full if n != 1])
        places = self.axes_of(full, self.axis)
        for place in places:
            if full[place] != 1:
                raise SpecError(f"axis {place} of its input {Shape(full)} is not 1", ("axis",))
        return tuple([n for i, n in enumerate(full) if i not in places])


class Reordered(Operation):
    """The axes in another order."""

    x = Operand()

    def former(self, full: Full) -> Sequence[int]:
        """For each axis of the output that of the input."""
        raise NotImplementedError

    def result(self, *shapes: Full) -> Full:
        return tuple([shapes[0][place] for place in self.former(shapes[0])])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        return [ordered(self.former(shapes[0]))]


class Transpose(Reordered, kind="Transpose"):
    """The axes in another order."""

    axes = Axes(None)

    def former(self, full: Full) -> Sequence[int]:
        if self.axes is None:
            return range(len(full))[::-1]
        places = self.axes_of(full, self.axes, "axes")
        if len(places) != len(full):
            raise SpecError(f"axes must name all {len(full)} axes of {Shape(full)}", ("axes",))
        return places

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        # Without axes only a batch of single values keeps the batch in front.
        return [Reindexed()] if self.axes is None else super().depends(k, y, shapes)


class Swapaxes(Reordered, kind="Swapaxes"):
    """Two axes in each other's place."""

    axis1 = AxisOf()
    axis2 = AxisOf()

    def former(self, full: Full) -> Sequence[int]:
        found = list(range(len(full)))
        a, b = self.place(full, self.axis1, "axis1"), self.place(full, self.axis2, "axis2")
        found[a], found[b] = b, a
        return found


class Moveaxis(Reordered, kind="Moveaxis"):
    """Some axes moved to other places."""

    source = Axes()
    destination = Axes()

    def former(self, full: Full) -> Sequence[int]:
        sources = self.axes_of(full, self.source, "source")
        destinations = self.axes_of(full, self.destination, "destination")
        if len(sources) != len(destinations):
            raise SpecError("source and destination must name the same number of axes", ("destination",))
        into = dict(zip(destinations, sources))
        rest = iter([i for i in range(len(full)) if i not in sources])
        return [into[i] if i in into else next(rest) for i in range(len(full))]


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

    def result(self, *shapes: Full) -> Full:
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

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x = shapes[0]
        a, b = self.places(x)
        found = [Along(i) for i in range(len(x))]
        first, second = (a, b) if self.k % 2 == 0 else (b, a)
        found[a] = Along(first, turned(x[a]) if self.k % 4 in (2, 3) else None)
        found[b] = Along(second, turned(x[b]) if self.k % 4 in (1, 2) else None)
        return [tuple(found)]


class Flip(Unary, kind="Flip"):
    """The values in reverse order along some axes, or all."""

    axis = Kept(None)

    def flips(self, full: Full) -> Sequence[int]:
        """The axes along which the order changes."""
        return range(len(full)) if self.axis is None else self.named(full, self.axis)

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x = shapes[0]
        flips = self.flips(x)
        return [tuple([Along(i, turned(n)) if i in flips and i else Along(i) for i, n in enumerate(x)])]


class Fliplr(Flip, kind="Fliplr"):
    """The values in reverse order along axis 1."""

    settings = Unary.settings
    axis = 1


class Flipud(Flip, kind="Flipud"):
    """The examples in reverse order."""

    settings = Unary.settings
    axis = 0


class Roll(Unary, kind="Roll"):
    """The values moved round along an axis, or through the whole."""

    shift = Offsets()
    axis = Axes(None)

    def settle(self) -> None:
        super().settle()
        if isinstance(self.shift, tuple) and (not isinstance(self.axis, tuple) or len(self.axis) != len(self.shift)):
            raise SpecError(f"shift has {len(self.shift)} values, and axis is {self.axis}", ("shift",), "one shift for each axis")

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x, shift = shapes[0], self.shift
        if self.axis is None:
            n = product(x[1:])
            if n is None:
                return [everything(x)]
            n = n or 1  # Through the batch too, but for one example that is round and round.
            rolled = (Along(0), Along(1, gathered([(i - shift) % n for i in listed(n)], n)))
            return [Through(Through(Reindexed(), (None, n), rolled), (None, n), Reindexed())]
        axes = self.named(x, self.axis)
        shifts = shift if isinstance(shift, (tuple, list)) else (shift,) * len(axes)
        by = dict(zip(axes, shifts))
        return [tuple([Along(i, gathered([(o - by[i]) % n for o in listed(n)], n)) if i in by and i else Along(i)
                       for i, n in enumerate(x)])]
