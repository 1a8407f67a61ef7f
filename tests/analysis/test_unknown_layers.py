"""Lambda and custom layers: the table goes on behind them, with what the file states or the user assumes."""

from __future__ import annotations

import json
import os
import re

import pytest
from running import TESTS, cnncalc

import cnncalc as package

INPUT = {"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [None, 28, 28, 1], "name": "input_layer"},
         "registered_name": None}


def layer(class_name, name, reads=None, module="keras.layers", registered=None, **settings):
    """An entry as Keras 3 writes it; `reads` is the shape in its build_config."""
    found = {"module": module, "class_name": class_name, "config": {"name": name, **settings}, "registered_name": registered}
    return found if reads is None else {**found, "build_config": {"input_shape": [None, *reads]}}


def custom(name, reads=None, class_name="Half"):
    return layer(class_name, name, reads, None, f"mine>{class_name}")


def sequential(*layers, name="net"):
    return {"module": "keras", "class_name": "Sequential", "config": {"name": name, "layers": [INPUT, *layers]}, "registered_name": None}


CONV = layer("Conv2D", "conv", (28, 28, 1), filters=8, kernel_size=[3, 3])
FLAT, DENSE = layer("Flatten", "flat", (13, 13, 8)), layer("Dense", "dense", (1352,), units=4)
FIRST = sequential(layer("Lambda", "scale", function={"class_name": "__lambda__"}), CONV, layer("Flatten", "flat"), layer("Dense", "dense", units=4))
MIDDLE = sequential(CONV, custom("half", (26, 26, 8)), FLAT, DENSE)
LAST = sequential(CONV, custom("half", (26, 26, 8)))
#: Nothing states a shape, as in files of Keras 2.
SILENT = sequential(layer("Conv2D", "conv", filters=8, kernel_size=[3, 3]), custom("half"), layer("ReLU", "relu"),
                    layer("Conv2D", "conv_1", filters=4, kernel_size=[3, 3]), layer("GlobalAveragePooling2D", "pool"),
                    layer("Dense", "dense", units=4))
INNER = sequential(layer("Conv2D", "conv", filters=8, kernel_size=[3, 3]), custom("half"), name="inner")
NESTED = sequential(INNER, layer("Flatten", "flat", (13, 13, 8)), layer("Dense", "dense", units=4))


@pytest.fixture
def read(tmp_path):
    def run(model, *options, command="summary"):
        (tmp_path / "m.json").write_text(json.dumps(model))
        return cnncalc(command, "m.json", *options, cwd=tmp_path)

    return run


def rows(run):
    assert run.code == 0, run.err
    return {row["name"]: row for row in json.loads(run.out)["layers"]}


def shapes(run):
    return [row["output_shape"] for row in rows(run).values()]


def test_the_table_goes_on_behind_a_lambda(read):
    run = read(FIRST)
    assert (run.code, run.err) == (0, "")
    lines = [line.split() for line in run.out.splitlines()]
    assert ["scale", "Lambda", "(unknown)", "(None,", "28,", "28,", "1)", "?", "0"] in lines
    assert ["dense", "Dense", "(None,", "4)", "21,636"] in lines
    assert ["Total", "params:", "at", "least", "21,716", "(84.83", "KiB)"] in lines
    assert "note: scale: Lambda is code that is not in the file: its output shape is the one that the file states" in run.out


def test_json_has_null_for_what_is_unknown_and_says_at_least(read):
    data = json.loads(read(LAST, "--format", "json").out)
    assert data["at_least"] is True
    assert data["params"] == 80
    conv, half = data["layers"]
    assert "unknown" not in conv and "at_least" not in conv
    assert half == {**half, "type": "Half", "output_shape": None, "params": None, "trainable_params": None,
                    "non_trainable_params": None, "unknown": True, "output_source": "unknown", "at_least": True}


def test_a_file_without_such_layers_says_nothing_of_them(read):
    data = json.loads(read(sequential(CONV), "--format", "json").out)
    assert "at_least" not in data and "unknown" not in data["layers"][0]


