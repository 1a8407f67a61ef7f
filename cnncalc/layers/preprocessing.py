"""What is done to data before a network: scaled, cropped, counted, heard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import SpecError, shown
from ..num import product
from ..window import REACH, Window
from .arithmetic import UNCOUNTED, each
from .base import Layer, Shape, Spatial, Weight
from .norm import Values
from .settings import Choice, Count, Flag, Kept, Number, Setting

if TYPE_CHECKING:
    from ..dependence import Reads

FORMAT = Choice(None, "channels_last", "channels_first")


class Rescaling(Layer, kind="Rescaling"):
    """Each value times `scale`, plus `offset`."""

    keeps_mask = True
    sees = "place"

    scale = Values()
    offset = Values(0.0)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return each(product(xs[0]), multiplications=1, additions=1)


class _Sized(Spatial):
    """Images of one size."""

    height: Count
    width: Count

    def output(self, *xs: Shape) -> Shape:
        return xs[0].of((self.height, self.width), xs[0].channels)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from .resampling import centred

        return (centred(xs[0], (self.height, self.width)),)


class Resizing(_Sized, kind="Resizing", rank=2):
    """Images scaled to one size."""

    height = Count()
    width = Count()
    interpolation = Choice("bilinear", "bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", "area", exact=True)
    crop_to_aspect_ratio = Flag(False)
    pad_to_aspect_ratio = Flag(False)
    fill_mode = Kept("constant")
    fill_value = Number(0.0)
    antialias = Flag(False)
    data_format = FORMAT
    bounding_box_format = Kept(None)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from .resampling import resized

        aspect = "crop" if self.crop_to_aspect_ratio else "pad" if self.pad_to_aspect_ratio else None
        return (resized(xs[0], (self.height, self.width), self.interpolation, self.antialias, aspect),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        """Each new pixel is the weighted sum of those around it; a copied one costs nothing."""
        if self.interpolation == "nearest":
            return {}
        if self.antialias or self.interpolation not in REACH:
            return UNCOUNTED
        return each(product(self.output(*xs)), additions=4 * REACH[self.interpolation] ** 2,
                    multiplications=4 * REACH[self.interpolation] ** 2)


class CenterCrop(_Sized, kind="CenterCrop", rank=2):
    """The middle of each image, which is scaled up first if it is smaller."""

    height = Count()
    width = Count()
    data_format = FORMAT
    bounding_box_format = Kept(None)


class RandomCrop(_Sized, kind="RandomCrop", rank=2):
    """Some part of each image while training, its middle otherwise."""

    height = Count()
    width = Count()
    seed = Kept(None)
    data_format = FORMAT
    bounding_box_format = Kept(None)


class CategoryEncoding(Layer, kind="CategoryEncoding"):
    """Whole numbers as places in a row of `num_tokens`: one row each, or one for all."""

    num_tokens: Setting = Count(None, symbol="v")
    output_mode = Choice("multi_hot", "multi_hot", "one_hot", "count", "binary", exact=True)
    sparse = Flag(False)

    def settle(self) -> None:
        if self.num_tokens is None:
            raise SpecError("needs num_tokens", (), "num_tokens is a whole number, one more than the largest category")

    def output(self, *xs: Shape) -> Shape:
        return encoded(self.output_mode, xs[0], self.num_tokens, xs[0][:-1])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        return (encoded_reads(self, self.output_mode, y, xs[0]),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return each(product(xs[0]), additions=1) if self.output_mode == "count" else {}


def encoded(mode: str, x: Shape, depth: int | None, together: tuple[int | None, ...]) -> Shape:
    """The shape of categories as rows of `depth`: a row each, or one in place of an axis."""
    if mode != "one_hot":
        if not x:
            raise SpecError("needs an input with an axis to count along, got ()", ("output_mode",))
        return Shape((*together, depth))
    return Shape((*(x[:-1] if x and x[-1] == 1 else x), depth))


def encoded_reads(layer: Layer, mode: str, y: Shape, x: Shape) -> Reads:
    """What categories as rows read: their own, or all that are counted together."""
    from ..dependence import Along

    if mode == "one_hot":
        return tuple([Along(i if i < len(y) - 1 else None) for i in range(len(x))])
    counted = 0 if layer.kind == "Discretization" else len(x) - 1
    return tuple([Along(None if i == counted else i - (i > counted)) for i in range(len(x))])


class Discretization(Layer, kind="Discretization"):
    """Which of some ranges a value lies in."""

    bin_boundaries = Values(None)
    num_bins: Setting = Count(None)
    epsilon = Number(0.01)
    output_mode = Choice("int", "int", "one_hot", "multi_hot", "count", exact=True)
    sparse = Flag(False)

    def settle(self) -> None:
        if (self.bin_boundaries is None) == (self.num_bins is None):
            raise SpecError("needs either bin_boundaries or num_bins" + ", not both" * (self.num_bins is not None), ())
        if self.bin_boundaries is not None and not isinstance(self.bin_boundaries, (list, tuple)):
            raise SpecError(f"bin_boundaries must be a list of numbers (got {shown(self.bin_boundaries)})",
                            ("bin_boundaries",))
        if self.sparse and self.output_mode == "int":
            raise SpecError("sparse is for output_mode 'one_hot', 'multi_hot' and 'count'", ("sparse",))

    def output(self, *xs: Shape) -> Shape:
        if self.output_mode == "int":
            return xs[0]
        depth = self.num_bins if self.bin_boundaries is None else len(self.bin_boundaries) + 1
        # Keras takes the first axis of an example away, not the last.
        return encoded(self.output_mode, xs[0], depth, xs[0][1:])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import placed

        return (placed(xs[0], y) if self.output_mode == "int" else encoded_reads(self, self.output_mode, y, xs[0]),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        """A search among the boundaries, which halves them each time."""
        many = max(0, self.num_bins - 1) if self.bin_boundaries is None else len(self.bin_boundaries)
        return each(product(xs[0]), comparisons=int(many).bit_length(), additions=int(self.output_mode == "count"))

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        if self.sparse:
            yield "Keras builds it on TensorFlow and JAX only: sparse"


class MelSpectrogram(Layer, kind="MelSpectrogram"):
    """A sound as the strength of `num_mel_bins` pitches over time."""

    fft_length = Count(2048)
    sequence_stride = Count(512, symbol="s")
    sequence_length: Setting = Count(None, least=0)
    window = Kept("hann")
    sampling_rate = Count(16000)
    num_mel_bins = Count(128)
    min_freq = Number(20.0)
    max_freq = Number(None)
    power_to_db = Flag(True)
    top_db = Number(80.0)
    mag_exp = Number(2.0)
    min_power = Number(1e-10)
    ref_power = Number(1.0)

    def settle(self) -> None:
        if self.sequence_length and self.sequence_length > self.fft_length:
            raise SpecError(f"sequence_length {self.sequence_length} must be at most fft_length {self.fft_length}",
                            ("sequence_length",))

    def check(self, *xs: Shape) -> None:
        if len(xs[0]) != 1:
            raise SpecError(f"needs an input (samples,), got {xs[0]}")

    def output(self, *xs: Shape) -> Shape:
        n = xs[0][0]
        frames = None if n is None else (n + self.sequence_stride + 1) // self.sequence_stride
        return Shape((self.num_mel_bins, frames))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along
        from .resampling import spectrum_frames

        if self.power_to_db:  # all are measured against the loudest
            return ((Along(None),),)
        length, step = self.sequence_length or self.fft_length, self.sequence_stride
        first = 1 if self.window == "hann" and length > 1 else 0  # where Hann's window begins it is 0
        return ((Along(1, spectrum_frames(xs[0][0], y[1], length, self.fft_length, step, first)),),)

    def macs(self, *xs: Shape) -> int | None:
        """The strength of each frequency times its share in each pitch; the Fourier transform is left out."""
        return product((*self.output(*xs), self.fft_length // 2 + 1))

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return UNCOUNTED


class STFTSpectrogram(Spatial, kind="STFTSpectrogram", rank=1):
    """A sound as the strength of all pitches over time, by a convolution with waves."""

    mode = Choice("log", "log", "magnitude", "psd", "real", "imag", "angle", "stft", exact=True)
    frame_length = Count(256, symbol="k")
    frame_step: Setting = Count(None, symbol="s")
    fft_length: Setting = Count(None)
    window = Kept("hann")
    periodic = Flag(False)
    scaling = Choice("density", "density", "spectrum", optional=True, exact=True)
    padding = Choice("valid", "valid", "same", exact=True)
    expand_dims = Flag(False)
    data_format = FORMAT

    def settle(self) -> None:
        if self.frame_step is not None and self.frame_step > self.frame_length:
            raise SpecError(f"frame_step {self.frame_step} must be at most frame_length {self.frame_length}",
                            ("frame_step",))
        if self.fft_length is not None and self.fft_length < self.frame_length:
            raise SpecError(f"fft_length {self.fft_length} must be at least frame_length {self.frame_length}",
                            ("fft_length",))
        if self.frame_step is None and self.frame_length == 1:
            raise SpecError("needs frame_step: half a frame_length of 1 is 0", ())

    def check(self, *xs: Shape) -> None:
        self.must_know(xs[0].channels, "input channels")

    def pitches(self) -> int:
        length: int = self.fft_length or 2 ** (int(self.frame_length) - 1).bit_length()
        return length // 2 + 1

    def frame(self, x: Shape) -> Window:
        step = self.frame_step or self.frame_length // 2
        return Window(self.frame_length, step).padded(self.padding, x.spatial[0])

    def frames(self, x: Shape) -> int | None:
        window = self.frame(x)
        places = window.places(x.spatial[0])
        if places is not None and places < 1:
            raise SpecError(f"frame_length {self.frame_length} does not fit its input of {x.spatial[0]} "
                            f"(padding valid)", ("frame_length",), "padding 'same' would fit")
        return places

    def output(self, *xs: Shape) -> Shape:
        x, pitches = xs[0], self.pitches() * (2 if self.mode == "stft" else 1)
        frames = self.frames(x)
        if not self.expand_dims:
            return x.of((frames,), pitches * x.channels)
        # Keras leaves the channels where they were, and puts the pitches behind the time.
        return x.of((frames, pitches), x.channels)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        # Channels keep their place where the pitches have an axis of their own.
        x, time = xs[0], y.spatial_axes[0]
        channel = Along(y.channel_axis if self.expand_dims else None)
        along = {x.spatial_axes[0]: Along(time, self.frame(x)), x.channel_axis: channel}
        return (tuple([along[i] for i in range(2)]),)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        shape = (self.frame_length, 1, self.pitches())
        if self.mode != "imag":
            yield Weight("real_kernel", shape)
        if self.mode != "real":
            yield Weight("imag_kernel", shape)

    def uses(self, *xs: Shape) -> int | None:
        return product([xs[0].channels, self.frames(xs[0])])

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return {} if self.mode in ("real", "imag", "stft") else UNCOUNTED
