"""What is done with Keras's tensors: operators, slices, attributes."""

from __future__ import annotations

from ...errors import CnncalcError
from ...layers import Layer
from .arrays import Array, array_of
from .builtin_numbers import number_of
from .interpreter import Interpreter, Size, Unknown
from .keras_objects import Call, Full, Tensor, TensorOperations, constant, failure, session
from .keras_stand_ins import TF_NAMES, OpaqueLayer
from .scopes import Value
from .values import Native

#: Python's operators.
OPERATORS = {"+": "Add", "-": "Subtract", "*": "Multiply", "/": "TrueDivide", "//": "FloorDivide", "%": "Mod", "**": "Power", "@": "Matmul",
             "==": "Equal", "!=": "NotEqual", "<": "Less", "<=": "LessEqual", ">": "Greater", ">=": "GreaterEqual",
             "&": "LogicalAnd", "|": "LogicalOr", "^": "LogicalXor"}


def operation(run: Interpreter, word: str, operands: list[Value], settings: dict[str, object], function: str = "") -> Value:
    """An operation on tensors and constants, `None` for an operand that is left out."""
    for operand in operands:
        if isinstance(operand, Unknown):
            return operand.derived(run)
    from ...keras_ops.operation import operation_kind  # lazy: few programs compute with tensors

    kind = operation_kind(word)
    names = list(kind.operands)
    many = kind.takes_list or kind.takes_many
    tensors: list[Tensor] = []
    shapes: list[Value] = []
    constants: dict[str, object] = {}
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


def recorded(run: Interpreter, made: Layer, tensors: list[Tensor], results: list[Full], function: str, whole: bool = True,
             settings: dict[str, object] | None = None, constants: dict[str, object] | None = None) -> Value:
    """The outputs of an operation, with the call that gives them."""
    state = session(run)
    if not whole and not isinstance(made, OpaqueLayer):
        made = OpaqueLayer(f"ops.{made.keras_class}", ())
    call = Call(state.number(), None, tensors, run.place(), made)
    call.stack = list(run.stack)
    inner = all(t.inner for t in tensors)
    if not inner and function.startswith("tf.") and state.keras2 is None:
        state.keras2 = f"{function}(...) is called on a Keras tensor"
    state.names_of[call.number] = operation_name(run, made, function) if not inner else made.keras_class.lower()
    call.function = (function, {**(settings or {}), **(constants or {})})
    call.outputs = [Tensor(full, call, i, inner, tensors[0].dtype) for i, full in enumerate(results)]
    run.charge(1)
    return call.outputs[0] if len(call.outputs) == 1 else list(call.outputs)


def operation_name(run: Interpreter, made: Layer, function: str) -> str:
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
    plain: list[object] = []
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


OPERATIONS = TensorOperations(tensor_attribute, get_item, operator_call, operation)
