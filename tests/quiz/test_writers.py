"""Every format is read back by other code, and holds the questions that were made."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
from xml.etree import ElementTree
from zipfile import ZipFile

import gift
import pytest

from cnncalc.quiz.sheets import Maker, read_quiz
from cnncalc.quiz.values import text_of
from cnncalc.quiz.writers import Paper, feedback_right, written

QUIZ = """\
title: 'Week 3: {CNN} & 50% ~ a/b # \\ <x> ]]> $y_1$ = "z"'
quiz: week3
questions:
  - {template: size, level: 2, points: 2}
  - {id: 'p: {x} = ~#', template: params, level: 1}
  - {template: macs, level: 2, choices: 0}
  - {template: size, level: 1, choices: 0}
  - {template: hand, level: 1, choices: 0}
  - {template: hand, level: 2, choices: 3}
  - which-architecture-2
  - spot-the-error-1
"""
CNNCALC = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    path = tmp_path_factory.mktemp("quiz") / "week3.yaml"
    path.write_text(QUIZ)
    quiz = read_quiz(str(path))
    maker = Maker(quiz, b"secret 1")
    return Paper(quiz, tuple(maker.for_variant(i) for i in (1, 2, 3)))


@pytest.fixture(scope="module")
def questions(paper):
    """The questions in the order of a question bank: item by item, each with its variants."""
    return [(item, sheet.questions[i][1]) for i, item in enumerate(paper.quiz.items) for sheet in paper.sheets]


def test_gift_is_read_back(paper, questions):
    found = gift.read(written(paper, "gift"))
    assert len(found) == len(questions)
    for read, (item, question) in zip(found, questions):
        assert read["text"] == question.stem
        assert item.id in read["name"]
        assert read["category"].startswith("$course$/top/Week 3: ")
        assert read["general"] == feedback_right(question)
        right = [answer for fraction, answer, _ in read["answers"] if fraction == 100]
        if question.choices:
            assert [answer for _, answer, _ in read["answers"]] == [text_of(choice.value) for choice in question.choices]
            assert right == [text_of(question.answer)]
            for (_, _, feedback), choice in zip(read["answers"], question.choices):
                assert feedback == ("Right." if choice.right else f"{choice.mistake}: {choice.words}.")
        elif read["numeric"]:
            assert right == [f"{question.answer}:0"]
        else:
            assert text_of(question.answer) in right


def test_gift_is_read_by_a_published_parser(paper, questions):
    parser = pytest.importorskip("pygiftparser.parser")
    found = parser.parseFile(io.StringIO(written(paper, "gift")))
    assert len(found) == len(questions)
    for read, (_, question) in zip(found, questions):
        assert read.valid
        assert gift.unescaped(read.text) == question.stem
        assert [answer.fraction for answer in read.answers.answers].count(100) >= 1


def test_moodle_xml_has_its_published_structure(paper, questions):
    root = ElementTree.fromstring(written(paper, "moodle"))
    assert root.tag == "quiz"
    entries = [entry for entry in root if entry.get("type") != "category"]
    categories = [entry.findtext("category/text") for entry in root if entry.get("type") == "category"]
    assert len(categories) == len(paper.quiz.items)
    assert all(category.startswith("$course$/top/Week 3: {CNN} & 50% ~ a//b") for category in categories)
    assert len(entries) == len(questions)
    for entry, (item, question) in zip(entries, questions):
        assert plain(entry.findtext("questiontext/text")) == question.stem
        assert entry.find("questiontext").get("format") == "html"
        assert float(entry.findtext("defaultgrade")) == item.points
        answers = [(float(a.get("fraction")), plain(a.findtext("text")), plain(a.findtext("feedback/text"))) for a in entry.iter("answer")]
        if question.choices:
            assert (entry.get("type"), entry.findtext("single"), entry.findtext("shuffleanswers")) == ("multichoice", "true", "false")
            assert answers == [(100.0 * c.right, text_of(c.value), "Right." if c.right else f"{c.mistake}: {c.words}.") for c in question.choices]
        else:
            assert entry.get("type") == ("numerical" if isinstance(question.answer, int) else "shortanswer")
            right = [text for fraction, text, _ in answers if fraction == 100]
            assert (str(question.answer) if isinstance(question.answer, int) else text_of(question.answer)) in right
            assert all(feedback for _, _, feedback in answers)


def plain(html: str) -> str:
    """The text of a paragraph of HTML."""
    text = re.sub(r"</?p>", "", html)
    for name, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(name, sign)
    return text


def test_a_title_cannot_end_a_section_of_moodle_xml():
    from cnncalc.quiz.writers.moodle import _cdata

    assert ElementTree.fromstring(f"<a>{_cdata('x ]]> y ]]]>')}</a>").text == "x ]]> y ]]]>"


def test_canvas_gets_a_package_of_qti(paper, questions):
    data = written(paper, "canvas")
    assert data == written(paper, "canvas")
    with ZipFile(io.BytesIO(data)) as archive:
        manifest = ElementTree.fromstring(archive.read("imsmanifest.xml"))
        files = [element.get("href") for element in manifest.iter("{http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1}file")]
        assert sorted([*files, "imsmanifest.xml"]) == sorted(archive.namelist())
        meta = ElementTree.fromstring(archive.read(files[1]))
        body = ElementTree.fromstring(archive.read(files[0]))
    assert meta.findtext("{http://canvas.instructure.com/xsd/cccv1p0}title") == paper.quiz.title
    names = {"q": CNNCALC}
    items = body.findall(".//q:item", names)
    assert len(items) == len(questions)
    assert [section.findtext(".//q:selection_number", None, names) for section in body.findall(".//q:section/q:section", names)] == ["1"] * len(paper.quiz.items)
    assert len({item.get("ident") for item in items}) == len(items)
    for item, (_, question) in zip(items, questions):
        assert plain(item.findtext("q:presentation/q:material/q:mattext", None, names)) == question.stem
        right = item.find(".//q:respcondition[q:setvar]", names)
        value = right.findtext(".//q:varequal", None, names)
        if question.choices:
            labels = {label.get("ident"): plain(label.findtext(".//q:mattext", None, names)) for label in item.iter(f"{{{CNNCALC}}}response_label")}
            assert list(labels.values()) == [text_of(choice.value) for choice in question.choices]
            assert labels[value] == text_of(question.answer)
            shown = {fb.get("ident"): plain(fb.findtext(".//q:mattext", None, names)) for fb in item.findall("q:itemfeedback", names)}
            for ident, choice in zip(labels, question.choices):
                assert shown[f"{ident}_fb"] == ("Right." if choice.right else f"{choice.mistake}: {choice.words}.")
        else:
            assert value == (str(question.answer) if isinstance(question.answer, int) else text_of(question.answer))


def shape_of(item, names) -> tuple:
    """What Canvas goes by: the question's type, its response, and the conditions under which it scores."""
    fields = {f.findtext("q:fieldlabel", None, names): f.findtext("q:fieldentry", None, names) for f in item.iter(f"{{{CNNCALC}}}qtimetadatafield")}
    response = next(e for e in item.find("q:presentation", names) if e.tag != f"{{{CNNCALC}}}material")
    scored = item.find(".//q:respcondition[q:setvar]", names)
    return (fields["question_type"], response.tag, response.attrib, sorted(e.tag for e in response.iter() if "mattext" not in e.tag),
            scored.attrib, scored.find("q:setvar", names).attrib, scored.find("q:setvar", names).text)


