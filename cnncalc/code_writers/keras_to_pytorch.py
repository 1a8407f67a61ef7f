"""What each of Keras's layers becomes in PyTorch: the rule of its class, from one of the tables beside this module."""

from __future__ import annotations

from ..analysis import Model, Step, Trace
from ..graph import Node
from ..layers import Layer, Shape, activation, recurrent
from ..layers.wrappers import TimeDistributed
from . import keras_values, keras_weights, keras_windows
from .program import Part, Statement, Value
from .text import call
from .to_pytorch import Builder, Rule, Untranslatable

RULES: dict[type, Rule] = {**keras_values.RULES, **keras_windows.RULES, **keras_weights.RULES}


def write(to: Builder, node: Node, step: Step, xs: list[Value]) -> list[Value]:
    """The values that come out of a call of a layer."""
    to.node, to.step = node, step
    assert node.layer is not None
    return _written(to, node.layer, xs, step.outputs or (), step.inner)


def _written(to: Builder, layer: Layer, xs: list[Value], outputs: tuple[Shape, ...], inner: Trace | None) -> list[Value]:
    to.layer = layer
    if isinstance(layer, Model):
        return _model(to, layer, inner, xs, outputs)
    if isinstance(layer, TimeDistributed):
        return [_at_every_step(to, layer, xs[0], outputs[0])]
    rule = next((RULES[kind] for kind in type(layer).__mro__ if kind in RULES), None)
    if rule is None:
        raise Untranslatable(_WHY.get(type(layer).__module__.rpartition(".")[2], "PyTorch has no module for it"))
    made = rule(to, layer, xs, outputs[0] if outputs else ())
    values = made if isinstance(made, list) else [made]
    function = layer.said.get("activation")
    if function is not None and not isinstance(layer, (recurrent.Recurrent, activation.ActivationLayer)):
        values = [keras_values.activated(to, function, values[0])]
    return values


def _at_every_step(to: Builder, layer: TimeDistributed, x: Value, y: Shape) -> Value:
    """The layer inside on all steps at once: they are merged with the batch."""
    if x.axes[0] != 0 or None in x.shape[:1]:
        x = to.as_read(x)
    steps = x.shape[0]
    if steps is None:
        raise Untranslatable("the number of steps is not known; --input gives it")
    flat = to.function("{0}.flatten(0, 1)", x, x.shape[1:], [axis - 1 for axis in x.axes[1:]])
    inside = layer.layer
    found = _written(to, inside, [flat], (Shape(y[1:]),), inside.trace((Shape(x.shape[1:]),)) if isinstance(inside, Model) else None)[0]
    return to.function(f"{{0}}.unflatten(0, (-1, {steps}))", found, y, (0, *[axis + 1 for axis in found.axes]))


#: Why whole families of layers have no rule.
_WHY = {
    "augmentation": "augmentation is not part of a PyTorch module; torchvision.transforms does it before the network",
    "preprocessing": "preprocessing is not part of a PyTorch module; torchvision.transforms does it before the network",
    "unknown": "its code is not known",
}


def _model(to: Builder, layer: Model, inner: Trace | None, xs: list[Value], shapes: tuple[Shape, ...]) -> list[Value]:
    body = to.translation.model(layer, inner)
    inputs = [to.arranged(x, inside.axes) for x, inside in zip(xs, body.inputs)]
    key = (layer, "")
    if key not in to.parts:
        name, automatic = to.name(call(body.name), "")
        to.parts[key] = Part(name, call(body.name), automatic, not layer.trainable)
        to.body.parts.append(to.parts[key])
    outputs = [Value(shape, value.axes) for shape, value in zip(shapes, body.outputs)]
    to.body.statements.append(Statement(inputs, outputs, to.parts[key]))
    return outputs
