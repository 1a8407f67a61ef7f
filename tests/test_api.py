"""Python users get what the commands print, as data, text and tables; errors end at their own line."""

from __future__ import annotations

import json
import traceback

import pytest
from running import cnncalc as command

import cnncalc


@pytest.fixture(scope="module")
def model():
    return cnncalc.load("mnist-chollet")


def printed(*args: str):
    return json.loads(command(*args, "--format", "json").out)


@pytest.mark.parametrize(("asked", "args"), [
    (lambda m: m.explain("conv2d_1"), ("explain", "mnist-chollet", "conv2d_1")),
    (lambda m: m["conv2d_1"].explain(), ("explain", "mnist-chollet", "conv2d_1")),
    (lambda m: m.explain(), ("explain", "mnist-chollet")),
    (lambda m: m.receptive_field("conv2d_2", (3, 3)), ("receptive-field", "mnist-chollet", "--layer", "conv2d_2", "--unit", "3,3")),
    (lambda m: m["conv2d_2"].receptive_field(), ("receptive-field", "mnist-chollet", "--layer", "conv2d_2")),
    (lambda m: m.receptive_fields(), ("receptive-field", "mnist-chollet")),
    (lambda m: m.cost(batch=8, optimizer="Adam"), ("cost", "mnist-chollet", "--batch", "8", "--optimizer", "adam")),
    (lambda m: m.diff("lenet5"), ("diff", "mnist-chollet", "lenet5")),
    (lambda m: cnncalc.diff(m, "lenet5"), ("diff", "mnist-chollet", "lenet5")),
    (lambda m: cnncalc.solve(size=28, to=14, kernel=3), ("solve", "--from", "28", "--to", "14", "-k", "3")),
    (lambda m: cnncalc.solve(keep=True, kernel=5), ("solve", "--keep-size", "-k", "5")),
    (lambda m: cnncalc.solve(receptive_field=11, kernel=3), ("solve", "--receptive-field", "11", "-k", "3")),
    (lambda m: cnncalc.solve(params=896, channels=3), ("solve", "--params", "896", "--from-channels", "3")),
])
def test_a_result_is_what_the_command_prints(model, asked, args):
    found = asked(model)
    assert json.loads(json.dumps(found)) == printed(*args)
    assert str(found) + "\n" == command(*args).out
    assert repr(found).startswith("<")
    assert "\n" not in repr(found)
    assert found._repr_html_().startswith('<div class="cnncalc">')


def test_comparing_networks():
    found = cnncalc.compare("lenet5", "vgg16")
    assert [row["params"] for row in found["networks"]] == [61_706, 138_357_544]


def test_layers_show_themselves_in_a_line(model):
    assert repr(model) == "<cnncalc network 'sequential': 9 layers, 93,322 parameters>"
    assert repr(model["conv2d_1"]) == "<conv2d_1: Conv2D (None, 26, 26, 32), 320 parameters>"
    assert [repr(layer) for layer in model][-1] == "<dense_2: Dense (None, 10), 650 parameters>"
    assert repr(cnncalc.loads("input: [1]\nlayers:\n  - Dense: {units: 1, use_bias: false}\n")["dense"]) == "<dense: Dense (None, 1), 1 parameter>"
    layer = model["conv2d_1"]
    assert (layer.type, layer.params, layer.macs, layer.input_shapes) == ("Conv2D", 320, 194_688, ((None, 28, 28, 1),))
    assert layer.settings == {"filters": 32, "kernel_size": 3, "activation": "relu"}
    assert [weight.shape for weight in layer.weights] == [(3, 3, 1, 32), (32,)]
    assert "conv2d_1" in model
    assert "nope" not in model


def test_layers_inside_models():
    model = cnncalc.load("transfer-vgg16")
    assert repr(model["vgg16/block1_conv1"]) == "<vgg16/block1_conv1: Conv2D (None, 224, 224, 64), 1,792 parameters>"
    assert model["vgg16/block1_conv1"].explain()["layers"][0]["name"] == "vgg16/block1_conv1"


def test_a_layer_without_a_file():
    assert repr(cnncalc.layer("Conv2D(32, 3)", input=(28, 28, 1))) == "<conv2d: Conv2D (None, 26, 26, 32), 320 parameters>"
    assert cnncalc.layer("Conv2D(32, 3); Flatten()", input="28x28x1")["flatten"].output_shape == (None, 21_632)
    assert cnncalc.layer("Dense(3)", input=4).params == 15


def test_sizes_and_settings_can_be_changed():
    assert cnncalc.load("vgg16_notop", input="64 × 64 × 3")["block5_pool"].output_shape == (None, 2, 2, 512)
    assert cnncalc.load("lenet5", changes={"C1.kernel_size": 3})["C1"].params == 60
    assert cnncalc.load("lenet5")["C1"].params == 156


def test_notes_are_kept():
    model = cnncalc.loads("input: 3x32x32\nlayers:\n  - conv: [8, 3]\n")
    assert model.notes == (
        "<text>:3:5: note: 'conv' is read as Conv2D",
        "<text>:1:8: note: the input is read as height 3, width 32, 32 channels; for PyTorch's order write data_format: channels_first")


