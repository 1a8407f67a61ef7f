"""Tables for a terminal: the one place that decides which columns are shown, how wide they are, and where cells wrap.

Text whose characters are all one cell wide is measured here; other text takes the library.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from .report import Table, Terminal
from .text import folded, folds

#: Characters of our own texts beyond ASCII, each one cell wide.
_NARROW = frozenset([*map(chr, range(32, 127)), "\u2514", "\u00d7", "\u2212", "\u230a", "\u230b", "\u2192", "\u2265"])
#: Texts longer than the first are prose, whose column becomes no narrower than the second before others are left out.
PROSE, READABLE = 60, 28
#: Select Graphic Rendition codes. Yellow and cyan are hard to read on white.
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "magenta": "35", "bold red": "1;31",
          "bold green": "1;32"}


def painted(text: str, style: str) -> str:
    """Text in a style such as bold or dim, as terminals take it."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m"


def table_lines(table: Table, terminal: Terminal) -> list[str]:
    """The table's lines, within the terminal's width.

    A table that does not fit wraps its texts between words, then leaves out columns that may be
    dropped, then splits into parts below each other. Numbers are never broken; names and shapes only
    where one of them alone is wider than the terminal.
    """
    grid = Grid(terminal, [table.name, *[c.title for c in table.columns], *(cell for row in table.body for cell in row)])
    blocks, left_out = grid.laid_out(table)
    lines: list[str] = []
    for chosen in blocks:
        lines += ["", *grid.lines("", table, chosen)] if lines else grid.lines(table.name, table, chosen)
    if left_out:
        words = f"{', '.join([table.columns[i].title for i in left_out])}: not shown at this width"
        lines += ["", *grid.styled(folded([words], terminal), "dim")]
    return lines


