"""Five levels of feedback: below the key, no format and no width reveals a right value that the sheet does not have."""

from __future__ import annotations

import csv
import io
import json
import random
import re

import pytest
from running import cnncalc
from students import Student, network, spec

LEVELS = ("marks", "rule", "cause", "line", "key")
COLUMNS = ("output", "activations", "params", "macs", "receptive_field")
FORMATS = ("table", "json", "csv", "tsv", "markdown", "html", "latex")


def text_of(value):
    return "x".join(map(str, value)) if isinstance(value, list) else str(value)


def written(sheet, columns):
    lines = ["layer," + ",".join(columns)]
    lines += [f"{name}," + ",".join([text_of(cells[c]) if c in cells else "" for c in columns]) for name, cells in sheet.items()]
    return "\n".join(lines) + "\n"


def spoiled(rng, sheet):
    """The sheet with wrong, slipped and blank answers, and without some rows."""
    found = {name: dict(cells) for name, cells in sheet.items()}
    for name in rng.sample(list(found), len(found) // 2):
        kind = rng.choice(["row", "blank", "wrong", "wrong", "twice", "bias"])
        if kind == "row":
            del found[name]
            continue
        column = rng.choice(sorted(found[name]))
        value = found[name][column]
        if kind == "blank":
            del found[name][column]
        elif isinstance(value, list):
            found[name][column] = [value[0] + 1, *value[1:]]
        else:
            found[name][column] = f"{value} + 1" if kind == "twice" else value + 7 if kind == "wrong" else value - value // 9
    return found


def numbers_in(text):
    """The numbers of a text, with and without commas between thousands."""
    return {*re.findall(r"\d+", text), *[n.replace(",", "") for n in re.findall(r"\d{1,3}(?:,\d{3})+", text)]}


def secrets(right, given):
    """Right values of answers that are not right on the sheet, each as it may be written; those of the sheet itself are no secret."""
    shown = numbers_in(written(given, COLUMNS))
    body, found, shapes = written(given, COLUMNS), set(), set()
    for name, cells in right.items():
        for column, value in cells.items():
            if given.get(name, {}).get(column) == value:
                continue
            if isinstance(value, list):
                if len(value) > 1 and text_of(value) not in body:
                    shapes |= {sign.join(map(str, value)) for sign in ("x", ", ", ",", "×", " x ")}
            elif value >= 100 and str(value) not in shown:
                found.add(str(value))
    return found, shapes


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(25))
def test_no_format_reveals_a_right_value_below_the_key(seed, tmp_path):
    rng = random.Random(seed)
    size, rows = network(rng, bn=seed % 3 == 0)
    right = Student().sheet(size, rows, COLUMNS)
    for name, cells in right.items():
        if name.startswith("dense") or name == "total":
            cells.pop("receptive_field", None)
    (tmp_path / "net.json").write_text(json.dumps(spec(size, rows)))
    given = spoiled(rng, right)
    blank = {name: {} for name in right}
    for n, sheet in enumerate((given, blank)):
        (tmp_path / f"sheet{n}.csv").write_text(written(sheet, COLUMNS))
        counts, shapes = secrets(right, sheet)
        for level in LEVELS[:-1]:
            runs = [("--format", form) for form in FORMATS] + [("--width", "40"), ("--width", "300", "--all-causes")]
            runs += [("--format", "csv", "--cells"), ("--cells",), ("--by", "question"), ("--by", "question", "--format", "json")]
            for more in rng.sample(runs, 5):
                run = cnncalc("check", "net.json", f"sheet{n}.csv", "--feedback", level, *more, cwd=tmp_path)
                assert (run.code, run.err) == (1, ""), run.err
                told = re.sub(r"<style>.*?</style>", "", run.out, flags=re.DOTALL)
                assert not numbers_in(told) & counts, (level, more)
                assert not [shape for shape in shapes if re.search(rf"(?<![\d,x]){re.escape(shape)}(?![\dx])", told)], (level, more)
    told = cnncalc("check", "net.json", "sheet0.csv", "--feedback", "key", cwd=tmp_path).out
    wrong = list(secrets(right, given)[0])
    missing = {str(v) for name, cells in right.items() for c, v in cells.items() if c not in given.get(name, {})}
    assert all(c in numbers_in(told) for c in wrong if c not in missing)


