"""Read answers as people write them: `28x28x64`, `7,776 + 32`, `3.2M`, `1.66×10^7`, `0.57 MB`, `54.5 -> 54`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from .expressions import NUMBER, plainer, worked_out

LONGEST = 500

_ARROW = re.compile(r"➔|->|=>|-->")
_EQUALS = re.compile(r"(?<![<>=!])=(?!>)")
_ABOUT = re.compile(r"^\s*(?:~|about|approximately|approx\.?|around|ca\.?|roughly|nearly|circa|etwa|environ|aprox\.?)\s*", re.IGNORECASE)
#: A times a power of ten: 1.66 x 10^7.
_POWER_OF_TEN = re.compile(r"(?<=[\d.,])\s*[x*]\s*10\s*(?:\^|\*\*)\s*\(?([+-]?\d{1,3})\)?(?!\d)", re.IGNORECASE)
_SCALES = {
    "k": 1, "kilo": 1, "thousand": 1, "tsd": 1, "tausend": 1, "mil": 1, "mille": 1, "m": 2, "mega": 2, "mio": 2, "mill": 2, "mn": 2,
    "million": 2, "millions": 2, "millionen": 2, "millones": 2, "g": 3, "giga": 3, "bn": 3, "mrd": 3, "billion": 3, "billions": 3,
    "t": 4, "tera": 4, "trillion": 4,
}
_COUNTED = (r"flops?|macs?|ops|operations|multiplications|madds?|mult-adds|(?:trainable |learnable |model )?(?:params?|parameters?|"
            r"weights?)|(?:kernel )?weights|biases|bias|values?|units?|neurons?|nodes?|activations?|pixels?|px|floats?|connections?|"
            r"elements?|in total|total|parameter|gewichte?|werte?|paramètres?|poids|parámetros?|pesos?")
_UNIT = re.compile(
    r"^(?P<scale>" + "|".join(sorted(_SCALES, key=len, reverse=True)) + r")?(?P<binary>i(?=b))?\.?\s*"
    rf"(?P<unit>bits?|b|bytes?|octets?|%|percent|per cent|{_COUNTED})?\.?$", re.IGNORECASE)
_LABEL = re.compile(r"^(?:the\s+)?(?:answer|result|total|sum|number|size|memory|output|input|volume|shape|tensorshape|torch\.size|"
                    rf"{_COUNTED})\s*:\s*", re.IGNORECASE)
_NOTHING = {"-", "--", "---", "n/a", "na", "none", "nil", "no", "no params", "no parameters", "no weights", "none.", "null", "x",
            "keine", "aucun", "aucune", "ninguno", "ninguna", "nothing", "/"}
_ZERO = {"zero", "zéro", "cero", "zero parameters", "zero params", "zero weights"}
_REFUSED = re.compile(r"not\s+(?:an?\s+)?(?:integer|int|whole|possible|legal|valid)|invalid|impossible|non-?integer|"
                      r"does\s*n[o']t\s+fit|illegal|undefined|error", re.IGNORECASE)
_ANY = {"none", "null", "?", "n", "batch", "batch_size", "b", "bs", "m", "-1"}
#: Sizes by name: the axis, in the order in which a shape has them.
_AXES = {
    **dict.fromkeys(("n", "b", "batch", "batch size"), 0),
    **dict.fromkeys(("h", "height", "rows", "y", "höhe", "hauteur", "alto", "l", "length"), 1),
    **dict.fromkeys(("w", "width", "cols", "columns", "x", "breite", "largeur", "ancho"), 2),
    **dict.fromkeys(("c", "ch", "channel", "channels", "d", "depth", "filters", "maps", "f", "kanäle", "canaux", "canales"), 4),
}
_CHANNELS = r"(?:feature\s*|output\s*)?(?:channels?|maps?|filters?|features?|ch|deep|kanäle|canaux|canales)"


class Reading(NamedTuple):
    """One way to read a number: `mantissa` times 1000 (1024 if `binary`) to the `scale`.

    `steps` are the places it may have been rounded to, in units of the mantissa; there are none for a
    number written in full, and none that leave fewer than two digits. `unit` is `B` for bytes, `%`, or
    nothing. `open` marks a sum or product whose value was not written.
    """

    mantissa: Fraction
    scale: int = 0
    binary: bool = False
    unit: str = ""
    steps: tuple[Fraction, ...] = ()
    open: bool = False

    def value(self, binary: bool | None = None) -> Fraction:
        """The number; `binary` decides what K or M means where its unit does not."""
        return self.mantissa * self.factor(binary)

    def factor(self, binary: bool | None = None) -> int:
        return int((1024 if self.binary or binary else 1000) ** self.scale)

    def fits(self, expected: Any, binary: bool | None = None) -> str | None:
        """`exact`, `rounded` to the nearest (half-way values either way), or nothing."""
        factor = self.factor(binary)
        value = self.mantissa * factor if factor != 1 else self.mantissa
        if value == expected:
            return "exact"
        if not self.steps:
            return None
        distance = abs(value - Fraction(expected)) * 2
        return "rounded" if any([distance <= step * factor for step in self.steps]) else None


class Way(NamedTuple):
    """One way to take an answer apart: the part that answers, and the parts that must agree with it."""

    answer: str
    others: tuple[str, ...] = ()


class Claim:
    """One answer as it was written; it is read when it is needed, as a number or as a shape."""

    __slots__ = ("_numbers", "_shapes", "_ways", "nothing", "refused", "text", "unit")

    def __init__(self, value: object, unit: str = ""):
        self.unit = unit
        self._numbers: list[Reading] | None = None
        self._shapes: list[tuple[object, ...]] | None = None
        self._ways: list[Way] | None = None
        if isinstance(value, (list, tuple)):
            self.text = "x".join("?" if n is None else str(n) for n in value) if value else ""
        elif value is None or value is True or value is False:
            self.text = "" if value is None else str(value).lower()
        elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            self.text = str(int(value))
        else:
            self.text = str(value).strip()
        word = plainer(self.text).strip().lower()
        #: Whether a mark for "nothing" was written: a dash, "none".
        self.nothing = word in _NOTHING
        #: Whether words were written that deny that there is such a number.
        self.refused = bool(_REFUSED.search(word[:LONGEST]))

    @property
    def empty(self) -> bool:
        return not self.text or self.text in ("?", "??", "???", "...", "…", "TODO", "todo", "tbd", "TBD")

    @property
    def ways(self) -> list[Way]:
        """Every way to take it apart, the plainest first."""
        if self._ways is None:
            self._ways = list(_ways(self.text[:LONGEST]))
        return self._ways

    @property
    def numbers(self) -> list[Reading]:
        """Its readings as one number, the likeliest first."""
        if self._numbers is None:
            self._numbers = list(dict.fromkeys([r for way in self.ways for r in numbers_in(way.answer, self.unit)]))
        return self._numbers

    @property
    def shapes(self) -> list[tuple[Any, ...]]:
        """Its readings as sizes: whole numbers, fractions, `None` for one left open."""
        if self._shapes is None:
            parts = [part for way in self.ways for part in (way.answer, *way.others)]
            found = dict.fromkeys([shape for part in parts for shape in shapes_in(part)])
            self._shapes = sorted(found, key=lambda shape: -len(shape))
        return self._shapes

    @property
    def working(self) -> Fraction | None:
        """The value of the sum or product written before the answer, if there is one."""
        for way in self.ways:
            for part in way.others:
                value = worked_out(part)
                if value is not None and not re.fullmatch(rf"\s*{NUMBER}\s*", part, re.IGNORECASE):
                    return value
        return None

    def __repr__(self) -> str:
        return f"<claim {self.text!r}>"


def _ways(text: str) -> Iterator[Way]:
    text = plainer(text).strip()
    if _named_shape(text) is not None:
        yield Way(text)
        return
    parts = [part.strip() for part in _EQUALS.split(text) if part.strip()]
    if not parts:
        return
    arrows = [part.strip() for part in _ARROW.split(parts[-1])]
    before = tuple(parts[:-1])
    answer = arrows[-1]
    if len(before) > 0:
        *_, first = _ARROW.split(before[0])
        before = (first.strip(), *before[1:])
    if len(arrows) > 1:
        # What leads to the answer is a step of the working only where it comes out as the answer.
        before = tuple([part for part in before if worked_out(part) is None and not list(shapes_in(part))])
    yield Way(answer, before)
    comment = re.fullmatch(r"(.*\S)\s+\((.*)\)", answer)
    if comment:
        inside = tuple([part.strip() for part in _EQUALS.split(comment[2]) if part.strip()])
        yield Way(comment[1], (*before, *[part for part in inside if re.search(r"\d", part)]))


@lru_cache(maxsize=4096)
def numbers_in(text: str, unit: str = "") -> tuple[Reading, ...]:
    """The readings of a part as one number; `unit` is that of the column."""
    text = text.strip()
    text = text if _PARTS.match(text) else _LABEL.sub("", text).strip()
    if text.lower() in _ZERO:
        return (Reading(Fraction(0)),)
    found = list(_plain_numbers(text, unit))
    value = _total(_ABOUT.sub("", text))
    if value is not None and not re.fullmatch(rf"\s*{NUMBER}\s*", text, re.IGNORECASE):
        base = _unit_of(unit)
        found.append(Reading(value, base.scale, base.binary, base.unit, (), True))
    return tuple(found)


_WORDS = re.compile(rf"(?<=[\d)])\s*(?:{_COUNTED})\b\.?", re.IGNORECASE)
_PARTS = re.compile(r"^(?:weights?|kernel)\s*:?\s*(\d[\d,. ]*?)\s*[,;+&]?\s*(?:and\s+)?bias(?:es)?\s*:?\s*(\d[\d,. ]*)$", re.IGNORECASE)


def _total(text: str) -> Fraction | None:
    """The value of a sum or product, its terms named or not: 73728 weights + 128 biases."""
    parts = _PARTS.match(text.strip())
    if parts:
        text = f"{parts[1].strip().rstrip(',.')} + {parts[2].strip()}"
    text = re.sub(r"\b(?:and|plus|und|et|y)\b|&", "+", _WORDS.sub(" ", text))
    return worked_out(text)


def _unit_of(unit: str) -> Reading:
    """The scale and unit of a column's heading, as a reading of 1."""
    found = _UNIT.match(unit.strip()) if unit else None
    return _with_unit(Reading(Fraction(1)), found) if found else Reading(Fraction(1))


