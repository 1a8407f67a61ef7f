"""The columns of receptive fields, whose values need the whole network."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ..analysis import Step, Trace
from ..layers.base import times
from ..receptive_field.report import InputSight, LayerSight
from ..receptive_field.unknown_sizes import sighted
from .field_text import across, decimal, exact, percent, share
from .report import Column


def bound(columns: list[Column], trace: Trace) -> list[Column]:
    """The same columns, those of receptive fields with the values that this network has."""
    found = sighted(trace)
    several = len(trace.graph.inputs) > 1
    return [_bound(column, found, several) if column.key in VALUES else column for column in columns]


def _bound(column: Column, found: dict[Step, LayerSight], several: bool) -> Column:
    of_field = VALUES[column.key]

    def value(step: Step, batch: object) -> object:
        """Of the only input, or of several by their names."""
        fields = found[step].fields if step in found else ()
        if several:
            return {field.input: of_field(field) for field in fields} or None
        return of_field(fields[0]) if fields else None

    def text(value: object) -> str:
        if isinstance(value, dict):
            return "; ".join([f"{name} {TEXTS[column.key](item)}" for name, item in value.items()])
        return "" if value is None else TEXTS[column.key](value)

    return column.replaced(value=value, text=text)


def _axes_text(numbers: Any) -> str:
    if all(number is None for number in numbers):
        return ""
    return across(["-" if number is None else str(decimal(Fraction(number))) for number in numbers])


def _start(field: InputSight) -> object:
    return [None if axis.padding is None else -axis.padding for axis in field.axes]


VALUES: dict[str, Callable[[InputSight], object]] = {
    "receptive_field": lambda field: [axis.size for axis in field.axes],
    "jump": lambda field: [exact(axis.jump) for axis in field.axes],
    "field_start": _start,
    "field_center": lambda field: [exact(axis.center) for axis in field.axes],
    "coverage": lambda field: share(field.coverage),
}
TEXTS: dict[str, Callable[[Any], str]] = {
    "receptive_field": times, "jump": _axes_text, "field_start": _axes_text, "field_center": _axes_text,
    "coverage": lambda value: percent(Fraction(value)),
}
