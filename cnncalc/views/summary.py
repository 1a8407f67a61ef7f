"""What `cnncalc summary` says of one network, in each of its formats."""

from __future__ import annotations

from typing import Any

from ..analysis import Trace
from .columns import SUMMED, Column, Row, bound, chosen, number_text, rows, weight_bits
from .table import drawn
from .text import all_notes, cells, csv_text, json_text, latex_text, markdown_text, summary_dict

__all__ = ["FORMATS", "Terminal", "bytes_text", "json_text", "summary_html", "summary_text"]

FORMATS = ("table", "json", "csv", "markdown", "latex", "keras3", "keras2", "keras2.13")


def default_columns(trace: Trace) -> tuple[str, ...]:
    """What a table shows unless told otherwise; connections only where there is a choice."""
    plain = ("name", "type", "output_shape", "params")
    return plain if trace.graph.sequential or _is_chain(trace) else (*plain, "inputs")


def _is_chain(trace: Trace) -> bool:
    from ..graph import chained

    return chained(trace.graph.nodes)


def shown_rows(trace: Trace, expand: bool) -> list[Row]:
    """The rows up to the first layer that could not be computed, that one included."""
    found = []
    for row in rows(trace, expand):
        found.append(row)
        if row[0].error is not None and (row[0].partial is None or not expand):
            break
    return found


class Terminal:
    """Where a table is shown: how wide, in colour or not, and whether it has line drawing."""

    __slots__ = ("color", "unicode", "width")

    def __init__(self, width: int, color: bool, unicode: bool):
        self.width, self.color, self.unicode = width, color, unicode


def bytes_text(bits: int) -> str:
    """Bytes in units of 1024, named as such."""
    amount = bits / 8
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} B" if unit == "B" else f"{amount:.2f} {unit}"
        amount /= 1024
    return f"{amount:.2f} TiB"


def total_lines(trace: Trace) -> list[str]:
    """The totals under a table, with the bytes that the weights take."""
    steps = [step for step in trace.steps if step.used]
    trainable = sum(weight_bits(step, True) for step in steps)
    frozen = sum(weight_bits(step, False) for step in steps)
    return [
        f"Total params: {trace.params:,} ({bytes_text(trainable + frozen)})",
        f"Trainable params: {trace.trainable_params:,} ({bytes_text(trainable)})",
        f"Non-trainable params: {trace.non_trainable_params:,} ({bytes_text(frozen)})",
    ]


def sums(trace: Trace, columns: list[Column], batch: int | None) -> list[str]:
    """The last row of a table: the sum of each column that has one."""
    out = []
    for column in columns:
        if column.key not in SUMMED:
            out.append("")
            continue
        values = [column.value(step, batch) for step in trace.steps if step.used and step.error is None]
        if None in values and column.text(None):
            out.append(column.text(None))  # a number that each layer has, and this one is not known
        else:
            out.append(number_text(sum(v for v in values if v is not None)))
    out[0] = "total"
    return out


def summary_text(trace: Trace, format: str = "table", columns: str | None = None, batch: int | None = None,
                 expand_nested: bool = False, show_trainable: bool = False, width: int | None = None,
                 terminal: Any = None, failed: bool = False) -> str:
    """One network in one format, ready to be written.

    `terminal` is the console that a table is for; without one it is as wide as it needs.
    """
    if format == "json":
        return json_text(summary_dict(trace, chosen(columns, ()) if columns else None, batch))
    if format.startswith("keras"):
        from . import keras_text

        if format == "keras3":
            return keras_text.keras3(trace, width, expand_nested, show_trainable,
                                     unicode=terminal is None or terminal.unicode)
        style = "2.13" if format == "keras2.13" else "2.3"
        return keras_text.keras2(trace, width, style, expand_nested, show_trainable)
    default = default_columns(trace)
    if show_trainable:
        default = (*default, "trainable")
    picked = bound(chosen(columns, default), trace)
    table = shown_rows(trace, expand_nested)
    if format == "csv":
        return csv_text([c.key for c in picked], [_csv_row(row, picked, batch) for row in table])
    body = cells(table, picked, batch)
    titles, right = [c.title for c in picked], [c.right for c in picked]
    if not failed and any(c.key in SUMMED for c in picked):
        body.append(sums(trace, picked, batch))
    if format == "markdown":
        return markdown_text(titles, body, right)
    if format == "latex":
        return latex_text(titles, body, right)
    notes = [] if failed else total_lines(trace)
    notes += [c.convention for c in picked if c.convention]
    if batch is not None:
        notes.append(f"per batch of {batch}")
    notes += [f"note: {note}" for note in _bounded(all_notes(trace))]
    return drawn(trace.graph.name, titles, body, right, notes, [_style(row) for row in table], terminal, width)


def _bounded(notes: list[str], most: int = 12) -> list[str]:
    return notes if len(notes) <= most else [*notes[:most], f"{len(notes) - most} more; --format json has them all"]


def _style(row: Row) -> str | None:
    if row[0].error is not None:
        return "red"
    return "dim" if not row[0].used or row[0].shared else None


def _csv_row(row: Row, columns: list[Column], batch: int | None) -> list[Any]:
    out = []
    for column in columns:
        value = column.value(row[0], batch)
        out.append(value if isinstance(value, (int, str)) and not isinstance(value, bool) else column.text(value))
    return out


def summary_html(trace: Trace) -> str:
    """The table as HTML, as notebooks show it."""
    from html import escape

    picked = chosen(None, default_columns(trace))
    head = "".join(f"<th style='text-align:{'right' if c.right else 'left'}'>{escape(c.title)}</th>" for c in picked)
    body = []
    for row in cells(shown_rows(trace, False), picked, None):
        body.append("<tr>" + "".join(
            f"<td style='text-align:{'right' if c.right else 'left'}'>{escape(cell)}</td>" for c, cell in zip(picked, row)
        ) + "</tr>")
    totals = "<br>".join(map(escape, total_lines(trace)))
    return (f"<table><caption style='text-align:left'><b>{escape(trace.graph.name)}</b></caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table><p>{totals}</p>")  # fmt: skip
