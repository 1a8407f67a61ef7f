"""TensorFlow's functions in the files of Keras 2, where `a + b` or `tf.reshape(x, ...)` is a layer.

Each is one of the operations of Keras 3 under another name; `constants` are those of its arguments that
are no tensors, by the names that TensorFlow has for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import SpecError, did_you_mean, shown
from ..layers.base import Layer, Shape
from ..layers.core import Text
from ..layers.settings import Kept
from .operation import operation_kind

if TYPE_CHECKING:
    from ..dependence import Reads

#: Functions by their names in tf: the operation, and its arguments in TensorFlow's order: those that it has
#: under another name as (theirs, ours).
Arguments = tuple[Any, ...]
XY: Arguments = (("x", "x1"), ("y", "x2"))
REDUCE: Arguments = (("input_tensor", "x"), "axis", "keepdims")
FUNCTIONS: dict[str, tuple[str, Arguments]] = {
    **{f"{where}.{name}": (word, XY) for where in ("math", "__operators__") for name, word in (
        ("add", "Add"), ("subtract", "Subtract"), ("sub", "Subtract"), ("multiply", "Multiply"), ("mul", "Multiply"),
        ("divide", "TrueDivide"), ("truediv", "TrueDivide"), ("div", "TrueDivide"), ("divide_no_nan", "DivideNoNan"),
        ("floordiv", "FloorDivide"), ("floor_div", "FloorDivide"), ("mod", "Mod"), ("floormod", "Mod"), ("pow", "Power"), ("maximum", "Maximum"),
        ("minimum", "Minimum"), ("greater", "Greater"), ("greater_equal", "GreaterEqual"), ("less", "Less"),
        ("less_equal", "LessEqual"), ("equal", "Equal"), ("not_equal", "NotEqual"), ("logical_and", "LogicalAnd"),
        ("logical_or", "LogicalOr"), ("squared_difference", "Subtract"))},
    **{f"math.reduce_{name}": (word, REDUCE) for name, word in (
        ("mean", "Mean"), ("sum", "Sum"), ("max", "Max"), ("min", "Min"), ("prod", "Prod"), ("any", "Any"),
        ("all", "All"), ("std", "Std"), ("variance", "Var"), ("logsumexp", "Logsumexp"))},
    **{f"math.{name}": (word, ("x",)) for name, word in (
        ("abs", "Absolute"), ("negative", "Negative"), ("exp", "Exp"), ("log", "Log"), ("sqrt", "Sqrt"),
        ("rsqrt", "Rsqrt"), ("square", "Square"), ("tanh", "Tanh"), ("sigmoid", "Sigmoid"), ("sin", "Sin"),
        ("cos", "Cos"), ("erf", "Erf"), ("erfc", "Erfc"), ("floor", "Floor"), ("ceil", "Ceil"), ("round", "Round"), ("sign", "Sign"),
        ("reciprocal", "Reciprocal"), ("logical_not", "LogicalNot"), ("log1p", "Log1p"),
        ("is_finite", "Isfinite"), ("is_nan", "Isnan"), ("is_inf", "Isinf"))},
    **{f"nn.{name}": (word, (("features", "x"),)) for name, word in (
        ("relu", "Relu"), ("relu6", "Relu6"), ("elu", "Elu"), ("selu", "Selu"), ("softplus", "Softplus"),
        ("softsign", "Softsign"), ("silu", "Silu"), ("swish", "Silu"), ("gelu", "Gelu"))},
    "nn.sigmoid": ("Sigmoid", ("x",)), "nn.tanh": ("Tanh", ("x",)), "math.softplus": ("Softplus", (("features", "x"),)),
    "nn.leaky_relu": ("LeakyRelu", (("features", "x"), ("alpha", "negative_slope"))),
    "nn.softmax": ("Softmax", (("logits", "x"), "axis")), "nn.log_softmax": ("LogSoftmax", (("logits", "x"), "axis")),
    "math.l2_normalize": ("Normalize", ("x", "axis", "epsilon")), "nn.l2_normalize": ("Normalize", ("x", "axis", "epsilon")),
    "nn.bias_add": ("Add", (("value", "x1"), ("bias", "x2"))), "math.add_n": ("Add", XY),
    "identity": ("Copy", (("input", "x"),)), "stop_gradient": ("StopGradient", (("input", "variable"),)),
    "cast": ("Cast", ("x", "dtype")), "clip_by_value": ("Clip", (("t", "x"), ("clip_value_min", "x_min"), ("clip_value_max", "x_max"))),
    "zeros_like": ("ZerosLike", (("input", "x"), "dtype")), "ones_like": ("OnesLike", (("input", "x"), "dtype")),
    "math.argmax": ("Argmax", (("input", "x"), "axis")), "argmax": ("Argmax", (("input", "x"), "axis")),
    "where": ("Where", ("condition", ("x", "x1"), ("y", "x2"))),
    "reshape": ("Reshape", (("tensor", "x"), ("shape", "newshape"))),
    "transpose": ("Transpose", (("a", "x"), ("perm", "axes"))),
    "expand_dims": ("ExpandDims", (("input", "x"), "axis")), "squeeze": ("Squeeze", (("input", "x"), "axis")),
    "concat": ("Concatenate", (("values", "xs"), "axis")), "stack": ("Stack", (("values", "x"), "axis")),
    "split": ("Split", (("value", "x"), ("num_or_size_splits", "indices_or_sections"), "axis")),
    "unstack": ("Unstack", (("value", "x"), "num", "axis")),
    "tile": ("Tile", (("input", "x"), ("multiples", "repeats"))), "repeat": ("Repeat", (("input", "x"), "repeats", "axis")),
    "pad": ("Pad", (("tensor", "x"), ("paddings", "pad_width"), "mode", "constant_values")),
    "one_hot": ("OneHot", (("indices", "x"), ("depth", "num_classes"), "axis", "dtype")),
    "gather": ("Take", (("params", "x"), "indices", "axis")), "broadcast_to": ("BroadcastTo", (("input", "x"), "shape")),
    "linalg.matmul": ("Matmul", (("a", "x1"), ("b", "x2"))), "__operators__.matmul": ("Matmul", XY),
    "image.resize": ("Resize", ("images", "size", ("method", "interpolation"), "antialias")),
    "nn.depth_to_space": ("DepthToSpace", (("input", "x"), "block_size")),
    "nn.space_to_depth": ("SpaceToDepth", (("input", "x"), "block_size")),
    "__operators__.getitem": ("GetItem", (("tensor", "x"), ("slice_spec", "key"))),
}
#: Arguments that change no number, or that have this value if they do not.
HARMLESS = {"name": ..., "keepdims": False, "a_is_sparse": False, "b_is_sparse": False, "conjugate": False,
            "preserve_aspect_ratio": False, "validate_shape": ..., "output_type": ..., "batch_dims": 0, "validate_indices": None, "on_value": ..., "off_value": ...,
            "half_pixel_centers": ..., "approximate": ..., "data_format": "NHWC", "message": ...}
#: Which of a product's arguments are transposed first; what is the adjoint is too, as values are real.
TRANSPOSED = {"transpose_a": 0, "transpose_b": 1, "adjoint_a": 0, "adjoint_b": 1}


def parameters(function: str) -> tuple[str, ...]:
    """The names of a function's arguments in TensorFlow's order."""
    _, arguments = known(function)
    return tuple([name if isinstance(name, str) else name[0] for name in arguments])


def known(function: object) -> tuple[str, Arguments]:
    """The operation that a function is; SpecError for one that is not known.

    What TensorFlow has kept as it was in its version 1 is there under `compat.v1`.
    """
    word = function.removeprefix("compat.v1.") if isinstance(function, str) else ""
    for name in (word, f"math.{word}"):
        if name in FUNCTIONS:
            return FUNCTIONS[name]
    raise SpecError(f"function {shown(function)} of TensorFlow is not known", ("function",),
                    did_you_mean(function if isinstance(function, str) else "", FUNCTIONS))


def places_between(sizes: object) -> object:
    """What Keras has where TensorFlow has the sizes of parts: the places between them."""
    if isinstance(sizes, (list, tuple)) and all(type(size) is int for size in sizes):
        return [sum(sizes[: i + 1]) for i in range(len(sizes) - 1)]
    return sizes


def _transposed(axes: Any) -> Any:
    """The last two the other way round."""
    return type(axes)((*axes[:-2], axes[-1], axes[-2]))


class TFOpLambda(Layer, kind="TFOpLambda"):
    """A function of TensorFlow on tensors."""

    not_keras = "Keras 3 has no layers of TensorFlow's functions (Keras 2 had)"
    of_whole_tensors = True
    calls_a_function = True
    function = Text()
    constants = Kept(None)
    order = ("function", "constants")

    def settle(self) -> None:
        word, names = known(self.function)
        given = self.constants or {}
        if not isinstance(given, dict):
            raise SpecError(f"constants must be a mapping (got {shown(given)})", ("constants",))
        ours = {name if isinstance(name, str) else name[0]: name if isinstance(name, str) else name[1] for name in names}
        kind = operation_kind(word)
        settings = {}
        if word == "Pad" and str(given.get("mode", "CONSTANT")).upper() != "CONSTANT":
            given = {name: value for name, value in given.items() if name != "constant_values"}
        self.transposed = {i for name, i in TRANSPOSED.items() if word == "Matmul" and given.get(name) is True}
        for name, value in given.items():
            if name in TRANSPOSED and word == "Matmul" and type(value) is bool:
                continue
            if name in ours and ours[name] in kind.settings:
                if value is not None or ours[name] in ("axis", "axes"):
                    settings[ours[name]] = value
            elif value is not None and (name not in HARMLESS or HARMLESS[name] not in (..., value)):
                raise SpecError(f"{self.function} has the argument {name} = {shown(value)}, which is not known",
                                ("constants",))
        if "indices_or_sections" in settings:
            settings["indices_or_sections"] = places_between(settings["indices_or_sections"])
        try:
            self.operation = kind(**settings)
        except SpecError as error:
            raise SpecError(f"{self.function}: {error.problem}", (), error.hint) from None
        self.arity = self.operation.arity
        self.results = self.operation.results
        self.fixed_results = self.operation.fixed_results

    def read(self, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """The inputs as its operation reads them."""
        if not self.transposed:
            return xs
        if len(xs) < 2 or any(len(xs[i]) < 2 for i in self.transposed):
            raise SpecError(f"{self.function} transposes only two inputs with at least 2 axes after the batch", ("constants",))
        return tuple([_transposed(x) if i in self.transposed else x for i, x in enumerate(xs)])

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        outputs: tuple[Shape, ...] = self.operation.apply(self.read(xs))
        return outputs

    def output(self, *xs: Shape) -> Shape:
        return self.outputs(*xs)[0]

    def reach(self, xs: tuple[Shape, ...], ys: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
        reach: tuple[tuple[Reads, ...], ...] = self.operation.reach(self.read(xs), ys)
        return tuple([tuple([_transposed(reads) if i in self.transposed else reads for i, reads in enumerate(of)]) for of in reach])

    def macs(self, *xs: Shape) -> int | None:
        macs: int | None = self.operation.macs(*self.read(xs))
        return macs

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        counted: dict[str, int | None] = self.operation.operations(*self.read(xs))
        return counted

    def counting(self, settings: dict[str, object], n: int) -> dict[str, object]:
        return {**settings, "constants": {**(self.constants or {}), "num": n}}


class SlicingOpLambda(TFOpLambda, kind="SlicingOpLambda"):
    """Indexing and slicing of a tensor."""


class TensorFlowOpLayer(TFOpLambda, kind="TensorFlowOpLayer"):
    """An operation of TensorFlow's graph."""
