"""A window that slides along one axis, the way back up, and what a place sees through them."""

from __future__ import annotations

from collections import namedtuple

from .num import ceil_div, largest, named, smallest

#: How many pixels to each side an interpolation reads; `nearest`, which is not here, copies one.
REACH = {"bilinear": 1, "bicubic": 2, "lanczos3": 3, "lanczos5": 5}


class Window(namedtuple("Window", "size stride dilation padding before", defaults=(1, 1, 0, 0))):
    """`size` taps, `dilation` apart, moved by `stride` over an axis with padding on it.

    `padding` counts the pixels added on both sides together, `before` those in front;
    both are `None` where they depend on a size that is not known.
    """

    __slots__ = ()
    size: int
    stride: int
    dilation: int
    padding: int | None
    before: int | None

    @property
    def extent(self) -> int:
        """How many pixels it spans, its holes included."""
        return self.size if self.dilation == 1 else named("extent", self.dilation * (self.size - 1) + 1)

    def places(self, n: int | None) -> int | None:
        """How many positions it has on `n` pixels: ⌊(n + 2p − k) / s⌋ + 1, at least 0."""
        if n is None or self.padding is None:
            return None
        room = n + self.padding - self.extent
        return 0 if room < 0 else room // self.stride + 1

    def taps(self, place: int) -> list[tuple[int, int]]:
        """Its taps at a place, each with the pixel under it; before the first and behind the last are no pixels."""
        assert self.before is not None, self
        first = place * self.stride - self.before
        return [(tap, first + tap * self.dilation) for tap in range(self.size)]

    def padded(self, mode: str, n: int | None) -> Window:
        """The same window with Keras's padding `mode` turned into pixels for `n` of them.

        `same` gives ⌈n / s⌉ places, the odd pixel after; `causal` pads in front only.
        """
        if mode == "valid":
            return self
        if mode == "causal":
            # A causal window is padded in front as far as it looks back, whatever the stride.
            p = named("p", self.dilation * (self.size - 1))
            return self._replace(padding=p, before=p)
        if n is None:
            return self._replace(padding=None, before=None)
        p = named("p", largest(0, (ceil_div(n, self.stride) - 1) * self.stride + self.extent - n))
        # Keras puts the odd pixel after, not before.
        return self._replace(padding=p, before=p // 2)

    def rounded_up(self, n: int | None) -> Window:
        """The same window with as much padding behind as rounding up needs.

        PyTorch's rule: a window that would start in the padding behind is dropped.
        """
        if n is None or self.padding is None or self.before is None:
            return self._replace(padding=None)
        steps = ceil_div(n + self.padding - self.extent, self.stride)
        if steps * self.stride >= n + self.before:
            steps = steps - 1
        needed = steps * self.stride + self.extent - n
        return self._replace(padding=named("p", largest(self.padding, needed)))


class Spread(namedtuple("Spread", "size stride dilation padding crop extra", defaults=(1, 1, 0, 0, 0))):
    """The other way round: each pixel is spread over `size` taps, `stride` apart.

    Output `o` reads input `i` where `o + crop = i * stride + t * dilation` for a tap `t`.
    `crop` outputs are taken off in front and `padding` off both ends together; `extra` are
    added behind. Nearest upsampling is the case size = stride.
    """

    __slots__ = ()
    size: int
    stride: int
    dilation: int
    padding: int
    crop: int
    extra: int

    @property
    def extent(self) -> int:
        """How many outputs one pixel reaches, the holes included."""
        return self.size if self.dilation == 1 else named("extent", self.dilation * (self.size - 1) + 1)

    def places(self, n: int | None) -> int | None:
        """How many outputs `n` pixels make: (n − 1)s − 2p + k, and the extra ones."""
        if n is None:
            return None
        reached = (n - 1) * self.stride + self.extent - self.padding
        return reached + self.extra if self.extra else reached

    def taps(self, place: int) -> list[tuple[int, int]]:
        """The taps that reach an output, each with the pixel that it comes from, there or not."""
        from math import gcd

        reached = place + self.crop
        every = gcd(self.dilation, self.stride)
        if reached % every:
            return []
        # Taps that meet a pixel come `apart` of each other; the first solves tap * dilation = reached (mod stride).
        apart = self.stride // every
        first = reached // every * pow(self.dilation // every, -1, apart) % apart
        return [(tap, (reached - tap * self.dilation) // self.stride) for tap in range(first, self.size, apart)]


class Field(namedtuple("Field", "size jump start", defaults=(1, 1, 0))):
    """The span of input pixels that one output pixel sees, along one axis.

    Output pixel `i` sees `size` pixels, the first of them at `start + i * jump`
    (Araujo, Norris & Sim, 2019, eq. 2). `start` is `None` where it depends on a size that
    is not known.
    """

    __slots__ = ()

    def through(self, window: Window) -> Field:
        """What `window` sees when it slides over pixels that see this."""
        start = self.start
        if start is not None:
            start = None if window.before is None else start - window.before * self.jump
        return Field(self.size + (window.extent - 1) * self.jump, self.jump * window.stride, start)

    def join(self, other: Field) -> Field:
        """The span from the first to the last pixel that either sees; their jumps are equal."""
        assert self.jump == other.jump and self.start is not None and other.start is not None, (self, other)
        start = smallest(self.start, other.start)
        end = largest(self.start + self.size, other.start + other.size)
        return Field(end - start, self.jump, start)

    def moved(self, places: int) -> Field:
        """What the pixel `places` further sees, as if it were the first."""
        return self._replace(start=None if self.start is None else self.start + places * self.jump)
