"""`cnncalc receptive-field` as a user runs it, and the same from Python and in the summary's columns."""

from __future__ import annotations

import csv
import io
import json

import pytest
from running import cnncalc, measured
from test_cli import matches

import cnncalc as package


@pytest.mark.parametrize(("name", "args"), [
    ("receptive-field.json", ("mnist-chollet", "--format", "json")),
    ("receptive-field.csv", ("conv3d", "--format", "csv")),
    ("receptive-field.md", ("autoencoder", "--format", "markdown")),
    ("receptive-field.tex", ("lenet5", "--format", "latex")),
    ("receptive-field-siamese.txt", ("siamese",)),
    ("receptive-field-unet.txt", ("unet",)),
    ("receptive-field-cnn-lstm.txt", ("cnn-lstm",)),
    ("receptive-field-nested.txt", ("transfer-vgg16", "--expand-nested")),
    ("receptive-field-unknown.txt", ("resnet18", "--input", "?x?x3")),
    ("receptive-field-unit.json", ("mnist-chollet", "--layer", "conv2d_2", "--unit", "0,10", "--format", "json")),
    ("receptive-field-unit.txt", ("alexnet", "--layer", "conv3")),
    ("receptive-field-unit-inputs.txt", ("siamese", "--layer", "subtract")),
    ("receptive-field-unit-3d.txt", ("conv3d", "--layer", "conv3d_1", "--unit", "0,3,50")),
    ("receptive-field-unit-1d.csv", ("wavenet", "--layer", "add_3", "--format", "csv")),
    ("receptive-field-without-pooling.txt", ("mnist-chollet", "--without-pooling")),
    ("receptive-field-without-pooling.json", ("mnist-chollet", "--without-pooling", "--format", "json")),
])
def test_the_output_is_what_was_read_and_accepted(name, args):
    run = cnncalc("receptive-field", *args)
    assert (run.code, run.err) == (0, "")
    matches(run.out, name)


GATED = """
input: [32, 32, 3]
layers:
  - Conv2D: {filters: 8, kernel_size: 3, strides: 2, padding: same, name: conv}
  - parallel:
      - []
      - - GlobalAveragePooling2D: {keepdims: true}
        - Conv2D: {filters: 8, kernel_size: 1, activation: sigmoid}
  - Multiply: {name: gated}
  - Conv2D: {filters: 8, kernel_size: 3, name: after}
  - parallel:
      - Conv2D: {filters: 4, kernel_size: 1, strides: 2, padding: same, name: shortcut}
      - Conv2D: {filters: 4, kernel_size: 3, strides: 2, padding: same, name: around}
  - Add: {name: add}
  - Conv2DTranspose: {filters: 4, kernel_size: 3, strides: 2, padding: same, name: up}
"""
DILATED = """
input: [32, 32, 1]
layers:
  - Conv2D: {filters: 1, kernel_size: 3, dilation_rate: 2}
  - Conv2D: {filters: 1, kernel_size: 3, dilation_rate: 2, name: end}
"""


def test_a_table_of_gates_strides_and_going_up():
    run = cnncalc("receptive-field", "-", stdin=GATED.encode())
    assert (run.code, run.err) == (0, "")
    matches(run.out, "receptive-field-gated.txt")


def test_holes_are_counted_and_seen():
    run = cnncalc("receptive-field", "-", "--layer", "end", stdin=DILATED.encode())
    assert (run.code, run.err) == (0, "")
    matches(run.out, "receptive-field-holes.txt")
    plain = cnncalc("receptive-field", "-", "--layer", "end", stdin=DILATED.encode(),
                    env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}).out
    assert plain.isascii()
    assert "# seen" in plain


def test_lecture_b_as_it_is_printed():
    out = cnncalc("receptive-field", "mnist-chollet", "--without-pooling").out
    rows = [line.split() for line in out[out.index("Back to the input"):].splitlines()[3:9]]
    assert rows == [
        ["input", "28x28", "18x18", "28x28", "7x7"], ["conv2d_1", "26x26", "16x16", "26x26", "5x5"],
        ["max_pooling2d_1", "13x13", "8x8"], ["conv2d_2", "11x11", "6x6", "24x24", "3x3"], ["max_pooling2d_2", "5x5", "3x3"],
        ["conv2d_3", "3x3", "1x1", "22x22", "1x1"],
    ]
    assert "324 of 784 (41.3%)" in out
    assert "49 of 784 (6.25%)" in out


@pytest.mark.parametrize(("args", "words"), [
    (("mnist-chollet", "--layer", "conv2d_9"), "there is no layer 'conv2d_9'\n    did you mean 'conv2d_"),
    (("mnist-chollet", "--layer", "conv2d_3", "--unit", "3,0"), "there is no unit 3 among the 3 of conv2d_3\n    they count from 0 to 2"),
    (("mnist-chollet", "--layer", "conv2d_3", "--unit", "1"), "a unit of conv2d_3 is given by 2 numbers (got 1)\n    its units are 3x3"),
    (("mnist-chollet", "--layer", "dense_1", "--unit", "1"), "a unit of dense_1 is given by 0 numbers"),
    (("mnist-chollet", "--unit", "1;1"), "'1;1' is not a place such as 1,1"),
    (("vgg16_notop", "--input", "?x?x3", "--layer", "block1_conv1"), "depend on the input size, which is unknown"),
    (("inceptionv3", "--without-pooling"), "without its pooling layers the network cannot be built: Concatenate 'mixed3'"),
    (("vgg16", "--without-pooling", "--layer", "block1_pool"), "block1_pool is a pooling layer itself, and left out"),
    (("pretrained-sizes", "--layer", "conv1_conv"), "there are 2 layers 'conv1_conv'\n    name one of them: resnet50/conv1_conv"),
])
def test_what_cannot_be_answered_is_said(args, words):
    run = cnncalc("receptive-field", *args)
    assert (run.code, run.out) == (2, "")
    assert words in run.err