def test_canvas_items_are_built_as_text2qti_builds_them(paper, questions, tmp_path):
    text2qti = pytest.importorskip("text2qti")
    assert text2qti
    lines = ["Quiz title: Week 3", "shuffle answers: false", ""]
    for i, (_, question) in enumerate(questions, 1):
        lines.append(f"{i}. {marked(question.stem)}")
        if question.choices:
            lines += [f"{'*' if choice.right else ''}{'abcd'[j]}) {marked(text_of(choice.value))}" for j, choice in enumerate(question.choices)]
        elif isinstance(question.answer, int):
            lines.append(f"= {question.answer}")
        else:
            lines.append(f"* {marked(text_of(question.answer))}")
        lines.append("")
    (tmp_path / "q.txt").write_text("\n".join(lines), encoding="utf-8")
    subprocess.run([sys.executable, "-c", "from text2qti.cmdline import main; main()", "q.txt"], cwd=tmp_path, check=True, capture_output=True)
    names = {"q": CNNCALC}
    with ZipFile(tmp_path / "q.zip") as archive:
        theirs = ElementTree.fromstring(next(archive.read(n) for n in archive.namelist() if n.endswith(".xml") and "meta" not in n and "manifest" not in n))
    with ZipFile(io.BytesIO(written(paper, "canvas"))) as archive:
        ours = ElementTree.fromstring(next(archive.read(n) for n in archive.namelist() if n.endswith(".xml") and "meta" not in n and "manifest" not in n))
    for their, own in zip(theirs.findall(".//q:item", names), ours.findall(".//q:item", names), strict=True):
        assert shape_of(own, names) == shape_of(their, names)


def marked(text: str) -> str:
    return re.sub(r"([*_\[\]<>$\\])", r"\\\1", text)


def test_anki_gets_its_columns(paper):
    text = written(paper, "csv")
    head, rows = [line for line in text.splitlines() if line.startswith("#")], list(csv.reader(io.StringIO(re.sub(r"(?m)^#.*\n", "", text))))
    assert "#columns:Front,Back,Tags" in head
    assert len(rows) == len(paper.quiz.items) * 3
    flat = [question for sheet in paper.sheets for _, question in sheet.questions]
    for (front, back, tags), question in zip(rows, flat):
        assert front.split("\n")[0] == question.stem
        assert text_of(question.answer) in back.split("\n")[0]
        assert tags == f"cnncalc {question.skill} level-{question.level}"


def test_latex_compiles(paper, tmp_path):
    pdflatex = shutil.which("pdflatex")
    if pdflatex is None:
        pytest.skip("no pdflatex")
    (tmp_path / "quiz.tex").write_text(written(paper._replace(key=True, sheets=paper.sheets[:1]), "latex"), encoding="utf-8")
    done = subprocess.run([pdflatex, "-interaction=nonstopmode", "-halt-on-error", "quiz.tex"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-1500:]


def test_markdown_marks_nothing_up_by_accident(paper):
    text = written(paper._replace(sheets=paper.sheets[:1]), "markdown")
    assert text.startswith('# Week 3: \\{CNN\\} & 50% \\~ a/b \\# \\\\ \\<x\\> \\]\\]\\> \\$y\\_1\\$ = "z"\n')
    assert "\\[\\[" in text


@pytest.mark.parametrize("format", ["moodle", "gift", "csv", "markdown", "latex"])
def test_the_bytes_depend_on_nothing_but_the_quiz_and_the_secret(paper, format):
    again = Paper(paper.quiz, tuple(Maker(paper.quiz, b"secret 1").for_variant(i) for i in (1, 2, 3)))
    assert written(again, format) == written(paper, format)
