"""Layers whose computation is the program's own: as a graph where it can be one, or as shapes and weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...analysis import Model
from ...errors import CnncalcError, SpecError
from ...layers import Layer, Shape, Weight
from ...layers.unknown import Unknown
from .keras_objects import Call, KerasLayer, Tensor, example

if TYPE_CHECKING:
    from .interpreter import Interpreter


class OpaqueLayer(Layer):
    """A layer of which the output shapes and the weights are known, and nothing of what it computes."""

    arity = (0, None)
    own_code = True

    def __init__(self, kind: str, given: tuple[Shape, ...], ys: tuple[Shape, ...] = (), weights: tuple[Weight, ...] = ()):
        self.kind, self.keras_class = kind, kind.removeprefix("ops.")  # type: ignore[misc]
        self.given, self.ys, self.weight_list = given, ys, weights
        self.results = max(1, len(ys))
        self.trainable = True
        self.dtype = None
        self.name = None
        self.said = {}

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        if {*map(tuple, xs)} - {*map(tuple, self.given)}:
            sizes = ", ".join(map(str, self.given))
            raise SpecError(f"was read for the input {sizes}; what it gives for another is not known")
        return self.ys

    def output(self, *xs: Shape) -> Shape:
        return self.outputs(*xs)[0]

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        return iter(self.weight_list)

    def macs(self, *xs: Shape) -> Any:
        return None

    def operations(self, *xs: Shape) -> dict[str, Any]:
        return {}

    def traced(self) -> Layer:
        return self


def layer_for(run: Interpreter, call: Call) -> Layer:
    """The layer of a call, as the rules take it."""
    from .keras_graph import nested

    layer = call.layer
    if layer is None:
        assert call.operation is not None
        return operation_for(run, call)
    if call.assumed is not None:
        return unknown(run, call)
    if layer.custom or call.inner is not None:
        return opaque(run, call)
    if layer.kind is None:
        made = nested(run, layer)
        if made is None:
            raise SpecError(f"what {layer.keras_class} {layer.name!r} computes cannot be read")
        return made
    return layer.layer()


def operation_for(run: Interpreter, call: Call) -> Layer:
    """An operation as a node; in Keras 2 it is a layer of TensorFlow's function."""
    made = call.operation
    assert made is not None
    if run.session.keras2 is not None and call.function is not None and not all(t.inner for t in call.inputs):  # type: ignore[attr-defined]
        from .keras_functions import in_keras2

        older: Layer | None = in_keras2(call)
        if older is not None:
            return older
    shapes = [t.shape for t in call.inputs]
    fits = all(t.shape and (t.shape[0] is None or t.call_ is not None) for t in call.inputs) and all(
        t.shape and t.shape[0] == (shapes[0][0] if shapes else None) for t in call.outputs)
    if isinstance(made, OpaqueLayer) or not fits:
        xs = tuple([example(t.shape) for t in call.inputs if t.call_ is not None])
        return OpaqueLayer(f"ops.{made.keras_class}", xs, tuple([example(t.shape) for t in call.outputs]))
    return made


def unknown(run: Interpreter, call: Call) -> Layer:
    """A layer whose code cannot be read, with what the reader assumes of it."""
    layer, assumed = call.layer, call.assumed
    assert layer is not None and assumed is not None
    cache: dict[Any, Any] = run.nested_models  # type: ignore[attr-defined]
    key = (id(layer), run.final)  # type: ignore[attr-defined]
    if key not in cache:
        made = Unknown(layer.keras_class, trainable=layer.trainable)
        made.assume(assumed)
        cache[key] = (layer, made)
    return cache[key][1]  # type: ignore[no-any-return]


def opaque(run: Interpreter, call: Call) -> Layer:
    """A layer of the program as a model of what its code does, or as shapes and weights."""
    from .keras_graph import Unreadable, calls_between, graph_of

    layer = call.layer
    assert layer is not None
    cache: dict[Any, Any] = run.nested_models  # type: ignore[attr-defined]
    key = (id(layer), run.final)  # type: ignore[attr-defined]
    if key in cache:
        return cache[key][1]  # type: ignore[no-any-return]
    made: Layer | None = None
    if call.inner is not None:
        inputs, outputs = call.inner
        try:
            calls = calls_between(inputs, outputs)
            if not own_weights(layer) and inputs and outputs and all(proper(inner) for inner in calls):
                model = Model(graph_of(run, layer.name, inputs, outputs))
                model.trace(tuple([Shape(t.shape[1:]) for t in inputs]))
                model.freezes = False
                model.keras_class = layer.keras_class  # type: ignore[misc]
                made = model
        except (Unreadable, SpecError, KeyError):
            made = None
    if made is None:
        xs = tuple([example(t.shape) for t in call.inputs])
        made = OpaqueLayer(layer.keras_class, xs, tuple([example(t.shape) for t in call.outputs]), tuple(weights_of(run, layer)))
    cache[key] = (layer, made)
    return made


def own_weights(layer: KerasLayer) -> bool:
    """Whether its code makes weights that no layer inside owns."""
    return bool(layer.weights)


def proper(call: Call) -> bool:
    """Whether a call reads and gives one example after another."""
    return all(t.shape and t.shape[0] is None for t in (*call.inputs, *call.outputs)) and not isinstance(call.operation, OpaqueLayer)


def weights_of(run: Interpreter, layer: KerasLayer, seen: set[int] | None = None) -> list[Weight]:
    """The weights of a layer of the program: its own, and those of the layers inside that were called."""
    from .keras_layers import children

    seen = set() if seen is None else seen
    if id(layer) in seen:
        return []
    seen.add(id(layer))
    found = [Weight(name, shape, trainable and layer.trainable) for name, shape, trainable in layer.weights]
    inner = children(run, layer) if layer.custom or layer.kind is None else []
    for sub in inner:
        found += [w._replace(name=f"{sub.name}/{w.name}") for w in built_weights(run, sub, seen)]
    return found


def built_weights(run: Interpreter, layer: KerasLayer, seen: set[int]) -> list[Weight]:
    """The weights of a layer that has been called."""
    from .keras_graph import nested

    if id(layer) in seen:
        return []
    if layer.kind is not None and not layer.custom:
        seen.add(id(layer))
        if not layer.calls:
            return []
        try:
            return list(layer.layer().owned(tuple([example(t.shape) for t in layer.calls[0].inputs])))
        except CnncalcError:
            return []
    if layer.custom or layer.cls.name == "Lambda":
        return weights_of(run, layer, seen)
    seen.add(id(layer))
    model = nested(run, layer)
    if isinstance(model, Model):
        shapes = tuple([Shape(node.layer.shape) for node in model.graph.inputs])  # type: ignore[union-attr]
        try:
            return [w for step in model.trace(shapes).steps for w in step.weights]
        except CnncalcError:
            return []
    return weights_of(run, layer, {*seen} - {id(layer)})


__all__ = ["OpaqueLayer", "Tensor", "layer_for", "opaque"]
