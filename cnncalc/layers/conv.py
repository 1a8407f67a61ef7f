"""Convolutions: sliding windows of weights, whole, by depth, separated, and undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import SpecError
from ..num import exact_div, largest, product
from ..window import Spread, Window
from .base import Shape, Spatial, Weight, slide
from .settings import Activation, Choice, Count, Flag, Padding, PerAxis

KEPT = ("kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
        "activity_regularizer", "kernel_constraint", "bias_constraint")  # fmt: skip
KEPT_BY_DEPTH = ("depthwise_initializer", "bias_initializer", "depthwise_regularizer",
                 "bias_regularizer", "activity_regularizer", "depthwise_constraint",
                 "bias_constraint")  # fmt: skip
KEPT_SEPARATED = ("depthwise_initializer", "pointwise_initializer", "bias_initializer",
                  "depthwise_regularizer", "pointwise_regularizer", "bias_regularizer",
                  "activity_regularizer", "depthwise_constraint", "pointwise_constraint",
                  "bias_constraint")  # fmt: skip


class _Convolution(Spatial):
    """What all of them share: windows that slide, and what Keras refuses of them."""

    kernel_size: Any
    strides: Any
    padding: Any
    dilation_rate: Any

    def check(self, *xs: Shape) -> None:
        self.must_know(xs[0].channels, "input channels")

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        return slide(x, self.kernel_size, self.strides, self.dilation_rate, self.padding)

    def uses(self, *xs: Shape) -> Any:
        return product(self.output(*xs).spatial)

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        if not isinstance(self.padding, str):
            yield "Keras cannot build it as written: padding in pixels"
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            yield "Keras cannot build it as written: strides and dilation_rate both above 1"


class Conv(_Convolution):
    """`filters` windows, each looking at every channel of its group."""

    filters = Count(symbol="F")
    kernel_size = PerAxis(symbol="k")
    strides = PerAxis(1, symbol="s")
    padding = Padding("valid", "same", causal=True)
    data_format = Choice(None, "channels_last", "channels_first")
    dilation_rate = PerAxis(1, symbol="d")
    groups = Count(1, symbol="g")
    activation = Activation(None)
    use_bias = Flag(True)
    kept = KEPT

    def settle(self) -> None:
        self.must_divide("groups", self.filters, "filters")

    def check(self, *xs: Shape) -> None:
        super().check(*xs)
        self.must_divide("groups", xs[0].channels, "input channels")

    def channels(self, x: Shape) -> Any:
        return self.filters

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield Weight("kernel", (*self.kernel_size, exact_div(xs[0].channels, self.groups), self.filters))
        if self.use_bias:
            yield Weight("bias", (self.filters,))


class Conv1D(Conv, kind="Conv1D", rank=1, aliases=("Convolution1D",)): ...


class Conv2D(Conv, kind="Conv2D", rank=2, aliases=("Convolution2D",)): ...


class Conv3D(Conv, kind="Conv3D", rank=3, aliases=("Convolution3D",)): ...


class DepthwiseConv(_Convolution):
    """`depth_multiplier` windows for every channel, each looking at that channel only."""

    kernel_size = PerAxis(symbol="k")
    strides = PerAxis(1, symbol="s")
    padding = Padding("valid", "same")
    depth_multiplier = Count(1, symbol="m")
    data_format = Choice(None, "channels_last", "channels_first")
    dilation_rate = PerAxis(1, symbol="d")
    activation = Activation(None)
    use_bias = Flag(True)
    kept = KEPT_BY_DEPTH

    def channels(self, x: Shape) -> Any:
        return x.channels * self.depth_multiplier

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        c = xs[0].channels
        yield Weight("kernel", (*self.kernel_size, c, self.depth_multiplier))
        if self.use_bias:
            yield Weight("bias", (c * self.depth_multiplier,))


class DepthwiseConv1D(DepthwiseConv, kind="DepthwiseConv1D", rank=1): ...


class DepthwiseConv2D(DepthwiseConv, kind="DepthwiseConv2D", rank=2): ...


class SeparableConv(_Convolution):
    """A depthwise convolution without bias, then `filters` 1x1 windows."""

    filters = Count(symbol="F")
    kernel_size = PerAxis(symbol="k")
    strides = PerAxis(1, symbol="s")
    padding = Padding("valid", "same", causal=True)
    data_format = Choice(None, "channels_last", "channels_first")
    dilation_rate = PerAxis(1, symbol="d")
    depth_multiplier = Count(1, symbol="m")
    activation = Activation(None)
    use_bias = Flag(True)
    kept = KEPT_SEPARATED

    def channels(self, x: Shape) -> Any:
        return self.filters

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        c = xs[0].channels
        ones = tuple([1] * len(self.kernel_size))
        yield Weight("depthwise_kernel", (*self.kernel_size, c, self.depth_multiplier))
        yield Weight("pointwise_kernel", (*ones, c * self.depth_multiplier, self.filters))
        if self.use_bias:
            yield Weight("bias", (self.filters,))


class SeparableConv1D(SeparableConv, kind="SeparableConv1D", rank=1, aliases=("SeparableConvolution1D",)): ...


class SeparableConv2D(SeparableConv, kind="SeparableConv2D", rank=2, aliases=("SeparableConvolution2D",)): ...


class ConvTranspose(_Convolution):
    """The convolution that would go from its output to its input, the other way round.

    (n − 1)s − 2p + k, plus `output_padding`; Dumoulin & Visin, "A guide to convolution
    arithmetic for deep learning", section 4. Keras's `valid` makes at least s outputs of
    each input, its `same` exactly s.
    """

    filters = Count(symbol="F")
    kernel_size = PerAxis(symbol="k")
    strides = PerAxis(1, symbol="s")
    padding = Padding("valid", "same")
    output_padding = PerAxis(None, symbol="a", least=0)
    data_format = Choice(None, "channels_last", "channels_first")
    dilation_rate = PerAxis(1, symbol="d")
    activation = Activation(None)
    use_bias = Flag(True)
    kept = KEPT

    def settle(self) -> None:
        if self.output_padding is None:
            return
        for extra, stride in zip(self.output_padding, self.strides):
            if extra >= stride:
                raise SpecError(f"output_padding {extra} must be below the stride {stride}",
                                ("output_padding",),
                                f"{extra} more outputs would be a place further: stride {extra + 1}, "
                                "or less output_padding")

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        extra = self.output_padding or (None,) * len(self.strides)
        if isinstance(self.padding, str):
            modes: Any = (self.padding,) * len(self.strides)
        else:
            modes = self.padding
        return tuple([
            _undo(Spread(k, s, d), mode, a)
            for k, s, d, mode, a in zip(self.kernel_size, self.strides, self.dilation_rate, modes, extra)
        ])

    def channels(self, x: Shape) -> Any:
        return self.filters

    def uses(self, *xs: Shape) -> Any:
        return product(xs[0].spatial)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield Weight("kernel", (*self.kernel_size, self.filters, xs[0].channels))
        if self.use_bias:
            yield Weight("bias", (self.filters,))


def _undo(spread: Spread, mode: Any, extra: int | None) -> Spread:
    """`spread` with what it crops: of a mode of Keras, or of (before, after) pixels."""
    k, s = spread.extent, spread.stride
    if not isinstance(mode, str):
        before, after = mode
        cropped = 2 * before if before == after else before + after
        return spread._replace(padding=cropped - (extra or 0), crop=before)
    if mode == "valid":
        return spread._replace(padding=-(largest(0, s - k) if extra is None else extra))
    if extra is None:
        return spread._replace(padding=k - s, crop=same_crop(k, k - s))
    odd = 1 if int(k) % 2 else 0
    return spread._replace(padding=k - odd - extra, crop=same_crop(k, k - odd - extra))


def same_crop(k: int, padding: int) -> int:
    """What `same` takes off in front: half of it, less the odd one, and never adds there."""
    return largest(0, padding // 2)


class Conv1DTranspose(ConvTranspose, kind="Conv1DTranspose", rank=1, aliases=("Convolution1DTranspose",)): ...


class Conv2DTranspose(ConvTranspose, kind="Conv2DTranspose", rank=2, aliases=("Convolution2DTranspose",)): ...


class Conv3DTranspose(ConvTranspose, kind="Conv3DTranspose", rank=3, aliases=("Convolution3DTranspose",)):
    order = ("filters", "kernel_size", "strides", "padding", "data_format")
