"""What stands around a tensor that is padded: a constant, its own values mirrored, repeated or wrapped around."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..layers.base import Shape
from ..window import Window
from .base import refusal

if TYPE_CHECKING:
    from ..dependence import Taps


def edge_taps(n: int, before: int, after: int, mode: str) -> Window | Taps:
    """Which of `n` values each padded one is."""
    from ..dependence import listed, table

    n, before, after = int(n), int(before), int(after)
    if mode in ("constant", "zeros"):
        return Window(1, padding=before + after, before=before)
    rows = []
    for o in listed(n + before + after):
        i = o - before
        if mode == "circular":
            i %= n
        elif mode == "replicate":
            i = max(0, min(i, n - 1))
        elif n > 1:  # mirrored, without the edge itself
            i = abs(i) % (2 * n - 2)
            i = min(i, 2 * n - 2 - i)
        rows.append(range(i, i + 1))
    return table(rows, n)


def check_edge(x: Shape, axis: int, n: int | None, pair: tuple[int, int], mode: str, setting: str) -> None:
    """Refuse more padding than there is to mirror or to wrap around."""
    most = {"reflect": -1, "circular": 0}.get(mode)
    if most is None or n is None or pair == (0, 0) or max(pair) <= n + most:
        return
    sizes = "[" + ", ".join(map(str, x)) + "]"
    text = (f"Padding size should be less than the corresponding input dimension, but got: padding ({pair[0]}, {pair[1]}) "
            f"at dimension {axis} of input {sizes}") if mode == "reflect" else "Padding value causes wrapping around more than once."
    raise refusal(f"padding {max(pair)} needs at least {max(pair) - most} pixels, and the input has {n}", (setting,), None, text)
