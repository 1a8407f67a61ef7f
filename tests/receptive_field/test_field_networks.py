"""Receptive fields of networks: what was published, what the reference calls hard, what files can say."""

from __future__ import annotations

from fractions import Fraction

import pytest
from slim_networks import ALEXNET_V2, INCEPTION_V2, INCEPTION_V4, resnet_v1

import cnncalc
from cnncalc.receptive_field.pixels import Pixels
from cnncalc.receptive_field.report import Sight

# Published networks.


def load(name, **more):
    return Sight(cnncalc.load(name, **more).trace)


def said(sight, name):
    """(size, jump, padding) along each axis, and what the layer says of its only input."""
    (field,) = sight.layer(sight.place(name)).fields
    return [(axis.size, axis.jump, axis.padding) for axis in field.axes], field


AT_224 = {"input": (224, 224, 3)}
PUBLISHED = [
    ("vgg16", "block1_pool", 6, 2, 2), ("vgg16", "block2_pool", 16, 4, 6), ("vgg16", "block3_pool", 44, 8, 18),
    ("vgg16", "block4_pool", 100, 16, 42), ("vgg16", "block5_pool", 212, 32, 90),
    ("resnet50", "conv5_block3_out", 483, 32, 241), ("resnet50-torchvision", "re_lu_48", 427, 32, 213),
    ("resnet101", "conv5_block3_out", 1027, 32, 513), ("mobilenet", "conv_pw_13_relu", 315, 32, 126),
    ("inceptionv3_notop", "mixed10", 1311, 32, 618),
]


@pytest.mark.parametrize(("name", "layer", "size", "jump", "padding"), PUBLISHED)
def test_published_values(name, layer, size, jump, padding):
    axes, field = said(load(name, **AT_224), layer)
    assert axes == [(size, jump, padding)] * 2
    assert field.aligned


#: Araujo, Norris & Sim's table of Inception v3 by endpoints.
ENDPOINTS = [
    ("activation", 3, 2, 0), ("activation_1", 7, 2, 0), ("activation_2", 11, 2, 2), ("max_pooling2d", 15, 4, 2),
    ("activation_3", 15, 4, 2), ("activation_4", 23, 4, 2), ("max_pooling2d_1", 31, 8, 2), ("mixed0", 63, 8, 18),
    ("mixed1", 95, 8, 34), ("mixed2", 127, 8, 50), ("mixed3", 159, 16, 58), ("mixed4", 351, 16, 154),
    ("mixed5", 543, 16, 250), ("mixed6", 735, 16, 346), ("mixed7", 927, 16, 442), ("mixed8", 1055, 32, 490),
    ("mixed9", 1183, 32, 554), ("mixed10", 1311, 32, 618),
]


def test_inception_v3_by_its_endpoints():
    sight = load("inceptionv3_notop", **AT_224)
    assert [(name, *said(sight, name)[0][0]) for name, *_ in ENDPOINTS] == ENDPOINTS


@pytest.mark.parametrize(("text", "size", "padding"), [
    (ALEXNET_V2, 195, 64), (resnet_v1(3, 4, 6, 3), 483, 239), (resnet_v1(3, 4, 23, 3), 1027, 511),
    (resnet_v1(3, 8, 36, 3), 1507, 751), (resnet_v1(3, 24, 36, 3), 1763, 879), (INCEPTION_V2, 699, 318),
    (INCEPTION_V4, 2071, 998),
], ids=["AlexNet v2", "ResNet v1 50", "ResNet v1 101", "ResNet v1 152", "ResNet v1 200", "Inception v2", "Inception v4"])
def test_published_values_of_slim(text, size, padding):
    assert said(Sight(cnncalc.loads(text).trace), "end")[0] == [(size, 32, padding)] * 2


# What the reference says is hard.


def only(sight, name, unit=None):
    place = sight.place(name)
    (one,) = sight.unit(place, sight.centre(place) if unit is None else unit)
    return one


