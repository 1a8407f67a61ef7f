"""Both styles: nothing lost, every edge a wire, nothing on top of anything else, as wide as promised."""

from __future__ import annotations

import pytest
from pictures import STYLES, doubled_wires, drawn_layers, expected_layers, missing_wires, overlaps, parsed, scene_of
from random_graphs import random_network

import cnncalc
from cnncalc.drawing.metrics import LEAST_POINTS, POINTS
from cnncalc.drawing.scene import Text, flat, groups
from cnncalc.sources import bundled

pytestmark = pytest.mark.oracle  # very many cases

FEW = ["lenet5", "alexnet", "vgg16", "resnet18", "siamese", "multi-output", "autoencoder", "unet", "inception-module", "cnn-lstm", "conv3d",
       "wavenet", "diamond-6x6", "squeezenet"]


def check(trace, style, **options):
    scene = scene_of(trace, style, **options)
    parsed(scene)
    assert drawn_layers(scene) == expected_layers(trace)
    assert missing_wires(trace, scene) == []
    assert overlaps(scene) == []
    assert doubled_wires(scene) == []
    return scene


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", FEW)
def test_a_picture_is_whole_and_legible(name, style):
    check(cnncalc.load(name).trace, style)


@pytest.mark.oracle
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", bundled())
def test_every_known_network(name, style):
    check(cnncalc.load(name).trace, style)


@pytest.mark.oracle
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", [*FEW, "resnet50", "inceptionv3", "mobilenetv3small"])
def test_expanded_networks(name, style):
    check(cnncalc.load(name).trace, style, expand=True)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seed", range(6))
def test_random_graphs(seed, style):
    check(cnncalc.loads(random_network(seed)).trace, style)


@pytest.mark.oracle
@pytest.mark.parametrize("style", STYLES)
def test_five_hundred_random_graphs(style):
    for seed in range(500):
        trace = cnncalc.loads(random_network(seed)).trace
        scene = scene_of(trace, style)
        parsed(scene)
        assert drawn_layers(scene) == expected_layers(trace), seed
        assert missing_wires(trace, scene) == [], seed
        assert seed % 8 or (overlaps(scene) == [] and doubled_wires(scene) == []), seed


def points(scene, width):
    """The size of the smallest text, in points, printed at a width in pixels."""
    sizes = [shape.size * min(run.scale for run in shape.runs) for shape in flat(scene.shapes) if isinstance(shape, Text)]
    return min(sizes) * POINTS * width / scene.width


WIDTH, PAGE = 16 / 2.54 * 96, 24.7 / 2.54 * 96  # the text on a page of A4
#: Networks whose cells have too many branches for a page.
WIDE = {("nasnetmobile", "graph"), ("nasnetlarge", "graph")}


def check_page(name, style):
    scene = scene_of(cnncalc.load(name).trace, style, width=WIDTH)
    assert points(scene, WIDTH) >= LEAST_POINTS - 0.01
    assert scene.notes == ()
    assert scene.height * WIDTH / scene.width <= PAGE * 1.005


@pytest.mark.parametrize(("name", "style"), [
    *[(name, style) for name in ("lenet5", "alexnet", "vgg16", "resnet18", "unet", "siamese", "googlenet", "resnet50", "inceptionv3", "mobilenet",
                                 "mobilenetv2", "densenet121", "efficientnetb0") for style in STYLES],
    ("efficientnetb6", "volumes"), ("nasnetmobile", "volumes"),
])
def test_a_picture_fits_a_page_with_text_large_enough(name, style):
    check_page(name, style)


@pytest.mark.oracle
@pytest.mark.parametrize("style", STYLES)
def test_every_known_network_fits_a_page(style):
    for name in bundled():
        if (name, style) not in WIDE:
            check_page(name, style)


def test_a_tall_picture_is_not_enlarged_beyond_the_page():
    text = "input: [256, 256, 8]\nlayers:\n" + "".join(f"  - Conv2D: [{8 + n}, 3]\n" for n in range(22))
    scene = scene_of(cnncalc.loads(text).trace, "graph", width=WIDTH)
    assert scene.height * WIDTH / scene.width <= PAGE * 1.005


@pytest.mark.parametrize("style", STYLES)
def test_nested_models_are_drawn_whole_where_their_layers_do_not_fit(style):
    trace = cnncalc.load("pretrained-sizes").trace
    scene = scene_of(trace, style, width=WIDTH)
    assert drawn_layers(scene) == expected_layers(trace)
    boxes = [group.layers for group in groups(scene.shapes) if group.layers]
    assert sorted(layers[0] for layers in boxes) == sorted([
        "image", "larger", "vgg16", "vgg19", "resnet50", "resnet101", "inception_v3", "mobilenet_1.00_224"])
    assert overlaps(scene) == []


def test_text_that_is_too_small_is_reported():
    (note,) = scene_of(cnncalc.load("vgg16").trace, "volumes", width=150.0).notes
    assert "below 6.5 pt" in note
    assert "--width" in note


@pytest.mark.parametrize("style", STYLES)
def test_outputs_that_go_on_are_marked(style):
    text = "input: [32, 32, 3]\noutputs: [a, c]\nlayers:\n" + "".join(
        f"  - {{Conv2D: {{filters: 8, kernel_size: 3, padding: same}}, name: {name}}}\n" for name in "abc")
    scene = check(cnncalc.loads(text).trace, style)
    words = [run.text for shape in flat(scene.shapes) if isinstance(shape, Text) for run in shape.runs]
    assert words.count("output") == 1


@pytest.mark.parametrize("style", STYLES)
def test_expanded_networks_have_no_folds(style):
    trace = cnncalc.load("resnet18").trace
    scene = check(trace, style, expand=True)
    assert not [text for text in flat(scene.shapes) if isinstance(text, Text) and text.runs[0].text.startswith(("×", "2 ×"))]


def test_what_is_left_out_is_left_out():
    trace = cnncalc.load("lenet5").trace
    scene = scene_of(trace, "volumes", legend=False, heading=False, background=False)
    words = {run.text for shape in flat(scene.shapes) if isinstance(shape, Text) for run in shape.runs}
    assert not words & {"lenet5", "convolution"}
    assert "bg" not in {shape.look.fill for shape in flat(scene.shapes) if not isinstance(shape, Text)}
    whole = scene_of(trace, "volumes", title="My network")
    words = {run.text for shape in flat(whole.shapes) if isinstance(shape, Text) for run in shape.runs}
    assert {"My network", "convolution"} <= words
    assert whole.shapes[0].look.fill == "bg"