class Grid:
    """Draws tables of these texts on a terminal."""

    def __init__(self, terminal: Terminal, texts: Sequence[str]):
        self.room = terminal.width
        self.color = terminal.color
        self.length: Callable[[str], int] = len
        self.folds: Callable[[str, int], list[str]] = folds
        self.narrow = all([text.isascii() or _NARROW.issuperset(text) for text in texts])
        if not self.narrow:
            from .with_rich import cell_len, wide_folds

            self.length, self.folds = cell_len, wide_folds
        #: Between columns, and the line below the titles.
        self.between, self.rule, self.crossing = "   ", "\u2500", "\u2500" * 3
        if not terminal.unicode:
            self.between, self.rule, self.crossing = " | ", "-", "-+-"

    # Which columns, and how wide.

    def laid_out(self, table: Table) -> tuple[list[list[int]], list[int]]:
        """The columns of each block, and the columns left out."""
        every = list(range(len(table.columns)))
        natural = self.natural(table, every)
        if sum(natural) + 3 * (len(every) - 1) <= self.room:
            return [every], []
        least = self.least(table, natural)
        droppable = sorted([i for i in every if table.columns[i].drop and not table.fixed], key=lambda i: table.columns[i].drop)
        for many in range(len(droppable) + 1):
            kept = [i for i in every if i not in droppable[:many]]
            if sum([least[i] for i in kept]) + 3 * (len(kept) - 1) <= self.room:
                return [kept], droppable[:many]
        # Columns that only repeat what others show stay out even of a table in parts.
        gone = [i for i in droppable if table.columns[i].drop == 1]
        return self.split(table, [i for i in every if i not in gone], least), gone

    def split(self, table: Table, every: list[int], least: list[int]) -> list[list[int]]:
        """Blocks of columns that fit, each beginning with the first column: a first column without a title is a mark,
        and the second comes with it."""
        first = table.columns[every[0]]
        head = every[: 1 if first.title or first.right else 2]
        blocks = [[*head]]
        for i in every[len(head):]:
            if len(blocks[-1]) > len(head) and sum([least[j] + 3 for j in blocks[-1]]) + least[i] > self.room:
                blocks.append([*head])
            blocks[-1].append(i)
        return blocks

    def natural(self, table: Table, chosen: list[int]) -> list[int]:
        return [max([self.length(table.columns[i].title), *[self.length(row[i]) for row in table.body]]) for i in chosen]

    def least(self, table: Table, natural: list[int]) -> list[int]:
        """The width at which no piece of a column breaks, and prose is readable."""
        return [max(n, READABLE) if width > PROSE and not column.right else n
                for column, width, n in zip(table.columns, natural, self.longest(table, natural))]

    def longest(self, table: Table, natural: list[int]) -> list[int]:
        """The width of each column's longest piece."""
        found = []
        for i, (column, width) in enumerate(zip(table.columns, natural)):
            texts = [column.title, *{row[i] for row in table.body}] if width > 8 else []
            found.append(max([self.length(piece) for text in texts for piece in pieces(text, column.right)], default=width))
        return found

    def fitted(self, table: Table, chosen: list[int]) -> list[int]:
        """The widths of a block's columns: what they need; where that does not fit, the widest texts wrap first.

        Only a name that is wider than the terminal leaves makes a column narrower than its words.
        """
        natural = self.natural(table, chosen)
        over = sum(natural) + 3 * (len(natural) - 1) - self.room
        if over <= 0:
            return natural
        block = Table([table.columns[i] for i in chosen], [[row[i] for i in chosen] for row in table.body])
        longest = self.longest(block, natural)
        broken = [n if column.right or width > PROSE else min(n, max(8, self.length(column.title)))
                  for column, width, n in zip(block.columns, natural, longest)]
        for limit in (self.least(block, natural), longest, broken):
            while over > 0 and any([n > m for n, m in zip(natural, limit)]):
                widest = max([(n, i) for i, (n, m) in enumerate(zip(natural, limit)) if n > m])[1]
                natural[widest] -= 1
                over -= 1
        return natural

    # How they are drawn.

    def lines(self, name: str, table: Table, chosen: list[int]) -> list[str]:
        """One block of columns."""
        widths = self.fitted(table, chosen)
        right = [table.columns[i].right for i in chosen]
        numbers = [table.columns[i].right and bool(table.columns[i].title) for i in chosen]
        rule = self.crossing.join([self.rule * width for width in widths])
        out = self.styled(self.wrapped(name, max(len(rule), min(self.room, self.length(name)))) if name else [], "bold")
        out += self.styled(self.row([table.columns[i].title for i in chosen], widths, right), "bold")
        out.append(rule)
        form = self.between.join([f"{{:{'>' if r else '<'}{w}}}" for r, w in zip(right, widths)]).format
        everything = len(chosen) == len(table.columns)
        last = len(table.body) - 1
        for i, row in enumerate(table.body):
            cells = row if everything else [row[j] for j in chosen]
            style = table.styles[i] if i < len(table.styles) else None
            if table.total and i == last and i:
                out.append(rule if self.rule == "-" else "")
                style = style or "bold"
            if self.color and not style:
                out += self.row(cells, widths, right, table.style if any(numbers) else None, numbers)
            elif self.narrow and all([len(cell) <= width for cell, width in zip(cells, widths)]):
                out += self.styled([form(*cells)], style)
            else:
                out += self.styled(self.row(cells, widths, right), style)
        return out

    def row(self, row: Sequence[str], widths: list[int], right: list[bool],
            style: Callable[[str], str | None] | None = None, numbers: Sequence[bool] = ()) -> list[str]:
        """The lines of a row, its numbers in their style."""
        parts = [[cell] if self.length(cell) <= width else self.wrapped(cell, width, r) for cell, width, r in zip(row, widths, right)]
        found = []
        for k in range(max(map(len, parts))):
            texts = [part[k] if k < len(part) else "" for part in parts]
            gaps = [" " * (width - self.length(text)) for text, width in zip(texts, widths)]
            if style is not None:
                texts = [painted(text, name) if r and (name := style(text)) else text for text, r in zip(texts, numbers)]
            found.append(self.between.join([gap + text if r else text + gap for text, gap, r in zip(texts, gaps, right)]).rstrip())
        return found

    def styled(self, lines: list[str], style: str | None) -> list[str]:
        lines = [line.rstrip() for line in lines]
        return [painted(line, style) if line else line for line in lines] if style and self.color else lines

    def wrapped(self, text: str, width: int, right: bool = False) -> list[str]:
        """Lines of at most `width` cells, broken between pieces; within one only if it is wider than that itself."""
        found = list(_pieces(text, right))
        if any([self.length(piece[0]) > width for piece in found]):
            return self.folds(text, width)
        lines: list[str] = []
        start = end = 0
        for piece in found:
            if self.length(text[start:piece.end()]) > width:
                lines.append(text[start:end])
                start = piece.start()
            end = piece.end()
        return [*lines, text[start:end]]


#: Words; the numbers of a shape stay together, and so do the sign before a name inside a model and that name.
_PIECE = re.compile(r"(?:   )*(?:└ )?(?:[(\[](?:None|[\d?]+)(?:, (?:None|[\d?]+))*,?[)\]]|[^\s])+")
#: In a column of numbers: everything up to an arrow.
_NUMBER = re.compile(r"(?:^\s*)?\S.*?(?:->(?= )|$)")


def _pieces(text: str, right: bool) -> Iterator[re.Match[str]]:
    return (_NUMBER if right else _PIECE).finditer(text)


def pieces(text: str, right: bool = False) -> list[str]:
    """The parts of a text that are not broken: words, and shapes such as (None, 26, 26, 32)."""
    return [piece[0] for piece in _pieces(text, right)]
