"""The layers of a trace in one list: nested models unfolded, each row with its shape and what it reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..analysis import Model, Step, Trace
from ..graph import Node, Ref
from ..layers import UNKNOWN, InputLayer, Layer, Shape


class Row:
    """One call of a layer; `reads` are the numbers of the rows that it reads, in order.

    `names` are its own, and those of nested models whose output it is. `first` says whether its channels come first.
    """

    __slots__ = ("first", "input", "name", "names", "reads", "shape", "shared", "step")

    def __init__(self, name: str, step: Step, reads: tuple[int, ...]):
        self.name, self.step, self.reads = name, step, reads
        self.names = [name]
        self.shape: Shape | None = step.outputs[0] if step.outputs else None
        self.input: Shape | None = step.inputs[0] if step.inputs else None
        self.shared = self.first = False

    @property
    def layer(self) -> Layer | None:
        return self.step.node.layer

    @property
    def family(self) -> str:
        return self.layer.family if self.layer is not None else "other"

    @property
    def drawn_with(self) -> str | None:
        layer = self.layer
        return layer.drawn_with if layer is not None and self.step.error is None and len(set(self.reads)) == 1 else None

    @property
    def is_input(self) -> bool:
        return type(self.layer) is InputLayer

    @property
    def sizes(self) -> tuple[tuple[Any, ...], int | None]:
        """Its output's spatial sizes, and its channels; a vector has no spatial sizes."""
        shape = self.shape
        if shape is None or shape is UNKNOWN or not shape:
            return (), None
        sizes = tuple(shape[1:]) if shape.whole else tuple(shape)
        if not sizes:
            return (), 1
        return (sizes[1:], sizes[0]) if self.first and len(sizes) > 1 else (sizes[:-1], sizes[-1])


class Rows:
    """The used rows of a trace in order, how often each is read, and the rows of its outputs; `whole` leaves nested models as one row."""

    def __init__(self, trace: Trace, whole: bool = False):
        self.whole = whole
        self.rows: list[Row] = []
        found = self._run(trace, {}, "")
        self.outputs = self._rows_of(found, trace.graph.outputs)
        self.readers = [0] * len(self.rows)
        calls: dict[Layer | None, int] = {}
        for row in self.rows:
            for read in set(row.reads):
                self.readers[read] += 1
        for output in set(self.outputs):
            self.readers[output] += 1
        for row in self.rows:
            calls[row.layer] = calls.get(row.layer, 0) + 1
        for row in self.rows:
            row.shared = row.layer is not None and calls[row.layer] > 1
        self._set_channel_axes(trace.graph.framework == "pytorch")

    @staticmethod
    def _output(found: dict[Node, list[int]], ref: Ref) -> int | None:
        rows: list[int] | None = found.get(ref.node)
        return rows[min(ref.output, len(rows) - 1)] if rows else None

    def _rows_of(self, found: dict[Node, list[int]], refs: Iterable[Ref]) -> list[int]:
        return [row for row in [self._output(found, ref) for ref in refs] if row is not None]

    def _run(self, trace: Trace, given: dict[Node, int], path: str) -> dict[Node, list[int]]:
        """Add a trace's rows; the rows of each node's outputs. `given` are the rows that a nested model's inputs stand for."""
        found: dict[Node, list[int]] = {}
        for step in trace.steps:
            node = step.node
            if not step.used:
                continue
            reads = tuple(self._rows_of(found, node.inputs))
            if node in given:
                found[node] = [given[node]]
            elif self.whole and type(node.layer) is Model and step.inner is not None:
                self.rows.append(Row(path + node.name, step, reads))
                self.rows[-1].names += _names(step.inner, f"{path}{node.name}/")
                found[node] = [len(self.rows) - 1]
            elif type(node.layer) is Model and step.inner is not None and step.outputs is not None and len(reads) == len(node.inputs):
                inner = self._run(step.inner, dict(zip(node.layer.graph.inputs, reads)), f"{path}{node.name}/")
                rows = self._rows_of(inner, node.layer.graph.outputs)
                for row in set(rows[:1]) - set(reads):
                    self.rows[row].names.append(path + node.name)
                found[node] = rows
            elif not (node.layer is not None and node.layer.hidden):
                self.rows.append(Row(path + node.name, step, reads))
                found[node] = [len(self.rows) - 1]
        return found

    def _set_channel_axes(self, pytorch: bool) -> None:
        """Whether channels come first, from the layers that tell spatial axes and channels apart."""
        told: list[bool | None] = []
        for row in self.rows:
            opinion = _channels_first(row)
            if opinion is None and row.reads and row.shape is not None and row.input is not None:
                opinion = told[row.reads[0]] if len(row.shape) == len(row.input) else None
            told.append(opinion)
        for i in range(len(self.rows) - 1, -1, -1):  # an input is as its reader takes it
            row = self.rows[i]
            for read in row.reads:
                source = self.rows[read]
                if told[read] is None and row.input is not None and source.shape is not None and len(source.shape) == len(row.input):
                    told[read] = _channels_first(row) if _channels_first(row) is not None else told[i]
        for row, first in zip(self.rows, told):
            row.first = pytorch and row.shape is not None and len(row.shape) == 3 if first is None else first


def _names(trace: Trace, path: str) -> list[str]:
    """The names of the layers of a nested model but its inputs."""
    found = []
    for step in trace.steps:
        node = step.node
        if step.used and node not in trace.graph.inputs and not (node.layer is not None and node.layer.hidden):
            found.append(path + node.name)
            if type(node.layer) is Model and step.inner is not None:
                found += _names(step.inner, f"{path}{node.name}/")
    return found


def _channels_first(row: Row) -> bool | None:
    """What a row's layer says of its output; `None` where it leaves the axes as they are."""
    layer, shape = row.layer, row.shape
    if layer is None or shape is None or shape is UNKNOWN or len(shape) < 2:
        return None
    axes = getattr(layer, "channels_axis", None)
    if axes is not None:  # of PyTorch's
        first: bool | None = getattr(layer, "channels_first", None)
        return first
    return getattr(layer, "data_format", None) == "channels_first" if hasattr(layer, "data_format") else None


