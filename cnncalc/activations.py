"""The activation functions, a row for each: what one value costs, how it is written, and how it is computed.

Definitions and defaults are Keras's. A new activation is one row here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

#: An int, a Fraction or a float.
Number = Any
Values = list[Number]


class Activation(NamedTuple):
    """A function of one value, or of all values along the last axis.

    `cost` counts the elementary operations for each value, without what is done once per row; `None` if they
    are not counted. `formula` has `{x}` for the value, `{y}` for the value as a factor and `{sum}` for the sum over
    the axis. `of` computes one value, on fractions if it is `exact`, otherwise on floats; `of_all` computes
    all values along the axis at once. Both are `None` where the numbers are not computed.
    """

    name: str
    cost: dict[str, int] | None
    formula: str = ""
    of: Callable[[Number], Number] | None = None
    exact: bool = False
    of_all: Callable[[Values], Values] | None = None
    #: Whether a value depends on the others along the last axis.
    mixes: bool = False
    #: Keras's other names for it.
    aliases: tuple[str, ...] = ()


def ratio(a: Number, b: Number) -> Number:
    """a / b, exact for whole numbers and fractions."""
    from .arrays import ratio as divided  # lazy: only numbers by hand are divided

    return divided(a, b)


def sigmoid(x: float) -> float:
    """1 / (1 + e^−x), without overflow."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))


