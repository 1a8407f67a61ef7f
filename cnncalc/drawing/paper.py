"""What all pictures of networks have: the page's width, a title, a legend, a name and a description in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from ..analysis import Trace
from ..errors import SpecError
from ..layers import InputLayer
from .colors import FAMILIES
from .metrics import LEAST_POINTS, POINTS, shortened, width_of
from .reduce import Reduced
from .scene import Group, Look, Polygon, Rectangle, Run, Scene, Shape, Text, flat, moved, text
from .units import Unit

MARGIN = 12.0
#: A printed page's text: 16 cm wide, 24.7 cm high; in CSS pixels.
PAGE = (604.7, 933.5)
_UNITS = {"px": 1.0, "pt": 96 / 72, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "": 1.0}


class Options(NamedTuple):
    """What is drawn: `width` in pixels, if the picture must have one; folded or not; and what is left out."""

    width: float | None = None
    expand: bool = False
    title: str | None = None
    background: bool = True
    legend: bool = True
    heading: bool = True


def pixels(width: str | None) -> float | None:
    """`16cm` in CSS pixels. SpecError for what is no length."""
    if width is None:
        return None
    match = re.fullmatch(r"\s*([0-9]{1,5}(?:\.[0-9]{1,4})?)\s*([a-z]{0,2})\s*", width)
    if match is None or match[2] not in _UNITS or not 20 <= float(match[1]) * _UNITS[match[2]] <= 20_000:
        raise SpecError(f"{width!r} is not a width such as 16cm", (), "units: cm, mm, in, pt, px; between 20 and 20,000 px")
    return float(match[1]) * _UNITS[match[2]]


def room(width: float | None, least: float) -> float:
    """The widest scene whose smallest text, `least` pixels, still has its minimum when printed at the width."""
    return (PAGE[0] if width is None else width) * least * POINTS / LEAST_POINTS


def description(network: Reduced) -> str:
    """The network in words."""
    trace = network.trace
    counts: dict[str, int] = {}
    for unit in network.units:
        counts[unit.family] = counts.get(unit.family, 0) + 1
    words = [f"{n} {FAMILIES[family][1]}" for family, n in counts.items() if family not in ("input", "other")]
    inputs = [f"{unit.name} {_shape(unit)}" for unit in network.units if unit.main.is_input]
    outputs = [f"{unit.last.name} {_shape(unit)}" for unit in network.units if unit.output]
    return (f"{trace.graph.name}: {_count(trace)}. Input: {', '.join(inputs) or 'none'}. "
            f"Drawn layers: {', '.join(words) or 'none'}. Output: {', '.join(outputs) or 'none'}.")


def _shape(unit: Unit) -> str:
    shape = unit.last.shape
    return "?" if shape is None else "x".join(["?" if n is None else str(n) for n in shape])


def _count(trace: Trace) -> str:
    many = len([step for step in trace.steps if step.used and type(step.node.layer) is not InputLayer])
    params = f"{'at least ' if trace.at_least else ''}{trace.params:,}"
    return f"{many:,} layer{'s' * (many != 1)}, {params} parameter{'s' * (trace.params != 1)}"


def finished(network: Reduced, options: Options, shapes: list[Shape], width: float, height: float, size: float,
             units: tuple[Unit, ...] | None = None, said: Mapping[str, str] | None = None) -> Scene:
    """The scene of a drawing of this size: with title, legend, margins and background; `size` is that of small text.

    `said` is what the legend adds to the words of a family.
    """
    name = network.trace.graph.name if options.title is None else options.title
    entries = _legend(network.units if units is None else units, shapes, said or {}) if options.legend else []
    least = 0.0 if options.width is None else options.width * size / 14.0
    head = _heading(name, network, size, options, room(options.width, size) - 2 * MARGIN) if options.heading else []
    wanted = max([width, least, *[_wide(shape) for shape in head]])
    top = MARGIN + (size * (0.9 + 1.5 * len(head)) if head else 0)
    total = top + height + MARGIN
    if options.width is not None:  # a tall drawing is printed less large, so that it fits a page
        high = total + len(_packed(entries, wanted, size)) * size * 1.9 + MARGIN
        wanted = max(wanted, min(high * options.width / PAGE[1], room(options.width, size)) - 2 * MARGIN)
    rows = _packed(entries, wanted, size)
    dx = MARGIN + (wanted - width) / 2 if wanted > width and options.width is not None else MARGIN
    found: list[Shape] = [moved(shape, MARGIN, MARGIN) for shape in head] + [moved(shape, dx, top) for shape in shapes]
    for k, row in enumerate(rows):
        y = total + k * size * 1.9
        for x, entry in row:
            found.append(_entry(entry, MARGIN + x, y, size))
    total += len(rows) * size * 1.9 + (MARGIN if rows else 0)
    scene_width = wanted + 2 * MARGIN
    if options.background:
        found.insert(0, Rectangle(0, 0, scene_width, total, Look("bg")))
    return Scene(scene_width, total, name, description(network), tuple(found), notes=_too_small(scene_width, size, options),
                 crowded=scene_width > room(options.width, size) + 1)


def titled(shapes: list[Shape], width: float, height: float, title: str, words: str, options: Options, size: float) -> Scene:
    """A scene of shapes that are no network: with a title, margins and background; `words` describe it."""
    large = size * 1.25
    head = [text(0, large, shortened(title, max(width, 300.0), large, True), large, "start", True)] if options.heading and title else []
    wide = max([width, *map(_wide, head)])
    if options.width is not None:
        wide = max(wide, options.width * size / 14.0 - 2 * MARGIN)
    top = MARGIN + (large * 1.9 if head else 0)
    found: list[Shape] = [moved(shape, MARGIN, MARGIN) for shape in head]
    found += [moved(shape, MARGIN + (wide - width) / 2 * (options.width is not None), top) for shape in shapes]
    w, h = wide + 2 * MARGIN, top + height + MARGIN
    if options.background:
        found.insert(0, Rectangle(0, 0, w, h, Look("bg")))
    return Scene(w, h, title, words, tuple(found), notes=_too_small(w, size, options))


def _too_small(width: float, size: float, options: Options) -> tuple[str, ...]:
    """The warning for text below the minimum at the printed width."""
    if options.width is None or size * POINTS * options.width / width >= LEAST_POINTS - 0.05:
        return ()
    points = size * POINTS * options.width / width
    return (f"text is {points:.1f} pt at this width, below {LEAST_POINTS} pt; --width "
            f"{width * LEAST_POINTS / (size * POINTS) / 96 * 2.54 + 0.5:.0f}cm is wide enough",)


def _heading(name: str, network: Reduced, size: float, options: Options, most: float) -> list[Shape]:
    """The title, followed by the numbers of layers and parameters, which go below it if the line is too wide."""
    large = size * 1.35
    count = _count(network.trace)
    title = Text(0, large, (Run(shortened(name, min(420, most), large, True), True),), large, "start")
    if options.title is not None:
        return [title]
    both = title._replace(runs=(*title.runs, Run("   " + count, False, "soft", 0.8)))
    return [both] if _wide(both) <= most else [title, text(0, large + size * 1.5, count, size, "start", role="soft")]


def _wide(shape: Shape) -> float:
    from .metrics import box_of

    return box_of(shape)[2] if isinstance(shape, Text) else 0.0


def _legend(units: tuple[Unit, ...], shapes: list[Shape], said: Mapping[str, str]) -> list[tuple[str, str]]:
    """The families that are drawn, in order, and what dashes mean."""
    drawn = {shape.look.fill for shape in flat(shapes) if not isinstance(shape, (Group, Text))}
    found = [(family, FAMILIES[family][1] + said.get(family, "")) for family in FAMILIES if family in drawn and family != "input"]
    if any([unit.shared for unit in units]):
        found.append(("shared", "dashed: shared weights"))
    if any([unit.broken for unit in units]):
        found.append(("error", "red: cannot be computed"))
    return found


def _packed(entries: list[tuple[str, str]], width: float, size: float) -> list[list[tuple[float, tuple[str, str]]]]:
    rows: list[list[tuple[float, tuple[str, str]]]] = []
    x = width + 1
    for entry in entries:
        wide = size * 1.5 + width_of(entry[1], size) + size * 1.3
        if x + wide - size * 1.3 > width or not rows:
            rows.append([])
            x = 0.0
        rows[-1].append((x, entry))
        x += wide
    return rows


def _entry(entry: tuple[str, str], x: float, y: float, size: float) -> Group:
    special = {"shared": Look(None, "edge", 1, (3, 2)), "error": Look(None, "error", 2)}
    look = special.get(entry[0]) or Look(entry[0], "edge", 1)
    return Group((Rectangle(x, y, size * 1.1, size * 1.1, look, 2.5),
                  text(x + size * 1.5, y + size * 0.95, entry[1], size, "start", role="soft")))


def tip(x: float, y: float, dx: float, dy: float, role: str = "tip", size: float = 7.0) -> Polygon:
    """The tip of an arrow that ends at (x, y), pointing along (dx, dy), a unit vector."""
    bx, by = x - dx * size, y - dy * size
    w = size * 0.46
    return Polygon(((x, y), (bx - dy * w, by + dx * w), (bx + dy * w, by - dx * w)), Look(role))


def hover(unit: Unit) -> str:
    """The text shown while hovering over an element."""
    lines = [f"{', '.join(unit.layers)}", unit.line]
    if unit.last.shape is not None:
        lines.append(f"output {_shape(unit)}")
    errors = [row.step.error.problem for row in unit.rows if row.step.error is not None]
    return "\n".join(lines + [f"error: {error}" for error in errors])
