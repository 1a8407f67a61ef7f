"""Random networks, read by cnncalc and built by Keras: names, shapes, weights, refusals, and the summary's text.

CNNCALC_NETWORKS=50000 pytest tests/analysis/test_random_calls.py -n 2    asks for more than the default.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import Any

import pytest
from random_calls import Call, Network, random_network

from cnncalc.analysis import Trace, analyse
from cnncalc.graph import snake_case
from cnncalc.sources.architecture.reader import read_spec
from cnncalc.sources.document import Document
from cnncalc.views.keras_text import keras3

COUNT = int(os.environ.get("CNNCALC_NETWORKS", "2000"))
CHUNK = 50


def ours(network: Network) -> tuple[Trace, int | None, list[tuple], list[bool]]:
    """The trace, the first call that is refused, what each call makes, which calls Keras is said to refuse."""
    graph, errors = read_spec(Document("network", network.text), "network")
    assert graph is not None, network.text
    assert len(graph.nodes) == len(network.calls), network.text
    trace = analyse(graph)
    steps = trace.by_node()
    refused = next((i for i, node in enumerate(graph.nodes) if node not in steps or steps[node].error is not None), None)
    assert (refused is None) == (not errors and not trace.errors), network.text
    made, noted = [], []
    for node in graph.nodes[: refused]:
        step = steps[node]
        made.append((
            node.keras_name, node.layer.keras_class, tuple(map(tuple, step.outputs)),
            Counter((w.shape, w.trainable) for w in step.weights),
        ))
        noted.append(any(note.startswith("Keras cannot") for note in step.notes))
    return trace, refused, made, noted


def theirs(network: Network, sequential: bool) -> tuple[int | None, list[tuple], Any]:
    """The first call that Keras refuses, what each makes, and the model."""
    from oracle import REFUSALS, fresh, keras, tuples

    fresh()
    layers, tensors, made = {}, {}, []
    for i, call in enumerate(network.calls):
        try:
            outputs, layer = keras_makes(call, layers, tensors, keras, tuples)
        except (*REFUSALS, AttributeError):
            return i, made, None
        layers[i] = layer
        tensors.update({(i, j): y for j, y in enumerate(outputs)})
        weights = Counter((tuple(w.shape), True) for w in layer.trainable_weights)
        weights.update((tuple(w.shape), False) for w in layer.non_trainable_weights)
        made.append((
            layer.name, type(layer).__name__, tuple(tuple(y.shape[1:]) for y in outputs),
            Counter() if call.again is not None else weights,
        ))
    if sequential:
        model = keras.Sequential([keras.Input(network.calls[0].settings["shape"]), *list(layers.values())[1:]], name="network")
        return None, made, model
    inputs = [tensors[i, 0] for i, call in enumerate(network.calls) if call.kind == "InputLayer"]
    outputs = [tensors[ref] for ref in network.outputs]
    one = outputs[0] if len(outputs) == 1 else outputs
    return None, made, keras.Model(inputs[0] if len(inputs) == 1 else inputs, one, name="network")


def keras_makes(call: Call, layers: dict, tensors: dict, keras, tuples):
    if call.kind == "InputLayer":
        tensor = keras.Input(call.settings["shape"], name=call.name)
        return [tensor], tensor._keras_history.operation
    xs = [tensors[ref] for ref in call.reads]
    if call.again is not None:
        layer = layers[call.again]
    else:
        more = {key: tuples(value) for key, value in call.settings.items()}
        if call.name is not None:
            more["name"] = call.name
        layer = getattr(keras.layers, call.kind)(**more)
        layer.trainable = call.trainable
    return keras.tree.flatten(layer(xs if len(xs) > 1 else xs[0])), layer


def differences(seed: int) -> str | None:
    """What cnncalc and Keras say differently of the network of this seed."""
    network = random_network(seed)
    trace, refused, made, noted = ours(network)
    their_refusal, their_made, model = theirs(network, trace.graph.sequential)
    beyond = next((i for i, note in enumerate(noted) if note), None)
    first = min((i for i in (refused, beyond) if i is not None), default=None)
    if first != their_refusal:
        return f"refused here: {refused}, noted: {beyond}, refused by Keras: {their_refusal}"
    for i, (our_row, their_row) in enumerate(zip(made[:first], their_made)):
        if our_row != their_row:
            return f"call {i}: {our_row} here, {their_row} in Keras"
    if first is not None:
        return None
    if trace.params != model.count_params():
        return f"{trace.params} parameters here, {model.count_params()} in Keras"
    rng = random.Random(seed)
    os.environ["COLUMNS"] = str(rng.randint(60, 180))
    width, nested, trainable = rng.choice((None, rng.randint(60, 140))), rng.random() < 0.5, rng.random() < 0.5
    text: list[str] = []
    model.summary(line_length=width, expand_nested=nested, show_trainable=trainable, print_fn=text.append)
    if keras3(trace, width, nested, trainable) != "".join(text):
        return f"another text at width {width}, {os.environ['COLUMNS']} columns, {nested}, {trainable}"
    return None


@pytest.fixture(autouse=True)
def columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")  # put back what the tests set


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("start", range(0, COUNT, CHUNK))
def test_random_networks_are_those_that_keras_builds(start):
    for seed in range(start, min(start + CHUNK, COUNT)):
        found = differences(seed)
        assert found is None, f"seed {seed}: {found}\n{random_network(seed).text}"


@pytest.mark.oracle
def test_the_random_networks_are_of_all_sorts():
    refused = beyond = 0
    kinds: Counter = Counter()
    words = Counter()
    for seed in range(400):
        network = random_network(seed)
        _, refusal, _, noted = ours(network)
        refused += refusal is not None
        beyond += any(noted)
        kinds.update(call.kind for call in network.calls)
        words.update(word for word in ("parallel:", "reuse:", "repeat:", "block0:", "channels_first", "null", "outputs:",
                                       "trainable: false", "in1") if word in network.text)
    assert 40 < refused < 160
    assert 10 < beyond < 120
    assert len(kinds) > 60
    assert len(words) == 9
    assert min(words.values()) > 10


def test_names_are_numbered_by_class():
    assert [snake_case(word) for word in ("Conv2D", "MaxPooling2D", "ReLU", "PReLU", "LSTM", "BatchNormalization")] == [
        "conv2d", "max_pooling2d", "re_lu", "p_re_lu", "lstm", "batch_normalization",
    ]
