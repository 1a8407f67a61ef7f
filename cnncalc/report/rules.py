"""What every value of a network reads of others, in the form that the page's script follows.

The page embeds rules, not sets of pixels: for each value its sizes and, along each axis of what it reads, which places.
A rule is [advance, phase...], as in `Taps`; a phase is [repeats, delta, run...], its runs moved by `delta` from one repeat to
the next, and a run [first, count, step].
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypedDict

from ..dependence import Along, Reindexed, Taps, taps_of
from ..receptive_field.boxes import Sees, clipped
from ..receptive_field.dataflow import Flow
from ..receptive_field.periodic import Wave, joined
from ..receptive_field.pixels import Line, full, indices
from ..receptive_field.report import Sight
from ..views.unit_sight import LINES
from ..window import Spread, Window
from .layout import Layout, View

#: Places along one axis that the page follows one by one.
LONGEST = 1 << 20
#: Numbers in all rules of a page; more would make it slow to load.
MOST_NUMBERS = 1 << 19

#: What units see that all see the same.
NOTHING = Wave((None,))

Run = list[int]
Rule = list[object]


class MapData(TypedDict):
    """A value as the page shows it: its layers, its units' axes, their boxes on each axis of pixels, and its view."""

    value: int
    names: list[str]
    axes: list[int]
    boxes: list[list[object]]
    view: int


class InputData(TypedDict):
    """An input: its value, and the name in singular and plural of each axis of pixels."""

    name: str
    value: int
    lines: list[list[str]]


class FieldData(TypedDict):
    """All that the page needs to follow receptive fields in both directions, but for the rules themselves.

    Equal views of maps stand in `views` once.
    """

    values: list[list[object]]
    maps: list[MapData]
    views: list[View]
    inputs: list[InputData]


class TooLarge(Exception):
    """The rules of a network are too many for a page."""


def field_data(sight: Sight, table: RuleTable) -> FieldData:
    """What reads what in a network, its rules in the table; TooLarge where a page could not follow them."""
    if any([n > LONGEST for value in sight.flow.values for n in value.shape]):
        raise TooLarge
    return _Writer(sight, table).data()


