"""Recurrent layers and single cells: two biases each, as cuDNN has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from ..layers.arithmetic import UNCOUNTED, added
from ..layers.base import Shape, Weight
from ..layers.settings import Choice, Number
from ..num import product
from .base import Module, T, bracketed, refusal
from .settings import Bool, Size
from .shapes import Whole

if TYPE_CHECKING:
    from ..dependence import Reads


class _Recurrent(Module):
    """A sequence in; out come the output at every step and the last states of every layer and direction."""

    family = "recurrent"
    channels_first = False
    views = True
    tensors = ("input", "hx")
    #: How many tensors it takes as states to begin with, and gives at the end.
    states: ClassVar[int] = 1
    #: How many weight matrices act on the input at each step.
    gates: ClassVar[int] = 1
    input_size = Size(symbol="i", least=0)
    hidden_size = Size(symbol="h")
    num_layers = Size(1, symbol="l")
    bias = Bool(True)
    batch_first = Bool(False)
    dropout = Number(0.0)
    bidirectional = Bool(False)
    proj_size = Size(0, symbol="p", least=0)

    def settle(self) -> None:
        self.arity = (1, 1 + self.states)
        self.results = 1 + self.states
        if self.proj_size and self.proj_size >= self.hidden_size:
            raise refusal(f"proj_size {self.proj_size} must be below hidden_size {self.hidden_size}", ("proj_size",), None,
                          "proj_size has to be smaller than hidden_size")

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    def check(self, *xs: Shape) -> None:
        x = xs[0]
        if len(x) not in (2, 3):
            form = "(N, L, features)" if self.batch_first else "(L, N, features)"
            raise refusal(f"needs an input {form}, got {x}", (), None,
                          f"{self.keras_class}: Expected input to be 2D or 3D, got {len(x)}D instead")
        if x[-1] is not None and x[-1] != self.input_size:
            raise refusal(f"takes {self.input_size} features at each step, and gets {x[-1]} from {x}", ("input_size",),
                          f"input_size={x[-1]} would fit",
                          f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {x[-1]}")
        for given, wanted in zip(xs[1:], self.ends(x)):
            if tuple(given) != tuple(wanted):
                raise refusal(f"is given a state {given}, and needs {wanted}", (), None,
                              f"Expected hidden{'[0]' if self.states == 2 else ''} size {_tupled(wanted)}, got {bracketed(given)}")

    def batch(self, x: Shape) -> tuple[int | None, ...]:
        """The batch size as an axis; nothing of an input without one."""
        return () if len(x) == 2 else (x[0] if self.batch_first else x[1],)

    def steps(self, x: Shape) -> Any:
        return x[1] if len(x) == 3 and self.batch_first else x[0]

    def ends(self, x: Shape) -> Sequence[Shape]:
        """The shapes of the last states."""
        layers = self.num_layers * self.directions
        hidden = Whole((layers, *self.batch(x), self.proj_size or self.hidden_size))
        return [hidden, Whole((layers, *self.batch(x), self.hidden_size))][: self.states]

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        x = xs[0]
        width = (self.proj_size or self.hidden_size) * self.directions
        return (Whole((*x[:-1], width)), *self.ends(x))

    def output(self, *xs: Shape) -> Shape:
        return self.outputs(*xs)[0]

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        wide, given = self.gates * self.hidden_size, self.proj_size or self.hidden_size
        for layer in range(self.num_layers):
            width = self.input_size if layer == 0 else given * self.directions
            for end in ("", "_reverse")[: self.directions]:
                yield Weight(f"weight_ih_l{layer}{end}", (wide, width))
                yield Weight(f"weight_hh_l{layer}{end}", (wide, given))
                if self.bias:
                    yield Weight(f"bias_ih_l{layer}{end}", (wide,))
                    yield Weight(f"bias_hh_l{layer}{end}", (wide,))
                if self.proj_size:
                    yield Weight(f"weight_hr_l{layer}{end}", (self.proj_size, self.hidden_size))

    def macs(self, *xs: Shape) -> int | None:
        """Its matrices at every step, of the input and of the state."""
        used = (self.steps(xs[0]), *self.batch(xs[0]))
        return added([product((*w.shape, *used)) for w in self.weights(*xs) if len(w.shape) == 2])

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return UNCOUNTED

    def reads_of(self, number: int, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        """An output sees the steps up to its own, in the other direction those from its own on; a last state sees all.

        Of the states to begin with, any layer's and direction's is taken to be seen.
        """
        from ..dependence import Along, Reindexed, Through, before, listed, table

        x = xs[0]
        alone = len(x) == 2
        batch, time = (None, 0) if alone else (0, 1) if self.batch_first else (1, 0)
        states: list[Reads] = [(Along(None), *[Along(1 if number else batch)] * (not alone), Along(None)) for _ in xs[1:]]
        steps = int(self.steps(x))
        if number:
            seen = [Along(1 if i == batch else None) for i in range(len(x))]
            return (tuple(seen), *states)
        if not self.bidirectional or self.num_layers > 1:
            seen = [Along(i) for i in range(len(x) - 1)] + [Along(None)]
            seen[time] = Along(None) if self.bidirectional else Along(time, before(steps))
            return (tuple(seen), *states)
        # One direction after the other along the steps; then these on an axis of their own, which moves before the features.
        lead, width = list(x[:-1]), y[-1] // 2
        rows = [range(t + 1) for t in listed(steps)] + [range(t, steps) for t in listed(steps)]
        ways = [Along(i, table(rows, steps) if i == time else None) for i in range(len(lead))] + [Along(None)]
        lead[time] = 2 * steps
        apart = (*lead[:time], 2, steps, *lead[time + 1:], width)
        order = (*[i for i in range(len(apart) - 1) if i != time], time, len(apart) - 1)
        return (Through(Reindexed(order), apart, Through(Reindexed(), (*lead, width), tuple(ways))), *states)


def _tupled(x: Shape) -> str:
    return "(" + ", ".join(map(str, x)) + ")"


class LSTM(_Recurrent, kind="nn.LSTM"):
    """Three gates and the candidate: four sets of weights, each for the input and the state."""

    states = 2
    gates = 4

    def given_back(self, outputs: list[T], need_weights: object = True, **_: object) -> T | tuple[object, ...]:
        return (outputs[0], (outputs[1], outputs[2]))


class GRU(_Recurrent, kind="nn.GRU"):
    """Two gates and the candidate: three sets of weights, each for the input and the state."""

    gates = 3
    proj_size = 0


class RNN(_Recurrent, kind="nn.RNN"):
    """h = tanh(x W + b + h U + c)."""

    proj_size = 0
    nonlinearity = Choice("tanh", "tanh", "relu", exact=True)
    order = ("input_size", "hidden_size", "num_layers", "nonlinearity", "bias", "batch_first", "dropout", "bidirectional")


class _Cell(Module):
    """One step of a recurrent layer: an input (N, features) and states (N, h)."""

    family = "recurrent"
    views = True
    tensors = ("input", "hx")
    states: ClassVar[int] = 1
    gates: ClassVar[int] = 1
    input_size = Size(symbol="i", least=0)
    hidden_size = Size(symbol="h")
    bias = Bool(True)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return tuple([(*map(Along, range(len(y) - 1)), Along(None)) for _ in xs])

    def settle(self) -> None:
        self.arity = (1, 1 + self.states)
        self.results = self.states

    def check(self, *xs: Shape) -> None:
        x = xs[0]
        if len(x) not in (1, 2):
            raise refusal(f"needs an input (N, features), got {x}", (), None,
                          f"{self.keras_class}: Expected input to be 1D or 2D, got {len(x)}D instead")
        if x[-1] is not None and x[-1] != self.input_size:
            raise refusal(f"takes {self.input_size} features, and gets {x[-1]} from {x}", ("input_size",),
                          f"input_size={x[-1]} would fit",
                          f"input has inconsistent input_size: got {x[-1]} expected {self.input_size}")

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        return (Whole((*xs[0][:-1], self.hidden_size)),) * self.states

    def output(self, *xs: Shape) -> Shape:
        return self.outputs(*xs)[0]

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        wide = self.gates * self.hidden_size
        yield Weight("weight_ih", (wide, self.input_size))
        yield Weight("weight_hh", (wide, self.hidden_size))
        if self.bias:
            yield Weight("bias_ih", (wide,))
            yield Weight("bias_hh", (wide,))

    def macs(self, *xs: Shape) -> int | None:
        return added([product((*w.shape, *xs[0][:-1])) for w in self.weights(*xs) if len(w.shape) == 2])

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return UNCOUNTED


class LSTMCell(_Cell, kind="nn.LSTMCell"):
    """One step of an LSTM: gives the new h and c."""

    states = 2
    gates = 4


class GRUCell(_Cell, kind="nn.GRUCell"):
    """One step of a GRU."""

    gates = 3


class RNNCell(_Cell, kind="nn.RNNCell"):
    """One step of an RNN."""

    nonlinearity = Choice("tanh", "tanh", "relu", exact=True)
    order = ("input_size", "hidden_size", "bias", "nonlinearity")
