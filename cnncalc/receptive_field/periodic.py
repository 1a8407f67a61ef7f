"""The receptive fields of a row of units that are not all alike: those behind an upsampling.

Going up, the jump is a fraction and the fields repeat with a period; where maps lie side
by side there may be no rule at all, and each unit's field is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import NamedTuple

from ..dependence import Taps, taps_of
from ..window import Field, Spread, Window

#: More fields than these are not listed.
LONGEST = 1 << 18


class Wave(NamedTuple):
    """What each unit of a row sees: unit q p + f sees fields[f], moved by q of its jumps.

    Where it is `finite`, p is the number of units and there is nothing beyond; `jump` is
    then given, `None` if there is no single one. A unit that sees nothing has no field.
    """

    fields: tuple[Field | None, ...] = (Field(),)
    finite: bool = False
    pace: Fraction | None = None

    @property
    def jump(self) -> Fraction | None:
        """How many pixels lie between one unit's field and the next one's, in the mean."""
        if self.finite:
            return self.pace
        return _ratio(next((f.jump for f in self.fields if f), 0), len(self.fields))

    @property
    def sizes(self) -> list[int]:
        """The sizes that occur."""
        if len(self.fields) == 1 and self.fields[0]:
            return [self.fields[0].size]
        return sorted({f.size if f else 0 for f in self.fields})

    def at(self, unit: int) -> tuple[int, int] | None:
        """The first pixel that a unit sees and the last."""
        q, f = divmod(unit, len(self.fields))
        field = self.fields[f]
        if field is None or (self.finite and q):
            return None
        start = field.start
        start += q * field.jump
        return start, start + field.size - 1

    def hull(self, units: int) -> tuple[int, int] | None:
        """The first and the last pixel that any of the first `units` sees."""
        p = len(self.fields)
        if p == 1 and not self.finite and self.fields[0] and units:
            start, end = self.fields[0].start, (units - 1) * self.fields[0].jump + self.fields[0].size - 1
            return start, start + end
        ends = [self.at(u) for f in range(min(p, units)) for u in {f, f + (units - 1 - f) // p * p}]
        return joined(ends)

    def first_centre(self) -> Fraction | None:
        """Where the middle of the first unit's field would be if all were alike."""
        jump, middles = self.jump, []
        if jump is None:
            return None
        if len(self.fields) == 1 and self.fields[0]:
            only = self.fields[0]
            return Fraction(2 * only.start + only.size - 1, 2)
        for f, field in enumerate(self.fields):
            if field is not None:
                start = field.start
                middles.append(Fraction(2 * start + field.size - 1, 2) - f * jump)
        return sum(middles, Fraction(0)) / len(middles) if middles else None

    def listed(self, units: int) -> Wave:
        """The same, unit by unit."""
        if self.finite:
            return self
        return Wave(tuple([_field(self.at(u)) for u in range(units)]), True, self.jump)

    def through(self, window: Window | Spread | Taps, n: int, units: int) -> Wave | None:
        """What `units` see that look at these `n`; `None` if they are too many to list."""
        if type(window) is Window and len(self.fields) == 1 and not self.finite and self.fields[0]:
            return Wave((self.fields[0].through(window),))
        if type(window) is Spread and window.stride > LONGEST:
            return None
        taps = taps_of(window)
        if taps.bounded and not self.finite:
            return self.listed(n).through(taps, n, units) if n <= LONGEST else None
        p, period = len(taps.phases), len(self.fields)
        repeats = 1 if self.finite else period // gcd(taps.advance, period)
        most = units if self.finite or not taps.even else min(p * repeats, units)
        if most > LONGEST:
            return None
        ends = []
        for o in range(most):
            q, f = divmod(o, p)
            read = taps.phases[f]
            if not self.finite and len(read) > 2 * period:
                read = [*read[:period], *read[-period:]]  # each phase first and last
            ends.append(joined([self.at(q * taps.advance + t) for t in read]))
        jump = self.jump
        pace = None if jump is None or not taps.even else jump * taps.advance / p
        if self.finite or most < p * repeats or not taps.even:
            return _regular(tuple(map(_field, ends)), pace)
        advance = repeats * taps.advance * next((f.jump for f in self.fields if f), 0) // period
        return _shortest(tuple([_field(end, advance) for end in ends]), advance)

    def join(self, other: Wave, units: int) -> Wave | None:
        """The spans from the first to the last pixel that a unit sees in either way."""
        if self == other:
            return self
        if self.finite or other.finite or self.jump != other.jump:
            if units > LONGEST:
                return None
            a, b = self.listed(units), other.listed(units)
            both = [joined([a.at(u), b.at(u)]) for u in range(units)]
            return _regular(tuple(map(_field, both)), self.jump if self.jump == other.jump else None)
        period = lcm(len(self.fields), len(other.fields))
        if period > units:
            return self.listed(units).join(other.listed(units), units)
        jump = self.jump
        assert jump is not None
        advance = int(jump * period)
        ends = [joined([self.at(u), other.at(u)]) for u in range(period)]
        return _shortest(tuple([_field(end, advance) for end in ends]), advance)


@lru_cache(maxsize=1024)
def _ratio(a: int, b: int) -> Fraction:
    return Fraction(a, b)


def joined(ends: Iterable[tuple[int, int] | None]) -> tuple[int, int] | None:
    """From the first to the last pixel of several spans."""
    found = [end for end in ends if end is not None]
    return (min([a for a, _ in found]), max([b for _, b in found])) if found else None


def _field(ends: tuple[int, int] | None, jump: int = 0) -> Field | None:
    return None if ends is None else Field(ends[1] - ends[0] + 1, jump, ends[0])


def _shortest(fields: tuple[Field | None, ...], advance: int) -> Wave:
    """The same fields with the shortest period."""
    p = len(fields)
    for short in range(1, p // 2 + 1):
        if p % short == 0 and advance * short % p == 0:
            step = advance * short // p
            if all(_moved(fields[i - short], step) == fields[i] for i in range(short, p)):
                return Wave(tuple([f._replace(jump=step) if f else None for f in fields[:short]]))
    return Wave(fields)


def _regular(fields: tuple[Field | None, ...], pace: Fraction | None) -> Wave:
    """A list of fields, or the rule that they follow after all."""
    if len(fields) > 1 and fields[0] and fields[1]:
        first = fields[0].start
        step = (fields[1].start or 0) - first
        if step > 0 and all(f is not None and f.size == fields[0].size and f.start == first + i * step
                            for i, f in enumerate(fields)):
            return Wave((fields[0]._replace(jump=step),))
    return Wave(fields, True, pace)


def _moved(field: Field | None, pixels: int) -> Field | None:
    return None if field is None else field._replace(start=(field.start or 0) + pixels)


@lru_cache(maxsize=1024)
def middle(window: Window | Spread | Taps) -> Fraction:
    """How far the middle of what the outputs read lies from where they would lie without padding.

    For a window that is half its extent less what comes before; in the mean over the
    phases of other taps.
    """
    taps = taps_of(window)
    p = len(taps.phases)
    found = [Fraction(_ends(read), 2) - Fraction(f * taps.advance, p) for f, read in enumerate(taps.phases) if read]
    return sum(found, Fraction(0)) / len(found) if found else Fraction(0)


def _ends(read: Sequence[int]) -> int:
    return read[0] + read[-1]
