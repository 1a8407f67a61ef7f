"""What is wrong in files of Keras is said at its place: one thing changed at a time in small files of Keras 3 and 2.

The answers stand in golden/keras-refusals.txt; to write them anew after reading what changed:

    python tests/sources/keras/test_keras_refusals.py
"""

from __future__ import annotations

import copy
import json

import pytest
from running import TESTS

from cnncalc.analysis import analyse
from cnncalc.sources import open_text

GOLDEN = TESTS / "golden" / "keras-refusals.txt"


def tensor(name, call=0, output=0, shape=(None, 6, 4)):
    return {"class_name": "__keras_tensor__", "config": {"shape": list(shape), "dtype": "float32", "keras_history": [name, call, output]}}


def layer(kind, name, config, *calls, module="keras.layers"):
    return {"module": module, "class_name": kind, "config": {"name": name, **config}, "registered_name": None, "name": name,
            "inbound_nodes": [call if isinstance(call, (dict, list)) else {"args": [tensor(call)], "kwargs": {}} for call in calls]}


#: Two inputs, a layer called twice, an operation with a constant, a mask.
KERAS_3 = {"module": "keras", "class_name": "Functional", "config": {
    "name": "net", "trainable": True,
    "layers": [
        layer("InputLayer", "a", {"batch_shape": [None, 6, 4], "dtype": "float32"}),
        layer("InputLayer", "b", {"batch_shape": [None, 6, 4], "dtype": "float32"}),
        layer("Dense", "d", {"units": 4}, "a", "b"),
        layer("Add", "sum", {}, {"args": [[tensor("d"), tensor("d", 1)]], "kwargs": {}}),
        layer("Multiply", "times", {}, {"args": [tensor("sum"), 2.0], "kwargs": {}}, module="keras.src.ops.numpy"),
        layer("Masking", "masked", {}, "times"),
        layer("LSTM", "l", {"units": 3}, {"args": [tensor("masked")], "kwargs": {"mask": tensor("masked")}}),
        layer("Split", "parts", {"indices_or_sections": 2, "axis": -1}, {"args": [tensor("times")], "kwargs": {}}, module="keras.src.ops.numpy"),
        layer("Concatenate", "both", {}, {"args": [[tensor("parts", 0, 0), tensor("parts", 0, 1)]], "kwargs": {}}),
    ],
    "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["l", 0, 0], ["both", 0, 0]]}}
SEQUENTIAL = {"module": "keras", "class_name": "Sequential", "config": {"name": "row", "layers": [
    {"module": "keras.layers", "class_name": "InputLayer", "config": {"name": "in", "batch_shape": [None, 8]}},
    {"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 3}}]}}
#: As Keras 2 writes it.
KERAS_2 = {"class_name": "Functional", "config": {
    "name": "old", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [None, 6, 4]}, "name": "x", "inbound_nodes": []},
        {"class_name": "TFOpLambda", "config": {"name": "tf.math.add", "function": "math.add"}, "name": "tf.math.add",
         "inbound_nodes": [["x", 0, 0, {"y": ["x", 0, 0]}]]},
        {"class_name": "Multiply", "config": {"name": "m"}, "name": "m", "inbound_nodes": [[["x", 0, 0, {}], ["tf.math.add", 0, 0, {}]]]},
        {"class_name": "GRU", "config": {"name": "g", "units": 2}, "name": "g",
         "inbound_nodes": [[["m", 0, 0, {"training": None}]]]}],
    "input_layers": [["x", 0, 0]], "output_layers": [["g", 0, 0]]}}
MISSING = object()


def changed(base, *path, to):
    """A copy in which the value at a path is another one, or is missing."""
    data = copy.deepcopy(base)
    at = data
    for step in path[:-1]:
        at = at[step]
    if to is MISSING:
        del at[path[-1]]
    else:
        at[path[-1]] = to(at[path[-1]]) if callable(to) else to
    return data


def three(*path, to):
    return changed(KERAS_3, "config", *path, to=to)


def two(*path, to):
    return changed(KERAS_2, "config", *path, to=to)


def row(*path, to):
    return changed(SEQUENTIAL, "config", *path, to=to)


ARGS = ("inbound_nodes", 0, "args")
FILES = {
    "Keras 3 as it is": KERAS_3, "Keras 2 as it is": KERAS_2, "a row as it is": SEQUENTIAL,
    "a row of before 2.2.3": {"class_name": "Sequential", "config": SEQUENTIAL["config"]["layers"]},
    "config a number": changed(KERAS_3, "config", to=3),
    "class_name a number": changed(KERAS_3, "class_name", to=3),
    "no layers": three("layers", to=MISSING),
    "layers a mapping": three("layers", to={}),
    "no name": three("name", to=MISSING),
    "a name of many letters": three("name", to="x" * 5000),
    "a name that is none": three("name", to=[1]),
    "trainable a word": three("trainable", to="yes"),
    "a layer that is a word": three("layers", 2, to="Dense"),
    "a layer without a class": three("layers", 2, "class_name", to=MISSING),
    "a layer with a config that is a number": three("layers", 2, "config", to=3),
    "a layer with two names": three("layers", 2, "name", to="e"),
    "a layer without a name": three("layers", 2, to={"class_name": "Dense", "config": {"units": 3}}),
    "two layers of one name": three("layers", 1, "name", to="a"),
    "two layers of one name, inside too": three("layers", 1, to=layer("InputLayer", "a", {"batch_shape": [None, 3]})),
    "an unknown class": three("layers", 2, "class_name", to="Dnse"),
    "an unknown operation": three("layers", 4, "class_name", to="Multipy"),
    "a setting of the wrong type": three("layers", 2, "config", "units", to="four"),
    "a layer that is never called": three("layers", 2, "inbound_nodes", to=[]),
    "inbound_nodes a word": three("layers", 2, "inbound_nodes", to="a"),
    "a call that is a word": three("layers", 2, "inbound_nodes", 0, to="a"),
    "a call without kwargs": three("layers", 2, "inbound_nodes", 0, "kwargs", to=MISSING),
    "a call with more": three("layers", 2, "inbound_nodes", 0, to=lambda call: {**call, "more": 1}),
    "args a mapping": three("layers", 2, "inbound_nodes", 0, "args", to={}),
    "kwargs a list": three("layers", 2, "inbound_nodes", 0, "kwargs", to=[]),
    "a call with a number": three("layers", 2, *ARGS, to=lambda args: [*args, 3]),
    "a call with an unknown word": three("layers", 2, "inbound_nodes", 0, "kwargs", to={"size": 3}),
    "a call with an unknown tensor": three("layers", 2, "inbound_nodes", 0, "kwargs", to={"size": tensor("a")}),
    "a call with a mask that is a number": three("layers", 6, "inbound_nodes", 0, "kwargs", to={"mask": 3}),
    "a call with tensors and numbers": three("layers", 3, *ARGS, to=lambda args: [[*args[0], 3]]),
    "a call with a constant": three("layers", 3, *ARGS, to=lambda args: [[*args[0], {"class_name": "__numpy__", "config": {"value": [1]}}]]),
    "a tensor without a config": three("layers", 2, *ARGS, 0, "config", to=3),
    "a tensor without a history": three("layers", 2, *ARGS, 0, "config", "keras_history", to=[]),
    "a tensor of a layer that is not there": three("layers", 2, *ARGS, 0, "config", "keras_history", 0, to="c"),
    "a tensor of a call that is not there": three("layers", 3, *ARGS, 0, 1, "config", "keras_history", 1, to=7),
    "a tensor of an output that is not there": three("layers", 8, *ARGS, 0, 1, "config", "keras_history", 2, to=2),
    "a cycle": three("layers", 2, *ARGS, 0, "config", "keras_history", 0, to="both"),
    "a layer called with a mask and without": three("layers", 6, "inbound_nodes", to=lambda calls: [*calls, {"args": [tensor("times")], "kwargs": {}}]),
    "a stored shape that is another": three("layers", 2, *ARGS, 0, "config", "shape", to=[None, 7, 4]),
    "stored shapes that are others": changed(KERAS_3, "config", "layers", to=lambda layers: [
        *layers[:2], *[{**each, "build_config": {"input_shape": [None, 9, 9]}} for each in layers[2:]]]),
    "an operation with a word": three("layers", 4, *ARGS, 1, to="two"),
    "an operation with a list": three("layers", 4, *ARGS, 1, to=[1, 2]),
    "an operation with too many": three("layers", 4, *ARGS, to=lambda args: [*args, 3, 4]),
    "an operation with an unknown word": three("layers", 4, "inbound_nodes", 0, "kwargs", to={"z": 3}),
    "an operation with a word twice": three("layers", 4, "inbound_nodes", 0, "kwargs", to={"x1": 3}),
    "an operation with tensors in a list": three("layers", 4, *ARGS, 1, to=[tensor("a")]),
    "an operation called with a word": three("layers", 4, "inbound_nodes", 0, to="x"),
    "an operation that nothing reads": three("output_layers", to=[["l", 0, 0]]),
    "input_layers a word": three("input_layers", to="a"),
    "input_layers that are missing": three("input_layers", to=MISSING),
    "input_layers empty": three("input_layers", to=[]),
    "input_layers twice the same": three("input_layers", to=[["a", 0, 0], ["a", 0, 0], ["b", 0, 0]]),
    "input_layers without one": three("input_layers", to=[["a", 0, 0]]),
    "input_layers with a layer": three("input_layers", to=[["a", 0, 0], ["d", 0, 0]]),
    "output_layers of a layer that is not there": three("output_layers", to=[["bot", 0, 0]]),
    "output_layers of a call that is not there": three("output_layers", to=[["l", 3, 0]]),
    "output_layers of an output that is not there": three("output_layers", to=[["parts", 0, 5]]),
    "output_layers in a mapping": three("output_layers", to={"y": ["l", 0, 0], "z": ["both", 0, 0]}),
    "an input without sizes": three("layers", 0, "config", "batch_shape", to=[]),
    "an input of a batch that is none": three("layers", 0, "config", "batch_shape", to=["a", 6, 4]),
    "an input of a size that is none": three("layers", 0, "config", "batch_shape", to=[None, -6, 4]),
    "an input with a shape": three("layers", 0, "config", to={"name": "a", "shape": [6, 4]}),
    "an input with a config that is a list": three("layers", 0, "config", to=[1]),
    "an input of whole numbers": three("layers", 0, "config", "dtype", to="int32"),
    "a row without layers": row("layers", to=[]),
    "a row without an input": row("layers", to=lambda layers: layers[1:]),
    "a row that was built": changed(SEQUENTIAL, "config", to={"name": "row", "build_input_shape": [None, 8], "layers": SEQUENTIAL["config"]["layers"][1:]}),
    "a row that was built wrongly": changed(SEQUENTIAL, "config", to={"name": "row", "build_input_shape": "x", "layers": SEQUENTIAL["config"]["layers"][1:]}),
    "a row with two inputs": row("layers", to=lambda layers: [*layers, {**layers[0], "config": {"name": "in2", "batch_shape": [None, 3]}}]),
    "a row that begins with a row": row("layers", to=lambda layers: [{**SEQUENTIAL, "config": {**SEQUENTIAL["config"], "name": "inner"}}, *layers[1:]]),
    "a row that begins with what is unknown": row("layers", to=lambda layers: [{**layers[1], "class_name": "Dnse"}]),
    "a row of two outputs": row("layers", to=lambda layers: [*layers, {"class_name": "LSTM", "config": {"name": "l", "units": 2, "return_state": True}}]),
    "a model in it that is wrong": three("layers", 2, to=lambda old: {**changed(SEQUENTIAL, "config", "layers", 1, "config", "units", to="x"), "name": "row", "inbound_nodes": old["inbound_nodes"]}),
    "Keras 2 with arguments that are a number": two("layers", 2, "inbound_nodes", 0, 0, 3, to=5),
    "Keras 2 with a tensor that is none": two("layers", 2, "inbound_nodes", 0, 0, to=["x"]),
    "Keras 2 with a mapping of tensors": two("layers", 2, "inbound_nodes", 0, to={"a": ["x", 0, 0, {}], "b": ["x", 0, 0, {}]}),
    "Keras 2 with a tensor in a list": two("layers", 1, "inbound_nodes", 0, 3, to={"y": [["x", 0, 0], 3]}),
    "Keras 2 with lists of tensors": two("layers", 1, "inbound_nodes", 0, 3, to={"y": [["x", 0, 0]]}),
    "Keras 2 with a constant": two("layers", 1, "inbound_nodes", 0, to=["_CONSTANT_VALUE", -1, 2.0, {"y": ["x", 0, 0]}]),
    "Keras 2 with a function that is not known": two("layers", 1, "config", "function", to="math.ad"),
    "Keras 2 with a function and a word": two("layers", 1, "inbound_nodes", 0, 3, to={"y": ["x", 0, 0], "axis": 3}),
    "Keras 2 with a call that is a word": two("layers", 1, "inbound_nodes", 0, to="x"),
    "Keras 2 with a function whose config is a list": two("layers", 1, "config", to=[1]),
}


def answer(data) -> str:
    opened = open_text(json.dumps(data), shown="net.json")
    lines = [str(error) for error in opened.errors] + [f"warning: {text}" for text in opened.warnings]
    if opened.graph is not None:
        trace = analyse(opened.graph)
        lines += [str(error) for error in trace.errors]
        lines += [f"{step.name}: {', '.join(map(str, step.outputs or ['error']))}, {step.params} parameters" for step in trace.steps]
    return "\n".join(line.rstrip() for text in lines for line in text.splitlines())


def answers() -> dict[str, str]:
    found = {}
    for part in GOLDEN.read_text().split("\n## ")[1:]:
        name, _, text = part.partition("\n")
        found[name] = text.rstrip("\n")
    return found


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_keras_gets_its_words(name):
    assert answer(FILES[name]) == answers()[name]


def test_every_answer_has_its_file():
    assert list(answers()) == list(FILES)


if __name__ == "__main__":
    GOLDEN.write_text("".join(f"\n## {name}\n{answer(data)}\n" for name, data in FILES.items()))