class RuleTable:
    """Rules by number, equal ones once."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self._numbers: dict[Hashable, int] = {}
        self.size = 0

    def number(self, key: Hashable, rule: Rule) -> int:
        """The number of the rule that `key` stands for."""
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.rules)
            self.rules.append(rule)
            self.size += len(rule)
            if self.size > MOST_NUMBERS:
                raise TooLarge
        return found

    def of_taps(self, taps: Window | Spread | Taps) -> int:
        if isinstance(taps, Spread) and taps.stride > MOST_NUMBERS:
            raise TooLarge
        return self.number((type(taps), taps), tap_rule(taps))

    def of_places(self, mask: int) -> int:
        """The same places, whatever the output."""
        return self.number(("places", mask), [0, [1, 0, *runs(indices(mask))]])

    def of_wave(self, wave: Wave) -> int:
        return self.number(("wave", wave), wave_rule(wave))


def tap_rule(window: Window | Spread | Taps) -> Rule:
    """A window, a spread or taps as the script reads them."""
    taps = taps_of(window)
    phases = [runs(phase) for phase in taps.phases]
    times: list[int] = []
    deltas: list[int] = []
    first: list[list[Run]] = []
    for before, phase in zip([[], *phases], phases):
        delta = _moved(before, phase)
        if delta is not None and times and (times[-1] == 1 or deltas[-1] == delta):
            times[-1] += 1
            deltas[-1] = delta
        else:
            times.append(1)
            deltas.append(0)
            first.append(phase)
    return [taps.advance, *[[t, d, *phase] for t, d, phase in zip(times, deltas, first)]]


def _moved(before: list[Run], phase: list[Run]) -> int | None:
    """By how much the runs of a phase lie further than those before; `None` if they differ otherwise."""
    if not phase or [run[1:] for run in before] != [run[1:] for run in phase]:
        return None
    moves = {now[0] - then[0] for then, now in zip(before, phase)}
    return moves.pop() if len(moves) == 1 else None


def runs(places: Sequence[int]) -> list[Run]:
    """Places as [first, count, step]."""
    if isinstance(places, range):
        return [[places.start, len(places), places.step]] if places else []
    found: list[Run] = []
    for place in places:
        if found and place == found[-1][0] + found[-1][1]:
            found[-1][1] += 1
        else:
            found.append([place, 1, 1])
    return found


def wave_rule(wave: Wave) -> Rule:
    """The box of each unit: jump (`None` if finite) and period, then [units, first pixel, step, size]; size 0 is none."""
    jump = None if wave.finite else next((int(field.jump) for field in wave.fields if field), 0)
    rule: Rule = [jump, len(wave.fields)]
    last: list[int] = []
    for field in wave.fields:
        start, size = (0, 0) if field is None else (int(field.start or 0), int(field.size))
        if last and last[3] == size and (last[0] == 1 or start == last[1] + last[0] * last[2]):
            if last[0] == 1:
                last[2] = start - last[1]
            last[0] += 1
        else:
            last = [1, start, 0, size]
            rule.append(last)
    return rule


class _Writer:
    """Writes the rules of one network; axes along which every layer reads all of each value are left out."""

    def __init__(self, sight: Sight, table: RuleTable):
        self.sight, self.flow, self.table = sight, sight.flow, table
        self.units: dict[int, tuple[int, ...]] = {}
        self.names: dict[int, list[str]] = {}
        for place in self.flow.places:
            if place.values:
                self.units.setdefault(place.values[0], sight.fields.unit_axes(place))
                self.names.setdefault(place.values[0], []).append(place.name)
        self.dropped = dropped_axes(self.flow, self.units)
        self.inputs = {value for _, value in self.flow.inputs}
        self.views: list[View] = []
        self.layout = Layout([self._sizes(value) for value in self.units])
        self.kept = [[i for i in range(len(value.shape)) if i not in gone] for value, gone in zip(self.flow.values, self.dropped)]

    def data(self) -> FieldData:
        fields = self.sight.fields
        inputs: list[InputData] = [
            {"name": node.name, "value": value,
             "lines": [list(LINES.get(axis.name, (axis.name, axis.name))) for axis in fields.axes if axis.input == i]}
            for i, (node, value) in enumerate(self.flow.inputs)
        ]
        return {"values": [self._value(y) for y in range(len(self.flow.values))],
                "maps": [self._map(value) for value in self.names],
                "views": self.views, "inputs": inputs}

    def _value(self, y: int) -> list[object]:
        value = self.flow.values[y]
        return [[value.shape[i] for i in self.kept[y]], *[[x, self._reads(y, x, reads)] for x, reads in value.reads]]

    def _reads(self, y: int, x: int, reads: Reindexed | tuple[Along, ...]) -> object:
        if isinstance(reads, Reindexed):
            groups = regrouped(self.flow.values[y].shape, self.flow.values[x].shape, reads.order)
            return {"groups": [[[self.kept[value].index(i) for i in axes] for value, axes in zip((y, x), group)] for group in groups
                               if self.dropped[y].isdisjoint(group[0]) and self.dropped[x].isdisjoint(group[1])]}
        return [self._along(y, reads[i], self.flow.values[x].shape[i]) for i in self.kept[x]]

    def _along(self, y: int, along: Along, n: int) -> object:
        """What is read along an axis of n places: `None` for all, the output's axis for the same place, or [axis, rule]."""
        if along.taps is None and (along.axis is None or along.whole):
            return None
        fixed = 1 if along.axis is None else full(self.flow.values[y].shape[along.axis])
        if along.axis is None or along.axis in self.dropped[y]:
            places = Line(along.taps, n).back(fixed)
            return None if places == full(n) else [-1, self.table.of_places(places)]
        axis = self.kept[y].index(along.axis)
        return axis if along.taps is None else [axis, self.table.of_taps(along.taps)]

    def _map(self, value: int) -> MapData:
        return {"value": value, "names": self.names[value], "axes": [self.kept[value].index(i) for i in self.units[value]],
                "boxes": [self._boxes(value, number) for number in range(len(self.flow.inputs))],
                "view": self._view(value)}

    def _view(self, value: int) -> int:
        view = self.layout.view(self._sizes(value), value in self.inputs)
        if view not in self.views:
            self.views.append(view)
        return self.views.index(view)

    def _sizes(self, value: int) -> list[int]:
        return [self.flow.values[value].shape[i] for i in self.units[value]]

    def _boxes(self, value: int, number: int) -> list[object]:
        fields = self.sight.fields
        return [self._box(value, sees, axis.size)
                for axis, sees in zip(fields.axes, fields.values[value]) if axis.input == number]

    def _box(self, value: int, sees: Sees | None, size: int) -> list[object] | None:
        """The span before clipping along one axis of pixels: what every unit sees, unit axis, div, mod and wave."""
        if sees is None:
            return None
        always = [sees.scattered and clipped(sees.scattered, size), sees.whole and clipped(sees.whole, size)]
        if sees.local is None:
            return [joined(always), 0, 1, 1, self.table.of_wave(NOTHING)]
        axis, div, mod, wave = sees.local
        if axis not in self.units[value]:
            return [joined([*always[1:], sees.hull()]), 0, 1, 1, self.table.of_wave(NOTHING)]
        local = [self.units[value].index(axis), div, mod, self.table.of_wave(wave)]
        return [joined(always[1:]), *local]


