"""The numbers of receptive fields as text and as JSON holds them."""

from __future__ import annotations

from fractions import Fraction


def exact(number: Fraction | None) -> str | None:
    """A number that may be a fraction, as JSON holds it."""
    return None if number is None else str(number)


def share(coverage: Fraction | None) -> float | None:
    """A coverage with five digits."""
    return None if coverage is None else float(f"{float(coverage):.5g}")


def decimal(number: object) -> object:
    """A fraction as spreadsheets and people read it: 8.5, or 1/3 where that does not end."""
    if not isinstance(number, Fraction):
        return number
    if number.denominator == 1:
        return int(number)
    return float(number) if number.denominator & (number.denominator - 1) == 0 else str(number)


def percent(part: Fraction | None) -> str:
    """41.3%: as many digits as people write."""
    return "" if part is None else f"{float(100 * part):.3g}%" if part < Fraction(999, 1000) or part == 1 else "99.9%"


def across(texts: list[str]) -> str:
    """What is said of each axis, once if it is the same."""
    return texts[0] if len(set(texts)) == 1 else " x ".join(texts)
