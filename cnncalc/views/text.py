"""Formats without a library of tables: JSON, CSV, Markdown, LaTeX."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from ..analysis import Trace
from ..layers import InputLayer
from .columns import COLUMNS, Column, Row, bound, rows

STANDARD = ("name", "type", "inputs", "output_shape", "weights", "params", "trainable_params",
            "non_trainable_params")  # fmt: skip


def summary_dict(trace: Trace, columns: list[Column] | None = None, batch: int | None = None) -> dict[str, Any]:
    """The summary as plain data; the schema's fields are only ever added to."""
    more = bound([c for c in columns or () if c.key not in STANDARD], trace)
    standard = [COLUMNS[key] for key in STANDARD]
    return {
        "schema": "cnncalc/summary/1",
        "name": trace.graph.name,
        "inputs": [{"name": node.name, "shape": [batch, *node.layer.shape]} for node in _inputs(trace)],
        "layers": _layers(trace, [*standard, *more], batch),
        "params": trace.params,
        "trainable_params": trace.trainable_params,
        "non_trainable_params": trace.non_trainable_params,
        "notes": all_notes(trace),
    }


def _inputs(trace: Trace) -> list[Any]:
    return [step.node for step in trace.steps if type(step.node.layer) is InputLayer]


def _layers(trace: Trace, columns: list[Column], batch: int | None) -> list[dict[str, Any]]:
    found = []
    for step in trace.steps:
        if step.error is not None:
            break
        if type(step.node.layer) is InputLayer:
            continue
        row = {column.key: column.value(step, batch) for column in columns}
        if step.notes:
            row["notes"] = list(step.notes)
        if step.shared:
            row["shared_with"] = step.node.keras_name
        if not step.used:
            row["unused"] = True
        if step.inner is not None and not step.shared:
            row["layers"] = _layers(step.inner, columns, batch)
        found.append(row)
    return found


def all_notes(trace: Trace) -> list[str]:
    """The notes of all layers, each with its layer; those that lead nowhere last."""
    found = []
    for step, _ in rows(trace, expand=True):
        found += [f"{step.name}: {note}" for note in step.notes]
    unused = [step.name for step in trace.steps if not step.used]
    if unused:
        names = ", ".join(unused[:8]) + (", ..." if len(unused) > 8 else "")
        found.append(f"{names}: no output depends on it; left out of the totals, as Keras leaves it out")
    return found


def cells(table: list[Row], columns: list[Column], batch: int | None) -> list[list[str]]:
    """The table's text, a list of cells for each row."""
    out = []
    for step, depth in table:
        row = [column.text(column.value(step, batch)) for column in columns]
        if depth:
            row[0] = "   " * depth + "└ " + row[0]
        if step.shared:
            row = [text if c.key != "params" else f"{text} (shared)" for text, c in zip(row, columns)]
        if not step.used:
            row[0] += " (unused)"
        out.append(row)
    return out


def json_text(data: Any) -> str:
    """JSON in which what is short stands on one line."""
    return _json(data, "") + "\n"


def _json(data: Any, indent: str, room: int = 110) -> str:
    if isinstance(data, str):
        return _quoted(data)
    if data is None or data is True or data is False:
        return "null" if data is None else "true" if data else "false"
    if isinstance(data, int):
        return int.__repr__(data)
    if isinstance(data, float):
        return repr(data) if data - data == 0 else "null"  # JSON has no infinity
    deeper = indent + " "
    if isinstance(data, dict):
        begin, end = "{", "}"
        parts = [f"{_quoted(str(key))}: {_json(item, deeper)}" for key, item in data.items()]
    else:
        begin, end = "[", "]"
        parts = [_json(item, deeper) for item in data]
    line = ", ".join(parts)
    if len(line) + len(indent) + 2 <= room and "\n" not in line:
        return begin + line + end
    return begin + "\n" + deeper + (",\n" + deeper).join(parts) + "\n" + indent + end


@lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    import json

    return json.dumps(text, ensure_ascii=False)


def csv_text(titles: list[str], body: list[list[Any]]) -> str:
    """Comma-separated values, as spreadsheets read them."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(titles)
    writer.writerows([_harmless(cell) for cell in row] for row in body)
    return out.getvalue()


def _harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if (isinstance(cell, str) and cell[:1] in ("=", "+", "@", "\t", "\r")) or (
        isinstance(cell, str) and cell[:1] == "-" and len(cell) > 1
    ):
        return "'" + cell
    return cell


def folded(lines: Iterable[str], room: Any, hang: int = 2) -> list[str]:
    """Lines of text that fit a width or a terminal, broken between words; what follows hangs that much farther in."""
    width = getattr(room, "width", room) or 10_000
    found = []
    for line in lines:
        if len(line) <= width or "\n" in line:
            found.append(line)
            continue
        indent = " " * (len(line) - len(line.lstrip(" ")))
        now, fresh = indent, True
        for word in line[len(indent):].split(" "):
            if not fresh and word and len(now) + 1 + len(word) > width:
                found.append(now.rstrip())
                now, fresh = indent + " " * hang, True
            now += word if fresh else " " + word
            fresh = False
        found.append(now)
    return found


def markdown_text(titles: list[str], body: list[list[str]], right: list[bool]) -> str:
    """A table of GitHub's Markdown."""
    def line(row: list[str]) -> str:
        return "| " + " | ".join(cell.replace("\\", "\\\\").replace("|", "\\|") for cell in row) + " |\n"

    rule = "| " + " | ".join("---:" if r else "---" for r in right) + " |\n"
    return line(titles) + rule + "".join(map(line, body))


_TEX = {"\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{",
        "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "└": r"$\llcorner$"}  # fmt: skip


def latex_text(titles: list[str], body: list[list[str]], right: list[bool]) -> str:
    """A `tabular` of LaTeX, to be put into a table."""
    def line(row: list[str]) -> str:
        return "  " + " & ".join("".join(_TEX.get(c, c) for c in cell) for cell in row) + r" \\" + "\n"

    form = "".join("r" if r else "l" for r in right)
    return (f"\\begin{{tabular}}{{{form}}}\n  \\hline\n" + line(titles) + "  \\hline\n"
            + "".join(map(line, body)) + "  \\hline\n\\end{tabular}\n")  # fmt: skip
