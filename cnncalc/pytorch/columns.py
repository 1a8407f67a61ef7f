"""Windows of an image laid out as columns, and columns added up to an image."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..layers.base import Shape, times
from ..num import exact_div, product
from ..window import Window
from .base import Module, refusal
from .settings import Each, Pixels
from .shapes import Whole, bracketed

if TYPE_CHECKING:
    from ..dependence import Reads


class _Columns(Module):
    """Windows of an image laid out as columns."""

    keeps_number = True
    kernel_size: Each
    dilation: Each
    padding: Pixels
    stride: Each

    def slid(self, sizes: Iterable[int | None]) -> list[Any]:
        """How many positions the window has along each axis."""
        return [Window(k, s, d, 2 * a, a).places(n)
                for k, s, d, (a, _), n in zip(self.kernel_size, self.stride, self.dilation, self.padding, sizes)]

    def places(self, sizes: Iterable[int | None]) -> list[list[int]]:
        """For each axis the pixel under every value of the window at every position, all positions of one value together."""
        from ..dependence import listed

        return [[i * d + o * s - a for i in range(k) for o in listed(int(many))] for k, s, d, (a, _), many in
                zip(self.kernel_size, self.stride, self.dilation, self.padding, self.slid(sizes))]


class Unfold(_Columns, kind="nn.Unfold", rank=2):
    """Each window of an image as a column: (N, C × k × k, positions)."""

    kernel_size = Each(symbol="k")
    dilation = Each(1, symbol="d")
    padding = Pixels(0)
    stride = Each(1, symbol="s")

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, Reindexed, Through, table

        *lead, h, w = xs[0]
        n = len(lead)
        rows = [table([range(i, i + 1) for i in found], size) for found, size in zip(self.places((h, w)), (h, w))]
        (kh, kw), (ph, pw) = self.kernel_size, self.slid((h, w))
        windows = Through(Reindexed(), (*lead, kh * ph, kw * pw), (*map(Along, range(n)), Along(n, rows[0]), Along(n + 1, rows[1])))
        return (Through(Reindexed((*range(n), n, n + 2, n + 1, n + 3)), (*lead, kh, ph, kw, pw), windows),)

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        if len(x) not in (3, 4):
            raise refusal(f"needs an input (N, C, H, W), got {x}", (), None,
                          "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions "
                          f"for input, but got: {bracketed(x)}")
        places = self.slid(x[-2:])
        if any([n is not None and n < 1 for n in places]):
            raise refusal(f"kernel {times(self.kernel_size)} does not fit its {times(x[-2:])} input", ("kernel_size",))
        return Whole((*x[:-3], product((x[-3], *self.kernel_size)), product(places)))


class Fold(_Columns, kind="nn.Fold", rank=2):
    """Columns added up to an image of `output_size`: what Unfold takes apart."""

    output_size = Each(symbol="o")
    kernel_size = Each(symbol="k")
    dilation = Each(1, symbol="d")
    padding = Pixels(0)
    stride = Each(1, symbol="s")

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, Reindexed, Through, table

        *lead, h, w = y
        n = len(lead)
        rows = []
        for found, size in zip(self.places((h, w)), (h, w)):
            at: list[list[int]] = [[] for _ in range(int(size))]
            for column, pixel in enumerate(found):
                if 0 <= pixel < size:
                    at[pixel].append(column)
            rows.append(table(map(tuple, at), len(found)))
        (kh, kw), (ph, pw) = self.kernel_size, self.slid((h, w))
        apart = Through(Reindexed((*range(n), n, n + 2, n + 1, n + 3)), (*lead, kh, kw, ph, pw), Reindexed())
        return (Through((*map(Along, range(n)), Along(n, rows[0]), Along(n + 1, rows[1])), (*lead, kh * ph, kw * pw), apart),)

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        if len(x) not in (2, 3):
            raise refusal(f"needs an input (N, C × k × k, positions), got {x}")
        values = product(self.kernel_size)
        assert values is not None
        if x[-2] is not None and x[-2] % values:
            raise refusal(f"the {x[-2]} rows of its input {x} do not divide by the {values} values of a window", ("kernel_size",), None,
                          "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
                          f"input.size(1)={x[-2]} and kernel_size=({', '.join(map(str, self.kernel_size))}).")
        places = self.slid(self.output_size)
        if x[-1] is not None and x[-1] != product(places):
            raise refusal(f"its input {x} has {x[-1]} columns, and an image of {times(self.output_size)} has "
                          f"{times(places)} = {product(places)} windows", ("output_size",))
        return Whole((*x[:-2], None if x[-2] is None else exact_div(x[-2], values), *self.output_size))
