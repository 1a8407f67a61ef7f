"""keras.backend, and the functions of TensorFlow and keras.ops that are no operation of their own."""

from __future__ import annotations

import math
from typing import Any

from ...layers import KINDS
from .arrays import Array, array_of
from .builtin_numbers import number_of
from .classes import Class
from .interpreter import Interpreter, Object, Unknown
from .keras_calls import call_layer
from .keras_data import DATASET
from .keras_functions import applied, constant_shape, int_shape, ops_function, reshape, shape_of, sizes_of, tf_function
from .keras_inputs import input_tensor
from .keras_layers import kind_class
from .keras_objects import KerasLayer, Tensor, constant, session
from .keras_stand_ins import OpaqueLayer
from .keras_tensors import operation, recorded
from .numpy_names import _NAMES
from .scopes import Value
from .values import Native, Static

# Settings of Keras.


def _data_format(run: Interpreter) -> Value:
    return session(run).data_format


def _set_data_format(run: Interpreter, value: Value) -> None:
    if isinstance(value, str):
        session(run).data_format = {"tf": "channels_last", "th": "channels_first"}.get(value, value)


def _dim_ordering(run: Interpreter) -> Value:
    return "tf" if session(run).data_format == "channels_last" else "th"


def _clear(run: Interpreter, *_: Value) -> None:
    from ...graph import Names

    session(run).names = Names()


def _nothing(run: Interpreter, *_: Value, **__: Value) -> None:
    return None


# Functions on tensors.


