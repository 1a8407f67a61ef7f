"""TikZ that plain LaTeX compiles, with names that cannot begin a command."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from chromium import needed
from pictures import STYLES, scene_of
from rasters import by_rsvg, difference, of_pdf, pixels

import cnncalc
from cnncalc.drawing.scene import Group, Text
from cnncalc.drawing.svg import written as as_svg
from cnncalc.drawing.tikz import escaped, written

ROOT = Path(__file__).parent.parent.parent
EVIL = "\\input{/etc/passwd} ^^5cinput $x$ {a}_b #1 % ~ & \"quoted\" <b> |c| 'd' `e` -- ?` !` …→·×−⌊⌋ é 漢 \x00\ud800"


#: Networks whose pictures are compared with those of SVG.
SEVERAL = ["lenet5", "alexnet", "resnet50", "unet", "siamese", "inception-module", "inceptionv3", "multi-output", "wavenet", "conv3d"]


def compiled(text, folder):
    """The run of pdflatex, which must end without an error."""
    needed("pdflatex")
    (folder / "net.tex").write_text(text)
    run = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "net.tex"], cwd=folder,
                         capture_output=True, text=True, check=False, errors="replace")
    assert run.returncode == 0, run.stdout[-1500:]
    return run


def together(documents):
    """Several pictures in one document, each on a page of its own size: LaTeX and TikZ are loaded once."""
    parts = []
    for document in documents:
        head, _, body = document.partition("\\begin{document}\n")
        size = re.search(r"\\paperwidth=.*\n\\pdfpagewidth=.*\n", head)[0]
        parts.append(size + body.partition("\\end{document}")[0])
    return head + "\\begin{document}\n" + "\n".join(parts) + "\\end{document}\n"


@pytest.mark.oracle
@pytest.mark.parametrize("style", STYLES)
def test_latex_compiles_all_examples(style, tmp_path):
    names = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))
    run = compiled(together([written(scene_of(cnncalc.load(name).trace, style), 604.7) for name in names]), tmp_path)
    assert "Overfull" not in run.stdout
    assert f"({len(names)} pages" in run.stdout


@pytest.mark.oracle
def test_a_document_of_its_own_has_one_page(tmp_path):
    assert "(1 page" in compiled(written(scene_of(cnncalc.load("alexnet").trace, "volumes"), 604.7), tmp_path).stdout


def wordless(shapes):
    return tuple([shape._replace(shapes=wordless(shape.shapes)) if isinstance(shape, Group) else shape for shape in shapes if not isinstance(shape, Text)])


@pytest.mark.oracle
def test_tikz_draws_what_svg_draws(tmp_path):
    """But for the text, which LaTeX sets, 99.8 % of the pixels are alike."""
    needed("rsvg-convert")
    if not os.environ.get("CNNCALC_PICTURES"):
        pytest.importorskip("PIL")
    scenes = {(name, style): scene_of(cnncalc.load(name).trace, style) for name in SEVERAL for style in STYLES}
    scenes = {key: scene._replace(shapes=wordless(scene.shapes)) for key, scene in scenes.items()}
    compiled(together([written(scene) for scene in scenes.values()]), tmp_path)
    found = {key: difference(pixels(by_rsvg(as_svg(scene))), pixels(of_pdf(tmp_path / "net.pdf", page + 1)))
             for page, (key, scene) in enumerate(scenes.items())}
    assert {key: share for key, share in found.items() if share > 0.002} == {}


@pytest.mark.oracle
def test_evil_names_compile_as_text(tmp_path):
    trace = cnncalc.load("lenet5").trace
    run = compiled(written(scene_of(trace, "graph", title=EVIL)), tmp_path)
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
