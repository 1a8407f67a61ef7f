"""The calls between tensors, and the layers of models in Keras's order."""

from __future__ import annotations

from heapq import heappop, heappush

from ...graph import Graph, Node, Ref, keras_order
from ...layers import InputLayer, Layer
from .interpreter import Interpreter
from .keras_objects import Call, KerasLayer, KerasModel, Tensor, session
from .keras_stand_ins import OpaqueLayer
from .scopes import Value


def children(run: Interpreter, self: KerasLayer) -> list[KerasLayer]:
    """The layers that a layer or model holds, in Keras's order."""
    if isinstance(self, KerasModel):
        if self.functional:
            return layers_of(run, self)
        if self.stack is not None:
            return [layer for layer in self.stack if isinstance(layer, KerasLayer)]
    found: dict[int, KerasLayer] = {}

    def look(value: Value, depth: int) -> None:
        if isinstance(value, KerasLayer):
            if value is not self:
                found.setdefault(id(value), value)
        elif isinstance(value, (list, tuple)) and depth < 6:
            for item in value:
                look(item, depth + 1)
        elif isinstance(value, dict) and depth < 6:
            for item in value.values():
                look(item, depth + 1)

    for value in self.attrs.values():
        look(value, 0)
    return list(found.values())


class Unreadable(Exception):
    """The path from the inputs to the outputs is not a graph of layers and operations."""


def calls_between(inputs: list[Tensor], outputs: list[Tensor], lenient: bool = False) -> list[Call]:
    """The calls that outputs depend on, in the order in which they were made; Unreadable if one leads elsewhere."""
    ends = {id(t) for t in inputs}
    found: dict[int, Call] = {}
    waiting = list(outputs)
    while waiting:
        tensor = waiting.pop()
        if id(tensor) in ends:
            continue
        call = tensor.call_
        if call is None:
            if lenient or tensor.constant is not None:
                continue
            raise Unreadable
        if call.number in found:
            continue
        if call.layer is not None and call.layer.kind is InputLayer and not lenient and id(tensor) not in ends:
            raise Unreadable
        found[call.number] = call
        waiting += call.inputs
    return [found[number] for number in sorted(found)]


def in_keras_order(graph: Graph) -> list[Node]:
    """The nodes in the order of `model.layers`, each behind those that it reads."""
    rank: dict[object, int] = {}
    for calls in keras_order(graph).layers:
        for node in calls:
            rank[node] = len(rank)
    waits = {node: len({ref.node for ref in node.inputs}) for node in graph.nodes}
    followers: dict[Node, list[Node]] = {}
    for node in graph.nodes:
        for source in {ref.node for ref in node.inputs}:
            followers.setdefault(source, []).append(node)
    ready: list[tuple[int, int, Node]] = []
    for i, node in enumerate(graph.nodes):
        if not waits[node]:
            heappush(ready, (rank.get(node, 10**9), i, node))
    numbers = {node: i for i, node in enumerate(graph.nodes)}
    order = []
    while ready:
        node = heappop(ready)[2]
        order.append(node)
        for after in followers.get(node, ()):
            waits[after] -= 1
            if not waits[after]:
                heappush(ready, (rank.get(after, 10**9), numbers[after], after))
    return order


def layers_of(run: Interpreter, model: KerasModel) -> list[KerasLayer]:
    """`model.layers` of a Functional model."""
    assert model.inputs is not None
    cache, key = session(run).layers, id(model)
    if key not in cache:
        calls = calls_between(model.inputs, model.outputs, True)
        nodes: dict[int, Node] = {}
        found: dict[int, KerasLayer] = {}
        every: list[Node] = []
        stand_ins: dict[int, Layer] = {}
        for tensor in model.inputs:
            call = tensor.call_
            if call is not None and call.number not in nodes and call.layer is not None:
                node = Node(call.layer.name, InputLayer(shape=list(tensor.shape[1:])))
                nodes[call.number] = node
                found[id(node)] = call.layer
                every.append(node)
        for call in calls:
            if call.number in nodes:
                continue
            refs = tuple([Ref(nodes[t.call_.number], t.index) for t in call.inputs if t.call_ is not None and t.call_.number in nodes])
            layer: Layer | None
            if call.layer is None:
                layer = call.operation
            else:
                layer = stand_ins.setdefault(id(call.layer), OpaqueLayer("layer", ()))
            node = Node(call.layer.name if call.layer is not None else "operation", layer, refs)
            nodes[call.number] = node
            if call.layer is not None:
                found[id(node)] = call.layer
            every.append(node)
        outputs = [Ref(nodes[t.call_.number], t.index) for t in model.outputs if t.call_ is not None]
        graph = Graph("", every, outputs, False, [nodes[t.call_.number] for t in model.inputs if t.call_ is not None])
        order: list[KerasLayer] = []
        for group in keras_order(graph).layers:
            layer_ = found.get(id(group[0]))
            if layer_ is not None and layer_ not in order:
                order.append(layer_)
        cache[key] = (model, order)
    return list(cache[key][1])
