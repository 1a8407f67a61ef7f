"""Every command on Python source: what it says is what it says of the same network in an architecture file, and Keras agrees."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from programs import PROGRAMS

from cnncalc.cli import main

#: Networks of layers alone, which an architecture file can hold.
OWN_CODE = ("layers with code of their own", "tensors given by name to a layer of its own", "TensorFlow 1 in parts", "a layer called on numbers alone")
PLAIN = [program for program in PROGRAMS if program.name not in OWN_CODE]


def run(*args):
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def named(program, folder):
    path = folder / "model.py"
    path.write_text(program.source)
    return f"{path}:{program.expression}" if program.expression else str(path)


def said(program, folder, command, *more):
    result = run(command, named(program, folder), *program.options, *more, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def as_file(program, folder, to="yaml"):
    path = folder / ("arch.yaml" if to == "yaml" else "arch.json")
    result = run("convert", named(program, folder), *program.options, "--to", to, "-o", path)
    assert result.exit_code == 0, result.stderr
    return path


def rows(data):
    return [(layer["name"], layer["type"], layer["output_shape"], layer["params"], layer["trainable_params"]) for layer in data["layers"]]


@pytest.mark.parametrize("program", PLAIN, ids=lambda program: program.name)
def test_an_architecture_file_of_the_source_is_the_same_network(program, tmp_path):
    path = as_file(program, tmp_path)
    data = said(program, tmp_path, "summary")
    again = json.loads(run("summary", path, "--format", "json").stdout)
    if program.name == "a shared layer":  # an architecture file has a row for each call
        assert (again["params"], again["trainable_params"]) == (data["params"], data["trainable_params"])
        return
    assert [row[1:] for row in rows(again) if row[1] != "InputLayer"] == [row[1:] for row in rows(data) if row[1] != "InputLayer"]
    assert {row[0] for row in rows(again) if row[1] != "InputLayer"} == {row[0] for row in rows(data) if row[1] != "InputLayer"}
    for command in ("cost", "receptive-field", "explain"):
        from_file = json.loads(run(command, path, "--format", "json").stdout)
        from_source = said(program, tmp_path, command)
        if command == "cost":
            assert (from_file["macs"], from_file["inference"]) == (from_source["macs"], from_source["inference"])
        else:
            assert len(from_file["layers"]) == len(from_source["layers"])
            assert [layer.get("working") or layer.get("field") for layer in from_file["layers"]] == [
                layer.get("working") or layer.get("field") for layer in from_source["layers"]]
    if "args.filters=2" in program.options:  # would be a setting of a layer of the architecture file
        return
    diff = json.loads(run("diff", named(program, tmp_path), path, *program.options, "--format", "json").stdout)
    assert all(layer["change"] == "same" for layer in diff["layers"]), diff["layers"]


def test_two_sources_are_compared(tmp_path):
    source = PROGRAMS[0].source
    (tmp_path / "a.py").write_text(source)
    (tmp_path / "b.py").write_text(source.replace("filters=128", "filters=64"))
    out = run("diff", tmp_path / "a.py", tmp_path / "b.py").stdout
    assert "filters 128 -> 64" in out
    assert "parameters: 104,202 -> 61,514" in out


def test_an_answer_sheet_is_graded_against_source(tmp_path):
    path = named(PROGRAMS[0], tmp_path)
    (tmp_path / "right.csv").write_text("layer,output,params\nconv2d,26x26x32,320\nconv2d_1,11x11x64,18496\n")
    (tmp_path / "wrong.csv").write_text("layer,output,params\nconv2d,26x26x32,288\n")
    assert "4 right" in run("check", path, tmp_path / "right.csv").stdout
    wrong = run("check", path, tmp_path / "wrong.csv")
    assert wrong.exit_code == 1
    assert "forgot-bias" in wrong.stdout
    assert run("check", path, "--max", "params=100k").exit_code == 1
    assert run("check", path, "--max", "params=105k").exit_code == 0


def test_what_one_unit_of_a_source_sees(tmp_path):
    out = run("receptive-field", named(PROGRAMS[0], tmp_path), "--layer", "conv2d_2", "--unit", "1,1").stdout
    assert "box         18x18: rows 4 to 21, columns 4 to 21" in out


@pytest.mark.oracle
@pytest.mark.parametrize("program", PLAIN, ids=lambda program: program.name)
def test_keras_builds_the_converted_source_and_it_reads_the_same(program, tmp_path):
    from oracle import fresh, keras

    result = run("convert", named(program, tmp_path), *program.options, "--to", "keras-json")
    if result.exit_code == 2 and "Keras cannot build" in result.stderr:
        pytest.skip("not a network of Keras 3")
    assert result.exit_code == 0, result.stderr
    fresh()
    model = keras.models.model_from_json(result.stdout)
    data = said(program, tmp_path, "summary")
    assert (model.count_params(), sum(v.numpy().size for v in model.trainable_weights)) == (data["params"], data["trainable_params"])
    if program.name == "a shared layer":
        return
    (tmp_path / "again.json").write_text(model.to_json())
    again = json.loads(run("summary", tmp_path / "again.json", "--format", "json").stdout)
    assert [row[1:] for row in rows(again) if row[1] != "InputLayer"] == [row[1:] for row in rows(data) if row[1] != "InputLayer"]
