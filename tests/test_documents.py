"""The README and the guides show what the program prints.

`CNNCALC_ACCEPT=1 pytest tests/test_documents.py` writes what is printed now into them.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from running import cnncalc

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
GUIDES = sorted((ROOT / "cnncalc" / "guides").glob("*.md"))
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
DOCUMENTS = [README, *GUIDES]


def shown_files(text: str) -> dict[str, str]:
    """The files that a document shows, by the name in their first line."""
    found = re.findall(r"```(?:yaml|csv|python)\n# (\S+)\n(.*?)```", text, re.S)
    return {name: body if name.endswith(".csv") else f"# {name}\n{body}" for name, body in found}


def shown_runs(text: str) -> list[tuple[str, int, int]]:
    """Each command with the lines, from and up to, that a document shows below it."""
    found = []
    lines = text.split("\n")
    for i, line in enumerate(lines):
        if not line.startswith("    $ cnncalc "):
            continue
        j = i + 1
        while j < len(lines):
            inside = lines[j].startswith("    ") and not lines[j].startswith("    $ ")
            if not inside and not (lines[j] == "" and lines[j + 1 : j + 2] and lines[j + 1].startswith("    ")
                                   and not lines[j + 1].startswith("    $ ")):
                break
            j += 1
        found.append((line[6:], i + 1, j))
    return found


def printed_by(command: str, folder: Path) -> list[str]:
    run = cnncalc(*shlex.split(command)[1:], cwd=folder)
    assert "Traceback" not in run.err
    printed = (run.err + run.out).rstrip("\n")
    return [line.rstrip() for line in printed.split("\n")] if printed else []


def written(folder: Path, text: str) -> None:
    for name, body in shown_files(text).items():
        (folder / name).write_text(body)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_shows_what_its_commands_print(document, tmp_path):
    text = document.read_text()
    written(tmp_path, text)
    lines = text.split("\n")
    expected = list(lines)
    for command, start, end in reversed(shown_runs(text)):
        shown = [line[4:] for line in lines[start:end]]
        printed = printed_by(command, tmp_path)
        if shown and shown[-1] == "...":
            printed = [*printed[: max(len(shown) - 1, 8 if len(shown) == 1 else 0)], "..."]
        expected[start:end] = [f"    {line}".rstrip() for line in printed]
    if os.environ.get("CNNCALC_ACCEPT"):
        document.write_text("\n".join(expected))
    else:
        assert lines == expected


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_of_a_document_is_a_network(document, tmp_path):
    text = document.read_text()
    written(tmp_path, text)
    for name in shown_files(text):
        if name.endswith(".yaml") and name != "wrong.yaml":
            assert cnncalc("summary", name, cwd=tmp_path).code == 0


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_python_of_a_document_runs(document, capsys):
    for code in re.findall(r"```python\n(?!# \S+\.py\n)(.*?)```", document.read_text(), re.S):
        exec(compile(code, document.name, "exec"), {})


@pytest.mark.parametrize("document", [*DOCUMENTS, CONTRIBUTING], ids=lambda path: path.name)
def test_links_lead_to_files(document):
    for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
        assert (document.parent / link).exists(), link


def test_every_command_is_in_the_readme_or_its_guides():
    from cnncalc.cli import COMMANDS

    everything = "".join(path.read_text() for path in DOCUMENTS)
    for command in COMMANDS:
        assert f"cnncalc {command}" in everything


def test_the_readme_has_its_two_commands_and_names_every_guide():
    text = README.read_text()
    assert "pip install . && cnncalc summary lenet5" in text
    assert "pip install -e '.[test]' && pytest -n 2" in text
    for guide in GUIDES:
        assert f"](cnncalc/guides/{guide.name})" in text


def test_guides_are_shown_by_their_topic():
    run = cnncalc("guide")
    assert [line.split()[0] for line in run.out.splitlines()[2:]] == [path.stem for path in GUIDES]
    assert cnncalc("guide", "cost").out == (ROOT / "cnncalc" / "guides" / "cost.md").read_text()
    run = cnncalc("guide", "costs")
    assert (run.code, run.err) == (2, "error: there is no guide 'costs'\n    did you mean 'cost'?\n")
