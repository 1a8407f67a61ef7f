"""The style `graph`: a row per layer, branches side by side, repeated blocks once, in as many columns as the page needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from . import lanes
from .metrics import runs_width, shortened, width_of
from .paper import MARGIN, PAGE, Options, finished, hover, room, tip
from .reduce import Element, Fold, Reduced, Region, Unit, folded, main_path
from .scene import Circle, Group, Look, Path, Point, Rectangle, Run, Scene, Shape, Text, moved, text
from .words import times


class Fit(NamedTuple):
    """How densely to draw: sizes of text, the widest line in a box, and whether blocks are folded that differ in sizes."""

    size: float = 12.5
    small: float = 11.0
    line: float = 250.0
    pad: float = 11.0
    loosely: bool = False
    #: Above and below the text in a box, and the least length of a wire's end.
    high: float = 5.0
    tip: float = 13.0


FITS = (Fit(), Fit(12.0, 11.0, 120.0, 7.0), Fit(11.5, 11.0, 90.0, 5.0, False, 2.5, 8.0), Fit(11.5, 11.0, 90.0, 5.0, True, 2.5, 8.0))
#: The most columns.
COLUMNS = 4
#: Larger networks are not laid out in every way before one is chosen.
LARGE = 150


def scene(network: Reduced, options: Options) -> Scene:
    """The drawing that fits the page best: as roomy as possible, then denser, then folded harder, then in columns."""
    best: tuple[tuple[float, ...], _Drawing] | None = None
    most = room(options.width, FITS[0].small)
    tall = PAGE[1] / PAGE[0] * most
    fits = FITS if not options.expand else FITS[:-1]
    for fit in fits if len(network.units) < LARGE else fits[2:]:
        elements: Sequence[Element] = network.elements if options.expand else folded(network.elements, fit.loosely)
        drawing = _Drawing(elements, fit, 1)
        for columns in range(1, COLUMNS + 1):
            if columns > 1:
                if columns > len(elements) or drawing.width * columns > most * 2.5:
                    break
                drawing = _Drawing(elements, fit, columns)
            over = (max(0.0, drawing.width + 2 * MARGIN - most), max(0.0, drawing.height - tall + 70))
            score = (over[0], over[1])
            if best is None or (score[0], score[1] * 1.2) < best[0]:
                best = (score, drawing)
            if over == (0.0, 0.0):
                break
        if best is not None and best[0] == (0.0, 0.0):
            break
        for unit in network.units:
            unit.also = []
    assert best is not None
    chosen = best[1]
    return finished(network, options, chosen.shapes, chosen.width, chosen.height, chosen.fit.small)


class _Drawing:
    """Elements laid out in columns."""

    def __init__(self, elements: Sequence[Element], fit: Fit, columns: int):
        self.fit = fit
        self.shapes: list[Shape] = []
        parts = [list(elements)] if columns == 1 else _split(elements, fit, columns)
        x, self.height = 0.0, 0.0
        before: Unit | None = None
        end: Point | None = None
        level = 0.0
        for part in parts:
            column = _Column(fit, before)
            for element in part:
                column.add(element)
            column.finish()
            gutter = 26.0 if before is not None else 0.0
            dx = x + gutter - column.left
            self.shapes += [moved(shape, dx, 0) for shape in column.shapes]
            if before is not None and end is not None:
                self.shapes.append(_connector(end, level, (dx, 0.0), x + gutter / 2, (before.name, part_first(part).name)))
            x = dx + column.right
            self.height = max(self.height, column.bottom)
            before, end = column.last, (dx, column.wire_from)
            level = column.at + 4
        self.width = x


def part_first(part: Sequence[Element]) -> Unit:
    first = part[0]
    return first.units[0] if isinstance(first, Region) else first.elements[0].units[0]


def _split(elements: Sequence[Element], fit: Fit, columns: int) -> list[list[Element]]:
    """The elements in columns of similar heights."""
    column = _Column(fit, None)
    ends = []
    for element in elements:
        column.add(element)
        ends.append(column.at)
    parts: list[list[Element]] = [[]]
    for element, begin, end in zip(elements, [0.0, *ends], ends):
        if parts[-1] and len(parts) < columns and (begin + end) / 2 > ends[-1] * len(parts) / columns:
            parts.append([])
        parts[-1].append(element)
    return parts


def _connector(start: Point, level: float, end: Point, gutter: float, wire: tuple[str, str]) -> Group:
    """The line from the last box of a column, below all of it, to the top of the next."""
    path = Path((start, (start[0], level), (gutter, level), (gutter, end[1]), end), Look(None, "wire", 1.3), 6)
    return Group((path,), wire=wire)


class _Column:
    """Elements from top to bottom; x = 0 is the line that they are strung on."""

    def __init__(self, fit: Fit, before: Unit | None):
        self.fit = fit
        self.shapes: list[Shape] = []
        self.frames: list[Shape] = []
        self.left = self.right = 0.0
        #: Where the next gap begins, and where the wire into it does.
        self.at = self.wire_from = 0.0
        self.last = before
        self.bottom = 0.0

    def add(self, element: Element) -> None:
        if isinstance(element, Region):
            self._region(element)
        else:
            self._fold(element)

    def finish(self) -> None:
        self.bottom = self.at + 4

    def _region(self, region: Region, folded_: bool = False) -> None:
        units = region.units
        places = {unit.index: i for i, unit in enumerate(units)}
        nodes = [self._node(unit, region) for unit in units]
        edges = list(dict.fromkeys([(places.get(read, lanes.ENTRY), i) for i, unit in enumerate(units) for read in unit.reads]))
        merge = len(units) - 1 if region.goes_on else None
        # One chain with connections across, as in a U-Net: its last merge is like the others.
        single = len(main_path(region)) + 1 == len(units) and sum([unit.is_merge for unit in units]) > 1
        centered = region.entry is None or not region.closed or region.merge is None or not (region.merge.sign or single)
        laid = lanes.laid_out(nodes, edges, self.wire_from, self.at, merge, centered and len(units) > 1, self.fit.tip)
        for (source, target), points in zip(edges, laid.wires):
            begin = self.last if source == lanes.ENTRY else units[source]
            if begin is not None:
                self.shapes.append(wired(points, (begin.name, units[target].name), crop=begin.index in units[target].crops,
                                         size=self.fit.small))
        for i, unit in enumerate(units):
            self.shapes += self._drawn(unit, laid.x[i], laid.y[i], laid.half[i], nodes[i], units)
        self.left, self.right = min(self.left, laid.left), max(self.right, laid.right)
        self.last = units[-1]
        self.wire_from = laid.y[-1] + nodes[-1].height
        label = nodes[-1].label if region.closed or region.goes_on else max([node.label for node in nodes])
        self.at = (self.wire_from if region.closed or region.goes_on else laid.bottom) + label
        self.bottom = self.at

    def _fold(self, fold: Fold) -> None:
        """A frame around what is repeated, and how often."""
        outer, self.left, self.right = (self.left, self.right), 0.0, 0.0
        top = self.at + 3
        self.at = top + 3
        for region in fold.elements:
            self._region(region, True)
        bottom = self.at + 5
        frame = Rectangle(self.left - 9, top, self.right - self.left + 18, bottom - top, Look("group", "frame", 1), 6)
        shown = f"×{fold.times}"
        size = self.fit.size * 1.25
        label = text(self.right + 15, (top + bottom) / 2 + size * 0.35, shown, size, "start", True)
        self.shapes.insert(0, Group((frame, label)))
        self.left = min(outer[0], self.left - 9)
        self.right = max(outer[1], self.right + 17 + width_of(shown, size, True))
        self.at = bottom
        first, end = self.last, fold.end
        assert first is not None
        if first.last.shape != end.last.shape:
            self.shapes.append(self._label(end, 0.0, self.at + self.fit.small))
            self.right = max(self.right, 6 + width_of(shown_shape(end), self.fit.small))
            self.at += self.fit.small + 4
        self.bottom = self.at

    # Boxes.

    def _lines(self, unit: Unit) -> list[tuple[Run, ...]]:
        """The text of a box in one line, or in up to three that are less wide."""
        main = Run(main_words(unit), True, "label")
        ahead = " · ".join(unit.ahead)
        behind = " · ".join(unit.behind)
        runs = (*([Run(f"{ahead} → ", False, "label")] if ahead else []), main, *([Run(f" · {behind}", False, "label")] if behind else []))
        if runs_width(runs, self.fit.size) <= self.fit.line and not unit.broken:
            return [runs]
        found = [(Run(f"{ahead} →", False, "label"),)] if ahead else []
        found.append((main,))
        if behind:
            found.append((Run(behind, False, "label"),))
        if unit.broken:
            found.append((Run("error", False, "label"),))
        most = max(self.fit.line, 200.0)
        return [tuple([run._replace(text=shortened(run.text, most, self.fit.size, run.bold)) for run in line]) for line in found]

    def _node(self, unit: Unit, region: Region) -> lanes.Node:
        fit = self.fit
        label = width_of(shown_shape(unit), fit.small) + 12 if labelled(unit) else 0.0
        tapped = width_of("output", fit.small) + 12 if unit.is_tapped else 0.0
        below = fit.small + 3 if label or tapped else 2.0
        if unit.sign and len(set(unit.reads)) <= 2 and len(unit.sign) < 4:
            radius = 12.0 if len(unit.sign) == 1 else 15.0
            words = width_of(" · ".join(unit.behind), fit.small) + 5 if unit.behind else 0.0
            return lanes.Node(max(radius + words, tapped), max(radius, label), radius, 2 * radius, below, "circle")
        lines = self._lines(unit)
        half = max(34.0, max([runs_width(line, fit.size) for line in lines]) / 2 + fit.pad)
        height = 2 * fit.high + len(lines) * (fit.size + 2.5)
        return lanes.Node(max(half, tapped), max(half, label), half, height, below, "bar" if unit.is_merge else "box")

    def _drawn(self, unit: Unit, x: float, y: float, half: float, node: lanes.Node, units: Sequence[Unit]) -> list[Shape]:
        fit = self.fit
        look = Look(unit.family, "error" if unit.broken else "edge", 2.2 if unit.broken else 1.1, (5, 3) if unit.shared else ())
        shapes: list[Shape] = []
        if node.kind == "circle":
            radius = node.height / 2
            shapes.append(Circle(x, y + radius, radius, look))
            size = fit.size * (1.35 if len(unit.sign) == 1 else 0.9)
            shapes.append(text(x, y + radius + size * 0.34, unit.sign, size, bold=True, role="label"))
            if unit.behind:
                shapes.append(text(x - radius - 4, y + radius + fit.small * 0.36 - (9 if _entered_left(unit, units) else 0), " · ".join(unit.behind), fit.small, "end", role="soft"))
        else:
            lines = self._lines(unit)
            shapes.append(Rectangle(x - half, y, 2 * half, node.height, look, node.height / 2 if unit.family == "input" else 4))
            for k, runs in enumerate(lines):
                shapes.append(Text(x, y + fit.high + (k + 0.5) * (fit.size + 2.5) + fit.size * 0.35, runs, fit.size))
        found: list[Shape] = [Group(tuple(shapes), unit.layers, hover(unit), data=(("family", unit.family),))]
        if labelled(unit):
            found.append(self._label(unit, x, y + node.height + fit.small + 1))
        if unit.is_tapped:
            found.append(text(x - 6, y + node.height + fit.small + 1, "output", fit.small, "end", role="soft"))
        return found

    def _label(self, unit: Unit, x: float, y: float) -> Text:
        return text(x + 6, y, shown_shape(unit), self.fit.small, "start", role="soft")


def _entered_left(unit: Unit, units: Sequence[Unit]) -> bool:
    """Whether wires may come to a merge from both sides."""
    inside = {other.index for other in units}
    return all([read in inside for read in unit.reads])


def main_words(unit: Unit) -> str:
    """A box's own words: of an input among several its name; of folded ones that differ, the range of their channels."""
    if unit.main.is_input:
        return "input" if unit.main.name.startswith("input") else f"input {unit.main.name}"
    words = unit.words
    channels = list(dict.fromkeys([other.words.channels for other in (unit, *unit.also) if other.words.channels]))
    if len(channels) > 1:
        ordered = sorted(channels, key=lambda one: (len(one), one))
        return words.line.replace(words.channels, f"{ordered[0]}–{ordered[-1]}", 1)
    return words.line


def labelled(unit: Unit) -> bool:
    """Whether a unit changes the shape, so that it is written below; not where folded ones differ."""
    shape = unit.last.shape
    if shape is None:
        return False
    if len({other.last.shape for other in (unit, *unit.also)}) > 1 and unit.also and not unit.is_merge:
        return False
    return unit.main.is_input or unit.rows[0].input != shape


def shown_shape(unit: Unit) -> str:
    shape = unit.last.shape
    return "" if shape is None else str(shape) if shape.whole else times(tuple(shape)) if shape != () else "1"


def wired(points: Sequence[Point], wire: tuple[str, str], crop: bool = False, size: float = 11.0) -> Group:
    """A wire with its tip."""
    (ax, ay), (bx, by) = points[-2], points[-1]
    length = max(0.1, abs(bx - ax) + abs(by - ay))
    dx, dy = (bx - ax) / length, (by - ay) / length
    return Group((Path((*points[:-1], (bx - dx * 4, by - dy * 4)), Look(None, "wire", 1.3), 5), tip(bx, by, dx, dy)), wire=wire)
