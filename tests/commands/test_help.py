"""What --help promises: exit statuses, columns, and examples that run."""

from __future__ import annotations

import shlex
from zipfile import ZipFile

import pytest
from running import cnncalc

from cnncalc.cli import COMMANDS

SMALL = "input: [28, 28, 1]\nlayers:\n  - Conv2D: {name: conv2d_1, filters: 2, kernel_size: 3}\n  - Flatten\n  - Dense: {name: dense, units: 10}\n"
SOURCE = """\
from torch import nn

net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10))
"""
SHEET = "layer,params\nconv2d_1,20\ndense,13530\n"


@pytest.fixture
def folder(tmp_path):
    """The files that the examples name."""
    for name in ("arch.yaml", "before.yaml", "after.yaml", "net.yaml"):
        (tmp_path / name).write_text(SMALL)
    assert cnncalc("convert", "arch.yaml", "-o", "model.json", cwd=tmp_path).code == 0
    with ZipFile(tmp_path / "model.keras", "w") as archive:
        archive.write(tmp_path / "model.json", "config.json")
    (tmp_path / "net.py").write_text(SOURCE)
    assert cnncalc("worksheet", "lenet5", "-o", "sheet.csv", cwd=tmp_path).code == 0
    (tmp_path / "submissions").mkdir()
    for name in ("ada.csv", "answers.csv", "submissions/bob.csv", "submissions/eve.csv"):
        (tmp_path / name).write_text(SHEET if name != "ada.csv" else "layer,params\nC1,156\n")
    (tmp_path / "week3.yaml").write_text("questions: [{template: size, level: 2, points: 2}, {template: params, level: 1}]\n")
    (tmp_path / "class.csv").write_text("id,name\nada,Ada\nbob,Bob\n")
    (tmp_path / "secret.txt").write_text("a secret of a test\n")
    (tmp_path / "mine.yaml").write_text("conv2d: [[1, 5, 2, 10], [7, 6, -3, 4], [10, 6, -10, -5], [3, 5, -3, -3]]\n")
    return tmp_path


def examples(command: str) -> list[str]:
    help = cnncalc(*command.split(), "--help", env={"COLUMNS": "200"}).out
    return [line.strip() for line in help.splitlines() if line.strip().startswith("cnncalc ")]


@pytest.mark.oracle
@pytest.mark.parametrize("command", ["", *COMMANDS, "quiz write"])
def test_the_examples_of_each_help_run(command, folder):
    found = examples(command)
    assert found
    for example in found:
        words = shlex.split(example.partition(" > ")[0].partition(" | ")[0])[1:]
        args = [part for word in words for part in ([str(path) for path in folder.glob(word)] if "*" in word else [word])]
        run = cnncalc(*args, cwd=folder)
        assert run.code in ((0, 1) if args[0] == "check" else (0,)), (example, run.err)
        assert "error" not in run.err


@pytest.mark.parametrize("command", COMMANDS)
def test_each_help_lists_the_exit_statuses(command):
    help = cnncalc(command, "--help").out
    assert "Exit status" in help
    assert ("1 " in help.partition("Exit status")[2]) == (command in ("check", "trace"))


def test_help_lists_every_column():
    from cnncalc.homework.headings import QUANTITIES
    from cnncalc.views.columns import COLUMNS

    words = cnncalc("summary", "--help").out.replace(",", " ").split()
    assert set(COLUMNS) <= set(words)
    words = cnncalc("worksheet", "--help").out.replace(",", " ").split()
    assert set(QUANTITIES) <= set(words)
