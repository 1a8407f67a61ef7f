"""Work out the sums and products that people write: `(5x5x3 + 1) x 100`, `⌊(28 − 3) / 2⌋ + 1`."""

from __future__ import annotations

import re
from fractions import Fraction

_LARGEST = 10**40
_SAME = str.maketrans({
    "×": "x", "✕": "x", "✖": "x", "⨯": "x", "⋅": "*", "·": "*", "•": "*", "∙": "*", "∗": "*", "−": "-", "–": "-",
    "—": "-", "‑": "-", "÷": "/", "→": "➔", "⇒": "➔", "⟶": "➔", "≈": "~", "≃": "~", "≅": "~", "∼": "~",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'", "`": "'",
})
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_RAISED = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?|\.\d+)"
_TOKEN = re.compile(rf"\s*({NUMBER}|\*\*|[-+*/^x()\[\]⌊⌋⌈⌉]|floor|ceil|round)", re.IGNORECASE)


def plainer(text: str) -> str:
    """The text with one spelling for each sign."""
    text = text.translate(_SAME)
    return _RAISED.sub(lambda found: "^" + found[0].translate(_SUPERSCRIPTS), text)


def worked_out(text: str) -> Fraction | None:
    """The value of a sum or product as people write it; `None` if it is none."""
    tokens = _tokens(text)
    if not tokens:
        return None
    try:
        value, rest = _sum(tokens, 0, 0)
    except (ValueError, ZeroDivisionError, IndexError):
        return None
    return value if rest == len(tokens) else None


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    text = plainer(text).strip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            return []
        found.append(token[1].lower())
        at = token.end()
        while at < len(text) and text[at] == " ":
            at += 1
    return found


_CLOSING = {"(": ")", "[": "]", "⌊": "⌋", "⌈": "⌉"}


def _sum(tokens: list[str], at: int, depth: int) -> tuple[Fraction, int]:
    value, at = _product(tokens, at, depth)
    while at < len(tokens) and tokens[at] in ("+", "-"):
        other, after = _product(tokens, at + 1, depth)
        value = value + other if tokens[at] == "+" else value - other
        at = after
    return value, at


def _product(tokens: list[str], at: int, depth: int) -> tuple[Fraction, int]:
    value, at = _power(tokens, at, depth)
    while at < len(tokens) and (tokens[at] in ("*", "x", "/") or tokens[at] in "([⌊⌈"):
        if tokens[at] in ("*", "x", "/"):
            other, after = _power(tokens, at + 1, depth)
        else:
            other, after = _power(tokens, at, depth)  # (5x5+1)(100)
        value = value / other if tokens[at] == "/" else value * other
        if abs(value) > _LARGEST:
            raise ValueError(tokens)
        at = after
    return value, at


def _power(tokens: list[str], at: int, depth: int) -> tuple[Fraction, int]:
    value, at = _atom(tokens, at, depth)
    if at < len(tokens) and tokens[at] in ("^", "**"):
        exponent, at = _atom(tokens, at + 1, depth)
        if exponent.denominator != 1 or not 0 <= exponent <= 40 or abs(value) > 10**6:
            raise ValueError(tokens)
        value = value ** int(exponent)
    return value, at


def _atom(tokens: list[str], at: int, depth: int) -> tuple[Fraction, int]:
    if depth > 30:
        raise ValueError(tokens)
    token = tokens[at]
    if token in ("floor", "ceil", "round"):
        value, at = _atom(tokens, at + 1, depth + 1)
        low = Fraction(value.__floor__())
        return low if token == "floor" or low == value else low + 1 if token == "ceil" else Fraction(round(value)), at
    if token in _CLOSING:
        value, at = _sum(tokens, at + 1, depth + 1)
        if tokens[at] != _CLOSING[token]:
            raise ValueError(tokens)
        if token == "⌊":
            value = Fraction(value.__floor__())
        if token == "⌈":
            value = Fraction(value.__ceil__())
        return value, at + 1
    if not token[0].isdigit() and token[0] != ".":
        raise ValueError(tokens)
    if len(token) > 60:
        raise ValueError(tokens)
    value = Fraction(token.replace(",", ""))
    if abs(value) > _LARGEST:
        raise ValueError(tokens)
    return value, at + 1
