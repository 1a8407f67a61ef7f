"""How one thing of a layer is changed: of which layers, of their weights, of their sizes.

Each gives the changed run, or nothing where there is nothing to change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..layers import Shape, Weight
from ..layers.conv import Conv, Convolution, ConvTranspose, DepthwiseConv, SeparableConv
from ..layers.core import Dense
from ..layers.merge import Concatenate
from ..layers.norm import BatchNormalization
from ..layers.pool import Pooling
from ..layers.reshape import Flatten
from ..num import divides, product
from ..window import Spread, Window
from .layer_run import LayerRun, Ruled, Settings, is_bias

# Of which layers.


def conv(r: LayerRun) -> bool:
    return isinstance(r.layer, Conv)


def slides(r: LayerRun) -> bool:
    return isinstance(r.layer, (Convolution, Pooling)) and not isinstance(r.layer, ConvTranspose)


def any_conv(r: LayerRun) -> bool:
    return isinstance(r.layer, Convolution)


def pool(r: LayerRun) -> bool:
    return isinstance(r.layer, Pooling)


def dense(r: LayerRun) -> bool:
    return isinstance(r.layer, Dense)


def biased(r: LayerRun) -> bool:
    return getattr(r.layer, "use_bias", None) is True


# Weights.


def kernels(r: LayerRun, shape: Callable[[Weight], tuple[object, ...]], bias: object = None) -> LayerRun:
    """The run with kernels of other shapes, and with `bias` (a shape) in place of its biases."""
    return r.owning([
        (w._replace(shape=bias) if bias is not None else w) if is_bias(w) else w._replace(shape=shape(w))
        for w in r.weights if not (is_bias(w) and bias == ())
    ])


def without_channels(r: LayerRun, bias: object = None) -> LayerRun | None:
    """Windows that look at one channel, as if all filters were flat."""
    if not isinstance(r.layer, (Conv, ConvTranspose)) or r.x.channels == 1:
        return None
    place = -1 if isinstance(r.layer, ConvTranspose) else -2
    return kernels(r, lambda w: tuple([n for i, n in enumerate(w.shape) if i != len(w.shape) + place]), bias)


def one_filter(r: LayerRun, bias: object) -> LayerRun | None:
    """The weights of a single filter."""
    return kernels(r, lambda w: w.shape[:-1], bias) if conv(r) and r.layer.filters > 1 else None


def bias_is(r: LayerRun, shape: object) -> LayerRun | None:
    return kernels(r, lambda w: w.shape, shape) if biased(r) else None


def without_area(r: LayerRun, bias: object = None) -> LayerRun | None:
    if not conv(r) or all([k == 1 for k in r.layer.kernel_size]):
        return None
    return kernels(r, lambda w: w.shape[-2:], bias)


def at_every_place(r: LayerRun, biased: bool) -> LayerRun | None:
    """A weight of its own at each place of the output."""
    if not any_conv(r) or r.outputs is None:
        return None
    places = r.y.spatial
    return r.owning([w._replace(shape=(*w.shape, *places)) if biased or not is_bias(w) else w for w in r.weights])


def times_the_image(r: LayerRun, biases: str) -> LayerRun | None:
    """Weights for each pixel of the input; the biases counted once, multiplied too, or left out."""
    if not any_conv(r):
        return None
    return r.owning([w if is_bias(w) and biases == "once" else w._replace(shape=(*w.shape, *r.x.spatial))
                     for w in r.weights if not (is_bias(w) and biases == "none")])


def side_for_area(r: LayerRun, bias: object) -> LayerRun | None:
    """The window's side in place of its area."""
    if not conv(r) or len(r.layer.kernel_size) < 2 or all([k == 1 for k in r.layer.kernel_size]):
        return None
    return kernels(r, lambda w: (w.shape[0], *w.shape[len(r.layer.kernel_size):]), bias)


def channels(r: LayerRun, n: object) -> LayerRun | None:
    """On an input with `n` channels."""
    if not (any_conv(r) or dense(r)) or r.x.channels is None or r.x.channels == n:
        return None
    return r.reading(r.layer.view(r.xs[0]).of(r.x.spatial, n) if len(r.xs[0]) > 1 else Shape((n,)))


def batch_norm(r: LayerRun, names: tuple[str, ...]) -> LayerRun | None:
    if not isinstance(r.layer, BatchNormalization):
        return None
    return r.owning([w for w in r.weights if w.name in names])


