"""PyTorch's tensors and modules as the interpreter holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

from ...errors import CnncalcError, SpecError
from ...graph import Ref
from ...layers.base import Shape
from ...num import product
from ...pytorch.base import Module
from ...pytorch.shapes import NeedsBatch, Whole
from .classes import Class, Instance
from .functions import Function
from .interpreter import Interpreter, Object, Raised, Unknown
from .scopes import Arguments, Value
from .text import Place
from .values import Method, Named, Native


class Size(tuple[Value, ...]):
    """torch.Size."""

    __slots__ = ()

    def __getitem__(self, key: Value) -> Value:
        found = super().__getitem__(key)
        return Size(found) if isinstance(key, slice) else found

    def member(self, run: Interpreter, name: str) -> Value:
        """An attribute that tuples do not have."""
        return Native(name, lambda run: product(self)) if name == "numel" else NotImplemented


class TensorFunctions:
    """What is done with tensors: their attributes, items, elements and operators, and a function by its name."""

    def __init__(self, attribute: Callable[[Interpreter, TorchTensor, str], Value], item: Callable[[Interpreter, TorchTensor, Value], Value],
                 elements: Callable[[Interpreter, TorchTensor], Iterable[Value]],
                 operator: Callable[[Interpreter, TorchTensor, str, Value, bool], Value],
                 function: Callable[[Interpreter, str, list[Value], Arguments], Value]):
        self.attribute, self.item, self.elements, self.operator, self.function = attribute, item, elements, operator, function


class TorchTensor(Object):
    """A tensor: its shape, the output of a call that it is, and the numbers of a short vector where they are known."""

    type_name = "Tensor"
    functions: ClassVar[TensorFunctions]  # torch_tensors sets it

    def __init__(self, shape: Iterable[object], ref: Ref | None = None, dtype: str = "float32", values: Value = None):
        self.shape = shape if type(shape) is Whole else Whole(shape)
        self.ref, self.dtype, self.values = ref, dtype, values
        self.requires_grad = False
        self.attrs: dict[str, Value] = {}
        #: How far its values lie apart in memory (torch_strides); `None`: in order.
        self.strides: tuple[int, ...] | None = None

    def __repr__(self) -> str:
        return f"<tensor {self.shape}>"

    def get(self, run: Interpreter, name: str) -> Value:
        return self.functions.attribute(run, self, name)

    def set(self, run: Interpreter, name: str, value: Value) -> None:
        if name == "requires_grad" and isinstance(value, bool):
            run.changing(self)
            self.requires_grad = value
        elif name == "data" and isinstance(value, TorchTensor):
            run.changing(self)
            self.shape = value.shape
        else:
            self.attrs[name] = value

    def item(self, run: Interpreter, key: Value) -> Value:
        return self.functions.item(run, self, key)

    def set_item(self, run: Interpreter, key: Value, value: Value) -> None:
        self.values = None

    def items(self, run: Interpreter) -> Iterable[Value]:
        return self.functions.elements(run, self)

    def length(self, run: Interpreter) -> Value:
        if not self.shape:
            raise run.error("TypeError", "len() of a 0-d tensor")
        return self.shape[0]

    def truth(self, run: Interpreter) -> Value:
        return bool(self.values) if isinstance(self.values, (int, float)) else run.unknown("the values of a tensor")

    def contains(self, run: Interpreter, value: Value) -> Value:
        return run.unknown("the values of a tensor")

    def binary(self, run: Interpreter, op: str, other: Value, swapped: bool) -> Value:
        return self.functions.operator(run, self, op, other, swapped)

    def unary(self, run: Interpreter, op: str) -> Value:
        return self.functions.function(run, "Tensor.neg" if op == "-" else "Tensor.logical_not", [self], {}) if op != "+" else self

    def absolute(self, run: Interpreter) -> Value:
        return self.functions.function(run, "Tensor.abs", [self], {})

    def text(self, run: Interpreter) -> Value:
        return run.unknown("the values of a tensor")

    def state(self) -> object:
        return (self.shape, self.values, self.requires_grad, dict(self.attrs))

    def restore(self, state: Value) -> None:
        self.shape, self.values, self.requires_grad, attrs = state
        self.attrs.clear()
        self.attrs.update(attrs)


class Parameter(TorchTensor):
    """Weights: of a module of PyTorch's, or made by the program with nn.Parameter."""

    type_name = "Parameter"

    def __init__(self, shape: Iterable[object], requires_grad: bool = True, dtype: str = "float32"):
        super().__init__(shape, dtype=dtype)
        self.requires_grad = requires_grad

    def get(self, run: Interpreter, name: str) -> Value:
        if name == "requires_grad_":
            return Native(name, self._trained)
        return super().get(run, name)

    def _trained(self, run: Interpreter, requires_grad: Value = True) -> Value:
        self.set(run, "requires_grad", requires_grad)
        return self

    @property
    def count(self) -> int | None:
        return product(self.shape)


