"""Whether what was written is a value: as it stands, but for its form, or by another convention."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from ..layers import Shape
from ..layers.base import ChannelsFirst
from ..num import product
from .headings import PER_AXIS
from .run import Settings
from .values import Claim, Reading

SHAPES = ("output", "input")
BYTES = ("memory", "weight_memory", "inference_memory", "training_memory")


class Match(NamedTuple):
    """`how` is `right`, `form` (with what is unusual about it), or `convention` (with its name)."""

    how: str
    why: str = ""


RIGHT = Match("right")


def match(quantity: str, claim: Claim, values: list[Any], settings: Settings) -> Match | None:
    """How a claim says one of these values; `None` if it says another."""
    if claim.nothing:
        return Match("form", "a dash for 0") if 0 in values else None
    found = None
    for value in values:
        one = _match(quantity, claim, value, settings)
        if one is not None and one.how == "right":
            return one
        found = found or one
    return found


def _match(quantity: str, claim: Claim, value: Any, settings: Settings) -> Match | None:
    if quantity in SHAPES:
        return _shape(claim, value, settings)
    if quantity in PER_AXIS or isinstance(value, tuple):
        return _per_axis(claim, value)
    if quantity == "coverage":
        return _share(claim, value)
    return _number(quantity, claim, value, settings)


def _number(quantity: str, claim: Claim, value: Any, settings: Settings) -> Match | None:
    found = None
    for reading in claim.numbers:
        if reading.unit == "%" or (reading.unit == "B" and quantity not in BYTES):
            continue
        how = reading.fits(value, settings.binary if quantity in BYTES else None)
        if how == "exact":
            return Match("form", "not worked out") if reading.open else RIGHT
        if how == "rounded":
            found = found or Match("form", "rounded")
        elif quantity in BYTES and reading.scale and not reading.binary and settings.binary is None:
            if reading.fits(value, True):
                found = found or Match("convention", "MB-vs-MiB")
        elif reading.scale and quantity not in BYTES and reading.fits(value, True) and found is None:
            found = Match("convention", "2^20 used for counts")
    return found


def _share(claim: Claim, value: Any) -> Match | None:
    for reading in claim.numbers:
        if reading.unit == "%" or reading.mantissa > 1:
            steps = reading.steps or (Fraction(1),)
            if Reading(reading.mantissa, steps=steps).fits(Fraction(value) * 100):
                return RIGHT
        elif reading.fits(value):
            return RIGHT
    return None


def _per_axis(claim: Claim, value: tuple[Any, ...]) -> Match | None:
    alike = len(set(value)) == 1
    for shape in claim.shapes:
        if shape == value or (len(shape) == 1 and alike and shape[0] == value[0]):
            return RIGHT
    for reading in claim.numbers:
        if alike and reading.fits(value[0]) == "exact":
            return RIGHT
        if not reading.open and len(value) > 1 and reading.fits(product(value)) == "exact":
            return Match("form", "all pixels together")
    return None


def _shape(claim: Claim, value: Shape, settings: Settings) -> Match | None:
    last = (*value.spatial, value.channels) if len(value) > 1 else tuple(value)
    own = tuple(value)
    if settings.order == "channels_first" and not isinstance(value, ChannelsFirst) and len(value) > 1:
        own = (last[-1], *last[:-1])
    if settings.sides == "wh" and len(last) == 3:
        last = (last[1], last[0], last[2])
        own = last if own[0] != value.channels or len(own) != 3 or settings.order != "channels_first" else (last[2], *last[:2])
    found = None
    for shape in claim.shapes:
        one = _one_shape(shape, own, last)
        if one is not None and one.how == "right":
            return one
        if one is not None and (found is None or found.how == "convention"):
            found = one
    return found


def _one_shape(shape: tuple[Any, ...], own: tuple[Any, ...], last: tuple[Any, ...]) -> Match | None:
    for said, batch in ((shape, False), (shape[1:], True)):
        if batch and not (len(shape) == len(own) + 1 and (shape[0] is None or shape[0] >= 1)):
            continue
        if said == own:
            return RIGHT if not batch or shape[0] in (None, 1) else Match("form", "with the batch")
        if len(own) > 1:
            if said == last:
                return Match("form", "channels last")
            if said == (last[-1], *last[:-1]):
                return Match("convention", "channel-order")
            if len(last) == 3 and said == (last[1], last[0], last[2]):
                return Match("convention", "h-w-swapped")
            if len(last) == 3 and own == last and said == (last[2], last[1], last[0]):
                return Match("convention", "channel-order")
    ones = tuple([n for n in shape if n not in (1, None)])
    if ones and ones == tuple([n for n in own if n != 1]) and len([n for n in own if n != 1]) == 1:
        return Match("form", "with sizes of 1")
    if len(last) > 1 and shape == last[:-1]:
        return Match("form", "without the channels")
    if len(shape) == 1 and len(last) > 1:
        if all([n == shape[0] for n in last[:-1]]):
            return Match("form", "one side only")
        if None not in last and shape[0] == product(last):
            return Match("form", "the number of values")
    return None


def sizes_of(claim: Claim, like: Shape, settings: Settings) -> Shape | None:
    """The shape that a claim means where a layer gives one like this; `None` if it is none."""
    last = (*like.spatial, like.channels) if len(like) > 1 else tuple(like)
    for shape in claim.shapes:
        if len(shape) == len(last) + 1:
            shape = shape[1:]
        if len(last) == 1:
            known = [n for n in shape if n not in (1, None)]
            shape = (known[0],) if len(known) == 1 else (1,) if not known and shape else shape
        if len(last) > 1 and len(shape) == 1:
            shape = shape * (len(last) - 1)
        if len(shape) == len(last) - 1 and len(last) > 1:
            shape = (*shape, last[-1])
        elif len(shape) == len(last) > 1 and settings.order == "channels_first":
            shape = (*shape[1:], shape[0])
        if len(shape) != len(last) or any([not isinstance(n, int) or not 0 < n < 10**9 for n in shape]):
            continue
        return like.of(shape[:-1], shape[-1]) if len(like) > 1 else Shape(shape)
    return None


def number_of(claim: Claim, settings: Settings) -> int | None:
    """The whole number that a claim says exactly, if it says one."""
    for reading in claim.numbers:
        value = reading.value(settings.binary if reading.unit == "B" else None)
        if not reading.steps and value.denominator == 1 and abs(value) < 10**30:
            return int(value)
    return None
