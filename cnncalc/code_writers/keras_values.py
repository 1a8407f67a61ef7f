"""What Keras's functions of values become in PyTorch: activations, merges, new shapes, and operations on tensors."""

from __future__ import annotations

from collections.abc import Sequence

from ..keras_ops.operation import Operation
from ..layers import Shape, activation, dropout, merge, preprocessing, reshape
from ..layers.applications import CustomScaleLayer, StochasticDepth
from ..layers.base import KINDS
from .program import Value
from .text import Name, call, literal
from .to_pytorch import Builder, Rule, Untranslatable, rule

RULES: dict[type, Rule] = {}

# Activations.

#: Keras's activation: the module, the function, and whether nothing below zero comes out.
_FUNCTIONS = {
    "relu": ("nn.ReLU()", "F.relu({0})", True), "relu6": ("nn.ReLU6()", "F.relu6({0})", True),
    "leaky_relu": ("nn.LeakyReLU(0.2)", "F.leaky_relu({0}, 0.2)", False), "elu": ("nn.ELU()", "F.elu({0})", False),
    "selu": ("nn.SELU()", "F.selu({0})", False), "celu": ("nn.CELU()", "F.celu({0})", False),
    "gelu": ("nn.GELU()", "F.gelu({0})", False), "silu": ("nn.SiLU()", "F.silu({0})", False), "mish": ("nn.Mish()", "F.mish({0})", False),
    "sigmoid": ("nn.Sigmoid()", "torch.sigmoid({0})", True), "tanh": ("nn.Tanh()", "torch.tanh({0})", False),
    "softplus": ("nn.Softplus()", "F.softplus({0})", True), "softsign": ("nn.Softsign()", "F.softsign({0})", False),
    "hard_sigmoid": ("nn.Hardsigmoid()", "F.hardsigmoid({0})", True), "hard_silu": ("nn.Hardswish()", "F.hardswish({0})", False),
    "hard_tanh": ("nn.Hardtanh()", "F.hardtanh({0})", False), "hard_shrink": ("nn.Hardshrink()", "F.hardshrink({0})", False),
    "soft_shrink": ("nn.Softshrink()", "F.softshrink({0})", False), "tanh_shrink": ("nn.Tanhshrink()", "F.tanhshrink({0})", False),
    "log_sigmoid": ("nn.LogSigmoid()", "F.logsigmoid({0})", False), "exponential": ("", "torch.exp({0})", True),
}
_ALIASES = {"swish": "silu", "hard_swish": "hard_silu"}


def activated(to: Builder, function: object, x: Value, axis: int = -1) -> Value:
    """The value of one of Keras's activations."""
    if not isinstance(function, str):
        raise Untranslatable("its activation is code that is not known")
    function = _ALIASES.get(function, function)
    if function == "linear":
        return x
    if function in ("softmax", "log_softmax"):
        dim = to.dim(x, axis)
        module = "nn.Softmax" if function == "softmax" else "nn.LogSoftmax"
        return to.function(f"F.{function}({{0}}, dim={dim})", x, x.shape, x.axes, call(module, dim=dim), wraps=True)
    if function not in _FUNCTIONS:
        raise Untranslatable(f"PyTorch has no activation like {function!r}")
    alone, template, positive = _FUNCTIONS[function]
    y = to.function(template, x, x.shape, x.axes, *([Name(alone)] if alone else []), wraps=True)
    y.positive = positive
    return y


@rule(RULES, activation.ActivationLayer)
def _activation(to: Builder, layer: activation.ActivationLayer, xs: list[Value], y: Sequence[int | None]) -> Value:
    return activated(to, layer.activation, xs[0])


@rule(RULES, activation.Softmax)
def _softmax(to: Builder, layer: activation.Softmax, xs: list[Value], y: Sequence[int | None]) -> Value:
    axes = layer.axis if isinstance(layer.axis, tuple) else (layer.axis,)
    if len(axes) > 1:
        raise Untranslatable("a softmax in PyTorch is along one axis")
    return activated(to, "softmax", xs[0], axes[0])


@rule(RULES, activation.ReLU)
def _relu(to: Builder, layer: activation.ReLU, xs: list[Value], y: Sequence[int | None]) -> Value:
    most, slope, x = layer.max_value, layer.negative_slope, xs[0]
    if layer.threshold or (most is not None and slope):
        raise Untranslatable("PyTorch has no ReLU with this threshold or these limits")
    if most is None and not slope:
        return activated(to, "relu", x)
    if most == 6:
        return activated(to, "relu6", x)
    if most is None:
        return _sloped(to, "LeakyReLU", "leaky_relu", slope, x)
    return to.function(f"F.hardtanh({{0}}, 0, {most})", x, x.shape, x.axes, call("nn.Hardtanh", 0, most), wraps=True)


