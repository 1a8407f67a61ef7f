"""A chain that goes down and up again, with connections across, as in a U-Net: down on the left, up on the right."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from .boxes import Pen, wired
from .metrics import extents
from .scene import Shape, moved
from .units import Unit

#: The least length of a connection across.
ACROSS = 40.0


class Bend(NamedTuple):
    """The connections across from the outermost inwards, each the numbers of two units, and the first unit on the way up."""

    across: list[tuple[int, int]]
    turn: int


def bend(units: Sequence[Unit]) -> Bend | None:
    """Where a network turns; `None` if it is not one chain with several connections, each around all those inside it."""
    across = []
    for i, unit in enumerate(units):
        others = set(unit.reads) - {i - 1}
        if (i - 1 in unit.reads) != (i > 0) or len(others) > 1:
            return None
        across += [(read, i) for read in others]
    across.sort()
    nested = all([a[0] < b[0] and a[1] > b[1] for a, b in pairwise(across)])
    if len(across) < 2 or not nested or across[-1][0] >= across[-1][1] - 1:
        return None
    source, target = across[-1]
    return Bend(across, (source + target + 1) // 2)


class Bent:
    """The drawing: its shapes from the origin on, and its size."""

    def __init__(self, units: Sequence[Unit], found: Bend, pen: Pen):
        self.units, self.found, self.pen = units, found, pen
        self.nodes = [pen.node(unit) for unit in units]
        down, up = self.nodes[: found.turn], self.nodes[found.turn:]
        right = max([node.right for node in down]) + ACROSS + max([node.left for node in up])
        self.x = [0.0 if i < found.turn else right for i in range(len(units))]
        self.y = self._levels()
        shapes = [shape for i in range(len(units)) for shape in self._drawn(i)] + self._wires()
        around = extents(shapes)
        left, top = min([box[0] for box in around]), min([box[1] for box in around])
        self.shapes = [moved(shape, -left, -top) for shape in shapes]
        self.width, self.height = max([box[2] for box in around]) - left, max([box[3] for box in around]) - top

    def _levels(self) -> list[float]:
        """The center of each unit: those at the ends of a connection are at one level."""
        y = [0.0] * len(self.units)
        for source, target in [*self.found.across, (self.found.turn - 1, self.found.turn)]:
            down = list(range(source, -1, -1))
            up = list(range(target, len(self.units)))
            level = max(self._below(down, y), self._below(up, y))
            self._spread(down, y, level)
            self._spread(up, y, level)
        return y

    def _below(self, way: list[int], y: list[float]) -> float:
        """How high the first unit of a way up can be: below those that have their places."""
        free = next((k for k, i in enumerate(way) if y[i] or k == len(way) - 1), 0)
        return y[way[free]] + sum([self._apart(*sorted(pair)) for pair in pairwise(way[: free + 1])])

    def _spread(self, way: list[int], y: list[float], level: float) -> None:
        """Give the units without a place theirs, as far from each other as there is room."""
        free = next((k for k, i in enumerate(way) if y[i] or k == len(way) - 1), 0)
        more = (level - self._below(way, y)) / max(1, free)
        y[way[0]] = level
        for one, other in pairwise(way[:free]):
            y[other] = y[one] - self._apart(*sorted((one, other))) - more

    def _apart(self, source: int, target: int) -> float:
        """From the center of a unit to that of its reader; the label beside the wire goes between them."""
        one, other = self.nodes[source], self.nodes[target]
        return (one.height + other.height) / 2 + max(one.label + 1, self.pen.fit.tip + 3)

    def _drawn(self, i: int) -> list[Shape]:
        unit, node, x = self.units[i], self.nodes[i], self.x[i]
        top = self.y[i] - node.height / 2
        below = i < self.found.turn
        return [*self.pen.drawn(unit, x, top, node.half, node, False),
                *self.pen.notes(unit, x, top + node.height if below else top - self.pen.fit.small - 5)]

    def _wires(self) -> list[Shape]:
        found: list[Shape] = []
        for i in range(1, len(self.units)):
            one, other = i - 1, i
            if i == self.found.turn:
                found.append(self._level(one, other))
                continue
            way = 1 if i < self.found.turn else -1
            begin, end = self.y[one] + way * self.nodes[one].height / 2, self.y[other] - way * self.nodes[other].height / 2
            found.append(wired(((self.x[one], begin), (self.x[other], end)), (self.units[one].name, self.units[other].name)))
        return found + [self._level(source, target) for source, target in self.found.across]

    def _level(self, source: int, target: int) -> Shape:
        """A wire from the left column to the right one."""
        start, end = self.x[source] + self.nodes[source].half, self.x[target] - self.nodes[target].half
        return wired(((start, self.y[source]), (end, self.y[target])), (self.units[source].name, self.units[target].name))