def test_a_bad_network_is_reported_as_by_summary():
    run = cnncalc("receptive-field", "-", stdin=b"input: [8, 8, 1]\nlayers:\n  - Conv2D: [4, 9]\n")
    assert run.code == 2
    assert run.err == cnncalc("summary", "-", stdin=b"input: [8, 8, 1]\nlayers:\n  - Conv2D: [4, 9]\n").err


def test_csv_has_a_row_for_each_axis():
    rows = list(csv.DictReader(io.StringIO(cnncalc("receptive-field", "mnist-chollet", "--format", "csv").out)))
    last = [row for row in rows if row["layer"] == "conv2d_3"]
    assert [row["axis"] for row in last] == ["height", "width"]
    assert {key: last[0][key] for key in ("size", "jump", "padding", "center", "coverage")} == {
        "size": "18", "jump": "4", "padding": "0", "center": "8.5", "coverage": "0.41327"}


def test_json_has_what_the_table_has_of_nested_models():
    data = json.loads(cnncalc("receptive-field", "transfer-vgg16", "--format", "json").out)
    vgg = next(layer for layer in data["layers"] if layer["name"] == "vgg16")
    assert vgg["layers"][-1]["axes"] == vgg["axes"]
    assert data["limits"] == {"exceeding": [], "smallest_built": 32, "smallest_fitting": 212}


def test_the_summary_has_columns_of_fields():
    run = cnncalc("summary", "mnist-chollet", "--columns", "rf,jump,start,centre,coverage", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(run.out)))
    assert list(rows[6].values()) == ["flatten_1", "18x18", "4", "0", "8.5", "41.3%"]
    layers = json.loads(cnncalc("summary", "siamese", "--columns", "rf,jump", "--format", "json").out)["layers"]
    assert layers[2]["receptive_field"] == {"left": [23, 23]}
    assert layers[2]["jump"] == {"left": ["2", "2"]}
    assert set(layers[-1]["receptive_field"]) == {"left", "right"}


def test_a_summary_without_them_does_not_work_them_out():
    from test_imports import loaded_by

    assert not {name for name in loaded_by("summary", "lenet5") if name.startswith("cnncalc.receptive_field")}


def test_python_users_get_the_same():
    network = package.load("mnist-chollet")
    unit = network.receptive_field("conv2d_2", (0, 10))
    assert unit == json.loads(cnncalc("receptive-field", "mnist-chollet", "--layer", "conv2d_2", "--unit", "0,10",
                                      "--format", "json").out)
    assert network.receptive_fields() == json.loads(cnncalc("receptive-field", "mnist-chollet", "--format", "json").out)
    with pytest.raises(package.CnncalcError, match="there is no layer 'conv'"):
        network.receptive_field("conv")


def test_an_input_of_which_no_channel_arrives_is_not_seen():
    net = (b"input: {left: [8, 8, 2], right: [8, 8, 2]}\nlayers:\n  - {Concatenate: , inputs: [left, right]}\n"
           b'  - Conv2D: {name: all, filters: 4, kernel_size: 3}\n  - {ops.GetItem: {name: end, key: "..., 2:"}, inputs: concatenate}\n  - Conv2D: {name: last, filters: 1, kernel_size: 3}\noutputs: [all, last]\n')
    run = cnncalc("receptive-field", "-", "--format", "json", stdin=net)
    assert {layer["name"]: {field["input"] for field in layer["fields"]} for layer in json.loads(run.out)["layers"]} == {
        "concatenate": {"left", "right"}, "all": {"left", "right"}, "end": {"right"}, "last": {"right"}}


HEAD = "input: [600, 600, 1]\ndefaults: {Conv2D: {filters: 1, padding: same}}\nblocks:\n  unit:\n    layers:\n      - parallel:\n"


@pytest.mark.oracle
def test_a_network_of_a_thousand_layers_answers_in_seconds():
    residual = HEAD + "          - []\n          - Conv2D: {kernel_size: 3}\n      - Add\nlayers:\n  - unit:\n    repeat: 500\n"
    branches = HEAD + "          - []\n          - [Conv2D: {kernel_size: [1, 3]}, Conv2D: {kernel_size: [3, 1]}]\n" \
        "          - Conv2D: {kernel_size: 3, dilation_rate: 2}\n      - Add\nlayers:\n  - unit:\n    repeat: 250\n"
    table = measured("receptive-field", "-", stdin=residual.encode())
    one = measured("receptive-field", "-", "--layer", "add_99", stdin=branches.encode())
    assert (table.code, one.code) == (0, 0)
    assert "conv2d_499" in table.out
    assert "of 360,000" in one.out
    assert max(table.seconds, one.seconds) < 20  # a few on an idle machine; a set that grew would take hours


def test_a_slice_that_leaves_nothing_of_the_smallest_input_is_no_error():
    network = package.loads("input: [11, 1]\nlayers:\n  - ops.GetItem: \":, 1:\"\n  - Flatten\n  - Dense: 1\n")
    assert network.receptive_fields()
