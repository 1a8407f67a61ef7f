"""Random models of Keras, written, loaded again and printed by Keras, against what we print of the same file.

CNNCALC_KERAS_NETWORKS says how many (60 unless it does); a model is its seed in random_keras.py.
"""

from __future__ import annotations

import json
import os
import warnings
from itertools import product

import pytest

from cnncalc.sources import open_text
from cnncalc.tracing import traced
from cnncalc.views.keras_text import keras3

pytestmark = pytest.mark.oracle

NETWORKS = int(os.environ.get("CNNCALC_KERAS_NETWORKS", "60"))
CHUNK = 20
FLAGS = ((None, False, False), (None, True, True), (70, True, True), (100, False, True))


def printed(model, width, nested, trainable):
    lines = []
    model.summary(print_fn=lines.append, line_length=width, expand_nested=nested, show_trainable=trainable)
    return "".join(lines)


def written(seed):
    """The file of a model, and the model that Keras loads from it; nothing where Keras does not load what it wrote."""
    from oracle import fresh, keras
    from random_keras import random_model

    fresh()
    model = random_model(keras, seed)
    # As in an archive, which also says how the model was compiled, and as in a text.
    text = json.dumps(keras.saving.serialize_keras_object(model)) if seed % 3 == 0 else model.to_json()
    fresh()
    try:
        return text, keras.saving.deserialize_keras_object(json.loads(text))
    except Exception:
        return text, None


def runs(model):
    """Whether Keras computes a model: some are built whose layers refuse their inputs when they run."""
    from oracle import numpy

    inputs = [numpy.zeros([n or (2 if axis == 0 else 7) for axis, n in enumerate(x.shape)], x.dtype) for x in model.inputs]
    try:
        model(inputs if len(inputs) > 1 else inputs[0])
    except Exception:
        return False
    return True


def compare(seed):
    """Assert that we print what Keras prints; whether there was something to compare."""
    text, model = written(seed)
    if model is None:
        return False
    opened = open_text(text)
    trace = traced(opened.graph) if not opened.errors else None
    if trace is None or trace.errors:
        assert not runs(model), (seed, [*opened.errors, *(trace.errors if trace else ())])
        return False
    assert opened.warnings == [], seed
    for width, nested, trainable in FLAGS[seed % 2 :: 2]:
        assert keras3(trace, width, nested, trainable) == printed(model, width, nested, trainable), seed
    return True


@pytest.mark.parametrize("first", range(0, NETWORKS, CHUNK))
def test_random_models_are_read_and_printed_as_keras_prints_them(first, monkeypatch):
    warnings.simplefilter("ignore")
    monkeypatch.setenv("COLUMNS", "200")
    seeds = range(first, min(first + CHUNK, NETWORKS))
    compared = sum(compare(seed) for seed in seeds)
    assert compared >= len(seeds) - 1  # where Keras itself does not load what it wrote, or does not compute it


#: Of those below, models in which an operation changes the batch.
BATCHES = (2034, 2212, 2249, 100043, 100969, 101235, 101350, 101408, 101463, 102204, 102569, 102874, 216105, 212339, 213949, 216370)
#: Models that were once read otherwise, by what was wrong: frozen parts, casts, cells, operations, one example, optimizers.
ONCE = (66, 92, 114, 134, 234, 28, 86, 250, 15, 48, 101, 6, 30, 55, 645, 5, 43, 1082, 1224, 1114, *BATCHES)


@pytest.mark.parametrize("seed", ONCE)
def test_models_that_were_once_read_otherwise(seed, monkeypatch):
    warnings.simplefilter("ignore")
    monkeypatch.setenv("COLUMNS", "200")
    assert compare(seed) or seed not in BATCHES


def joined(keras, join, a, b):
    """A model of two inputs of these batches, as a text; nothing where Keras refuses them."""
    x, y = keras.Input((3,), batch_size=a), keras.Input((3,), batch_size=b)
    try:
        return keras.Model([x, y], keras.layers.Dropout(0.1)(join(x, y))).to_json()
    except ValueError:
        return None


def test_the_batch_of_two_inputs_is_that_of_keras(monkeypatch):
    from oracle import fresh, keras

    monkeypatch.setenv("COLUMNS", "200")
    layers, ops = keras.layers, keras.ops

    def nested(x):
        i = keras.Input((3,))
        return keras.Model(i, layers.Dense(3)(i))(x)

    joins = (ops.divide, ops.add, ops.maximum, lambda x, y: ops.where(x > 0, x, y), lambda x, y: ops.concatenate([x, y], axis=-1),
             lambda x, y: layers.Multiply()([nested(x), nested(y)]), lambda x, y: layers.Add()([x, y]),
             lambda x, y: layers.Average()([x, y, x]), lambda x, y: layers.Concatenate()([x, y]), lambda x, y: layers.Dot(1)([x, y]))
    compared = 0
    for a, b, join in product((None, 1, 2, 4), (None, 1, 2, 4), joins):
        fresh()
        text = joined(keras, join, a, b)
        if text is None:
            continue
        fresh()
        model = keras.models.model_from_json(text)
        assert keras3(traced(open_text(text).graph)) == printed(model, None, False, False), (a, b)
        compared += 1
    assert compared > 100


@pytest.mark.parametrize(("own", "other", "inside"), [
    ((8,), (8, 3), "Dropout"), ((8, 1), (8,), "Dropout"), ((8, 1), (8, 5), "ReLU"), ((8, 1), (8, 5, 3), "Flatten"), ((8,), (8, 8), "Dense"),
])
def test_a_sequential_is_called_on_another_shape_where_keras_calls_it(own, other, inside, monkeypatch):
    from oracle import fresh, keras

    monkeypatch.setenv("COLUMNS", "200")
    fresh()
    layer = {"Dropout": lambda: keras.layers.Dropout(0.1), "Dense": lambda: keras.layers.Dense(3)}.get(inside, getattr(keras.layers, inside))
    stack = keras.Sequential([keras.Input(own), layer()])
    start = keras.Input(other)
    text = keras.Model(start, keras.layers.Activation("relu")(stack(start))).to_json()
    fresh()
    model = keras.models.model_from_json(text)
    assert keras3(traced(open_text(text).graph), None, True, True) == printed(model, None, True, True)


def test_a_sequential_whose_weights_do_not_do_for_a_shape_is_refused():
    from oracle import fresh, keras

    fresh()
    stack = keras.Sequential([keras.Input((8, 1)), keras.layers.Dense(4)])
    start = keras.Input((8, 5))
    model = keras.Model(start, stack(start))
    (error,) = traced(open_text(model.to_json()).graph).errors
    assert "has weights for (8, 1), got (8, 5)" in str(error)
    assert not runs(model)
