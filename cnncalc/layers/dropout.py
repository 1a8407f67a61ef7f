"""What acts while training only, and what passes its input on as it is."""

from __future__ import annotations

from ..errors import SpecError, shown
from ..num import product
from .arithmetic import each
from .axis_settings import Sizes
from .base import Layer, Shape, Spatial
from .settings import Choice, Kept, Number


class NoiseShape(Sizes):
    """A list with a size per axis, the batch included; `None` for the input's own."""

    def __init__(self) -> None:
        super().__init__(None, least=1, open_ended=True)

    def read(self, value: object, rank: int | None) -> object:
        if value is not None and not isinstance(value, (list, tuple)):
            raise SpecError(f"must be {self.form} (got {shown(value)})")
        return super().read(value, rank)


class Dropout(Layer, kind="Dropout"):
    """Drops values while training; nothing when the network is used."""

    keeps_mask = True
    caption, drawn_with = "dropout", "input"
    sees = "place"
    remark = "it acts while training only: no weights, and no size changes"
    in_place = "view"
    rate = Number(least=0, most=1)
    noise_shape = NoiseShape()
    seed = Kept(None)


class AlphaDropout(Layer, kind="AlphaDropout"):
    """Dropout that keeps mean and variance, for selu."""

    keeps_mask = True
    caption, drawn_with = "dropout", "input"
    sees = "place"
    remark = "it acts while training only: no weights, and no size changes"
    in_place = "view"
    rate = Number(least=0, most=1)
    noise_shape = Kept(None)
    seed = Kept(None)


class GaussianDropout(Layer, kind="GaussianDropout"):
    """Multiplies by noise around 1 while training."""

    keeps_mask = True
    caption, drawn_with = "dropout", "input"
    sees = "place"
    remark = "it acts while training only: no weights, and no size changes"
    in_place = "view"
    rate = Number(least=0, most=1)
    seed = Kept(None)


class GaussianNoise(Layer, kind="GaussianNoise"):
    """Adds noise while training."""

    keeps_mask = True
    drawn_with = "input"
    sees = "place"
    remark = "it acts while training only: no weights, and no size changes"
    in_place = "view"
    stddev = Number(least=0, most=1)
    seed = Kept(None)


class SpatialDropout1D(Layer, kind="SpatialDropout1D", rank=1):
    """Drops whole channels while training."""

    keeps_mask = True
    caption, drawn_with = "dropout", "input"
    sees = "place"
    remark = "it acts while training only: no weights, and no size changes"
    in_place = "view"
    rate = Number(least=0, most=1)
    seed = Kept(None)


class SpatialDropout(Spatial):
    """Drops whole channels while training."""

    keeps_mask = True
    caption, drawn_with = "dropout", "input"
    sees = "place"
    remark = "it acts while training only: no weights, and no size changes"
    in_place = "view"
    rate = Number(least=0, most=1)
    data_format = Choice(None, "channels_last", "channels_first")
    seed = Kept(None)


class SpatialDropout2D(SpatialDropout, kind="SpatialDropout2D", rank=2): ...


class SpatialDropout3D(SpatialDropout, kind="SpatialDropout3D", rank=3): ...


class ActivityRegularization(Layer, kind="ActivityRegularization"):
    """Adds the size of its values to the loss."""

    keeps_mask = True
    drawn_with = "input"
    sees = "place"
    in_place = "view"
    l1 = Number(0.0)
    l2 = Number(0.0)


class Masking(Layer, kind="Masking"):
    """Marks the steps whose values are all `mask_value`, for layers that skip them."""

    drawn_with = "input"
    sees = "place"
    mask_value = Kept(0.0)
    inner_classes = ("NotEqual", "Any")

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        """Each value is compared, and multiplied with the mask."""
        return each(product(xs[0]), comparisons=1, multiplications=1)


class Identity(Layer, kind="Identity"):
    """Its input."""

    keeps_mask = True
    drawn_with = "input"
    sees = "place"
    in_place = "view"
