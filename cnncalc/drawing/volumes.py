"""The style `volumes`: feature maps as bodies in a row, with the kernels between them; branches side by side."""

from __future__ import annotations

from collections.abc import Sequence

from . import lanes
from .metrics import extents, width_of
from .paper import MARGIN, Options, finished, room
from .plan import Bodies, Branches, Part, Sizes, lines_of, planned
from .reduce import Reduced
from .scene import Group, Look, Path, Point, Scene, Shape, Text, moved, text
from .solids import Body, Scale, Sign, Slice, Solid, arrow, between
from .unet import Drawn, stages
from .units import Unit

#: How much smaller everything may get, step by step, until the row fits.
SHARES = (1.0, 0.92, 0.85, 0.78, 0.71, 0.64, 0.58, 0.52, 0.46, 0.4)
#: The most rows that a picture is broken into.
ROWS = 6
#: Pictures of more bodies are not broken into every number of rows before one is chosen.
LARGE = 150


def scene(network: Reduced, options: Options) -> Scene:
    """The drawing that fits the width: boxes and gaps shrink first, then the row is broken into several."""
    sizes = Sizes(network)
    text_size = 11.0
    most = room(options.width, text_size) - 2 * MARGIN
    found = stages(network)
    if found is not None:
        for share in SHARES:
            drawn = Drawn(found, sizes, _scale(share, sizes.largest, text_size)._replace(gap=4.0, thick=0.75 * share, depth=0.25), network.units)
            if drawn.width <= most:
                break
        shapes = [moved(shape, -drawn.left, -drawn.top) for shape in drawn.shapes]
        return finished(network, options, shapes, drawn.width, drawn.height, text_size)
    parts = planned(network, sizes, options.expand)
    best = _fitted(parts, sizes, text_size, most, 2 if len(parts) > LARGE else ROWS)
    return finished(network, options, best.shapes, best.width, best.height, text_size)


def _fitted(parts: list[Part], sizes: Sizes, size: float, most: float, rows: int) -> _Drawing:
    """In as few rows as possible, and then as large as possible; the narrowest drawing if none fits."""
    best: _Drawing | None = None
    for count in range(1, min(rows, len(parts)) + 1):
        split = _split(parts, count)
        smallest = _Drawing(split, sizes, _scale(SHARES[-1], sizes.largest, size))
        if best is None or smallest.width < best.width - 1:
            best = smallest
        if smallest.width <= most:
            for share in SHARES[:-1]:
                drawing = _Drawing(split, sizes, _scale(share, sizes.largest, size))
                if drawing.width <= most:
                    return drawing
            return smallest
    assert best is not None
    return best


def _scale(share: float, largest: float, size: float) -> Scale:
    return Scale(150 * max(share, 0.5), max(share, 0.35), 0.36 * min(1.0, share + 0.1), max(7.0, 22 * share), largest, size)


def _split(parts: Sequence[Part], rows: int) -> list[list[Part]]:
    """The parts in rows of about as many bodies."""
    weights = [len({unit.index for unit in part.units}) ** 0.5 if isinstance(part, Bodies) else 1.5 * len(part.region.units) ** 0.7 for part in parts]
    total, done = sum(weights), 0.0
    found: list[list[Part]] = [[]]
    for part, weight in zip(parts, weights):
        if found[-1] and len(found) < rows and done + weight / 2 > total * len(found) / rows:
            found.append([])
        found[-1].append(part)
        done += weight
    return found


