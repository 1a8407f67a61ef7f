"""A result before it is written: data for programs, parts for people.

A view returns a `Report`; `formats.py` writes it in every format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple


class Terminal:
    """Where a result is shown: its width, colors, line drawing, and whether every term is explained."""

    __slots__ = ("color", "terms", "unicode", "width")

    def __init__(self, width: int = 10_000, color: bool = False, unicode: bool = True, terms: bool = False):
        self.width, self.color, self.unicode, self.terms = width, color, unicode, terms


class Column:
    """A column of a table.

    `value` takes the parts of a row and gives what CSV and JSON hold; `text` is how a table shows that.
    `meaning` is the column's line in the legend, `brief` what is said of it without being asked. A narrow
    terminal leaves columns out in the order of `drop`; those with 0 always stay.
    """

    __slots__ = ("brief", "drop", "key", "meaning", "right", "text", "title", "value")

    def __init__(self, key: str, title: str, value: Callable[..., object] | None = None, text: Callable[[Any], str] = str,
                 right: bool = False, meaning: str = "", drop: int = 0, brief: str = ""):
        self.key, self.title, self.text, self.right = key, title, text, right
        self.value: Callable[..., object] = value or (lambda row: row[key])
        self.meaning, self.drop, self.brief = meaning, drop, brief

    def replaced(self, **parts: object) -> Column:
        """The same column with other parts."""
        return Column(**{**{name: getattr(self, name) for name in self.__slots__}, **parts})

    def cell(self, *row: object) -> str:
        return self.text(self.value(*row))


#: Nothing, in any unit.
_ZERO = re.compile(r"0(?:\.0+)?(?:%| [kMG]?i?B)?")


def dim_zero(cell: str) -> str | None:
    """The style of a number: zeros are dim."""
    return "dim" if cell[:1] == "0" and _ZERO.fullmatch(cell) else None


class Part:
    """One piece of a report. `tight` parts follow the one before without a blank line."""

    tight = False

    def written(self, writer: Writer) -> str:
        raise NotImplementedError


class Table(Part):
    """Rows of texts under columns.

    `styles` has the style of each row, and `style` gives that of a single cell. With `total` the last
    row is the sum of the others. `fixed` columns were requested, so that no terminal leaves them out.
    """

    def __init__(self, columns: Sequence[Column], body: list[list[str]], name: str = "", styles: Sequence[str | None] = (),
                 total: bool = False, fixed: bool = False, style: Callable[[str], str | None] | None = None):
        self.columns, self.body, self.name, self.styles = columns, body, name, styles
        self.total, self.fixed, self.style = total, fixed, style or dim_zero

    @classmethod
    def of(cls, columns: Sequence[Column], rows: Iterable[object], name: str = "", **options: Any) -> Table:
        """A table whose cells are the columns' texts of each row."""
        return cls(columns, [[column.cell(row) for column in columns] for row in rows], name, **options)

    def written(self, writer: Writer) -> str:
        return writer.table(self)


class Heading(Part):
    """A title; level 1 is the whole report's."""

    def __init__(self, text: str, level: int = 2):
        self.text, self.level = text, level

    def written(self, writer: Writer) -> str:
        return writer.heading(self)


class Lines(Part):
    """Lines of text, which terminals wrap between words, `hang` characters further in.

    Lists are `widest` at most, in a pipe too.
    """

    def __init__(self, lines: Sequence[str], style: str | None = None, hang: int = 2, tight: bool = False,
                 widest: int | None = None):
        self.lines, self.style, self.hang, self.tight, self.widest = lines, style, hang, tight, widest

    def written(self, writer: Writer) -> str:
        return writer.lines(self)


class Notes(Lines):
    """Lines below a table that Markdown and LaTeX, which want only the table, leave out."""

    def written(self, writer: Writer) -> str:
        return writer.notes(self)


