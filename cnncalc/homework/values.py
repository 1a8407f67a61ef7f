"""Values as people write them: `28x28x64`, `7,776 + 32`, `3.2M`, `0.57 MB`, `54.5 -> 54`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

LONGEST = 500
_LARGEST = 10**40

_SAME = str.maketrans({
    "×": "x", "✕": "x", "✖": "x", "⨯": "x", "⋅": "*", "·": "*", "•": "*", "∙": "*", "∗": "*", "−": "-", "–": "-",
    "—": "-", "‑": "-", "÷": "/", "→": "➔", "⇒": "➔", "⟶": "➔", "≈": "~", "≃": "~", "≅": "~", "∼": "~",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "²": "^2", "³": "^3", "’": "'", "`": "'",
})  # fmt: skip
_ARROW = re.compile(r"➔|->|=>|-->")
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?|\.\d+)"
_TOKEN = re.compile(rf"\s*({_NUMBER}|\*\*|[-+*/^x()\[\]⌊⌋⌈⌉]|floor|ceil|round)", re.IGNORECASE)
_WHOLE = re.compile(r"\d+$")
_ABOUT = re.compile(r"^\s*(?:~|about|approximately|approx\.?|around|ca\.?|roughly|nearly|circa)\s*", re.IGNORECASE)
_SCALES = {
    "k": 1, "kilo": 1, "thousand": 1, "tsd": 1, "m": 2, "mega": 2, "mio": 2, "mn": 2, "million": 2, "millions": 2,
    "g": 3, "giga": 3, "bn": 3, "mrd": 3, "billion": 3, "billions": 3, "t": 4, "tera": 4, "trillion": 4,
}  # fmt: skip
_UNIT = re.compile(
    r"^(?P<scale>" + "|".join(sorted(_SCALES, key=len, reverse=True)) + r")?(?P<binary>i(?=b))?\s*"
    r"(?P<unit>b|bytes?|%|percent|per cent|flops?|macs?|ops|operations|multiplications|madds?|mult-adds|params?|parameters?"
    r"|weights?|biases|bias|values?|units?|neurons?|nodes?|activations?|pixels?|px|floats?|connections?|elements?)?\.?$",
    re.IGNORECASE)  # fmt: skip
_NOTHING = {"-", "--", "---", "n/a", "na", "none", "nil", "no", "no params", "no parameters", "none.", "null"}
_REFUSED = re.compile(r"not\s+(?:an?\s+)?(?:integer|int|whole|possible|legal|valid)|invalid|impossible|non-?integer|"
                      r"does\s*n[o']t\s+fit|illegal|undefined|error", re.IGNORECASE)  # fmt: skip
_ANY = {"none", "null", "?", "n", "batch", "batch_size", "b", "bs", "m", "-1"}


class Reading(NamedTuple):
    """One way to read a number.

    It is `mantissa` times 1000 to the `scale` (1024 if `binary`); `steps` are what it may
    have been rounded to, in units of the mantissa, none if it was written in full. `unit`
    is `B` for bytes, `%`, or nothing. `working` is what the sum or product that was written
    before it gives.
    """

    mantissa: Fraction
    scale: int = 0
    binary: bool = False
    unit: str = ""
    steps: tuple[Fraction, ...] = ()
    working: Fraction | None = None
    #: Whether it is a sum or product that was not worked out.
    open: bool = False

    def value(self, binary: bool | None = None) -> Fraction:
        """The number; `binary` says what its K or M is, where its unit does not."""
        return self.mantissa * self.factor(binary)

    def factor(self, binary: bool | None = None) -> int:
        return int((1024 if self.binary or binary else 1000) ** self.scale)

    def fits(self, expected: Any, binary: bool | None = None) -> str | None:
        """`exact`, `rounded`, or nothing."""
        factor = self.factor(binary)
        value = self.mantissa * factor if factor != 1 else self.mantissa
        if not self.steps:
            return "exact" if value == expected else None
        exact = Fraction(expected)
        if value == exact:
            return "exact"
        for step in self.steps:
            width = step * factor
            # Rounded to the nearest, or cut off.
            if abs(value - exact) * 2 <= width or 0 <= exact - value < width:
                return "rounded"
        return None


class Claim:
    """One answer as it was written, read when it is needed: as a number, or as a shape."""

    __slots__ = ("_numbers", "_shapes", "nothing", "refused", "text", "unit")

    def __init__(self, value: Any, unit: str = ""):
        self.unit = unit
        self._numbers: list[Reading] | None = None
        self._shapes: list[tuple[Any, ...]] | None = None
        if isinstance(value, (list, tuple)):
            self.text = "x".join("?" if n is None else str(n) for n in value) if value else ""
        elif value is None or value is True or value is False:
            self.text = "" if value is None else str(value).lower()
        elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            self.text = str(int(value))
        else:
            self.text = str(value).strip()
        word = self.text.translate(_SAME).strip().lower()
        #: Written as something that stands for nothing: a dash, "none".
        self.nothing = word in _NOTHING
        #: Written as words that say that there is no such number.
        self.refused = bool(_REFUSED.search(word[:LONGEST]))

    @property
    def empty(self) -> bool:
        return not self.text or self.text in ("?", "...", "…", "TODO", "todo")

    @property
    def numbers(self) -> list[Reading]:
        """The ways to read it as one number, the likeliest first."""
        if self._numbers is None:
            self._numbers = list(_numbers(self.text[:LONGEST], self.unit))
        return self._numbers

    @property
    def shapes(self) -> list[tuple[Any, ...]]:
        """The ways to read it as sizes: whole numbers, fractions, `None` for one left open."""
        if self._shapes is None:
            self._shapes = list(dict.fromkeys(_shapes(self.text[:LONGEST])))
        return self._shapes

    def __repr__(self) -> str:
        return f"<claim {self.text!r}>"


def _numbers(text: str, unit: str) -> Iterator[Reading]:
    text = text.translate(_SAME).strip()
    parts = [part for part in re.split(r"(?<![<>=!])=(?!>)", text) if part.strip()]
    if not parts:
        return
    working: Fraction | None = None
    for part in parts[:-1]:
        for said in _ARROW.split(part):
            value = worked_out(said)
            if value is not None and working is None:
                working = value
    arrows = _ARROW.split(parts[-1])
    if len(arrows) > 1 and working is None:
        working = worked_out(arrows[0])
    answer = arrows[-1]
    for reading in _plain_numbers(answer, unit):
        yield reading._replace(working=working)
    value = worked_out(_ABOUT.sub("", answer))
    if value is not None and not re.fullmatch(rf"\s*{_NUMBER}\s*", answer, re.IGNORECASE):
        base = _unit_of(unit)
        yield Reading(value, base.scale, base.binary, base.unit, (), working if working is not None else value, True)


def _unit_of(unit: str) -> Reading:
    """The scale and unit of a column's heading, as a reading of 1."""
    found = _UNIT.match(unit.strip()) if unit else None
    if not found:
        return Reading(Fraction(1))
    return Reading(Fraction(1), _scale(found["scale"]), bool(found["binary"]), _unit(found["unit"]))


