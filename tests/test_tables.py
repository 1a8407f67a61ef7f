"""Tables are drawn as rich draws them, at any width and in any colour, and lose nothing."""

from __future__ import annotations

import io
import random
import re

import pytest
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cnncalc.views.summary import Terminal
from cnncalc.views.table import _Grid, drawn, folds


def some_table(seed: int):
    rng = random.Random(seed)
    n = rng.randint(1, 6)
    titles = ["T" * rng.randint(1, 9) for _ in range(n)]
    body = [["x y" * rng.randint(0, 6) for _ in range(n)] for _ in range(rng.randint(0, 5))]
    if body and rng.random() < 0.5:
        body.append(["total"] + [""] * (n - 1))
    right = [rng.random() < 0.5 for _ in range(n)]
    return titles, body, right, ["a", "b"][: rng.randint(0, 2)]


def by_rich(titles, body, right, widths, styles, unicode, color):
    """The table as rich draws it, at these widths."""
    table = Table(box=box.SIMPLE_HEAD if unicode else box.ASCII2, show_edge=False, pad_edge=False, safe_box=False,
                  title=Text("a name of some words", style="bold"), title_justify="left")
    for title, is_right, width in zip(titles, right, widths):
        table.add_column(title, justify="right" if is_right else "left", overflow="fold", width=width, no_wrap=is_right)
    for i, row in enumerate(body):
        if i and i == len(body) - 1 and row[0] == "total":
            table.add_section()
        table.add_row(*row, style=styles[i])
    out = io.StringIO()
    Console(file=out, width=sum(widths) + 3 * len(widths), markup=False, highlight=False, emoji=False, force_terminal=color,
            color_system="standard" if color else None, no_color=not color, legacy_windows=False).print(table)
    return out.getvalue().split("\n")


def letters(line):
    """Each letter of a line with the colours that it has."""
    found, style = [], ""
    for part in re.split("(\x1b\\[[0-9;]*m)", line):
        if part.startswith("\x1b"):
            style = "" if part == "\x1b[0m" else part
        else:
            found += [(letter, style if letter not in " |" else "") for letter in part]
    while found and found[-1] == (" ", ""):
        found.pop()
    return found


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(600))
def test_a_table_is_the_one_that_rich_draws(seed):
    titles, body, right, _ = some_table(seed)
    rng = random.Random(-seed)
    if rng.random() < 0.5:
        body = [["".join(rng.choice("ab 日é\u0301.") for _ in cell).rstrip() if rng.random() < 0.3 else cell for cell in row] for row in body]
    styles = [rng.choice([None, "dim", "red"]) for _ in body]
    terminal = Terminal(rng.randint(20, 80), rng.random() < 0.5, rng.random() < 0.5)
    everything = [*titles, *[cell for row in body for cell in row]]
    grid = _Grid(terminal, everything)
    widths = grid.fitted(titles, body, right, terminal.width)
    if grid.side_by_side(titles, body, right, terminal.width) != [list(range(len(titles)))]:
        terminal.width = 1_000
        widths = grid.fitted(titles, body, right, 1_000)
    ours = drawn("a name of some words", titles, body, right, [], styles, terminal).split("\n")
    theirs = by_rich(titles, body, right, widths, styles, terminal.unicode, terminal.color)
    assert [letters(line) for line in ours] == [letters(line) for line in theirs]


@pytest.mark.oracle
def test_text_folds_where_rich_folds_it():
    rng = random.Random(1)
    for _ in range(5_000):
        text = "".join(rng.choice("abc  ,") for _ in range(rng.randint(0, 40)))
        width = rng.randint(1, 25)
        for cut, overflow in ((False, "fold"), (True, "ellipsis")):
            theirs = Text(text).wrap(Console(), width, overflow=overflow)
            assert folds(text, width, cut) == [line.plain.rstrip() for line in theirs], (text, width)


@pytest.mark.oracle
@pytest.mark.parametrize("width", range(20, 120, 7))
def test_a_table_fits_its_terminal_and_loses_no_character(width):
    for seed in range(40):
        titles, body, right, notes = some_table(seed)
        titles = [f"{title}{i}" for i, title in enumerate(titles)]
        text = drawn("", titles, body, right, notes, [], Terminal(width, False, True))
        grid = _Grid(None, [])
        blocks = grid.side_by_side(titles, body, right, width)
        assert [i for block in blocks for i in block[block is not blocks[0] :]] == list(range(len(titles)))
        if sum(grid.fitted(titles, body, right, width)) + 3 * (len(titles) - 1) <= width:
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
