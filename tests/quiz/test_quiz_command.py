"""`cnncalc quiz`: its options, its JSON, its errors."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from cnncalc.cli import main


def run(*args, text=None):
    return CliRunner().invoke(main, ["quiz", *args], input=text)


def questions(*args):
    done = run("--format", "json", *args)
    assert done.exit_code == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["schema"] == "cnncalc/quiz/1"
    return data["questions"]


@pytest.fixture(autouse=True)
def own_data(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def test_the_same_seed_gives_the_same_questions():
    first = questions("--questions", "4", "--seed", "7", "--key")
    assert first == questions("--questions", "4", "--seed", "7", "--key")
    assert first != questions("--questions", "4", "--seed", "8", "--key")


def test_nothing_of_the_key_is_printed_without_key():
    for question in questions("--questions", "3", "--seed", "1"):
        assert "answer" not in question
        assert all(set(choice) == {"text"} for choice in question["choices"])


def test_skills_levels_and_choices_limit_the_questions():
    found = questions("--skill", "size,params", "--level", "2", "--choices", "3", "--questions", "4", "--seed", "1")
    assert {question["skill"] for question in found} == {"size", "params"}
    assert {question["level"] for question in found} == {2}
    assert {len(question["choices"]) for question in found} == {3}
    assert {len(question["choices"]) for question in questions("--choices", "0", "--skill", "macs", "--questions", "2", "--seed", "1")} == {0}


def test_a_mistake_is_exposed_by_every_question():
    for question in questions("--mistake", "forgot-plus-one", "--questions", "3", "--seed", "1", "--choices", "0"):
        assert question["skill"] in ("size", "pool", "macs", "memory", "params", "inverse")


def test_a_network_is_asked_about():
    found = questions("lenet5", "--questions", "5", "--seed", "1", "--key")
    assert all(question["stem"].startswith("In lenet5, the layer ") for question in found)
    assert len({question["id"] for question in found}) == 5


@pytest.mark.parametrize(("args", "words"), [
    (["--skill", "sizee"], "error: unknown skill 'sizee'\n    did you mean 'size'?"),
    (["--mistake", "forgot-plusone"], "did you mean 'forgot-plus-one'?"),
    (["--level", "5"], "'5' is not a level from 1 to 4"),
    (["nosuch"], "there is no file and no bundled example 'nosuch'"),
    (["lenet5", "alexnet"], "unexpected argument 'alexnet'"),
    (["--skill", "field", "--mistake", "forgot-bias"], "no question with --skill field exposes forgot-bias"),
    (["--key"], "--key needs --format json"),
])
def test_bad_usage_is_refused_with_the_fix(args, words):
    done = run(*args)
    assert done.exit_code == 2
    assert words in done.stderr
