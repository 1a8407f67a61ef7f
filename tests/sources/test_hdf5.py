"""Keras's `.h5` files: their architecture, with h5py and without it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from running import cnncalc

h5py = pytest.importorskip("h5py")

NET = {"class_name": "Sequential", "config": {"name": "net", "layers": [
    {"class_name": "InputLayer", "config": {"name": "in", "batch_shape": [None, 28, 28, 1]}, "module": "keras.layers"},
    {"class_name": "Conv2D", "config": {"name": "conv", "filters": 8, "kernel_size": [3, 3]}, "module": "keras.layers"},
]}}


def written(path, value, **more):
    with h5py.File(path, "w") as file:
        if value is not None:
            file.attrs["model_config"] = value
        for name, item in more.items():
            file[name] = item
    return path


@pytest.mark.parametrize("kind", [str, str.encode], ids=["text", "bytes"])
def test_the_architecture_is_read(kind, tmp_path):
    written(tmp_path / "m.h5", kind(json.dumps(NET)))
    run = cnncalc("summary", "m.h5", "--format", "json", cwd=tmp_path)
    assert (run.code, json.loads(run.out)["params"]) == (0, 80)
    assert cnncalc("summary", "-", "--format", "json", stdin=(tmp_path / "m.h5").read_bytes()).out == run.out


def test_the_name_of_the_file_does_not_matter(tmp_path):
    written(tmp_path / "m.yaml", json.dumps(NET))
    assert cnncalc("summary", "m.yaml", cwd=tmp_path).code == 0


@pytest.mark.parametrize(("value", "message"), [
    (None, "m.h5 is an HDF5 file without an architecture (no attribute model_config); save the whole model with "
           "model.save('model.keras'), or name what model.to_json() gives"),
    ("words", "model_config in m.h5 is not JSON; save the model again with model.save('model.keras')"),
    (7, "model_config in m.h5 must be text; save the model again with model.save('model.keras')"),
    ([1.5, 2.5], "model_config in m.h5 must be text; save the model again with model.save('model.keras')"),
    ("{" + " " * (16 * 2**20), "model_config in m.h5 is over 16 MiB; that of a model is far smaller"),
], ids=["none", "words", "number", "numbers", "large"])
def test_what_is_no_architecture_is_named(value, message, tmp_path):
    written(tmp_path / "m.h5", value)
    run = cnncalc("summary", "m.h5", cwd=tmp_path)
    assert (run.code, run.out, run.err) == (2, "", f"error: {message}\n")


def test_a_broken_file_is_named(tmp_path):
    data = written(tmp_path / "m.h5", json.dumps(NET)).read_bytes()
    for size in (8, 60, 400, len(data) // 2):
        (tmp_path / "m.h5").write_bytes(data[:size])
        run = cnncalc("summary", "m.h5", cwd=tmp_path)
        assert (run.code, run.err) == (2, "error: m.h5 is a broken HDF5 file; it may have been cut off: copy or save it again\n")


def test_an_architecture_that_is_not_kerass_is_refused(tmp_path):
    written(tmp_path / "m.h5", '{"layers": []}')
    assert cnncalc("summary", "m.h5", cwd=tmp_path).code == 2


def test_no_link_is_followed(tmp_path):
    written(tmp_path / "other.h5", json.dumps(NET))
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file["model_config"] = h5py.ExternalLink("other.h5", "/")
        file["model_weights"] = h5py.ExternalLink("other.h5", "/")
    assert "without an architecture" in cnncalc("summary", "m.h5", cwd=tmp_path).err


def test_without_h5py_the_extra_is_named(tmp_path):
    written(tmp_path / "m.h5", json.dumps(NET))
    code = "import sys; sys.modules['h5py'] = None; sys.argv[1:] = ['summary', 'm.h5']; from cnncalc.__main__ import run; run()"
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (2, "error: m.h5 is an HDF5 file, which cnncalc reads with h5py: pip install 'cnncalc[h5]'\n")


@pytest.mark.oracle
def test_what_keras_writes_is_what_it_prints(tmp_path):
    from oracle import keras

    layers = keras.layers
    model = keras.Sequential([keras.Input((12, 12, 3)), layers.Conv2D(8, 3, activation="relu"), layers.BatchNormalization(),
                              layers.MaxPooling2D(), layers.Flatten(), layers.Dense(5)])
    model.compile("adam", "mse")
    model.save(tmp_path / "m.h5")
    found = json.loads(cnncalc("summary", "m.h5", "--format", "json", cwd=tmp_path).out)
    assert found["params"] == model.count_params()
    assert [layer["output_shape"] for layer in found["layers"][-5:]] == [list(layer.output.shape) for layer in model.layers]
    model.save_weights(tmp_path / "m.weights.h5")
    assert "without an architecture" in cnncalc("summary", "m.weights.h5", cwd=tmp_path).err
