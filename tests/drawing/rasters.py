"""Pictures as pixels, and how much two of them differ."""

from __future__ import annotations

import io
import subprocess

from chromium import needed


def pixels(png: bytes, smaller: int = 1):
    """The image, so many times smaller."""
    from PIL import Image

    return Image.open(io.BytesIO(png)).convert("RGB").reduce(smaller)


def difference(a, b) -> float:
    """The share of pixels that differ by more than antialiasing does; of sizes, at most by the rounding of one pixel."""
    from PIL import ImageChops, ImageFilter

    assert abs(a.width - b.width) < 2 and abs(a.height - b.height) < 2
    size = (min(a.width, b.width), min(a.height, b.height))
    a, b = (one.crop((0, 0, *size)).filter(ImageFilter.BoxBlur(1)) for one in (a, b))
    gray = ImageChops.difference(a, b).convert("L")
    return sum(gray.histogram()[64:]) / (a.width * a.height)


def of_pdf(path, page: int = 1) -> bytes:
    """A page of a PDF as PNG, at 96 pixels to the inch."""
    return subprocess.run([needed("pdftoppm"), "-png", "-r", "96", "-f", str(page), "-l", str(page), str(path)], capture_output=True, check=True).stdout


def by_rsvg(svg: str, format: str = "png") -> bytes:
    return subprocess.run([needed("rsvg-convert"), "-f", format], input=svg.encode(), capture_output=True, check=True).stdout
