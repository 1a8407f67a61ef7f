"""Sheets as people write them, the verdict on every answer, marking, keys and worksheets."""

from __future__ import annotations

import csv
import io
import json
import random

import pytest
from running import TESTS, measured
from running import cnncalc as run_cli
from students import Student, spec

import cnncalc
from cnncalc.errors import CnncalcError
from cnncalc.homework.claims import Claim
from cnncalc.homework.conventions import accepted_conventions
from cnncalc.homework.expressions import worked_out
from cnncalc.homework.grader import Grader
from cnncalc.homework.headings import column
from cnncalc.homework.layer_run import Settings
from cnncalc.homework.report import Scoring
from cnncalc.homework.rows import Rows
from cnncalc.homework.sheet import expected_in, sheet_from_data, sheet_from_table
from cnncalc.homework.working import lines_of
from cnncalc.network import bundled
from cnncalc.sources import examples
from cnncalc.sources.sheets.reader import sheet_of

# Values as people write them.


@pytest.mark.parametrize(("text", "shape"), [
    ("28x28x64", (28, 28, 64)), ("28 x 28 x 64", (28, 28, 64)), ("28×28×64", (28, 28, 64)), ("28*28*64", (28, 28, 64)),
    ("(None, 26, 26, 32)", (None, 26, 26, 32)), ("[26, 26, 32]", (26, 26, 32)), ("26,26,32", (26, 26, 32)),
    ("(1, 6, 28, 28)", (1, 6, 28, 28)), ("6@28x28", (28, 28, 6)), ("6 maps of 28x28", (28, 28, 6)),
    ("13 by 13 by 256", (13, 13, 256)), ("?x26x26x32", (None, 26, 26, 32)), ("576", (576,)), ("(576,)", (576,)),
    ("7,776", (7776,)), ("54.5 -> 54", (54,)), ("54.5 → 54", (54,)), ("28x28x6 = 4704", (28, 28, 6)),
    ("torch.Size([1, 64, 112, 112])", (1, 64, 112, 112)), ("1 x 1 x 4096", (1, 1, 4096)), ("55x55, 96 maps", (55, 55, 96)),
])
def test_shapes_are_read_as_people_write_them(text, shape):
    assert Claim(text).shapes[0] == shape


@pytest.mark.parametrize(("text", "value"), [
    ("93,322", 93_322), ("93322", 93_322), ("93 322", 93_322), ("93'322", 93_322), ("93_322", 93_322), ("7,776 + 32", 7808),
    ("150K", 150_000), ("3.2M", 3_200_000), ("138M", 138_000_000), ("~138M", 138_000_000), ("10 million", 10_000_000),
    ("0.57 MB", 570_000), ("12 MiB", 12 * 2**20), ("1.5e6", 1_500_000), ("1.5 x 10^6", 1_500_000), ("= 896", 896),
    ("(5*5*3+1)*100 = 7600", 7600), ("(3·3·1+1)·32=320", 320), ("5x5x3x100", 7500), ("3.70 billion", 3_700_000_000),
    ("86.7 MFLOPs", 86_700_000), ("62.4M params", 62_400_000), ("2^20", 2**20), ("0,57 MB", 570_000), ("(23+1)(4)", 96),
    ("⌊(28 − 3) / 2⌋ + 1", 13), ("ceil(75/2)", 38),
])
def test_numbers_are_read_as_people_write_them(text, value):
    assert Claim(text).numbers[0].value() == value


@pytest.mark.parametrize("text", ["", "two", "12 apples", "1e999", "9" * 800, "2**99999", "((((1+", "1/0", "3 +", "10**10**10"])
def test_what_is_no_number_is_none(text):
    assert Claim(text).numbers == [] or Claim(text).numbers[0].open is False
    assert worked_out(text) is None


SMALL = "input: [28, 28, 1]\nlayers:\n  - Conv2D: [32, 3]\n    name: conv\n  - MaxPooling2D: {name: pool}\n" \
        "  - Flatten: {name: flat}\n  - Dense: {units: 10, name: out}\n"


def judged(answers, text=SMALL, **settings):
    trace = cnncalc.loads(text).trace
    return grader(text, **settings).grade(sheet_from_data("sheet", answers, Rows(trace)))