@pytest.mark.parametrize(("model", "expected"), [
    (MIDDLE, [[None, 26, 26, 8], [None, 13, 13, 8], [None, 1352], [None, 4]]),
    (LAST, [[None, 26, 26, 8], None]),
    (SILENT, [[None, 26, 26, 8], None, None, [None, None, None, 4], [None, 4], [None, 4]]),
    (NESTED, [[None, 13, 13, 8], [None, 1352], [None, 4]]),
], ids=["middle", "last", "silent", "nested"])
def test_shapes_are_those_of_the_file_and_what_follows_from_them(model, expected, read):
    assert shapes(read(model, "--format", "json")) == expected


def test_what_an_unknown_size_leaves_open_is_unknown_and_no_error(read):
    found = rows(read(SILENT, "--format", "json"))
    assert [(row["params"], row.get("at_least", False)) for row in found.values()] == [
        (80, False), (None, True), (0, False), (None, True), (0, False), (20, False)]


def test_a_layer_inside_a_nested_model_has_the_shape_that_the_layer_after_the_model_reads(read):
    found = rows(read(NESTED, "--format", "json"))["inner"]
    assert (found["params"], found["at_least"]) == (80, True)
    assert [(row["output_shape"], row.get("output_source")) for row in found["layers"]] == [
        ([None, 26, 26, 8], None), ([None, 13, 13, 8], "file")]
    assert "≥ 80" in read(NESTED).out


@pytest.mark.parametrize(("assumed", "expected"), [
    ("half=same", [[None, 26, 26, 8], [None, 26, 26, 8], [None, 26, 26, 8], [None, 24, 24, 4], [None, 4], [None, 4]]),
    ("half=13x13x8", [[None, 26, 26, 8], [None, 13, 13, 8], [None, 13, 13, 8], [None, 11, 11, 4], [None, 4], [None, 4]]),
])
def test_an_assumption_supplies_what_the_file_does_not(assumed, expected, read):
    run = read(SILENT, "--format", "json", "--assume", assumed)
    assert shapes(run) == expected
    data = json.loads(run.out)
    assert (data["params"], data["at_least"]) == (80 + 292 + 20, True)
    assert rows(run)["half"]["output_source"] == "assumed"
    data = json.loads(read(SILENT, "--format", "json", "--assume", assumed + ",params=100").out)
    assert (data["params"], data.get("at_least")) == (80 + 100 + 292 + 20, None)


def test_a_lambda_that_is_assumed_leaves_nothing_open(read):
    run = read(FIRST, "--assume", "scale=same")
    assert "Total params: 21,716 (84.83 KiB)" in run.out
    assert "at least" not in run.out


@pytest.mark.parametrize("name", ["half", "inner/half"])
def test_a_layer_of_a_nested_model_is_assumed_by_name_or_path(name, read):
    run = read(sequential(INNER, layer("Flatten", "flat"), layer("Dense", "dense", units=4)), "--format", "json", "--assume", f"{name}=13x13x8")
    assert shapes(run) == [[None, 13, 13, 8], [None, 1352], [None, 4]]


@pytest.mark.parametrize(("words", "error"), [
    ("hafl=same", "error: there is no layer 'hafl' to apply --assume to\n    did you mean 'half'?\n"),
    ("conv=same", "error: 'conv' is not an unknown layer: its output follows from its settings\n"),
    ("half=same", "half gives (26, 26, 8) under the assumption, but the file states (13, 13, 8)"),
])
def test_an_assumption_that_cannot_be_is_refused(words, error, read):
    run = read(MIDDLE, "--assume", words)
    assert run.code == 2
    assert (error if error.startswith("error") else error.removeprefix("half ")) in run.err


@pytest.mark.parametrize("words", ["half", "=same", "half=", "half=0x3", "half=3x", "half=same,3", "half=same,params=-1", "half=sam"])
def test_words_that_are_no_assumption_are_refused(words, read):
    run = read(MIDDLE, "--assume", words)
    assert run.code == 2
    assert "is not NAME=same or NAME=14x14x64" in run.err


