"""What layers take and give: shapes, weights, and the windows that slide over a shape."""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Iterable
from typing import Any

from ..errors import SpecError
from ..num import given
from ..window import Window
from .settings import AXIS_LETTERS

#: All axes of an output, the batch among them.
Full = tuple[Any, ...]


class Shape(tuple[Any, ...]):
    """One example's sizes, without the batch; `None` is a size that is not known."""

    __slots__ = ()
    #: Whether it has all of a tensor's sizes, the batch included (PyTorch only).
    whole = False
    #: The size of the batch; `None`: any.
    batch: int | None = None

    @property
    def full(self) -> Full:
        """All sizes of the tensor, the batch in front."""
        return (None, *self)

    @property
    def channels(self) -> Any:
        return self[-1]

    @property
    def spatial(self) -> Full:
        return self[:-1]

    @property
    def channel_axis(self) -> int:
        return len(self) - 1

    @property
    def spatial_axes(self) -> range:
        return range(len(self) - 1)

    def of(self, spatial: Iterable[object], channels: object) -> Shape:
        """A shape in the same data format."""
        return Shape((*spatial, channels))

    def __str__(self) -> str:
        if len(self) == 1:
            return f"({self[0]},)"
        return "(" + ", ".join(map(str, self)) + ")"


class BatchShape(Shape):
    """The same with the size of the batch, as far as it is known; a tensor of no axes has not even a batch."""

    def __new__(cls, sizes: Iterable[int | None], batch: int | None = None, scalar: bool = False) -> BatchShape:
        made = super().__new__(cls, sizes)
        made.batch, made.scalar = batch, scalar
        return made

    scalar: bool

    @classmethod
    def of_tensor(cls, full: Full) -> BatchShape:
        """The tensor of these sizes, whatever stands for its batch now."""
        return cls(full[1:], full[0] if full else None, not full)

    @property
    def full(self) -> Full:
        return () if self.scalar else (self.batch, *self)

    def __eq__(self, other: object) -> bool:
        return other is not UNKNOWN and super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = Shape.__hash__


def channels_come_first(x: Full) -> bool:
    """Whether these sizes look like an image in PyTorch's order: 3 x 224 x 224."""
    return len(x) == 3 and None not in x and x[0] <= 4 < min(x[1:])


def broadcast(a: Full, b: Full) -> Full:
    """Two shapes as one: an axis of size 1 is repeated; a known size stands for an unknown one."""
    rank = max(len(a), len(b))
    sizes = []
    for m, n in zip((1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b):
        if m == 1 or (m is None and n != 1):
            sizes.append(n)
        elif n in (1, None) or m == n:
            sizes.append(m)
        else:
            raise SpecError(f"its arguments {Shape(a)} and {Shape(b)} differ: {m} and {n}", (),
                            "the batch is counted, as None")
    return tuple(sizes)


class ChannelsFirst(Shape):
    """The same with the channels in front."""

    __slots__ = ()

    @property
    def channels(self) -> Any:
        return self[0]

    @property
    def spatial(self) -> Full:
        return self[1:]

    @property
    def channel_axis(self) -> int:
        return 0

    @property
    def spatial_axes(self) -> range:
        return range(1, len(self))

    def of(self, spatial: Iterable[object], channels: object) -> Shape:
        return ChannelsFirst((channels, *spatial))


class _Unknown(Shape):
    """The shape of which nothing is known, not even its number of axes.

    As a tuple it has one unknown size, so that every count made from it is unknown.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    __hash__ = object.__hash__

    def __str__(self) -> str:
        return "?"


UNKNOWN = _Unknown((None,))


class Weight(namedtuple("Weight", "name shape trainable dtype", defaults=(True, None))):
    """An array that a layer owns; `count` is the product of its `shape`.

    `dtype` is given where it is not the layer's own.
    """

    __slots__ = ()
    name: str
    shape: tuple[int, ...]
    trainable: bool
    dtype: str | None

    @property
    def count(self) -> int:  # type: ignore[override]
        return math.prod(self.shape)


def ceil_half(n: int) -> int:
    """⌈n / 2⌉."""
    return (n + 1) // 2


def times(sizes: Iterable[int | None]) -> str:
    """Sizes as people say them: 5x5."""
    return "x".join("?" if n is None else str(n) for n in sizes)


def slide(x: Shape, size: Iterable[int], strides: Iterable[int], dilation: Iterable[int],
          padding: str | Iterable[tuple[int, int]]) -> tuple[Window, ...]:
    """A window along each spatial axis of `x`, its padding turned into pixels."""
    if padding == "valid":
        return tuple([Window(k, s, d) for k, s, d in zip(size, strides, dilation)])
    if isinstance(padding, str):
        return tuple([
            Window(k, s, d).padded(padding, n)
            for k, s, d, n in zip(size, strides, dilation, x.spatial)
        ])
    return tuple([
        Window(k, s, d, *_total(pair)) for k, s, d, pair in zip(size, strides, dilation, padding)
    ])


def _total(pair: tuple[int, int]) -> tuple[int, int]:
    before, after = pair
    # The textbook's 2p, where both sides are alike.
    return (2 * before if before == after else before + after), before


def symbolic(n: object) -> bool:
    """Whether a size is a multiple of PyTorch's N that is not given: its `size` is then `None`."""
    return type(n) is not int and n is not None and getattr(n, "size", n) is None


def shape_letters(x: Shape) -> Shape:
    """The textbook's letters in the place of each size: n (or h, w) and c; n of a vector.

    Of a whole tensor, the batch is N where the shape is that of feature maps or the batch has no number, and other axes have numbers.
    """
    maps = not x.whole or type(x).spatial is not Shape.spatial
    letters = [symbol.strip("_") or "n" for symbol in AXIS_LETTERS.get(len(x.spatial), ())] if maps else []
    return type(x)([s if isinstance(s, str) else "N" for s in x.of(letters, "c")]) if letters else Shape(
        ["N" if symbolic(n) else f"n{i + 1}" if len(x) > 1 else "n" for i, n in enumerate(x)])


def input_givens(x: Shape, viewed: Shape, mark: str = "") -> Shape:
    """`x` as givens under its letters, but for a share of the batch; `mark` tells several inputs apart."""
    return type(viewed)([n if n is None or getattr(n, "share", 1) != 1 else given(n, s + mark) for n, s in zip(viewed, shape_letters(viewed))])
