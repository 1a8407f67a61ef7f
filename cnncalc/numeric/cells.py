"""One number of a map, with all that it was made of, and the map that such numbers make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..arrays import Array, Number, places, plain, root
from ..errors import SpecError

#: Along each spatial axis: the taps of a window, each with the pixel under it, if there is one.
Frame = tuple[list[tuple[int, int | None]], ...]


class Cell(NamedTuple):
    """How one number came about.

    `op` says what was done with `values`: "products" (each times its weight, added up, plus
    the bias), "max", "min", "mean", "copy", "sum", "difference", "product", "norm", "function".
    A window's values stand channel by channel, for each in the order of its `frame`; `None` is
    padding.
    """

    op: str
    value: Number
    values: Sequence[Number | None]
    weights: Sequence[Number] | None = None
    frame: Frame = ()
    channels: Sequence[int] = ()
    bias: Number | None = None
    total: Number = 0
    #: Which of the layer's inputs it reads.
    source: int = 0
    #: Of a norm its constants by name, of a function its name and settings.
    more: dict[str, Any] = {}


class Stage:
    """A map that a layer computes: its output, or one on the way there.

    `cell(index)` gives the working of the number at a place; `reads` says which stage of the
    same layer it works on, `None` for the layer's inputs.
    """

    def __init__(self, name: str, shape: Sequence[int], cell: Callable[[tuple[int, ...]], Cell],
                 reads: int | None = None):
        self.name = name
        self.cell = cell
        self.reads = reads
        self.array = Array(shape, [plain(cell(place).value) for place in places(shape)])


def weighted_sum(values: Sequence[Number | None], weights: Sequence[Number]) -> Number:
    """Each value times its weight, added up; padding adds nothing."""
    total: Number = 0
    for value, weight in zip(values, weights):
        if value:
            total += value * weight
            if type(total) is not int:
                total = plain(total)
    return total


def mean_of(values: Sequence[Number]) -> Number:
    """The values added up, over how many there are."""
    from ..arrays import ratio

    return ratio(weighted_sum(values, [1] * len(values)), len(values))


def there(values: Sequence[Number | None]) -> list[Number]:
    """The values that are not padding; SpecError if there is none."""
    found = [value for value in values if value is not None]
    if not found:
        raise SpecError("a window lies in the padding alone")
    return found


def deviation(variance: Number, epsilon: Number) -> Number:
    """√(variance + ε), exactly where it is a ratio of whole numbers."""
    square = variance + epsilon
    if square < 0:
        raise SpecError(f"a variance of {square} has no root", (), "the moving variance is at least 0")
    if not square:
        raise SpecError("the variance and epsilon are 0, and nothing can be divided by their root", ("epsilon",))
    return root(square)
