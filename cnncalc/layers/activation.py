"""Functions of each value; some have a slope to learn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import SpecError
from ..num import product
from .arithmetic import each, function
from .axis_settings import Axes
from .base import Layer, Shape, Weight
from .settings import Activation, Kept, Number

if TYPE_CHECKING:
    from ..dependence import Reads


class ActivationLayer(Layer, kind="Activation"):
    """A function of each value. (Keras gives `glu` the shape of its input, too.)"""

    keeps_mask = True
    drawn_with = "input"
    sees = "place"
    in_place = "overwriting"
    activation = Activation()


class ReLU(Layer, kind="ReLU"):
    """Nothing below zero."""

    keeps_mask = True
    drawn_with = "input"
    sees = "place"
    in_place = "overwriting"
    max_value = Number(None, least=0)
    negative_slope = Number(0.0, least=0)
    threshold = Number(0.0, least=0)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        """A comparison, another with an upper bound, and a product with a slope."""
        return each(product(xs[0]), comparisons=2 if self.max_value is not None else 1,
                    multiplications=1 if self.negative_slope else 0)


class LeakyReLU(Layer, kind="LeakyReLU"):
    """A small slope below zero."""

    keeps_mask = True
    drawn_with = "input"
    sees = "place"
    in_place = "overwriting"
    negative_slope = Number(0.3, least=0)
    #: Keras's older name for it, which it still takes.
    alpha = Number(None, least=0)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return function("leaky_relu", product(xs[0]))


class ELU(Layer, kind="ELU"):
    """An exponential below zero."""

    keeps_mask = True
    drawn_with = "input"
    sees = "place"
    in_place = "overwriting"
    alpha = Number(1.0)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return function("elu", product(xs[0]))


class PReLU(Layer, kind="PReLU"):
    """A learnt slope below zero for every value, or one for all along `shared_axes`."""

    keeps_mask = True
    drawn_with = "input"
    sees = "place"
    in_place = "overwriting"
    alpha_initializer = Kept("Zeros")
    alpha_regularizer = Kept(None)
    alpha_constraint = Kept(None)
    shared_axes = Axes(None)

    def check(self, *xs: Shape) -> None:
        for n in self.slopes(xs[0]):
            self.must_know(n, "input's sizes, for the slopes")

    def slopes(self, x: Shape) -> tuple[int | None, ...]:
        """How many of them along each axis of `x`."""
        sizes = list(x)
        shared = self.shared_axes if isinstance(self.shared_axes, tuple) else (self.shared_axes,)
        for axis in () if self.shared_axes is None else shared:
            if not -len(sizes) < axis <= len(sizes):
                raise SpecError(f"shared_axes {axis} does not exist in its input {x}", ("shared_axes",),
                                f"axes go from 1, the first of {x}, to {len(x)}")
            sizes[axis - 1] = 1  # Keras does the same with axes below 1: -1 is the last but one.
        return tuple(sizes)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield Weight("alpha", self.slopes(xs[0]))

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return function("leaky_relu", product(xs[0]))


class Softmax(Layer, kind="Softmax"):
    """Shares of 1 along an axis, or several."""

    keeps_mask = True
    takes_mask = True
    drawn_with = "input"
    in_place = "overwriting"
    axis = Axes(-1)

    def check(self, *xs: Shape) -> None:
        for axis in self.axis if isinstance(self.axis, tuple) else (self.axis,):
            self.axis_in(xs[0], axis)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import mixed

        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        return (mixed(xs[0], [self.axis_in(xs[0], axis) - 1 for axis in axes]),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return function("softmax", product(xs[0]))
