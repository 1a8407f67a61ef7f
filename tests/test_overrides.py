"""`--set LAYER.SETTING=VALUE` is the network with that setting in its file."""

from __future__ import annotations

import json

import pytest
from running import cnncalc

FILE = """
input: [28, 28, 1]
layers:
  - Conv2D: {filters: 8, kernel_size: 3}
  - Conv2D: {filters: 8, kernel_size: 3, name: a.b}
  - reuse: conv2d
    inputs: input
  - Flatten
  - Dense: 10
"""


def shown(text: str, *args: str, command: str = "summary") -> str:
    run = cnncalc(command, "-", *args, stdin=text.encode())
    assert run.code == 0, run.err
    return run.out


@pytest.mark.parametrize(("change", "old", "new"), [
    ("conv2d.padding=same", "{filters: 8, kernel_size: 3}", "{filters: 8, kernel_size: 3, padding: same}"),
    ("conv2d.k=5x5", "{filters: 8, kernel_size: 3}", "{filters: 8, kernel_size: 5}"),
    ("conv2d.kernel_size=(5, 3)", "{filters: 8, kernel_size: 3}", "{filters: 8, kernel_size: [5, 3]}"),
    ("a.b.strides=[2, 1]", "kernel_size: 3, name: a.b", "kernel_size: 3, strides: [2, 1], name: a.b"),
    ("dense.units=100", "Dense: 10", "Dense: 100"),
    ("dense.use_bias=false", "Dense: 10", "Dense: {units: 10, use_bias: false}"),
    ("conv2d.trainable=false", "kernel_size: 3}\n", "kernel_size: 3, trainable: false}\n"),
])
def test_it_is_the_network_with_that_setting(change, old, new):
    assert shown(FILE, "--set", change) == shown(FILE.replace(old, new, 1))


def test_several_changes():
    assert shown(FILE, "--set", "conv2d.filters=4", "--set", "dense.units=5") == shown(FILE.replace("filters: 8", "filters: 4", 1).replace("Dense: 10", "Dense: 5"))


@pytest.mark.parametrize("command", ["summary", "cost", "explain", "receptive-field", "compare", "worksheet", "convert"])
def test_every_command_takes_it(command):
    chain = FILE.replace("  - reuse: conv2d\n    inputs: input\n", "")
    assert shown(chain, "--set", "conv2d.filters=4", command=command) == shown(chain.replace("filters: 8", "filters: 4", 1), command=command)


def test_a_layer_inside_a_model():
    run = cnncalc("summary", "transfer-vgg16", "--set", "vgg16/block1_conv1.use_bias=false", "--format", "csv")
    plain = cnncalc("summary", "transfer-vgg16", "--format", "csv")
    assert (run.code, plain.code) == (0, 0)
    assert "14714624" in run.out.replace("14,714,624", "14714624")  # 64 biases fewer than 14,714,688
    assert "14714688" in plain.out.replace("14,714,688", "14714688")


@pytest.mark.parametrize(("change", "words"), [
    ("conv2d.pad=same", ["Conv2D 'conv2d' has no setting 'pad'", "did you mean 'padding'?"]),
    ("conv2d.padding=sam", ["padding must be 'valid' or 'same', or pixels (got 'sam')", "did you mean 'same'?"]),
    ("conv.padding=same", ["there is no layer 'conv'", "did you mean 'conv2d'?"]),
    ("xyz.padding=same", ["there is no layer 'xyz'", "it has input, conv2d, a.b, "]),
    ("conv2d=same", ["'conv2d' is not a setting of a layer such as conv2d.padding"]),
    ("conv2d.padding", ["is not LAYER.SETTING=VALUE, such as conv2d.padding=same"]),
    ("conv2d.padding=[1", ["the value of conv2d.padding cannot be read"]),
    ("conv2d.name=c", ["keeps its name"]),
    ("conv2d.kernel_size=30", ["kernel 30x30 does not fit its 28x28 input"]),
])
def test_what_cannot_be_set_is_refused(change, words):
    run = cnncalc("summary", "-", "--set", change, stdin=FILE.encode())
    assert run.code == 2
    for word in words:
        assert word in run.err


LAYER = ("layer", "Conv2D(3, 3)", "--input", "8x8x3", "--format", "json")


def test_a_layer_on_the_command_line_takes_settings_too():
    run = cnncalc(*LAYER, "--set", "conv2d.padding=same", "--set", "conv2d.filters=5")
    assert run.code == 0
    assert json.loads(run.out)["layers"][-1]["output_shape"] == [None, 8, 8, 5]
    for wrong, words in (("conv2.padding=same", "there is no layer 'conv2'"), ("padding=same", "'padding' is not a setting of a layer")):
        run = cnncalc(*LAYER, "--set", wrong)
        assert run.code == 2
        assert words in run.err


def test_pasted_code_takes_settings_and_values():
    code = "n = int(sys.argv[1])\nmodel = Sequential([Conv2D(n, 3, input_shape=(8, 8, 3)), Conv2D(4, 3)])\n"
    run = cnncalc("layer", "-", "--set", "n=6", "--set", "conv2d_1.padding=same", "--format", "json", stdin=code.encode())
    assert run.code == 0, run.err
    assert [row["output_shape"] for row in json.loads(run.out)["layers"][-2:]] == [[None, 6, 6, 6], [None, 6, 6, 4]]
