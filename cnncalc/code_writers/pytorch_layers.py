"""What PyTorch's modules with windows or weights become in Keras."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..pytorch import conv, linear, norm, pool, reshape
from .program import Value
from .to_keras import KerasBuilder, Rule
from .to_pytorch import Untranslatable, rule, short

if TYPE_CHECKING:
    from ..layers import Shape

RULES: dict[type, Rule] = {}


# Convolutions and pooling.


@rule(RULES, conv.Conv)
def _conv(to: KerasBuilder, layer: conv.Conv, xs: list[Value], ys: Sequence[Shape]) -> Value:
    if layer.padding_mode != "zeros":
        raise Untranslatable(f"Keras has no padding_mode {layer.padding_mode!r}")
    x, rank = to.channels_last(xs[0]), len(layer.kernel_size)
    if max(layer.stride) > 1 and max(layer.dilation) > 1:
        raise Untranslatable("Keras takes no stride and dilation above 1 at once")
    kwargs: dict[str, object] = {} if max(layer.stride) == 1 else {"strides": short(layer.stride)}
    pads = [(0, 0)] * rank if isinstance(layer.padding, str) else list(layer.padding)
    same = all([a + b == d * (k - 1) for (a, b), k, d in zip(pads, layer.kernel_size, layer.dilation)])
    if layer.padding == "same" or (same and max(layer.stride) == 1 and any([a for a, _ in pads])):
        kwargs["padding"] = "same"
    else:
        x = to.padded(x, pads)
    if max(layer.dilation) > 1:
        kwargs["dilation_rate"] = short(layer.dilation)
    channels = int(x.shape[0] or 0)
    by_depth = layer.groups == channels > 1 and layer.out_channels % channels == 0 and rank < 3
    if by_depth and layer.out_channels > channels:
        kwargs["depth_multiplier"] = layer.out_channels // channels
    elif layer.groups > 1 and not by_depth:
        kwargs["groups"] = layer.groups
    if not layer.bias:
        kwargs["use_bias"] = False
    size = short(layer.kernel_size)
    if by_depth:
        return to.layer(f"DepthwiseConv{rank}D", size, x=x, shape=ys[0], axes=x.axes, **kwargs)
    return to.layer(f"Conv{rank}D", layer.out_channels, size, x=x, shape=ys[0], axes=x.axes, **kwargs)


@rule(RULES, conv.ConvTranspose)
def _transposed(to: KerasBuilder, layer: conv.ConvTranspose, xs: list[Value], ys: Sequence[Shape]) -> Value:
    if layer.groups > 1 or max(layer.dilation) > 1:
        raise Untranslatable("Keras's transposed convolutions have no groups, and no stride with dilation")
    x, rank = to.channels_last(xs[0]), len(layer.kernel_size)
    extra = layer.output_padding or (0,) * rank
    sides = [(p, p - more + max(0, s - k)) for (p, _), more, s, k in zip(layer.padding, extra, layer.stride, layer.kernel_size)]
    if any([after < 0 for _, after in sides]):
        raise Untranslatable("Keras adds no output_padding beyond the window")
    kwargs: dict[str, object] = {} if max(layer.stride) == 1 else {"strides": short(layer.stride)}
    same = all([(a, b) == ((k - s) // 2, k - s - (k - s) // 2) for (a, b), k, s in zip(sides, layer.kernel_size, layer.stride) if k >= s]
               ) and all([k >= s for k, s in zip(layer.kernel_size, layer.stride)])
    if same and any([a or b for a, b in sides]):
        kwargs["padding"], sides = "same", [(0, 0)] * rank
    if not layer.bias:
        kwargs["use_bias"] = False
    shape = [ys[0][0], *[None if n is None else n + a + b for n, (a, b) in zip(ys[0][1:], sides)]]
    made = to.layer(f"Conv{rank}DTranspose", layer.out_channels, short(layer.kernel_size), x=x, shape=shape, axes=x.axes, **kwargs)
    return to.padded(made, [(-a, -b) for a, b in sides])


@rule(RULES, pool.MaxPool, pool.AvgPool1d, pool.AvgPool2d)
def _pool(to: KerasBuilder, layer: pool.MaxPool | pool.AvgPool1d | pool.AvgPool2d, xs: list[Value], ys: Sequence[Shape]) -> Value:
    x, rank, largest = to.channels_last(xs[0]), len(layer.kernel_size), layer.largest
    if max(layer.dilation or (1,)) > 1 or getattr(layer, "return_indices", False) or getattr(layer, "divisor_override", None):
        raise Untranslatable("Keras's pooling has no dilation, indices or divisor")
    strides = layer.stride or layer.kernel_size
    pads = list(layer.padding or ((0, 0),) * rank)
    kwargs: dict[str, object] = {} if tuple(strides) == tuple(layer.kernel_size) else {"strides": short(strides)}
    inside = largest or not getattr(layer, "count_include_pad", True)
    if layer.ceil_mode:
        more = [0 if n is None else max(0, (m - 1) * s + k - n - a - b)
                for n, m, s, k, (a, b) in zip(x.shape[1:], ys[0][1:], strides, layer.kernel_size, pads)]
        if None in x.shape or (any(more) and not largest):
            raise Untranslatable("Keras has no ceil_mode")
        pads = [(a, b + extra) for (a, b), extra in zip(pads, more)]
    if inside and any([a or b for a, b in pads]) and _is_same(x.shape[1:], pads, layer.kernel_size, strides):
        kwargs["padding"] = "same"
    elif not largest and inside and any([a or b for a, b in pads]):
        raise Untranslatable("Keras's mean leaves out padding with padding='same' only")
    else:
        x = to.padded(x, pads, largest)
    kind = f"{'Max' if largest else 'Average'}Pooling{rank}D"
    found = to.layer(kind, short(layer.kernel_size), x=x, shape=ys[0], axes=x.axes, **kwargs)
    found.positive = x.positive
    return found


def _is_same(sizes: Sequence[int | None], pads: Sequence[tuple[int, int]], kernels: Sequence[int], strides: Sequence[int]) -> bool:
    """Whether padding is what Keras's 'same' adds."""
    for n, (a, b), k, s in zip(sizes, pads, kernels, strides):
        if n is None:
            return False
        total = max(0, (-(-n // s) - 1) * s + k - n)
        if (a, b) != (total // 2, total - total // 2):
            return False
    return True


@rule(RULES, pool.AdaptivePool)
def _adaptive(to: KerasBuilder, layer: pool.AdaptivePool, xs: list[Value], ys: Sequence[Shape]) -> Value:
    x, rank = to.channels_last(xs[0]), layer.rank
    word = "Max" if isinstance(layer, pool.AdaptiveMaxPool) else "Average"
    before, after = x.shape[1:], ys[0][1:]
    if all([n == 1 for n in after]):
        found = to.layer(f"Global{word}Pooling{rank}D", x=x, shape=ys[0], axes=x.axes, keepdims=True)
    elif None not in (*before, *after) and all([n % m == 0 for n, m in zip(before, after)]):
        size = [n // m for n, m in zip(before, after)]
        if max(size) == 1:
            return x
        found = to.layer(f"{word}Pooling{rank}D", short(size), x=x, shape=ys[0], axes=x.axes)
    else:
        found = to.layer(f"Adaptive{word}Pooling{rank}D", short(after), x=x, shape=ys[0], axes=x.axes)
    found.positive = x.positive
    return found


@rule(RULES, reshape.Upsample)
def _upsampled(to: KerasBuilder, layer: reshape.Upsample, xs: list[Value], ys: Sequence[Shape]) -> Value:
    x = to.channels_last(xs[0])
    pairs = list(zip(x.shape[1:], ys[0][1:]))
    if layer.mode not in ("nearest", "bilinear") or (layer.align_corners and layer.mode != "nearest") or any([n is None or m % n for n, m in pairs]):
        raise Untranslatable("Keras repeats or interpolates by whole factors, with align_corners=False")
    kwargs: dict[str, object] = {} if layer.mode == "nearest" else {"interpolation": "bilinear"}
    found = to.layer(f"UpSampling{len(pairs)}D", short([m // n for n, m in pairs]), x=x, shape=ys[0], axes=x.axes, **kwargs)
    found.positive = x.positive
    return found


@rule(RULES, reshape.Pad)
def _zeros(to: KerasBuilder, layer: reshape.Pad, xs: list[Value], ys: Sequence[Shape]) -> Value:
    if layer.fills != 0 and getattr(layer, "value", None) != 0:
        raise Untranslatable("Keras pads with zeros only")
    return to.padded(to.channels_last(xs[0]), layer.padding)


# Weights.


@rule(RULES, linear.Linear)
def _dense(to: KerasBuilder, layer: linear.Linear, xs: list[Value], ys: Sequence[Shape]) -> Value:
    x = xs[0]
    last = len(x.shape) - 1
    if x.axes[-1] != last:
        x = to.as_read(x)
    kwargs: dict[str, object] = {} if layer.bias else {"use_bias": False}
    return to.layer("Dense", layer.out_features, x=x, shape=ys[0], axes=x.axes, **kwargs)


@rule(RULES, linear.Embedding)
def _embedding(to: KerasBuilder, layer: linear.Embedding, xs: list[Value], ys: Sequence[Shape]) -> Value:
    x = xs[0]
    return to.layer("Embedding", layer.num_embeddings, layer.embedding_dim, x=x, shape=ys[0], axes=(*x.axes, len(x.axes)))


@rule(RULES, norm.InstanceNorm)
def _instance_norm(to: KerasBuilder, layer: norm.InstanceNorm, xs: list[Value], ys: Sequence[Shape]) -> Value:
    if layer.track_running_stats:
        raise Untranslatable("Keras tracks no statistics of single examples")
    x = to.channels_last(xs[0])
    kwargs: dict[str, object] = {} if layer.affine else {"center": False, "scale": False}
    return to.layer("GroupNormalization", -1, x=x, shape=ys[0], axes=x.axes, epsilon=layer.eps, **kwargs)


@rule(RULES, norm.BatchNorm)
def _batch_norm(to: KerasBuilder, layer: norm.BatchNorm, xs: list[Value], ys: Sequence[Shape]) -> Value:
    if not layer.track_running_stats or layer.momentum is None or (layer.affine and not layer.bias):
        raise Untranslatable("Keras's BatchNormalization tracks its statistics with a momentum, and has all its weights")
    x = to.channels_last(xs[0]) if len(xs[0].shape) > 1 else xs[0]
    kwargs: dict[str, object] = {} if round(1 - layer.momentum, 10) == 0.99 else {"momentum": round(1 - layer.momentum, 10)}
    kwargs["epsilon"] = layer.eps
    if not layer.affine:
        kwargs.update(center=False, scale=False)
    return to.layer("BatchNormalization", x=x, shape=ys[0], axes=x.axes, **kwargs)


@rule(RULES, norm.GroupNorm)
def _group_norm(to: KerasBuilder, layer: norm.GroupNorm, xs: list[Value], ys: Sequence[Shape]) -> Value:
    x = to.channels_last(xs[0])
    kwargs: dict[str, object] = {} if layer.affine else {"center": False, "scale": False}
    if layer.affine and not layer.bias:
        kwargs["center"] = False
    return to.layer("GroupNormalization", layer.num_groups, x=x, shape=ys[0], axes=x.axes, epsilon=layer.eps, **kwargs)


@rule(RULES, norm.LayerNorm)
def _layer_norm(to: KerasBuilder, layer: norm.LayerNorm, xs: list[Value], ys: Sequence[Shape]) -> Value:
    if isinstance(layer, norm.RMSNorm):
        raise Untranslatable("it is not converted")
    rank, many = len(xs[0].shape), len(layer.normalized_shape)
    x = xs[0] if many == 1 and xs[0].axes[-1] == rank - 1 else to.as_read(xs[0])
    kwargs: dict[str, object] = {} if many == 1 else {"axis": tuple(range(-many, 0))}
    if not layer.elementwise_affine:
        kwargs.update(center=False, scale=False)
    elif not layer.bias:
        kwargs["center"] = False
    return to.layer("LayerNormalization", x=x, shape=ys[0], axes=x.axes, epsilon=layer.eps, **kwargs)
