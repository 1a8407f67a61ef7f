"""What boxes say when they say little: the legend says the rest, and the page is filled."""

from __future__ import annotations

import re

import pytest
from pictures import scene_of

import cnncalc
from cnncalc.drawing.boxes import Pen, main_words, usual_behind
from cnncalc.drawing.graph import FITS
from cnncalc.drawing.reduce import Fold, folded, reduced
from cnncalc.drawing.scene import Group, Text, flat

BRIEF = next(fit for fit in FITS if fit.brief)


def box_words(pen, unit):
    return " · ".join("".join(run.text for run in line).strip(" ·→") for line in pen.lines(unit))


@pytest.mark.parametrize("name", ["inceptionv3", "efficientnetb0", "inceptionresnetv2", "mobilenetv2", "googlenet", "resnet50v2", "nasnetmobile"])
def test_what_the_legend_leaves_out_is_true_of_every_box(name):
    """What follows a convolution can be told from its box and the legend."""
    units = reduced(cnncalc.load(name).trace).units
    usual = list(usual_behind(units))
    assert len(usual) > 0
    pen = Pen(BRIEF, usual)
    for unit in units:
        shown = box_words(pen, unit)
        after = shown[shown.index(unit.words.line) + len(unit.words.line):].strip(" ·").split(" · ")
        if unit.family == "conv":
            assert {"": usual, "linear": []}.get(after[0], after) == unit.behind
        elif not unit.is_merge:
            assert [word for word in after if word] == unit.behind


def test_the_legend_says_it():
    scene = scene_of(cnncalc.load("inceptionv3").trace, "graph")
    words = [run.text for shape in flat(scene.shapes) if isinstance(shape, Text) for run in shape.runs]
    assert "convolution · BN · ReLU, unless noted" in words
    without = scene_of(cnncalc.load("inceptionv3").trace, "graph", legend=False)
    boxes = [shape for shape in without.shapes if isinstance(shape, Group) and dict(shape.data).get("family") == "conv"]
    assert all(any("BN · ReLU" in run.text for text in flat(box.shapes) if isinstance(text, Text) for run in text.runs) for box in boxes)


@pytest.mark.parametrize("name", ["inceptionv3", "efficientnetb0", "googlenet", "mobilenetv2"])
def test_a_size_that_is_not_written_can_be_told(name):
    """Where a brief box has no size, the sides are those before, and its channels are in the box."""
    units = reduced(cnncalc.load(name).trace).units
    pen = Pen(BRIEF, ())
    for unit in units:
        if pen.label(unit) or unit.is_merge or unit.last.shape is None or unit.last.shape == unit.rows[0].input or unit.main.is_input:
            continue
        assert unit.last.shape[:-1] == unit.rows[0].input[:-1]
        assert f"{unit.last.shape[-1]:,}" in box_words(pen, unit)


def regions_of(elements):
    for element in elements:
        yield from element.elements if isinstance(element, Fold) else [element]


@pytest.mark.parametrize("name", ["wavenet", "inceptionv3", "googlenet", "nasnetmobile", "xception", "mobilenetv2", "convnexttiny", "squeezenet"])
def test_a_box_of_folded_layers_is_true_of_each(name):
    """Numbers that differ are given by the least and the largest; all else is the same."""
    pen = Pen(BRIEF)
    units = [unit for region in regions_of(folded(reduced(cnncalc.load(name).trace).elements, True)) for unit in region.units if unit.also]
    assert units
    for unit in units:
        shown = main_words(unit)
        for one in (unit, *unit.also):
            assert (one.words.title, one.words.step, one.ahead, one.behind) == (unit.words.title, unit.words.step, unit.ahead, unit.behind)
            for number in (one.words.channels, one.words.dilation, one.words.groups):
                assert not number or any(least <= value(number) <= most for least, most in ranges(shown))
            if pen.label(unit):
                assert all(least <= size <= most for size, (least, most) in zip(one.last.shape, ranges(pen.label(unit)), strict=True))


def value(number):
    return int(number.replace(",", ""))


def ranges(text):
    """Each number in a text, or the two ends of a range."""
    return [(value(least), value(most or least)) for least, most in re.findall(r"(\d[\d,]*)(?:–(\d[\d,]*))?", text.replace(", ", " "))]


def test_a_range_replaces_the_channels_and_not_the_kernel():
    layers = "".join(f"  - {{Conv2D: {{filters: {n}, kernel_size: 3, padding: same, dilation_rate: {n}}}}}\n  - MaxPooling2D: {{pool_size: 2, strides: 1}}\n  - Dropout: 0.5\n"
                     for n in (3, 5, 4, 6))
    elements = folded(reduced(cnncalc.loads("input: [64, 64, 3]\nlayers:\n" + layers).trace).elements, True)
    (fold,) = [element for element in elements if isinstance(element, Fold)]
    assert main_words(fold.elements[0].units[0]) == "3×3 conv, 3–6, dilation 3–6"
