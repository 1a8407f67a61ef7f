"""keras.backend, and the functions of TensorFlow and keras.ops that are no operation of their own."""

from __future__ import annotations

from .interpreter import Interpreter
from .keras_functions import applied, int_shape, ops_function, reshape
from .keras_inputs import input_tensor
from .keras_objects import Tensor, clear_session, image_data_format, session, set_image_data_format
from .keras_shared import SHARED, ndim, number_range, random_function, variable
from .keras_stand_ins import OpaqueLayer
from .keras_tensors import operation, recorded
from .numpy_names import NUMPY
from .scopes import Value
from .values import Native, nothing, same


def _dim_ordering(run: Interpreter) -> Value:
    return "tf" if session(run).data_format == "channels_last" else "th"


def _alias(word: str, names: list[str], **fixed: object) -> Native:
    """An operation whose arguments have names of their own."""
    def function(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
        given = {**fixed, **dict(zip(names, args)), **{key: value for key, value in kwargs.items() if key != "name"}}
        first = given.get(names[0])
        if isinstance(first, (int, float)):
            found = NUMPY.get(word.lower())
            return run.call(found, [first], {}) if found is not None else run.unknown(f"{word} of a number")
        return applied(run, word, given, f"tf.{word.lower()}" if not word.startswith("_") else "")

    return Native(word.lower(), function)


def _batch_flatten(run: Interpreter, x: Value, *_: Value) -> Value:
    if not isinstance(x, Tensor):
        return run.unknown("K.batch_flatten of what is no tensor")
    rest = 1
    for n in x.shape[1:]:
        if n is None:
            return reshape(run, x, [None, None])
        rest *= n
    return reshape(run, x, [x.shape[0], rest])


def _flatten(run: Interpreter, x: Value) -> Value:
    return reshape(run, x, [-1])


def _permute(run: Interpreter, x: Value, pattern: Value = None) -> Value:
    return applied(run, "Transpose", {"x": x, "axes": pattern}, "tf.transpose")


def _dot(run: Interpreter, x: Value, y: Value) -> Value:
    """K.dot: the last axis of one with the last but one of the other."""
    if isinstance(x, Tensor) and isinstance(y, Tensor) and len(y.shape) >= 2:
        shape = (*x.shape[:-1], *y.shape[:-2], y.shape[-1])
        whole = x.call_ is not None and y.call_ is not None
        return recorded(run, OpaqueLayer("ops.Dot", ()), [x, y], [shape], "tf.dot", whole)
    return operation(run, "Matmul", [x, y], {})


def _batch_dot(run: Interpreter, x: Value, y: Value, axes: Value = None) -> Value:
    if not isinstance(x, Tensor) or not isinstance(y, Tensor):
        return run.unknown("K.batch_dot of what is no tensor")
    a, b = (axes if isinstance(axes, (tuple, list)) else (axes, axes)) if axes is not None else (len(x.shape) - 1, max(1, len(y.shape) - 2))
    if not isinstance(a, int) or not isinstance(b, int):
        return run.unknown("the axes of K.batch_dot")
    left = [n for i, n in enumerate(x.shape) if i != a % len(x.shape)]
    right = [n for i, n in enumerate(y.shape) if i not in (0, b % len(y.shape))]
    shape = (*left, *right)
    return recorded(run, OpaqueLayer("ops.BatchDot", ()), [x, y], [shape if len(shape) > 1 else (*shape, 1)], "tf.batch_dot")


def _resize_images(run: Interpreter, x: Value, height_factor: Value = 1, width_factor: Value = 1, data_format: Value = None, **_: Value) -> Value:
    if not isinstance(x, Tensor) or not all(isinstance(n, int) for n in (height_factor, width_factor)):
        return run.unknown("K.resize_images of what is not known")
    axes = (2, 3) if data_format == "channels_first" else (1, 2)
    sizes = [None if n is None else n * {axes[0]: height_factor, axes[1]: width_factor}.get(i, 1) for i, n in enumerate(x.shape)]
    return recorded(run, OpaqueLayer("ops.ResizeImages", ()), [x], [tuple(sizes)], "tf.resize_images")


def _repeat_elements(run: Interpreter, x: Value, rep: Value = 1, axis: Value = 0) -> Value:
    return applied(run, "Repeat", {"x": x, "repeats": rep, "axis": axis}, "tf.repeat")


def _repeat(run: Interpreter, x: Value, n: Value = 1) -> Value:
    if isinstance(x, Tensor) and isinstance(n, int) and len(x.shape) == 2:
        return recorded(run, OpaqueLayer("ops.Repeat", ()), [x], [(x.shape[0], n, x.shape[1])], "tf.repeat")
    return run.unknown("K.repeat of what is not known")


def _l2_normalize(run: Interpreter, x: Value, axis: Value = None, *_: Value, **__: Value) -> Value:
    return applied(run, "Normalize", {"x": x, "axis": -1 if axis is None else axis}, "tf.math.l2_normalize")


_X = ["x"]
_REDUCE = ["x", "axis", "keepdims"]
BACKEND: dict[str, Value] = {
    **SHARED, "image_data_format": Native("image_data_format", image_data_format), "set_image_data_format": Native("set_image_data_format", set_image_data_format),
    "image_dim_ordering": Native("image_dim_ordering", _dim_ordering), "set_image_dim_ordering": Native("set_image_dim_ordering", set_image_data_format),
    "floatx": Native("floatx", lambda run: "float32"), "set_floatx": Native("set_floatx", nothing), "epsilon": Native("epsilon", lambda run: 1e-7),
    "set_epsilon": Native("set_epsilon", nothing), "backend": Native("backend", lambda run: "tensorflow"), "clear_session": Native("clear_session", clear_session),
    "int_shape": Native("int_shape", int_shape), "ndim": Native("ndim", ndim), "learning_phase": Native("learning_phase", lambda run: False),
    "set_learning_phase": Native("set_learning_phase", nothing), "normalize_data_format": Native("normalize_data_format", lambda run, value=None: session(run).data_format if value is None else value),
    "is_keras_tensor": Native("is_keras_tensor", lambda run, x=None: isinstance(x, Tensor)), "in_train_phase": Native("in_train_phase", lambda run, x, alt=None, **_: run.call(x, [], {}) if not isinstance(x, Tensor) else x),
    "function": Native("function", lambda run, *_, **__: run.unknown("K.function is not computed")), "variable": Native("variable", variable),
    "random_normal": random_function("normal"), "random_uniform": random_function("uniform"), "truncated_normal": random_function("normal"),
    "random_normal_variable": random_function("normal"), "random_uniform_variable": random_function("uniform"),
    "batch_flatten": Native("batch_flatten", _batch_flatten), "flatten": Native("flatten", _flatten), "permute_dimensions": Native("permute_dimensions", _permute),
    "dot": Native("dot", _dot), "batch_dot": Native("batch_dot", _batch_dot), "resize_images": Native("resize_images", _resize_images),
    "repeat_elements": Native("repeat_elements", _repeat_elements), "repeat": Native("repeat", _repeat), "dropout": Native("dropout", same),
    "l2_normalize": Native("l2_normalize", _l2_normalize), "arange": Native("arange", number_range), "placeholder": Native("placeholder", lambda run, shape=None, **_: input_tensor(run, batch_shape=shape)),
    "cast": _alias("Cast", ["x", "dtype"]), "concatenate": _alias("Concatenate", ["xs", "axis"], axis=-1), "stack": _alias("Stack", ["x", "axis"]),
    "tile": _alias("Tile", ["x", "repeats"]), "squeeze": _alias("Squeeze", ["x", "axis"]), "transpose": _alias("Transpose", ["x"]),
    "expand_dims": _alias("ExpandDims", ["x", "axis"], axis=-1), "clip": _alias("Clip", ["x", "x_min", "x_max"]), "reverse": _alias("Flip", ["x", "axis"]),
    "argmax": _alias("Argmax", ["x", "axis"], axis=-1), "one_hot": _alias("OneHot", ["x", "num_classes"]), "gather": _alias("Take", ["x", "indices"], axis=0),
    **{name: _alias(word, _REDUCE) for name, word in (("sum", "Sum"), ("mean", "Mean"), ("max", "Max"), ("min", "Min"), ("prod", "Prod"), ("std", "Std"),
                                                      ("var", "Var"), ("any", "Any"), ("all", "All"), ("logsumexp", "Logsumexp"))},
    **{name: _alias(word, _X) for name, word in (("square", "Square"), ("sqrt", "Sqrt"), ("exp", "Exp"), ("log", "Log"), ("abs", "Absolute"),
                                                 ("tanh", "Tanh"), ("sigmoid", "Sigmoid"), ("softplus", "Softplus"), ("sign", "Sign"), ("round", "Round"),
                                                 ("hard_sigmoid", "HardSigmoid"), ("elu", "Elu"), ("softmax", "Softmax"), ("sin", "Sin"), ("cos", "Cos"))},
    "relu": ops_function("Relu", "relu"), "pow": _alias("Power", ["x1", "x2"]), "maximum": _alias("Maximum", ["x1", "x2"]), "minimum": _alias("Minimum", ["x1", "x2"]),
    "equal": _alias("Equal", ["x1", "x2"]), "greater": _alias("Greater", ["x1", "x2"]), "less": _alias("Less", ["x1", "x2"]),
}
