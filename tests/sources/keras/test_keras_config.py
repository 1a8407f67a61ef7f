"""Files of Keras: the table that Keras prints, whatever they hold, and an error where they are wrong."""

from __future__ import annotations

import copy
import io
import json
import random
import zipfile

import pytest
from cases import CASES
from running import cnncalc, measured
from test_cases import label, shapes

import cnncalc as package
from cnncalc.errors import CnncalcError
from cnncalc.layers import KINDS, build
from cnncalc.sources import open_named, open_text, report
from cnncalc.sources.keras.layers import kind_of, layer_of
from cnncalc.tracing import traced
from cnncalc.views.keras_text import Summary, keras3

MODELS = ("stack", "branches", "shared", "operations", "sequence", "frozen", "wrapped")


def made(name):
    """A model of keras_models, in a session of its own."""
    import keras_models
    import oracle

    oracle.fresh()
    return getattr(keras_models, name)()


def printed(model, show_trainable=True):
    lines = []
    model.summary(print_fn=lines.append, expand_nested=True, show_trainable=show_trainable)
    return "\n".join(lines)


def table(text, show_trainable=True):
    """What we print of a text of Keras that nothing is wrong with."""
    opened = open_text(text)
    assert opened.errors == []
    return keras3(traced(opened.graph), expand_nested=True, show_trainable=show_trainable)


def loaded(text):
    """The model that Keras reads from its own file: a frozen Sequential does not say so in there, its layers do."""
    from oracle import fresh, keras

    fresh()
    return keras.models.model_from_json(text)


# What is read.


@pytest.mark.oracle
def test_all_small_models_are_held():
    import keras_models

    assert tuple(make.__name__ for make in keras_models.ALL) == MODELS


@pytest.mark.oracle
@pytest.mark.parametrize("name", MODELS)
def test_a_config_prints_as_the_model_in_keras(name):
    model = made(name)
    text = model.to_json()
    assert open_text(text).warnings == []
    assert table(text) == printed(loaded(text))


@pytest.mark.oracle
@pytest.mark.parametrize("name", MODELS)
def test_a_config_of_a_model_that_is_all_frozen_prints_as_in_keras(name):
    model = made(name)
    model.trainable = False
    assert table(model.to_json()) == printed(loaded(model.to_json()))


@pytest.mark.oracle
@pytest.mark.parametrize("name", ["stack", "branches", "shared", "frozen"])
@pytest.mark.parametrize("functional", ["Functional", "Model"])
def test_keras_2_wrote_the_same_model_otherwise(name, functional):
    from keras2 import as_keras2

    text = made(name).to_json()
    ours, older = (Summary(traced(open_text(text).graph), True) for text in (text, as_keras2(text, functional)))
    assert older.counts == ours.counts
    renamed = {"Functional": functional}
    assert list(older.rows) == [row._replace(kind=renamed.get(row.kind, row.kind)) for row in ours.rows]


