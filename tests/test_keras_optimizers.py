"""The `Optimizer params` line of compiled models: every optimizer of Keras, and its settings, against Keras's own text."""

from __future__ import annotations

import json

import pytest
from random_keras import MORE, OPTIMIZERS

from cnncalc.sources import open_text
from cnncalc.tracing import traced
from cnncalc.views.keras_text import keras3

pytestmark = pytest.mark.oracle


def models(keras):
    """Small models: kernels of every number of axes, frozen ones, an embedding, mixed precision, and one without weights."""
    layers = keras.layers
    yield lambda: keras.Sequential([keras.Input((9, 8, 3)), layers.Conv2D(4, 3), layers.BatchNormalization(), layers.Flatten(), layers.Dense(5)])
    yield lambda: keras.Sequential([keras.Input((7,)), layers.Embedding(9, 4), layers.LSTM(3), layers.Dense(2, trainable=False), layers.Dense(5)])
    yield lambda: keras.Sequential([keras.Input((6, 3)), layers.Conv1D(4, 3, dtype="mixed_float16"), layers.PReLU(), layers.Dense(2, dtype="float16")])
    yield lambda: keras.Sequential([keras.Input((6, 3)), layers.Flatten()])


def test_every_optimizer_is_listed():
    from oracle import keras

    there = {word for word in dir(keras.optimizers) if isinstance(getattr(keras.optimizers, word), type)}
    assert there - {"Optimizer", "LossScaleOptimizer", "MultiOptimizer", "OptimizerMap"} <= set(OPTIMIZERS)


@pytest.mark.parametrize("word", OPTIMIZERS)
def test_its_variables_are_those_of_keras(word, monkeypatch):
    from oracle import fresh, keras
    from test_random_keras import printed

    monkeypatch.setenv("COLUMNS", "200")
    schedule = {"learning_rate": keras.optimizers.schedules.CosineDecay(0.1, 100)}
    compared = 0
    for build in models(keras):
        for own in OPTIMIZERS[word]:
            for more in (*MORE[1:], schedule, {"loss_scale_factor": 2.0}):
                for scaled in (False, True):
                    fresh()
                    model = build()
                    optimizer = getattr(keras.optimizers, word)(**own, **more)
                    model.compile(optimizer=keras.optimizers.LossScaleOptimizer(optimizer) if scaled else optimizer, loss="mse")
                    text = json.dumps(keras.saving.serialize_keras_object(model))
                    fresh()
                    loaded = keras.saving.deserialize_keras_object(json.loads(text))
                    assert keras3(traced(open_text(text).graph)) == printed(loaded, None, False, False), (own, more, scaled)
                    compared += 1
    assert compared == 4 * len(OPTIMIZERS[word]) * (len(MORE) + 1) * 2
