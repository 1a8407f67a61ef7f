"""The style `graph`: a row per layer, branches side by side, repeated blocks once, in as many columns as the page needs."""

from __future__ import annotations

from collections.abc import Sequence

from . import lanes
from .bend import Bend, Bent, bend
from .boxes import Fit, Pen, shown_shape, usual_behind, wired
from .columns import GUTTER, Extent, Split, connector, split
from .metrics import extents, width_of
from .paper import MARGIN, PAGE, Options, finished, room
from .reduce import Element, Fold, Reduced, folded, main_path
from .scene import Group, Look, Point, Rectangle, Scene, Shape, moved, text
from .units import Region, Unit

FITS = (
    Fit(), Fit(12.0, 11.0, 120.0, 7.0), Fit(11.5, 11.0, 90.0, 5.0, 2.5, 8.0),
    Fit(11.0, 11.0, 125.0, 4.0, 1.3, 7.0, True), Fit(11.0, 11.0, 95.0, 3.0, 1.3, 7.0, True), Fit(11.0, 11.0, 95.0, 3.0, 1.0, 3.0, True),
    Fit(12.0, 11.0, 200.0, 7.0, loosely=True), Fit(11.0, 11.0, 95.0, 3.0, 1.0, 3.0, True, True),
)
#: The most columns.
COLUMNS = 5
#: Larger networks are not laid out in every way before one is chosen.
LARGE = 150
#: How much larger than the least a text is that is large enough.
COMFORTABLE = 1.2
#: How much of a page's height title and legend take.
AROUND = 84


def scene(network: Reduced, options: Options) -> Scene:
    """The drawing that fits the width, and the page with the largest text; as roomy as possible where that is large enough."""
    most = room(options.width, FITS[0].small)
    turned = bend(network.units)
    best: tuple[tuple[bool, float], Fit, list[int]] | None = None
    for fit in _fits(network, options):
        for found in _sizes(network, fit, options, turned, most - 2 * MARGIN):
            width = max(found.width + 2 * MARGIN, (found.height + AROUND) * most / room(PAGE[1], fit.small))
            score = (found.width + 2 * MARGIN <= most, most / width * (0.93 if fit.brief else 1.0) * (0.86 if fit.loosely else 1.0))
            if best is None or score > best[0]:
                best = (score, fit, found.ends)
        if best is not None and best[0] >= (True, COMFORTABLE):
            break
    assert best is not None
    _, fit, ends = best
    pen = _pen(network, fit)
    drawing: Bent | _Drawing
    if turned is not None:
        drawing = Bent(network.units, turned, pen)
    else:
        elements = _elements(network, fit, options)
        drawing = _Drawing([elements[begin:end] for begin, end in zip([0, *ends], ends)], pen)
    said = {"conv": " · ".join(["", *pen.usual]) + ", unless noted"} if pen.usual else {}
    return finished(network, options, drawing.shapes, drawing.width, drawing.height, fit.small, said=said)


def _fits(network: Reduced, options: Options) -> list[Fit]:
    """The fits to try, from the roomiest to the densest; fewer of them for large networks."""
    fits = FITS if len(network.units) < LARGE else FITS[2:] if len(network.elements) < LARGE else (FITS[2], FITS[-1])
    return [fit for fit in fits if not (fit.loosely and options.expand) and not (fit.brief and not options.legend)]


def _sizes(network: Reduced, fit: Fit, options: Options, turned: Bend | None, most: float) -> list[Split]:
    """The ways to draw a network so densely, with their sizes: in one column, or in several no wider than `most`."""
    pen, elements = _pen(network, fit), _elements(network, fit, options)
    if turned is not None:
        drawing = Bent(network.units, turned, pen)
        return [Split([], drawing.width, drawing.height)]
    extents = _extents(elements, pen)
    found = [split(extents, columns, most) for columns in range(1, min(COLUMNS, len(extents)) + 1)]
    return [one for one in found if one is not None]


def _pen(network: Reduced, fit: Fit) -> Pen:
    return Pen(fit, usual_behind(network.units) if fit.brief else ())


def _elements(network: Reduced, fit: Fit, options: Options) -> Sequence[Element]:
    for unit in network.units:
        unit.also = []
    return network.elements if options.expand else folded(network.elements, fit.loosely)


def _extents(elements: Sequence[Element], pen: Pen) -> list[Extent]:
    """The size of each element, all below one another."""
    column, found = _Column(pen, None), []
    for element in elements:
        column.left = column.right = 0.0
        begin = column.at + column.label
        column.add(element)
        found.append(Extent(-column.left, column.right, column.at + column.label - begin))
    return found


class _Drawing:
    """Elements laid out in columns."""

    def __init__(self, parts: Sequence[Sequence[Element]], pen: Pen):
        self.shapes: list[Shape] = []
        x, self.height = 0.0, 0.0
        before: Unit | None = None
        end: Point | None = None
        level = 0.0
        for part in parts:
            column = _Column(pen, before)
            for element in part:
                column.add(element)
            gutter = GUTTER if before is not None else 0.0
            dx = x + gutter - column.left
            self.shapes += [moved(shape, dx, 0) for shape in column.shapes]
            if before is not None and end is not None:
                self.shapes.append(connector(end, level, (dx, 0.0), x + gutter / 2, (before.name, _first(part).name)))
            x = dx + column.right
            self.height = max(self.height, column.at + column.label + 4)
            before, end = column.last, (dx, column.wire_from)
            level = column.at + column.label + 4
        self.width = x


