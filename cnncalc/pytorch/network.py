"""Networks of PyTorch's modules as graphs: rows that no module of PyTorch's stands for, and the tree of calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..graph import Graph, Node
from ..layers.base import Layer, Shape, Weight
from .base import Module
from .shapes import Whole


class Event:
    """A call of a module: its name, its class, the shapes it read and gave, and the calls inside it."""

    def __init__(self, path: str, identity: int, input: tuple[int, ...]):
        self.path, self.identity, self.input = path, identity, input
        self.output: tuple[int, ...] = ()
        self.bytes = 4
        self.children: list[Event] = []


class ParameterOf(NamedTuple):
    """A parameter of a module: its name there, its identity, how many values, whether it is trained."""

    name: str
    identity: int
    values: int
    trainable: bool


class Registered:
    """A module where it is registered: under which name, of which class, with which modules and parameters."""

    def __init__(self, identity: int, name: str, word: str, kernel: object, parameters: list[ParameterOf], children: list[Registered]):
        self.identity, self.name, self.word, self.kernel = identity, name, word, kernel
        self.parameters, self.children = parameters, children

    def every(self, prefix: str = "", met: set[int] | None = None) -> Iterator[ParameterOf]:
        """Its parameters and those of the modules in it, each once, by their full names."""
        met = set() if met is None else met
        for held in self.parameters:
            if held.identity not in met:
                met.add(held.identity)
                yield held._replace(name=prefix + held.name)
        for child in self.children:
            yield from child.every(f"{prefix}{child.name}.", met)


class TorchGraph(Graph):
    """A network of PyTorch's: every module in it counts, used or not."""

    framework = "pytorch"
    #: The batch size; `None` while it is the symbol N.
    batch: int | None = None
    #: What ran, as a tree.
    events: list[Event]
    #: The module that is the network.
    root: Registered

    def used(self) -> set[Node]:
        return set(self.nodes)


class Row(Module):
    """A row for something that has weights and no rule of its own; made with its weights, not from settings."""

    sees = "all"
    arity = (0, None)
    def __init__(self, word: str, weights: list[tuple[str, tuple[int | None, ...], bool]], shapes: tuple[Shape, ...] = ()):
        values = vars(self)
        values.update(name=None, trainable=True, dtype=None, said={}, key=None, results=len(shapes))
        self.word, self.held, self.shapes = word, weights, shapes

    def traced(self) -> Layer:
        return self

    @property
    def keras_class(self) -> str:  # type: ignore[override]
        return self.word

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        return self.shapes

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        for name, shape, trainable in self.held:
            yield Weight(name, shape, trainable)

    def macs(self, *xs: Shape) -> int | None:
        return 0


class OwnRow(Row, kind="Module"):
    """A module of the program without modules in it; its functions have rows of their own."""


class Unused(Row, kind="Unused"):
    """A module that is built and never called; its parameters count."""

    unused = True


class Held(Row, kind="Parameter"):
    """Weights that a module holds itself, such as a class token."""


class Constant(Row, kind="Constant"):
    """A tensor that depends on no input."""

    hidden = True


def constant(shape: tuple[int | None, ...]) -> Constant:
    """A constant of this shape."""
    return Constant("Constant", [], (Whole(shape),))


def parameter(shape: tuple[int | None, ...], trainable: bool) -> Held:
    """Weights of this shape, as a row."""
    return Held("Parameter", [("", shape, trainable)], (Whole(shape),))
