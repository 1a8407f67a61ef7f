"""Integers that remember how they were made, and the arithmetic that keeps the memory.

A rule is written once, as ordinary arithmetic. Fed with `int` it gives `int`; fed with
`Num` it gives the same integers, and each of them knows its working.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn


class Num(int):
    """An integer with a history: given (`symbol`), or the result of `op` on `args`."""

    symbol: str | None
    op: str | None
    args: tuple[int, ...]

    def __new__(cls, value: int, symbol: str | None = None, op: str | None = None,
                args: tuple[int, ...] = ()) -> Num:
        self = super().__new__(cls, value)
        self.symbol, self.op, self.args = symbol, op, args
        return self

    def __repr__(self) -> str:
        return int.__repr__(self)

    __str__ = __repr__

    def __add__(self, other: int) -> Num:
        return Num(int(self) + int(other), op="+", args=(self, other))

    def __radd__(self, other: int) -> Num:
        return Num(int(other) + int(self), op="+", args=(other, self))

    def __sub__(self, other: int) -> Num:
        return Num(int(self) - int(other), op="-", args=(self, other))

    def __rsub__(self, other: int) -> Num:
        return Num(int(other) - int(self), op="-", args=(other, self))

    def __mul__(self, other: int) -> Num:
        return Num(int(self) * int(other), op="*", args=(self, other))

    def __rmul__(self, other: int) -> Num:
        return Num(int(other) * int(self), op="*", args=(other, self))

    def __floordiv__(self, other: int) -> Num:
        return Num(int(self) // int(other), op="//", args=(self, other))

    def __rfloordiv__(self, other: int) -> Num:
        return Num(int(other) // int(self), op="//", args=(other, self))

    def __pow__(self, other: int, modulo: Any = None) -> Num:  # type: ignore[override]
        return Num(int(self) ** int(other), op="**", args=(self, other))

    def _forgets(self, *_: Any) -> NoReturn:
        raise TypeError("this operation would lose the working; see ceil_div and exact_div")

    __mod__ = __rmod__ = __truediv__ = __rtruediv__ = __divmod__ = __rdivmod__ = _forgets
    __neg__ = _forgets


def _traced(*values: Any) -> bool:
    return any(type(value) is Num for value in values)


def given(value: int, symbol: str) -> Num:
    """A number that comes from outside, under the letter that formulas use for it."""
    return Num(value, symbol=symbol)


def named(symbol: str, value: Any) -> Any:
    """`value`, from here on called `symbol`: formulas that use it show the letter."""
    return Num(value, symbol=symbol, op="named", args=(value,)) if type(value) is Num else value


def ceil_div(a: int, b: int) -> int:
    """⌈a / b⌉."""
    value = -(-int(a) // int(b))
    return Num(value, op="ceil", args=(a, b)) if _traced(a, b) else value


def exact_div(a: int, b: int) -> int:
    """a / b, where b is known to divide a."""
    value, rest = divmod(int(a), int(b))
    assert rest == 0, (a, b)
    return Num(value, op="/", args=(a, b)) if _traced(a, b) else value


def largest(*values: int) -> int:
    """The largest of `values`."""
    value = max(map(int, values))
    return Num(value, op="max", args=values) if _traced(*values) else value


def smallest(*values: int) -> int:
    """The smallest of `values`."""
    value = min(map(int, values))
    return Num(value, op="min", args=values) if _traced(*values) else value


def divides(a: int, b: int) -> bool:
    """Whether a divides b. (`%` itself would lose the working.)"""
    return int(b) % int(a) == 0


def product(values: Iterable[int | None]) -> int | None:
    """All of `values` multiplied out; unknown if one of them is, unless another is zero."""
    result: int | None = None
    known = True
    for value in values:
        if value is None:
            known = False
        else:
            result = value if result is None else result * value
    if not known:
        return None
    return 1 if result is None else result