class Legend(Part):
    """What numbers count: in one line, or, if terms are to be explained, a line for every column and convention."""

    def __init__(self, columns: Sequence[Column] = (), conventions: Sequence[str] = (), brief: str = "", tight: bool = False):
        self.columns, self.conventions, self.tight = columns, conventions, tight
        self.brief = "; ".join([text for text in (brief, *[c.brief for c in columns]) if text])

    def lines(self, terms: bool) -> list[str]:
        if not terms:
            return [self.brief] if self.brief else []
        meanings = [f"{c.title}: {c.meaning}" for c in self.columns if c.title and c.meaning]
        return list(dict.fromkeys([*meanings, *self.conventions]))

    def written(self, writer: Writer) -> str:
        return writer.legend(self)


class Formula(NamedTuple):
    """A line of a working: where it belongs, the formula, and words after it or instead of it."""

    part: str
    formula: str
    words: str = ""

    def __str__(self) -> str:
        return " ".join([text for text in (self.formula, self.words) if text])


class Working(Part):
    """The formulas of one layer under its heading, its settings above and remarks below."""

    def __init__(self, heading: str, formulas: Sequence[Formula], settings: Sequence[str] = (), remarks: Sequence[str] = ()):
        self.heading, self.formulas, self.settings, self.remarks = heading, formulas, settings, remarks

    def written(self, writer: Writer) -> str:
        return writer.working(self)


class Picture(Part):
    """Characters that must stay where they are; `drawn(width, unicode)` gives the lines."""

    def __init__(self, drawn: Callable[[int, bool], list[str]], terminal_only: bool = False, tight: bool = False):
        self.drawn, self.terminal_only, self.tight = drawn, terminal_only, tight

    def written(self, writer: Writer) -> str:
        return writer.picture(self)


class Records(NamedTuple):
    """What CSV and TSV hold: the keys in the first line, and rows of values."""

    keys: list[str]
    rows: list[list[Any]]


class Report:
    """One result. Each form is computed when a format asks for it.

    `data()` is what JSON holds, `records()` what CSV and TSV hold, `parts()` what all others show;
    `others` has the writers of formats that only this command knows.
    """

    def __init__(self, name: str, data: Callable[[], Any], parts: Callable[[], Sequence[Part]],
                 records: Callable[[], Records] | None = None,
                 others: dict[str, Callable[[Terminal], str]] | None = None):
        self.name, self.data, self.parts, self.records = name, data, parts, records
        self.others = others or {}


def failed_report(kind: str, name: str, error: dict[str, object], found: Report | None = None) -> Report:
    """The report of a network that cannot be computed: what there is up to the error, which JSON has too."""
    if found is None:
        rows: dict[str, object] = {} if kind != "summary" else {"inputs": [], "layers": []}
        return Report(name, lambda: {"schema": f"cnncalc/{kind}/1", "name": name, **rows, "error": error}, list)
    return Report(found.name, lambda: {**found.data(), "error": error}, found.parts, found.records, found.others)


class Writer:
    """Writes reports part by part; each format has its own way with a part."""

    def __init__(self, terminal: Terminal, several: bool = False):
        self.terminal, self.several = terminal, several

    def reports(self, reports: Sequence[Report]) -> str:
        return "\n".join([self.report(report) for report in reports])

    def report(self, report: Report) -> str:
        """The texts of all parts, a blank line between two unless the second is tight."""
        out = ""
        for part in report.parts():
            text = part.written(self)
            if text:
                out += ("\n" if out and not part.tight else "") + text
        return out

    def table(self, table: Table) -> str:
        raise NotImplementedError

    def heading(self, heading: Heading) -> str:
        raise NotImplementedError

    def lines(self, lines: Lines) -> str:
        raise NotImplementedError

    def working(self, working: Working) -> str:
        raise NotImplementedError

    def picture(self, picture: Picture) -> str:
        raise NotImplementedError

    def notes(self, notes: Notes) -> str:
        return ""

    def legend(self, legend: Legend) -> str:
        return self.lines(Lines(legend.lines(True))) if self.terminal.terms else ""
