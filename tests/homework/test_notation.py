"""Answers in every notation: right ones are right, wrong ones are wrong, whatever they look like."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.homework.grader import Grader
from cnncalc.homework.report import RIGHT
from cnncalc.homework.rows import Rows
from cnncalc.homework.sheet import sheet_from_data, sheet_from_table

#: 30x30x64 and 73,856 parameters; 57,600 values, 230,400 bytes; 16,604,353 parameters in a dense layer.
NET = ("input: [30, 30, 128]\nlayers:\n  - Conv2D: {filters: 64, kernel_size: 3, padding: same, name: conv}\n"
       "  - MaxPooling2D: {name: pool}\n  - Flatten: {name: flat}\n  - Dense: {units: 1153, name: wide}\n")
DEEP = "input: [30, 30, 64]\nlayers:\n  - Conv2D: {filters: 128, kernel_size: 3, padding: same, name: conv}\n"


def status(quantity, text, row="conv", net=NET, heading=None):
    trace = cnncalc.loads(net).trace
    rows = Rows(trace)
    if heading is None:
        sheet = sheet_from_data("s", {row: {quantity: text}}, rows)
    else:
        sheet = sheet_from_table("s", [("layer", heading), (row, text)], rows)
    return next(m.status for m in Grader(trace).grade(sheet).marks if m.cell.label == row)


RIGHT_SHAPES = [
    "30x30x64", "30 x 30 x 64", "30×30×64", "30 × 30 × 64", "30*30*64", "30·30·64", "30 by 30 by 64", "(30, 30, 64)", "[30, 30, 64]",
    "30, 30, 64", "30;30;64", "30 30 64", "(None, 30, 30, 64)", "(1, 30, 30, 64)", "?x30x30x64", "(batch, 30, 30, 64)", "H=30, W=30, C=64",
    "C=64, H=30, W=30", "h: 30, w: 30, c: 64", "height=30 width=30 channels=64", "30²×64", "30^2 x 64", "64@30x30", "30x30@64",
    "64 maps of 30x30", "64 feature maps of size 30x30", "30x30 with 64 channels", "30x30, 64 channels", "30x30 (64 channels)",
    "30x30x64 = 57,600", "30x30x64 (57,600)", "30x30x64 = 57600 values", "output: 30x30x64", "torch.Size([1, 30, 30, 64])",
    "30 pixels x 30 pixels x 64 channels", "128x128 -> 30x30x64", "30x30x64.",
]
WRONG_SHAPES = [
    "-30x-30x64", "30x-30x64", "30x30x-64", "30x30x64 = 57,601", "30x30x64 = 31x31x64", "30x30x64 (57,601)", "30x30x65", "31x30x64",
    "30x30x64x2", "30.5x30x64", "30x30x64 or 32x32x64", "about 57,000", "-57,600", "H=30, W=31, C=64", "30²×63", "64 maps of 31x30",
    "zero", "30x30x64 - 1",
]


@pytest.mark.parametrize("text", RIGHT_SHAPES)
def test_a_shape_is_right_in_every_notation(text):
    assert status("output", text) in ("right", "form")


@pytest.mark.parametrize("text", WRONG_SHAPES)
def test_a_wrong_shape_is_wrong_in_every_notation(text):
    assert status("output", text) == "wrong"


def test_a_shape_without_its_channels_stays_one():
    for text in ("30x30", "30²", "30 by 30"):
        assert status("output", text) == "form"
        trace = cnncalc.loads(NET).trace
        (mark, *_) = Grader(trace).grade(sheet_from_data("s", {"conv": {"output": text}}, Rows(trace))).marks
        assert (mark.why, mark.cell.claim.shapes[0]) == ("without the channels", (30, 30))


#: of 73,792 weights and 64 biases... the layer of DEEP: 73,728 weights and 128 biases, 73,856 parameters.
RIGHT_COUNTS = [
    "73856", "73,856", "73 856", "73'856", "73_856", "73.856", "73,856.", "73,856.0", "= 73,856", "73,856 (trainable)", "73,856 parameters",
    "params: 73,856", "73728 + 128", "73,728 + 128 = 73,856", "73728 weights + 128 biases", "73,728 weights and 128 biases",
    "weights: 73,728, biases: 128", "(3*3*64+1)*128", "(3·3·64 + 1) × 128 = 73,856", "7.4e4", "7.39e4", "7.3856e4", "7.4×10^4", "7.3856×10⁴",
    "7,4·10^4", "74k", "73.9k", "73.86K", "0.074M", "~74,000", "≈ 74,000", "about 73,900", "0.0739 million", "73,856 (73,728 + 128)",
]
WRONG_COUNTS = [
    "0M", "0.1M", "0.07M", "7e4", "74,000", "73,900", "73.8k", "7.3e4", "-73,856", "73,857", "73,728 + 127", "73,728 + 128 = 73,857",
    "73,727 + 128 = 73,856", "73,856 = 73,857", "73,856 (73,857)", "73728 weights + 127 biases", "75k", "73,856 bytes", "73.856k + 1",
    "73,856%", "zero", "73,856 or 640",
]


@pytest.mark.parametrize("text", RIGHT_COUNTS)
def test_a_count_is_right_in_every_notation(text):
    assert status("params", text, net=DEEP) in ("right", "form")


@pytest.mark.parametrize("text", WRONG_COUNTS)
def test_a_wrong_count_is_wrong_in_every_notation(text):
    assert status("params", text, net=DEEP) in ("wrong", "slip")


@pytest.mark.parametrize("text", ["1.66e7", "1.66×10^7", "1.66 × 10⁷", "16.6M", "17M", "16.60 million", "1,66·10^7"])
def test_scientific_notation_is_right_at_its_precision(text):
    assert status("params", text, "wide") in ("right", "form")


@pytest.mark.parametrize("text", ["1.67e7", "1.6e7", "16M", "16.5M", "2e7", "20M"])
def test_a_value_that_is_cut_off_or_rounded_to_one_digit_is_wrong(text):
    assert status("params", text, "wide") == "wrong"


@pytest.mark.parametrize("text", ["0", "zero", "0M", "-", "none", "n/a", "0 parameters", "no parameters", "0.0"])
def test_zero_in_every_notation(text):
    assert status("params", text, "pool") in ("right", "form")


@pytest.mark.parametrize(("text", "right"), [
    ("230400", True), ("230,400 bytes", True), ("230.4 kB", True), ("230 KB", True), ("0.23 MB", True), ("225 KiB", True),
    ("1,843,200 bits", True), ("1.8432 Mbit", True), ("1.8 Mbit", True), ("230,000 bytes", True), ("0.2 MB", False), ("230,000", False),
    ("230.4 KiB", False), ("1,843,200", False), ("231 kB", False), ("1,843,200 bytes", False),
])
def test_memory_has_a_unit_of_its_own(text, right):
    assert (status("memory", text) in RIGHT) == right


@pytest.mark.parametrize(("heading", "text", "right"), [
    ("# params (K)", "73.9", True), ("# params (K)", "74", True), ("# params (K)", "70", False), ("params (M)", "0.074", True),
    ("# params (K)", "73", False), ("Memory (KiB)", "450", True), ("Memory (kB)", "460.8", True), ("Memory (kB)", "450", True),
    ("Memory (KiB)", "460.8", False), ("Memory (bits)", "3686400", True), ("Output (CxHxW)", "128x30x30", True),
    ("Output (HxWxC)", "30x30x128", True), ("Output (HxWxC)", "128x30x30", False), ("Output", "128x30x30", True),
])
def test_a_heading_gives_the_unit_and_the_order(heading, text, right):
    assert (status("", text, net=DEEP, heading=heading) in RIGHT) == right


def test_halves_round_either_way_and_nothing_is_cut_off():
    net = "input: [10, 10, 1]\nlayers:\n  - Conv2D: {filters: 5, kernel_size: 5, name: conv}\n"  # 26 x 5 = 130 parameters, 180 values
    assert cnncalc.loads(net).trace.params == 130
    half = "input: [125]\nlayers:\n  - Dense: {units: 10, use_bias: false, name: conv}\n"  # 1,250 parameters
    for text, right in (("1.2k", True), ("1.3k", True), ("1.25k", True), ("1.24k", False), ("1.4k", False), ("1.1k", False), ("1k", False)):
        assert (status("params", text, net=half) in RIGHT) == right, text


def test_two_different_answers_to_one_question_are_no_answer():
    trace = cnncalc.loads(NET).trace
    rows = [("layer", "params"), ("conv", "73792"), ("conv", "640"), ("pool", "0"), ("pool", "0")]
    report = Grader(trace).grade(sheet_from_table("s", rows, Rows(trace)))
    assert [m.status for m in report.marks][:2] == ["wrong", "right"]
    assert report.notes == ("conv: two answers for params",)
