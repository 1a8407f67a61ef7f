"""How layers are wired: nodes, what they read, their names and their order."""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .errors import SpecError
from .layers import InputLayer, Layer, Shape


class Ref(namedtuple("Ref", "node output", defaults=(0,))):
    """One output of a node."""

    __slots__ = ()


class Origin:
    """Where a node was written; it turns the path of an error into a place in the file."""

    __slots__ = ()

    def place(self, error: SpecError) -> SpecError:
        """The error with its path led through the file."""
        raise NotImplementedError


class Node:
    """One call of a layer.

    `layer` is `None` where the file's entry could not be read. A layer that is called
    several times is one `Layer` in several nodes; `call` counts them from 0.
    """

    __slots__ = ("beside", "call", "expect", "given", "inputs", "keras_name", "layer", "name", "origin", "stored", "word")

    def __init__(self, name: str, layer: Layer | None, inputs: tuple[Ref, ...] = (), call: int = 0,
                 origin: Origin | None = None, expect: object = None, keras_name: str | None = None):
        self.name = name
        self.layer = layer
        self.inputs = inputs
        self.call = call
        self.origin = origin
        self.expect = expect
        #: The numbers of its file: an input's values, or what it says of the layer's weights.
        self.given: Any = None
        #: The shapes of its outputs that its file states, in their places: used where they cannot be computed.
        self.stored: dict[int, Shape] = {}
        #: The name of its layer in Keras, which its other calls share.
        self.keras_name = keras_name or name
        #: What the file calls its layer, where that could not be read.
        self.word = "?"
        #: Masks that a file names: what it reads beside its inputs, which changes no shape.
        self.beside: tuple[Ref, ...] = ()

    def __repr__(self) -> str:
        return f"<{type(self.layer).__name__} {self.name}>"

    @property
    def kind(self) -> str:
        return self.layer.kind if self.layer is not None else self.word

    @property
    def on_tensors(self) -> bool:
        """Whether it is an operation on tensors."""
        return self.layer is not None and self.layer.on_tensors


class Graph:
    """Nodes in an order in which each stands after those it reads.

    `sequential` says that every node reads just the one before it, and that Keras calls
    such a model a Sequential.
    """

    #: The framework whose terms it is shown in.
    framework = "keras"
    #: The batch size that its shapes include; `None` where shapes are those of one example.
    batch: int | None = None
    #: Whether tables leave out functions between modules.
    modules_only = False

    def __init__(self, name: str, nodes: Iterable[Node], outputs: Iterable[Ref],
                 sequential: bool = False, inputs: Iterable[Node] | None = None):
        self.name = name
        self.nodes = tuple(nodes)
        self.outputs = tuple(outputs)
        self.sequential = sequential
        #: Whether no weight in it is trained, whatever its layers say.
        self.frozen = False
        #: The optimizer that it was compiled with: its `variables(arrays)` are those for trained arrays.
        self.optimizer: Any = None
        #: Whether the masks that its layers read are those that nodes name, and no others.
        self.names_masks = False
        #: Whether its rows are those of `model.layers`: operations and further calls of a layer are told apart.
        self.layers_only = False
        #: Whether it is a Sequential of Keras that was saved before the size of its input was known.
        self.unbuilt = False
        #: What was read in place of what is written, each with its location.
        self.notes: list[str] = []
        #: Builds the network for another shape of its only input, where its layers depend on that.
        self.resized: Callable[[tuple[object, ...]], Graph] | None = None
        if inputs is None:
            inputs = [node for node in self.nodes if type(node.layer) is InputLayer]
        self.inputs = tuple(inputs)

    def take_framework(self) -> None:
        """Show the network in PyTorch's terms if its layers are PyTorch's."""
        if any([node.layer is not None and node.layer.framework == "pytorch" for node in self.nodes]):
            self.framework = "pytorch"
            for node in self.inputs:
                if node.layer is not None:
                    vars(node.layer).update(framework="pytorch", keras_class="Input")

    def begins(self) -> bool:
        """Whether its inputs could be read, so that what follows them can be worked out as far as it goes."""
        return all([node.layer is not None for node in self.inputs])

    def used(self) -> set[Node]:
        """The nodes that an output depends on, and the inputs."""
        seen: set[Node] = {ref.node for ref in self.outputs}
        for node in reversed(self.nodes):
            if node in seen:
                seen.update([ref.node for ref in (*node.inputs, *node.beside)])
        return seen.union(self.inputs)


class KerasOrder(namedtuple("KerasOrder", "layers sequential_like")):
    """How Keras lists the layers of a Functional model.

    `layers` has the calls of each layer that the outputs depend on; `sequential_like` says
    that Keras shows the model as a plain stack: one call at each depth, one input each.
    """

    __slots__ = ()


