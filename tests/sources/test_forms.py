"""The forms in which people write a network: all of them are the same network, and every guess is reported."""

from __future__ import annotations

import json

import pytest
from running import cnncalc

#: The first network of the course, as its contract has it.
PLAIN = """
input: [28, 28, 1]
layers:
  - Conv2D: {filters: 32, kernel_size: 3, activation: relu}
  - MaxPooling2D: 2
  - Conv2D: {filters: 64, kernel_size: 3, activation: relu}
  - MaxPooling2D: 2
  - Conv2D: {filters: 64, kernel_size: 3, activation: relu}
  - Flatten
  - Dense: {units: 64, activation: relu}
  - Dense: {units: 10, activation: softmax}
"""
TYPES = """
input: 28x28x1
layers:
  - type: Conv2D
    filters: 32
    kernel_size: 3
    activation: relu
  - type: MaxPooling2D
    pool_size: 2
  - {type: Conv2D, filters: 64, kernel_size: 3, activation: relu}
  - {type: MaxPooling2D, pool_size: 2}
  - {type: Conv2D, filters: 64, kernel_size: 3, activation: relu}
  - type: Flatten
  - {type: Dense, units: 64, activation: relu}
  - {type: Dense, units: 10, activation: softmax}
"""
CONFIGS = """
input: (28, 28, 1)
layers:
  - class_name: Conv2D
    config: {filters: 32, kernel_size: [3, 3], activation: relu}
  - {class_name: MaxPooling2D, config: {pool_size: [2, 2]}}
  - {class_name: Conv2D, config: {filters: 64, kernel_size: [3, 3], activation: relu}}
  - {class_name: MaxPooling2D, config: {pool_size: [2, 2]}}
  - {class_name: Conv2D, config: {filters: 64, kernel_size: [3, 3], activation: relu}}
  - {class_name: Flatten}
  - {class_name: Dense, config: {units: 64, activation: relu}}
  - {class_name: Dense, config: {units: 10, activation: softmax}}
"""
CALLS = """
input: 28 x 28 x 1
layers:
  - Conv2D(32, (3, 3), activation='relu')
  - MaxPooling2D((2, 2))
  - layers.Conv2D(64, (3, 3), activation='relu')
  - keras.layers.MaxPooling2D((2, 2)),
  - tf.keras.layers.Conv2D(64, 3, activation="relu")
  - Flatten()
  - Dense(64, activation='relu')
  - Dense(10, activation='softmax')
"""
WORDS = """
input: 28*28*1
layers:
  - conv: {filters: 32, kernel_size: 3, activation: relu}
  - pool: 2
  - CONV: {filters: 64, kernel_size: 3, activation: relu}
  - maxpool: 2
  - Conv: {filters: 64, kernel_size: 3, activation: relu}
  - flatten
  - fc: {units: 64, activation: relu}
  - FC: {units: 10, activation: softmax}
"""
SLIDE = """
from keras import layers, models
model = models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation='relu', input_shape=(28, 28, 1)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation='relu'))
model.add(layers.Flatten())
model.add(layers.Dense(64, activation='relu'))
model.add(layers.Dense(10, activation='softmax'))
"""
FIFTEEN = {
    "a pasted slide": SLIDE,
    "as documented": PLAIN,
    "letters": PLAIN.replace("filters", "f").replace("kernel_size", "k"),
    "input 28x28x1": PLAIN.replace("[28, 28, 1]", "28x28x1"),
    "input in parentheses": PLAIN.replace("[28, 28, 1]", "(28, 28, 1)"),
    "input with stars": PLAIN.replace("[28, 28, 1]", "28*28*1"),
    "input with signs": PLAIN.replace("[28, 28, 1]", '"28 × 28 × 1"'),
    "kernel 3x3": PLAIN.replace("kernel_size: 3", "kernel_size: 3x3").replace("2D: 2", "2D: 2x2"),
    "tuples in braces": PLAIN.replace("kernel_size: 3", "kernel_size: (3, 3)").replace("2D: 2", "2D: (2, 2)"),
    "tuples in lists": PLAIN.replace("{filters: 32, kernel_size: 3, activation: relu}", "[32, (3, 3)]").replace("2D: 2", "2D: [(2, 2)]"),
    "types": TYPES,
    "configs": CONFIGS,
    "calls": CALLS,
    "common words": WORDS,
    "mixed case": PLAIN.replace("Conv2D", "CONV2D").replace("MaxPooling2D", "maxpooling2d").replace("Dense", "dense").replace("Flatten", "FLATTEN"),
    "an Input entry": PLAIN.replace("input: [28, 28, 1]\nlayers:\n", "layers:\n  - Input: {shape: (28, 28, 1)}\n"),
    "an Input call": PLAIN.replace("input: [28, 28, 1]\nlayers:\n", "layers:\n  - Input(shape=(28, 28, 1))\n"),
    "input_shape in the first layer": PLAIN.replace("input: [28, 28, 1]\n", "").replace("{filters: 32,", "{input_shape: (28, 28, 1), filters: 32,"),
    "JSON": json.dumps({"input": [28, 28, 1], "layers": [
        {"Conv2D": {"filters": 32, "kernel_size": [3, 3], "activation": "relu"}}, {"MaxPooling2D": "2x2"}, {"Conv2D": [64, 3]},
        {"type": "maxpool", "pool_size": 2}, {"Conv2D": [64, "3x3"]}, "Flatten", {"dense": 64}, "Dense(10)"]}, indent="\t"),
}


