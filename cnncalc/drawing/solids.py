"""Feature maps as solids: boxes for images, plates for sequences, bars for vectors, and what one layer reads of another.

Sides grow with (size / largest)^0.55, so that halving stays visible and small maps stay legible; thickness with channels^0.46.
Boxes are drawn in oblique projection, the depth at 45 degrees.
"""

from __future__ import annotations

from typing import NamedTuple

from .metrics import width_of
from .paper import hover, tip
from .scene import Circle, Group, Look, Path, Point, Polygon, Rectangle, Shape, Text, text
from .units import Unit
from .words import times, windows

#: What each mark of a kernel is at least, in pixels.
LEAST_KERNEL = 4.0


class Scale(NamedTuple):
    """How large things are drawn: the largest side, thickness and depth as shares of their usual sizes, and gaps in pixels."""

    side: float = 150.0
    thick: float = 1.0
    depth: float = 0.36
    gap: float = 20.0
    #: The largest size of any map.
    largest: float = 1.0
    text: float = 11.0


class Size(NamedTuple):
    """The sizes of a map in elements; `known` says whether they are, or only taken for drawing."""

    spatial: tuple[float, ...]
    channels: float
    known: bool


class Slice(NamedTuple):
    """A part of a solid: what it shows, and its share of the thickness."""

    units: tuple[Unit, ...]
    family: str
    share: float = 1.0


