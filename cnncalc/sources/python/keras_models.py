"""Keras's models: Functional, Sequential, and classes of the program; and what can be asked of layers and models."""

from __future__ import annotations

from .classes import Class
from .interpreter import Interpreter, Raised, Unknown
from .keras_attributes import find
from .keras_calls import add
from .keras_layers import LAYER, allocated, initialize
from .keras_objects import KerasLayer, KerasModel, Tensor, session, tensors_in
from .scopes import Value
from .values import Native

# Inputs.


# Models.


def _model_init(run: Interpreter, self: KerasModel, *args: Value, **kwargs: Value) -> None:
    """`Model(inputs, outputs)`, or what a class of the program calls."""
    for old, new in (("input", "inputs"), ("output", "outputs")):
        if old in kwargs:
            kwargs[new] = kwargs.pop(old)
    given = dict(zip(("inputs", "outputs", "name"), args))
    given.update(kwargs)
    if "inputs" in given and "outputs" in given:
        functional(run, self, given["inputs"], given["outputs"], given.get("name"), given.get("trainable", True))
        return
    initialize(run, self, **{key: value for key, value in given.items() if key in ("name", "trainable")})
    if self not in session(run).models:
        session(run).models.append(self)


def functional(run: Interpreter, self: KerasModel, inputs: Value, outputs: Value, name: Value = None, trainable: Value = True) -> None:
    """Make a model of what stands between inputs and outputs."""
    initialize(run, self, name, trainable)
    self.place = run.place()
    found: list[Tensor] = []
    results: list[Tensor] = []
    unknown = tensors_in(run, inputs, found) or tensors_in(run, outputs, results)
    session(run).models.append(self)
    if isinstance(outputs, KerasLayer) or isinstance(inputs, KerasLayer):
        raise run.error("ValueError", "the inputs and outputs of a model are tensors, not layers")
    if unknown is not None:
        self.broken = unknown
        raise Broken(run, self, unknown)
    self.inputs, self.outputs, self.given_outputs = found, results, outputs
    self.stack = None
    for tensor in (*found, *results):
        if tensor.call_ is None:
            raise run.error("ValueError", "the inputs and outputs of a model must be tensors that Input and layers give")
    self.built = True


def Broken(run: Interpreter, model: KerasModel, unknown: Unknown) -> Raised:
    """The exception for a model that depends on an unknown value."""
    raised = run.error("ValueError", unknown.why)
    raised.failure = unknown
    return raised


def _sequential_init(run: Interpreter, self: KerasModel, layers: Value = None, name: Value = None, trainable: Value = True,
                     **_: Value) -> None:
    self.stack = []
    initialize(run, self, name, trainable)
    self.place = run.place()
    session(run).models.append(self)
    if layers is not None:
        if isinstance(layers, Unknown):
            self.broken = layers
            return
        for layer in run.listed(layers) if not isinstance(layers, KerasLayer) else [layers]:
            add(run, self, layer)


# What can be asked.


LAYER.find = find
MODEL = Class("Model", (LAYER,), {"__init__": Native("__init__", _model_init)}, allocate=lambda run, cls: allocated(run, KerasModel(cls)))
SEQUENTIAL = Class("Sequential", (MODEL,), {"__init__": Native("__init__", _sequential_init)})


def _lambda_init(run: Interpreter, self: KerasLayer, function: Value = None, output_shape: Value = None, mask: Value = None,
                 arguments: Value = None, **kwargs: Value) -> None:
    if function is None:
        raise run.error("TypeError", "Lambda needs a function")
    self.function = function
    self.attrs.update({"function": function, "output_shape": output_shape, "arguments": arguments})
    initialize(run, self, **kwargs)


LAMBDA = Class("Lambda", (LAYER,), {"__init__": Native("__init__", _lambda_init)})
