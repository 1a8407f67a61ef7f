"""Cells that read two before them are blocks of their own, in any order in which the file has their layers."""

from __future__ import annotations

import random

import pytest
from pictures import overlaps, scene_of
from test_layouts import check
from test_reduce import folds

import cnncalc
from cnncalc.drawing.reduce import Fold, folded, reduced
from cnncalc.drawing.scene import Text, flat, groups

pytestmark = pytest.mark.oracle  # very many cases


def ladder(cells, back=2, seed=None, strange=None):
    """Cells that read the one before and the one so many before; the layers shuffled as far as their inputs allow."""
    layers = [("c0", "Conv2D: {filters: 8, kernel_size: 3, padding: same}", ["in0"])]
    for k in range(1, cells + 1):
        before, far = f"c{k - 1}", f"c{k - back}" if k >= back else "in0"
        size = 5 if k == strange else 3
        layers += [(f"a{k}", f"Conv2D: {{filters: 8, kernel_size: {size}, padding: same}}", [before]),
                   (f"r{k}", "ReLU: {}", [far]), (f"p{k}", "Conv2D: {filters: 8, kernel_size: 1}", [f"r{k}"]),
                   (f"s{k}", "Add: {}", [f"a{k}", f"p{k}"]), (f"c{k}", "Concatenate: {}", [f"s{k}", f"a{k}", f"p{k}"])]
    layers.append(("end", "GlobalAveragePooling2D: {}", [f"c{cells}"]))
    if seed is not None:
        rng, waiting, done, mixed = random.Random(seed), list(layers), {"in0"}, []
        while waiting:
            layer = rng.choice([one for one in waiting if done.issuperset(one[2])])
            waiting.remove(layer)
            done.add(layer[0])
            mixed.append(layer)
        layers = mixed
    rows = "".join(f"  - {{{kind}, name: {name}, inputs: [{', '.join(reads)}]}}\n" for name, kind, reads in layers)
    return f"input: {{in0: [32, 32, 8]}}\noutputs: [end]\nlayers:\n{rows}"


@pytest.mark.parametrize("seed", [None, *range(10)])
def test_cells_are_found_in_any_order(seed):
    network = reduced(cnncalc.loads(ladder(7, seed=seed)).trace)
    cells = [region for region in network.elements if region.far is not None]
    assert [region.units[-1].name for region in cells] == [f"c{k}" for k in range(1, 8)]
    assert [(region.entry.name, region.far.name, region.back) for region in cells] == [
        (f"c{k - 1}", f"c{k - 2}" if k > 1 else "in0", 2) for k in range(1, 8)]
    assert all(read < unit.index for unit in network.units for read in unit.reads)
    assert [unit.index for unit in network.units] == list(range(len(network.units)))
    assert 7 in [element.times for element in folded(network.elements) if isinstance(element, Fold)]


@pytest.mark.parametrize("style", ["volumes", "graph"])
@pytest.mark.parametrize("seed", range(3))
def test_a_ladder_is_drawn_whole(seed, style):
    check(cnncalc.loads(ladder(7, seed=seed)).trace, style)
    check(cnncalc.loads(ladder(7, seed=seed)).trace, style, expand=True)


def test_a_cell_that_differs_is_drawn_by_itself():
    network = reduced(cnncalc.loads(ladder(9, strange=5)).trace)
    assert [element.times for element in folded(network.elements) if isinstance(element, Fold)] == [4, 4]


def test_what_a_cell_reads_from_further_back_is_marked():
    scene = scene_of(cnncalc.loads(ladder(7)).trace, "graph")
    words = [run.text for shape in flat(scene.shapes) if isinstance(shape, Text) for run in shape.runs]
    assert words.count("2 blocks back") == 1
    assert ("in0", "p1") in {group.wire for group in groups(scene.shapes)}


def test_few_cells_and_usual_blocks_are_no_cells():
    for text in (ladder(3), ladder(7, back=4)):
        assert not any(region.far for region in reduced(cnncalc.loads(text).trace).elements)
    for name in ("resnet50", "inceptionresnetv2", "densenet121", "unet", "efficientnetb0", "wavenet"):
        assert not any(region.far for region in reduced(cnncalc.load(name).trace).elements)


@pytest.mark.parametrize(("name", "times"), [("NASNetMobile", 3), ("NASNetLarge", 5)])
def test_nasnet_shows_its_cells(name, times):
    assert folds(name) == [times] * 3
    scene = scene_of(cnncalc.load(name).trace, "graph")
    assert not [fault for fault in overlaps(scene) if fault[0] != "wire"]