def rows(text: str) -> tuple[list[list[object]], int, str]:
    run = cnncalc("summary", "-", "--format", "json", stdin=text.encode())
    assert run.code == 0, run.err
    data = json.loads(run.out)
    return [[layer[key] for key in ("name", "type", "output_shape", "params")] for layer in data["layers"]], data["params"], run.err


@pytest.mark.parametrize("form", FIFTEEN)
def test_every_form_is_the_same_network(form):
    found, params, notes = rows(FIFTEEN[form])
    assert params == 93_322
    assert found == rows(PLAIN)[0]
    read = form in ("common words", "mixed case", "JSON")
    assert ("note:" in notes) is read, notes


def test_every_guess_has_its_location_once():
    _, _, notes = rows(WORDS)
    assert notes == (
        "<stdin>:4:5: note: 'conv' is read as Conv2D\n"
        "<stdin>:5:5: note: 'pool' is read as MaxPooling2D\n"
        "<stdin>:6:5: note: 'CONV' is read as Conv2D\n"
        "<stdin>:7:5: note: 'maxpool' is read as MaxPooling2D\n"
        "<stdin>:8:5: note: 'Conv' is read as Conv2D\n"
        "<stdin>:9:5: note: 'flatten' is read as Flatten\n"
        "<stdin>:10:5: note: 'fc' is read as Dense\n"
        "<stdin>:11:5: note: 'FC' is read as Dense\n"
    )


def test_a_guess_made_again_is_counted():
    _, _, notes = rows("input: 8x8x3\nlayers:\n" + "  - bn\n" * 5)
    assert notes == "<stdin>:3:5: note: 'bn' is read as BatchNormalization (and 4 more)\n"


def refused(text: str) -> str:
    run = cnncalc("summary", "-", stdin=text.encode())
    assert run.code == 2
    assert "Traceback" not in run.err
    return run.err


def entry(line: str, input: str = "28x28x1") -> str:
    return f"input: {input}\nlayers:\n  {line}\n"


