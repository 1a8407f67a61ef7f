"""Numbers tell how they were made: the text is read back, and has to give the number."""

from __future__ import annotations

import random
import re
from fractions import Fraction

import pytest

from cnncalc.num import Num, ceil_div, derivation, exact_div, formula, given, largest, named, smallest
from cnncalc.window import Window


def value_of(text: str, letters: dict[str, int] | None = None):
    """A formula's value, worked out by Python from its text alone."""
    python = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    python = python.replace("−", "-").replace("×", "*").replace("^", "**")
    python = python.replace("⌊", "floor(").replace("⌋", ")").replace("⌈", "ceil(").replace("⌉", ")")
    python = re.sub(r"\b\d+\b", r"F(\g<0>)", python)
    names = {"F": Fraction, "floor": lambda x: Fraction(x.__floor__()), "ceil": lambda x: Fraction(x.__ceil__()),
             "max": max, "min": min}
    return eval(python, names, {k: Fraction(v) for k, v in (letters or {}).items()})


EVERY = ("+", "-", "*", "//", "ceil", "/", "max", "min", "**", "+", "-", "*")


def some_number(rng: random.Random, depth: int, letters: dict[str, int], kinds=EVERY):
    """A random expression over givens, constants and operations."""
    if depth == 0 or rng.random() < 0.15:
        if kinds is EVERY and rng.random() < 0.3:
            return rng.choice([0, 0, 1, 1, 2, 3])
        letter = rng.choice("abcdefg") if kinds is EVERY else chr(ord("a") + len(letters))
        letters.setdefault(letter, rng.choice([rng.randint(1, 9), rng.randint(-9, 9), rng.randint(1000, 99_999)]))
        return given(letters[letter], letter)
    a, b = (some_number(rng, depth - 1, letters, kinds) for _ in range(2))
    kind = rng.choice(kinds)
    if kind in ("//", "ceil") and b == 0:
        kind = "+"
    if kind == "/":
        return exact_div(a * b, b) if b != 0 else a * b
    if kind == "**":
        return a ** 2 if type(a) is Num and -10**6 < a < 10**6 else a + b
    return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "//": lambda: a // b,
            "ceil": lambda: ceil_div(a, b), "max": lambda: largest(a, b), "min": lambda: smallest(a, b)}[kind]()


def expressions(n: int, depth: int, kinds=EVERY):
    rng = random.Random(n * 100 + depth)
    found = []
    while len(found) < n:
        letters: dict[str, int] = {}
        value = some_number(rng, depth, letters, kinds)
        if type(value) is Num and value.op:
            found.append((value, letters))
    return found


@pytest.mark.oracle
@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_what_is_written_gives_the_number_in_letters_and_in_numbers(depth):
    for value, letters in expressions(400, depth):
        assert value_of(formula(value, letters=False)) == value, formula(value, letters=False)
        assert value_of(formula(value), letters) == value, formula(value)


@pytest.mark.oracle
@pytest.mark.parametrize("depth", [2, 3, 4])
def test_no_parentheses_could_be_left_out(depth):
    """Without a pair the letters mean something else."""
    seen = 0
    for value, letters in expressions(400, depth, ("+", "-", "*")):
        text = formula(value)
        pairs = [m.start() for m in re.finditer(r"(?<!max)(?<!min)\(", text)]
        for start in pairs:
            end = matching(text, start)
            without = text[:start] + text[start + 1:end] + text[end + 1:]
            assert any(differs(text, without, letters, seed) for seed in range(5)), (text, without)
            seen += 1
    assert seen > 50


def matching(text: str, start: int) -> int:
    depth = 0
    for i in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i
    raise AssertionError(text)


def differs(text: str, other: str, letters: dict[str, int], seed: int) -> bool:
    rng = random.Random(seed)
    values = {letter: rng.randint(2, 99) for letter in letters}
    return value_of(text, values) != value_of(other, values)


a, b, one, zero = given(7, "a"), given(3, "b"), given(1, "g"), given(0, "p")


