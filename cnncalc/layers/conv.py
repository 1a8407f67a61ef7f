"""Convolutions: sliding windows of weights, whole, by depth, separated, and undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from ..errors import SpecError
from ..num import exact_div, given, largest, named, product
from ..window import Spread, Window
from .arithmetic import Matrices
from .axis_settings import Padding, PerAxis
from .base import Layer, Shape, Spatial, Weight, slide
from .settings import Activation, Choice, Count, Flag, Setting

if TYPE_CHECKING:
    from ..dependence import Reads

KEPT = ("kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
        "activity_regularizer", "kernel_constraint", "bias_constraint")
KEPT_BY_DEPTH = ("depthwise_initializer", "bias_initializer", "depthwise_regularizer",
                 "bias_regularizer", "activity_regularizer", "depthwise_constraint",
                 "bias_constraint")
KEPT_SEPARATED = ("depthwise_initializer", "pointwise_initializer", "bias_initializer",
                  "depthwise_regularizer", "pointwise_regularizer", "bias_regularizer",
                  "activity_regularizer", "depthwise_constraint", "pointwise_constraint",
                  "bias_constraint")


class Convolution(Spatial):
    """What all of them share: windows that slide, and what Keras refuses of them."""

    sees = "map"
    family = "conv"

    kernel_size: PerAxis
    strides: PerAxis
    padding: Padding
    dilation_rate: PerAxis
    #: Whether Keras takes both above 1.
    strides_and_dilates: ClassVar[bool] = False
    transposed: ClassVar[bool] = False

    def check(self, *xs: Shape) -> None:
        self.must_know(xs[0].channels, "input channels")

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        return slide(x, self.kernel_size, self.strides, self.dilation_rate, self.padding)

    def uses(self, *xs: Shape) -> int | None:
        return product(self.output(*xs).spatial)

    def traced(self) -> Layer:
        twin = super().traced()
        if self.padding == "valid" and not self.transposed:
            # In a working the textbook's p is there, and is 0.
            vars(twin)["padding"] = tuple([(given(0, "p"),) * 2 for _ in self.kernel_size])
        return twin

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        if not isinstance(self.padding, str):
            yield "Keras cannot build it as written: padding in pixels"
        if not self.strides_and_dilates and max(self.strides) > 1 and max(self.dilation_rate) > 1:
            yield "Keras cannot build it as written: strides and dilation_rate both above 1"


def multiplied(name: str, groups: object, filters: object, taps: object, places: object) -> Matrices:
    """The filters of each group, a row each, times its windows, a column for each place."""
    return Matrices(name, groups, (taps, places), (filters, taps), (filters, places))


class Conv(Convolution):
    """`filters` windows, each looking at every channel of its group."""

    filters = Count(symbol="F")
    kernel_size = PerAxis(symbol="k")
    strides = PerAxis(1, symbol="s")
    padding = Padding("valid", "same", causal=True)
    data_format = Choice(None, "channels_last", "channels_first")
    dilation_rate = PerAxis(1, symbol="d")
    groups = Count(1, symbol="g", quiet=True)
    activation = Activation(None)
    use_bias = Flag(True)
    kept = KEPT

    def settle(self) -> None:
        self.must_divide("groups", self.filters, "filters")

    def check(self, *xs: Shape) -> None:
        super().check(*xs)
        self.must_divide("groups", xs[0].channels, "input channels")

    def channels(self, x: Shape) -> int | None:
        return self.filters

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        if self.groups == 1:
            return super().reads(y, *xs)
        from ..dependence import Along, blocks, slid

        x, g = xs[0], self.groups
        of_group = blocks(exact_div(self.filters, g), exact_div(x.channels, g))
        return (slid(x, self.windows(x) or (), Along(x.channel_axis, of_group)),)

    def remarks(self, *xs: Shape) -> Iterator[str]:
        if self.groups > 1:
            yield "each filter sees only the channels of its group"
        yield from super().remarks(*xs)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield Weight("kernel", (*self.kernel_size, exact_div(xs[0].channels, self.groups), self.filters))
        if self.use_bias:
            yield Weight("bias", (self.filters,))

    def matrices(self, *xs: Shape) -> Iterator[Matrices]:
        taps = product((*self.kernel_size, exact_div(xs[0].channels, self.groups)))
        yield multiplied("kernel", self.groups, exact_div(self.filters, self.groups), taps, self.uses(*xs))


class Conv1D(Conv, kind="Conv1D", rank=1, aliases=("Convolution1D",)): ...


class Conv2D(Conv, kind="Conv2D", rank=2, aliases=("Convolution2D",)): ...


class Conv3D(Conv, kind="Conv3D", rank=3, aliases=("Convolution3D",)): ...


class DepthwiseConv(Convolution):
    """`depth_multiplier` windows for every channel, each looking at that channel only."""

    caption = "depthwise"
    remark = "each channel is filtered separately: nothing is summed over the channels"
    kernel_size = PerAxis(symbol="k")
    strides = PerAxis(1, symbol="s")
    padding = Padding("valid", "same")
    depth_multiplier = Count(1, symbol="m", quiet=True)
    data_format = Choice(None, "channels_last", "channels_first")
    dilation_rate = PerAxis(1, symbol="d")
    activation = Activation(None)
    use_bias = Flag(True)
    kept = KEPT_BY_DEPTH
    strides_and_dilates = True

    def channels(self, x: Shape) -> int | None:
        channels: int = x.channels * self.depth_multiplier
        return channels

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, blocks, slid

        x = xs[0]
        return (slid(x, self.windows(x) or (), Along(x.channel_axis, blocks(self.depth_multiplier, 1))),)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        c = xs[0].channels
        yield Weight("kernel", (*self.kernel_size, c, self.depth_multiplier))
        if self.use_bias:
            yield Weight("bias", (c * self.depth_multiplier,))

    def matrices(self, *xs: Shape) -> Iterator[Matrices]:
        yield multiplied("kernel", xs[0].channels, self.depth_multiplier, product(self.kernel_size), self.uses(*xs))


class DepthwiseConv1D(DepthwiseConv, kind="DepthwiseConv1D", rank=1): ...


class DepthwiseConv2D(DepthwiseConv, kind="DepthwiseConv2D", rank=2): ...


class SeparableConv(Convolution):
    """A depthwise convolution without bias, then `filters` 1x1 windows."""

    caption = "separable"
    remark = "a window for each channel, without bias; then 1x1 filters over all of them, with one bias each"
    filters = Count(symbol="F")
    kernel_size = PerAxis(symbol="k")
    strides = PerAxis(1, symbol="s")
    padding = Padding("valid", "same")
    data_format = Choice(None, "channels_last", "channels_first")
    dilation_rate = PerAxis(1, symbol="d")
    depth_multiplier = Count(1, symbol="m", quiet=True)
    activation = Activation(None)
    use_bias = Flag(True)
    kept = KEPT_SEPARATED
    strides_and_dilates = True

    def channels(self, x: Shape) -> int | None:
        return self.filters

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        c = xs[0].channels
        ones = tuple([1] * len(self.kernel_size))
        yield Weight("depthwise_kernel", (*self.kernel_size, c, self.depth_multiplier))
        yield Weight("pointwise_kernel", (*ones, c * self.depth_multiplier, self.filters))
        if self.use_bias:
            yield Weight("bias", (self.filters,))

    def matrices(self, *xs: Shape) -> Iterator[Matrices]:
        c, places = xs[0].channels, self.uses(*xs)
        yield multiplied("depthwise_kernel", c, self.depth_multiplier, product(self.kernel_size), places)
        yield multiplied("pointwise_kernel", 1, self.filters, c * self.depth_multiplier, places)


class SeparableConv1D(SeparableConv, kind="SeparableConv1D", rank=1, aliases=("SeparableConvolution1D",)): ...


class SeparableConv2D(SeparableConv, kind="SeparableConv2D", rank=2, aliases=("SeparableConvolution2D",)): ...


class ConvTranspose(Convolution):
    """The convolution that would go from its output to its input, the other way round.

    (n − 1)s − 2p + k, plus `output_padding`; Dumoulin & Visin, "A guide to convolution
    arithmetic for deep learning", section 4. Keras's `valid` makes at least s outputs of
    each input, its `same` exactly s.
    """

    family, caption = "up", "up-conv"
    remark = "each pixel is spread over k outputs, s apart: it is the input's places that are counted"
    filters = Count(symbol="F")
    kernel_size = PerAxis(symbol="k")
    strides = PerAxis(1, symbol="s")
    padding = Padding("valid", "same")
    output_padding: Setting = PerAxis(None, symbol="a", least=0)
    data_format = Choice(None, "channels_last", "channels_first")
    dilation_rate = PerAxis(1, symbol="d")
    activation = Activation(None)
    use_bias = Flag(True)
    kept = KEPT
    transposed = True

    def settle(self) -> None:
        if self.output_padding is None:
            return
        for extra, stride in zip(self.output_padding, self.strides):
            if extra >= stride:
                raise SpecError(f"output_padding {extra} must be below the stride {stride}",
                                ("output_padding",),
                                f"a stride of {stride} leaves at most {stride - 1} over")

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        extra = self.output_padding or (None,) * len(self.strides)
        if isinstance(self.padding, str):
            modes: tuple[str | tuple[int, int], ...] = (self.padding,) * len(self.strides)
        else:
            modes = self.padding
        return tuple([
            _undo(Spread(k, s, d), mode, a)
            for k, s, d, mode, a in zip(self.kernel_size, self.strides, self.dilation_rate, modes, extra)
        ])

    def channels(self, x: Shape) -> int | None:
        return self.filters

    def uses(self, *xs: Shape) -> int | None:
        return product(xs[0].spatial)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield Weight("kernel", (*self.kernel_size, self.filters, xs[0].channels))
        if self.use_bias:
            yield Weight("bias", (self.filters,))

    def matrices(self, *xs: Shape) -> Iterator[Matrices]:
        rows, places = product((*self.kernel_size, self.filters)), product(self.output(*xs).spatial)
        yield Matrices("kernel", 1, (rows, self.uses(*xs)), (rows, xs[0].channels), (self.filters, places))


def _undo(spread: Spread, mode: str | tuple[int, int], extra: int | None) -> Spread:
    """`spread` with what it crops and adds: of a mode of Keras, or of (before, after) pixels."""
    k, s = spread.extent, spread.stride
    if not isinstance(mode, str):
        before, after = mode
        cropped = 2 * before if before == after else before + after
        return spread._replace(padding=cropped, crop=before, extra=extra or 0)
    if mode == "valid":
        return spread._replace(extra=largest(0, s - k) if extra is None else extra)
    if extra is None:
        p = named("p", k - s)
        return spread._replace(padding=p, crop=same_crop(p))
    p = named("p", k - int(k) % 2)
    return spread._replace(padding=p, crop=same_crop(p - extra), extra=extra)


def same_crop(p: int) -> int:
    """What Keras's `same` takes off in front of `p` in all: half, rounded down, if there is any."""
    return largest(0, p // 2)


class Conv1DTranspose(ConvTranspose, kind="Conv1DTranspose", rank=1, aliases=("Convolution1DTranspose",)): ...


class Conv2DTranspose(ConvTranspose, kind="Conv2DTranspose", rank=2, aliases=("Convolution2DTranspose",)): ...


class Conv3DTranspose(ConvTranspose, kind="Conv3DTranspose", rank=3, aliases=("Convolution3DTranspose",)):
    order = ("filters", "kernel_size", "strides", "padding", "data_format")