def grader(text, accept=(), worksheet=None, answered_only=False, **settings):
    trace = cnncalc.loads(text).trace
    return Grader(trace, Settings(**settings), accepted_conventions(accept), bundled, worksheet, answered_only)


def mark(row, quantity, value, text=SMALL, **settings):
    """The mark on a single answer."""
    return next(m for m in judged({row: {quantity: value}}, text, **settings).marks if m.cell.label == row and m.cell.quantity == quantity)


@pytest.mark.parametrize(("row", "quantity", "value", "status"), [
    ("conv", "output", "26x26x32", "right"), ("conv", "output", "(None, 26, 26, 32)", "right"),
    ("conv", "output", "(1, 26, 26, 32)", "right"), ("conv", "output", [26, 26, 32], "right"),
    ("conv", "output", "26x26", "form"), ("conv", "output", "26", "form"), ("conv", "output", "21,632", "form"),
    ("conv", "output", "(32, 26, 26, 32)", "form"), ("conv", "output", "32x26x26", "convention"),
    ("conv", "output", "26x26x1", "wrong"), ("conv", "output", "", "missing"), ("conv", "output", "?", "missing"),
    ("out", "output", "1x1x10", "form"), ("out", "output", "(10, 1)", "form"), ("out", "output", "10", "right"),
    ("conv", "params", "320", "right"), ("conv", "params", "288 + 32", "form"), ("conv", "params", "288 + 32 = 320", "right"),
    ("conv", "params", "288 + 32 = 330", "slip"), ("conv", "params", "3*3*32 = 288", "wrong"), ("pool", "params", "-", "form"),
    ("pool", "params", "none", "form"), ("conv", "params", "-", "missing"), ("conv", "activations", "21.6K", "form"),
    ("conv", "activations", "22K", "form"), ("conv", "activations", "23K", "wrong"), ("conv", "activations", "21,632", "right"),
    ("conv", "memory", "86528", "right"), ("conv", "memory", "86.5 KB", "form"), ("conv", "memory", "84.5 KB", "convention"),
    ("conv", "memory", "84.5 KiB", "right"), ("conv", "memory", "0.0865 MB", "form"), ("conv", "receptive_field", 3, "right"),
    ("conv", "receptive_field", "3x3", "right"), ("conv", "receptive_field", "9", "form"), ("pool", "jump", 2, "right"),
    ("conv", "coverage", "1.15%", "right"), ("conv", "coverage", "9/784", "right"), ("conv", "coverage", "2%", "wrong"),
    ("conv", "kernel", 3, "right"), ("conv", "padding", 1, "wrong"), ("total", "params", 54_410, "right"),
    ("conv+out", "params", 54_410, "right"), ("total", "weights", 54_368, "right"), ("total", "biases", 42, "right"),
    ("conv", "macs", 194_688, "right"), ("conv", "flops", 389_376, "right"), ("conv", "flops", 194_688, "wrong"),
])
def test_each_answer_has_its_mark(row, quantity, value, status):
    assert mark(row, quantity, value).status == status


