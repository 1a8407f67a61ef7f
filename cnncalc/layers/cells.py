"""Recurrent cells, which compute one step, and the layer that applies them at every step of a sequence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import SpecError
from .arithmetic import added, together
from .base import Layer, Shape, Weight
from .construct import Sub, Subs, names_inside
from .messages import got
from .recurrent import GRU, LSTM, Recurrent, SimpleRNN

if TYPE_CHECKING:
    from ..dependence import Reads


class Cell(Recurrent):
    """What cells share: they read the features of one step and the states, and give an output and the new states."""

    keeps_mask = takes_mask = False
    states_argument = "states"

    def __init_subclass__(cls, kind: str = "", rank: int | None = None, aliases: tuple[str, ...] = (), keras_class: str = "") -> None:
        dropped = (*Recurrent.settings, "use_cudnn", "implementation", "activity_regularizer")  # these are about a sequence
        kept = {key: setting for key, setting in cls.settings.items() if key not in dropped}
        last = {key: kept.pop(key) for key in ("seed",) if key in kept}  # where Keras's cells have it
        cls.settings = {**kept, **last}
        super().__init_subclass__(kind, rank, aliases, keras_class)

    def settle(self) -> None:
        self.arity = (1 + self.states, 1 + self.states)
        self.results = 1 + self.states

    def apply(self, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        if len(xs) != 1 + self.states:
            raise self.wrong_arity(xs)
        if len(xs[0]) != 1:
            raise self.wrong_rank(xs[0])
        steps = one_step(xs)
        self.check(*steps)
        return (self.state(steps[0]), *self.carried(steps[0]))

    def owned(self, xs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        return super().owned(one_step(xs))

    def viewed(self, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return one_step(xs)

    def reach(self, xs: tuple[Shape, ...], ys: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
        """Each output reads the features and the first state as a whole, and of the carry of an LSTM its own unit."""
        from ..dependence import everything, placed  # lazy: only receptive fields ask

        return tuple([(*map(everything, xs[:2]), *[placed(x, y) for x in xs[2:]]) for y in ys])

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from Layer.notes(self, *xs)

    def wrong_arity(self, xs: tuple[Shape, ...]) -> SpecError:
        one = "the state" if self.states == 1 else f"the {self.states} states"
        return SpecError(f"takes the features of one step and {one}, {got(xs)}", (),
                         f"RNN: {{{self.kind}: ...}} applies it to every step of a sequence")

    def wrong_rank(self, x: Shape) -> SpecError:
        return SpecError(f"needs an input (features), got {x}", (), f"RNN: {{{self.kind}: ...}} takes a sequence")


def one_step(xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """The inputs of a cell as those of a layer that reads a sequence of one step."""
    return (Shape((1, *xs[0])), *xs[1:]) if len(xs[0]) == 1 else xs


class SimpleRNNCell(Cell, SimpleRNN, kind="SimpleRNNCell"): ...


class LSTMCell(Cell, LSTM, kind="LSTMCell"): ...


class GRUCell(Cell, GRU, kind="GRUCell"): ...


class StackedRNNCells(Cell, kind="StackedRNNCells"):
    """Cells one above the other: each reads the output of the one before."""

    cells = Subs()
    names_inside = True
    has_layers = True

    @classmethod
    def first_names(cls, value: object) -> tuple[str, ...]:
        return names_inside(cls, value)

    def settle(self) -> None:
        for i, cell in enumerate(self.cells):
            if not isinstance(cell, Cell):
                raise SpecError(f"cells must be cells (got {cell.kind})", ("cells", i), "SimpleRNNCell, LSTMCell or GRUCell")
        self.freezes = not any(cell.stays_trainable for cell in self.cells)
        self.states = sum([cell.states for cell in self.cells])
        super().settle()

    def inputs_of(self, x: Shape) -> Iterator[tuple[Cell, Shape]]:
        """Each cell with the sequence that it reads."""
        for cell in self.cells:
            yield cell, x
            x = Shape((x[0], *cell.state(x)))

    def check(self, *xs: Shape) -> None:
        self.cells[0].check(*xs)

    def state(self, x: Shape) -> Shape:
        shape: Shape = self.cells[-1].state(x)
        return shape

    def arranged(self, states: list[object]) -> list[object]:
        waiting = iter(states)
        return [[next(waiting) for _ in range(cell.states)] for cell in self.cells]

    def carried(self, x: Shape) -> tuple[Shape, ...]:
        return tuple([state for cell in self.cells for state in cell.carried(x)])

    def reach(self, xs: tuple[Shape, ...], ys: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
        """The states of a cell depend on those of the cells before it, its own carry unit by unit; the output on all."""
        from ..dependence import everything, placed  # lazy: only receptive fields ask

        def of(cell: int, y: Shape) -> tuple[Reads, ...]:
            found: list[Reads] = [everything(xs[0])]
            states = iter(xs[1:])
            for i, other in enumerate(self.cells):
                for k in range(other.states):
                    x = next(states)
                    found.append(None if i > cell else everything(x) if i < cell or not k else placed(x, y))
            return tuple(found)

        owners = [i for i, cell in enumerate(self.cells) for _ in range(cell.states)]
        return (of(len(self.cells) - 1, ys[0]), *[of(i, y) for i, y in zip(owners, ys[1:])])

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        for i, (cell, x) in enumerate(self.inputs_of(xs[0])):
            for weight in cell.owned_apart((x,)):
                yield weight._replace(name=f"{cell.name or i}/{weight.name}")

    def macs(self, *xs: Shape) -> int | None:
        return added([cell.macs(x) for cell, x in self.inputs_of(xs[0])])

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return together(*[cell.operations(x) for cell, x in self.inputs_of(xs[0])])


class _OneOrSeveral(Sub):
    """A cell, or a list of cells, which Keras stacks."""

    form = "a cell, such as {LSTMCell: 64}, or a list of cells"

    if TYPE_CHECKING:

        def __get__(self, layer: object, owner: object = None) -> Cell: ...

    def read(self, value: object, rank: int | None) -> object:
        inner = getattr(value, "value", value)  # as it waits to be made, with how
        if isinstance(inner, (list, tuple)):
            return StackedRNNCells(cells=value)
        return super().read(value, rank)

    def items(self, value: object) -> list[object]:
        return [{"StackedRNNCells": {"cells": value}}] if isinstance(value, list) else super().items(value)


class RNN(Recurrent, kind="RNN"):
    """A cell, applied step after step; of several cells each reads the outputs of the one before."""

    cell = _OneOrSeveral()
    names_inside = True
    has_layers = True
    order = ("cell", "return_sequences", "return_state", "go_backwards", "stateful", "unroll", "zero_output_for_mask")

    @classmethod
    def first_names(cls, value: object) -> tuple[str, ...]:
        return names_inside(cls, value)

    def settle(self) -> None:
        if not isinstance(self.cell, Cell):
            raise SpecError(f"cell must be a cell (got {self.cell.kind})", ("cell",), "SimpleRNNCell, LSTMCell, GRUCell or a list of them")
        self.freezes = not self.cell.stays_trainable
        self.states = self.cell.states
        super().settle()

    def check(self, *xs: Shape) -> None:
        self.cell.check(*xs)

    def state(self, x: Shape) -> Shape:
        shape: Shape = self.cell.state(x)
        return shape

    def arranged(self, states: list[object]) -> list[object]:
        return self.cell.arranged(states)

    def carried(self, x: Shape) -> tuple[Shape, ...]:
        return self.cell.carried(x)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield from self.cell.owned_apart(xs[:1])

    def macs(self, *xs: Shape) -> int | None:
        return self.cell.macs(*xs)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return self.cell.operations(*xs)
