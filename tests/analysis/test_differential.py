"""Random networks, ours against Keras's: names, shapes, weights, totals and refusals.

CNNCALC_NETWORKS says how many (2,000 unless it does); a network is its seed in networks.py.
"""

from __future__ import annotations

import os
import warnings

import pytest
from networks import random_network

from cnncalc.analysis import analyse
from cnncalc.layers import KINDS, InputLayer
from cnncalc.layers.construct import by_name
from cnncalc.sources.architecture.reader import read_spec
from cnncalc.sources.document import Document

pytestmark = pytest.mark.oracle

CHUNK = 50
NETWORKS = int(os.environ.get("CNNCALC_NETWORKS", "2000"))
CANNOT = "Keras cannot build it"


def opened(text):
    document = Document("network", text)
    graph, errors = read_spec(document, "network")
    return document, graph, errors


def compare(text):
    """Assert that Keras makes of a file what we make of it; how the comparison went."""
    document, graph, errors = opened(text)
    trace = analyse(graph)
    if errors:
        for error in errors:
            assert_refused_entry(document, error, graph, trace)
        return "unreadable"
    noted = [step for step in trace.steps if any(CANNOT in note for note in step.notes)]
    for step in noted:
        assert_refused(step)
    refused = min([*(s for s in trace.steps if s.error), *noted], key=trace.steps.index, default=None)
    if refused is None:
        assert_same(graph, trace)
        return "built"
    assert_refused_there(graph, refused)
    return "refused" if refused.error else "noted"


def assert_refused_there(graph, step):
    """That Keras takes all nodes before this one, and not this one."""
    from keras_build import Refused, parts

    where = None
    try:
        parts(graph, "automatic")
    except Refused as refused:
        where = refused.node
    if where is not step.node:
        assert where not in graph.nodes[: graph.nodes.index(step.node)]
        assert not step.node.call
        assert_refused(step)


def assert_same(graph, trace):
    from keras_build import keras, parts

    made = parts(graph, "automatic")
    for step in trace.steps:
        layer = made.layers[step.node]
        assert layer.name == step.node.keras_name
        assert type(layer).__name__ == step.node.layer.keras_class
        assert [tuple(y.shape[1:]) for y in made.outputs[step.node]] == [tuple(y) for y in step.outputs]
        if step.weights:
            ours = [(w.shape, w.trainable) for w in step.weights]
            assert ours == [(tuple(w.shape), w.trainable) for w in layer.weights]
            assert all(tuple(w.shape) == mine.shape for w, mine in zip(layer.weights, step.weights))
    model = made.model
    assert type(model) is (keras.Sequential if graph.sequential else keras.Model) or not graph.sequential
    assert model.name == graph.name
    assert model.count_params() == trace.params
    assert total(model.trainable_weights) == trace.trainable_params
    assert total(model.non_trainable_weights) == trace.non_trainable_params
    assert [tuple(y.shape[1:]) for y in keras.tree.flatten(model.outputs)] == [tuple(y) for y in trace.outputs]
    listed = {layer.name for layer in model.layers if isinstance(layer, keras.Layer)}
    starts = {node.keras_name for node in graph.inputs} if graph.sequential else set()
    assert listed == {node.keras_name for node in graph.used()} - starts


def total(weights):
    from keras_build import keras

    return keras.src.utils.summary_utils.count_params(weights)


def assert_refused(step):
    """That Keras does not take this layer on its inputs."""
    assert not taken(step.node.layer, step.inputs)


def taken(layer, inputs):
    """Whether Keras builds a layer on inputs of these shapes, and runs it as it said.

    Some of its layers work out a shape for inputs of any rank, and find out when they run; some
    that read images take the batch of a smaller input for the height of one image.
    """
    from oracle import REFUSALS, call, keras, keras_call, numpy

    try:
        made, output = keras_call(layer, inputs)
        arrays = [numpy.zeros((2, *[n or 7 for n in x]), "float32") for x in inputs]
        given = keras.tree.flatten(call(layer, made, arrays))
    except (*REFUSALS, AttributeError):
        return False
    said = keras.tree.flatten(output)
    return all(a.shape[0] is None and len(a.shape) == len(b.shape) for a, b in zip(said, given))


