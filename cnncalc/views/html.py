"""HTML: a page for a browser, or a fragment for a notebook. Everything from a file is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .report import Heading, Legend, Lines, Notes, Picture, Report, Table, Terminal, Working, Writer

#: Text and background are the page's own, light or dark; the three colors are readable on both.
STYLE = """\
.cnncalc {font: 14px/1.5 system-ui, sans-serif; overflow-x: auto}
.cnncalc table {border-collapse: collapse; margin: .6em 0; color: inherit; font: inherit}
.cnncalc h1 {font-size: 1.25em; margin: .6em 0}
.cnncalc h2, .cnncalc h3 {font-size: 1em; margin: .8em 0 .3em}
.cnncalc caption {text-align: left; font-weight: 600; padding: .2em 0}
.cnncalc th, .cnncalc td {padding: .15em .8em .15em 0; text-align: left; vertical-align: top; background: none; white-space: nowrap}
.cnncalc td.long {white-space: normal; min-width: 20em}
.cnncalc thead th {border-bottom: 1px solid currentColor; font-weight: 600}
.cnncalc .n {text-align: right; font-variant-numeric: tabular-nums}
.cnncalc .total td {border-top: 1px solid currentColor; font-weight: 600}
.cnncalc .dim {opacity: .65}
.cnncalc .bold {font-weight: 600}
.cnncalc .red {color: #d13b30}
.cnncalc .green {color: #2e8b57}
.cnncalc .magenta {color: #b5489f}
.cnncalc pre {font: 13px/1.2 monospace; overflow-x: auto}
.cnncalc p {margin: .4em 0; max-width: 60em}
.cnncalc ul {margin: .3em 0; padding-left: 1.4em}
"""
#: Letters of a cell that may be broken between its words; numbers, shapes and names are not.
LONG = 45


def page(reports: Sequence[Report], terminal: Terminal) -> str:
    """A whole document, light or dark as the browser prefers."""
    title = ", ".join([report.name for report in reports])
    return (f"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{escape(title)}</title>\n"
            f"<style>\n:root {{color-scheme: light dark}}\nbody {{margin: 2em}}\n</style>\n</head>\n<body>\n"
            f"{fragment(reports, terminal)}</body>\n</html>\n")


def fragment(reports: Sequence[Report], terminal: Terminal | None = None) -> str:
    """The reports as a `div`, for a page or a notebook."""
    body = "".join([Html(terminal or Terminal()).report(report) for report in reports])
    return f'<div class="cnncalc">\n<style>\n{STYLE}</style>\n{body}</div>\n'


class Html(Writer):
    """The parts of reports as elements."""

    def table(self, table: Table) -> str:
        numbers = [' class="n"' if column.right else "" for column in table.columns]
        head = "".join([f"<th{n}{_title(c.meaning)}>{escape(c.title)}</th>" for c, n in zip(table.columns, numbers)])
        rows = []
        for i, row in enumerate(table.body):
            style = table.styles[i] if i < len(table.styles) else None
            words = ["total"] if table.total and i == len(table.body) - 1 else [style] if style else []
            cells = "".join([f"<td{n or _class(*['long'] * (len(cell) > LONG))}>{escape(cell)}</td>" for cell, n in zip(row, numbers)])
            rows.append(f"<tr{_class(*words)}>{cells}</tr>\n")
        caption = f"<caption>{escape(table.name)}</caption>\n" if table.name else ""
        return f"<table>\n{caption}<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table>\n"

    def heading(self, heading: Heading) -> str:
        return f"<h{heading.level}>{escape(heading.text)}</h{heading.level}>\n"

    def lines(self, lines: Lines) -> str:
        text = "<br>\n".join(map(escape, lines.lines))
        return f"<p{_class(lines.style)}>{text}</p>\n" if text else ""

    def notes(self, notes: Notes) -> str:
        return self.lines(notes)

    def legend(self, legend: Legend) -> str:
        return self.lines(Lines(legend.lines(self.terminal.terms), "dim"))

    def working(self, working: Working) -> str:
        settings = [", ".join(working.settings)] if working.settings else []
        items = "".join([f"<li>{escape(str(formula))}</li>\n" for formula in working.formulas])
        return (self.heading(Heading(working.heading, 3)) + self.lines(Lines(settings, "dim"))
                + (f"<ul>\n{items}</ul>\n" if items else "") + self.lines(Lines(working.remarks)))

    def picture(self, picture: Picture) -> str:
        return f"<pre>{escape(chr(10).join(picture.drawn(80, True)))}</pre>\n"


def _class(*words: str | None) -> str:
    text = " ".join([word for word in words if word])
    return f' class="{escape(text)}"' if text else ""


def _title(text: str) -> str:
    return f' title="{escape(text)}"' if text else ""
