"""Keras, asked for what it makes of our layers. Importing this module loads Keras."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "numpy")  # builds networks without compiling them

import warnings  # noqa: E402

import keras  # noqa: E402

from cnncalc.layers import KINDS, Layer  # noqa: E402

warnings.filterwarnings("ignore")


def tuples(value):
    """Lists as tuples, as Keras code has them; layers as Keras's layers."""
    if isinstance(value, Layer):
        return keras_layer(value)
    if isinstance(value, (list, tuple)):
        return tuple(tuples(item) for item in value)
    return value


def keras_layer(layer, **more):
    """The Keras layer with the settings that ours was given."""
    written = layer.arguments()
    said = {key: tuples(value if isinstance(value, Layer) else written[key]) for key, value in layer.said.items()}
    return getattr(keras.layers, layer.kind)(**{**said, **more})


def keras_call(layer, inputs):
    """A Keras layer called on symbolic inputs of these shapes, as `(made, output)`."""
    keras.backend.clear_session()
    made = keras_layer(layer)
    xs = [keras.Input(shape) for shape in inputs]
    return made, call(layer, made, xs)


def call(layer, made, xs):
    """Keras's layer on tensors: a list for merges, one by one for attention and states."""
    if getattr(layer, "takes_states", False):
        return made(xs[0], initial_state=list(xs[1:])) if len(xs) > 1 else made(xs[0])
    if getattr(layer, "separate_inputs", False):
        return made(*xs)
    return made(xs if len(xs) > 1 or KINDS[layer.kind].arity[1] is None else xs[0])


def shapes_of(output):
    """The shapes of a symbolic output, without the batch."""
    flat = keras.tree.flatten(output)
    return [tuple(t.shape[1:]) for t in flat]


def weights_of(made):
    """(shape, trainable) of every weight, in Keras's order of each kind."""
    return [(tuple(w.shape), True) for w in made.trainable_weights] + [
        (tuple(w.shape), False) for w in made.non_trainable_weights
    ]
