"""Dense layers and what stands around them: flattening, dropout, activations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..num import product
from .base import ChannelsFirst, Layer, Shape, Spatial, Weight
from .settings import Activation, Choice, Count, Flag, Kept, Sizes


class InputLayer(Layer, kind="InputLayer"):
    """Where an example comes in; its sizes are the network's to say."""

    shape = Sizes(least=1, open_ended=True)
    batch_size = Kept(None)
    arity = (0, 0)

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        return (Shape(self.shape),)


class Dense(Layer, kind="Dense"):
    """`units` weighted sums over the last axis, the same at every place of the others."""

    units = Count(symbol="u")
    activation = Activation(None)
    use_bias = Flag(True)
    kept = ("kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
            "activity_regularizer", "kernel_constraint", "bias_constraint", "lora_rank",
            "lora_alpha", "quantization_config")  # fmt: skip

    def check(self, *xs: Shape) -> None:
        self.must_know(xs[0][-1] if xs[0] else None, "number of inputs")

    def output(self, *xs: Shape) -> Shape:
        return Shape((*xs[0][:-1], self.units))

    def uses(self, *xs: Shape) -> Any:
        return product(xs[0][:-1])

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield Weight("kernel", (xs[0][-1], self.units))
        if self.use_bias:
            yield Weight("bias", (self.units,))


class Flatten(Spatial, kind="Flatten"):
    """All values in one row."""

    data_format = Choice(None, "channels_last", "channels_first")

    def output(self, *xs: Shape) -> Shape:
        return Shape((product(xs[0]),))


class ActivationLayer(Layer, kind="Activation"):
    """A function of each value."""

    activation = Activation()


class Dropout(Layer, kind="Dropout"):
    """Drops values while training; nothing when the network is used."""
