"""What one unit sees: the feature maps on the way back to the input, the seen part of each, and the cone between them."""

from __future__ import annotations

from typing import NamedTuple

from ..analysis import Trace
from ..receptive_field.pixels import Region, full, indices
from ..receptive_field.report import Sight
from .metrics import shortened, width_of
from .paper import MARGIN, Options, room, titled
from .scene import Group, Look, Path, Point, Rectangle, Scene, Shape, text
from .words import caption, times

#: More maps than these are not shown: of those of one size, only the last.
MOST_MAPS = 12
#: How much smaller the maps may get before some are left out, or a second row begins.
SHARES = (1.0, 0.85, 0.72, 0.6, 0.5, 0.42)
#: Finer grids are not drawn, and a set of more rectangles is drawn as the box around it.
FINEST, MOST_PARTS = 4.0, 600
#: What is seen is at least so many pixels wide and high.
LEAST = 2.0
SIZE = 11.0


class _Map(NamedTuple):
    """A layer's units as rows and columns, and those that are seen."""

    name: str
    words: str
    family: str
    sizes: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    region: Region


def scene(trace: Trace, layer: str, unit: tuple[int, ...] | None, options: Options) -> Scene:
    """The picture of one unit of a layer, by default the one in the center. SpecError if there is no such layer or unit."""
    sight = Sight(trace)
    place = sight.place(layer)
    unit = sight.centre(place) if unit is None else unit
    inputs = sight.unit(place, unit)
    steps = [(back.place, back.sizes, back.spans, back.region) for back in reversed(sight.back(place, unit))]
    own = sight.units(place)
    steps.append((place, own, tuple([(u, u) for u in unit]), (tuple([1 << u for u in unit]),)))
    maps = []
    for here, sizes, spans, region in steps:
        kind = here.step.node.layer
        if kind is None or not sizes or (kind.drawn_with is not None and here.name != place.name):
            continue
        maps.append(_Map(here.name, caption(kind), kind.family, sizes, spans, region))
    seen = " and ".join([f"{one.pixels:,} of {one.input_pixels:,} pixels{f' of {one.input}' if len(inputs) > 1 else ''}" for one in inputs])
    title = f"{place.name}{' (' + ', '.join(map(str, unit)) + ')' if unit else ''} sees {seen or 'nothing'}"
    return _drawn(maps, title, trace.graph.name, options)


def _fewer(maps: list[_Map]) -> list[_Map]:
    """Of neighbors of one size only the last."""
    return [one for i, one in enumerate(maps) if i == 0 or i == len(maps) - 1 or one.sizes != maps[i + 1].sizes or one.family == "input"]


def _drawn(maps: list[_Map], title: str, name: str, options: Options) -> Scene:
    largest = max([max(one.sizes[-2:]) for one in maps], default=1)
    most = room(options.width, SIZE) - 2 * MARGIN
    if len(maps) > MOST_MAPS and not options.expand:
        maps = _fewer(maps)
    found = _fitted(maps, largest, most)
    if found[1] > most and not options.expand:
        maps = _fewer(maps)
        found = _fitted(maps, largest, most)
    if found[1] > most:
        found = _row(maps, largest, 190 * SHARES[-1], 26 * SHARES[-1], most)
    shapes, width, height = found
    words = f"{title} ({name}): " + ", ".join([f"{one.name} {times(one.sizes)}, {_seen(one)} seen" for one in maps])
    return titled(shapes, width, height, title if options.title is None else options.title, words, options, SIZE)


def _fitted(maps: list[_Map], largest: int, most: float) -> tuple[list[Shape], float, float]:
    """The maps in one row, as large as fit."""
    for share in SHARES:
        found = _row(maps, largest, 190 * share, 26 * share, 1e9)
        if found[1] <= most:
            break
    return found


