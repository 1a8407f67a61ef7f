"""What rich does for us, the one module that loads it: wide characters, colour, and tables as Keras draws them."""

from __future__ import annotations

import functools
import io

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.errors import MarkupError
from rich.markup import escape
from rich.style import Style
from rich.table import Column, Table
from rich.text import Text


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
    table = Table(*[Column(name, justify=justify, width=w) for name, justify, w in columns],  # type: ignore[arg-type]
                  width=width, show_lines=True)
    for row in rows:
        table.add_row(*row)
    out = io.StringIO() if unicode else _Ascii()
    console = Console(file=out, width=console_width, highlight=False, color_system=None, force_terminal=False,
                      force_jupyter=False, legacy_windows=False)
    for part in (title, table, *totals):
        console.print(part)
    return out.getvalue()