def _first(part: Sequence[Element]) -> Unit:
    first = part[0]
    return first.units[0] if isinstance(first, Region) else first.elements[0].units[0]


class _Column:
    """Elements from top to bottom; x = 0 is the line that they are strung on."""

    def __init__(self, pen: Pen, before: Unit | None):
        self.pen, self.fit = pen, pen.fit
        self.shapes: list[Shape] = []
        self.left = self.right = 0.0
        #: Where the next gap begins, the height of the label in it, and where the wire into it begins.
        self.at = self.label = self.wire_from = 0.0
        self.last = before

    def add(self, element: Element) -> None:
        if isinstance(element, Fold):
            self._framed(element.elements, element.times, element.end)
        elif element.far is not None:
            self._framed((element,), 1, element.units[-1])
        else:
            self._region(element)

    def _region(self, region: Region) -> None:
        units = region.units
        sources = [*([region.far] if region.far is not None else []), *units]
        places = {unit.index: i for i, unit in enumerate(sources)}
        aside = len(sources) - len(units)
        nodes = [*[self.pen.reference(region.back)] * aside, *[self.pen.node(unit) for unit in units]]
        edges = list(dict.fromkeys([(places.get(read, lanes.ENTRY), i) for i, unit in enumerate(sources[aside:], aside) for read in unit.reads]))
        merge = len(nodes) - 1 if region.goes_on else None
        # One chain with connections across, as in a U-Net: its last merge is like the others.
        single = len(main_path(region)) + 1 == len(units) and sum([unit.is_merge for unit in units]) > 1
        centered = region.entry is None or not region.closed or region.merge is None or not (region.merge.sign or single)
        laid = lanes.laid_out(nodes, edges, self.wire_from, self.at, merge, centered and len(units) > 1, self.fit.tip, self.label)
        for (source, target), points in zip(edges, laid.wires):
            begin = self.last if source == lanes.ENTRY else sources[source]
            if begin is not None:
                self.shapes.append(wired(points, (begin.name, sources[target].name)))
        if aside:
            self.shapes += self.pen.referred(region.back, laid.x[0], laid.y[0], nodes[0])
        for unit, x, y, half, node in list(zip(sources, laid.x, laid.y, laid.half, nodes))[aside:]:
            self.shapes += [*self.pen.drawn(unit, x, y, half, node, not all([read in places for read in unit.reads])),
                            *self.pen.notes(unit, x, y + node.height)]
        self.left, self.right = min(self.left, laid.left), max(self.right, laid.right)
        self.last = units[-1]
        self.wire_from = laid.y[-1] + nodes[-1].height
        ends = region.closed or region.goes_on
        self.at = self.wire_from if ends else laid.bottom
        self.label = nodes[-1].label if ends else max([node.label for node in nodes])

    def _is_free(self, since: int, right: float, top: float, height: float) -> bool:
        """Whether nothing drawn since so many shapes is to the left of `right`, at a height."""
        return not any([box[0] < right and box[1] < top + height and box[3] > top for box in extents(self.shapes[since:])])

    def _framed(self, regions: Sequence[Region], times: int, end: Unit) -> None:
        """A frame around what is repeated, and how often; `end` is the last unit of the last repetition."""
        outer, self.left, self.right = (self.left, self.right), 0.0, 0.0
        since = len(self.shapes)
        top = self.at + self.label + 3
        self.at, self.label = top + 3, max(0.0, 5 - self.fit.tip)  # room for how often
        for region in regions:
            self._region(region)
        shown = f"×{times}" if times > 1 else ""
        size = self.fit.size * 1.25
        wide = width_of(shown, size, True)
        corner = bool(shown) and self.fit.brief and self._is_free(since, -4, top, size + 3)
        if corner:
            self.left = min(self.left, -wide - 4)
        bottom = self.at + self.label + 5
        frame = Rectangle(self.left - 9, top, self.right - self.left + 18, bottom - top, Look("group", "frame", 1), 6)
        label = text(self.left - 4, top + size, shown, size, "start", True) if corner else text(
            self.right + 15, (top + bottom) / 2 + size * 0.35, shown, size, "start", True)
        self.shapes.insert(0, Group((frame, label) if shown else (frame,)))
        self.left = min(outer[0], self.left - 9)
        self.right = max(outer[1], self.right + (9 if corner or not shown else 17 + wide))
        self.at, self.label = bottom, 0.0
        assert self.last is not None
        if self.last.last.shape != end.last.shape:  # the last repetition's
            self.shapes.append(self.pen.size_label(shown_shape(end), 0.0, self.at + self.fit.small))
            self.right = max(self.right, 6 + width_of(shown_shape(end), self.fit.small))
            self.label = self.fit.small + 4
