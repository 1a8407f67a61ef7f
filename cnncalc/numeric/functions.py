"""The functions that layers apply: activations by name, and layers that are a function of each value."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..activations import ACTIVATIONS, expm1
from ..arrays import Array, Number, number_of, places, plain, written
from ..errors import SpecError, did_you_mean, shown
from ..layers import Layer, Shape
from ..layers.activation import ELU, ActivationLayer, LeakyReLU, ReLU, Softmax
from .cells import Cell, Stage


class Function(NamedTuple):
    """A function of one value, or of all along an axis, and how it is written.

    `formula` has `{x}` for the value, and `{y}` where it stands as a factor; `of_all` takes all values and gives as many.
    """

    name: str
    of: Callable[[Number], Number] | None
    formula: str = ""
    of_all: Callable[[list[Number]], list[Number]] | None = None


def leaky(slope: Number, name: str = "leaky_relu") -> Function:
    return Function(name, lambda x: x if x >= 0 else x * slope, f"{{x}} if {{x}} ≥ 0, else {written(slope)} × {{y}}")


def named(name: object) -> Function:
    """The activation of this name; SpecError if it cannot be computed."""
    row = ACTIVATIONS.get(name) if isinstance(name, str) else None
    if row is None or (row.of is None and row.of_all is None):
        computed = [name for name, row in ACTIVATIONS.items() if row.of or row.of_all]
        raise SpecError(f"the activation {shown(name)} is not computed by hand", ("activation",), did_you_mean(name, computed))
    of = row.of
    assert isinstance(name, str)
    return Function(name, of if of is None or row.exact else lambda x: of(float(x)), row.formula, row.of_all)


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


def layer_function(layer: Layer, x: Array, weights: dict[str, Array]) -> tuple[Function, tuple[int, ...]]:
    """The function that a layer is, and the axes that it looks along."""
    if isinstance(layer, ActivationLayer):
        return named(layer.activation or "linear"), ()
    if isinstance(layer, Softmax):
        axes = layer.axis if isinstance(layer.axis, tuple) else (layer.axis,)
        found = sorted({layer.axis_in(Shape(x.shape), axis) - 1 for axis in axes})
        if found[0] < 0:
            raise SpecError("axis 0 is the batch; here is only one example", ("axis",))
        return named("softmax"), tuple(found)
    if isinstance(layer, LeakyReLU):
        return leaky(number_of(layer.negative_slope if layer.alpha is None else layer.alpha)), ()
    if isinstance(layer, ELU):
        alpha = float(layer.alpha)
        return Function("elu", lambda x: float(x) if x >= 0 else alpha * expm1(float(x)),
                        f"{{x}} if {{x}} ≥ 0, else {written(alpha)} × (e^{{y}} − 1)"), ()
    assert isinstance(layer, ReLU)
    return _relu(layer), ()


def _relu(layer: ReLU) -> Function:
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
