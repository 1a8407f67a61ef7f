"""Sheets of a class: each student's depends on nobody else's; bad files are refused with file, line and fix; handouts tell nothing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from cnncalc.cli import main
from cnncalc.quiz.sheets import Maker, Student, read_quiz
from cnncalc.quiz.stream import Stream, code_of, derived, hmac

QUIZ = """\
title: "Week 3: {CNN} & 50% ~ a/b <x> ]]> $y_1$"
quiz: week3
questions:
  - {template: size, level: 2, points: 2}
  - {id: p, template: params, level: 1}
  - {template: macs, level: 2, choices: 0}
  - {id: m, about: size-2, ask: memory, choices: 0}
  - hand-1
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "week3.yaml").write_text(QUIZ)
    (tmp_path / "class.csv").write_text("id,name\nada,Ada\nbob,Bob\n")
    (tmp_path / "secret.txt").write_text("a secret of a test\n")
    return tmp_path


def run(*args):
    return CliRunner().invoke(main, ["quiz", *args])


ROSTER = ("--roster", "class.csv", "--secret", "secret.txt")


def stems(maker, student):
    return {item.id: (question.stem, [choice.value for choice in question.choices]) for item, question in maker.for_student(Student(student)).questions}


def test_hmac_is_that_of_the_standard_library():
    import hmac as standard

    for key in (b"", b"k", b"x" * 64, b"y" * 200):
        assert hmac(key, b"message") == standard.digest(key, b"message", "sha256")


def test_the_stream_draws_from_hmacs_of_a_counter():
    import hmac as standard

    key = standard.digest(b"secret", b"5:week31:16:size-23:ada", "sha256")
    assert derived(b"secret", "week3", "1", "size-2", "ada") == key
    words = [int.from_bytes(standard.digest(key, b"draws %d" % i, "sha256")[j:j + 4], "big") for i in range(3) for j in range(0, 32, 4)]
    stream = Stream(key)
    assert [stream.below(1000) for _ in range(20)] == [word % 1000 for word in words if word < 2**32 - 2**32 % 1000][:20]
    assert derived(b"k", "ab", "c") != derived(b"k", "a", "bc")


def test_a_code_has_eight_characters_that_are_not_mistaken():
    codes = {code_of(b"secret", "sheet", i) for i in range(2000)}
    assert len(codes) == 2000
    assert all(len(code) == 8 and not set(code) & set("ILOU") for code in codes)


def test_another_student_or_question_changes_no_other_sheet(folder):
    before = Maker(read_quiz("week3.yaml"), b"secret 1")
    first = stems(before, "ada")
    (folder / "more.yaml").write_text(QUIZ.replace("questions:\n", "questions:\n  - {template: field, level: 3}\n"))
    after = Maker(read_quiz("more.yaml"), b"secret 1")
    stems(after, "zoe")
    assert {name: question for name, question in stems(after, "ada").items() if name != "field-3"} == first
    assert stems(before, "bob") != first
    assert stems(Maker(read_quiz("week3.yaml"), b"secret 2"), "ada") != first


def test_a_question_about_another_has_its_network(folder):
    sheet = Maker(read_quiz("week3.yaml"), b"secret 1").for_student(Student("ada"))
    questions = {item.id: question for item, question in sheet.questions}
    assert questions["m"].network == questions["size-2"].network
    assert questions["m"].answer == 4 * questions["size-2"].answer[0] ** 2 * questions["size-2"].answer[2]


@pytest.mark.parametrize("format", ["markdown", "latex"])
def test_handouts_tell_nothing_of_the_key(folder, format):
    handout = run("write", "week3.yaml", *ROSTER, "--format", format)
    assert handout.exit_code == 0, handout.stderr
    key = run("write", "week3.yaml", *ROSTER, "--format", format, "--key").stdout
    maker = Maker(read_quiz("week3.yaml"), b"a secret of a test")
    for student in ("ada", "bob"):
        sheet = maker.for_student(Student(student))
        assert sheet.code in handout.stdout
        for item, question in sheet.questions:
            if not item.choices:
                assert f"{question.answer:,}" not in handout.stdout
                assert f"{question.answer:,}" in key
    for word in ("a secret of a test", "forgot-", "right)", "(right", "Answer: "):
        assert word not in handout.stdout
    assert "right" in key


def test_a_folder_gets_a_sheet_for_each_student(folder):
    done = run("write", "week3.yaml", *ROSTER, "-o", "sheets/")
    assert done.exit_code == 0
    names = sorted(path.name for path in (folder / "sheets").iterdir())
    assert [name.split("-")[0] for name in names] == ["ada", "bob"]


