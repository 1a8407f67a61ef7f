"""A class: folders, the gradebook, answers and questions one by one, reports, workbooks, headings in four languages."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile

import pytest
from running import cnncalc

import cnncalc as package
from cnncalc.errors import CnncalcError
from cnncalc.homework.grader import Grader
from cnncalc.homework.rows import Rows
from cnncalc.homework.sheet import sheet_from_table
from cnncalc.sources.sheets.reader import read_answers
from cnncalc.sources.sheets.xlsx import rows_of

KEY = [("C1", "28x28x6", "156"), ("S2", "14x14x6", "0"), ("C3", "10x10x16", "2416"), ("S4", "5x5x16", "0"), ("C5", "1x1x120", "48120"),
       ("flatten", "120", "0"), ("F6", "84", "10164"), ("output", "10", "850")]


def sheet(**changed):
    lines = [",".join([name, *[changed.get(name, {}).get(q, v) for q, v in (("output", a), ("params", b))]]) for name, a, b in KEY]
    return "layer,output,params\n" + "\n".join(lines) + "\n"


NO_BIAS = sheet(C1={"params": "150"}, C3={"params": "2400"}, C5={"params": "48000"}, F6={"params": "10080"}, output={"params": "840"})


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "class").mkdir()
    for name, text in {"ada.csv": sheet(), "bob.csv": NO_BIAS, "cy.csv": sheet(C3={"params": "416"}), "di.csv": "layer,output,params\nC1,,\n"}.items():
        (tmp_path / "class" / name).write_text(text)
    return tmp_path


def rows(run):
    return list(csv.DictReader(io.StringIO(run.out)))


def test_a_folder_is_its_own_regular_files_with_known_endings(folder):
    (folder / "class" / "notes.pdf").write_text("no sheet")
    (folder / "class" / ".hidden.csv").write_text(sheet())
    (folder / "class" / "inside").mkdir()
    (folder / "class" / "inside" / "deep.csv").write_text(sheet())
    os.symlink(folder / "class" / "ada.csv", folder / "class" / "link.csv")
    run = cnncalc("check", "lenet5", "class", "--format", "csv", cwd=folder)
    assert (run.code, run.err) == (1, "")
    assert [row["file"] for row in rows(run)] == [f"class/{name}.csv" for name in ("ada", "bob", "cy", "di")]
    assert [(row["points"], row["out_of"]) for row in rows(run)] == [("16", "16"), ("11", "16"), ("15", "16"), ("0", "16")]
    (folder / "empty").mkdir()
    run = cnncalc("check", "lenet5", "empty", cwd=folder)
    assert (run.code, "empty has no answer sheets" in run.err) == (2, True)


def test_an_unreadable_sheet_is_reported_and_the_others_are_graded(folder):
    (folder / "class" / "bad.yaml").write_text("C1: {params: [\n")
    run = cnncalc("check", "lenet5", "class", "--format", "csv", cwd=folder)
    assert run.code == 2
    assert [row["points"] for row in rows(run)] == ["16", "0", "11", "15", "0"]
    assert "bad.yaml" in run.err
    data = json.loads(cnncalc("check", "lenet5", "class", "--format", "json", cwd=folder).out)
    assert [("error" in one, one["feedback"]) for one in data["sheets"]] == [(n == 1, "key") for n in range(5)]


def test_the_gradebook_has_the_conventions_and_a_column_for_each_question(folder):
    (folder / "class" / "eve.csv").write_text(sheet().replace("28x28x6", "6x28x28").replace("14x14x6", "6x14x14")
                                              .replace("10x10x16", "16x10x10").replace("5x5x16", "16x5x5").replace("1x1x120", "120x1x1"))
    run = cnncalc("check", "lenet5", "class", "--accept", "no-biases", "--format", "csv", cwd=folder)
    table = rows(run)
    assert [row["conventions"] for row in table] == ["", "forgot-bias", "", "", "channel-order"]
    questions = [f"{name} {q}" for name, _, _ in KEY for q in ("output", "params")]
    assert list(table[0])[-16:] == questions
    assert [row["C3 params"] for row in table] == ["1", "1", "0", "0", "1"]
    assert [row["mistakes"] for row in table] == ["", "", "forgot-input-channels", "", ""]


def test_cells_has_a_row_for_each_answer(folder):
    table = rows(cnncalc("check", "lenet5", "class", "--cells", "--format", "csv", cwd=folder))
    assert len(table) == 4 * 16
    wrong = [(row["layer"], row["claimed"], row["expected"], row["mistakes"].split(";")[0]) for row in table if row["file"] == "class/cy.csv"
             and row["status"] != "right"]
    assert wrong == [("C3", "416", "2,416", "forgot-input-channels")]
    assert "expected" not in rows(cnncalc("check", "lenet5", "class", "--cells", "--format", "csv", "--feedback", "line", cwd=folder))[0]


def test_by_question_shows_the_common_wrong_values_and_their_mistakes(folder):
    for n in range(8):
        (folder / "class" / f"x{n}.csv").write_text(NO_BIAS if n % 2 else sheet())
    table = {(row["layer"], row["quantity"]): row for row in rows(cnncalc("check", "lenet5", "class", "--by", "question", "--format", "csv", cwd=folder))}
    row = table["C3", "params"]
    assert (row["sheets"], row["right"], row["missing"], row["facility"]) == ("12", "5", "1", "42%")
    assert row["wrong_answers"] == "2400 (5: forgot-bias), 416 (1: forgot-input-channels)"
    assert 0 < float(row["discrimination"]) < 1
    data = json.loads(cnncalc("check", "lenet5", "class", "--by", "question", "--format", "json", cwd=folder).out)
    asked = next(q for q in data["questions"] if (q["layer"], q["quantity"]) == ("C3", "params"))
    assert asked["wrong"][0] == {"claimed": "2400", "sheets": 5, "mistakes": ["forgot-bias"]}
    few = json.loads(cnncalc("check", "lenet5", *[f"class/{n}.csv" for n in ("ada", "bob")], "--by", "question", "--format", "json", cwd=folder).out)
    assert {q["discrimination"] for q in few["questions"]} == {None}


def test_reports_have_safe_unique_names_and_replace_nothing(folder):
    (folder / "class" / "a b;c.csv").write_text(sheet())
    (folder / "class" / "ada.yaml").write_text("C1: {params: 156}\n")
    run = cnncalc("check", "lenet5", "class", "--reports", "told", cwd=folder)
    assert (run.code, run.err) == (1, "")
    names = sorted(os.listdir(folder / "told"))
    assert names == ["a_b_c.txt", "ada-2.txt", "ada.txt", "bob.txt", "cy.txt", "di.txt"]
    assert "forgot-input-channels" in (folder / "told" / "cy.txt").read_text()
    assert "2,416" not in (folder / "told" / "cy.txt").read_text()
    (folder / "told" / "cy.txt").write_text("my own")
    run = cnncalc("check", "lenet5", "class", "--reports", "told", cwd=folder)
    assert (run.code, "--force replaces reports" in run.err) == (2, True)
    assert (folder / "told" / "cy.txt").read_text() == "my own"
    assert cnncalc("check", "lenet5", "class", "--reports", "told", "--force", "--feedback", "key", cwd=folder).code == 1
    assert "2,416" in (folder / "told" / "cy.txt").read_text()


def workbook(rows, strings=(), extra=b"", names=("First", "Second"), padding=0):
    """A workbook as spreadsheets write it: texts shared or inline, numbers bare."""
    def cell(reference, value):
        if isinstance(value, (int, float)):
            return f'<c r="{reference}"><v>{value!r}</v></c>'
        if value in strings:
            return f'<c r="{reference}" t="s"><v>{strings.index(value)}</v></c>'
        return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>' if value else ""

    body = "".join([f'<row r="{n}">' + "".join([cell("ABCDEFG"[i] + str(n), value) for i, value in enumerate(row)]) + "</row>"
                    for n, row in enumerate(rows, 1)])
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    sheets = "".join([f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(names, 1)])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", f"<workbook {space}><sheets>{sheets}</sheets></workbook>")
        archive.writestr("xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="rId1" Target="worksheets/sheet7.xml"/></Relationships>')
        archive.writestr("xl/sharedStrings.xml", f"<sst {space}>" + "".join([f"<si><t>{s}</t></si>" for s in strings]) + "</sst>")
        archive.writestr("xl/worksheets/sheet7.xml", extra + f"<worksheet {space}><sheetData>{body}</sheetData></worksheet>".encode())
        if padding:
            archive.writestr("xl/media/padding", b"0" * padding)
    return out.getvalue()


BOOK = [("layer", "output", "params"), *[(name, a, int(b)) for name, a, b in KEY]]


def test_the_first_sheet_of_a_workbook_is_read(folder):
    (folder / "ada.xlsx").write_bytes(workbook(BOOK, strings=("layer", "C1", "28x28x6")))
    run = cnncalc("check", "lenet5", "ada.xlsx", cwd=folder)
    assert (run.code, run.out) == (0, "ada.xlsx: all 16 answers are right, 16 of 16 points\n")
    assert rows_of("a", workbook([("a", 1.5, 3e5, 0.1)]), 10) == (("a", "1.5", "300000", "0.1"),)
    assert rows_of("a", workbook([("a", "", "b"), ("", "", ""), ("c",)]), 10) == (("a", "", "b"), ("c",))


@pytest.mark.parametrize(("data", "words"), [
    (workbook(BOOK, extra=b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'), "declares a document type"), (workbook(BOOK, padding=21_000_000), "larger than 20 MB"),
    (workbook(BOOK)[:-40], "damaged workbook"), (workbook(BOOK).replace(b"xl/workbook.xml", b"xl/Workbook.xml"), "damaged|not an Excel"),
    (workbook(BOOK, names=()), "has no sheet"),
])
def test_a_workbook_is_read_within_limits(tmp_path, data, words):
    (tmp_path / "a.xlsx").write_bytes(data)
    with pytest.raises(CnncalcError, match=words):
        read_answers(str(tmp_path / "a.xlsx"))


@pytest.mark.parametrize("head", [
    ("Layer", "Output shape", "# parameters"), ("Schicht", "Ausgabegröße", "Anzahl der Parameter"), ("Schicht", "AUSGABE", "Parameter"),
    ("Couche", "Taille de sortie", "Nombre de paramètres"), ("couche", "sortie", "paramètres"), ("Capa", "Tamaño de salida", "Número de parámetros"),
    ("capa", "salida", "parámetros"),
])
def test_headings_are_read_in_four_languages(head):
    trace = package.load("lenet5").trace
    total = {"Schicht": "Gesamt", "Couche": "Somme"}.get(head[0], "Total")
    report = Grader(trace).grade(sheet_from_table("s", [head, *KEY, (total, "", "61,706")], Rows(trace)))
    assert (report.complete, report.out_of) == (True, 17)
