"""`cnncalc draw`: files, options, and what it refuses."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from running import cnncalc

BROKEN = "input: [28, 28, 1]\nlayers:\n  - Conv2D: [8, 3]\n  - MaxPooling2D: 2\n  - {Conv2D: [16, 15], name: late}\n  - Dense: 10\n"


def test_without_a_file_it_prints_svg():
    run = cnncalc("draw", "lenet5")
    assert (run.code, run.err) == (0, "")
    assert ElementTree.fromstring(run.out.encode()).tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize(("ending", "begins"), [("svg", b"<?xml"), ("tex", b"% lenet5")])
def test_the_ending_chooses_the_format(ending, begins, tmp_path):
    run = cnncalc("draw", "lenet5", "-o", f"net.{ending}", cwd=tmp_path)
    assert (run.code, run.out, run.err) == (0, "", "")
    assert (tmp_path / f"net.{ending}").read_bytes().startswith(begins)


def test_unknown_endings_are_refused_before_anything_is_written(tmp_path):
    run = cnncalc("draw", "nothing.yaml", "-o", "net.docx", cwd=tmp_path)
    assert run.code == 2
    assert "this command cannot write .docx files\n    it writes .tex, .svg, .pdf, .png" in run.err
    assert list(tmp_path.iterdir()) == []


def test_pdf_without_cairosvg_says_what_to_install(tmp_path):
    (tmp_path / "cairosvg.py").write_text("raise ImportError\n")
    run = cnncalc("draw", "lenet5", "-o", "net.pdf", cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)})
    assert (run.code, run.out) == (2, "")
    assert run.err == ("error: PDF and PNG need cairosvg: pip install 'cnncalc[pdf]'; or write a .svg file and convert it: "
                       "rsvg-convert -f pdf -o net.pdf net.svg\n")
    assert not (tmp_path / "net.pdf").exists()


@pytest.mark.parametrize("style", ["volumes", "graph"])
def test_a_broken_network_is_drawn_up_to_the_broken_layer(style, tmp_path):
    (tmp_path / "broken.yaml").write_text(BROKEN)
    run = cnncalc("draw", "broken.yaml", "--style", style, "-o", "net.svg", cwd=tmp_path)
    summary = cnncalc("summary", "broken.yaml", cwd=tmp_path)
    assert (run.code, run.err) == (summary.code, summary.err)
    assert run.code == 2
    root = ElementTree.fromstring((tmp_path / "net.svg").read_bytes())
    layers = " ".join(element.get("data-layers") or "" for element in root.iter()).split()
    assert {"input", "conv2d", "max_pooling2d", "late"} == set(layers)
    titles = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
    assert any("late" in title and "error: " in title for title in titles)


@pytest.mark.parametrize(("args", "problem"), [
    (("--width", "16 apples"), "'16 apples' is not a width such as 16cm"),
    (("--width", "0cm"), "'0cm' is not a width such as 16cm"),
    (("--unit", "1,1"), "--unit needs --field"),
    (("--field", "C3", "--arithmetic", "C3"), "--field and --arithmetic cannot be combined"),
    (("--field", "C4"), "there is no layer 'C4'"),
    (("--field", "C3", "--unit", "99,0"), "there is no unit 99"),
    (("--arithmetic", "F6"), "F6 (Dense) has no window that slides over its input"),
    (("--style", "3d"), "Invalid value for '--style'"),
])
def test_what_cannot_be_drawn_is_refused(args, problem):
    run = cnncalc("draw", "lenet5", *args)
    assert run.code == 2
    assert problem in run.err
    assert "Traceback" not in run.err
    assert run.out == ""


def test_the_printed_width_is_the_width_of_the_picture():
    run = cnncalc("draw", "lenet5", "--width", "16cm")
    root = ElementTree.fromstring(run.out.encode())
    _, _, width, height = map(float, root.get("viewBox").split())
    assert root.get("width") == "16cm"
    assert abs(float(root.get("height").removesuffix("cm")) - 16 * height / width) < 0.01
    run = cnncalc("draw", "vgg16", "--width", "4cm")
    assert run.code == 0
    assert "vgg16: warning: text is " in run.err


def test_keras_files_and_source_are_drawn(tmp_path):
    cnncalc("convert", "lenet5", "-o", "net.json", cwd=tmp_path)
    assert cnncalc("draw", "net.json", cwd=tmp_path).code == 0
    (tmp_path / "net.py").write_text("import torch.nn as nn\nnet = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 2))\n")
    run = cnncalc("draw", "net.py", "--input", "3x3x3", "--style", "graph", cwd=tmp_path)
    assert (run.code, run.err) == (0, "")
    assert "3×3 conv, 8" in run.out
    assert "8×1×1" in run.out  # channels first, as the network has them


def test_unknown_sizes_are_drawn_as_question_marks():
    run = cnncalc("draw", "-", stdin=b"input: [null, null, 3]\nlayers:\n  - Conv2D: [8, 3]\n  - MaxPooling2D: 2\n")
    assert run.code == 0
    root = ElementTree.fromstring(run.out.encode())
    assert [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")].count("?") >= 1
    heights = [float(face.get("points").split()[3].split(",")[1]) - float(face.get("points").split()[0].split(",")[1])
               for group in root.iter() if group.get("data-layers") for face in list(group)[-1:]]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] > 1.3 * heights[-1]


def test_layers_written_as_code_are_drawn(tmp_path):
    run = cnncalc("layer", "Conv2DTranspose(1, 3, strides=2)", "--input", "3x3x1", "-o", "window.svg", cwd=tmp_path)
    assert (run.code, run.out, run.err) == (0, "", "")
    root = ElementTree.fromstring((tmp_path / "window.svg").read_bytes())
    assert len([group for group in root.iter() if group.get("data-output")]) == 49
    run = cnncalc("layer", "Conv2D(6, 5); MaxPooling2D(2)", "--input", "32x32x1", "--format", "svg")
    assert "data-layers=\"max_pooling2d\"" in run.out
    run = cnncalc("layer", "Dense(6)", "--input", "32", "-o", "window.svg", cwd=tmp_path)
    assert (run.code, run.err) == (2, "error: dense (Dense) has no window that slides over its input\n    name a convolution or a pooling layer\n")
