"""What programs do with PyTorch's tensors: functions, methods, operators, indices."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ...errors import CnncalcError
from ...graph import Ref
from ...layers.construct import kind_named
from ...num import product
from ...pytorch.base import Module
from ...pytorch.calls import Call, call
from ...pytorch.shapes import NeedsBatch, example, symbolic, whole
from .arrays import Array
from .interpreter import Interpreter, Uncertain, Unknown
from .operators import binary
from .scopes import Arguments, Value
from .torch_objects import Results, Size, TensorFunctions, TorchTensor, refused
from .torch_session import session
from .torch_strides import after, sizes_of, viewable
from .values import Native, method

_OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "//": "floor_divide", "%": "remainder", "**": "pow", "@": "matmul",
    "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "&": "logical_and", "|": "logical_or", "^": "logical_xor",
}
_BOOLEAN = frozenset(("eq", "ne", "lt", "le", "gt", "ge", "isnan", "isinf", "isfinite", "bool", "logical_not", "all", "any"))
_INTEGER = frozenset(("argmax", "argmin", "long", "int", "argsort", "randint", "arange"))
#: What Python raises where arguments are of a sort that a rule does not expect.
UNREAD = (TypeError, ValueError, IndexError, AttributeError, KeyError, ArithmeticError)
#: What changes nothing that is followed here: these give the tensor itself.
_PLAIN = frozenset(("retain_grad", "requires_grad_", "share_memory_", "pin_memory", "register_hook", "backward", "half_"))
_FIELDS = ("grad", "device", "is_cuda", "layout", "grad_fn", "is_leaf", "itemsize", "nbytes")


def is_tensor(value: Value) -> bool:
    return isinstance(value, TorchTensor)


def named_kind(name: str) -> type[Module] | None:
    """The kind of a function or method; None if it is not known."""
    try:
        return kind_named(name, False)  # type: ignore[return-value]
    except CnncalcError:
        return None


def tensor_attribute(run: Interpreter, self: TorchTensor, name: str) -> Value:
    """`tensor.name`."""
    if name in self.attrs:
        return self.attrs[name]
    if name == "shape":
        return Size(self.shape)
    if name in ("data", "real"):
        return self
    if name in ("T", "mT", "H", "mH"):
        return function(run, f"Tensor.{name}", [self], {})
    if name == "ndim":
        return len(self.shape)
    if name == "requires_grad":
        return self.requires_grad
    if name == "dtype":
        return run.unknown("the data type of a tensor")
    if name == "is_cuda":
        return False
    if name in _FIELDS:
        return run.unknown(f"{name} of a tensor")
    if name in METHODS:
        return method(name, METHODS[name], self)
    if name in _PLAIN:
        return Native(name, lambda run, *args, **kwargs: self)
    if named_kind(f"Tensor.{name}") is not None:
        return Native(name, lambda run, *args, **kwargs: function(run, f"Tensor.{name}", [self, *args], kwargs))
    raise run.error("AttributeError", f"'Tensor' object has no attribute {name!r}")


def _size(run: Interpreter, self: TorchTensor, dim: Value = None) -> Value:
    if dim is None:
        return Size(self.shape)
    if isinstance(dim, Unknown):
        return dim
    if not -len(self.shape) <= dim < len(self.shape):
        raise run.error("IndexError", f"Dimension out of range (expected to be in range of [{-len(self.shape)}, {len(self.shape) - 1}], but got {dim})")
    n = self.shape[dim]
    return run.unknown("a size that depends on data") if n is None else n


def _item(run: Interpreter, self: TorchTensor) -> Value:
    value = self.values[0] if isinstance(self.values, list) and len(self.values) == 1 else self.values
    return value if isinstance(value, (int, float)) else run.unknown("the value of a tensor")


def _tolist(run: Interpreter, self: TorchTensor) -> Value:
    return list(self.values) if isinstance(self.values, list) else run.unknown("the values of a tensor")


def _numel(run: Interpreter, self: TorchTensor) -> Value:
    return product(self.shape)


def _max_like(run: Interpreter, self: TorchTensor, name: str, *args: Value, **kwargs: Value) -> Value:
    if isinstance(self.values, list) and not args and not kwargs and self.values:
        return TorchTensor((), values=max(self.values) if name == "max" else min(self.values))
    return function(run, f"Tensor.{name}", [self, *args], kwargs)


METHODS: dict[str, Callable[..., Value]] = {
    "size": _size, "item": _item, "tolist": _tolist, "numel": _numel, "nelement": _numel,
    "dim": lambda run, self: len(self.shape), "ndimension": lambda run, self: len(self.shape),
    "numpy": lambda run, self, **_: run.unknown("the values of a tensor"),
    "is_floating_point": lambda run, self: self.dtype == "float32",
    "element_size": lambda run, self: 4, "get_device": lambda run, self: -1, "is_contiguous": lambda run, self, **_: True,
    "max": lambda run, self, *args, **kwargs: _max_like(run, self, "max", *args, **kwargs),
    "min": lambda run, self, *args, **kwargs: _max_like(run, self, "min", *args, **kwargs),
    "stride": lambda run, self, *_: run.unknown("the strides of a tensor"),
    "sum_to_size": lambda run, self, *sizes: TorchTensor(sizes),
    "new_tensor": lambda run, self, data, **_: tensor_of(run, data),
    "new_full": lambda run, self, size, *_, **__: function(run, "Tensor.new_zeros", [self, *size], {}),
    "resize_": lambda run, self, *size: function(run, "Tensor.view", [self, *size], {}),
}


def tensor_of(run: Interpreter, data: Value) -> Value:
    """The tensor of nested lists of numbers."""
    if isinstance(data, TorchTensor):
        return data
    if isinstance(data, Array):
        if any(isinstance(n, Unknown) for n in data.shape):
            return run.unknown("the shape of an array")
        return TorchTensor(data.shape, values=list(data.values) if data.values is not None and len(data.shape) == 1 else None)
    if isinstance(data, bool):
        return TorchTensor((), dtype="bool", values=data)
    if isinstance(data, (int, float)):
        return TorchTensor((), dtype="int64" if isinstance(data, int) else "float32", values=data)
    if isinstance(data, (list, tuple)):
        inner = [tensor_of(run, item) for item in data]
        unknown = next((item for item in inner if isinstance(item, Unknown)), None)
        if unknown is not None and not all(isinstance(item, (Unknown, TorchTensor)) for item in inner):
            return unknown
        first = next((item for item in inner if isinstance(item, TorchTensor)), None)
        shape = (len(inner), *(first.shape if first is not None else ()))
        flat = all(isinstance(item, (int, float)) for item in data)
        return TorchTensor(shape, dtype=first.dtype if first is not None else "float32", values=list(data) if flat else None)
    return data.derived(run) if isinstance(data, Unknown) else run.unknown("the values of a tensor")


def prepared(run: Interpreter, value: Value) -> Value:
    """An argument as the rules take it: a known scalar tensor is its number."""
    if isinstance(value, TorchTensor) and not value.shape and isinstance(value.values, (int, float)):
        return value.values
    if isinstance(value, range):
        return list(value)
    if isinstance(value, list) and not any(isinstance(v, (TorchTensor, Unknown)) for v in value):
        return value
    return value


def unknown_in(values: Any) -> Unknown | None:
    """The first unknown value among arguments and in their lists."""
    for value in values:
        if isinstance(value, Unknown):
            return value
        if isinstance(value, (list, tuple)):
            found = unknown_in(value)
            if found is not None:
                return found
    return None


def function(run: Interpreter, name: str, args: list[Value], kwargs: Arguments) -> Value:
    """The result of a function or method of PyTorch's, `F.relu`, `torch.cat`, `Tensor.view`."""
    kind = named_kind(name)
    if kind is None:
        return run.unknown(f"{name} is not read")
    if any(isinstance(arg, TorchTensor) and arg.shape for arg in (*args, *kwargs.values())) or not is_tensor(args[0] if args else None):
        args = [prepared(run, arg) for arg in args]
    needed = [arg for arg in args if not (kind.sees == "place" and not is_tensor(arg))]
    unknown = unknown_in(needed) or unknown_in([v for k, v in kwargs.items() if k in kind.settings or k in kind.tensors])
    if unknown is not None:
        return unknown.derived(run)
    args = [None if isinstance(arg, Unknown) else arg for arg in args]
    values = numbers(name.rpartition(".")[2].rstrip("_"), args)
    if values is not None:
        return values
    try:
        made = call(kind, args, kwargs, is_tensor)
        layer, tensors = made
        if kind.tensors and not tensors and kind.arity[0]:
            return run.unknown(f"{name} of values that are not tensors")
        strides = tensors[0].strides if name == "Tensor.view" else None
        if strides and not viewable(sizes_of(tensors[0].shape), strides, sizes_of(layer.output(tensors[0].shape))):
            made = Call(layer.replaced(key=None, apart=True), tensors)
            layer = made.layer
        shapes = layer.apply(tuple([example(t.shape) for t in tensors]))
    except NeedsBatch:
        raise
    except CnncalcError as error:
        tape = session(run).tape
        if tape is not None and "made" in locals():
            tape.fail(run, made, name)
        raise refused(run, error) from None
    except UNREAD:  # arguments of sorts that no rule expects
        return run.unknown(f"{name} with these arguments is not read")
    run.charge(1)
    run.progress()
    return results(run, name, Call(layer, tensors), [whole(y) for y in shapes])


