"""The graph of a model whose `call` is code of the program."""

from __future__ import annotations

from ...analysis import analyse
from ...graph import Graph, Node, Ref
from ...layers import InputLayer, Weight
from .interpreter import Interpreter
from .keras_graph import CallOrigin, built_weights, graph_of, weights_of
from .keras_objects import Call, KerasLayer, example
from .keras_order import children
from .keras_stand_ins import OpaqueLayer


def graph_of_class(run: Interpreter, model: KerasLayer, call: Call) -> Graph:
    """What a model computes, as a graph of layers and operations; or its layers in the order of its attributes,
    where its code does more than layers and operations that are read."""
    assert call.inner is not None
    inputs, outputs = call.inner
    wanted = weights_of(run, model)
    try:
        graph = graph_of(run, model.name, inputs, outputs)
    except Exception as error:
        if not type(error).__name__ == "SpecError":
            raise
        return _rows(run, model, call)
    for tensor, node in zip(call.inputs, graph.inputs):
        if tensor.call_ is not None and tensor.call_.layer is not None:
            node.name = node.keras_name = tensor.call_.layer.name
    trace = analyse(graph)
    if trace.errors or trace.params == sum([w.count for w in wanted]):
        return graph
    return _rows(run, model, call)


def _rows(run: Interpreter, model: KerasLayer, call: Call) -> Graph:
    """The layers of a model one after the other, with their weights and the shapes of their outputs."""
    nodes: list[Node] = []
    for i, tensor in enumerate(call.inputs):
        name = tensor.call_.layer.name if tensor.call_ is not None and tensor.call_.layer is not None else f"input_{i}"
        nodes.append(Node(name, InputLayer(shape=list(tensor.shape[1:]))))
    before = tuple([Ref(node) for node in nodes])
    last = tuple([example(t.shape) for t in call.inputs])
    own = [(name, shape, trained) for name, shape, trained in model.weights]
    seen: set[int] = {id(model)}
    for layer in children(run, model):
        made = layer.calls[0] if layer.calls else None
        outputs = tuple([example(t.shape) for t in made.outputs]) if made is not None else last
        row = OpaqueLayer(layer.keras_class, last, outputs or last, tuple(built_weights(run, layer, seen)))
        node = Node(layer.name, row, before, 0, CallOrigin(made) if made is not None else None)
        nodes.append(node)
        before, last = tuple([Ref(node, k) for k in range(row.results)]), row.ys
    if own:
        weights = tuple([Weight(name, shape, trained and model.trainable) for name, shape, trained in own])
        nodes.append(Node(model.name, OpaqueLayer(model.keras_class, last, last, weights), before))
        before = (Ref(nodes[-1]),)
    return Graph(model.name, nodes, before, False, nodes[: len(call.inputs)])
