"""The working of every number ends with that number, and reads as in the golden files."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from cases import CASES
from running import cnncalc as run_cli
from test_derivation import value_of

import cnncalc
from cnncalc.analysis import analyse
from cnncalc.explain import explain, totals
from cnncalc.graph import Graph, Node, Ref
from cnncalc.layers import KINDS, InputLayer, build
from cnncalc.num import product
from cnncalc.sources import examples

GOLDEN = Path(__file__).parent / "golden"


def alone(row):
    """A network of one layer, with the row's inputs."""
    inputs = [Node(f"input{i}", InputLayer(shape=list(x))) for i, x in enumerate(row.inputs)]
    node = Node("layer", build(KINDS[row.kind], row.settings), tuple(Ref(n) for n in inputs))
    return analyse(Graph("alone", [*inputs, node], [Ref(node, i) for i in range(node.layer.results)]))


def ends(workings, quantity):
    return [int(w.value) for w in workings if w.quantity == quantity and w.value is not None]


def check_against_engine(explanation):
    """Every working ends with the engine's number, and every line's text gives its value."""
    step, workings = explanation.step, explanation.workings
    layer = step.node.layer
    sizes = [n for y in step.outputs for n in y if n is not None]
    if not any(w.quantity == "output" and w.words and "input" in w.words for w in workings) and not step.inner:
        assert ends(workings, "output") == sizes
    assert ends(workings, "params") == [step.params]
    if step.inner is None:
        if not step.shared:
            assert ends(workings, "weight") == [w.count for w in step.weights]
        assert ends(workings, "macs") == [m for m in [layer.macs(*layer.viewed(step.inputs))] if m is not None]
        values = [product(y) for y in step.outputs]
        if None not in values:
            assert ends(workings, "activations") == [sum(values)]
            assert ends(workings, "memory") == [4 * sum(values)]
    for working in workings:
        for line in working.lines:
            if line.numbers:
                assert value_of(line.numbers) == line.value, line


@pytest.mark.oracle
@pytest.mark.parametrize("row", CASES, ids=lambda row: f"{row.kind}-{row.note or row.settings}")
def test_every_working_ends_with_the_engines_number(row):
    trace = alone(row)
    found = [e for e in explain(trace) if e.name == "layer"]
    assert len(found) == 1
    check_against_engine(found[0])


@pytest.mark.oracle
@pytest.mark.parametrize("name", examples())
def test_every_working_of_the_bundled_networks_does(name):
    trace = cnncalc.load(name).trace
    for explanation in explain(trace):
        if explanation.step.kind != "InputLayer":
            check_against_engine(explanation)
    sums = {line.name: line.value for line in totals(trace)}
    assert sums["params"] == trace.params


UPWARDS = """\
input: [12, 10, 3]
layers:
  - Conv2DTranspose: {f: 4, k: 4, s: 2, padding: same}
  - Conv2D: {f: 4, k: 3, s: 2}
  - MaxPooling2D
  - Conv2DTranspose: {f: 4, k: 5, s: 2}
  - {UpSampling2D: {size: 3, interpolation: bilinear}}
  - Conv2DTranspose: {f: 4, k: 3, d: 2}
  - {ZeroPadding2D: 1, name: padded}
  - {Conv2D: {f: 1, k: [3, 1]}, name: one}
  - {GlobalMaxPooling2D: {}, name: pooled}
"""


@pytest.mark.oracle
@pytest.mark.parametrize("name", [*examples(), UPWARDS])
def test_every_field_in_the_table_is_worked_out_or_told(name):
    """A working ends with the size and the jump of the receptive-field table; other fields have a sentence with the size."""
    from cnncalc.receptive_field.report import Sight

    trace = (cnncalc.loads(name) if "\n" in name else cnncalc.load(name)).trace
    if any(None in shape for step in trace.steps for shape in step.outputs):
        pytest.skip("of unknown sizes there is no table of this kind")
    sight = Sight(trace)
    for explanation in explain(trace):
        if explanation.step.kind == "InputLayer" or "/" in explanation.name:
            continue
        fields = sight.layer(sight.place(explanation.name), exact=False).fields
        told = [w for w in explanation.workings if w.quantity in ("receptive_field", "jump")]
        assert bool(told) == bool(fields), explanation.name
        sizes, jumps = explanation.value("receptive_field"), explanation.value("jump")
        if any(sizes):
            worked = [(s, j if j is not None else Fraction(w.words.rpartition("= ")[2].replace(" ", "")))
                      for s, j, w in zip(sizes, jumps, [w for w in told if w.quantity == "jump"])]
            assert {(a.near.size, a.near.jump) for a in fields[0].axes} == set(worked), explanation.name
        else:
            for field, working in zip(fields, told):
                assert all(str(a.near.size) in working.words for a in field.axes), (explanation.name, working.words)


