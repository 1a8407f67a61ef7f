"""The same network as another kind of file: read back it is the same, and Keras loads what is written for it."""

from __future__ import annotations

import random

import pytest
import yaml
from cases import CASES
from networks import random_network
from running import cnncalc
from test_cases import label, shapes
from test_keras_config import MODELS, config, entry, made, printed

from cnncalc.errors import CnncalcError
from cnncalc.layers import KINDS, build
from cnncalc.sources import examples, open_named, open_text
from cnncalc.sources.architecture.text import quoted, scalar
from cnncalc.sources.architecture.writer import spec_text
from cnncalc.sources.keras.writer import Writer, keras_json
from cnncalc.tracing import traced
from cnncalc.views.keras_text import Summary, keras3
from cnncalc.views.summary import summary_dict


def rows(trace):
    summary = Summary(trace, True)
    # Whether a layer without weights is trained is shown nowhere.
    shown = [row._replace(trainable=row.trainable or not row.has_weights) for row in summary.rows]
    return summary.name, summary.sequential_like, shown, summary.counts, summary.bytes


def opened(text):
    found = open_text(text)
    assert (found.errors, found.warnings) == ([], [])
    return traced(found.graph)


# Our own file.


@pytest.mark.oracle
@pytest.mark.parametrize("name", examples())
def test_an_example_written_out_is_the_same_network(name):
    trace = traced(open_named(name).graph)
    text = spec_text(trace)
    again = opened(text)
    assert rows(again) == rows(trace)
    assert summary_dict(again) == summary_dict(trace)
    assert [node.expect for node in again.graph.nodes] == [node.expect for node in trace.graph.nodes]
    assert spec_text(again) == text


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(300))
def test_a_random_network_written_out_is_the_same_network(seed):
    found = open_text(random_network(seed))
    if found.errors or traced(found.graph).errors:
        return
    trace = traced(found.graph)
    text = spec_text(trace)
    assert rows(opened(text)) == rows(trace)
    assert summary_dict(opened(text)) == summary_dict(trace)
    assert yaml.safe_load(text) is not None


@pytest.mark.oracle
@pytest.mark.parametrize("name", MODELS)
def test_a_keras_model_becomes_a_file_that_is_the_same_network(name):
    """As Keras prints it once it has read its own file: a frozen Sequential does not say so in there, its layers do."""
    model = made(name)
    text = spec_text(opened(model.to_json()))
    assert keras3(opened(text), expand_nested=True, show_trainable=True) == printed(loaded(model.to_json()))
    assert len(text) < len(model.to_json()) / 5


STACK = """\
name: stack
input: [12, 12, 3]
layers:
  - Conv2D: {filters: 4, kernel_size: 3, padding: same, activation: relu}
  - BatchNormalization
  - MaxPooling2D
  - Flatten
  - Dropout: 0.2
  - Dense: [5, softmax]
"""
BRANCHES = """\
name: branches
input: {a: [8, 8, 3], b: [8, 8, 3]}
layers:
  - Conv2D: {name: c, filters: 4, kernel_size: 3}
    inputs: a
  - reuse: c
    inputs: b
  - Concatenate: {name: cat}
    inputs: [c, c@2]
  - Add: {name: plus}
    inputs: [c, c@2]
  - model:
      name: two
      input: {input_layer_1: [6, 6, 8]}
      layers:
        - Conv2DTranspose: [2, 3]
        - ZeroPadding2D:
          inputs: input_layer_1
      outputs: [conv2d_transpose, zero_padding2d]
    inputs: cat
  - model:
      name: enc
      input: [6, 6, 4]
      layers:
        - SeparableConv2D: [3, 3]
        - GlobalAveragePooling2D
    inputs: plus
  - Reshape: {target_shape: [8, 64]}
    inputs: "two:1"
outputs: [enc, "two:0", reshape]
"""
OPERATIONS = """\
  - ops.Multiply: {x2: 2}
  - ops.Add:
    inputs: [multiply, a]
  - ops.Subtract: {x1: 2}
"""


@pytest.mark.oracle
def test_defaults_chains_and_names_are_left_out():
    assert spec_text(opened(made("stack").to_json())) == STACK
    assert spec_text(opened(made("branches").to_json())) == BRANCHES
    text = spec_text(opened(made("operations").to_json()))
    assert OPERATIONS in text
    assert '  - ops.GetItem: "..., None, 1"\n    inputs: "split:1"\n' in text
    assert "  - ops.Matmul: {x2: [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]}\n" in text


