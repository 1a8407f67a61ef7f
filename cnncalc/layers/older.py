"""Layers of Keras 2 that Keras 3 no longer has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..num import product
from .arithmetic import UNCOUNTED, each
from .augmentation import BETWEEN, SEED, Factor
from .base import Layer, Shape
from .settings import Number

if TYPE_CHECKING:
    from ..dependence import Reads


class ThresholdedReLU(Layer, kind="ThresholdedReLU"):
    """Nothing up to a threshold, the values themselves above it."""

    drawn_with = "input"
    sees = "place"
    in_place = "overwriting"
    not_keras = "Keras 3 has no ThresholdedReLU (Keras 2 had)"
    theta = Number(1.0, least=0)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return each(product(xs[0]), comparisons=1)


class _Stretched(Layer):
    """Images made taller or wider at random while training: the size is not known."""

    rank = 2
    factor = Factor(both=True)
    interpolation = BETWEEN
    seed = SEED
    #: Which axis.
    axis: int

    def output(self, *xs: Shape) -> Shape:
        return Shape([None if i == self.axis else n for i, n in enumerate(xs[0])])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return (tuple([Along(None) if i == self.axis else Along(i) for i in range(len(xs[0]))]),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return UNCOUNTED


class RandomHeight(_Stretched, kind="RandomHeight", rank=2):
    not_keras = "Keras 3 has no RandomHeight (Keras 2 had)"
    axis = 0


class RandomWidth(_Stretched, kind="RandomWidth", rank=2):
    not_keras = "Keras 3 has no RandomWidth (Keras 2 had)"
    axis = 1