def test_shapes_of_the_file_hold_only_for_the_input_of_the_file(read):
    assert shapes(read(MIDDLE, "--input", "56x56x1", "--format", "json")) == [[None, 54, 54, 8], None, None, None]
    assert shapes(read(MIDDLE, "--input", "56x56x1", "--assume", "half=27x27x8", "--format", "json")) == [
        [None, 54, 54, 8], [None, 27, 27, 8], [None, 5832], [None, 4]]


def test_a_wrapper_of_a_custom_layer_is_unknown_and_one_of_a_model_is_not(read):
    inner = {"module": "keras", "class_name": "Sequential", "config": {"name": "in", "layers": [
        {**INPUT, "config": {"batch_shape": [None, 28, 1], "name": "i"}}, layer("Flatten", "f"), layer("Dense", "d", units=2)]}}
    for inside, params in ((inner, 58), (custom("half"), None), (layer("Dense", "d", units=2), 4)):
        row = rows(read(sequential(layer("TimeDistributed", "t", layer=inside)), "--format", "json"))["t"]
        assert (row["params"], row.get("unknown", False)) == (params, params is None)


def test_a_model_of_the_users_own_class_is_named_as_keras_names_it(read):
    own = {"module": None, "class_name": "MyNet", "config": {"trainable": True}, "registered_name": "m>MyNet"}
    assert list(rows(read(sequential(CONV, own, own, layer("Flatten", "my_net_2", (3,))), "--format", "json"))) == [
        "conv", "my_net", "my_net_1", "my_net_2"]


def test_several_outputs_are_assumed_with_plus_signs(tmp_path):
    (tmp_path / "m.yaml").write_text("input: [8]\nlayers:\n  - Split: {name: s}\n    assume: 2+6,params=0\n  - Dense: 3\n    inputs: 's:1'\n")
    run = cnncalc("summary", "m.yaml", "--format", "json", cwd=tmp_path)
    assert shapes(run) == [[[None, 2], [None, 6]], [None, 3]]
    (tmp_path / "n.yaml").write_text(cnncalc("convert", "m.yaml", cwd=tmp_path).out)
    assert json.loads(cnncalc("summary", "n.yaml", "--format", "json", cwd=tmp_path).out)["layers"] == json.loads(run.out)["layers"]


def test_from_python_the_same_can_be_assumed():
    network = package.loads(json.dumps(SILENT), assume={"half": "same"})
    assert network["conv_1"].output_shape == (None, 24, 24, 4)
    assert package.loads(json.dumps(SILENT))["half"].output_shape is None


YAML = """
input: [28, 28, 1]
layers:
  - Conv2D: [8, 3]
  - Lambda: {name: half}
    assume: 13x13x8
  - Blur: {sigma: 2}
    assume: same,params=9
  - Lambda
  - Flatten
"""


def test_architecture_files_have_such_layers_too(tmp_path):
    (tmp_path / "m.yaml").write_text(YAML)
    run = cnncalc("summary", "m.yaml", "--format", "json", cwd=tmp_path)
    assert shapes(run) == [[None, 26, 26, 8], [None, 13, 13, 8], [None, 13, 13, 8], None, None]
    assert list(rows(run)) == ["conv2d", "half", "blur", "lambda", "flatten"]
    assert json.loads(run.out)["params"] == 89
    (tmp_path / "m.yaml").write_text(YAML.replace("  - Lambda\n  - Flatten", "  - Lambda:\n    assume: 64\n  - Dense: 2"))
    assert shapes(cnncalc("summary", "m.yaml", "--format", "json", cwd=tmp_path))[3:] == [[None, 64], [None, 2]]


@pytest.mark.parametrize(("entry", "error"), [
    ("- Conv2D: [8, 3]\n    assume: same", "assume cannot be used with Conv2D"),
    ("- Lambda:\n    assume: sam", "'sam' does not describe a layer's output"),
    ("- Blur: 3", "unknown layer 'Blur'"),
])
def test_an_architecture_file_that_assumes_wrongly_is_refused(entry, error, tmp_path):
    (tmp_path / "m.yaml").write_text(f"input: [28, 28, 1]\nlayers:\n  {entry}\n")
    run = cnncalc("summary", "m.yaml", cwd=tmp_path)
    assert run.code == 2
    assert f"error: {error}" in run.err