def _sloped(to: Builder, module: str, function: str, number: float, x: Value) -> Value:
    return to.function(f"F.{function}({{0}}, {number})", x, x.shape, x.axes, call(f"nn.{module}", number), wraps=True)


@rule(RULES, activation.LeakyReLU)
def _leaky(to: Builder, layer: activation.LeakyReLU, xs: list[Value], y: Sequence[int | None]) -> Value:
    return _sloped(to, "LeakyReLU", "leaky_relu", layer.alpha if layer.alpha is not None else layer.negative_slope, xs[0])


@rule(RULES, activation.ELU)
def _elu(to: Builder, layer: activation.ELU, xs: list[Value], y: Sequence[int | None]) -> Value:
    return activated(to, "elu", xs[0]) if layer.alpha == 1 else _sloped(to, "ELU", "elu", layer.alpha, xs[0])


@rule(RULES, activation.PReLU)
def _prelu(to: Builder, layer: activation.PReLU, xs: list[Value], y: Sequence[int | None]) -> Value:
    x, slopes = xs[0], layer.slopes(Shape(xs[0].shape))
    own = [i for i, n in enumerate(slopes) if n != 1]
    if len(own) > 1:
        raise Untranslatable("nn.PReLU has a slope per channel; shared_axes lists the other axes")
    x = to.with_first(x, own[0]) if own else x
    made = call("nn.PReLU", slopes[own[0]]) if own else call("nn.PReLU")
    return to.module(made, x, x.shape, x.axes)




# What changes nothing, or only while training.


@rule(RULES, dropout.Identity, dropout.ActivityRegularization)
def _same(to: Builder, layer: object, xs: list[Value], y: Sequence[int | None]) -> Value:
    return xs[0]


@rule(RULES, dropout.Dropout)
def _dropout(to: Builder, layer: dropout.Dropout, xs: list[Value], y: Sequence[int | None]) -> Value:
    if layer.noise_shape is not None:
        if [n for n in layer.noise_shape[1:] if n != 1]:
            raise Untranslatable("nn.Dropout has no noise_shape")
        return _at_random(to, "DropPath", layer.rate, xs[0])
    return _dropped(to, "nn.Dropout", layer, xs[0])


@rule(RULES, dropout.AlphaDropout)
def _alpha_dropout(to: Builder, layer: dropout.AlphaDropout, xs: list[Value], y: Sequence[int | None]) -> Value:
    return _dropped(to, "nn.AlphaDropout", layer, xs[0])


@rule(RULES, dropout.SpatialDropout1D, dropout.SpatialDropout)
def _channel_dropout(to: Builder, layer: dropout.SpatialDropout1D | dropout.SpatialDropout, xs: list[Value], y: Sequence[int | None]) -> Value:
    return _dropped(to, f"nn.Dropout{layer.rank}d", layer, to.spatial(layer, xs[0]))


@rule(RULES, StochasticDepth)
def _drop_path(to: Builder, layer: StochasticDepth, xs: list[Value], y: Sequence[int | None]) -> Value:
    return _at_random(to, "DropPath", layer.drop_path_rate, xs[0])


@rule(RULES, dropout.GaussianNoise)
def _noise(to: Builder, layer: dropout.GaussianNoise, xs: list[Value], y: Sequence[int | None]) -> Value:
    return _at_random(to, "GaussianNoise", layer.stddev, xs[0])


@rule(RULES, dropout.GaussianDropout)
def _gaussian_dropout(to: Builder, layer: dropout.GaussianDropout, xs: list[Value], y: Sequence[int | None]) -> Value:
    return _at_random(to, "GaussianDropout", layer.rate, xs[0])


def _at_random(to: Builder, helper: str, number: float, x: Value) -> Value:
    """A small module of the program's own that acts while training."""
    to.translation.helper(helper)
    return to.module(call(helper, number), x, x.shape, x.axes)


def _dropped(to: Builder, module: str, layer: dropout.Dropout | dropout.AlphaDropout | dropout.SpatialDropout | dropout.SpatialDropout1D, x: Value) -> Value:
    y = to.module(call(module, layer.rate), x, x.shape, x.axes)
    y.positive = x.positive
    return y


