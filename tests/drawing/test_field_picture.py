"""The picture of a unit: each map with the part that the unit sees."""

from __future__ import annotations

import pytest
from pictures import overlaps

import cnncalc
from cnncalc.drawing import field_picture
from cnncalc.drawing.field import _parts
from cnncalc.drawing.paper import Options
from cnncalc.drawing.scene import Text, flat, groups
from cnncalc.errors import CnncalcError
from cnncalc.receptive_field.pixels import count


def words(scene):
    return [run.text for shape in flat(scene.shapes) if isinstance(shape, Text) for run in shape.runs]


@pytest.mark.parametrize(("name", "layer", "unit"), [
    ("mnist-chollet", "conv2d_3", (1, 1)), ("vgg16", "block3_pool", (2, 20)), ("resnet18", "add_2", None), ("wavenet", "add_3", (500,)),
    ("siamese", "conv2", None), ("unet", "up_out", None), ("conv3d", "conv3d_1", None),
])
def test_the_title_has_what_receptive_field_counts(name, layer, unit):
    model = cnncalc.load(name)
    if layer not in model:
        layer = [one.name for one in model if len(one.output_shape) > 2][-1]
    scene = field_picture(model.trace, layer, unit, Options())
    found = model.receptive_field(layer, unit)
    assert f"sees {found['pixels']:,} of {found['input_pixels']:,} pixels" in scene.title
    assert overlaps(scene) == []
    assert scene.title in words(scene) or len(scene.title) > 40


def test_all_maps_on_the_way_are_shown_with_their_spans():
    scene = field_picture(cnncalc.load("mnist-chollet").trace, "conv2d_3", (1, 1), Options())
    assert [group.layers for group in groups(scene.shapes) if group.layers] == [
        ("input",), ("conv2d_1",), ("max_pooling2d_1",), ("conv2d_2",), ("max_pooling2d_2",), ("conv2d_3",)]
    assert [text for text in words(scene) if text in ("18×18", "16×16", "8×8", "6×6", "1×1")] == ["18×18", "16×16", "8×8", "6×6", "1×1"]


def test_rectangles_cover_exactly_what_is_seen():
    from cnncalc.drawing.field import _Map

    for region in (((0b1011, 0b1101),), ((0b1, 0b1), (0b10, 0b110)), ((0b111, 0b111),)):
        one = _Map("m", "conv", "conv", (4, 4), ((0, 3), (0, 3)), region)
        assert sum((r1 - r0) * (c1 - c0) for r0, r1, c0, c1 in _parts(one)) == count(region)


@pytest.mark.parametrize(("layer", "unit", "problem"), [
    ("nothing", None, "there is no layer 'nothing'"), ("conv2d_3", (9, 9), "there is no unit 9"), ("conv2d_3", (1,), "given by 2 numbers")])
def test_what_does_not_exist_is_refused(layer, unit, problem):
    with pytest.raises(CnncalcError, match=problem):
        field_picture(cnncalc.load("mnist-chollet").trace, layer, unit, Options())
