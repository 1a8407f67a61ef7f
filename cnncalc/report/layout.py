"""How large the page shows the units of each layer."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, prod, sqrt
from typing import TypedDict

#: The longer side of the largest input and of the largest other map, and the shortest one, in CSS pixels.
INPUT, MAP, LEAST = 260, 110, 36
#: The height of a sequence.
STRIP = 16
#: The pixels of a canvas that is as wide as the page.
PAGE = 1_000
#: The largest size of one unit.
UNIT = 14


class View(TypedDict):
    """The canvas of a map: tiles of rows and columns side by side, `across` in a row and `gap` apart.

    The `canvas` has pixels of `block` units each, so that none is too small to be seen, and `wide` and `high` are its
    sides in units; `css` styles the frame.
    """

    rows: int
    columns: int
    across: int
    gap: int
    wide: int
    high: int
    block: int
    canvas: dict[str, int]
    css: str
    input: bool


class Layout:
    """The views of all maps of a network, drawn to one scale."""

    def __init__(self, sizes: Sequence[Sequence[int]]):
        self.is_sequence = max([len(one) for one in sizes], default=0) < 2
        self.largest = max([max(self._sides(one)) for one in sizes if len(one) > 1], default=1)

    def view(self, sizes: Sequence[int], is_input: bool) -> View:
        rows, columns = [1, 1, *sizes][-2:]
        across, gap = self._tiles(sizes)
        wide, high = self._sides(sizes)
        css, unit = self._frame(sizes, wide, high, gap, is_input)
        block = max(1, ceil(1 / unit))
        width, height = ceil(wide / block), ceil(high / block)
        return {"rows": rows, "columns": columns, "across": across, "gap": gap, "wide": width * block, "high": height * block,
                "block": block, "canvas": {"width": width, "height": height}, "css": css, "input": is_input}

    def _tiles(self, sizes: Sequence[int]) -> tuple[int, int]:
        tiles = prod(sizes[:-2])
        return ceil(sqrt(tiles)), int(tiles > 1)

    def _sides(self, sizes: Sequence[int]) -> tuple[int, int]:
        rows, columns = [1, 1, *sizes][-2:]
        across, gap = self._tiles(sizes)
        return across * (columns + gap) - gap, ceil(prod(sizes[:-2]) / across) * (rows + gap) - gap

    def _frame(self, sizes: Sequence[int], wide: int, high: int, gap: int, is_input: bool) -> tuple[str, float]:
        """The style of the frame, with the distances of lines between tiles or large units; and a unit's size in pixels."""
        room = INPUT if is_input else MAP
        if len(sizes) == 1:
            width = max(LEAST, min(room, wide * UNIT))
            style = f"width: {'100%' if self.is_sequence else f'{width}px'}; height: {STRIP}px"
            return style, (PAGE if self.is_sequence else width) / wide
        longest = max(wide, high)
        unit = min(UNIT, max(LEAST, room * sqrt(min(1, longest / self.largest))) / longest)
        if unit >= 1:
            unit = int(unit)
        style = f"width: {max(4, wide * unit):.4g}px; height: {max(4, high * unit):.4g}px"
        if gap or unit >= 4:
            steps = [n + 1 if gap else 1 for n in sizes[:-3:-1]]
            style += "".join([f"; --{axis}: {100 * step / (side + gap):.6g}%" for axis, step, side in zip("xy", steps, (wide, high))])
        return style, unit
