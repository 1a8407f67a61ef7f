"""The size of the batch that tensors have, where a network states that of its inputs."""

from __future__ import annotations

from ..layers import UNKNOWN, InputLayer, Layer, Shape
from ..layers.shape import BatchShape

#: Layers that merge their inputs value by value.
JOINS = frozenset(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"))


def with_batch(layer: Layer, xs: tuple[Shape, ...], ys: tuple[Shape, ...], given: tuple[object, ...] | None) -> tuple[Shape, ...]:
    """The outputs of a layer on `xs` with the size of their batch; `given` replaces the sizes of an input."""
    if type(layer) is InputLayer:
        batch = layer.batch_size if given is None else getattr(given, "batch", None)
        return tuple([BatchShape(y, batch) for y in ys])
    if layer.of_whole_tensors:
        return ys
    batches = [x.batch for x in xs]
    scalar = all([type(x) is BatchShape and x.scalar for x in xs]) and not any(ys)
    batch = batches[0] if batches else None
    if layer.kind in JOINS and len(xs) > 1:
        batch = _only([b for b in batches if b is not None])
    return tuple([y if y is UNKNOWN else BatchShape(y, batch, scalar) for y in ys])


def _only(batches: list[int]) -> int | None:
    """The batch of a layer that merges: the one that its inputs have, if they have one."""
    return batches[0] if len(set(batches)) == 1 else None