def _with_unit(base: Reading, found: re.Match[str]) -> Reading:
    word = (found["unit"] or "").lower()
    unit = "B" if word in ("b", "byte", "bytes", "octet", "octets") or word.startswith("bit") else "%" if word in (
        "%", "percent", "per cent") else base.unit
    mantissa = Fraction(1, 8) if word.startswith("bit") else Fraction(1)
    scale = _SCALES[found["scale"].lower()] if found["scale"] else 0
    return Reading(mantissa, scale, bool(found["binary"]), unit)


def _plain_numbers(text: str, default: str) -> Iterator[Reading]:
    """A single number with its unit, in every way it can be meant."""
    about = bool(_ABOUT.match(text))
    text = _ABOUT.sub("", text).strip()
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    text = _POWER_OF_TEN.sub(lambda power: "e" + power[1], text)
    text = re.sub(r"^10\s*(?:\^|\*\*)\s*(\d{1,2})(?![\d.])", lambda power: "1" + "0" * int(power[1]), text)
    found = re.match(r"([+-]?\s*(?:\d[\d,.' _]*|\.\d+)(?:e[+-]?\d{1,3})?)\s*(.*)$", text, re.IGNORECASE)
    if not found:
        return
    digits, tail = found[1].strip().replace(" ", "_").rstrip(",'_"), found[2].strip()
    tail = re.sub(r"\s*\([^()\d]*\)$", "", tail)
    unit = _UNIT.match(tail)
    if tail and unit is None:
        return
    base = _unit_of(default)
    written = unit is not None and bool(unit["scale"] or unit["unit"])
    if written and unit is not None:
        own = _with_unit(Reading(Fraction(1), unit=base.unit), unit)
        base = own if unit["scale"] or own.unit != base.unit or own.mantissa != 1 else base
    rounded = about or base.scale > 0 or base.unit == "%" or (written and base.unit == "B")
    scaled = base.scale > 0 or base.unit == "%" or base.mantissa != 1
    for mantissa, decimals in _decimal(digits):
        if decimals is not None and not scaled and re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", digits):
            continue  # 2,000 is two thousand
        steps = _steps(digits, decimals, rounded)
        yield base._replace(mantissa=mantissa * base.mantissa, steps=tuple([step * base.mantissa for step in steps]))