def keras_order(graph: Graph, more: Mapping[Node, tuple[Ref, ...]] | None = None) -> KerasOrder:
    """The layers deepest first, where depth is the longest way to an output; ties as a
    depth-first walk from the outputs meets them; inputs that lead nowhere before those.

    `more` is what nodes read beside their inputs.
    """
    more = more or {}
    finished, met = _walked(graph, more)
    depths: dict[Node, int] = {}
    deepest: dict[object, int] = {}
    calls: dict[object, list[Node]] = {}
    for node in reversed(finished):
        layer = node.layer or node
        # A shared layer is as deep as its deepest call; a call that is met later in this
        # loop does not push down what an earlier one reads.
        depth = depths[node] = deepest[layer] = max(depths.get(node, 0), deepest.get(layer, 0))
        calls.setdefault(layer, []).append(node)
        for ref in all_read(node, more):
            depths[ref.node] = max(depths.get(ref.node, 0), depth + 1)
    for node in graph.inputs:
        layer = node.layer or node
        if layer not in deepest:
            depths[node] = deepest[layer] = 0
            met[layer] = -1
            calls[layer] = [node]
    order = sorted(deepest, key=lambda layer: (-deepest[layer], met[layer]))
    return KerasOrder(
        tuple([tuple(sorted(calls[layer], key=lambda node: node.call)) for layer in order]),
        len(set(depths.values())) == len(depths)
        and all(len(nodes) == 1 or nodes[0].on_tensors for nodes in calls.values())
        and all(len(all_read(node, more)) < 2 for node in depths),
    )


def all_read(node: Node, more: Mapping[Node, tuple[Ref, ...]]) -> tuple[Ref, ...]:
    """What a node reads: its inputs, masks that it is given, and `more`."""
    return (*node.inputs, *node.beside, *more.get(node, ()))


def _walked(graph: Graph, more: Mapping[Node, tuple[Ref, ...]]) -> tuple[list[Node], dict[object, int]]:
    """The nodes in the order in which a depth-first walk from the outputs leaves them, and
    each layer's place in the order in which it is met."""
    finished: list[Node] = []
    met: dict[object, int] = {}
    entered: set[Node] = set()
    for output in graph.outputs:
        stack: list[tuple[Node, Iterator[Ref]]] = []
        ahead: Node | None = output.node if output.node not in entered else None
        while ahead is not None or stack:
            if ahead is not None:
                entered.add(ahead)
                met.setdefault(ahead.layer or ahead, len(met))
                stack.append((ahead, iter(all_read(ahead, more))))
            node, waiting = stack[-1]
            ahead = next((ref.node for ref in waiting if ref.node not in entered), None)
            if ahead is None:
                finished.append(node)
                stack.pop()
    return finished, met


class Names:
    """Automatic names as Keras gives them: the class in snake case, then `_1`, `_2`."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def next(self, class_name: str) -> str:
        """The next name for a layer of this class."""
        base = snake_case(class_name)
        count = self._used.get(base, 0)
        self._used[base] = count + 1
        return f"{base}_{count}" if count else base

    def expected(self, class_name: str) -> str:
        """The name that would be next."""
        base = snake_case(class_name)
        count = self._used.get(base, 0)
        return f"{base}_{count}" if count else base


_SNAKE: dict[str, str] = {}


def snake_case(name: str) -> str:
    """MaxPooling2D -> max_pooling2d, as Keras writes it."""
    known = _SNAKE.get(name)
    if known is None:
        known = re.sub(r"\W+", "", name)
        known = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", known)
        known = _SNAKE[name] = re.sub("([a-z])([A-Z])", r"\1_\2", known).lower()
    return known


def chained(nodes: Iterable[Node]) -> bool:
    """Whether every node reads just the one before it, through its first output."""
    before: Node | None = None
    for node in nodes:
        if before is not None and not (
            len(node.inputs) == 1 and node.inputs[0] == (before, 0) and node.call == 0
        ):
            return False
        if before is not None and type(node.layer) is InputLayer:
            return False
        before = node
    return before is not None


def without_masks(graph: Graph) -> tuple[Node, ...]:
    """The nodes without the operations that only work out masks: those follow from the layers."""
    if not any(node.beside for node in graph.nodes):
        return graph.nodes
    needed = {ref.node for ref in graph.outputs}
    for node in reversed(graph.nodes):
        if node in needed or not node.on_tensors:
            needed.add(node)
            needed.update([ref.node for ref in node.inputs])
    return tuple([node for node in graph.nodes if node in needed])
