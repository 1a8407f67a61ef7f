"""SVG as PDF and PNG, by cairosvg: an extra, since it needs the library cairo."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from ..errors import CnncalcError


class Converter(Protocol):
    """The functions of cairosvg that are used."""

    def svg2pdf(self, *, bytestring: bytes) -> bytes: ...

    def svg2png(self, *, bytestring: bytes, scale: float) -> bytes: ...


def converter() -> Converter:
    """cairosvg; an error that says how to get it, or how to do without, if it is missing."""
    try:
        found: Converter = import_module("cairosvg")
    except (ImportError, OSError):  # without the library cairo it is an OSError
        raise CnncalcError("PDF and PNG need cairosvg: pip install 'cnncalc[pdf]'; or write a .svg file and convert it: "
                           "rsvg-convert -f pdf -o net.pdf net.svg") from None
    return found


def converted(svg: str, format: str) -> bytes:
    """The picture as PDF; or as PNG, at 192 pixels to the inch."""
    data = svg.encode("utf-8")
    return converter().svg2pdf(bytestring=data) if format == "pdf" else converter().svg2png(bytestring=data, scale=2.0)
