"""Layers as Keras code writes them: Keras makes the same of them; code is refused with a caret."""

from __future__ import annotations

import json
import random
import time

import pytest
from running import cnncalc

from cnncalc.sources import report
from cnncalc.sources.layer_text import read_layers
from cnncalc.tracing import traced


def read(text, shape=None):
    """The steps that a text describes."""
    graph, errors = read_layers(text, shape)
    assert not errors, report(errors[0])
    trace = traced(graph)
    assert not trace.errors
    return trace


def said(text, shape=(8, 8, 3)):
    """What is wrong with a text, as it is printed."""
    graph, errors = read_layers(text, shape)
    if graph is not None:
        errors += traced(graph).errors
    return [report(error) for error in errors]


# text, shape of its input
WRITTEN = [
    ("Conv2D(96, 11, strides=4)", (227, 227, 3)),
    ("layers.Conv2D(6, (5, 3), 2, 'same', activation='relu')", (28, 28, 1)),
    ("keras.layers.Conv2D(filters=6, kernel_size=5, padding='same', use_bias=False)", (28, 28, 1)),
    ("tf.keras.layers.MaxPooling2D()", (13, 13, 4)),
    ("layers.MaxPool2D(pool_size=(3, 2), strides=2, padding=\"same\")", (13, 13, 4)),
    ("Conv2D(6, 5); AveragePooling2D(2); Flatten(); Dense(120, 'tanh')", (32, 32, 1)),
    ("Conv2D(6, 5) | BatchNormalization() | ReLU() | GlobalAveragePooling2D()", (32, 32, 1)),
    ("Conv2D(6, 5)\nDropout(0.5)\nZeroPadding2D(((1, 0), (2, 2)))\nCropping2D(1)", (32, 32, 1)),
    ("[layers.Conv1D(4, 3, padding='causal', dilation_rate=2), layers.LSTM(5)]", (20, 3)),
    ("layers.Conv1D(4, 3),\nlayers.Flatten(),\n", (20, 3)),
    ("Bidirectional(LSTM(4, return_sequences=True), merge_mode='sum'); TimeDistributed(Dense(2)); LSTM(3)", (9, 5)),
    ("layers.Bidirectional(layers.GRU(units=4), backward_layer=layers.GRU(4, go_backwards=True))", (9, 5)),
    ("Reshape((-1, 4)); Permute((2, 1)); Flatten()", (6, 6, 2)),
    ("Rescaling(1./255); Conv2DTranspose(3, 3, strides=2, padding='same', output_padding=1)", (7, 7, 3)),
    ("Dense(3, activation=keras.activations.relu, kernel_initializer=keras.initializers.HeNormal())", (5,)),
    ("Dense(3, activation=None, kernel_regularizer=keras.regularizers.L2(0.01), name='out')", (5,)),
    ("SeparableConv2D(8, 3, depth_multiplier=2) ; DepthwiseConv2D(3) ; LayerNormalization(axis=-1)", (12, 12, 3)),
    ("Softmax(axis=-1); ELU(alpha=0.5); LeakyReLU(negative_slope=1e-1)", (5, 4)),
    ("Embedding(100, 8); Conv1D(4, 3); GlobalMaxPooling1D()", (12,)),
]
SEQUENTIAL = [
    "keras.Sequential([\n    layers.Input((28, 28, 1)),\n    layers.Conv2D(6, 5),\n    layers.Flatten(),\n    layers.Dense(10),\n])",
    "keras.Sequential([keras.Input(shape=(28, 28, 1)), layers.Conv2D(6, 5, activation='relu'), layers.MaxPooling2D(2)])",
    "layers.InputLayer(shape=(9, 4)); layers.Conv1D(3, 2)",
]


@pytest.mark.oracle
@pytest.mark.parametrize(("text", "shape"), WRITTEN)
def test_keras_makes_the_same_of_the_same_text(text, shape):
    from oracle import fresh, keras

    fresh()
    world = {"keras": keras, "layers": keras.layers, "tf": type("tf", (), {"keras": keras}), **vars(keras.layers)}
    model = keras.Sequential([keras.Input(shape)])
    for layer in pieces(text):
        model.add(eval(layer.strip().rstrip(","), world))  # written above, and by us
    trace = read(text, shape)
    assert [(s.name, s.kind, s.output_shape, s.params) for s in trace.steps[1:]] == [
        (layer.name, type(layer).__name__, tuple(layer.output.shape), layer.count_params()) for layer in model.layers
    ]


def pieces(text):
    """The layers of a text above, told apart without a parser."""
    if text.startswith("["):
        text = text[1:-1].replace("), l", ")\nl")
    return text.replace(";", "\n").replace(" | ", "\n").strip().split("\n")