_NUMERIC: dict[str, Callable[..., float] | None] = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "multiply": lambda a, b: a * b, "div": lambda a, b: a / b,
    "divide": lambda a, b: a / b, "true_divide": lambda a, b: a / b, "pow": lambda a, b: a ** b, "remainder": lambda a, b: a % b,
    "floor_divide": lambda a, b: a // b, "ne": lambda a, b: a != b, "eq": lambda a, b: a == b,
    "round": round, "floor": math.floor, "ceil": math.ceil, "log": math.log, "log2": math.log2, "exp": math.exp, "sqrt": math.sqrt, "neg": lambda a: -a,
    "abs": abs, "int": int, "long": int, "float": float, "clone": lambda a: a, "detach": lambda a: a, "cpu": lambda a: a, "contiguous": lambda a: a,
    "sum": None, "cumsum": None, "flip": None,
}


def numbers(name: str, args: list[Value]) -> TorchTensor | None:
    """A function of each number of short vectors, where all of them are known."""
    rule = _NUMERIC.get(name)
    known = [arg.values if isinstance(arg, TorchTensor) and not arg.shape else arg for arg in args]
    if rule is not None and args and isinstance(args[0], TorchTensor) and args[0].ref is None and all(isinstance(v, (int, float)) for v in known):
        try:
            return TorchTensor((), values=rule(*known))
        except (TypeError, ValueError, ArithmeticError):
            return None
    vectors = [arg for arg in args if isinstance(arg, TorchTensor)]
    if rule is None or not vectors or any(not isinstance(v.values, list) or v.ref is not None for v in vectors):
        return None
    if any(not isinstance(arg, (TorchTensor, int, float)) for arg in args) or len({len(v.values) for v in vectors}) > 1:
        return None
    columns = [arg.values if isinstance(arg, TorchTensor) else [arg] * len(vectors[0].values) for arg in args]
    try:
        values = [rule(*row) for row in zip(*columns)]
    except (TypeError, ValueError, ArithmeticError):
        return None
    return TorchTensor(vectors[0].shape, dtype="int64" if all(isinstance(v, int) for v in values) else "float32", values=values)


