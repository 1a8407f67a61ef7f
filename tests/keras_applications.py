"""The models of keras.applications, built without the weights that nobody looks at."""

from __future__ import annotations

import inspect

from oracle import keras


def names():
    """All of them."""
    return sorted(name for name, made in vars(keras.applications).items() if inspect.isfunction(made))


#: What `to_json()` has written of each so far.
WRITTEN = {}


def as_json(name):
    """What `to_json()` writes of one, with `weights=None`."""
    if name not in WRITTEN:
        WRITTEN[name] = built(name).to_json()
    return WRITTEN[name]


def built(application, **options):
    """One of them, in a session of its own, without weights if the options name none."""
    import numpy
    from keras.src.initializers import random_initializers as initializers

    kinds = [initializers.VarianceScaling, initializers.RandomUniform, initializers.RandomNormal, initializers.TruncatedNormal]
    before = [kind.__call__ for kind in kinds]
    try:
        for kind in kinds:
            kind.__call__ = lambda self, shape, dtype=None, **_: numpy.zeros(shape, dtype or "float32")
        keras.backend.clear_session()
        return getattr(keras.applications, application)(**{"weights": None, **options})
    finally:
        for kind, call in zip(kinds, before):
            kind.__call__ = call


def our_rows(graph):
    """What makes a network what it is: of each layer its name, kind, settings and inputs, in order."""
    return [
        (node.keras_name, node.kind, {key: value for key, value in node.layer.said.items() if key != "name"},
         [(ref.node.keras_name, ref.output) for ref in node.inputs], our_rows(node.layer.graph) if node.kind == "Functional" else None)
        for node in graph.nodes
    ]


def assert_same(ours, theirs):
    """Our network is the one that Keras writes: names, kinds, settings, wiring, order, shapes and parameters."""
    from cnncalc.tracing import traced

    assert ours.name == theirs.name
    for row, wanted in zip(our_rows(ours), our_rows(theirs)):
        assert row == wanted
    assert len(ours.nodes) == len(theirs.nodes)
    assert [ref.node.keras_name for ref in ours.outputs] == [ref.node.keras_name for ref in theirs.outputs]
    mine, other = traced(ours), traced(theirs)
    assert [(s.outputs, s.params, s.trainable_params) for s in mine.steps] == [
        (s.outputs, s.params, s.trainable_params) for s in other.steps]


def assert_keras_has(model, graph):
    """The layers and operations of our network are those of Keras's own model, without our reader between them."""
    from cnncalc.tracing import traced

    steps = traced(graph).steps
    assert [layer.name for layer in model.operations] == [step.node.keras_name for step in steps]
    assert [type(layer).__name__ for layer in model.operations] == [step.node.layer.keras_class for step in steps]
    for layer, step in zip(model.operations, steps):
        assert (tuple(layer.output.shape[1:]), weights(layer)) == (step.output, (step.params, step.trainable_params)), layer.name


def weights(layer):
    """The parameters of a layer, and how many of them are trained; operations have none."""
    from math import prod

    if not hasattr(layer, "count_params"):
        return 0, 0
    return layer.count_params(), sum(prod(w.shape) for w in layer.trainable_weights)
