"""What is known of the layers that read what an unknown layer gives: by rule, by the file, or by an assumption."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..errors import SpecError
from ..graph import Graph, Node
from ..layers import UNKNOWN, InputLayer, Layer, Shape
from ..layers.unknown import Unknown, noted
from .trace import Computed


def compatible(x: tuple[object, ...], declared: tuple[object, ...]) -> bool:
    """Whether `x` can be what was declared: same rank, and no two known sizes differ."""
    return len(x) == len(declared) and all(
        a is None or b is None or a == b for a, b in zip(x, declared)
    )


class Doubt:
    """The nodes of a graph whose outputs follow from an unknown layer's, so perhaps not from any rule.

    Shapes that the file states hold for the inputs that it states: for others they are not used.
    """

    def __init__(self, graph: Graph, given: Mapping[Node, tuple[object, ...]], adapt: bool):
        self.nodes: set[Node] = set()
        self.graph = graph
        self.adapt = adapt
        self.stored_hold = all([
            declared is None or declared == size for node, shape in given.items() if type(node.layer) is InputLayer
            for declared, size in zip(node.layer.shape, shape)])
        self._wanted: dict[Node, int] | None = None

    def reaches(self, node: Node, layer: Layer) -> bool:
        """Whether the node is an unknown layer, or reads what follows from one."""
        if type(layer) is Unknown or layer.own_code or any([ref.node in self.nodes for ref in node.inputs]):
            self.nodes.add(node)
            return True
        return False

    def inside(self, node: Node, computed: Computed) -> None:
        """Follow an unknown layer in a nested model, if its outputs depend on one."""
        assert computed.inner is not None and computed.outputs is not None
        inner = computed.inner.by_node()
        if any([inner[ref.node].opaque for ref in computed.inner.graph.outputs]):
            self.nodes.add(node)
            computed.opaque = True
            self._fill(node, computed)

    def answer(self, node: Node, layer: Layer, xs: tuple[Shape, ...], by_rule: Callable[[], Computed]) -> Computed:
        """What is known of a node: by the layer's rules as far as they go, by the file, or by an assumption."""
        if type(layer) is Unknown:
            computed = by_rule()
            computed.blind, computed.at_least = True, not layer.certain
            computed.source = "assumed" if layer.assumed is not None else None
        else:
            computed = self._by_rule(layer, xs, by_rule)
        computed.opaque = True
        self._fill(node, computed)
        if type(layer) is Unknown:
            computed.notes = (noted(layer, node.name, computed.source),)
        return computed

    def _by_rule(self, layer: Layer, xs: tuple[Shape, ...], by_rule: Callable[[], Computed]) -> Computed:
        outputs: tuple[Shape, ...] = (UNKNOWN,)
        if UNKNOWN not in xs:
            try:
                return by_rule()
            except SpecError:
                if None not in [n for x in xs for n in x]:
                    raise  # not for want of a size
                outputs = whatever_the_channels(layer, xs)
        return Computed(outputs, blind=True, at_least=type(layer).weights is not Layer.weights)

    def imagined(self, layer: Layer, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """The inputs, where they are unknown as far as the layer itself tells of them."""
        if type(layer) is Unknown or UNKNOWN not in xs:
            return xs
        return tuple([self._imagined(layer, i) if x is UNKNOWN else x for i, x in enumerate(xs)])

    def _imagined(self, layer: Layer, i: int) -> Shape:
        declared = layer.declared(i)
        if declared is not None:
            return declared if self.stored_hold and not self.adapt else Shape((None,) * len(declared))
        return Shape((None,) * (layer.rank + 1)) if layer.rank is not None else UNKNOWN

    def _fill(self, node: Node, computed: Computed) -> None:
        """Set the outputs, with what the file states in the place of what is unknown."""
        stored = node.stored if self.stored_hold else {}
        ys = computed.outputs or ()
        filled = []
        for i in range(max(len(ys), self._count(node))):
            y, told = ys[i] if i < len(ys) else UNKNOWN, stored.get(i)
            if told is not None and y is not UNKNOWN and not compatible(y, told) and self._assumed():
                raise SpecError(f"gives {y} under the assumption, but the file states {told}", (), "assume a shape that agrees with the file")
            if told is not None and (y is UNKNOWN or (None in y and compatible(y, told) and told != y)):
                y = Shape(told)
                computed.source = "file"
            filled.append(y)
        computed.outputs = tuple(filled)
        if UNKNOWN in filled:
            computed.source = "unknown"

    def _assumed(self) -> bool:
        return any([type(node.layer) is Unknown and node.layer.assumed is not None for node in self.graph.nodes])

    def _count(self, node: Node) -> int:
        """How many outputs of a node are read."""
        if self._wanted is None:
            self._wanted = {}
            for ref in (*self.graph.outputs, *[ref for node in self.graph.nodes for ref in node.inputs]):
                self._wanted[ref.node] = max(self._wanted.get(ref.node, 0), ref.output + 1)
        return self._wanted.get(node, 1)


def whatever_the_channels(layer: Layer, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """The output for inputs of an unknown number of channels: the sizes that it does not change."""
    made = []
    for channels in (5040, 10080):  # numbers that groups divide
        filled = [Shape(x.of(x.spatial, channels)) if x.channels is None else x for x in layer.viewed(xs)]
        try:
            made.append(layer.apply(tuple(filled)))
        except SpecError:
            return (UNKNOWN,)
    return tuple([Shape([a if a == b else None for a, b in zip(*ys)]) if len(set(map(len, ys))) == 1 else UNKNOWN for ys in zip(*made)])
