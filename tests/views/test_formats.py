"""One renderer for all formats: every command that has a table writes them all, and what comes out can be read."""

from __future__ import annotations

import csv
import html.parser
import io
import json
import os
import shutil
import subprocess

import pytest
from running import cnncalc
from test_terminals import TABLES, code_of

from cnncalc.views.formats import FORMATS, written
from cnncalc.views.report import (
    Column,
    Formula,
    Heading,
    Legend,
    Lines,
    Notes,
    Picture,
    Records,
    Report,
    Table,
    Terminal,
    Working,
)
from cnncalc.views.tex import math, prose, setting

EVIL = "<b>&\"'$x_1$%\\end{tabular}#~^|*`"


@pytest.fixture
def report():
    """A report with every kind of part, and a hostile name in each."""
    columns = [Column("name", EVIL, meaning=EVIL), Column("n", "N", right=True, meaning="a number", brief="numbers")]
    parts = [
        Heading(EVIL), Lines([EVIL, "second"], "bold"),
        Table(columns, [[EVIL, "0"], ["(None, 28, 28, 6)", "1,234"], ["total", "1,234"]], EVIL, ["red"], total=True),
        Notes([f"note: {EVIL}"]), Legend(columns, [EVIL]), Picture(lambda width, unicode: [EVIL, "  x  "]),
        Working(EVIL, [Formula("output", "h' = ⌊(h + 2 × p − k) / s⌋ + 1 = 1,234"), Formula("output", "", EVIL)], ["filters F = 6"], [EVIL]),
    ]
    return Report(EVIL, lambda: {"name": EVIL}, lambda: parts, lambda: Records(["name", "n"], [[EVIL, 0], ["=1+1", 2]]))