def test_the_fields_of_a_network_of_unknown_size_are_told_to_be_unknown():
    text = run_cli("explain", "-", "conv2d", stdin=b"input: [null, null, 3]\nlayers: [{Conv2D: [4, 3]}]\n").out
    assert "the field depends on the input size, which is unknown" in text


@pytest.mark.parametrize(("arguments", "golden"), [
    (["mnist-chollet"], "explain-mnist-chollet.txt"),
    (["geron-exercise"], "explain-geron-exercise.txt"),
    (["separable"], "explain-separable.txt"),
    (["autoencoder"], "explain-autoencoder.txt"),
    ([str(GOLDEN / "explained.yaml")], "explain-explained.txt"),
    (["lenet5", "C3", "--format", "markdown"], "explain-lenet5-c3.md"),
    (["lenet5", "S2", "--format", "json"], "explain-lenet5-s2.json"),
])
def test_explain_reads_as_before(arguments, golden):
    run = run_cli("explain", *arguments)
    assert run.code == 0, run.err
    assert run.out == (GOLDEN / golden).read_text(encoding="utf-8")


def test_the_lectures_working_is_there():
    text = run_cli("explain", "mnist-chollet").out
    for line in ["h' = ⌊(h + 2 × p − k) / s⌋ + 1 = ⌊(28 + 2 × 0 − 3) / 1⌋ + 1 = 26",
                 "params = k × k × c × F + F = 3 × 3 × 1 × 32 + 32 = 320",
                 "params = k × k × c × F + F = 3 × 3 × 32 × 64 + 64 = 18,496",
                 "params = k × k × c × F + F = 3 × 3 × 64 × 64 + 64 = 36,928",
                 "n' = h × w × c = 3 × 3 × 64 = 576",
                 "params = n × u + u = 64 × 10 + 10 = 650"]:
        assert line in text


def test_an_unknown_layer_is_named_with_the_nearest():
    run = run_cli("explain", "mnist-chollet", "conv2d")
    assert (run.code, run.out) == (2, "")
    assert run.err == "error: mnist-chollet has no layer 'conv2d'\n    did you mean 'conv2d_1', 'conv2d_2' or 'conv2d_3'?\n"


def test_a_layer_inside_a_model_is_explained_by_its_path():
    data = json.loads(run_cli("explain", "transfer-vgg16", "vgg16/block1_conv1", "--format", "json").out)
    assert [layer["name"] for layer in data["layers"]] == ["vgg16/block1_conv1"]
    assert [w["value"] for w in data["layers"][0]["working"] if w["quantity"] == "params"] == [1792]


def test_of_thousands_of_layers_the_first_are_explained_and_that_is_said():
    text = b"input: [8]\nlayers:\n  - ReLU:\n    repeat: 2000\n"
    run = run_cli("explain", "-", stdin=text)
    assert run.code == 0
    assert run.err == "note: showing the working of the first 450 of 2,001 layers; name the ones to explain\n"
    assert run.out.count(": ReLU on ") == 449
    assert run_cli("explain", "-", "re_lu_1999", stdin=text).out.count(": ReLU on ") == 1


def test_the_weights_of_a_shared_layer_are_counted_where_the_table_counts_them():
    trace = cnncalc.loads(
        "input: {a: [8, 8, 4], b: [8, 8, 4]}\nlayers:\n  - {Conv2D: [4, 3], name: c, inputs: a}\n  - {reuse: c, inputs: b}\n").trace
    said = {each.name: (each.value("params"), each.remarks) for each in explain(trace)}
    assert {name: params for name, (params, _) in said.items()} == {"a": [], "b": [], "c": [0], "c@2": [148]}
    assert [trace[name].params for name in ("c", "c@2")] == [0, 148]
    assert "later call" in said["c"][1][0]
    assert "counted here" in said["c@2"][1][0]
