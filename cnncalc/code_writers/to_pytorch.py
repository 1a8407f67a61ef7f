"""A network of Keras's layers on its way to PyTorch: its tensors, their axes, and the modules that are built.

A tensor of Keras with its channels last becomes one with its channels first wherever a module of PyTorch needs that;
each value knows the order of its axes, and they are moved only where two neighbors need different orders.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from ..analysis import Model, Step, Trace
from ..graph import Node, Ref, snake_case, without_masks
from ..layers import InputLayer, Layer
from ..layers.base import Spatial
from ..layers.core import Embedding
from ..layers.wrappers import TimeDistributed
from ..window import Spread, Window
from .program import Body, Part, Problems, Statement, Value
from .text import Expr, call, class_name, identifier, literal

#: Names that nn.Module or the code has for something else.
TAKEN = frozenset(("forward", "train", "eval", "apply", "type", "float", "half", "double", "to", "cpu", "cuda", "modules", "children",
                   "parameters", "buffers", "training", "state_dict", "register_buffer", "add_module", "compile", "dump_patches"))
#: How a person calls a module that has no name of its own.
WORDS = {"Conv": "conv", "BatchNorm": "bn", "Linear": "fc", "LayerNorm": "norm", "GroupNorm": "norm", "RMSNorm": "norm", "Embedding": "embedding",
         "Dropout": "dropout", "Multihead": "attention"}


R = TypeVar("R")
#: Writes a call of a layer by the rule of its class.
Write = Callable[["Builder", Node, Step, list[Value]], list[Value]]
#: What makes a layer's calls into statements: the builder, the layer, its inputs, the shape of its first output.
Rule = Callable[["Builder", Any, list[Value], Sequence["int | None"]], "Value | list[Value]"]


def rule(rules: dict[type, R], *kinds: type) -> Callable[[R], R]:
    """Enter a rule for these classes, and those that derive from them, in a table."""
    def register(function: R) -> R:
        rules.update(dict.fromkeys(kinds, function))
        return function

    return register


class Untranslatable(Exception):
    """PyTorch has nothing that does this; the reason is its text."""


class TorchBody(Body):
    """The statements of a module, its class and its inputs."""

    def __init__(self, name: str):
        super().__init__()
        self.name = name
        self.frozen = False
        self.dtypes: list[str | None] = []
        self.words: list[str] = []
        #: The arguments that it is built with.
        self.parameters: list[str] = []


class Translation:
    """A network on its way: the bodies of its classes, the last of which is the network itself."""

    def __init__(self, write: Write, adapted: bool = False):
        self.write, self.adapted = write, adapted
        self.problems = Problems()
        self.bodies: list[TorchBody] = []
        self.helpers: list[str] = []
        self._models: dict[object, TorchBody] = {}
        self._classes: set[str] = set()

    def network(self, trace: Trace) -> TorchBody:
        """The body of a network; those of the models in it come before."""
        body = TorchBody(self.free_class(trace.graph.name))
        body.frozen = trace.graph.frozen
        steps = trace.by_node()
        values: dict[Ref, Value] = {}
        made = Builder(self, body)
        for node in trace.graph.inputs:
            shape = steps[node].output
            assert shape is not None
            value = values[Ref(node)] = Value(shape, _layout(trace, node, len(shape)))
            body.inputs.append(value)
            body.words.append(node.keras_name)
            body.dtypes.append("torch.long" if _whole_numbers(trace, node) else None)
        for node in without_masks(trace.graph):
            if type(node.layer) is InputLayer or not steps[node].used:
                continue
            try:
                outputs = self.write(made, node, steps[node], [values[ref] for ref in node.inputs])
            except Untranslatable as refused:
                self.problems.add(node, str(refused))
                outputs = [Value(shape) for shape in steps[node].outputs or ()]
            values.update({Ref(node, i): value for i, value in enumerate(outputs)})
        body.outputs = [values[ref] for ref in trace.graph.outputs]
        self.bodies.append(body)
        return body

    def model(self, layer: Model, inner: Trace | None) -> TorchBody:
        """The body of a model inside."""
        from ..sources.architecture.writer import declared  # lazy: only models in models

        if layer not in self._models:
            trace = inner if self.adapted and inner is not None else declared(layer)
            self._models[layer] = self.network(trace)
        return self._models[layer]

    def free_class(self, word: str) -> str:
        """A name of a class that is not taken."""
        name = base = class_name(word)
        number = 1
        while name in self._classes:
            number += 1
            name = f"{base}{number}"
        self._classes.add(name)
        return name

    def helper(self, name: str) -> None:
        """Have a small module of the program's own."""
        if name not in self.helpers:
            self.helpers.append(name)


