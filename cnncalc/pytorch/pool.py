"""Pooling: over windows, to a given size, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import SpecError
from ..layers.base import Shape, slide, times
from ..layers.pool import pooled, tiled
from ..layers.settings import Kept, Number, Setting
from ..num import named, product
from ..window import Spread, Window
from .base import Module, Spatial, refusal
from .settings import Anything, Bool, Each, Pixels

if TYPE_CHECKING:
    from ..dependence import Reads


class _Pooling(Spatial):
    """One value per window and channel; the stride is the window's size unless given."""

    family = "pool"
    remark = "one value per window, channel by channel: no weights"
    sees = "window"
    kernel_size: Each
    stride: Setting
    padding: Pixels | None = None
    dilation: Each | None = None
    ceil_mode: Bool
    largest = False

    def settle(self) -> None:
        if self.stride == ():
            self.stride = None
        for k, pair in zip(self.kernel_size, self.padding or ()):
            if 2 * max(pair) > k:
                raise refusal(f"padding {max(pair)} is more than half of the window's size {k}", ("padding",))

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        strides = self.stride or [named("s", k) for k in self.kernel_size]
        nothing = ((0, 0),) * len(self.kernel_size)
        windows = slide(x, self.kernel_size, strides, self.dilation or (1,) * len(self.kernel_size), self.padding or nothing)
        if self.ceil_mode:
            return tuple([w.rounded_up(n) for w, n in zip(windows, x.spatial)])
        return windows

    def misfit(self, x: Shape, windows: tuple[Window | Spread, ...]) -> SpecError:
        extents = [w.extent for w in windows]
        made = [_places(w, n) for w, n in zip(windows, x.spatial)]
        sizes, results = ["x".join(map(str, (*([1] if self.rank == 1 else []), *v))) for v in (x.spatial, made)]
        names = f"({x.channels}x{sizes})", f"({x.channels}x{results})"
        return refusal(f"window {times(self.kernel_size)} does not fit its {times(x.spatial)} input", ("kernel_size",),
                       f"needs at least {times([e - (w.padding or 0) for e, w in zip(extents, windows)])}",
                       f"Given input size: {names[0]}. Calculated output size: {names[1]}. Output size is too small")

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        made = self.output(*xs)
        return pooled(self.largest, product((*made, *self.kernel_size)), product(made))

    def rank_message(self, x: object) -> str | None:
        return None


def _places(w: Window | Spread, n: int | None) -> int | None:
    """The output size by PyTorch's formula, which may be below 1."""
    return None if n is None or w.padding is None else (n + w.padding - w.extent) // w.stride + 1


class MaxPool(_Pooling):
    """The largest value of each window; the padding counts as −∞."""

    largest = True
    keeps_number = True
    kernel_size = Each(symbol="k")
    stride: Setting = Each(None, symbol="s")
    padding = Pixels(0)
    dilation = Each(1, symbol="d")
    return_indices = Bool(False)
    ceil_mode = Bool(False)

    def settle(self) -> None:
        super().settle()
        self.results = 2 if self.return_indices else 1

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        return (self.output(*xs),) * self.results


class MaxPool1d(MaxPool, kind="nn.MaxPool1d", rank=1): ...


class MaxPool2d(MaxPool, kind="nn.MaxPool2d", rank=2): ...


class MaxPool3d(MaxPool, kind="nn.MaxPool3d", rank=3): ...


class AvgPool1d(_Pooling, kind="nn.AvgPool1d", rank=1):
    """The mean of each window."""

    kernel_size = Each(symbol="k")
    stride: Setting = Each(None, symbol="s")
    padding = Pixels(0)
    ceil_mode = Bool(False)
    count_include_pad = Bool(True)


class AvgPool2d(_Pooling, kind="nn.AvgPool2d", rank=2):
    """The mean of each window."""

    keeps_number = True
    kernel_size = Each(symbol="k")
    stride: Setting = Each(None, symbol="s")
    padding = Pixels(0)
    ceil_mode = Bool(False)
    count_include_pad = Bool(True)
    divisor_override = Kept(None)


class AvgPool3d(AvgPool2d, kind="nn.AvgPool3d", rank=3):
    """The mean of each window, which has to fit without the padding."""

    def check(self, *xs: Shape) -> None:
        super().check(*xs)
        x = xs[0]
        if any([n is not None and n < k for n, k in zip(x.spatial, self.kernel_size)]):
            sizes, kernel = [" ".join([f"{a}: {n}" for a, n in zip(letters, v)]) for letters, v in
                             ((("T", "H", "W"), x.spatial), (("kT", "kH", "kW"), self.kernel_size))]
            raise refusal(f"window {times(self.kernel_size)} does not fit its {times(x.spatial)} input", ("kernel_size",),
                          "the padding does not count here", f"input image ({sizes}) smaller than kernel size ({kernel})")


class LPPool(_Pooling):
    """The p-norm of each window."""

    keeps_number = True
    norm_type = Number()
    kernel_size = Each(symbol="k")
    stride: Setting = Each(None, symbol="s")
    ceil_mode = Bool(False)


class LPPool1d(LPPool, kind="nn.LPPool1d", rank=1): ...


class LPPool2d(LPPool, kind="nn.LPPool2d", rank=2): ...


class LPPool3d(LPPool, kind="nn.LPPool3d", rank=3): ...


