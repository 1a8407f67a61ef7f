"""How wide text is, without a font at hand.

Helvetica's widths, enlarged: where Helvetica, Arial and Liberation Sans are missing, viewers take DejaVu Sans, which is a
seventh wider, a quarter when bold.
"""

from __future__ import annotations

from collections.abc import Iterable

from .scene import Circle, Path, Polygon, Rectangle, Run, Shape, Text, flat

FONT = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"
#: What other fonts need of Helvetica's widths.
REGULAR, BOLD = 1.16, 1.27
#: The least size that print needs, in points, and a CSS pixel in points.
LEAST_POINTS = 6.5
POINTS = 0.75

_WIDTHS = {
    " ": 278, "!": 278, '"': 355, "%": 889, "&": 667, "'": 191, "(": 333, ")": 333, "*": 389, "+": 584, ",": 278, "-": 333,
    ".": 278, "/": 278, ":": 278, ";": 278, "<": 584, "=": 584, ">": 584, "@": 1015, "[": 278, "\\": 278, "]": 278, "^": 469,
    "`": 333, "{": 334, "|": 260, "}": 334, "~": 584, "×": 620, "·": 278, "−": 584, "…": 1000, "→": 900, "⌊": 350, "⌋": 350,
    "A": 667, "B": 667, "C": 722, "D": 722, "E": 667, "F": 611, "G": 778, "H": 722, "I": 278, "J": 500, "K": 667, "L": 556,
    "M": 833, "N": 722, "O": 778, "P": 667, "Q": 778, "R": 722, "S": 667, "T": 611, "U": 722, "V": 667, "W": 944, "X": 667,
    "Y": 667, "Z": 611, "c": 500, "f": 278, "i": 222, "j": 222, "k": 500, "l": 222, "m": 833, "r": 333, "s": 500, "t": 278,
    "v": 500, "w": 722, "x": 500, "y": 500, "z": 500,
}


def width_of(words: str, size: float, bold: bool = False) -> float:
    """The width of a text in pixels: what every usual font needs."""
    total = 0
    for letter in words:
        known = _WIDTHS.get(letter)
        total += known if known is not None else 556 if letter < "\u0250" else 1000
    return total * size / 1000 * (BOLD if bold else REGULAR)


def runs_width(runs: tuple[Run, ...], size: float) -> float:
    return sum([width_of(run.text, size * run.scale, run.bold) for run in runs])


def typical_width(runs: Iterable[Run], size: float) -> float:
    """The width of runs between that of narrow fonts and that of wide ones."""
    return sum([width_of(run.text, size * run.scale, run.bold) * (1 + 1 / (BOLD if run.bold else REGULAR)) / 2 for run in runs])


def box_of(text: Text) -> tuple[float, float, float, float]:
    """The rectangle that a text takes: left, top, right, bottom."""
    width = runs_width(text.runs, text.size)
    left = text.x - {"start": 0.0, "middle": width / 2, "end": width}[text.anchor]
    return left, text.y - 0.93 * text.size, left + width, text.y + 0.24 * text.size


def shortened(words: str, most: float, size: float, bold: bool = False) -> str:
    """The text, cut with … where it is wider than `most` pixels."""
    if len(words) < 400 and width_of(words, size, bold) <= most:
        return words
    low, high = 0, min(len(words), 400)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(words[:middle] + "…", size, bold) <= most:
            low = middle
        else:
            high = middle - 1
    return words[:low].rstrip() + "…"


def extents(shapes: Iterable[Shape]) -> list[tuple[float, float, float, float]]:
    """The rectangle around each primitive: left, top, right, bottom."""
    found = []
    for shape in flat(shapes):
        if isinstance(shape, Text):
            found.append(box_of(shape))
        elif isinstance(shape, (Polygon, Path)):
            xs, ys = [x for x, _ in shape.points], [y for _, y in shape.points]
            found.append((min(xs), min(ys), max(xs), max(ys)))
        elif isinstance(shape, Rectangle):
            found.append((shape.x, shape.y, shape.x + shape.width, shape.y + shape.height))
        elif isinstance(shape, Circle):
            found.append((shape.x - shape.radius, shape.y - shape.radius, shape.x + shape.radius, shape.y + shape.radius))
    return found
