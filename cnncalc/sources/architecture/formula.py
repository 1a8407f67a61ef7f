"""The small language of `=4*filters` and `{i}` in blocks."""

from __future__ import annotations

import re
from typing import Any

from ...errors import SpecError, did_you_mean, shown

_TOKEN = re.compile(r"\s*(?:(\d+)|([A-Za-z_]\w*)|(\*\*|//|[-+*%(),]))")
_LARGEST_BITS = 64
_LONGEST = 1000
_DEEPEST = 50


def evaluated(text: str, names: dict[str, object]) -> object:
    """The value of a formula over whole numbers and `names`.

    `+ - * // % **`, parentheses, `min` and `max`; a formula that is one name gives that
    argument as it is, whatever it is. SpecError for anything else, and for a result of
    more than 64 bits.
    """
    word = text.strip()
    if word in names:
        return names[word]
    return _Formula(text, names).value()


class _Formula:
    def __init__(self, text: str, names: dict[str, Any]):
        if len(text) > _LONGEST:
            raise SpecError(f"a formula of more than {_LONGEST} characters")
        self.text = text
        self.names = names
        self.tokens: list[str] = []
        self.depth = 0
        at = 0
        stripped = text.rstrip()
        while at < len(stripped):
            match = _TOKEN.match(stripped, at)
            if match is None:
                raise SpecError(f"cannot read {shown(stripped[at:].strip())} in the formula",
                                hint="a formula has whole numbers, names, + - * // % ** ( ) min max")
            self.tokens.append(match.group().strip())
            at = match.end()
        self.at = 0

    def value(self) -> int:
        result = self.sum()
        if self.at < len(self.tokens):
            raise SpecError(f"cannot read {self.tokens[self.at]!r} in the formula {self.text.strip()!r}")
        return result

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, token: str = "") -> str:
        found = self.peek()
        if token and found != token:
            hint = "inside braces, quote a formula that has a comma" if not found else None
            raise SpecError(f"the formula {self.text.strip()!r} needs a {token!r}", (), hint)
        self.at += 1
        return found

    def sum(self) -> int:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise SpecError("a formula nested too deep")
        value = self.term()
        while self.peek() in ("+", "-"):
            value = self.bounded(value + self.term() if self.take() == "+" else value - self.term())
        self.depth -= 1
        return value

    def term(self) -> int:
        value = self.unary()
        while self.peek() in ("*", "//", "%"):
            op = self.take()
            right = self.unary()
            if op == "*":
                value = self.bounded(value * right)
            elif right == 0:
                raise SpecError(f"the formula {self.text.strip()!r} divides by zero")
            else:
                value = value // right if op == "//" else value % right
        return value

    def unary(self) -> int:
        sign = 1
        while self.peek() in ("-", "+"):
            sign = -sign if self.take() == "-" else sign
        return sign * self.power()

    def power(self) -> int:
        base = self.atom()
        if self.peek() != "**":
            return base
        self.take()
        self.depth += 1
        if self.depth > _DEEPEST:
            raise SpecError("a formula nested too deep")
        exponent = self.unary()
        self.depth -= 1
        if exponent < 0:
            raise SpecError(f"the formula {self.text.strip()!r} has a negative exponent")
        if abs(base) > 1 and base.bit_length() * exponent > 2 * _LARGEST_BITS:
            raise SpecError(f"the formula {self.text.strip()!r} gives too large a number")
        if abs(base) <= 1 and exponent:
            exponent = 2 - exponent % 2  # the same for -1, 0 and 1, and never long
        return self.bounded(base**exponent)

    def atom(self) -> int:
        token = self.take()
        if token.isdecimal():
            if len(token) > 20:
                raise SpecError("a number with too many digits")
            return int(token)
        if token == "(":
            value = self.sum()
            self.take(")")
            return value
        if token in ("min", "max") and self.peek() == "(":
            self.take("(")
            values = [self.sum()]
            while self.peek() == ",":
                self.take()
                values.append(self.sum())
            self.take(")")
            return min(values) if token == "min" else max(values)
        if token[:1].isalpha() or token[:1] == "_":
            if token not in self.names:
                raise SpecError(f"the formula {self.text.strip()!r} uses {token!r}, which is not an argument",
                                hint=did_you_mean(token, self.names) or "it knows "
                                + (", ".join(map(str, self.names)) or "no names here"))
            value = self.names[token]
            if type(value) is not int:
                raise SpecError(f"{token} must be a whole number in a formula (got {shown(value)})")
            return value
        end = f"at {token!r}" if token else "at its end"
        raise SpecError(f"cannot read the formula {self.text.strip()!r} {end}")

    def bounded(self, value: int) -> int:
        if value.bit_length() > _LARGEST_BITS:
            raise SpecError(f"the formula {self.text.strip()!r} gives too large a number")
        return value


_BRACES = re.compile(r"\{(\w+)\}")


def filled(text: str, names: dict[str, object]) -> str:
    """`text` with each `{name}` replaced by that argument; other braces stay."""
    if "{" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in names:
            return match.group()
        found = names[name]
        if isinstance(found, (dict, list)):
            raise SpecError(f"{{{name}}} must be a word or a number (got {shown(found)})")
        return str(found)

    result = _BRACES.sub(value, text)
    if len(result) > 10_000:
        raise SpecError("a name of more than 10,000 characters")
    return result


def resolved(value: object, names: dict[str, object]) -> object:
    """`value` with its formulas evaluated and its braces filled, at every depth."""
    if isinstance(value, str):
        if value.startswith("="):
            return evaluated(value[1:], names)
        return filled(value, names) if names else value
    if isinstance(value, dict):
        return {key: _at(key, item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_at(i, item, names) for i, item in enumerate(value)]
    return value


def _at(key: object, item: object, names: dict[str, object]) -> object:
    try:
        return resolved(item, names)
    except SpecError as error:
        raise error.under(key) from None
