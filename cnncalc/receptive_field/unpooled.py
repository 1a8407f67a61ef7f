"""The same network with its pooling layers left out."""

from __future__ import annotations

from ..analysis import Model, Trace, analyse
from ..errors import SpecError
from ..graph import Graph, Node, Ref
from ..layers import InputLayer, Layer
from ..layers.pool import Pooling


def without_pooling(trace: Trace) -> Trace:
    """The trace without windows that pool; what pools a whole map stays. SpecError if it cannot be built."""
    nodes: dict[Node, Node] = {}
    graph = _unpooled(trace.graph, nodes)
    shapes = {nodes[step.node]: step.output for step in trace.steps
              if type(step.node.layer) is InputLayer and step.output is not None}
    found = analyse(graph, shapes, adapt=True)
    for error in found.errors:
        raise SpecError(f"without its pooling layers the network cannot be built: {error.problem}", (), error.hint)
    return found


def _unpooled(graph: Graph, nodes: dict[Node, Node]) -> Graph:
    """The graph without pooling; `nodes` gets the new node of each that stays."""
    refs: dict[Ref, Ref] = {}
    layers: dict[Layer, Layer] = {}
    kept = []
    for node in graph.nodes:
        inputs = tuple([refs.get(ref, ref) for ref in node.inputs])
        layer = node.layer
        if isinstance(layer, Pooling):
            refs[Ref(node)] = inputs[0]
            continue
        if isinstance(layer, Model):
            if layer not in layers:
                layers[layer] = Model(_unpooled(layer.graph, {}), layer.trainable)
            layer = layers[layer]
        new = nodes[node] = Node(node.name, layer, inputs, node.call, node.origin, node.expect, node.keras_name)
        kept.append(new)
        for output in range(layer.results if layer is not None else 1):
            refs[Ref(node, output)] = Ref(new, output)
    return Graph(graph.name, kept, [refs[ref] for ref in graph.outputs], graph.sequential,
                 [nodes[node] for node in graph.inputs])
