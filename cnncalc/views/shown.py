"""Shapes and counts of a table's cells, and how they are shown."""

from __future__ import annotations

from typing import Any

from ..analysis import Step
from ..layers import UNKNOWN
from ..layers.base import Shape


class Stated(list[int | None]):
    """A shape that no rule gave: it is assumed, or stated by the file."""


class Code(str):
    """The class of a layer that is code."""


class AtLeast(int):
    """A count that leaves out what is not known."""


def shape_text(shape: Any) -> str:
    """(None, 26, 26, 32); several as a list; one that no rule gave with a question mark."""
    if shape is None:
        return "?"
    if isinstance(shape, str):
        return shape
    if type(shape) is Stated:
        return shape_text(list(shape)) + " ?"
    if not shape and not isinstance(shape, WithBatch):
        return "-" if isinstance(shape, list) else "()"
    if shape and (isinstance(shape[0], (tuple, list)) or (shape[0] is None and any(isinstance(item, (tuple, list)) for item in shape))):
        return ", ".join(map(shape_text, shape))
    return f"({', '.join(shape.shown)})" if isinstance(shape, WithBatch) else str(Shape(shape))


class WithBatch(list[int | str | None]):
    """All sizes of a tensor of PyTorch's; while the batch is N, JSON has null in its place."""

    def __init__(self, shape: Shape, batch: int | None):
        from ..pytorch.shapes import symbolic, whole

        sizes = [n.numbered(batch) if symbolic(n) and batch is not None else n for n in whole(shape)]
        super().__init__([(None if n.share == 1 else str(n)) if symbolic(n) else n if n is None else int(n) for n in sizes])
        self.shown = ["?" if n is None else str(n) for n in sizes]
        if len(sizes) == 1:
            self.shown = [f"{self.shown[0]},"]


def sizes_of(step: Step, shape: Shape, batch: int | None) -> WithBatch | list[int | None] | None:
    """A shape with the batch, in the terms of the step's framework; `None` for an unknown one."""
    if shape is UNKNOWN:
        return None
    layer = step.node.layer
    return WithBatch(shape, batch) if layer is not None and layer.framework == "pytorch" else [batch, *shape]


def number_text(value: object) -> str:
    if type(value) is AtLeast:
        return f"≥ {value:,}"
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def plain_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(map(plain_text, value))
    return f"{value} (unknown)" if type(value) is Code else str(value)