@rule(RULES, preprocessing.Rescaling)
def _rescaling(to: Builder, layer: preprocessing.Rescaling, xs: list[Value], y: Sequence[int | None]) -> Value:
    x, scale, offset = xs[0], layer.scale, layer.offset
    if isinstance(offset, (list, tuple)):
        raise Untranslatable("offsets per channel belong in torchvision.transforms.Normalize")
    if isinstance(scale, (list, tuple)):
        x = to.with_first(x, len(x.shape) - 1)
        scale = Name(f"torch.tensor({list(scale)!r}).reshape({', '.join(map(str, (-1, *[1] * (len(x.shape) - 1))))})")
    product = f"{{0}} * {literal(scale).flat()}".replace("* 1 / ", "/ ") if isinstance(scale, Name) or scale != 1 else "{0}"
    sign = f" {'-' if offset < 0 else '+'} {literal(abs(offset)).flat()}" if offset else ""
    return to.function(product + sign, x, y, x.axes) if product != "{0}" or offset else x


# Several inputs.


def _alike(to: Builder, xs: list[Value]) -> list[Value]:
    """The inputs with their axes in one order, and as many axes each."""
    most = max([len(x.shape) for x in xs])
    if all([len(x.shape) == most for x in xs]):
        return [to.arranged(x, xs[0].axes) for x in xs]
    found = []
    for x in [to.as_read(x) for x in xs]:
        for _ in range(most - len(x.shape)):
            x = to.function("{0}.unsqueeze(1)", x, (1, *x.shape), range(len(x.shape) + 1))
        found.append(x)
    return found


_TWO = {merge.Maximum: "torch.maximum({0}, {1})", merge.Minimum: "torch.minimum({0}, {1})"}
_MANY = {merge.Add: "+", merge.Multiply: "*", merge.Subtract: "-", merge.Average: "+"}


@rule(RULES, merge.Merge)
def _merged(to: Builder, layer: object, xs: list[Value], y: Sequence[int | None]) -> Value:
    xs = _alike(to, xs)
    axes, kind = xs[0].axes, type(layer)
    if len(xs) == 1:
        return xs[0]
    if kind in _TWO:
        x = xs[0]
        for i, other in enumerate(xs[1:], 2):
            x = to.function(_TWO[kind], [x, other], y if i == len(xs) else _joined(x.shape, other.shape), axes)
        return x
    if kind not in _MANY:
        raise Untranslatable("PyTorch has no module for it")
    joined = f" {_MANY[kind]} ".join([f"{{{i}}}" for i in range(len(xs))])
    found = to.function(f"({joined}) / {len(xs)}" if kind is merge.Average else joined, xs, y, axes)
    found.positive = kind is not merge.Subtract and all([x.positive for x in xs])
    return found


def _joined(a: tuple[int | None, ...], b: tuple[int | None, ...]) -> tuple[int | None, ...]:
    return tuple([n if m == 1 else m for m, n in zip(a, b)])


@rule(RULES, merge.Concatenate)
def _concatenated(to: Builder, layer: merge.Concatenate, xs: list[Value], y: Sequence[int | None]) -> Value:
    xs = [to.arranged(x, xs[0].axes) for x in xs]
    if len(xs) == 1:
        return xs[0]
    names = ", ".join([f"{{{i}}}" for i in range(len(xs))])
    found = to.function(f"torch.cat([{names}], dim={to.dim(xs[0], layer.axis)})", xs, y, xs[0].axes)
    found.positive = all([x.positive for x in xs])
    return found


@rule(RULES, CustomScaleLayer)
def _scaled_sum(to: Builder, layer: CustomScaleLayer, xs: list[Value], y: Sequence[int | None]) -> Value:
    xs = _alike(to, xs)
    return to.function(f"{{0}} + {literal(layer.scale).flat()} * {{1}}", xs, y, xs[0].axes)


# Other shapes.

ORDER = "Keras flattens (height, width, channels): weights of a layer after this must be permuted."


@rule(RULES, reshape.Flatten)
def _flattened(to: Builder, layer: reshape.Flatten, xs: list[Value], y: Sequence[int | None]) -> Value:
    x = xs[0]
    if len(x.shape) == 1:
        return x
    if layer.data_format == "channels_first":
        x = to.arranged(x, (*range(1, len(x.shape)), 0)) if x.axes != tuple(range(len(x.shape))) else x
    found = to.function("{0}.flatten(1)" if x.shape else "{0}.unsqueeze(1)", x, y, (0,), *([call("nn.Flatten")] if x.shape else []),
                        comment=ORDER if _reordered(x) != (layer.data_format == "channels_first" and _several(x)) else "")
    found.positive = x.positive
    return found


