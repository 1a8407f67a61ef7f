"""The receptive field of one unit: numbers, the way back to the input, a picture."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..analysis import Trace
from ..errors import SpecError
from ..layers.base import times
from ..layers.pool import Pooling
from ..receptive_field.dataflow import Place
from ..receptive_field.pixels import Region, indices
from ..receptive_field.report import Back, Sight, UnitSight
from ..receptive_field.unpooled import without_pooling
from .field_text import percent, share
from .receptive_field import axis_dict
from .report import Column, Heading, Lines, Part, Picture, Records, Report, Table

#: Seen, seen in part, hidden from this unit, never seen by any; with and without Unicode.
MARKS = ("█", "▒", "·", "×")
PLAIN_MARKS = ("#", "+", ".", "x")


class Looked(NamedTuple):
    """One unit of a network: what it sees of each input, and the way back."""

    sight: Sight
    layer: str
    unit: tuple[int, ...]
    inputs: list[UnitSight]
    back: list[Back]


def looked(sight: Sight, layer: str | None, unit: tuple[int, ...] | None) -> Looked:
    """The unit asked for: by default the center one of the last layer that is still a map."""
    return looked_at(sight, sight.place(layer) if layer is not None else sight.last_map(), unit)


def looked_at(sight: Sight, place: Place, unit: tuple[int, ...] | None) -> Looked:
    unit = sight.centre(place) if unit is None else unit
    return Looked(sight, place.name, unit, sight.unit(place, unit), sight.back(place, unit))


def looked_twice(trace: Trace, layer: str | None, unit: tuple[int, ...] | None) -> tuple[Looked, Looked]:
    """The unit, and that of the same layer in the network without its pooling layers."""
    sight = Sight(trace)
    place = sight.place(layer) if layer is not None else sight.last_map((Pooling,))
    if isinstance(place.step.node.layer, Pooling):
        raise SpecError(f"{place.name} is a pooling layer itself, and left out", (), "name another layer: --layer NAME")
    other = Sight(without_pooling(trace))
    return looked_at(sight, place, unit), looked_at(other, other.place(place.name), unit)


def report(found: Looked, without: Looked | None = None) -> Report:
    """One unit; `without` is the same one in the network without pooling layers."""

    def data() -> dict[str, object]:
        unit = unit_dict(found)
        if without is not None:
            unit["without_pooling"] = {k: v for k, v in unit_dict(without).items() if k not in ("schema", "name")}
        return unit

    def parts() -> list[Part]:
        unit = f"unit ({', '.join(map(str, found.unit))}) of " if found.unit else ""
        shown: list[Part] = [Heading(f"Receptive field of {unit}{found.layer}", 3), Lines(_lines(found), tight=True)]
        if without is not None:
            shown += [Heading("Without the pooling layers", 3), Lines(_lines(without), tight=True)]
        titles, body = way_back(found, without)
        shown.append(Table([Column(title, title, right=i > 0) for i, title in enumerate(titles)], body, "Back to the input"))
        return shown + [_picture(one, len(found.inputs) > 1) for one in found.inputs if one.region and one.sizes]

    return Report(found.sight.trace.graph.name, data, parts, lambda: Records(*way_back(found, without)))


def _picture(one: UnitSight, several: bool) -> Picture:
    return Picture(lambda width, unicode: picture(one, width, unicode, several).rstrip("\n").split("\n"), True)


def unit_dict(found: Looked) -> dict[str, object]:
    """One unit as plain data; the schema's fields are only ever added to."""
    inputs = [_input_dict(one) for one in found.inputs]
    fields = found.sight.layer(found.sight.place(found.layer), False).fields
    for one, field in zip(inputs, fields):
        one["field"] = [axis_dict(axis) for axis in field.axes]
    return {
        "schema": "cnncalc/receptive-field-unit/1",
        "name": found.sight.trace.graph.name, "layer": found.layer, "unit": list(found.unit),
        **(inputs[0] if inputs else {}),
        **({"inputs": inputs} if len(inputs) > 1 else {}),
        "back": [{"name": step.place.name, "type": step.place.step.node.layer.keras_class,  # type: ignore[union-attr]
                  "size": [b - a + 1 for a, b in step.spans], "span": [list(span) for span in step.spans],
                  "units": step.pixels} for step in found.back],
    }


def _input_dict(one: UnitSight) -> dict[str, object]:
    axes = range(len(one.axes))
    return {
        "input": one.input, "axes": list(one.axes),
        "box": [span and list(span) for span in one.box], "seen": [span and list(span) for span in one.seen],
        "pixels": one.pixels, "input_pixels": one.input_pixels, "coverage": share(one.coverage), "holes": one.holes,
        "empty": [one.empty(i) for i in axes], "never_seen": [one.never_seen(i) for i in axes],
        "never_seen_pixels": one.never_seen_pixels,
    }


def spans(lines: list[int]) -> list[list[int]]:
    """Runs of neighbouring lines as [first, last]."""
    found: list[list[int]] = []
    for line in lines:
        if found and line == found[-1][1] + 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    return found


def way_back(found: Looked, without: Looked | None) -> tuple[list[str], list[list[str]]]:
    """From the input to the layer: its size, and how much of it the unit sees."""
    titles = ["Layer", "Size", "Field there"]
    holes = any(step.pixels != _box(step) for step in found.back)
    titles += ["Units seen"] * holes
    rows = [[step.place.name, times(step.sizes), times([b - a + 1 for a, b in step.spans]),
             *([f"{step.pixels:,}"] * holes)] for step in reversed(found.back)]
    rows.append([found.layer, *_own(found), *(["1"] * holes)])
    if without is None:
        return titles, rows
    titles += ["Size without pooling", "Field there"]
    other = {step.place.name: [times(step.sizes), times([b - a + 1 for a, b in step.spans])] for step in without.back}
    other[without.layer] = _own(without)
    return titles, [[*row, *other.get(row[0], ["", ""])] for row in rows]