@pytest.mark.parametrize(("asked", "kind", "words"), [
    (lambda m: m["nope"], KeyError, "there is no layer 'nope' in sequential\nit has input, conv2d_1, "),
    (lambda m: m["conv2d"], KeyError, "did you mean 'conv2d_1', 'conv2d_2' or 'conv2d_3'?"),
    (lambda m: m.explain("conv2d_4"), KeyError, "did you mean 'conv2d_1', 'conv2d_2' or 'conv2d_3'?"),
    (lambda m: m.receptive_field("dense"), KeyError, "did you mean 'dense_1' or 'dense_2'?"),
    (lambda m: cnncalc.load("lenet6"), cnncalc.CnncalcError, "did you mean 'lenet5'?"),
    (lambda m: cnncalc.loads("input: [8]\nlayers: [Flaten]\n"), cnncalc.CnncalcError, "did you mean 'Flatten'?"),
    (lambda m: cnncalc.layer("Conv2D(3, 9)", input=(5, 5, 1)), cnncalc.CnncalcError, "kernel 9x9 does not fit its 5x5 input"),
    (lambda m: cnncalc.layer("Conv2D(3, 9)", input="5y5"), cnncalc.CnncalcError, "'5y5' is not a shape such as 28x28x1"),
    (lambda m: cnncalc.load("lenet5", changes={"C1.pad": 3}), cnncalc.CnncalcError, "did you mean 'padding'?"),
])
def test_an_error_ends_at_the_line_that_called(model, asked, kind, words):
    with pytest.raises(kind) as caught:
        asked(model)
    assert isinstance(caught.value, cnncalc.CnncalcError)
    assert words in str(caught.value)
    own = [frame for frame in traceback.extract_tb(caught.value.__traceback__) if "/cnncalc/" in frame.filename and "/tests/" not in frame.filename]
    assert len(own) <= 1
    shown = "\n".join(caught.value._render_traceback_())
    assert words in shown
    assert "results.py" not in shown
    assert "test_api.py" in shown


def test_an_unknown_keyword_is_named():
    with pytest.raises(TypeError, match="solve\\(\\) has no argument 'kernal'; did you mean 'kernel'\\?"):
        cnncalc.solve(kernal=3)


@pytest.mark.parametrize(("text", "rows", "error"), [
    ("input: [28, 28, 1]\nlayers:\n  - Conv2D: [8, 3]\n  - Conv2D: [8, 30]\n  - Flaten\n", 1,
     (4, 17, "Conv2D 'conv2d_1': kernel 30x30 does not fit its 26x26 input (padding valid)")),
    ("input: [28, 28, 1]\nlayers:\n  - Conv2D: [8, 3]\n  - Flaten\n", 1, (4, 5, "unknown layer 'Flaten'")),
    ("layers: [", 0, (2, 1, "did not find expected node content")),
])
def test_json_of_a_network_with_an_error_has_the_rows_up_to_there(text, rows, error):
    run = command("summary", "-", "--format", "json", stdin=text.encode())
    assert run.code == 2
    data = json.loads(run.out)
    assert len(data["layers"]) == rows
    assert (data["error"]["file"], data["error"]["line"], data["error"]["column"], data["error"]["message"]) == ("<stdin>", *error)


def test_a_sheet_is_checked_as_by_the_command(tmp_path):
    (tmp_path / "ada.csv").write_text("layer,output,params\nconv2d_1,26x26x32,320\nconv2d_2,11x11x64,640\n")
    marks = cnncalc.check("mnist-chollet", tmp_path / "ada.csv", answered_only=True)
    run = command("check", "mnist-chollet", str(tmp_path / "ada.csv"), "--answered-only", "--format", "json")
    assert marks == json.loads(run.out)
    assert repr(marks).endswith("ada.csv: 3 of 4 points>")
    assert "forgot-input-channels" in str(marks)


def test_a_sheet_may_be_a_mapping_and_right_values_stay_hidden():
    marks = cnncalc.check("mnist-chollet", {"conv2d_1": {"output": (26, 26, 32), "params": 288}}, answered_only=True)
    answers = marks["sheets"][0]["answers"]
    assert [answer["status"] for answer in answers] == ["right", "wrong"]
    assert "expected" not in answers[1]
    assert cnncalc.check("mnist-chollet", {"conv2d_1": {"params": 288}}, accept="no-biases", answered_only=True)["sheets"][0]["points"] == 1
    with pytest.raises(cnncalc.CnncalcError, match="unknown feedback 'all'"):
        cnncalc.check("mnist-chollet", {}, feedback="all")


def test_the_dtype_of_memory_may_be_in_any_case(tmp_path):
    (tmp_path / "ada.csv").write_text("layer,memory\nconv2d_1,43264 bytes\n")
    run = command("check", "mnist-chollet", str(tmp_path / "ada.csv"), "--answered-only", "--dtype", "FP16")
    assert run.code == 0, run.out + run.err