def results(run: Interpreter, name: str, made: Call, shapes: list[Any]) -> Value:
    """The tensors that a function gives, recorded while a network runs."""
    layer, tensors = made
    last = name.rpartition(".")[2].rstrip("_")
    dtype = "bool" if last in _BOOLEAN else "int64" if last in _INTEGER else next((t.dtype for t in tensors), "float32")
    if last in ("float", "half", "double", "softmax", "div"):
        dtype = "float32"
    tape = session(run).tape
    refs: Sequence[Ref | None] = [None] * len(shapes)
    if tape is not None:
        refs = tape.function(run, name, layer, tensors, len(shapes))
    found = [TorchTensor(shape, ref, dtype) for shape, ref in zip(shapes, refs)]
    if tensors:
        strides = after(last, layer, tensors[0].shape, [t.strides for t in tensors])
        for one in found:
            one.strides = strides
    if len(found) == 1 and last not in ("chunk", "split", "unbind", "meshgrid", "tensor_split", "split_with_sizes"):
        if last in ("clone", "detach", "contiguous", "to", "float", "cpu", "cuda") and tensors:
            found[0].values = tensors[0].values
        return found[0]
    if last in ("max", "min", "median", "mode", "kthvalue", "cummax", "cummin", "topk", "sort"):
        found[1].dtype = "int64"
        return Results(found)
    return tuple(found)