class FractionalMaxPool(Spatial):
    """The largest values of windows at random positions, as many as asked for: each may read any place of its channel."""

    family = "pool"
    kernel_size = Each(symbol="k")
    output_size: Setting = Each(None, symbol="o")
    output_ratio = Anything(None)
    return_indices = Bool(False)
    kept = ("_random_samples",)

    def settle(self) -> None:
        if (self.output_size is None) == (self.output_ratio is None):
            raise refusal("needs either output_size or output_ratio", (), None,
                          "FractionalMaxPool2d requires specifying either an output size, or a pooling ratio")
        self.results = 2 if self.return_indices else 1

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        x = xs[0]
        ratios = self.output_ratio if isinstance(self.output_ratio, (list, tuple)) else (self.output_ratio,) * len(x.spatial)
        sizes = self.output_size or [None if n is None else int(n * float(r)) for n, r in zip(x.spatial, ratios)]
        for n, k, o in zip(x.spatial, self.kernel_size, sizes):
            if n is not None and o + k - 1 > n:
                raise refusal(f"{o} windows of {k} do not fit in {n}", ("kernel_size",))
        return (x.of(sizes, x.channels),) * self.results


    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        return _anywhere(xs)


def _anywhere(xs: tuple[Shape, ...]) -> tuple[Reads, ...]:
    """Every place of its own channel."""
    from ..dependence import Along

    return tuple([tuple([Along(i if i == x.channel_axis else None) for i in range(len(x))]) for x in xs])


class FractionalMaxPool2d(FractionalMaxPool, kind="nn.FractionalMaxPool2d", rank=2): ...


class FractionalMaxPool3d(FractionalMaxPool, kind="nn.FractionalMaxPool3d", rank=3): ...


class OrSame(Each):
    """A size for each axis, where None is the input's own."""

    def read(self, value: object, rank: int | None) -> tuple[int | None, ...] | None:
        if isinstance(value, (list, tuple)) and None in value:
            filled = super().read([1 if n is None else n for n in value], rank)
            return tuple([None if n is None else f for n, f in zip(value, filled or ())])
        return super().read(value, rank)

    def traced(self, value: object) -> object:
        return value if isinstance(value, tuple) and None in value else super().traced(value)


class AdaptivePool(Spatial):
    """As many windows as asked for, of nearly the same size, that tile the feature map."""

    family = "pool"
    largest = False
    output_size = OrSame(symbol="o", least=0)

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        return x.of([n if o is None else o for n, o in zip(x.spatial, self.output_size)], x.channels)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, slid
        from ..layers.resampling import tiles

        x = xs[0]
        return (slid(x, map(tiles, x.spatial, self.output(*xs).spatial), Along(x.channel_axis)),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        x = xs[0]
        made = self.output(*xs)
        read = product([*[tiled(n, o) for n, o in zip(x.spatial, made.spatial)], *self.places(x)[:-len(x.spatial)], x.channels])
        return pooled(self.largest, read, product(made))


class AdaptiveAvgPool1d(AdaptivePool, kind="nn.AdaptiveAvgPool1d", rank=1): ...


class AdaptiveAvgPool2d(AdaptivePool, kind="nn.AdaptiveAvgPool2d", rank=2): ...


class AdaptiveAvgPool3d(AdaptivePool, kind="nn.AdaptiveAvgPool3d", rank=3): ...


class AdaptiveMaxPool(AdaptivePool):
    """The same with the largest value of each window."""

    largest = True
    return_indices = Bool(False)
    order = ("output_size", "return_indices")

    def settle(self) -> None:
        self.results = 2 if self.return_indices else 1

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        return (self.output(*xs),) * self.results


class AdaptiveMaxPool1d(AdaptiveMaxPool, kind="nn.AdaptiveMaxPool1d", rank=1): ...


class AdaptiveMaxPool2d(AdaptiveMaxPool, kind="nn.AdaptiveMaxPool2d", rank=2): ...


class AdaptiveMaxPool3d(AdaptiveMaxPool, kind="nn.AdaptiveMaxPool3d", rank=3): ...


class MaxUnpool(Spatial):
    """Each value back at the position that a max pooling took it from, zeros elsewhere: any place of its channel may be read."""

    family = "up"
    tensors = ("input", "indices")
    arity = (1, 2)
    kernel_size = Each(symbol="k")
    stride: Setting = Each(None, symbol="s")
    padding = Pixels(0)
    output_size = Kept(None)
    order = ("kernel_size", "stride", "padding")

    def sized(self, size: tuple[int, ...], x: Shape) -> Module:
        unpooled: Module = self.replaced(key=None, output_size=size)
        return unpooled

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        return _anywhere(xs)

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        if self.output_size is not None:
            return x.of(tuple(self.output_size)[-len(x.spatial):], x.channels)
        strides = self.stride or self.kernel_size
        return x.of([None if n is None else (n - 1) * s - 2 * p + k for n, s, (p, _), k in
                     zip(x.spatial, strides, self.padding, self.kernel_size)], x.channels)


class MaxUnpool1d(MaxUnpool, kind="nn.MaxUnpool1d", rank=1): ...


class MaxUnpool2d(MaxUnpool, kind="nn.MaxUnpool2d", rank=2): ...


class MaxUnpool3d(MaxUnpool, kind="nn.MaxUnpool3d", rank=3): ...
