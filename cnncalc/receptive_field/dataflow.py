"""A trace as values that read values: nested models unfolded, shared layers called."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias, Union

from ..analysis import Model, Step, Trace
from ..dependence import Along, Either, Reads, Reindexed, Through
from ..graph import Node
from ..layers import InputLayer

#: What values read directly.
Direct: TypeAlias = Union[tuple[Along, ...], Reindexed]  # noqa: UP007


class Value(NamedTuple):
    """An array: its sizes and what it reads of others, each given by its number."""

    shape: tuple[int, ...]
    reads: tuple[tuple[int, Direct], ...]


class Place(NamedTuple):
    """A step, at any depth of nested models; `name` leads there.

    `inputs` are the values that it reads, `values` those that it makes.
    """

    step: Step
    name: str
    depth: int
    inputs: tuple[int, ...] = ()
    values: tuple[int, ...] = ()


class Flow:
    """The values of a trace, each behind those it reads, and the places that they belong to.

    With `folded`, what only passes its input on is one value with it. All sizes must be
    known.
    """

    def __init__(self, trace: Trace, folded: bool = True):
        self.values: list[Value] = []
        self.places: list[Place] = []
        self.inputs: list[tuple[Node, int]] = []
        self._folded = folded
        self._known: dict[object, tuple[tuple[Reads, ...], ...]] = {}
        self._run(trace, None, (), "", 0)
        self.by_name = {place.name: place for place in reversed(self.places)}

    def _run(self, trace: Trace, given: dict[Node, int] | None, steps: tuple[int, ...], path: str,
             depth: int) -> dict[Node, tuple[int, ...]]:
        """The values of each node; `steps` are the sizes in front of all shapes."""
        found: dict[Node, tuple[int, ...]] = {}
        for step in trace.steps:
            node = step.node
            if step.outputs is None or _is_unknown(step) or any(ref.node not in found for ref in node.inputs):
                continue
            at = len(self.places)
            read = [found[ref.node][ref.output] for ref in node.inputs]
            self.places.append(Place(step, path + node.name, depth, tuple(read)))
            if type(node.layer) is InputLayer:
                if given is None:
                    self.values.append(Value(tuple(step.outputs[0]), ()))
                    found[node] = (len(self.values) - 1,)
                    self.inputs.append((node, found[node][0]))
                else:
                    found[node] = (given[node],)
            else:
                made = self._step(step, read, steps, f"{path}{node.name}/", depth)
                if made is None:
                    continue
                found[node] = made
            self.places[at] = self.places[at]._replace(values=found[node])
        return found

    def _step(self, step: Step, read: list[int], steps: tuple[int, ...], path: str, depth: int) -> tuple[int, ...] | None:
        """The values that a step makes; `None` if an unknown layer makes them."""
        layer: Any = step.node.layer
        assert step.outputs is not None
        if isinstance(layer, Model):
            assert step.inner is not None
            given = dict(zip(layer.graph.inputs, read))
            found = self._run(step.inner, given, steps, path, depth + 1)
            if any(ref.node not in found for ref in layer.graph.outputs):
                return None
            return tuple([found[ref.node][ref.output] for ref in layer.graph.outputs])
        inside = getattr(layer, "layer", None)
        if isinstance(inside, Model) and not step.inner:  # at every step of a sequence
            trace = inside.trace(layer.inside(*step.inputs), adapt=True)
            places = len(self.places)
            found = self._run(trace, dict(zip(inside.graph.inputs, read)), (*steps, step.inputs[0][0]), path, depth + 1)
            del self.places[places:]
            return tuple([found[ref.node][ref.output] for ref in inside.graph.outputs])
        key = None if layer.key is None else (layer.key, step.inputs, step.outputs)
        reach = self._known.get(key) if key is not None else None
        if reach is None:
            reach = layer.reach(step.inputs, step.outputs)
            if key is not None:
                self._known[key] = reach
        for size in reversed(steps):
            from ..layers.unrolled import at_each_step

            reach = tuple([tuple([at_each_step(reads, size) for reads in output]) for output in reach])
        made = []
        for shape, reads in zip(step.outputs, reach):
            direct = [found for x, way in zip(read, reads) for found in self._direct(x, way)]
            made.append(self._value((*steps, *shape), direct))
        return tuple(made)

    def _value(self, shape: tuple[int, ...], reads: list[tuple[int, Direct]]) -> int:
        """The number of a value; that of the one it reads where it is the same."""
        shape = tuple(map(int, shape))  # a batch that is a symbol counts as one example
        if self._folded and len(reads) == 1:
            x, way = reads[0]
            if self.values[x].shape == shape and not isinstance(way, Reindexed) and all(
                along.axis == i and along.taps is None and not along.whole for i, along in enumerate(way)
            ):
                return x
        self.values.append(Value(shape, tuple(reads)))
        return len(self.values) - 1

    def _direct(self, x: int, reads: Reads) -> list[tuple[int, Direct]]:
        """The values that are read directly, with those in between made."""
        if reads is None:
            return []
        if isinstance(reads, Either):
            return [found for way in reads.ways for found in self._direct(x, way)]
        if isinstance(reads, Through):
            between = self._value(tuple(reads.shape), self._direct(x, reads.input))
            return self._direct(between, reads.output)
        return [(x, reads)]


def is_known(trace: Trace) -> bool:
    """Whether all sizes are, but for those that follow from an unknown layer: of these nothing is seen."""
    return all(None not in shape for step in trace.steps for shape in (step.outputs or ()) if not step.opaque)


def _is_unknown(step: Step) -> bool:
    """Whether nobody knows what a step reads of the input; a nested model may begin with layers of which it is known."""
    return step.opaque and step.inner is None
