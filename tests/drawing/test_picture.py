"""Pictures in Python: what a notebook shows, and what is saved."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ElementTree

import pytest
from running import cnncalc as command

import cnncalc


def test_a_notebook_shows_what_the_command_draws():
    model = cnncalc.load("lenet5")
    assert model.draw()._repr_svg_() == command("draw", "lenet5").out
    assert model.draw("graph", width="8cm")._repr_svg_() == command("draw", "lenet5", "--style", "graph", "--width", "8cm").out
    assert model.draw(field="C3", unit=(1, 1)).svg == command("draw", "lenet5", "--field", "C3", "--unit", "1,1").out
    assert model.draw(arithmetic="C3", title="Third").svg == command("draw", "lenet5", "--arithmetic", "C3", "--title", "Third").out
    assert repr(model.draw()) == "<picture of lenet5: 465 x 383 pixels>"


def test_pictures_are_saved_by_their_ending(tmp_path):
    picture = cnncalc.load("lenet5").draw()
    picture.save(tmp_path / "net.svg")
    assert (tmp_path / "net.svg").read_text(encoding="utf-8") == picture.svg
    picture.save(str(tmp_path / "net.tex"))
    assert (tmp_path / "net.tex").read_text(encoding="utf-8") == picture.tikz
    with pytest.raises(cnncalc.CnncalcError, match=r"cannot write a picture as \.docx: it writes \.svg, \.pdf, \.png, \.tex"):
        picture.save(tmp_path / "net.docx")


def test_pdf_without_cairosvg_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "cairosvg", None)
    with pytest.raises(cnncalc.CnncalcError, match=r"pip install 'cnncalc\[pdf\]'; .*rsvg-convert"):
        cnncalc.load("lenet5").draw().save(tmp_path / "net.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_receptive_field_shows_its_picture_in_a_notebook():
    model = cnncalc.load("mnist-chollet")
    html = model.receptive_field("conv2d_3", (1, 1))._repr_html_()
    assert html.startswith('<div class="cnncalc">')
    svg = html[html.index("<svg"): html.index("</svg>") + 6]
    assert ElementTree.fromstring(svg)[0].text == "conv2d_3 (1, 1) sees 324 of 784 pixels"


@pytest.mark.parametrize(("options", "problem"), [
    ({"style": "3d"}, "unknown style '3d': it is one of volumes, graph"),
    ({"width": "wide"}, "'wide' is not a width such as 16cm"),
    ({"field": "C3", "arithmetic": "C3"}, "field and arithmetic cannot be combined"),
    ({"field": "C9"}, "there is no layer 'C9'"),
])
def test_wrong_options_are_refused(options, problem):
    with pytest.raises(cnncalc.CnncalcError, match=problem):
        cnncalc.load("lenet5").draw(**options)