def assert_refused_entry(document, error, graph, trace):
    """That Keras does not take an entry that we could not even read, on what it reads."""
    from oracle import keras, keras_class, refused, tuples

    entry = document.data
    for key in error.path:
        if isinstance(entry, dict) and key in KINDS:
            break
        entry = entry[key]
    (word, value), *_ = [(k, v) for k, v in entry.items() if k in KINDS]
    steps = trace.by_node()
    inputs = [
        steps[ref.node].outputs[ref.output]
        for node in graph.nodes if node.layer is None for ref in node.inputs
        if ref.node in steps and steps[ref.node].outputs
    ]
    named = by_name(KINDS[word], value)[0]
    with refused():
        keras_class(KINDS[word])(**{k: tuples(v) for k, v in named.items()})(*map(keras.Input, inputs[:1]))


#: Networks of which we once said something else than Keras.
ONCE = {
    "a shared layer on a size that is not known": """
        input: [9, null, 2]
        layers: [{Dense: 3, name: a}, Flatten, {reuse: a}, {Reshape: [[null, null, 3]]}, {Conv2D: [3, 2], name: b}, {reuse: b},
                 {Permute: [[1, 3, 2]]}, {reuse: b}]
    """,
    "dropout of whole channels takes no trainable": """
        input: [9, 9, 2]
        layers: [{SpatialDropout2D: 0.2, trainable: false}, {Conv2D: [3, 2], trainable: false}]
    """,
    "a layer inside another one is named before it": """
        input: [9, 9, 2]
        layers: [{TimeDistributed: {Bidirectional: {LSTM: 3}}}, {LSTM: {units: 2, return_sequences: true}}, {GRU: 2, name: lstm_3},
                 {RepeatVector: 4}, {Bidirectional: {LSTM: {units: 3, name: inner}}}]
    """,
    "a model at every step": """
        input: [10, 12, 12, 3]
        layers:
          - TimeDistributed:
              model:
                name: cnn
                input: {frame: [12, 12, 3]}
                layers: [{Conv2D: [8, 3]}, MaxPooling2D, {BatchNormalization: {trainable: false}}, Flatten]
          - LSTM: 16
    """,
    "attention takes the names of what it makes inside": """
        input: [9, 2]
        layers: [{MultiHeadAttention: [2, 3], inputs: [input, input]}, Softmax, {Dropout: 0.1},
                 {GroupQueryAttention: [2, 4, 2], inputs: [dropout_1, softmax_1]}, Softmax]
    """,
}


@pytest.mark.parametrize("name", ONCE)
def test_keras_makes_the_same_of_networks_that_once_differed(name):
    assert compare(ONCE[name]) == "built"


@pytest.mark.parametrize("first", range(0, NETWORKS, CHUNK))
def test_keras_makes_the_same_of_random_networks(first):
    warnings.simplefilter("ignore")
    for seed in range(first, min(first + CHUNK, NETWORKS)):
        text = random_network(seed)
        try:
            compare(text)
        except Exception as error:
            raise AssertionError(f"network {seed}:\n{text}") from error


def test_random_networks_are_what_they_are_meant_to_be():
    """Most are built; some are refused by both, some by Keras only; every family of layers occurs."""
    from collections import Counter

    found: Counter = Counter()
    kinds: Counter = Counter()
    for seed in range(600):
        _, graph, errors = opened(random_network(seed))
        trace = analyse(graph)
        noted = any(CANNOT in note for step in trace.steps for note in step.notes)
        found["unreadable" if errors else "refused" if trace.errors else "noted" if noted else "built"] += 1
        found["sequential"] += graph.sequential
        found["several inputs"] += len(graph.inputs) > 1
        found["several outputs"] += len(graph.outputs) > 1
        found["shared"] += any(node.call for node in graph.nodes)
        found["dead ends"] += len(graph.used()) < len(graph.nodes)
        found["unknown sizes"] += any(
            None in node.layer.shape for node in graph.nodes if type(node.layer) is InputLayer
        )
        kinds.update({node.layer.__module__.rpartition(".")[2] for node in graph.nodes if node.layer is not None})
    assert 400 < found["built"] < 520
    assert 60 < found["refused"] + found["unreadable"] < 130
    assert 30 < found["noted"] < 90
    assert min(found.values()) > 15
    assert min(kinds[family] for family in (
        "conv", "pool", "reshape", "activation", "merge", "norm", "dropout", "recurrent", "attention", "wrappers",
    )) > 15


def test_the_same_seed_gives_the_same_network():
    assert [random_network(seed) for seed in range(20)] == [random_network(seed) for seed in range(20)]
