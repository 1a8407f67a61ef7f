"""What a picture is made of: five primitives, and groups of them that know their layers.

Layouts make a scene; `svg.py` and `tikz.py` write it. Coordinates are CSS pixels (96 to the inch), y downwards. Colors are
roles of `colors.py`, never values, so that a writer can give each its light and its dark shade.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Union

Point = tuple[float, float]


class Look(NamedTuple):
    """How a shape is painted: roles of colors, the line's width in pixels, dashes, and the fill's opacity."""

    fill: str | None = None
    stroke: str | None = None
    width: float = 1.0
    dashes: tuple[float, ...] = ()
    opacity: float = 1.0


class Polygon(NamedTuple):
    points: tuple[Point, ...]
    look: Look


class Rectangle(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    look: Look
    radius: float = 0.0


class Circle(NamedTuple):
    x: float
    y: float
    radius: float
    look: Look


class Path(NamedTuple):
    """A line through points; corners are rounded by `radius`. With `curve`, four points of one Bézier curve."""

    points: tuple[Point, ...]
    look: Look
    radius: float = 0.0
    curve: bool = False


class Run(NamedTuple):
    """Part of a line of text."""

    text: str
    bold: bool = False
    role: str = "ink"
    #: Its size as a share of the line's.
    scale: float = 1.0


class Text(NamedTuple):
    """One line of text; (x, y) is on its baseline, `anchor` is start, middle or end."""

    x: float
    y: float
    runs: tuple[Run, ...]
    size: float
    anchor: str = "middle"


class Group(NamedTuple):
    """Shapes that belong together.

    `layers` are the names of the layers that they show; `title` is the hover text; `wire` is the pair of layers that a line
    connects; `frame` numbers the frames of an animation (empty: always visible), counted from 0.
    """

    shapes: tuple[Shape, ...]
    layers: tuple[str, ...] = ()
    title: str = ""
    wire: tuple[str, str] | None = None
    frame: int | None = None
    #: Other attributes with the prefix data- in SVG.
    data: tuple[tuple[str, str], ...] = ()


Shape = Union[Polygon, Rectangle, Circle, Path, Text, Group]  # noqa: UP007


class Scene(NamedTuple):
    """A picture with its size in pixels, its name, and its content in words."""

    width: float
    height: float
    title: str
    description: str
    shapes: tuple[Shape, ...]
    #: Frames of its animation, and seconds for each; 0 where it stands still.
    frames: int = 0
    pace: float = 0.6
    #: What a reader should know of it, such as text that is too small to print.
    notes: tuple[str, ...] = ()
    #: Whether its text is too small on a page, or at the width that was asked for.
    crowded: bool = False


def text(x: float, y: float, words: str, size: float, anchor: str = "middle", bold: bool = False, role: str = "ink") -> Text:
    """A line of text in one style."""
    return Text(x, y, (Run(words, bold, role),), size, anchor)


def flat(shapes: Iterable[Shape]) -> Iterator[Shape]:
    """All primitives, those in groups too."""
    for shape in shapes:
        if type(shape) is Group:
            yield from flat(shape.shapes)
        else:
            yield shape


def groups(shapes: Iterable[Shape]) -> Iterator[Group]:
    """All groups, at every depth."""
    for shape in shapes:
        if type(shape) is Group:
            yield shape
            yield from groups(shape.shapes)


def moved(shape: Shape, dx: float, dy: float) -> Shape:
    """A shape shifted by (dx, dy)."""
    if isinstance(shape, Group):
        return shape._replace(shapes=tuple([moved(inner, dx, dy) for inner in shape.shapes]))
    if isinstance(shape, (Polygon, Path)):
        return shape._replace(points=tuple([(x + dx, y + dy) for x, y in shape.points]))
    return shape._replace(x=shape.x + dx, y=shape.y + dy)