def test_lecture_b_reads_the_field_back_from_the_last_layer():
    sight = load("mnist-chollet")
    place = sight.place("conv2d_3")
    back = [(step.place.name, step.sizes, tuple(b - a + 1 for a, b in step.spans)) for step in sight.back(place, (1, 1))]
    assert back == [
        ("max_pooling2d_2", (5, 5), (3, 3)), ("conv2d_2", (11, 11), (6, 6)), ("max_pooling2d_1", (13, 13), (8, 8)),
        ("conv2d_1", (26, 26), (16, 16)), ("input", (28, 28), (18, 18)),
    ]
    one = only(sight, "conv2d_3")
    assert (one.pixels, one.coverage) == (324, Fraction(324, 784))


def test_the_dense_layers_of_the_mnist_network_see_676_of_784_pixels():
    sight = load("mnist-chollet")
    for name in ("dense_1", "dense_2"):
        one = only(sight, name)
        assert (one.pixels, one.input_pixels, one.never_seen(0), one.never_seen(1)) == (676, 784, [26, 27], [26, 27])
        (field,) = sight.layer(sight.place(name)).fields
        assert [(axis.size, axis.whole, axis.jump) for axis in field.axes] == [(26, True, None)] * 2


def test_a_box_is_clipped_at_every_layer():
    sight = Sight(cnncalc.loads(ALEXNET_V2).trace)
    n, _ = sight.units(sight.place("end"))
    one = only(sight, "end", (n - 1, n - 1))
    assert [b - a + 1 for a, b in one.seen] == [155, 155]
    assert [min(b, 223) - a + 1 for a, b in one.box] == [160, 160]  # at the border of the image only


def test_dilation_leaves_holes():
    sight = Sight(cnncalc.loads("""
input: [29, 29, 1]
layers:
  - Conv2D: {filters: 1, kernel_size: 3, dilation_rate: 2}
    repeat: 3
""").trace)
    one = only(sight, "conv2d_2")
    assert [b - a + 1 for a, b in one.seen] == [13, 13]
    assert (one.pixels, one.holes) == (49, 120)
    assert one.empty(0) == one.empty(1) == list(range(one.seen[0][0] + 1, one.seen[0][1], 2))


RESIDUAL = """
input: [{n}, {n}, 1]
layers:
  - parallel:
      - Conv2D: {{filters: 1, kernel_size: 1, strides: 2, padding: same, name: shortcut}}
      - - Conv2D: {{filters: 1, kernel_size: 3, strides: 2, padding: same}}
        - Conv2D: {{filters: 1, kernel_size: 3, padding: same, name: around}}
  - Add: {{name: add}}
"""


def test_a_residual_stage_is_aligned_or_off_by_one_pixel_as_its_size_has_it():
    (field,) = (sight := Sight(cnncalc.loads(RESIDUAL.format(n=17)).trace)).layer(sight.place("add")).fields
    assert (field.aligned, field.offset, field.apart) == (True, (0, 0), None)
    (field,) = (sight := Sight(cnncalc.loads(RESIDUAL.format(n=16)).trace)).layer(sight.place("add")).fields
    assert (field.aligned, field.offset) == (False, (1, 1))
    assert (field.apart.at, set(field.apart.paths)) == ("add", {"shortcut", "around"})


def test_branches_side_by_side_see_less_than_their_box():
    sight = Sight(cnncalc.loads("""
input: [20, 1]
layers:
  - parallel:
      - [Conv1D: [1, 3], Cropping1D: [0, 8]]
      - [Conv1D: [1, 3], Cropping1D: [8, 0]]
  - Add: {name: add}
""").trace)
    one = only(sight, "add", (0,))
    assert (one.box, one.pixels, one.empty(0)) == (((0, 10),), 6, [3, 4, 5, 6, 7])
    (field,) = sight.layer(sight.place("add")).fields
    assert (field.axes[0].size, field.aligned, field.offset) == (11, False, (8,))


def test_the_units_of_a_u_net_see_188_or_204_pixels():
    axes, field = said(load("unet"), "conv2d_13")
    assert axes == [(204, 1, 0)] * 2
    assert field.axes[0].sizes == (188, 204)
    assert field.axes[0].period == 16


def test_different_strides_have_no_jump():
    sight = Sight(cnncalc.loads("""
input: [24, 1]
layers:
  - parallel:
      - MaxPooling1D: {pool_size: 2, name: two}
      - [MaxPooling1D: {pool_size: 3, name: three}, ZeroPadding1D: 2]
  - Add: {name: add}
""").trace)
    (field,) = sight.layer(sight.place("add")).fields
    (axis,) = field.axes
    assert (axis.jump, field.aligned, field.offset) == (None, False, (None,))