def softplus(x: float) -> float:
    """ln(1 + e^x), without overflow."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def expm1(x: float) -> float:
    """e^x − 1, without overflow."""
    return math.expm1(min(x, 709.0))


def _exp(x: float) -> float:
    return math.exp(x) if x < 709.78 else math.inf


def clip(x: Number, least: Number, most: Number) -> Number:
    """`x`, but at least `least` and at most `most`."""
    return max(least, min(most, x))


def _hard_sigmoid(x: Number) -> Number:
    return clip(ratio(x + 3, 6), 0, 1)


def _squareplus(x: Number) -> Number:
    from .arrays import root  # lazy: as above

    return ratio(x + root(x * x + 4), 2)


def _selu(x: float) -> float:
    scale, alpha = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
    return scale * (x if x >= 0 else alpha * expm1(x))


def _softmax(values: Values) -> Values:
    top = max(values)
    powers = [math.exp(value - top) for value in values]
    whole = sum(powers)
    return [power / whole for power in powers]


def _log_softmax(values: Values) -> Values:
    top = max(values)
    whole = math.log(sum([math.exp(value - top) for value in values]))
    return [float(value - top) - whole for value in values]


def _cost(additions: int = 0, multiplications: int = 0, comparisons: int = 0, divisions: int = 0,
          exponentials: int = 0) -> dict[str, int]:
    return {name: n for name, n in locals().items() if n}


_ROWS = (
    Activation("relu", _cost(comparisons=1), "max(0, {x})", lambda x: max(x, 0), True),
    Activation("leaky_relu", _cost(comparisons=1, multiplications=1), "{x} if {x} ≥ 0, else 0.2 × {y}",
               lambda x: x if x >= 0 else x * ratio(1, 5), True),
    Activation("relu6", _cost(comparisons=2), "min(6, max(0, {x}))", lambda x: clip(x, 0, 6), True),
    Activation("softmax", _cost(exponentials=1, additions=1, divisions=1), "e^{y} / ({sum})", of_all=_softmax, mixes=True),
    Activation("celu", _cost(comparisons=1, exponentials=1, additions=1, multiplications=1, divisions=1),
               "{x} if {x} ≥ 0, else e^{y} − 1", lambda x: x if x >= 0 else expm1(x)),
    Activation("elu", _cost(comparisons=1, exponentials=1, additions=1, multiplications=1),
               "{x} if {x} ≥ 0, else e^{y} − 1", lambda x: x if x >= 0 else expm1(x)),
    Activation("selu", _cost(comparisons=1, exponentials=1, additions=1, multiplications=2),
               "1.0507 × ({x} if {x} ≥ 0, else 1.67326 × (e^{y} − 1))", _selu),
    Activation("softplus", _cost(exponentials=2, additions=1), "ln(1 + e^{y})", softplus),
    Activation("softsign", _cost(comparisons=1, additions=1, divisions=1), "{y} / (1 + |{x}|)",
               lambda x: ratio(x, 1 + abs(x)), True),
    Activation("squareplus", _cost(multiplications=1, additions=2, exponentials=1, divisions=1),
               "({x} + √({y}² + 4)) / 2", _squareplus, True),
    Activation("soft_shrink", _cost(comparisons=2, additions=1), "{x} less 0.5 towards 0",
               lambda x: max(x - ratio(1, 2), 0) + min(x + ratio(1, 2), 0), True),
    Activation("sparse_plus", _cost(comparisons=2, additions=1, multiplications=1, divisions=1),
               "0 below −1, ({x} + 1)² / 4 up to 1, {x} from there",
               lambda x: x if x >= 1 else 0 if x <= -1 else ratio((x + 1) ** 2, 4), True),
    Activation("sparse_sigmoid", _cost(comparisons=2, additions=1, multiplications=1), "max(0, min(1, ({x} + 1) / 2))",
               lambda x: clip(ratio(x + 1, 2), 0, 1), True),
    Activation("silu", _cost(exponentials=1, additions=1, divisions=1, multiplications=1), "{y} / (1 + e^−{y})",
               lambda x: x * sigmoid(x), aliases=("swish",)),
    Activation("gelu", _cost(divisions=1, exponentials=1, additions=1, multiplications=2), "{y} × (1 + erf({y} / √2)) / 2",
               lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2),
    # Half of the values times the sigmoid of the others.
    Activation("glu", None, mixes=True),
    # 1 - 2 / (exp(2x) + 1)
    Activation("tanh", _cost(multiplications=1, exponentials=1, additions=2, divisions=1), "tanh({x})", math.tanh),
    Activation("tanh_shrink", _cost(multiplications=1, exponentials=1, additions=3, divisions=1), "{x} − tanh({x})",
               lambda x: x - math.tanh(x)),
    Activation("threshold", _cost(comparisons=1)),
    Activation("sigmoid", _cost(exponentials=1, additions=1, divisions=1), "1 / (1 + e^−{y})", sigmoid),
    Activation("exponential", _cost(exponentials=1), "e^{y}", _exp),
    Activation("hard_sigmoid", _cost(additions=1, comparisons=2, divisions=1), "min(1, max(0, ({x} + 3) / 6))",
               _hard_sigmoid, True),
    Activation("hard_silu", _cost(additions=1, comparisons=2, divisions=1, multiplications=1),
               "{y} × min(1, max(0, ({x} + 3) / 6))", lambda x: x * _hard_sigmoid(x), True, aliases=("hard_swish",)),
    Activation("hard_tanh", _cost(comparisons=2), "max(−1, min(1, {x}))", lambda x: clip(x, -1, 1), True),
    Activation("hard_shrink", _cost(comparisons=2), "{x} beyond ±0.5, else 0", lambda x: x if abs(x) > ratio(1, 2) else 0, True),
    Activation("linear", _cost(), "{x}", lambda x: x, True),
    Activation("mish", _cost(exponentials=3, additions=3, divisions=1, multiplications=2), "{y} × tanh(ln(1 + e^{y}))",
               lambda x: x * math.tanh(softplus(x))),
    Activation("log_softmax", _cost(exponentials=1, additions=2), "{x} − ln({sum})", of_all=_log_softmax, mixes=True),
    Activation("log_sigmoid", _cost(exponentials=2, additions=1), "−ln(1 + e^−{y})", lambda x: -softplus(-x)),
    Activation("sparsemax", None, mixes=True),
)
#: Every activation by its name and aliases.
ACTIVATIONS = {name: row for row in _ROWS for name in (row.name, *row.aliases)}
