"""The same values in another shape, at other positions, repeated or padded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import floor
from typing import TYPE_CHECKING, ClassVar

from ..errors import SpecError
from ..layers.base import Shape, times
from ..layers.settings import Choice, Kept, Number, Setting
from ..num import product
from ..window import Spread, Window
from .base import Module, Spatial, refusal
from .edges import check_edge, edge_taps
from .operations import axis_of, flattened, replaced, resized
from .settings import Dim, Ints, Size, whole_number
from .shapes import Whole, whole

if TYPE_CHECKING:
    from ..dependence import Reads


class Reshaped(Module):
    """The same values in the same order, in another shape."""

    in_place = "view"
    remark = "the same values in another shape: nothing to learn, nothing to multiply"

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Reindexed

        return (Reindexed(),)

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        if xs:
            yield from batch_warnings(xs[0], self.outputs(*xs)[0])


def batch_warnings(x: Shape, y: Shape) -> Iterator[str]:
    """What a new shape does to the batch, where a whole number of examples does not stay together."""
    from .shapes import Batch, symbolic

    sizes = [n for n in x if symbolic(n)]
    if not sizes or x[0] is not sizes[0] or not symbolic(x[0]):
        return
    made = [n for n in y if symbolic(n)]
    if not made:
        return
    per_example = product(x[1:])
    if y and symbolic(y[0]) and y[0].share.denominator > 1:
        width = product(y[1:])
        yield (f"{width} does not divide one example's {per_example} values: the batch changes from {x[0]} to {y[0]}, "
               f"which PyTorch accepts when {y[0].share.denominator} divides N")
    elif not symbolic(y[0]) and type(x[0]) is Batch:
        axis = next(i for i, n in enumerate(y) if symbolic(n))
        yield f"the batch is merged with the values: axis {axis} of {y} depends on the batch size"


class Flatten(Reshaped, kind="nn.Flatten"):
    """Axes from `start_dim` (1: all but the batch) to `end_dim` as one."""

    drawn_with = "reader"
    start_dim = Dim(1)
    end_dim = Dim(-1)

    def output(self, *xs: Shape) -> Shape:
        return flattened(xs[0], self.start_dim, self.end_dim)


class Unflatten(Reshaped, kind="nn.Unflatten"):
    """One axis as several."""

    dim = Dim()
    unflattened_size = Ints()

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        axis = axis_of(x, self.dim)
        try:
            sizes = resized(Whole((x[axis],)), self.unflattened_size)
        except SpecError:
            sizes = None
        if sizes is None:
            raise refusal(f"axis {axis} of {x} has {x[axis]} values, which {Whole(self.unflattened_size)} does not hold",
                          ("unflattened_size",), None,
                          f"unflatten: Provided sizes [{', '.join(map(str, self.unflattened_size))}] don't multiply up to "
                          f"the size of dim {axis} ({x[axis]}) in the input tensor")
        return replaced(x, axis, *sizes)


def rearranged(apart: tuple[int | None, ...], order: tuple[int, ...]) -> Reads:
    """What is read by a view with axes taken `apart`, these in another order, and joined again."""
    from ..dependence import Reindexed, Through

    return Through(Reindexed(order), apart, Reindexed())


class PixelShuffle(Module, kind="nn.PixelShuffle"):
    """r × r channels as a square of pixels: (C × r × r, H, W) to (C, H × r, W × r)."""

    family = "up"
    channels_first = True
    upscale_factor = Size(symbol="r")

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        *rest, c, h, w = xs[0]
        r, n = self.upscale_factor, len(rest)
        return (rearranged((*rest, c // (r * r), r, r, h, w), (*range(n), n, n + 3, n + 1, n + 4, n + 2)),)

    def output(self, *xs: Shape) -> Shape:
        x, r = xs[0], self.upscale_factor
        if len(x) < 3:
            raise refusal(f"needs an input (N, C, H, W), got {x}", (), None,
                          f"pixel_shuffle expects input to have at least 3 dimensions, but got input with {len(x)} dimension(s)")
        *rest, c, h, w = x
        if c is not None and c % (r * r):
            raise refusal(f"needs channels that divide by {r} × {r} = {r * r}, got {c} in {x}", ("upscale_factor",), None,
                          "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, "
                          f"but input.size(-3)={c} is not divisible by {r * r}")
        return Whole((*rest, None if c is None else c // (r * r), None if h is None else h * r, None if w is None else w * r))


class PixelUnshuffle(Module, kind="nn.PixelUnshuffle"):
    """Squares of r × r pixels as channels."""

    channels_first = True
    downscale_factor = Size(symbol="r")

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        *rest, c, h, w = xs[0]
        r, n = self.downscale_factor, len(rest)
        return (rearranged((*rest, c, h // r, r, w // r, r), (*range(n), n, n + 2, n + 4, n + 1, n + 3)),)

    def output(self, *xs: Shape) -> Shape:
        x, r = xs[0], self.downscale_factor
        if len(x) < 3:
            raise refusal(f"needs an input (N, C, H, W), got {x}")
        *rest, c, h, w = x
        for name, n in (("height", h), ("width", w)):
            if n is not None and n % r:
                raise refusal(f"needs a {name} that divides by {r}, got {n} in {x}", ("downscale_factor",), None,
                              f"pixel_unshuffle expects {name} to be divisible by downscale_factor, but "
                              f"input.size({-2 if name == 'height' else -1})={n} is not divisible by {r}")
        return Whole((*rest, None if c is None else c * r * r, None if h is None else h // r, None if w is None else w // r))


class ChannelShuffle(Module, kind="nn.ChannelShuffle"):
    """The channels of all groups in turn."""

    channels_first = True
    groups = Size(symbol="g")

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        n, c, *rest = xs[0]
        return (rearranged((n, self.groups, c // self.groups, *rest), (0, 2, 1, *range(3, 3 + len(rest)))),)

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        if len(x) < 3:
            raise refusal(f"needs an input (N, C, ...), got {x}", (), None,
                          f"channel_shuffle expects input with > 2 dims, but got input with sizes {bracketed_sizes(x)}")
        if x[1] is not None and x[1] % self.groups:
            raise refusal(f"groups {self.groups} does not divide the {x[1]} channels of {x}", ("groups",), None,
                          "Number of channels must be divisible by groups. Got "
                          f"{x[1]} channels and {self.groups} groups.")
        return x


def bracketed_sizes(x: Iterable[int | None]) -> str:
    """Sizes as PyTorch's C++ code writes them."""
    return "[" + ", ".join(map(str, x)) + "]"


