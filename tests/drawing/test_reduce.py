"""Networks as few elements: what is fused, what is folded."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.drawing.plan import Bodies, Sizes, planned
from cnncalc.drawing.reduce import Fold, folded, reduced

CHAIN = "input: [32, 32, 8]\nlayers:\n"


def folds(name):
    """How often each folded part occurs, in order."""
    return [element.times for element in folded(reduced(cnncalc.load(name).trace).elements) if isinstance(element, Fold)]


@pytest.mark.parametrize(("name", "times"), [
    ("densenet121", [6, 12, 24, 16]),
    ("resnet50", [2, 3, 5, 2]),
    ("resnet18", [2]),
    ("vgg16", [2, 2, 3, 3, 3]),
    ("inceptionv3", [2, 2, 2]),
    ("lenet5", []),
    ("xception", [8]),
])
def test_repeated_blocks_are_folded(name, times):
    assert folds(name) == times


def bodies(name):
    network = reduced(cnncalc.load(name).trace)
    return [part for part in planned(network, Sizes(network), False) if isinstance(part, Bodies)]


def test_resnet50_has_arcs_over_3_4_6_and_3_blocks():
    assert [len(part.arcs) for part in bodies("resnet50") if part.arcs] == [3, 4, 6, 3]


def test_vgg16_has_2_2_3_3_and_3_slices():
    assert [len(part.slices) for part in bodies("vgg16") if part.slices[0].family == "conv"] == [2, 2, 3, 3, 3]


def test_mobilenetv2_has_each_first_block_with_the_others():
    assert [len(part.arcs) for part in bodies("mobilenetv2") if part.arcs] == [2, 3, 4, 3, 3]


BLOCK = "  - Conv2D: {filters: 8, kernel_size: 3, padding: same}\n  - MaxPooling2D: {pool_size: 3, strides: 1, padding: same}\n"


@pytest.mark.parametrize(("second", "times"), [
    (BLOCK, [2]),
    (BLOCK.replace("padding: same}\n  - Max", "padding: same, strides: 2}\n  - Max"), []),
    (BLOCK.replace("filters: 8", "filters: 9"), []),
    (BLOCK.replace("kernel_size: 3", "kernel_size: 5"), []),
    (BLOCK.replace("pool_size: 3", "pool_size: 5"), []),
    (BLOCK.replace("Max", "Average"), []),
    (BLOCK.replace("padding: same}\n  - Max", "padding: same, activation: relu}\n  - Max"), []),
    (BLOCK.replace("kernel_size: 3", "kernel_size: 3, dilation_rate: 2"), []),
    (BLOCK.replace("kernel_size: 3", "kernel_size: 3, groups: 2"), []),
])
def test_only_equal_blocks_are_folded(second, times):
    trace = cnncalc.loads(CHAIN + BLOCK + second).trace
    assert [element.times for element in folded(reduced(trace).elements) if isinstance(element, Fold)] == times


def lines(text):
    return [unit.line for unit in reduced(cnncalc.loads(text).trace).units]


@pytest.mark.parametrize(("layers", "expected"), [
    ("  - Conv2D: [4, 3]\n  - BatchNormalization\n  - ReLU\n", ["3×3 conv, 4 · BN · ReLU"]),
    ("  - Conv2D: {filters: 4, kernel_size: 3, activation: relu}\n  - Dropout: 0.5\n", ["3×3 conv, 4 · ReLU · dropout"]),
    ("  - BatchNormalization\n  - ReLU\n  - Conv2D: [4, 3]\n", ["BN · ReLU → 3×3 conv, 4"]),
    ("  - ZeroPadding2D\n  - Conv2D: {filters: 4, kernel_size: 3, strides: 2}\n", ["pad → 3×3 conv, 4, /2"]),
    ("  - Flatten\n  - Dense: 10\n", ["flatten → dense 10"]),
    ("  - MaxPooling2D\n  - Activation: tanh\n", ["2×2 max pool · tanh"]),
    ("  - MaxPooling2D: {pool_size: 3, strides: 2}\n", ["3×3 max pool, /2"]),
    ("  - Conv2DTranspose: {filters: 4, kernel_size: 2, strides: 2}\n", ["2×2 up-conv, 4, ×2"]),
    ("  - UpSampling2D\n", ["upsampling ×2"]),
    ("  - DepthwiseConv2D: 3\n", ["3×3 depthwise"]),
    ("  - Conv2D: {filters: 8, kernel_size: 3, dilation_rate: 2, groups: 4}\n", ["3×3 conv, 8, dilation 2, 4 groups"]),
    ("  - GlobalAveragePooling2D\n", ["global avg pool"]),
])
def test_passive_layers_join_their_neighbors(layers, expected):
    assert lines(CHAIN + layers)[1:] == expected


def test_a_layer_that_two_read_keeps_its_own_box():
    text = CHAIN + "  - {Conv2D: [8, 1], name: a}\n  - {ReLU: {}, name: b}\n  - {Add: {}, inputs: [a, b]}\n"
    assert lines(text)[1:] == ["1×1 conv, 8", "ReLU", "add"]


def test_crops_are_part_of_the_merge_that_reads_them():
    network = reduced(cnncalc.load("unet").trace)
    merges = [unit for unit in network.units if unit.is_merge]
    assert [unit.line for unit in merges] == ["crop → concat"] * 4
    assert all(len(unit.crops) == 1 and len(unit.layers) == 2 for unit in merges)


def test_a_nested_model_is_drawn_as_its_layers():
    layers = {name for unit in reduced(cnncalc.load("transfer-vgg16").trace).units for name in unit.layers}
    assert {"vgg16", "vgg16/block1_conv1", "dense_1"} <= layers


@pytest.mark.parametrize("name", ["lenet5", "unet", "siamese", "multi-output", "NASNetMobile", "densenet121"])
def test_units_stand_after_what_they_read_and_regions_hold_all(name):
    network = reduced(cnncalc.load(name).trace)
    assert all(read < unit.index for unit in network.units for read in unit.reads)
    assert [unit for region in network.elements for unit in region.units] == list(network.units)