def test_settings_say_what_is_right():
    norm = "input: [8, 8, 4]\nlayers:\n  - BatchNormalization: {name: bn}\n  - MaxPooling2D: {w: 3, s: 2, name: pool}\n"
    assert mark("conv", "params", 288, biases=False).status == "right"
    assert mark("conv", "params", 320, biases=False).causes[0].name == "bias-counted-when-excluded"
    assert mark("bn", "params", 8, norm, bn="2C").status == "right"
    assert mark("bn", "params", 8, norm, bn="4C").causes[0].name == "BN-2C-vs-4C"
    assert mark("pool", "output", "4x4x4", norm, rounding="ceil").status == "right"
    assert mark("pool", "output", "4x4x4", norm, rounding="floor").causes[0].name == "ceil-or-round-instead-of-floor"
    assert mark("conv", "flops", 194_688, work="macs").status == "right"
    assert mark("conv", "macs", 389_376, work="flops").status == "right"
    assert mark("conv", "output", "32x26x26", order="channels_first").status == "right"
    assert mark("conv", "output", "26x26x32", order="channels_first").status == "form"
    assert mark("conv", "output", "32x26x26", order="channels_last").causes[0].name == "channel-order"
    assert mark("conv", "memory", "84.5 KB", binary=True).status == "right"
    assert mark("conv", "memory", "84.5 KB", binary=False).causes[0].name == "MB-vs-MiB"
    assert mark("conv", "memory", "86.528 KiB").causes[0].name == "MB-vs-MiB"
    assert mark("conv", "memory", 4 * 86_528, batch=4).status == "right"
    assert mark("conv", "memory", 86_528 // 2, bits=16).status == "right"


def test_one_answer_by_another_convention_is_named():
    named = {("conv", "output", "32x26x26"): "channel-order", ("conv", "memory", "84.5 KB"): "MB-vs-MiB",
             ("conv", "flops", 194_688): "MACs-vs-FLOPs", ("out", "params", "52.82K"): "2^20 used for counts",
             ("pool", "output", "13.5x13.5x32"): None}
    for (row, quantity, value), name in named.items():
        found = mark(row, quantity, value)
        assert (found.why or found.causes[0].name if found.causes or found.why else None) == name, value
    halves = "input: [10, 10, 1]\nlayers:\n  - Conv2D: {f: 1, k: 3, s: 2, name: conv}\n"
    for value in ("4.5x4.5x1", "4.5", "not an integer: 4.5", "invalid"):
        found = mark("conv", "output", value, halves)
        assert (found.status, found.causes[0].name) == ("wrong", "non-integer handling")
        assert mark("conv", "output", value, halves, accept=["non-integer"]).status == "convention"
    assert mark("conv", "output", "4.25", halves).status == "wrong"
    assert mark("conv", "output", "4.25", halves, accept=["non-integer"]).status == "wrong"


def test_a_counting_convention_is_right_only_where_the_teacher_accepts_it():
    weights = {"conv": {"params": 288}, "out": {"params": 54_080}}
    sheet = {**weights, "total": {"params": 54_368}}
    report = judged(sheet)
    assert [m.status for m in report.marks] == ["wrong", "wrong", "carried"]
    assert [(m.name, len(m.marks)) for m in report.mistakes] == [("forgot-bias", 2)]
    assert not report.complete
    report = judged(sheet, accept=["no-biases"])
    assert [m.status for m in report.marks] == ["convention"] * 3
    assert (report.complete, [c.option for c in report.conventions]) == (True, ["no-biases"])
    assert judged({**weights, "conv": {"params": 320}}, accept=["no-biases"]).complete  # both readings are right
    assert [m.status for m in judged(sheet, biases=False).marks] == ["right"] * 3
    assert [m.status for m in judged({"conv": {"params": 320}, "out": {"params": 54_090}}, biases=False).marks] == ["wrong", "wrong"]
    assert judged({"conv": {"params": 320}, "out": {"params": 54_090}}, biases=False, accept=["biases"]).complete


def test_the_working_of_a_mistake_stands_beside_the_right_one():
    found = mark("out", "params", "54,080")
    facts = grader(SMALL).correct(Settings())
    lines = lines_of(found, found.causes[0], facts)
    assert [str(line) for line in lines.wrong] == ["params = n × u = 5,408 × 10 = 54,080"]
    assert [str(line) for line in lines.right] == ["params = n × u + u = 5,408 × 10 + 10 = 54,090"]
    assert lines.numbers == "5,408 × 10 = 54,080"


# Errors carried forward.

LENET = [
    {"kind": "conv", "name": "C1", "f": 6, "k": 5, "s": 1, "p": "valid", "d": 1, "g": 1},
    {"kind": "avg", "name": "S2", "k": 2, "s": 2, "p": "valid"},
    {"kind": "conv", "name": "C3", "f": 16, "k": 5, "s": 1, "p": "valid", "d": 1, "g": 1},
    {"kind": "avg", "name": "S4", "k": 2, "s": 2, "p": "valid"},
    {"kind": "flat", "name": "flat"},
    {"kind": "dense", "name": "C5", "u": 120}, {"kind": "dense", "name": "F6", "u": 84}, {"kind": "dense", "name": "out", "u": 10},
]


def lenet(columns, stride):
    """A sheet for LeNet by someone who read another stride of its second layer."""
    rows = [dict(row, s=stride) if row["name"] == "S2" else row for row in LENET]
    return Student().sheet((32, 32, 1), rows, columns)


@pytest.mark.parametrize("stride", [1, 3])
@pytest.mark.parametrize("columns", [("output",), ("output", "params"), ("output", "activations", "params", "macs", "flops", "memory"),
                                     ("receptive_field",)])
def test_after_one_wrong_stride_all_else_is_right_given_the_error(columns, stride):
    text = json.dumps(spec((32, 32, 1), LENET))
    sheet, right = lenet(columns, stride), Student().sheet((32, 32, 1), LENET, columns)
    if "receptive_field" in columns:  # the dense layers see everything
        sheet = {name: cells for name, cells in sheet.items() if name in ("C1", "S2", "C3", "S4", "flat")}
    report = judged(sheet, text)
    for found in report.marks:
        same = right[found.cell.label][found.cell.quantity] == sheet[found.cell.label][found.cell.quantity]
        at = (found.cell.label, found.cell.quantity)
        first = at == ("S2", "output") or (at == ("C3", "receptive_field"))
        assert found.status == ("right" if same else "wrong" if first else "carried"), at
    assert report.count("wrong") == 1
    assert report.points(Scoring()) == len(report.marks) - 1
    assert report.points(Scoring(carried=False)) == report.count("right")
    where = report.first_error.cell
    assert (where.label, where.quantity) == (("S2", "output") if "output" in columns else ("C3", "receptive_field"))


def test_a_total_of_the_sheets_own_column_is_right_given_its_errors():
    report = judged({"conv": {"params": 288}, "out": {"params": 54_090}, "total": {"params": 54_378}})
    assert [v.status for v in report.marks] == ["wrong", "right", "carried"]
    report = judged({"conv": {"params": 320}, "out": {"params": 54_090}, "total": {"params": 54_400}})
    assert report.marks[2].causes[0].name == "arithmetic-slip"


# Which columns and which rows.


@pytest.mark.parametrize(("heading", "quantity"), [
    ("Activation shape", "output"), ("Activation Size", "activations"), ("# parameters", "params"), ("#params", "params"),
    ("Param #", "params"), ("Output Shape", "output"), ("number of weights", "weights"), ("# biases", "biases"), ("MACs", "macs"),
    ("FLOPs", "flops"), ("Memory (MB)", "memory"), ("memory (values)", "activations"), ("Receptive field", "receptive_field"),
    ("RF", "receptive_field"), ("jump", "jump"), ("coverage", "coverage"), ("k", "kernel"), ("p", "padding"), ("s", "stride"),
    ("weights (no biases)", "weights"), ("Input", "input"), ("Output (CxHxW)", "output"), ("parameters (without biases)", "weights"),
    ("receptive_field", "receptive_field"),
])
def test_columns_are_known_by_the_words_that_head_them(heading, quantity):
    assert column(heading).quantity == quantity


def table(text, name="sheet.csv", network="mnist-chollet"):
    trace = cnncalc.load(network).trace
    raw = sheet_of(name, text)
    sheet = sheet_from_table(name, raw.rows, Rows(trace)) if raw.rows is not None else sheet_from_data(name, raw.data, Rows(trace))
    return trace, sheet, Grader(trace).grade(sheet)


KEY = [("conv2d_1", "26x26x32", "320"), ("max_pooling2d_1", "13x13x32", "0"), ("conv2d_2", "11x11x64", "18,496"),
       ("max_pooling2d_2", "5x5x64", "0"), ("conv2d_3", "3x3x64", "36,928"), ("flatten_1", "576", "0"),
       ("dense_1", "64", "36,928"), ("dense_2", "10", "650"), ("total", "", "93,322")]


def written(delimiter=",", labels=None, head=("Layer", "Output shape", "# params"), rows=KEY):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(head)
    for i, row in enumerate(rows):
        writer.writerow([labels[i] if labels else row[0], *row[1:]])
    return out.getvalue()


@pytest.mark.parametrize("text", [
    written(), written(";"), written("\t"), "sep=;\r\n" + written(";"), written().replace("\n", "\r\n"),
    "Homework 3,,\nName:,Ada,\n,,\n" + written(),
    written(labels=["Conv1", "Pool1", "Conv 2", "POOL2", "conv3", "flatten", "FC1", "softmax", "TOTAL"]),
    written(labels=["CONV", "POOL", "CONV", "POOL", "CONV", "", "FC", "FC", "Sum"]),
    written(labels=["conv2d_1 (Conv2D)", "max_pooling2d_1 (MaxPooling2D)", "conv2d_2 (Conv2D)", "max_pooling2d_2 (...)",
                    "conv2d_3 (Conv2D)", "flatten_1 (Flatten)", "dense_1 (Dense)", "dense_2 (Dense)", "Total"]),
    written(rows=[r for r in KEY if r[0] != "flatten_1"], labels=["C1", "P1", "C2", "P2", "C3", "FC4", "FC5", "total"]),    "| Layer | Output | Params |\n|---|:-:|--:|\n" + "".join(f"| **{a}** | `{b}` | {c} |\n" for a, b, c in KEY),
    written(head=("output", "params"), rows=[r[:2] + r[2:] for r in KEY[:-1]]).replace("output,params", ",output,params"),
])
def test_tables_are_read_as_spreadsheets_and_people_write_them(text):
    name = "sheet.md" if text.startswith("|") else "sheet.csv"
    _, sheet, report = table(text, name)
    filled = [v for v in report.marks if v.status != "missing"]
    assert all(v.status in ("right", "form") for v in filled), [v for v in filled if v.status not in ("right", "form")]
    assert len(filled) >= 14
    assert not [p for p in sheet.problems if "no layer" in p]


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8-sig", ","), ("utf-16", "\t"), ("cp1252", ";")])
def test_spreadsheets_write_in_their_own_encodings(tmp_path, encoding, delimiter):
    path = tmp_path / "sheet.csv"
    path.write_bytes(written(delimiter).replace("x", "×").encode(encoding))
    run = run_cli("check", "mnist-chollet", str(path), "--format", "json")
    assert (run.code, json.loads(run.out)["sheets"][0]["right"]) == (0, 17)


def test_yaml_is_read_by_name_and_in_a_list():
    assert table("conv2d_1: {output: [26, 26, 32], params: 320}\ntotal: {params: 93322}\n", "a.yaml")[2].count("right") == 3
    rows = "- {layer: conv2d_1, output: 26x26x32}\n- {layer: dense_2, params: 650}\n"
    assert table(rows, "a.yaml")[2].count("right") == 2
    assert table('{"conv2d_1": {"params": 320}}', "a.json")[2].count("right") == 1


def test_what_means_nothing_is_said():
    _, sheet, _ = table("conv2d_1: {prams: 320, params: 320}\nfoo9: {params: 1}\n", "a.yaml")
    assert set(sheet.problems) == {"no layer for the row 'foo9'", "conv2d_1: unknown quantity 'prams'; did you mean 'params'?"}
    with pytest.raises(CnncalcError, match="no column is a quantity"):
        table("a,b\n1,2\n")
    with pytest.raises(CnncalcError, match="none of its 2 rows can be matched"):
        table("layer,params\nfoo,2\nbar,3\n")


# The lectures.

WRONG = {
    "alexnet-table": {("max_pooling2d_2", "output"): "skipped-a-layer"},
    "conv-4x4-map": {("conv2d", "output"): "plus-one-twice"},
    "flatten-10x10x50": {("flatten", "output"): "arithmetic-slip"},
    # Three of the others are cut off or rounded to a single digit.
    "pretrained-sizes": {("vgg19", "params"): "wrong-network", ("resnet101", "params"): "wrong-network",
                         ("resnet50", "params"): "wrong-network", ("inception_v3", "params"): "2^20 used for counts",
                         ("mobilenet_1.00_224", "params"): None},
    # The window of this table's pooling is printed as 3: its sizes would come out rounded up.
    "vgg16-table": dict.fromkeys([("max_pooling2d" + n, "output") for n in ("", "_1", "_2", "_3", "_4")],
                                 "ceil-or-round-instead-of-floor"),
}

@pytest.mark.parametrize("name", examples())
def test_the_lectures_wrong_numbers_are_found_and_all_others_accepted(name):
    trace = cnncalc.load(name).trace
    sheet = expected_in(trace, name)
    if sheet is None:
        assert name not in WRONG
        return
    assert not sheet.problems
    report = Grader(trace, Settings(), accepted_conventions(sheet.accept), bundled, answered_only=True).grade(sheet)
    assert len(report.marks) == len(sheet.cells)
    wrong = {(v.cell.label, v.cell.quantity): v.causes[0].name if v.causes else None for v in report.marks if v.status not in
             ("right", "form", "convention")}
    assert wrong == WRONG.get(name, {})
    assert not report.conventions


def test_check_answers_for_a_file_with_its_own_claims():
    run = run_cli("check", "alexnet-table")
    assert run.code == 1
    assert "skipped-a-layer: conv2d_4 was left out" in run.out
    assert "11 right, 1 wrong: 11 of 12 points" in run.out
    assert run_cli("check", "mnist-chollet").code == 0
    run = run_cli("check", "squeezenet")
    assert run.code == 2 or run_cli("check", "squeezenet").code == 0


# Marking.


def test_many_sheets_are_marked_and_a_bad_one_does_not_stop_the_rest(tmp_path):
    (tmp_path / "right.csv").write_text(written())
    (tmp_path / "slips.csv").write_text(written().replace("18,496", "18,432").replace('"36,928"', '"36,864"')
                                        .replace("320", "288").replace("650", "640").replace("93,322", "93,088"))
    (tmp_path / "broken.csv").write_bytes(b"\x00\x01\x02")
    (tmp_path / "damaged.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "wrong.yaml").write_text("conv2d_1: {output: 28x28x32}\nmax_pooling2d_1: {output: 14x14x32}\n")
    (tmp_path / "bad.yaml").write_text("conv2d_1: {output: [\n")
    files = sorted(map(str, tmp_path.iterdir()))
    run = run_cli("check", "mnist-chollet", *files, "--format", "csv")
    assert run.code == 2
    rows = {row["file"].rpartition("/")[2]: row for row in csv.DictReader(io.StringIO(run.out))}
    assert (rows["right.csv"]["points"], rows["right.csv"]["out_of"], rows["right.csv"]["answers"]) == ("17", "17", "17")
    assert (rows["slips.csv"]["wrong"], rows["slips.csv"]["carried"], rows["slips.csv"]["points"]) == ("5", "1", "12")
    assert (rows["slips.csv"]["mistakes"], rows["slips.csv"]["conv2d_1 params"]) == ("forgot-bias", "0")
    assert (rows["wrong.yaml"]["wrong"], rows["wrong.yaml"]["carried"], rows["wrong.yaml"]["missing"]) == ("1", "1", "6")
    assert "is not text" in rows["broken.csv"]["problem"]
    assert "is a damaged workbook" in rows["damaged.xlsx"]["problem"]
    assert "bad.yaml:" in rows["bad.yaml"]["problem"]
    assert [line.rpartition("/")[2].split(":")[0].split(" ")[0] for line in run.err.splitlines() if line.startswith("error: ")] == [
        "bad.yaml", "broken.csv", "damaged.xlsx"]
    run = run_cli("check", "mnist-chollet", str(tmp_path / "wrong.yaml"), "--no-carried", "--format", "json")
    assert (run.code, json.loads(run.out)["sheets"][0]["points"]) == (1, 0.0)
    both = [f for f in files if f.endswith(("s.csv", "t.csv"))]
    run = run_cli("check", "mnist-chollet", *both, "--accept", "no-biases", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(run.out)))
    assert (run.code, [row["points"] for row in rows], [row["conventions"] for row in rows]) == (0, ["17", "17"], ["", "forgot-bias"])
    run = run_cli("check", "mnist-chollet", *both)
    assert run.code == 1
    assert "1 of 2 sheets, 5 answers: forgot-bias" in run.out


def test_a_slip_can_earn_part_of_its_point(tmp_path):
    path = tmp_path / "sheet.yaml"
    path.write_text("conv2d_1: {params: 9 * 32 + 32 = 330}\n")
    for points, expected in (("0", 0.0), ("0.5", 0.5)):
        run = run_cli("check", "mnist-chollet", str(path), "--slip", points, "--format", "json")
        assert (run.code, json.loads(run.out)["sheets"][0]["points"]) == (1, expected)


def test_the_json_has_what_its_schema_says(tmp_path):
    path = tmp_path / "ada.csv"
    path.write_text("layer,params\nconv2d_2,640\n")
    arguments = ("check", "mnist-chollet", str(path), "--answered-only", "--format", "json")
    data = json.loads(run_cli(*arguments).out)
    assert (data["schema"], data["feedback"]) == ("cnncalc/check/2", "cause")
    (sheet,) = data["sheets"]
    assert (sheet["file"], sheet["right"], sheet["cells"], sheet["points"], sheet["out_of"]) == (str(path), 0, 1, 0.0, 1.0)
    (answer,) = sheet["answers"]
    assert (answer["layer"], answer["quantity"], answer["claimed"], answer["status"]) == ("conv2d_2", "params", 640, "wrong")
    assert answer["causes"][0]["name"] == "forgot-input-channels"
    assert "expected" not in answer and "working" not in answer["causes"][0]
    (answer,) = json.loads(run_cli(*arguments, "--feedback", "line").out)["sheets"][0]["answers"]
    assert answer["causes"][0]["working"] == "3 × 3 × 64 + 64 = 640"
    assert (answer["causes"][0]["right_formula"], "expected" in answer) == ("k × k × c × F + F", False)
    (answer,) = json.loads(run_cli(*arguments, "--feedback", "key").out)["sheets"][0]["answers"]
    assert (answer["expected"], answer["causes"][0]["right"]) == (18_496, ["params = k × k × c × F + F = 3 × 3 × 32 × 64 + 64 = 18,496"])
    for level in ("marks", "rule"):
        (answer,) = json.loads(run_cli(*arguments, "--feedback", level).out)["sheets"][0]["answers"]
        assert "causes" not in answer


def test_a_key_that_does_not_follow_says_where_it_first_goes_wrong(tmp_path):
    path = tmp_path / "key.csv"
    path.write_text(written().replace("11x11x64", "12x12x64").replace("5x5x64", "6x6x64").replace("3x3x64", "4x4x64")
                    .replace("576", "1024").replace('"36,928"\ndense_2', '"65,600"\ndense_2'))
    run = run_cli("check", "mnist-chollet", str(path))
    assert run.code == 1
    assert "first error: conv2d_2, output" in run.out


@pytest.mark.oracle
def test_a_thousand_sheets_of_twenty_layers_are_marked_in_ten_seconds(tmp_path):
    rng = random.Random(11)
    rows, width = [], 8
    for block in range(1, 6):
        for i in (1, 2):
            rows.append({"kind": "conv", "name": f"conv{block}_{i}", "f": width + i, "k": 3, "s": 1, "p": "same", "d": 1, "g": 1})
        rows.append({"kind": "pool", "name": f"pool{block}", "k": 2, "s": 2, "p": "valid"})
        width *= 2
    rows.append({"kind": "flat", "name": "flat"})
    rows += [{"kind": "dense", "name": f"fc{i}", "u": u} for i, u in enumerate((256, 128, 64, 10), 1)]
    assert len(rows) == 20
    (tmp_path / "net.json").write_text(json.dumps(spec((150, 150, 3), rows)))
    columns = ("output", "params", "macs")
    for n in range(1000):
        sheet = Student().sheet((150, 150, 3), rows, columns)
        for name in rng.sample([r["name"] for r in rows], rng.randint(0, 6)):
            cell = sheet[name]
            kind = rng.choice(["digit", "bias", "size", "twice"])
            if kind == "size":
                cell["output"] = [max(1, m + rng.choice([-1, 1])) for m in cell["output"][:2]] + cell["output"][2:]
            elif kind == "twice":
                cell["macs"] *= 2
            else:
                cell["params"] += rng.randint(-40, 40) if kind == "digit" else -cell["params"] // 9
        lines = ["layer," + ",".join(columns)]
        lines += [f"{name}," + ",".join("x".join(map(str, c[q])) if isinstance(c.get(q), list) else str(c.get(q, "")) for q in columns)
                  for name, c in sheet.items()]
        (tmp_path / f"s{n:04}.csv").write_text("\n".join(lines))
    files = sorted(map(str, tmp_path.glob("s*.csv")))
    run = measured("check", str(tmp_path / "net.json"), *files, "--format", "csv")
    assert run.code == 1, run.err
    assert len(run.out.splitlines()) == 1001
    assert run.worked < 10


# Worksheets.


@pytest.mark.parametrize("layout", ["activations", "weights", "memory", "field", "shapes"])
@pytest.mark.parametrize("name", ["lenet5", *(pytest.param(name, marks=pytest.mark.oracle) for name in (
    "mnist-chollet", "fashion-mnist-geron", "googlenet", "separable", "cnn-lstm", "unet", "squeezenet", "siamese", "inceptionv3_notop"))])
def test_a_key_reads_back_with_every_answer_right(name, layout, tmp_path):
    for form, ending in (("csv", "csv"), ("markdown", "md")):
        key = run_cli("worksheet", name, "--layout", layout, "--key", "--format", form)
        assert key.code == 0, key.err
        path = tmp_path / f"key.{ending}"
        path.write_text(key.out, encoding="utf-8")
        run = run_cli("check", name, str(path), "--format", "json")
        (sheet,) = json.loads(run.out)["sheets"]
        assert run.code == 0, [a for a in sheet["answers"] if a["status"] != "right"]
        assert sheet["notes"] == []
        assert all(a["status"] == "right" for a in sheet["answers"])
        assert len(sheet["answers"]) > 10


def test_a_blank_sheet_has_nothing_but_missing_answers(tmp_path):
    run = run_cli("worksheet", "lenet5", "-o", str(tmp_path / "blank.csv"))
    assert run.code == 0
    for more in ((), ("--answered-only",), ("--worksheet", str(tmp_path / "blank.csv"))):
        run = run_cli("check", "lenet5", str(tmp_path / "blank.csv"), "--format", "json", *more)
        assert run.code == 1
        statuses = {a["status"] for a in json.loads(run.out)["sheets"][0]["answers"]}
        assert statuses == (set() if "--answered-only" in more else {"missing"})
    assert run_cli("worksheet", "lenet5", "--columns", "prams").err == "error: there is no column 'prams'\n    did you mean 'params'?\n"
    head = run_cli("worksheet", "lenet5", "--columns", "macs,receptive_field", "--key").out.splitlines()
    assert head[:3] == ["layer,macs,receptive field", "C1,117600,5", "S2,0,6"]


# Whatever stands in a sheet.


def test_no_sheet_ends_in_a_traceback(tmp_path):
    rng = random.Random(3)
    pieces = ["conv2d_1", "output", "params", "layer", "28x28", "1e400", "9" * 50, "-1", "((", "None", "²³", "=1+1", "\x00", "a" * 300,
              "x", "1/0", "10**9**9", "~", "%", "-5x3", "0x0x0", "1x2x3x4x5x6", "nan", "inf", "½", "🙂", "total", ",", ";", "|", "\n",
              "\t", '"', "'", "[1, 2", "->", "= = =", "1,2,3", "{", "}", ":", "- "]
    trace = cnncalc.load("mnist-chollet").trace
    judge, names = Grader(trace), Rows(trace)
    judged = 0
    for _ in range(600):
        head = rng.choice(["layer,output,params,memory,receptive_field,macs\n", "conv2d_1: ", "| layer | params |\n|---|---|\n", ""])
        label = rng.choice(["conv2d_1,", "dense_1,", "total,", "flatten_1,"])
        text = head + "".join(label + "".join(rng.choice(pieces) + rng.choice([",", "", " ", "\n"]) for _ in range(rng.randint(1, 9)))
                              + "\n" for _ in range(3))
        name = rng.choice(["a.csv", "a.yaml", "a.md", "a"])
        try:
            raw = sheet_of(name, text)
            sheet = sheet_from_table(name, raw.rows, names) if raw.rows is not None else sheet_from_data(name, raw.data, names)
            judge.grade(sheet)
            judged += 1
        except CnncalcError:
            pass
    assert judged > 100


@pytest.mark.parametrize(("sheets", "golden"), [
    (["check-ada.csv"], "check-ada.txt"), (["check-bob.yaml"], "check-bob.txt"),
    (["check-ada.csv", "check-bob.yaml"], "check-both.txt"),
])
def test_reports_read_as_before(sheets, golden):
    folder = TESTS / "golden"
    run = run_cli("check", "mnist-chollet", *sheets, cwd=folder)
    assert (run.code, run.err) == (1, "")
    assert run.out == (folder / golden).read_text(encoding="utf-8")


def test_a_mistake_whose_value_is_right_explains_nothing():
    """No cause is listed for a right answer, and none that gives another value than the claimed one."""
    trace = cnncalc.load("lenet5").trace
    judge = Grader(trace)
    for claimed in range(1, 3000, 7):
        report = judge.grade(sheet_from_data("s", {"C3": {"params": claimed}}, Rows(trace)))
        for found in report.marks:
            for cause in found.causes:
                assert cause.value == claimed != found.expected
