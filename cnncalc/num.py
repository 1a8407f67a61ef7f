"""Integers that remember how they were made, and the arithmetic that keeps the memory.

A rule is written once, as ordinary arithmetic. Fed with `int` it gives `int`; fed with
`Num` it gives the same integers, and each of them knows its working.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, NoReturn


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

    # With a float, they give what a float gives, which has no working.

    def __add__(self, other: int) -> Num:
        return NotImplemented if type(other) is float else Num(int(self) + int(other), op="+", args=(self, other))

    def __radd__(self, other: int) -> Num:
        return NotImplemented if type(other) is float else Num(int(other) + int(self), op="+", args=(other, self))

    def __sub__(self, other: int) -> Num:
        return NotImplemented if type(other) is float else Num(int(self) - int(other), op="-", args=(self, other))

    def __rsub__(self, other: int) -> Num:
        return NotImplemented if type(other) is float else Num(int(other) - int(self), op="-", args=(other, self))

    def __mul__(self, other: int) -> Num:
        return NotImplemented if type(other) is float else Num(int(self) * int(other), op="*", args=(self, other))

    def __rmul__(self, other: int) -> Num:
        return NotImplemented if type(other) is float else Num(int(other) * int(self), op="*", args=(other, self))

    def __floordiv__(self, other: int) -> Num:
        return NotImplemented if type(other) is float else Num(int(self) // int(other), op="//", args=(self, other))

    def __rfloordiv__(self, other: int) -> Num:
        return NotImplemented if type(other) is float else Num(int(other) // int(self), op="//", args=(other, self))

    def __pow__(self, other: int, modulo: object = None) -> Num:  # type: ignore[override]
        return NotImplemented if type(other) is float else Num(int(self) ** int(other), op="**", args=(self, other))

    def __mod__(self, other: int) -> int:
        """The plain remainder: it only decides which rule applies, so it keeps no working."""
        return int(self) % int(other)

    def _forgets(self, *_: object) -> NoReturn:
        raise TypeError("this operation would lose the working; see ceil_div and exact_div")

    __rmod__ = __truediv__ = __rtruediv__ = __divmod__ = __rdivmod__ = _forgets
    __lshift__ = __rlshift__ = __rshift__ = __rrshift__ = __rpow__ = _forgets
    __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = _forgets
    __neg__ = __pos__ = __abs__ = __invert__ = __round__ = _forgets


def _traced(*values: object) -> bool:
    return any(type(value) is Num for value in values)


def given(value: int, symbol: str) -> Num:
    """A number that comes from outside, under the letter that formulas use for it."""
    return Num(value, symbol=symbol)


def named(symbol: str, value: int) -> int:
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
    """Whether a divides b."""
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


class Line(NamedTuple):
    """One step of a working: its name, the formula in letters and in numbers, the result."""

    name: str | None
    formula: str
    numbers: str
    value: int

    def __str__(self) -> str:
        return " = ".join(self.parts)

    @property
    def parts(self) -> list[str]:
        """What stands between the equals signs, nothing twice in a row."""
        out: list[str] = []
        for part in (self.name, self.formula, self.numbers, number(self.value)):
            if part and part not in out[-1:]:
                out.append(part)
        return out


def derivation(value: int, name: str | None = None, known: Iterable[Line] = ()) -> list[Line]:
    """How `value` came about: a line for each `named` part, each before it is used, and its own.

    `known` are lines that were shown already.
    """
    lines = list(known)
    shown = len(lines)
    for part in _named_parts(value):
        line = _line(part.args[0], part.symbol)
        if part is not value and line not in lines:
            lines.append(line)
    if type(value) is Num and value.op == "named":
        name = name or value.symbol
        value = value.args[0]
    return [*lines[shown:], _line(value, name)]


def number(value: int) -> str:
    """`value` as texts write it: 18,496, and a real minus."""
    return f"{int(value):,}".replace("-", "\u2212")


def formula(value: int, letters: bool = True) -> str:
    """`value` as it was worked out, in letters or in numbers."""
    return _written(value, letters)[0]


def _line(value: int, name: str | None) -> Line:
    return Line(name, formula(value), formula(value, letters=False), int(value))


def _named_parts(value: int) -> list[Num]:
    """The named numbers behind `value`, each after those that it needs."""
    found: list[Num] = []
    met: set[int] = set()
    stack: list[tuple[int, bool]] = [(value, False)]
    while stack:
        node, finished = stack.pop()
        if type(node) is not Num or node.op is None:
            continue
        if finished:
            if node.op == "named":
                found.append(node)
        elif id(node) not in met:
            met.add(id(node))
            stack.append((node, True))
            stack += [(arg, False) for arg in reversed(node.args)]
    return found


#: How tightly the parts of a formula hold together.
_SUM, _PRODUCT, _POWER, _ATOM = range(4)
_SIGNS = {"+": " + ", "-": " \u2212 "}
_TIMES = {"*": " \u00d7 "}
_NEUTRAL = {"+": 0, "-": 0, "*": 1, "//": 1, "/": 1, "ceil": 1, "**": 1}


def _written(value: int, letters: bool) -> tuple[str, int]:
    value = _essence(value)
    if type(value) is not Num or value.op is None:
        if letters and type(value) is Num and value.symbol:
            return value.symbol, _ATOM
        return number(value), _ATOM if value >= 0 else _SUM
    op, args = value.op, value.args
    if op == "named":
        return (value.symbol or "", _ATOM) if letters else (number(value), _ATOM if value >= 0 else _SUM)
    if op in ("max", "min"):
        return f"{op}({', '.join([_written(arg, letters)[0] for arg in args])})", _ATOM
    if op in ("//", "ceil"):
        left, right = ("\u230a", "\u230b") if op == "//" else ("\u2308", "\u2309")
        return f"{left}{_over(args, letters)}{right}", _ATOM
    if op == "/":
        return _over(args, letters), _PRODUCT
    if op == "**":
        return f"{_held(args[0], letters, _ATOM)}^{_held(args[1], letters, _ATOM)}", _POWER
    return _chain(value, letters)


def _essence(value: int) -> int:
    """`value` without the constants that change nothing; givens stay, whatever they are."""
    while type(value) is Num and value.op in _NEUTRAL:
        neutral = _NEUTRAL[value.op]
        a, b = value.args
        if type(b) is not Num and b == neutral:
            value = a
        elif value.op in ("+", "*") and type(a) is not Num and a == neutral:
            value = b
        else:
            break
    return value


def _chain(value: Num, letters: bool) -> tuple[str, int]:
    """A sum or a product, however long."""
    signs = _SIGNS if value.op in _SIGNS else _TIMES
    level = _SUM if signs is _SIGNS else _PRODUCT
    parts: list[str] = []
    node: int = value
    while type(node) is Num and (sign := signs.get(node.op or "")):
        right = node.args[1]
        text, own = _written(right, letters)
        # What is taken off holds together; what is added or multiplied need not, unless a minus leads it.
        if own < level or (own == level and (node.op == "-" or text.startswith("\u2212"))):
            text = f"({text})"
        parts += [text, sign]
        node = _essence(node.args[0])
    parts.append(_held(node, letters, level))
    return "".join(reversed(parts)), level


def _held(value: int, letters: bool, level: int) -> str:
    """The text of a part, in parentheses if it is looser than its place allows."""
    text, own = _written(value, letters)
    return text if own >= level else f"({text})"


def _over(args: tuple[int, ...], letters: bool) -> str:
    return f"{_held(args[0], letters, _PRODUCT)} / {_held(args[1], letters, _POWER)}"
