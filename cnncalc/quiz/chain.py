"""The small networks that questions are about: their layers, their file, and their description in English."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import CnncalcError
from ..homework.correct_values import seen
from ..homework.layer_run import LayerRun
from ..homework.mistakes import FieldMistake
from ..layers import KINDS, Shape
from ..num import product
from ..window import Field
from .values import Value

if TYPE_CHECKING:
    from ..analysis import Trace

#: Changes the run of one layer, or leaves it.
Change = Callable[[LayerRun], LayerRun | None]


class Part(NamedTuple):
    """A layer by its name, its kind and its settings; it reads the layer before unless `inputs` names others."""

    name: str
    kind: str
    settings: dict[str, int | str | list[int]]
    inputs: tuple[str, ...] = ()


class Chain:
    """A network of few layers on one image, computed layer by layer."""

    def __init__(self, size: tuple[int, ...], parts: list[Part]):
        self.size, self.parts = size, parts
        self._layers = [KINDS[part.kind](name=part.name, **part.settings) for part in parts]

    @cached_property
    def runs(self) -> list[LayerRun]:
        """Every layer on its inputs; CnncalcError if one does not fit."""
        return self.again(None)

    def again(self, change: Change | None, skip: int | None = None, twice: int | None = None) -> list[LayerRun]:
        """The layers with a change made to each that it applies to, or with one layer skipped or applied twice."""
        outputs: dict[str, Shape] = {"input": Shape(self.size)}
        runs: list[LayerRun] = []
        before = "input"
        for i, (part, layer) in enumerate(zip(self.parts, self._layers)):
            run = LayerRun(layer, tuple([outputs[name] for name in part.inputs or (before,)]))
            run = (change(run) if change is not None else None) or run
            runs.append(run)
            y = run.outputs
            assert y is not None
            if twice == i:
                y = LayerRun(layer, y).outputs
                assert y is not None
            outputs[part.name] = run.xs[0] if skip == i else y[0]
            before = part.name
        return runs

    def place(self, name: str) -> int:
        return [part.name for part in self.parts].index(name)

    def value(self, name: str, quantity: str) -> Value:
        """A quantity of a layer: a count, a shape, or a receptive field."""
        if quantity == "receptive_field":
            field = self.field(self.place(name))
            assert field is not None
            return field
        return simple(self.runs[self.place(name)].value(quantity))

    def field(self, place: int, mistake: FieldMistake | None = None) -> int | None:
        """The receptive field of a layer's units along one axis, of square windows in a plain chain."""
        field = mistake.first if mistake is not None else Field()
        through = mistake.through if mistake is not None else seen
        for run in self.runs[: place + 1]:
            windows = run.windows()
            if windows is not None:
                field = through(field, windows[0], run)
        return int(field.size) if field.size is not None else None

    @cached_property
    def text(self) -> str:
        """The architecture file."""
        lines = [f"input: {'x'.join(map(str, self.size))}", "layers:"]
        for part in self.parts:
            settings = ", ".join([f"{key}: {value}" for key, value in part.settings.items()])
            lines += [f"  - {part.kind}: {{{settings}}}" if settings else f"  - {part.kind}:", f"    name: {part.name}"]
            lines += [f"    inputs: [{', '.join(part.inputs)}]" if len(part.inputs) > 1 else f"    inputs: {part.inputs[0]}"] if part.inputs else []
        return "\n".join(lines) + "\n"

    def trace(self) -> Trace:
        """The network as all other commands have it."""
        from ..analysis import analyse
        from ..graph import Graph, Node, Ref
        from ..layers import InputLayer

        nodes = {"input": Node("input", InputLayer(shape=Shape(self.size)))}
        before = "input"
        for part, layer in zip(self.parts, self._layers):
            nodes[part.name] = Node(part.name, layer, tuple([Ref(nodes[name]) for name in part.inputs or (before,)]))
            before = part.name
        return analyse(Graph("quiz", nodes.values(), [Ref(nodes[before])]))


def simple(value: Any) -> Value:
    """A value of the engine in plain numbers, sizes with the channels last."""
    return tuple(map(int, value)) if isinstance(value, tuple) else int(value)


def fits(chain: Chain) -> bool:
    """Whether every layer fits its input."""
    try:
        return all([product(run.outputs[0]) for run in chain.runs if run.outputs])
    except CnncalcError:
        return False
