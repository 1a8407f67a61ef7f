"""A network under construction: layers called on the outputs of earlier ones, as in Keras's functional style."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..analysis import Model
from ..errors import CnncalcError, SpecError
from ..graph import Graph, Names, Node, Ref, keras_order
from ..layers import KINDS, InputLayer, Layer, Shape
from ..layers.shape import ChannelsFirst


class Call:
    """One layer, the calls whose outputs it reads, and the shape of its own output.

    `name` is `None` where Keras numbers the layer automatically. `layer` is `None` for a
    Sequential model used as a layer; `inside` then has its layers.
    """

    __slots__ = ("inputs", "inside", "layer", "name", "shape")

    def __init__(self, name: str | None, layer: Layer | None, inputs: tuple[Call, ...], shape: Shape,
                 inside: Net | None = None):
        self.name, self.layer, self.inputs, self.shape, self.inside = name, layer, inputs, shape, inside

    @property
    def channels(self) -> int:
        channels: int = self.shape.channels
        return channels

    @property
    def spatial(self) -> tuple[int | None, ...]:
        return self.shape.spatial

    def __repr__(self) -> str:
        return f"<{self.layer.kind if self.layer else 'Sequential'} {self.name or '(automatic name)'} {self.shape}>"


class Net:
    """The calls of a network in the order in which Keras makes them, the input first.

    `shape` is the input's, without the batch: (height, width, channels), or (channels,
    height, width) if `data_format` is "channels_first".
    """

    def __init__(self, shape: tuple[object, ...], data_format: str = "channels_last", name: str | None = None):
        self.name = name
        self.channels_first = data_format == "channels_first"
        #: The axis of the channels, the batch counted.
        self.axis = 1 if self.channels_first else len(shape)
        #: The same where Keras writes it as the last one.
        self.last = 1 if self.channels_first else -1
        self.input = Call(None, InputLayer(shape=shape), (), self._shape(shape))
        self.calls = [self.input]

    def _shape(self, sizes: tuple[object, ...]) -> Shape:
        return ChannelsFirst(sizes) if self.channels_first and len(sizes) > 1 else Shape(sizes)

    def add(self, kind: str, *inputs: Call, name: str | None = None, **settings: object) -> Call:
        """Call a new layer; SpecError, naming the layer, if it cannot take its inputs."""
        layer_class = KINDS[kind]
        if self.channels_first and "data_format" in layer_class.settings:
            settings["data_format"] = "channels_first"
        shapes = tuple([call.shape for call in inputs])
        try:
            layer = layer_class(**settings)
            shape = self._shape(layer.apply(shapes)[0])
        except CnncalcError as errors:
            error = next(iter(errors))
            called = f"{kind} {name!r}" if name else kind
            raise SpecError(f"{called}: {getattr(error, 'problem', error)}", (), getattr(error, "hint", None)) from None
        self.calls.append(Call(name, layer, inputs, shape))
        return self.calls[-1]

    def stack(self, x: Call, name: str, *layers: tuple[str, dict[str, Any]]) -> Call:
        """Call a new Sequential model of layers, each given as its kind and settings, with its name among them."""
        inside = Net(tuple(x.shape), "channels_first" if self.channels_first else "channels_last", name)
        out = inside.input
        for kind, settings in layers:
            out = inside.add(kind, out, **settings)
        self.calls.append(Call(name, None, (x,), out.shape, inside))
        return self.calls[-1]

    def nodes(self, names: Names, source: Ref | None = None) -> list[Node]:
        """A node for each call, automatic names from `names`; `source` takes the place of the input."""
        made: dict[Call, Ref] = {}
        nodes = []
        for call in self.calls:
            if call is self.input and source is not None:
                made[call] = source
                continue
            layer = call.layer
            if call.inside is not None:
                layer = Model(call.inside.chain(names))
            assert layer is not None
            node = Node(call.name or names.next(layer.keras_class), layer, tuple([made[x] for x in call.inputs]))
            made[call] = Ref(node)
            nodes.append(node)
        return nodes

    def chain(self, names: Names) -> Graph:
        """The calls as a Sequential model."""
        nodes = self.nodes(names)
        nodes[0].name = "input"
        return Graph(self.name or "", nodes, [Ref(nodes[-1])], True, nodes[:1])

    def graph(self, names: Names | None = None) -> Graph:
        """The calls as a Functional model, its nodes in the order of Keras's `model.layers`."""
        names = names or Names()
        nodes = self.nodes(names)
        name = self.name or names.next("Functional")
        made = Graph(name, nodes, [Ref(nodes[-1])])
        order = [node for calls in keras_order(made).layers for node in calls]
        return Graph(name, order, made.outputs, inputs=nodes[:1])

    def __iter__(self) -> Iterator[Call]:
        return iter(self.calls)
