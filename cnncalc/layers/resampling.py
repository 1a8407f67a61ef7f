"""What maps of another size read: scaled, cropped to a shape, tiled by windows of nearly one size."""

from __future__ import annotations

from math import gcd

from ..dependence import Along, Reads, Taps, Through, listed, slid
from ..window import REACH, Window
from .base import Shape


def tiles(n: int, m: int) -> Taps:
    """`m` windows that cover `n` pixels: window o from ⌊o n / m⌋ to ⌈(o + 1) n / m⌉."""
    period = m // gcd(n, m)
    return Taps(tuple([range(o * n // m, -(-(o + 1) * n // m)) for o in listed(period)]), n // gcd(n, m))


def resampled(n: int, m: int, interpolation: str, antialias: bool = False) -> Taps:
    """`m` pixels from `n`: output o is taken at (o + 1/2) n / m − 1/2, by the pixels around it.

    A pixel counts where the interpolation gives it a weight: those of the cubic and the
    Lanczos kernels are 0 at whole distances.
    """
    period, advance = m // gcd(n, m), n // gcd(n, m)
    if interpolation == "nearest":
        return Taps(tuple([range(i := (2 * o + 1) * n // (2 * m), i + 1) for o in listed(period)]), advance)
    # Distances in units of 1 / 2m pixels; `one` is where the kernel has its first zero.
    one = 2 * max(n, m) if antialias else 2 * m
    reach = REACH.get(interpolation, 1) * one
    phases = []
    for o in listed(period):
        x = (2 * o + 1) * n - m
        near = range(-((reach - x) // (2 * m)), (reach + x) // (2 * m) + 1)
        read = [i for i in near if (d := abs(x - 2 * m * i)) < reach and (d == 0 or d % one)]
        tight = read == list(range(read[0], read[-1] + 1))
        phases.append(range(read[0], read[-1] + 1) if tight else tuple(read))
    return Taps(tuple(phases), advance)


def resized(x: Shape, sizes: tuple[int, int], interpolation: str = "bilinear", antialias: bool = False,
            aspect: str | None = None) -> Reads:
    """What images scaled to `sizes` read, first cropped or padded to their shape if `aspect` says so."""
    channel = Along(x.channel_axis)
    before = [0, 0]
    inner = list(x.spatial)
    if aspect:
        crop = aspect == "crop"
        for i, n in enumerate(x.spatial):
            other = 1 - i
            wanted = int(float(x.spatial[other] * sizes[i]) / sizes[other])
            wanted = max(min(n, wanted), 1) if crop else max(n, wanted)
            before[i] = int(float(wanted - n) / 2)
            # Keras crops to the size, but pads alike on both sides, and one axis only.
            inner[i] = wanted if crop else n + 2 * before[i]
        if not crop and before[0]:
            before[1], inner[1] = 0, x.spatial[1]
    taps = [resampled(n, m, interpolation, antialias) for n, m in zip(inner, sizes)]
    last = slid(x, taps, channel)
    if tuple(inner) == tuple(x.spatial):
        return last
    first = slid(x, [Window(1, padding=m - n, before=b) for m, n, b in zip(inner, x.spatial, before)], channel)
    return Through(last, x.of(inner, x.channels), first)


def centred(x: Shape, sizes: tuple[int, int]) -> Reads:
    """What the middle of images reads; smaller ones are scaled up first."""
    over = [n - m for n, m in zip(x.spatial, sizes)]
    if min(over) < 0:
        return resized(x, sizes, aspect="crop")
    return slid(x, [Window(1, padding=-d, before=-(d // 2)) for d in over], Along(x.channel_axis))


def by_tiles(n: int, many: int) -> Taps:
    """Each of `n` pixels reads the two tiles around it, of `many` that cover the pixels; the
    tiles that stick out mirror what is inside."""
    size = -(-n // many)
    rows = []
    for i in listed(n):
        first, between = divmod(2 * i + size, 2 * size)  # tiles count from 1 here
        tiles = {min(max(t - 1, 0), many - 1) for t in ((first, first + 1) if between else (first,))}
        pixels = [j % (2 * n) for t in tiles for j in range(t * size, (t + 1) * size)]
        rows.append(tuple(sorted({j if j < n else 2 * n - 1 - j for j in pixels})))
    return Taps(tuple(rows), n, True, False)


def spectrum_frames(n: int, frames: int, length: int, fft: int, step: int, first: int = 0) -> Taps:
    """What the frames of a sound read that is mirrored at its ends: `length` samples in the
    middle of `fft`, from the `first` on, the first frame around sample 0.

    In a pitch that has a single tone in it a sample and its mirror image may cancel each
    other; they count as read."""
    def mirrored(i: int) -> int:
        around = max(1, 2 * (n - 1))
        i %= around
        return i if i < n else around - i

    margin = (fft - length) // 2
    rows = [
        tuple(sorted({mirrored(o * step - fft // 2 + margin + t) for t in range(first, length)})) for o in listed(frames * length)[:frames]
    ]
    return Taps(tuple(rows), n, True, False)
