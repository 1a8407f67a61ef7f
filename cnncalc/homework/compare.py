"""Match a claimed value with a right one: exactly, or up to notation."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from ..layers import Shape
from ..layers.base import ChannelsFirst
from ..num import product
from .claims import Claim, Reading, numbers_in, shapes_in
from .expressions import worked_out
from .headings import PER_AXIS
from .layer_run import Settings

SHAPES = ("output", "input")
BYTES = ("memory", "weight_memory", "inference_memory", "training_memory")


class Match(NamedTuple):
    """`how` is `right` or `form` (with the unusual thing about its form)."""

    how: str
    why: str = ""


RIGHT = Match("right")


def match(quantity: str, claim: Claim, values: list[object], settings: Settings) -> Match | None:
    """How a claim gives one of these values, taken as a whole; `None` if it gives another."""
    if claim.nothing:
        return Match("form", "a dash for 0") if 0 in values else None
    found = None
    for value in values:
        one = _match(quantity, claim, value, settings)
        if one is not None and one.how == "right":
            return one
        found = found or one
    return found


def _match(quantity: str, claim: Claim, value: object, settings: Settings) -> Match | None:
    """The best way to take the claim apart in which all of its parts agree with the value."""
    found = None
    for way in claim.ways:
        one = _part(quantity, way.answer, claim.unit, value, settings)
        if one is None or not all([_agrees(quantity, part, claim.unit, value, settings) for part in way.others]):
            continue
        if one.how == "right":
            return one
        found = found or one
    return found


def _part(quantity: str, part: str, unit: str, value: Any, settings: Settings) -> Match | None:
    if quantity in SHAPES:
        return _shape(part, value, settings)
    if quantity in PER_AXIS or isinstance(value, tuple):
        return _per_axis(part, value)
    if quantity == "coverage":
        return _share(part, unit, value)
    return _number(quantity, part, unit, value, settings)


def _agrees(quantity: str, part: str, unit: str, value: Any, settings: Settings) -> bool:
    """Whether another part of a claim is true: `3x3x32 + 32 = 320`, `26x26x32 = 21,632`."""
    if _part(quantity, part, unit, value, settings) is not None:
        return True
    worked = worked_out(part)
    if worked is None:
        numbers = numbers_in(part)
        # A formula in letters is not compared; a number is.
        return not numbers and not shapes_in(part)
    if quantity not in SHAPES:
        return bool(worked == value) if not isinstance(value, tuple) else worked in value
    known = [n for n in (*value, product(value) if None not in value else None) if n is not None]
    return any([worked == n or ("/" in part and abs(worked - n) < 1) for n in known])


def _number(quantity: str, part: str, unit: str, value: object, settings: Settings) -> Match | None:
    found = None
    for reading in numbers_in(part, unit):
        if reading.unit == "%" or (reading.unit == "B" and quantity not in BYTES):
            continue
        how = reading.fits(value, settings.binary if quantity in BYTES else None)
        if how == "exact":
            return Match("form", "not worked out") if reading.open else RIGHT
        if how == "rounded":
            found = found or Match("form", "rounded")
    return found


def in_other_unit(quantity: str, claim: Claim, value: object) -> bool:
    """Whether a count fits with M as 2^20, which is for bytes."""
    return quantity not in BYTES and isinstance(value, int) and any(
        [reading.scale and reading.fits(value, True) for reading in claim.numbers])


def _share(part: str, unit: str, value: Any) -> Match | None:
    for reading in numbers_in(part, unit):
        if reading.unit == "%" or reading.mantissa > 1:
            if Reading(reading.mantissa, steps=reading.steps).fits(Fraction(value) * 100):
                return RIGHT
        elif reading.fits(value):
            return RIGHT
    return None


def _per_axis(part: str, value: tuple[int | None, ...]) -> Match | None:
    alike = len(set(value)) == 1
    for shape in shapes_in(part):
        if shape == value or (len(shape) == 1 and alike and shape[0] == value[0]):
            return RIGHT
    for reading in numbers_in(part):
        if alike and reading.fits(value[0]) == "exact":
            return RIGHT
        if not reading.open and len(value) > 1 and reading.fits(product(value)) == "exact":
            return Match("form", "all pixels together")
    return None


def _shape(part: str, value: Shape, settings: Settings) -> Match | None:
    last = (*value.spatial, value.channels) if len(value) > 1 else tuple(value)
    own = tuple(value)
    if settings.order == "channels_first" and not isinstance(value, ChannelsFirst) and len(value) > 1:
        own = (last[-1], *last[:-1])
    if settings.sides == "wh" and len(last) == 3:
        last = (last[1], last[0], last[2])
        own = last if own[0] != value.channels or settings.order != "channels_first" else (last[2], *last[:2])
    found = None
    for shape in shapes_in(part):
        one = _one_shape(shape, own, last, settings.batch)
        if one is not None and one.how == "right":
            return one
        found = found or one
    return found


def _one_shape(shape: tuple[Any, ...], own: tuple[object, ...], last: tuple[Any, ...], batch: int) -> Match | None:
    for sizes, with_batch in ((shape, False), (shape[1:], True)):
        if with_batch and not (len(shape) == len(own) + 1 and (shape[0] in (None, 1, batch) or (len(own) > 1 and shape[0] > 0))):
            continue
        if sizes == own:
            return RIGHT if not with_batch or shape[0] in (None, 1) else Match("form", "with the batch")
        if len(own) > 1 and sizes == last:
            return Match("form", "channels last")
    ones = tuple([n for n in shape if n not in (1, None)])
    if ones and ones == tuple([n for n in own if n != 1]) and len([n for n in own if n != 1]) == 1 and (len(shape) >= len(own) or len(ones) == 1):
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