def _layout(trace: Trace, node: Node, rank: int) -> tuple[int, ...]:
    """The order of an input's axes: that of what reads it first."""
    first = (rank - 1, *range(rank - 1))
    waiting, seen = [node], set()
    while waiting:
        read = waiting.pop(0)
        for other in trace.graph.nodes:
            if other in seen or not any([ref.node is read for ref in other.inputs]):
                continue
            seen.add(other)
            layer = other.layer
            if isinstance(layer, Spatial) and layer.rank is not None:
                return tuple(range(rank)) if layer.data_format == "channels_first" else first
            if isinstance(layer, TimeDistributed):
                return tuple(range(rank)) if rank < 3 else (0, rank - 1, *range(1, rank - 1))
            if layer is not None and layer.sees == "place" and not isinstance(layer, InputLayer):
                waiting.append(other)
    return first if rank in (3, 4) else tuple(range(rank))


def _whole_numbers(trace: Trace, node: Node) -> bool:
    """Whether an input goes into an embedding."""
    return any([isinstance(other.layer, Embedding) and any([ref.node is node for ref in other.inputs]) for other in trace.graph.nodes])


class Builder:
    """What the rules for layers build a body with."""

    def __init__(self, translation: Translation, body: TorchBody):
        self.translation, self.body = translation, body
        self.parts: dict[tuple[object, str], Part] = {}
        self.names: set[str] = set(TAKEN)
        self.counts: dict[str, int] = {}
        self.node: Node
        self.step: Step
        #: The layer that is written: the node's, or the one inside it.
        self.layer: Layer

    # Modules and functions.

    def module(self, made: Expr, x: Value | Sequence[Value], shape: Sequence[int | None], axes: Sequence[int], role: str = "",
               template: str = "") -> Value:
        """A call of a module that the layer becomes, or one of them: `role` tells those apart."""
        inputs = [x] if isinstance(x, Value) else list(x)
        key = (self.layer, role)
        if key not in self.parts:
            name, automatic = self.name(made, role)
            frozen = not (self.layer.trainable and self.node.layer.trainable) and bool(self.step.weights)  # type: ignore[union-attr]
            self.parts[key] = Part(name, made, automatic, frozen)
            self.body.parts.append(self.parts[key])
        y = Value(shape, axes)
        self.body.statements.append(Statement(inputs, [y], self.parts[key], template))
        return y

    def name(self, made: Expr, role: str) -> tuple[str, bool]:
        """The attribute of a module: the layer's name, or for an automatic one that of its kind and a number."""
        layer = self.node.layer
        assert layer is not None
        automatic = re.fullmatch(re.escape(snake_case(layer.keras_class)) + r"(_\d+)?", self.node.keras_name) is not None
        if automatic:
            module = made.flat().partition("(")[0].removeprefix("nn.")
            word = next((short for start, short in WORDS.items() if module.startswith(start)), snake_case(module))
            self.counts[word] = self.counts.get(word, 0) + 1
            name = f"{word}{self.counts[word]}"
        else:
            name = identifier(self.node.keras_name) + (f"_{role}" if role else "")
        while name in self.names:
            name += "_"
        self.names.add(name)
        return name, automatic

    def function(self, template: str, x: Value | Sequence[Value], shape: Sequence[int | None], axes: Sequence[int], *alone: Expr,
                 wraps: bool = False, comment: str = "") -> Value:
        """A call of a function; `alone` are the modules that do the same in a chain."""
        inputs = [x] if isinstance(x, Value) else list(x)
        y = Value(shape, axes)
        statement = Statement(inputs, [y], None, template, wraps, alone)
        if comment:
            statement.comments.append(comment)
        self.body.statements.append(statement)
        return y

    # Axes.

    def arranged(self, x: Value, axes: Sequence[int]) -> Value:
        """The same values with their axes in this order."""
        wanted = tuple(axes)
        if x.axes == wanted:
            return x
        if wanted not in x.moved:
            order = [x.axes.index(axis) + 1 for axis in wanted]
            last = len(order)
            if last == 2:
                template, alone = "{0}.transpose(1, 2)", ()
            else:
                template, alone = "{0}.permute(" + ", ".join(map(str, (0, *order))) + ")", ()
            y = self.function(template, x, x.shape, wanted, *alone)
            y.positive = x.positive
            x.moved[wanted] = y
            y.moved[x.axes] = x
        return x.moved[wanted]

    def as_read(self, x: Value) -> Value:
        """With the axes in Keras's order."""
        return self.arranged(x, range(len(x.shape)))

    def with_first(self, x: Value, axis: int) -> Value:
        """With one of Keras's axes, counted from 0 without the batch, in front."""
        if x.axes and x.axes[0] == axis:
            return x
        return self.arranged(x, (axis, *[i for i in range(len(x.shape)) if i != axis]))

    def spatial(self, layer: object, x: Value) -> Value:
        """With the channels first, where a layer over feature maps finds them."""
        axes = tuple(range(len(x.shape)))
        return self.arranged(x, axes if getattr(layer, "data_format", None) == "channels_first" else (axes[-1], *axes[:-1]))

    def dim(self, x: Value, axis: int) -> int:
        """The axis of the tensor that holds one of Keras's axes, as Keras counts them: the batch is 0."""
        rank = len(x.shape)
        axis = axis + rank + 1 if axis < 0 else axis
        return 0 if axis == 0 else x.axes.index(axis - 1) + 1

    # Padding.

    def padded(self, x: Value, pairs: Sequence[tuple[int, int]], value: float = 0.0) -> Value:
        """With pixels around, (before, after) of each spatial axis; negative ones crop."""
        if not any([a or b for a, b in pairs]):
            return x
        flat = tuple([n for pair in reversed(pairs) for n in pair])
        rank = len(pairs)
        spatial = list(x.axes[1:])
        shape = list(x.shape)
        for axis, (a, b) in zip(spatial, pairs):
            n = shape[axis]
            shape[axis] = None if n is None else n + a + b
        shown = literal(flat).flat()
        if value:
            return self.function(f'F.pad({{0}}, {shown}, value=float("{value}"))', x, shape, x.axes, call(f"nn.ConstantPad{rank}d", flat, value))
        same = flat[0] if len(set(flat)) == 1 else flat
        return self.function(f"F.pad({{0}}, {shown})", x, shape, x.axes, call(f"nn.ZeroPad{rank}d", same))


def pixels(windows: Sequence[Window | Spread]) -> list[tuple[int, int]]:
    """The padding of windows, (before, after) of each axis; Untranslatable if it depends on a size that is not known."""
    found = [(int(w.before), int(w.padding) - int(w.before)) for w in windows
             if isinstance(w, Window) and w.padding is not None and w.before is not None]
    if len(found) < len(windows):
        raise Untranslatable("its padding depends on an input size that is not known; --input gives one")
    return found


def short(values: Sequence[int]) -> object:
    """One number for all axes if they are alike."""
    return values[0] if len(set(values)) == 1 else tuple(values)
