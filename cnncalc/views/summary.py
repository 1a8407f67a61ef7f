"""The summary of one network: a row for each layer, and the totals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..analysis import Step, Trace
from ..layers import InputLayer
from ..layers.unknown import Unknown
from .columns import AT_LEAST, COLUMNS, SUMMED, Row, bound, chosen, left_out, rows, weight_bits
from .formats import written
from .report import Column, Legend, Notes, Part, Records, Report, Table, Terminal
from .shown import number_text

#: The formats beyond those of every table: the text of `model.summary()` in these releases of Keras.
KERAS_FORMATS = ("keras3", "keras2", "keras2.13")
#: The columns of a terminal that cuts nothing.
WIDE = 1_000
#: The columns that JSON always has.
STANDARD = ("name", "type", "inputs", "output_shape", "weights", "params", "trainable_params",
            "non_trainable_params")
#: Levels of nested models, where all of them are shown.
ALL_LEVELS = 1_000


def report(trace: Trace, columns: str | None = None, batch: int | None = None, depth: int = 0, show_trainable: bool = False,
           width: int | None = None, failed: bool = False, fold: bool = False) -> Report:
    """One network's summary; SpecError for an unknown column.

    `depth` is the number of levels of nested models whose layers are shown; with `fold`, repeated blocks
    are shown once. `failed` networks have no totals.
    """
    batch = batch or declared_batch(trace)
    picked = chosen(columns, (*default_columns(trace), *["trainable"] * show_trainable))
    named = chosen(columns, ()) if columns else None

    def parts() -> list[Part]:
        return _parts(trace, picked, batch, depth, failed, fold, fixed=columns is not None and not columns.strip().startswith("+"))

    def records() -> Records:
        bounded = bound(picked, trace)
        return Records([c.key for c in picked], [_plain_row(row, bounded, batch) for row in shown_rows(trace, depth)])

    return Report(trace.graph.name, lambda: summary_dict(trace, named, batch), parts, records,
                  _keras_writers(trace, width, depth > 0, show_trainable))


def declared_batch(trace: Trace) -> int | None:
    """The batch size that all inputs of a network declare; None if some leave it open."""
    sizes = {step.node.layer.batch_size for step in trace.steps if type(step.node.layer) is InputLayer and step.node in trace.graph.inputs}
    return sizes.pop() if len(sizes) == 1 else None


def summary_text(trace: Trace, format: str = "table", terminal: Terminal | None = None, **options: Any) -> str:
    """One network's summary in a format; the options are those of `report`."""
    return written([report(trace, **options)], format, terminal)


def _keras_writers(trace: Trace, width: int | None, expand_nested: bool,
                   show_trainable: bool) -> dict[str, Callable[[Terminal], str]]:
    def keras3(terminal: Terminal) -> str:
        from .keras_text import keras3

        room = None if width is None else max(WIDE, 4 * width)  # a width that is asked for is not cut at the terminal's
        return keras3(trace, width, expand_nested, show_trainable, room, terminal.unicode)

    def keras2(style: str) -> Callable[[Terminal], str]:
        def write(terminal: Terminal) -> str:
            from .keras_text import keras2

            return keras2(trace, width, style, expand_nested, show_trainable)

        return write

    return dict(zip(KERAS_FORMATS, (keras3, keras2("2.3"), keras2("2.13"))))


# As data.


def summary_dict(trace: Trace, columns: list[Column] | None = None, batch: int | None = None) -> dict[str, Any]:
    """The summary as plain data; the schema's fields are only ever added to."""
    more = bound([c for c in columns or () if c.key not in STANDARD], trace)
    standard = [COLUMNS[key] for key in STANDARD]
    return {
        "schema": "cnncalc/summary/1",
        "name": trace.graph.name,
        "inputs": [{"name": step.name, "shape": [batch, *step.node.layer.shape]} for step in trace.steps
                   if type(step.node.layer) is InputLayer],
        "layers": _layers(trace, [*standard, *more], batch),
        **({"operations": beside} if (beside := _layers(trace, [*standard, *more], batch, False)) else {}),
        "params": trace.params,
        "trainable_params": trace.trainable_params,
        "non_trainable_params": trace.non_trainable_params,
        "notes": all_notes(trace),
        **({"at_least": True} if trace.at_least else {}),
    }


def _layers(trace: Trace, columns: list[Column], batch: int | None, layers: bool = True) -> list[dict[str, object]]:
    """The rows of the layers; or of operations and further calls, where the graph tells them apart."""
    found = []
    for step in trace.steps:
        if step.error is not None:
            break
        if left_out(trace, step):
            continue
        if layers == (trace.graph.layers_only and (step.shared or step.node.on_tensors)):
            continue
        if type(step.node.layer) is InputLayer:
            continue
        row = {column.key: column.value(step, batch) for column in columns}
        if type(step.node.layer) is Unknown:
            row["unknown"] = True
        if step.source is not None:
            row["output_source"] = step.source
        if step.at_least:
            row["at_least"] = True
        if step.notes:
            row["notes"] = list(step.notes)
        if step.shared:
            row["shared_with"] = step.node.keras_name
        if trace.graph.framework == "pytorch":
            row["shared"] = step.shared
        if _unused(step):
            row["unused"] = True
        if step.inner is not None and not step.shared:
            row["layers"] = _layers(step.inner, columns, batch)
        found.append(row)
    return found


