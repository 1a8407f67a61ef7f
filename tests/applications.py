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


def built(name, **options):
    """One of them, in a session of its own."""
    import numpy
    from keras.src.initializers import random_initializers as initializers

    kinds = [initializers.VarianceScaling, initializers.RandomUniform, initializers.RandomNormal, initializers.TruncatedNormal]
    before = [kind.__call__ for kind in kinds]
    try:
        for kind in kinds:
            kind.__call__ = lambda self, shape, dtype=None, **_: numpy.zeros(shape, dtype or "float32")
        keras.backend.clear_session()
        return getattr(keras.applications, name)(weights=None, **options)
    finally:
        for kind, call in zip(kinds, before):
            kind.__call__ = call
