"""What each kind of layer makes of an input: every row is judged by Keras.

    case(kind, settings, input, output, params)     output and params are without the batch
    failure(kind, settings, input, message)         the whole message, and Keras refuses too

Several inputs or outputs are lists of shapes. `keras` says why Keras does not build a row
(it is asserted that it does not, and that the layer's notes say so); `trainable` is the
number of trainable parameters where it is not all of them.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Case(NamedTuple):
    kind: str
    settings: Any
    input: Any
    output: Any
    params: int
    note: str = ""
    keras: str | None = None
    trainable: int | None = None

    @property
    def inputs(self):
        return self.input if isinstance(self.input, list) else [self.input]

    @property
    def outputs(self):
        return self.output if isinstance(self.output, list) else [self.output]


class Failure(NamedTuple):
    kind: str
    settings: Any
    input: Any
    message: str
    note: str = ""
    keras: str | None = None  # why Keras takes it all the same

    @property
    def inputs(self):
        return self.input if isinstance(self.input, list) else [self.input]


case, failure = Case, Failure

CONVOLUTIONS = [
    case("Conv2D", dict(filters=96, kernel_size=11, strides=4), (227, 227, 3), (55, 55, 96), 34_944, note="AlexNet, first layer"),
    case("Conv2D", dict(filters=32, kernel_size=3), (28, 28, 1), (26, 26, 32), 320, note="lecture A"),
    failure("Conv2D", dict(filters=6, kernel_size=7), (5, 5, 16), "kernel 7x7 does not fit its 5x5 input (padding valid)\nneeds at least 7x7. Padding 1 (or 'same') would fit."),
]

POOLING = [
    case("MaxPooling2D", dict(), (13, 13, 64), (6, 6, 64), 0, note="the floor drops a row"),
]

CORE = [
    case("Dense", dict(units=10), (64,), (10,), 650),
]

# Normalisation, activations, dropout and noise.
NORMALISATION: list = []
ACTIVATIONS: list = []
DROPOUT: list = []

# Merging, reshaping, padding, cropping, upsampling.
MERGING: list = []
RESHAPING: list = []

# Embedding, preprocessing, augmentation.
PREPROCESSING: list = []

# Recurrent layers, attention, wrappers, locally connected layers.
RECURRENT: list = []
ATTENTION: list = []
WRAPPERS: list = []
LOCAL: list = []

EVERYTHING = [
    *CONVOLUTIONS, *POOLING, *CORE, *NORMALISATION, *ACTIVATIONS, *DROPOUT, *MERGING,
    *RESHAPING, *PREPROCESSING, *RECURRENT, *ATTENTION, *WRAPPERS, *LOCAL,
]  # fmt: skip
CASES = [row for row in EVERYTHING if isinstance(row, Case)]
FAILURES = [row for row in EVERYTHING if isinstance(row, Failure)]
