"""The command as a user runs it: formats, options, files, errors.

Output is compared with golden/; to accept a change after reading it: CNNCALC_ACCEPT=1.
"""

from __future__ import annotations

import csv
import io
import json
import os

import pytest
from running import TESTS, cnncalc

import cnncalc as package

GOLDEN = TESTS / "golden"


def matches(text: str, name: str) -> None:
    path = GOLDEN / name
    if os.environ.get("CNNCALC_ACCEPT"):
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("summary.txt", ("summary", "mnist-chollet")),
        ("summary.json", ("summary", "mnist-chollet", "--format", "json")),
        ("summary.csv", ("summary", "mnist-chollet", "--format", "csv")),
        ("summary.md", ("summary", "mnist-chollet", "--format", "markdown")),
        ("summary.tex", ("summary", "mnist-chollet", "--format", "latex")),
        ("summary-columns.txt", ("summary", "alexnet", "--columns", "type,input,output,kernel,stride,padding,weights,params,"
                                 "bytes,activations,connections,unshared,dense")),
        ("summary-batch.txt", ("summary", "siamese", "--batch", "32", "--columns", "+activations")),
        ("summary-nested.txt", ("summary", "transfer-vgg16", "--expand-nested", "--show-trainable")),
        ("summary-narrow.txt", ("summary", "siamese", "--width", "60")),
        ("examples.txt", ("examples",)),
        ("layers.txt", ("layers",)),
        ("layers-conv2dtranspose.txt", ("layers", "Conv2DTranspose")),
    ],
)
def test_the_output_is_what_was_read_and_accepted(name, args):
    run = cnncalc(*args)
    assert (run.code, run.err) == (0, "")
    matches(run.out, name)


def test_help_of_each_command_has_an_example():
    from cnncalc.cli import COMMANDS

    assert "summary" in cnncalc("--help").out
    for command in COMMANDS:
        run = cnncalc(command, "--help")
        assert run.code == 0
        assert f"cnncalc {command} " in run.out or f"  cnncalc {command}\n" in run.out


def test_json_gives_the_schema_with_the_batch_in_front():
    data = json.loads(cnncalc("summary", "mnist-chollet", "--format", "json", "--batch", "8").out)
    assert data["schema"] == "cnncalc/summary/1"
    assert data["params"] == 93_322
    first = data["layers"][0]
    assert first["output_shape"] == [8, 26, 26, 32]
    assert first["inputs"] == ["input"]
    assert first["weights"][0] == {"name": "kernel", "shape": [3, 3, 1, 32], "trainable": True}


def test_several_files_give_an_array():
    data = json.loads(cnncalc("summary", "lenet5", "shallownet", "--format", "json").out)
    assert [network["name"] for network in data] == ["lenet5", "shallownet"]


def test_one_bad_file_among_several_does_not_hide_the_others():
    run = cnncalc("summary", "lenet5", "no-such-network", "shallownet")
    assert run.code == 2
    assert run.out.startswith("lenet5\n")
    assert "\nshallownet\n" in run.out
    assert "no-such-network" in run.err


def test_csv_reads_back():
    table = list(csv.DictReader(io.StringIO(cnncalc("summary", "lenet5", "--format", "csv").out)))
    assert table[1] == {"name": "C1", "type": "Conv2D", "output_shape": "(None, 28, 28, 6)", "params": "156"}


def test_the_input_size_is_replaced():
    run = cnncalc("summary", "vgg16_notop", "--input", "64x96x3", "--format", "json")
    assert json.loads(run.out)["layers"][-1]["output_shape"] == [None, 2, 3, 512]


