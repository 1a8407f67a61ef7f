"""Keras's tensors, layers and models as the interpreter holds them.

A tensor remembers the call that gave it, so that a model is found by walking back from its outputs. Shapes
have the batch in front, as Keras prints them; `None` is a size that is open until the network runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from ...errors import CnncalcError, SpecError
from ...graph import Names
from ...layers import InputLayer, Layer, Shape
from ...layers.unknown import Assumed
from .arrays import Array
from .classes import Class, Instance
from .functions import Function
from .interpreter import Interpreter, Object, Raised, Size, Unknown
from .scopes import Value
from .text import Place
from .values import Native

Full = tuple[Value, ...]


class Session:
    """What Keras keeps while a program runs: names given, settings, layers and models made."""

    def __init__(self) -> None:
        self.names = Names()
        self.counts = NameCounts(self)
        self.data_format = "channels_last"
        self.calls = 0
        #: Whether the program can only run with Keras 2, and why.
        self.keras2: str | None = None
        #: Classes of Keras's kinds of layers by name.
        self.kinds: dict[str, Class] = {}
        #: What Keras's modules hold, once it is asked for.
        self.members: dict[tuple[str, str], Value] = {}
        #: Names of operations, by the number of the call.
        self.names_of: dict[int, str] = {}
        #: Layers that models and layers of the program are inside others, by what they were made of.
        self.nested: dict[tuple[object, ...], tuple[KerasLayer, Layer]] = {}
        #: The layers of models in Keras's order.
        self.layers: dict[int, tuple[KerasModel, list[KerasLayer]]] = {}
        #: How often a network was asked for: what was made before is made anew.
        self.final = 0
        #: Layers inside layers whose code is running.
        self.depth = 0
        #: Models in the order in which they were made, and calls of models on data or on a declared size.
        self.models: list[KerasModel] = []
        self.seen: list[tuple[KerasLayer, list[Full], Place | None]] = []
        #: Sizes that the reader gives inputs whose own is not known, by name ("" for the only one).
        self.inputs: dict[str, Full] = {}
        self.notes: list[str] = []
        #: What the reader assumes of layers whose code cannot be read, by name.
        self.assumed: dict[str, Assumed] = {}

    def name(self, run: Interpreter, keras_class: str) -> str:
        """The next automatic name."""
        run.changing(self.counts)
        return self.names.next(keras_class)

    def number(self) -> int:
        self.calls += 1
        return self.calls


class NameCounts(Object):
    """How many names of each class were given, for branches: after one that may have been taken, those given in it are taken."""

    def __init__(self, session: Session):
        self.session = session

    def state(self) -> dict[str, int]:
        return dict(self.session.names._used)

    def restore(self, state: dict[str, int]) -> None:
        self.session.names._used = dict(state)

    def join(self, run: Interpreter, one: dict[str, int], other: dict[str, int], why: Unknown) -> dict[str, int]:
        return {word: max(one.get(word, 0), other.get(word, 0)) for word in {**one, **other}}


class TensorShape(tuple[object, ...]):
    """A shape, with the methods of TensorFlow's."""

    __slots__ = ()

    def member(self, run: Interpreter, name: str) -> Value:
        """An attribute that tuples do not have."""
        if name in ("as_list", "aslist"):
            return Native(name, lambda run: list(self))
        if name in ("rank", "ndims"):
            return len(self)
        if name == "num_elements":
            return Native(name, lambda run: run.unknown("the number of elements"))
        if name in ("assert_is_compatible_with", "with_rank"):
            return Native(name, lambda run, *_: self)
        if name == "dims":
            return list(self)
        return NotImplemented


class TensorOperations:
    """What is done with tensors: their attributes, items and operators, and an operation by its name."""

    def __init__(self, attribute: Callable[[Interpreter, Tensor, str], Value], item: Callable[[Interpreter, Tensor, Value], Value],
                 operator: Callable[[Interpreter, str, Tensor, Value, bool], Value],
                 operation: Callable[[Interpreter, str, list[Value], dict[str, object]], Value]):
        self.attribute, self.item, self.operator, self.operation = attribute, item, operator, operation


