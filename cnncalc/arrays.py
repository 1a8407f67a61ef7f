"""Numbers in a grid: exact wherever they can be, and of any number of axes.

A number is an `int`, a `Fraction` that is not whole, or a `float` where nothing is exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .errors import SpecError, shown

if TYPE_CHECKING:
    from fractions import Fraction

#: An int, a Fraction or a float.
Number = Any

#: Digits that a number may have, above and below its fraction line.
MOST_DIGITS = 100
DEEPEST = 8
WORDS = ("ones", "zeros", "range")

_WRITTEN = re.compile(r"\s*([-+]?)\s*(\d+(?:\.\d*)?|\.\d+)(?:e([-+]?\d{1,3}))?(?:\s*/\s*(\d+(?:\.\d*)?))?\s*", re.ASCII)


class Array:
    """Numbers in the order of their axes, the last running fastest."""

    __slots__ = ("data", "shape", "steps")

    def __init__(self, shape: Iterable[int], data: list[Number]):
        self.shape = tuple(shape)
        self.data = data
        steps = []
        step = 1
        for size in reversed(self.shape):
            steps.append(step)
            step *= size
        assert step == len(data), (self.shape, len(data))
        #: How far apart neighbours along each axis are in `data`.
        self.steps = tuple(reversed(steps))

    def __getitem__(self, index: Iterable[int]) -> Number:
        return self.data[sum([i * step for i, step in zip(index, self.steps)])]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Array) and (self.shape, self.data) == (other.shape, other.data)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Array({self.nested()})"

    def indices(self) -> Iterator[tuple[int, ...]]:
        """The place of each number, in order."""
        return places(self.shape)

    def nested(self) -> object:
        """The numbers as lists in lists; of no axis, the number itself."""
        flat: list[object] = self.data
        for size in reversed(self.shape):
            flat = [flat[i : i + size] for i in range(0, len(flat), size)] if size else []
        return flat[0] if flat else []

    @property
    def exact(self) -> bool:
        """Whether no number had to be rounded."""
        return not any([type(number) is float for number in self.data])


def places(shape: Iterable[int], start: Iterable[int] | None = None) -> Iterator[tuple[int, ...]]:
    """Every place of a grid, the last axis running fastest; the first is `start`."""
    from itertools import product

    if start is None:
        return product(*[range(size) for size in shape])
    return product(*[range(first, first + size) for size, first in zip(shape, start)])


def plain(number: Number) -> Number:
    """A fraction as a whole number if it is one; SpecError if a number has too many digits."""
    if type(number) is float:
        return number + 0.0  # no negative zero
    if number.denominator == 1:
        number = int(number)
    bits = max(number.numerator.bit_length(), number.denominator.bit_length())
    if bits > 3.33 * MOST_DIGITS:
        raise SpecError(f"a number of more than {MOST_DIGITS} digits comes out", (), "too large to work out by hand")
    return number


def ratio(a: Number, b: Number) -> Number:
    """a / b, exactly where both are exact."""
    if type(a) is float or type(b) is float:
        return a / b
    if type(a) is int and type(b) is int and a % b == 0:
        return a // b
    from fractions import Fraction

    return plain(Fraction(a) / b)


def number_of(value: object) -> Number:
    """The number that a file says, exactly: 3, 0.1 is a tenth, '1/3' a third."""
    if type(value) is int and value.bit_length() <= 3.33 * MOST_DIGITS:
        return value
    from fractions import Fraction

    if type(value) is float and value - value == 0:
        return plain(Fraction(repr(value)))
    match = _WRITTEN.fullmatch(value.replace("\u2212", "-")) if isinstance(value, str) and len(value) <= MOST_DIGITS else None
    if match is None or (match.group(4) and not Fraction(match.group(4))):
        raise SpecError(f"must be a number (got {shown(value)})", (), "such as 3, 0.5 or 1/3")
    sign, above, power, below = match.groups()
    number = Fraction(above) * Fraction(10) ** int(power or 0) / Fraction(below or 1)
    return plain(-number if sign == "-" else number)


def read(value: object, one: Callable[[object], object] = number_of) -> Array:
    """The grid that lists in lists of numbers make; SpecError leads to what is wrong in them.

    `one` reads a single number.
    """
    shape: list[int] = []
    first = value
    while isinstance(first, list):
        if len(shape) == DEEPEST:
            raise SpecError(f"must not be nested deeper than {DEEPEST} lists")
        if not first:
            raise SpecError("must not be an empty list", (0,) * len(shape))
        shape.append(len(first))
        first = first[0]
    data: list[Number] = []
    _collect(value, tuple(shape), (), data, one)
    return Array(shape, data)


def _collect(value: object, shape: tuple[int, ...], path: tuple[int, ...], data: list[object], one: Callable[[object], object]) -> None:
    if not shape:
        try:
            data.append(one(value))
        except SpecError as error:
            raise error.under(*path) from None
        return
    if not isinstance(value, list):
        raise SpecError(f"must be a list of {shape[0]}, as those before it (got {shown(value)})", path)
    if len(value) != shape[0]:
        raise SpecError(f"must have {shape[0]} in each list, as in the first (got {len(value)})", path)
    for i, item in enumerate(value):
        _collect(item, shape[1:], (*path, i), data, one)


def worded(word: str, shape: tuple[int, ...]) -> Array:
    """The grid of this shape that a word stands for; `range` counts from 0."""
    from math import prod

    count = prod(shape)
    return Array(shape, list(range(count)) if word == "range" else [1 if word == "ones" else 0] * count)


def filled(number: Number, shape: tuple[int, ...]) -> Array:
    """The same number everywhere."""
    from math import prod

    return Array(shape, [number] * prod(shape))


def shaped(array: Array, shape: tuple[int, ...]) -> Array | None:
    """The grid in this shape, if the two differ by axes of size 1 only."""
    if [n for n in array.shape if n != 1] != [n for n in shape if n != 1]:
        return None
    return Array(shape, array.data)


def stacked(arrays: list[Array], axis: int) -> Array:
    """Grids of one shape beside each other along a new axis."""
    shape = arrays[0].shape
    axis %= len(shape) + 1
    whole = (*shape[:axis], len(arrays), *shape[axis:])
    return Array(whole, [arrays[i[axis]][(*i[:axis], *i[axis + 1 :])] for i in places(whole)])


def times(shape: Iterable[int]) -> str:
    """A shape as people say it: 3x3."""
    return "x".join(map(str, shape)) or "1"


def written(number: Number) -> str:
    """A number as texts write it: 3.25, 7/3, 0.731059, and a real minus."""
    if type(number) is float:
        text = f"{number:.6g}"
    elif type(number) is int:
        text = str(number)
    else:
        text = _decimal(number) or str(number)
    return text.replace("-", "\u2212")


def _decimal(number: Fraction) -> str | None:
    """A fraction as a decimal of at most six places, if it is one."""
    for places_ in range(1, 7):
        scaled = number * 10**places_
        if scaled.denominator == 1:
            digits = str(abs(scaled.numerator)).rjust(places_ + 1, "0")
            return ("-" if number < 0 else "") + digits[:-places_] + "." + digits[-places_:]
    return None


def plain_data(value: object) -> object:
    """Lists of numbers for JSON: whole numbers and roundings as such, fractions as strings."""
    if isinstance(value, list):
        return [plain_data(item) for item in value]
    return value if type(value) in (int, float) else str(value)


def root(square: Number) -> Number:
    """The square root, exact where it is a ratio of whole numbers."""
    from math import isqrt, sqrt

    if type(square) is not float:
        above, below = isqrt(square.numerator), isqrt(square.denominator)
        if above * above == square.numerator and below * below == square.denominator:
            return ratio(above, below)
    return sqrt(square)
