"""The mistakes that people make: each is the layer, the field or the network with one thing changed.

A slip has a name, the words for it, and the change. What the changed layer gives is
compared with what was claimed; nothing here says what any wrong answer is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from ..analysis import Model
from ..errors import CnncalcError
from ..layers import Shape, Weight
from ..layers.conv import Conv, ConvTranspose, DepthwiseConv, SeparableConv, _Convolution
from ..layers.core import Dense
from ..layers.pool import Pooling
from ..num import ceil_div, divides, largest, product
from ..window import Field, Spread, Window
from .facts import Run, Settings, is_bias


class Slip(NamedTuple):
    """`change` makes a layer's run another; nothing where the mistake cannot be made."""

    name: str
    words: str
    change: Callable[[Run], Run | None]
    #: What it can be seen in; everything that it changes if empty.
    quantities: tuple[str, ...] = ()


class Said(NamedTuple):
    """A mistake about a number as a whole: `change` gives the wrong value from the run."""

    name: str
    words: str
    quantities: tuple[str, ...]
    change: Callable[[Run, Any, Settings], Any]


COUNTS = ("params", "weights", "biases", "trainable_params")


# Of which layers.


def _conv(r: Run) -> bool:
    return isinstance(r.layer, Conv)


def _slides(r: Run) -> bool:
    return isinstance(r.layer, (_Convolution, Pooling)) and not isinstance(r.layer, ConvTranspose)


def _any_conv(r: Run) -> bool:
    return isinstance(r.layer, _Convolution)


def _pool(r: Run) -> bool:
    return isinstance(r.layer, Pooling)


def _dense(r: Run) -> bool:
    return isinstance(r.layer, Dense)


def _biased(r: Run) -> bool:
    return getattr(r.layer, "use_bias", None) is True


# Weights.


def _kernels(r: Run, shape: Callable[[Weight], tuple[Any, ...]], bias: Any = None) -> Run:
    """The run with kernels of other shapes, and with `bias` (a shape) in place of its biases."""
    return r.owning([
        (w._replace(shape=bias) if bias is not None else w) if is_bias(w) else w._replace(shape=shape(w))
        for w in r.weights if not (is_bias(w) and bias == ())
    ])


def _without_channels(r: Run, bias: Any = None) -> Run | None:
    """Windows that look at one channel, as if all filters were flat."""
    if not isinstance(r.layer, (Conv, ConvTranspose)) or r.x.channels == 1:
        return None
    place = -1 if isinstance(r.layer, ConvTranspose) else -2
    return _kernels(r, lambda w: tuple([n for i, n in enumerate(w.shape) if i != len(w.shape) + place]), bias)


def _one_filter(r: Run, bias: Any) -> Run | None:
    """The weights of a single filter."""
    return _kernels(r, lambda w: w.shape[:-1], bias) if _conv(r) and r.layer.filters > 1 else None


def _bias_is(r: Run, shape: Any) -> Run | None:
    return _kernels(r, lambda w: w.shape, shape) if _biased(r) else None


def _without_area(r: Run, bias: Any = None) -> Run | None:
    if not _conv(r) or all([k == 1 for k in r.layer.kernel_size]):
        return None
    return _kernels(r, lambda w: w.shape[-2:], bias)


def _at_every_place(r: Run, biased: bool) -> Run | None:
    """A weight of its own at each place of the output."""
    if not _any_conv(r) or r.outputs is None:
        return None
    places = r.y.spatial
    return r.owning([w._replace(shape=(*w.shape, *places)) if biased or not is_bias(w) else w for w in r.weights])


def _times_the_image(r: Run) -> Run | None:
    if not _any_conv(r):
        return None
    return r.owning([w if is_bias(w) else w._replace(shape=(*w.shape, *r.x.spatial)) for w in r.weights])


