"""Operations on tensors: operators, slices, and the functions of keras.ops, tf and keras.backend.

Each is one of the operations of `cnncalc.keras_ops`, which say what shape comes out; here only their
names and the order of their arguments stand.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ...errors import CnncalcError
from ...keras_ops.tensorflow import FUNCTIONS
from ...layers import KINDS, Shape
from .arrays import Array, array_of, filled
from .builtins import number_of
from .interpreter import Uncertain
from .keras_custom import OpaqueLayer
from .keras_layers import constant, session
from .keras_objects import Call, Full, Tensor, TensorShape, failure
from .keras_settings import NotKnown, plain_value
from .values import Native, Size, Unknown, Value

if TYPE_CHECKING:
    from .interpreter import Interpreter

#: Python's operators.
OPERATORS = {"+": "Add", "-": "Subtract", "*": "Multiply", "/": "TrueDivide", "//": "FloorDivide", "%": "Mod", "**": "Power", "@": "Matmul",
             "==": "Equal", "!=": "NotEqual", "<": "Less", "<=": "LessEqual", ">": "Greater", ">=": "GreaterEqual",
             "&": "LogicalAnd", "|": "LogicalOr", "^": "LogicalXor"}
#: Names of operators and indexing in Keras 2.
TF_NAMES = {"Add": "__operators__.add", "Subtract": "math.subtract", "Multiply": "math.multiply", "TrueDivide": "math.truediv",
            "Power": "math.pow", "Matmul": "linalg.matmul", "GetItem": "__operators__.getitem", "Negative": "math.negative"}


def operation(run: Interpreter, word: str, operands: list[Value], settings: dict[str, Any], function: str = "") -> Value:
    """An operation on tensors and constants, `None` for an operand that is left out."""
    for operand in operands:
        if isinstance(operand, Unknown):
            return operand.derived(run)
    kind: Any = KINDS[f"ops.{word}"]
    names = list(kind.operands)
    many = kind.takes_list or kind.takes_many
    tensors: list[Tensor] = []
    shapes: list[Full | None] = []
    constants: dict[str, Any] = {}
    detached = False
    for name, operand in zip(names if not many else ["xs"] * len(operands), operands):
        if operand is None:
            shapes.append(None)
            continue
        if isinstance(operand, (bool, int, float)):
            shapes.append(())
            if many:
                return run.unknown("an operation on numbers and tensors")
            constants[name] = operand
            continue
        value = array_of(run, operand) if not isinstance(operand, Tensor) else operand
        if isinstance(value, Array):
            detached = True
            value = constant(value)
        if not isinstance(value, Tensor):
            return value.derived(run) if isinstance(value, Unknown) else run.unknown(f"an operation on a {run.type_name(operand)}")
        tensors.append(value)
        shapes.append(value.shape)
    if not tensors:
        return run.unknown("the result of an operation on numbers")
    shapes += [None] * (len(names) - len(shapes)) if not many else []
    try:
        made = kind(**settings, **(constants if tensors else {}))
        results = made.results_of(*shapes)
    except CnncalcError as error:
        raise failure(run, error) from None
    return recorded(run, made, tensors, list(results), function or f"ops.{word}", not detached, settings, constants)


def recorded(run: Interpreter, made: Any, tensors: list[Tensor], results: list[Full], function: str, whole: bool = True,
             settings: dict[str, Any] | None = None, constants: dict[str, Any] | None = None) -> Value:
    """The outputs of an operation, with the call that gives them."""
    state = session(run)
    if not whole and not isinstance(made, OpaqueLayer):
        made = OpaqueLayer(f"ops.{made.keras_class}", ())
    call = Call(state.number(), None, tensors, run.place(), made)
    call.stack = list(run.stack)
    inner = all(t.inner for t in tensors)
    if not inner and function.startswith("tf.") and state.keras2 is None:
        state.keras2 = f"{function}(...) is called on a Keras tensor"
    names: dict[int, str] = run.names_of  # type: ignore[attr-defined]
    names[call.number] = operation_name(run, made, function) if not inner else made.keras_class.lower()
    call.function = (function, {**(settings or {}), **(constants or {})})
    call.outputs = [Tensor(full, call, i, inner, tensors[0].dtype) for i, full in enumerate(results)]
    run.charge(1)
    return call.outputs[0] if len(call.outputs) == 1 else list(call.outputs)


def operation_name(run: Interpreter, made: Any, function: str) -> str:
    """The automatic name of an operation on Keras's tensors."""
    if session(run).keras2 is not None:
        word = TF_NAMES.get(made.keras_class, "") if not function.startswith("tf.") else function[3:]
        return numbered(run, f"tf.{word or made.keras_class.lower()}")
    return session(run).name(run, made.keras_class)


def numbered(run: Interpreter, word: str) -> str:
    """A name with the number of its kind behind it, as Keras 2 gives functions of TensorFlow."""
    run.changing(session(run).counts)
    used = session(run).names._used
    count = used.get(word, 0)
    used[word] = count + 1
    return f"{word}_{count}" if count else word


