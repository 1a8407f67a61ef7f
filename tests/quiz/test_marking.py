"""Marks, gradebooks and statistics of made-up classes, against a computation of their own."""

from __future__ import annotations

import csv
import io
import json
import random
import statistics

import pytest
from click.testing import CliRunner

from cnncalc.cli import main
from cnncalc.quiz.marking import Marker
from cnncalc.quiz.sheets import Maker, Student, read_quiz
from cnncalc.quiz.statistics import by_question, mistakes, review_first
from cnncalc.quiz.values import plain_text

QUIZ = """\
quiz: week3
questions:
  - {template: size, level: 2, points: 2}
  - {template: params, level: 1}
  - {template: macs, level: 1, choices: 0}
  - {id: f, template: size, level: 1, choices: 0}
  - {id: m, about: f, ask: memory, choices: 0, points: 3}
"""
ROSTER = ["--roster", "class.csv", "--secret", "secret.txt"]
SECRET = b"a secret of a test"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "week3.yaml").write_text(QUIZ)
    (tmp_path / "class.csv").write_text("id,name\nada,Ada\nbob,=HYPERLINK()\n")
    (tmp_path / "secret.txt").write_text(SECRET.decode() + "\n")
    (tmp_path / "answers").mkdir()
    return tmp_path


def sheets(folder, names=("ada", "bob")):
    maker = Maker(read_quiz(str(folder / "week3.yaml")), SECRET)
    return {name: maker.for_student(Student(name)) for name in names}


def run(*args):
    return CliRunner().invoke(main, ["quiz", "mark", "week3.yaml", "answers", *ROSTER, *args])


def right(sheet):
    return {item.id: question.letter if item.choices else plain_text(question.answer) for item, question in sheet.questions}


def write(folder, name, answers):
    (folder / "answers" / f"{name}.csv").write_text("question,answer\n" + "".join([f"{q},{a}\n" for q, a in answers.items()]))