class _Drawing:
    """Parts in one row or several."""

    def __init__(self, rows: list[list[Part]], sizes: Sizes, scale: Scale):
        self.shapes: list[Shape] = []
        self.width = self.height = 0.0
        before: Body | None = None
        start: Point | None = None
        for parts in rows:
            strip = _Strip(sizes, scale, before, indent=22.0 if before is not None else 0.0)
            for part in parts:
                strip.add(part)
            strip.finish()
            dy = self.height - strip.top + (16 if before is not None else 0)
            self.shapes += [moved(shape, 0, dy) for shape in strip.shapes]
            if start is not None and before is not None and strip.first is not None:
                self.shapes.append(self._turn(start, dy, strip, before, dy + strip.top - 8))
            assert strip.last is not None
            start = (strip.last.outlet()[0], strip.last.outlet()[1] + dy)
            before = strip.last
            self.width = max(self.width, strip.right)
            self.height = dy + strip.bottom
        if len(rows) > 1:
            self.width += 14

    def _turn(self, start: Point, dy: float, strip: _Strip, before: Body, level: float) -> Group:
        """The line from the end of a row to the beginning of the next."""
        assert strip.first is not None
        x, y = strip.first.inlet() if strip.entry is None else strip.entry
        out = max(self.width, start[0]) + 10
        points = (start, (out, start[1]), (out, level), (8.0, level), (8.0, y + dy), (x, y + dy))
        wire = (before.last.name, strip.first.first.name)
        if strip.entry is not None:
            return Group((Path(points, Look(None, "wire", 1.2), 5),), wire=wire)
        return arrow(points, wire)