def in_keras2(call: Call) -> Any:
    """The layer of TensorFlow's function that Keras 2 makes of an operation; None if it cannot be written as one."""
    assert call.function is not None and call.operation is not None
    name, settings = call.function
    function = name[3:] if name.startswith("tf.") else TF_NAMES.get(call.operation.keras_class, "")
    kind: Any = KINDS["SlicingOpLambda" if function.endswith("getitem") else "TFOpLambda"]
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


def operator_call(run: Interpreter, op: str, tensor: Tensor, other: Value, swapped: bool) -> Value:
    """`tensor op other`."""
    if isinstance(other, Unknown):
        if tensor.inner or isinstance(other, Size):
            return Tensor(tensor.shape, None, 0, tensor.inner) if tensor.call_ is None else opaque_like(run, tensor, op)
        return other.derived(run)
    if not isinstance(other, (Tensor, Array, bool, int, float, list, tuple)):
        number = number_of(other)
        if not isinstance(number, (int, float)):
            return NotImplemented
        other = number
    if op not in OPERATORS:
        return NotImplemented
    pair = [other, tensor] if swapped else [tensor, other]
    return operation(run, OPERATORS[op], pair, {}, "")


def opaque_like(run: Interpreter, tensor: Tensor, word: str) -> Value:
    """A tensor of the same shape, made of this one in a way that is not known."""
    return recorded(run, OpaqueLayer(f"ops.{word if word.isidentifier() else 'Operation'}", ()), [tensor], [tensor.shape], "ops.Operation")


def get_item(run: Interpreter, tensor: Tensor, key: Value) -> Value:
    """`tensor[key]`."""
    keys = list(key) if isinstance(key, tuple) else [key]
    plain: list[Any] = []
    exact = True
    for item in keys:
        if isinstance(item, slice):
            parts = [number_of(part) if not isinstance(part, Unknown) else part for part in (item.start, item.stop, item.step)]
            if any(isinstance(part, (Unknown, Tensor)) for part in parts):
                exact = False
                parts = [None if isinstance(part, (Unknown, Tensor)) else part for part in parts]
            plain.append(slice(*parts))
        elif item is None or item is ... or type(item) is int:
            plain.append(item)
        elif isinstance(item, (Unknown, Tensor)):
            exact = False
            plain.append(0)
        else:
            number = number_of(item)
            if type(number) is not int:
                return run.unknown("which elements of a tensor are taken")
            plain.append(number)
    made = operation(run, "GetItem", [tensor], {"key": plain}, "")
    if not exact and isinstance(made, Tensor):
        sizes = list(made.shape)
        made.shape = tuple(sizes)
    return made


# Attributes of tensors.


def tensor_attribute(run: Interpreter, tensor: Tensor, name: str) -> Value:
    """An attribute of a tensor."""
    if name in ("shape", "_keras_shape"):
        return tensor.sizes(run)
    if name == "get_shape":
        return Native(name, lambda run: tensor.sizes(run))
    if name in ("ndim", "rank"):
        return len(tensor.shape)
    if name == "dtype":
        return tensor.dtype
    if name == "name":
        layer = tensor.call_.layer if tensor.call_ is not None else None
        return layer.name if layer is not None else "tensor"
    if name == "_keras_history":
        return (tensor.call_.layer if tensor.call_ is not None else None, 0, tensor.index)
    if name in ("set_shape", "assign", "assign_add", "assign_sub"):
        return Native(name, lambda run, *_, **__: None)
    if name in ("numpy", "value", "read_value", "eval"):
        return Native(name, lambda run, *_, **__: tensor)
    if name == "T":
        return operation(run, "Transpose", [tensor], {})
    return run.unknown(f"the attribute {name} of a tensor")


# Shapes.


def sizes_of(run: Interpreter, shape: Value) -> list[Any]:
    """A shape that a program gives: sizes, -1, and `None` for what is open; Uncertain for what is not known."""
    if isinstance(shape, (int, Unknown)):
        shape = [shape]
    if isinstance(shape, Tensor) and shape.constant is not None:
        shape = shape.constant
    if isinstance(shape, Tensor):
        raise Uncertain(run.unknown("a shape that only the network knows"))
    if isinstance(shape, Array):
        shape = run.call(shape.get(run, "tolist"), [], {})
    found: list[Any] = []
    for n in run.listed(shape):
        if isinstance(n, (Tensor, Unknown)) or n is None:
            found.append(None)
        else:
            n = number_of(n)
            found.append(int(n) if isinstance(n, (int, float)) else None)
    return found