def _alias(word: str, names: list[str], **fixed: object) -> Native:
    """An operation whose arguments have names of their own."""
    def function(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
        given = {**fixed, **dict(zip(names, args)), **{key: value for key, value in kwargs.items() if key != "name"}}
        first = given.get(names[0])
        if isinstance(first, (int, float)):
            found = _NAMES.get(word.lower())
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


def _same(run: Interpreter, x: Value = None, *_: Value, **__: Value) -> Value:
    """A function that keeps the shape and changes nothing that is counted."""
    return x


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


def _like(run: Interpreter, x: Value, *_: Value, **__: Value) -> Value:
    return x


def _ndim(run: Interpreter, x: Value) -> Value:
    shape = shape_of(run, x)
    return shape if isinstance(shape, Unknown) else len(shape)


def _constant(run: Interpreter, value: Value = 0, dtype: Value = None, shape: Value = None, *_: Value, **__: Value) -> Value:
    if shape is not None:
        return constant_shape(run, shape)
    if isinstance(value, (Tensor, int, float, bool, str)):
        return value
    return array_of(run, value)


def _variable(run: Interpreter, initial_value: Value = None, trainable: Value = None, *_: Value, **kwargs: Value) -> Value:
    """tf.Variable: a weight, of the layer that it is made in if it is kept there."""
    if initial_value is None:
        initial_value = kwargs.get("value")
    found = array_of(run, initial_value)
    if not isinstance(found, (Tensor, Array)):
        return run.unknown("a variable that is not known", found if isinstance(found, Unknown) else None)
    made = constant(found) if isinstance(found, Array) else Tensor(found.shape, inner=True)
    made.variable = trainable is not False
    return made


def _range(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
    numbers = [number_of(arg) for arg in args]
    for value in (*numbers, *kwargs.values()):
        if isinstance(value, (Unknown, Tensor)):
            return Tensor((None,), inner=True, dtype="int32")
    given = {{"limit": "stop", "delta": "step"}.get(key, key): value for key, value in kwargs.items() if key in (
        "start", "stop", "limit", "step", "delta") and value is not None}
    return run.call(_NAMES["arange"], numbers, given)


def _linspace(run: Interpreter, start: Value = 0.0, stop: Value = 1.0, num: Value = 50, *_: Value, **__: Value) -> Value:
    return run.call(_NAMES["linspace"], [start, stop, num], {})


def _unstack_shape(run: Interpreter, x: Value, *args: Value, word: str = "tf.unstack", **kwargs: Value) -> Value:
    """tf.unstack: the parts along an axis of which the size is known."""
    axis = kwargs.get("axis", args[1] if len(args) > 1 else 0)
    if isinstance(x, (tuple, list)):
        return list(x)
    if isinstance(x, Tensor) and isinstance(axis, int):
        n = x.shape[axis] if -len(x.shape) <= axis < len(x.shape) else None
        if isinstance(n, int) and n <= 1_000:
            return applied(run, "Unstack", {"x": x, "num": n, "axis": axis}, word)
    return run.unknown("the parts of a tensor")


def _extract_patches(run: Interpreter, images: Value = None, size: Value = None, strides: Value = None, *args: Value,
                     function: str = "tf.extract_patches", **kwargs: Value) -> Value:
    """tf.image.extract_patches, and keras.ops.image.extract_patches."""
    size = kwargs.get("sizes", kwargs.get("size", size))
    strides = kwargs.get("strides", strides)
    padding = kwargs.get("padding", args[-1] if args and isinstance(args[-1], str) else "valid")
    if not isinstance(images, Tensor) or size is None:
        return run.unknown("the patches of an image")
    sides = sizes_of(run, size)
    steps = sides if strides is None else sizes_of(run, strides)
    sides, steps = (sides[1:3] if len(sides) == 4 else sides * 2 if len(sides) == 1 else sides), (
        steps[1:3] if len(steps) == 4 else steps * 2 if len(steps) == 1 else steps)
    out: list[object] = []
    for n, k, s in zip(images.shape[1:3], sides, steps):
        out.append(None if n is None else (n - k) // s + 1 if str(padding).lower() == "valid" else -(-n // s))
    full = (images.shape[0], *out, sides[0] * sides[1] * images.shape[3])
    return recorded(run, OpaqueLayer("ops.ExtractPatches", ()), [images], [full], function)


def _depth_to_space(run: Interpreter, x: Value = None, block_size: Value = 2, *_: Value, **kwargs: Value) -> Value:
    x = kwargs.get("input", x)
    if isinstance(x, Tensor) and len(x.shape) == 4 and isinstance(block_size, int):
        n, h, w, c = x.shape
        b = block_size
        return recorded(run, OpaqueLayer("ops.DepthToSpace", ()), [x],
                        [(n, None if h is None else h * b, None if w is None else w * b, None if c is None else c // (b * b))], "tf.nn.depth_to_space")
    return run.unknown("tf.nn.depth_to_space of what is not known")


def _conv(run: Interpreter, x: Value = None, filters: Value = None, strides: Value = 1, padding: Value = "valid", *_: Value, **kwargs: Value) -> Value:
    """tf.nn.conv2d with a kernel that is a tensor."""
    x, kernel = kwargs.get("input", x), kwargs.get("filters", kwargs.get("filter", filters))
    strides, padding = kwargs.get("strides", strides), kwargs.get("padding", padding)
    if isinstance(kernel, Array):
        kernel = constant(kernel)
    if not isinstance(x, Tensor) or not isinstance(kernel, Tensor) or len(kernel.shape) != len(x.shape) or isinstance(strides, Unknown):
        return run.unknown("a convolution with a kernel that is not known")
    steps = sizes_of(run, strides)
    rank = len(x.shape) - 2
    steps = steps[1:-1] if len(steps) == rank + 2 else steps * rank if len(steps) == 1 else steps
    out = [None if n is None else (n - k) // s + 1 if str(padding).lower() == "valid" else -(-n // s)
           for n, k, s in zip(x.shape[1:-1], kernel.shape[:rank], steps)]
    return recorded(run, OpaqueLayer("ops.Conv", ()), [x, kernel], [(x.shape[0], *out, kernel.shape[-1])], "tf.nn.conv2d")


def _pool(word: str) -> Native:
    def function(run: Interpreter, x: Value = None, ksize: Value = 2, strides: Value = None, padding: Value = "VALID", *_: Value, **kwargs: Value) -> Value:
        x = kwargs.get("input", kwargs.get("value", kwargs.get("inputs", x)))
        size = kwargs.get("pool_size", ksize)
        if not isinstance(x, Tensor):
            return run.unknown("pooling of what is no tensor")
        sides, steps = sizes_of(run, size), sizes_of(run, size if strides is None else strides)
        sides, steps = (part[1:-1] if len(part) == len(x.shape) else part * (len(x.shape) - 2) if len(part) == 1 else part for part in (sides, steps))
        return operation(run, word, [x], {"pool_size": sides, "strides": steps, "padding": str(padding).lower()}, f"tf.nn.{word.lower()}")

    return Native(word, function)


def _moments(run: Interpreter, x: Value = None, axes: Value = None, *_: Value, keepdims: Value = False, **kwargs: Value) -> Value:
    mean = applied(run, "Mean", {"x": x, "axis": axes, "keepdims": kwargs.get("keep_dims", keepdims)}, "tf.nn.moments")
    return (mean, mean)


def random_function(name: str) -> Value:
    """A function of keras.random: an array of a shape."""
    if name == "SeedGenerator":
        return Native(name, _nothing)
    return Native(name, lambda run, shape=(), *_, **kwargs: constant_shape(run, kwargs.get("shape", shape)))


def _dropout(run: Interpreter, x: Value = None, *_: Value, **__: Value) -> Value:
    return x


def _l2_normalize(run: Interpreter, x: Value, axis: Value = None, *_: Value, **__: Value) -> Value:
    return applied(run, "Normalize", {"x": x, "axis": -1 if axis is None else axis}, "tf.math.l2_normalize")


def _map(run: Interpreter, function: Value, elements: Value, *_: Value, **__: Value) -> Value:
    """`tf.map_fn`: what a function gives for each example."""
    if not isinstance(elements, Tensor) or not elements.shape:
        return run.unknown("what tf.map_fn gives for what is not one tensor")
    made = run.call(function, [Tensor(elements.shape[1:], inner=True, dtype=elements.dtype)], {})
    if not isinstance(made, Tensor):
        return run.unknown("what tf.map_fn gives")
    return recorded(run, OpaqueLayer("ops.MapFn", ()), [elements], [(elements.shape[0], *made.shape)], "tf.map_fn")


def _size(run: Interpreter, x: Value = None, *_: Value, **kwargs: Value) -> Value:
    """The number of elements, where all sizes are known."""
    sizes = getattr(kwargs.get("input", x), "shape", None)
    if not isinstance(sizes, tuple) or not all(type(n) is int for n in sizes):
        return run.unknown("the number of elements of an open size")
    return math.prod(sizes)


def _device(run: Interpreter, *_: Value, **__: Value) -> Value:
    return Scope()


class Scope(Object):
    """A context such as tf.device, tf.name_scope, strategy.scope(): it changes no number."""

    def enter(self, run: Interpreter) -> Value:
        return self

    def get(self, run: Interpreter, name: str) -> Value:
        if name == "scope":
            return Native(name, _device)
        if name in ("num_replicas_in_sync", "extended"):
            return 1
        return run.unknown(f"{name} of a scope")


def _function(run: Interpreter, function: Value = None, **_: Value) -> Value:
    """tf.function, with or without arguments."""
    return Native("function", lambda run, inner: inner) if function is None else function


def _placeholder(run: Interpreter, dtype: Value = None, shape: Value = None, name: Value = None) -> Value:
    if shape is None:
        return run.unknown("a placeholder without a shape")
    return input_tensor(run, batch_shape=shape, name=name)


def _cond(run: Interpreter, condition: Value = None, first: Value = None, second: Value = None, **kwargs: Value) -> Value:
    first = kwargs.get("true_fn", first)
    return run.call(first, [], {})


_CLASSES = {name: Class(name) for name in ("Tensor", "Module", "TensorShape", "Variable", "RaggedTensor", "KerasTensor")}
_CLASSES["Tensor"].holds = _CLASSES["KerasTensor"].holds = lambda value: isinstance(value, Tensor)
_SHARED: dict[str, Value] = {
    "shape": Native("shape", shape_of), "reshape": Native("reshape", lambda run, x=None, shape=None, *_, **kwargs: reshape(run, kwargs.get("tensor", x), kwargs.get("newshape", shape), "tf.reshape")),
    "zeros": Native("zeros", constant_shape), "ones": Native("ones", constant_shape), "fill": Native("fill", constant_shape), "eye": Native("eye", lambda run, n, *_, **__: constant_shape(run, (n, n))),
    "constant": Native("constant", _constant), "convert_to_tensor": Native("convert_to_tensor", _constant),
    "stop_gradient": Native("stop_gradient", _same), "identity": Native("identity", _same), "unstack": Native("unstack", _unstack_shape),
    "meshgrid": _NAMES["meshgrid"], "expand_dims": Native("expand_dims", lambda run, input=None, axis=-1, *_, **kwargs: _expand(run, kwargs.get("x", input), kwargs.get("dim", axis))),
    "zeros_like": Native("zeros_like", _like), "ones_like": Native("ones_like", _like), "where": Native("where", lambda run, condition, x=None, y=None: _where(run, condition, x, y)),
    "cond": Native("cond", _cond), "map_fn": Native("map_fn", _map), "moments": Native("moments", _moments),
}


def _expand(run: Interpreter, x: Value, axis: Value, function: str = "tf.expand_dims") -> Value:
    if isinstance(x, Array):
        return run.call(_NAMES["expand_dims"], [x, axis], {})
    if isinstance(x, (int, float)):
        return array_of(run, [x])
    return applied(run, "ExpandDims", {"x": x, "axis": axis}, function)


def _where(run: Interpreter, condition: Value, x: Value, y: Value, function: str = "tf.where") -> Value:
    if x is None:
        return run.unknown("where a condition holds")
    return applied(run, "Where", {"condition": condition, "x1": x, "x2": y}, function)


_RANDOM = {f"random.{name}": random_function(name) for name in ("normal", "uniform", "truncated_normal", "gamma", "shuffle", "categorical")}
TENSORFLOW: dict[str, Value] = {
    **_SHARED, **_RANDOM, **dict(_CLASSES.items()), **{f"nn.{name}": _SHARED[name] for name in ("moments",)},
    "Variable": Native("Variable", _variable), "random_normal": random_function("normal"), "random_uniform": random_function("uniform"),
    "truncated_normal": random_function("normal"), "random.set_seed": Native("set_seed", _nothing), "set_random_seed": Native("set_random_seed", _nothing),
    "range": Native("range", _range), "linspace": Native("linspace", _linspace), "rank": Native("rank", _ndim), "function": Native("function", _function),
    "device": Native("device", _device), "name_scope": Native("name_scope", _device), "variable_scope": Native("variable_scope", _device),
    "control_dependencies": Native("control_dependencies", _device), "init_scope": Native("init_scope", _device),
    "distribute.MirroredStrategy": Native("MirroredStrategy", _device), "distribute.TPUStrategy": Native("TPUStrategy", _device),
    "distribute.get_strategy": Native("get_strategy", _device), "distribute.OneDeviceStrategy": Native("OneDeviceStrategy", _device),
    "distribute.MultiWorkerMirroredStrategy": Native("MultiWorkerMirroredStrategy", _device), "distribute.experimental": None,
    "data.Dataset": DATASET, "placeholder": Native("placeholder", _placeholder), "image.extract_patches": Native("extract_patches", _extract_patches),
    "image.extract_image_patches": Native("extract_patches", _extract_patches), "extract_image_patches": Native("extract_patches", _extract_patches),
    "nn.depth_to_space": Native("depth_to_space", _depth_to_space), "depth_to_space": Native("depth_to_space", _depth_to_space),
    "nn.dropout": Native("dropout", _dropout), "nn.conv2d": Native("conv2d", _conv), "nn.conv1d": Native("conv1d", _conv),
    "nn.max_pool": _pool("MaxPool"), "nn.max_pool2d": _pool("MaxPool"), "nn.avg_pool": _pool("AveragePool"), "nn.avg_pool2d": _pool("AveragePool"),
    "einsum": ops_function("Einsum", "einsum"), "roll": Native("roll", lambda run, input=None, shift=0, axis=None, **kwargs: _rolled(run, kwargs.get("x", input), shift, axis)),
    "__version__": "2.16.1", "linalg.band_part": Native("band_part", _same), "data.AUTOTUNE": -1, "data.experimental.AUTOTUNE": -1,
    **{name: name for name in ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool", "string", "bfloat16", "complex64")},
    "image.ResizeMethod": None, "image.resize_images": tf_function("image.resize"), "image.resize_bilinear": tf_function("image.resize"),
    "image.resize_nearest_neighbor": tf_function("image.resize"), "nn.batch_normalization": Native("batch_normalization", _same),
    "nn.swish": ops_function("Silu", "swish"), "nn.relu": ops_function("Relu", "relu"), "nn.leaky_relu": ops_function("LeakyRelu", "leaky_relu"),
    "nn.softmax": ops_function("Softmax", "softmax"), "nn.sigmoid": ops_function("Sigmoid", "sigmoid"), "nn.tanh": ops_function("Tanh", "tanh"),
    "nn.elu": ops_function("Elu", "elu"), "nn.relu6": ops_function("Relu6", "relu6"), "nn.gelu": ops_function("Gelu", "gelu"), "nn.selu": ops_function("Selu", "selu"),
    "nn.silu": ops_function("Silu", "silu"), "nn.softplus": ops_function("Softplus", "softplus"), "nn.crelu": None,
    "tanh": ops_function("Tanh", "tanh"), "sigmoid": ops_function("Sigmoid", "sigmoid"),
}
TENSORFLOW = {name: value for name, value in TENSORFLOW.items() if value is not None}


def _rolled(run: Interpreter, x: Value, shift: Value, axis: Value, function: str = "tf.roll") -> Value:
    """tf.roll: the same shape, whatever the shift."""
    return recorded(run, OpaqueLayer("ops.Roll", ()), [x], [x.shape], function) if isinstance(x, Tensor) else x


OPS: dict[str, Value] = {
    **{name: _SHARED[name] for name in ("shape", "zeros", "ones", "eye", "convert_to_tensor", "stop_gradient", "meshgrid",
                                        "zeros_like", "ones_like", "cond", "moments")},
    "unstack": Native("unstack", lambda run, x=None, num=None, axis=0: _unstack_shape(run, x, num, axis, word="")),
    "expand_dims": Native("expand_dims", lambda run, x=None, axis=-1: _expand(run, x, axis, "")),
    "where": Native("where", lambda run, condition=None, x1=None, x2=None: _where(run, condition, x1, x2, "")),
    "array": _SHARED["constant"], "arange": Native("arange", _range), "linspace": Native("linspace", _linspace), "full": Native("full", constant_shape),
    "reshape": Native("reshape", lambda run, x=None, newshape=None, **kwargs: reshape(run, x, kwargs.get("shape", newshape))),
    "extract_patches": Native("extract_patches", lambda run, *args, **kwargs: _extract_patches(run, *args, function="", **kwargs)), "roll": Native("roll", lambda run, x=None, shift=0, axis=None: _rolled(run, x, shift, axis, "")), "convert_to_numpy": Native("convert_to_numpy", _same),
    "ndim": Native("ndim", _ndim), "size": Native("size", _size),
    "identity": Native("identity", lambda run, n, *_, **__: constant_shape(run, (n, n))),
}
_X = ["x"]
_REDUCE = ["x", "axis", "keepdims"]
BACKEND: dict[str, Value] = {
    **_SHARED, "image_data_format": Native("image_data_format", _data_format), "set_image_data_format": Native("set_image_data_format", _set_data_format),
    "common": Static(None), "image_dim_ordering": Native("image_dim_ordering", _dim_ordering), "set_image_dim_ordering": Native("set_image_dim_ordering", _set_data_format),
    "floatx": Native("floatx", lambda run: "float32"), "set_floatx": Native("set_floatx", _nothing), "epsilon": Native("epsilon", lambda run: 1e-7),
    "set_epsilon": Native("set_epsilon", _nothing), "backend": Native("backend", lambda run: "tensorflow"), "clear_session": Native("clear_session", _clear),
    "int_shape": Native("int_shape", int_shape), "ndim": Native("ndim", _ndim), "learning_phase": Native("learning_phase", lambda run: False),
    "set_learning_phase": Native("set_learning_phase", _nothing), "normalize_data_format": Native("normalize_data_format", lambda run, value=None: session(run).data_format if value is None else value),
    "is_keras_tensor": Native("is_keras_tensor", lambda run, x=None: isinstance(x, Tensor)), "in_train_phase": Native("in_train_phase", lambda run, x, alt=None, **_: run.call(x, [], {}) if not isinstance(x, Tensor) else x),
    "function": Native("function", lambda run, *_, **__: run.unknown("K.function is not computed")), "variable": Native("variable", _variable),
    "random_normal": random_function("normal"), "random_uniform": random_function("uniform"), "truncated_normal": random_function("normal"),
    "random_normal_variable": random_function("normal"), "random_uniform_variable": random_function("uniform"),
    "batch_flatten": Native("batch_flatten", _batch_flatten), "flatten": Native("flatten", _flatten), "permute_dimensions": Native("permute_dimensions", _permute),
    "dot": Native("dot", _dot), "batch_dot": Native("batch_dot", _batch_dot), "resize_images": Native("resize_images", _resize_images),
    "repeat_elements": Native("repeat_elements", _repeat_elements), "repeat": Native("repeat", _repeat), "dropout": Native("dropout", _dropout),
    "l2_normalize": Native("l2_normalize", _l2_normalize), "arange": Native("arange", _range), "placeholder": Native("placeholder", lambda run, shape=None, **_: input_tensor(run, batch_shape=shape)),
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
del BACKEND["common"]


# tf.layers.


_TF_LAYERS = {"conv2d": "Conv2D", "conv1d": "Conv1D", "conv3d": "Conv3D", "dense": "Dense", "max_pooling2d": "MaxPooling2D", "max_pooling1d": "MaxPooling1D",
              "average_pooling2d": "AveragePooling2D", "average_pooling1d": "AveragePooling1D", "flatten": "Flatten", "dropout": "Dropout",
              "batch_normalization": "BatchNormalization", "conv2d_transpose": "Conv2DTranspose", "separable_conv2d": "SeparableConv2D",
              "max_pooling3d": "MaxPooling3D", "conv3d_transpose": "Conv3DTranspose"}


def tf_layer(run: Interpreter, name: str) -> Value:
    """A function of tf.layers: a layer that is made and called at once; or one of its classes."""
    if name in _TF_LAYERS:
        def function(run: Interpreter, inputs: Value = None, *args: Value, **kwargs: Value) -> Value:
            for word in ("training", "reuse", "name_scope"):
                kwargs.pop(word, None)
            layer: KerasLayer = run.call(kind_class(run, _TF_LAYERS[name]), list(args), kwargs)
            return call_layer(run, layer, inputs)

        return Native(name, function)
    try:
        KINDS[name]
    except KeyError:
        return run.unknown(f"tf.layers.{name} is not read")
    return kind_class(run, name)