def _own(found: Looked) -> list[str]:
    """The size of the layer asked for, and its one unit."""
    place = found.sight.place(found.layer)
    units = found.sight.units(place)
    return [times(units), times([1] * len(units))] if units else [times(place.step.output or ())] * 2


def _box(step: Back) -> int:
    found = 1
    for a, b in step.spans:
        found *= b - a + 1
    return found


# In words.


def _lines(found: Looked) -> list[str]:
    lines = []
    for one in found.inputs:
        if len(found.inputs) > 1:
            lines.append(f"of {one.input}:")
        lines += _input_lines(one)
    return lines or ["no input pixel"]


def _input_lines(one: UnitSight) -> list[str]:
    many = f"{one.pixels:,} of {one.input_pixels:,} ({percent(one.coverage)})"
    if not one.region:
        return [f"  pixels      {many}"]
    same = one.box == one.seen
    lines = [f"  box         {_extent(one, one.box)}" + ("" if same else ", before clipping")]
    if not same:
        lines.append(f"  clipped     {_extent(one, one.seen)}, at every layer")
    lines.append(f"  pixels      {many}")
    if one.holes:
        empty = [_numbered(axis, one.empty(i)) for i, axis in enumerate(one.axes) if one.empty(i)]
        inside = "" if len(one.axes) < 2 else f" of the {times(b - a + 1 for a, b in filter(None, one.seen))} box"
        lines.append(f"  holes       {one.holes:,}{inside}" + ("; empty: " + "; ".join(empty) if empty else ""))
    never = [_numbered(axis, one.never_seen(i)) for i, axis in enumerate(one.axes) if one.never_seen(i)]
    if one.never_seen_pixels:
        lines.append(f"  never seen  {one.never_seen_pixels:,} pixels by any unit of the layer"
                     + (": " + "; ".join(never) if never else ""))
    return lines


LINES = {"height": ("row", "rows"), "width": ("column", "columns"), "depth": ("slice", "slices"),
         "steps": ("step", "steps"), "values": ("value", "values")}


def _extent(one: UnitSight, ends: tuple[Any, ...]) -> str:
    size = times(None if span is None else span[1] - span[0] + 1 for span in ends)
    where = [f"{LINES.get(axis, (axis, axis))[1]} {span[0]} to {span[1]}" for axis, span in zip(one.axes, ends) if span]
    return f"{size}: {', '.join(where)}"


def _numbered(axis: str, lines: list[int]) -> str:
    runs = [str(a) if a == b else f"{a} to {b}" for a, b in spans(lines)]
    words = ", ".join(runs if len(runs) <= 6 else [*runs[:5], f"... {runs[-1]}"])
    return f"{LINES.get(axis, (axis, axis))[len(lines) > 1]} {words}"


# As a picture.


def picture(one: UnitSight, room: int, unicode: bool = True, named: bool = False, most: int = 40) -> str:
    """The input with what the unit sees, what only others see and what none does, as far as it fits."""
    sizes, region, whole, title = one.sizes, one.region, one.whole, f"{one.input} " if named else ""
    if len(sizes) > 2:  # the slice in the middle of what is seen
        at = [(span[0] + span[1]) // 2 for span in one.seen[:-2] if span]
        region, whole = _slice(region, at), _slice(whole, at)
        names = [f"{LINES.get(axis, (axis, ''))[0]} {i}" for axis, i in zip(one.axes, at)]
        sizes, title = sizes[-2:], title + "at " + ", ".join(names) + " "
    if len(sizes) == 1:
        sizes, region, whole = (1, *sizes), _row(region), _row(whole)
    marks = MARKS if unicode else PLAIN_MARKS
    seen, hidden = _by_row(region, sizes[0]), _by_row(whole, sizes[0])
    double = 2 * sizes[1] <= room and sizes[0] <= most
    wide = 1 if double else max(-(-sizes[1] // room), -(-sizes[0] // (2 * most)))
    high = 1 if double or sizes[0] == 1 else 2 * wide
    lines, used = [], set()
    for top in range(0, sizes[0], high):
        line = ""
        for left in range(0, sizes[1], wide):
            mark = _mark(seen[top:top + high], hidden[top:top + high], left, min(wide, sizes[1] - left))
            used.add(mark)
            line += marks[mark] * (2 if double else 1)
        lines.append(line)
    words = ("seen", "seen in part", "seen by other units only", "never seen by any unit of the layer")
    legend = "   ".join([f"{marks[i]} {word}" for i, word in enumerate(words) if i in used])
    scale = "" if double else f"   one character: {high}x{wide} pixels"
    return (title.strip().capitalize() + "\n" if title else "") + "\n".join(lines) + "\n" + legend + scale + "\n"


def _mark(seen: list[int], whole: list[int], left: int, wide: int) -> int:
    window = ((1 << wide) - 1) << left
    pixels = sum([(row & window).bit_count() for row in seen])
    if pixels:
        return 0 if pixels == wide * len(seen) else 1
    return 2 if any(row & window for row in whole) else 3


def _by_row(region: Region, rows: int) -> list[int]:
    found = [0] * rows
    for lines, columns in region:
        for row in indices(lines):
            found[row] |= columns
    return found


def _slice(region: Region, at: list[int]) -> Region:
    return tuple([masks[len(at):] for masks in region if all(mask >> i & 1 for mask, i in zip(masks, at))])


def _row(region: Region) -> Region:
    return tuple([(1, *masks) for masks in region])
