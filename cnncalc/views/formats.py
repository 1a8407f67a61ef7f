"""The formats of results. A new format is one function or writer, and one entry below."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .report import Formula, Heading, Legend, Lines, Notes, Picture, Records, Report, Table, Terminal, Working, Writer
from .text import csv_text, folded, json_text


class Text(Writer):
    """Tables and lines for a terminal of some width, or for a pipe."""

    def table(self, table: Table) -> str:
        from .table import table_lines

        return "\n".join(table_lines(table, self.terminal)) + "\n"

    def heading(self, heading: Heading) -> str:
        return self.styled(folded([heading.text], self.terminal, 4), "bold")

    def lines(self, lines: Lines) -> str:
        room = min(self.terminal.width, lines.widest or self.terminal.width)
        return self.styled(folded(lines.lines, room, lines.hang), lines.style)

    def notes(self, notes: Notes) -> str:
        return self.lines(notes)

    def legend(self, legend: Legend) -> str:
        return self.styled(folded(legend.lines(self.terminal.terms), self.terminal), "dim")

    def styled(self, lines: list[str], style: str | None) -> str:
        if not lines:
            return ""
        if style and self.terminal.color:
            from .table import painted

            lines = [painted(line, style) if line else line for line in lines]
        return "\n".join(lines) + "\n"

    def working(self, working: Working) -> str:
        lines, part = [], ""
        wide = 8 if any([formula.part for formula in working.formulas]) else 0
        if working.settings:
            lines.append("  " + ", ".join(working.settings))
        for formula in working.formulas:
            own = formula.part if formula.part != part else ""
            lines += folded([f"  {own:<{wide}} {formula}"], self.terminal, wide + 3 if own else 2)
            part = formula.part
        lines += [f"  {remark}" for remark in working.remarks]
        return self.heading(Heading(working.heading)) + self.styled(folded(lines, self.terminal), None)

    def picture(self, picture: Picture) -> str:
        return "\n".join(picture.drawn(min(self.terminal.width, 100), self.terminal.unicode)) + "\n"


class Markdown(Writer):
    """GitHub's Markdown: tables, headings and formulas between dollar signs."""

    def report(self, report: Report) -> str:
        self.name = report.name
        text = super().report(report)
        return f"## {_md(report.name)}\n\n{text}" if self.several else text

    def table(self, table: Table) -> str:
        from .text import markdown_text

        heading = f"### {_md(table.name)}\n\n" if table.name not in ("", self.name) else ""
        return heading + markdown_text([c.title for c in table.columns], table.body, [c.right for c in table.columns])

    def heading(self, heading: Heading) -> str:
        return f"{'#' * heading.level} {_md(heading.text)}\n"

    def lines(self, lines: Lines) -> str:
        mark = "- " if len(lines.lines) > 1 else ""
        return "".join([f"{mark}{_md(line.strip())}\n" for line in lines.lines])

    def working(self, working: Working) -> str:
        from .tex import math, prose, setting

        out = [f"## {prose(working.heading, _md)}\n"]
        if working.settings:
            out.append(", ".join([setting(text, _md) for text in working.settings]) + "\n")
        out.append("".join([f"- {_formula(f, math, lambda text: prose(text, _md))}\n" for f in working.formulas]))
        if working.remarks:
            out.append("".join([f"{_md(remark)}\n" for remark in working.remarks]))
        return "\n".join([text for text in out if text])

    def picture(self, picture: Picture) -> str:
        return "" if picture.terminal_only else "```\n" + "\n".join(picture.drawn(80, True)) + "\n```\n"


def _formula(formula: Formula, math: Callable[[str], str], prose: Callable[[str], str]) -> str:
    parts = [f"${math(formula.formula)}$"] if formula.formula else []
    return " ".join([*parts, *([prose(formula.words)] if formula.words else [])])


def _md(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|#$])", r"\\\1", text)


def _json(reports: Sequence[Report], terminal: Terminal, several: bool) -> str:
    found = [report.data() for report in reports]
    return json_text(found if several else found[0])


def _records(reports: Sequence[Report], several: bool) -> Records:
    """The rows of all reports, under the network's name where there are several."""
    keys: list[str] = []
    rows = []
    for report in reports:
        assert report.records is not None
        found = report.records()
        # Networks may have different columns: a chain has no connections.
        keys += [key for key in found.keys if key not in keys]
        places = [keys.index(key) for key in found.keys]
        for row in found.rows:
            cells = [""] * len(keys)
            for place, cell in zip(places, row):
                cells[place] = cell
            rows.append([report.name, *cells] if several else cells)
    return Records([*(["network"] if several else []), *keys], [row + [""] * (len(keys) + several - len(row)) for row in rows])


def _csv(reports: Sequence[Report], terminal: Terminal, several: bool) -> str:
    return csv_text(*_records(reports, several))


def _tsv(reports: Sequence[Report], terminal: Terminal, several: bool) -> str:
    return csv_text(*_records(reports, several), delimiter="\t")


def _text(reports: Sequence[Report], terminal: Terminal, several: bool) -> str:
    return Text(terminal, several).reports(reports)


def _markdown(reports: Sequence[Report], terminal: Terminal, several: bool) -> str:
    return Markdown(terminal, several).reports(reports)


def _latex(reports: Sequence[Report], terminal: Terminal, several: bool) -> str:
    from .tex import Latex

    return Latex(terminal, several).reports(reports)


def _html(reports: Sequence[Report], terminal: Terminal, several: bool) -> str:
    from .html import page

    return page(reports, terminal)


class Format(NamedTuple):
    """How a format is written, the file endings that mean it, and whether it holds nothing but rows."""

    write: Callable[[Sequence[Report], Terminal, bool], str]
    endings: tuple[str, ...]
    rows: bool = False


#: Every format, in the order of `--help`. A command without tables calls the first one `text`.
FORMATS = {
    "table": Format(_text, (".txt",)),
    "text": Format(_text, (".txt",)),
    "json": Format(_json, (".json",)),
    "csv": Format(_csv, (".csv",), rows=True),
    "tsv": Format(_tsv, (".tsv",), rows=True),
    "markdown": Format(_markdown, (".md", ".markdown")),
    "latex": Format(_latex, (".tex",)),
    "html": Format(_html, (".html", ".htm")),
}
#: The formats of a result that has a table, and of one that has only text.
TABLE_FORMATS = tuple([name for name in FORMATS if name != "text"])
TEXT_FORMATS = tuple([name for name, format in FORMATS.items() if name != "table" and not format.rows])


def written(reports: Sequence[Report], format: str, terminal: Terminal | None = None, several: bool | None = None) -> str:
    """The reports in a format; `several` networks are told apart even if only one of them could be computed."""
    terminal = terminal or Terminal()
    if reports and format in reports[0].others:
        return "\n".join([report.others[format](terminal) for report in reports])
    return FORMATS[format].write(reports, terminal, len(reports) > 1 if several is None else several)