def test_what_all_layers_of_a_kind_say_is_said_once():
    text = spec_text(traced(open_named("vgg16").graph))
    assert "defaults:\n  Conv2D: {kernel_size: 3, padding: same, activation: relu}\n" in text
    assert text.count("same") == 1


NAMES = ["a b", "null", "yes", "NO", "~", "1", "1e5", "1.5", "-1", "0x10", ".inf", "x: y", "x:y", "#c", "c #d", "é", "層", "'q'", '"', "\\",
         "-", "- a", "?", "? a", "[x]", "{y}", "{x", "x, y", "*a", "&b", "!c", "%d", "@e", "`f", "|", ">", "input", "a/b", "a@2", "=a"[1:],
         "trainable", "name", "layers", "model", "reuse", "parallel", "Dense", "<<", "=", "---", "...", "a" * 200]


@pytest.mark.oracle
@pytest.mark.parametrize("name", [*NAMES, *["".join(random.Random(i).choices("ab:#,[]{}&*!|>'\"%@`-?~ \\/é", k=6)) for i in range(200)]])
def test_every_name_survives(name):
    layers = [entry("InputLayer", "first", batch_shape=[None, 4]), entry("Dense", name, ["first"], units=4),
              entry("Dense", "last", [name], units=4), entry("Add", "sum", [name, "last"])]
    import json

    if name.startswith("="):
        with pytest.raises(CnncalcError, match="cannot be written"):
            spec_text(opened(json.dumps(config(*layers, inputs=["first"]))))
        return
    trace = opened(json.dumps(config(*layers, inputs=["first"], name=name)))
    text = spec_text(trace)
    assert [node.name for node in opened(text).graph.nodes] == ["first", name, "last", "sum"]
    assert opened(text).graph.name == name
    assert rows(opened(text)) == rows(trace)


@pytest.mark.parametrize("value", [
    None, True, False, 0, -3, 10**12, 0.1, 1e-6, 1e22, -2.5e-300, float("inf"), float("-inf"), "a", "", " ", "a\nb", "a\tb", "\x01", "\x85",
    "\u2028", "\ufeff", "😀", "é", "12", "1_000", "0o7", "2020-01-01", "null", "Off", "a: b", "a#b", "a #b", "c@2", "same",
])
def test_a_scalar_is_read_as_it_was(value):
    from cnncalc.sources.document import Document

    for text in (scalar(value), *([quoted(value)] if isinstance(value, str) else [])):
        assert Document("x", f"[{text}]").data == [value]
        assert Document("x", f"a: {text}").data == {"a": value}
        assert yaml.safe_load(f"a: {text}") == {"a": value}
    assert type(Document("x", scalar(value)).data) is type(value)


def test_what_is_frozen_stays_frozen():
    text = "input: [4]\nlayers:\n  - model:\n      input: [4]\n      layers: [{Dense: 3}]\n    trainable: false\n  - Dense: {units: 2, trainable: false}\n  - Dense: 1\n"
    trace = opened(text)
    assert trace.trainable_params == 3
    assert rows(opened(spec_text(trace))) == rows(trace)


@pytest.mark.oracle
def test_what_is_frozen_is_so_in_keras():
    stack = "{model: {input: [6, 6, 3], layers: [{Conv2D: [3, 3]}, Flatten, {Dense: 4}]}}"
    for frozen in ("Conv2D: {filters: 3, kernel_size: 3, trainable: false}", "TimeDistributed: {layer: {Conv2D: [3, 3]}, trainable: false}",
                   "TimeDistributed: {layer: %s, trainable: false}" % stack, "Bidirectional: {layer: {LSTM: 3}, trainable: false}",
                   "SpectralNormalization: {layer: {Dense: 3}, trainable: false}", "BatchNormalization: {trainable: false}"):
        size = "[10, 6]" if "LSTM" in frozen else "[10, 6, 6, 3]" if "Time" in frozen else "[6, 6, 3]"
        trace = opened(f"name: n\ninput: {size}\nlayers:\n  - {frozen}\n  - Dense: 2\n")
        text = keras_json(trace)
        assert trace.trainable_params == trace.steps[-1].params
        assert keras3(trace, show_trainable=True) == printed(loaded(text))
        assert rows(opened(text)) == rows(trace)
        assert rows(opened(spec_text(opened(text)))) == rows(trace)


def test_the_batch_and_the_dtype_of_an_input_survive():
    import json

    data = config(entry("InputLayer", "a", batch_shape=[8, 4], dtype="float16"), entry("Dense", "d", ["a"], units=3))
    trace = opened(json.dumps(data))
    text = spec_text(trace)
    assert "input: {a: {shape: [4], batch_size: 8, dtype: float16}}\n" in text
    assert keras3(opened(text)) == keras3(trace)
    assert "(8, 3)" in keras3(trace)


