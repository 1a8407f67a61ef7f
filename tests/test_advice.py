"""Notes on networks that are computed as written and were probably meant otherwise."""

from __future__ import annotations

import json

import pytest
from running import cnncalc

from cnncalc.advice import notes
from cnncalc.sources import examples, open_named, open_text
from cnncalc.tracing import traced


def told(text: str, *args: str) -> list[str]:
    """The lines of standard error."""
    return cnncalc("summary", "-", *args, stdin=text.encode()).err.splitlines()


def layers(*entries: str, input: str = "[32, 32, 3]", top: str = "") -> str:
    return f"input: {input}\n{top}layers:\n" + "".join(f"  - {entry}\n" for entry in entries)


PYTORCH = "for PyTorch's order write data_format: channels_first"


def test_an_input_in_pytorch_s_order_is_noted_before_anything_else():
    assert told(layers("Conv2D: [8, 3]", input="[3, 32, 32]")) == [
        f"<stdin>:1:8: note: the input is read as height 3, width 32, 32 channels; {PYTORCH}"]
    lines = told(layers("Conv2D: [8, 5]", input="3x32x32"))
    assert lines[0] == f"<stdin>:1:8: note: the input is read as height 3, width 32, 32 channels; {PYTORCH}"
    assert lines[-1] == f"    input gives (3, 32, 32); read as height, width, channels; {PYTORCH}"
    assert not any("adding" in line for line in lines if "(padding valid)" not in line)  # no advice on padding


def test_an_option_in_pytorch_s_order_is_noted():
    assert told(layers("Conv2D: [8, 3]"), "--input", "3x224x224") == [
        "note: --input is read as height 3, width 224, 224 channels; for PyTorch's order write --input 224x224x3, or data_format: channels_first"]


@pytest.mark.parametrize("text", [
    layers("Conv2D: [8, 3]", input="[3, 32, 32]", top="data_format: channels_first\n"),
    layers("Conv2D: [8, 3]"),
    layers("Conv2D: [8, 3]", input="[32, 32, 32]"),
    layers("Flatten", "Dense: 3", input="[3, 32, 32]"),
])
def test_other_inputs_are_not_noted(text):
    assert told(text) == []


def test_dense_on_a_feature_map_is_noted():
    assert told(layers("Conv2D: [8, 3]", "Dense: 64", "Dense: 10")) == [
        "<stdin>:4:5: note: Dense 'dense' acts along the last axis of its input (30, 30, 8), the same at each of 30 × 30 places; "
        "Flatten or a global pooling before it?"]


@pytest.mark.parametrize("entries", [
    ["Conv2D: [8, 3]", "Flatten", "Dense: 10"],
    ["Conv2D: [8, 3]", "GlobalAveragePooling2D", "Dense: 10"],
    ["Conv2D: [8, 3]", "GlobalAveragePooling2D: {keepdims: true}", "Dense: 10"],
    ["Conv2D: [8, 3]", "Dense: 10", "Conv2D: [8, 3]"],
    ["Dense: 10"],
])
def test_dense_elsewhere_is_not_noted(entries):
    assert told(layers(*entries)) == []


def test_dense_along_a_sequence_is_not_noted():
    assert told(layers("Conv1D: [8, 3]", "Dense: 10", input="[100, 8]")) == []


@pytest.mark.parametrize(("entry", "name"), [("BatchNormalization", "batch_normalization"), ("BatchNormalization: {axis: 3}", "batch_normalization")])
def test_normalization_along_the_width_is_noted(entry, name):
    first = layers("Conv2D: [8, 3]", entry, "Flatten", input="[3, 32, 32]", top="data_format: channels_first\n")
    assert told(first) == [
        f"<stdin>:5:5: note: BatchNormalization '{name}' acts along axis -1, the width of (8, 30, 30); with the channels first they are axis 1"]
    assert told(first.replace(entry, "BatchNormalization: {axis: 1}")) == []
    assert told(first.replace("data_format: channels_first\n", "").replace("[3, 32, 32]", "[32, 32, 3]").replace(entry, "BatchNormalization")) == []


UNBUILT = {"class_name": "Sequential", "config": {"name": "s", "layers": [
    {"class_name": "Flatten", "config": {"name": "f"}}, {"class_name": "Dense", "config": {"name": "d", "units": 3}}]}}


def test_an_unbuilt_sequential_names_the_option_that_builds_it():
    text = json.dumps(UNBUILT)
    lines = told(text)
    assert lines[0] == ("note: s was saved before it was built, so the size of its input is not known: "
                        "--input 28x28x1 gives it (height, width, channels)")
    run = cnncalc("summary", "-", "--input", "28x28x1", "--format", "json", stdin=text.encode())
    assert (run.code, run.err, json.loads(run.out)["params"]) == (0, "", 28 * 28 * 3 + 3)


@pytest.mark.parametrize("name", examples())
def test_no_bundled_network_needs_a_note(name):
    opened = open_named(name)
    assert opened.graph is not None
    assert notes(traced(opened.graph)) == []


def test_sizes_with_the_batch_are_never_answered_with_another_rank():
    text = "\n".join(told(layers("Conv2D: [8, 3]", input="[null, 28, 28, 1]")))
    assert "sizes are written without the batch: (28, 28, 1)" in text
    assert "did you mean" not in text
    opened = open_text(layers("Conv2D: [8, 3]"))
    assert "without the batch: 32x32x3" in "\n".join(told(layers("Conv2D: [8, 3]"), "--input", "1x32x32x3"))
    assert opened.errors == []


@pytest.mark.parametrize(("option", "value", "same"), [
    ("--optimizer", "Adam", "adam"), ("--optimizer", "SGD", "sgd"), ("--optimizer", "RMSprop", "rmsprop"),
    ("--dtype", "FP16", "float16"), ("--dtype", "Float32", "float32"), ("--dtype", "BF16", "bfloat16"), ("--dtype", "Mixed_Float16", "mixed"),
])
def test_names_of_optimizers_and_dtypes_ignore_case(option, value, same):
    assert cnncalc("cost", "lenet5", option, value) == cnncalc("cost", "lenet5", option, same)