class Results(tuple[object, ...]):
    """Several tensors with names: `x.max(1).values`."""

    __slots__ = ()

    def member(self, run: Interpreter, name: str) -> Value:
        """An attribute that tuples do not have."""
        names = ("values", "indices")
        return self[names.index(name)] if name in names else NotImplemented


class TorchModule(Instance):
    """A module: one of PyTorch's kinds with its settings, or one that the program defines."""

    #: Whether it is one of PyTorch's containers, not of a class that derives from one: it has no row.
    container = False

    def __init__(self, cls: Class):
        super().__init__(cls)
        #: Our layer, for PyTorch's own kinds.
        self.layer: Module | None = None
        #: Why it could not be built: a value that is not known.
        self.problem: Unknown | None = None
        self.place: Place | None = None
        self.parameters: dict[str, Parameter] = {}
        self.buffers: dict[str, TorchTensor] = {}
        #: Parameters that were added to those of its kind: the lengths of weight_norm.
        self.extra: dict[str, Parameter] = {}

    def __repr__(self) -> str:
        return f"<module {self.cls.name}>"

    def children(self) -> Iterator[tuple[str, TorchModule]]:
        """The modules that it holds, by name, in the order in which they were registered."""
        for name, value in self.attrs.items():
            if isinstance(value, TorchModule):
                yield name, value

    def named_modules(self, prefix: str = "", met: set[int] | None = None) -> Iterator[tuple[str, TorchModule]]:
        """It and every module in it, once each, as PyTorch names them."""
        met = set() if met is None else met
        if id(self) in met:
            return
        met.add(id(self))
        yield prefix, self
        for name, child in self.children():
            yield from child.named_modules(f"{prefix}.{name}" if prefix else name, met)

    def own_parameters(self, shapes: tuple[Shape, ...] = ()) -> dict[str, Parameter]:
        """The parameters that it holds itself, by name."""
        found = {}
        if self.layer is not None:
            try:
                for weight in self.layer.weights(*self.layer.viewed(shapes)):
                    if weight.name not in self.parameters:
                        self.parameters[weight.name] = Parameter(weight.shape, self.layer.trainable)
                    found[weight.name] = self.parameters[weight.name]
            except (IndexError, CnncalcError):
                pass  # a lazy module that was not called yet
            return {**{name: self.attrs[name] if isinstance(self.attrs.get(name), Parameter) else p for name, p in found.items()}, **self.extra}
        return {name: value for name, value in self.attrs.items() if isinstance(value, Parameter)}

    def state(self) -> object:
        return (dict(self.attrs), self.layer, dict(self.parameters), dict(self.buffers), self.problem)

    def restore(self, state: Value) -> None:
        attrs, self.layer, parameters, buffers, self.problem = state
        for mine, was in ((self.attrs, attrs), (self.parameters, parameters), (self.buffers, buffers)):
            mine.clear()
            mine.update(was)


class Failure:
    """A module or function that refuses its arguments: the error, and where it was called and built."""

    def __init__(self, error: SpecError, module: TorchModule | None, place: Place | None, stack: list[Place | None], building: bool):
        self.error, self.module, self.place, self.stack, self.building = error, module, place, stack, building


def refused(run: Interpreter, error: CnncalcError, module: TorchModule | None = None, building: bool = False) -> Raised:
    """What PyTorch raises where the rules of a layer refuse something."""
    first = next(iter(error))
    if isinstance(first, NeedsBatch):
        first.place = run.place()
        raise first
    spec = first if isinstance(first, SpecError) else SpecError(str(first))
    raised = run.error("RuntimeError", spec.problem)
    raised.failure = Failure(spec, module, raised.place, list(run.stack), building)
    return raised


class Word(Named):
    """A name that changes no shape: a data type, a device, an optimizer, a transform."""

    def get(self, run: Interpreter, name: str) -> Value:
        return "cpu" if name == "type" else Word(f"{self.word}.{name}")

    def call(self, run: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Value:
        if len(args) == 1 and isinstance(args[0], (Function, Class, Method)) and not kwargs:
            return args[0]  # a decorator
        return Word(self.word)

    def item(self, run: Interpreter, key: Value) -> Value:
        return self

    def binary(self, run: Interpreter, op: str, other: Value, swapped: bool) -> Value:
        return self if op == "|" else NotImplemented

    def text(self, run: Interpreter) -> Value:
        return self.word

    def special(self, run: Interpreter, name: str, *args: Value) -> Value:
        return self if name == "__enter__" else None