# What Keras loads.


def loaded(text):
    from oracle import fresh, keras

    fresh()
    return keras.models.model_from_json(text)


def cannot(trace):
    """Whether Keras cannot build it, as the notes say."""
    return any(note.startswith("Keras cannot") for step in trace.steps for note in step.notes) or any(
        step.inner is not None and cannot(step.inner) for step in trace.steps)


@pytest.mark.oracle
@pytest.mark.parametrize("name", examples())
def test_keras_loads_every_example_that_it_can_build(name):
    trace = traced(open_named(name).graph)
    if cannot(trace):
        with pytest.raises(CnncalcError, match="Keras cannot build it"):
            keras_json(trace)
        return
    text = keras_json(trace)
    assert keras3(trace, expand_nested=True, show_trainable=True) == printed(loaded(text))
    assert rows(opened(text)) == rows(trace)


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(0, 300, 5))
def test_keras_loads_a_random_network(seed):
    found = open_text(random_network(seed))
    if found.errors or traced(found.graph).errors or cannot(traced(found.graph)):
        return
    trace = traced(found.graph)
    text = keras_json(trace)
    assert keras3(trace, expand_nested=True) == printed(loaded(text), False)
    assert rows(opened(text)) == rows(trace)


@pytest.mark.oracle
@pytest.mark.parametrize("name", MODELS)
def test_keras_loads_its_own_models_from_our_files(name):
    model = made(name)
    by_itself = printed(loaded(model.to_json()))
    assert printed(loaded(keras_json(opened(spec_text(opened(model.to_json())))))) == by_itself


@pytest.mark.oracle
@pytest.mark.parametrize("row", [row for row in CASES if row.keras is None], ids=label)
def test_keras_loads_every_layer(row):
    import json

    from oracle import call, fresh, keras, shapes_of, weights_of

    layer = build(KINDS[row.kind], row.settings)
    written = json.loads(json.dumps(Writer().written(layer, "it")))
    fresh()
    it = keras.saving.deserialize_keras_object(written)
    output = call(layer, it, [keras.Input(x) for x in row.inputs])
    assert it.name == "it"
    assert shapes_of(output) == row.outputs
    assert sorted(shape for shape, _ in weights_of(it)) == sorted(tuple(w.shape) for w in layer.owned(shapes(row)))


# The command.


def test_the_command_writes_what_the_file_s_name_says(tmp_path):
    run = cnncalc("convert", "lenet5", "-o", "lenet.yaml", cwd=tmp_path)
    assert (run.code, run.out, run.err) == (0, "", "")
    assert (tmp_path / "lenet.yaml").read_text().startswith("name: lenet5\n")
    assert cnncalc("convert", "lenet.yaml", "-o", "lenet.json", cwd=tmp_path).code == 0
    tables = [cnncalc("summary", name, cwd=tmp_path).out for name in ("lenet5", "lenet.yaml", "lenet.json")]
    assert tables[0] == tables[1] == tables[2]
    run = cnncalc("convert", "lenet5", "-o", "lenet.keras", cwd=tmp_path)
    assert run.code == 2
    assert "stores weights" in run.err


def test_the_command_writes_another_input_size(tmp_path):
    run = cnncalc("convert", "vgg16_notop", "--input", "64x64x3", cwd=tmp_path)
    assert [line for line in run.out.split("\n") if line.startswith("input")] == ["input: {input_layer: [64, 64, 3]}"]
    run = cnncalc("convert", "transfer-vgg16", "--input", "96x96x3", cwd=tmp_path)
    assert run.out.count("[96, 96, 3]") == 2
    (tmp_path / "small.yaml").write_text(run.out)
    assert cnncalc("summary", "small.yaml", cwd=tmp_path).code == 0


def test_what_keras_cannot_build_is_said_once_for_each_reason():
    run = cnncalc("convert", "googlenet", "--to", "keras-json")
    assert (run.code, run.out) == (2, "")
    assert run.err.count("error: ") == 2
    assert "padding in pixels" in run.err
    assert "the same is so of 12 other layers" in run.err


def test_a_network_with_an_error_is_not_converted(tmp_path):
    (tmp_path / "bad.yaml").write_text("input: [4, 4, 1]\nlayers:\n  - Conv2D: [2, 7]\n")
    run = cnncalc("convert", "bad.yaml", cwd=tmp_path)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("bad.yaml:3:")
