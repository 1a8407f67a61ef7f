"""Regions of cells each of which reads two before it, as in NASNet: not everything passes through one unit, but the cells repeat."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .reduce import Unit

#: Smaller regions are not searched for cells, and fewer cells are none.
LEAST_UNITS, LEAST_CELLS = 12, 4


def latest(units: Sequence[Unit]) -> list[Unit]:
    """The units of a region in another order: each as late as what reads it allows, so that cells are not mixed.

    From the end backwards: of the units all of whose readers have their places, first the one that has the shortest way from the
    beginning. So what reads only the cell before the last comes after the last.
    """
    first = units[0].index
    readers, depth = [0] * len(units), [0] * len(units)
    for i, unit in enumerate(units):
        reads = {read - first for read in unit.reads if read >= first}
        depth[i] = 1 + max([depth[read] for read in reads], default=0)
        for read in reads:
            readers[read] += 1
    ready = [(depth[i], -i) for i, count in enumerate(readers) if not count]
    found: list[Unit] = []
    while ready:
        unit = units[-heappop(ready)[1]]
        found.append(unit)
        for read in {read - first for read in unit.reads if read >= first}:
            readers[read] -= 1
            if not readers[read]:
                heappush(ready, (depth[read], -read))
    return found[::-1]


def ends(units: Sequence[Unit], entry: Unit | None) -> list[int]:
    """Where the cells of a region end: in merges, after which only they and the end of one earlier cell are read; none if there are few."""
    place = {unit.index: i for i, unit in enumerate(units)}
    if entry is not None:
        place[entry.index] = -1
    last: dict[int, int] = {}
    for i, unit in enumerate(units):
        for read in unit.reads:
            if read not in place:
                return []
            last[place[read]] = i
    leaves: dict[int, list[int]] = {}
    for i, until in last.items():
        leaves.setdefault(until, []).append(i)
    going = {-1} & set(last)
    found = [-1]
    for i, unit in enumerate(units[:-1]):
        going.difference_update(leaves.get(i, ()))
        if i in last:
            going.add(i)
            if unit.is_merge and len(going) < 3 and going <= {i, *found}:
                found.append(i)
    return [*found[1:], len(units) - 1] if len(found) > LEAST_CELLS else []
