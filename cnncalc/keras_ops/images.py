"""Operations that multiply arrays, and those on images and windows."""

from __future__ import annotations

from typing import Any, ClassVar

from ..errors import SpecError, shown
from ..layers.arithmetic import UNCOUNTED
from ..layers.base import Shape
from ..layers.pool import pooled
from ..layers.settings import Choice, Count, Flag, Kept
from ..layers.shape import Full, broadcast
from ..num import ceil_div, divides, exact_div, product
from ..window import Window
from . import reads
from .elementwise import Operand, Operation
from .settings import Numbers

FORMATS = ("channels_last", "channels_first")


class Matmul(Operation, kind="Matmul"):
    """Products of matrices, the last two axes of each."""

    depends = reads.multiplied
    x1 = Operand()
    x2 = Operand()
    operands = ("x1", "x2")

    def result(self, *shapes: Any) -> Full:
        a, b = shapes
        if not a or not b:
            raise SpecError("needs two arrays, got a number")
        rows, columns = len(a) == 1, len(b) == 1
        a, b = (1, *a) if rows else a, (*b, 1) if columns else b
        if None not in (a[-1], b[-2]) and a[-1] != b[-2]:
            raise SpecError(f"multiplies {Shape(shapes[0])} with {Shape(shapes[1])}: {a[-1]} and {b[-2]} differ")
        last = (*([] if rows else [a[-2]]), *([] if columns else [b[-1]]))
        return (*broadcast(a[:-2], b[:-2]), *last)

    def macs(self, *xs: Shape) -> Any:
        first = next(self.given(xs))
        return product((*self.output(*xs), first[-1])) if first else None

    def operations(self, *xs: Shape) -> dict[str, Any]:
        return {}


class Einsum(Operation, kind="Einsum"):
    """Sums of products, as an equation says: `bij,bjk->bik`. The letters include the batch's."""

    depends = reads.summed
    takes_many = True
    operands = ("operands",)
    subscripts = Kept()

    def settle(self) -> None:
        super().settle()
        text = self.subscripts
        if not isinstance(text, str) or "->" not in text or not text.replace("->", "").replace(",", "").replace(" ", "").isalpha():
            raise SpecError(f"subscripts must be like 'bij,bjk->bik' (got {shown(text)})", ("subscripts",))
        left, _, self.target = text.replace(" ", "").partition("->")
        self.terms = left.split(",")
        twice = next((letter for letter in self.target if self.target.count(letter) > 1), None)
        if twice:
            raise SpecError(f"subscripts have {twice!r} twice behind the arrow", ("subscripts",))

    def sizes(self, shapes: Any) -> dict[str, Any]:
        """The size of each letter."""
        if len(shapes) != len(self.terms):
            raise SpecError(f"subscripts {self.subscripts!r} are for {len(self.terms)} inputs, not {len(shapes)}",
                            ("subscripts",))
        sizes: dict[str, Any] = {}
        for full, term in zip(shapes, self.terms):
            if len(full) != len(term):
                raise SpecError(f"{term!r} is for {len(term)} axes, its input is {Shape(full)}", ("subscripts",))
            own: dict[str, Any] = {}
            for letter, n in zip(term, full):
                if letter in own and None not in (n, own[letter]) and n != own[letter]:
                    raise SpecError(f"{letter!r} is {own[letter]} and {n} in one input", ("subscripts",))
                own[letter] = n
                known = sizes.get(letter, 1)
                if known not in (1, None) and n not in (1, None, known):
                    raise SpecError(f"{letter!r} is {known} in one input and {n} in another", ("subscripts",))
                sizes[letter] = n if known == 1 or (known is None and n != 1) else known
        return sizes

    def result(self, *shapes: Any) -> Full:
        sizes = self.sizes(shapes)
        if not set(self.target) <= set(sizes):
            raise SpecError(f"subscripts {self.subscripts!r} have a letter behind the arrow only", ("subscripts",))
        return tuple([sizes[letter] for letter in self.target])

    def macs(self, *xs: Shape) -> Any:
        """One product less than there are factors, for every value of every letter but the batch's."""
        sizes = self.sizes(list(self.given(xs)))
        return product([len(self.terms) - 1, *[n for letter, n in sizes.items() if letter != self.terms[0][0]]])

    def operations(self, *xs: Shape) -> dict[str, Any]:
        return {}


class Resize(Operation, kind="Resize"):
    """Images scaled to a size."""

    depends = reads.resized
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

    def result(self, *shapes: Any) -> Full:
        full = shapes[0]
        if len(full) != 4 or len(self.size) != 2:
            raise SpecError(f"needs an input (height, width, channels) and a size of two, got {Shape(full[1:])}")
        if self.data_format == "channels_first":
            return (*full[:2], *self.size)
        return (full[0], *self.size, full[3])

    def operations(self, *xs: Shape) -> dict[str, Any]:
        return {} if self.interpolation == "nearest" else UNCOUNTED


