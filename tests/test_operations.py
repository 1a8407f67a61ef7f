"""Additions, comparisons, divisions and exponentials: counted by numbers that tally what is done to them."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from cases import CASES

from cnncalc.activations import ACTIVATIONS
from cnncalc.layers import KINDS, Shape, build

TALLY: Counter = Counter()


class Value:
    """A number that notes each operation on it; a change of sign costs nothing."""

    def __init__(self, value):
        self.value = value.value if isinstance(value, Value) else value

    def _made(self, name, other, how):
        TALLY[name] += 1
        return Value(how(self.value, Value(other).value))

    def __add__(self, other):
        return self._made("additions", other, lambda a, b: a + b)

    __radd__ = __add__

    def __sub__(self, other):
        return self._made("additions", other, lambda a, b: a - b)

    def __rsub__(self, other):
        return Value(other) - self

    def __mul__(self, other):
        return self._made("multiplications", other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __truediv__(self, other):
        return self._made("divisions", other, lambda a, b: a / b)

    def __rtruediv__(self, other):
        return Value(other) / self

    def __neg__(self):
        return Value(-self.value)

    def __gt__(self, other):
        return self._made("comparisons", other, lambda a, b: a > b).value

    def __lt__(self, other):
        return self._made("comparisons", other, lambda a, b: a < b).value

    def __ge__(self, other):
        return self._made("comparisons", other, lambda a, b: a >= b).value

    def __le__(self, other):
        return self._made("comparisons", other, lambda a, b: a <= b).value


def costly(f):
    def g(x):
        TALLY["exponentials"] += 1
        return Value(f(Value(x).value))
    return g


exp, log, sqrt, erf = map(costly, (math.exp, math.log, lambda x: math.sqrt(max(x, 0)), math.erf))


def absolute(x):
    return x if x > 0 else -x


def relu6(x):
    x = x if x > 0 else Value(0)
    return x if x < 6 else Value(6)


def sigmoid(x):
    return 1 / (1 + exp(-x))


def tanh(x):
    return 1 - 2 / (exp(2 * x) + 1)


def square(x):
    return x * x


def softplus(x):
    return log(1 + exp(x))


def by_branches(x, low, middle, high):
    """Below -1, between, above 1."""
    if x <= -1:
        return low
    return high if x >= 1 else middle()


#: Each activation as its definition says it.
FORMULAS = {
    "linear": lambda x: x,
    "relu": lambda x: x if x > 0 else 0,
    "relu6": relu6,
    "leaky_relu": lambda x: x if x > 0 else 0.2 * x,
    "elu": lambda x: x if x > 0 else 1.5 * (exp(x) - 1),
    "selu": lambda x: 1.05 * (x if x > 0 else 1.67 * (exp(x) - 1)),
    "celu": lambda x: x if x > 0 else 1.5 * (exp(x / 1.5) - 1),
    "sigmoid": sigmoid,
    "log_sigmoid": lambda x: -softplus(-x),
    "tanh": tanh,
    "softplus": softplus,
    "softsign": lambda x: x / (1 + absolute(x)),
    "squareplus": lambda x: (x + sqrt(x * x + 4)) / 2,
    "silu": lambda x: x * sigmoid(x),
    "swish": lambda x: x * sigmoid(x),
    "gelu": lambda x: 0.5 * x * (1 + erf(x / math.sqrt(2))),
    "mish": lambda x: x * tanh(softplus(x)),
    "exponential": exp,
    "hard_sigmoid": lambda x: relu6(x + 3) / 6,
    "hard_silu": lambda x: x * (relu6(x + 3) / 6),
    "hard_swish": lambda x: x * (relu6(x + 3) / 6),
    "hard_tanh": lambda x: x if (x if x > -1 else -1) < 1 else 1,
    "hard_shrink": lambda x: x if absolute(x) > 0.5 else 0,
    "soft_shrink": lambda x: x - 0.5 if x > 0.5 else (x + 0.5 if x < -0.5 else 0),
    "tanh_shrink": lambda x: x - tanh(x),
    "threshold": lambda x: x if x > 0.5 else 0,
    "sparse_plus": lambda x: by_branches(x, 0, lambda: square(x + 1) / 4, x),
    "sparse_sigmoid": lambda x: by_branches(x, 0, lambda: 0.5 * (x + 1), 1),
}


def tallied(f, *args):
    TALLY.clear()
    f(*args)
    return {name: n for name, n in TALLY.items() if n}


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_a_function_costs_what_its_formula_takes(name):
    """On the longest way through it."""
    most: Counter = Counter()
    for x in (-7, -1.5, -0.7, 0.2, 0.7, 1.5, 7):
        most |= Counter(tallied(FORMULAS[name], Value(x)))
    assert ACTIVATIONS[name].cost == dict(most)


def softmax(xs):
    powers = [exp(x) for x in xs]
    total = Value(0)
    for power in powers:
        total = total + power
    return [power / total for power in powers]


def log_softmax(xs):
    total = Value(0)
    for x in xs:
        total = total + exp(x)
    last = log(total)
    return [x - last for x in xs]


@pytest.mark.parametrize(("name", "f"), [("softmax", softmax), ("log_softmax", log_softmax)])
def test_a_function_of_rows_costs_so_much_for_each_value_more(name, f):
    short, long = (Counter(tallied(f, [Value(1)] * n)) for n in (5, 6))
    assert ACTIVATIONS[name].cost == dict(long - short)


def test_every_activation_of_keras_has_a_cost_or_is_known_to_have_none():
    """Half of glu's values go through silu; sparsemax sorts, which is not counted."""
    counted = {name for name, row in ACTIVATIONS.items() if row.cost is not None}
    assert set(ACTIVATIONS) - counted == {"glu", "sparsemax"}
    assert counted == set(FORMULAS) | {"softmax", "log_softmax"}
    glu = build(KINDS["Activation"], {"activation": "glu"})
    assert glu.operations(Shape((6,))) == {name: 3 * n for name, n in ACTIVATIONS["silu"].cost.items()}
    assert set(build(KINDS["Activation"], {"activation": "sparsemax"}).operations(Shape((6,))).values()) == {None}


