"""Layers that stand for code of the program, and for functions of TensorFlow in Keras 2."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import CnncalcError, SpecError
from ...layers import KINDS, Layer, Shape, Weight
from .keras_objects import Call

#: Names of operators and indexing in Keras 2.
TF_NAMES = {"Add": "__operators__.add", "Subtract": "math.subtract", "Multiply": "math.multiply", "TrueDivide": "math.truediv",
            "Power": "math.pow", "Matmul": "linalg.matmul", "GetItem": "__operators__.getitem", "Negative": "math.negative"}


def in_keras2(call: Call) -> Layer:
    """The layer of TensorFlow's function that Keras 2 makes of an operation; None if it cannot be written as one."""
    from ...keras_ops.tensorflow import FUNCTIONS  # lazy: only networks of Keras 2 have its layers

    assert call.function is not None and call.operation is not None
    name, settings = call.function
    function = name[3:] if name.startswith("tf.") else TF_NAMES.get(call.operation.keras_class, "")
    kind = KINDS["SlicingOpLambda" if function.endswith("getitem") else "TFOpLambda"]
    if function in FUNCTIONS and all(t.call_ is not None for t in call.inputs):
        theirs = {(item if isinstance(item, str) else item[1]): (item if isinstance(item, str) else item[0]) for item in FUNCTIONS[function][1]}
        constants = {theirs.get(key, key): value for key, value in settings.items()}
        try:
            made = kind(function=function, constants=constants)
            shapes = tuple([Shape(t.shape[1:]) for t in call.inputs])
            if tuple(map(tuple, made.apply(shapes))) == tuple([t.shape[1:] for t in call.outputs]):
                return made
        except CnncalcError:
            pass
    xs = tuple([Shape(t.shape[1:]) for t in call.inputs if t.call_ is not None])
    return OpaqueLayer(kind.kind, xs, tuple([Shape(t.shape[1:]) for t in call.outputs]))


class OpaqueLayer(Layer):
    """A layer of which the output shapes and the weights are known, and nothing of what it computes."""

    arity = (0, None)
    own_code = True

    def __init__(self, kind: str, given: tuple[Shape, ...], ys: tuple[Shape, ...] = (), weights: tuple[Weight, ...] = ()):
        self.kind, self.keras_class = kind, kind.removeprefix("ops.")  # type: ignore[misc]
        self.given, self.ys, self.weight_list = given, ys, weights
        self.results = max(1, len(ys))
        self.trainable = True
        self.dtype = None
        self.name = None
        self.said = {}

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        if {*map(tuple, xs)} - {*map(tuple, self.given)}:
            sizes = ", ".join(map(str, self.given))
            raise SpecError(f"was read for the input {sizes}; what it gives for another is not known")
        return self.ys

    def output(self, *xs: Shape) -> Shape:
        return self.outputs(*xs)[0]

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        return iter(self.weight_list)

    def macs(self, *xs: Shape) -> int | None:
        return None

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return {}

    def traced(self) -> Layer:
        return self
