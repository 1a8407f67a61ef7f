"""Tables are drawn as rich draws them, at any width and in any colour, and lose nothing."""

from __future__ import annotations

import io
import random
import re

import pytest
from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from cnncalc.views.report import Column, Table, Terminal
from cnncalc.views.table import Grid, folds, pieces, table_lines


def some_table(seed: int):
    rng = random.Random(seed)
    n = rng.randint(1, 6)
    titles = ["T" * rng.randint(1, 9) for _ in range(n)]
    body = [["x y" * rng.randint(0, 6) for _ in range(n)] for _ in range(rng.randint(0, 5))]
    if body and rng.random() < 0.5:
        body.append(["total"] + [""] * (n - 1))
    right = [rng.random() < 0.5 for _ in range(n)]
    columns = [Column(title, f"{title}{i}", right=is_right) for i, (title, is_right) in enumerate(zip(titles, right))]
    return Table(columns, body, "a name of some words", total=bool(body) and body[-1][0] == "total")


def by_rich(titles, body, right, widths, styles, unicode, color, total):
    """The table as rich draws it, at these widths."""
    table = RichTable(box=box.SIMPLE_HEAD if unicode else box.ASCII2, show_edge=False, pad_edge=False, safe_box=False,
                  title=Text("a name of some words", style="bold"), title_justify="left")
    for title, is_right, width in zip(titles, right, widths):
        table.add_column(title, justify="right" if is_right else "left", overflow="fold", width=width, no_wrap=is_right)
    for i, row in enumerate(body):
        if i and i == len(body) - 1 and total:
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
    table = some_table(seed)
    rng = random.Random(-seed)
    if rng.random() < 0.5:
        table.body = [["".join(rng.choice("ab 日é\u0301.") for _ in cell).rstrip() if rng.random() < 0.3 else cell for cell in row]
                      for row in table.body]
    table.total = table.total and table.body[-1][0] == "total"
    table.styles = [rng.choice([None, "dim", "red"]) for _ in table.body]
    terminal = Terminal(rng.randint(20, 80), rng.random() < 0.5, rng.random() < 0.5)
    every = list(range(len(table.columns)))
    grid = Grid(terminal, ["", *[c.title for c in table.columns], *[cell for row in table.body for cell in row]])
    if grid.laid_out(table) != ([every], []):
        terminal.width = grid.room = 1_000
    widths = grid.fitted(table, every)
    styles = [style or ("bold" if table.total and i and i == len(table.body) - 1 else None) for i, style in enumerate(table.styles)]
    ours = table_lines(table, terminal)
    theirs = by_rich([c.title for c in table.columns], table.body, [c.right for c in table.columns], widths, styles,
                     terminal.unicode, terminal.color, table.total)
    while theirs and not theirs[-1]:
        theirs.pop()
    # Where a table is narrower than its name, the name is not wrapped.
    assert [letters(line) for line in ours[1:]] == [letters(line) for line in theirs[len(theirs) - len(ours) + 1:]]


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
        table = some_table(seed)
        terminal = Terminal(width)
        grid = Grid(terminal, [])
        blocks, left_out = grid.laid_out(table)
        assert not left_out
        assert [i for block in blocks for i in block[block is not blocks[0]:]] == list(range(len(table.columns)))
        least = grid.least(table, grid.natural(table, list(range(len(table.columns)))))
        if sum(least) + 3 * (len(least) - 1) <= width:
            assert len(blocks) == 1
        two = max([least[0] + 3 + n for n in least[1:]], default=least[0])
        text = "\n".join(table_lines(table, terminal)[1:])
        assert max(map(len, text.split("\n"))) <= max(width, two)
        for letter in ("x", "y", "T"):
            cells = [[c.title for c in table.columns], *table.body]
            assert text.count(letter) == sum(row[i].count(letter) for row in cells for block in blocks for i in block)


def test_what_repeats_others_is_left_out_before_a_table_is_split():
    columns = [Column("name", "Layer"), Column("type", "Type", drop=1), Column("shape", "Output shape"),
               Column("params", "Params", right=True), Column("inputs", "Connected to", drop=2)]
    body = [["conv2_block1_0_conv", "Conv2D", "(None, 56, 56, 256)", "16,640", "pool1_pool"],
            ["conv2_block1_add", "Add", "(None, 56, 56, 256)", "0", "conv2_block1_0_bn, conv2_block1_3_bn"]]

    def shown(width, **options):
        return "\n".join(table_lines(Table(columns, body, **options), Terminal(width))).split("\n\n")

    assert "Connected to" in shown(120)[0] and "Type" in shown(120)[0] and len(shown(120)) == 1
    assert "Type" not in shown(78)[0] and "Connected to" in shown(78)[0]
    assert shown(78)[1:] == ["Type: not shown at this width"]
    assert "Connected to" not in shown(60)[0]
    assert shown(60)[1:] == ["Type, Connected to: not shown at this width"]
    assert len(shown(45)) == 4 and "Type" not in shown(45)[0]  # three parts, and what is not shown
    assert "not shown" not in "".join(shown(45, fixed=True))
    assert "Type" in "".join(shown(45, fixed=True))


def test_a_shape_is_a_word_and_an_arrow_ends_a_number():
    assert pieces("(None, 2450) -> (None, 9800), [1, 2]") == ["(None, 2450)", "->", "(None, 9800),", "[1, 2]"]
    assert pieces("   └ a name") == ["   └ a", "name"]
    assert pieces("1,225,500 -> 4,900,500", right=True) == ["1,225,500 ->", "4,900,500"]
    assert pieces("1.17 GB", right=True) == ["1.17 GB"]


def test_zeros_are_dim_totals_bold_and_plain_text_is_plain():
    table = Table([Column("name", "Layer"), Column("n", "Params", right=True)], [["a", "0"], ["b", "10"], ["total", "10"]], total=True)
    assert table_lines(table, Terminal(color=True)) == [
        "\x1b[1mLayer   Params\x1b[0m", "──────────────", "a            \x1b[2m0\x1b[0m", "b           10", "",
        "\x1b[1mtotal       10\x1b[0m"]
    assert not any("\x1b" in line for line in table_lines(table, Terminal()))


def test_a_column_of_numbers_is_never_broken():
    columns = [Column("name", "Layer"), Column("params", "Params", right=True)]
    text = "\n".join(table_lines(Table(columns, [["a" * 50, "138,357,544"]]), Terminal(20)))
    assert "138,357,544" in text


def test_markup_and_wide_characters_are_shown_as_they_are():
    table = Table([Column("name", "Layer")], [["[red]卷积[/red] :smile:"]], "[bold]n[/]")
    text = "\n".join(table_lines(table, Terminal(80, color=True)))
    assert "[red]卷积[/red] :smile:" in text
    assert "[bold]n[/]" in text
