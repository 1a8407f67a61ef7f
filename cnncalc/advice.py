"""Notes on a whole network: what is computed as written, and was probably meant otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from .analysis import Step, Trace
from .errors import SpecError, printable
from .graph import Node
from .layers import InputLayer, Layer, Shape
from .layers.base import Spatial
from .layers.core import Dense
from .layers.shape import channels_come_first


class Note(SpecError):
    """Something to know about a network, with its location where it has one."""

    def __str__(self) -> str:
        document = self.document
        if document is None:
            return f"note: {self.problem}"
        line, column, _ = document.locate(self.path)
        return f"{printable(document.name)}:{line + 1}:{column + 1}: note: {self.problem}"


def notes(trace: Trace, given: bool = False) -> list[Note]:
    """The notes on a network, those on its input first; `given` says that its size is not the file's own."""
    steps = [step for step in trace.steps if step.node.layer is not None]
    first = _data_formats(steps)
    return [*_inputs(trace, steps, first, given), *_along_last_axis(steps, first), *_dense_on_maps(steps)]


def _placed(node: Node, problem: str) -> Note:
    if node.origin is None:
        return Note(problem)
    error = node.origin.place(SpecError(problem))
    note = Note(problem, error.path)
    note.document = error.document
    return note


def _data_formats(steps: list[Step]) -> dict[Node, bool]:
    """Whether the output of each node has its channels first, where the layers before it tell."""
    found: dict[Node, bool] = {}
    for step in steps:
        layer = step.node.layer
        if isinstance(layer, Spatial):
            found[step.node] = layer.data_format == "channels_first"
        elif step.node.inputs and step.node.inputs[0].node in found:
            found[step.node] = found[step.node.inputs[0].node]
    return found


def _inputs(trace: Trace, steps: list[Step], first: dict[Node, bool], given: bool) -> Iterator[Note]:
    images = [step for step in steps if step.node.layer is not None and step.node.layer.rank == 2 and isinstance(step.node.layer, Spatial)]
    if trace.graph.unbuilt and not given and any(None in (step.output or ()) for step in steps if type(step.node.layer) is InputLayer):
        yield Note(f"{trace.graph.name} was saved before it was built, so the size of its input is not known: "
                   "--input 28x28x1 gives it (height, width, channels)")
    for step in steps:
        x = step.output
        if type(step.node.layer) is not InputLayer or x is None or not images or first[images[0].node] or not channels_come_first(x):
            continue
        other = f"--input {x[1]}x{x[2]}x{x[0]}, or " if given else ""
        text = f"read as height {x[0]}, width {x[1]}, {x[2]} channels; for PyTorch's order write {other}data_format: channels_first"
        yield Note(f"--input is {text}") if given else _placed(step.node, f"the input is {text}")


def _along_last_axis(steps: list[Step], first: dict[Node, bool]) -> Iterator[Note]:
    """Layers that act along the channels as a rule, and here along the width."""
    for step in steps:
        layer = step.node.layer
        if layer is None or not layer.along_channels or not step.inputs or len(step.inputs[0]) < 3:
            continue
        if vars(layer)["axis"] in (-1, len(step.inputs[0])) and first.get(step.node.inputs[0].node):
            yield _placed(step.node, f"{layer.kind} {step.name!r} acts along axis -1, the width of {step.inputs[0]}; "
                          "with the channels first they are axis 1")


def _dense_on_maps(steps: list[Step]) -> Iterator[Note]:
    """The first Dense that gets a feature map with nothing after it that would join its places."""
    last = max((i for i, step in enumerate(steps) if _joins(step)), default=-1)
    before: set[Node] = set()
    for i, step in enumerate(steps):
        layer, x = step.node.layer, step.inputs[0] if step.inputs else None
        if isinstance(layer, Spatial) or any(ref.node in before for ref in step.node.inputs):
            before.add(step.node)
        if i > last and isinstance(layer, Dense) and x is not None and len(x) > 2 and any(n != 1 for n in x[:-1]) and (
                step.node.inputs[0].node in before):
            places = " × ".join("?" if n is None else str(n) for n in x[:-1])
            yield _placed(step.node, f"Dense {step.name!r} acts along the last axis of its input {x}, the same at each of {places} places; "
                          "Flatten or a global pooling before it?")
            return


def _joins(step: Step) -> bool:
    """Whether a layer puts the places of a feature map together, or looks at several of them."""
    layer: Layer | None = step.node.layer
    if layer is None or isinstance(layer, Dense):
        return False
    y, xs = step.output, step.inputs
    return isinstance(layer, Spatial) or (y is not None and any(len(x) > len(y) for x in xs if isinstance(x, Shape)))
