"""Pooling: windows without weights, over single places, over a grid, over everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import SpecError
from ..num import named, product
from ..window import Spread, Window
from .axis_settings import Padding, PerAxis
from .base import Shape, Spatial, slide
from .settings import Choice, Flag, Setting

if TYPE_CHECKING:
    from ..dependence import Reads


def pooled(largest: bool, read: int | None, made: int | None) -> dict[str, int | None]:
    """The operations of pooling: of the largest value a comparison for each value read; of a mean an addition, and a division at the end."""
    return {"comparisons": read} if largest else {"additions": read, "divisions": made}


class Pooling(Spatial):
    """One value per window and channel; the stride is the window's size unless given."""

    #: Whether the largest of its values is taken, or their mean.
    largest = True
    remark = "one value per window, channel by channel: no weights"
    sees = "window"
    family = "pool"
    pool_size = PerAxis(2, symbol="k")
    strides: Setting = PerAxis(None, symbol="s")
    padding = Padding("valid", "same", exact=True)
    data_format = Choice(None, "channels_last", "channels_first")
    ceil_mode = Flag(False)

    def settle(self) -> None:
        if self.ceil_mode and self.padding == "same":
            raise SpecError("ceil_mode and padding 'same' exclude each other", ("ceil_mode",),
                            "'same' rounds up already")
        if isinstance(self.padding, str):
            return
        for size, pair in zip(self.pool_size, self.padding):
            if max(pair) >= size:
                raise SpecError(f"padding {max(pair)} must be below the window's size {size}",
                                ("padding",), "a window may not lie in the padding alone")

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        ones = (1,) * len(self.pool_size)
        strides = self.strides or [named("s", k) for k in self.pool_size]
        windows = slide(x, self.pool_size, strides, ones, self.padding)
        if self.ceil_mode:
            return tuple([w.rounded_up(n) for w, n in zip(windows, x.spatial)])
        return windows

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return pooled(self.largest, product((*self.output(*xs), *self.pool_size)), product(self.output(*xs)))

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        if not isinstance(self.padding, str):
            yield "Keras cannot build it as written: padding in pixels"
        if self.ceil_mode:
            yield "Keras cannot build it as written: ceil_mode"


class AveragePooling(Pooling):
    """The mean of each window; Keras has no default size for it."""

    largest = False
    pool_size = PerAxis(symbol="k")


class MaxPooling1D(Pooling, kind="MaxPooling1D", rank=1, aliases=("MaxPool1D",)): ...


class MaxPooling2D(Pooling, kind="MaxPooling2D", rank=2, aliases=("MaxPool2D",)): ...


class MaxPooling3D(Pooling, kind="MaxPooling3D", rank=3, aliases=("MaxPool3D",)): ...


class AveragePooling1D(AveragePooling, kind="AveragePooling1D", rank=1, aliases=("AvgPool1D",)): ...


class AveragePooling2D(AveragePooling, kind="AveragePooling2D", rank=2, aliases=("AvgPool2D",)): ...


class AveragePooling3D(AveragePooling, kind="AveragePooling3D", rank=3, aliases=("AvgPool3D",)): ...


class GlobalPooling(Spatial):
    """One value per channel, over the whole map."""

    sees_the_map = True
    largest = False
    family = "pool"
    remark = "one value per channel, whatever the size of the feature map: no weights"
    data_format = Choice(None, "channels_last", "channels_first")
    keepdims = Flag(False)

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        if self.keepdims:
            return x.of([1 for _ in x.spatial], x.channels)
        return Shape((x.channels,))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        c = xs[0].channel_axis
        kept = c if self.keepdims else 0
        return (tuple([Along(kept if i == c else None) for i in range(len(xs[0]))]),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return pooled(self.largest, product(xs[0]), xs[0].channels)


class GlobalMaxPooling(GlobalPooling):
    """The largest value of each channel."""

    largest = True


class GlobalAveragePooling1D(GlobalPooling, kind="GlobalAveragePooling1D", rank=1, aliases=("GlobalAvgPool1D",)):
    takes_mask = True


class GlobalAveragePooling2D(GlobalPooling, kind="GlobalAveragePooling2D", rank=2, aliases=("GlobalAvgPool2D",)): ...


class GlobalAveragePooling3D(GlobalPooling, kind="GlobalAveragePooling3D", rank=3, aliases=("GlobalAvgPool3D",)): ...


class GlobalMaxPooling1D(GlobalMaxPooling, kind="GlobalMaxPooling1D", rank=1, aliases=("GlobalMaxPool1D",)): ...


class GlobalMaxPooling2D(GlobalMaxPooling, kind="GlobalMaxPooling2D", rank=2, aliases=("GlobalMaxPool2D",)): ...


class GlobalMaxPooling3D(GlobalMaxPooling, kind="GlobalMaxPooling3D", rank=3, aliases=("GlobalMaxPool3D",)): ...


def tiled(n: int | None, places: int) -> int | None:
    """How many of `n` pixels the windows read in all: window i from ⌊in / o⌋ to ⌈(i + 1)n / o⌉."""
    if n is None:
        return None
    n, places = int(n), int(places)
    return sum([-(-(i + 1) * n // places) - i * n // places for i in range(places)])


class AdaptivePooling(Spatial):
    """As many windows as asked for, of nearly the same size, that tile the map."""

    sees_the_map = True
    largest = False
    family = "pool"
    output_size = PerAxis(symbol="o")
    data_format = Choice(None, "channels_last", "channels_first")

    def output(self, *xs: Shape) -> Shape:
        return xs[0].of(self.output_size, xs[0].channels)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, slid
        from .resampling import tiles

        x = xs[0]
        return (slid(x, map(tiles, x.spatial, self.output_size), Along(x.channel_axis)),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        x = xs[0]
        read = product([*[tiled(n, o) for n, o in zip(x.spatial, self.output_size)], x.channels])
        return pooled(self.largest, read, product(self.output(x)))


class AdaptiveMaxPooling(AdaptivePooling):
    """The largest value of each window."""

    largest = True


class AdaptiveAveragePooling1D(AdaptivePooling, kind="AdaptiveAveragePooling1D", rank=1): ...


class AdaptiveAveragePooling2D(AdaptivePooling, kind="AdaptiveAveragePooling2D", rank=2): ...


class AdaptiveAveragePooling3D(AdaptivePooling, kind="AdaptiveAveragePooling3D", rank=3): ...


class AdaptiveMaxPooling1D(AdaptiveMaxPooling, kind="AdaptiveMaxPooling1D", rank=1): ...


class AdaptiveMaxPooling2D(AdaptiveMaxPooling, kind="AdaptiveMaxPooling2D", rank=2): ...


class AdaptiveMaxPooling3D(AdaptiveMaxPooling, kind="AdaptiveMaxPooling3D", rank=3): ...
