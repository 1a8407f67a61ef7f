"""Calls of Keras's layers and models on tensors."""

from __future__ import annotations

from ...errors import CnncalcError, SpecError
from ...layers import InputLayer
from .arrays import Array
from .interpreter import Interpreter, Raised, Unknown
from .keras_code import BESIDE, call_custom
from .keras_graph import nested
from .keras_inputs import INPUT_LAYER, input_tensor
from .keras_layers import LAYER, initialize
from .keras_objects import Call, Full, KerasLayer, KerasModel, Tensor, example, failure, record, session, tensors_in
from .scopes import Arguments, Value
from .values import Native

#: Arguments of a call that are inputs of their own.
INPUTS = ("inputs", "input", "x", "sequences", "query", "value", "key", "initial_state")


def call_layer(run: Interpreter, self: KerasLayer, *args: Value, **kwargs: Value) -> Value:
    """A call of a layer on tensors."""
    if not self.initialized:
        initialize(run, self)
    found: list[Tensor] = []
    named = [value for name, value in kwargs.items() if name in INPUTS or (self.custom and name not in BESIDE)]
    unknown = tensors_in(run, [*[arg for arg in args if not isinstance(arg, (bool, type(None)))], *named], found)
    if unknown is not None:
        return unknown.derived(run)
    if not found and not self.custom:
        raise run.error("ValueError", f"{self.keras_class} {self.name!r} is called without a tensor")
    if self.calls and [t.shape for t in self.calls[-1].inputs] == [t.shape for t in found]:
        run.work(40)  # again, as a loop that trains does
    else:
        run.progress()
    call = Call(session(run).number(), self, found, run.place())
    call.stack = list(run.stack)
    if self.problem is not None:
        raise _failed(run, self, call)
    if isinstance(self, KerasModel) and not self.custom:
        result = call_model(run, self, call, args)
    elif self.custom or self.function is not None:
        result = call_custom(run, self, call, args, kwargs)
    elif self.kind is not None:
        result = _call_kind(run, self, call, kwargs)
    else:
        result = args[0] if args else None  # Layer itself: the identity
    return result


def _failed(run: Interpreter, self: KerasLayer, call: Call) -> Raised:
    raised = run.error("ValueError", self.problem.problem if self.problem is not None else "")
    raised.failure = failure(run, self.problem or SpecError(""), self, call).failure
    return raised


def _call_kind(run: Interpreter, self: KerasLayer, call: Call, kwargs: Arguments) -> Value:
    """A call of one of Keras's own layers."""
    tensors = call.inputs
    try:
        layer = self.layer()
        if getattr(layer, "separate_inputs", False) and len(tensors) == 1:
            tensors = call.inputs = [tensors[0], tensors[0]]
        shapes = [example(t.shape) for t in tensors]
        ys = layer.apply(tuple(shapes))
    except CnncalcError as error:
        raise failure(run, error, self, call) from None
    batch = next((t.shape[0] for t in tensors if t.shape), None)
    inner = any(t.inner for t in tensors)
    call.outputs = [Tensor((batch, *y), call, i, inner, tensors[0].dtype) for i, y in enumerate(ys)]
    record(run, self, call)
    if tensors and all(t.constant is not None for t in tensors) and not session(run).depth:
        found = [Array(tuple(t.shape), None, "float32") for t in call.outputs]  # of numbers alone: a model that reads it has no such layer
        return found[0] if len(found) == 1 else found
    if kwargs.get("return_attention_scores") is True:
        return (call.outputs[0], run.unknown("attention scores"))
    return call.outputs[0] if len(call.outputs) == 1 else list(call.outputs)


def _own_input(run: Interpreter, shape: Full) -> Tensor:
    made = input_tensor(run, batch_shape=tuple(shape))
    assert isinstance(made, Tensor)
    return made


def add(run: Interpreter, self: KerasModel, layer: Value, **_: Value) -> None:
    """`model.add(layer)`."""
    if self.stack is None:
        raise run.error("AttributeError", f"{self.keras_class!r} object has no attribute 'add'")
    run.changing(self)
    if isinstance(layer, Unknown):
        self.broken = self.broken or layer
        self.stack.append(layer)
        return
    if isinstance(layer, Tensor) and layer.call_ is not None and layer.call_.layer is not None and layer.call_.layer.kind is InputLayer:
        layer = layer.call_.layer
    if not isinstance(layer, KerasLayer):
        if callable(getattr(layer, "call", None)) and not isinstance(layer, Tensor):
            self.broken = self.broken or run.unknown(f"a {run.type_name(layer)} is no layer that is read")
            return
        raise run.error("ValueError", f"Only instances of keras.Layer can be added to a Sequential model (got {run.type_name(layer)})")
    if layer.kind is InputLayer and layer.cls is INPUT_LAYER:
        if self.stack:
            raise run.error("ValueError", "an InputLayer can only be the first of a Sequential model")
        self.input_tensor = self.last = layer.calls[0].outputs[0]
        return
    if not self.stack and self.input_tensor is None:
        shape = layer.input_shape
        if shape is None and isinstance(layer, KerasModel):
            shape = declared(run, layer)
        if shape is not None:
            self.input_tensor = self.last = _own_input(run, shape)
    self.stack.append(layer)
    if self.failure is not None:
        return  # what follows a layer that does not fit cannot be called either
    try:
        advance(run, self)
    except Raised as error:
        self.failure = error
        raise