def test_a_nested_model_follows_the_new_input_size():
    run = cnncalc("summary", "transfer-resnet50", "--input", "64x96x3", "--format", "json")
    assert [layer["output_shape"] for layer in json.loads(run.out)["layers"] if layer["type"] == "Functional"] == [[None, 2, 3, 2048]]


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ("64x96", "the input 'input' has 3 sizes, not 2"),
        ("0x2x3", "'0x2x3' is not a shape such as 256x256x3"),
        ("image=8x8x3", "the network has no input 'image'"),
        ("8xx3", "is not a shape"),
    ],
)
def test_a_wrong_input_size_is_refused(shape, words):
    run = cnncalc("summary", "alexnet", "--input", shape)
    assert run.code == 2
    assert words in run.err
    assert run.out == ""


def test_an_unknown_column_is_named():
    run = cnncalc("summary", "lenet5", "--columns", "kernal")
    assert run.code == 2
    assert run.err == "error: there is no column 'kernal'\n    did you mean 'kernel'?\n"


def test_a_file_is_replaced_as_a_whole(tmp_path):
    target = tmp_path / "out.json"
    target.write_text("before")
    target.chmod(0o640)
    run = cnncalc("summary", "lenet5", "--format", "json", "-o", str(target))
    assert (run.code, run.out) == (0, "")
    assert json.loads(target.read_text())["name"] == "lenet5"
    assert target.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["out.json"]


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    run = cnncalc("summary", "lenet5", "-o", str(tmp_path / "none" / "out.txt"))
    assert run.code == 2
    assert "cannot write" in run.err


@pytest.mark.oracle
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "cp437"])
def test_a_narrow_encoding_gets_a_plain_table(encoding):
    run = cnncalc("summary", "lenet5", env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"})
    assert (run.code, run.err) == (0, "")
    assert "C1" in run.out
    assert run.out.isascii()


def test_a_misspelt_command_is_named():
    run = cnncalc("sumary", "lenet5")
    assert run.code == 2
    assert "did you mean 'cnncalc summary lenet5'?" in run.err


def test_a_file_in_place_of_a_command_gets_a_hint(tmp_path):
    (tmp_path / "arch.yaml").write_text("input: [8]\nlayers: [Flatten]\n")
    assert "did you mean 'cnncalc summary arch.yaml'?" in cnncalc("arch.yaml", cwd=tmp_path).err


def test_an_example_prints_its_file():
    run = cnncalc("examples", "lenet5")
    assert run.out.startswith("# LeNet-5")
    assert package.loads(run.out).params == package.load("lenet5").params


def test_every_kind_is_described():
    from cnncalc.layers import KINDS
    from cnncalc.views.formats import written
    from cnncalc.views.kinds import kind_report

    described = {layer["name"]: layer for layer in json.loads(cnncalc("layers", "--format", "json").out)["layers"]}
    for kind in {kind.kind: kind for kind in KINDS.everything().values()}.values():
        if kind.kind != "Functional":
            assert described[kind.kind]["rule"]
            assert [s["name"] for s in described[kind.kind]["settings"]] == list(kind.settings)
            assert written([kind_report(kind)], "text").startswith(kind.kind)


def test_python_users_get_the_same(capsys):
    model = package.load("mnist-chollet")
    assert model["conv2d_1"].output_shape == (None, 26, 26, 32)
    assert model.to_dict() == json.loads(cnncalc("summary", "mnist-chollet", "--format", "json").out)
    model.summary()
    assert capsys.readouterr().out == cnncalc("summary", "mnist-chollet").out
    assert len(model) == 9
    assert repr(model) == "<cnncalc network 'sequential': 9 layers, 93,322 parameters>"


def test_a_notebook_shows_a_table_with_nothing_of_the_file_as_markup():
    html = package.loads('name: "<script>"\ninput: [8]\nlayers:\n  - Dense: {units: 2, name: "<b>"}\n')._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html.replace("<b>&lt;", "").replace("</b>", "")
    assert "&lt;b&gt;" in html


def test_python_errors_say_what_the_command_says():
    with pytest.raises(package.CnncalcError, match=r"<text>:3:5: error: unknown layer 'Flaten'"):
        package.loads("input: [8]\nlayers:\n  - Flaten\n")
