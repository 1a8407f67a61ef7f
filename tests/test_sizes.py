"""Sizes are read in every form in which people write them, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.sizes import LONGEST, read_sizes, spelled


@pytest.mark.parametrize(("text", "sizes"), [
    ("28x28x1", [28, 28, 1]), ("28X28X1", [28, 28, 1]), ("(28, 28, 1)", [28, 28, 1]), ("[28, 28, 1]", [28, 28, 1]), ("28*28*1", [28, 28, 1]),
    ("28 × 28 × 1", [28, 28, 1]), ("28 by 28 by 1", [28, 28, 1]), ("28, 28, 1", [28, 28, 1]), ("28 28 1", [28, 28, 1]), ("28·28·1", [28, 28, 1]),
    ("3", 3), ("(3)", 3), ("(3,)", [3]), ("3,", [3]), ("()", []), ("?x?x3", [None, None, 3]), ("(None, 28)", [None, 28]), ("null", [None]),
    ("((0, 1), (2, 3))", [[0, 1], [2, 3]]), ("-1x64", [-1, 64]), ("0", 0),
])
def test_sizes(text, sizes):
    assert read_sizes(text) == sizes


@pytest.mark.parametrize("text", [
    "", "x", "3x", "x3", "3x3x", "valid", "28x28px", "1,024", "1x2,3", "28-28", "3.5x3", "1e3", "(3, 3", "3)", "(3, 3]", "(28)(28)", "=2*3",
    "nonex", "((((((1))))))", "1" * (LONGEST + 1), "٣x٣", "12345678901x1",
])
def test_anything_else_is_not_read(text):
    assert read_sizes(text) is None


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=6), st.sampled_from(["x", " x ", "*", " × ", ", ", ",", " by ", "X", ";"]),
       st.sampled_from(["{}", "({})", "[{}]", " {} "]))
def test_what_is_written_is_what_is_read(sizes, separator, brackets):
    assert read_sizes(brackets.format(separator.join(map(str, sizes)))) == sizes


@given(st.text(alphabet="0123456789x*×,;()[] ?-none", max_size=30))
def test_a_text_never_does_harm(text):
    found = read_sizes(text)
    assert found is None or isinstance(found, (int, list))


def test_sizes_are_spelled_as_options_take_them():
    assert spelled((None, 28, 1)) == "?x28x1"
    assert read_sizes(spelled((None, 28, 1))) == [None, 28, 1]