def as_standard(r: LayerRun) -> LayerRun | None:
    """The weights of an ordinary convolution in place of a separated one."""
    if isinstance(r.layer, SeparableConv):
        kernel = (*r.layer.kernel_size, r.x.channels, r.layer.filters)
    elif isinstance(r.layer, DepthwiseConv):
        kernel = (*r.layer.kernel_size, r.x.channels, r.x.channels * r.layer.depth_multiplier)
    else:
        return None
    return r.owning([Weight("kernel", kernel), *[w for w in r.weights if is_bias(w)]])


def two_biases(r: LayerRun) -> LayerRun | None:
    if not isinstance(r.layer, SeparableConv) or not r.layer.use_bias:
        return None
    return r.owning([*r.weights, Weight("depthwise_bias", (r.x.channels * r.layer.depth_multiplier,))])


def grouped(r: LayerRun, groups: int) -> LayerRun | None:
    if not conv(r) or r.layer.groups == groups or not (
        divides(groups, r.x.channels) and divides(groups, r.layer.filters)
    ):
        return None
    return r.set(groups=groups)


def connected_pairs(r: LayerRun) -> LayerRun | None:
    # LeCun et al., 1998, table I: 60 of the 96 pairs of maps in C3.
    if not conv(r) or r.x.channels != 6 or r.layer.filters != 16:
        return None
    return r.owning([Weight("kernel", (*r.layer.kernel_size, 60)), *[w for w in r.weights if is_bias(w)]])


def unflattened(r: LayerRun) -> LayerRun | None:
    """A dense layer on a map as if it read the whole of it."""
    if not dense(r) or len(r.xs[0]) < 2 or None in r.xs[0]:
        return None
    return r.owning([Weight("kernel", (*r.xs[0], r.layer.units)), *[w for w in r.weights if is_bias(w)]])


def spanned(r: LayerRun) -> LayerRun | None:
    """Weights for the holes too."""
    if not any_conv(r) or all([d == 1 for d in r.layer.dilation_rate]):
        return None
    extents = [d * (k - 1) + 1 for k, d in zip(r.layer.kernel_size, r.layer.dilation_rate)]
    return r.owning([w if is_bias(w) else w._replace(shape=(*extents, *w.shape[len(extents):])) for w in r.weights])


# Shapes.


def ruled(r: LayerRun, rule: Callable[[Any, int], int], when: bool = True) -> LayerRun | None:
    return r.ruled(rule) if when and slides(r) and not any([None in (w.padding, n) for w, n in axes(r)]) else None


def axes(r: LayerRun) -> list[tuple[Window | Spread | Ruled, int | None]]:
    return list(zip(r.windows() or (), r.x.spatial))


def floor(n: int, w: Window, padding: Any) -> int:
    room = n + padding - w.extent
    return 0 if room < 0 else room // w.stride + 1


def padded(r: LayerRun) -> bool:
    """Whether pixels are added, and a number of them was said."""
    return not isinstance(getattr(r.layer, "padding", "valid"), str) and any([w.padding for w in r.windows() or ()])


def same(r: LayerRun) -> bool:
    return getattr(r.layer, "padding", None) == "same"


def pads(r: LayerRun) -> bool:
    return r.kind.startswith("ZeroPadding")


def pad_once(r: LayerRun) -> LayerRun | None:
    if pads(r):
        return r.set(padding=tuple([(a, 0) for a, _ in r.layer.padding]))
    return ruled(r, lambda w, n: floor(n, w, w.before), padded(r))


def no_padding(r: LayerRun) -> LayerRun | None:
    if pads(r):
        return r.set(padding=tuple([(0, 0) for _ in r.layer.padding]))
    return ruled(r, lambda w, n: floor(n, w, 0), padded(r) or same(r))


def pad_twice(r: LayerRun) -> LayerRun | None:
    if pads(r):
        return r.set(padding=tuple([(2 * a, 2 * b) for a, b in r.layer.padding]))
    return ruled(r, lambda w, n: floor(n, w, 2 * w.padding), padded(r) or same(r))


def more_channels(r: LayerRun, sides: int) -> LayerRun | None:
    if not (pads(r) or (slides(r) and padded(r))) or r.outputs is None:
        return None
    before = r.layer.padding[0][0]
    return deep(r, r.outputs[0].channels + sides * before)


def deep(r: LayerRun, channels: int | None) -> LayerRun | None:
    """The same places with another number of channels."""
    if r.outputs is None or len(r.outputs[0]) < 2 or channels is None or channels < 1:
        return None
    y = r.outputs[0]
    return r.giving(y.of(y.spatial, channels))


