"""From the calls that tensors remember to a graph of layers."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from ...analysis import Model
from ...errors import CnncalcError, SpecError
from ...graph import Graph, Node, Origin, Ref, keras_order
from ...layers import InputLayer, Layer
from .keras_custom import OpaqueLayer, opaque
from .keras_objects import Call, KerasLayer, KerasModel, Tensor
from .values import Place

if TYPE_CHECKING:
    from .interpreter import Interpreter


class CallOrigin(Origin):
    """The call of a layer in the program, the line that made the layer, and the calls around."""

    __slots__ = ("call",)

    def __init__(self, call: Call):
        self.call = call

    def place(self, error: SpecError) -> SpecError:
        call = self.call
        lines = [error.hint] if error.hint else []
        made = call.layer.place if call.layer is not None else None
        at = call.place
        if made is not None and at is not None and (made.text, made.line) != (at.text, at.line):
            lines.append(f"{made}: {made.text.line(made.line).strip()[:120]}")
        for outer in reversed(call.stack[-3:]):
            if outer is not None and (at is None or (outer.text, outer.line) != (at.text, at.line)):
                lines.append(f"called from {outer}: {outer.text.line(outer.line).strip()[:100]}")
        placed = SpecError(error.problem, (at,) if at is not None else (), "\n".join(lines) or None)
        placed.document = at.text if at is not None else None
        return placed


class Unreadable(Exception):
    """What stands between inputs and outputs is no graph of layers and operations."""


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


def graph_of(run: Interpreter, name: str, inputs: list[Tensor], outputs: list[Tensor], sequential: bool = False,
             lenient: bool = False, extra: Call | None = None) -> Graph:
    """The graph of what stands between tensors; SpecError if an input is missing.

    `lenient` takes inputs that are not among `inputs` as such; `extra` is a call that failed, and comes last.
    """
    from .keras_custom import layer_for

    try:
        calls = calls_between(inputs, outputs if extra is None else [*extra.inputs], lenient)
    except Unreadable:
        raise SpecError(f"the model {name!r} reads a tensor that does not come from its inputs") from None
    if extra is not None:
        calls.append(extra)
    sources: dict[int, Ref] = {}
    nodes: list[Node] = []
    taken: set[str] = set()
    ends = list({id(t): t for t in inputs}.values())
    for tensor in ends:
        call = tensor.call_
        layer: Layer = InputLayer(shape=list(tensor.shape[1:]))
        if call is not None and call.layer is not None and call.layer.kind is InputLayer:
            layer = call.layer.layer()
        word = call.layer.name if call is not None and call.layer is not None else f"input_{len(nodes)}"
        node = Node("input" if sequential else _free(word, taken), layer, (), 0, CallOrigin(call) if call is not None else None, None, word)
        nodes.append(node)
        sources[id(tensor)] = Ref(node)
    counts: dict[int, int] = {}
    for call in calls:
        if call.layer is not None and call.layer.kind is InputLayer and call.layer.cls.name == "InputLayer":
            node = Node(_free(call.layer.name, taken), call.layer.layer(), (), 0, CallOrigin(call), None, call.layer.name)
            nodes.append(node)
            sources.update({id(t): Ref(node) for t in call.outputs[:1]})
            continue
        refs = tuple([sources[id(t)] for t in call.inputs if id(t) in sources])
        number = counts.get(id(call.layer), 0) if call.layer is not None else 0
        if call.layer is not None:
            counts[id(call.layer)] = number + 1
        word = call.layer.name if call.layer is not None else run.names_of[call.number]  # type: ignore[attr-defined]
        layer = layer_for(run, call)
        plain = word if word != "input" or not sequential else "input_"
        node = Node(_free(plain if not number else f"{plain}@{number + 1}", taken), layer, refs, number, CallOrigin(call), None, word)
        node.word = call.layer.keras_class if call.layer is not None else "?"
        nodes.append(node)
        for i, tensor in enumerate(call.outputs):
            sources[id(tensor)] = Ref(node, i)
    if extra is None:
        results = [sources[id(t)] for t in outputs if id(t) in sources]
        if len(results) < len(outputs):
            raise SpecError(f"the model {name!r} has an output that does not depend on its inputs")
    else:
        results = [Ref(nodes[-1])]
    graph = Graph(name, nodes, results, sequential, [sources[id(t)].node for t in ends] if not lenient else None)
    if extra is None and not sequential:
        graph = Graph(name, in_keras_order(graph), results, sequential, graph.inputs)
    graph.layers_only = True
    return graph


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "'"
    taken.add(name)
    return name


def in_keras_order(graph: Graph) -> list[Node]:
    """The nodes in the order of `model.layers`, each behind those that it reads."""
    rank: dict[Any, int] = {}
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


def model_graph(run: Interpreter, model: KerasModel, name: str | None = None) -> Graph:
    """The graph of a Functional or Sequential model; SpecError if it has none."""
    name = name or model.name
    if model.functional and model.inputs is not None:
        return graph_of(run, name, model.inputs, model.outputs)
    if model.sequential and model.input_tensor is not None and model.last is not None:
        return graph_of(run, name, [model.input_tensor], [model.last], True)
    raise SpecError(f"the model {name!r} has no declared input")


def nested(run: Interpreter, model: KerasLayer) -> Layer | None:
    """A model as one layer of another; None if it has no graph."""
    from .values import Raised

    cache: dict[Any, Any] = run.nested_models  # type: ignore[attr-defined]
    if isinstance(model, KerasModel) and (model.functional or (model.sequential and model.input_tensor is not None)):
        key = (id(model), len(model.stack or ()), run.final)  # type: ignore[attr-defined]
        if key not in cache:
            made = Model(model_graph(run, model))
            made.freezes = False
            own = model.cls.node is not None or model.sequential
            made.keras_class = model.keras_class if own else "Functional"  # type: ignore[misc]
            cache[key] = (model, made)
        return cache[key][1]  # type: ignore[no-any-return]
    if model.calls and model.calls[0].inner is not None:
        return opaque(run, model.calls[0])
    if isinstance(model, KerasModel) and model.sequential:
        from .keras_models import build_sequential, declared

        shape = declared(run, model)
        if shape is not None:
            try:
                build_sequential(run, model, shape)
            except Raised:
                return None
            return nested(run, model)
    return None


def layers_of(run: Interpreter, model: KerasModel) -> list[KerasLayer]:
    """`model.layers` of a Functional model."""
    assert model.inputs is not None
    cache: dict[Any, Any] = run.nested_models  # type: ignore[attr-defined]
    key = ("layers", id(model))
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


__all__ = ["CallOrigin", "CnncalcError", "Place", "Unreadable", "calls_between", "graph_of", "layers_of", "model_graph", "nested"]