def resolved_shape(full: Full, sizes: list[Any]) -> list[Any]:
    """A new shape with what -1 stands for, where it can be told: the open sizes before and after are the same."""
    if sizes.count(-1) != 1:
        return sizes
    place = sizes.index(-1)
    rest = [n for i, n in enumerate(sizes) if i != place]
    before, after = [n for n in full if n is not None], [n for n in rest if n is not None]
    gone, stays = len(full) - len(before), len(rest) - len(after)
    if gone == stays and (math.prod(after) and math.prod(before) % math.prod(after) == 0):
        return [*sizes[:place], math.prod(before) // math.prod(after), *sizes[place + 1:]]
    if gone and not stays and place == 0:
        return [None, *sizes[1:]]
    return [*sizes[:place], None, *sizes[place + 1:]]


def reshape(run: Interpreter, x: Value, shape: Value, function: str = "") -> Value:
    """A tensor in another shape, the batch included."""
    if isinstance(x, Unknown):
        return x.derived(run)
    if isinstance(x, Array) and not isinstance(shape, (Tensor, Unknown)):
        from .arrays import reshaped

        return reshaped(run, x, shape)
    tensor = constant(x) if isinstance(x, Array) else x
    if not isinstance(tensor, Tensor):
        return run.unknown("reshape of what is no tensor")
    sizes = resolved_shape(tensor.shape, sizes_of(run, shape))
    known = [n for n in tensor.shape if n is not None]
    if None not in sizes and len(known) == len(tensor.shape) and math.prod(known) != math.prod(sizes):
        raise run.error("ValueError", f"cannot reshape a tensor of shape {tensor.shape} into {tuple(sizes)}")
    if len(known) == len(tensor.shape) and sizes.count(None) == 1:
        rest = math.prod([n for n in sizes if n is not None])
        if rest and math.prod(known) % rest == 0:
            sizes = [math.prod(known) // rest if n is None else n for n in sizes]
    kind: Any = KINDS["ops.Reshape"]
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
    kind: Any = KINDS[f"ops.{word}"]
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
            from .numpy_names import _concatenate, _stack

            return (_stack if word == "Stack" else _concatenate)(run, operands, given.get("axis", 0))
    else:
        operands = [given.pop(name, None) for name in kind.operands]
        if operands and isinstance(operands[0], Array) and all(not isinstance(item, Tensor) for item in operands):
            tensor = constant(operands[0])
            operands[0] = tensor
    settings: dict[str, Any] = {}
    try:
        for name, value in given.items():
            if name in kind.settings and name != "name" and value is not None:
                settings[name] = plain_value(run, name, value)
    except NotKnown as unknown:
        if unknown.value.name is None and operands and isinstance(operands[0], Tensor) and word not in ("Split", "Tile", "Repeat", "OneHot"):
            return run.unknown(unknown.value.why, unknown.value)
        return unknown.value.derived(run)
    if word == "Transpose" and settings.get("axes") is None:
        settings.pop("axes", None)
    if word == "Resize":
        return resized(run, operands, settings, function)
    return operation(run, word, operands, settings, function)


def resized(run: Interpreter, operands: list[Value], settings: dict[str, Any], function: str) -> Value:
    """Images of another size."""
    words = {"nearest_neighbor": "nearest", "ResizeMethod.BILINEAR": "bilinear"}
    word = settings.get("interpolation")
    if not isinstance(word, str) or words.get(word, word) not in ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"):
        settings.pop("interpolation", None)
    else:
        settings["interpolation"] = words.get(word, word)
    settings = {key: value for key, value in settings.items() if key in ("size", "interpolation", "antialias", "data_format")}
    return operation(run, "Resize", operands, settings, function)


def argument_names(kind: Any) -> list[str]:
    """The arguments of a function of keras.ops in their order: tensors first."""
    first = [kind.operands[0]] if kind.takes_list or kind.takes_many else list(kind.operands)
    if kind.kind == "ops.GetItem":
        first = ["x", "key"]
    return [*first, *[name for name in kind.settings if name not in first]]


def ops_function(word: str, name: str) -> Native:
    """A function of keras.ops."""
    def function(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
        kind: Any = KINDS[f"ops.{word}"]
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
        from .numpy_names import _NAMES

        found = _NAMES.get(name)
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
        if word == "Matmul":
            return _matmul(run, found, f"tf.{name}")
        if word == "Split":
            _sections(run, found)
        if word == "Pad" and str(found.get("mode", "constant")).upper() != "CONSTANT":
            found["mode"] = str(found["mode"]).lower()
        elif word == "Pad":
            found.pop("mode", None)
            found.pop("constant_values", None)
        if word in ("Concatenate", "Stack", "Take") and "axis" not in found:
            found["axis"] = 0
        if word == "Add" and name == "math.add_n":
            return _added(run, found.get("x1"))
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


def _sections(run: Interpreter, given: dict[str, Value]) -> None:
    """TensorFlow has the sizes of the parts, Keras the places between them."""
    sizes = given.get("indices_or_sections")
    if isinstance(sizes, (list, tuple)) and all(type(n) is int for n in sizes):
        given["indices_or_sections"] = [sum(sizes[: i + 1]) for i in range(len(sizes) - 1)]
    given.setdefault("axis", 0)


def _added(run: Interpreter, tensors: Value) -> Value:
    found = run.listed(tensors)
    total = found[0]
    for tensor in found[1:]:
        total = operation(run, "Add", [total, tensor], {}, "tf.math.add_n")
    return total


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


__all__ = ["Callable", "applied", "constant_shape", "get_item", "int_shape", "operation", "operator_call", "ops_function", "reshape",
           "shape_of", "tensor_attribute", "tf_function"]
