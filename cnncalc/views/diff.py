"""What `cnncalc diff` says of two networks, in each of its formats."""

from __future__ import annotations

from typing import Any

from ..analysis import Step, Trace
from ..cost import CONVENTIONS, cost
from ..diff import Pair, aligned
from ..errors import shown
from .columns import shape_text
from .table import drawn
from .text import csv_text, json_text, latex_text, markdown_text

MARKS = {"same": "=", "changed": "~", "added": "+", "removed": "-"}
COLUMNS = ("change", "a", "b", "type", "output_shape_a", "output_shape_b", "params_a", "params_b", "macs_a", "macs_b",
           "settings")  # fmt: skip
#: Totals by their titles in the table.
TOTALS = {"layers": "layers", "params": "parameters", "trainable_params": "trainable", "macs": "MACs",
          "activations": "activations"}  # fmt: skip


def step_dict(step: Step | None, macs: Any) -> dict[str, Any] | None:
    if step is None:
        return None
    return {
        "name": step.name, "type": step.node.layer.keras_class if step.node.layer is not None else "?",
        "output_shape": _shape(step), "params": step.params, "macs": macs,
    }  # fmt: skip


def _shape(step: Step | None) -> Any:
    return None if step is None else step.output_shape


def totals(trace: Trace) -> dict[str, Any]:
    """What the whole network has: numbers that can be compared."""
    found = cost(trace)
    return {
        "layers": len(found.run.calls), "params": trace.params, "trainable_params": trace.trainable_params,
        "macs": found.macs, "activations": found.activation_values, "inference_bytes": found.inference.total,
    }  # fmt: skip


def diff_dict(a: Trace, b: Trace) -> dict[str, Any]:
    """The comparison as plain data."""
    before, after = totals(a), totals(b)
    return {
        "schema": "cnncalc/diff/1", "a": a.graph.name, "b": b.graph.name, "convention": CONVENTIONS["macs"],
        "layers": [
            {"change": pair.change, "a": step_dict(pair.a, pair.macs[0]), "b": step_dict(pair.b, pair.macs[1]),
             "settings": {key: list(values) for key, values in pair.settings.items()}}
            for pair in aligned(a, b)
        ],
        "totals": {key: [before[key], after[key]] for key in before},
    }  # fmt: skip


def arrow(before: Any, after: Any, text: Any) -> str:
    """One value, or both where they differ; nothing stands for a layer that is not there."""
    if before == after or after == "":
        return str(text(before))
    if before == "":
        return str(text(after))
    return f"{text(before)} -> {text(after)}"


def number(value: Any) -> str:
    return "?" if value is None else f"{value:,}"


def _row(pair: Pair) -> list[str]:
    a, b = pair.a, pair.b
    either: Any = a or b
    names = [step.name for step in (a, b) if step is not None]
    kinds = [step.node.layer.keras_class for step in (a, b) if step is not None and step.node.layer is not None]
    return [
        MARKS[pair.change], " -> ".join(dict.fromkeys(names)), " -> ".join(dict.fromkeys(kinds)) or either.kind,
        arrow(_shape(a) if a else "", _shape(b) if b else "", shape_text),
        arrow(a.params if a else "", b.params if b else "", number),
        arrow(pair.macs[0] if a else "", pair.macs[1] if b else "", number),
        settings_text(pair),
    ]  # fmt: skip


def settings_text(pair: Pair) -> str:
    """filters 20 -> 50, as the file says it."""
    return ", ".join(f"{key} {_word(x)} -> {_word(y)}" for key, (x, y) in pair.settings.items())


def _word(value: Any) -> str:
    return value if isinstance(value, str) else "none" if value is None else shown(value)


def total_line(title: str, before: Any, after: Any) -> str:
    """How a total changed: by how much, and to what part of it."""
    text = f"{title}: {number(before)} -> {number(after)}"
    if before is None or after is None:
        return text
    if before == after:
        return f"{title}: {number(before)}, as before"
    sign = "+" if after > before else "\u2212"
    ratio = f", \u00d7 {after / before:.3g}" if before and after else ""
    return f"{text} ({sign}{abs(after - before):,}{ratio})"


def diff_text(a: Trace, b: Trace, format: str = "table", only_changed: bool = False, terminal: Any = None,
              width: int | None = None) -> str:
    """Two networks side by side in one format, ready to be written."""
    if format == "json":
        return json_text(diff_dict(a, b))
    every = aligned(a, b)
    pairs = [pair for pair in every if not only_changed or pair.change != "same"]
    if format == "csv":
        return csv_text(list(COLUMNS), [_plain(pair) for pair in pairs])
    titles = ["", "Layer", "Type", "Output shape", "Params", "MACs", "Settings"]
    right = [False, False, False, False, True, True, False]
    body = [_row(pair) for pair in pairs]
    before, after = totals(a), totals(b)
    if format == "markdown":
        return markdown_text(titles, body, right)
    if format == "latex":
        return latex_text(titles, body, right)
    many = {change: sum([pair.change == change for pair in every]) for change in MARKS}
    notes = [", ".join(f"{n} {change} ({MARKS[change]})" for change, n in many.items())]
    notes += [total_line(title, before[key], after[key]) for key, title in TOTALS.items()]
    notes.append(CONVENTIONS["macs"])
    styles: dict[str, str | None] = {"same": "dim", "changed": "yellow", "added": "green", "removed": "red"}
    return drawn(f"{a.graph.name} -> {b.graph.name}", titles, body, right, notes,
                 [styles[pair.change] for pair in pairs], terminal, width)


def _plain(pair: Pair) -> list[Any]:
    found = []
    for step, count in zip((pair.a, pair.b), pair.macs):
        found.append((step.name, shape_text(step.output_shape), step.params, count) if step is not None
                     else ("", "", "", ""))
    either: Any = pair.b or pair.a
    return [pair.change, found[0][0], found[1][0], either.kind,
            *[value for values in list(zip(*found))[1:] for value in values], settings_text(pair)]