class _SizeOrScale(Setting):
    """One number, or one per spatial axis; scales may be fractions."""

    form = "a number, or one per axis"

    def __init__(self, fractions: bool):
        super().__init__(None)
        self.fractions = fractions

    def read(self, value: object, rank: int | None) -> object:
        if value is None:
            return None
        return tuple([self._one(v) for v in value]) if isinstance(value, (list, tuple)) else self._one(value)

    def _one(self, value: object) -> int | float:
        if self.fractions and isinstance(value, (int, float)):
            return value
        return whole_number(value, 0)


#: How many pixels to each side an interpolation looks at.
_REACH = {"nearest": 0, "nearest-exact": 0, "linear": 1, "bilinear": 1, "trilinear": 1, "bicubic": 2, "area": 0}
_AXES = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}


class Upsample(Module, kind="nn.Upsample"):
    """Feature maps of another size: given as `size`, or ⌊n × scale_factor⌋."""

    family = "up"
    channels_first = True
    size = _SizeOrScale(False)
    scale_factor = _SizeOrScale(True)
    mode = Choice("nearest", *_REACH, exact=True)
    align_corners = Kept(None)
    recompute_scale_factor = Kept(None)

    def settle(self) -> None:
        if self.size is not None and self.scale_factor is not None:
            raise refusal("takes size or scale_factor, not both", ("size",), None, "only one of size or scale_factor should be defined")

    def check(self, *xs: Shape) -> None:
        if self.size is None and self.scale_factor is None:
            raise refusal("needs size or scale_factor", (), None, "either size or scale_factor should be defined")
        x = xs[0]
        axes = len(x) - 2
        if not 1 <= axes <= 3 or _AXES.get(self.mode, axes) != axes:
            form = {1: "(N, C, L)", 2: "(N, C, H, W)", 3: "(N, C, D, H, W)"}.get(_AXES.get(self.mode, 0), "(N, C, ...) of 3 to 5 axes")
            raise refusal(f"with mode {self.mode!r} needs an input {form}, got {x}", ("mode",))
        for name in ("size", "scale_factor"):
            value = getattr(self, name)
            if isinstance(value, tuple) and len(value) != axes:
                raise refusal(f"{name} has {len(value)} numbers for the {axes} spatial axes of {x}", (name,))

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        axes = len(x) - 2
        if self.size is not None:
            sizes = self.size if isinstance(self.size, tuple) else (self.size,) * axes
        else:
            scales = self.scale_factor if isinstance(self.scale_factor, tuple) else (self.scale_factor,) * axes
            sizes = tuple([None if n is None else floor(float(n) * float(s)) for n, s in zip(x[2:], scales)])
        if any([n is not None and n < 1 for n in sizes]):
            raise refusal(f"nothing is left of its {times(x[2:])} input: it becomes {times(sizes)}", ("scale_factor",), None,
                          f"Input and output sizes should be greater than 0, but got {_sides('input', x[2:])} {_sides('output', sizes)}")
        return Whole((*x[:2], *sizes))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along
        from .resampling import taps

        x = xs[0]
        scales = self.scale_factor if isinstance(self.scale_factor, tuple) else (self.scale_factor,) * (len(x) - 2)
        found = [taps(n, m, self.mode, bool(self.align_corners), None if self.recompute_scale_factor else s)
                 for n, m, s in zip(x[2:], y[2:], scales)]
        return ((Along(0), Along(1), *[Along(i, t) for i, t in enumerate(found, 2)]),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        """Each new pixel is the weighted sum of those around it; a copied one costs nothing."""
        reach = _REACH[self.mode]
        if not reach:
            return {}
        n = product((*self.output(*xs), (2 * reach) ** (len(xs[0]) - 2)))
        return {"additions": n, "multiplications": n}


def _sides(word: str, sizes: Iterable[int | None]) -> str:
    """Sizes as PyTorch's message lists them."""
    found = list(sizes)
    return f"{word} ({', '.join([f'{a}: {n}' for a, n in zip('DHW'[3 - len(found):], found)])})"


class UpsamplingNearest2d(Upsample, kind="nn.UpsamplingNearest2d"):
    mode = "nearest"
    align_corners = None
    recompute_scale_factor = None


class UpsamplingBilinear2d(Upsample, kind="nn.UpsamplingBilinear2d"):
    mode = "bilinear"
    align_corners = True
    recompute_scale_factor = None


class _Sides(Setting):
    """Pixels on each side: one number, or (before, after) of each axis, the last axis first."""

    form = "a whole number, or a tuple of them"

    if TYPE_CHECKING:

        def __get__(self, layer: object, owner: object = None) -> tuple[tuple[int, int], ...]: ...

    def read(self, value: object, rank: int | None) -> object:
        assert rank is not None
        if not isinstance(value, (list, tuple)):
            return ((whole_number(value, -(10**9)),) * 2,) * rank
        if len(value) != 2 * rank:
            raise SpecError(f"must be one number, or {2 * rank}: (before, after) of each axis, the last axis first")
        sides = [whole_number(v, -(10**9)) for v in value]
        return tuple(zip(sides[0::2], sides[1::2]))[::-1]

    def written(self, value: object) -> object:
        assert isinstance(value, tuple)
        flat = [int(n) for pair in reversed(value) for n in pair]
        return flat[0] if len(set(flat)) == 1 else flat


class Pad(Spatial):
    """Pixels around the feature map; negative numbers crop it."""

    caption, drawn_with = "pad", "reader"
    sees = "window"
    remark = "pixels on both sides of each axis, and none among the channels"
    #: What stands there: zeros, or the input's own values.
    edge: ClassVar[str] = "constant"
    #: The number that is added, where that is the same for all of them.
    fills: ClassVar[float | None] = None
    padding = _Sides()

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        return tuple([Window(1, padding=a + b, before=a) for a, b in self.padding])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, slid

        x = xs[0]
        taps = [edge_taps(n, a, b, self.edge) for n, (a, b) in zip(x.spatial, self.padding)]
        return (slid(x, taps, Along(x.channel_axis)),)

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        sizes = [None if n is None else n + a + b for n, (a, b) in zip(x.spatial, self.padding)]
        if any([m is not None and m < 1 for m in sizes]):
            raise refusal(f"nothing is left of its {times(x.spatial)} input", ("padding",))
        shown = whole(x) if not x.whole else x
        for i, (n, pair) in enumerate(zip(x.spatial, self.padding)):
            check_edge(shown, len(shown) - len(sizes) + i, n, pair, self.edge, "padding")
        return x.of(sizes, x.channels)


def _families() -> None:
    """ReflectionPad, ReplicationPad, CircularPad and ZeroPad of 1 to 3 axes, and ConstantPad with its value."""
    families = {"ReflectionPad": "reflect", "ReplicationPad": "replicate", "CircularPad": "circular", "ZeroPad": "constant", "ConstantPad": "constant"}
    for family, edge in families.items():
        for rank in (1, 2, 3):
            own: dict[str, object] = {"__module__": __name__, "__doc__": Pad.__doc__, "edge": edge, "padding": _Sides()}
            if family == "ZeroPad":
                own["fills"] = 0
            if family == "ConstantPad":
                own["value"] = Number()
            type(f"{family}{rank}d", (Pad,), own, kind=f"nn.{family}{rank}d", rank=rank)


_families()
