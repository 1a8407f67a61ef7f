"""What Keras's layers with windows become in PyTorch: convolutions, pooling, padding and upsampling."""

from __future__ import annotations

from collections.abc import Sequence

from ..layers import Shape, conv, pool, reshape
from ..window import Spread
from .program import Value
from .text import Expr, call, literal
from .to_pytorch import Builder, Rule, Untranslatable, pixels, rule, short

RULES: dict[type, Rule] = {}

# Convolutions.


def _convolution(to: Builder, x: Value, y: Sequence[int | None], layer: conv.Convolution, out: int, role: str = "", size: tuple[int, ...] | None = None, groups: int = 1,
                 pads: bool = True, bias: bool = True) -> Value:
    """An nn.Conv of `out` channels, with what pads its input."""
    rank, channels = len(layer.kernel_size), x.written[0]
    size = layer.kernel_size if size is None else size
    kwargs: dict[str, object] = {}
    windows = layer.windows(layer.viewed((Shape(x.shape),))[0]) or ()
    strides, dilation = (layer.strides, layer.dilation_rate) if pads else ((1,) * rank, (1,) * rank)
    if max(strides) > 1:
        kwargs["stride"] = short(strides)
    if pads and layer.padding != "valid":
        if layer.padding == "same" and max(strides) == 1:
            extents = [d * (k - 1) for k, d in zip(size, dilation)]
            kwargs["padding"] = short([n // 2 for n in extents]) if not any([n % 2 for n in extents]) else "same"
        else:
            pairs = pixels(windows)
            if all([a == b for a, b in pairs]):
                kwargs["padding"] = short([a for a, _ in pairs])
            else:
                x = to.padded(x, pairs)
        if kwargs.get("padding") == 0:
            del kwargs["padding"]
    if max(dilation) > 1:
        kwargs["dilation"] = short(dilation)
    if groups > 1:
        kwargs["groups"] = groups
    if not bias:
        kwargs["bias"] = False
    return to.module(call(f"nn.Conv{rank}d", channels, out, short(size), **kwargs), x, y, x.axes, role)


@rule(RULES, conv.Conv)
def _conv(to: Builder, layer: conv.Conv, xs: list[Value], y: Sequence[int | None]) -> Value:
    return _convolution(to, to.spatial(layer, xs[0]), y, layer, layer.filters, groups=layer.groups, bias=layer.use_bias)


@rule(RULES, conv.DepthwiseConv)
def _depthwise(to: Builder, layer: conv.DepthwiseConv, xs: list[Value], y: Sequence[int | None]) -> Value:
    x = to.spatial(layer, xs[0])
    channels = x.written[0] or 1
    return _convolution(to, x, y, layer, channels * layer.depth_multiplier, groups=channels, bias=layer.use_bias)


@rule(RULES, conv.SeparableConv)
def _separable(to: Builder, layer: conv.SeparableConv, xs: list[Value], y: Sequence[int | None]) -> Value:
    x = to.spatial(layer, xs[0])
    channels = x.written[0] or 1
    middle = list(y)
    middle[x.axes[0]] = channels * layer.depth_multiplier
    x = _convolution(to, x, middle, layer, channels * layer.depth_multiplier, "depthwise", groups=channels, bias=False)
    return _convolution(to, x, y, layer, layer.filters, "pointwise", (1,) * len(layer.kernel_size), pads=False, bias=layer.use_bias)


@rule(RULES, conv.ConvTranspose)
def _transposed(to: Builder, layer: conv.ConvTranspose, xs: list[Value], y: Sequence[int | None]) -> Value:
    x = to.spatial(layer, xs[0])
    crops, behind, extra = [], [], []
    for spread in layer.windows(layer.viewed((Shape(x.shape),))[0]) or ():
        assert isinstance(spread, Spread)
        before = int(spread.crop)
        after = int(spread.padding) - before - int(spread.extra)
        crops.append(before)
        behind.append(max(0, after - before))
        extra.append(max(0, before - after))
    kwargs: dict[str, object] = {}
    if max(layer.strides) > 1:
        kwargs["stride"] = short(layer.strides)
    if max(crops):
        kwargs["padding"] = short(crops)
    if max(extra):
        if any([n >= max(s, d) for n, s, d in zip(extra, layer.strides, layer.dilation_rate)]):
            raise Untranslatable("output_padding in PyTorch must be smaller than the stride or the dilation")
        kwargs["output_padding"] = short(extra)
    if max(layer.dilation_rate) > 1:
        kwargs["dilation"] = short(layer.dilation_rate)
    if not layer.use_bias:
        kwargs["bias"] = False
    whole = list(y)
    for axis, more in zip(x.axes[1:], behind):
        n = whole[axis]
        whole[axis] = None if n is None else n + more
    made = call(f"nn.ConvTranspose{layer.rank}d", x.written[0], layer.filters, short(layer.kernel_size), **kwargs)
    return to.padded(to.module(made, x, whole, x.axes), [(0, -n) for n in behind])


# Pooling.


@rule(RULES, pool.Pooling)
def _pool(to: Builder, layer: pool.Pooling, xs: list[Value], y: Sequence[int | None]) -> Value:
    x = to.spatial(layer, xs[0])
    mean = isinstance(layer, pool.AveragePooling)
    size, strides = layer.pool_size, layer.strides or layer.pool_size
    windows = layer.windows(layer.viewed((Shape(x.shape),))[0]) if not layer.ceil_mode else None
    pairs = pixels(windows) if windows is not None else [(a, b) for a, b in layer.padding] if not isinstance(layer.padding, str) else []
    kwargs: dict[str, object] = {} if tuple(strides) == tuple(size) else {"stride": short(strides)}
    if any([a or b for a, b in pairs]):
        fits = all([a == b and a <= k // 2 for (a, b), k in zip(pairs, size)])
        if mean and layer.rank == 3:  # PyTorch takes no image that is smaller than the window before it is padded
            fits = fits and all([n is None or n >= k for n, k in zip(x.written[1:], size)])
        if fits:
            kwargs["padding"] = short([a for a, _ in pairs])
            if mean:
                kwargs["count_include_pad"] = False
        elif layer.ceil_mode:
            raise Untranslatable("PyTorch pads a pooling layer by the same number of pixels on both sides")
        elif mean:
            return _mean_inside(to, layer, x, y, pairs)
        else:
            x = to.padded(x, pairs, 0.0 if x.positive else float("-inf"))
    if layer.ceil_mode:
        kwargs["ceil_mode"] = True
    name = f"{'avg' if mean else 'max'}_pool{layer.rank}d"
    made = call(f"nn.{'Avg' if mean else 'Max'}Pool{layer.rank}d", short(size), **kwargs)
    function = "F." + name + made.flat()[made.flat().index("("):].replace("(", "({0}, ", 1)
    found = to.function(function, x, y, x.axes, made)
    found.positive = x.positive
    return found


def _mean_inside(to: Builder, layer: pool.Pooling, x: Value, y: Sequence[int | None], pairs: Sequence[tuple[int, int]]) -> Value:
    """The mean of the pixels inside the image: padding that is not alike on both sides counts nothing."""
    function = f"F.avg_pool{layer.rank}d"
    more = f"{short(layer.pool_size)}, {short(layer.strides or layer.pool_size)}"
    z = to.padded(x, pairs)
    share = to.padded(to.function("torch.ones_like({0})", x, x.shape, x.axes, comment="The mean is that of the pixels inside the image."), pairs)
    return to.function(f"{function}({{0}}, {more}) / {function}({{1}}, {more})", [z, share], y, x.axes)


@rule(RULES, pool.GlobalPooling)
def _global(to: Builder, layer: pool.GlobalPooling, xs: list[Value], y: Sequence[int | None]) -> Value:
    x = to.spatial(layer, xs[0])
    mean = isinstance(layer, (pool.GlobalAveragePooling1D, pool.GlobalAveragePooling2D, pool.GlobalAveragePooling3D))
    dims = tuple(range(2, 1 + len(x.shape)))
    shown, keep = dims[0] if len(dims) == 1 else dims, ", keepdim=True" if layer.keepdims else ""
    alone: list[Expr] = [call(f"nn.Adaptive{'Avg' if mean else 'Max'}Pool{layer.rank}d", 1)]
    if not layer.keepdims:
        alone.append(call("nn.Flatten"))
    found = to.function(f"{{0}}.{'mean' if mean else 'amax'}({shown}{keep})", x, y, x.axes if layer.keepdims else (0,), *alone)
    found.positive = x.positive
    return found


@rule(RULES, pool.AdaptivePooling)
def _adaptive(to: Builder, layer: pool.AdaptivePooling, xs: list[Value], y: Sequence[int | None]) -> Value:
    x = to.spatial(layer, xs[0])
    mean = isinstance(layer, (pool.AdaptiveAveragePooling1D, pool.AdaptiveAveragePooling2D, pool.AdaptiveAveragePooling3D))
    size = short(layer.output_size)
    function = f"F.adaptive_{'avg' if mean else 'max'}_pool{layer.rank}d({{0}}, {literal(size).flat()})"
    return to.function(function, x, y, x.axes, call(f"nn.Adaptive{'Avg' if mean else 'Max'}Pool{layer.rank}d", size))


# Padding and upsampling.


@rule(RULES, reshape.ZeroPadding)
def _padding(to: Builder, layer: reshape.ZeroPadding, xs: list[Value], y: Sequence[int | None]) -> Value:
    found = to.padded(to.spatial(layer, xs[0]), layer.padding)
    found.positive = xs[0].positive
    return found


@rule(RULES, reshape.Cropping)
def _cropping(to: Builder, layer: reshape.Cropping, xs: list[Value], y: Sequence[int | None]) -> Value:
    return to.padded(to.spatial(layer, xs[0]), [(-a, -b) for a, b in layer.cropping])


@rule(RULES, reshape.UpSampling1D, reshape.UpSampling2D, reshape.UpSampling3D)
def _upsampling(to: Builder, layer: reshape.UpSampling1D | reshape.UpSampling2D | reshape.UpSampling3D, xs: list[Value], y: Sequence[int | None]) -> Value:
    x = to.spatial(layer, xs[0])
    mode = getattr(layer, "interpolation", "nearest")
    if mode not in ("nearest", "bilinear"):
        raise Untranslatable(f"PyTorch's {mode} interpolation has other weights, or does not exist")
    scale = short(layer.size if isinstance(layer.size, tuple) else (layer.size,))
    kwargs: dict[str, object] = {"scale_factor": scale} if mode == "nearest" else {"scale_factor": scale, "mode": mode}
    made = call("nn.Upsample", **kwargs)
    found = to.function("F.interpolate" + made.flat()[len("nn.Upsample"):].replace("(", "({0}, ", 1), x, y, x.axes, made)
    found.positive = x.positive
    return found