def _scale(word: str | None) -> int:
    return _SCALES[word.lower()] if word else 0


def _unit(word: str | None) -> str:
    word = (word or "").lower()
    return "B" if word in ("b", "byte", "bytes") else "%" if word in ("%", "percent", "per cent") else ""


def _plain_numbers(text: str, default: str) -> Iterator[Reading]:
    """A single number with its unit, in every way it can be meant."""
    about = bool(_ABOUT.match(text))
    text = _ABOUT.sub("", text).strip().strip("()").strip()
    found = re.match(r"([+-]?\s*(?:\d[\d,.' _]*|\.\d+)(?:e[+-]?\d{1,3})?)\s*(.*)$", text, re.IGNORECASE)
    if not found:
        return
    digits, tail = found[1].strip().replace(" ", "_").rstrip(",'_"), found[2].strip()
    tail = re.sub(r"\s*\(.*\)$", "", tail)
    unit = _UNIT.match(tail)
    if tail and unit is None:
        return
    base = _unit_of(default)
    if unit is not None and (unit["scale"] or unit["unit"]):
        base = Reading(Fraction(1), _scale(unit["scale"]), bool(unit["binary"]), _unit(unit["unit"]) or base.unit)
    for number in _decimal(digits):
        mantissa, decimals = number
        steps = _steps(mantissa, decimals, about or base.scale > 0 or base.unit == "%")
        yield base._replace(mantissa=mantissa, steps=steps)


def _decimal(text: str) -> Iterator[tuple[Fraction, int | None]]:
    """A number and how many decimals it has, in every way its commas and dots can be meant."""
    text = text.replace("'", "_")
    sign = -1 if text.startswith("-") else 1
    text = text.lstrip("+-_")
    exponent = 0
    power = re.search(r"e([+-]?\d{1,3})$", text, re.IGNORECASE)
    if power:
        exponent, text = int(power[1]), text[: power.start()]
        if abs(exponent) > 40:
            return
    seen = set()
    for thousands, point in ((",", "."), (".", ","), ("_", "."), ("_", ",")):
        whole, dot, decimals = text.partition(point)
        if not re.fullmatch(rf"[1-9]\d{{0,2}}(?:{re.escape(thousands)}\d{{3}})+|\d*", whole):
            continue
        if not re.fullmatch(r"\d*", decimals) or not (whole or decimals) or len(whole) > 60 or len(decimals) > 40:
            continue
        value = Fraction((whole.replace(thousands, "") or "0") + "." + (decimals or "0")) * Fraction(10) ** exponent
        places = (len(decimals) - exponent) if dot or power else None
        if (value, places) not in seen:
            seen.add((value, places))
            yield sign * value, places