def _decimal(text: str) -> Iterator[tuple[Fraction, int | None]]:
    """A number and its count of decimals, in every way its commas and dots can be meant."""
    text = text.replace("'", "_")
    sign = -1 if text.startswith("-") else 1
    text = text.lstrip("+-_")
    exponent = 0
    power = re.search(r"e([+-]?\d{1,3})$", text, re.IGNORECASE)
    if power:
        exponent, text = int(power[1]), text[: power.start()]
        if abs(exponent) > 40:
            return
    text = text.rstrip(".") if text.count(".") == 1 and not power else text
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


def _steps(digits: str, decimals: int | None, rounded: bool) -> tuple[Fraction, ...]:
    """The places that a number may have been rounded to: at least two of its digits must be left."""
    shown = re.sub(r"\D", "", re.sub(r"e[+-]?\d+$", "", digits, flags=re.IGNORECASE)).lstrip("0")
    if decimals is not None and len(shown) >= 2:
        return (Fraction(1, 10**decimals) if decimals >= 0 else Fraction(10**-decimals),)
    if decimals is not None or not rounded:
        return ()
    zeros = len(shown) - len(shown.rstrip("0"))
    return tuple([Fraction(10**i) for i in range(zeros + 1) if len(shown) - i >= 2])


@lru_cache(maxsize=4096)
def shapes_in(text: str) -> tuple[tuple[object, ...], ...]:
    """The readings of a part as sizes."""
    text = _LABEL.sub("", plainer(text).strip()).strip()
    named = _named_shape(text)
    if named is not None:
        return (named,)
    listed = _listed(text)
    if listed is not None:
        return (listed,)
    worded = _worded(text)
    if worded is not None:
        return (worded,)
    numbers = [n for n in _plain_numbers(text, "") if n.unit == "" and not n.scale and n.mantissa.denominator == 1 and n.mantissa >= 0]
    return tuple([(int(n.mantissa),) for n in numbers])


