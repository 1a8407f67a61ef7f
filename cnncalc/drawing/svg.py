"""A scene as SVG that every converter draws alike.

Presentation attributes hold the light colors; one `<style>` holds the dark ones under a media query. No markers, filters,
clip paths, variables or `<use>`: Inkscape, librsvg, cairosvg and Word leave some of them out.
"""

from __future__ import annotations

from collections.abc import Iterable

from .colors import DARK, LIGHT
from .metrics import FONT, typical_width
from .scene import Circle, Group, Look, Path, Point, Polygon, Rectangle, Run, Scene, Shape, Text

_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&#39;"}


def clean(text: str) -> str:
    """Text without what XML cannot hold: control characters and lone surrogates become U+FFFD."""
    if text.isascii() and text.isprintable():
        return text
    return "".join([c if c == "\n" or c == "\t" or (c >= " " and not "\x7f" <= c <= "\x9f" and not "\ud800" <= c <= "\udfff"
                                                     and c not in "\ufffe\uffff") else "\ufffd" for c in text])


def escaped(text: str) -> str:
    return clean(text).translate(_ESCAPES)


def listed(layers: Iterable[str]) -> str:
    """Names as the value of `data-layers`: separated by spaces; white space in a name becomes `_`."""
    return escaped(" ".join(map(token, layers)))


def token(name: str) -> str:
    """A name in `data-layers`."""
    return clean("_".join(name.split()) or "_")


def number(value: float) -> str:
    """A coordinate with one decimal at most, without negative zeros."""
    shown = f"{value:.1f}"
    shown = shown[:-2] if shown.endswith(".0") else shown
    return "0" if shown == "-0" else shown


def written(scene: Scene, width: str | None = None, style: bool = True, xml: bool = True) -> str:
    """The SVG text; `width` is the printed width, such as `16cm`.

    `style` adds the dark shades and the animation as a `<style>` element; `xml` the declaration in front.
    """
    w, h = number(scene.width), number(scene.height)
    sizes = f'width="{w}" height="{h}"' if width is None else _printed(width, scene)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>'] if xml else []
    lines.append(f'<svg xmlns="http://www.w3.org/2000/svg" {sizes} viewBox="0 0 {w} {h}" role="img" font-family="{FONT}">')
    lines.append(f"<title>{escaped(scene.title)}</title>")
    lines.append(f"<desc>{escaped(scene.description)}</desc>")
    if style:
        lines.append(f"<style>{rules(scene)}</style>")
    for shape in scene.shapes:
        _write(shape, lines)
    lines.append("</svg>")
    return "\n".join(lines) + "\n"


def _printed(width: str, scene: Scene) -> str:
    """The printed width, and the height in the same unit: some converters do not work it out."""
    value = width.strip().rstrip("abcdefghijklmnopqrstuvwxyz ")
    unit = width.strip()[len(value):].strip()
    return f'width="{escaped(value + unit)}" height="{float(value) * scene.height / scene.width:.3f}{escaped(unit)}"'


def rules(scene: Scene) -> str:
    """The style sheet: dark shades on a dark screen, and the frames of an animation."""
    dark = "".join([f".f-{role}{{fill:{shade}}}.s-{role}{{stroke:{shade}}}" for role, shade in DARK.items()])
    sheet = f"@media (prefers-color-scheme:dark){{{dark}}}"
    if scene.frames > 1:
        share = 100 / scene.frames
        seconds = number(scene.frames * scene.pace)
        delays = "".join([f".frame-{i}{{animation-delay:{i * scene.pace:.2f}s}}" for i in range(scene.frames)])
        sheet += (f"@keyframes step{{0%{{visibility:visible}}{share:.4f}%{{visibility:hidden}}100%{{visibility:hidden}}}}"
                  f"@media screen and (prefers-reduced-motion:no-preference){{.frame{{visibility:hidden;animation:step {seconds}s step-end infinite}}"
                  f"{delays}}}")
    return sheet


def _write(shape: Shape, lines: list[str]) -> None:
    kind = type(shape)
    if kind is Group:
        _write_group(shape, lines)  # type: ignore[arg-type]
    elif kind is Text:
        lines.append(_text(shape))  # type: ignore[arg-type]
    elif kind is Polygon:
        points = " ".join([f"{number(x)},{number(y)}" for x, y in shape.points])  # type: ignore[union-attr]
        lines.append(f'<polygon points="{points}"{_look(shape.look)}/>')  # type: ignore[union-attr]
    elif kind is Rectangle:
        assert isinstance(shape, Rectangle)
        radius = f' rx="{number(shape.radius)}"' if shape.radius else ""
        lines.append(f'<rect x="{number(shape.x)}" y="{number(shape.y)}" width="{number(shape.width)}" '
                     f'height="{number(shape.height)}"{radius}{_look(shape.look)}/>')
    elif kind is Circle:
        assert isinstance(shape, Circle)
        lines.append(f'<circle cx="{number(shape.x)}" cy="{number(shape.y)}" r="{number(shape.radius)}"{_look(shape.look)}/>')
    else:
        assert isinstance(shape, Path)
        lines.append(f'<path d="{_data(shape)}"{_look(shape.look)}/>')


