"""The values that questions ask for, and how they are written."""

from __future__ import annotations

from ..num import number

#: A map in numbers, row by row.
Grid = tuple[tuple[int, ...], ...]
#: A count, a shape or field, a map, or words.
Value = int | tuple[int, ...] | Grid | str


def text_of(value: Value) -> str:
    """A value as people read it: 18,496; 30×30×64; [[1, 5], [2, 10]]."""
    if isinstance(value, int):
        return number(value)
    if isinstance(value, tuple):
        if value and isinstance(value[0], tuple):
            return "[" + ", ".join(["[" + ", ".join(map(str, row)) + "]" for row in value if isinstance(row, tuple)]) + "]"
        return "×".join(map(str, value))
    return value


def plain_text(value: Value) -> str:
    """A value as programs read it: 18496; 30x30x64."""
    if isinstance(value, int):
        return str(value)
    return text_of(value).replace("×", "x") if isinstance(value, tuple) else value