# Kinds of layers, by what they do to a field.


def sight_of(text):
    return Sight(cnncalc.loads(text).trace)


FRONT = "input: [12, 10, 4]\nlayers:\n  - Conv2D: {filters: 4, kernel_size: 3, padding: same, name: conv}\n"


@pytest.mark.parametrize(("layer", "whole", "local"), [
    ("BatchNormalization", False, 3), ("LayerNormalization", False, 3), ("{Dense: 5}", False, 3), ("{Dropout: 0.5}", False, 3),
    ("{GroupNormalization: 2}", True, 3), ("{LayerNormalization: {axis: [1, 2, 3]}}", True, 3),
    ("{Softmax: {axis: [1, 2]}}", True, 3), ("GlobalAveragePooling2D", True, None),
])
def test_what_looks_at_everything_and_what_keeps_its_place(layer, whole, local):
    sight = sight_of(FRONT + f"  - {layer}\n")
    (field,) = sight.layer(sight.flow.places[-1]).fields
    for axis, n in zip(field.axes, (12, 10)):
        assert axis.whole == whole
        assert axis.size == (n if whole else 3)
        assert (axis.near.size if axis.local or not whole else None) == local
    one = sight.unit(sight.flow.places[-1], sight.centre(sight.flow.places[-1]))[0]
    assert one.pixels == (120 if whole else 9)


GATED = """
input: [32, 32, 3]
layers:
  - Conv2D: {filters: 8, kernel_size: 3, padding: same, name: conv}
  - parallel:
      - []
      - - GlobalAveragePooling2D: {keepdims: true}
        - Conv2D: {filters: 8, kernel_size: 1, activation: sigmoid}
  - Multiply: {name: gated}
  - Conv2D: {filters: 8, kernel_size: 3, name: after}
"""


def test_behind_a_gate_everything_is_seen_and_the_local_field_stands_beside():
    sight = sight_of(GATED)
    (field,) = sight.layer(sight.place("after")).fields
    assert [(axis.whole, axis.size, axis.local.size, axis.local.jump) for axis in field.axes] == [(True, 32, 5, 1)] * 2
    assert field.pixels == 1024
    local_gate = GATED.replace("GlobalAveragePooling2D: {keepdims: true}", "Conv2D: {filters: 8, kernel_size: 1}")
    (field,) = (sight := sight_of(local_gate)).layer(sight.place("after")).fields
    assert [(axis.whole, axis.size) for axis in field.axes] == [(False, 5)] * 2


def test_a_flattened_unit_keeps_its_window():
    sight = sight_of(FRONT + "  - Flatten\n")
    (field,) = sight.layer(sight.place("flatten")).fields
    assert [(axis.size, axis.jump) for axis in field.axes] == [(3, 1)] * 2
    one = only(sight, "flatten", ((5 * 10 + 4) * 4 + 2,))
    assert one.box == one.seen == ((4, 6), (3, 5))


def test_a_permuted_map_keeps_each_axis():
    sight = sight_of("input: [12, 10, 4]\nlayers:\n  - Conv2D: {filters: 4, kernel_size: [3, 1], name: conv}\n"
                     "  - Permute: [2, 1, 3]\n  - Conv2D: {filters: 4, kernel_size: [5, 1], name: end}\n")
    _, field = said(sight, "end")
    assert [(axis.axis, axis.size) for axis in field.axes] == [("height", 3), ("width", 5)]
    assert only(sight, "end").pixels == 15


def test_channels_first_is_the_same_on_other_axes():
    text = "input: [3, 20, 14]\ndata_format: channels_first\nlayers:\n  - Conv2D: {filters: 4, kernel_size: 3, strides: 2}\n" \
           "  - MaxPooling2D: 2\n  - Conv2D: {filters: 4, kernel_size: [1, 2], name: end}\n"
    first = sight_of(text)
    last = sight_of(text.replace("[3, 20, 14]", "[20, 14, 3]").replace("data_format: channels_first\n", ""))
    assert said(first, "end")[0] == said(last, "end")[0] == [(5, 4, 0), (9, 4, 0)]
    assert only(first, "end").region == only(last, "end").region