@pytest.mark.parametrize(("before", "after", "words"), [
    ("template: size", "template: sizee", ["week3.yaml:4:", "unknown template 'sizee'", "did you mean 'size'?"]),
    ("level: 2, points: 2", "level: 7", ["week3.yaml:4:", "level must be from 1 to 4"]),
    ("points: 2", "points: many", ["week3.yaml:4:", "points must be a number"]),
    ("id: p,", "id: size-2,", ["week3.yaml:5:", "two questions have the id 'size-2'"]),
    ("about: size-2", "about: nothing", ["week3.yaml:7:", "there is no question 'nothing' before it"]),
    ("ask: memory", "ask: colour", ["week3.yaml:7:", "ask must be one of size, params, macs, memory"]),
    ("choices: 0}\n  - {id: m", "choices: 9}\n  - {id: m", ["week3.yaml:6:", "choices must be 0"]),
    ("quiz: week3", "quizz: week3", ["week3.yaml:2:", "unknown key 'quizz'", "did you mean 'quiz'?"]),
    ("template: params", "mistake: nope, template: params", ["week3.yaml:5:", "does not expose a mistake called 'nope'"]),
    ("questions:", "conventions: {biases: left out}\nquestions:", ["week3.yaml:3:", "questions have biases: counted"]),
])
def test_a_wrong_quiz_file_is_refused_with_its_line(folder, before, after, words):
    assert before in QUIZ
    (folder / "week3.yaml").write_text(QUIZ.replace(before, after, 1))
    done = run("write", "week3.yaml")
    assert done.exit_code == 2
    assert done.stdout == ""
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize(("roster", "words"), [
    ("id,name\nada,Ada\nada,Other\n", "class.csv:3: error: 'ada' is already in line 2"),
    ("id,name\n,Ada\n", "class.csv:2: error: no id in this row"),
    ("who,name\nada,Ada\n", "class.csv:1: error: no column is an id"),
    ("", "class.csv: error: the roster is empty"),
    ("id,name\n", "class.csv: error: the roster has no students"),
])
def test_a_wrong_roster_is_refused_with_its_line(folder, roster, words):
    (folder / "class.csv").write_text(roster)
    done = run("write", "week3.yaml", *ROSTER)
    assert done.exit_code == 2
    assert words in done.stderr


@pytest.mark.parametrize(("args", "words"), [
    (["--roster", "class.csv"], "--roster needs --secret FILE"),
    ([*ROSTER, "--variants", "3"], "--variants and --roster cannot be combined"),
    (["--format", "moodle", "--key"], "--key is for markdown and latex"),
    (["--format", "canvas"], "a zip needs -o FILE.zip"),
    (["-o", "x.docx"], "this command cannot write .docx files"),
])
def test_bad_usage_of_write_is_refused(folder, args, words):
    done = run("write", "week3.yaml", *args)
    assert (done.exit_code, words in done.stderr) == (2, True), done.stderr


def test_templates_with_few_answers_are_refused_for_individual_sheets(folder):
    (folder / "week3.yaml").write_text("questions: [{template: inverse, level: 2}]\n")
    done = run("write", "week3.yaml", *ROSTER)
    assert done.exit_code == 2
    assert "week3.yaml:1:" in done.stderr
    assert "inverse-2 has too few different answers for individual sheets" in done.stderr
    assert run("write", "week3.yaml", "--variants", "3").exit_code == 0


PYTHONS = [path for path in (Path.home() / ".pyenv/versions").glob("3.1*/bin/python") if path.exists()]


@pytest.mark.oracle
@pytest.mark.skipif(len(PYTHONS) < 2, reason="needs several versions of Python")
def test_sheets_are_the_same_bytes_on_every_python(folder):
    """The generator, the templates and the choices; other versions have no click or yaml, which they do not need."""
    code = ("import sys, hashlib; sys.path.insert(0, sys.argv[1])\n"
            "from cnncalc.quiz.run import Run\nfrom cnncalc.quiz.question import question_dict\n"
            "run = Run('7')\n"
            "print(hashlib.sha256(repr([question_dict(run.next(), True) for _ in range(66)]).encode()).hexdigest())\n")
    root = str(Path(__file__).parent.parent.parent)
    found = {subprocess.run([str(python), "-I", "-c", code, root], capture_output=True, text=True, check=True).stdout for python in PYTHONS}
    assert len(found) == 1
    assert shutil.which("python3") is None or found.pop().strip()
