"""Images changed at random while training; none of these changes a shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..errors import SpecError, shown
from .arithmetic import UNCOUNTED
from .axis_settings import Sizes
from .base import ChannelsFirst, Layer, Shape
from .settings import Choice, Count, Flag, Kept, Number, Setting

if TYPE_CHECKING:
    from ..dependence import Reads


class Factor(Setting):
    """How strongly, as a number, or as two numbers to draw between.

    Keras takes one number from `least` to `most`; of two it only asks that they enclose
    some of that, unless `both` are checked.
    """

    form = "a number or a list of two"

    def __init__(self, default: object = ..., least: float = -1, most: float = 1, *, both: bool = False,
                 optional: bool = False):
        super().__init__(*(() if default is ... else (default,)))
        self.least, self.most, self.both = least, most, both
        self.optional = optional or default is None

    def read(self, value: object, rank: int | None) -> object:
        if value is None and self.optional:
            return None
        pair = tuple(value) if isinstance(value, (list, tuple)) else (value, value)
        if len(pair) != 2 or any(type(n) not in (int, float) for n in pair):
            raise SpecError(f"must be {self.form} (got {shown(value)})")
        low, high = (min(pair), max(pair)) if self.both else (pair[1], pair[0])
        if low < self.least or high > self.most:
            raise SpecError(f"must be from {self.least:g} to {self.most:g} (got {shown(value)})")
        return tuple(value) if isinstance(value, list) else value


class Range(Setting):
    """The lowest and the highest value of a pixel."""

    form = "a list of two numbers"

    def __init__(self) -> None:
        super().__init__((0, 255))

    def read(self, value: object, rank: int | None) -> object:
        if not isinstance(value, (list, tuple)) or len(value) != 2 or any(type(n) not in (int, float) for n in value):
            raise SpecError(f"must be {self.form} (got {shown(value)})")
        return tuple(value)


FORMAT = Choice(None, "channels_last", "channels_first")
SEED = Kept(None)
RANGE = Range()
BETWEEN = Choice("bilinear", "bilinear", "nearest", exact=True)
OUTSIDE = Choice("reflect", "reflect", "constant", "wrap", "nearest", exact=True)
ZERO = Number(0.0)


class _Image(Layer):
    """Images changed at random while training; their shape stays."""

    sees = "place"
    in_place: ClassVar[str | None] = "view"  # when the network is used
    #: Of every such layer, though no signature names it.
    bounding_box_format = Kept(None)


class _Equalized(_Image):
    """What changes images not only while training, by all of their values."""

    in_place = None

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import mixed

        return (mixed(xs[0], range(2)),)  # the first two axes, whatever the data format

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return UNCOUNTED


class AutoContrast(_Equalized, kind="AutoContrast"):
    value_range = RANGE
    data_format = FORMAT


class ContrastLimitedAdaptiveHistogramEqualization(_Equalized, kind="ContrastLimitedAdaptiveHistogramEqualization"):
    value_range = RANGE
    clip_limit = Number(4.0)
    tile_grid_size = Sizes((8, 8), count=2)
    data_format = FORMAT

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, slid
        from .resampling import by_tiles

        x = ChannelsFirst(xs[0]) if self.data_format == "channels_first" else xs[0]
        return (slid(x, map(by_tiles, x.spatial, self.tile_grid_size), Along(x.channel_axis)),)


class CutMix(_Image, kind="CutMix"):
    factor = Factor(1.0, 0)
    seed = SEED
    data_format = FORMAT


class Equalization(_Image, kind="Equalization"):
    value_range = RANGE
    bins = Count(256)
    data_format = FORMAT


class MaxNumBoundingBoxes(_Image, kind="MaxNumBoundingBoxes"):
    """As many boxes for every image; the images stay as they are."""

    max_number = Count()
    fill_value = Count(-1, least=-(10**9))
    data_format = FORMAT


class MixUp(_Image, kind="MixUp"):
    alpha = Number(0.2)
    data_format = FORMAT
    seed = SEED


class RandomBrightness(_Image, kind="RandomBrightness"):
    factor = Factor(optional=True)
    value_range = RANGE
    seed = SEED
    data_format = FORMAT


class RandomColorDegeneration(_Image, kind="RandomColorDegeneration"):
    factor = Factor()
    value_range = RANGE
    data_format = FORMAT
    seed = SEED

    def check(self, *xs: Shape) -> None:
        if len(xs[0]) not in (2, 3):
            raise SpecError(f"needs an input (height, width, 3), got {xs[0]}")
        channels = (None, *xs[0])[-3 if self.data_format == "channels_first" else -1]
        if channels not in (None, 3):
            raise SpecError(f"needs images with 3 channels, got {xs[0]}")


class RandomColorJitter(_Image, kind="RandomColorJitter"):
    value_range = RANGE
    brightness_factor = Factor(None)
    contrast_factor = Factor(None, 0)
    saturation_factor = Factor(None)
    hue_factor = Factor(None, 0)
    seed = SEED
    data_format = FORMAT

    def settle(self) -> None:
        names = ("brightness", "contrast", "saturation", "hue")
        self.inner_classes = tuple([
            f"Random{name.capitalize()}" for name in names if getattr(self, f"{name}_factor") is not None
        ])


class RandomContrast(_Image, kind="RandomContrast"):
    factor = Factor(least=0)
    value_range = RANGE
    seed = SEED
    data_format = FORMAT


class RandomElasticTransform(_Image, kind="RandomElasticTransform"):
    factor = Factor(1.0, 0)
    scale = Factor(1.0, 0)
    interpolation = BETWEEN
    fill_mode = Choice("reflect", "reflect", "constant", "wrap", "nearest", "mirror", exact=True)
    fill_value = ZERO
    value_range = RANGE
    seed = SEED
    data_format = FORMAT


class RandomErasing(_Image, kind="RandomErasing"):
    factor = Factor(1.0, 0)
    scale = Factor((0.02, 0.33), 0)
    fill_value = Kept(None)
    value_range = RANGE
    seed = SEED
    data_format = FORMAT


class RandomFlip(_Image, kind="RandomFlip"):
    mode = Choice("horizontal_and_vertical", "horizontal_and_vertical", "horizontal", "vertical", exact=True)
    seed = SEED
    data_format = FORMAT


class OddSize(Setting):
    """An odd number, or two."""

    form = "an odd number, or a list of two"

    def read(self, value: object, rank: int | None) -> object:
        pair = tuple(value) if isinstance(value, (list, tuple)) else (value, value)
        if len(pair) != 2 or any(type(n) is not int or n % 2 == 0 for n in pair):
            raise SpecError(f"must be {self.form} (got {shown(value)})")
        return tuple(value) if isinstance(value, list) else value


class RandomGaussianBlur(_Image, kind="RandomGaussianBlur"):
    factor = Factor(1.0, 0)
    kernel_size = OddSize(3)
    sigma = Factor(1.0, 0)
    value_range = RANGE
    data_format = FORMAT
    seed = SEED


class RandomGrayscale(_Image, kind="RandomGrayscale"):
    factor = Number(0.5, least=0, most=1)
    data_format = FORMAT
    seed = SEED


class RandomHue(_Image, kind="RandomHue"):
    factor = Factor(least=0)
    value_range = RANGE
    data_format = FORMAT
    seed = SEED


class RandomInvert(_Image, kind="RandomInvert"):
    factor = Factor(1.0, 0)
    value_range = RANGE
    seed = SEED
    data_format = FORMAT


class RandomPerspective(_Image, kind="RandomPerspective"):
    factor = Factor(1.0, 0)
    scale = Number(1.0, least=0, most=1)
    interpolation = BETWEEN
    fill_value = ZERO
    seed = SEED
    data_format = FORMAT


class RandomPosterization(_Image, kind="RandomPosterization"):
    factor = Factor(least=1, most=8)
    value_range = RANGE
    data_format = FORMAT
    seed = SEED


class RandomRotation(_Image, kind="RandomRotation"):
    factor = Factor(optional=True)
    fill_mode = OUTSIDE
    interpolation = BETWEEN
    seed = SEED
    fill_value = ZERO
    data_format = FORMAT


class RandomSaturation(_Image, kind="RandomSaturation"):
    factor = Factor()
    value_range = RANGE
    data_format = FORMAT
    seed = SEED


class RandomSharpness(_Image, kind="RandomSharpness"):
    factor = Factor(least=0)
    value_range = RANGE
    data_format = FORMAT
    seed = SEED


class RandomShear(_Image, kind="RandomShear"):
    x_factor = Factor(0.0, 0, both=True)
    y_factor = Factor(0.0, 0, both=True)
    interpolation = BETWEEN
    fill_mode = OUTSIDE
    fill_value = ZERO
    data_format = FORMAT
    seed = SEED


class RandomTranslation(_Image, kind="RandomTranslation"):
    height_factor = Factor(both=True)
    width_factor = Factor(both=True)
    fill_mode = OUTSIDE
    interpolation = BETWEEN
    seed = SEED
    fill_value = ZERO
    data_format = FORMAT


class RandomZoom(_Image, kind="RandomZoom"):
    height_factor = Factor(both=True)
    width_factor = Factor(None, both=True)
    fill_mode = OUTSIDE
    interpolation = BETWEEN
    seed = SEED
    fill_value = ZERO
    data_format = FORMAT

    def settle(self) -> None:
        for name in ("height_factor", "width_factor"):
            value = getattr(self, name)
            if value == -1 or (isinstance(value, tuple) and -1 in value):
                raise SpecError(f"{name} must be above -1 (got {shown(value)})", (name,),
                                "-1 would zoom until nothing is left")


class Solarization(_Image, kind="Solarization"):
    addition_factor = Factor(0.0, 0, both=True)
    threshold_factor = Factor(0.0, 0, both=True)
    value_range = RANGE
    seed = SEED
    data_format = FORMAT


GEOMETRY = ("RandomShear", "RandomTranslation", "RandomRotation")
COLOURS = ("RandomBrightness", "RandomColorDegeneration", "RandomContrast", "RandomSharpness")
TONES = ("Solarization", "RandomPosterization", "AutoContrast", "Equalization")


class RandAugment(_Image, kind="RandAugment"):
    value_range = RANGE
    num_ops = Count(2, least=0)
    factor = Factor(0.5, 0, both=True)
    interpolation = BETWEEN
    seed = SEED
    data_format = FORMAT
    inner_classes = (*GEOMETRY, *COLOURS, *TONES)


class AugMix(_Image, kind="AugMix"):
    value_range = RANGE
    num_chains = Count(3)
    chain_depth = Count(3, least=-1)
    factor = Factor(0.3, 0, both=True)
    alpha = Number(1.0)
    all_ops = Flag(True)
    interpolation = BETWEEN
    seed = SEED
    data_format = FORMAT

    def settle(self) -> None:
        self.inner_classes = (*GEOMETRY, *TONES, *(COLOURS if self.all_ops else ()))
