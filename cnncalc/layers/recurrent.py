"""Recurrent layers: one set of weights, applied step after step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from ..errors import SpecError, shown
from ..num import product
from ..window import Spread, Window
from .arithmetic import added, each, function, repeated, together
from .axis_settings import Padding, PerAxis
from .base import ChannelsFirst, Layer, Shape, Weight, slide
from .messages import got
from .settings import Activation, Choice, Count, Flag, Number, Setting, kept_setting

if TYPE_CHECKING:
    from ..dependence import Reads

INITIALIZERS = ("kernel_initializer", "recurrent_initializer", "bias_initializer")
REGULARIZERS = ("kernel_regularizer", "recurrent_regularizer", "bias_regularizer", "activity_regularizer",
                "kernel_constraint", "recurrent_constraint", "bias_constraint",
                "dropout", "recurrent_dropout")
RETURNS = ("return_sequences", "return_state", "go_backwards", "stateful")


class _Auto(Setting):
    """true, false, or 'auto'."""

    form = "true, false or 'auto'"

    def read(self, value: object, rank: int | None) -> object:
        if value is True or value is False or value == "auto":
            return value
        raise SpecError(f"must be {self.form} (got {shown(value)})")


class Recurrent(Layer):
    """What all of them share: a sequence in, its last output or all of them out.

    The first input is the sequence, (steps, ...); those after it are the states to begin
    with, as many as the layer has. With `return_state` it gives its last states as well.
    """

    family = "recurrent"
    keeps_mask = True
    takes_mask = True

    #: How many states it carries from step to step.
    states: int = 1
    #: The argument of its own in which Keras takes the states.
    states_argument: ClassVar[str] = "initial_state"
    #: Of those that slide over maps.
    kernel_size: PerAxis

    return_sequences = Flag(False)
    return_state = Flag(False)
    go_backwards = Flag(False)
    stateful = Flag(False)
    unroll = Flag(False)
    zero_output_for_mask = Flag(False)

    def settle(self) -> None:
        self.arity = (1, 1 + self.states)
        self.results = 1 + self.states if self.return_state else 1

    def apply(self, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        if len(xs) not in (1, 1 + self.states):
            raise self.wrong_arity(xs)
        if len(xs[0]) != self.rank_in():
            raise self.wrong_rank(xs[0])
        self.check(*xs)
        return self.outputs(*xs)

    def rank_in(self) -> int:
        """How many sizes its sequence has, the steps included."""
        return 2

    def step(self, x: Shape) -> Shape:
        """One step of the sequence `x`."""
        return Shape(x[1:])

    def state(self, x: Shape) -> Shape:
        """The shape of its output at each step."""
        raise NotImplementedError

    def arranged(self, states: list[object]) -> list[object]:
        """States in the form in which Keras takes them."""
        return states

    def carried(self, x: Shape) -> tuple[Shape, ...]:
        """The shapes of its states."""
        return (self.state(x),) * self.states

    def reach(self, xs: tuple[Shape, ...], ys: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
        from .unrolled import recurrent_reach

        return recurrent_reach(self, xs)

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        state = self.state(xs[0])
        output = Shape((xs[0][0], *state)) if self.return_sequences else state
        return (output, *(self.carried(xs[0]) if self.return_state else ()))

    def output(self, *xs: Shape) -> Shape:
        return self.outputs(*xs)[0]

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        if self.stateful:
            yield "Keras cannot build it as written: stateful, and the batch size is not given"
        if self.unroll and xs[0][0] is None:
            yield "Keras builds it, but it would not run: unroll, and the number of steps is not given"
        for x, state in zip(xs[1:], self.carried(xs[0])):
            if tuple(x) != tuple(state):
                yield f"Keras builds it, but it would not run: it is given a state {x}, and its states are {state}"

    def wrong_arity(self, xs: tuple[Shape, ...]) -> SpecError:
        one = "the state" if self.states == 1 else f"the {self.states} states"
        return SpecError(f"takes a sequence, or a sequence and {one} to begin with, {got(xs)}", (),
                         "merge them first: Add, Concatenate, ... or name one with 'inputs'" if xs else None)

    def wrong_rank(self, x: Shape) -> SpecError:
        hint = None
        if len(x) == 1:
            hint = "a recurrent layer before it needs return_sequences: true"
        elif len(x) > 2 and None not in x:
            hint = f"a Reshape to {[int(product(x[:-1]) or 0), x[-1]]} makes a step of every place"
        return SpecError(f"needs an input (steps, features), got {x}", (), hint)


class Gated(Recurrent):
    """What those with weights of their own share: weights on the input and on the state, once per gate."""

    #: How many weight matrices act on the input at each step.
    gates: ClassVar[int] = 1
    #: How many values of the recurrent activation, of the activation, products and sums make
    #: one value of the state from its gates.
    gating: ClassVar[tuple[int, int, int, int]] = (0, 1, 0, 0)

    activation: object

    use_bias = Flag(True)
    dropout = Number(0.0)
    recurrent_dropout = Number(0.0)
    kept = (*INITIALIZERS, *[name for name in REGULARIZERS if not name.endswith("dropout")], "seed")

    def places(self, x: Shape) -> tuple[object, ...]:
        """At how many places of each step its kernels are used."""
        return ()

    def macs(self, *xs: Shape) -> int | None:
        """Its kernels at every step, of the input and of the state."""
        places = (xs[0][0], *self.places(xs[0]))
        return added([product((*w.shape, *places)) for w in self.weights(*xs) if w.name.endswith("kernel")])

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        """Of each value of the state, at every step.

        The products with input and state are added up, and the biases; then the gates act.
        """
        n = product((xs[0][0], *self.state(xs[0])))
        squashed, activated, multiplied, summed = self.gating
        biases = sum([len(w.shape) for w in self.weights(*xs) if w.name == "bias"])  # GRU can have two
        return together(
            each(n, additions=self.gates * (1 + biases) + summed, multiplications=multiplied),
            repeated(squashed, function(getattr(self, "recurrent_activation", None), n)),
            repeated(activated, function(self.activation, n)),
        )


class _Dense(Gated):
    """Dense weights on the input and on the state, once per gate."""

    units = Count(symbol="u")

    def check(self, *xs: Shape) -> None:
        self.must_know(xs[0][-1], "number of features")

    def state(self, x: Shape) -> Shape:
        return Shape((self.units,))

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        width = self.units if self.gates == 1 else self.units * self.gates
        yield Weight("kernel", (xs[0][-1], width))
        yield Weight("recurrent_kernel", (self.units, width))
        if self.use_bias:
            yield Weight("bias", self.bias(width))

    def bias(self, width: int) -> tuple[int, ...]:
        """The shape of the bias."""
        return (width,)


class SimpleRNN(_Dense, kind="SimpleRNN"):
    """h = tanh(x W + h U + b)."""

    activation = Activation("tanh")
    order = ("units", "activation", "use_bias", *INITIALIZERS, *REGULARIZERS, *RETURNS, "unroll", "seed")


class LSTM(_Dense, kind="LSTM"):
    """Input, forget and output gates and the candidate: four dense layers per step."""

    remark = "three gates and the candidate: four sets of weights, each for the input, the state and a bias"
    states = 2
    gates = 4
    gating = (3, 2, 3, 1)  # c' = f c + i tanh(a), h' = o tanh(c')

    activation = Activation("tanh")
    recurrent_activation = Activation("sigmoid")
    unit_forget_bias = Flag(True)
    use_cudnn = _Auto("auto")
    implementation = kept_setting("implementation")
    order = ("units", "activation", "recurrent_activation", "use_bias", *INITIALIZERS, "unit_forget_bias",
             *REGULARIZERS, "seed", *RETURNS, "unroll", "use_cudnn")


class GRU(_Dense, kind="GRU"):
    """Update and reset gates and the candidate: three dense layers per step.

    With `reset_after`, as in cuDNN, input and state have a bias each.
    """

    remark = "two gates and the candidate: three sets of weights, each for the input, the state and a bias"
    gates = 3
    gating = (2, 1, 3, 2)  # h' = z h + (1 - z) tanh(x + r u)

    activation = Activation("tanh")
    recurrent_activation = Activation("sigmoid")
    reset_after = Flag(True)
    use_cudnn = _Auto("auto")
    implementation = kept_setting("implementation")
    order = ("units", "activation", "recurrent_activation", "use_bias", *INITIALIZERS, *REGULARIZERS, "seed",
             *RETURNS, "unroll", "reset_after", "use_cudnn")

    def remarks(self, *xs: Shape) -> Iterator[str]:
        yield from super().remarks(*xs)
        if self.reset_after and self.use_bias:
            yield "two biases, one for the input and one for the state: reset_after"

    def bias(self, width: int) -> tuple[int, ...]:
        return (2, width) if self.reset_after else (width,)


class ConvLSTM(Gated):
    """An LSTM on maps: its four dense layers are convolutions of the input and the state.

    The state's convolution is always `same` with stride 1 and no dilation.
    """

    in_steps = True
    states = 2
    gates = 4
    gating = (3, 2, 3, 1)
    has_layers = True  # a cell

    filters = Count(symbol="F")
    kernel_size = PerAxis(symbol="k")
    strides = PerAxis(1, symbol="s")
    padding = Padding("valid", "same")
    data_format = Choice(None, "channels_last", "channels_first")
    dilation_rate = PerAxis(1, symbol="d")
    activation = Activation("tanh")
    recurrent_activation = Activation("sigmoid")
    unit_forget_bias = Flag(True)
    order = ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "activation",
             "recurrent_activation", "use_bias", *INITIALIZERS, "unit_forget_bias", *REGULARIZERS, "seed",
             *RETURNS)

    def rank_in(self) -> int:
        assert self.rank is not None
        return self.rank + 2

    def step(self, x: Shape) -> Shape:
        """One step of the sequence `x`: a map."""
        return (ChannelsFirst if self.data_format == "channels_first" else Shape)(x[1:])

    def check(self, *xs: Shape) -> None:
        step = self.step(xs[0])
        for n, what in zip(step.spatial, ("height", "width", "depth")):
            self.must_know(n, "length" if self.rank == 1 else "depth" if self.rank == 3 else what)
        self.must_know(step.channels, "input channels")

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        """What slides over each step: `x` is one of them."""
        return slide(x, self.kernel_size, self.strides, self.dilation_rate, self.padding)

    def channels(self, x: Shape) -> int | None:
        return self.filters

    def state(self, x: Shape) -> Shape:
        return Layer.output(self, self.step(x))

    def places(self, x: Shape) -> tuple[object, ...]:
        return self.state(x).spatial

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        width = self.filters * self.gates
        yield Weight("kernel", (*self.kernel_size, self.step(xs[0]).channels, width))
        yield Weight("recurrent_kernel", (*self.kernel_size, self.filters, width))
        if self.use_bias:
            yield Weight("bias", (width,))

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        if not isinstance(self.padding, str):
            yield "Keras cannot build it as written: padding in pixels"
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            yield "Keras cannot build it as written: strides and dilation_rate both above 1"

    def wrong_rank(self, x: Shape) -> SpecError:
        form = ("(steps, length, channels)", "(steps, height, width, channels)",
                "(steps, depth, height, width, channels)")
        assert self.rank is not None
        hint = "each step must be a feature map"
        if len(x) == self.rank_in() - 1 and None not in x:
            hint = f"a Reshape to {[1, *x]} makes one step of it"
        return SpecError(f"needs an input {form[self.rank - 1]}, got {x}", (), hint)


class ConvLSTM1D(ConvLSTM, kind="ConvLSTM1D", rank=1): ...


class ConvLSTM2D(ConvLSTM, kind="ConvLSTM2D", rank=2): ...


class ConvLSTM3D(ConvLSTM, kind="ConvLSTM3D", rank=3): ...
