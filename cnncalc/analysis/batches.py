"""The size of the batch that tensors have, where a network states that of its inputs."""

from __future__ import annotations

from ..layers import UNKNOWN, InputLayer, Layer, Shape
from ..layers.shape import BatchShape


def with_batch(layer: Layer, xs: tuple[Shape, ...], ys: tuple[Shape, ...], given: tuple[object, ...] | None) -> tuple[Shape, ...]:
    """The outputs of a layer on `xs` with the size of their batch; `given` replaces the sizes of an input."""
    if type(layer) is InputLayer:
        batch = layer.batch_size if given is None else getattr(given, "batch", None)
        return tuple([BatchShape(y, batch) for y in ys])
    if layer.of_whole_tensors:
        return ys
    scalar = all([type(x) is BatchShape and x.scalar for x in xs]) and not any(ys)
    batch = layer.batch_of(xs)
    return tuple([y if y is UNKNOWN else BatchShape(y, batch, scalar) for y in ys])
