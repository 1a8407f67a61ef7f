"""From a graph to its steps: with other inputs, changed settings, and what is assumed of unknown layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .analysis import Model, Trace, analyse
from .errors import SpecError, did_you_mean
from .graph import Graph, Node
from .layers import InputLayer
from .sizes import read_sizes, spelled


def assume(graph: Graph, words: Mapping[str, object]) -> list[SpecError]:
    """Take `same`, `14x14x64` or `same,params=128` for the outputs of unknown layers, given by their names.

    A layer of a nested model is named by its path, `model/layer`, or by its last part. The errors are those of names for
    which there is no such layer; SpecError for what is no assumption.
    """
    from .layers.unknown import Unknown, assumption

    layers = {}
    for path, node in _inside(graph, ""):
        layers[path] = node.layer
        if type(node.layer) is Model:
            node.layer.forget()
    wrong = []
    for name, text in words.items():
        found = {layer for path, layer in layers.items() if path == name} or {
            layer for path, layer in layers.items() if path.rpartition("/")[2] == name}
        unknown = [path for path, layer in layers.items() if type(layer) is Unknown]
        if not found:
            wrong.append(SpecError(f"there is no layer {name!r} to apply --assume to", (), did_you_mean(name, unknown) or (
                "unknown layers: " + ", ".join(unknown[:12]) if unknown else "no layer of this network is unknown")))
        elif len(found) > 1:
            wrong.append(SpecError(f"several layers are named {name!r}", (), "name one by its path: " + ", ".join(
                path for path in layers if path.rpartition("/")[2] == name)))
        else:
            layer = found.pop()
            if type(layer) is Unknown:
                layer.assume(assumption(text))
            else:
                wrong.append(SpecError(f"{name!r} is not an unknown layer: its output follows from its settings"))
    return wrong


def _inside(graph: Graph, path: str) -> Iterator[tuple[str, Node]]:
    """The nodes of a graph and of the models in it, with their paths."""
    for node in graph.nodes:
        yield path + node.name, node
        if type(node.layer) is Model:
            yield from _inside(node.layer.graph, f"{path}{node.name}/")


def sizes_of(input: object) -> Any:
    """The sizes of an input, or of each by its name, where texts such as `28x28x1` spell them."""
    if isinstance(input, Mapping):
        return {name: sizes_of(sizes) for name, sizes in input.items()}
    if isinstance(input, int) and not isinstance(input, bool):
        return (input,)
    if not isinstance(input, str):
        return input
    found = read_sizes(input)
    if found is None:
        raise SpecError(f"{input!r} is not a shape such as 28x28x1")
    return (found,) if isinstance(found, int) else tuple(found)


def traced(graph: Graph, input: object = None, changes: Mapping[str, object] | None = None) -> Trace:
    """The steps of a graph, with the sizes of its inputs replaced by `input` if given.

    `input` is a shape for the only input, or a mapping from the inputs' names to shapes; `changes`
    maps `LAYER.SETTING` to new values.
    """
    graph = _changed(graph, changes)
    if input is None or graph.batch is not None or getattr(graph, "root", None) is not None:  # source of PyTorch's was run on its input
        return _as_keras_computes(graph)
    shapes = _shapes(graph, input)
    if graph.resized is not None and shapes:
        resized = graph.resized(next(iter(shapes.values())))
        return analyse(_changed(resized, changes))
    return analyse(graph, shapes, adapt=True)


def _changed(graph: Graph, changes: Mapping[str, object] | None) -> Graph:
    if not changes:
        return graph
    from .overrides import changed  # lazy: few commands change settings

    return changed(graph, changes)


def _as_keras_computes(graph: Graph) -> Trace:
    """The steps for one example; those of whole tensors where operations mix the examples of a batch."""
    trace = analyse(graph)
    if graph.framework != "keras" or not (trace.errors or any(_batches(graph))):
        return trace
    whole = analyse(graph, whole=True)
    mixing = trace.errors[0] if trace.errors else _mixing(whole, trace)
    if mixing is None or (whole.errors and trace.errors):
        return trace
    if not whole.errors:
        whole.mixed = mixing
    return whole


def _batches(graph: Graph) -> list[int | None]:
    """The batch sizes that the inputs declare, as far as these could be read."""
    return [node.layer.batch_size for node in graph.inputs if isinstance(node.layer, InputLayer)]


def _mixing(whole: Trace, trace: Trace) -> SpecError | None:
    """Why a network cannot be worked out for one example, if it cannot: its first step that gives another batch, or other sizes."""
    batches = {None, *_batches(whole.graph)}
    for step, alone in zip(whole.steps, trace.steps):
        if not step.opaque and (step.outputs != alone.outputs or any([y.full[:1] != (y.batch,) or y.batch not in batches for y in step.outputs or ()])):
            error = SpecError(f"{step.kind} {step.name!r} mixes the examples of a batch", (), "what follows cannot be worked out for one example")
            return step.node.origin.place(error) if step.node.origin is not None else error
    return None


def _without_batch(shape: Sequence[int | None], declared: Sequence[int | None]) -> str | None:
    """The hint for sizes with the batch among them."""
    if len(shape) != len(declared) + 1:
        return None
    return f"sizes are written without the batch: {spelled(shape[1:])}"


def _shapes(graph: Graph, input: Any) -> dict[Node, tuple[int | None, ...]]:
    by_name = {node.name: node for node in graph.inputs}
    if not isinstance(input, dict):
        if len(graph.inputs) != 1:
            raise SpecError(f"the network has {len(graph.inputs)} inputs: " + ", ".join(by_name), (),
                            f"name the one to replace: --input {next(iter(by_name), 'name')}=224x224x3")
        input = {graph.inputs[0].name: input}
    shapes = {}
    for name, shape in input.items():
        if name not in by_name:
            raise SpecError(f"the network has no input {name!r}", (), did_you_mean(name, by_name))
        layer = by_name[name].layer
        if not isinstance(layer, InputLayer):  # its error has been reported
            continue
        declared = layer.shape
        if len(shape) != len(declared) and not graph.unbuilt:
            raise SpecError(f"the input {name!r} has {len(declared)} sizes, not {len(shape)}", (), _without_batch(shape, declared))
        shapes[by_name[name]] = tuple(shape)
    return shapes