def _steps(mantissa: Fraction, decimals: int | None, rounded: bool) -> tuple[Fraction, ...]:
    """What a number may have been rounded to: its last digit, or a zero before it of three or more digits."""
    if decimals is not None and (decimals > 0 or rounded):
        return (Fraction(1, 10**decimals) if decimals >= 0 else Fraction(10**-decimals),)
    if not rounded:
        return ()
    steps = [Fraction(1)]
    digits = str(abs(int(mantissa)))
    zeros = len(digits) - len(digits.rstrip("0"))
    steps += [Fraction(10**i) for i in range(1, zeros + 1) if len(digits) - i >= 2]
    return tuple(steps)


def rounded_number(text: str, expected: int) -> bool:
    """Whether a whole number with zeros at its end is `expected` to two digits or more."""
    digits = re.sub(r"[,' _]", "", text)
    if not digits.isdigit() or len(digits) < 4 or not digits.endswith("00"):
        return False
    return Reading(Fraction(int(digits)), steps=_steps(Fraction(int(digits)), None, True)[1:]).fits(expected) is not None


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
    text = text.translate(_SAME).strip()
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
    if token == "-":
        value, at = _atom(tokens, at + 1, depth + 1)
        return -value, at
    if not token[0].isdigit() and token[0] != ".":
        raise ValueError(tokens)
    if len(token) > 60:
        raise ValueError(tokens)
    value = Fraction(token.replace(",", ""))
    if abs(value) > _LARGEST:
        raise ValueError(tokens)
    return value, at + 1


def _shapes(text: str) -> Iterator[tuple[Any, ...]]:
    text = text.translate(_SAME).strip()
    text = _ARROW.split(text)[-1].strip()
    candidates = [part.strip() for part in re.split(r"=", text) if part.strip()]
    for part in candidates:
        maps = re.fullmatch(r"(\d+)\s*@\s*(.+)", part)
        if maps:
            for shape in _shapes(maps[2]):
                yield (*shape, int(maps[1]))
            return
        listed = _listed(part)
        if listed is not None:
            yield listed
    if any(_listed(part) is not None for part in candidates):
        return
    for part in candidates:
        # Words among the numbers: "6 maps of 28x28", "28 by 28 with 6 channels".
        maps = re.match(r"(\d+)\s*(?:feature\s*)?(?:maps?|channels?|filters?)\s*(?:of\s*)?(?:size\s*)?[:,]?\s*(\d.*)$", part,
                        re.IGNORECASE)
        numbers = re.findall(_NUMBER, maps[2] if maps else part)
        sizes = tuple([_size(n) for n in numbers])
        if maps and sizes:
            yield (*sizes, int(maps[1]))
        elif 1 < len(sizes) <= 5:
            yield sizes
        else:
            for number in _plain_numbers(part, ""):
                if number.unit == "" and number.mantissa.denominator == 1:
                    yield (int(number.value()),)


def _listed(text: str) -> tuple[Any, ...] | None:
    """Sizes with x, * or commas between them, in brackets or not."""
    text = re.sub(r"^(?:tensorshape|torch\.size|shape|size)\s*", "", text, flags=re.IGNORECASE)
    inner = text
    for opening, closing in ("()", "[]", "{}", "()"):
        if inner.startswith(opening) and inner.endswith(closing):
            inner = inner[1:-1].strip()
    bracketed = inner != text
    inner = inner.rstrip(",; ")
    if not bracketed and re.fullmatch(r"\d{1,3}(,\d{3})+", inner):
        return (int(inner.replace(",", "")),)
    parts = re.split(r"\s*(?:\bby\b|(?<=[\d\s?)])x|(?<=[nN?)])\s*x(?=[\s\d(])|[*;]|,)\s*", inner, flags=re.IGNORECASE)
    if len(parts) > 8:
        return None
    sizes: list[Any] = []
    for part in parts:
        part = re.sub(r"\s*(?:px|pixels?|channels?|maps?|filters?|features?|ch)$", "", part.strip(), flags=re.IGNORECASE)
        if part.lower() in _ANY:
            sizes.append(None)
        elif re.fullmatch(r"\d{1,15}(?:\.\d{1,6})?", part) or (
            len(parts) > 1 and re.fullmatch(r"\d{1,9}/[1-9]\d{0,8}", part)  # a jump along one axis
        ):
            sizes.append(_size(part))
        else:
            return None
    return tuple(sizes)


def _size(text: str) -> Any:
    value = Fraction(text.replace(",", ""))
    return int(value) if value.denominator == 1 else value