@pytest.mark.parametrize("model", [FIRST, MIDDLE, LAST, SILENT, NESTED], ids=["first", "middle", "last", "silent", "nested"])
def test_the_written_architecture_file_gives_the_same_table(model, read, tmp_path):
    yaml = read(model, command="convert")
    assert yaml.code == 0
    (tmp_path / "n.yaml").write_text(yaml.out)
    before, after = (json.loads(run.out) for run in (read(model, "--format", "json"), cnncalc("summary", "n.yaml", "--format", "json", cwd=tmp_path)))
    assert shapes(read(model, "--format", "json")) == shapes(cnncalc("summary", "n.yaml", "--format", "json", cwd=tmp_path))
    assert before["params"] == after["params"]


COMMANDS = [["summary"], ["summary", "--expand-nested", "--columns", "+macs,memory,kernel,padding,connections,receptive_field,dense,unshared,coverage"],
            *[["summary", "--format", f] for f in ("json", "csv", "markdown", "latex", "keras3", "keras2", "keras2.13")],
            ["cost"], ["cost", "--format", "json"], ["cost", "--operations"], ["cost", "--im2col"], ["receptive-field"],
            ["receptive-field", "--format", "json"], ["explain"], ["explain", "--format", "json"], ["convert"], ["worksheet"],
            ["convert", "--to", "keras-json"]]


@pytest.mark.oracle
@pytest.mark.parametrize("model", [SILENT, NESTED], ids=["silent", "nested"])
@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_every_command_does_what_can_be_done(args, model, read):
    run = read(model, *args[1:], command=args[0])
    told = [line for line in run.err.splitlines() if "has no notation for unknown values" not in line]
    assert (run.code, told) == (0, [])
    assert run.out


def test_cost_says_at_least(read):
    run = read(MIDDLE, command="cost")
    assert [line.split(":")[0].split() for line in run.out.splitlines()[:2]] == [
        ["MACs", "at", "least", "54,080"], ["Inference", "at", "least", "0.05", "MB"]]
    assert ["total", "≥", "5,492", "≥", "54,080"] in [line.split()[:5] for line in run.out.splitlines()]
    data = json.loads(read(MIDDLE, "--format", "json", command="cost").out)
    assert (data["macs"], data["macs_at_least"], data["at_least"]) == (None, 26 * 26 * 8 * 9 + 1352 * 4, True)
    assert [layer["macs"] for layer in data["layers"]] == [48672, None, 0, 5408]


def test_the_field_behind_an_unknown_layer_is_unknown(read):
    data = json.loads(read(MIDDLE, "--format", "json", command="receptive-field").out)["layers"]
    assert [(row["name"], bool(row["axes"]), row.get("unknown", False)) for row in data] == [
        ("conv", True, False), ("half", False, True), ("flat", False, True), ("dense", False, True)]
    assert "what a layer's own code reads is not known, so its field and those of later layers are unknown" in read(MIDDLE, command="receptive-field").out


def test_explain_says_where_a_shape_comes_from(read):
    lines = [" ".join(line.split()) for line in read(MIDDLE, command="explain").out.splitlines()]
    assert "output (13, 13, 8), as the file states" in lines
    assert any(line.startswith("params (at least) = conv + ") for line in lines)
    assert "output unknown" in [" ".join(line.split()) for line in read(LAST, command="explain").out.splitlines()]


def test_check_grades_what_can_be_known(read, tmp_path):
    (tmp_path / "a.csv").write_text("layer,output,params,receptive_field\nconv,26x26x8,80,3\nhalf,13x13x8,0,5\ndense,4,5412,28\ntotal,,5492,\n")
    run = read(MIDDLE, "a.csv", "--format", "json", command="check")
    answers = json.loads(run.out)["sheets"][0]["answers"]
    assert [(a["layer"], a["quantity"], a["status"]) for a in answers if a["status"] != "missing"] == [
        ("conv", "output", "right"), ("conv", "params", "right"), ("conv", "receptive_field", "right"),
        ("half", "output", "right"), ("dense", "output", "right"), ("dense", "params", "right")]


