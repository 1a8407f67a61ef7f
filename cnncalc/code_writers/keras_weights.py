"""What Keras's other layers with weights become in PyTorch: dense, normalization, recurrent."""

from __future__ import annotations

from collections.abc import Sequence

from ..layers import attention, core, norm, recurrent
from ..layers.applications import LayerScale
from .program import Value
from .text import Expr, Name, call
from .to_pytorch import Builder, Rule, Untranslatable, rule

RULES: dict[type, Rule] = {}

# Norms.


@rule(RULES, norm.BatchNormalization)
def _batch_norm(to: Builder, layer: norm.BatchNormalization, xs: list[Value], y: Sequence[int | None]) -> Value:
    rank = len(xs[0].shape)
    if layer.renorm or rank > 4:
        raise Untranslatable("PyTorch has no batch renormalization" if layer.renorm else "nn.BatchNorm3d is for four axes at most")
    x = to.with_first(xs[0], layer.axis - 1 if layer.axis > 0 else rank + layer.axis)
    both = layer.center and layer.scale
    kwargs: dict[str, object] = {}
    if layer.epsilon != 1e-5:
        kwargs["eps"] = layer.epsilon
    if round(1 - layer.momentum, 10) != 0.1:
        kwargs["momentum"] = round(1 - layer.momentum, 10)
    if not both:
        kwargs["affine"] = False
    channels = x.written[0]
    value = to.module(call(f"nn.BatchNorm{max(1, rank - 1)}d", channels, **kwargs), x, y, x.axes)
    if both or not (layer.center or layer.scale):
        return value
    return _per_channel(to, "Shift" if layer.center else "Scale", channels, value, "beta" if layer.center else "gamma")


def _per_channel(to: Builder, helper: str, channels: int | None, x: Value, role: str, axis: int = 0) -> Value:
    """A small module of the program's own, with a weight for each channel."""
    to.translation.helper(helper)
    sizes = (channels, *[1] * (len(x.shape) - 1 - axis))
    return to.module(call(helper, *sizes), x, x.shape, x.axes, role)


@rule(RULES, LayerScale)
def _layer_scale(to: Builder, layer: LayerScale, xs: list[Value], y: Sequence[int | None]) -> Value:
    x = xs[0]
    return _per_channel(to, "Scale", layer.projection_dim, x, "", x.axes.index(len(x.shape) - 1))


@rule(RULES, norm.LayerNormalization)
def _layer_norm(to: Builder, layer: norm.LayerNormalization, xs: list[Value], y: Sequence[int | None]) -> Value:
    rank = len(xs[0].shape)
    axes = sorted([axis - 1 if axis > 0 else rank + axis for axis in layer.axes()])
    if layer.rms_scaling or (layer.center and not layer.scale):
        raise Untranslatable("nn.LayerNorm has no bias without a weight" if not layer.rms_scaling else "rms_scaling is not PyTorch's RMSNorm")
    x = to.arranged(xs[0], (*[i for i in range(rank) if i not in axes], *axes))
    sizes = [x.shape[axis] for axis in axes]
    kwargs: dict[str, object] = {} if layer.epsilon == 1e-5 else {"eps": layer.epsilon}
    if not layer.scale:
        kwargs["elementwise_affine"] = False
    elif not layer.center:
        kwargs["bias"] = False
    return to.module(call("nn.LayerNorm", sizes[0] if len(sizes) == 1 else sizes, **kwargs), x, y, x.axes)


@rule(RULES, norm.RMSNormalization)
def _rms_norm(to: Builder, layer: norm.RMSNormalization, xs: list[Value], y: Sequence[int | None]) -> Value:
    rank = len(xs[0].shape)
    axes = sorted([axis - 1 if axis > 0 else rank + axis for axis in layer.axes()])
    x = to.arranged(xs[0], (*[i for i in range(rank) if i not in axes], *axes))
    sizes = [x.shape[axis] for axis in axes]
    return to.module(call("nn.RMSNorm", sizes[0] if len(sizes) == 1 else sizes, eps=layer.epsilon), x, y, x.axes)


@rule(RULES, norm.GroupNormalization)
def _group_norm(to: Builder, layer: norm.GroupNormalization, xs: list[Value], y: Sequence[int | None]) -> Value:
    rank = len(xs[0].shape)
    if layer.center != layer.scale:
        raise Untranslatable("nn.GroupNorm has a weight and a bias, or neither")
    x = to.with_first(xs[0], layer.axis - 1 if layer.axis > 0 else rank + layer.axis)
    channels = x.written[0]
    kwargs: dict[str, object] = {} if layer.epsilon == 1e-5 else {"eps": layer.epsilon}
    if not layer.scale:
        kwargs["affine"] = False
    return to.module(call("nn.GroupNorm", channels if layer.groups == -1 else layer.groups, channels, **kwargs), x, y, x.axes)