class _Strip:
    """Bodies in a row around y = 0."""

    def __init__(self, sizes: Sizes, scale: Scale, before: Body | None, indent: float):
        self.sizes, self.scale = sizes, scale
        self.first: Body | None = None
        #: Where the wire into the first branches begins, if branches come first.
        self.entry: Point | None = None
        self.last: Body | None = before
        self.bodies: list[Body] = []
        self.connections: list[Shape] = []
        #: The bodies of branches, and the wires between them.
        self.abreast: list[Body] = []
        self.blocks: list[Shape] = []
        self.at, self.shown = indent, before.sides if before is not None else ""
        #: The right end of the labels of the last body.
        self.taken = indent
        #: The middle of the last body, and half the width of the lines below it.
        self.center = self.lines_half = 0.0
        self.shapes: list[Shape] = []
        self.top = self.bottom = self.right = 0.0

    def add(self, part: Part) -> None:
        if isinstance(part, Bodies):
            self._body(self._solid(part))
        else:
            self._branches(part)

    def _solid(self, part: Bodies) -> Body:
        unit = part.slices[0].units[0]
        if unit.sign and len(part.slices) == 1:
            return Sign(unit, self.scale)
        return Solid(part.slices, part.size, self.scale, part.lines, part.arcs)

    def _body(self, body: Body) -> None:
        body.show_size = body.sides != self.shown
        if body.kind != "sign":
            self.shown = body.sides
        half = body.label_width / 2
        if isinstance(body, Solid) and body.kind == "vector" and self.last is not None:
            body.aside = self.last.bottom - self.last.y > body.bottom - body.y + 3
        lines = max([width_of(line, self.scale.text) for line in body.lines], default=0.0) / 2
        # Two rows are then enough: no leader meets a label of the row above it.
        apart = max(lines, self.lines_half) + 5 if self.first is not None else 0.0
        body.x = max(self.at, self.taken + 5 + half - body.thick / 2, self.center + apart - body.thick / 2)
        self.center, self.lines_half = body.x + body.thick / 2, lines
        self._join(body)
        self.bodies.append(body)
        self.at = body.right + self.scale.gap
        self.taken = max(body.x + 2 * half if isinstance(body, Solid) and body.aside else body.center + half, body.center + body.dx + half if body.show_size and body.sides else 0.0)

    def _join(self, body: Body) -> None:
        last = self.last
        if last is not None and self.first is not None:
            self.connections += between(last, body)
            if isinstance(last, Solid) and "vector" in (last.kind, body.kind) and body.x > last.x + last.thick:
                slope = (body.bottom - last.bottom) / (body.x - last.x - last.thick)
                half = (width_of(last.channels, self.scale.text) - last.thick) / 2 + 1
                last.drop = max(0.0, slope * max(0.0, 2 * half if last.aside else half))
        if self.first is None:
            self.first = body
        self.last = body

    # Branches: lanes, turned by a quarter.

    def _branches(self, part: Branches) -> None:
        region = part.region
        units = region.units
        places = {unit.index: i for i, unit in enumerate(units)}
        edges = list(dict.fromkeys([(places.get(read, lanes.ENTRY), i) for i, unit in enumerate(units) for read in unit.reads]))
        abreast = max(1, _abreast(units, places))
        scale = self.scale._replace(side=self.scale.side * min(0.8, 1.5 / abreast), thick=self.scale.thick * 0.8)
        bodies = [self._small(unit, scale) for unit in units]
        for unit, body in zip(units, bodies):
            sources = [bodies[places[read]] if read in places else self.last for read in unit.reads]
            body.show_size = any([source is None or source.sides != body.sides for source in sources]) or not sources
        nodes = [self._node(body) for body in bodies]
        centered = region.entry is None or not region.closed or region.merge is None or not region.merge.sign
        merge = len(units) - 1 if region.goes_on else None
        before = self.last if self.first is not None else None
        start, begin = self.at, self.at
        if before is not None:
            widest = max([width_of(line, scale.text) for line in before.lines], default=0.0)
            start, begin = before.outlet()[0], max(self.at - 6, before.center + widest / 2 + 4, self.taken)
        laid = lanes.laid_out(nodes, edges, start, begin, merge, centered)
        for i, body in enumerate(bodies):
            body.y = laid.x[i]
            body.x = laid.y[i] + self._room(body)[0]
        for (source, target), points in zip(edges, laid.wires):
            begin_body = self.last if source == lanes.ENTRY else bodies[source]
            if begin_body is not None:
                origin = (start, points[0][0]) if source == lanes.ENTRY else (begin_body.outlet()[0], points[0][0])
                self.blocks.append(_turned(points, origin, (begin_body.last.name, bodies[target].first.name), bodies[target]))
        self.abreast += bodies
        if self.first is None:
            self.first, self.entry = bodies[0], (begin, 0.0)
        self.last = bodies[-1]
        self.shown = bodies[-1].sides or self.shown
        self.taken = self.at = laid.bottom + (6 if region.closed else 0)
        self.at = max(self.at, self.last.right + self.scale.gap)
        self.center, self.lines_half = laid.bottom, 0.0
        self.taken = max(self.taken, max([body.center + max([width_of(line, scale.text) for line in body.lines], default=0) / 2 for body in bodies]))

    def _small(self, unit: Unit, scale: Scale) -> Body:
        if unit.sign:
            return Sign(unit, scale)
        return Solid([Slice((unit,), unit.family)], self.sizes.of(unit.last), scale, lines_of(unit))

    def _node(self, body: Body) -> lanes.Node:
        size = self.scale.text
        if isinstance(body, Sign):
            return lanes.Node(body.radius + size + 2, body.radius + 2, body.radius, body.thick + 2 * self._room(body)[0], 0.0, "circle")
        above = (body.bottom - body.top) / 2 + (size + 6 if body.sides and body.show_size else 2)
        below = (body.bottom - body.top) / 2 + (size + 3 if body.channels else 2) + len(body.lines) * (size + 2) + 3
        left, right = self._room(body)
        return lanes.Node(above, below, body.height / 2 - 3, left + body.thick + right, 0.0, "box")

    def _room(self, body: Body) -> tuple[float, float]:
        """How far a body and its labels reach to the left and to the right of its front."""
        size = self.scale.text
        if isinstance(body, Sign):
            words = width_of(" · ".join(body.lines), size)
            return words, words
        below = max([width_of(line, size) for line in [*body.lines, body.channels]]) / 2 - body.thick / 2 + 1
        above = body.dx + width_of(body.sides if body.show_size else "", size) / 2 - body.thick / 2 + 1
        return max(0.0, below), max(body.dx, below, above)

    # Labels.

    def finish(self) -> None:
        for body in self.bodies:
            self.shapes += [*body.shapes(), *body.labels()]
        self.shapes += self.blocks
        for body in self.abreast:
            self.shapes += [*body.shapes(), *body.labels(), *_lines_below(body)]
        self.shapes += [*self._rows_of_labels(), *self.connections]
        points = extents(self.shapes)
        left = min([x for x, _, _, _ in points], default=0.0)
        if left < 0:
            self.shapes = [moved(shape, -left, 0) for shape in self.shapes]
            for body in (*self.bodies, *self.abreast):
                body.x -= left
            if self.entry is not None:
                self.entry = (self.entry[0] - left, 0.0)
        self.top = min([y for _, y, _, _ in points], default=0.0)
        self.right = max([x for _, _, x, _ in points], default=0.0) - min(left, 0.0)
        self.bottom = max([y for _, _, _, y in points], default=0.0)

    def _rows_of_labels(self) -> list[Shape]:
        """The lines below the bodies in as few rows as possible; thin leaders connect them."""
        size = self.scale.text
        found: list[Shape] = []
        placed: list[tuple[float, float, float, int]] = []  # left, right, leader, row
        chosen: list[tuple[Body, int]] = []
        for body in self.bodies:
            if not body.lines:
                continue
            half = max([width_of(line, size) for line in body.lines]) / 2
            left, right, x = body.center - half - 3, body.center + half + 3, body.center
            row = 0
            while row < 8 and any([(r == row and left < b and a < right) or (r < row and a < x < b) or (r > row and left < leader < right)
                       for a, b, leader, r in placed[-24:]]):
                row += 1
            placed.append((left, right, x, row))
            chosen.append((body, row))
        base = max([body.bottom + size + 4 for body in self.bodies], default=0.0) + 6
        heights = [max([len(body.lines) for body, r in chosen if r == row], default=0) for row in range(max([r for _, r in chosen], default=0) + 1)]
        for body, row in chosen:
            y = base + sum(heights[:row]) * (size + 2.5) + row * 6
            begin = body.bottom + (body.drop if isinstance(body, Solid) else 0.0) + (size + 5 if body.channels else 4)
            if y - begin > 10:
                found.append(Path(((body.center, begin), (body.center, y - 1)), Look(None, "leader", 0.8)))
            for k, line in enumerate(body.lines):
                found.append(text(body.center, y + (k + 0.85) * (size + 2.5), line, size, role="soft"))
        return found