def _write_group(group: Group, lines: list[str]) -> None:
    attributes = f' data-layers="{listed(group.layers)}"' if group.layers else ""
    if group.wire is not None:
        attributes += f' data-from="{listed(group.wire[:1])}" data-to="{listed(group.wire[1:])}"'
    if group.frame is not None:
        attributes += f' class="frame frame-{group.frame}"'
        if group.frame:  # without the style sheet, and on paper, the first frame alone is seen
            attributes += ' visibility="hidden"'
    attributes += "".join([f' data-{key}="{escaped(value)}"' for key, value in group.data])
    lines.append(f"<g{attributes}>")
    if group.title:
        lines.append(f"<title>{escaped(group.title)}</title>")
    for shape in group.shapes:
        _write(shape, lines)
    lines.append("</g>")


def _look(look: Look) -> str:
    names = [f"{letter}-{role}" for letter, role in (("f", look.fill), ("s", look.stroke)) if role in DARK]
    found = f' class="{" ".join(names)}"' if names else ""
    found += f' fill="{LIGHT[look.fill] if look.fill else "none"}"'
    if look.opacity != 1:
        found += f' fill-opacity="{look.opacity:g}"'
    if look.stroke:
        found += f' stroke="{LIGHT[look.stroke]}" stroke-width="{look.width:g}" stroke-linejoin="round"'
        if look.dashes:
            found += f' stroke-dasharray="{" ".join([f"{dash:g}" for dash in look.dashes])}"'
    return found


def _text(text: Text) -> str:
    """A line of text; one of several runs in the middle as two elements that meet: cairosvg would center each run by itself."""
    if len(text.runs) == 1 or text.anchor == "start":
        return _line(text)
    first, *rest = text.runs
    width, following = typical_width(text.runs[:1], text.size), typical_width(rest, text.size)
    left = text.x + (width - following) / 2
    # Spaces at the ends of an element may vanish: their place is left free.
    before, after = first._replace(text=first.text.rstrip(" ")), rest[0]._replace(text=rest[0].text.lstrip(" "))
    right = left + following - typical_width([after, *rest[1:]], text.size)
    left -= width - typical_width([before], text.size)
    return f'{_line(Text(left, text.y, (before,), text.size, "end"))}\n{_line(Text(right, text.y, (after, *rest[1:]), text.size, "start"))}'


def _line(text: Text) -> str:
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    head = f'<text x="{number(text.x)}" y="{number(text.y)}" font-size="{text.size:g}"{anchor}'
    if len(text.runs) == 1:
        return f"{head}{_run(text.runs[0])}>{escaped(text.runs[0].text)}</text>"
    return f'{head} xml:space="preserve">' + "".join([f"<tspan{_run(run)}{_scaled(run, text.size)}>{escaped(run.text)}</tspan>" for run in text.runs]) + "</text>"


def _scaled(run: Run, size: float) -> str:
    return "" if run.scale == 1 else f' font-size="{number(run.scale * size)}"'


def _run(run: Run) -> str:
    dark = f' class="f-{run.role}"' if run.role in DARK else ""
    return f'{dark} fill="{LIGHT[run.role]}"' + (' font-weight="bold"' if run.bold else "")


def _data(path: Path) -> str:
    """The path's commands: straight lines with rounded corners, or one curve."""
    if path.curve:
        start, a, b, end = path.points
        return f"M{_pair(start)}C{_pair(a)} {_pair(b)} {_pair(end)}"
    found = f"M{_pair(path.points[0])}"
    for before, corner, after in cornered(path):
        if before == after:
            found += f"L{_pair(corner)}"
        else:
            found += f"L{_pair(before)}Q{_pair(corner)} {_pair(after)}"
    return found


def cornered(path: Path) -> list[tuple[Point, Point, Point]]:
    """Each point after the first: where its rounding begins, the corner, and where it ends; all the same for a sharp one."""
    points, found = path.points, []
    for i in range(1, len(points)):
        here = points[i]
        if not path.radius or i == len(points) - 1:
            found.append((here, here, here))
            continue
        found.append((_towards(here, points[i - 1], path.radius), here, _towards(here, points[i + 1], path.radius)))
    return found


def _towards(here: Point, there: Point, radius: float) -> Point:
    """The point on the way from here to there, `radius` away or halfway."""
    dx, dy = there[0] - here[0], there[1] - here[1]
    length = (dx * dx + dy * dy) ** 0.5
    share = min(0.5, radius / length) if length else 0.0
    return here[0] + dx * share, here[1] + dy * share


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"