@pytest.mark.oracle
def test_reports_for_students_reveal_nothing(tmp_path):
    rng = random.Random("reports")
    size, rows = network(rng)
    right = Student().sheet(size, rows, COLUMNS[:4])
    (tmp_path / "net.json").write_text(json.dumps(spec(size, rows)))
    (tmp_path / "class").mkdir()
    for n in range(4):
        (tmp_path / "class" / f"s{n}.csv").write_text(written(spoiled(rng, right), COLUMNS[:4]))
    run = cnncalc("check", "net.json", "class", "--reports", "told", "--format", "markdown", cwd=tmp_path)
    assert run.code == 1
    assert sorted(path.name for path in (tmp_path / "told").iterdir()) == ["s0.md", "s1.md", "s2.md", "s3.md"]
    for n in range(4):
        body = (tmp_path / "class" / f"s{n}.csv").read_text()
        told = (tmp_path / "told" / f"s{n}.md").read_text()
        hidden = {str(v) for cells in right.values() for v in cells.values() if isinstance(v, int) and v >= 100} - numbers_in(body)
        assert not numbers_in(told) & hidden


WORDS = "layer,output,params\nconv2d_1,26x26x32,320\nmax_pooling2d_1,13x13x32,0\nconv2d_2,11x11x64,640\n"


@pytest.fixture
def ada(tmp_path):
    (tmp_path / "ada.csv").write_text(WORDS)
    return tmp_path


@pytest.mark.parametrize(("level", "there", "not_there"), [
    ("marks", "conv2d_2   parameters      640   wrong", "forgot-input-channels"),
    ("marks", "640   wrong", "review the rule"),
    ("rule", "review the rule for parameters: what does one filter look at", "forgot-input-channels"),
    ("cause", "forgot-input-channels: the depth of the filters, the input channels, is left out", "= 640"),
    ("cause", "you computed k × k × F + F; a factor is missing", "k × k × c × F"),
    ("line", "you computed 3 × 3 × 64 + 64 = 640; right: k × k × c × F + F", "18,496"),
    ("key", "right  params = k × k × c × F + F = 3 × 3 × 32 × 64 + 64 = 18,496", "you computed"),
])
def test_each_level_tells_so_much(ada, level, there, not_there):
    out = cnncalc("check", "mnist-chollet", "ada.csv", "--answered-only", "--feedback", level, cwd=ada).out
    assert there in out
    assert not_there not in out


def test_the_words_of_mistakes_and_rules_have_no_numbers():
    from cnncalc.homework import feedback, mistakes

    words = [m.words for m in (*mistakes.LAYER_MISTAKES, *mistakes.NUMBER_MISTAKES, *mistakes.FIELD_MISTAKES)]
    assert not [text for text in [*words, *feedback.RULES.values()] if re.search(r"\d", text)]


def test_the_likeliest_mistake_is_given_in_full_and_the_others_in_a_line(ada):
    out = cnncalc("check", "mnist-chollet", "ada.csv", "--answered-only", cwd=ada).out
    assert "  also possible: wrong-input-channels, skipped-a-layer\n" in out
    everything = cnncalc("check", "mnist-chollet", "ada.csv", "--answered-only", "--all-causes", cwd=ada).out
    assert "also possible" not in everything
    assert "  skipped-a-layer: conv2d_1 was left out\n" in everything
    data = json.loads(cnncalc("check", "mnist-chollet", "ada.csv", "--answered-only", "--format", "json", cwd=ada).out)
    names = [cause["name"] for cause in data["sheets"][0]["answers"][-1]["causes"]]
    assert names == ["forgot-input-channels", "wrong-input-channels", "skipped-a-layer"]


def test_a_sheet_that_is_entirely_right_gets_one_green_line(tmp_path):
    key = cnncalc("worksheet", "lenet5", "--key").out
    (tmp_path / "key.csv").write_text(key)
    run = cnncalc("check", "lenet5", "key.csv", cwd=tmp_path)
    assert run.code == 0
    assert re.fullmatch(r"key\.csv: all (\d+) answers are right, \1 of \1 points\n", run.out)


def test_the_right_value_has_the_form_that_the_student_used(tmp_path):
    (tmp_path / "a.csv").write_text('layer,output,memory\nconv2d_1,"(25, 25, 32)",90 kB\nconv2d_2,12x12x64,30 KiB\n')
    out = cnncalc("check", "mnist-chollet", "a.csv", "--answered-only", "--feedback", "key", cwd=tmp_path).out
    for text in ("26, 26, 32", "11x11x64", "86.53 kB", "30.25 KiB"):
        assert text in out


def test_the_gradebook_quotes_what_a_spreadsheet_would_compute(tmp_path):
    (tmp_path / "a.csv").write_text("layer,params\nconv2d_1,'=1+1\nconv2d_2,@SUM(1)\nconv2d_3,-5\n")
    run = cnncalc("check", "mnist-chollet", "a.csv", "--cells", "--format", "csv", cwd=tmp_path)
    claimed = [row["claimed"] for row in csv.DictReader(io.StringIO(run.out))][:4]
    assert claimed == ["'=1+1", "'@SUM(1)", "'-5", ""]