def _lines_below(body: Body) -> list[Text]:
    size = body.scale.text
    if isinstance(body, Sign):  # where no wire is
        return [text(body.right - 2, body.top + 1, " · ".join(body.lines), size, "start", role="soft")] if body.lines else []
    y = body.bottom + body.drop + (size + 3 if body.channels else 3)
    return [text(body.center, y + (k + 0.85) * (size + 2), line, size, role="soft") for k, line in enumerate(body.lines)]


def _turned(points: Sequence[Point], origin: Point, wire: tuple[str, str], end: Body) -> Group:
    """A wire of the lanes with x and y exchanged, from its origin to the edge of a body."""
    turned = [origin, *[(y, x) for x, y in points[1:]]]
    last = turned[-1]
    if abs(turned[-2][1] - last[1]) < 0.1:  # from the left
        turned[-1] = (end.x, last[1])
    else:
        turned[-1] = (end.center, end.top if turned[-2][1] < end.y else end.bottom)
        turned[-2] = (end.center, turned[-2][1])
    return arrow(tuple(turned), wire)


def _abreast(units: Sequence[Unit], places: dict[int, int]) -> int:
    """About how many branches are next to each other: the most that read one unit, or come to one."""
    readers: dict[int, int] = {}
    for unit in units:
        for read in set(unit.reads):
            readers[read] = readers.get(read, 0) + 1
    return max([*readers.values(), *[len(set(unit.reads)) for unit in units], sum([not unit.reads for unit in units])])
