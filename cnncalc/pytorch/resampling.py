"""Which pixels an interpolated pixel is worked out from, by PyTorch's rules."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from ..dependence import Taps, listed, table
from ..layers.resampling import resampled, tiles

#: The names that the rule for whole scales has for the modes of more or fewer axes.
_LIKE = {"linear": "bilinear", "trilinear": "bilinear", "nearest-exact": "nearest"}


def taps(n: int, m: int, mode: str, align_corners: bool, scale: float | None) -> Taps:
    """What each of `m` pixels reads of `n`; `scale` is the factor where it was given."""
    n, m = int(n), int(m)
    if mode == "area":
        return tiles(n, m)
    whole_scale = m % n == 0 and not align_corners
    if whole_scale and (scale is None or scale == m // n):
        return resampled(1, m // n, _LIKE.get(mode, mode))
    step = Fraction(1, 1) / Fraction(scale) if scale else Fraction(n, m)
    if align_corners:
        step = Fraction(n - 1, m - 1) if m > 1 else Fraction(0)
    return table([_read(o, n, mode, align_corners, step) for o in listed(m)], n)


def _read(o: int, n: int, mode: str, align_corners: bool, step: Fraction) -> range:
    """The pixels that one output reads."""
    if mode.startswith("nearest"):
        at = floor((o + Fraction(1, 2)) * step) if mode == "nearest-exact" else floor(o * step)
        return range(min(at, n - 1), min(at, n - 1) + 1)
    place = o * step if align_corners else (o + Fraction(1, 2)) * step - Fraction(1, 2)
    reach = 2 if mode == "bicubic" else 1
    if reach == 1:
        place = max(place, Fraction(0))
    first = floor(place)
    if first == place:
        return range(max(0, min(first, n - 1)), max(0, min(first, n - 1)) + 1)
    return range(max(0, min(first - reach + 1, n - 1)), min(first + reach, n - 1) + 1)
