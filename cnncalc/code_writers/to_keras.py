"""A network of PyTorch's modules on its way to Keras: its tensors, their axes, and the layers that are built."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from ..graph import Names, Node, Ref
from ..layers import Shape
from ..pytorch.linear import Embedding
from .keras_layers import KerasBody
from .program import Part, Statement, Value
from .text import Bracket, call, literal

#: What makes a module's call into statements: the builder, the module, its inputs, the shapes of one example that come out.
Rule = Callable[["KerasBuilder", Any, list[Value], Sequence[Shape]], "Value | list[Value]"]


class KerasBuilder:
    """What the rules for modules build the statements of a model with."""

    def __init__(self, names: Names):
        self.body = KerasBody(names)
        self.names = names
        self.parts: dict[tuple[object, str], Part] = {}
        self.used: set[str] = set()
        self.node: Node

    def layer(self, kind: str, *args: object, x: Value | Sequence[Value], shape: Sequence[int | None], axes: Sequence[int],
              **kwargs: object) -> Value:
        """A call of the layer that the module becomes."""
        return self.one_layer("", kind, args, kwargs, x, shape, axes)

    def one_layer(self, role: str, kind: str, args: Sequence[object], kwargs: dict[str, object], x: Value | Sequence[Value],
                  shape: Sequence[int | None], axes: Sequence[int]) -> Value:
        """A call of one of the layers that the module becomes: `role` tells them apart."""
        inputs = [x] if isinstance(x, Value) else list(x)
        layer = self.node.layer
        assert layer is not None
        if self.node.call and not layer.owned(()):  # nothing is shared: another layer is clearer
            role = f"{role or 'again'}{self.node.call}"
        key = (layer, role)
        if key not in self.parts:
            frozen = not role and bool(getattr(layer, "frozen", ())) and not any([w.trainable for w in layer.owned(())])
            name = self.name(kind, role)
            more: dict[str, object] = {"name": name} if name is not None else {}
            if frozen:
                more["trainable"] = False
            self.parts[key] = Part(name or kind.lower(), call(f"layers.{kind}", *args, **kwargs, **more), name is None)
            self.body.parts.append(self.parts[key])
        y = Value(shape, axes)
        self.body.statements.append(Statement(inputs, [y], self.parts[key], listed=len(inputs) > 1))
        return y

    def name(self, kind: str, role: str) -> str | None:
        """The name of a layer: that of its module, if it has one that is not only a number; functions have none."""
        path = self.node.keras_name
        if role not in ("", "layer") or not self.node.kind.startswith("nn.") or path.replace(".", "").isdigit():
            self.names.next(kind)
            return None
        name = re.sub(r"\W+", "_", path)
        while name in self.used:
            name += "_"
        self.used.add(name)
        return name

    def function(self, template: str, x: Value | Sequence[Value], shape: Sequence[int | None], axes: Sequence[int], comment: str = "") -> Value:
        """An operation on tensors."""
        inputs = [x] if isinstance(x, Value) else list(x)
        y = Value(shape, axes)
        statement = Statement(inputs, [y], None, template)
        statement.comments += [comment] if comment else []
        self.body.statements.append(statement)
        return y

    # Axes.

    def arranged(self, x: Value, axes: Sequence[int]) -> Value:
        """The same values with their axes in this order."""
        wanted = tuple(axes)
        if x.axes == wanted:
            return x
        if wanted not in x.moved:
            order = tuple([x.axes.index(axis) + 1 for axis in wanted])
            y = self.one_layer(f"permute{len(self.body.statements)}", "Permute", (order,), {}, x, x.shape, wanted)
            y.positive = x.positive
            x.moved[wanted] = y
            y.moved[x.axes] = x
        return x.moved[wanted]

    def as_read(self, x: Value) -> Value:
        """With the axes in PyTorch's order."""
        return self.arranged(x, range(len(x.shape)))

    def channels_last(self, x: Value) -> Value:
        """With the first axis last."""
        return self.arranged(x, (*range(1, len(x.shape)), 0))

    def axis(self, x: Value, dim: int) -> int:
        """The axis of Keras's tensor that holds one of PyTorch's, as PyTorch counts them."""
        rank = len(x.shape)
        dim = dim + rank + 1 if dim < 0 else dim
        found = 0 if dim == 0 else x.axes.index(dim - 1) + 1
        return -1 if found == rank else found

    def padded(self, x: Value, pairs: Sequence[tuple[int, int]], lowest: bool = False) -> Value:
        """With pixels around each spatial axis, (before, after); negative ones crop. The `lowest` ones are below every value."""
        if not any([a or b for a, b in pairs]):
            return x
        shape = [x.shape[0], *[None if n is None else n + a + b for n, (a, b) in zip(x.shape[1:], pairs)]]
        rank = len(pairs)
        if lowest and not x.positive:
            sides = literal(((0, 0), *pairs, (0, 0))).flat()
            return self.function(f'keras.ops.pad({{0}}, pad_width={sides}, constant_values=float("-inf"))', x, shape, x.axes)
        for sign, kind in ((1, "ZeroPadding"), (-1, "Cropping")):
            most = [(max(0, sign * a), max(0, sign * b)) for a, b in pairs]
            if any([a or b for a, b in most]):
                x = self.one_layer(kind, f"{kind}{rank}D", (short_pairs(most),), {}, x, shape, x.axes)
        return x


def short_pairs(pairs: Sequence[tuple[int, int]]) -> object:
    """The shortest way to say how many pixels: one number, one per axis, or pairs."""
    if len(pairs) == 1:
        return pairs[0]
    if all([a == b for a, b in pairs]):
        return pairs[0][0] if len({a for a, _ in pairs}) == 1 else tuple([a for a, _ in pairs])
    return tuple(pairs)


def input_source(node: Node, shape: Sequence[int | None], whole: bool, names: Names, several: bool) -> Bracket:
    """`keras.Input(...)`."""
    more: dict[str, object] = {"dtype": "int32"} if whole else {}
    if several:
        more["name"] = node.name
    else:
        names.next("InputLayer")
    return call("keras.Input", tuple(shape), **more)


def begins_with_words(node: Node, nodes: Sequence[Node]) -> bool:
    """Whether an input goes into an embedding."""
    return any([isinstance(other.layer, Embedding) and Ref(node) in other.inputs for other in nodes])
