"""The README shows what the program prints."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from running import cnncalc

README = (Path(__file__).parent.parent / "README.md").read_text()


def shown_files() -> dict[str, str]:
    """The files that the README shows, by the name in their first line."""
    found = re.findall(r"```(?:yaml|csv)\n# (\S+)\n(.*?)```", README, re.S)
    return {name: text if name.endswith(".csv") else f"# {name}\n{text}" for name, text in found}


def shown_runs() -> list[tuple[str, list[str]]]:
    """Each command with the lines that the README shows below it."""
    found: list[tuple[str, list[str]]] = []
    lines = README.split("\n")
    for i, line in enumerate(lines):
        if not line.startswith("    $ cnncalc "):
            continue
        output = []
        for j in range(i + 1, len(lines)):
            inside = lines[j].startswith("    ") and not lines[j].startswith("    $ ")
            if not inside and not (lines[j] == "" and lines[j + 1 : j + 2] and lines[j + 1].startswith("    ")
                                   and not lines[j + 1].startswith("    $ ")):
                break
            output.append(lines[j][4:])
        found.append((line[6:], output))
    return found


RUNS = shown_runs()


@pytest.fixture
def folder(tmp_path):
    for name, text in shown_files().items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(("command", "shown"), RUNS, ids=[command for command, _ in RUNS])
def test_a_command_prints_what_the_readme_shows(command, shown, folder):
    run = cnncalc(*shlex.split(command)[1:], cwd=folder)
    printed = [line.rstrip() for line in (run.err + run.out).rstrip("\n").split("\n")]
    if shown[-1] == "...":
        shown, printed = shown[:-1], printed[: len(shown) - 1]
    assert printed == shown


def test_every_file_of_the_readme_is_a_network(folder):
    for name in shown_files():
        if name.endswith(".yaml") and name != "wrong.yaml":
            assert cnncalc("summary", name, cwd=folder).code == 0


def test_every_command_is_in_the_readme():
    from cnncalc.cli import COMMANDS

    for command in COMMANDS:
        assert f"cnncalc {command}" in README


def test_the_readme_has_its_two_commands():
    assert "pip install . && cnncalc summary lenet5" in README
    assert "pip install -e '.[test]' && pytest -n 2" in README
