"""The names of tf that are not operations by the same name: variables, devices, old functions, tf.layers."""

from __future__ import annotations

from ...layers import KINDS
from .arrays import Array
from .classes import Class
from .interpreter import Interpreter, Object, Unknown
from .keras_calls import call_layer
from .keras_data import DATASET
from .keras_functions import ops_function, sizes_of, tf_function
from .keras_inputs import input_tensor
from .keras_layers import kind_class
from .keras_objects import KerasLayer, Tensor, constant
from .keras_shared import (
    SHARED,
    extract_patches,
    linspace,
    ndim,
    number_range,
    random_function,
    rolled,
    variable,
)
from .keras_stand_ins import OpaqueLayer
from .keras_tensors import operation, recorded
from .scopes import Value
from .values import Native, nothing, same


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

_CLASSES = {name: Class(name) for name in ("Tensor", "Module", "TensorShape", "Variable", "RaggedTensor", "KerasTensor")}
_CLASSES["Tensor"].holds = _CLASSES["KerasTensor"].holds = lambda value: isinstance(value, Tensor)

_RANDOM = {f"random.{name}": random_function(name) for name in ("normal", "uniform", "truncated_normal", "gamma", "shuffle", "categorical")}

TENSORFLOW: dict[str, Value] = {
    **SHARED, **_RANDOM, **dict(_CLASSES.items()), **{f"nn.{name}": SHARED[name] for name in ("moments",)},
    "Variable": Native("Variable", variable), "random_normal": random_function("normal"), "random_uniform": random_function("uniform"),
    "truncated_normal": random_function("normal"), "random.set_seed": Native("set_seed", nothing), "set_random_seed": Native("set_random_seed", nothing),
    "range": Native("range", number_range), "linspace": Native("linspace", linspace), "rank": Native("rank", ndim), "function": Native("function", _function),
    "device": Native("device", _device), "name_scope": Native("name_scope", _device), "variable_scope": Native("variable_scope", _device),
    "control_dependencies": Native("control_dependencies", _device), "init_scope": Native("init_scope", _device),
    "distribute.MirroredStrategy": Native("MirroredStrategy", _device), "distribute.TPUStrategy": Native("TPUStrategy", _device),
    "distribute.get_strategy": Native("get_strategy", _device), "distribute.OneDeviceStrategy": Native("OneDeviceStrategy", _device),
    "distribute.MultiWorkerMirroredStrategy": Native("MultiWorkerMirroredStrategy", _device), 
    "data.Dataset": DATASET, "placeholder": Native("placeholder", _placeholder), "image.extract_patches": Native("extract_patches", extract_patches),
    "image.extract_image_patches": Native("extract_patches", extract_patches), "extract_image_patches": Native("extract_patches", extract_patches),
    "nn.depth_to_space": Native("depth_to_space", _depth_to_space), "depth_to_space": Native("depth_to_space", _depth_to_space),
    "nn.dropout": Native("dropout", same), "nn.conv2d": Native("conv2d", _conv), "nn.conv1d": Native("conv1d", _conv),
    "nn.max_pool": _pool("MaxPool"), "nn.max_pool2d": _pool("MaxPool"), "nn.avg_pool": _pool("AveragePool"), "nn.avg_pool2d": _pool("AveragePool"),
    "einsum": ops_function("Einsum", "einsum"), "roll": Native("roll", lambda run, input=None, shift=0, axis=None, **kwargs: rolled(run, kwargs.get("x", input), shift, axis)),
    "__version__": "2.16.1", "linalg.band_part": Native("band_part", same), "data.AUTOTUNE": -1, "data.experimental.AUTOTUNE": -1,
    **{name: name for name in ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool", "string", "bfloat16", "complex64")},
    "image.resize_images": tf_function("image.resize"), "image.resize_bilinear": tf_function("image.resize"),
    "image.resize_nearest_neighbor": tf_function("image.resize"), "nn.batch_normalization": Native("batch_normalization", same),
    "nn.swish": ops_function("Silu", "swish"), "nn.relu": ops_function("Relu", "relu"), "nn.leaky_relu": ops_function("LeakyRelu", "leaky_relu"),
    "nn.softmax": ops_function("Softmax", "softmax"), "nn.sigmoid": ops_function("Sigmoid", "sigmoid"), "nn.tanh": ops_function("Tanh", "tanh"),
    "nn.elu": ops_function("Elu", "elu"), "nn.relu6": ops_function("Relu6", "relu6"), "nn.gelu": ops_function("Gelu", "gelu"), "nn.selu": ops_function("Selu", "selu"),
    "nn.silu": ops_function("Silu", "silu"), "nn.softplus": ops_function("Softplus", "softplus"),
    "tanh": ops_function("Tanh", "tanh"), "sigmoid": ops_function("Sigmoid", "sigmoid"),
}

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
