"""Tables for a terminal: which columns stand side by side, how wide each is, where cells fold.

Text whose characters are all one cell wide is measured and folded here, by the same rules as
rich has; other text, and colour, take the library.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from .text import folded

#: What our own texts have beyond ASCII, each one cell wide.
_NARROW = frozenset([*map(chr, range(32, 127)), "\u2514", "\u00d7", "\u2212", "\u230a", "\u230b"])
#: How narrow a column of names may become before it rather stands below.
READABLE = 16


def drawn(name: str, titles: list[str], body: list[list[str]], right: list[bool], notes: list[str],
          styles: Sequence[str | None] = (), terminal: Any = None, width: int | None = None) -> str:
    """A table under its name, with lines of text below.

    `terminal` is a `Terminal`; without one the text is plain and as wide as it needs to be.
    Cells fold where they must, but a number is never broken; columns that do not fit stand below.
    A last row that begins with "total" stands apart.
    """
    room = width or (terminal.width if terminal is not None else 10_000)
    notes = folded(notes, room)
    grid = _Grid(terminal, [name, *titles, *(cell for row in body for cell in row)])
    lines: list[str] = []
    for chosen in grid.side_by_side(titles, body, right, room):
        columns = ([titles[i] for i in chosen], [[row[i] for i in chosen] for row in body], [right[i] for i in chosen])
        lines += ["", *grid.lines("", *columns, room, styles)] if lines else grid.lines(name, *columns, room, styles)
    return "\n".join([*lines, *([""] if notes else []), *notes]) + "\n"


class _Grid:
    """Draws tables of these texts on a terminal."""

    def __init__(self, terminal: Any, texts: Sequence[str]):
        self.length: Callable[[str], int] = len
        self.folds: Callable[[str, int], list[str]] = folds
        self.painted: Callable[[str, str], str] | None = None
        self.narrow = all([text.isascii() or _NARROW.issuperset(text) for text in texts])
        if not self.narrow:
            from .with_rich import cell_len, wide_folds

            self.length, self.folds = cell_len, wide_folds
        if terminal is not None and terminal.color:
            from .with_rich import painted

            self.painted = painted
        #: Between columns, and the line below the titles.
        self.between, self.rule, self.crossing = "   ", "\u2500", "\u2500" * 3
        if terminal is not None and not terminal.unicode:
            self.between, self.rule, self.crossing = " | ", "-", "-+-"

    def side_by_side(self, titles: list[str], body: list[list[str]], right: list[bool], room: int) -> list[list[int]]:
        """Which columns stand in one block: where they do not all fit beside each other, the first begins each block.

        A first column without a title is a mark, and the second stands beside it.
        """
        everything = list(range(len(titles)))
        if sum(self.fitted(titles, body, right, room)) + 3 * (len(titles) - 1) <= room:
            return [everything]
        wanted = [max(map(self.length, column)) for column in zip(titles, *body)]
        wanted = [n if is_right else min(n, READABLE) for n, is_right in zip(wanted, right)]
        head = everything[: 1 if titles[0] else 2]
        blocks = [[*head]]
        for i in everything[len(head):]:
            if len(blocks[-1]) > len(head) and sum([wanted[j] + 3 for j in blocks[-1]]) + wanted[i] > room:
                blocks.append([*head])
            blocks[-1].append(i)
        return blocks

    def fitted(self, titles: list[str], body: list[list[str]], right: list[bool], room: int) -> list[int]:
        """The width of each column: what it needs, or, where all do not fit, the widest cut first.

        Columns of numbers keep their width, so that no number is broken.
        """
        natural = [max(map(self.length, column)) for column in zip(titles, *body)]
        least = [n if is_right else min(n, max(8, self.length(title)))
                 for n, title, is_right in zip(natural, titles, right)]
        over = sum(natural) + 3 * (len(natural) - 1) - room
        while over > 0 and any([n > m for n, m in zip(natural, least)]):
            widest = max([(n, i) for i, (n, m) in enumerate(zip(natural, least)) if n > m])[1]
            natural[widest] -= 1
            over -= 1
        return natural

    def lines(self, name: str, titles: list[str], body: list[list[str]], right: list[bool], room: int,
              styles: Sequence[str | None]) -> list[str]:
        """One block of columns."""
        widths = self.fitted(titles, body, right, room)
        rule = self.crossing.join([self.rule * width for width in widths])
        out = self._painted(self.folds(name, len(rule)) if name else [], "bold")
        out += self._painted(self._row(titles, widths, right), "bold")
        out.append(rule)
        form = self.between.join([f"{{:{'>' if r else '<'}{w}}}" for r, w in zip(right, widths)]).format
        last = len(body) - 1
        for i, row in enumerate(body):
            if i == last and i and row[0] == "total":
                out.append(rule if self.rule == "-" else "")
            if self.narrow and all([len(cell) <= width for cell, width in zip(row, widths)]):
                lines = [form(*row)]
            else:
                lines = self._row(row, widths, right)
            style = styles[i] if i < len(styles) else None
            out += self._painted(lines, style) if style else [line.rstrip() for line in lines]
        return out

    def _row(self, row: list[str], widths: list[int], right: list[bool]) -> list[str]:
        parts = [[cell] if self.length(cell) <= width else self.folds(cell, width) for cell, width in zip(row, widths)]
        found = []
        for k in range(max(map(len, parts))):
            texts = [part[k] if k < len(part) else "" for part in parts]
            gaps = [" " * (width - self.length(text)) for text, width in zip(texts, widths)]
            found.append(self.between.join([gap + text if r else text + gap for text, gap, r in zip(texts, gaps, right)]))
        return found

    def _painted(self, lines: list[str], style: str) -> list[str]:
        lines = [line.rstrip() for line in lines]
        return lines if self.painted is None else [self.painted(line, style) if line else line for line in lines]


def folds(text: str, width: int, cut: bool = False) -> list[str]:
    """Lines of at most `width` characters, each one cell wide: broken between words.

    A longer word is broken too, or, with `cut`, ends in three dots.
    """
    breaks, used = [0], 0
    for word in re.finditer(r"\s*\S+\s*", text):
        start, all_of_it = word.start(), len(word[0])
        if len(word[0].rstrip()) <= width - used:
            used += all_of_it
        elif len(word[0].rstrip()) > width and not cut:
            breaks += range(start, start + all_of_it, width)
            used = (all_of_it - 1) % width + 1
        else:
            breaks.append(start)
            used = all_of_it
    breaks = [*dict.fromkeys(breaks), len(text)]
    lines = [text[a:b].rstrip() for a, b in pairwise(breaks)]
    return [line if len(line) <= width else line[: width - 1] + "\u2026" for line in lines]
