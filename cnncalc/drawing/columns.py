"""A tall drawing in several columns: which parts go into which, and the wires from one to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .scene import Group, Look, Path, Point

#: Pixels between two columns, in which a wire runs.
GUTTER = 26.0
#: More parts are taken in groups, so that long networks are split in little time.
MOST = 80


class Extent(NamedTuple):
    """How far a part reaches to the left and to the right of the line that all are strung on, and how tall it is."""

    left: float
    right: float
    height: float


class Split(NamedTuple):
    """Where columns end (each the number of the part after its last), and the size of all together."""

    ends: list[int]
    width: float
    height: float


def split(parts: Sequence[Extent], columns: int, most: float) -> Split | None:
    """The parts in so many columns, as low as is possible within the width; `None` where it is too wide for more than one."""
    total = sum([part.height for part in parts])
    if columns == 1:
        width = max([part.left for part in parts]) + max([part.right for part in parts])
        return Split([len(parts)], width, total)
    if len(parts) > MOST:
        step = -(-len(parts) // MOST)
        groups = [parts[i: i + step] for i in range(0, len(parts), step)]
        found = split([_together(group) for group in groups], columns, most)
        return None if found is None else found._replace(ends=[min(end * step, len(parts)) for end in found.ends])
    low, high = max(total / columns, max([part.height for part in parts])) - 1, total
    best: Split | None = None
    for _ in range(12):
        height = (low + high) / 2
        found = _within(parts, columns, height)
        if found is not None and found.width <= most:
            best, high = found, height
        else:
            low = height
        if high - low < 4:
            break
    return best


def _together(parts: Sequence[Extent]) -> Extent:
    """Parts below one another as one."""
    return Extent(max([part.left for part in parts]), max([part.right for part in parts]), sum([part.height for part in parts]))


def _within(parts: Sequence[Extent], columns: int, height: float) -> Split | None:
    """The narrowest way to put the parts into so many columns of at most a height."""
    n = len(parts)
    infinite = float("inf")
    width = [0.0] + [infinite] * n
    tall = [0.0] * (n + 1)
    ends: list[list[int]] = [[] for _ in range(n + 1)]
    for column in range(columns):
        wider, taller = [infinite] * (n + 1), [0.0] * (n + 1)
        after: list[list[int]] = [[] for _ in range(n + 1)]
        for begin in range(n):
            if width[begin] == infinite:
                continue
            left = right = high = 0.0
            for end in range(begin, n):
                left, right, high = max(left, parts[end].left), max(right, parts[end].right), high + parts[end].height
                if high > height:
                    break
                wide = width[begin] + left + right + (GUTTER if column else 0.0)
                if wide < wider[end + 1]:
                    wider[end + 1], taller[end + 1], after[end + 1] = wide, max(high, tall[begin]), [*ends[begin], end + 1]
        width, tall, ends = wider, taller, after
    return Split(ends[n], width[n], tall[n]) if width[n] < infinite else None


def connector(start: Point, level: float, end: Point, gutter: float, wire: tuple[str, str]) -> Group:
    """The line from the last box of a column, below all of it, to the top of the next."""
    path = Path((start, (start[0], level), (gutter, level), (gutter, end[1]), end), Look(None, "wire", 1.3), 6)
    return Group((path,), wire=wire)