def _unused(step: Step) -> bool:
    """Whether no output depends on a step, or its module is never called."""
    return not step.used or (step.node.layer is not None and step.node.layer.unused)


def all_notes(trace: Trace) -> list[str]:
    """The notes of all layers, each with its layer; unused layers last."""
    found = []
    for step, _ in rows(trace, ALL_LEVELS):
        found += [f"{step.name}: {note}" for note in step.notes]
    unused = [step.name for step in trace.steps if not step.used]
    if unused:
        names = ", ".join(unused[:8]) + (", ..." if len(unused) > 8 else "")
        found.append(f"{names}: no output depends on it; left out of the totals, as in Keras")
    return found


def _plain_row(row: Row, columns: list[Column], batch: int | None) -> list[object]:
    out: list[object] = []
    for column in columns:
        value = column.value(row[0], batch)
        out.append(value if isinstance(value, (int, str)) and not isinstance(value, bool) else column.text(value))
    return out


# As a table.


def default_columns(trace: Trace) -> tuple[str, ...]:
    """The columns unless others are requested; connections only where there is a choice."""
    plain = ("name", "type", "output_shape", "params")
    return plain if trace.graph.sequential or _is_chain(trace) else (*plain, "inputs")


def _is_chain(trace: Trace) -> bool:
    from ..graph import chained

    return chained(trace.graph.nodes)


def shown_rows(trace: Trace, depth: int) -> list[Row]:
    """The rows up to the first layer that could not be computed, that one included."""
    found = []
    for row in rows(trace, depth):
        found.append(row)
        if row[0].error is not None and (row[0].partial is None or not depth):
            break
    return found


def _parts(trace: Trace, picked: list[Column], batch: int | None, depth: int, failed: bool, fold: bool,
           fixed: bool) -> list[Part]:
    columns = bound(picked, trace)
    shown = shown_rows(trace, depth)
    body, styles = [_cells(row, columns, batch) for row in shown], [_style(row) for row in shown]
    if fold:
        from .fold import folded_rows

        body, styles = folded_rows(shown, columns, body, styles, batch)
    total = not failed and any([c.key in SUMMED for c in columns])
    if total:
        body.append(sums(trace, columns, batch))
    notes = [f"note: {note}" for note in bounded(all_notes(trace))]
    if any([step.source is not None for step, _ in shown]):
        notes.insert(0, "?: not computed, but stated by the file, assumed or unknown")
    if batch is not None:
        notes.insert(0, f"per batch of {batch}")
    return [Table(columns, body, trace.graph.name, styles, total, fixed), Notes([] if failed else total_lines(trace)),
            Notes(notes, tight=not failed), Legend(columns, tight=not failed or bool(notes))]


def _cells(row: Row, columns: list[Column], batch: int | None) -> list[str]:
    step, depth = row
    cells = [column.text(column.value(step, batch)) for column in columns]
    if step.shared:
        cells = [text if c.key != "params" else f"{text} (shared)" for text, c in zip(cells, columns)]
    cells[0] = nested_name(cells[0], depth) + " (unused)" * _unused(step)
    return cells


def nested_name(name: str, depth: int) -> str:
    """A name, indented below the model that contains it."""
    return "   " * depth + "└ " + name if depth else name


def bounded(notes: list[str], most: int = 12) -> list[str]:
    """Notes that a reader can take in."""
    return notes if len(notes) <= most else [*notes[:most], f"{len(notes) - most} more; --format json lists all"]


def _style(row: Row) -> str | None:
    if row[0].error is not None:
        return "red"
    return "dim" if _unused(row[0]) or row[0].shared else None


def sums(trace: Trace, columns: list[Column], batch: int | None) -> list[str]:
    """The last row of a table: the sum of each column that has one."""
    out = []
    for column in columns:
        if column.key not in SUMMED:
            out.append("")
            continue
        values = [column.value(step, batch) for step in trace.steps if step.used and step.error is None]
        if column.key in AT_LEAST and trace.at_least:
            out.append("at least " + number_text(sum(v for v in values if isinstance(v, int))))
        elif None in values and column.text(None):
            out.append(column.text(None))  # every layer has such a number, and one of them is unknown
        else:
            out.append(number_text(sum(v for v in values if isinstance(v, int))))
    out[0] = "total"
    return out


def bytes_text(bits: int) -> str:
    """Bytes in units of 1024, named as such."""
    amount = bits / 8
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} B" if unit == "B" else f"{amount:.2f} {unit}"
        amount /= 1024
    return f"{amount:.2f} TiB"


def total_lines(trace: Trace) -> list[str]:
    """The totals under a table, with the bytes of the weights."""
    steps = [step for step in trace.steps if step.used]
    trainable = sum(weight_bits(step, True) for step in steps)
    frozen = sum(weight_bits(step, False) for step in steps)
    least = "at least " if trace.at_least else ""
    return [
        f"Total params: {least}{trace.params:,} ({bytes_text(trainable + frozen)})",
        f"Trainable params: {least}{trace.trainable_params:,} ({bytes_text(trainable)})",
        f"Non-trainable params: {least}{trace.non_trainable_params:,} ({bytes_text(frozen)})",
    ]


def summary_html(trace: Trace) -> str:
    """The table as notebooks show it."""
    from .html import fragment

    return fragment([report(trace)])
