"""From the calls that tensors remember to a graph of layers."""

from __future__ import annotations

from ...analysis import Model
from ...errors import CnncalcError, SpecError
from ...graph import Graph, Node, Origin, Ref
from ...layers import InputLayer, Layer, Shape, Weight
from ...layers.unknown import Unknown
from .interpreter import Interpreter
from .keras_objects import Call, KerasLayer, KerasModel, Tensor, example, session
from .keras_order import Unreadable, calls_between, children, in_keras_order
from .keras_stand_ins import OpaqueLayer, in_keras2


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


def graph_of(run: Interpreter, name: str, inputs: list[Tensor], outputs: list[Tensor], sequential: bool = False,
             lenient: bool = False, extra: Call | None = None) -> Graph:
    """The graph of what stands between tensors; SpecError if an input is missing.

    `lenient` takes inputs that are not among `inputs` as such; `extra` is a call that failed, and comes last.
    """
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
        if call.layer is not None and call.layer.kind is InputLayer and call.layer.cls.node is None:
            node = Node(_free(call.layer.name, taken), call.layer.layer(), (), 0, CallOrigin(call), None, call.layer.name)
            nodes.append(node)
            sources.update({id(t): Ref(node) for t in call.outputs[:1]})
            continue
        refs = tuple([sources[id(t)] for t in call.inputs if id(t) in sources])
        number = counts.get(id(call.layer), 0) if call.layer is not None else 0
        if call.layer is not None:
            counts[id(call.layer)] = number + 1
        word = call.layer.name if call.layer is not None else session(run).names_of[call.number]
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
    cache = session(run).nested
    if isinstance(model, KerasModel) and (model.functional or (model.sequential and model.input_tensor is not None)):
        key = (id(model), len(model.stack or ()), session(run).final)
        if key not in cache:
            made = Model(model_graph(run, model))
            made.freezes = False
            own = model.cls.node is not None or model.sequential
            made.keras_class = model.keras_class if own else "Functional"  # type: ignore[misc]
            cache[key] = (model, made)
        return cache[key][1]
    if model.calls and model.calls[0].inner is not None:
        return opaque(run, model.calls[0])
    return None


def layer_for(run: Interpreter, call: Call) -> Layer:
    """The layer of a call, as the rules take it."""
    layer = call.layer
    if layer is None:
        assert call.operation is not None
        return operation_for(run, call)
    if call.assumed is not None:
        return assumed_layer(run, call)
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
    if session(run).keras2 is not None and call.function is not None and not all(t.inner for t in call.inputs):
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


def opaque(run: Interpreter, call: Call) -> Layer:
    """A layer of the program as a model of what its code does, or as shapes and weights."""
    layer = call.layer
    assert layer is not None
    cache = session(run).nested
    key = (id(layer), session(run).final)
    if key in cache:
        return cache[key][1]
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
    if layer.custom or layer.function is not None:
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


def assumed_layer(run: Interpreter, call: Call) -> Layer:
    """A layer whose code cannot be read, with what the reader assumes of it."""
    layer, assumed = call.layer, call.assumed
    assert layer is not None and assumed is not None
    cache = session(run).nested
    key = (id(layer), session(run).final)
    if key not in cache:
        made = Unknown(layer.keras_class, trainable=layer.trainable)
        made.assume(assumed)
        cache[key] = (layer, made)
    return cache[key][1]
