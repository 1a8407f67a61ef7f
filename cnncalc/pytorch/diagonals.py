"""The values on a diagonal, and matrices with given ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..layers.base import Shape
from ..layers.settings import Count
from ..window import Window
from .base import Module, refusal
from .operations import axis_of, others, without
from .settings import Dim
from .shapes import Whole

if TYPE_CHECKING:
    from ..dependence import Reads


class Diagonal(Module):
    """The values whose indices along two axes are equal, on a new last axis."""

    offset = Count(0, least=-(10**9))
    dim1 = Dim(0)
    dim2 = Dim(1)

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        a, b = axis_of(x, self.dim1, setting="dim1"), axis_of(x, self.dim2, setting="dim2")
        if None in (x[a], x[b]):
            return Whole((*without(x, [a, b]), None))
        return Whole((*without(x, [a, b]), max(0, min(x[a] - max(0, -self.offset), x[b] - max(0, self.offset)))))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, Taps

        a, b = axis_of(xs[0], self.dim1), axis_of(xs[0], self.dim2)
        starts = {a: max(0, -self.offset), b: max(0, self.offset)}
        return (others(xs[0], {i: Along(len(y) - 1, Taps((range(n, n + 1),))) for i, n in starts.items()}),)


class Diag(Diagonal):
    """The diagonal of a matrix; of a vector, the matrix with it as its diagonal."""

    dim1 = 0
    dim2 = 1

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        if len(x) not in (1, 2):
            raise refusal(f"needs a vector or a matrix, got {x}", (), None, f"diag(): Supports 1D or 2D tensors. Got {len(x)}D")
        return Whole((x[0] + abs(self.offset),) * 2) if len(x) == 1 else super().output(x)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        if len(xs[0]) == 2:
            return super().reads(y, *xs)
        return ((Along(0, Window(1, padding=abs(self.offset), before=max(0, -self.offset))),),)
