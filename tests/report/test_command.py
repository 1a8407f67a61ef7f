"""The report command: what it writes, and what it refuses."""

from __future__ import annotations

import json
import re

import pytest
from running import cnncalc as ran

import cnncalc
from cnncalc.report.data import Texts, page_data
from cnncalc.report.page import page

BROKEN = "input: [28, 28, 1]\nlayers:\n  - Conv2D: [8, 3]\n  - Conv2D: [8, 55]\n  - Flatten\n"


def embedded(text):
    """The data of a page."""
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)[1])


def test_it_writes_one_file_that_refers_to_nothing(tmp_path):
    run = ran("report", "lenet5", "-o", "page.html", cwd=tmp_path)
    assert run[:3] == (0, "", "")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert len(text.encode()) <= 50_000
    assert not re.search(r"(src|href)=(?!\"#)|url\(|@import|<link|<iframe|https?://(?!www\.w3\.org)", text)
    assert "default-src 'none'" in text and not re.search(r"<[^>]*\sstyle=|unsafe-", text)
    assert ran("report", "lenet5", cwd=tmp_path).out == text == page(cnncalc.load("lenet5").trace)


def test_other_endings_are_refused_before_anything_is_written(tmp_path):
    run = ran("report", "lenet5", "-o", "page.pdf", cwd=tmp_path)
    assert run.code == 2 and "it writes .html" in run.err and list(tmp_path.iterdir()) == []


def test_a_broken_network_is_shown_up_to_its_error(tmp_path):
    (tmp_path / "net.yaml").write_text(BROKEN)
    run = ran("report", "net.yaml", "-o", "page.html", cwd=tmp_path)
    assert run.code == ran("summary", "net.yaml", cwd=tmp_path).code == 2
    assert "kernel 55x55 does not fit" in run.err
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    data = embedded(text)
    assert "kernel 55x55 does not fit" in text
    assert [data["texts"][row[0]] for row in data["rows"]] == ["input", "conv2d", "conv2d_1"]
    assert [row[4] for row in data["rows"]] == ["", "", "error"] and "<tfoot>" not in text


def test_a_file_that_cannot_be_read_leaves_no_page(tmp_path):
    run = ran("report", "nothing.yaml", "-o", "page.html", cwd=tmp_path)
    assert run.code == 2 and "there is no file" in run.err and list(tmp_path.iterdir()) == []


def test_unknown_sizes_are_explained_in_place_of_fields():
    data = page_data(cnncalc.load("mobilenetv3small").trace)
    assert data.script["fields"] is None and "depend on the input size" in data.missing
    assert all(row.map == -1 for row in data.script["rows"])


def test_too_large_networks_have_no_fields():
    text = "input: [3000000, 1]\nlayers:\n  - Conv1D: [1, 3]\n"
    data = page_data(cnncalc.loads(text).trace)
    assert data.script["fields"] is None and "too large" in data.missing


@pytest.mark.parametrize("layer", [
    "Conv2D: {filters: 1, kernel_size: 100000000, padding: same}", "Conv2DTranspose: {filters: 1, kernel_size: 3, strides: 100000000}",
    "MaxPooling2D: {pool_size: 50000000, padding: same}"])
def test_huge_windows_take_no_time(layer):
    data = page_data(cnncalc.loads(f"input: [1, 1, 1]\nlayers:\n  - {layer}\n").trace)
    assert len(json.dumps(data.script)) < 20_000 and data.script["rows"][1].windows is None


def test_layers_after_an_unknown_one_have_rows_but_no_maps(tmp_path):
    layers = [{"class_name": "InputLayer", "config": {"batch_input_shape": [None, 8, 8, 1], "name": "in"}},
              {"class_name": "Conv2D", "config": {"name": "known", "filters": 4, "kernel_size": [3, 3]}},
              {"class_name": "Magic", "config": {"name": "magic"}},
              {"class_name": "Conv2D", "config": {"name": "after", "filters": 4, "kernel_size": [3, 3]}}]
    (tmp_path / "net.json").write_text(json.dumps({"class_name": "Sequential", "config": {"name": "net", "layers": layers}}))
    data = page_data(cnncalc.load(tmp_path / "net.json", assume={"magic": "same"}).trace)
    assert [row.map for row in data.script["rows"]] == [0, 1, -1, -1]
    assert data.missing == "Not shown, because what they read of the input is unknown: magic, after."
    assert data.totals[0] == "≥ 188"


def test_every_layer_of_a_known_network_has_a_map():
    for name in ("lenet5", "siamese", "unet", "multi-output", "cnn-lstm"):
        assert page_data(cnncalc.load(name).trace).missing == ""


def test_layers_of_nested_models_have_rows_and_maps():
    data = page_data(cnncalc.load("transfer-vgg16").trace)
    texts = data.script["texts"]
    names = [texts[row.name] for row in data.script["rows"]]
    assert "vgg16/block1_conv1" in names or any("/" in name for name in names)
    assert all(row.map >= 0 for row in data.script["rows"] if "/" in texts[row.name])


def test_control_characters_and_lone_surrogates_are_replaced():
    found = Texts()
    assert [found("a\x00b\x1b\x7f\ud800\uffff\u2028c"), list(found.found)] == [0, ["a\ufffdb\ufffd\ufffd\ufffd\ufffd\u2028c"]]


def test_from_python(tmp_path):
    cnncalc.load("lenet5").report(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page(cnncalc.load("lenet5").trace)


@pytest.mark.oracle
@pytest.mark.parametrize(("name", "most"), [("lenet5", 50), ("resnet50", 200), ("densenet201", 400), ("nasnetlarge", 1000)])
def test_pages_are_small(name, most):
    assert len(page(cnncalc.load(name).trace).encode()) <= 1000 * most
