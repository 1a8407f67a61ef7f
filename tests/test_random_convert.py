"""Random models of Keras with frozen parts, converted and read again: the same network, and the same parts frozen.

CNNCALC_KERAS_NETWORKS says how many (40 unless it does).
"""

from __future__ import annotations

import os
import re
import warnings

import pytest

from cnncalc.sources import open_text
from cnncalc.sources.architecture.writer import spec_text
from cnncalc.sources.keras.writer import keras_json
from cnncalc.tracing import traced
from cnncalc.views.keras_text import keras3

pytestmark = pytest.mark.oracle

NETWORKS = int(os.environ.get("CNNCALC_KERAS_NETWORKS", "40"))
CHUNK = 20


def frozen(seed):
    """The file of a model of which some parts are frozen, or all but some; Keras need not load it again."""
    import random

    from oracle import fresh, keras
    from random_keras import random_model

    fresh()
    rng = random.Random(f"frozen {seed}")
    model = random_model(keras, rng.randrange(10**6))
    for layer in model.layers:
        if rng.random() < 0.4:
            layer.trainable = not layer.trainable
    if rng.random() < 0.2:
        model.trainable = False
    return model.to_json()


def printed(trace):
    trace.graph.optimizer = None  # which no converted file has
    return keras3(trace, 130, True, True)


def told_of(text, trace):
    """The text, without the mark of layers that Keras calls frozen though it trains the layers that they make inside.

    An architecture file cannot state that.
    """
    mixed = {step.node.keras_name for step, _, _ in trace.walk() if step.trainable_params and not step.node.layer.trainable}
    return "\n".join(re.sub(r"\b[YN]\b(?= +│$)", "?", line) if any(f" {name} (" in line or f" {name} " in line for name in mixed) else line
                     for line in text.splitlines())


@pytest.mark.parametrize("first", range(0, NETWORKS, CHUNK))
def test_a_converted_model_is_the_same_and_frozen_in_the_same_parts(first):
    warnings.simplefilter("ignore")
    compared = 0
    for seed in range(first, min(first + CHUNK, NETWORKS)):
        found = open_text(frozen(seed))
        trace = traced(found.graph) if not found.errors else None
        if trace is None or trace.errors:
            continue  # test_random_keras.py holds what is refused
        text = printed(trace)
        for written in (spec_text(trace), keras_json(trace)):
            again = open_text(written)
            assert not again.errors, seed
            other = traced(again.graph)
            assert told_of(printed(other), trace) == told_of(text, trace), seed
            assert (other.params, other.trainable_params) == (trace.params, trace.trainable_params)
        compared += 1
    assert compared >= min(CHUNK, NETWORKS - first) - 2
