"""Sizes as people write them: `28x28x1`, `(28, 28, 1)`, `28*28*1`, `28 × 28 × 1`, `28, 28, 1`.

One reader for architecture files, command-line options and sheets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

LONGEST = 200
DEEPEST = 4

#: Signs that look like those on a keyboard.
PLAIN = str.maketrans({
    "×": "x", "✕": "x", "✖": "x", "⨯": "x", "⋅": "*", "·": "*", "•": "*", "∙": "*", "∗": "*", "−": "-",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ",
})
_TOKEN = re.compile(r"\s*(?:(-?[0-9]{1,10}(?![0-9]))|(\?|none\b|null\b)|([(\[])|([)\]])|(by\b|[x*,;]))", re.IGNORECASE)

Sizes = list[Any]


def read_sizes(text: str) -> int | Sizes | None:
    """The number, or the list of sizes (`None` for an unknown one, lists for pairs), that a text spells.

    `None` if it spells neither. One separator per list; spaces alone separate too.
    """
    if len(text) > LONGEST:
        return None
    reader = _Reader(text.translate(PLAIN).strip())
    try:
        found = reader.items(None)
    except ValueError:
        return None
    if len(found) != 1 or reader.trailing:
        return found or None
    one = found[0]
    return one if isinstance(one, (int, list)) else found


class _Reader:
    """A text on its way to sizes; ValueError where it is anything else."""

    def __init__(self, text: str):
        self.text, self.at = text, 0
        #: Whether the outermost list ended with a separator: `(3,)` without brackets.
        self.trailing = False

    def items(self, closing: str | None, depth: int = 0) -> Sizes:
        """The sizes up to the closing bracket, or to the end of the text."""
        if depth > DEEPEST:
            raise ValueError
        found: Sizes = []
        separators: set[str] = set()
        ready = True  # for a size; otherwise a separator may come
        while self.at < len(self.text):
            match = _TOKEN.match(self.text, self.at)
            if match is None:
                raise ValueError
            spaced = match[0][:1].isspace()
            self.at = match.end()
            number, unknown, opening, closed, separator = match.groups()
            if closed:
                if closed != closing:
                    raise ValueError
                return found
            if separator:
                if ready:
                    raise ValueError
                separators.add(separator.lower())
                ready = True
                continue
            if not ready:
                if not spaced:
                    raise ValueError
                separators.add(" ")
            found.append(self._item(number, unknown, opening, depth))
            ready = False
            if len(separators) > 1:
                raise ValueError
        if closing is not None or (ready and separators != {","} and separators != {";"}):
            raise ValueError
        self.trailing = ready
        return found

    def _item(self, number: str | None, unknown: str | None, opening: str | None, depth: int) -> int | Sizes | None:
        if opening:
            begin = self.at
            found = self.items(")" if opening == "(" else "]", depth + 1)
            # As in Python, (3) is 3, and (3,) is a list.
            alone = opening == "(" and len(found) == 1 and "," not in self.text[begin:self.at]
            return found[0] if alone else found
        if unknown:
            return None
        assert number is not None
        if len(number.lstrip("-")) > 1 and number.lstrip("-")[0] == "0":
            raise ValueError  # half of 1,024, or of a date
        return int(number)


def spelled(sizes: Iterable[object]) -> str:
    """`28x28x1`: sizes as the command line takes them."""
    return "x".join("?" if n is None else str(n) for n in sizes)