@pytest.mark.oracle
def test_a_layer_of_keras_2s_applications_is_no_custom_layer(tmp_path):
    """Keras 2.15 registers the scaled sum of InceptionResNetV2 as a custom class."""
    def entry(name, module, class_name, config, inbound, registered=None):
        return {"module": module, "class_name": class_name, "config": {"name": name, **config}, "registered_name": registered,
                "name": name, "inbound_nodes": inbound}

    inputs = [entry(name, "keras.layers", "InputLayer", {"batch_input_shape": [None, 8, 8, 4]}, []) for name in "ab"]
    scaled = entry("c", "keras.src.applications.inception_resnet_v2", "CustomScaleLayer", {"scale": 0.17},
                   [[["a", 0, 0, {}], ["b", 0, 0, {}]]], "Custom>CustomScaleLayer")
    config = {"name": "m", "layers": [*inputs, scaled], "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["c", 0, 0]]}
    (tmp_path / "m.json").write_text(json.dumps({"class_name": "Functional", "config": config, "keras_version": "2.15.0"}))
    run = cnncalc("summary", str(tmp_path / "m.json"), "--format", "json")
    assert run.code == 0, run.err
    assert json.loads(run.out)["layers"][-1]["output_shape"] == [None, 8, 8, 4]


@pytest.mark.oracle
def test_weights_are_not_opened(tmp_path):
    model = made("branches")
    path = tmp_path / "model.keras"
    model.save(path)
    assert keras3(traced(open_named(str(path)).graph), expand_nested=True) == printed(model, False)
    with zipfile.ZipFile(path) as archive:
        config = archive.read("config.json")
    with zipfile.ZipFile(tmp_path / "other.keras", "w") as archive:
        archive.writestr("config.json", config)
        archive.writestr("model.weights.h5", b"no weights at all")
    run = cnncalc("summary", "other.keras", "--format", "keras3", "--expand-nested", cwd=tmp_path, env={"COLUMNS": "80"})
    assert (run.code, run.err, run.out) == (0, "", printed(model, False))


@pytest.mark.oracle
@pytest.mark.parametrize("row", [row for row in CASES if row.keras is None and not row.kind.startswith("ops.")], ids=label)
def test_a_layer_s_config_gives_the_layer_and_says_no_default(row):
    from oracle import keras, keras_call

    layer = build(KINDS[row.kind], row.settings)
    keras_layer, _ = keras_call(layer, row.inputs)
    written = json.loads(json.dumps(keras.saving.serialize_keras_object(keras_layer)))
    read = layer_of(kind_of(written["class_name"], written), written["config"])
    assert [tuple(y) for y in read.apply(shapes(row))] == row.outputs
    assert [(w.shape, w.dtype) for w in read.owned(shapes(row))] == [(w.shape, w.dtype) for w in layer.owned(shapes(row))]
    # A model in Keras asks each array whether it is trained, not the layer around it.
    assert sorted((w.shape, w.trainable) for w in read.owned(shapes(row))) == sorted(
        (tuple(v.shape), v.trainable) for v in keras_layer.weights)
    assert read.macs(*read.viewed(shapes(row))) == layer.macs(*layer.viewed(shapes(row)))
    beyond = {key for key in read.arguments() if key not in layer.arguments()}
    assert beyond <= FILLED_IN.get(row.kind, set())


#: What Keras fills in where nothing is given: a seed that it draws, and values that follow from others.
FILLED_IN = {"RandomCrop": {"seed"}, "MelSpectrogram": {"max_freq"}, "MultiHeadAttention": {"attention_axes"},
             "LeakyReLU": {"negative_slope"}, "RandomGaussianBlur": {"kernel_size"}}


@pytest.mark.oracle
def test_a_keras_file_can_be_a_model_in_ours(tmp_path):
    made("stack").save(tmp_path / "body.keras")
    (tmp_path / "arch.yaml").write_text("input: [12, 12, 3]\nlayers:\n  - model: body.keras\n    trainable: false\n  - Dense: 2\n")
    network = package.load(tmp_path / "arch.yaml")
    assert network["stack"].output_shape == (None, 5)
    assert (network.params, network.trainable_params) == (865, 12)


@pytest.mark.oracle
def test_another_size_goes_through_models_inside():
    import keras_models

    i = keras_models.keras.Input((32, 32, 3), name="i")
    inner = keras_models.keras.Sequential([keras_models.keras.Input((32, 32, 3)), keras_models.layers.MaxPooling2D()], name="inner")
    graph = open_text(keras_models.keras.Model(i, inner(i)).to_json()).graph
    assert traced(graph, (64, 96, 3))["inner"].output_shape == (None, 32, 48, 3)


# Stored shapes.


def config(*layers, name="m", inputs=("a",), outputs=None):
    """A Functional model with these layers."""
    last = outputs or [layers[-1]["config"]["name"]]
    return {"module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional", "config": {
        "name": name, "layers": list(layers), "input_layers": [[word, 0, 0] for word in inputs],
        "output_layers": [[word, 0, 0] for word in last]}}


def entry(class_name, name, reads=(), call=0, shape=(None, 4), module="keras.layers", **settings):
    tensors = [{"class_name": "__keras_tensor__", "config": {
        "shape": list(shape), "dtype": "float32", "keras_history": [word, call, 0]}} for word in reads]
    args = [tensors] if len(tensors) > 1 else tensors
    return {"module": module, "class_name": class_name, "config": {"name": name, **settings}, "registered_name": None,
            "name": name, "inbound_nodes": [{"args": args, "kwargs": {}}] if reads else []}


A = entry("InputLayer", "a", batch_shape=[None, 4])
D = entry("Dense", "d", "a", units=3)


def test_a_stored_shape_that_differs_is_a_warning_that_names_the_layer():
    wrong = entry("Dense", "e", "d", shape=(None, 5), units=2)
    built = {**entry("Dense", "f", "e", shape=(None, 2), units=1), "build_config": {"input_shape": [None, 7]}}
    opened = open_text(json.dumps(config(A, D, wrong, built)))
    assert opened.errors == []
    assert [step.params for step in traced(opened.graph).steps] == [0, 15, 8, 3]
    assert opened.warnings == [
        "the layer 'f' reads (None, 2) by calculation; the file states (None, 7) (ignored)",
        "the layer 'd' reads (None, 4) by calculation; the file states (None, 4) (ignored)",
        "the layer 'e' reads (None, 3) by calculation; the file states (None, 5) (ignored)",
    ][::2]


def test_the_command_prints_the_warning_and_the_table(tmp_path):
    (tmp_path / "m.json").write_text(json.dumps(config(A, D, entry("Dense", "e", "d", units=2))))
    run = cnncalc("summary", "m.json", cwd=tmp_path)
    assert run.code == 0
    assert run.err == "m.json: warning: the layer 'e' reads (None, 3) by calculation; the file states (None, 4) (ignored)\n"
    assert "Total params: 23" in run.out


# What is wrong is said with its place.


def said(text, name="m.json"):
    opened = open_text(text if isinstance(text, str) else json.dumps(text), "m", name)
    return [report(error).split("\n")[0] for error in opened.errors]


@pytest.mark.parametrize(("data", "message"), [
    (config(A, entry("Dense", "x", "y", units=3), entry("Dense", "y", "x", units=3)),
     "layers read each other in a circle: 'x' reads 'y' reads 'x'"),
    (config(A, entry("Dense", "x", "x", units=3)), "layers read each other in a circle: 'x' reads 'x'"),
    (config(A, entry("Dense", "x", ["aa"], units=3)), "'x' reads 'aa', and there is no such layer"),
    (config(A, entry("Dense", "x", "a", call=2, units=3)), "'x' reads call 2 of 'a', which has 1"),
    (config(A, D, D), "the name 'd' is used twice"),
    (config(A, D, outputs=["e"]), "output_layers names 'e', and there is no such layer"),
    (config(A, D, inputs=["d"]), "'d' is named as an input, but is a Dense"),
    (config(A, entry("Dens", "d", "a", units=3)), "unknown layer 'Dens' (the layer 'd')"),
    (config(A, entry("Frobnicate", "d", "a", module="keras.src.ops.numpy")), "unknown operation 'Frobnicate' (the layer 'd')"),
    (config(A, entry("Dense", "d", "a", units="3")), "Dense 'd': units must be a whole number (got '3')"),
    (config(entry("InputLayer", "a", batch_shape=[None, float("inf")]), D),
     "InputLayer 'a': shape must be whole numbers (got inf)"),
    (config(A, entry("Dense", "d", "a", unit=3)), "Dense 'd' has no setting 'unit'"),
    (config(A, entry("Dense", "d", "a", units=3, dtype="int3_from_float32")),
     "Dense 'd': dtype must be a dtype, such as 'float32' (got 'int3_from_float32')"),
    (config(A, entry("Dense", "d", "a", units=3, activation=7)), "Dense 'd': activation must be an activation of Keras (got 7)"),
    ({"class_name": "MyModel", "config": {"name": "m"}}, "'MyModel' has no layers in its config"),
    ({"class_name": "Sequential", "config": {"name": "s", "layers": []}}, "the model 's' has no layers"),
    ({"class_name": "Sequential", "config": 5}, "config must be a mapping (got 5)"),
])
def test_an_error_says_what_is_wrong_and_where(data, message):
    (first, *_) = said(data)
    place, _, problem = first.partition(": error: ")
    assert problem == message
    file, line, column = place.split(":")
    assert (file, line) == ("m.json", "1")
    assert int(column) >= 1


def test_the_column_is_that_of_the_value_at_fault():
    text = json.dumps(config(A, entry("Dense", "d", "a", units="three")))
    (message,) = said(text)
    assert message.split(":")[2] == str(text.index('"three"') + 1)



# Hostile files.


def archive(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return file.getvalue()


GOOD = json.dumps(config(A, D))


def refused_at_once(path):
    """The words of a file's refusal: under a second of work, 200 MB and without a traceback."""
    run = measured("summary", path.name, cwd=path.parent)
    assert run.code == 2, run.err
    assert run.out == ""
    assert "Traceback" not in run.err
    assert run.worked < 1
    assert run.megabytes < 200
    return run.err


def test_an_archive_that_is_cut_off_is_refused(tmp_path):
    whole = archive(**{"metadata.json": "{}", "config.json": GOOD, "model.weights.h5": bytes(1000)})
    path = tmp_path / "cut.keras"
    path.write_bytes(whole)
    assert open_named(str(path)).errors == []
    for length in range(4, len(whole), 7):
        path.write_bytes(whole[:length])
        (error,) = open_named(str(path)).errors
        assert str(error).startswith(f"{path} is a broken archive: ")
    path.write_bytes(whole[:300])
    assert refused_at_once(path) == ("error: cut.keras is a broken archive: file is not a zip file\n"
                                     "    it may have been cut off; copy or save it again\n")


def test_a_broken_byte_of_an_archive_is_never_a_traceback(tmp_path):
    whole = archive(**{"config.json": GOOD})
    path = tmp_path / "broken.keras"
    rng = random.Random(3)
    for i in range(4, len(whole)):
        path.write_bytes(whole[:i] + bytes([rng.randrange(256)]) + whole[i + 1 :])
        opened = open_named(str(path))
        assert opened.errors or traced(opened.graph).params == 15


@pytest.mark.oracle
def test_an_archive_bomb_is_refused_before_it_goes_off(tmp_path):
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made, made.open("config.json", "w", force_zip64=True) as member:
        for _ in range(200):
            member.write(bytes(10_000_000))
    assert refused_at_once(path) == "error: config.json in bomb.keras is over 64 MiB\n    that of a model is far smaller\n"
    # The same bomb, whose header says that it is small.
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(data)
    assert "is a broken archive: bad CRC-32" in refused_at_once(path)


@pytest.mark.oracle
@pytest.mark.parametrize(("text", "message"), [
    ('{"class_name": "Functional", "config": ' + "[" * 100_000 + "]" * 100_000 + "}", "is nested too deep"),
    ('{"class_name": "Functional", "config": ' + '{"a":' * 100_000 + "1" + "}" * 100_001, "is nested too deep"),
    ('{"class_name": "Functional", "config": [' + "[]," * 9_000_000 + "[]]}", "holds more values than any model has"),
    ('{"class_name": "Functional", "config": [' + "1.5," * 9_000_000 + "1]}", "holds more values than any model has"),
    (GOOD.replace('"units": 3', '"units": ' + "9" * 5000), "has a number with too many digits"),
    (GOOD[: len(GOOD) // 2], "not JSON: "),
])
def test_a_hostile_text_is_refused_at_once(text, message, tmp_path):
    path = tmp_path / "hostile.json"
    path.write_text(text)
    place, _, problem = refused_at_once(path).partition(" error: ")
    assert place.startswith("hostile.json:1:")
    assert problem.startswith(message)
    path = tmp_path / "hostile.keras"
    path.write_bytes(archive(**{"config.json": text}))
    assert message in refused_at_once(path)


def nested(depth, calls=1):
    """Models in models, each called so often in the next."""
    data = config(A, entry("Dense", "d", "a", units=4), name="n0")
    for i in range(depth):
        name = data["config"]["name"]
        model = {**data, "name": name, "inbound_nodes": D["inbound_nodes"] * calls}
        joined = entry("Add", "add", [name] * calls)
        for call, tensor in enumerate(joined["inbound_nodes"][0]["args"][0] if calls > 1 else ()):
            tensor["config"]["keras_history"][1] = call
        last = [entry("Dense", "back", ["add"], units=4)] if calls > 1 else []
        data = config(A, model, *([joined] if calls > 1 else []), *last, name=f"n{i + 1}")
        if calls == 1:
            data["config"]["output_layers"] = [[name, 1, 0]]
    return data


@pytest.mark.oracle
def test_models_in_models_are_read_to_a_depth(tmp_path):
    assert traced(open_text(json.dumps(nested(30))).graph).params == 20
    path = tmp_path / "deep.json"
    path.write_text(json.dumps(nested(60)))
    assert "models in models, more than 40 deep" in refused_at_once(path)


@pytest.mark.oracle
def test_shared_models_in_shared_models_are_worked_out_once(tmp_path):
    path = tmp_path / "shared.json"
    path.write_text(json.dumps(nested(30, 2)))
    for command in (["summary"], ["summary", "--format", "json"], ["summary", "--expand-nested"], ["convert"]):
        run = measured(*command, path.name, cwd=tmp_path)
        assert (run.code, run.err) == (0, "")
        assert run.worked < 1


@pytest.mark.oracle
def test_twenty_thousand_layers_are_read_in_any_order(tmp_path):
    chain = [entry("Dense", f"d{i}", [f"d{i - 1}" if i else "a"], units=4) for i in range(20_000)]
    for layers in (chain, chain[::-1]):
        graph = open_text(json.dumps(config(A, *layers, outputs=["d19999"]))).graph
        assert [node.name for node in graph.nodes[1:]] == [layer["name"] for layer in chain]


# Every field, wrong.

VALUES = [None, True, False, -1, 0, 1, 3.5, 10**30, "x", "", [], {}, [1], [[]], [None], {"a": 1}, float("nan"), [[1, 2], [3, 4]]]
GONE = object()


def places(value, path=()):
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(value[key], (*path, key))


def changed(data, path, value):
    data = copy.deepcopy(data)
    *front, last = path
    inside = data
    for step in front:
        inside = inside[step]
    if value is GONE:
        del inside[last]
    else:
        inside[last] = value
    return data


def without_built(value):
    if isinstance(value, dict):
        return {key: without_built(item) for key, item in value.items() if key != "build_config"}
    return [without_built(item) for item in value] if isinstance(value, list) else value


@pytest.mark.oracle
@pytest.mark.parametrize("name", MODELS)
def test_a_field_of_another_type_is_an_error_with_a_place_or_changes_what_keras_changes(name):
    """Where we print a whole table, it is that of the model as it was, or the one that Keras makes of it now."""
    from oracle import REFUSALS, fresh, keras

    model = made(name)
    data, was = json.loads(model.to_json()), printed(model, False)
    rng = random.Random(name)
    outcomes = {"error": 0, "same": 0, "other": 0, "unknown": 0}
    for path in places(data):
        kinds = [value for value in [*VALUES, GONE] if not (path[-1] == "trainable" and isinstance(value, bool))]
        for value in rng.sample(kinds, 3 if name == "stack" else 1):
            wrong = changed(data, path, value)
            opened = open_text(json.dumps(wrong))
            trace = None if opened.errors else traced(opened.graph)
            errors = opened.errors or trace.errors
            if errors:
                outcomes["error"] += 1
                assert all(error.document is not None for error in errors), (path, value)
                assert report(errors[0]).startswith("<text>:1:"), (path, value)
                continue
            if any(step.at_least for step in trace.steps):  # a class that Keras does not have either
                with pytest.raises((*REFUSALS, AttributeError)):
                    keras.models.model_from_json(json.dumps(wrong))
                outcomes["unknown"] += 1
                continue
            ours = keras3(trace, expand_nested=True)
            if ours == was:
                outcomes["same"] += 1
                continue
            outcomes["other"] += 1
            fresh()
            theirs = keras.models.model_from_json(json.dumps(without_built(wrong)))
            assert ours == printed(theirs, False), (path, value)
    assert min(outcomes["error"], outcomes["same"]) > 20
    assert outcomes["other"] > 0 or name != "stack"


def test_json_that_is_no_keras_file_is_an_architecture_file():
    assert package.loads('{"input": [4], "layers": [{"Dense": 3}]}').params == 15
    with pytest.raises(CnncalcError, match="unknown key 'class_name'"):
        package.loads('{"class_name": "x", "input": [4], "layers": [{"Dense": 3}]}')


def test_what_mixes_the_examples_of_a_batch_is_summed_up_and_not_costed(tmp_path):
    (tmp_path / "net.yaml").write_text("input: {a: {shape: [4, 3], batch_size: 2}}\nlayers:\n  - ops.Ravel\n  - Activation: relu\n")
    (tmp_path / "open.yaml").write_text("input: [4]\nlayers:\n  - ops.Transpose\n  - Dropout: 0.1\n")
    summed = cnncalc("summary", "net.yaml", "open.yaml", "--format", "keras3", cwd=tmp_path)
    assert summed.code == 0 and "(24)" in summed.out and "(4, None)" in summed.out
    for command in ("cost", "explain", "receptive-field"):
        for name, operation in (("net", "ops.Ravel 'ravel'"), ("open", "ops.Transpose 'transpose'")):
            run = cnncalc(command, f"{name}.yaml", cwd=tmp_path)
            assert (run.code, run.out) == (2, ""), run
            assert f"error: {operation}" in run.err
            assert "one example" in run.err