class Solid:
    """One or several layers with outputs of one size, as one body; `x` is its left edge, `y` its center."""

    def __init__(self, slices: list[Slice], size: Size, scale: Scale, lines: list[str], arcs: list[int] | None = None):
        self.slices, self.size, self.scale, self.lines = slices, size, scale, lines
        #: Over how many slices each residual connection leads, 0 for slices without one.
        self.arcs = arcs or []
        self.first, self.last = slices[0].units[0], slices[-1].units[-1]
        #: The layer whose sizes are written.
        self.shown = self.last
        self.x: float = 0.0
        self.y: float = 0.0
        self.show_size = True
        #: Whether the number below starts at its left edge: a line comes to its lower end from further below.
        self.aside = False
        #: How much lower it is, where lines to both sides leave no room.
        self.drop = 0.0
        spatial = size.spatial
        self.height: float
        self.thick: float
        self.dx: float
        self.dy: float
        self.kind = "vector" if not spatial else "plate" if len(spatial) == 1 else "box"
        sides = [scale.side * (n / scale.largest) ** 0.55 for n in spatial]
        parts = [slice.share for slice in slices]
        if self.kind == "vector":
            self.height = max(8.0, min(9 * size.channels ** 0.33 * scale.side / 150, scale.side * 1.1))
            self.thick, self.dx, self.dy = 9.0, 0.0, 0.0
        else:
            thick = max(2.5, min(2 * size.channels ** 0.46, 62.0) * scale.thick)
            if len(spatial) == 3:
                thick = max(2.5, sides[0] * 0.5)
            self.height = max(sides[-2] if len(spatial) > 1 else sides[0], 5.0)
            self.dx = self.dy = max(3.0, sides[-1] * scale.depth) if len(spatial) > 1 else 0.0
            self.thick = thick * sum(parts) if len(parts) < 4 else max(thick * sum(parts) * 0.55, 4.0 * len(parts))
            self.thick = min(self.thick, max(110.0 * scale.thick, 4.0 * len(parts), thick))
        if self.kind == "vector":
            self.thick = 9.0 + 5.0 * (len(parts) - 1)

    @property
    def is_merge(self) -> bool:
        return False

    # Where it is.

    @property
    def right(self) -> float:
        return self.x + self.thick + self.dx

    @property
    def top(self) -> float:
        return self.y - (self.height + self.dy) / 2

    @property
    def front_top(self) -> float:
        return self.top + self.dy

    @property
    def bottom(self) -> float:
        return self.y + (self.height + self.dy) / 2

    @property
    def center(self) -> float:
        """The middle of its front, on which its labels are."""
        return self.x + self.thick / 2

    def outlet(self) -> Point:
        """Where arrows leave: the middle of its right face."""
        return self.x + self.thick + self.dx / 2, self.y

    def inlet(self) -> Point:
        """Where arrows arrive: the middle of its left edge."""
        return self.x, self.y + self.dy / 2 * (self.kind == "box")

    # What is written on it.

    @property
    def channels(self) -> str:
        """The number below: channels, or the values of a vector."""
        _, channels = self.shown.last.sizes
        if self.shown.last.shape is None:
            return ""
        shown = "?" if channels is None else f"{channels:,}" if type(channels) is int else str(channels)
        spatial = self.shown.last.sizes[0]
        return f"{times(spatial[:1])}, {shown} ch" if len(spatial) == 3 else shown

    @property
    def sides(self) -> str:
        """The number above: the side of a square map, or both sides."""
        spatial = self.shown.last.sizes[0]
        if len(spatial) == 3:
            spatial = spatial[1:]
        return times(spatial[:1]) if len(set(spatial)) == 1 else times(spatial)

    @property
    def label_width(self) -> float:
        return max([width_of(line, self.scale.text) for line in (self.channels, self.sides if self.show_size else "")])

    def labels(self) -> list[Text]:
        size = self.scale.text
        found = []
        if self.channels:
            x, anchor = (self.x - 1, "start") if self.aside else (self.center, "middle")
            found.append(text(x, self.bottom + size + 1 + self.drop, self.channels, size, anchor))
        if self.sides and self.show_size:
            found.append(text(self.x + self.dx + self.thick / 2, self.top - 4 - 9 * bool(self.arcs), self.sides, size))
        return found

    # How it is drawn.

    def shapes(self) -> list[Shape]:
        found: list[Shape] = []
        total = sum([slice.share for slice in self.slices])
        x = self.x
        for i, slice in enumerate(self.slices):
            thick = self.thick * slice.share / total
            end = i == len(self.slices) - 1
            layers = tuple(dict.fromkeys([name for unit in slice.units for name in unit.layers]))
            title = "\n".join([hover(unit) for unit in slice.units[:8]])
            found.append(Group(tuple(self._slice(slice, x, thick, end)), layers, title, data=(("family", slice.family),)))
            x += thick
        found += self._arcs()
        if len(self.slices) == 1:
            return found
        layers = tuple(dict.fromkeys([name for slice in self.slices for unit in slice.units for name in unit.layers]))
        return [Group(tuple(found), layers)]

    def _slice(self, slice: Slice, x: float, thick: float, end: bool) -> list[Shape]:
        units = slice.units
        broken, shared = any([unit.broken for unit in units]), any([unit.shared for unit in units])
        dashes = (5.0, 3.0) if shared else () if self.size.known else (2.0, 2.0)
        look = Look(slice.family, "error" if broken else "edge", 2.0 if broken else 1.0, dashes)
        y0, y1 = self.front_top, self.bottom
        if self.kind == "vector":
            return [Rectangle(x, y0, thick, y1 - y0, look, 3)]
        if self.kind == "plate":
            shapes: list[Shape] = [Rectangle(x, y0, thick, y1 - y0, look)]
            steps = int(min(12, max(1, self.size.spatial[0])))
            shapes += [Path(((x, y0 + (y1 - y0) * k / steps), (x + thick, y0 + (y1 - y0) * k / steps)), Look(None, "edge", 0.4))
                       for k in range(1, steps) if (y1 - y0) / steps > 3]
            return shapes
        dx, dy = self.dx, self.dy
        shapes = [Polygon(((x, y0), (x + thick, y0), (x + thick + dx, y0 - dy), (x + dx, y0 - dy)), look._replace(fill=f"{slice.family}-top"))]
        if end:
            shapes.append(Polygon(((x + thick, y0), (x + thick + dx, y0 - dy), (x + thick + dx, y1 - dy), (x + thick, y1)),
                                  look._replace(fill=f"{slice.family}-side")))
        shapes.append(Polygon(((x, y0), (x + thick, y0), (x + thick, y1), (x, y1)), look))
        return shapes

    def _arcs(self) -> list[Shape]:
        """A curve over the slices of each residual block."""
        found: list[Shape] = []
        total = sum([slice.share for slice in self.slices])
        x, i = self.x + self.dx, 0
        for count in self.arcs:
            parts = self.slices[i: i + max(1, abs(count))]
            width = self.thick * sum([part.share for part in parts]) / total
            i += len(parts)
            if count > 0:
                a, b, y = x + width * 0.12, x + width * 0.88, self.top - 1
                up = min(11.0, 4 + width * 0.35)
                path = Path(((a, y), (a, y - up), (b, y - up), (b, y)), Look(None, "wire", 1.2), curve=True)
                found.append(Group((path,), data=(("residual", "1"),)))
            x += width
        return found