def test_diff_and_compare_say_at_least(read, tmp_path):
    (tmp_path / "b.json").write_text(json.dumps(LAST))
    run = read(MIDDLE, "b.json", command="diff")
    assert "its totals are lower bounds" in run.out
    assert json.loads(read(MIDDLE, "b.json", "--format", "json", command="diff").out)["at_least"] == [True, True]
    assert "≥ 5,492" in read(MIDDLE, "b.json", command="compare").out
    run = read(SILENT, "b.json", "--assume", "half=same", command="compare")
    assert (run.code, run.err) == (0, "")


# Files that Keras writes, and the numbers that it gives when it has the layer.


def keras_models(keras):
    """Models with a Lambda or a custom layer, by where it stands; with what to assume of it."""
    layers = keras.layers

    @keras.saving.register_keras_serializable(package="mine")
    class Gain(layers.Layer):
        def build(self, shape):
            self.gain = self.add_weight(shape=(shape[-1],), name="gain")

        def call(self, x):
            return x * self.gain

    @keras.saving.register_keras_serializable(package="mine")
    class Half(layers.Layer):
        def call(self, x):
            return x[:, ::2, ::2] if len(x.shape) > 2 else x[:, ::2]

        def compute_output_shape(self, shape):
            return shape[:1] + tuple((n + 1) // 2 for n in shape[1:3]) + shape[3:]

    def half(name):
        return layers.Lambda(lambda x: x[:, ::2, ::2], output_shape=(14, 14, 3), name=name)

    def stack(*inside, size=(28, 28, 3), name=None):
        return keras.Sequential([keras.Input(size), *inside], name=name)

    def conv(filters=4, **settings):
        return layers.Conv2D(filters, 3, **settings)

    def ending():
        return layers.Flatten(), layers.Dense(3)

    x = keras.Input((28, 28, 3))
    y = conv(padding="same")(x)
    joined = layers.Add()([Gain(name="a")(y), layers.Lambda(lambda t: t * 2, name="b")(y)])
    branches = keras.Model(x, layers.Dense(3)(layers.Flatten()(layers.BatchNormalization()(joined))))
    z = keras.Input((28, 28, 3))
    graph = keras.Model(z, layers.Dense(3)(layers.Flatten()(stack(conv(), Half(name="u"), conv(), name="inner")(z))))
    video = keras.Input((5, 8, 8, 3))
    frames = layers.TimeDistributed(stack(conv(), layers.Flatten(), size=(8, 8, 3)))(video)
    steps = keras.Model(video, layers.LSTM(3)(layers.TimeDistributed(Half(), name="u")(frames)))
    return {
        "wrapper": (steps, ["u=5x72,params=0"]),
        "lambda first": (stack(half("u"), conv(), *ending()), ["u=14x14x3"]),
        "custom first": (stack(Gain(name="u"), conv(), *ending()), ["u=same,params=3"]),
        "lambda middle": (stack(conv(), layers.Lambda(lambda t: t * 2, name="u"), layers.ReLU(), conv(), *ending()), ["u=same"]),
        "custom middle": (stack(conv(), Half(name="u"), layers.Dropout(0.1), layers.MaxPooling2D(), layers.BatchNormalization(), *ending()),
                          ["u=13x13x4,params=0"]),
        "custom last": (stack(conv(), Gain(name="u")), ["u=same,params=4"]),
        "branches": (branches, ["a=same,params=4", "b=same"]),
        "lambda inside": (stack(stack(conv(), layers.Lambda(lambda t: t + 1, name="u"), conv(), name="inner"), *ending()), ["inner/u=same"]),
        "custom inside": (graph, ["u=13x13x4,params=0"]),
        "custom last inside": (stack(stack(conv(), Half(name="u"), name="inner"), conv(), *ending()), ["u=13x13x4,params=0"]),
    }


def all_rows(layers):
    for row in layers:
        yield row
        yield from all_rows(row.get("layers", ()))


def all_layers(model):
    for one in model.layers:
        if type(one).__name__ != "InputLayer":
            yield one
            yield from all_layers(one) if hasattr(one, "layers") else ()


@pytest.mark.oracle
@pytest.mark.parametrize("ending", ["keras", "json", "h5"])
def test_an_assumption_gives_the_numbers_that_keras_gives_with_the_layer(ending, tmp_path):
    from oracle import keras

    for where, (model, assumed) in keras_models(keras).items():
        if ending == "json":
            (tmp_path / "m.json").write_text(model.to_json())
        else:
            model.save(tmp_path / f"m.{ending}")
        options = [word for one in assumed for word in ("--assume", one)]
        without, run = (cnncalc("summary", f"m.{ending}", *more, "--format", "json", cwd=tmp_path) for more in ([], options))
        assert (run.code, run.err, without.code, without.err) == (0, "", 0, ""), where
        data, before = json.loads(run.out), json.loads(without.out)
        expected = [(one.name, list(one.output.shape), one.count_params(), sum(int(w.value.size) for w in one.trainable_weights))
                    for one in all_layers(model)]
        assert [(row["name"], row["output_shape"], row["params"], row["trainable_params"]) for row in all_rows(data["layers"])] == expected, where
        assert (data["params"], "at_least" in data) == (model.count_params(), False), where
        # Without the assumption: as many rows, no wrong number, and totals that are at least so much.
        assert before["at_least"] is True, where
        assert before["params"] <= model.count_params(), where
        for row, (name, shape, params, _) in zip(all_rows(before["layers"]), expected, strict=True):
            assert row["name"] == name
            known = [row["output_shape"]] if row["output_shape"] is not None else []
            assert all(len(one) == len(shape) and all(n in (None, m) for n, m in zip(one, shape)) for one in known), (where, row)
            assert row["params"] in (None, params) or (row.get("at_least") and row["params"] <= params), (where, row)
        if ending != "h5" and where != "custom last":
            assert [row["output_shape"] for row in before["layers"]][-1] == list(model.outputs[0].shape), where


def test_files_of_keras_2_15_state_shapes_too(read):
    with open(os.path.join(TESTS, "golden", "unknown-keras2.json")) as file:
        models = json.load(file)
    for name, (assumed, last) in {"m": ("u=13x13x8,params=0", [None, 4]), "n": ("u=same", [None, 4]), "f": ("u=13x13x4,params=0", [None, 3])}.items():
        data = json.loads(read(models[name]["model"], "--format", "json").out)
        assert (data["params"], data["at_least"], data["layers"][-1]["output_shape"]) == (models[name]["params"], True, last)
        data = json.loads(read(models[name]["model"], "--format", "json", "--assume", assumed).out)
        assert (data["params"], data.get("at_least"), data["layers"][-1]["output_shape"]) == (models[name]["params"], None, last)


# Every layer of every bundled network in turn, as if it were the user's own.


def agrees(known, true):
    """Whether a shape is the true one, as far as it is known."""
    return known is None or (len(known) == len(true) and all(n in (None, m) for n, m in zip(known, true)))


def as_code(config, name):
    """The model with one layer turned into a custom one, at whatever depth it stands."""
    for entry in config["config"]["layers"]:
        if entry["config"].get("name") == name and "layers" not in entry["config"]:
            entry.update(class_name="Mine", module="mine", registered_name="mine>Mine", config={"name": name})
            return True
        if "layers" in entry["config"] and as_code(entry, name):
            return True
    return False


@pytest.mark.oracle
@pytest.mark.parametrize("stated", [True, False], ids=["stated", "silent"])
def test_what_is_known_beside_an_unknown_layer_is_true(stated, tmp_path, monkeypatch):
    from random import Random

    from click.testing import CliRunner

    from cnncalc.cli import main
    from cnncalc.sources import examples

    monkeypatch.chdir(tmp_path)
    random = Random(2)
    tried = 0
    for example in examples():
        written = CliRunner().invoke(main, ["convert", example, "--to", "keras-json", "-o", "whole.json"])
        if written.exit_code:
            continue  # Keras cannot build it
        whole = package.load("whole.json").to_dict()
        rows = list(all_rows(whole["layers"]))
        names = [row["name"] for row in rows]
        true = {row["name"]: row for row in rows if names.count(row["name"]) == 1}
        for name in random.sample(sorted(true), min(len(true), int(os.environ.get("CNNCALC_FUZZ", "0")) or 2)):
            if "shared_with" in true[name] or "layers" in true[name] or true[name]["type"] == "InputLayer" or isinstance(
                    true[name]["output_shape"][0], list):
                continue
            model = json.loads((tmp_path / "whole.json").read_text())
            if not as_code(model, name):
                continue
            text = json.dumps(model)
            if not stated:
                text = re.sub(r'"shape": \[[^]]*\]', '"shape": null', text)
            (tmp_path / "m.json").write_text(text)
            tried += 1
            found = package.load("m.json").to_dict()
            assert found["at_least"] is True
            assert found["params"] <= whole["params"]
            for row, right in zip(all_rows(found["layers"]), rows, strict=True):
                assert agrees(row["output_shape"], right["output_shape"]), (example, name, row["name"])
                assert row["params"] in (None, right["params"]) or row.get("at_least"), (example, name, row["name"])
            size = "x".join(map(str, true[name]["output_shape"][1:]))
            known = package.load("m.json", assume={name: f"{size},params={true[name]['params']}"}).to_dict()
            assert "at_least" not in known
            assert known["params"] == whole["params"], (example, name)
            assert [(row["name"], row["output_shape"], row["params"]) for row in all_rows(known["layers"])] == [
                (row["name"], row["output_shape"], row["params"]) for row in all_rows(whole["layers"])]
            for args in random.sample(COMMANDS, 3):
                run = CliRunner().invoke(main, [args[0], "m.json", *args[1:]])
                assert run.exit_code == 0 or "Keras cannot read its output" in run.output, (example, name, args, run.output[-2000:])
    assert tried > 50


@pytest.mark.parametrize(("model", "name", "words"), [
    (SILENT, "conv_1", "the receptive field of 'conv_1' is unknown: it follows half (Half), code that is not in the file"),
    (SILENT, "half", "the receptive field of 'half' is unknown: it is code that is not in the file"),
    (NESTED, "inner", "the receptive field of 'inner' is unknown: it contains inner/half (Half), code that is not in the file"),
    (NESTED, "dense", "the receptive field of 'dense' is unknown: it follows inner/half (Half), code that is not in the file"),
    (FIRST, "conv", "the receptive field of 'conv' is unknown: it follows scale (Lambda), code that is not in the file"),
], ids=["behind", "itself", "around", "behind a model", "first"])
@pytest.mark.parametrize("more", [(), ("same",)], ids=["", "assumed"])
def test_the_field_of_a_layer_behind_code_is_unknown_and_why(model, name, words, more, read):
    unknown = {id(SILENT): "half", id(NESTED): "inner/half", id(FIRST): "scale"}[id(model)]
    run = read(model, "--layer", name, *[f"--assume={unknown}={'13x13x8' if model is NESTED else word}" for word in more], command="receptive-field")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"error: {words}\n    --assume {unknown}=SHAPE supplies the output shape")
    assert "Receptive field of unit" in read(SILENT, "--layer", "conv", command="receptive-field").out


def test_compare_says_at_least_where_a_layer_is_unknown(tmp_path):
    for name, model in (("last", LAST), ("middle", MIDDLE)):
        (tmp_path / f"{name}.json").write_text(json.dumps(model))
    run = cnncalc("compare", "last.json", "middle.json", cwd=tmp_path)
    last, middle = [line.split() for line in run.out.splitlines()[2:4]]
    assert last == ["last", "28x28x1", "2", "\u2265", "80", "\u2265", "48,672", "?", "?", "?", "3x3"]
    assert middle == ["middle", "28x28x1", "4", "\u2265", "5,492", "\u2265", "54,080", "8,116", "\u2265", "0.05", "MB", "\u2265", "0.08", "MB", "3x3"]
    data = json.loads(cnncalc("compare", "last.json", "--format", "json", cwd=tmp_path).out)["networks"][0]
    assert (data["macs"], data["macs_at_least"], data["at_least"]) == (None, 48_672, True)