@pytest.mark.oracle
@pytest.mark.parametrize("text", SEQUENTIAL)
def test_a_sequential_brings_its_own_input(text):
    from oracle import fresh, keras

    fresh()
    world = {"keras": keras, "layers": keras.layers}
    if ";" in text:
        model = keras.Sequential([eval(part, world) for part in text.split(";")])  # written above
    else:
        model = eval(text, world)  # written above
    assert [s.output_shape for s in read(text).steps[1:]] == [tuple(layer.output.shape) for layer in model.layers]


@pytest.mark.parametrize("text", [
    "model.add(Conv2D(6, 5))\nmodel.add(Flatten())", "model = keras.Sequential()\nmodel.add(layers.Conv2D(6, 5))\nmodel.add(layers.Flatten())",
    "Conv2D(6, 5); Flatten", "layers.Conv2D(6, 5) | layers.Flatten", "(Conv2D(6, 5), Flatten())", "    Conv2D(6, 5)\n    Flatten()",
    "\tConv2D(6,\n\t  5)\r\n\tFlatten()", "Conv2D(f=6, k=5); Flatten()", "Conv2D(6, kernel_size=[5, 5]); # a comment\nFlatten()",
    "Conv2D(6, 5, input_shape=(28, 28, 1)); Flatten()", "Sequential([Sequential([Conv2D(6, 5)]), Flatten()])",
    "Conv2D(+6, 5, dilation_rate=(1, 1,),); Flatten()",
])
def test_all_these_are_the_same_two_layers(text):
    trace = read(text, (28, 28, 1))
    assert [(s.name, s.output, s.params) for s in trace.steps[1:]] == [("conv2d", (24, 24, 6), 156), ("flatten", (3456,), 0)]


def test_the_first_layer_can_read_several_inputs():
    trace = read("Concatenate(); Dense(2)", {"a": (8, 4), "b": (8, 3)})
    assert [s.output for s in trace.steps] == [(8, 4), (8, 3), (8, 7), (8, 2)]


def test_input_overrides_the_size_in_the_text():
    assert read("Input((28, 28, 1)); Conv2D(2, 3)", (9, 9, 1)).steps[-1].output == (7, 7, 2)


def test_unknown_sizes_stay_unknown():
    assert read("Conv2D(2, 3, padding='same')", (None, 9, 1)).steps[-1].output == (None, 9, 2)


# Refusals, whole.

