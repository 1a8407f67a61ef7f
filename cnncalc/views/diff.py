"""Two networks layer by layer: what was added, removed and changed."""

from __future__ import annotations

from collections.abc import Callable

from ..alignment import Pair, aligned
from ..analysis import Step, Trace
from ..cost import CONVENTIONS, cost
from ..errors import shown
from .columns import params_of, stated_shapes
from .report import Column, Legend, Notes, Part, Records, Report, Table
from .shown import shape_text

MARKS = {"same": "=", "changed": "~", "added": "+", "removed": "-"}
STYLES = {"same": "dim", "changed": "magenta", "added": "green", "removed": "red"}
#: What CSV holds.
KEYS = ("change", "a", "b", "type", "output_shape_a", "output_shape_b", "params_a", "params_b", "macs_a", "macs_b",
           "settings")
#: Totals by their titles in the table.
TOTALS = {"layers": "layers", "params": "parameters", "trainable_params": "trainable", "macs": "MACs",
          "activations": "activations"}


def step_dict(step: Step | None, macs: object) -> dict[str, object] | None:
    if step is None:
        return None
    return {
        "name": step.name, "type": step.node.layer.keras_class if step.node.layer is not None else "?",
        "output_shape": _shape(step), "params": params_of(step), "macs": macs,
    }


def _shape(step: Step | None) -> object:
    if step is None or step.node.layer is None or step.node.layer.framework != "pytorch":
        return None if step is None else step.output_shape
    shapes = stated_shapes(step, None)
    return shapes[0] if len(shapes) == 1 else shapes or None


def totals(trace: Trace) -> dict[str, int | None]:
    """What the whole network has: numbers that can be compared."""
    found = cost(trace)
    return {
        "layers": len(found.run.calls), "params": trace.params, "trainable_params": trace.trainable_params,
        "macs": found.macs, "activations": found.activation_values, "inference_bytes": found.inference.total,
    }


def diff_dict(a: Trace, b: Trace) -> dict[str, object]:
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
        **({"at_least": [a.at_least, b.at_least]} if a.at_least or b.at_least else {}),
    }


def arrow(before: object, after: object, text: Callable[[object], str]) -> str:
    """One value, or both where they differ; nothing stands for a layer that is not there."""
    if before == after or after == "":
        return str(text(before))
    if before == "":
        return str(text(after))
    return f"{text(before)} -> {text(after)}"


def number(value: object) -> str:
    return "?" if value is None else f"{value:,}"


def settings_text(pair: Pair) -> str:
    """filters 20 -> 50, as the file says it."""
    return ", ".join(f"{key} {_word(x)} -> {_word(y)}" for key, (x, y) in pair.settings.items())


def _word(value: object) -> str:
    return value if isinstance(value, str) else "none" if value is None else shown(value)


def _names(pair: Pair) -> str:
    return " -> ".join(dict.fromkeys([step.name for step in (pair.a, pair.b) if step is not None]))


def _kinds(pair: Pair) -> str:
    either = pair.a or pair.b
    assert either is not None
    kinds = [step.node.layer.keras_class for step in (pair.a, pair.b) if step is not None and step.node.layer is not None]
    return " -> ".join(dict.fromkeys(kinds)) or either.kind


def _both(text: Callable[[object], str], value: Callable[[Pair, int], object]) -> Callable[[Pair], str]:
    """The value of a column: that of both layers, with an arrow where they differ."""
    def arrow_of(pair: Pair) -> str:
        before, after = [value(pair, i) if step is not None else "" for i, step in enumerate((pair.a, pair.b))]
        return arrow(before, after, text)

    return arrow_of


def _params(step: Step | None) -> int | None:
    return None if step is None else params_of(step)


COLUMNS = (
    Column("change", "", lambda pair: MARKS[pair.change]),
    Column("name", "Layer", _names, meaning="the layer in both networks, or in the one that has it"),
    Column("type", "Type", _kinds, meaning="the kind of layer", drop=1),
    Column("output_shape", "Output shape", _both(shape_text, lambda pair, i: _shape((pair.a, pair.b)[i])),
           meaning="the shape that comes out, before -> after"),
    Column("params", "Params", _both(number, lambda pair, i: _params((pair.a, pair.b)[i])), right=True,
           meaning="the values of all weights, before -> after"),
    Column("macs", "MACs", _both(number, lambda pair, i: pair.macs[i]), right=True, meaning="multiply-adds, before -> after",
           brief="MACs without biases"),
    Column("settings", "Settings", settings_text, meaning="the settings that differ"),
)


def total_line(title: str, before: int | None, after: int | None) -> str:
    """How a total changed: by how much, and to what part of it."""
    text = f"{title}: {number(before)} -> {number(after)}"
    if before is None or after is None:
        return text
    if before == after:
        return f"{title}: {number(before)}, as before"
    sign = "+" if after > before else "\u2212"
    ratio = f", \u00d7 {after / before:.3g}" if before and after else ""
    return f"{text} ({sign}{abs(after - before):,}{ratio})"


def report(a: Trace, b: Trace, only_changed: bool = False) -> Report:
    """Two networks side by side."""
    name = f"{a.graph.name} -> {b.graph.name}"

    def pairs() -> tuple[list[Pair], list[Pair]]:
        every = aligned(a, b)
        return every, [pair for pair in every if not only_changed or pair.change != "same"]

    def parts() -> list[Part]:
        every, shown = pairs()
        before, after = totals(a), totals(b)
        many = {change: sum([pair.change == change for pair in every]) for change in MARKS}
        notes = [", ".join(f"{n} {change} ({MARKS[change]})" for change, n in many.items())]
        notes += [f"{trace.graph.name}: its totals are lower bounds: the code of a layer is not in the file"
                  for trace in (a, b) if trace.at_least]
        notes += [total_line(title, before[key], after[key]) for key, title in TOTALS.items()]
        return [Table.of(COLUMNS, shown, name, styles=[STYLES[pair.change] for pair in shown]), Notes(notes),
                Legend(COLUMNS, [CONVENTIONS["macs"]], tight=True)]

    return Report(name, lambda: diff_dict(a, b), parts, lambda: Records(list(KEYS), [_plain(pair) for pair in pairs()[1]]))


def _plain(pair: Pair) -> list[object]:
    found = []
    for step, count in zip((pair.a, pair.b), pair.macs):
        found.append((step.name, shape_text(_shape(step)), params_of(step), count) if step is not None
                     else ("", "", "", ""))
    either = pair.b or pair.a
    assert either is not None
    return [pair.change, found[0][0], found[1][0], either.kind,
            *[value for values in list(zip(*found))[1:] for value in values], settings_text(pair)]
