"""A map of points drawn with characters, both axes logarithmic."""

from __future__ import annotations

import math
from typing import NamedTuple


class Point(NamedTuple):
    label: str
    x: float
    y: float


def scatter(points: list[Point], x_title: str, y_title: str, width: int = 76, height: int = 18) -> list[str]:
    """The lines of the map: a dot with its label for each point, and the axes with their ticks.

    Points whose x or y is not above 0 have no place on it. A label that finds no room is a
    letter, explained below.
    """
    points = [point for point in points if point.x > 0 and point.y > 0]
    if not points:
        return []
    margin = 8
    columns, lines = max(24, width - margin - 2), height
    xs, ys = _range([p.x for p in points]), _range([p.y for p in points])
    grid = [[" "] * columns for _ in range(lines)]
    places = [(_place(p.x, xs, columns), lines - 1 - _place(p.y, ys, lines)) for p in points]
    for column, line in places:
        grid[line][column] = "o"
    legend: list[str] = []
    for point, (column, line) in sorted(zip(points, places), key=lambda item: (item[1], item[0])):
        if not _write(grid[line], column, point.label):
            letter = chr(ord("a") + len(legend) % 26)
            legend.append(f"{letter}: {point.label}")
            _write(grid[line], column, letter)
    ticks = {lines - 1 - _place(value, ys, lines): text for value, text in _ticks(ys)}
    out = [f"{y_title:>{margin}}"]
    out += [f"{ticks.get(i, ''):>{margin}} |{''.join(row).rstrip()}" for i, row in enumerate(grid)]
    out.append(" " * margin + " +" + "-" * columns)
    axis = [" "] * (columns + 8)
    for value, text in _ticks(xs):
        at = _place(value, xs, columns)
        if all([c == " " for c in axis[max(0, at - 1) : at + len(text) + 1]]):
            axis[at : at + len(text)] = text
    out.append(" " * (margin + 2) + "".join(axis).rstrip())
    out.append(" " * (margin + 2) + f"{x_title:>{columns}}")
    return [line.rstrip() for line in out] + legend


def _write(row: list[str], column: int, label: str) -> bool:
    """Put the label behind its dot, or before it; whether there was room."""
    for start in (column + 2, column - 1 - len(label)):
        end = start + len(label)
        around = range(max(0, start - 1), min(len(row), end + 1))
        if start >= 0 and end <= len(row) and all([row[i] == " " or i == column for i in around]):
            row[start:end] = label
            return True
    return False


def _range(values: list[float]) -> tuple[float, float]:
    """The logarithms that the axis spans: of the values and a little more, at least a factor of 10."""
    low, high = math.log10(min(values)), math.log10(max(values))
    extra = max(0.05 * (high - low), (1 - (high - low)) / 2)
    return low - extra, high + extra


def _place(value: float, span: tuple[float, float], cells: int) -> int:
    low, high = span
    return min(cells - 1, max(0, round((math.log10(value) - low) / (high - low) * (cells - 1))))


def _ticks(span: tuple[float, float]) -> list[tuple[float, str]]:
    """Round numbers on the axis: 1, 2 and 5 times powers of ten, or the powers alone."""
    low, high = span
    found = []
    for power in range(math.floor(low), math.ceil(high) + 1):
        for digit in (1, 2, 5) if high - low < 2.5 else (1,):
            value = digit * 10.0**power
            if low <= math.log10(value) <= high:
                found.append((value, _short(value)))
    return found


def _short(value: float) -> str:
    for unit, size in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= size * 0.9999:
            return f"{value / size:g} {unit}"
    return f"{value:g}"