def _named_shape(text: str) -> tuple[object, ...] | None:
    """Sizes by name, in any order: H=30, W=30, C=64."""
    pair = r"([^\W\d]+(?:\s+size)?)\s*[=:]\s*(\d{1,9}|\?|none)"
    if not re.fullmatch(rf"[(\[]?\s*{pair}(?:\s*(?:[,;x*]|and)?\s*{pair})+\s*[)\]]?", text, re.IGNORECASE):
        return None
    sizes: dict[int, object] = {}
    for word, size in re.findall(pair, text, re.IGNORECASE):
        axis = _AXES.get(word.lower())
        if axis is None or axis in sizes:
            return None
        sizes[axis] = int(size) if size.isdigit() else None
    return tuple([sizes[axis] for axis in sorted(sizes) if axis or sizes[axis] not in (1, None)])


def _worded(text: str) -> tuple[object, ...] | None:
    """Sizes with a word for the channels: 6@28x28, 6 maps of 28x28, 55x55 with 96 channels, 55x55 (96 maps)."""
    first = re.fullmatch(rf"(\d{{1,9}})\s*(?:@|{_CHANNELS}\s*(?:of\s*)?(?:size\s*)?[:,@]?)\s*(\d.*|[(\[].*)", text, re.IGNORECASE)
    last = re.fullmatch(rf"(.*?\S)\s*(?:@\s*(\d{{1,9}})|(?:x|\*|,|;|with|and|[(])?\s*(\d{{1,9}})\s*{_CHANNELS}\s*[)]?)", text, re.IGNORECASE)
    places, channels = (first[2], first[1]) if first else (last[1], last[2] or last[3]) if last else ("", "")
    sizes = _listed(places) if places else None
    return None if sizes is None or len(sizes) > 4 else (*sizes, int(channels))


_SIZE = r"\d{1,15}(?:\.\d{1,6})?"


def _listed(text: str) -> tuple[object, ...] | None:
    """Sizes with x, *, commas or spaces between them, in brackets or not; a power stands for equal sides."""
    text = re.sub(r"^(?:tensorshape|torch\.size|shape|size)\s*", "", text, flags=re.IGNORECASE)
    inner = text
    for opening, closing in ("()", "[]", "{}", "()"):
        if inner.startswith(opening) and inner.endswith(closing):
            inner = inner[1:-1].strip()
    bracketed = inner != text
    inner = re.sub(r"^\(([^()]*)\)|\(([^()]*)\)$", r"\1\2", inner) if inner.count("(") == 1 and re.search(r"[x*,]", inner) else inner
    inner = inner.rstrip(",; ").removesuffix(".") if not re.search(r"\d\.\d", inner) else inner.rstrip(",; ")
    if not bracketed and re.fullmatch(r"\d{1,3}(,\d{3})+", inner):
        return (int(inner.replace(",", "")),)
    if re.search(r"[x*×]", inner, re.IGNORECASE):
        inner = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", inner)  # 7x7x1,024
    if re.fullmatch(rf"{_SIZE}(?: +{_SIZE}){{1,4}}", inner) and not re.fullmatch(r"\d{1,3}(?: \d{3})+", inner):
        inner = ",".join(inner.split())
    parts = re.split(r"\s*(?:\bby\b|\bpor\b|\bpar\b|(?<=[\d\s?)])x|(?<=[nN?)])\s*x(?=[\s\d(])|[*;]|,)\s*", inner, flags=re.IGNORECASE)
    if len(parts) > 8:
        return None
    sizes: list[object] = []
    for part in parts:
        part = re.sub(rf"(?<=\d)\s*(?:px|pixels?|{_CHANNELS})$", "", part.strip(), flags=re.IGNORECASE)
        power = re.fullmatch(r"(\d{1,9})\s*(?:\^|\*\*)\s*([23])", part)
        if power:
            sizes += [int(power[1])] * int(power[2])
        elif part.lower() in _ANY:
            sizes.append(None)
        elif re.fullmatch(_SIZE, part) or (
            len(parts) > 1 and re.fullmatch(r"\d{1,9}/[1-9]\d{0,8}", part)  # a jump along one axis
        ):
            sizes.append(_size(part))
        else:
            return None
    return tuple(sizes)


def _size(text: str) -> object:
    value = Fraction(text.replace(",", ""))
    return int(value) if value.denominator == 1 else value
