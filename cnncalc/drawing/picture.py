"""A picture as Python users hold it: a notebook shows it, a file keeps it."""

from __future__ import annotations

import os

from ..analysis import Trace
from ..errors import CnncalcError
from . import ENDINGS, STYLES, arithmetic_picture, field_picture, network_picture, written
from .paper import Options, pixels
from .scene import Scene


class Picture:
    """A drawing: `svg`, `tikz`, `pdf` and `png` are what the command writes."""

    def __init__(self, scene: Scene, width: str | None):
        self.scene, self._width = scene, width

    @property
    def svg(self) -> str:
        """The picture as SVG text."""
        return str(written(self.scene, "svg", self._width))

    @property
    def tikz(self) -> str:
        """A LaTeX document with the picture."""
        return str(written(self.scene, "tikz", self._width))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a .svg, .pdf, .png or .tex file. CnncalcError for another ending, or if cairosvg is not installed."""
        ending = os.path.splitext(os.fspath(path))[1].lower()
        format = next((name for name, endings in ENDINGS.items() if ending in endings), None)
        if format is None:
            known = ", ".join([one for endings in ENDINGS.values() for one in endings])
            raise CnncalcError(f"cannot write a picture as {ending or 'a file without an ending'}: it writes {known}")
        found = written(self.scene, format, self._width)
        with open(path, "wb") as file:
            file.write(found if isinstance(found, bytes) else found.encode("utf-8"))

    def __repr__(self) -> str:
        return f"<picture of {self.scene.title}: {self.scene.width:.0f} x {self.scene.height:.0f} pixels>"

    def _repr_svg_(self) -> str:
        return self.svg


def drawn(trace: Trace, style: str = "volumes", *, width: str | None = None, expand: bool = False, title: str | None = None,
          legend: bool = True, heading: bool = True, background: bool = True, field: str | None = None,
          unit: tuple[int, ...] | None = None, arithmetic: str | None = None) -> Picture:
    """The picture that the options of `cnncalc draw` describe. CnncalcError for a style, layer, unit or width that is none."""
    if style not in STYLES:
        raise CnncalcError(f"unknown style {style!r}: it is one of {', '.join(STYLES)}")
    if field is not None and arithmetic is not None:
        raise CnncalcError("field and arithmetic cannot be combined")
    options = Options(pixels(width), expand, title, background, legend, heading)
    if field is not None:
        return Picture(field_picture(trace, field, unit, options), width)
    if arithmetic is not None:
        return Picture(arithmetic_picture(trace, arithmetic, options), width)
    return Picture(network_picture(trace, style, options), width)
