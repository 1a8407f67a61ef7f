"""Every command against importing its libraries, on its smallest job; and a thousand answer sheets against one."""

from __future__ import annotations

import pytest
from timing import best, cnncalc, python, ratio, told

from cnncalc.cli import COMMANDS

SMALL = {
    "summary": ("lenet5",),
    "receptive-field": ("lenet5",),
    "explain": ("lenet5", "C1"),
    "check": ("mnist-chollet",),
    "worksheet": ("lenet5",),
    "layers": ("Conv2D",),
    "cost": ("lenet5",),
    "draw": ("lenet5",),
    "report": ("lenet5",),
    "compare": ("lenet5", "mnist-chollet"),
    "diff": ("lenet-variant", "lenet-variant-no-second-pool"),
    "convert": ("lenet5",),
    "solve": ("--from", "28", "--to", "14", "-k", "3"),
    "layer": ("Conv2D(6, 5)", "--input", "32x32x1"),
    "trace": ("edge-6x6",),
    "examples": (),
    "guide": (),
    "quiz": ("--seed", "3", "--questions", "1", "--format", "json"),
}


def test_every_command_is_timed():
    assert set(SMALL) == set(COMMANDS)


@pytest.mark.benchmark
@pytest.mark.parametrize("command", SMALL)
def test_a_command_answers_before_one_notices(command):
    assert ratio(cnncalc(command, *SMALL[command]), python("import click, yaml"), 2, runs=10) <= 2


SHEET = "layer,output,params\nC1,28x28x6,{}\nS2,14x14x6,0\nC3,10x10x16,{}\nS4,5x5x16,0\nC5,1x1x120,48120\nF6,84,10164\noutput,10,850\n"


@pytest.mark.benchmark
def test_a_thousand_sheets_take_less_than_ten_times_one(tmp_path):
    files = []
    for i in range(1000):
        files.append(str(tmp_path / f"{i}.csv"))
        with open(files[-1], "w") as file:
            file.write(SHEET.format(156 - i % 7, 2416 if i % 3 else 416 + i % 5))
    one, many = best(["bash", "-c", '"$@" || true', "-", *cnncalc("check", "lenet5", files[0])],
                     ["bash", "-c", '"$@" || true', "-", *cnncalc("check", "lenet5", *files)], runs=3)
    told("check, 1,000 sheets", f"{many * 1000:.0f} ms", f"one sheet: {one * 1000:.0f} ms", many / one, "less than 10")
    assert many / one < 10
