"""SVG that every converter draws alike: escaped, deterministic, light without its style sheet."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from pictures import STYLES, parsed, scene_of

import cnncalc
from cnncalc.drawing.colors import LIGHT
from cnncalc.drawing.metrics import shortened, width_of
from cnncalc.drawing.svg import written

HOSTILE = ["</script><img onerror=alert(1)>", 'a" onload="x', "a'b&c", "\x07\x1b[31m", "x" * 10_000, "שלום", "two words", "\ud800", "]]>"]
SPEC = "input: [8, 8, 1]\nlayers:\n  - {{Conv2D: [2, 3], name: {}}}\n"


def hostile(name):
    trace = cnncalc.loads(SPEC.format("c")).trace
    trace.steps[1].node.name = name
    trace.graph.name = name
    return trace


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_escaped_and_complete(name, style):
    root = parsed(scene_of(hostile(name), style))
    clean = "".join("\ufffd" if c < " " or "\ud800" <= c <= "\udfff" else c for c in name)
    titles = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
    assert any(title and clean in title for title in titles)
    layers = [element.get("data-layers") for element in root.iter() if element.get("data-layers")]
    assert "_".join(clean.split()) in " ".join(layers).split(" ")
    assert {element.tag.partition("}")[2] for element in root.iter()} <= {
        "svg", "title", "desc", "style", "g", "rect", "polygon", "circle", "path", "text", "tspan"}
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]


def test_long_names_are_shortened_where_they_are_shown():
    shown = "".join(element.text or "" for element in parsed(scene_of(hostile("x" * 10_000), "graph")).iter("{http://www.w3.org/2000/svg}tspan"))
    assert "…" in shown
    assert len(shown) < 200
    assert width_of(shortened("x" * 10_000, 100, 11), 11) <= 100


@pytest.mark.parametrize("style", STYLES)
def test_two_runs_write_the_same_bytes(style):
    code = f"import cnncalc; print(cnncalc.load('diamond-6x6').draw({style!r}).svg)"
    runs = {subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}).stdout
            for seed in ("1", "2")}
    assert len(runs) == 1


def test_the_picture_is_light_without_its_style_sheet():
    text = written(scene_of(cnncalc.load("lenet5").trace, "volumes"))
    root = ElementTree.fromstring(text.encode())
    (style,) = root.iter("{http://www.w3.org/2000/svg}style")
    assert re.fullmatch(r"@media \(prefers-color-scheme:dark\)\{(\.[fs]-[a-z]+\{(fill|stroke):#[0-9a-f]{6}\})+\}", style.text)
    assert not [element for element in root.iter() if "var(" in str(element.attrib) or "url(" in str(element.attrib)]
    for element in root.iter():
        for key, role in (("fill", "f-"), ("stroke", "s-")):
            named = [word[2:] for word in (element.get("class") or "").split() if word.startswith(role)]
            assert all(element.get(key) == LIGHT[one] for one in named)


def test_title_and_description_are_true():
    root = parsed(scene_of(cnncalc.load("siamese").trace, "graph"))
    title, description = list(root)[:2]
    assert title.text == "siamese"
    assert description.text == (
        "siamese: 12 layers, 416,321 parameters. Input: left 105x105x1, right 105x105x1. "
        "Drawn layers: 4 convolution, 4 pooling, 3 dense, 1 merge. Output: dense 1.")


def test_no_element_begins_or_ends_with_a_space_that_counts():
    """Converters leave out spaces at the ends of an element; those inside its parts they keep."""
    for name in ("wavenet", "unet", "densenet121"):
        for text in parsed(scene_of(cnncalc.load(name).trace, "graph")).iter("{http://www.w3.org/2000/svg}text"):
            words = "".join(text.itertext())
            assert words == words.strip()


@pytest.mark.parametrize("name", ["mobilenetv2", "inceptionv3", "unet", "densenet121", "siamese"])
def test_the_numbers_are_those_of_summary(name):
    model = cnncalc.load(name)
    shown = {element.text for element in parsed(scene_of(model.trace, "graph")).iter("{http://www.w3.org/2000/svg}text")}
    found = model.to_dict()
    shapes = {"×".join(map(str, size[1:])) for size in (*[layer["output_shape"] for layer in found["layers"]], *[one["shape"] for one in found["inputs"]])}
    numbers = {text for text in shown if text and re.fullmatch(r"\d+(×\d+)+", text)}
    assert len(numbers) > 3
    assert numbers <= shapes


def test_heights_grow_with_sizes_and_thickness_with_channels():
    from cnncalc.drawing.solids import Scale, Size, Slice, Solid

    def solid(side, channels):
        return Solid([Slice((None,), "conv")], Size((float(side), float(side)), float(channels), True), Scale(largest=512.0), [])

    heights = [solid(n, 8).height for n in (7, 8, 14, 28, 29, 56, 112, 224, 512)]
    assert heights == sorted(set(heights))
    thick = [solid(28, c).thick for c in (8, 16, 17, 32, 64, 128, 256, 512)]
    assert thick == sorted(set(thick))


@pytest.mark.parametrize(("kernel", "size"), [(3, 32), (5, 32), (7, 28), (1, 32), (11, 227), (32, 32)])
def test_a_kernel_has_its_share_of_the_face(kernel, size):
    trace = cnncalc.loads(f"input: [{size}, {size}, 3]\nlayers:\n  - Conv2D: [8, {kernel}]\n").trace
    root = parsed(scene_of(trace, "volumes"))
    pyramid = next(group for group in root.iter() if group.get("data-kernel"))
    points = [tuple(map(float, pair.split(","))) for pair in pyramid[0].get("points").split()]
    front = next(element for element in root.iter() if element.get("data-layers") == "input")
    face = [tuple(map(float, pair.split(","))) for pair in front[-1].get("points").split()]
    tall = points[3][1] - points[0][1]
    share = kernel / size * (face[2][1] - face[1][1])
    assert abs(tall - max(4.0, share)) <= 1
