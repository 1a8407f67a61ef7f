"""Sheets to fill in, in the layouts that courses use, and their keys."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from ..analysis import Trace
from ..errors import CnncalcError, SpecError, did_you_mean
from ..layers import InputLayer, Shape
from ..num import formula, number
from .correct_values import ADDED, CorrectValues
from .headings import QUANTITIES
from .layer_run import LayerRun, Settings


class Entry(NamedTuple):
    """A column: its heading, the quantity under it, and whether the product is written out."""

    title: str
    quantity: str
    product: bool = False


#: Layouts by name: what stands in the sheets of courses.
LAYOUTS = {
    "activations": (Entry("activation shape", "output"), Entry("activation size", "activations"),
                    Entry("# parameters", "params")),
    "weights": (Entry("activation shape", "output"), Entry("# weights", "weights"), Entry("# biases", "biases")),
    "memory": (Entry("output size", "output"), Entry("memory (values)", "activations"), Entry("weights", "weights", True)),
    "field": (Entry("k", "kernel"), Entry("p", "padding"), Entry("s", "stride"), Entry("input", "input"),
              Entry("output", "output"), Entry("jump", "jump"), Entry("receptive field", "receptive_field")),
    "shapes": (Entry("input shape", "input"), Entry("output shape", "output"), Entry("# params", "params"),
               Entry("calculation", "params", True)),
}


def columns_named(words: str) -> tuple[Entry, ...]:
    """Columns by the names of quantities, separated by commas."""
    found = []
    for word in words.split(","):
        name = word.strip().lower().replace(" ", "_")
        if name not in QUANTITIES:
            raise SpecError(f"there is no column {word.strip()!r}", (), did_you_mean(name, QUANTITIES)
                            or "columns are " + ", ".join(QUANTITIES))
        found.append(Entry(name.replace("_", " "), name))
    return tuple(found)


def worksheet(trace: Trace, columns: tuple[Entry, ...], settings: Settings, key: bool = False) -> tuple[list[str], list[list[str]]]:
    """The headings and the rows of a sheet, filled in if it is the key."""
    facts = CorrectValues(trace, settings)
    rows = [[step.name, *[_cell(facts, (i,), c) if key else "" for c in columns]] for i, step in enumerate(trace.steps)
            if type(step.node.layer) is not InputLayer or any([c.quantity in ("output", "activations") for c in columns])]
    if any([c.quantity in ADDED and c.title != "calculation" for c in columns]):
        rows.append(["total", *[_cell(facts, (), c) if key and c.quantity in ADDED and c.title != "calculation" else ""
                                for c in columns]])
    return ["layer", *[c.title for c in columns]], rows


def _cell(facts: CorrectValues, steps: tuple[int, ...], column: Entry) -> str:
    value = next(iter(facts.values(steps, column.quantity)), None)
    if value is None:
        return ""
    text = _text(value, column.quantity)
    run = facts.runs[steps[0]] if column.product and steps else None
    if run is None:
        return text
    product = _product(run, column.quantity, facts, value)
    if column.title == "calculation":
        return product or text
    return f"{product} = {text}" if product and product != text else text


def _text(value: Any, quantity: str) -> str:
    if isinstance(value, Shape):
        return "x".join(["?" if n is None else str(n) for n in value])
    if isinstance(value, tuple):
        return str(value[0]) if len(set(value)) == 1 else "x".join(map(str, value))
    if quantity == "coverage":
        return str(Fraction(value))
    return str(int(value))


def _product(run: LayerRun, quantity: str, facts: CorrectValues, right: object) -> str:
    """The product that gives the right value; none for a shared layer, whose weights are counted elsewhere."""
    try:
        value = run.traced().value(quantity, facts.settings) if run.xs else 0
    except CnncalcError:
        return ""
    if value != right:
        return ""
    text = formula(value, letters=False)
    return text.replace(",", "") if text != number(value) else ""