def _channels(r: Run, n: Any) -> Run | None:
    """On an input with `n` channels."""
    if not (_any_conv(r) or _dense(r)) or r.x.channels is None or r.x.channels == n:
        return None
    return r.reading(r.layer.view(r.xs[0]).of(r.x.spatial, n) if len(r.xs[0]) > 1 else Shape((n,)))


def _batch_norm(r: Run, names: tuple[str, ...]) -> Run | None:
    if r.kind != "BatchNormalization":
        return None
    return r.owning([w for w in r.weights if w.name in names])


def _as_standard(r: Run) -> Run | None:
    """The weights of an ordinary convolution in place of a separated one."""
    if isinstance(r.layer, SeparableConv):
        kernel = (*r.layer.kernel_size, r.x.channels, r.layer.filters)
    elif isinstance(r.layer, DepthwiseConv):
        kernel = (*r.layer.kernel_size, r.x.channels, r.x.channels * r.layer.depth_multiplier)
    else:
        return None
    return r.owning([Weight("kernel", kernel), *[w for w in r.weights if is_bias(w)]])


def _two_biases(r: Run) -> Run | None:
    if not isinstance(r.layer, SeparableConv) or not r.layer.use_bias:
        return None
    return r.owning([*r.weights, Weight("depthwise_bias", (r.x.channels * r.layer.depth_multiplier,))])


def _grouped(r: Run, groups: int) -> Run | None:
    if not _conv(r) or r.layer.groups == groups or not (
        divides(groups, r.x.channels) and divides(groups, r.layer.filters)
    ):
        return None
    return r.set(groups=groups)


def _connected_pairs(r: Run) -> Run | None:
    # LeCun et al., 1998, table I: 60 of the 96 pairs of maps in C3.
    if not _conv(r) or r.x.channels != 6 or r.layer.filters != 16:
        return None
    return r.owning([Weight("kernel", (*r.layer.kernel_size, 60)), *[w for w in r.weights if is_bias(w)]])


def _unflattened(r: Run) -> Run | None:
    """A dense layer on a map as if it read the whole of it."""
    if not _dense(r) or len(r.xs[0]) < 2 or None in r.xs[0]:
        return None
    return r.owning([Weight("kernel", (*r.xs[0], r.layer.units)), *[w for w in r.weights if is_bias(w)]])


def _spanned(r: Run) -> Run | None:
    """Weights for the holes too."""
    if not _any_conv(r) or all([d == 1 for d in r.layer.dilation_rate]):
        return None
    extents = [d * (k - 1) + 1 for k, d in zip(r.layer.kernel_size, r.layer.dilation_rate)]
    return r.owning([w if is_bias(w) else w._replace(shape=(*extents, *w.shape[len(extents):])) for w in r.weights])


# Shapes.


def _ruled(r: Run, rule: Callable[[Any, Any], Any], when: bool = True) -> Run | None:
    return r.ruled(rule) if when and _slides(r) and not any([None in (w.padding, n) for w, n in _axes(r)]) else None


def _axes(r: Run) -> list[tuple[Any, Any]]:
    return list(zip(r.windows() or (), r.x.spatial))


def _floor(n: Any, w: Any, padding: Any) -> Any:
    room = n + padding - w.extent
    return 0 if room < 0 else room // w.stride + 1


def _padded(r: Run) -> bool:
    """Whether pixels are added, and a number of them was said."""
    return not isinstance(getattr(r.layer, "padding", "valid"), str) and any([w.padding for w in r.windows() or ()])


def _same(r: Run) -> bool:
    return getattr(r.layer, "padding", None) == "same"


def _pads(r: Run) -> bool:
    return r.kind.startswith("ZeroPadding")


def _pad_once(r: Run) -> Run | None:
    if _pads(r):
        return r.set(padding=tuple([(a, 0) for a, _ in r.layer.padding]))
    return _ruled(r, lambda w, n: _floor(n, w, w.before), _padded(r))


def _pad_twice(r: Run) -> Run | None:
    if _pads(r):
        return r.set(padding=tuple([(2 * a, 2 * b) for a, b in r.layer.padding]))
    return _ruled(r, lambda w, n: _floor(n, w, 2 * w.padding), _padded(r) or _same(r))


