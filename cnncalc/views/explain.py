"""Explanations: the worked arithmetic of each layer, as data and as formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..explain import Explanation, Working
from ..layers import InputLayer
from ..layers.base import shape_letters
from ..layers.shape import symbolic
from ..num import Line
from . import report as parts_of
from .report import Formula, Heading, Part, Report

#: The part of a working that each quantity belongs to.
PARTS = {"output": "output", "padding": "output", "weight": "weights", "trainable_params": "weights",
         "params": "weights", "macs": "work", "activations": "memory", "memory": "memory",
         "receptive_field": "field", "jump": "field"}
#: Labels of the axes that a window moves along.
SPATIAL = ("depth", "height", "width")


def report(name: str, found: Iterable[Explanation], sums: Sequence[Line] = ()) -> Report:
    """The workings of layers, and the sums over all of them."""

    def parts() -> list[Part]:
        shown: list[Part] = [Heading(name, 1), *[working(e) for e in found]]
        if sums:
            shown.append(parts_of.Working("total", [Formula("", str(line)) for line in sums]))
        return shown

    return Report(name, lambda: explain_dict(name, found, sums), parts)


def heading(e: Explanation) -> str:
    """The layer, its kind and what it reads."""
    shapes = []
    for i, x in enumerate(e.step.inputs):
        mark = str(i + 1) if len(e.step.inputs) > 1 else ""
        view = e.step.node.layer.view(x) if e.step.node.layer is not None else x
        letters = " × ".join([s + mark for s in shape_letters(view)])
        shapes.append(f"{letters} = {' × '.join(map(_size, x))}")
    if type(e.step.node.layer) is InputLayer:
        return f"{e.name}: {' × '.join(map(_size, e.step.output or ()))}"
    return f"{e.name}: {e.step.kind}" + (f" on {', '.join(shapes)}" if shapes else "")


def _size(n: object) -> str:
    return "?" if n is None else str(n) if symbolic(n) else f"{n:,}"  # N, or 1/2 N


def working(e: Explanation) -> parts_of.Working:
    """One layer's working; what holds for one axis and for the next is worked once."""
    remarks = [f"{remark[0].upper()}{remark[1:]}." for remark in e.remarks]
    return parts_of.Working(heading(e), list(formulas(e.workings)), e.legend, remarks)


def formulas(workings: Iterable[Working]) -> Iterator[Formula]:
    before: dict[str, Working] = {}
    for w in workings:
        part = PARTS[w.quantity]
        if w.label in SPATIAL and w.quantity in before and _likewise(before[w.quantity], w):
            if w.quantity == "output":
                yield Formula(part, w.lines[-1].name or "", "likewise")
            continue
        before[w.quantity] = w
        if w.quantity == "weight":
            shape, bracket, note = (w.words or "").partition(" (not")
            yield Formula(part, f"{w.label} {shape}", (bracket + note).strip())
            continue
        for line in w.lines:
            yield Formula(part, str(line))
        if w.words and not (w.lines and w.quantity == "padding"):
            yield Formula(part, "", w.words)


def _likewise(one: Working, other: Working) -> bool:
    """Whether two axes are worked in the same way with the same numbers."""
    before, after = [[line[2:] for line in w.lines] for w in (one, other)]
    return bool(after) and before[-len(after):] == after  # what the first axis needed before is known by now


def explain_dict(name: str, found: Iterable[Explanation], sums: Iterable[Line] = ()) -> dict[str, object]:
    """The workings as data; fields are only ever added."""
    return {
        "schema": "cnncalc/explain/1", "name": name, "layers": [layer_dict(e) for e in found],
        "totals": [{"name": line.name, "value": int(line.value), "text": str(line)} for line in sums],
    }


def layer_dict(e: Explanation) -> dict[str, object]:
    return {
        "name": e.name,
        "type": e.step.kind,
        "inputs": [[None, *x] for x in e.step.inputs],
        "output_shape": _plain(e.step.output_shape),
        "settings": list(e.legend),
        "working": [{
            "quantity": w.quantity,
            "label": w.label,
            "value": None if w.value is None else int(w.value),
            "lines": [_line(line) for line in w.lines],
            "words": w.words,
        } for w in e.workings],
        "remarks": list(e.remarks),
    }


def _line(line: Line) -> dict[str, object]:
    return {"name": line.name, "formula": line.formula, "numbers": line.numbers, "value": int(line.value),
            "text": str(line)}


def _plain(shape: object) -> object:
    return [_plain(part) for part in shape] if isinstance(shape, tuple) else shape
