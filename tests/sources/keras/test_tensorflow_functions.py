"""Functions of TensorFlow in files of Keras 2, whose own shapes and counts are kept in golden/tensorflow-functions.json."""

from __future__ import annotations

import json

import pytest
from running import TESTS

from cnncalc.analysis import analyse
from cnncalc.sources import open_text
from cnncalc.sources.architecture.writer import spec_text
from cnncalc.sources.keras.tensorflow_graphs import OPERATIONS
from cnncalc.views.keras_text import keras2

pytestmark = pytest.mark.oracle  # very many cases

MODELS = {(how, one["name"]): one for how in ("functions", "graphs")
          for one in json.loads((TESTS / "golden" / f"tensorflow-{how}.json").read_text())}


def label(value):
    return " ".join(value) if isinstance(value, tuple) else None


#: Operations that shapes flow through as values, and that have gradients of their own.
NOT_READ = {("graphs", "nn.silu"): "IdentityN", ("graphs", "nn.swish"): "IdentityN", ("graphs", "logsumexp of all places"): "Shape",
            ("graphs", "repeat"): "Shape"}


@pytest.mark.parametrize("name", [name for name in MODELS if name not in NOT_READ], ids=label)
def test_its_shapes_and_its_table_are_those_of_keras_2(name):
    model = MODELS[name]
    opened = open_text(json.dumps(model["config"]))
    assert opened.errors == []
    trace = analyse(opened.graph)
    assert not trace.errors
    assert {step.name: [[None, *y] for y in step.outputs] for step in trace.steps} == model["made"]
    assert keras2(trace, style="2.13") == model["printed"]


@pytest.mark.parametrize("name", NOT_READ, ids=label)
def test_what_cannot_be_read_is_named(name):
    opened = open_text(json.dumps(MODELS[name]["config"]))
    assert f"operation {NOT_READ[name]!r} of TensorFlow is not known" in str(opened.errors[0])


@pytest.mark.parametrize("name", [name for name in MODELS if name not in NOT_READ], ids=label)
def test_written_as_yaml_it_is_the_same(name):
    trace = analyse(open_text(json.dumps(MODELS[name]["config"])).graph)
    again = analyse(open_text(spec_text(trace)).graph)
    assert {step.name: (step.outputs, step.params) for step in again.steps} == {step.name: (step.outputs, step.params) for step in trace.steps}


def packed(name, operation):
    """A node as TensorFlow packs it in a message: its name and operation, each behind its length."""
    return f"\n{chr(len(name))}{name}\x12{chr(len(operation))}{operation}\x1a\x07input_1"


@pytest.mark.parametrize("name", [name for name in MODELS if name[0] == "graphs" and name not in NOT_READ], ids=label)
@pytest.mark.parametrize("how", ["as JSON", "packed"])
def test_a_node_in_a_text_is_the_same_or_not_read(name, how):
    config = json.loads(json.dumps(MODELS[name]["config"]))
    plain, hidden = analyse(open_text(json.dumps(config)).graph), []
    for layer in config["config"]["layers"]:
        node = layer["config"].get("node_def")
        if node is not None:
            layer["config"]["node_def"] = json.dumps(node) if how == "as JSON" else packed(node["name"], node["op"])
            if how == "packed" and OPERATIONS[node["op"]].attributes:
                hidden.append(node["op"])
    opened = open_text(json.dumps(config))
    if hidden:
        assert f"operation {hidden[0]!r} of TensorFlow is packed" in str(opened.errors[0])
    else:
        assert [step.outputs for step in analyse(opened.graph).steps] == [step.outputs for step in plain.steps]


def a_node(**changed):
    """A model that adds 1, with something changed in its operation."""
    config = json.loads(json.dumps(MODELS["graphs", "+ 1"]["config"]))
    layer = config["config"]["layers"][1]
    layer["config"].update(changed)
    return config


ADD = {"name": "add", "op": "AddV2"}


@pytest.mark.parametrize(("changed", "said"), [
    ({"node_def": 3}, "operation nothing of TensorFlow is not known"),
    ({"node_def": "{"}, "operation nothing of TensorFlow is not known"),
    ({"node_def": "x"}, "operation nothing of TensorFlow is not known"),
    ({"node_def": "\n\x03ad"}, "operation nothing of TensorFlow is not known"),
    ({"node_def": {"op": ["Add"]}}, "operation ['Add'] of TensorFlow is not known"),
    ({"node_def": {**ADD, "attr": 3}}, "attr must be a mapping (got 3)"),
    ({"constants": [1]}, "constants must be a mapping from places to values (got [1])"),
    ({"constants": {"a": 1}}, "constants must be a mapping from places to values (got {a: 1})"),
    ({"constants": {"1": 1, "2": 2}}, "takes 2 arguments, got 3"),
    ({"node_def": {"op": "Pack", "attr": {"axis": 1}}}, "an attribute of TensorFlow must have one field of a known type (got 1)"),
    ({"node_def": {"op": "Pack", "attr": {"axis": {"i": "a"}}}}, "an attribute of TensorFlow must have one field of a known type (got {i: 'a'})"),
    ({"node_def": {"op": "Pack", "attr": {"axis": {"i": 1, "b": True}}}}, "an attribute of TensorFlow must have one field of a known type (got {i: 1, b: true})"),
    ({"node_def": {"op": "Pack", "attr": {"axis": {"i": "--1"}}}}, "an attribute of TensorFlow must have one field of a known type (got {i: '--1'})"),
    ({"node_def": {"op": "MirrorPad", "attr": {"mode": {"s": "abc"}}}}, "an attribute of TensorFlow must have one field of a known type (got {s: 'abc'})"),
    ({"node_def": {"op": "StridedSlice"}}, "a StridedSlice must have lists of where it begins and ends and of its strides"),
    ({"node_def": {"op": "DepthToSpace", "attr": {"data_format": {"s": "TkNIVw=="}, "block_size": {"i": "2"}}}, "constants": {}},
     "nn.depth_to_space has the argument data_format = 'NCHW', which is not known"),
])
def test_what_is_wrong_with_an_operation_is_said(changed, said):
    config = a_node(**changed)
    opened = open_text(json.dumps(config))
    assert said in str(opened.errors[0])
