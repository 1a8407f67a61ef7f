"""A trace as few elements: passive layers join their neighbors, regions are found, repetition is folded. Linear time."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple, Union

from ..analysis import Trace
from .cells import cells_of
from .rows import Row, Rows
from .units import Region, Unit, is_closed
from .words import caption

#: The longest block of elements that is folded.
LONGEST = 6
#: The least number of units that folding blocks which differ in sizes has to save.
LEAST_LOOSELY = 3


class Fold(NamedTuple):
    """Elements that occur several times in a row, drawn once; `end` is the last unit of the last repetition."""

    elements: tuple[Region, ...]
    times: int
    end: Unit


Element = Union[Region, Fold]  # noqa: UP007


class Reduced(NamedTuple):
    """A network as it is drawn."""

    trace: Trace
    units: tuple[Unit, ...]
    elements: tuple[Region, ...]


def reduced(trace: Trace, whole: bool = False) -> Reduced:
    """The network for drawing; `whole` leaves nested models as one unit each."""
    elements = [cell for region in regions(fused(Rows(trace, whole))) for cell in cells_of(region)]
    return Reduced(trace, tuple([unit for region in elements for unit in region.units]), tuple(elements))


# Passive layers.


def fused(rows: Rows) -> list[Unit]:
    """The rows as units, in order, where each stands after those that it reads."""
    units: list[Unit | None] = []
    at: list[int] = []  # the unit of each row
    waiting: set[int] = set()  # units that are drawn with their reader, once it comes

    def add(unit: Unit) -> None:
        units.append(unit)
        at.append(len(units) - 1)

    for row in rows.rows:
        first = at[row.reads[0]] if row.reads else -1
        alone = bool(row.reads) and len(set(row.reads)) == 1 and rows.readers[row.reads[0]] == 1
        before = units[first] if first >= 0 else None
        if row.drawn_with is not None and alone and first in waiting:
            assert before is not None
            _append(before, row)
            at.append(first)
        elif row.drawn_with == "input" and alone and before is not None and before.main.family != "input" and before.last is rows.rows[row.reads[0]] and not (
                before.is_merge and not before.sign):
            _append(before, row)
            at.append(first)
        else:
            unit = Unit(row, tuple([at[read] for read in row.reads]))
            add(unit)
            if row.drawn_with is not None:
                waiting.add(len(units) - 1)
            else:
                _take(unit, units, waiting, rows, row, at)
    for output in rows.outputs:
        last = units[at[output]]
        assert last is not None
        last.output = True
    order = _in_order(units)
    places = {i: n for n, i in enumerate(order)}
    kept = []
    for n, i in enumerate(order):
        placed = units[i]
        assert placed is not None
        placed.index = n
        placed.reads = tuple([places[read] for read in placed.reads])
        placed.crops = {places[read] for read in placed.crops}
        kept.append(placed)
    return kept


def _in_order(units: Sequence[Unit | None]) -> list[int]:
    """The numbers of the units, constants directly before what reads them first."""
    order: list[int] = []
    constants = {i for i, unit in enumerate(units) if unit is not None and not unit.reads and not unit.main.is_input}
    for i, unit in enumerate(units):
        if unit is None or i in constants:
            continue
        for read in unit.reads:
            if read in constants:
                constants.discard(read)
                order.append(read)
        order.append(i)
    return order + sorted(constants)


def _append(unit: Unit, row: Row) -> None:
    unit.rows.append(row)
    unit.last = row
    unit.behind.append(caption(row.layer))


def _take(unit: Unit, units: list[Unit | None], waiting: set[int], rows: Rows, row: Row, at: list[int]) -> None:
    """Draw passive layers that nobody else reads as part of a unit: before a layer, or on the way into a merge."""
    for read in dict.fromkeys(row.reads):
        number = at[read]
        if number not in waiting or rows.readers[read] != 1:
            continue
        passive = units[number]
        assert passive is not None
        if len(set(row.reads)) > 1 and not (unit.is_merge and passive.main.drawn_with == "reader" and len(passive.rows) == 1):
            continue
        units[number] = None
        waiting.discard(number)
        unit.rows = [*passive.rows, *unit.rows]
        source = passive.reads[0]
        unit.reads = tuple([source if n == number else n for n in unit.reads])
        if len(set(row.reads)) > 1:
            unit.crops.add(source)
        unit.ahead = list(dict.fromkeys([*unit.ahead, *[caption(row.layer) for row in passive.rows]]))


# Regions.


def regions(units: Sequence[Unit]) -> list[Region]:
    """The network as a sequence: at the end of each region but perhaps the last, everything passes through one unit.

    Branches that end in an output of their own are part of the region that they begin in.
    """
    furthest = list(range(len(units)))
    for unit in units:
        for read in unit.reads:
            furthest[read] = max(furthest[read], unit.index)
            units[read].is_read = True
    last_input = max([unit.index for unit in units if unit.main.is_input], default=-1)
    found: list[Region] = []
    begin, reach = 0, -1
    entry: Unit | None = None
    for i, unit in enumerate(units):
        if reach <= i and (i >= last_input or i == len(units) - 1):
            found.append(Region(tuple(units[begin: i + 1]), entry, is_closed(units[begin: i + 1])))
            begin, entry, reach = i + 1, unit, furthest[i]
        else:
            reach = max(reach, furthest[i])
    return found


def main_path(region: Region) -> list[Unit]:
    """The longest chain of a region, without the merge that ends it."""
    first = region.units[0].index
    depth = [1] * len(region.units)
    before = [-1] * len(region.units)
    for i, unit in enumerate(region.units):
        for read in unit.reads:
            if read >= first and depth[read - first] + 1 > depth[i]:
                depth[i], before[i] = depth[read - first] + 1, read - first
    at, found = len(region.units) - 1, []
    while at >= 0:
        found.append(region.units[at])
        at = before[at]
    return found[:0:-1]


# Repetition.


def folded(elements: Sequence[Region], loosely: bool = False) -> list[Element]:
    """The elements with repetitions once: of periods of 1 to 6 elements, where several are possible, the one that saves most."""
    numbers: dict[Hashable, int] = {}
    signs = [numbers.setdefault(_sign(element, loosely), len(numbers)) for element in elements]
    best = _savings(signs, [len(element.units) for element in elements], LEAST_LOOSELY if loosely else 1)
    found: list[Element] = []
    i = 0
    while i < len(elements):
        saved, period, times = best[i]
        # One that begins a few elements later may save more, or as much: a block that differs does so at its beginning.
        if not saved or max([later[0] for later in best[i + 1: i + period]], default=0) >= saved:
            found.append(elements[i])
            i += 1
        else:
            found.append(_folded(elements[i: i + period * times], period, times))
            i += period * times
    return found


def _savings(signs: Sequence[int], sizes: Sequence[int], least: int) -> list[tuple[int, int, int]]:
    """For each element, how many units the best repetition from there on saves, its period, and how often it occurs.

    It is none where it saves fewer than the least.
    """
    before = [0]
    for size in sizes:
        before.append(before[-1] + size)
    best = [(0, 0, 0)] * len(signs)
    for period in range(1, LONGEST + 1):
        for i, run in enumerate(_run_lengths(signs, period)[:-1]):
            times = run // period + 1
            saved = before[i + period * times] - before[i + period] if times > 1 else 0
            if saved > best[i][0] and saved >= least:
                best[i] = (saved, period, times)
    return best


def _sign(element: Region, loosely: bool) -> Hashable:
    first = element.units[0].index
    far = -1 if element.far is None else element.far.index
    return element.closed, element.back, tuple([
        (unit.sign_of(loosely), tuple([-2 if read == far else max(-1, read - first) for read in unit.reads]), len(unit.crops))
        for unit in element.units])


def _run_lengths(signs: Sequence[int], period: int) -> list[int]:
    """For each element, how many from there on are equal to those a period later."""
    runs = [0] * (len(signs) + 1)
    for i in range(len(signs) - period - 1, -1, -1):
        runs[i] = runs[i + 1] + 1 if signs[i] == signs[i + period] else 0
    return runs


def _folded(elements: Sequence[Region], period: int, times: int) -> Fold:
    for k in range(period):
        for n, unit in enumerate(elements[k].units):
            unit.also = [elements[k + period * repeat].units[n] for repeat in range(1, times)]
    return Fold(tuple(elements[:period]), times, elements[-1].units[-1])