def test_ranks_1_and_3_have_their_own_axes():
    (field,) = (sight := load("wavenet")).layer(sight.place("conv1d_31")).fields
    assert [(axis.axis, axis.size, axis.padding) for axis in field.axes] == [("steps", 1024, 1023)]
    (field,) = (sight := load("conv3d")).layer(sight.place("conv3d_2")).fields
    assert [(axis.axis, axis.size) for axis in field.axes] == [("depth", 10), ("height", 18), ("width", 18)]


def test_each_input_has_a_field_and_shared_layers_each_call():
    sight = load("siamese")
    fields = {name: sight.layer(sight.place(name)).fields for name in ("conv2", "conv2@2", "subtract")}
    assert [field.input for field in fields["conv2"]] == ["left"]
    assert [field.input for field in fields["conv2@2"]] == ["right"]
    assert [(field.input, field.pixels) for field in fields["subtract"]] == [("left", 105**2), ("right", 105**2)]
    assert fields["conv2"][0].axes == fields["conv2@2"][0].axes


def test_nested_models_are_seen_through():
    sight = load("transfer-vgg16")
    assert said(sight, "vgg16")[0] == said(sight, "vgg16/block5_pool")[0] == [(212, 32, 90)] * 2
    assert sight.place("block5_pool").name == "vgg16/block5_pool"


def test_a_recurrent_layer_sees_the_steps_so_far():
    sight = sight_of("""
input: [12, 3]
layers:
  - Conv1D: [4, 3]
  - LSTM: {units: 4, return_sequences: true, name: forward}
  - GRU: {units: 4, return_sequences: true, go_backwards: true, name: backward}
""")
    assert only(sight, "forward", (2,)).seen == ((0, 4),)
    assert only(sight, "backward", (0,)).seen == ((0, 11),)  # the last step first
    assert only(sight, "backward", (9,)).pixels == 12
    (field,) = sight.layer(sight.place("forward")).fields
    assert (field.axes[0].whole, field.axes[0].local.size) == (True, 3)


# Unknown sizes.


def unsure(name, **more):
    from cnncalc.receptive_field.unknown_sizes import layers_of

    return {layer.name: layer for layer in layers_of(cnncalc.load(name, **more).trace)}


@pytest.mark.oracle
def test_without_a_size_what_same_pads_is_not_known():
    layers = unsure("mobilenet_notop", input=(None, None, 3))
    (field,) = layers["conv_pw_13_relu"].fields
    assert [(axis.size, axis.jump, axis.padding, axis.center) for axis in field.axes] == [(315, 32, None, None)] * 2
    assert (field.coverage, field.aligned) == (None, True)
    (field,) = unsure("resnet50_notop", input=(None, None, 3))["conv5_block3_out"].fields  # padded by numbers
    assert [(axis.size, axis.jump, axis.padding, axis.center) for axis in field.axes] == [(483, 32, 241, 0)] * 2


def test_without_a_size_alignment_may_be_open():
    from cnncalc.receptive_field.unknown_sizes import layers_of

    layers = {layer.name: layer for layer in layers_of(cnncalc.loads(RESIDUAL.format(n="null")).trace)}
    (field,) = layers["add"].fields
    assert (field.aligned, field.axes[0].size, field.axes[0].jump) == (None, 7, 2)


@pytest.mark.oracle
def test_what_is_said_without_a_size_holds_for_every_size():
    for name in ("mobilenet_notop", "inceptionv3_notop"):
        layers = unsure(name, input=(None, None, 3))
        for n in (224, 225, 331, 512):
            for layer in load(name, input=(n, n, 3)).layers(False):
                for open_, known in zip(layers[layer.name].fields[0].axes, layer.fields[0].axes):
                    for key in ("size", "sizes", "jump", "padding", "center", "period"):
                        assert getattr(open_, key) in (None, getattr(known, key)), (name, n, layer.name)


# What the network can see.


def limits_of(name, **more):
    from cnncalc.receptive_field.limits import limits

    trace = cnncalc.load(name, **more).trace
    return limits(trace, Sight(trace).layers())


@pytest.mark.oracle
@pytest.mark.parametrize(("name", "builds", "fits"), [
    ("mnist-chollet", 18, 18), ("vgg16", 32, 212), ("inceptionv3", 75, 1311), ("unet", 188, 188), ("resnet50", 1, 483),
])
def test_the_smallest_input_is_found_by_building(name, builds, fits):
    found = limits_of(name)
    assert (found.builds, found.fits) == (builds, fits)


