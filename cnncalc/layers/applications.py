"""Layers of keras.applications that are not among Keras's layers; what they compute is in its code."""

from __future__ import annotations

from collections.abc import Iterator

from ..num import product
from .arithmetic import each
from .base import Layer, Shape, Weight
from .settings import Count, Kept
from .shape import broadcast


class LayerScale(Layer, kind="LayerScale"):
    """Each channel times a weight (Touvron et al., 2021), as ConvNeXt has it."""

    drawn_with = "input"
    sees = "place"
    module = "keras.src.applications.convnext"
    init_values = Kept()
    projection_dim = Count(symbol="c")

    def output(self, *xs: Shape) -> Shape:
        return Shape(broadcast((None, *xs[0]), (self.projection_dim,))[1:])

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield Weight("variable", (self.projection_dim,))

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return each(product(self.output(*xs)), multiplications=1)


class StochasticDepth(Layer, kind="StochasticDepth"):
    """Drops its whole input at random while training (Huang et al., 2016), as ConvNeXt can have it."""

    drawn_with = "input"
    sees = "place"
    module = "keras.src.applications.convnext"
    drop_path_rate = Kept()


class CustomScaleLayer(Layer, kind="CustomScaleLayer"):
    """The first input plus the second times `scale`, as Inception-ResNet has it."""

    sees = "place"
    family, sign = "merge", "+"
    module = "keras.src.applications.inception_resnet_v2"
    scale = Kept()
    arity = (2, 2)

    def output(self, *xs: Shape) -> Shape:
        return Shape(broadcast((None, *xs[0]), (None, *xs[1]))[1:])

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return each(product(self.output(*xs)), multiplications=1, additions=1)