def _row(maps: list[_Map], largest: int, side: float, gap: float, most: float) -> tuple[list[Shape], float, float]:
    """The maps from left to right, in further rows where they do not fit."""
    rows: list[list[tuple[_Map, float, float, float]]] = [[]]
    x = 0.0
    for one in maps:
        tall, wide = _sides(one, largest, side)
        labels = max([width_of(line, SIZE) for line in _lines(one)])
        cell = max(wide, labels)
        if rows[-1] and x + cell > most:
            rows.append([])
            x = 0.0
        rows[-1].append((one, x + (cell - wide) / 2, tall, wide))
        x += cell + gap
    shapes: list[Shape] = []
    top = width = 0.0
    for row in rows:
        tallest = max([tall for _, _, tall, _ in row])
        before: tuple[Point, ...] | None = None
        cones: list[Shape] = []
        for one, x, tall, wide in row:
            y = top + (tallest - tall) / 2
            drawn, corners = _map(one, x, y, tall, wide)
            shapes += drawn
            if before is not None:
                cones += [Path((before[2], corners[0]), Look(None, "sees", 1)), Path((before[3], corners[1]), Look(None, "sees", 1))]
            before = corners
            for k, line in enumerate(_lines(one)):
                role = ("ink", "soft", "sees")[k]
                shapes.append(text(x + wide / 2, top + tallest + 6 + (k + 1) * (SIZE + 3), line, SIZE, role=role))
            width = max(width, x + wide / 2 + max(wide, *[width_of(line, SIZE) for line in _lines(one)]) / 2)
        shapes += cones
        top += tallest + 3 * (SIZE + 3) + 24
    return shapes, width, top - 18


def _lines(one: _Map) -> tuple[str, str, str]:
    return shortened(one.name, 110, SIZE), times(one.sizes), _seen(one)


def _seen(one: _Map) -> str:
    return times(tuple([b - a + 1 for a, b in one.spans])) if one.spans else "nothing"


def _sides(one: _Map, largest: int, side: float) -> tuple[float, float]:
    sizes = one.sizes[-2:]
    found = [max(6.0, side * (n / largest) ** 0.55) for n in sizes]
    return (found[0], found[1]) if len(found) > 1 else (22.0, max(found[0], 10.0))


def _map(one: _Map, x: float, y: float, tall: float, wide: float) -> tuple[list[Shape], tuple[Point, ...]]:
    """A map with its grid and what is seen of it; the corners of that: left above, left below, right above, right below."""
    rows, columns = one.sizes[-2:] if len(one.sizes) > 1 else (1, one.sizes[-1])
    fill = "input" if one.family == "input" else f"{one.family}-pale"
    shapes: list[Shape] = [Rectangle(x, y, wide, tall, Look(fill, "edge", 1.1))]
    cell_y, cell_x = tall / rows, wide / columns
    for r0, r1, c0, c1 in _parts(one):
        shapes.append(Rectangle(x + c0 * cell_x, y + r0 * cell_y, max(LEAST, (c1 - c0) * cell_x), max(LEAST, (r1 - r0) * cell_y),
                                Look("sees", None, opacity=0.75)))
    if min(cell_x, cell_y if rows > 1 else cell_x) >= FINEST:
        line = Look(None, "frame", 0.5)
        shapes += [Path(((x + k * cell_x, y), (x + k * cell_x, y + tall)), line) for k in range(1, columns)]
        shapes += [Path(((x, y + k * cell_y), (x + wide, y + k * cell_y)), line) for k in range(1, rows)]
    spans = one.spans[-2:]
    (r0, r1), (c0, c1) = spans if len(spans) > 1 else ((0, 0), spans[0] if spans else (0, 0))
    box = Rectangle(x + c0 * cell_x, y + r0 * cell_y, max(LEAST, (c1 - c0 + 1) * cell_x),
                    max(LEAST, (r1 - r0 + 1) * cell_y), Look(None, "sees", 1.2))
    if one.spans:
        shapes.append(box)
    left, right, above, below = box.x, box.x + box.width, box.y, box.y + box.height
    group = Group(tuple(shapes), (one.name,), f"{one.name} ({one.words}): {times(one.sizes)}, {_seen(one)} seen")
    return [group], ((left, above), (left, below), (right, above), (right, below))


def _parts(one: _Map) -> list[tuple[int, int, int, int]]:
    """What is seen as rectangles of rows and columns, exactly, unless that would be too many."""
    found = []
    for masks in one.region:
        columns = _runs(masks[-1])
        rows = _runs(masks[-2]) if len(masks) > 1 else [(0, 1)]
        found += [(r0, r1, c0, c1) for r0, r1 in rows for c0, c1 in columns]
        if len(found) > MOST_PARTS:
            spans = one.spans[-2:] if len(one.spans) > 1 else ((0, 0), *one.spans)
            (r0, r1), (c0, c1) = spans
            return [(r0, r1 + 1, c0, c1 + 1)]
    return list(dict.fromkeys(found))


def _runs(mask: int) -> list[tuple[int, int]]:
    """Runs of neighboring indices of a set: from, up to."""
    if mask == full(mask.bit_length()):
        return [(0, mask.bit_length())]
    found: list[tuple[int, int]] = []
    for i in indices(mask):
        if found and found[-1][1] == i:
            found[-1] = (found[-1][0], i + 1)
        else:
            found.append((i, i + 1))
    return found


