"""How far the values of a tensor lie apart in memory, as far as it is known: what `view` needs to know.

A tensor is plain (`None`: its values in order), has known strides (a tuple), or unknown ones (`UNKNOWN`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from ...pytorch.shapes import Batch

Strides: TypeAlias = tuple[int, ...] | None
#: Strides that are not followed.
UNKNOWN: tuple[int, ...] = ()
#: Functions that only move axes, and those that keep a plain tensor plain though they share its memory.
MOVES = frozenset(("permute", "transpose", "swapaxes", "swapdims", "t", "T", "mT", "H", "mH", "adjoint", "movedim", "moveaxis"))
_PLAIN = frozenset(("contiguous",))
_PIECES = frozenset(("select", "narrow", "chunk", "split", "split_with_sizes", "tensor_split", "unbind", "__getitem__", "expand", "expand_as",
                     "broadcast_to", "diagonal", "unfold", "einsum", "detach", "to", "index_select", "rot90", "flip", "roll", "rearrange", "repeat", "reduce"))


def sizes_of(shape: Sequence[int | Batch | None]) -> list[int]:
    """Sizes as numbers: two examples where the batch is a symbol."""
    return [n.numbered(2) if isinstance(n, Batch) and n.size is None else int(n or 1) for n in shape]


def in_order(sizes: Sequence[int]) -> tuple[int, ...]:
    """The strides of values in order."""
    found, step = [], 1
    for n in reversed(sizes):
        found.append(step)
        step *= max(n, 1)
    return tuple(reversed(found))


def after(name: str, layer: Any, shape: Sequence[int | Batch | None], strides: Sequence[Strides]) -> Strides:
    """The strides of what a function makes of a tensor of this shape; `strides` are those of all its tensors."""
    first = strides[0] if strides else None
    if name in _PLAIN:
        return None
    if name in MOVES and first != UNKNOWN:
        own = in_order(sizes_of(shape)) if first is None else first
        moved = tuple([own[axis] for axis in layer.axes(shape)])
        return None if first is None and list(layer.axes(shape)) == list(range(len(shape))) else moved
    return None if name not in _PIECES and all([s is None for s in strides]) else UNKNOWN


def viewable(sizes: Sequence[int], strides: Sequence[int], target: Sequence[int]) -> bool:
    """Whether a tensor can be seen in another shape without a copy: each run of axes in order is cut by itself."""
    at, inside, seen, base = len(target) - 1, 1, 1, strides[-1]
    for d in reversed(range(len(sizes))):
        inside *= sizes[d]
        if d == 0 or (sizes[d - 1] != 1 and strides[d - 1] != inside * base):
            while at >= 0 and (seen < inside or target[at] == 1):
                seen *= target[at]
                at -= 1
            if seen != inside:
                return False
            if d:
                inside, seen, base = 1, 1, strides[d - 1]
    return at == -1