# Layers, each as its definition computes one example.


def window_max(values):
    best = Value(-math.inf)
    for value in values:
        best = value if value > best else best
    return best


def mean(values):
    total = Value(0)
    for value in values:
        total = total + value
    return total / len(values)


def pooled(how):
    """Windows without padding over all spatial axes; None reads everything."""
    def layer(s, x):
        from itertools import product

        *spatial, channels = x
        size = s.get("pool_size", spatial)
        k = list(size) if isinstance(size, (list, tuple)) else [size] * len(spatial)
        strides = s.get("strides", k)
        strides = strides if isinstance(strides, list) else [strides] * len(spatial)
        places = product(*[range(0, n - a + 1, b) for n, a, b in zip(spatial, k, strides)])
        for _place in places:
            for _channel in range(channels):
                how([Value(1)] * math.prod(k))
    return layer


def adaptive(how):
    def layer(s, x):
        from itertools import product

        *spatial, channels = x
        sizes = s["output_size"]
        sizes = sizes if isinstance(sizes, list) else [sizes] * len(spatial)
        axes = [[range(math.floor(i * n / o), math.ceil((i + 1) * n / o)) for i in range(o)]
                for n, o in zip(spatial, sizes)]
        for window in product(*axes):
            for _channel in range(channels):
                how([Value(1)] * math.prod(map(len, window)))
    return layer


def each(f):
    def layer(s, x):
        for _ in range(math.prod(x)):
            f(Value(-0.5), s)
    return layer


def batch_norm(x, s):
    x = (x - 0.1) / 0.2
    x = x * 2 if s.get("scale", True) else x
    return x + 1 if s.get("center", True) else x


def measured(values):
    """What is done to each value when mean and variance are taken from the values."""
    total, squares = Value(0), Value(0)
    for x in values:
        total = total + x
    centred = [x - 1 for x in values]
    for x in centred:
        squares = squares + x * x
    for x in centred:
        x / 0.3 * 2 + 1


def layer_norm(s, x):
    measured([Value(1)] * math.prod(x))


def rms(s, x):
    squares, values = Value(0), [Value(1)] * math.prod(x)
    for v in values:
        squares = squares + v * v
    for v in values:
        v / 0.3 * 2


def unit(s, x):
    squares, values = Value(0), [Value(1)] * math.prod(x)
    for v in values:
        squares = squares + v * v
    for v in values:
        v / 0.3


def merged(join):
    def layer(s, *xs):
        for _ in range(math.prod(xs[0])):
            result = Value(1)
            for _x in xs[1:]:
                result = join(result, Value(1))
            if join is average:
                result / len(xs)
    return layer


def average(a, b):
    return a + b


def larger(a, b):
    return a if a > b else b