def dropped_axes(flow: Flow, units: dict[int, tuple[int, ...]]) -> list[set[int]]:
    """The axes of each value that need not be followed: all of them is always read, and no unit is told apart by them."""
    found = [set(range(len(value.shape))).difference(units.get(i, ())) for i, value in enumerate(flow.values)]
    for y in reversed(range(len(flow.values))):
        value = flow.values[y]
        groups = {x: [group for group in regrouped(value.shape, flow.values[x].shape, reads.order) if max(map(len, group)) < 2]
                  for x, reads in value.reads if isinstance(reads, Reindexed)}
        for simple in groups.values():
            found[y].intersection_update([i for ys, _ in simple for i in ys])
        for x, reads in value.reads:
            if isinstance(reads, Reindexed):
                found[x].intersection_update([i for ys, xs in groups[x] for i in xs if found[y].issuperset(ys)])
            else:
                shape = flow.values[x].shape
                found[x] = {i for i in found[x] if _covers(reads[i], shape[i], value.shape, found[y])}
    return found


def _covers(along: Along, n: int, y: tuple[int, ...], dropped: Iterable[int]) -> bool:
    """Whether all n places are read along an axis, whichever unit reads."""
    if along.axis is None:
        return along.taps is None or Line(along.taps, n).back(1) == full(n)
    if along.whole and along.taps is None:
        return True
    return along.axis in dropped and Line(along.taps, n).back(full(y[along.axis])) == full(n)


def regrouped(y: Sequence[int], x: Sequence[int], order: Sequence[int] | None) -> list[list[list[int]]]:
    """The axes of two shapes with the same values in the same order, taken together only as far as they must be."""
    order = order or range(len(x))
    sizes = [x[i] for i in order]
    found: list[list[list[int]]] = [*[[[i], []] for i, n in enumerate(y) if n == 1], *[[[], [i]] for i, n in enumerate(x) if n == 1]]
    left, right = [i for i, n in enumerate(y) if n != 1], [k for k, n in enumerate(sizes) if n != 1]
    while left and right:
        ys, xs = [left.pop(0)], [right.pop(0)]
        a, b = y[ys[0]], sizes[xs[0]]
        while a != b:
            if a < b:
                ys.append(left.pop(0))
                a *= y[ys[-1]]
            else:
                xs.append(right.pop(0))
                b *= sizes[xs[-1]]
        found.append([ys, [order[k] for k in xs]])
    return found
