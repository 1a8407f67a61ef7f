"""Tables drawn by rich, the one module that loads it."""

from __future__ import annotations

import io
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.errors import MarkupError
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text


def table_text(name: str, titles: list[str], body: list[list[str]], right: list[bool], notes: list[str],
               styles: list[str | None] | None = None, terminal: Any = None, width: int | None = None) -> str:
    """A table under its name, with lines of text below.

    `terminal` is a `Terminal`; without one the text is plain and as wide as it needs to be.
    Cells wrap where they must, but a number is never broken; columns that do not fit stand below.
    """
    room = width or (terminal.width if terminal is not None else 10_000)
    blocks: list[str] = []
    for chosen in side_by_side(titles, body, right, room):
        columns = ([titles[i] for i in chosen], [[row[i] for i in chosen] for row in body], [right[i] for i in chosen])
        blocks.append(_drawn("" if blocks else name, *columns, fitted(*columns, room), styles, terminal))
    text = "\n".join(blocks)
    return text + ("\n" if notes else "") + "".join([note + "\n" for note in notes])


#: How narrow a column of names may become before it rather stands below.
READABLE = 16


def side_by_side(titles: list[str], body: list[list[str]], right: list[bool], room: int) -> list[list[int]]:
    """Which columns stand in one block: where they do not all fit beside each other, the first begins each block.

    A first column without a title is a mark, and the second stands beside it.
    """
    everything = list(range(len(titles)))
    if sum(fitted(titles, body, right, room)) + 3 * (len(titles) - 1) <= room:
        return [everything]
    wanted = [max(map(cell_len, column)) for column in zip(titles, *body)]
    wanted = [n if is_right else min(n, READABLE) for n, is_right in zip(wanted, right)]
    head = everything[: 1 if titles[0] else 2]
    blocks = [[*head]]
    for i in everything[len(head):]:
        if len(blocks[-1]) > len(head) and sum([wanted[j] + 3 for j in blocks[-1]]) + wanted[i] > room:
            blocks.append([*head])
        blocks[-1].append(i)
    return blocks


def _drawn(name: str, titles: list[str], body: list[list[str]], right: list[bool], widths: list[int],
           styles: list[str | None] | None, terminal: Any) -> str:
    ascii_only = terminal is not None and not terminal.unicode
    table = Table(box=box.ASCII2 if ascii_only else box.SIMPLE_HEAD, show_edge=False, pad_edge=False,
                  safe_box=False, title=Text(name, style="bold") if name else None, title_justify="left")
    for title, is_right, width in zip(titles, right, widths):
        table.add_column(title, justify="right" if is_right else "left", overflow="fold", width=width, no_wrap=is_right)
    last = len(body) - 1
    for i, row in enumerate(body):
        style = styles[i] if styles and i < len(styles) else None
        if i == last and row and row[0] == "total":
            table.add_section()
        table.add_row(*row, style=style)
    out = io.StringIO()
    console = Console(file=out, width=sum(widths) + 3 * len(widths), markup=False, highlight=False, emoji=False,
                      force_terminal=bool(terminal is not None and terminal.color),
                      color_system="standard" if terminal is not None and terminal.color else None,
                      no_color=terminal is None or not terminal.color, legacy_windows=False)
    console.print(table)
    return "\n".join([line.rstrip() for line in out.getvalue().split("\n")])


def fitted(titles: list[str], body: list[list[str]], right: list[bool], room: int) -> list[int]:
    """The width of each column: what it needs, or, where all do not fit, the widest cut first.

    Columns of numbers keep their width, so that no number is broken.
    """
    natural = [max(map(cell_len, column)) for column in zip(titles, *body)]
    least = [n if is_right else min(n, max(8, cell_len(title))) for n, title, is_right in zip(natural, titles, right)]
    over = sum(natural) + 3 * (len(natural) - 1) - room
    while over > 0 and any(n > m for n, m in zip(natural, least)):
        widest = max((n, i) for i, (n, m) in enumerate(zip(natural, least)) if n > m)[1]
        natural[widest] -= 1
        over -= 1
    return natural


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
