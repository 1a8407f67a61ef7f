"""The boxes of the style `graph`: how densely they are drawn, their texts, and the wires between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from . import lanes
from .metrics import runs_width, shortened, width_of
from .paper import hover, tip
from .scene import Circle, Group, Look, Path, Point, Rectangle, Run, Shape, Text, text
from .units import Unit
from .words import times

#: The widest line in a bar.
FITS_A_BAR = 200.0


class Fit(NamedTuple):
    """How densely to draw: sizes of text, and the widest line in a box."""

    size: float = 12.5
    small: float = 11.0
    line: float = 250.0
    pad: float = 11.0
    #: Above and below the text in a box, and the least length of a wire's end.
    high: float = 5.0
    tip: float = 13.0
    #: Whether the legend says what usually follows a convolution, and sizes are written only where no box tells them.
    brief: bool = False
    #: Whether blocks are folded that differ in sizes.
    loosely: bool = False


class Pen:
    """Draws units as boxes; `usual` is what follows a convolution unless its box says otherwise."""

    def __init__(self, fit: Fit, usual: Sequence[str] = ()):
        self.fit, self.usual = fit, list(usual)

    def lines(self, unit: Unit) -> list[tuple[Run, ...]]:
        """The text of a box in one line, or in up to three that are less wide."""
        fit = self.fit
        main = Run(main_words(unit), True, "label")
        ahead = " · ".join(unit.ahead)
        behind = " · ".join(self._behind(unit))
        inside = f" {self._size(unit)}" if self._is_inside(unit) else ""
        runs = (*([Run(f"{ahead} → ", False, "label")] if ahead else []), main,
                *[Run(words, False, "label") for words in (f" · {behind}" if behind else "", inside) if words])
        if runs_width(runs, fit.size) <= (FITS_A_BAR if inside else fit.line) and not unit.broken:
            return [runs]
        found = [(Run(f"{ahead} →", False, "label"),)] if ahead else []
        found.append((main,))
        if behind or inside:
            found.append((Run(behind + inside, False, "label"),))
        if unit.broken:
            found.append((Run("error", False, "label"),))
        most = max(fit.line, 200.0)
        return [tuple([run._replace(text=shortened(run.text, most, fit.size, run.bold)) for run in line]) for line in found]

    def _behind(self, unit: Unit) -> list[str]:
        if not self.usual or unit.family != "conv":
            return unit.behind
        return [] if unit.behind == self.usual else unit.behind or ["linear"]

    def node(self, unit: Unit) -> lanes.Node:
        fit = self.fit
        label = width_of(self.label(unit), fit.small) + 12 if self.label(unit) else 0.0
        tapped = width_of("output", fit.small) + 12 if unit.is_tapped else 0.0
        below = fit.small + min(3.0, fit.high) if label or tapped else 2.0
        if unit.sign and len(set(unit.reads)) <= 2 and len(unit.sign) < 4:
            radius = (12.0 if len(unit.sign) == 1 else 15.0) * fit.size / 12.5
            words = width_of(" · ".join(unit.behind), fit.small) + 5 if unit.behind else 0.0
            return lanes.Node(max(radius + words, tapped), max(radius, label), radius, 2 * radius, below, "circle")
        lines = self.lines(unit)
        half = max(34.0, max([runs_width(line, fit.size) for line in lines]) / 2 + fit.pad)
        height = 2 * fit.high + len(lines) * (fit.size + 2.5)
        return lanes.Node(max(half, tapped), max(half, label), half, height, below, "bar" if unit.is_merge else "box")

    def reference(self, back: int) -> lanes.Node:
        """The place of a mark for what is so many blocks back."""
        half = width_of(_back(back), self.fit.small) / 2 + 6
        return lanes.Node(half, half, half, self.fit.small + 5, 2.0)

    def referred(self, back: int, x: float, y: float, node: lanes.Node) -> list[Shape]:
        outline = Rectangle(x - node.half, y, 2 * node.half, node.height, Look("bg", "frame", 1), node.height / 2)
        return [Group((outline, text(x, y + self.fit.small + 1.5, _back(back), self.fit.small, role="soft")))]

    def drawn(self, unit: Unit, x: float, y: float, half: float, node: lanes.Node, clear: bool = True) -> list[Shape]:
        """The box with its upper edge at y, and its label; `clear` says whether no wire comes to a circle from the left."""
        fit = self.fit
        look = Look(unit.family, "error" if unit.broken else "edge", 2.2 if unit.broken else 1.1, (5, 3) if unit.shared else ())
        shapes: list[Shape] = []
        if node.kind == "circle":
            radius = node.height / 2
            shapes.append(Circle(x, y + radius, radius, look))
            size = fit.size * (1.35 if len(unit.sign) == 1 else 0.9)
            shapes.append(text(x, y + radius + size * 0.34, unit.sign, size, bold=True, role="label"))
            if unit.behind:
                shapes.append(text(x - radius - 4, y + radius + fit.small * 0.36 - (0 if clear else 9), " · ".join(unit.behind), fit.small, "end", role="soft"))
        else:
            shapes.append(Rectangle(x - half, y, 2 * half, node.height, look, node.height / 2 if unit.family == "input" else 4))
            for k, runs in enumerate(self.lines(unit)):
                shapes.append(Text(x, y + fit.high + (k + 0.5) * (fit.size + 2.5) + fit.size * 0.35, runs, fit.size))
        return [Group(tuple(shapes), unit.layers, hover(unit), data=(("family", unit.family),))]

    def notes(self, unit: Unit, x: float, y: float) -> list[Shape]:
        """The label beside the wire that begins at (x, y), below its box."""
        shapes: list[Shape] = [self.size_label(self.label(unit), x, y + self.fit.small + 1)] if self.label(unit) else []
        return shapes + ([text(x - 6, y + self.fit.small + 1, "output", self.fit.small, "end", role="soft")] if unit.is_tapped else [])

    def size_label(self, words: str, x: float, y: float) -> Text:
        return text(x + 6, y, words, self.fit.small, "start", role="soft")

    def _is_inside(self, unit: Unit) -> bool:
        """Whether the size of a unit is written in its box: of a bar, which is wide."""
        return self.fit.brief and unit.is_merge and not unit.sign

    def label(self, unit: Unit) -> str:
        """What is written below a box."""
        return "" if self._is_inside(unit) else self._size(unit)

    def _size(self, unit: Unit) -> str:
        """The shape, where a unit changes it; briefly, only what its box does not tell."""
        shape = unit.last.shape
        if shape is None or not (unit.main.is_input or unit.rows[0].input != shape):
            return ""
        if self.fit.brief and unit.words.channels and not unit.words.step and unit.index and unit.is_read and _same_sides(unit):
            return ""
        shapes = list(dict.fromkeys([str(other.last.shape and other.last.shape.whole) if other.last.shape is None else shown_shape(other)
                                     for other in (unit, *unit.also)]))
        return shapes[0] if len(shapes) == 1 else _ranges(shapes)


def _back(blocks: int) -> str:
    return f"{blocks} blocks back"


def _same_sides(unit: Unit) -> bool:
    """Whether a unit leaves the spatial sizes as they are."""
    shape, before = unit.last.shape, unit.rows[0].input
    if shape is None or before is None or shape.whole or before.whole or len(shape) != len(before):
        return False
    sides = slice(1, None) if unit.last.first else slice(None, -1)
    return tuple(shape)[sides] == tuple(before)[sides]


def _ranges(shapes: Sequence[str]) -> str:
    """The shapes of folded layers as one, if a single size differs: 14×14×480–512."""
    sizes = [shape.split("×") for shape in shapes]
    axes = [list(dict.fromkeys(axis)) for axis in zip(*sizes)]
    if len({len(one) for one in sizes}) > 1 or sum([len(axis) > 1 for axis in axes]) != 1:
        return ""
    return "×".join([ranged(axis) for axis in axes])


def ranged(numbers: Sequence[str]) -> str:
    """Different numbers, given as text, by the least and the largest."""
    ordered = sorted(set(numbers), key=lambda one: (len(one), one))
    return f"{ordered[0]}–{ordered[-1]}" if len(ordered) > 1 else "".join(ordered)


def usual_behind(units: Sequence[Unit]) -> tuple[str, ...]:
    """What follows most convolutions, if there are several."""
    counts: dict[tuple[str, ...], int] = {}
    for unit in units:
        if unit.family == "conv" and unit.behind:
            counts[tuple(unit.behind)] = counts.get(tuple(unit.behind), 0) + 1
    usual = max(counts, key=lambda one: counts[one], default=())
    return usual if usual and counts[usual] > 2 else ()


def main_words(unit: Unit) -> str:
    """A box's own words: of an input among several its name; of folded ones that differ, the range of their numbers."""
    if unit.main.is_input:
        return "input" if unit.main.name.startswith("input") else f"input {unit.main.name}"
    all_words = [other.words for other in (unit, *unit.also)]
    dilations, groups = [words.dilation or "1" for words in all_words], [words.groups or "1" for words in all_words]
    return unit.words.with_numbers(ranged([words.channels for words in all_words if words.channels]),
                                   ranged(dilations) if set(dilations) != {"1"} else "", ranged(groups) if set(groups) != {"1"} else "")


def shown_shape(unit: Unit) -> str:
    shape = unit.last.shape
    return "" if shape is None else str(shape) if shape.whole else times(tuple(shape)) if shape != () else "1"


def wired(points: Sequence[Point], wire: tuple[str, str]) -> Group:
    """A wire with its tip."""
    (ax, ay), (bx, by) = points[-2], points[-1]
    length = max(0.1, abs(bx - ax) + abs(by - ay))
    dx, dy = (bx - ax) / length, (by - ay) / length
    size = min(7.0, max(4.0, length - 1)) if len(points) == 2 else 7.0
    return Group((Path((*points[:-1], (bx - dx * size / 2, by - dy * size / 2)), Look(None, "wire", 1.3), 5), tip(bx, by, dx, dy, size=size)), wire=wire)
