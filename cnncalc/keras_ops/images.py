"""Operations on images and windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ..dependence import Along, Either, Reads, Reindexed, Through, blocks, everything, listed, slid, table
from ..errors import SpecError, shown
from ..layers.arithmetic import UNCOUNTED
from ..layers.base import ChannelsFirst, Shape
from ..layers.pool import pooled
from ..layers.resampling import resized
from ..layers.settings import Choice, Count, Flag, Kept
from ..layers.shape import Full
from ..layers.unrolled import at_each_step
from ..num import ceil_div, divides, exact_div, product
from ..window import Window
from .operation import Operand, Operation, ordered
from .settings import Numbers

FORMATS = ("channels_last", "channels_first")


class Resize(Operation, kind="Resize"):
    """Images scaled to a size."""

    module = "ops.image"
    operands = ("images",)
    images = Operand()
    size = Numbers(least=1)
    interpolation = Kept("bilinear")
    antialias = Flag(False)
    crop_to_aspect_ratio = Flag(False)
    pad_to_aspect_ratio = Flag(False)
    fill_mode = Kept("constant")
    fill_value = Kept(0.0)
    data_format = Choice(None, *FORMATS)

    def result(self, *shapes: Full) -> Full:
        full = shapes[0]
        if len(full) not in (3, 4) or len(self.size) != 2:
            raise SpecError(f"needs an input (height, width, channels) and a size of two, got {Shape(full[1:])}")
        if self.data_format == "channels_first":
            return (*full[:-2], *self.size)
        return (*full[:-3], *self.size, full[-1])  # of three axes Keras takes the first for the height

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return {} if self.interpolation == "nearest" else UNCOUNTED

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        aspect = "crop" if self.crop_to_aspect_ratio else "pad" if self.pad_to_aspect_ratio else None
        return [at_each_step(resized(_viewed(self.data_format, shapes[0]), self.size, self.interpolation, self.antialias, aspect), None)]


class Windowed(Operation):
    """What slides over images."""

    module = "ops.nn"
    operands: ClassVar[tuple[str, ...]] = ("inputs",)
    strides: object
    padding: str
    data_format: object

    def slid(self, full: Full, sizes: Full, channels: object, dilation: object = 1) -> Full:
        first = self.data_format == "channels_first"
        spatial = full[2:] if first else full[1:-1]

        if len(sizes) != len(spatial):
            raise SpecError(f"a window of {len(sizes)} axes on an input {Shape(full[1:])}")
        strides, rates = _each(sizes if self.strides is None else self.strides, len(spatial)), _each(dilation, len(spatial))
        for setting, values in (("strides", strides), ("dilation_rate", rates)):
            if len(values) != len(spatial):
                raise SpecError(f"{setting} must have {len(spatial)} numbers (got {shown(list(values))})", (setting,))
        places: list[int | None] = []
        for n, k, s, d in zip(spatial, sizes, strides, rates):
            if n is None:
                places.append(None)
            elif self.padding == "valid":
                fits = Window(k, s, d).places(n)
                if fits is not None and fits < 1:
                    raise SpecError(f"a window of {k} does not fit {n} pixels (padding valid)")
                places.append(fits)
            else:
                places.append(ceil_div(n, s))
        return (full[0], channels, *places) if first else (full[0], *places, channels)

    def reading(self, x: Shape, sizes: object, channels: Along, dilation: object = 1) -> Reads:
        """What windows of these sizes read of a map."""
        n = len(x.spatial)
        sizes = _each(sizes, n)
        windows = [Window(k, s, d).padded(self.padding, size) for k, s, d, size in zip(
            sizes, _each(sizes if self.strides is None else self.strides, n), _each(dilation, n), x.spatial)]
        return at_each_step(slid(x, windows, channels), None)


class Pool(Windowed):
    """One value of each window."""

    family = "pool"
    largest = True
    inputs = Operand()
    pool_size = Numbers(least=1, single=True)
    strides = Numbers(None, least=1, single=True)
    padding = Choice("valid", "valid", "same")
    data_format = Choice("channels_last", *FORMATS)

    def result(self, *shapes: Full) -> Full:
        full = shapes[0]
        return self.slid(full, _each(self.pool_size, len(full) - 2), full[1] if self.data_format == "channels_first" else full[-1])

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        y = self.output(*xs)
        return pooled(self.largest, product((*y, *_each(self.pool_size, len(y) - 1))), product(y))

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x = _viewed(self.data_format, shapes[0])
        return [self.reading(x, self.pool_size, Along(x.channel_axis))]


class MaxPool(Pool, kind="MaxPool"): ...


class AveragePool(Pool, kind="AveragePool"):
    largest = False


class Conv(Windowed, kind="Conv"):
    """A convolution with a kernel that is a constant, or comes from elsewhere."""

    family = "conv"
    depthwise = False
    operands = ("inputs", "kernel")
    inputs = Operand()
    kernel = Operand()
    strides = Numbers(1, least=1, single=True)
    padding = Choice("valid", "valid", "same")
    data_format = Choice(None, *FORMATS)
    dilation_rate = Numbers(1, least=1, single=True)

    def made(self, kernel: Full) -> object:
        return kernel[-1]

    def result(self, *shapes: Full) -> Full:
        full, kernel = shapes
        if len(kernel) != len(full) or len(full) < 3:
            raise SpecError(f"a kernel {Shape(kernel)} does not go with an input {Shape(full[1:])}")
        channels = full[1] if self.data_format == "channels_first" else full[-1]
        if None not in (channels, kernel[-2]) and channels != kernel[-2]:
            raise SpecError(f"a kernel for {kernel[-2]} channels does not go with {channels}")
        return self.slid(full, kernel[:-2], self.made(kernel), self.dilation_rate)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return {}

    def macs(self, *xs: Shape) -> int | None:
        kernel = list(self.given(xs))[1]
        return product((*self.output(*xs), *kernel[:-1])) if kernel else None

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x, kernel = _viewed(self.data_format, shapes[0]), shapes[1]
        channel = Along(x.channel_axis, blocks(kernel[-1], 1)) if self.depthwise else Along(None)
        return [self.reading(x, kernel[:-2], channel, self.dilation_rate), everything(kernel)]


class DepthwiseConv(Conv, kind="DepthwiseConv"):
    """The same for each channel by itself."""

    depthwise = True

    def made(self, kernel: Full) -> object:
        return product(kernel[-2:])

    def macs(self, *xs: Shape) -> int | None:
        kernel = list(self.given(xs))[1]
        return product((*self.output(*xs), *kernel[:-2])) if kernel else None


class DepthToSpace(Operation, kind="DepthToSpace"):
    """Channels laid out as blocks of pixels."""

    family = "up"
    module = "ops.nn"
    x = Operand()
    block_size = Count()
    data_format = Choice("channels_last", *FORMATS)

    def result(self, *shapes: Full) -> Full:
        full = shapes[0]
        if len(full) != 4:
            raise SpecError(f"needs an input (height, width, channels), got {Shape(full[1:])}")
        b = self.block_size
        spatial, c = (full[2:], full[1]) if self.data_format == "channels_first" else (full[1:3], full[3])
        c, spatial = self.turned(c, spatial, b)
        return (full[0], c, *spatial) if self.data_format == "channels_first" else (full[0], *spatial, c)

    def turned(self, c: int | None, spatial: Full, b: int) -> tuple[int | None, Full]:
        if c is not None and not divides(b * b, c):
            raise SpecError(f"block_size {b} squared does not divide the {c} channels", ("block_size",))
        return None if c is None else exact_div(c, b * b), tuple([None if n is None else n * b for n in spatial])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        channels, pixels, order = self.blocks(shapes[0], y)
        return [Through(Reindexed(), pixels, Through(ordered(order), channels, Reindexed()))]

    def blocks(self, low: Full, high: Full) -> tuple[Full, Full, tuple[int, ...]]:
        """The axes of the values where blocks are channels, and where they are pixels; and for each of these that of the former.

        With the channels first those of a block lie together, as in Keras on numpy, JAX and
        torch; on TensorFlow a place's do there too.
        """
        b = self.block_size
        if self.data_format == "channels_first":
            c, h, w = high[1], *low[2:]
            return (None, c, b, b, h, w), (None, c, h, b, w, b), (0, 1, 4, 2, 5, 3)
        c, h, w = high[3], *low[1:3]
        return (None, h, w, b, b, c), (None, h, b, w, b, c), (0, 1, 3, 2, 4, 5)


class SpaceToDepth(DepthToSpace, kind="SpaceToDepth"):
    """Blocks of pixels as channels."""

    def turned(self, c: int | None, spatial: Full, b: int) -> tuple[int | None, Full]:
        for n in spatial:
            if n is not None and not divides(b, n):
                raise SpecError(f"block_size {b} does not divide {n} pixels", ("block_size",))
        return None if c is None else c * b * b, tuple([None if n is None else exact_div(n, b) for n in spatial])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        channels, pixels, order = self.blocks(y, shapes[0])
        return [Through(Reindexed(), channels, Through(tuple(map(Along, order)), pixels, Reindexed()))]


class Unfold(Operation, kind="Unfold"):
    """The values under each window as a column, channel by channel; the channels come first."""

    module = "ops.nn"
    x = Operand()
    kernel_size = Numbers(least=1, single=True)
    dilation = Numbers(1, least=1, single=True)
    padding = Numbers(0, single=True)
    stride = Numbers(1, least=1, single=True)

    def windows(self, x: Shape) -> tuple[Window, ...]:
        """The window along the height, and along the width."""
        sizes = [value if isinstance(value, tuple) else (value, value)
                 for value in (self.kernel_size, self.stride, self.dilation, self.padding)]
        if any(len(value) != 2 for value in sizes):
            raise SpecError("takes one number for both axes, or two numbers")
        return tuple([Window(k, s, d, 2 * p, p) for k, s, d, p in zip(*sizes)])

    def patches(self, full: Full) -> Full:
        """The batch, the channels, the places under a window, and the windows' places."""
        if len(full) != 4:
            raise SpecError(f"needs an input (channels, height, width), got {Shape(full[1:])}")
        windows = self.windows(Shape(full[1:]))
        return (*full[:2], *[w.size for w in windows], *[w.places(n) for w, n in zip(windows, full[2:])])

    def result(self, *shapes: Full) -> Full:
        batch, channels, *taps, rows, columns = self.patches(shapes[0])
        return batch, product((channels, *taps)), product((rows, columns))

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        """Of each place under the window by itself: those of the others read something else."""
        full = self.patches(shapes[0])
        windows = self.windows(Shape(shapes[0][1:]))
        ways: list[Reads] = []
        for i, j in ((i, j) for i in listed(full[2]) for j in listed(full[3])):
            picked = [table([range(n == at) for n in range(size)], 1) for at, size in zip((i, j), full[2:4])]
            one = (*full[:2], 1, 1, *full[4:])
            there = (Along(0), Along(1), Along(2, picked[0]), Along(3, picked[1]), Along(4), Along(5))
            single = [Window(1, w.stride, 1, 0, (w.before or 0) - at * w.dilation) for at, w in zip((i, j), windows)]
            ways.append(Through(there, one, (Along(0), Along(1), Along(4, single[0]), Along(5, single[1]))))
        return [Through(Reindexed(), full, Either(tuple(ways)))]


def _viewed(data_format: object, full: Full) -> Shape:
    return (ChannelsFirst if data_format == "channels_first" else Shape)(full[1:])


def _each(value: object, n: int) -> Full:
    """A value for each of `n` axes."""
    return value if isinstance(value, tuple) else (value,) * n