class Reader(html.parser.HTMLParser):
    """The elements and texts of a page; every element that is opened is closed."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.texts = [], set(), []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def test_html_escapes_everything(report):
    page = read(written([report], "html", Terminal(terms=True)))
    assert "b" not in page.tags
    assert sum(text.count(EVIL) for text in page.texts) >= 9


def test_csv_and_tsv_hold_the_same_cells_and_no_formula(report):
    for format, delimiter in (("csv", ","), ("tsv", "\t")):
        rows = list(csv.reader(io.StringIO(written([report], format)), delimiter=delimiter))
        assert rows == [["name", "n"], [EVIL, "0"], ["'=1+1", "2"]]


def test_several_networks_have_a_column_with_their_name():
    one = Report("a", lambda: 1, list, lambda: Records(["name", "params"], [["x", 1]]))
    two = Report("b", lambda: 2, list, lambda: Records(["name", "params", "inputs"], [["y", 2, "x"]]))
    assert written([one, two], "csv") == "network,name,params,inputs\na,x,1,\nb,y,2,x\n"
    assert written([one], "csv") == "name,params\nx,1\n"
    assert written([one], "csv", several=True) == "network,name,params\na,x,1\n"
    assert json.loads(written([one, two], "json")) == [1, 2]


def test_terms_are_explained_on_request_only(report):
    assert written([report], "table").count("numbers") == 1
    assert "N: a number" not in written([report], "table")
    assert "N: a number" in written([report], "table", Terminal(terms=True))
    assert "\x1b[2mnumbers" in written([report], "table", Terminal(color=True))


@pytest.mark.parametrize(("formula", "expected"), [
    ("h' = ⌊(h + 2 × p − k) / s⌋ + 1 = 28", r"h' = \lfloor (h + 2 \times p - k) / s\rfloor + 1 = 28"),
    ("params = k_h × k_w × c × F + F = 18,496", r"\mathrm{params} = k_{h} \times k_{w} \times c \times F + F = 18{,}496"),
    ("r12 = r11 + (k − 1) × j11", r"r_{12} = r_{11} + (k - 1) \times j_{11}"),
    ("MACs = the sum of 53 layers", r"\mathrm{MACs} = \textrm{the sum of} 53 \mathrm{layers}"),
    ("n = 2^10 × x^(a − 1)", r"n = 2^{10} \times x^{(a - 1)}"),
    ("p = max(0, conv2d_1 + ⌈a / 2⌉)", r"p = \max(0, \mathrm{conv2d\_1} + \lceil a / 2\rceil )"),
])
def test_formulas_become_mathematics(formula, expected):
    assert math(formula) == expected


def test_shapes_in_text_become_mathematics():
    assert prose("c1: Conv2D on h × w × c = 28 × 28 × 1") == r"c1: Conv2D on $h \times w \times c$ = $28 \times 28 \times 1$"
    assert prose("(None, 28, 28, 6), (2, 3), 3x3 conv3x3_1") == r"$28 \times 28 \times 6$, (2, 3), $3 \times 3$ conv3x3\_1"
    assert setting("kernel_size k = 5") == r"kernel\_size $k = 5$"
    assert setting("padding same") == "padding same"


def compiled(folder, text: str) -> None:
    """A document around the text goes through LaTeX."""
    document = f"\\documentclass{{article}}\\usepackage{{booktabs,amssymb}}\\begin{{document}}\n{text}\\end{{document}}\n"
    (folder / "x.tex").write_text(document)
    run = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "x.tex"], cwd=folder, capture_output=True, timeout=120)
    log = run.stdout.decode("latin-1")
    assert run.returncode == 0, log[log.find("\n!"):][:600]
    assert "Missing character" not in log


@pytest.mark.oracle
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no LaTeX here")
def test_latex_compiles(report, tmp_path):
    text = written([report], "latex", Terminal(terms=True))
    (tmp_path / "sheet.csv").write_text("layer,params\nC1,150\n")
    for table, args in TABLES.items():
        if args[0] not in ("check", "convert"):
            run = cnncalc(*args, "--format", "latex", cwd=tmp_path)
            assert run.code == code_of(table), run.err
            text += f"\n\n{run.out}"
    for name in ("siamese", "separable", "cnn-lstm", "conv3d", "autoencoder"):
        text += f"\n\n{cnncalc('explain', name, '--format', 'latex').out}"
    compiled(tmp_path, text)


@pytest.mark.oracle
@pytest.mark.parametrize("table", [name for name, args in TABLES.items() if args[0] not in ("check", "convert")])
def test_every_command_with_a_table_writes_every_format(table, tmp_path):
    texts = set()
    for ending, format in ((".md", "markdown"), (".html", "html"), (".tex", "latex"), (".json", "json"), (".csv", "csv"), (".TSV", "tsv")):
        if format in ("csv", "tsv") and TABLES[table][0] == "explain":
            continue
        run = cnncalc(*TABLES[table], "-o", f"out{ending}", cwd=tmp_path)
        assert (run.code, run.out, run.err) == (0, "", ""), format
        text = (tmp_path / f"out{ending}").read_text()
        assert text.strip() and text not in texts
        texts.add(text)
        assert cnncalc(*TABLES[table], "--format", format, cwd=tmp_path).out == text
        if format == "html":
            assert {"html", "style", "div"} <= read(text).tags
        if format == "json":
            json.loads(text)
        if format in ("csv", "tsv"):
            assert len({len(row) for row in csv.reader(io.StringIO(text), delimiter="\t" if format == "tsv" else ",")}) == 1


@pytest.mark.parametrize(("args", "name"), [
    (("summary", "lenet5"), "net.png"), (("summary", "lenet5"), "net.yaml"), (("explain", "lenet5"), "x.csv"), (("cost", "lenet5"), "X.PDF"),
    (("summary", "lenet5"), "net.log"), (("convert", "lenet5"), "net.csv"), (("examples", "lenet5"), "x.tex"), (("summary", "nothing.yaml"), "x.svg"),
])
def test_an_ending_that_cannot_be_written_is_refused_before_anything_is(args, name, tmp_path):
    run = cnncalc(*args, "-o", name, cwd=tmp_path)
    assert (run.code, run.out) == (2, "")
    assert f"cannot write {os.path.splitext(name)[1].lower()} files" in run.err
    assert list(tmp_path.iterdir()) == []


def test_a_format_that_is_named_accepts_any_ending_and_no_ending_is_the_default(tmp_path):
    table = cnncalc("summary", "lenet5").out
    assert cnncalc("summary", "lenet5", "-o", "/dev/stdout").out == table
    for name, options in (("out", ()), ("out.txt", ()), ("out.png", ("--format", "table"))):
        assert cnncalc("summary", "lenet5", "-o", name, *options, cwd=tmp_path).code == 0
        assert (tmp_path / name).read_text() == table
    assert cnncalc("examples", "lenet5", "-o", "mine.yaml", cwd=tmp_path).code == 0
    assert cnncalc("convert", "mine.yaml", "-o", "a.JSON", cwd=tmp_path).code == 0
    assert json.loads((tmp_path / "a.JSON").read_text())["class_name"]


def test_each_format_of_a_command_is_known():
    assert set(FORMATS) == {"table", "text", "json", "csv", "tsv", "markdown", "latex", "html"}
