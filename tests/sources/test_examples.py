"""The bundled networks: each has the numbers of its source, and is Keras's where Keras has it."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import cache
from itertools import pairwise

import pytest

import cnncalc
from cnncalc.analysis import Model
from cnncalc.layers import InputLayer
from cnncalc.numeric import compute
from cnncalc.numeric.claims import judged
from cnncalc.sources import example_path, examples, title_of
from cnncalc.views.keras_text import Summary, keras2

# name: parameters, and how many of them are trainable if not all
TOTALS = {
    # Lectures.
    "mnist-chollet": 93_322,
    "mnist-without-pooling": 55_744,
    "geron-exercise": 903_400,
    "fashion-mnist-geron": 1_413_834,
    "lenet5-lecture": 61_706,
    "lenet5-table": 61_706,
    "lenet-variant": 1_256_080,
    "lenet-variant-no-second-pool": 4_931_080,
    "shallownet": 657_162,
    "shallow-vgg": 2_168_362,
    "shallow-vgg-dropout": 2_168_362,
    "shallow-vgg-3blocks": 1_341_226,
    "alexnet-table": 62_378_344,
    "alexnet-im2col": 34_944,
    "vgg16-table": 111_094_568,  # with the pooling that it prints
    "tiny-6x6": 15,
    "flatten-10x10x50": 0,
    "conv-4x4-map": 28,
    "edge-6x6": 9,
    "diamond-6x6": 10,
    "max-pooling-6x6": 0,
    "two-channels-by-hand": 38 + 9,
    "conv-pool-classes": 24_442,
    "sizes-by-hand": 26 + 2 * 912,
    "weights-by-hand": 76 + 181 + 460 + 3_073 + 120_001 + 10_001_000,
    "pretrained-sizes": (138_357_544 + 143_667_240 + 25_636_712 + 44_707_176 + 23_851_784 + 4_253_864,
                         138_357_544 + 143_667_240 + 25_583_592 + 44_601_832 + 23_817_352 + 4_231_976),
    "transfer-vgg16": (14_714_688 + 3_211_521, 3_211_521),
    "transfer-resnet50": (23_587_712 + 262_401, 262_401),
    "transfer-inceptionv3": (21_802_784 + 262_401, 262_401),
    # Networks with a name.
    "lenet5": 61_706,
    "alexnet": 62_378_344,
    "alexnet-torchvision": 61_100_840,
    "vgg16": 138_357_544,
    "vgg16_notop": 14_714_688,
    "vgg19": 143_667_240,
    "vgg19_notop": 20_024_384,
    "resnet18": (11_689_512 + 9_600, 11_689_512),
    "resnet50": (25_636_712, 25_583_592),
    "resnet50_notop": (23_587_712, 23_534_592),
    "resnet101": (44_707_176, 44_601_832),
    "resnet101_notop": (42_658_176, 42_552_832),
    "resnet50-torchvision": (25_557_032 + 53_120, 25_557_032),
    "inceptionv3": (23_851_784, 23_817_352),
    "inceptionv3_notop": (21_802_784, 21_768_352),
    "mobilenet": (4_253_864, 4_231_976),
    "mobilenet_notop": (3_228_864, 3_206_976),
    "mobilenetv2": (3_538_984, 3_504_872),
    "mobilenetv2_notop": (2_257_984, 2_223_872),
    "densenet121": (8_062_504, 7_978_856),
    "squeezenet": 1_248_424,
    "googlenet": (6_624_904 + 14_560, 6_624_904),
    "inception-module": 163_696,
    "unet": 31_030_658,
    # What the format can say.
    "siamese": 416_321,
    "multi-output": 96_344,
    "cnn-lstm": 30_570,
    "wavenet": 60_672,
    "conv3d": 292_325,
    "separable": 91_712,
    "autoencoder": 61_329,
    "local-or-shared": 208 + 119_808 + 3_617_280,
}

# Those that Keras has, and what it is told to build them.
NO_TOP = {"include_top": False, "input_shape": (224, 224, 3)}
APPLICATIONS = {
    "vgg16": ("VGG16", {}),
    "vgg16_notop": ("VGG16", NO_TOP),
    "vgg19": ("VGG19", {}),
    "vgg19_notop": ("VGG19", NO_TOP),
    "resnet50": ("ResNet50", {}),
    "resnet50_notop": ("ResNet50", NO_TOP),
    "resnet101": ("ResNet101", {}),
    "resnet101_notop": ("ResNet101", NO_TOP),
    "inceptionv3": ("InceptionV3", {}),
    "inceptionv3_notop": ("InceptionV3", NO_TOP),
    "densenet121": ("DenseNet121", {}),
    "mobilenet": ("MobileNet", {}),
    "mobilenet_notop": ("MobileNet", NO_TOP),
    "mobilenetv2": ("MobileNetV2", {}),
    "mobilenetv2_notop": ("MobileNetV2", NO_TOP),
}

# The numbers that lectures printed wrong.
WRONG = {
    "conv-4x4-map": {("conv2d", "output")},
    "flatten-10x10x50": {("flatten", "output")},
    "alexnet-table": {("max_pooling2d_2", "output")},
    "vgg16-table": {("max_pooling2d", "output"), *((f"max_pooling2d_{i}", "output") for i in range(1, 5))},
    "pretrained-sizes": {("vgg19", "params"), ("resnet101", "params")},
}

QUANTITIES = {"output", "activations", "params", "weights", "biases", "macs", "flops", "memory",
              "receptive_field", "jump", "coverage", "values"}

load = cache(cnncalc.load)


def text(name):
    with open(example_path(name), encoding="utf-8") as file:
        return file.read()


def test_every_bundled_network_is_in_the_table():
    assert sorted(TOTALS) == examples()


@pytest.mark.parametrize("name", examples())
def test_parameters_are_those_of_the_source(name):
    total = TOTALS[name]
    params, trainable = total if isinstance(total, tuple) else (total, total)
    network = load(name)
    assert (network.params, network.trainable_params) == (params, trainable)
    assert network.params == sum(step.params for step in network)


@pytest.mark.parametrize("name", examples())
def test_every_layer_leads_to_an_output(name):
    network = load(name)
    assert network.trace.errors == ()
    assert all(step.used for step in network)


@pytest.mark.parametrize(("name", "layer", "shape"), [
    ("alexnet-torchvision", "adaptive_average_pooling2d", (6, 6, 256)),
    ("squeezenet", "max_pooling2d", (54, 54, 96)),
    ("squeezenet", "max_pooling2d_1", (27, 27, 256)),
    ("squeezenet", "max_pooling2d_2", (13, 13, 512)),
    ("googlenet", "max_pooling2d", (56, 56, 64)),
    ("googlenet", "concatenate", (28, 28, 256)),
    ("googlenet", "concatenate_2", (14, 14, 512)),
    ("googlenet", "concatenate_8", (7, 7, 1024)),
    ("resnet18", "max_pooling2d", (56, 56, 64)),
    ("resnet18", "re_lu_16", (7, 7, 512)),
    ("resnet50-torchvision", "max_pooling2d", (56, 56, 64)),
    ("resnet50-torchvision", "re_lu_48", (7, 7, 2048)),
    ("unet", "bottom_out", (28, 28, 1024)),
    ("unet", "cropping2d_3", (392, 392, 64)),
])
def test_maps_have_the_sizes_of_the_paper_or_of_torchvision(name, layer, shape):
    assert load(name)[layer].output == shape


@pytest.mark.parametrize("name", examples())
def test_a_file_begins_with_what_it_is(name):
    assert 20 <= len(title_of(name)) <= 110
    assert all(len(line) <= 120 for line in text(name).split("\n"))


def test_resnet50_takes_fewer_than_fifty_lines():
    assert len(text("resnet50").splitlines()) < 50
    assert len(text("resnet101").splitlines()) < 50


@pytest.mark.parametrize("name", [name for name in examples() if name + "_notop" in TOTALS])
def test_without_its_top_a_network_is_the_same_up_to_there(name):
    lines = [line for line in text(name).splitlines() if not line.startswith("#")]
    without = [line for line in text(name + "_notop").splitlines() if not line.startswith("#")]
    if name == "inceptionv3":  # as a base it is used on the size of the others
        lines, without = ([line for line in each if not line.startswith("input:")] for each in (lines, without))
    assert lines[: len(without)] == without


PRINTED = """
Layer (type)                 Output Shape              Param #
=================================================================
conv2d_1 (Conv2D)            (None, 26, 26, 32)        320
_________________________________________________________________
max_pooling2d_1 (MaxPooling2 (None, 13, 13, 32)        0
_________________________________________________________________
conv2d_2 (Conv2D)            (None, 11, 11, 64)        18496
_________________________________________________________________
max_pooling2d_2 (MaxPooling2 (None, 5, 5, 64)          0
_________________________________________________________________
conv2d_3 (Conv2D)            (None, 3, 3, 64)          36928
_________________________________________________________________
flatten_1 (Flatten)          (None, 576)               0
_________________________________________________________________
dense_1 (Dense)              (None, 64)                36928
_________________________________________________________________
dense_2 (Dense)              (None, 10)                650
=================================================================
Total params: 93,322
Trainable params: 93,322
Non-trainable params: 0
_________________________________________________________________
"""


def test_chollets_table_is_printed_as_in_his_time():
    lines = keras2(load("mnist-chollet").trace).splitlines()
    assert [line.rstrip() for line in lines[2:]] == PRINTED.strip().split("\n")


# Claims.


def claims(name):
    """(layer, quantity, claimed, computed) for all that a file expects."""
    network = load(name)
    for step in network:
        for quantity, claimed in (step.node.expect or {}).items():
            yield step.name, quantity, claimed, computed(network, step, quantity)


def computed(network, step, quantity):
    if quantity == "values":
        return compute(network), step.name
    if quantity == "output":
        return list(step.output)
    if quantity == "activations":
        return math.prod(step.output)
    if quantity == "memory":  # 32-bit floats
        return 4 * math.prod(step.output)
    if quantity in ("weights", "biases"):
        return sum(w.count for w in step.weights if (w.name == "bias") == (quantity == "biases"))
    if quantity == "receptive_field":
        return [max(axis) - min(axis) + 1 for axis in seen(network, step)]
    if quantity == "coverage":
        return Fraction(math.prod(map(len, seen(network, step))), math.prod(network["input"].output[:-1]))
    assert quantity == "params", quantity
    return step.params


def seen(network, step):
    """The lines of the image that reach the middle unit, per axis, by going back from it."""
    axes = [{(n - 1) // 2} for n in step.output[:-1]]
    chain = list(network)
    for at in reversed(chain[1 : chain.index(step) + 1]):
        windows = at.node.layer.windows(at.inputs[0])
        axes = [
            {place * w.stride - w.before + tap for place in places for tap in range(w.size)} & set(range(n))
            for places, w, n in zip(axes, windows, at.inputs[0][:-1])
        ]
    return axes


UNITS = {"": 1, "%": Fraction(1, 100), "M": 10**6, "million": 10**6, "MB": 10**6}


def agrees(claimed, value):
    """Whether a claim is the value, or the value as far as it is written out."""
    if isinstance(value, tuple):
        (verdict,) = judged(value[0], {value[1]: claimed})
        return not verdict.wrong and verdict.count("right") > 0
    if not isinstance(claimed, str):
        return claimed == value
    about, number, unit = re.fullmatch(r"(~?)(\d+(?:\.\d+)?) ?(\D*)", claimed).groups()
    places = len(number.partition(".")[2])
    scaled = Fraction(value) / UNITS[unit] * 10**places
    rounded = {round(scaled), math.floor(scaled)} if about else {round(scaled)}
    return Fraction(number) * 10**places in rounded


@pytest.mark.parametrize("name", examples())
def test_just_the_known_wrong_claims_are_wrong(name):
    wrong = {(layer, quantity) for layer, quantity, claimed, value in claims(name) if not agrees(claimed, value)}
    assert wrong == WRONG.get(name, set())


def test_claims_are_of_quantities_that_can_be_claimed():
    assert {quantity for name in examples() for _, quantity, _, _ in claims(name)} <= QUANTITIES


@pytest.mark.parametrize(("claimed", "value", "right"), [
    (320, 320, True), (320, 321, False), ([4, 4, 1], [3, 3, 1], False), ([18, 18], [18, 18], True),
    ("41.3%", Fraction(324, 784), True), ("41.4%", Fraction(324, 784), False),
    ("6.25%", Fraction(49, 784), True), ("1.52 MB", 1_520_000, True), ("1.52 MB", 1_500_000, False),
    ("~25M", 25_636_712, True), ("~25M", 44_707_176, False), ("10 million", 10_000_000, True),
])
def test_claims_are_read_as_people_write_them(claimed, value, right):
    assert agrees(claimed, value) is right


def test_the_memory_of_gerons_exercise_is_the_sum_of_its_parts():
    network = load("geron-exercise")
    maps = [4 * math.prod(step.output) for step in network][1:]
    weights = 4 * network.params
    images = 50 * 4 * math.prod(network["input"].output)
    assert max(a + b for a, b in pairwise(maps)) + weights == 12_613_600
    assert (weights, images, 50 * sum(maps)) == (3_613_600, 36_000_000, 526_000_000)
    assert round((weights + images + 50 * sum(maps)) / 10**6, 1) == 565.6


# Keras.


def listed(trace):
    """(name, class, output shape, parameters, what it reads) of each layer in Keras's order."""
    return [(row.name, row.kind, row.calls[0][0], row.params, [read[0] for read in row.reads])
            for row in Summary(trace).rows]


def config(layer, step):
    """All settings of a Keras layer, an axis counted from the front."""
    found = layer.get_config()
    if "axis" in found:
        found["axis"] %= 1 + len(step.output)
    return found


@pytest.mark.oracle
@pytest.mark.parametrize("name", APPLICATIONS)
def test_keras_has_the_same_layers_in_the_same_order(name):
    from oracle import keras, keras_layer

    function, arguments = APPLICATIONS[name]
    keras.backend.clear_session()
    model = getattr(keras.applications, function)(weights=None, **arguments)
    theirs = [
        (layer.name, type(layer).__name__, tuple(layer.output.shape), layer.count_params(),
         [tensor._keras_history.operation.name for tensor in layer._inbound_nodes[0].input_tensors])
        for layer in model.layers
    ]
    network = load(name)
    assert listed(network.trace) == theirs
    assert network.name == model.name
    for layer in model.layers[1:]:
        step = network[layer.name]
        assert config(keras_layer(step.node.layer, name=step.name), step) == config(layer, step)
        assert sorted(w.shape for w in step.weights) == sorted(tuple(w.shape) for w in layer.weights)
    trainable = sum(math.prod(w.shape) for w in model.trainable_weights)
    assert (network.params, network.trainable_params) == (model.count_params(), trainable)


def built(graph):
    """A Keras model of a graph, and its tensors by node."""
    from oracle import call, keras, keras_layer

    tensors, layers = {}, {}
    for node in graph.nodes:
        if isinstance(node.layer, InputLayer):
            tensors[node] = [keras.Input(node.layer.shape)]
            continue
        inputs = [tensors[ref.node][ref.output] for ref in node.inputs]
        if node.layer not in layers:
            if isinstance(node.layer, Model):
                layers[node.layer] = built(node.layer.graph)[0]
                layers[node.layer].trainable = node.layer.trainable
            else:
                layers[node.layer] = keras_layer(node.layer)
        made = layers[node.layer]
        outputs = made(inputs[0]) if isinstance(node.layer, Model) else call(node.layer, made, inputs)
        tensors[node] = keras.tree.flatten(outputs)
    outputs = [tensors[ref.node][ref.output] for ref in graph.outputs]
    return keras.Model([tensors[node][0] for node in graph.inputs], outputs), tensors


def cannot_be_built(trace):
    return any(note.startswith("Keras cannot build") for step in trace.steps for note in step.notes)


BUILT = [name for name in examples() if name not in APPLICATIONS and name != "pretrained-sizes"]


@pytest.mark.oracle
@pytest.mark.parametrize("name", BUILT)
def test_keras_computes_the_same_for_every_network_that_it_can_build(name):
    network = load(name)
    if cannot_be_built(network.trace):
        from oracle import keras, refused

        missing = {step.kind for step in network if step.node.layer.not_keras}
        if missing:
            assert not any(hasattr(keras.layers, kind) for kind in missing)
            return
        with refused():
            built(network.graph)
        return
    model, tensors = built(network.graph)
    assert [[tuple(t.shape[1:]) for t in tensors[step.node]] for step in network] == [
        list(map(tuple, step.outputs)) for step in network
    ]
    trainable = sum(math.prod(w.shape) for w in model.trainable_weights)
    assert (network.params, network.trainable_params) == (model.count_params(), trainable)