def pooled_channels(r: LayerRun, keep: bool, by: str = "stride") -> LayerRun | None:
    """The channels divided by the stride, the window's side or its area; with `keep`, only they."""
    if not pool(r) or r.outputs is None:
        return None
    size = r.layer.pool_size
    share = {"stride": (r.layer.strides or size)[0], "size": size[0], "area": product(size) or 1}[by]
    y, x = r.outputs[0], r.x
    return deep(r.giving(y.of(x.spatial, y.channels)) if keep else r, x.channels // share) if share > 1 else None


#: What people count as the parameters of pooling.
POOL_COUNTS: tuple[Callable[[LayerRun, object, Settings], object], ...] = (
    lambda r, v, s: product((*r.layer.pool_size, r.x.channels)) if pool(r) else None,
    lambda r, v, s: product((*r.layer.pool_size, r.x.channels)) + r.x.channels if pool(r) else None,
    lambda r, v, s: product(r.layer.pool_size) if pool(r) else None,
    lambda r, v, s: (product(r.layer.pool_size) or 0) + 1 if pool(r) else None,
    lambda r, v, s: 2 * r.x.channels if pool(r) else None,
    lambda r, v, s: product((*r.layer.pool_size, r.x.channels, r.x.channels)) + r.x.channels if pool(r) else None,
    lambda r, v, s: product((*r.layer.pool_size, r.x.channels, r.x.channels)) if pool(r) else None,
)


def stride(r: LayerRun, value: object) -> LayerRun | None:
    """With another stride; `None` is the window's own size."""
    if not slides(r):
        return None
    size = tuple(r.layer.pool_size if pool(r) else r.layer.kernel_size)
    own = tuple(r.layer.strides or size)
    new = size if value is None else (value,) * len(own)
    return r.set(strides=new) if own != new else None


def dilated(r: LayerRun, by: Callable[[int], int]) -> LayerRun | None:
    rates = getattr(r.layer, "dilation_rate", None)
    if rates is None:
        return None
    new = tuple([by(d) for d in rates])
    return r.set(dilation_rate=new) if new != tuple(rates) and min(new) >= 1 else None


def merged(r: LayerRun, channels: Callable[[tuple[Shape, ...]], object]) -> LayerRun | None:
    if not isinstance(r.layer, Concatenate) or r.outputs is None or len(r.xs) < 2:
        return None
    n = channels(r.xs)
    return None if n is None else (r.giving(Shape((*r.outputs[0][:-1], n))))


def branches_but(leave: int) -> Callable[[tuple[Shape, ...]], object]:
    def rest(xs: tuple[Shape, ...]) -> object:
        return sum([x[-1] for i, x in enumerate(xs) if i != leave]) if leave < len(xs) and None not in [
            x[-1] for x in xs] else None

    return rest


def swapped(r: LayerRun) -> LayerRun | None:
    """Height and width changed over in the output."""
    if r.outputs is None or len(r.outputs[0]) != 3:
        return None
    y = r.outputs[0]
    h, w = y.spatial
    return r.giving(y.of((w, h), y.channels)) if h != w else None


def swapped_settings(r: LayerRun, *names: str) -> LayerRun | None:
    values = {n: tuple(reversed(getattr(r.layer, n))) for n in names if isinstance(getattr(r.layer, n, None), tuple)}
    if not slides(r) or all([getattr(r.layer, n) == v for n, v in values.items()]):
        return None
    return r.set(**values)


def read_as_other_order(r: LayerRun) -> LayerRun | None:
    """The channels looked for at the other end of the shape."""
    if not any_conv(r) or len(r.xs[0]) < 3:
        return None
    x = r.x
    return r.reading(r.layer.view(x).of((*x.spatial[1:], x.channels), x.spatial[0]))


def transposed(r: LayerRun, rule: Callable[[Spread, int], int]) -> LayerRun | None:
    if not isinstance(r.layer, ConvTranspose) or not any([isinstance(w, Spread) for w in r.windows() or ()]):
        return None
    return r.ruled(rule)


def no_output_padding(r: LayerRun) -> LayerRun | None:
    if not isinstance(r.layer, ConvTranspose) or r.layer.output_padding is None or not any(r.layer.output_padding):
        return None
    return r.set(output_padding=(0,) * len(r.layer.strides))


def flat(r: LayerRun, count: Callable[[Shape], object]) -> LayerRun | None:
    if not isinstance(r.layer, Flatten) or None in r.xs[0]:
        return None
    return r.giving(Shape((count(r.xs[0]),)))


def other_norm(r: LayerRun, v: object, s: Settings) -> object:
    """Two numbers for each channel in place of four, or the other way round."""
    if not isinstance(r.layer, BatchNormalization):
        return None
    counts = [sum([w.count for w in r.weights]), sum([w.count for w in r.weights if w.trainable])]
    return counts[0] if counts[0] != v else counts[1]