def test_sizes_need_not_grow_together():
    """With `valid` U-Net can be built at 188 pixels, not at 189: what meets again must agree."""
    def errors(n):
        return cnncalc.load("unet", input=(n, n, 1)) if n in (188, 204) else pytest.raises(cnncalc.CnncalcError)

    assert errors(188).name == errors(204).name == "unet"
    for n in (187, 189, 200):
        with errors(n):
            cnncalc.load("unet", input=(n, n, 1))


def test_the_layers_whose_field_exceeds_the_input():
    assert limits_of("vgg16").exceeding == ()
    found = limits_of("vgg16", input=(128, 128, 3)).exceeding
    assert found == ("block5_conv1", "block5_conv2", "block5_conv3", "block5_pool", "flatten")


#: Fields of 9 pixels on odd sizes and of 8 on even ones: they fit into 8.
ODD_AND_EVEN = """
input: [40, 1]
layers:
  - parallel:
      - [Conv1D: [1, 3, 2, same], Conv1D: [1, 1, 2, same]]
      - [Conv1D: [1, 2, 2, same], Conv1D: [1, 4, 2, [[0, 3]]]]
  - Add
"""


@pytest.mark.oracle
def test_the_smallest_fitting_size_is_the_smallest():
    from cnncalc.receptive_field.limits import limits
    from cnncalc.receptive_field.unknown_sizes import with_size

    found = []
    for text in (RESIDUAL.format(n=40), ALEXNET_V2.replace("224", "200"), GATED, ODD_AND_EVEN):
        trace = cnncalc.loads(text).trace
        axes = {step.node: list(range(len(step.output) - 1)) for step in trace.steps if step.kind == "InputLayer"}
        fitting = []
        for n in range(1, 200):
            there = with_size(trace, n, axes)
            if there is not None:
                sizes = [axis.near.size for layer in Sight(there).layers(False) for field in layer.fields
                         for axis in field.axes if axis.local or not axis.whole]
                if max(sizes) <= n:
                    fitting.append(n)
        found.append(limits(trace, Sight(trace).layers()).fits)
        assert found[-1] == fitting[0]
    assert found == [7, 195, 5, 8]


# Random files, of every sort of layer that the others test with.


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(80))
def test_whatever_a_file_has_in_it_its_fields_are_said(seed):
    from networks import random_network

    from cnncalc.receptive_field.unknown_sizes import layers_of
    from cnncalc.sources import open_text
    from cnncalc.views.receptive_field import layers_text

    opened = open_text(random_network(seed))
    if opened.errors:
        return
    trace = cnncalc.network.traced(opened.graph)
    if trace.errors:
        return
    assert all(layers_text(trace, form, True) for form in ("table", "json", "csv", "markdown", "latex"))
    assert len(layers_of(trace)) >= len(trace.steps)
    if any(None in shape for step in trace.steps for shape in step.outputs):
        return
    sight = Sight(trace)
    for place in sight.flow.places:
        for one in sight.unit(place, sight.centre(place)):
            for box, seen, size in zip(one.box, one.seen, one.sizes):
                assert seen is None or (box is not None and max(0, box[0]) <= seen[0] and seen[1] <= min(size - 1, box[1]))


# Speed: counted, not timed.


def test_a_set_is_a_few_products_also_in_deep_networks():
    sight = load("inceptionv3_notop", input=(600, 600, 3))
    place = sight.place("mixed10")
    value = place.values[0]
    regions = Pixels(sight.flow).way(value, sight._region(place, sight.centre(place)))
    assert max(map(len, regions.values())) < 20


def test_large_sizes_are_not_listed():
    sight = sight_of("input: [100000000, 1]\nlayers:\n  - Conv1D: [1, 3]\n  - UpSampling1D: 4\n  - Conv1D: [1, 3]\n")
    assert not sight.exact
    assert said(sight, "conv1d_1")[0] == [(4, Fraction(1, 4), 0)]
    with pytest.raises(cnncalc.CnncalcError, match="too large to follow"):
        sight.unit(sight.place("conv1d"), (0,))
