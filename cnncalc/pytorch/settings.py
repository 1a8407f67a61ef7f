"""Settings as PyTorch reads them: truth values of any kind, whole numbers that no float replaces, pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import SpecError, did_you_mean, shown
from ..layers.axis_settings import Padding, PerAxis
from ..layers.settings import REQUIRED, Count, Flag, Setting, whole
from ..num import given


def whole_number(value: object, least: int, words: str = "a whole number") -> int:
    """`value` as an integer; PyTorch takes no float, whatever its value."""
    if type(value) is float:
        hint = "use // for a whole number: / gives a float in Python 3" if value.is_integer() else None
        raise SpecError(f"must be {words} (got {value})", (), hint)
    return whole(value, least, words)


class Size(Count):
    """A whole number of at least `least`, and no float."""

    def read(self, value: object, rank: int | None) -> object:
        if value is None and self.default is None:
            return None
        return whole_number(value, self.least)


class Dim(Count):
    """An axis: 0 is the batch, negative ones count from the end."""

    def __init__(self, default: object = REQUIRED):
        super().__init__(default, least=-64)

    def traced(self, value: object) -> object:
        return value


class Bool(Flag):
    """Anything that is true or false to Python."""

    def read(self, value: object, rank: int | None) -> object:
        return bool(value) if value is None or isinstance(value, (int, float)) else super().read(value, rank)


class Alike(tuple[int, ...]):
    """One number for every axis, given as one."""

    __slots__ = ()


class Each(PerAxis):
    """A whole number for every spatial axis: one for all, or a tuple with one each."""

    def read(self, value: object, rank: int | None) -> tuple[int | None, ...] | None:
        assert rank is not None
        if value is None and self.default is None:
            return None
        if isinstance(value, (list, tuple)):
            if len(value) == 1 and rank != 1:
                value = value * rank
            if len(value) != rank:
                raise SpecError(f"must have {rank} number{'s' * (rank > 1)}, one per axis (got {shown(value)})")
            return tuple([whole_number(item, self.least) for item in value])
        return Alike((whole_number(value, self.least),) * rank)


class Pixels(Padding):
    """Pixels on both sides: one number, or one per axis; where `modes` are, also 'same' and 'valid'."""

    if TYPE_CHECKING:  # a mode is declared as Padding

        def __get__(self, layer: object, owner: object = None) -> tuple[tuple[int, int], ...]: ...

    def __init__(self, default: int = 0, modes: bool = False):
        super().__init__("valid", "same")
        self.default = default
        self.modes = ("same", "valid") if modes else ()
        self.form = "a whole number, or one per axis" + ", 'same' or 'valid'" * modes

    def standard(self, rank: int | None) -> object:
        return ((self.default,) * 2,) * (rank or 1)

    def read(self, value: object, rank: int | None) -> object:
        assert rank is not None
        if isinstance(value, str) and self.modes:
            if value == "valid":
                return ((0, 0),) * rank
            if value == "same":
                return value
            raise SpecError(f"must be {self.form} (got {shown(value)})", hint=did_you_mean(value, ("same", "valid")))
        return tuple([(p, p) for p in Each(least=0).read(value, rank) or ()])

    def traced(self, value: object) -> object:
        return tuple([(given(a, "p"),) * 2 for a, _ in value]) if isinstance(value, tuple) else value

    def written(self, value: object) -> object:
        if not isinstance(value, tuple):
            return value
        sides = [int(a) for a, _ in value]
        return sides[0] if len(set(sides)) == 1 else sides


class Ints(Setting):
    """A tuple of whole numbers, or one that stands for a tuple of itself."""

    form = "a whole number, or a tuple of them"

    def __init__(self, default: object = REQUIRED, least: int = -(10**9), holes: bool = False):
        super().__init__(default)
        self.least, self.holes = least, holes

    def read(self, value: object, rank: int | None) -> object:
        if value is None and self.default is None:
            return None
        if isinstance(value, (list, tuple)):
            if len(value) > 64:
                raise SpecError(f"has too many numbers (got {shown(value)})")
            return tuple([None if n is None and self.holes else whole_number(n, self.least) for n in value])
        return (whole_number(value, self.least),)


class Anything(Setting):
    """A value that other settings explain; what it may be is checked by the rule."""

    form = "anything"
