"""Functions that keras.ops, keras.backend and tf have in common, and those of keras.ops that are more than a name."""

from __future__ import annotations

import math

from ...num import product
from .arrays import Array, array_of
from .builtin_numbers import number_of
from .interpreter import Interpreter, Unknown
from .keras_functions import applied, constant_shape, reshape, shape_of, sizes_of
from .keras_objects import Tensor, constant
from .keras_stand_ins import OpaqueLayer
from .keras_tensors import recorded
from .numpy_names import NUMPY
from .scopes import Value
from .values import Native, nothing, same


def ndim(run: Interpreter, x: Value) -> Value:
    shape = shape_of(run, x)
    return shape if isinstance(shape, Unknown) else len(shape)


def _constant(run: Interpreter, value: Value = 0, dtype: Value = None, shape: Value = None, *_: Value, **__: Value) -> Value:
    if shape is not None:
        return constant_shape(run, shape)
    if isinstance(value, (Tensor, int, float, bool, str)):
        return value
    return array_of(run, value)


def variable(run: Interpreter, initial_value: Value = None, trainable: Value = None, *_: Value, **kwargs: Value) -> Value:
    """tf.Variable: a weight, of the layer that it is made in if it is kept there."""
    if initial_value is None:
        initial_value = kwargs.get("value")
    found = array_of(run, initial_value)
    if not isinstance(found, (Tensor, Array)):
        return run.unknown("a variable that is not known", found if isinstance(found, Unknown) else None)
    made = constant(found) if isinstance(found, Array) else Tensor(found.shape, inner=True)
    made.variable = trainable is not False
    return made


def number_range(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
    numbers = [number_of(arg) for arg in args]
    for value in (*numbers, *kwargs.values()):
        if isinstance(value, (Unknown, Tensor)):
            return Tensor((None,), inner=True, dtype="int32")
    given = {{"limit": "stop", "delta": "step"}.get(key, key): value for key, value in kwargs.items() if key in (
        "start", "stop", "limit", "step", "delta") and value is not None}
    return run.call(NUMPY["arange"], numbers, given)


def linspace(run: Interpreter, start: Value = 0.0, stop: Value = 1.0, num: Value = 50, *_: Value, **__: Value) -> Value:
    return run.call(NUMPY["linspace"], [start, stop, num], {})


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


def extract_patches(run: Interpreter, images: Value = None, size: Value = None, strides: Value = None, *args: Value,
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
    if None in (*sides, *steps, *images.shape[3:]):
        return run.unknown("the patches of an image")
    out: list[object] = []
    for n, k, s in zip(images.shape[1:3], sides, steps):
        out.append(None if n is None else (n - k) // s + 1 if str(padding).lower() == "valid" else -(-n // s))
    full = (images.shape[0], *out, product((*sides, *images.shape[3:])))
    return recorded(run, OpaqueLayer("ops.ExtractPatches", ()), [images], [full], function)


def _moments(run: Interpreter, x: Value = None, axes: Value = None, *_: Value, keepdims: Value = False, **kwargs: Value) -> Value:
    mean = applied(run, "Mean", {"x": x, "axis": axes, "keepdims": kwargs.get("keep_dims", keepdims)}, "tf.nn.moments")
    return (mean, mean)


def random_function(name: str) -> Value:
    """A function of keras.random: an array of a shape."""
    if name == "SeedGenerator":
        return Native(name, nothing)
    return Native(name, lambda run, shape=(), *_, **kwargs: constant_shape(run, kwargs.get("shape", shape)))


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


def _cond(run: Interpreter, condition: Value = None, first: Value = None, second: Value = None, **kwargs: Value) -> Value:
    first = kwargs.get("true_fn", first)
    return run.call(first, [], {})

SHARED: dict[str, Value] = {
    "shape": Native("shape", shape_of), "reshape": Native("reshape", lambda run, x=None, shape=None, *_, **kwargs: reshape(run, kwargs.get("tensor", x), kwargs.get("newshape", shape), "tf.reshape")),
    "zeros": Native("zeros", constant_shape), "ones": Native("ones", constant_shape), "fill": Native("fill", constant_shape), "eye": Native("eye", lambda run, n, *_, **__: constant_shape(run, (n, n))),
    "constant": Native("constant", _constant), "convert_to_tensor": Native("convert_to_tensor", _constant),
    "stop_gradient": Native("stop_gradient", same), "identity": Native("identity", same), "unstack": Native("unstack", _unstack_shape),
    "meshgrid": NUMPY["meshgrid"], "expand_dims": Native("expand_dims", lambda run, input=None, axis=-1, *_, **kwargs: _expand(run, kwargs.get("x", input), kwargs.get("dim", axis))),
    "zeros_like": Native("zeros_like", same), "ones_like": Native("ones_like", same), "where": Native("where", lambda run, condition, x=None, y=None: _where(run, condition, x, y)),
    "cond": Native("cond", _cond), "map_fn": Native("map_fn", _map), "moments": Native("moments", _moments),
}


def _expand(run: Interpreter, x: Value, axis: Value, function: str = "tf.expand_dims") -> Value:
    if isinstance(x, Array):
        return run.call(NUMPY["expand_dims"], [x, axis], {})
    if isinstance(x, (int, float)):
        return array_of(run, [x])
    return applied(run, "ExpandDims", {"x": x, "axis": axis}, function)


def _where(run: Interpreter, condition: Value, x: Value, y: Value, function: str = "tf.where") -> Value:
    if x is None:
        return run.unknown("where a condition holds")
    return applied(run, "Where", {"condition": condition, "x1": x, "x2": y}, function)


def rolled(run: Interpreter, x: Value, shift: Value, axis: Value, function: str = "tf.roll") -> Value:
    """tf.roll: the same shape, whatever the shift."""
    return recorded(run, OpaqueLayer("ops.Roll", ()), [x], [x.shape], function) if isinstance(x, Tensor) else x

OPS: dict[str, Value] = {
    **{name: SHARED[name] for name in ("shape", "zeros", "ones", "eye", "convert_to_tensor", "stop_gradient", "meshgrid",
                                        "zeros_like", "ones_like", "cond", "moments")},
    "unstack": Native("unstack", lambda run, x=None, num=None, axis=0: _unstack_shape(run, x, num, axis, word="")),
    "expand_dims": Native("expand_dims", lambda run, x=None, axis=-1: _expand(run, x, axis, "")),
    "where": Native("where", lambda run, condition=None, x1=None, x2=None: _where(run, condition, x1, x2, "")),
    "array": SHARED["constant"], "arange": Native("arange", number_range), "linspace": Native("linspace", linspace), "full": Native("full", constant_shape),
    "reshape": Native("reshape", lambda run, x=None, newshape=None, **kwargs: reshape(run, x, kwargs.get("shape", newshape))),
    "extract_patches": Native("extract_patches", lambda run, *args, **kwargs: extract_patches(run, *args, function="", **kwargs)), "roll": Native("roll", lambda run, x=None, shift=0, axis=None: rolled(run, x, shift, axis, "")), "convert_to_numpy": Native("convert_to_numpy", same),
    "ndim": Native("ndim", ndim), "size": Native("size", _size),
    "identity": Native("identity", lambda run, n, *_, **__: constant_shape(run, (n, n))),
}
