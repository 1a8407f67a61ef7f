"""Operations on tensors: operators, slices, and the functions of keras.ops, tf and keras.backend.

Each is one of the operations of `cnncalc.keras_ops`, which say what shape comes out; here only their
names and the order of their arguments stand.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from ...errors import CnncalcError
from ...keras_ops.operation import Operation, operation_kind
from ...keras_ops.tensorflow import FUNCTIONS, places_between
from ...layers import KINDS
from .arrays import Array, array_of, filled, reshaped
from .builtin_numbers import number_of
from .interpreter import Interpreter, Size, Uncertain, Unknown
from .keras_objects import Full, Tensor, TensorShape, constant, failure
from .keras_settings import NotKnown, plain_value
from .keras_tensors import operation, recorded
from .numpy_names import NUMPY, concatenate, stack
from .scopes import Value
from .values import Native

# Attributes of tensors.


# Shapes.


def sizes_of(run: Interpreter, shape: Value) -> list[int | None]:
    """A shape that a program gives: sizes, -1, and `None` for what is open; Uncertain for what is not known."""
    if isinstance(shape, (int, Unknown)):
        shape = [shape]
    if isinstance(shape, Tensor) and shape.constant is not None:
        shape = shape.constant
    if isinstance(shape, Tensor):
        raise Uncertain(run.unknown("a shape that only the network knows"))
    if isinstance(shape, Array):
        shape = run.call(shape.get(run, "tolist"), [], {})
    found: list[int | None] = []
    for n in run.listed(shape):
        if isinstance(n, (Tensor, Unknown)) or n is None:
            found.append(None)
        else:
            n = number_of(n)
            found.append(int(n) if isinstance(n, (int, float)) else None)
    return found


def resolved_shape(full: Full, sizes: list[int | None]) -> list[int | None]:
    """A new shape with what -1 stands for, where it can be told: the open sizes before and after are the same."""
    if sizes.count(-1) != 1:
        return sizes
    place = sizes.index(-1)
    rest = [n for i, n in enumerate(sizes) if i != place]
    gone, stays = full.count(None), rest.count(None)
    before, after = math.prod([n for n in full if n is not None]), math.prod([n for n in rest if n is not None])
    if gone == stays and after and before % after == 0:
        return [*sizes[:place], before // after, *sizes[place + 1:]]
    if gone and not stays and place == 0:
        return [None, *sizes[1:]]
    return [*sizes[:place], None, *sizes[place + 1:]]


def reshape(run: Interpreter, x: Value, shape: Value, function: str = "") -> Value:
    """A tensor in another shape, the batch included."""
    if isinstance(x, Unknown):
        return x.derived(run)
    if isinstance(x, Array) and not isinstance(shape, (Tensor, Unknown)):
        return reshaped(run, x, shape)
    tensor = constant(x) if isinstance(x, Array) else x
    if not isinstance(tensor, Tensor):
        return run.unknown("reshape of what is no tensor")
    sizes = resolved_shape(tensor.shape, sizes_of(run, shape))
    known = [n for n in tensor.shape if n is not None]
    if None not in sizes and len(known) == len(tensor.shape) and math.prod(known) != math.prod([n for n in sizes if n is not None]):
        raise run.error("ValueError", f"cannot reshape a tensor of shape {tensor.shape} into {tuple(sizes)}")
    if len(known) == len(tensor.shape) and sizes.count(None) == 1:
        rest = math.prod([n for n in sizes if n is not None])
        if rest and math.prod(known) % rest == 0:
            sizes = [math.prod(known) // rest if n is None else n for n in sizes]
    kind = KINDS["ops.Reshape"]
    try:
        made = kind(newshape=[-1 if n is None and sizes.count(None) == 1 else n for n in sizes])
    except CnncalcError as error:
        raise failure(run, error) from None
    return recorded(run, made, [tensor], [tuple(sizes)], function or "ops.Reshape", True, {"shape": sizes})


def shape_of(run: Interpreter, x: Value, *_: Value, **__: Value) -> Value:
    """`tf.shape(x)`: sizes, and what is open until the network runs."""
    if isinstance(x, Tensor):
        return TensorShape([Size("a size that is open until the network runs", None) if n is None else n for n in x.shape])
    array = array_of(run, x)
    if isinstance(array, Array):
        return TensorShape(array.shape)
    return x.derived(run) if isinstance(x, Unknown) else run.unknown("the shape of what is no tensor")


def int_shape(run: Interpreter, x: Value, *_: Value) -> Value:
    """`K.int_shape(x)`."""
    if isinstance(x, Tensor):
        return tuple(x.sizes(run))
    return shape_of(run, x)


# Functions.


def bound(run: Interpreter, names: list[str], args: tuple[Value, ...], kwargs: dict[str, Value], word: str) -> dict[str, Value]:
    """Arguments by their names."""
    if len(args) > len(names):
        raise run.error("TypeError", f"{word}() takes {len(names)} positional arguments but {len(args)} were given")
    return {**dict(zip(names, args)), **kwargs}


def applied(run: Interpreter, word: str, given: dict[str, Value], function: str) -> Value:
    """An operation with its arguments by the names of keras.ops."""
    kind = operation_kind(word)
    if word == "Reshape":
        return reshape(run, given.get("x"), given.get("newshape", given.get("shape")), function)
    if kind.takes_list or kind.takes_many:
        value = given.pop(kind.operands[0], None)
        if isinstance(value, Unknown):
            return value.derived(run)
        if isinstance(value, Tensor):
            value = [value]
        operands = run.listed(value if value is not None else ())
        operands = [array_of(run, item) if isinstance(item, (list, tuple)) else item for item in operands]
        if operands and all(isinstance(item, (Array, int, float)) for item in operands):
            return (stack if word == "Stack" else concatenate)(run, operands, given.get("axis", 0))
    else:
        operands = [given.pop(name, None) for name in kind.operands]
        if operands and isinstance(operands[0], Array) and all(not isinstance(item, Tensor) for item in operands):
            tensor = constant(operands[0])
            operands[0] = tensor
    settings: dict[str, object] = {}
    try:
        for name, value in given.items():
            if name in kind.settings and name != "name" and value is not None:
                settings[name] = plain_value(run, name, value)
    except NotKnown as unknown:
        if unknown.value.name is None and operands and isinstance(operands[0], Tensor) and word not in ("Split", "Tile", "Repeat", "OneHot"):
            return run.unknown(unknown.value.why, unknown.value)
        return unknown.value.derived(run)
    if word == "Resize":
        return resized(run, operands, settings, function)
    return operation(run, word, operands, settings, function)


def resized(run: Interpreter, operands: list[Value], settings: dict[str, object], function: str) -> Value:
    """Images of another size."""
    words = {"nearest_neighbor": "nearest", "ResizeMethod.BILINEAR": "bilinear"}
    word = settings.get("interpolation")
    if not isinstance(word, str) or words.get(word, word) not in ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"):
        settings.pop("interpolation", None)
    else:
        settings["interpolation"] = words.get(word, word)
    settings = {key: value for key, value in settings.items() if key in ("size", "interpolation", "antialias", "data_format")}
    return operation(run, "Resize", operands, settings, function)


def argument_names(kind: type[Operation]) -> list[str]:
    """The arguments of a function of keras.ops in their order: tensors first."""
    first = [kind.operands[0]] if kind.takes_list or kind.takes_many else list(kind.operands)
    if kind.kind == "ops.GetItem":
        first = ["x", "key"]
    return [*first, *[name for name in kind.settings if name not in first]]


def ops_function(word: str, name: str) -> Native:
    """A function of keras.ops."""
    def function(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
        kind = operation_kind(word)
        if kind.takes_many and args:
            subscripts = args[0] if isinstance(args[0], str) else kwargs.get("subscripts")
            tensors = [arg for arg in args if not isinstance(arg, str)]
            return operation(run, word, tensors, {"subscripts": subscripts} if word == "Einsum" else {})
        names = argument_names(kind)
        if word == "Reshape":
            names = ["x", "newshape"]
        given = bound(run, names, args, kwargs, name)
        if "a" in given and "x" not in given and "x" in names:
            given["x"] = given.pop("a")
        number = evaluated(run, name, given)
        return applied(run, word, given, "") if number is None else number

    return Native(name, function)


def evaluated(run: Interpreter, name: str, given: dict[str, Value]) -> Value:
    """A function of plain numbers, such as `tf.sqrt(2.0)`; None if its arguments are others."""
    values = [number_of(value) for key, value in given.items() if key not in ("name", "dtype")]
    if values and all(type(value) in (int, float) for value in values):
        found = NUMPY.get(name)
        if found is not None:
            return run.call(found, values, {})
        return run.unknown(f"{name} of a number")
    return None


def tf_function(path: str) -> Native | None:
    """A function of TensorFlow by its name behind `tf.`; None if it is no operation that is known."""
    for name in (path, f"math.{path}", f"linalg.{path}"):
        if name in FUNCTIONS:
            break
    else:
        return None
    word, arguments = FUNCTIONS[name]

    def function(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
        theirs = [item if isinstance(item, str) else item[0] for item in arguments]
        ours = dict([(item, item) if isinstance(item, str) else item for item in arguments])
        kwargs = {_TF_KEYWORDS.get(key, key): value for key, value in kwargs.items()}
        if len(args) > len(theirs):
            args = args[: len(theirs)]
        given = bound(run, theirs, args, kwargs, path)
        found = {ours.get(key, key): value for key, value in given.items()}
        short = path.rpartition(".")[2].removeprefix("reduce_")
        number = evaluated(run, short, found)
        if number is not None:
            return number
        compute = _COMPUTED.get(name) or _COMPUTED.get(word)
        if compute is not None:
            return compute(run, found, f"tf.{name}")
        if word in _ADJUSTED:
            _ADJUSTED[word](found)
        return applied(run, word, found, f"tf.{name}")

    return Native(path.rpartition(".")[2], function)


#: Names that arguments have in older versions of TensorFlow.
_TF_KEYWORDS = {"reduction_indices": "axis", "keep_dims": "keepdims", "concat_dim": "axis", "dim": "axis", "squeeze_dims": "axis"}


def _matmul(run: Interpreter, given: dict[str, Value], function: str) -> Value:
    pair = [given.get("x1"), given.get("x2")]
    for i, names in enumerate((("transpose_a", "adjoint_a"), ("transpose_b", "adjoint_b"))):
        x = pair[i]
        if any(given.get(name) is True for name in names) and isinstance(x, Tensor) and len(x.shape) > 1:
            pair[i] = operation(run, "Swapaxes", [x], {"axis1": -1, "axis2": -2}, "")
    return operation(run, "Matmul", pair, {}, function)


def _added(run: Interpreter, given: dict[str, Value], function: str) -> Value:
    """The sum of a list of tensors."""
    first, *rest = run.listed(given.get("x1"))
    for tensor in rest:
        first = operation(run, "Add", [first, tensor], {}, function)
    return first


def _split(given: dict[str, Value]) -> None:
    given["indices_or_sections"] = places_between(given.get("indices_or_sections"))
    given.setdefault("axis", 0)


def _padding(given: dict[str, Value]) -> None:
    mode = str(given.pop("mode", "constant")).lower()
    if mode != "constant":
        given["mode"] = mode
    else:
        given.pop("constant_values", None)


def _first_axis(given: dict[str, Value]) -> None:
    given.setdefault("axis", 0)


#: Functions that are several operations, and operations whose arguments TensorFlow gives in another way.
_COMPUTED: dict[str, Callable[[Interpreter, dict[str, Value], str], Value]] = {"Matmul": _matmul, "math.add_n": _added}
_ADJUSTED: dict[str, Callable[[dict[str, Value]], None]] = {
    "Split": _split, "Pad": _padding, **dict.fromkeys(("Concatenate", "Stack", "Take"), _first_axis)}


def constant_shape(run: Interpreter, shape: Value = None, *_: Value, **kwargs: Value) -> Value:
    """An array of a shape whose numbers do not matter: zeros, random values."""
    shape = kwargs.get("shape", kwargs.get("dims", shape))
    if isinstance(shape, Unknown):
        return run.unknown("an array of an unknown shape", shape)
    try:
        sizes = sizes_of(run, shape if shape is not None else ())
    except Uncertain as unknown:
        return unknown.value
    if None in sizes:
        return Tensor(tuple(sizes), inner=True)
    return filled(run, tuple(sizes), None)
