"""Source without a file: slides pasted on standard input, with and without their imports."""

from __future__ import annotations

import json

import pytest
from running import cnncalc

SLIDE = """from keras import layers
from keras import models

model = models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.Flatten())
model.add(layers.Dense(64, activation='relu'))
model.add(layers.Dense(10, activation='softmax'))
model.summary()
"""
LIST = """
DefaultConv2D = partial(Conv2D, kernel_size=3, activation="relu")
model = Sequential([
    Input((28, 28, 1)), DefaultConv2D(32), MaxPooling2D(), DefaultConv2D(64), MaxPooling2D(), DefaultConv2D(filters=64),
    Flatten(), Dense(units=64, activation="relu"), Dense(10),
])
"""
FUNCTIONAL = """
inputs = keras.Input(shape=(28, 28, 1))
x = inputs
for filters in (32, 64):
    x = layers.Conv2D(filters, 3, activation="relu")(x)
    x = layers.MaxPooling2D(2)(x)
x = layers.Conv2D(64, 3)(x)
x = layers.Flatten()(x)
x = layers.Dense(64)(x)
outputs = layers.Dense(10)(x)
"""
NOTEBOOK = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": SLIDE.replace("model.add(layers.Conv2D(64", "\nmodel.add(layers.Conv2D(64")}]})
FORMS = {
    "a slide": SLIDE,
    "without its imports": "\n".join(SLIDE.split("\n")[3:]),
    "only model.add": "\n".join(line for line in SLIDE.split("\n") if "add(" in line),
    "from a terminal": ">>> " + SLIDE.rstrip().replace("\n", "\n>>> "),
    "with typographic quotes": SLIDE.replace("'relu'", "\u2018relu\u2019").replace("'softmax'", "\u201csoftmax\u201d"),
    "indented": "    " + SLIDE.replace("\n", "\n    "),
    "as Windows ends lines": SLIDE.replace("\n", "\r\n"),
    "a list and partial": LIST,
    "functional, with the model": FUNCTIONAL + "model = keras.Model(inputs, outputs)\n",
    "functional, without it": FUNCTIONAL,
    "a function": "def build(n):\n" + "".join(f"    {line}\n" for line in LIST.replace("(10)", "(n)").split("\n")) + "    return model\nnet = build(10)\n",
    "a notebook": NOTEBOOK,
}
ROWS = [("conv2d", (None, 26, 26, 32), 320), ("max_pooling2d", (None, 13, 13, 32), 0), ("conv2d_1", (None, 11, 11, 64), 18_496),
        ("max_pooling2d_1", (None, 5, 5, 64), 0), ("conv2d_2", (None, 3, 3, 64), 36_928), ("flatten", (None, 576), 0),
        ("dense", (None, 64), 36_928), ("dense_1", (None, 10), 650)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("command", ["layer", "summary"])
def test_a_pasted_slide_is_the_network(form, command):
    run = cnncalc(command, "-", "--format", "json", stdin=FORMS[form].encode())
    assert run.code == 0, run.err
    data = json.loads(run.out)
    rows = [(layer["name"], tuple(layer["output_shape"]), layer["params"]) for layer in data["layers"] if layer["type"] != "InputLayer"]
    assert rows == ROWS
    if command == "summary":
        assert data["params"] == 93_322


@pytest.mark.parametrize("command", [
    ["explain", "-", "conv2d_1"], ["receptive-field", "-"], ["cost", "-"], ["check", "-", "--max", "params=100k"], ["convert", "-", "--to", "yaml"],
    ["worksheet", "-"], ["summary", "-", "--set", "conv2d.padding=same"],
])
def test_every_command_reads_source_from_standard_input(command):
    run = cnncalc(*command, stdin=SLIDE.encode())
    assert (run.code, run.err) == (0, "")
    assert run.out


@pytest.mark.parametrize("form", ["a slide", "a list and partial", "with typographic quotes"])
def test_python_takes_a_slide_too(form):
    import cnncalc

    assert cnncalc.layer(FORMS[form]).params == 93_322


def test_pytorch_is_read_from_standard_input_too():
    slide = "model = nn.Sequential(\n    nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),\n    nn.Flatten(), nn.Linear(32 * 13 * 13, 10))\n"
    run = cnncalc("summary", "-", "--input", "1x28x28", "--format", "json", stdin=slide.encode())
    assert run.code == 0, run.err
    assert json.loads(run.out)["params"] == 320 + 54_090


def test_a_variable_that_the_slide_leaves_out_is_asked_for():
    slide = LIST.replace("Dense(10)", "Dense(n_classes)").encode()
    run = cnncalc("summary", "-", stdin=slide)
    assert run.code == 2
    assert "<stdin>:5:58: error: NameError: name 'n_classes' is not defined" in run.err
    assert "--set n_classes=10 gives it" in run.err
    for command in ("summary", "layer"):
        assert cnncalc(command, "-", "--set", "n_classes=10", stdin=slide).code == 0


@pytest.mark.parametrize(("line", "words"), [
    ("model = Sequential([Conv2d(32, 3)])", "Conv2d needs kernel_size"),  # it is PyTorch's name: 32 channels in, 3 out
    ("model = Sequential([Flattn()])", "did you mean 'Flatten'?"),
    ("import keras\nmodel = keras.Sequential([keras.layers.Flattn()])", "did you mean 'Flatten'?"),
])
def test_a_misspelled_layer_gets_the_right_name(line, words):
    run = cnncalc("summary", "-", "--input", "28x28x1", stdin=line.encode())
    assert run.code == 2
    assert words in run.err


@pytest.mark.parametrize("text", ["input: [8]\nlayers:\n  - Dense(3)\n", "layers: [Dense(3)]\ninput: 8\n", "name: f(x)\ninput: 8\nlayers: [Dense: 3]\n",
                                  "# x = 3\ninput: 8\nlayers:\n  - Dense: {units: =4-1}\n", '{"input": [8], "layers": [{"Dense": 3}]}'])
def test_architecture_files_stay_architecture_files(text):
    run = cnncalc("summary", "-", stdin=text.encode())
    assert run.code == 0, run.err
    assert " 27" in run.out