def operator(run: Interpreter, self: TorchTensor, op: str, other: Value, swapped: bool) -> Value:
    """`self op other`."""
    name = _OPERATORS.get(op)
    if name is None:
        return NotImplemented
    if isinstance(other, Unknown):
        other = None if name not in ("matmul",) else other
    if isinstance(self.values, (int, float)) and isinstance(other, (int, float)):
        made = binary(run, op, other, self.values) if swapped else binary(run, op, self.values, other)
        return made if isinstance(made, bool) else TorchTensor((), values=made)
    if other is None and op in ("==", "!="):
        return op == "!="
    if isinstance(other, (TorchTensor, int, float)) or other is None:
        return function(run, f"Tensor.{name}", [other, self] if swapped else [self, other], {})
    return NotImplemented


def get_item(run: Interpreter, self: TorchTensor, key: Value) -> Value:
    """`self[key]`."""
    keys = list(key) if isinstance(key, tuple) else [key]
    if len(keys) == 1 and isinstance(keys[0], int) and isinstance(self.values, list) and -len(self.values) <= keys[0] < len(self.values):
        return TorchTensor((), dtype=self.dtype, values=self.values[keys[0]])
    index: list[object] = []
    extra: list[TorchTensor] = []
    for item in keys:
        if isinstance(item, Unknown):
            return item.derived(run)
        if isinstance(item, slice):
            parts = [v.values if isinstance(v, TorchTensor) else v for v in (item.start, item.stop, item.step)]
            unknown = unknown_in(parts)
            if unknown is not None:
                return unknown.derived(run)
            index.append(slice(*parts))
        elif isinstance(item, TorchTensor):
            if item.dtype == "bool":
                index.append((None,))
                index += [(1,)] * (len(item.shape) - 1)
            elif isinstance(item.values, int):
                index.append(item.values)
            else:
                index.append(tuple(item.shape))
        elif isinstance(item, (list, tuple)):
            index.append((len(item),))
        else:
            index.append(item)
    kind = named_kind("Tensor.__getitem__")
    assert kind is not None
    layer = kind(index=tuple(index))
    try:
        shapes = layer.apply((example(self.shape),))
    except CnncalcError as error:
        tape = session(run).tape
        if tape is not None:
            tape.fail(run, Call(layer, (self,)), "Tensor.__getitem__")
        raise refused(run, error) from None
    except UNREAD:
        return run.unknown("an index of a tensor that is not read")
    return results(run, "Tensor.__getitem__", Call(layer, (self, *extra)), [whole(y) for y in shapes])


def elements(run: Interpreter, self: TorchTensor) -> list[Value]:
    """What a loop over a tensor gives."""
    if isinstance(self.values, list):
        return [TorchTensor((), dtype=self.dtype, values=v) for v in self.values]
    n = self.shape[0] if self.shape else None
    if n is None:
        raise run.error("TypeError", "iteration over a 0-d tensor")
    if symbolic(n) or int(n) > 1_000:
        raise Uncertain(run.unknown("the examples of a batch: give its size with --batch"))
    return list(function(run, "Tensor.unbind", [self], {}))


TorchTensor.functions = TensorFunctions(tensor_attribute, get_item, elements, operator, function)
