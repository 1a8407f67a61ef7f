"""Functions that keep a shape and see, or move, values along some of its axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..layers.base import Shape
from ..layers.settings import Kept
from ..num import product
from .base import Module
from .operations import axis_of, others
from .settings import Dim, Ints

if TYPE_CHECKING:
    from ..dependence import Reads, Taps


class Running(Module):
    """Sums or products of all values up to each along an axis."""

    dim = Dim()

    def output(self, *xs: Shape) -> Shape:
        axis_of(xs[0], self.dim)
        return xs[0]

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, before

        axis = axis_of(xs[0], self.dim)
        return (others(xs[0], {axis: Along(axis, before(int(xs[0][axis])))}, True),)


class Triangle(Module):
    """The values on one side of the diagonal, zeros on the other; each place is taken to read its own value."""

    sees = "place"
    diagonal = Kept(0)


class _Reversed(Module):
    """The values along some axes in reverse."""

    dims: tuple[int, ...]

    def axes(self, x: Shape) -> list[int]:
        return [axis_of(x, d) for d in self.dims]

    def output(self, *xs: Shape) -> Shape:
        self.axes(xs[0])
        return xs[0]

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, turned

        return (others(xs[0], {i: Along(i, turned(int(xs[0][i]))) for i in self.axes(xs[0])}, True),)


class Flip(_Reversed):
    """The values along the axes `dims` in reverse."""

    rest = "dims"
    dims = Ints()


class FlipLast(_Reversed):
    """The columns in reverse."""

    dims = (1,)


class FlipFirst(_Reversed):
    """The rows in reverse."""

    dims = (0,)


class Roll(Module):
    """The values moved along some axes; those at the end come in again at the front."""

    shifts = Ints()
    dims = Ints(None)

    def output(self, *xs: Shape) -> Shape:
        for dim in self.dims or ():
            axis_of(xs[0], dim)
        return xs[0]

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, Reindexed, Through, listed, table

        def moved(n: int, shift: int) -> Taps:
            return table([range((o - shift) % n, (o - shift) % n + 1) for o in listed(int(n))], int(n))

        x = xs[0]
        if not self.dims:
            values = int(product(x) or 0)
            return (Through(Reindexed(), (values,), Through((Along(0, moved(values, sum(self.shifts))),), (values,), Reindexed())),)
        by: dict[int, int] = {}
        for shift, dim in zip(self.shifts, self.dims):
            axis = axis_of(x, dim)
            by[axis] = by.get(axis, 0) + shift
        return (others(x, {axis: Along(axis, moved(int(x[axis]), shift)) for axis, shift in by.items()}, True),)


class Rotate(Module):
    """Turned by quarters in the plane of two axes."""

    k = Kept(1)
    dims = Ints((0, 1))

    def output(self, *xs: Shape) -> Shape:
        sizes = list(xs[0])
        a, b = [axis_of(xs[0], d) for d in self.dims]
        if self.k % 2:
            sizes[a], sizes[b] = sizes[b], sizes[a]
        return type(xs[0])(sizes)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, turned

        a, b = [axis_of(xs[0], d) for d in self.dims]
        way = self.k % 4
        axes = (a, b) if way % 2 == 0 else (b, a)
        back = (way in (2, 3), way in (1, 2))  # which of the input's two axes runs the other way
        return (others(xs[0], {i: Along(to, turned(int(xs[0][i])) if turn else None)
                               for i, to, turn in zip((a, b), axes, back)}, True),)


class ArgSort(Module):
    """The positions of the values in order along an axis."""

    dim = Dim(-1)
    descending = Kept(False)

    def output(self, *xs: Shape) -> Shape:
        axis_of(xs[0], self.dim)
        return xs[0]

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import mixed

        return (mixed(xs[0], [axis_of(xs[0], self.dim)]),)


class Normalize(ArgSort):
    """Vectors along an axis divided by their length."""

    p = Kept(2.0)
    dim = Dim(1)
    order = ("p", "dim")


class GumbelSoftmax(ArgSort):
    """A random choice along an axis."""

    tau = Kept(1.0)
    hard = Kept(False)
    eps = Kept(1e-10)
    dim = Dim(-1)
    order = ("tau", "hard", "eps", "dim")


class Renorm(Module):
    """Each slice along an axis scaled by its length."""

    p = Kept(2.0)
    dim = Dim()
    order = ("p", "dim")

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import mixed

        x = xs[0]
        return (mixed(x, [i for i in range(len(x)) if i != axis_of(x, self.dim)]),)
