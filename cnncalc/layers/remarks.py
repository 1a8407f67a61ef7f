"""Sentences about windows that slide: what the floor drops, where the padding goes."""

from __future__ import annotations

from collections.abc import Iterator

from ..window import Spread, Window
from .shape import Shape

#: For each number of spatial axes what a line across each is called.
_LINES = {1: ("step",), 2: ("row", "column"), 3: ("slice", "row", "column")}


def of_windows(windows: tuple[Window | Spread, ...] | None, x: Shape | None, padding: object) -> Iterator[str]:
    """What windows on `x` leave out and where their padding lies."""
    if not windows or x is None or len(windows) not in _LINES:
        return
    axes = [(w, n, line) for w, n, line in zip(windows, x.spatial, _LINES[len(windows)]) if isinstance(w, Window)]
    if len(axes) < len(windows):
        return
    if padding == "same":
        yield from _odd_pixels(axes)
    dropped = [_counted(_dropped(w, n), line) for w, n, line in axes if _dropped(w, n)]
    if dropped:
        yield f"the floor drops {' and '.join(dropped)}: too little is left there for another window"
    jumped = [f"{w.stride - w.extent} {line}{'s' * (w.stride - w.extent > 1)}"
              for w, n, line in axes if w.stride > w.extent and (w.places(n) or 0) > 1]
    if jumped:
        yield f"the stride is larger than the window: {' and '.join(jumped)} between two windows are never read"


def _odd_pixels(axes: list[tuple[Window, int | None, str]]) -> Iterator[str]:
    odd = []
    for w, _, line in axes:
        if w.padding is not None and w.before is not None and w.padding % 2:
            before, after = w.before, w.padding - w.before
            odd.append(f"{w.padding} {line}{'s' * (w.padding > 1)} ({before} before, {after} after)")
    if odd:
        yield f"'same' needs {' and '.join(odd)}: Keras puts the odd one at the end"


def _dropped(w: Window, n: int | None) -> int:
    """How many pixels of the map itself lie behind the last window."""
    places = w.places(n)
    if not places or n is None or w.padding is None or w.before is None or w.padding < 0:  # cropped on purpose
        return 0
    return max(0, int(n) + int(w.before) - (int(places) - 1) * int(w.stride) - int(w.extent))


def _counted(n: int, line: str) -> str:
    return f"the last {line}" if n == 1 else f"the last {n} {line}s"
