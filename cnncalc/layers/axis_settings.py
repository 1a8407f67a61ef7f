"""Settings that have a value for each axis, or name axes: windows, padding, axes, sizes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..errors import SpecError, did_you_mean, shown
from ..num import given
from .settings import AXIS_LETTERS, REQUIRED, Setting, _item, numbers_in, whole


class PerAxis(Setting):
    """A whole number for every spatial axis: one for all, or a list with one each."""

    form = "a whole number, or one per axis"

    if TYPE_CHECKING:

        def __get__(self, layer: object, owner: object = None) -> tuple[int, ...]: ...

    def __init__(self, default: object = REQUIRED, *, symbol: str | None = None, least: int = 1):
        super().__init__(default, symbol=symbol)
        self.least = least

    def standard(self, rank: int | None) -> object:
        assert rank is not None
        return (self.default,) * rank if type(self.default) is int else self.default

    def read(self, value: object, rank: int | None) -> object:
        assert rank is not None
        if value is None and self.default is None:
            return None
        value = numbers_in(value)
        if type(value) is int:
            return (whole(value, self.least),) * rank
        if isinstance(value, (list, tuple)):
            if len(value) != rank:
                raise SpecError(f"must have {rank} number{'s' * (rank > 1)}, one per axis "
                                f"(got {shown(value)})")
            return tuple([_item(i, item, self.least, self._words(rank)) for i, item in enumerate(value)])
        return (whole(value, self.least, self._words(rank)),) * rank

    def _words(self, rank: int) -> str:
        return "a whole number" if rank == 1 else f"a whole number or a list of {rank}"

    def traced(self, value: object) -> object:
        if not isinstance(value, tuple):
            return None
        symbol = self.symbol or self.name
        if len(set(value)) == 1:
            return tuple(given(item, symbol) for item in value)
        letters = AXIS_LETTERS[len(value)]
        return tuple(given(item, symbol + letter) for item, letter in zip(value, letters))

    def written(self, value: object) -> object:
        if not isinstance(value, tuple):
            return None
        return int(value[0]) if len(set(value)) == 1 else list(value)


#: Modes of other libraries, and what they come to.
MODES = {
    "full": "'full' pads kernel_size - 1 on each side: padding: 2 for a kernel of 3",
    "half": "'half' pads kernel_size // 2 on each side: padding: 1 for a kernel of 3",
    "none": "no padding is 'valid', or padding: 0", "no": "no padding is 'valid', or padding: 0",
    "zeros": "'same' keeps the size at stride 1; a number gives the pixels on each side",
    "zero": "'same' keeps the size at stride 1; a number gives the pixels on each side",
    "same_upper": "did you mean 'same'?",
    "same_lower": "Keras puts the odd pixel at the end; to put it first, write the pixels: padding: [[1, 0], [1, 0]]",
    "explicit": "write the pixels: padding: 1, or [[before, after], [before, after]]",
}


class Padding(Setting):
    """A mode of Keras, or pixels: one number, one per axis, or (before, after) per axis.

    Pixels are held as a tuple of (before, after) pairs. `exact` is about upper and lower case.
    """

    if TYPE_CHECKING:

        def __get__(self, layer: object, owner: object = None) -> str | tuple[tuple[int, int], ...]: ...

    def __init__(self, default: str, *modes: str, causal: bool = False, exact: bool = False):
        super().__init__(default, symbol="p")
        self.modes = (default, *modes)
        self.causal = causal
        self.exact = exact
        self.form = " or ".join(map(repr, self.modes)) + ", or pixels"

    def read(self, value: object, rank: int | None) -> object:
        assert rank is not None
        if isinstance(value, str):
            mode = value if self.exact else value.lower()
            if mode in self.modes:
                return mode
            if self.causal and mode == "causal":
                if rank == 1:
                    return mode
                raise SpecError("'causal' is for one axis only", hint="use 'same' or pixels")
            value = numbers_in(value)
        if isinstance(value, str):
            raise SpecError(f"must be {self.form} (got {shown(value)})",
                            hint=MODES.get(value.lower()) or did_you_mean(value, self.modes))
        if value is None or isinstance(value, (bool, dict)):
            raise SpecError(f"must be {self.form} (got {shown(value)})")
        return read_pairs(value, rank)

    def traced(self, value: object) -> object:
        if not isinstance(value, tuple):
            return value
        return tuple(
            (given(a, "p"), given(b, "p")) if a == b else (given(a, "p_before"), given(b, "p_after"))
            for a, b in value
        )

    def written(self, value: object) -> object:
        return written_pairs(value) if isinstance(value, tuple) else value


class Pairs(Setting):
    """Pixels on both sides of every axis, as Keras's ZeroPadding and Cropping take them."""

    form = "a whole number, one per axis, or [before, after] per axis"

    if TYPE_CHECKING:

        def __get__(self, layer: object, owner: object = None) -> tuple[tuple[int, int], ...]: ...

    def standard(self, rank: int | None) -> object:
        return ((self.default, self.default),) * (rank or 1)

    def read(self, value: object, rank: int | None) -> object:
        assert rank is not None
        value = numbers_in(value)
        if rank == 1 and isinstance(value, (list, tuple)):
            # Keras reads a list as (before, after) on a single axis.
            words = "a whole number or [before, after]"
            if len(value) != 2:
                raise SpecError(f"must be {words} (got {shown(value)})")
            return ((whole(value[0], 0, words), whole(value[1], 0, words)),)
        return read_pairs(value, rank)

    def traced(self, value: object) -> object:
        assert isinstance(value, tuple)
        return tuple((given(a, "before"), given(b, "after")) for a, b in value)

    def written(self, value: object) -> object:
        assert isinstance(value, tuple)
        return list(value[0]) if len(value) == 1 else written_pairs(value)


