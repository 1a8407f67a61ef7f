"""Shapes that include the batch, whose size may be the symbol N.

A graph holds the shape of one example wherever the batch is the first axis, as for Keras.
Everywhere else (the batch on another axis, merged with one, or absent) it holds a `Whole`.
PyTorch's rules see all axes: `whole` adds the batch, and `example` removes it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from ..errors import SpecError
from ..layers.shape import ChannelsFirst, Shape
from ..layers.shape import symbolic as symbolic
from ..num import Num


class NeedsBatch(SpecError):
    """Something that only a batch size settles; `place` is where the program asks for it."""

    def __init__(self, problem: str):
        super().__init__(problem, (), "give it with --batch, such as --batch 2")
        self.place: object = None


class Batch(int):
    """A multiple of the batch size: `share` × N ** `power`.

    N is a symbol where `size` is `None`; the integer itself is then the value for N = 1.
    A symbol equals only the same multiple of N, and never a number: N is not 1.
    """

    share: Fraction
    size: int | None
    power: int

    def __new__(cls, share: Fraction | int = 1, size: int | None = None, power: int = 1) -> Batch:
        self = super().__new__(cls, int(share * (1 if size is None else size) ** power))
        self.share, self.size, self.power = Fraction(share), size, power
        return self

    def _scaled(self, share: Fraction, power: int) -> int | float:
        if power == 0:
            return int(share) if share.denominator == 1 else float(share)
        return Batch(share, self.size, power)

    def __mul__(self, other: object) -> Any:
        if isinstance(other, Batch):
            return self._scaled(self.share * other.share, self.power + other.power)
        if isinstance(other, (int, float)):
            return Batch(self.share * Fraction(other), self.size, self.power) if other else 0
        return NotImplemented

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Any:
        if isinstance(other, Batch):
            return self._scaled(self.share / other.share, self.power - other.power)
        if isinstance(other, (int, float)):
            return Batch(self.share / Fraction(other), self.size, self.power)
        return NotImplemented

    def __floordiv__(self, other: int) -> Any:
        if self.size is not None and int(self) % int(other):
            return int(self) // int(other)
        return self / other

    def __add__(self, other: int) -> Any:
        if type(other) is Num:
            return NotImplemented  # in a working, N stands for one example
        if isinstance(other, Batch) and other.power == self.power:
            total = self.share + other.share
            return Batch(total, self.size, self.power) if total else 0
        if isinstance(other, (int, float)) and other == 0 and not isinstance(other, Batch):
            return self
        return self._number() + other

    __radd__ = __add__

    def __sub__(self, other: int) -> Any:
        return self + -other

    def __rsub__(self, other: int) -> Any:
        return -self + other

    def __neg__(self) -> Batch:
        return Batch(-self.share, self.size, self.power)

    def __mod__(self, other: int) -> Any:
        if self.size is None and isinstance(other, int) and (self.share / int(other)).denominator == 1:
            return 0
        return self._number() % int(other)

    def numbered(self, size: int) -> int:
        """Its value for a batch size."""
        return int(self.share * size ** self.power)

    def _number(self) -> int:
        """The size as a number, for arithmetic that a multiple of N cannot follow."""
        if self.size is None:
            raise NeedsBatch("depends on the batch size in a way that needs a number")
        return int(self)

    def __eq__(self, other: object) -> bool:
        if self.size is not None:
            return int(self) == other if not isinstance(other, Batch) else int(self) == int(other)
        return isinstance(other, Batch) and (self.share, self.power) == (other.share, other.power)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.share, self.power, "N")) if self.size is None else int.__hash__(self)

    def __str__(self) -> str:
        if self.size is not None:
            return int.__repr__(self)
        letter = "N" if self.power == 1 else f"N^{self.power}"
        return letter if self.share == 1 else f"{self.share} {letter}"

    __repr__ = __str__


#: The batch size while it is not given.
N = Batch()


class Whole(Shape):
    """All sizes of a tensor, the batch included wherever it is."""

    __slots__ = ()
    whole = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Whole) and tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(("whole", *self))


class Batched(Whole):
    """All sizes of feature maps: the batch, then the channels, then the spatial axes."""

    __slots__ = ()

    @property
    def channels(self) -> Any:
        return self[1]

    @property
    def spatial(self) -> tuple[int | None, ...]:
        return self[2:]

    @property
    def channel_axis(self) -> int:
        return 1

    @property
    def spatial_axes(self) -> range:
        return range(2, len(self))

    def of(self, spatial: Iterable[object], channels: object) -> Shape:
        return Batched((self[0], channels, *spatial))


class Unbatched(Whole):
    """All sizes of feature maps without a batch: the channels, then the spatial axes."""

    __slots__ = ()
    channels = ChannelsFirst.channels
    spatial = ChannelsFirst.spatial
    channel_axis = ChannelsFirst.channel_axis
    spatial_axes = ChannelsFirst.spatial_axes

    def of(self, spatial: Iterable[object], channels: object) -> Shape:
        return Unbatched((channels, *spatial))


def leading(sizes: Iterable[int | None]) -> list[int | None]:
    """Sizes without a plain N: how often something is done for one example."""
    return [n for n in sizes if not (symbolic(n) and n == N)]


def has_batch(sizes: Iterable[int | None]) -> bool:
    """Whether the batch is one of these sizes."""
    return any([type(n) is Batch for n in sizes])


def lead(x: Shape) -> int | None:
    """How many feature maps a shape holds: 1 for one example."""
    return x[0] if type(x) is Batched else 1


def whole(x: Shape) -> Whole:
    """All sizes of a tensor: the shape of one example gets the batch in front."""
    return Whole(x) if x.whole else Whole((N, *x))


def example(y: Shape) -> Shape:
    """The shape of one example where the batch is the first axis and nowhere else; otherwise all sizes."""
    if not y.whole:
        return y
    first, rest = (y[0], y[1:]) if y else (None, ())
    if symbolic(first) and first == N and not any([type(n) is Batch for n in rest]):
        return Shape(rest)
    return y if type(y) is Whole else Whole(y)


def maps(x: Shape, rank: int) -> Shape:
    """The shape as feature maps with `rank` spatial axes, with or without a batch."""
    if not x.whole:
        return ChannelsFirst(x)
    return Batched(x) if len(x) == rank + 2 else Unbatched(x)


def told(x: Shape) -> str:
    """A shape in a message: (N, 16, 5, 5)."""
    return str(whole(x)) if type(x) is not ChannelsFirst else str(Whole((N, *x)))


def bracketed(sizes: Iterable[int | None]) -> str:
    """Sizes as PyTorch's messages write them: [64, 3, 7, 7]."""
    return "[" + ", ".join(map(str, sizes)) + "]"
