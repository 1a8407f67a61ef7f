"""Convolutions, transposed ones, and windows laid out as columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import SpecError
from ..layers.arithmetic import Matrices
from ..layers.axis_settings import Padding
from ..layers.base import Shape, Weight, slide, times
from ..layers.conv import multiplied
from ..layers.settings import Choice
from ..num import divides, exact_div, product
from ..window import Spread, Window
from .base import Module, Spatial, refusal
from .edges import edge_taps
from .settings import Bool, Each, Pixels, Size
from .shapes import Unbatched, Whole, bracketed, whole

if TYPE_CHECKING:
    from ..dependence import Along, Reads


class _Convolution(Spatial):
    """What convolutions and transposed ones share; a lazy one takes its channels from its first input."""

    family = "conv"
    sees = "map"
    in_channels: Size | None = None
    out_channels: Size
    kernel_size: Each
    stride: Each
    padding: Padding
    dilation: Each
    groups: Size
    bias: Bool
    transposed = False

    def settle(self) -> None:
        for name in ("in_channels", "out_channels"):
            n = getattr(self, name)
            if n is not None and not divides(self.groups, n):
                raise refusal(f"groups {self.groups} does not divide {name} {n}", ("groups",), None,
                              f"{name} must be divisible by groups")

    def check(self, *xs: Shape) -> None:
        c = self.must_know(xs[0].channels, "input channels")
        if self.in_channels is not None and c != self.in_channels:
            raise self.wrong_channels(xs[0])
        if self.in_channels is None and not divides(self.groups, c):
            raise refusal(f"groups {self.groups} does not divide the {c} input channels", ("groups",), None,
                          "in_channels must be divisible by groups")

    def wrong_channels(self, x: Shape) -> SpecError:
        """The error for an input with other channels than it was built for."""
        full = self.padded(x)
        hint = f"in_channels={x.channels} would fit"
        if self.in_channels in x.spatial[-1:] and not self.transposed:
            hint = f"the {self.in_channels} channels are on the last axis: permute(0, 3, 1, 2) puts them first" if self.rank == 2 else hint
        elif x.channels == 1 and self.in_channels == 3:
            hint = "a grayscale image for three channels: in_channels=1, or x.repeat(1, 3, 1, 1)"
        weight = bracketed(next(iter(self.weights(x))).shape)
        word = "Given transposed=1, weight" if self.transposed else f"Given groups={self.groups}, weight"
        return refusal(f"takes {self.in_channels} channels, and gets {x.channels} from {Whole(x) if x.whole else whole(x)}",
                       ("in_channels",), hint,
                       f"{word} of size {weight}, expected input{bracketed(full)} to have {self.in_channels} channels, "
                       f"but got {x.channels} channels instead")

    def padded(self, x: Shape) -> tuple[int | None, ...]:
        """The input's sizes as PyTorch's messages give them: with the padding that is no zeros."""
        full = (1, *x) if type(x) is Unbatched else whole(x)
        mode = getattr(self, "padding_mode", "zeros")
        if mode == "zeros" or isinstance(self.padding, str):
            return tuple(full)
        return (*full[:2], *[None if n is None else n + a + b for n, (a, b) in zip(full[2:], self.padding)])

    def places_used(self, x: Shape) -> int | None:
        return product(self.places(self.output(x)))

    def uses(self, *xs: Shape) -> int | None:
        return self.places_used(xs[0])

    def macs(self, *xs: Shape) -> int | None:
        return product((*next(iter(self.weights(*xs))).shape, self.uses(*xs)))

    def channels(self, x: Shape) -> int | None:
        return self.out_channels

    def rank_message(self, x: Whole) -> str | None:
        assert self.rank is not None
        word = "conv_transpose" if self.transposed else "conv"
        return (f"Expected {self.rank + 1}D (unbatched) or {self.rank + 2}D (batched) input to {word}{self.rank}d, "
                f"but got input of size: {bracketed(x)}")

    def group(self, x: Shape) -> Along:
        """What a filter reads of the channels: those of its group."""
        from ..dependence import Along, blocks

        g = self.groups
        return Along(None) if g == 1 else Along(x.channel_axis, blocks(exact_div(self.out_channels, g), exact_div(self.taken(x), g)))

    def taken(self, *xs: Shape) -> int:
        """How many channels it takes."""
        found: int = xs[0].channels if self.in_channels is None else self.in_channels
        return found


class Conv(_Convolution):
    """`out_channels` filters, each looking at every channel of its group."""

    in_channels: Size | None = Size(symbol="c")
    out_channels = Size(symbol="F")
    kernel_size = Each(symbol="k")
    stride = Each(1, symbol="s")
    padding: Padding = Pixels(0, modes=True)
    dilation = Each(1, symbol="d")
    groups = Size(1, symbol="g", quiet=True)
    bias = Bool(True)
    padding_mode = Choice("zeros", "zeros", "reflect", "replicate", "circular", exact=True)

    def settle(self) -> None:
        super().settle()
        if self.padding == "same" and max(self.stride) > 1:
            raise refusal("padding 'same' takes stride 1 only", ("padding",),
                          f"padding={self.kernel_size[0] // 2} halves the size with stride {max(self.stride)}",
                          "padding='same' is not supported for strided convolutions")

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        return slide(x, self.kernel_size, self.stride, self.dilation, self.padding)

    def misfit(self, x: Shape, windows: tuple[Window | Spread, ...]) -> SpecError:
        padded = [n + (w.padding or 0) for w, n in zip(windows, x.spatial)]
        extents = [w.extent for w in windows]
        said = f"kernel {times(self.kernel_size)}"
        if tuple(extents) != tuple(self.kernel_size):
            said += f" with dilation {times(self.dilation)}"
        given = 0 if isinstance(self.padding, str) else max(max(pair) for pair in self.padding)
        more = max([-(-(e - n) // 2) for e, n in zip(extents, padded)])
        sizes = " x ".join(map(str, padded))
        return refusal(f"{said} does not fit its {times(x.spatial)} input (padding {given})", ("kernel_size",),
                       f"needs at least {times([e - (w.padding or 0) for e, w in zip(extents, windows)])}; padding={given + more} would fit",
                       f"Calculated padded input size per channel: ({sizes}). "
                       f"Kernel size: ({' x '.join(map(str, extents))}). Kernel size can't be greater than actual input size")

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, Through, slid

        x, windows = xs[0], [w for w in self.windows(xs[0]) or () if isinstance(w, Window)]
        if self.padding_mode == "zeros" or not any([w.padding for w in windows]):
            return (slid(x, windows, self.group(x)),)
        # The padding repeats values of the input: the window slides over the padded map.
        sides = [(w.before or 0, (w.padding or 0) - (w.before or 0)) for w in windows]
        padded = x.of([n + a + b for n, (a, b) in zip(x.spatial, sides)], x.channels)
        inside = [w._replace(padding=0, before=0) for w in windows]
        edges = [edge_taps(n, a, b, self.padding_mode) for n, (a, b) in zip(x.spatial, sides)]
        return (Through(slid(padded, inside, self.group(x)), padded, slid(x, edges, Along(x.channel_axis))),)

    def remarks(self, *xs: Shape) -> Iterator[str]:
        if self.groups > 1:
            yield "each filter sees only the channels of its group"
        yield from super().remarks(*xs)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield Weight("weight", (self.out_channels, exact_div(self.taken(*xs), self.groups), *self.kernel_size))
        if self.bias:
            yield Weight("bias", (self.out_channels,))

    def matrices(self, *xs: Shape) -> Iterator[Matrices]:
        taps = product((exact_div(self.taken(*xs), self.groups), *self.kernel_size))
        yield multiplied("weight", self.groups, exact_div(self.out_channels, self.groups), taps, self.uses(*xs))


class Conv1d(Conv, kind="nn.Conv1d", rank=1): ...


class Conv2d(Conv, kind="nn.Conv2d", rank=2): ...


class Conv3d(Conv, kind="nn.Conv3d", rank=3): ...


class ConvTranspose(_Convolution):
    """The convolution that would go from its output to its input: (n − 1)s − 2p + k, plus output_padding."""

    family, caption = "up", "up-conv"
    remark = "each pixel is spread over k outputs, s apart: it is the input's positions that are counted"
    transposed = True
    in_channels: Size | None = Size(symbol="c")
    out_channels = Size(symbol="F")
    kernel_size = Each(symbol="k")
    stride = Each(1, symbol="s")
    padding = Pixels(0)
    output_padding = Each(0, symbol="a", least=0)
    groups = Size(1, symbol="g", quiet=True)
    bias = Bool(True)
    dilation = Each(1, symbol="d")
    padding_mode = Choice("zeros", "zeros", exact=True)
    #: The output's spatial sizes, where the call names them (`output_size=`).
    output_size: tuple[int, ...] | None = None

    def check(self, *xs: Shape) -> None:
        super().check(*xs)
        for extra, s, d in zip(self.output_padding, self.stride, self.dilation):
            if extra >= s and extra >= d:
                raise refusal(f"output_padding {extra} must be below the stride {s} or the dilation {d}", ("output_padding",), None,
                              "output padding must be smaller than either stride or dilation, but got " + _triples(self))

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        return tuple([
            Spread(k, s, d, 2 * a, a, extra)
            for k, s, d, (a, _), extra in zip(self.kernel_size, self.stride, self.dilation, self.padding, self.output_padding)
        ])

    def misfit(self, x: Shape, windows: tuple[Window | Spread, ...]) -> SpecError:
        made = [w.places(n) for w, n in zip(windows, x.spatial)]
        sizes = " x ".join(map(str, x.spatial))
        return refusal(f"nothing is left of its {times(x.spatial)} input: padding takes more than it becomes", ("padding",), None,
                       f"Given input size per channel: ({sizes}). Calculated output size per channel: "
                       f"({' x '.join(map(str, made))}). Output size is too small")

    def sized(self, size: tuple[int, ...], x: Shape) -> Module:
        """With an output_padding that makes up what its output lacks."""
        rank = len(self.kernel_size)
        plain = self.replaced(key=None, output_padding=(0,) * rank)
        made = plain.apply((x,))[0]
        padded: Module = self.replaced(key=None, output_padding=tuple([n - m for n, m in zip(size[-rank:], made[-rank:])]))
        return padded

    def uses(self, *xs: Shape) -> int | None:
        return product(self.places(xs[0]))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import slid

        return (slid(xs[0], self.windows(xs[0]) or (), self.group(xs[0])),)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield Weight("weight", (self.taken(*xs), exact_div(self.out_channels, self.groups), *self.kernel_size))
        if self.bias:
            yield Weight("bias", (self.out_channels,))


def _triples(layer: ConvTranspose) -> str:
    """The settings that PyTorch lists in its message about output_padding."""
    names = ("", "_height", "_width") if layer.rank == 3 else ("_height", "_width")
    values = (layer.output_padding, layer.stride, layer.dilation)
    words = ("output_padding", "stride", "dilation")
    return ", ".join(
        f"{word}{name}: {v if layer.rank != 1 else (1, v)}" for word, vs in zip(words, values) for name, v in zip(names, vs))


class ConvTranspose1d(ConvTranspose, kind="nn.ConvTranspose1d", rank=1): ...


class ConvTranspose2d(ConvTranspose, kind="nn.ConvTranspose2d", rank=2): ...


class ConvTranspose3d(ConvTranspose, kind="nn.ConvTranspose3d", rank=3): ...


class LazyConv1d(Conv, kind="nn.LazyConv1d", rank=1):
    in_channels = None


class LazyConv2d(Conv, kind="nn.LazyConv2d", rank=2):
    in_channels = None


class LazyConv3d(Conv, kind="nn.LazyConv3d", rank=3):
    in_channels = None


class LazyConvTranspose1d(ConvTranspose, kind="nn.LazyConvTranspose1d", rank=1):
    in_channels = None


class LazyConvTranspose2d(ConvTranspose, kind="nn.LazyConvTranspose2d", rank=2):
    in_channels = None


class LazyConvTranspose3d(ConvTranspose, kind="nn.LazyConvTranspose3d", rank=3):
    in_channels = None
