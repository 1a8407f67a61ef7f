"""A scene as TikZ: a document of its own, which plain TikZ compiles; LaTeX sets the text."""

from __future__ import annotations

from .colors import LIGHT
from .metrics import POINTS
from .scene import Circle, Group, Look, Path, Point, Polygon, Rectangle, Run, Scene, Shape, Text
from .svg import clean, cornered

_HEAD = r"""% {title}
% A document of one page; for a paper, copy the colors and the tikzpicture.
\documentclass{{article}}
\usepackage{{tikz}}
\pagestyle{{empty}}
\setlength{{\parindent}}{{0pt}}
\hoffset=-1in \voffset=-1in \oddsidemargin=0pt \topmargin=0pt \headheight=0pt \headsep=0pt
\paperwidth={width:.2f}pt \paperheight={height:.2f}pt \textwidth=\paperwidth \textheight=\paperheight
\pdfpagewidth=\paperwidth \pdfpageheight=\paperheight
\begin{{document}}
"""
_PICTURE = r"""\begin{{tikzpicture}}[x={unit}pt,y=-{unit}pt,line join=round,every node/.style={{inner sep=0pt,outer sep=0pt}}]
\sffamily
"""
#: Every character that LaTeX would read as more than itself, and signs that its text fonts lack.
_ESCAPES = {
    "\\": r"$\backslash$", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\^{}", "~": r"\~{}", "<": "$<$", ">": "$>$", "|": "$|$", '"': "''", "`": r"\`{}", "×": r"$\times$", "·": r"$\cdot$", "→": r"$\to$", "−": r"$-$",
    "…": r"\dots{}", "–": "--", "⌊": r"$\lfloor$", "⌋": r"$\rfloor$", "÷": r"$\div$", "\u00a0": "~", "'": "'", "-": "{-}",
    "?": "{?}", "!": "{!}",
}


def escaped(text: str) -> str:
    """Text in which no letter can begin a command; what LaTeX's fonts lack becomes a question mark."""
    return "".join([_ESCAPES.get(c, c if " " <= c <= "~" else "{?}") for c in clean(text).replace("\n", " ")])


def written(scene: Scene, width: float | None = None) -> str:
    """The document; `width` is the picture's printed width in CSS pixels."""
    scale = (1.0 if width is None else width / scene.width) * POINTS * 72.27 / 72
    title = "".join([c if " " <= c <= "~" else "?" for c in clean(scene.title)])
    lines = [_HEAD.format(title=title, width=scene.width * scale, height=scene.height * scale)]
    for role in sorted(set(_roles(scene.shapes))):
        lines.append(rf"\definecolor{{{role}}}{{HTML}}{{{LIGHT[role][1:].upper()}}}" + "\n")
    lines.append("\\setbox0\\hbox{%\n" + _PICTURE.format(unit=f"{scale:.4f}"))
    lines.append(rf"\useasboundingbox (0,0) rectangle ({scene.width:.1f},{scene.height:.1f});" + "\n")
    for shape in scene.shapes:
        _write(shape, lines, scale)
    lines.append("\\end{tikzpicture}}\n\\shipout\\box0\n\\end{document}\n")
    return "".join(lines)


def _roles(shapes: tuple[Shape, ...]) -> list[str]:
    found: list[str] = []
    for shape in shapes:
        if isinstance(shape, Group):
            found += _roles(shape.shapes)
        elif isinstance(shape, Text):
            found += [run.role for run in shape.runs]
        else:
            found += [role for role in (shape.look.fill, shape.look.stroke) if role]
    return found


def _write(shape: Shape, lines: list[str], scale: float) -> None:
    if isinstance(shape, Group):
        if shape.frame:
            return  # a printed animation shows its first frame
        for inner in shape.shapes:
            _write(inner, lines, scale)
    elif isinstance(shape, Text):
        anchor = {"start": "base west", "middle": "base", "end": "base east"}[shape.anchor]
        size = shape.size * scale
        words = "".join([_run(run, size) for run in shape.runs])
        lines.append(rf"\node[anchor={anchor}] at {_pair((shape.x, shape.y))} {{{words}}};" + "\n")
    else:
        lines.append(rf"\path{_look(shape.look, scale)} {_outline(shape)};" + "\n")


def _outline(shape: Polygon | Rectangle | Circle | Path) -> str:
    if isinstance(shape, Polygon):
        return " -- ".join(map(_pair, shape.points)) + " -- cycle"
    if isinstance(shape, Rectangle):
        corners = f"[rounded corners={shape.radius * POINTS:.2f}pt] " if shape.radius else ""
        return f"{corners}{_pair((shape.x, shape.y))} rectangle {_pair((shape.x + shape.width, shape.y + shape.height))}"
    if isinstance(shape, Circle):
        return f"{_pair((shape.x, shape.y))} circle [radius={shape.radius:.1f}]"
    if shape.curve:
        start, a, b, end = shape.points
        return f"{_pair(start)} .. controls {_pair(a)} and {_pair(b)} .. {_pair(end)}"
    found = _pair(shape.points[0])
    for before, corner, after in cornered(shape):
        if before == after:
            found += f" -- {_pair(corner)}"
        else:  # a quadratic curve as a cubic one
            a, b = _third(before, corner), _third(after, corner)
            found += f" -- {_pair(before)} .. controls {_pair(a)} and {_pair(b)} .. {_pair(after)}"
    return found


def _third(end: Point, control: Point) -> Point:
    return end[0] + (control[0] - end[0]) * 2 / 3, end[1] + (control[1] - end[1]) * 2 / 3


def _run(run: Run, size: float) -> str:
    points = size * run.scale
    bold = r"\bfseries" if run.bold else ""
    space = "~" * (len(run.text) - len(run.text.lstrip(" ")))
    after = "~" if run.text.endswith(" ") and run.text.strip() else ""
    return rf"{{\fontsize{{{points:.1f}}}{{{points * 1.2:.1f}}}\selectfont{bold}\color{{{run.role}}}{space}{escaped(run.text.strip())}{after}}}"


def _look(look: Look, scale: float) -> str:
    options = []
    if look.fill:
        options.append(f"fill={look.fill}")
        if look.opacity != 1:
            options.append(f"fill opacity={look.opacity:g}")
    if look.stroke:
        options += [f"draw={look.stroke}", f"line width={look.width * scale:.2f}pt"]
        if look.dashes:
            on, off = look.dashes[0] * scale, look.dashes[-1] * scale
            options.append(f"dash pattern=on {on:.1f}pt off {off:.1f}pt")
    return "[" + ",".join(options) + "]"


def _pair(point: Point) -> str:
    return f"({point[0]:.1f},{point[1]:.1f})".replace("-0.0", "0.0")
