"""Keras, asked for what it makes of our layers. Importing this module loads Keras."""

from __future__ import annotations

import gc
import os

os.environ.setdefault("KERAS_BACKEND", "numpy")  # builds networks without compiling them

import warnings
from contextlib import contextmanager
from importlib import import_module

import keras
import numpy

from cnncalc.layers import KINDS, Layer, build

warnings.filterwarnings("ignore")
gc.freeze()  # Keras itself stays


#: What Keras raises where it refuses settings or shapes: ValueError from its own checks, the others from
#: Python, on what it does not check. An AttributeError is none: it also means that there is no such layer.
REFUSALS = (ValueError, TypeError, IndexError, NotImplementedError, OverflowError)
#: Padding in pixels ends like this in Keras, which asks the mode for its lower case.
NO_MODE = "object has no attribute 'lower'"


@contextmanager
def refused():
    """Fail unless Keras refuses what is done inside."""
    try:
        yield
    except REFUSALS:
        return
    except AttributeError as error:
        if NO_MODE in str(error):
            return
        raise
    except ImportError as error:
        if "requires TensorFlow" in str(error):
            return
        raise
    raise AssertionError("Keras does not refuse it")


def fresh():
    """A session of its own for what is built next. Small networks need not be looked for in all of memory each time."""
    keras.backend.clear_session(free_memory=False)


def tuples(value):
    """Lists as tuples, as Keras code has them; layers, and what a file says of them, as Keras's layers."""
    if hasattr(value, "graph"):
        from keras_build import inside

        return inside(value.graph)
    if isinstance(value, Layer):
        return keras_layer(value)
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in KINDS:
        return keras_layer(build(*next((KINDS[kind], settings) for kind, settings in value.items())))
    if isinstance(value, (list, tuple)):
        return tuple(tuples(item) for item in value)
    return value


def keras_class(kind):
    """Keras's class of a kind of ours."""
    if hasattr(kind, "module"):  # an operation, or a layer of keras.applications
        return getattr(import_module(f"keras.src.{kind.module.removeprefix('keras.src.')}"), kind.keras_class)
    return getattr(keras.layers, kind.kind)


def keras_layer(layer, **more):
    """The Keras layer with the settings that ours was given."""
    written = layer.arguments()
    if hasattr(layer, "module"):  # an operation, or a layer of keras.applications
        operands = (*getattr(layer, "operands", ()), "key")
        said = {key: tuples(value) for key, value in layer.said.items() if key not in operands}
        return keras_class(layer)(**said)
    said = {key: tuples(value if isinstance(value, Layer) else written[key]) for key, value in layer.said.items()}
    return keras_class(layer)(**{**said, **more})


def keras_call(layer, inputs):
    """A Keras layer called on symbolic inputs of these shapes, as `(made, output)`."""
    fresh()
    made = keras_layer(layer)
    xs = [keras.Input(shape) for shape in inputs]
    return made, call(layer, made, xs)


def call(layer, made, xs):
    """Keras's layer on tensors: a list for merges, one by one for attention and states.

    An operation has constants among them.
    """
    if hasattr(layer, "operands"):
        if layer.takes_list or layer.takes_many:
            return made(xs) if layer.takes_list else made(*xs)
        waiting = iter(xs)
        given = [constant(value) if (value := getattr(layer, name)) is not None else next(waiting, None)
                 for name in layer.operands]
        return made(*given, layer.said["key"]) if "key" in layer.said else made(*given)
    if hasattr(layer, "states_argument"):
        return made(xs[0], **{layer.states_argument: layer.arranged(list(xs[1:]))}) if len(xs) > 1 else made(xs[0])
    if getattr(layer, "separate_inputs", False):
        return made(*xs)
    return made(xs if len(xs) > 1 or KINDS[layer.kind].arity[1] is None else xs[0])


def constant(value):
    """An array, or a number as it is."""
    return numpy.array(value) if isinstance(value, list) else value


def shapes_of(output):
    """The shapes of a symbolic output, without the batch."""
    flat = keras.tree.flatten(output)
    return [tuple(t.shape[1:]) for t in flat]


def weights_of(made):
    """(shape, trainable) of every weight, in Keras's order of each kind."""
    if not isinstance(made, keras.Layer):
        return []
    return [(tuple(w.shape), True) for w in made.trainable_weights] + [
        (tuple(w.shape), False) for w in made.non_trainable_weights
    ]