def read_pairs(value: object, rank: int) -> tuple[tuple[int, int], ...]:
    """(before, after) per axis from a number, a list per axis or a list of pairs."""
    words = "a whole number" if rank == 1 else f"a whole number, a list of {rank}, or {rank} pairs"
    if not isinstance(value, (list, tuple)):
        return ((whole(value, 0, words),) * 2,) * rank
    if len(value) != rank:
        raise SpecError(f"must be {words} (got {shown(value)})")
    pairs = []
    for item in value:
        if isinstance(item, (list, tuple)):
            if len(item) != 2:
                raise SpecError(f"must have [before, after] for each axis (got {shown(value)})")
            pairs.append((whole(item[0], 0), whole(item[1], 0)))
        else:
            pairs.append((whole(item, 0, words),) * 2)
    return tuple(pairs)


def written_pairs(value: Iterable[tuple[int, int]]) -> object:
    """The shortest way to say `value`."""
    if any(a != b for a, b in value):
        return [list(pair) for pair in value]
    sides = [int(a) for a, _ in value]
    return sides[0] if len(set(sides)) == 1 else sides


class Axis(Setting):
    """One axis of Keras: the batch is axis 0, negative ones count from the end."""

    form = "an axis"

    if TYPE_CHECKING:

        def __get__(self, layer: object, owner: object = None) -> int: ...

    def read(self, value: object, rank: int | None) -> object:
        return whole(value, -64, "an axis", 64)


class Axes(Setting):
    """An axis of Keras, or several: the batch is axis 0, negative ones count from the end."""

    form = "an axis, or a list of axes"

    def read(self, value: object, rank: int | None) -> object:
        if value is None and self.default is None:
            return None
        value = numbers_in(value)
        if isinstance(value, (list, tuple)):
            if len(value) > 64:
                raise SpecError(f"names too many axes (got {shown(value)})")
            return tuple(whole(item, -64, "an axis or a list of axes", 64) for item in value)
        return whole(value, -64, "an axis or a list of axes", 64)


class Offsets(Setting):
    """How many places something is moved: a whole number, or one for each axis."""

    form = "a whole number, or a list of them"

    def read(self, value: object, rank: int | None) -> object:
        if isinstance(value, (list, tuple)):
            if len(value) > 64:
                raise SpecError(f"names too many axes (got {shown(value)})")
            return tuple(whole(item, -(10**9), self.form, 10**9) for item in value)
        return whole(value, -(10**9), self.form, 10**9)


class Sizes(Setting):
    """A list of sizes, of `count` of them if that is given; `open_ended` ones may be unknown."""

    form = "a list of sizes"

    def __init__(self, default: object = REQUIRED, *, least: int = 1, open_ended: bool = False, count: int | None = None):
        super().__init__(default)
        self.least = least
        self.open_ended = open_ended
        self.count = count

    def read(self, value: object, rank: int | None) -> object:
        if value is None and self.default is None:
            return None
        value = numbers_in(value)
        if not isinstance(value, (list, tuple)):
            value = [value]
        if len(value) > 64:
            raise SpecError(f"has too many sizes (got {shown(value)})")
        if self.count not in (None, len(value)):
            raise SpecError(f"must have {self.count} sizes (got {shown(value)})")
        return tuple([
            None if item is None and self.open_ended else _item(i, item, self.least, "whole numbers")
            for i, item in enumerate(value)
        ])
