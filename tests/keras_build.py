"""The Keras model of a graph, made as somebody who has read the file would write it."""

from __future__ import annotations

from copy import copy
from typing import Any, NamedTuple

from oracle import call, fresh, keras, keras_layer

from cnncalc.graph import Graph, Node
from cnncalc.layers import InputLayer


class Parts(NamedTuple):
    """A model, and what each node became in it."""

    model: Any
    layers: dict[Node, Any]
    outputs: dict[Node, list[Any]]


class Refused(Exception):
    """Keras does not take a node of the graph."""

    def __init__(self, node: Node, error: Exception):
        super().__init__(f"{node.name}: {error}")
        self.node, self.error = node, error


def build(graph: Graph, names: str = "given") -> Any:
    """The model; with names="automatic" Keras names what the file does not name."""
    return parts(graph, names).model


def parts(graph: Graph, names: str = "given") -> Parts:
    """The model in its parts; Refused says which node Keras does not take."""
    fresh()
    return _parts(graph, names, graph.name)


def inside(graph: Graph) -> Any:
    """The model of a graph that stands inside a layer."""
    return _parts(graph, "given", graph.name).model


def _parts(graph: Graph, names: str, name: str | None) -> Parts:
    made = _stack(graph, names, name) if graph.sequential else _functional(graph, names, name)
    for node, layer in made.layers.items():
        if not node.layer.trainable:
            layer.trainable = False  # as an argument it would not reach the layers inside
    return made


def _functional(graph: Graph, names: str, name: str | None) -> Parts:
    layers: dict[Node, Any] = {}
    first: dict[Any, Any] = {}
    outputs: dict[Node, list[Any]] = {}
    for node in graph.nodes:
        try:
            if type(node.layer) is InputLayer:
                # In the file the key of an input is its name.
                given = node.keras_name if _is_named(node, names) else None
                outputs[node] = [keras.Input(node.layer.shape, node.layer.batch_size, name=given)]
                layers[node] = outputs[node][0]._keras_history.operation
                continue
            if node.layer not in first:
                first[node.layer] = layer_of(node, names)
            layers[node] = first[node.layer]
            xs = [outputs[ref.node][ref.output] for ref in node.inputs]
            if isinstance(layers[node], keras.Model):
                y = layers[node](xs if len(xs) > 1 else xs[0])
            else:
                y = call(node.layer, layers[node], xs)
        except Exception as error:
            raise Refused(node, error) from error
        outputs[node] = keras.tree.flatten(y)
    ends = [outputs[ref.node][ref.output] for ref in graph.outputs]
    model = keras.Model([outputs[node][0] for node in graph.inputs], ends if len(ends) > 1 else ends[0], name=name)
    return Parts(model, layers, outputs)


def _stack(graph: Graph, names: str, name: str | None) -> Parts:
    """A Sequential: all its layers are made before the first is called."""
    start, *nodes = graph.nodes
    layers: dict[Node, Any] = {}
    for node in nodes:
        try:
            layers[node] = layer_of(node, names)
        except Exception as error:
            raise Refused(node, error) from error
    start_tensor = keras.Input(start.layer.shape, start.layer.batch_size)
    try:
        model = keras.Sequential([start_tensor, *layers.values()], name=name)
    except Exception as error:
        raise Refused(_first_refused(start, layers), error) from error
    outputs = {start: [start_tensor], **{node: keras.tree.flatten(layer.output) for node, layer in layers.items()}}
    return Parts(model, {start: start_tensor._keras_history.operation, **layers}, outputs)


def _first_refused(start: Node, layers: dict[Node, Any]) -> Node:
    x = keras.Input(start.layer.shape)
    for node in layers:
        try:
            x = layer_of(node, "given")(x)
        except Exception:
            return node
    raise AssertionError("each layer by itself is taken, the stack of them is not")


def layer_of(node: Node, names: str = "given") -> Any:
    """The Keras layer of a node's first call, not called yet."""
    assert node.layer is not None
    if getattr(node.layer, "graph", None) is not None:
        return _parts(node.layer.graph, names, node.keras_name).model
    layer = copy(node.layer)  # whether it is trainable is said when it is made
    layer.said = {key: value for key, value in layer.said.items() if key != "trainable"}
    # Zeros cost neither time nor memory.
    more = {key: "zeros" for key in layer.settings if key.endswith("_initializer") and key not in layer.said}
    if not _is_named(node, names):
        return keras_layer(layer, **more)
    made = keras_layer(layer, **more, name=node.keras_name)
    made.name = node.keras_name  # operations take none
    return made


def _is_named(node: Node, names: str) -> bool:
    """Whether a node's name is given to Keras, and not left to its numbering."""
    if names == "given":
        return True
    entry = node.origin.document.data
    for key in node.origin.path:
        entry = entry[key]
    if type(node.layer) is InputLayer:
        return len(node.origin.path) > 1
    if not isinstance(entry, dict):
        return False
    return "name" in entry or any(isinstance(value, dict) and "name" in value for value in entry.values())