NOTHING_RUN = "    a value is a number, a word in quotes, or a list of them; nothing is run"
ONLY_LAYERS = "    layers are written as in Keras: Conv2D(32, 3, padding='same'); nothing else is read, and nothing is run"
REFUSED = [
    ("Conv2D(6, 5, filter=3)",
     "<layers>:1:14: error: Conv2D has no setting 'filter'\n    Conv2D(6, 5, filter=3)\n                 ^^^^^^\n    did you mean 'filters'?"),
    ("Conv2D(6, 5)\nConv2d(3, 3)",
     "<layers>:2:1: error: Conv2d is PyTorch's name for a layer, and this network is in Keras's terms\n    Conv2d(3, 3)\n    ^^^^^^\n"
     "    in PyTorch's terms: nn.Conv2d: [3, 3]\n    in Keras's: Conv2D, with Keras's settings"),
    ("Conv2D(6, 5); MaxPooling2D((2, 9))",
     "<layers>:1:28: error: MaxPooling2D 'max_pooling2d': window 2x9 does not fit its 4x4 input (padding valid)\n"
     "    Conv2D(6, 5); MaxPooling2D((2, 9))\n                               ^^^^^^\n"
     "    conv2d gives (4, 4, 6); needs at least 2x9. Padding 3 (or 'same') would fit."),
    ("Conv2D(6, kernel_size=(3, -1))",
     "<layers>:1:27: error: Conv2D: kernel_size must be at least 1 (got -1)\n    Conv2D(6, kernel_size=(3, -1))\n                              ^^"),
    ("Bidirectional(LSTM(4, unit=3))",
     "<layers>:1:23: error: Bidirectional: layer LSTM has no setting 'unit'\n    Bidirectional(LSTM(4, unit=3))\n"
     "                          ^^^^\n    did you mean 'units'?"),
    ("Conv2D(n, 3)", f"<layers>:1:8: error: the name 'n' cannot be read here\n    Conv2D(n, 3)\n           ^\n{NOTHING_RUN}"),
    ("Conv2D(10**10**10, 3)",
     f"<layers>:1:8: error: a calculation cannot be read here\n    Conv2D(10**10**10, 3)\n           ^^^^^^^^^^\n{NOTHING_RUN}"),
    ("Dropout(2 ** 3)", f"<layers>:1:9: error: a calculation cannot be read here\n    Dropout(2 ** 3)\n            ^^^^^^\n{NOTHING_RUN}"),
    ("__import__('os').system('x')",
     f"<layers>:1:1: error: a call is not allowed here\n    __import__('os').system('x')\n    {'^' * 28}\n{ONLY_LAYERS}"),
    ("Conv2D(3, 3)(x)", "<layers>:1:1: error: a layer that is called cannot be read\n    Conv2D(3, 3)(x)\n    ^^^^^^^^^^^^^^^\n"
     "    write the layers alone, one after the other, with ; between"),
    ("Dense(3", f"<layers>:1:6: error: '(' was never closed\n    Dense(3\n         ^\n{ONLY_LAYERS}"),
    ("ünï = 3; Dense(x)", f"<layers>:1:1: error: only layers are allowed here\n    ünï = 3; Dense(x)\n    ^^^^^^^\n{ONLY_LAYERS}"),
    ("Dense(3, name='ä'); Dense(ö)", f"<layers>:1:27: error: the name 'ö' cannot be read here\n    Dense(3, name='ä'); Dense(ö)\n"
     f"                              ^\n{NOTHING_RUN}"),
    ("", f"<layers>:1:1: error: no layer is given\n{ONLY_LAYERS}"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_mistake_is_shown_where_it_stands(text, message):
    assert said(text) == [message]


#: Code in every form that Python has for it: none may be read, and none is run.
CODE = [
    "lambda: 3", "Dense(lambda: 3)", "Dense([x for x in (1, 2)])", "Dense({1: x for x in (1,)})", "Dense(max(1, 2))", "Dense(os.path)",
    "Dense(1 if 2 else 3)", "Dense(1 + 2)", "Dense(2 ** 3)", "Dense(9 ** 9 ** 9)", "Dense('a' * 10)", "Dense(f'{1}')", "Dense(x := 3)",
    "Dense(*[3])", "Dense(**{'units': 3})", "Dense((1, 2)[0])", "Dense(not 1)", "Dense(1 < 2)", "Dense(1 and 2)", "Dense(...)", "Dense(b'x')",
    "Dense(1j)", "Dense(~3)", "Dense(--3)", "Dense(3).__class__", "Dense.__init__", "os.system('x')", "exec('x')", "open('x').read()",
    "import os", "from os import path", "def f(): pass", "class A: pass", "for i in (1,): Dense(i)", "while 1: pass", "del x", "assert 0",
    "raise x", "global x", "with x: pass", "try:\n  x\nexcept: pass", "return 3", "yield 3", "await x", "x = 3", "x += 3", "x: int = 3",
    "Dense(3) if 1 else 2", "Dense(3) and Dense(4)", "Dense(3) + Dense(4)", "-Dense(3)", "1", "'Dense'", "None", "{}", "{Dense(3)}",
    "Bidirectional(lambda: 3)", "Bidirectional(LSTM(open('x')))", "Dense(print)", "Dense(1 / 0)", "Dense(1 / x)", "Dense(1 // 2)",
    "keras.utils.x(3)", "os.layers.Dense(3)", "Dense(3, activation=os.relu)", "Dense(3, activation=lambda x: x)", "model.fit(3)",
    "model.add(3)", "model.add(Dense(3), 4)", "Sequential(x)", "Input(x)", "match x:\n  case 1: pass", "async def f(): pass", "print(3)",
]


@pytest.mark.parametrize("text", CODE)
def test_code_is_refused(text, capsys):
    messages = said(text)
    assert messages
    assert all(message.startswith("<layers>:") for message in messages)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("text", [
    "-" * 9_000 + "1", "(" * 500, "Conv2D(" * 300, "[" * 150 + "]" * 150, "Dense(" + "(" * 150 + "1" + ")" * 150 + ", x)", "Dense(9" + "9" * 5_000 + ")",
    "Dense(3)" + ";Dense(3)" * 1_200, "Dense(3)|" * 1_200 + "x", "Bidirectional(" * 60 + "LSTM(3)" + ")" * 60, "Dense(" + "[" * 60 + "1" + "]" * 60 + ")",
    "\0", "Dense('\0')", "x" * 20_000, "'" * 9_999, "Dense(1e999)", "Dense(-" * 80, "Dense(" + "9" * 400 + ")", "\\", "\x0c(", "Dense(3\r,\rx)",
])
def test_what_is_deep_long_or_broken_is_refused_at_once(text):
    began = time.monotonic()
    messages = said(text)
    assert messages
    assert all(message.startswith("<layers>:") and len(message) < 2_000 for message in messages)
    assert time.monotonic() - began < 2


@pytest.mark.oracle
def test_any_jumble_of_words_is_read_or_refused():
    rng = random.Random(7)
    words = ["Conv2D", "Dense", "(", ")", "[", "]", ",", "3", "'same'", "=", "|", ";", "\n", "lambda", "x", "for", "in", "*", "**", "{", "}",
             ":", "-", "1.5", "keras.", ".", "layers", "Sequential", "Input", "Bidirectional", "LSTM", "add", "strides", "f'{x}'", "\\", "é",
             "#", "'", " ", "\t", *["Dense(3)", "Flatten()", ";", "\n", "|"] * 8]
    read_well = 0
    for _ in range(5_000):
        text = "".join(rng.choice(words) for _ in range(rng.randint(1, 15)))
        graph, errors = read_layers(text, rng.choice([None, (8, 8, 3), (4,)]))
        assert graph is not None or errors, text
        for error in errors:
            assert report(error).startswith("<layers>:")
        read_well += graph is not None and not errors
    assert 50 < read_well < 4_900


def test_without_a_size_the_input_is_asked_for():
    assert said("Conv2D(3, 3)", None) == ["<layers>:1:1: error: the size of the input is not known\n    Conv2D(3, 3)\n    ^\n"
                                          "    --input 28x28x1 gives it (height, width, channels)"]


def test_a_name_is_given_once():
    (message,) = said("Dense(3, name='a'); Dense(3, name='a')")
    assert message.startswith("<layers>:1:30: error: the name 'a' is used twice\n")


def test_names_are_those_of_keras():
    assert [s.name for s in read("Conv2D(3, 3); Conv2D(3, 3); BatchNormalization(); Dense(2, name='out')", (9, 9, 3)).steps] == [
        "input", "conv2d", "conv2d_1", "batch_normalization", "out"]


# The command.


def test_the_command_prints_the_rows_and_the_working():
    run = cnncalc("layer", "Conv2D(96, 11, strides=4)", "--input", "227x227x3")
    assert (run.code, run.err) == (0, "")
    assert "conv2d   Conv2D       (None, 55, 55, 96)    34,944" in run.out
    assert "h' = ⌊(h + 2 × p − k) / s⌋ + 1 = ⌊(227 + 2 × 0 − 11) / 4⌋ + 1 = 55" in run.out
    assert "params = k × k × c × F + F = 11 × 11 × 3 × 96 + 96 = 34,944" in run.out


def test_the_command_reads_standard_input_and_several_layers():
    run = cnncalc("layer", "-", "--input", "32x32x1", "--format", "json", stdin=b"Conv2D(6, 5)\nAveragePooling2D(2)\n")
    data = json.loads(run.out)
    assert data["schema"] == "cnncalc/layer/1"
    assert [(layer["name"], layer["output_shape"], layer["params"]) for layer in data["layers"]] == [
        ("conv2d", [None, 28, 28, 6], 156), ("average_pooling2d", [None, 14, 14, 6], 0)]
    assert all(layer["working"] for layer in data["layers"])


def test_the_command_shows_what_it_can_before_a_mistake():
    run = cnncalc("layer", "Conv2D(6, 5); Dense(units=x)", "--input", "32x32x1")
    assert run.code == 2
    assert "(None, 28, 28, 6)" in run.out
    assert "<layers>:1:27: error: the name 'x' cannot be read here" in run.err


def test_markdown_has_the_table_and_the_working():
    out = cnncalc("layer", "MaxPooling2D()", "--input", "8x8x3", "--format", "markdown").out
    assert out.startswith("| Layer | Type |")
    assert r"- $h' = \lfloor (h - k) / s\rfloor + 1 = \lfloor (8 - 2) / 2\rfloor + 1 = 4$" in out


def test_names_that_only_pytorch_has_are_read_in_its_terms():
    text = "Conv2d(3, 64, 3); ReLU(); MaxPool2d(2); Flatten(); Linear(14400, 10)"
    run = cnncalc("layer", text, "--input", "3x32x32", "--format", "csv")
    assert run.code == 0, run.err
    same = cnncalc("layer", "; ".join(f"nn.{part}" for part in text.split("; ")), "--input", "3x32x32", "--format", "csv")
    assert run.out == same.out
    assert ",144010" in run.out
    mixed = cnncalc("layer", "Conv2d(3, 64, 3); Dense(3)", "--input", "3x32x32")
    assert mixed.code == 2
    assert "Conv2d is PyTorch's name" in mixed.err
