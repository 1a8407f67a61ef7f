"""What rich does for us, the one module that loads it: wide characters, colour, and tables as Keras draws them."""

from __future__ import annotations

import functools
import io
import re
from itertools import pairwise

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.errors import MarkupError
from rich.markup import escape
from rich.style import Style
from rich.table import Column, Table
from rich.text import Text

from .text import folds


def wide_folds(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, as rich folds text whose characters are of several widths."""
    lines = Text(text).wrap(_console(), width, overflow="fold")
    return [line.plain.rstrip() for line in lines] or [""]


@functools.cache
def _console() -> Console:
    return Console(file=io.StringIO())


@functools.cache
def _style(style: str) -> Style:
    return Style.parse(style)


def painted(line: str, style: str) -> str:
    """A line in a style such as bold or dim, as terminals take it."""
    return _style(style).render(line, color_system=ColorSystem.STANDARD)


__all__ = ["cell_len", "keras_table", "literal", "painted", "unescaped", "wide_folds"]


class _Ascii(io.StringIO):
    """Text for where there are no line drawing characters."""

    encoding = "ascii"


def literal(text: str) -> str:
    """Text in which rich shall see no markup."""
    return escape(text)


def unescaped(text: str) -> str:
    """Text in which rich shall see the markup that happens to be there, if it can be read."""
    if "[/" in text or "[@" in text:
        try:
            Text.from_markup(text)
        except MarkupError:
            return escape(text)
    return text


def keras_table(title: str, columns: list[tuple[str, str, int]], rows: list[tuple[str, ...]], totals: list[str],
                width: int, console_width: int | None = None, unicode: bool = True) -> str:
    """A table as Keras 3 draws it: lines between rows, cells of fixed width, all of it cut at
    the console's. Markup counts, as it does there.

    A column is its title, where its cells stand, and its width. Without `unicode` the lines
    are drawn with ASCII.
    """
    def printed(*parts: object, room: int | None = console_width) -> list[str]:
        out = io.StringIO() if unicode else _Ascii()
        console = Console(file=out, width=room, highlight=False, color_system=None, force_terminal=False,
                          force_jupyter=False, legacy_windows=False)
        for part in parts:
            console.print(part)
        return out.getvalue().split("\n")[:-1]

    def table(rows: list[tuple[str, ...]]) -> Table:
        table = Table(*[Column(name, justify=justify, width=w) for name, justify, w in columns],  # type: ignore[arg-type]
                      width=width, show_lines=True)
        for row in rows:
            table.add_row(*row)
        return table

    # Plain rows are written here, for rich takes a second for some thousands; the first two show how.
    under_titles = next(line for line in reversed(printed(table([]), room=10 * width)[:-1]) if line[1] in _RULES)
    widths = [len(part) - 2 for part in re.findall(f"[{_RULES}]+", under_titles)]
    plain = [_plain_lines(row, columns, widths, unicode) if i > 1 else None for i, row in enumerate(rows)]
    lines = printed(table([row for row, found in zip(rows, plain) if found is None]))
    room = len(lines[0])
    if room < 2 or min(widths) < 1:
        return "\n".join([*printed(title), *printed(table(rows)), *printed(*totals)]) + "\n"
    rules = [i for i, line in enumerate(lines) if line[1] in _RULES]
    out = lines[: rules[1] + 1]
    drawn = iter(pairwise(rules[1:]))
    for i, found in enumerate(plain):
        if i:
            out.append(lines[rules[2]])
        if found is None:
            before, after = next(drawn)
            out += lines[before + 1: after]
        else:
            out += [line[:room] for line in found]
    return "\n".join([*printed(title), *out, lines[-1], *printed(*totals)]) + "\n"


#: What the lines between rows are made of: the second letter of such a line, and of no other.
_RULES = "\u2501\u2500-"
#: Text that says nothing in markup, and whose characters are one cell wide.
_PLAIN = re.compile(r"(?:[A-Za-z0-9_(), .@/?-]|\[\d+\])*")


def _plain_lines(row: tuple[str, ...], columns: list[tuple[str, str, int]], widths: list[int],
                 unicode: bool) -> list[str] | None:
    """A row of a table of Keras, if its cells are plain text."""
    cells = []
    for cell, width in zip(row, widths):
        if _PLAIN.fullmatch(cell) is None:
            return None
        cells.append([cell.rstrip()] if len(cell) <= width else folds(cell, width, cut=True))
    edge, lines = "\u2502" if unicode else "|", []
    for k in range(max(map(len, cells))):
        parts = []
        for folded, (_, justify, _), width in zip(cells, columns, widths):
            text = folded[k] if k < len(folded) else ""
            if justify == "center":
                text = " " * ((width - len(text)) // 2) + text
            parts.append(text.rjust(width) if justify == "right" else text.ljust(width))
        lines.append(f"{edge} " + f" {edge} ".join(parts) + f" {edge}")
    return lines