def _reordered(x: Value) -> bool:
    """Whether the values of a tensor lie in another order than Keras's."""
    order = [axis for axis in x.axes if x.shape[axis] != 1]
    return order != sorted(order)


def _several(x: Value) -> bool:
    """Whether more than one axis has a size above 1."""
    return len([n for n in x.shape if n != 1]) > 1


@rule(RULES, reshape.Reshape)
def _reshaped(to: Builder, layer: object, xs: list[Value], y: Sequence[int | None]) -> Value:
    x = to.as_read(xs[0])
    if len(x.shape) == 1 < len(y) and x.shape[0] is not None and tuple(y) == (*[1] * (len(y) - 1), x.shape[0]):
        # A vector of channels as a map of one pixel.
        found = to.function(f"{{0}}[:, :, {', '.join(['None'] * (len(y) - 1))}]", x, y, (len(y) - 1, *range(len(y) - 1)),
                            call("nn.Unflatten", 1, (x.shape[0], *[1] * (len(y) - 1))))
        found.positive = x.positive
        return found
    if None in y:
        raise Untranslatable("the shape that it makes is not known; --input gives the sizes")
    if tuple(y) == x.shape:
        return x
    sizes = ", ".join(map(str, y))
    found = to.function(f"{{0}}.reshape(-1, {sizes})" if y else "{0}.reshape(-1)", x, y, range(len(y)),
                        *([call("nn.Unflatten", 1, tuple(y))] if len(x.shape) == 1 and y else []))
    found.positive = x.positive
    return found


@rule(RULES, reshape.Permute)
def _permuted(to: Builder, layer: reshape.Permute, xs: list[Value], y: Sequence[int | None]) -> Value:
    x = to.as_read(xs[0])
    return to.function(f"{{0}}.permute(0, {', '.join(map(str, layer.dims))})", x, y, range(len(y)))


@rule(RULES, reshape.RepeatVector)
def _repeated(to: Builder, layer: reshape.RepeatVector, xs: list[Value], y: Sequence[int | None]) -> Value:
    return to.function(f"{{0}}.unsqueeze(1).repeat(1, {layer.n}, 1)", xs[0], y, (0, 1))


# Operations on tensors.

_OPERATORS = {"Add": "+", "Subtract": "-", "Multiply": "*", "TrueDivide": "/", "Divide": "/", "Power": "**"}
_UNARY = {"Exp": "torch.exp", "Log": "torch.log", "Sqrt": "torch.sqrt", "Rsqrt": "torch.rsqrt", "Square": "torch.square", "Absolute": "torch.abs",
          "Negative": "torch.neg", "Sin": "torch.sin", "Cos": "torch.cos", "Relu": "F.relu", "Relu6": "F.relu6", "Sigmoid": "torch.sigmoid",
          "Tanh": "torch.tanh", "Softplus": "F.softplus", "Softsign": "F.softsign", "Silu": "F.silu", "Selu": "F.selu",
          "HardSigmoid": "F.hardsigmoid", "HardSilu": "F.hardswish", "Mish": "F.mish"}
_ELEMENTWISE = {KINDS[f"ops.{word}"]: function for word, function in _UNARY.items()}
_BINARY = {KINDS[f"ops.{word}"]: sign for word, sign in _OPERATORS.items()}


@rule(RULES, Operation)
def _operation(to: Builder, layer: Operation, xs: list[Value], y: Sequence[int | None]) -> Value:
    kind = type(layer)
    if kind in _ELEMENTWISE:
        return to.function(f"{_ELEMENTWISE[kind]}({{0}})", xs[0], y, xs[0].axes, wraps=True)
    numbers = [getattr(layer, name, None) for name in layer.operands]
    if kind not in _BINARY or any([isinstance(number, (list, tuple, dict)) for number in numbers]):
        raise Untranslatable("this operation is not among those that can be written in PyTorch")
    xs = _alike(to, xs)
    waiting = iter(range(2))
    shown = [f"{{{next(waiting)}}}" if number is None else literal(number).flat() for number in numbers]
    return to.function(f"{shown[0]} {_BINARY[kind]} {shown[1]}", xs, y, xs[0].axes)