@pytest.mark.parametrize(("line", "words"), [
    ("- Conv2D {filters: 32, kernel_size: 3}", ["a colon is missing after Conv2D", "- Conv2D: {filters: 32, kernel_size: 3}"]),
    ("- Conv2D [32, 3]", ["a colon is missing after Conv2D", "- Conv2D: [32, 3]"]),
    ("- Conv2D 32 3", ["a colon is missing after Conv2D", "- Conv2D: [32, 3]"]),
    ("- Conv2D filters=32 kernel_size=3", ["a colon is missing after Conv2D"]),
    ("- Conv2D:32", ["a space is missing after the colon", "- Conv2D: 32"]),
    ("-Flatten", ["layers must be a list (got '-Flatten')", "put '- ' before each entry"]),
    ("- -Conv2D: 32", ["a space is missing after '-'", "    - Conv2D: 32\n"]),
    ("- Flatten\n  -Dense: 3", ["a space is missing after '-'"]),
    ("Conv2D: [32, 3]", ["layers must be a list (got a mapping)", "layers is a list: put '- ' before each entry"]),
    ("Conv2D: [32, 3]\n  Conv2D: [64, 3]", ["the key 'Conv2D' is there already", "layers is a list: put '- ' before each entry"]),
    ("Conv2D: [32, 3]\n  Flatten\n  Dense: 10", ["layers is a list, and this entry has no dash", "put '- ' before each entry"]),
    ("- Conv2D: {filters: 32, kernel_size: 3, padding: full}", ["'full' pads kernel_size - 1 on each side: padding: 2 for a kernel of 3"]),
    ("- Conv2D: 32, 3", ["several settings are a list: [32, 3]"]),
    ("- Conv2D: filters=32, kernel_size=3", ["write {filters: 32, kernel_size: 3}"]),
    ("- Conv2D: {filters=32, kernel_size=3}", ["write filters: 32", "write kernel_size: 3"]),
    ("- Conv2D: 3x3", ["the size alone is kernel_size: 3x3"]),
    ("- Conv2D: {filters: 32, kernel_size: (3, 3}", ["a parenthesis is not closed"]),
    ("- {type: Conv2D, filter: 32, kernel_size: 3}", [":3:20: error: Conv2D 'conv2d' has no setting 'filter'", "did you mean 'filters'?"]),
    ("- {class_name: Conv2D, config: {filter: 32, kernel_size: 3}}", [":3:35: error: Conv2D 'conv2d' has no setting 'filter'"]),
    ("- {type: Conv2D, filters: 32, kernel_size: 30}", [":3:46: error: Conv2D 'conv2d': kernel 30x30 does not fit"]),
    ("- {type: Conv2DD, filters: 32}", [":3:12: error: unknown layer 'Conv2DD'", "did you mean 'Conv2D'?"]),
    ("- Conv2D(32, 3, activaton='relu')", ["Conv2D 'conv2d' has no setting 'activaton'", "did you mean 'activation'?"]),
    ("- Conv2D(32, open('x'))", ["cannot be read here"]),
    ("- {type: Conv2D, config: {filters: 3}, kernel_size: 3}", ["settings are given both next to type and under config"]),
])
def test_a_slip_gets_its_true_cause(line, words):
    text = refused(entry(line))
    for word in words:
        assert word in text


@pytest.mark.parametrize(("input", "words"), [
    ("28x28", ["did you mean 'Conv2D', 'Conv1D' or 'Conv3D'?", "input: [28, 28, 1]"]),
    ("32x28x28x1", ["did you mean 'Conv2D', 'Conv1D' or 'Conv3D'?"]),
])
def test_a_word_with_several_meanings_is_not_read(input, words):
    text = refused(entry("- conv: {filters: 3, kernel_size: 3}", input))
    for word in words:
        assert word in text


@pytest.mark.parametrize(("line", "readings"), [
    ("- conv: [3, 64, 3]", ["as in Keras: Conv2D: {filters: 3, kernel_size: 64, strides: 3}",
                            "as in PyTorch, inputs first: Conv2D: {filters: 64, kernel_size: 3}"]),
    ("- conv2d: [64, 3, 3]", ["as in Keras: Conv2D: {filters: 64, kernel_size: 3, strides: 3}",
                              "as in Keras 1, rows and columns: Conv2D: {filters: 64, kernel_size: [3, 3]}"]),
    ("- fc: [400, 120]", ["as in PyTorch, inputs first: Dense: {units: 120}"]),
    ("- BN: 64", ["BatchNormalization, which takes the number of channels from its input"]),
])
def test_numbers_under_a_common_word_that_mean_two_things_are_not_read(line, readings):
    text = refused(entry(line, "224x224x3"))
    assert "can be read in more than one way" in text
    for reading in readings:
        assert reading in text


def test_a_formula_with_a_comma_may_stand_in_braces():
    run = cnncalc("summary", "-", stdin=b"input: [8]\nlayers:\n  - Dense: {units: =min(4, 2)}\n")
    assert "18" in run.out  # 8 x 2 + 2
