"""Random networks, read by cnncalc and built by Keras: names, shapes, weights and refusals.

CNNCALC_NETWORKS=50000 pytest tests/test_differential.py -n 2    asks for more than the default.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest
from networks import Call, Network, random_network

from cnncalc.analysis import analyse
from cnncalc.graph import Graph, snake_case
from cnncalc.sources.document import Document
from cnncalc.sources.spec import read_spec

COUNT = int(os.environ.get("CNNCALC_NETWORKS", "2000"))
CHUNK = 50


def ours(network: Network) -> tuple[Graph | None, int | None, list[tuple], list[bool], int]:
    """The graph, the first call that is refused, what each call makes, which calls Keras is said to refuse, params."""
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
        ))  # fmt: skip
        noted.append(any(note.startswith("Keras cannot") for note in step.notes))
    return graph, refused, made, noted, trace.params


def theirs(network: Network) -> tuple[int | None, list[tuple], int]:
    """The first call that Keras refuses, what each makes, and the model's parameters."""
    from oracle import keras, tuples

    keras.backend.clear_session()
    layers, tensors, made = {}, {}, []
    for i, call in enumerate(network.calls):
        try:
            outputs, layer = keras_makes(call, layers, tensors, keras, tuples)
        except Exception:  # Keras refuses with many types
            return i, made, 0
        layers[i] = layer
        tensors.update({(i, j): y for j, y in enumerate(outputs)})
        weights = Counter((tuple(w.shape), True) for w in layer.trainable_weights)
        weights.update((tuple(w.shape), False) for w in layer.non_trainable_weights)
        made.append((
            layer.name, type(layer).__name__, tuple(tuple(y.shape[1:]) for y in outputs),
            Counter() if call.again is not None else weights,
        ))  # fmt: skip
    inputs = [tensors[i, 0] for i, call in enumerate(network.calls) if call.kind == "InputLayer"]
    return None, made, keras.Model(inputs, [tensors[ref] for ref in network.outputs]).count_params()


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
    _, refused, made, noted, params = ours(network)
    their_refusal, their_made, their_params = theirs(network)
    beyond = next((i for i, note in enumerate(noted) if note), None)
    first = min((i for i in (refused, beyond) if i is not None), default=None)
    if first != their_refusal:
        return f"refused here: {refused}, noted: {beyond}, refused by Keras: {their_refusal}"
    for i, (our_row, their_row) in enumerate(zip(made[:first], their_made)):
        if our_row != their_row:
            return f"call {i}: {our_row} here, {their_row} in Keras"
    if first is None and params != their_params:
        return f"{params} parameters here, {their_params} in Keras"
    return None


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("start", range(0, COUNT, CHUNK))
def test_random_networks_are_those_that_keras_builds(start):
    for seed in range(start, min(start + CHUNK, COUNT)):
        found = differences(seed)
        assert found is None, f"seed {seed}: {found}\n{random_network(seed).text}"


def test_the_random_networks_are_of_all_sorts():
    refused = beyond = 0
    kinds: Counter = Counter()
    words = Counter()
    for seed in range(400):
        network = random_network(seed)
        _, refusal, _made, noted, _ = ours(network)
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
    ]  # fmt: skip
