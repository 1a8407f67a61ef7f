"""Regions of cells each of which reads two before it, as in NASNet: not everything passes through one unit, but the cells repeat."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from .units import Region, Unit, is_closed

#: Smaller regions are not searched for cells, and fewer cells are none.
LEAST_UNITS, LEAST_CELLS = 12, 4
#: A cell reads no further back than so many cells.
FURTHEST = 3


def cells_of(region: Region) -> list[Region]:
    """A region as cells, its units in another order; or as it is."""
    if len(region.units) < LEAST_UNITS:
        return [region]
    units = _latest(region.units)
    ends = _ends(units, region.entry)
    if not ends:
        return [region]
    first = region.units[0].index
    places = {unit.index: first + n for n, unit in enumerate(units)}
    for unit in units:
        unit.reads = tuple([places.get(read, read) for read in unit.reads])
        unit.crops = {places.get(read, read) for read in unit.crops}
    for n, unit in enumerate(units):
        unit.index = first + n
    found: list[Region] = []
    begin, entry = 0, region.entry
    before = [region.entry]
    for end in ends:
        cell = tuple(units[begin: end + 1])
        outside = {read for unit in cell for read in unit.reads}
        back = next((k for k in range(2, len(before) + 1) if (one := before[-k]) is not None and one.index in outside), 0)
        far = before[-back] if back else None
        found.append(Region(cell, entry, is_closed(cell) if end + 1 < len(units) else region.closed, far, back))
        begin, entry = end + 1, units[end]
        before.append(entry)
    return found


def joined(elements: Sequence[Region]) -> list[Region]:
    """The elements with cells that read further back as one region with those in between."""
    found: list[Region] = []
    for region in elements:
        parts = [region]
        while region.far is not None and parts[0].entry is not region.far and found:
            parts.insert(0, found.pop())
        units = tuple([unit for part in parts for unit in part.units])
        found.append(region if len(parts) == 1 else Region(units, parts[0].entry, region.closed))
    return found


def _latest(units: Sequence[Unit]) -> list[Unit]:
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


def _ends(units: Sequence[Unit], entry: Unit | None) -> list[int]:
    """Where the cells of a region end: in merges, after which only they and the end of one earlier cell are read; none if there are few.

    The first cell may end in any layer that a later one reads so.
    """
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
    before = {-1: -1}  # a unit after which only it and one other are read, and the other
    merges: list[int] = []
    for i in range(len(units) - 1):
        going.difference_update(leaves.get(i, ()))
        if i in last:
            going.add(i)
            other = next((one for one in going if one != i), -1)
            if len(going) < 3 and other in before and (len(merges) < FURTHEST or other >= merges[-FURTHEST]):
                before[i] = other
                merges += [i] * units[i].is_merge
    found = sorted({-1, *merges, *[before[i] for i in merges]})[1:]
    return [*found, len(units) - 1] if len(merges) >= LEAST_CELLS else []
