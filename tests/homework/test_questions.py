"""The questions set the maximum score: what is asked of every sheet, and what a missing answer costs."""

from __future__ import annotations

import json

import pytest
from running import cnncalc

import cnncalc as package
from cnncalc.homework.grader import Grader
from cnncalc.homework.report import Scoring
from cnncalc.homework.rows import Rows
from cnncalc.homework.sheet import sheet_from_data, sheet_from_table

NET = """input: [28, 28, 1]
layers:
  - Conv2D: {filters: 32, kernel_size: 3, name: conv}
  - BatchNormalization: {name: bn}
  - ReLU: {name: relu}
  - MaxPooling2D: {name: pool}
  - Dropout: {rate: 0.5, name: drop}
  - Flatten: {name: flat}
  - Dense: {units: 10, name: out}
"""
RIGHT = {"conv": ("26x26x32", "320"), "pool": ("13x13x32", "0"), "flat": ("5408", "0"), "out": ("10", "54090")}


def graded(rows, worksheet=None, head=("layer", "output", "params"), **options):
    trace = package.loads(NET).trace
    names = Rows(trace)
    asked = sheet_from_table("w", worksheet, names) if worksheet else None
    return Grader(trace, worksheet=asked, **options).grade(sheet_from_table("s", [head, *rows], names))


def rows_of(**changed):
    return [(name, *cells) for name, cells in {**RIGHT, **changed}.items()]


def marks(report):
    return {(m.cell.key[0][0] if m.cell.key[0] else None, m.cell.quantity): m.status for m in report.marks}


def test_a_complete_sheet_has_full_marks():
    report = graded(rows_of())
    assert (report.complete, report.right, report.out_of) == (True, 8, 8)


@pytest.mark.parametrize("name", RIGHT)
def test_a_row_left_out_is_missing_and_earns_nothing(name):
    report = graded([row for row in rows_of() if row[0] != name])
    assert (report.out_of, report.points(Scoring()), report.complete) == (8, 6, False)
    assert report.count("missing") == 2
    assert graded([row for row in rows_of() if row[0] != name], answered_only=True).complete


@pytest.mark.parametrize(("name", "cells", "missing"), [
    ("conv", ("", "320"), 1), ("conv", ("26x26x32", ""), 1), ("conv", ("", ""), 2), ("pool", ("", "0"), 1), ("pool", ("13x13x32", ""), 0),
    ("pool", ("", ""), 2), ("flat", ("5408", "-"), 0), ("out", ("10", "-"), 1), ("out", ("10", "?"), 1),
])
def test_a_cell_left_out_is_missing_unless_the_layer_has_no_weights(name, cells, missing):
    report = graded(rows_of(**{name: cells}))
    assert (report.count("missing"), report.out_of, report.complete) == (missing, 8, missing == 0)


def test_a_column_of_parameters_needs_no_rows_without_weights():
    report = graded([("conv", "320"), ("out", "54090")], head=("layer", "params"))
    assert (report.complete, report.out_of) == (True, 2)
    report = graded([("conv", "320"), ("pool", "288"), ("out", "54090")], head=("layer", "params"))
    assert (report.complete, report.right, report.out_of) == (False, 2, 3)


@pytest.mark.parametrize(("row", "more"), [(("bn", "26x26x32", "128"), 0), (("relu", "26x26x32", "0"), 0), (("drop", "13x13x32", ""), 0)])
def test_normalization_activation_and_dropout_count_where_the_sheet_names_them(row, more):
    report = graded([*rows_of(), row])
    assert (report.complete, report.out_of) == (True, 10)
    report = graded([*rows_of(), (row[0], "", "")])
    assert (report.count("missing"), report.out_of) == (2, 10)


def test_input_and_total_count_where_the_sheet_has_them():
    report = graded([("input", "28x28x1", ""), *rows_of(), ("total", "", "54,538")])
    assert (report.complete, report.out_of) == (True, 10)
    report = graded([("input", "", ""), *rows_of(), ("total", "", "")])
    assert (report.count("missing"), report.out_of) == (2, 10)


def test_a_worksheet_sets_the_questions():
    worksheet = [("layer", "output", "params"), ("conv", "", ""), ("pool", "13x13x32", ""), ("out", "", "")]
    report = graded([("conv", "26x26x32", "320"), ("pool", "13x13x32", "0"), ("out", "10", "54090")], worksheet)
    assert (report.complete, report.out_of) == (True, 5)  # the size of pool is given
    report = graded([("conv", "26x26x32", "320"), ("flat", "5408", "0")], worksheet)
    assert (report.right, report.count("missing"), report.out_of) == (2, 3, 5)
    key = [("layer", "output", "params"), *rows_of()]
    assert graded(rows_of(), key).out_of == 8  # a filled-in worksheet is a key: all of it is asked