def lstm(s, x, cells=None):
    for _step in range(x[0]):
        for _unit in range(cells or s["units"]):
            gates = [Value(1) + Value(1) for _ in range(4)]  # of the input and of the state
            if s.get("use_bias", True):
                gates = [gate + 1 for gate in gates]
            i, f, o = map(sigmoid, gates[:3])
            cell = f * Value(1) + i * tanh(gates[3])
            o * tanh(cell)


def gru(s, x):
    after = s.get("reset_after", True)
    for _step in range(x[0]):
        for _unit in range(s["units"]):
            inputs = [Value(1) + 1 for _ in range(3)]  # with their bias
            states = [Value(1) + 1 if after else Value(1) for _ in range(3)]
            z, r = sigmoid(inputs[0] + states[0]), sigmoid(inputs[1] + states[1])
            candidate = tanh(inputs[2] + (r * states[2] if after else states[2]))
            if not after:
                r * Value(1)  # the state, before it is multiplied with the kernel
            z * Value(1) + (1 - z) * candidate


def rnn(s, x):
    for _step in range(x[0]):
        for _unit in range(s["units"]):
            tanh(Value(1) + Value(1) + 1)


def conv_lstm(s, x):
    *spatial, _channels = x[1:]
    k = s["kernel_size"]
    same = s.get("padding") == "same"
    lstm({}, x, math.prod(n if same else n - k + 1 for n in spatial) * s["filters"])


def plus_bias(s, y):
    for _ in range(math.prod(y) if s.get("use_bias", True) else 0):
        FORMULAS.get(s.get("activation", "linear"), FORMULAS["linear"])(Value(-0.5) + 1)


LAYERS = {
    **{f"MaxPooling{r}D": pooled(window_max) for r in (1, 2, 3)},
    **{f"AveragePooling{r}D": pooled(mean) for r in (1, 2, 3)},
    **{f"GlobalMaxPooling{r}D": pooled(window_max) for r in (1, 2, 3)},
    **{f"GlobalAveragePooling{r}D": pooled(mean) for r in (1, 2, 3)},
    **{f"AdaptiveMaxPooling{r}D": adaptive(window_max) for r in (1, 2, 3)},
    **{f"AdaptiveAveragePooling{r}D": adaptive(mean) for r in (1, 2, 3)},
    **{f"ConvLSTM{r}D": conv_lstm for r in (1, 2, 3)},
    "BatchNormalization": each(batch_norm), "LayerNormalization": layer_norm, "GroupNormalization": layer_norm,
    "RMSNormalization": rms, "UnitNormalization": unit, "Normalization": each(lambda x, s: (x - 1) / 2),
    "Activation": each(lambda x, s: FORMULAS[s["activation"]](x)), "ELU": each(lambda x, s: FORMULAS["elu"](x)),
    "LeakyReLU": each(lambda x, s: FORMULAS["leaky_relu"](x)), "PReLU": each(lambda x, s: FORMULAS["leaky_relu"](x)),
    "Softmax": lambda s, x: softmax([Value(1)] * x[0]), "Rescaling": each(lambda x, s: x * 2 + 1),
    "Add": merged(lambda a, b: a + b), "Subtract": merged(lambda a, b: a - b), "Multiply": merged(lambda a, b: a * b),
    "Average": merged(average), "Maximum": merged(larger), "Minimum": merged(larger),
    "LSTM": lstm, "GRU": gru, "SimpleRNN": rnn,
}
BIASED = {kind for kind in KINDS.everything() if kind.startswith(("Conv", "Depthwise", "Separable", "Locally"))
          and "LSTM" not in kind and kind not in ("Concatenate",)}
ROWS = [row for row in CASES if row.counts is not None and (
    row.kind in LAYERS or (row.kind in BIASED and row.settings.get("activation") != "softmax"))]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}-{row.settings}")
def test_a_layer_does_what_its_definition_does(row):
    if row.kind in LAYERS:
        found = tallied(LAYERS[row.kind], row.settings, *row.inputs)
    else:
        found = tallied(plus_bias, row.settings, row.outputs[0])
    assert found == {name: n for name, n in row.counts.items() if name != "macs"}
    layer = build(KINDS[row.kind], row.settings)
    ours = layer.operations(*layer.viewed(tuple(map(Shape, row.inputs))))
    assert found == {name: n for name, n in ours.items() if n}


def test_the_rows_that_are_counted_so_are_many():
    assert len(ROWS) > 50
