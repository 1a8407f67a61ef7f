"""Keras networks in Python source: their numbers, which network is meant, and what errors say."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from programs import PROGRAMS, SUBCLASS, UNKNOWN

from cnncalc.cli import main


def run(*args):
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def write(tmp_path):
    def put(source, name="net.py"):
        path = tmp_path / name
        path.write_text(source)
        return path

    return put


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_program_has_the_parameters_of_its_network(program, write):
    path = write(program.source)
    name = f"{path}:{program.expression}" if program.expression else path
    result = run("summary", name, *program.options, "--format", "json")
    assert result.exit_code == 0, result.stderr
    data = json.loads(result.stdout)
    assert (data["params"], data["trainable_params"]) == (program.params, program.trainable)


def test_a_notebook_is_read_cell_by_cell(write):
    cells = [{"cell_type": "markdown", "source": ["# x = ("]},
             {"cell_type": "code", "source": ["%matplotlib inline\n", "!pip install keras\n", "import keras"]},
             {"cell_type": "code", "source": "model = keras.Sequential([keras.Input((3,)),\n    keras.layers.Dense(4)])"},
             {"cell_type": "code", "source": "model.summary?\nmodel.add(keras.layers.Dense(oops))"}]
    result = run("summary", write(json.dumps({"cells": cells}), "lesson.ipynb"))
    assert result.exit_code == 0, result.stderr
    assert "Total params: 16 " in result.stdout


def test_an_error_points_to_the_call_and_to_the_line_that_made_the_layer(write):
    path = write("from keras import layers, Input, Model\n"
                 "small = layers.Conv2D(3, 5)\n"
                 "def build():\n"
                 "    i = Input((4, 4, 1))\n"
                 "    return Model(i, small(i))\n"
                 "model = build()\n")
    result = run("summary", path)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{path}:5:21: error: Conv2D 'conv2d': kernel 5x5 does not fit its 4x4 input")
    assert f"{path}:2: small = layers.Conv2D(3, 5)" in result.stderr
    assert f"called from {path}:6: model = build()" in result.stderr
    assert "input_layer" in result.stdout  # the table up to that point


def test_a_missing_value_is_named_with_its_origin_and_what_to_type(write):
    path = write(UNKNOWN)
    result = run("summary", path)
    assert result.exit_code == 2
    assert "Dense 'dense' needs units, which is not known" in result.stderr
    assert f"{path}:13: num_classes = len(" in result.stderr
    assert "--set num_classes=10 gives it" in result.stderr


def test_a_network_without_an_input_asks_for_its_size(write):
    result = run("summary", write(SUBCLASS))
    assert result.exit_code == 2
    assert "declares no input size" in result.stderr and "--input" in result.stderr


def test_several_networks_are_listed_ready_to_be_copied(write):
    path = write("import keras\nfrom keras import layers\n"
                 "def a(n=1):\n    return keras.Sequential([keras.Input((2,)), layers.Dense(n)])\n"
                 "def b(n=2):\n    return keras.Sequential([keras.Input((2,)), layers.Dense(n)])\n")
    result = run("summary", path)
    assert result.exit_code == 2
    assert f"{path}:a()" in result.stderr and f"{path}:b()" in result.stderr
    assert json.loads(run("summary", f"{path}:b()", "--format", "json").stdout)["params"] == 6
    assert json.loads(run("summary", f"{path}:b", "--format", "json").stdout)["params"] == 6


def test_a_neighboring_file_is_read_and_nothing_outside_the_folder(write, tmp_path):
    (tmp_path / "blocks.py").write_text("from keras import layers\nWIDTH = 7\ndef head(x): return layers.Dense(WIDTH)(x)\n")
    folder = tmp_path / "inner"
    folder.mkdir()
    source = "from keras import Input, Model\nfrom blocks import head\ni = Input((2,))\nmodel = Model(i, head(i))\n"
    assert json.loads(run("summary", write(source), "--format", "json").stdout)["params"] == 21
    (folder / "net.py").write_text(source)
    assert run("summary", folder / "net.py").exit_code == 2
    (folder / "net.py").write_text(source.replace("blocks", "..blocks"))
    assert run("summary", folder / "net.py").exit_code == 2


@pytest.mark.parametrize("command", ["receptive-field", "cost", "explain", "convert"])
def test_every_command_takes_source(command, write):
    path = write(PROGRAMS[0].source)
    result = run(command, path)
    assert result.exit_code == 0, result.stderr


def test_a_converted_program_is_the_same_network(write, tmp_path):
    path = write(PROGRAMS[0].source)
    arch = tmp_path / "arch.yaml"
    assert run("convert", path, "-o", arch).exit_code == 0
    result = run("diff", path, arch)
    assert result.exit_code == 0, result.stderr
    before, after = (json.loads(run("summary", name, "--format", "json").stdout) for name in (path, arch))
    assert before["params"] == after["params"]


OWN_CODE = """
import keras
from keras import layers
class Scale(layers.Layer):
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="w")
    def call(self, x):
        return x * self.w
i = keras.Input((8, 8, 4))
x = layers.Conv2D(4, 3)(i)
x = Scale(name="scale")(x)
x = layers.Lambda(lambda t: elsewhere(t), name="odd")(x)
model = keras.Model(i, layers.Dense(3)(layers.Flatten()(x)))
"""


def test_a_layer_whose_code_cannot_be_read_can_be_assumed(write):
    path = write(OWN_CODE)
    result = run("summary", path)
    assert result.exit_code == 2
    assert "net.py:12:29: error: NameError: name 'elsewhere' is not defined" in result.stderr
    assert "--assume odd=same supplies its output shape, or --assume odd=14x14x64" in result.stderr
    data = json.loads(run("summary", path, "--assume", "odd=3x3x2", "--format", "json").stdout)
    assert [layer["output_shape"] for layer in data["layers"] if layer["name"] == "odd"] == [[None, 3, 3, 2]]
    assert data["params"] == 148 + 4 + (3 * 3 * 2 * 3 + 3)
    wrong = run("summary", path, "--assume", "odd=same", "--assume", "od=same")
    assert wrong.exit_code == 2
    assert "there is no layer 'od' to apply --assume to" in wrong.stderr


def test_nothing_is_claimed_of_what_a_layers_own_code_computes(write):
    path = write(OWN_CODE)
    assume = ("--assume", "odd=same")
    assert "MACs       at least 5,616" in run("cost", path, *assume).stdout  # 4 x 4 x 3 x 3 x 6 x 6 + 144 x 3
    fields = {layer["name"]: layer for layer in json.loads(run("receptive-field", path, *assume, "--format", "json").stdout)["layers"]}
    assert [fields[name].get("unknown", False) for name in ("conv2d", "scale", "odd", "flatten")] == [False, True, True, True]
    explained = run("explain", path, "scale", *assume).stdout
    assert "params = 4" in explained
    assert "MACs unknown: the layer's code is its own" in explained
    (path.parent / "arch.yaml").write_text(run("convert", path, *assume).stdout)
    again = json.loads(run("summary", path.parent / "arch.yaml", "--format", "json").stdout)
    assert again["params"] == 148 + 4 + 435
    refused = run("convert", path, *assume, "--to", "keras-json")
    assert refused.exit_code == 2
    assert "Keras cannot build it without its code" in refused.stderr
