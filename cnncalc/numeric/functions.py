"""Activations: exact where the function of a fraction is one, as floats where it is not.

Definitions and defaults are Keras's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from ..arrays import Array, Number, number_of, places, plain, ratio, written
from ..errors import SpecError, did_you_mean, shown
from .cells import Cell, Stage, deviation


class Function(NamedTuple):
    """A function of one value, or of all along an axis, and how it is written.

    `formula` has `{x}` for the value, and `{y}` where it stands as a factor; `of_all` takes all values and gives as many.
    """

    name: str
    of: Callable[[Number], Number] | None
    formula: str = ""
    of_all: Callable[[list[Number]], list[Number]] | None = None


def sigmoid(x: float) -> float:
    """1 / (1 + e^−x), without overflow."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))


def softplus(x: float) -> float:
    """ln(1 + e^x), without overflow."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def _expm1(x: float) -> float:
    return math.expm1(min(x, 709.0))


def _exp(x: float) -> float:
    return math.exp(x) if x < 709.78 else math.inf


def _clip(x: Number, least: Number, most: Number) -> Number:
    return max(least, min(most, x))


def _hard_sigmoid(x: Number) -> Number:
    return _clip(ratio(x + 3, 6), 0, 1)


def _squareplus(x: Number) -> Number:
    return ratio(x + deviation(x * x, 4), 2)


def _selu(x: float) -> float:
    scale, alpha = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
    return scale * (x if x >= 0 else alpha * _expm1(x))


def leaky(slope: Number, name: str = "leaky_relu") -> Function:
    return Function(name, lambda x: x if x >= 0 else x * slope, f"{{x}} if {{x}} ≥ 0, else {written(slope)} × {{y}}")


#: By name: the function of a number, how it is written, and whether it is exact.
_TABLE: dict[str, tuple[Callable[[Any], Number], str, bool]] = {
    "linear": (lambda x: x, "{x}", True),
    "relu": (lambda x: max(x, 0), "max(0, {x})", True),
    "relu6": (lambda x: _clip(x, 0, 6), "min(6, max(0, {x}))", True),
    "hard_tanh": (lambda x: _clip(x, -1, 1), "max(−1, min(1, {x}))", True),
    "hard_sigmoid": (_hard_sigmoid, "min(1, max(0, ({x} + 3) / 6))", True),
    "hard_silu": (lambda x: x * _hard_sigmoid(x), "{y} × min(1, max(0, ({x} + 3) / 6))", True),
    "hard_shrink": (lambda x: x if abs(x) > ratio(1, 2) else 0, "{x} beyond ±0.5, else 0", True),
    "soft_shrink": (lambda x: max(x - ratio(1, 2), 0) + min(x + ratio(1, 2), 0), "{x} less 0.5 towards 0", True),
    "softsign": (lambda x: ratio(x, 1 + abs(x)), "{y} / (1 + |{x}|)", True),
    "sparse_plus": (lambda x: x if x >= 1 else 0 if x <= -1 else ratio((x + 1) ** 2, 4),
                    "0 below −1, ({x} + 1)² / 4 up to 1, {x} from there", True),
    "sparse_sigmoid": (lambda x: _clip(ratio(x + 1, 2), 0, 1), "max(0, min(1, ({x} + 1) / 2))", True),
    "squareplus": (_squareplus, "({x} + √({y}² + 4)) / 2", True),
    "sigmoid": (sigmoid, "1 / (1 + e^−{y})", False),
    "tanh": (math.tanh, "tanh({x})", False),
    "tanh_shrink": (lambda x: x - math.tanh(x), "{x} − tanh({x})", False),
    "exponential": (_exp, "e^{y}", False),
    "elu": (lambda x: x if x >= 0 else _expm1(x), "{x} if {x} ≥ 0, else e^{y} − 1", False),
    "celu": (lambda x: x if x >= 0 else _expm1(x), "{x} if {x} ≥ 0, else e^{y} − 1", False),
    "selu": (_selu, "1.0507 × ({x} if {x} ≥ 0, else 1.67326 × (e^{y} − 1))", False),
    "softplus": (softplus, "ln(1 + e^{y})", False),
    "log_sigmoid": (lambda x: -softplus(-x), "−ln(1 + e^−{y})", False),
    "silu": (lambda x: x * sigmoid(x), "{y} / (1 + e^−{y})", False),
    "mish": (lambda x: x * math.tanh(softplus(x)), "{y} × tanh(ln(1 + e^{y}))", False),
    "gelu": (lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2, "{y} × (1 + erf({y} / √2)) / 2", False),
}  # fmt: skip
_SAME = {"swish": "silu", "hard_swish": "hard_silu"}


def named(name: Any) -> Function:
    """The activation of this name; SpecError if it cannot be computed."""
    if name == "leaky_relu":
        return leaky(ratio(1, 5))
    if name in _WHOLE:
        return Function(name, None, *_WHOLE[name])
    known = _TABLE.get(_SAME.get(name, name)) if isinstance(name, str) else None
    if known is None:
        raise SpecError(f"the activation {shown(name)} is not computed by hand", ("activation",),
                        did_you_mean(name, [*_TABLE, *_WHOLE]))
    of, formula, exact = known
    return Function(name, of if exact else lambda x: of(float(x)), formula)


def _softmax(values: list[Number]) -> list[Number]:
    top = max(values)
    powers = [math.exp(value - top) for value in values]
    whole = sum(powers)
    return [power / whole for power in powers]


def _log_softmax(values: list[Number]) -> list[Number]:
    top = max(values)
    whole = math.log(sum([math.exp(value - top) for value in values]))
    return [float(value - top) - whole for value in values]


_WHOLE: dict[str, tuple[str, Callable[[list[Number]], list[Number]]]] = {
    "softmax": ("e^{y} / ({sum})", _softmax),
    "log_softmax": ("{x} − ln({sum})", _log_softmax),
}


def function_stage(x: Array, function: Function, axes: tuple[int, ...] = (), reads: int | None = None) -> Stage:
    """A function of each value, or of the values along some axes, the last unless said."""
    if function.of is not None:
        of = function.of

        def single(index: tuple[int, ...]) -> Cell:
            value = x[index]
            return Cell("function", of(value), [value], more={"function": function})

        return Stage(function.name, x.shape, single, reads)
    chosen = axes or (len(x.shape) - 1,)
    known: dict[tuple[int, ...], tuple[list[Number], list[Number]]] = {}

    def along(index: tuple[int, ...]) -> Cell:
        rest = tuple([0 if axis in chosen else i for axis, i in enumerate(index)])
        if rest not in known:
            values = [x[place] for place in places([n if axis in chosen else 1 for axis, n in enumerate(x.shape)], rest)]
            assert function.of_all is not None
            known[rest] = values, function.of_all(values)
        values, results = known[rest]
        own = 0
        for axis in sorted(chosen):
            own = own * x.shape[axis] + index[axis]
        return Cell("function", results[own], values, more={"function": function, "own": own})

    return Stage(function.name, x.shape, along, reads)


def layer_function(layer: Any, x: Array, weights: dict[str, Array]) -> tuple[Function, tuple[int, ...]]:
    """The function that a layer is, and the axes that it looks along."""
    kind = layer.kind
    if kind == "Activation":
        return named(layer.activation or "linear"), ()
    if kind == "Softmax":
        axes = layer.axis if isinstance(layer.axis, tuple) else (layer.axis,)
        from ..layers import Shape

        found = sorted({layer.axis_in(Shape(x.shape), axis) - 1 for axis in axes})
        if found[0] < 0:
            raise SpecError("axis 0 is the batch; here is only one example", ("axis",))
        return named("softmax"), tuple(found)
    if kind == "LeakyReLU":
        return leaky(number_of(layer.negative_slope if layer.alpha is None else layer.alpha)), ()
    if kind == "ELU":
        alpha = float(layer.alpha)
        return Function("elu", lambda x: float(x) if x >= 0 else alpha * _expm1(float(x)),
                        f"{{x}} if {{x}} ≥ 0, else {written(alpha)} × (e^{{y}} − 1)"), ()
    assert kind == "ReLU", kind
    return _relu(layer), ()


def _relu(layer: Any) -> Function:
    """Keras's ReLU with its three settings."""
    slope, threshold = number_of(layer.negative_slope), number_of(layer.threshold)
    most = None if layer.max_value is None else number_of(layer.max_value)
    if not threshold and most is None:
        return leaky(slope, "relu") if slope else named("relu")

    def of(x: Number) -> Number:
        if x <= threshold:
            return plain((x - threshold) * slope)
        return x if most is None else min(x, most)

    words = f"{{x}} above {written(threshold)}, else " + (f"{written(slope)} × ({{x}} − {written(threshold)})" if slope else "0")
    return Function("relu", of, words + ("" if most is None else f", at most {written(most)}"))