def declared(run: Interpreter, model: KerasModel) -> Full | None:
    """The shape of a model's only input, where it has one."""
    if model.functional and model.inputs is not None and len(model.inputs) == 1:
        return model.inputs[0].shape
    if model.sequential and model.input_tensor is not None:
        return model.input_tensor.shape
    return None


def advance(run: Interpreter, self: KerasModel) -> None:
    """Call the layers of a Sequential that have not been called."""
    if self.last is None or self.stack is None or self.broken is not None:
        return
    while self.called < len(self.stack):
        layer = self.stack[self.called]
        result = call_layer(run, layer, self.last)
        self.called += 1
        if isinstance(result, Unknown):
            self.broken = result
            return
        if isinstance(result, (list, tuple)):
            result = result[0]
        if isinstance(result, Tensor):
            self.last = result
    self.built = True


def build_sequential(run: Interpreter, self: KerasModel, shape: Full) -> None:
    """Give a Sequential without an input one, and call its layers."""
    if self.input_tensor is None and self.stack is not None:
        run.changing(self)
        self.input_tensor = self.last = _own_input(run, tuple([None if isinstance(n, Unknown) else n for n in shape]))
        self.called = 0
        advance(run, self)


def call_model(run: Interpreter, self: KerasModel, call: Call, args: tuple[Value, ...]) -> Value:
    """A call of a Functional or Sequential model on tensors."""
    if self.broken is not None:
        return self.broken.derived(run)
    if self.sequential and self.input_tensor is None:
        build_sequential(run, self, call.inputs[0].shape)
        if self.broken is not None:
            return self.broken.derived(run)
    inputs = self.inputs if self.inputs is not None else [self.input_tensor] if self.input_tensor is not None else []
    outputs = self.outputs if self.inputs is not None else [self.last] if self.last is not None else []
    call.inputs = _by_name(run, self, call, args, inputs)
    session(run).seen.append((self, [t.shape for t in call.inputs], call.place))
    inner = any(t.inner for t in call.inputs)
    batch = call.inputs[0].shape[0] if call.inputs and call.inputs[0].shape else None
    if len(inputs) == len(call.inputs) and all(a.shape[1:] == b.shape[1:] for a, b in zip(inputs, call.inputs)):
        shapes = [t.shape[1:] for t in outputs]
    else:
        try:
            model = nested(run, self)
            if model is None:
                return run.unknown(f"the model {self.name!r} cannot be read")
            shapes = [tuple(y) for y in model.apply(tuple([example(t.shape) for t in call.inputs]))]
        except CnncalcError as error:
            raise failure(run, error, self, call) from None
    call.outputs = [Tensor((batch, *y), call, i, inner) for i, y in enumerate(shapes)]
    record(run, self, call)
    return arranged(self.given_outputs, call.outputs)


def _by_name(run: Interpreter, self: KerasModel, call: Call, args: tuple[Value, ...], inputs: list[Tensor]) -> list[Tensor]:
    """The tensors that a call gives, a mapping in the order of the inputs' names."""
    if args and isinstance(args[0], dict):
        names = [t.call_.layer.name if t.call_ is not None and t.call_.layer is not None else "" for t in inputs]
        if set(names) <= set(args[0]):
            found: list[Tensor] = []
            tensors_in(run, [args[0][name] for name in names], found)
            return found
    return call.inputs


def arranged(like: Value, tensors: list[Tensor]) -> Value:
    """Outputs as they were given: one, a list, a dict."""
    waiting = iter(tensors)

    def fill(value: Value) -> Value:
        if isinstance(value, dict):
            made = {key: fill(value[key]) for key in sorted(value, key=str)}
            return {key: made[key] for key in value}
        if isinstance(value, (list, tuple)):
            return [fill(item) for item in value]
        return next(waiting, None)

    if isinstance(like, (list, tuple, dict)) and not (isinstance(like, (list, tuple)) and len(like) == 1 and len(tensors) == 1):
        return fill(like)
    return tensors[0] if len(tensors) == 1 else tensors


LAYER.members["__call__"] = Native("__call__", call_layer)
