"""Every text can be read on what is painted below it: a contrast of at least 4.5:1, on paper and on a dark screen."""

from __future__ import annotations

import pytest
from pictures import STYLES, scene_of

import cnncalc
from cnncalc.drawing import arithmetic_picture, field_picture
from cnncalc.drawing.colors import DARK, FAMILIES, LIGHT
from cnncalc.drawing.metrics import box_of, extents
from cnncalc.drawing.paper import Options
from cnncalc.drawing.scene import Circle, Path, Rectangle, Text, flat
from cnncalc.sources.open import open_text
from cnncalc.tracing import traced

LEAST = 4.5
SHADES = {"light": LIGHT, "dark": {**LIGHT, **DARK}}


def luminance(color):
    red, green, blue = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def parts(color):
    return [int(color[i: i + 2], 16) / 255 for i in (1, 3, 5)]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def inside(shape, x, y):
    if isinstance(shape, Rectangle):
        return shape.x <= x <= shape.x + shape.width and shape.y <= y <= shape.y + shape.height
    if isinstance(shape, Circle):
        return (x - shape.x) ** 2 + (y - shape.y) ** 2 <= shape.radius ** 2
    found, points = False, shape.points
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]]):
        if (ay > y) != (by > y) and x < ax + (bx - ax) * (y - ay) / (by - ay):
            found = not found
    return found


def faults(scene):
    """Texts whose contrast with the paint below their middle or their ends is too low, by day or by night."""
    painted, found = [], set()
    for shape in flat(scene.shapes):
        if not isinstance(shape, Text):
            if shape.look.fill and not isinstance(shape, Path):
                painted.append((shape, extents([shape])[0]))
            continue
        left, top, right, bottom = box_of(shape)
        y = (top + bottom) / 2
        for x in (left + 1, (left + right) / 2, right - 1):
            below = [other.look for other, box in painted if box[0] <= x <= box[2] and box[1] <= y <= box[3] and inside(other, x, y)]
            for time, shades in SHADES.items():
                color = parts(shades["bg"])
                for look in below:
                    color = [a * (1 - look.opacity) + b * look.opacity for a, b in zip(color, parts(shades[look.fill]))]
                found.update((time, run.text, run.role) for run in shape.runs if contrast(parts(shades[run.role]), color) < LEAST)
    return found


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["alexnet", "inception-module", "unet", "siamese", "multi-output", "cnn-lstm", "wavenet", "conv3d"])
def test_text_in_pictures_of_networks(name, style):
    assert faults(scene_of(cnncalc.load(name).trace, style)) == set()


@pytest.mark.oracle
@pytest.mark.parametrize("style", STYLES)
def test_text_in_pictures_of_all_known_networks(style):
    from cnncalc.sources import bundled

    assert {name: found for name in bundled() if (found := faults(scene_of(cnncalc.load(name).trace, style)))} == {}


def test_text_in_pictures_of_one_layer():
    trace = cnncalc.load("mnist-chollet").trace
    assert faults(field_picture(trace, "conv2d_3", (1, 1), Options())) == set()
    assert faults(arithmetic_picture(trace, "conv2d_1", Options())) == set()
    up = cnncalc.loads("input: [5, 5, 1]\nlayers:\n  - {Conv2DTranspose: {filters: 1, kernel_size: 3, strides: 2}, name: up}\n").trace
    assert faults(arithmetic_picture(up, "up", Options())) == set()


@pytest.mark.parametrize("style", STYLES)
def test_text_of_a_broken_layer(style):
    text = "input: [8, 8, 1]\nlayers:\n  - Conv2D: [4, 3]\n  - {Conv2D: [4, 30], name: big}\n"
    trace = traced(open_text(text).graph)
    assert trace.errors
    scene = scene_of(trace, style)
    assert "error" in {run.text for shape in flat(scene.shapes) if isinstance(shape, Text) for run in shape.runs}
    assert faults(scene) == set()


def test_black_text_on_every_fill_of_a_layer():
    assert all(contrast(parts(LIGHT["label"]), parts(LIGHT[family])) >= 7.5 for family in FAMILIES)