def test_a_sheet_with_two_rows_is_not_graded_on_them_alone():
    trace = package.load("lenet5").trace
    report = Grader(trace).grade(sheet_from_data("s", {"C1": {"params": 156}}, Rows(trace)))
    assert (report.right, report.count("missing"), report.out_of) == (1, 4, 5)


def sheet(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    return name


def run_json(tmp_path, *args):
    run = cnncalc("check", "net.yaml", *args, "--format", "json", cwd=tmp_path)
    return run.code, (json.loads(run.out)["sheets"] if run.out else run.err)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "net.yaml").write_text(NET)
    body = "".join(f"{name},{a},{b}\n" for name, (a, b) in RIGHT.items())
    (tmp_path / "right.csv").write_text("layer,output,params\n" + body)
    (tmp_path / "bias.csv").write_text("layer,output,params\n" + body.replace("320", "288").replace("54090", "54080"))
    return tmp_path


def test_points_weight_the_questions(folder):
    sheet(folder, "work.csv", "layer,output,params,points\nconv,,,3\npool,,,\nflat,,,0.5\nout,,,2\n")
    for more in (("--points", "points", "right.csv"), ("right.csv", "--points"), ("--points", "right.csv")):
        code, (one,) = run_json(folder, "--worksheet", "work.csv", *more)
        assert (code, one["points"], one["out_of"]) == (0, 13.0, 13.0)
    code, (one,) = run_json(folder, "--worksheet", "work.csv", "--points", "points", "bias.csv")
    assert (code, one["points"], one["out_of"]) == (1, 8.0, 13.0)
    assert "has no column 'weight'" in cnncalc("check", "net.yaml", "--worksheet", "work.csv", "--points", "weight", "bias.csv", cwd=folder).err
    assert cnncalc("check", "net.yaml", "right.csv", "--points", "points", cwd=folder).code == 2


def test_a_worksheet_may_accept_conventions_and_a_students_sheet_may_not(folder):
    head = "accept,no-biases\nlayer,output,params\n"
    sheet(folder, "work.csv", head + "conv,,\npool,,\nflat,,\nout,,\n")
    assert run_json(folder, "--worksheet", "work.csv", "bias.csv")[0] == 0
    sheet(folder, "own.csv", "accept,no-biases\n" + (folder / "bias.csv").read_text())
    assert run_json(folder, "own.csv")[0] == 1
    sheet(folder, "own.yaml", "accept: no-biases\nconv: {params: 288}\n")
    assert run_json(folder, "own.yaml")[0] == 1
    sheet(folder, "work.yaml", "accept: [no-biases]\nconv: {params: }\nout: {params: }\n")
    assert run_json(folder, "--worksheet", "work.yaml", "bias.csv")[0] == 0
    net = NET.replace("name: conv}", "name: conv}\n    expect: {params: 288, accept: no-biases}")
    (folder / "net.yaml").write_text(net)
    assert (run_json(folder)[0], run_json(folder, "bias.csv")[0]) == (0, 0)


def test_a_wrong_convention_is_answered_with_the_right_name(folder):
    run = cnncalc("check", "net.yaml", "right.csv", "--accept", "no-biasses", cwd=folder)
    assert (run.code, run.err) == (2, "error: no convention named 'no-biasses'\n    did you mean 'no-biases'?\n")


def test_once_deducts_a_mistake_made_throughout_only_once(folder):
    code, (one,) = run_json(folder, "bias.csv", "--once")
    assert (code, one["points"], one["out_of"]) == (1, 7.0, 8.0)
    code, (one,) = run_json(folder, "bias.csv", "--no-once")
    assert (code, one["points"], one["out_of"]) == (1, 6.0, 8.0)


@pytest.mark.parametrize("arguments", [(), ("--worksheet", "blank.csv"), ("--answered-only",), ("--format", "json"), ("--format", "csv")])
def test_a_blank_sheet_exits_with_1(folder, arguments):
    run = cnncalc("worksheet", "net.yaml", "-o", "blank.csv", cwd=folder)
    assert run.code == 0
    run = cnncalc("check", "net.yaml", "blank.csv", *arguments, cwd=folder)
    assert (run.code, run.err) == (1, "")
    for value in ("320", "54,090", "54090", "26x26x32", "5408", "21632", "21,632"):
        assert value not in run.out