class Windowed(Operation):
    """What slides over images."""

    module = "ops.nn"
    operands: ClassVar[tuple[str, ...]] = ("inputs",)
    strides: Any
    padding: Any
    data_format: Any

    def slid(self, full: Full, sizes: Full, channels: Any, dilation: Any = 1) -> Full:
        first = self.data_format == "channels_first"
        spatial = full[2:] if first else full[1:-1]

        def each_axis(value: Any, setting: str) -> tuple[int, ...]:
            values = tuple(value) if isinstance(value, tuple) else (value,) * len(spatial)
            if len(values) != len(spatial):
                raise SpecError(f"{setting} must have {len(spatial)} numbers (got {shown(list(values))})", (setting,))
            return values

        if len(sizes) != len(spatial):
            raise SpecError(f"a window of {len(sizes)} axes on an input {Shape(full[1:])}")
        strides = each_axis(sizes if self.strides is None else self.strides, "strides")
        places: list[Any] = []
        for n, k, s, d in zip(spatial, sizes, strides, each_axis(dilation, "dilation_rate")):
            if n is None:
                places.append(None)
            elif self.padding == "valid":
                places.append(Window(k, s, d).places(n))
                if places[-1] < 1:
                    raise SpecError(f"a window of {k} does not fit {n} pixels (padding valid)")
            else:
                places.append(ceil_div(n, s))
        return (full[0], channels, *places) if first else (full[0], *places, channels)


class Pool(Windowed):
    """One value of each window."""

    depends = reads.pooled
    inputs = Operand()
    pool_size = Numbers(least=1, single=True)
    strides = Numbers(None, least=1, single=True)
    padding = Choice("valid", "valid", "same")
    data_format = Choice("channels_last", *FORMATS)

    def result(self, *shapes: Any) -> Full:
        full = shapes[0]
        size = self.pool_size if isinstance(self.pool_size, tuple) else (self.pool_size,) * (len(full) - 2)
        return self.slid(full, size, full[1] if self.data_format == "channels_first" else full[-1])

    def operations(self, *xs: Shape) -> dict[str, Any]:
        y = self.output(*xs)
        size = self.pool_size if isinstance(self.pool_size, tuple) else (self.pool_size,) * (len(y) - 1)
        return pooled(self.kind, product((*y, *size)), product(y))


class MaxPool(Pool, kind="MaxPool"): ...


class AveragePool(Pool, kind="AveragePool"): ...


class Conv(Windowed, kind="Conv"):
    """A convolution with a kernel that is a constant, or comes from elsewhere."""

    depends = reads.convolved
    depthwise = False
    operands = ("inputs", "kernel")
    inputs = Operand()
    kernel = Operand()
    strides = Numbers(1, least=1, single=True)
    padding = Choice("valid", "valid", "same")
    data_format = Choice(None, *FORMATS)
    dilation_rate = Numbers(1, least=1, single=True)

    def made(self, kernel: Full) -> Any:
        return kernel[-1]

    def result(self, *shapes: Any) -> Full:
        full, kernel = shapes
        if len(kernel) != len(full):
            raise SpecError(f"a kernel {Shape(kernel)} does not go with an input {Shape(full[1:])}")
        channels = full[1] if self.data_format == "channels_first" else full[-1]
        if None not in (channels, kernel[-2]) and channels != kernel[-2]:
            raise SpecError(f"a kernel for {kernel[-2]} channels does not go with {channels}")
        return self.slid(full, kernel[:-2], self.made(kernel), self.dilation_rate)

    def operations(self, *xs: Shape) -> dict[str, Any]:
        return {}

    def macs(self, *xs: Shape) -> Any:
        kernel = list(self.given(xs))[1]
        return product((*self.output(*xs), *kernel[:-1])) if kernel else None


class DepthwiseConv(Conv, kind="DepthwiseConv"):
    """The same for each channel by itself."""

    depthwise = True
    def made(self, kernel: Full) -> Any:
        return product(kernel[-2:])

    def macs(self, *xs: Shape) -> Any:
        kernel = list(self.given(xs))[1]
        return product((*self.output(*xs), *kernel[:-2])) if kernel else None


class DepthToSpace(Operation, kind="DepthToSpace"):
    """Channels laid out as blocks of pixels."""

    depends = reads.to_space
    module = "ops.nn"
    x = Operand()
    block_size = Count()
    data_format = Choice("channels_last", *FORMATS)

    def result(self, *shapes: Any) -> Full:
        full = shapes[0]
        if len(full) != 4:
            raise SpecError(f"needs an input (height, width, channels), got {Shape(full[1:])}")
        b = self.block_size
        spatial, c = (full[2:], full[1]) if self.data_format == "channels_first" else (full[1:3], full[3])
        c, spatial = self.turned(c, spatial, b)
        return (full[0], c, *spatial) if self.data_format == "channels_first" else (full[0], *spatial, c)

    def turned(self, c: Any, spatial: Full, b: Any) -> tuple[Any, Full]:
        if c is not None and not divides(b * b, c):
            raise SpecError(f"block_size {b} squared does not divide the {c} channels", ("block_size",))
        return None if c is None else exact_div(c, b * b), tuple([None if n is None else n * b for n in spatial])


class SpaceToDepth(DepthToSpace, kind="SpaceToDepth"):
    """Blocks of pixels as channels."""

    depends = reads.to_depth
    def turned(self, c: Any, spatial: Full, b: Any) -> tuple[Any, Full]:
        for n in spatial:
            if n is not None and not divides(b, n):
                raise SpecError(f"block_size {b} does not divide {n} pixels", ("block_size",))
        return None if c is None else c * b * b, tuple([None if n is None else exact_div(n, b) for n in spatial])