@rule(RULES, norm.UnitNormalization)
def _unit_norm(to: Builder, layer: norm.UnitNormalization, xs: list[Value], y: Sequence[int | None]) -> Value:
    x = xs[0]
    if len(layer.axes()) > 1:
        raise Untranslatable("F.normalize is along one axis")
    return to.function(f"F.normalize({{0}}, dim={to.dim(x, layer.axes()[0])})", x, y, x.axes)


@rule(RULES, norm.Normalization)
def _normalization(to: Builder, layer: norm.Normalization, xs: list[Value], y: Sequence[int | None]) -> Value:
    if layer.invert or len(layer.axes()) != 1:
        raise Untranslatable("PyTorch has no module for it; torchvision.transforms.Normalize does it before the network")
    rank, axis = len(xs[0].shape), layer.axes()[0]
    x = to.with_first(xs[0], axis - 1 if axis > 0 else rank + axis)
    sizes = (x.written[0], *[1] * (rank - 1))
    if layer.mean is None:
        made = call("Normalize", call("torch.zeros", *sizes), call("torch.ones", *sizes))
    else:
        made = call("Normalize", _numbers(layer.mean, rank), _numbers(layer.variance, rank))
    to.translation.helper("Normalize")
    return to.module(made, x, y, x.axes)


def _numbers(values: object, rank: int) -> Expr:
    """A tensor of a number per channel."""
    values = values if isinstance(values, (list, tuple)) else [values]
    return Name(f"torch.tensor({list(values)!r}).reshape({', '.join(map(str, (-1, *[1] * (rank - 1))))})")


# Dense layers, embeddings, attention.


@rule(RULES, core.Dense)
def _dense(to: Builder, layer: core.Dense, xs: list[Value], y: Sequence[int | None]) -> Value:
    if layer.lora_rank:
        raise Untranslatable("torch.nn has no LoRA")
    x = xs[0]
    last = len(x.shape) - 1
    if x.axes[-1] != last:
        x = to.as_read(x)
    kwargs: dict[str, object] = {} if layer.use_bias else {"bias": False}
    return to.module(call("nn.Linear", x.shape[-1], layer.units, **kwargs), x, y, x.axes)


@rule(RULES, core.Embedding)
def _embedding(to: Builder, layer: core.Embedding, xs: list[Value], y: Sequence[int | None]) -> Value:
    if layer.lora_rank:
        raise Untranslatable("torch.nn has no LoRA")
    x = xs[0]
    return to.module(call("nn.Embedding", layer.input_dim, layer.output_dim), x, y, (*x.axes, len(x.axes)))


@rule(RULES, recurrent.SimpleRNN, recurrent.LSTM, recurrent.GRU)
def _recurrent(to: Builder, layer: recurrent.SimpleRNN | recurrent.LSTM | recurrent.GRU, xs: list[Value], y: Sequence[int | None]) -> Value:
    module = {recurrent.SimpleRNN: "nn.RNN", recurrent.LSTM: "nn.LSTM", recurrent.GRU: "nn.GRU"}[type(layer)]
    reset_after = isinstance(layer, recurrent.GRU) and layer.reset_after
    if layer.use_bias and not reset_after:
        fix = "reset_after=True" if module == "nn.GRU" else "use_bias=False"
        raise Untranslatable(f"{module} has two bias vectors where Keras has one, so the counts differ; with {fix} they agree")
    if module == "nn.GRU" and not reset_after:
        raise Untranslatable("nn.GRU applies the reset gate after the product: reset_after=True")
    if layer.activation != "tanh" or getattr(layer, "recurrent_activation", "sigmoid") != "sigmoid":
        raise Untranslatable(f"the activations of {module} cannot be chosen")
    if layer.return_state or layer.go_backwards or len(xs) > 1:
        raise Untranslatable("states and going backwards are not converted")
    x = to.as_read(xs[0])
    kwargs: dict[str, object] = {} if layer.use_bias else {"bias": False}
    made = call(module, x.shape[-1], layer.units, **kwargs, batch_first=True)
    return to.module(made, x, y, range(len(y)), template="{part}({0})[0]" if layer.return_sequences else "{part}({0})[0][:, -1]")


@rule(RULES, attention.MultiHeadAttention)
def _attention(to: Builder, layer: attention.MultiHeadAttention, xs: list[Value], y: Sequence[int | None]) -> Value:
    xs = [to.as_read(x) for x in xs]
    features = xs[0].shape[-1]
    same = all([x.shape[-1] == features and len(x.shape) == 2 for x in xs])
    if not same or layer.key_dim * layer.num_heads != features or layer.value_dim not in (None, layer.key_dim) or layer.output_shape or not layer.use_bias:
        raise Untranslatable("nn.MultiheadAttention needs num_heads × key_dim = features, and query, key and value alike")
    kwargs: dict[str, object] = {"dropout": layer.dropout} if layer.dropout else {}
    made = call("nn.MultiheadAttention", features, layer.num_heads, **kwargs, batch_first=True)
    query, value, key = xs[0], xs[1], xs[-1]
    return to.module(made, [query, key, value], y, (0, 1), template="{part}({0}, {1}, {2})[0]")
