"""TikZ that plain LaTeX compiles, with names that cannot begin a command."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from pictures import STYLES, scene_of

import cnncalc
from cnncalc.drawing.tikz import escaped, written

EVIL = "\\input{/etc/passwd} ^^5cinput $x$ {a}_b #1 % ~ & \"quoted\" <b> |c| 'd' `e` -- ?` !` …→·×−⌊⌋ é 漢 \x00\ud800"


def compiled(text, folder):
    (folder / "net.tex").write_text(text)
    return subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "net.tex"], cwd=folder,
                          capture_output=True, text=True, check=False, errors="replace")


def has_tikz():
    return bool(shutil.which("kpsewhich")) and subprocess.run(["kpsewhich", "tikz.sty"], capture_output=True, check=False).returncode == 0


needs_latex = pytest.mark.skipif(not has_tikz(), reason="pdflatex and TikZ are not installed")


@needs_latex
@pytest.mark.oracle
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["lenet5", "resnet50", "unet", "siamese", "inception-module", "wavenet"])
def test_latex_compiles_every_kind_of_picture(name, style, tmp_path):
    run = compiled(written(scene_of(cnncalc.load(name).trace, style), 604.7), tmp_path)
    assert run.returncode == 0, run.stdout[-1500:]
    assert "Overfull" not in run.stdout
    assert "(1 page" in run.stdout


@needs_latex
@pytest.mark.oracle
def test_evil_names_compile_as_text(tmp_path):
    trace = cnncalc.load("lenet5").trace
    run = compiled(written(scene_of(trace, "graph", title=EVIL)), tmp_path)
    assert run.returncode == 0, run.stdout[-1500:]
    assert "passwd" not in re.sub(r"\s", "", run.stdout)


def test_no_letter_of_a_name_begins_a_command():
    text = escaped(EVIL)
    assert set(re.findall(r"\\([a-zA-Z]+|.)", text)) <= {"backslash", "^", "~", "{", "}", "$", "&", "#", "%", "_", "`", "times", "cdot", "to",
                                                       "dots", "lfloor", "rfloor", "div"}
    assert "^^" not in text
    assert text.isascii()


def test_only_plain_tikz_is_used():
    text = written(scene_of(cnncalc.load("lenet5").trace, "volumes"))
    assert re.findall(r"\\usepackage\{(.*?)\}", text) == ["tikz"]
    assert "usetikzlibrary" not in text