class Tensor(Object):
    """One output of a call; without a call, an input, a weight or a constant."""

    type_name = "KerasTensor"
    operations: ClassVar[TensorOperations]  # keras_names.prepare sets it

    def __init__(self, shape: Full, call: Call | None = None, index: int = 0, inner: bool = False, dtype: str = "float32"):
        self.shape, self.call_, self.index, self.inner, self.dtype = shape, call, index, inner, dtype
        #: The numbers of a constant, as nested lists.
        self.constant: object = None
        #: Of a variable that no layer keeps yet: whether it is trained.
        self.variable: bool | None = None

    def __repr__(self) -> str:
        return f"<tensor {self.shape}>"

    def sizes(self, run: Interpreter) -> TensorShape:
        """The shape as a program sees it."""
        if not self.inner:
            return TensorShape(self.shape)
        return TensorShape([Size("a size that is open until the network runs", None) if n is None else n for n in self.shape])

    def get(self, run: Interpreter, name: str) -> Value:
        return self.operations.attribute(run, self, name)

    def item(self, run: Interpreter, key: Value) -> Value:
        return self.operations.item(run, self, key)

    def items(self, run: Interpreter) -> Iterable[Value]:
        n = self.shape[0] if self.shape else None
        if not isinstance(n, int) or n > 1_000:
            raise run.error("TypeError", "Iterating over a symbolic KerasTensor is not supported.")
        return [self.item(run, i) for i in range(n)]

    def length(self, run: Interpreter) -> Value:
        return self.shape[0] if self.shape and self.shape[0] is not None else run.unknown("the size of the batch")

    def truth(self, run: Interpreter) -> Value:
        return run.unknown("the values of a tensor")

    def binary(self, run: Interpreter, op: str, other: Value, swapped: bool) -> Value:
        return self.operations.operator(run, op, self, other, swapped)

    def unary(self, run: Interpreter, op: str) -> Value:
        return self.operations.operation(run, "Negative", [self], {}) if op == "-" else self

    def absolute(self, run: Interpreter) -> Value:
        return self.operations.operation(run, "Absolute", [self], {})

    def text(self, run: Interpreter) -> Value:
        return f"<KerasTensor shape={self.shape}>"


class Call:
    """One call of a layer or an operation."""

    __slots__ = ("assumed", "function", "inner", "inputs", "keyed", "layer", "number", "operation", "outputs", "place", "stack")

    def __init__(self, number: int, layer: KerasLayer | None, inputs: list[Tensor], place: Place | None,
                 operation: Layer | None = None):
        self.number, self.layer, self.inputs, self.place, self.operation = number, layer, inputs, place, operation
        self.outputs: list[Tensor] = []
        #: For TensorFlow's functions: the name, and the constants among the arguments.
        self.function: tuple[str, dict[str, object]] | None = None
        #: What the layer's own code computes inside: its inputs and outputs.
        self.inner: tuple[list[Tensor], list[Tensor]] | None = None
        #: What the reader assumes of it, where the code cannot be read.
        self.assumed: Assumed | None = None
        self.keyed: object = None
        self.stack: list[Place | None] = []


class KerasLayer(Instance):
    """A layer: one of Keras's kinds with its settings, or one that the program defines."""

    def __init__(self, cls: Class):
        super().__init__(cls)
        #: The kind of layer (a class of `cnncalc.layers`), for Keras's own.
        self.kind: type[Layer] | None = None
        self.settings: dict[str, object] = {}
        #: A layer that was made elsewhere, as those of keras.applications are.
        self.ready: Layer | None = None
        self.name = ""
        self.trainable = True
        self.place: Place | None = None
        self.calls: list[Call] = []
        #: What its code makes with add_weight: name, shape, whether it is trained.
        self.weights: list[tuple[str, Full, bool]] = []
        self.sublayers: list[KerasLayer] = []
        self.built = False
        self.building = False
        self.initialized = False
        #: The function of a Lambda.
        self.function: Value = None
        #: Why it could not be made: an error with its place, or the unknown value of a setting.
        self.problem: SpecError | None = None
        self.input_shape: Full | None = None
        self._made: dict[tuple[object, ...], Layer] = {}

    def __repr__(self) -> str:
        return f"<layer {self.name}>"

    @property
    def custom(self) -> bool:
        """Whether what it computes is code of the program."""
        for cls in self.cls.mro:
            if "call" in cls.members:
                return isinstance(cls.members["call"], Function)
        return False

    @property
    def keras_class(self) -> str:
        """The class name that Keras prints."""
        if self.cls.node is not None:
            return self.cls.name
        return self.kind.keras_class if self.kind is not None else self.cls.name

    def layer(self) -> Layer:
        """The layer of one of Keras's kinds, with its settings and whether it is trained; CnncalcError if it cannot be."""
        key = (self.trainable, len(self.settings))
        known = self._made.get(key)
        if known is None:
            if self.problem is not None:
                raise self.problem
            if self.ready is not None:
                known = self.ready.replaced(said=dict(self.ready.said))
            elif self.kind is not None:
                known = self.kind(**self.settings)
            else:
                raise SpecError(f"what {self.keras_class} {self.name!r} computes cannot be read")
            if not self.trainable and type(known) is not InputLayer:
                frozen = None if known.key is None else (*known.key, ("trainable", False))
                known = known.replaced(trainable=False, said={**known.said, "trainable": False}, key=frozen)
            self._made[key] = known
        return known

    def state(self) -> tuple[object, ...]:
        return (self.trainable, self.built, list(self.weights), list(self.calls), dict(self.settings), self.kind, self.name)

    def restore(self, state: Value) -> None:
        self.trainable, self.built, weights, calls, settings, self.kind, self.name = state
        self.weights, self.calls, self.settings = list(weights), list(calls), dict(settings)

    def join(self, run: Interpreter, one: Value, other: Value, why: Unknown) -> object:
        """The state after a branch that may have been taken: with what was made in it, and trained only if in both."""
        return (one[0] and other[0] if one[0] == other[0] else one[0], one[1] or other[1], *one[2:])