def test_right_answers_get_all_points_in_every_form_of_file(folder):
    both = sheets(folder)
    write(folder, "ada", right(both["ada"]))
    (folder / "answers" / "x.yaml").write_text(json.dumps({"code": both["bob"].code, "answers": right(both["bob"])}))
    done = run("--format", "json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)["students"]
    assert [(one["id"], one["points"], one["out_of"]) for one in found] == [("ada", 8, 8), ("bob", 8, 8)]
    (folder / "answers" / "ada.csv").unlink()
    (folder / "answers" / "x.yaml").unlink()
    items = list(right(both["ada"]))
    rows = [[name, *right(both[name]).values()] for name in both]
    (folder / "answers" / "all.csv").write_text("\n".join([",".join(["id", *items]), *[",".join(row) for row in rows]]) + "\n")
    assert [one["points"] for one in json.loads(run("--format", "json").stdout)["students"]] == [8, 8]


def test_an_error_is_carried_forward_to_a_question_about_the_same_network(folder):
    sheet = sheets(folder)["ada"]
    question = {item.id: q for item, q in sheet.questions}["f"]
    n, _, filters = question.answer
    answers = {**right(sheet), "f": f"{n - 1}x{n - 1}x{filters}", "m": str(4 * (n - 1) ** 2 * filters)}
    marks = {mark.item.id: mark for mark in Marker().mark(sheet, answers).marks}
    assert (marks["f"].status, marks["f"].points) == ("wrong", 0)
    assert marks["f"].causes[0].name == "forgot-plus-one"
    assert (marks["m"].status, marks["m"].points) == ("carried", 3)
    assert Marker(carried=False).mark(sheet, answers).points == 4


def test_what_is_wrong_with_answers_is_reported_and_loses_nothing(folder):
    both = sheets(folder)
    write(folder, "ada", {**right(both["ada"]), "nosuch": 3})
    write(folder, "zoe", {"size-2": "A"})
    (folder / "answers" / "empty.csv").write_text("")
    done = run("--format", "json")
    assert done.exit_code == 2
    assert "answers/ada.csv:7: error: there is no question 'nosuch'" in done.stderr
    assert "answers/zoe.csv: error: 'zoe' is not in the roster" in done.stderr
    assert "answers/empty.csv" in done.stderr
    assert json.loads(done.stdout)["students"][0]["points"] == 8


def test_gradebooks_have_a_column_for_each_question_and_no_formulas(folder):
    both = sheets(folder)
    write(folder, "ada", right(both["ada"]))
    moodle = list(csv.reader(io.StringIO(run("--gradebook", "moodle").stdout)))
    assert moodle[0] == ["ID number", "Name", *[f"week3: {item}" for item in right(both["ada"])], "week3: total"]
    assert moodle[1:] == [["ada", "Ada", "2", "1", "1", "1", "3", "8"], ["bob", "'=HYPERLINK()", "0", "0", "0", "0", "0", "0"]]
    canvas = list(csv.reader(io.StringIO(run("--gradebook", "canvas").stdout)))
    assert canvas[0][:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert canvas[1] == ["    Points Possible", "", "", "", "", "2", "1", "1", "1", "3"]
    assert canvas[2] == ["Ada", "", "ada", "", "", "2", "1", "1", "1", "3"]


@pytest.mark.parametrize("kind", [["--gradebook", "moodle"], ["--gradebook", "canvas"], ["--format", "csv"]])
def test_regrading_lists_whose_points_change(folder, kind):
    both = sheets(folder)
    write(folder, "ada", {**right(both["ada"]), "f": "7x7x7"})
    write(folder, "bob", right(both["bob"]))
    (folder / "old.csv").write_text(run(*kind).stdout)
    assert run("--regrade", "old.csv").stdout == "No points change for 2 students.\n"
    (folder / "week3.yaml").write_text(QUIZ.replace("{id: f,", "{id: f, accept: [7x7x7],"))
    changes = json.loads(run("--regrade", "old.csv", "--format", "json").stdout)["changes"]
    assert changes == [{"id": "ada", "question": "f", "before": 0.0, "now": 1.0}]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_statistics_of_a_made_up_class_are_those_of_another_computation(folder, seed):
    """Students of random ability: right, wrong in a known way, or nothing."""
    rng = random.Random(seed)
    maker = Maker(read_quiz(str(folder / "week3.yaml")), SECRET)
    marker, marked, truth = Marker(), [], []
    for i in range(24):
        sheet, ability = maker.for_student(Student(f"s{i}")), rng.random()
        answers, points, wrong = {}, [], []
        for item, question in sheet.questions:
            luck = rng.random()
            if luck < ability or item.id == "m":
                answers[item.id] = question.letter if item.choices else plain_text(question.answer)
                points.append(item.points)
                wrong.append(None)
            elif luck > 0.95:
                points.append(0)
                wrong.append("nothing")
            elif item.choices:
                choice = rng.choice([choice for choice in question.choices if not choice.right])
                answers[item.id] = "ABCD"[question.choices.index(choice)]
                points.append(0)
                wrong.append(choice.mistake)
            else:
                answers[item.id] = "1x1x1" if item.id == "f" else "1"
                points.append(0)
                wrong.append("other")
        marked.append(marker.mark(sheet, answers))
        truth.append((points, wrong))
    assert [one.points for one in marked] == [sum(points) for points, _ in truth]
    worth = [2, 1, 1, 1, 3]
    for i, question in enumerate(by_question(marked)):
        column = [points[i] for points, _ in truth]
        rest = [sum(points) - points[i] for points, _ in truth]
        assert question.right == sum(p == worth[i] for p in column)
        assert question.missing == sum(wrong[i] == "nothing" for _, wrong in truth)
        assert question.facility == pytest.approx(statistics.fmean(column) / worth[i])
        if len(set(column)) > 1:
            assert question.discrimination == pytest.approx(statistics.correlation(column, rest))
        else:
            assert question.discrimination is None
    made = [(name, sum(points) / 8) for points, wrong in truth for name in {w for w in wrong[:2] if w not in (None, "nothing")}]
    for count in mistakes(marked):
        mine = [share for name, share in made if name == count.name]
        if mine and not any(w == "other" for _, wrong in truth for w in wrong):
            assert (count.students, count.mean) == (len(mine), pytest.approx(statistics.fmean(mine)))
    reviewed = review_first(by_question(marked))
    assert [len(q.review) for q in reviewed] == sorted([len(q.review) for q in reviewed], reverse=True)
