"""Layers around another layer: both ways along a sequence, at every step, with bounded weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import SpecError
from ..num import product
from ..window import Spread, Window
from .arithmetic import added, repeated, together
from .base import Layer, Shape, Weight
from .construct import Sub, about_inner, names_inside
from .quantized import Quantizable
from .recurrent import Recurrent
from .settings import Choice, Count

if TYPE_CHECKING:
    from ..dependence import Reads


class _Wrapper(Layer):
    """What all of them share: a layer inside, which is made and named before them."""

    layer = Sub()
    names_inside = True
    has_layers = True

    @classmethod
    def first_names(cls, value: object) -> tuple[str, ...]:
        return names_inside(cls, value)

    @property
    def family(self) -> str:  # type: ignore[override]
        return self.layer.family if self.layer is not None else "other"

    def settle(self) -> None:
        self.freezes = not any(layer.stays_trainable for layer in self.sublayers())

    def inside(self, *xs: Shape) -> tuple[Shape, ...]:
        """What the layer inside reads."""
        return xs

    def inner_outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        """What the layer inside makes of it; its errors say which layer it is."""
        try:
            outputs: tuple[Shape, ...] = self.layer.apply(self.inside(*xs))
        except SpecError as error:
            inner = about_inner(type(self.layer), error)
            path = ("layer", self.layer.kind, *error.path) if error.path else ("layer",)
            raise SpecError(f"layer {inner.problem}", path, inner.hint) from None
        return outputs

    def inner_weights(self, *xs: Shape) -> tuple[Weight, ...]:
        """The weights of the layer inside."""
        weights: tuple[Weight, ...] = self.layer.owned_apart(self.inside(*xs))
        return weights

    def uses(self, *xs: Shape) -> int | None:
        used: int | None = self.layer.uses(*self.layer.viewed(self.inside(*xs)))
        return used

    def macs(self, *xs: Shape) -> int | None:
        macs: int | None = self.layer.macs(*self.layer.viewed(self.inside(*xs)))
        return macs

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        found: dict[str, int | None] = self.layer.operations(*self.layer.viewed(self.inside(*xs)))
        return found

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        yield from self.layer.notes(*self.layer.viewed(self.inside(*xs)))


class Bidirectional(_Wrapper, kind="Bidirectional"):
    """A recurrent layer and its mirror image, which reads the sequence from its end.

    Keras takes the shapes of both directions from the first. The states to begin with are
    those of the one, then those of the other.
    """

    in_steps = True
    takes_mask = True
    layer = Sub()
    merge_mode = Choice("concat", "concat", "sum", "mul", "ave", optional=True)
    backward_layer = Sub(None)
    kept = ("weights",)
    order = ("layer", "merge_mode", "weights")
    states_argument = "initial_state"

    def arranged(self, states: list[object]) -> list[object]:
        """States in the form in which Keras takes them."""
        return states

    @property
    def backward(self) -> Recurrent:
        layer: Recurrent = self.backward_layer or self.layer
        return layer

    def settle(self) -> None:
        super().settle()
        for key, layer in (("layer", self.layer), ("backward_layer", self.backward)):
            if not isinstance(layer, Recurrent):
                raise SpecError(f"{key} must be a recurrent layer (got {layer.kind})", (key,),
                                "SimpleRNN, LSTM, GRU or a ConvLSTM: they can go backwards")
        if self.backward_layer is not None:
            self._must_mirror()
        elif self.layer.go_backwards:
            raise SpecError("layer goes backwards already", ("layer",),
                            "leave go_backwards out: its mirror image goes backwards")
        self.arity = (1, 1 + 2 * self.layer.states)
        self.results = (2 if self.merge_mode is None else 1) + 2 * (self.layer.results - 1)

    def _must_mirror(self) -> None:
        if self.layer.go_backwards == self.backward_layer.go_backwards:
            raise SpecError("layer and backward_layer go the same way", ("backward_layer",),
                            "one of them needs go_backwards: true, the other not")
        for name in ("stateful", "return_sequences", "return_state"):
            if getattr(self.layer, name) != getattr(self.backward_layer, name):
                raise SpecError(f"layer and backward_layer differ in {name}", ("backward_layer",),
                                f"give both the same {name}")

    def inside(self, *xs: Shape) -> tuple[Shape, ...]:
        return xs[:1] if len(xs) == 1 else (xs[0], *xs[1 : 1 + self.layer.states])

    def apply(self, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        if len(xs) not in (1, self.arity[1]):
            got = ", ".join(map(str, xs[:5])) + (", ..." if len(xs) > 5 else "")
            raise SpecError(f"takes a sequence, or a sequence and the {2 * self.layer.states} states to begin with, "
                            f"got {len(xs)}: {got}", (), "the states of the forward layer, then of the backward one")
        return self.outputs(*xs)

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        output, *states = self.inner_outputs(*xs)
        if self.merge_mode is None:
            return (output, output, *states, *states)
        if self.merge_mode == "concat":
            output = Shape((*output[:-1], output[-1] * 2))
        return (output, *states, *states)

    def output(self, *xs: Shape) -> Shape:
        return self.outputs(*xs)[0]

    def reach(self, xs: tuple[Shape, ...], ys: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
        from .unrolled import bidirectional_reach

        return bidirectional_reach(self, xs)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        for direction, layer in (("forward", self.layer), ("backward", self.backward)):
            for weight in layer.owned_apart(xs[:1]):
                yield weight._replace(name=f"{direction}/{weight.name}")

    def macs(self, *xs: Shape) -> int | None:
        return added([self.layer.macs(xs[0]), self.backward.macs(xs[0])])

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        n = product(self.output(*xs))
        merged = {"sum": {"additions": n}, "mul": {"multiplications": n}, "ave": {"additions": n, "divisions": n}}
        return together(self.layer.operations(xs[0]), self.backward.operations(xs[0]), merged.get(self.merge_mode, {}))

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        if self.backward_layer is None:
            return
        there, back = self.layer.state(xs[0]), self.backward_layer.state(xs[0])
        if tuple(there) != tuple(back):
            yield f"Keras takes the output of the backward layer to be {there}, but it is {back}"


class TimeDistributed(_Wrapper, kind="TimeDistributed"):
    """The layer inside, with the same weights, on every step of a sequence."""

    in_steps = True
    keeps_mask = True
    takes_mask = True
    def check(self, *xs: Shape) -> None:
        if len(xs[0]) < 2:
            raise SpecError(f"needs an input (steps, ...), got {xs[0]}", (),
                            f"without it, {self.layer.kind} reads this as it is")
        if self.layer.arity[1] is None and self.layer.kind != "Functional":
            raise SpecError(f"layer must read one input ({self.layer.kind} reads a list of them)", ("layer",))
        if self.layer.results != 1:
            raise SpecError(f"layer must have one output ({self.layer.kind} has {self.layer.results})", ("layer",))

    def inside(self, *xs: Shape) -> tuple[Shape, ...]:
        return (Shape(xs[0][1:]),)

    def output(self, *xs: Shape) -> Shape:
        return Shape((xs[0][0], *self.inner_outputs(*xs)[0]))

    def reach(self, xs: tuple[Shape, ...], ys: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
        from .unrolled import at_each_step

        inside = self.layer.reach(self.inside(*xs), self.inner_outputs(*xs))
        return tuple([tuple([at_each_step(reads, xs[0][0]) for reads in output]) for output in inside])

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield from self.inner_weights(*xs)

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        return None

    def uses(self, *xs: Shape) -> int | None:
        used = super().uses(*xs)
        return None if used is None else product((xs[0][0], used))

    def macs(self, *xs: Shape) -> int | None:
        macs = super().macs(*xs)
        return macs if type(macs) is int and macs == 0 else product((xs[0][0], macs))

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return repeated(xs[0][0], super().operations(*xs))


class SpectralNormalization(_Wrapper, kind="SpectralNormalization"):
    """The layer inside with its kernel divided by the kernel's largest singular value.

    That is found by iteration, and the vector it has come to is kept (Miyato et al., 2018).
    """

    layer = Sub()
    power_iterations = Count(1)

    def output(self, *xs: Shape) -> Shape:
        outputs = self.inner_outputs(*xs)
        self._kernel(*xs)
        return outputs[0]

    def reach(self, xs: tuple[Shape, ...], ys: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
        reach: tuple[tuple[Reads, ...], ...] = self.layer.reach(xs, ys)
        return reach

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        weights = self.inner_weights(*xs)
        place, kernel = self._kernel(*xs)
        quantized = isinstance(self.layer, Quantizable) and self.layer.quantized is not None
        last = self.layer.apply(self.inside(*xs))[0][-1] if quantized else kernel.shape[-1]  # it may be stored in fewer bytes
        vector = Weight("vector_u", (1, last), False, kernel.dtype)
        if getattr(self.layer, "lora_rank", None):  # Keras divides what LoRA makes of the kernel
            yield from (vector, *weights)
        else:
            yield from (kernel, vector, *weights[:place], *weights[place + 1 :])

    def _kernel(self, *xs: Shape) -> tuple[int, Weight]:
        """The weight that is divided, and where it stands among those of the layer inside."""
        if not isinstance(self.layer, (Recurrent, Bidirectional, TimeDistributed)):
            for place, weight in enumerate(self.inner_weights(*xs)):
                if weight.name in ("kernel", "embeddings"):
                    return place, weight
        raise SpecError(f"layer must have a kernel ({self.layer.kind} has none)", ("layer",),
                        "Dense, Embedding, the convolutions and their transposes have one")
