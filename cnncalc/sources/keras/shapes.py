"""The shapes that a file of Keras holds, held against those worked out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ...analysis import analyse
from ...graph import Graph, Node
from ...layers import UNKNOWN, InputLayer, Shape

if TYPE_CHECKING:
    from .calls import Call
    from .wiring import Entry


def differences(graph: Graph, entries: Iterable[Entry], calls: Mapping[Node, Call]) -> Iterator[str]:
    """A sentence for every layer whose stored shapes are not the ones worked out.

    A layer stores what its first call read, a call what each of its tensors is.
    """
    trace = analyse(graph)
    if trace.errors:
        return  # they are reported when the network is shown
    for made in trace.steps:
        if made.outputs is not None and made.node.layer is not None and not made.node.layer.fixed_results:
            made.node.layer.results = len(made.outputs)
    steps = trace.by_node()
    told = set()
    for entry in entries:
        if not entry.nodes or type(entry.layer) is InputLayer:
            continue
        step = steps.get(entry.nodes[0])
        stored = list(shapes_in(entry.stored))
        if step is None or not stored or entry.layer is None or entry.layer.kind == "Functional":
            continue
        for shape, x in zip(stored, step.inputs):
            if not agree(shape, x) and x is not UNKNOWN:
                told.add(entry.nodes[0])
                yield _sentence(entry.name, shape, x)
                break
    for node, call in calls.items():
        step = steps.get(node)
        if step is None or node in told:
            continue
        inputs = [tensor for tensor in call.tensors if not tensor.beside]
        for tensor, x in zip(inputs, step.inputs):
            for shape in shapes_in(tensor.shape):
                if not agree(shape, x) and x is not UNKNOWN:
                    told.add(node)
                    yield _sentence(node.name, shape, x)
            if node in told:
                break


def _sentence(name: str, shape: list[object], x: Shape) -> str:
    sizes = "(" + ", ".join(["None" if n is None else str(n) for n in (None, *shape)]) + ("," if not shape else "") + ")"
    return f"the layer {name!r} reads {(None, *x)} by calculation; the file states {sizes} (ignored)"


def agree(stored: list[object], x: tuple[object, ...]) -> bool:
    return len(stored) == len(x) and all([a is None or b is None or a == b for a, b in zip(stored, x)])


def shapes_in(stored: object) -> Iterator[list[object]]:
    """The shapes in a list of them, or the only one, without the batch."""
    if not isinstance(stored, list) or not stored:
        return
    if all(item is None or type(item) is int for item in stored):
        yield stored[1:]
    else:
        for item in stored:
            if not isinstance(item, list) or not all(n is None or type(n) is int for n in item) or not item:
                return
            yield item[1:]