class KerasModel(KerasLayer):
    """A model: Functional with inputs and outputs, a Sequential with a stack, or of a class of the program."""

    def __init__(self, cls: Class):
        super().__init__(cls)
        self.inputs: list[Tensor] | None = None
        self.outputs: list[Tensor] = []
        #: How inputs and outputs were given: a tensor, a list, a dict.
        self.given_outputs: Value = None
        self.stack: list[Value] | None = None
        self.input_tensor: Tensor | None = None
        #: How many layers of the stack have been called, and the last tensor.
        self.called = 0
        self.last: Tensor | None = None
        #: Shapes that the program or the reader gives a model that declares none.
        self.shapes: list[Full] | None = None
        self.broken: Unknown | None = None
        #: The exception of the layer that did not fit, when it was added.
        self.failure: Raised | None = None
        #: Whether it is one of keras.applications.
        self.application = False

    @property
    def sequential(self) -> bool:
        return self.stack is not None

    @property
    def functional(self) -> bool:
        return self.inputs is not None

    def state(self) -> tuple[object, ...]:
        return (*super().state(), None if self.stack is None else list(self.stack), self.called, self.last, self.outputs, self.broken)

    def restore(self, state: Value) -> None:
        *rest, stack, self.called, self.last, self.outputs, self.broken = state
        super().restore(tuple(rest))
        self.stack = None if stack is None else list(stack)

    def join(self, run: Interpreter, one: Value, other: Value, why: Unknown) -> object:
        if one[7] != other[7]:
            return (*one[:-1], run.unknown("its layers depend on a condition that is not known", why))
        return one


def failure(run: Interpreter, error: CnncalcError, layer: KerasLayer | None = None, call: Call | None = None,
            place: Place | None = None) -> Raised:
    """What Keras raises where the rules of a layer refuse something."""
    first = next(iter(error))
    problem = getattr(first, "problem", str(first))
    raised = run.error("ValueError", problem, place)
    raised.failure = Failure(first if isinstance(first, SpecError) else SpecError(problem), layer, call, raised.place, list(run.stack))
    return raised


class Failure:
    """A layer that could not be made or called: the error, where, and on what."""

    def __init__(self, error: SpecError, layer: KerasLayer | None, call: Call | None, place: Place | None, stack: list[Place | None]):
        self.error, self.layer, self.call, self.place, self.stack = error, layer, call, place, stack


def example(full: Full) -> Shape:
    """The shape of one example."""
    return Shape(full[1:])


def plain_size(n: Value) -> object:
    """A size as the rules take it: `None` where it is open."""
    return None if isinstance(n, Unknown) else n


def session(run: Interpreter) -> Session:
    """What Keras keeps while the program runs."""
    found: Session = run.sessions["keras"]
    return found


def tensors_in(run: Interpreter, value: Value, found: list[Tensor]) -> Unknown | None:
    """Collect the tensors in nested lists and mappings; an unknown value among them is returned."""
    if isinstance(value, Tensor):
        found.append(value)
    elif isinstance(value, Array):
        found.append(constant(value))
    elif isinstance(value, Unknown):
        return value
    elif isinstance(value, (list, tuple)):
        for item in value:
            unknown = tensors_in(run, item, found)
            if unknown is not None:
                return unknown
    elif isinstance(value, dict):
        for key in sorted(value, key=str):
            unknown = tensors_in(run, value[key], found)
            if unknown is not None:
                return unknown
    return None


def constant(array: Array) -> Tensor:
    """An array as a tensor."""
    made = Tensor(tuple([None if isinstance(n, Unknown) else n for n in array.shape]), inner=True, dtype=array.dtype)
    made.constant = array
    return made


def record(run: Interpreter, self: KerasLayer, call: Call) -> None:
    """Keep a call among those of its layer."""
    run.changing(self)
    self.calls.append(call)
    self.built = True


def image_data_format(run: Interpreter) -> Value:
    """Where images have their channels."""
    return session(run).data_format


def set_image_data_format(run: Interpreter, value: Value) -> None:
    """Say where images have their channels, in the words of Keras 3 or of Keras 1."""
    if isinstance(value, str):
        session(run).data_format = {"tf": "channels_last", "th": "channels_first"}.get(value, value)


def clear_session(run: Interpreter, *_: Value, **__: Value) -> None:
    """Give names anew from the beginning."""
    session(run).names = Names()