def _more_channels(r: Run, sides: int) -> Run | None:
    if not (_pads(r) or (_slides(r) and _padded(r))) or r.outputs is None:
        return None
    before = r.layer.padding[0][0]
    return _deep(r, r.outputs[0].channels + sides * before)


def _deep(r: Run, channels: Any) -> Run | None:
    """The same places with another number of channels."""
    if r.outputs is None or len(r.outputs[0]) < 2 or channels is None or channels < 1:
        return None
    y = r.outputs[0]
    return r.giving(y.of(y.spatial, channels))


def _pooled_channels(r: Run, keep: bool) -> Run | None:
    if not _pool(r) or r.outputs is None:
        return None
    stride = (r.layer.strides or r.layer.pool_size)[0]
    y, x = r.outputs[0], r.x
    return r.giving(y.of(x.spatial if keep else y.spatial, x.channels // stride)) if stride > 1 else None


def _stride(r: Run, value: Any) -> Run | None:
    """With another stride; `None` is the window's own size."""
    if not _slides(r):
        return None
    size = tuple(r.layer.pool_size if _pool(r) else r.layer.kernel_size)
    own = tuple(r.layer.strides or size)
    new = size if value is None else (value,) * len(own)
    return r.set(strides=new) if own != new else None


def _dilated(r: Run, by: Callable[[Any], Any]) -> Run | None:
    rates = getattr(r.layer, "dilation_rate", None)
    if rates is None:
        return None
    new = tuple([by(d) for d in rates])
    return r.set(dilation_rate=new) if new != tuple(rates) and min(new) >= 1 else None


def _merged(r: Run, channels: Callable[[tuple[Shape, ...]], Any]) -> Run | None:
    if r.kind != "Concatenate" or r.outputs is None or len(r.xs) < 2:
        return None
    n = channels(r.xs)
    return None if n is None else (r.giving(Shape((*r.outputs[0][:-1], n))))


def _branches_but(leave: int) -> Callable[[tuple[Shape, ...]], Any]:
    def rest(xs: tuple[Shape, ...]) -> Any:
        return sum([x[-1] for i, x in enumerate(xs) if i != leave]) if leave < len(xs) and None not in [
            x[-1] for x in xs] else None

    return rest


def _swapped(r: Run) -> Run | None:
    """Height and width changed over in the output."""
    if r.outputs is None or len(r.outputs[0]) != 3:
        return None
    y = r.outputs[0]
    h, w = y.spatial
    return r.giving(y.of((w, h), y.channels)) if h != w else None


def _swapped_settings(r: Run, *names: str) -> Run | None:
    values = {n: tuple(reversed(getattr(r.layer, n))) for n in names if isinstance(getattr(r.layer, n, None), tuple)}
    if not _slides(r) or all([getattr(r.layer, n) == v for n, v in values.items()]):
        return None
    return r.set(**values)


def _read_as_other_order(r: Run) -> Run | None:
    """The channels looked for at the other end of the shape."""
    if not _any_conv(r) or len(r.xs[0]) < 3:
        return None
    x = r.x
    return r.reading(r.layer.view(x).of((*x.spatial[1:], x.channels), x.spatial[0]))


def _transposed(r: Run, rule: Callable[[Any, Any], Any]) -> Run | None:
    if not isinstance(r.layer, ConvTranspose) or not any([isinstance(w, Spread) for w in r.windows() or ()]):
        return None
    return r.ruled(rule)


def _no_output_padding(r: Run) -> Run | None:
    if not isinstance(r.layer, ConvTranspose) or r.layer.output_padding is None or not any(r.layer.output_padding):
        return None
    return r.set(output_padding=(0,) * len(r.layer.strides))


def _flat(r: Run, count: Callable[[Shape], Any]) -> Run | None:
    if r.kind != "Flatten" or None in r.xs[0]:
        return None
    return r.giving(Shape((count(r.xs[0]),)))


#: What is changed of a layer, the likeliest mistakes first.
SLIPS = (
    # Counting weights.
    Slip("forgot-bias", "the biases are left out", lambda r: r.set(use_bias=False) if _biased(r) else None, COUNTS),
    Slip("forgot-input-channels", "the filters are taken as flat: their depth, the input channels, is left out",
         _without_channels),
    Slip("one-bias-per-layer", "one bias is counted for the whole layer, not one for each filter or unit",
         lambda r: _bias_is(r, (1,)), COUNTS),
    Slip("bias-per-input-channel", "a bias is counted for each input channel, not for each filter",
         lambda r: _bias_is(r, (r.x.channels,)), COUNTS),
    Slip("bias-per-input-channel", "a bias is counted for each input channel of each filter",
         lambda r: _bias_is(r, (r.x.channels, r.layer.filters)) if _conv(r) else None, COUNTS),
    Slip("forgot-number-of-filters", "the weights of one filter only, without bias", lambda r: _one_filter(r, ()), COUNTS),
    Slip("forgot-number-of-filters", "the weights of one filter only", lambda r: _one_filter(r, (1,)), COUNTS),
    Slip("forgot-number-of-filters", "the weights of one filter and the biases of all", lambda r: _one_filter(r, None),
         COUNTS),
    Slip("kernel-area-forgotten", "the window's area is left out: one weight for each channel and filter",
         lambda r: _without_area(r, ()), COUNTS),
    Slip("kernel-area-forgotten", "the window's area is left out: one weight for each channel and filter, and the biases",
         _without_area, COUNTS),
    Slip("per-position-weights", "weights of their own for each place of the output: the filters are shared",
         lambda r: _at_every_place(r, True), COUNTS),
    Slip("per-position-weights", "weights of their own for each place of the output: the filters are shared",
         lambda r: _at_every_place(r, False), COUNTS),
    Slip("multiplied-by-image-size", "multiplied by the size of the image, which does not matter to a filter",
         _times_the_image, COUNTS),
    Slip("wrong-input-channels", "taken for a colour image: 3 channels", lambda r: _channels(r, 3), COUNTS),
    Slip("wrong-input-channels", "taken for a grayscale image: 1 channel",
         lambda r: _channels(r, 1) if r.x.channels == 3 else None, COUNTS),
    Slip("depthwise-vs-standard", "counted as an ordinary convolution, though it is separated", _as_standard),
    Slip("separable-bias-convention", "a second bias, between the two parts", _two_biases, COUNTS),
    Slip("AlexNet-groups", "counted without its groups: each filter sees only its own", lambda r: _grouped(r, 1)),
    Slip("AlexNet-groups", "counted with 2 groups", lambda r: _grouped(r, 2)),
    Slip("grouped-as-single-filter", "the weights of one filter of one group",
         lambda r: _one_filter(r, ()) if _conv(r) and r.layer.groups > 1 else None, COUNTS),
    Slip("grouped-as-single-filter", "the weights of one filter over all channels",
         lambda r: _one_filter(Run(r.set(groups=1).layer, r.xs), ()) if _conv(r) and r.layer.groups > 1 else None, COUNTS),
    Slip("LeNet-C3-full-vs-partial", "only 60 of the 96 pairs of maps are connected, as in the first LeNet",
         _connected_pairs),
    Slip("BN-one-per-channel", "one number for each channel, where batch normalization has four",
         lambda r: _batch_norm(r, ("gamma",)), COUNTS),
    Slip("dense-without-flatten", "the whole map counted, but without Flatten the layer reads its last axis only",
         _unflattened),
    Slip("dilation-changes-params", "the holes of a dilated window counted as weights", _spanned),
    Slip("channel-order", "the channels looked for at the other end of the shape", _read_as_other_order),
    # Sizes of outputs.
    Slip("same-with-stride-floor", "rounded down: 'same' gives the size over the stride, rounded up",
         lambda r: _ruled(r, lambda w, n: n // w.stride, _same(r))),
    Slip("forgot-plus-one", "the + 1 at the end is left out",
         lambda r: _ruled(r, lambda w, n: (n + w.padding - w.extent) // w.stride)),
    Slip("ceil-or-round-instead-of-floor", "rounded up: a window that does not fit whole is not counted",
         lambda r: _ruled(r, lambda w, n: ceil_div(n + w.padding - w.extent, w.stride) + 1, not _same(r))),
    Slip("pool-default-stride", "stride 1", lambda r: _stride(r, 1) if _pool(r) else None),
    Slip("pool-default-stride", "the window's size taken for the stride", lambda r: _stride(r, None) if _pool(r) else None),
    Slip("stride-ignored", "the stride is left out", lambda r: _stride(r, 1), ("output", "activations", "memory", "macs",
                                                                                "flops", "jump", "stride")),
    Slip("assumed-same-padding", "the size is kept as if there were padding 'same'",
         lambda r: r.set(padding="same") if _slides(r) and not _same(r) else None),
    Slip("pad-added-once", "the padding is added once: it lies on both sides", _pad_once),
    Slip("kernel-not-subtracted", "the window's size is not taken off",
         lambda r: _ruled(r, lambda w, n: (n + w.padding) // w.stride)),
    Slip("kernel-not-subtracted", "the window's size is not taken off, and the result is rounded up",
         lambda r: _ruled(r, lambda w, n: ceil_div(n + w.padding, w.stride))),
    Slip("kernel-not-subtracted", "the window's size is not taken off",
         lambda r: _ruled(r, lambda w, n: (n + w.padding) // w.stride + 1)),
    Slip("output-depth-is-input-depth", "the depth of the input: each filter makes one channel",
         lambda r: _deep(r, r.x.channels) if _any_conv(r) else None),
    Slip("pool-changes-channels", "the channels divided too: pooling leaves their number",
         lambda r: _pooled_channels(r, False)),
    Slip("pool-acts-on-channels", "the channels pooled and not the places", lambda r: _pooled_channels(r, True)),
    Slip("TF-valid-floor-formula", "(n - k + 1) / s rounded down: it has to be rounded up",
         lambda r: _ruled(r, lambda w, n: (n + w.padding - w.extent + 1) // w.stride, not _same(r))),
    Slip("pad-added-to-channels", "the padding added to the channels too", lambda r: _more_channels(r, 2)),
    Slip("pad-added-to-channels", "the padding added to the channels too, once", lambda r: _more_channels(r, 1)),
    Slip("padding-applied-twice", "an input padded already is padded again", _pad_twice),
    Slip("same-padding-equals-kernel", "padding as large as the window: 'same' needs half of it",
         lambda r: _ruled(r, lambda w, n: _floor(n, w, 2 * w.extent), _same(r))),
    Slip("same-padding-is-always-1", "padding 1: 'same' needs half of the window",
         lambda r: _ruled(r, lambda w, n: _floor(n, w, 2), _same(r))),
    Slip("2p-vs-total-p", "the padding of both sides taken as that of each side", _pad_twice),
    Slip("2p-vs-total-p", "the padding of each side taken as that of both together", _pad_once),
    Slip("plus-one-twice", "one place too many", lambda r: _ruled(r, lambda w, n: (n + w.padding - w.extent) // w.stride + 2)),
    Slip("dilation-ignored", "the dilation is left out: the window spans k + (k - 1)(d - 1)",
         lambda r: _dilated(r, lambda d: 1)),
    Slip("dilation-base-0-vs-1", "dilation counted from 0", lambda r: _dilated(r, lambda d: d + 1)),
    Slip("dilation-base-0-vs-1", "dilation counted from 0", lambda r: _dilated(r, lambda d: d - 1)),
    Slip("transposed-output-padding", "s times n", lambda r: _transposed(r, lambda w, n: n * w.stride)),
    Slip("transposed-output-padding", "the output padding is left out", _no_output_padding),
    Slip("transposed-course-vs-framework", "the padding taken off once: (n - 1)s - p + k",
         lambda r: _transposed(r, lambda w, n: (n - 1) * w.stride + w.extent - w.crop + w.extra)),
    Slip("transposed-used-direct-formula", "the formula of the convolution the other way round: ⌊(n + 2p - k) / s⌋ + 1",
         lambda r: _transposed(r, lambda w, n: largest(0, (n + w.padding - w.extent) // w.stride + 1))),
    Slip("concat-treated-as-add", "the channels of one input: concatenation adds them up",
         lambda r: _merged(r, lambda xs: xs[0][-1])),
    *[Slip("dropped-pool-branch", f"input {i + 1} is left out", lambda r, i=i: _merged(r, _branches_but(i)))  # type: ignore[misc]
      for i in (3, 2, 1, 0, 4, 5)],
    Slip("h-w-swapped", "height and width changed over", _swapped),
    Slip("h-w-swapped", "height and width of the window changed over", lambda r: _swapped_settings(r, "kernel_size")),
    Slip("h-w-swapped", "height and width of the stride changed over", lambda r: _swapped_settings(r, "strides")),
    Slip("h-w-swapped", "height and width of the padding changed over", lambda r: _swapped_settings(r, "padding")),
    Slip("h-w-swapped", "height and width of window, stride and padding changed over",
         lambda r: _swapped_settings(r, "kernel_size", "strides", "padding")),
)  # fmt: skip


def _other_norm(r: Run, v: Any, s: Settings) -> Any:
    """Two numbers for each channel in place of four, or the other way round."""
    if r.kind != "BatchNormalization":
        return None
    counts = [sum([w.count for w in r.weights]), sum([w.count for w in r.weights if w.trainable])]
    return counts[0] if counts[0] != v else counts[1]


#: What is changed of a number as a whole.
SAID = (
    Said("MACs-vs-FLOPs", "MACs counted as FLOPs: one MAC is two", ("flops",), lambda r, v, s: r.value("macs")),
    Said("MACs-vs-FLOPs", "FLOPs counted as MACs: one MAC is two", ("macs",), lambda r, v, s: r.value("flops")),
    Said("MACs-called-parameters", "the multiplications, not the weights", COUNTS, lambda r, v, s: r.value("macs")),
    Said("connections-without-bias", "the connection of each bias counted too", ("macs",),
         lambda r, v, s: r.value("macs") + r.value("activations") if _biased(r) else None),
    Said("counted-outputs", "the number of outputs, which is not that of weights", COUNTS,
         lambda r, v, s: r.value("activations") if _any_conv(r) or _dense(r) else None),
    Said("activations-counted-as-parameters", "the number of outputs: a layer of this kind has no weights", COUNTS,
         lambda r, v, s: r.value("activations") if v == 0 else None),
    Said("counted-inputs", "the number of inputs, which is not that of weights", COUNTS,
         lambda r, v, s: product(r.xs[0]) if (_any_conv(r) or _dense(r)) else None),
    Said("added-instead-of-multiplied", "inputs and outputs added, not multiplied", COUNTS,
         lambda r, v, s: r.xs[0][-1] + r.layer.units if _dense(r) else None),
    Said("bias-as-input-unit", "inputs and units added: each unit has a weight for each input", COUNTS,
         lambda r, v, s: r.xs[0][-1] + r.layer.units if _dense(r) else None),
    Said("BN-per-activation", "two numbers for each value of the map, not for each channel", COUNTS,
         lambda r, v, s: 2 * (product(r.xs[0]) or 0) if r.kind == "BatchNormalization" and None not in r.xs[0] else None),
    Said("doubled", "twice the weights", COUNTS, lambda r, v, s: 2 * r.value("weights") if r.value("weights") else None),
    Said("doubled", "twice the number", COUNTS, lambda r, v, s: 2 * v if v else None),
    Said("pool-has-parameters", "a coefficient and a bias for each map: pooling has no weights", COUNTS,
         lambda r, v, s: 2 * r.x.channels if _pool(r) else None),
    Said("pool-has-parameters", "counted like a convolution: pooling has no weights", COUNTS,
         lambda r, v, s: product((*r.layer.pool_size, r.x.channels, r.x.channels)) + r.x.channels if _pool(r) else None),
    Said("forgot-4-bytes", "the number of values: each takes several bytes", ("memory", "weight_memory"),
         lambda r, v, s: v * 8 // s.bits if v else None),
    Said("counts-gradients", "twice the bytes, as if gradients were kept too", ("memory",), lambda r, v, s: 2 * v),
    Said("bias-counted-when-excluded", "the biases counted, though they are left out here", ("params",),
         lambda r, v, s: sum([w.count for w in r.weights]) if _biased(r) else None),
    Said("BN-2C-vs-4C", "two numbers for each channel or four: whether the moving averages count", ("params",),
         _other_norm),
)  # fmt: skip


class Sight(NamedTuple):
    """A mistake about receptive fields: `through` in place of the right step, from `first`."""

    name: str
    words: str
    through: Callable[[Field, Any, Run], Field]
    first: Field = Field()


#: Mistakes about receptive fields and jumps.
SIGHTS = (
    Sight("dilation-ignored", "the dilation is left out",
          lambda f, w, r: f.through(Window(w.size, w.stride))),
    Sight("rf-adds-k", "the whole window added, not one less",
          lambda f, w, r: Field(f.size + w.extent, f.jump * w.stride, None), Field(0)),
    Sight("rf-adds-k", "the whole window added at each step, not one less, and strides left out",
          lambda f, w, r: Field(f.size + w.extent, f.jump, None), Field(0)),
    Sight("rf-adds-k", "the whole window times the jump added, not one less",
          lambda f, w, r: Field(f.size + w.extent * f.jump, f.jump * w.stride, None)),
    Sight("rf-own-stride", "the growth multiplied by the layer's own stride too: only those before it count",
          lambda f, w, r: Field(f.size + (w.extent - 1) * f.jump * w.stride, f.jump * w.stride, None)),
    Sight("rf-own-stride", "the growth multiplied by the layer's own stride, not by those before it",
          lambda f, w, r: Field(f.size + (w.extent - 1) * w.stride, f.jump * w.stride, None)),
    Sight("rf-own-stride", "the field so far multiplied by the layer's own stride: that goes from the end backwards",
          lambda f, w, r: Field(f.size * w.stride + w.extent - w.stride, f.jump * w.stride, None)),
    Sight("rf-equals-stride-product", "the product of the strides, which is the jump",
          lambda f, w, r: Field(f.jump * w.stride, f.jump * w.stride, None)),
    Sight("rf-pooling-ignored", "the stride of pooling left out",
          lambda f, w, r: f.through(w)._replace(jump=f.jump) if _pool(r) else f.through(w)),
    Sight("rf-pooling-ignored", "pooling left out",
          lambda f, w, r: f if _pool(r) else f.through(w)),
    Sight("stride-ignored", "the strides are left out",
          lambda f, w, r: f.through(w)._replace(jump=f.jump)),
)  # fmt: skip


def runs_of(run: Run, names: Collection[str] | None = None) -> list[tuple[int, Slip, Run]]:
    """The run with each slip that can be made in it, and the slip's place; `names` picks some."""
    found: list[tuple[int, Slip, Run]] = []
    if not run.xs or type(run.layer) is Model:
        return found
    for place, slip in enumerate(SLIPS):
        if names is not None and slip.name not in names:
            continue
        try:
            changed = slip.change(run)
        except CnncalcError:
            continue  # with this change the layer could not be computed
        if changed is not None:
            found.append((place, slip, changed))
    return found
