"""Locally connected layers: a convolution's windows, with weights of their own at every place.

Keras had them until 2.15. They are what the sharing of weights is measured against.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import SpecError
from ..num import product
from ..window import Window
from .axis_settings import Padding, PerAxis
from .base import Shape, Spatial, Weight, slide
from .conv import KEPT
from .settings import Activation, Choice, Count, Flag


class LocallyConnected(Spatial):
    """`filters` weighted sums at every place of a sliding window, none of them shared.

    `implementation` says how Keras stores the weights: 1 a matrix for each place, 2 a
    full matrix from all inputs to all outputs with zeros outside the windows (and counts
    those as parameters), 3 a list of those inside.
    """

    family = "conv"
    sees = "map"
    remark = "every position has its own weights: nothing is shared"
    not_keras = "Keras 3 has no LocallyConnected layers (Keras 2 had)"

    filters = Count(symbol="F")
    kernel_size = PerAxis(symbol="k")
    strides = PerAxis(1, symbol="s")
    padding = Padding("valid", "same")
    data_format = Choice(None, "channels_last", "channels_first")
    activation = Activation(None)
    use_bias = Flag(True)
    kept = KEPT
    implementation = Count(1)
    order = ("filters", "kernel_size", "strides", "padding", "data_format", "activation", "use_bias", *KEPT)

    def settle(self) -> None:
        if self.implementation > 3:
            raise SpecError(f"implementation must be 1, 2 or 3 (got {self.implementation})", ("implementation",))
        if not isinstance(self.padding, str):
            raise SpecError("padding must be 'valid' or 'same' (got pixels)", ("padding",),
                            "a ZeroPadding layer before it adds pixels")
        if self.padding == "same" and self.implementation == 1:
            raise SpecError("padding 'same' needs implementation 2 or 3", ("padding",),
                            "a ZeroPadding layer before it, with 'valid', needs no other implementation")

    def check(self, *xs: Shape) -> None:
        x = xs[0]
        for n, what in zip(x.spatial, ("length",) if len(x) == 2 else ("height", "width")):
            self.must_know(n, what)
        self.must_know(x.channels, "input channels")

    def windows(self, x: Shape) -> tuple[Window, ...]:
        ones = (1,) * len(self.kernel_size)
        windows = slide(x, self.kernel_size, self.strides, ones, self.padding)
        return tuple(map(_centred, windows, x.spatial)) if self.padding == "same" else windows

    def channels(self, x: Shape) -> int | None:
        return self.filters

    def uses(self, *xs: Shape) -> int | None:
        return 1

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        x = xs[0]
        y = self.output(x)
        if self.implementation == 1:
            shape: tuple[object, ...] = (product(y.spatial), (product(self.kernel_size) or 1) * x.channels, self.filters)
        elif self.implementation == 2:
            shape = (*x, *y)
        else:
            shape = (product((*map(_taps, self.windows(x), x.spatial), x.channels, self.filters)),)
        yield Weight("kernel", shape)
        if self.use_bias:
            yield Weight("bias", (*y.spatial, self.filters))


def _centred(window: Window, n: int | None) -> Window:
    """`same` as Keras 2 has it here: window i is centred on pixel i * stride, for any size."""
    places = window.places(n)
    assert places is not None and n is not None
    return window._replace(before=window.size // 2, padding=(places - 1) * window.stride + window.size - n)


def _taps(window: Window, n: int) -> int:
    """How many taps of all its places on `n` pixels lie on pixels, not on padding."""
    places = window.places(n)
    assert places is not None
    k, s, n, before = map(int, (window.size, window.stride, n, window.before or 0))
    outside = 0
    for first in range(-before, int(places) * s - before, s):
        outside += max(0, -first) + max(0, first + k - n)
    taps: int = places * window.size
    return taps - outside if outside else taps


class LocallyConnected1D(LocallyConnected, kind="LocallyConnected1D", rank=1): ...


class LocallyConnected2D(LocallyConnected, kind="LocallyConnected2D", rank=2): ...
