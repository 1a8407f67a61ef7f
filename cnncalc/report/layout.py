"""How large the page shows the units of each layer."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, prod, sqrt
from typing import TypedDict

#: The longer side of the largest input and of the largest other map, and the shortest one, in CSS pixels.
INPUT, MAP, LEAST = 260, 110, 36
#: The height of a sequence.
STRIP = 16
#: The most pixels of a canvas along one side; longer ones show several units in each.
MOST = 2_048
#: The largest size of one unit.
UNIT = 14


class View(TypedDict):
    """The canvas of a map: tiles of rows and columns side by side, `across` in a row and `gap` apart.

    `wide` and `high` count units, `width` and `height` the canvas's pixels of `block` units each; `css` styles the frame.
    """

    rows: int
    columns: int
    across: int
    gap: int
    wide: int
    high: int
    block: int
    width: int
    height: int
    css: str


class Layout:
    """The views of all maps of a network, drawn to one scale."""

    def __init__(self, sizes: Sequence[Sequence[int]]):
        self.is_sequence = max([len(one) for one in sizes], default=0) < 2
        self.largest = max([max(self._sides(one)) for one in sizes if len(one) > 1], default=1)

    def view(self, sizes: Sequence[int], is_input: bool) -> View:
        rows, columns = [1, 1, *sizes][-2:]
        across, gap = self._tiles(sizes)
        wide, high = self._sides(sizes)
        block = ceil(max(wide, high) / MOST)
        return {"rows": rows, "columns": columns, "across": across, "gap": gap, "wide": wide, "high": high, "block": block,
                "width": ceil(wide / block), "height": ceil(high / block), "css": self._css(sizes, wide, high, is_input)}  # fmt: skip

    def _tiles(self, sizes: Sequence[int]) -> tuple[int, int]:
        tiles = prod(sizes[:-2])
        return ceil(sqrt(tiles)), int(tiles > 1)

    def _sides(self, sizes: Sequence[int]) -> tuple[int, int]:
        rows, columns = [1, 1, *sizes][-2:]
        across, gap = self._tiles(sizes)
        return across * (columns + gap) - gap, ceil(prod(sizes[:-2]) / across) * (rows + gap) - gap

    def _css(self, sizes: Sequence[int], wide: int, high: int, is_input: bool) -> str:
        """The size of the frame, and of a unit in it where they are large enough for lines between them."""
        if len(sizes) == 1 and self.is_sequence:
            return f"width: 100%; height: {STRIP}px"
        room = INPUT if is_input else MAP
        if len(sizes) == 1:
            return f"width: {max(LEAST, min(room, wide * UNIT))}px; height: {STRIP}px"
        longest = max(wide, high)
        unit = min(UNIT, max(LEAST, room * sqrt(min(1, longest / self.largest))) / longest)
        if unit >= 1:
            unit = int(unit)
        lines = f"; --unit: {unit}px" if unit >= 4 else ""
        return f"width: {max(4, wide * unit):.4g}px; height: {max(4, high * unit):.4g}px{lines}"
