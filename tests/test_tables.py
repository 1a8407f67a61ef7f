"""The table without the library is the table that the library draws."""

from __future__ import annotations

import random

import pytest

from cnncalc.views.summary import Terminal, drawn
from cnncalc.views.table import fitted, side_by_side, table_text
from cnncalc.views.text import plain_table


def some_table(seed: int):
    rng = random.Random(seed)
    n = rng.randint(1, 6)
    titles = ["T" * rng.randint(1, 9) for _ in range(n)]
    body = [["x y" * rng.randint(0, 6) for _ in range(n)] for _ in range(rng.randint(0, 5))]
    if body and rng.random() < 0.5:
        body.append(["total"] + [""] * (n - 1))
    right = [rng.random() < 0.5 for _ in range(n)]
    return titles, body, right, ["a", "b"][: rng.randint(0, 2)]


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(300))
def test_the_plain_table_is_the_one_that_rich_draws(seed):
    titles, body, right, notes = some_table(seed)
    assert plain_table("n", titles, body, right, notes, 10_000) == table_text("n", titles, body, right, notes)


@pytest.mark.oracle
@pytest.mark.parametrize("width", range(20, 120, 7))
def test_a_table_fits_its_terminal_and_loses_no_character(width):
    for seed in range(40):
        titles, body, right, notes = some_table(seed)
        titles = [f"{title}{i}" for i, title in enumerate(titles)]
        text = drawn("", titles, body, right, notes, [], Terminal(width, False, True))
        blocks = side_by_side(titles, body, right, width)
        assert [i for block in blocks for i in block[block is not blocks[0] :]] == list(range(len(titles)))
        if sum(fitted(titles, body, right, width)) + 3 * (len(titles) - 1) <= width:
            assert len(blocks) == 1
        two = [max(len(row[i]) for row in [titles, *body]) for i in range(len(titles))]
        least = max((two[0] if right[0] else min(16, two[0])) + 3 + (n if r else min(16, n)) for n, r in zip(two[1:], right[1:])) if len(two) > 1 else two[0]
        assert max(map(len, text.split("\n"))) <= max(width, least)
        for letter in ("x", "y", "T"):
            assert text.count(letter) == sum(row[i].count(letter) for row in [titles, *body] for block in blocks for i in block)


def test_a_column_of_numbers_is_never_broken():
    text = drawn("", ["Layer", "Params"], [["a" * 50, "138,357,544"]], [False, True], [], [], Terminal(20, False, True))
    assert "138,357,544" in text


def test_markup_and_wide_characters_are_shown_as_they_are():
    text = drawn("[bold]n[/]", ["Layer"], [["[red]卷积[/red] :smile:"]], [False], [], [], Terminal(80, True, True))
    assert "[red]卷积[/red] :smile:" in text
    assert "[bold]n[/]" in text