@pytest.mark.parametrize(("value", "text"), [
    (a + 0, "a"), (0 + a, "a"), (a - 0, "a"), (a * 1, "a"), (1 * a, "a"), (a // 1, "a"), (ceil_div(a, 1), "a"),
    (exact_div(a, 1), "a"), (0 + 1 * a * b + 0, "a × b"), (a ** 1, "a"),
    (a + zero, "a + p"), (a * one, "a × g"), (a // one, "⌊a / g⌋"), (a - zero * 2, "a − p × 2"),
    (0 - a, "0 − a"), (a * 0, "a × 0"), (a + 1, "a + 1"), (largest(0, a), "max(0, a)"),
])
def test_constants_that_change_nothing_vanish_and_givens_never_do(value, text):
    assert formula(value) == text


def test_same_padding_is_the_textbooks_formula():
    h, k, s = given(28, "h"), given(3, "k"), given(2, "s")
    window = Window(k, s).padded("same", h)
    assert [str(line) for line in derivation(window.places(h), "h'")] == [
        "p = max(0, (⌈h / s⌉ − 1) × s + k − h) = max(0, (⌈28 / 2⌉ − 1) × 2 + 3 − 28) = 1",
        "h' = ⌊(h + p − k) / s⌋ + 1 = ⌊(28 + 1 − 3) / 2⌋ + 1 = 14",
    ]


def test_a_name_cuts_a_formula_and_is_shown_once():
    p = named("p", a * b)
    q = named("q", p + p)
    assert [str(line) for line in derivation(q * p - q, "r")] == [
        "p = a × b = 7 × 3 = 21", "q = p + p = 21 + 21 = 42", "r = q × p − q = 42 × 21 − 42 = 840"]
    assert [line.name for line in derivation(q * p, "r", known=derivation(p))] == ["q", "r"]
    assert [str(line) for line in derivation(q)] == ["p = a × b = 7 × 3 = 21", "q = p + p = 21 + 21 = 42"]


def test_a_given_and_a_plain_number_are_their_own_working():
    assert [str(line) for line in derivation(given(28, "h"))] == ["h = 28"]
    assert [str(line) for line in derivation(given(28, "h"), "h'")] == ["h' = h = 28"]
    assert [str(line) for line in derivation(18496, "params")] == ["params = 18,496"]
    assert [str(line) for line in derivation(given(-3, "p") + 1)] == ["p + 1 = −3 + 1 = −2"]


def test_a_sum_of_ten_thousand_terms_can_be_written():
    total = a
    for _ in range(10_000):
        total = total + b
    assert formula(total, letters=False).count("+ 3") == 10_000


@pytest.mark.parametrize("operation", [
    lambda x: 2 % x, lambda x: x / 2, lambda x: 2 / x, lambda x: divmod(x, 2), lambda x: -x,
    lambda x: abs(x), lambda x: x << 1, lambda x: x >> 1, lambda x: x & 1, lambda x: x | 1, lambda x: x ^ 1,
    lambda x: ~x, lambda x: +x, lambda x: 2 ** x, lambda x: round(x, -1),
])
def test_what_would_forget_its_history_is_refused(operation):
    with pytest.raises(TypeError, match="lose the working"):
        operation(a)


def test_letters_stay_letters_and_numbers_hold_together():
    a, b, zero, less = given(6, "a"), given(3, "b"), given(0, "z"), given(-3, "m")
    for value, letters, numbers in [
        (exact_div(a, b), "a / b", "6 / 3"),
        (exact_div(12, b), "12 / b", "12 / 3"),
        (exact_div(a, 2), "a / 2", "6 / 2"),
        (b**b, "b^b", "3^3"),
        (named("q", less + 1) * 2, "q × 2", "(−2) × 2"),
        (named("q", zero + 0) * 2, "q × 2", "0 × 2"),
        (named("q", zero + 1) * 2, "q × 2", "1 × 2"),
        (a + (less + b), "a + m + b", "6 + (−3 + 3)"),
        (a - (b + b), "a − (b + b)", "6 − (3 + 3)"),
    ]:
        assert (formula(value), formula(value, letters=False)) == (letters, numbers)


def test_a_number_without_a_working_has_none():
    assert type(exact_div(6, 3)) is int


def test_what_is_used_many_times_is_looked_at_once():
    value = given(1, "a")
    for i in range(100):
        value = named(f"x{i}", value + value)
    lines = derivation(value)
    assert [line.name for line in lines] == [f"x{i}" for i in range(100)]


def test_what_is_below_0_is_held_together_and_what_has_no_letter_is_a_number():
    a, b = given(-2, "a"), given(3, "b")
    assert (formula(a * b), formula(a * b, letters=False)) == ("a × b", "(−2) × 3")
    assert formula(b - a, letters=False) == "3 − (−2)"
    assert (formula(smallest(a, b)), formula(largest(a, 5))) == ("min(a, b)", "max(a, 5)")
    assert formula(b * -4) == "b × (−4)"
