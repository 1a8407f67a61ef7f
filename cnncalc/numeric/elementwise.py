"""Layers without windows: dense, other orders and shapes, merges, normalisation, functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ..arrays import Array, Number, number_of, places, ratio
from ..errors import SpecError
from ..layers import Layer, Shape
from ..layers.merge import Add, Average, Maximum, Minimum, Multiply, Subtract
from .cells import Cell, Stage, deviation, mean_of, weighted_sum
from .functions import function_stage, layer_function, leaky
from .windows import Weights

if TYPE_CHECKING:
    from ..layers.merge import Concatenate
    from ..layers.norm import BatchNormalization
    from ..layers.preprocessing import Rescaling
    from ..layers.reshape import Permute


def dense(layer: Layer, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    """Weighted sums over the last axis: kernel (n, u)."""
    kernel, bias = weights["kernel"], weights.get("bias")
    n, units = kernel.shape

    def cell(index: tuple[int, ...]) -> Cell:
        *place, unit = index
        start = sum([i * step for i, step in zip(place, x.steps)])
        values, times = x.data[start : start + n], kernel.data[unit::units]
        total = weighted_sum(values, times)
        added = None if bias is None else bias.data[unit]
        return Cell("products", total if added is None else total + added, values, times, bias=added, total=total)

    yield Stage("weighted sums", y, cell)


def same(layer: Layer, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    """What changes nothing when the network is used."""
    yield _copied(x, y, lambda index: index)


def _copied(x: Array, y: Shape, place: Callable[[tuple[int, ...]], tuple[int, ...]], source: int = 0) -> Stage:
    def cell(index: tuple[int, ...]) -> Cell:
        value = x[place(index)]
        return Cell("copy", value, [value], source=source, more={"place": place(index)})

    return Stage("", y, cell)


def in_order(layer: Layer, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    """The same values in their order, in another shape."""
    order = getattr(layer.reads(y, view)[0], "order", None) or range(len(x.shape))
    turned = [0] * len(x.shape)
    where = []
    for place in places([x.shape[axis] for axis in order]):
        for axis, at in zip(order, place):
            turned[axis] = at
        where.append(tuple(turned))
    flat = Array(y, list(range(len(where))))
    yield _copied(x, y, lambda index: where[flat[index]])


def permuted(layer: Permute, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    axes = [layer.dims.index(axis + 1) for axis in range(len(x.shape))]
    yield _copied(x, y, lambda index: tuple([index[axis] for axis in axes]))


def repeated(layer: Layer, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    yield _copied(x, y, lambda index: index[1:])


MERGES: dict[type[Layer], tuple[str, Callable[[list[Number]], Number]]] = {
    Add: ("sum", lambda values: weighted_sum(values, [1] * len(values))),
    Subtract: ("difference", lambda values: values[0] - values[1]),
    Multiply: ("product", lambda values: _product(values)),
    Average: ("mean", mean_of),
    Maximum: ("max", max),
    Minimum: ("min", min),
}


def _product(values: list[Number]) -> Number:
    from ..arrays import plain

    result: Number = 1
    for value in values:
        result = plain(result * value)
    return result


def merged(layer: Layer, xs: tuple[Array, ...], y: Shape) -> Iterator[Stage]:
    """Value by value; an axis of size 1 is repeated, missing ones in front count as such."""
    op, result = MERGES[type(layer)]

    def cell(index: tuple[int, ...]) -> Cell:
        values = [
            x[[0 if n == 1 else i for n, i in zip(x.shape, index[len(index) - len(x.shape):])]] for x in xs
        ]
        return Cell(op, result(values), values)

    yield Stage("", y, cell)


def concatenated(layer: Concatenate, xs: tuple[Array, ...], y: Shape) -> Iterator[Stage]:
    """One behind the other along an axis."""
    axis = layer.axis_in(Shape(xs[0].shape), layer.axis) - 1
    if axis < 0:
        raise SpecError("joins examples along the batch; here is only one", ("axis",))
    starts = [(source, first) for source, x in enumerate(xs) for first in range(x.shape[axis])]

    def cell(index: tuple[int, ...]) -> Cell:
        source, at = starts[index[axis]]
        value = xs[source][(*index[:axis], at, *index[axis + 1 :])]
        return Cell("copy", value, [value], source=source)

    yield Stage("", y, cell)


def batch_norm(layer: BatchNormalization, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    """Less the moving mean, over the root of the moving variance and epsilon, times gamma, plus beta."""
    if layer.renorm:
        raise SpecError("renorm is not computed by hand", ("renorm",))
    axis = layer.axis_in(view, layer.axis) - 1
    epsilon = number_of(layer.epsilon)
    roots = [deviation(variance, epsilon) for variance in weights["moving_variance"].data]

    def cell(index: tuple[int, ...]) -> Cell:
        at, value = index[axis], x[index]
        more: dict[str, Any] = {name: array.data[at] for name, array in weights.items()}
        more |= {"epsilon": epsilon, "root": roots[at]}
        result = ratio((value - more["moving_mean"]) * more.get("gamma", 1), roots[at]) + more.get("beta", 0)
        return Cell("norm", result, [value], more=more)

    yield Stage("", y, cell)


def learnt_slopes(layer: Layer, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    """Below zero, a slope for each place, or one for all along some axes."""
    slopes = weights["alpha"]

    def cell(index: tuple[int, ...]) -> Cell:
        value = x[index]
        slope = slopes[[0 if n == 1 else i for n, i in zip(slopes.shape, index)]]
        function = leaky(slope, "prelu")
        assert function.of is not None
        return Cell("function", function.of(value), [value], more={"function": function})

    yield Stage("", y, cell)


def rescaled(layer: Rescaling, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    """Each value times the scale, plus the offset."""
    scale, offset = number_of(layer.scale), number_of(layer.offset)

    def cell(index: tuple[int, ...]) -> Cell:
        value = x[index]
        return Cell("products", value * scale + offset, [value], [scale], bias=offset, total=value * scale)

    yield Stage("", y, cell)


def function_of(layer: Layer, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    """A layer that is a function of each value, or of the values along an axis."""
    yield function_stage(x, *layer_function(layer, x, weights), None)
