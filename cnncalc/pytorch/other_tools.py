"""What other counters report for a network of PyTorch's: their rules, each with the reason why it differs from ours.

A rule takes a layer, the sizes of its first input and of its first output (whole, for one example) and gives a count.
Checked against fvcore 0.1.5, thop 0.1.1 and ptflops 0.7.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ..layers.base import Layer, Shape
from .shapes import whole

if TYPE_CHECKING:
    from .activation import Softmax
    from .attention import MultiheadAttention
    from .conv import Conv, ConvTranspose
    from .norm import BatchNorm
    from .recurrent import _Cell, _Recurrent
    from .reshape import Upsample

Sizes: TypeAlias = Sequence[int]
Rule: TypeAlias = Callable[[Any, Sizes, Sizes], int]


class Counted(NamedTuple):
    """What a tool reports for a layer, and why that is not what we count."""

    macs: int
    why: str


class Tool(NamedTuple):
    """A tool: what it calls its unit, what it leaves out, and its rules by kinds."""

    title: str
    unit: str
    note: str
    rules: dict[str, tuple[Rule, str]]
    missing: str


def sizes_of(x: Shape) -> Sizes:
    """All sizes as numbers; a batch that is a symbol is one example."""
    return [int(n) for n in whole(x)]


def counted(tool: Tool, layer: Layer, xs: Sequence[Shape], ys: Sequence[Shape]) -> Counted:
    """What a tool reports for a layer."""
    rule = tool.rules.get(layer.kind)
    if rule is None or not xs or not ys:
        return Counted(0, tool.missing)
    count, why = rule
    return Counted(count(layer, sizes_of(xs[0]), sizes_of(ys[0])), why)


def _kinds(text: str, rule: Rule, why: str) -> dict[str, tuple[Rule, str]]:
    return dict.fromkeys(text.split(), (rule, why))


def _ranked(*families: str) -> str:
    return " ".join([f"nn.{family}{rank}d" for family in families for rank in (1, 2, 3)])


_CONVS, _BACK = _ranked("Conv"), _ranked("ConvTranspose")
_NORMS = _ranked("BatchNorm", "InstanceNorm")


def _filters(layer: Layer) -> int:
    return prod([int(n) for n in next(iter(layer.weights())).shape])


def _conv(layer: Layer, x: Sizes, y: Sizes) -> int:
    return _filters(layer) * x[0] * prod(y[2:])


def _back(layer: Layer, x: Sizes, y: Sizes) -> int:
    return _filters(layer) * x[0] * prod(x[2:])


def _linear(layer: object, x: Sizes, y: Sizes) -> int:
    return prod(x) * y[-1]


def _biases(rule: Rule, per: Rule) -> Rule:
    return lambda layer, x, y: rule(layer, x, y) + (per(layer, x, y) if layer.bias else 0)


def _output(layer: object, x: Sizes, y: Sizes) -> int:
    return prod(y)


def _input(layer: object, x: Sizes, y: Sizes) -> int:
    return prod(x)


def _times(many: int, rule: Rule) -> Rule:
    return lambda layer, x, y: many * rule(layer, x, y)


def _nothing(layer: object, x: Sizes, y: Sizes) -> int:
    return 0


def _affine(plain: int, weighted: int) -> Rule:
    return lambda layer, x, y: prod(x) * (weighted if _has_weights(layer) else plain)


def _has_weights(layer: object) -> bool:
    return bool(getattr(layer, "affine", getattr(layer, "elementwise_affine", False)))


def _product(layer: object, x: Sizes, y: Sizes) -> int:
    return prod(y) * x[-1]


# fvcore: what torch.jit.trace records, an operator at a time.


def _fvcore_norm(layer: BatchNorm, x: Sizes, y: Sizes) -> int:
    if layer.track_running_stats:
        return prod(x) * (2 if layer.affine else 1)
    return prod(x) * (5 if layer.affine else 4)


def _by_mode(layer: Upsample, x: Sizes, y: Sizes) -> int:
    return {"nearest": 1, "bilinear": 4}.get(layer.mode, 0) * prod(y) if len(x) == 4 else 0


def _tables() -> dict[str, tuple[Rule, str]]:
    """The kinds that fvcore counts."""
    norm = "fvcore counts normalization: {} for each value"
    return {
        **_kinds(_CONVS, _conv, "padding in memory"), **_kinds(_BACK, _back, ""),
        **_kinds("nn.Linear F.linear", _linear, ""),
        **_kinds("torch.matmul Tensor.matmul torch.mm Tensor.mm torch.bmm Tensor.bmm", _product, ""),
        **_kinds(_ranked("BatchNorm") + " F.batch_norm", _fvcore_norm, norm.format("1, or 2 with weights")),
        **_kinds(_ranked("InstanceNorm"), _affine(4, 5), norm.format("4, or 5 with weights")),
        **_kinds("nn.GroupNorm nn.LayerNorm", _affine(4, 5), norm.format("4, or 5 with weights")),
        **_kinds("nn.AdaptiveAvgPool2d F.adaptive_avg_pool2d", _input, "fvcore counts one for each value that an adaptive average pooling reads"),
        **_kinds("nn.Upsample nn.UpsamplingNearest2d nn.UpsamplingBilinear2d F.interpolate F.upsample", _by_mode,
                 "fvcore counts 1 (nearest) or 4 (bilinear) for each new pixel"),
    }


# thop: hooks on modules, each with a formula.


def _thop_conv(layer: Conv | ConvTranspose, x: Sizes, y: Sizes) -> int:
    weight = [int(n) for n in next(iter(layer.weights())).shape]
    return prod(y) * (x[1] // int(layer.groups)) * prod(weight[2:])


def _adaptive(layer: object, x: Sizes, y: Sizes) -> int:
    return int((prod([n / m for n, m in zip(x[2:], y[2:])]) + 1) * prod(y))


def _thop_softmax(layer: Softmax, x: Sizes, y: Sizes) -> int:
    n = x[int(layer.dim)] if layer.dim is not None else 1
    return prod(x) // n * (3 * n - 1)


def _thop_upsample(layer: Upsample, x: Sizes, y: Sizes) -> int:
    return {"nearest": 1, "linear": 5, "bilinear": 11, "bicubic": 259}.get(layer.mode, 0) * prod(y)


def _thop_cell(layer: _Recurrent | _Cell, width: int) -> int:
    """One step of one example, its element-wise work and biases included."""
    h = int(layer.hidden_size)
    gate = (width + h) * h + h + (2 * h if layer.bias else 0)
    return {1: gate, 3: 3 * gate + 4 * h, 4: 4 * gate + 4 * h}[layer.gates]


def _thop_rnn(layer: _Recurrent, x: Sizes, y: Sizes) -> int:
    ways, h = int(layer.directions), int(layer.hidden_size)
    first = _thop_cell(layer, int(layer.input_size))
    return (first + (int(layer.num_layers) - 1) * _thop_cell(layer, h * ways)) * ways * prod(x[:-1])


_THOP_CONV = "thop counts a transposed convolution at its output"
_ELEMENTWISE = "{} counts element-wise work too"
_THOP: dict[str, tuple[Rule, str]] = {
    **_kinds(_CONVS, _thop_conv, ""), **_kinds(_BACK, _thop_conv, _THOP_CONV),
    **_kinds("nn.Linear", lambda layer, x, y: int(layer.in_features) * prod(y), ""),
    **_kinds(_NORMS + " nn.LayerNorm nn.SyncBatchNorm", _affine(2, 4), "thop counts normalization: 2 for each value, 4 with weights"),
    **_kinds("nn.PReLU", _input, _ELEMENTWISE.format("thop")),
    **_kinds("nn.Softmax", _thop_softmax, _ELEMENTWISE.format("thop")),
    **_kinds(_ranked("AvgPool"), _output, "thop counts one for each value of an average pooling's output"),
    **_kinds(_ranked("AdaptiveAvgPool"), _adaptive, "thop counts the window's size and one more for each output of an adaptive average pooling"),
    **_kinds("nn.Upsample nn.UpsamplingBilinear2d nn.UpsamplingNearest2d", _thop_upsample, "thop counts 1, 5, 11 or 259 for each new pixel, by mode"),
    **_kinds("nn.RNN nn.GRU nn.LSTM", _thop_rnn, "thop adds biases and element-wise work at each step"),
    **_kinds("nn.RNNCell nn.GRUCell nn.LSTMCell", lambda layer, x, y: _thop_cell(layer, int(layer.input_size)) * x[0],
             "thop adds biases and element-wise work"),
}


# ptflops: hooks on modules and patched functions.


def _ptflops_cell(layer: _Recurrent | _Cell, width: int, given: int) -> int:
    h = int(layer.hidden_size)
    wide = int(layer.gates) * h
    return wide * (width + given) + {1: h, 3: 7 * h, 4: 10 * h}[layer.gates] + (2 * wide if layer.bias else 0)


def _ptflops_rnn(layer: _Recurrent, x: Sizes, y: Sizes) -> int:
    ways, h = int(layer.directions), int(layer.proj_size or layer.hidden_size)
    steps = [_ptflops_cell(layer, int(layer.input_size) if i == 0 else h * ways, h) for i in range(int(layer.num_layers))]
    return sum(steps) * prod(x[:-1]) * ways


def _ptflops_attention(layer: MultiheadAttention, x: Sizes, y: Sizes) -> int:
    steps, wide = (x[1] if layer.batch_first else x[0]), int(layer.embed_dim)
    batch = x[0] if layer.batch_first else x[1]
    head = 2 * steps * steps * (wide // int(layer.num_heads)) + steps * steps
    return batch * (steps * wide + 3 * steps * wide * wide + (3 * steps * wide if layer.bias else 0) + int(layer.num_heads) * head + steps * wide * (wide + 1))


_TWICE = "ptflops counts it twice: the module, and the function that it calls"
_POOLS = _ranked("MaxPool", "AvgPool", "AdaptiveMaxPool", "AdaptiveAvgPool")
_PTFLOPS: dict[str, tuple[Rule, str]] = {
    **_kinds(_CONVS, _biases(_conv, _output), "ptflops adds the biases"),
    **_kinds(_BACK, _biases(_back, _output), "ptflops adds the biases"),
    **_kinds("nn.Linear", _biases(_linear, _output), "ptflops adds the biases"),
    **_kinds("nn.LeakyReLU nn.ReLU6 nn.Softmax nn.SiLU", _output, _ELEMENTWISE.format("ptflops")),
    **_kinds("nn.ReLU nn.PReLU nn.ELU nn.GELU", _times(2, _output), _TWICE),
    **_kinds("F.relu F.prelu F.elu F.relu6 F.gelu F.silu F.softmax", _input, _ELEMENTWISE.format("ptflops")),
    **_kinds(_POOLS, _times(2, _input), _TWICE),
    **_kinds(" ".join([f"F.{a}{rank}d" for a in ("avg_pool", "max_pool", "adaptive_avg_pool", "adaptive_max_pool") for rank in (1, 2, 3)]), _input,
             "ptflops counts each value that a pooling reads"),
    **_kinds(_NORMS + " nn.GroupNorm", _affine(1, 2), "ptflops counts normalization: 1 for each value, 2 with weights"),
    **_kinds("nn.LayerNorm", _input, "ptflops counts normalization: 1 for each value"),
    **_kinds("nn.Upsample", lambda layer, x, y: prod(y[1:]) + prod(y), _TWICE),
    **_kinds("F.interpolate F.upsample", _output, "ptflops counts each new pixel"),
    **_kinds("torch.matmul Tensor.matmul torch.mm Tensor.mm torch.bmm Tensor.bmm", _product, ""),
    **_kinds("nn.RNN nn.GRU nn.LSTM", _ptflops_rnn, "ptflops adds biases and element-wise work at each step"),
    **_kinds("nn.RNNCell nn.GRUCell nn.LSTMCell",
             lambda layer, x, y: x[0] * _ptflops_cell(layer, int(layer.input_size), int(layer.hidden_size)), "ptflops adds biases and element-wise work"),
    **_kinds("nn.MultiheadAttention", _ptflops_attention, "ptflops adds biases, the scaling of the queries and the softmax"),
}

TOOLS = {
    "fvcore": Tool("fvcore 0.1.5", "flops, one for each multiply-add", "fvcore follows the operators that torch.jit.trace records; those without a rule count 0.",
                   _tables(), "fvcore has no rule for it"),
    "thop": Tool("thop 0.1.1", "MACs", "thop's rules as far as they are known: it looks at modules only, not at functions.", _THOP,
                 "thop has no rule for it, or it is a function"),
    "ptflops": Tool("ptflops 0.7.5", "MACs", "ptflops's rules as far as they are known: modules, and functions of torch.nn.functional; not operators such as + and @.",
                    _PTFLOPS, "ptflops has no rule for it"),
}