class Sign:
    """A merge of values, as a circle."""

    def __init__(self, unit: Unit, scale: Scale):
        self.first = self.last = unit
        self.scale = scale
        self.lines: list[str] = list(unit.behind)
        self.x = self.y = 0.0
        self.radius = scale.text * (0.95 if len(unit.sign) == 1 else 1.4)
        self.height = self.thick = 2 * self.radius
        self.dx = self.dy = 0.0
        self.channels = self.sides = ""
        self.show_size, self.label_width = False, 0.0
        self.kind = "sign"

    @property
    def right(self) -> float:
        return self.x + self.thick

    @property
    def top(self) -> float:
        return self.y - self.radius

    @property
    def bottom(self) -> float:
        return self.y + self.radius

    @property
    def center(self) -> float:
        return self.x + self.radius

    def outlet(self) -> Point:
        return self.right, self.y

    def inlet(self) -> Point:
        return self.x, self.y

    def labels(self) -> list[Text]:
        return []

    def shapes(self) -> list[Shape]:
        unit = self.first
        size = self.scale.text * (1.5 if len(unit.sign) == 1 else 0.95)
        look = Look("merge", "error" if unit.broken else "edge", 1, (5, 3) if unit.shared else ())
        return [Group((Circle(self.center, self.y, self.radius, look),
                       text(self.center, self.y + size * 0.34, unit.sign, size, bold=True, role="label")), unit.layers, hover(unit),
                      data=(("family", "merge"),))]


Body = Solid | Sign


# What one reads of the other.


def between(a: Body, b: Body) -> list[Shape]:
    """The connection of neighbors in a row: a kernel's pyramid, the ends of a vector, or an arrow."""
    wire = (a.last.name, b.first.name)
    if isinstance(a, Solid) and isinstance(b, Solid):
        if "vector" in (a.kind, b.kind) and (a.kind, b.kind) != ("plate", "plate"):
            return [Group(tuple(_ends(a, b)), wire=wire)]
        pyramid = _pyramid(a, b)
        if pyramid:
            return [Group(tuple(pyramid), wire=wire, data=(("kernel", "1"),))]
    return [arrow((a.outlet(), (b.inlet()[0], a.outlet()[1])) if abs(a.outlet()[1] - b.inlet()[1]) < b.height / 2 + 1 else (a.outlet(), b.inlet()), wire)]


def arrow(points: tuple[Point, ...], wire: tuple[str, str], dashed: bool = False) -> Group:
    (ax, ay), (bx, by) = points[-2], points[-1]
    length = max(0.1, ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5)
    dx, dy = (bx - ax) / length, (by - ay) / length
    return Group((Path((*points[:-1], (bx - dx * 4, by - dy * 4)), Look(None, "wire", 1.2), 5), tip(bx, by, dx, dy, size=6.0)), wire=wire)


def _ends(a: Solid, b: Solid) -> list[Shape]:
    """Dashed lines from the ends of one body to those of the other: every value is read."""
    look = Look(None, "wire", 0.8, (3.0, 2.0))
    top = (a.right, a.top) if a.kind == "box" else (a.right, a.front_top)
    bottom = (a.x + a.thick + a.dx * 0.0, a.bottom)
    into = (b.x + b.dx, b.top) if b.kind == "box" else (b.x, b.front_top)
    return [Path((top, into), look), Path((bottom, (b.x, b.bottom)), look)]


def _pyramid(a: Solid, b: Solid) -> list[Shape]:
    """The kernel of a layer on the face of what it reads, with lines to one value of its output."""
    sizes = [int(window.size) for window in windows(b.first.main)]
    if not sizes or a.kind == "vector" or b.first.family == "up" or len(sizes) != len(a.size.spatial) or len(a.arcs) > 0:
        return []
    role = "pyramid-pool" if b.first.family == "pool" else "kernel"
    fill, line = Look(role, role, 0.8, opacity=0.3), Look(None, role, 0.7)
    apex = (b.x, b.y + b.dy / 2)
    if a.kind == "plate":
        half = max(LEAST_KERNEL, a.height * min(1.0, sizes[0] / a.size.spatial[0])) / 2
        x = a.x + a.thick
        return [Polygon(((x, a.y - half), (x, a.y + half), apex), fill)]
    tall = max(LEAST_KERNEL, a.height * min(1.0, sizes[-2] / a.size.spatial[-2]))
    deep = max(LEAST_KERNEL, a.dx * min(1.0, sizes[-1] / a.size.spatial[-1])) if a.dx > LEAST_KERNEL else a.dx
    x, y = a.x + a.thick + (a.dx - deep) / 2, a.y + a.dy / 2 - (a.dx - deep) / 2
    corners: tuple[Point, ...] = ((x, y - tall / 2), (x + deep, y - tall / 2 - deep), (x + deep, y + tall / 2 - deep), (x, y + tall / 2))
    return [Polygon(corners, fill), *[Path((corner, apex), line) for corner in corners]]
