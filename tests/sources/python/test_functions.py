"""Every function of a framework that the tables know has a row, and gives the shape or value of its row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from function_rows import BACKEND, OPERATORS, OPS, TF, UTILS, V, X

from cnncalc.sources.python import keras_backend, keras_functions, keras_names, keras_shared, tensorflow_names
from cnncalc.sources.python.arrays import Array
from cnncalc.sources.python.interpreter import Unknown
from cnncalc.sources.python.keras_objects import Tensor
from cnncalc.sources.python.program import Given, Program, deep
from cnncalc.sources.python.text import SourceText

HEAD = """
import keras, tensorflow as tf, numpy as np
from keras import ops, backend as K
x, y, v, m = [keras.Input(shape) for shape in ((8, 6, 4), (8, 6, 4), (5,), (7, 5))]
w = tf.ones((3, 3, 4, 16))
"""
ROWS = {**TF, **BACKEND, **OPS, **UTILS, **OPERATORS}
#: Each table, how its names are written, and its rows.
TABLES = {
    "FUNCTIONS": ([name for name in keras_functions.FUNCTIONS if not name.startswith("__operators__")], "tf.", TF),
    "TENSORFLOW": (tensorflow_names.TENSORFLOW, "tf.", TF), "tf.layers": ([f"layers.{name}" for name in tensorflow_names._TF_LAYERS], "tf.", TF),
    "BACKEND": (keras_backend.BACKEND, "K.", BACKEND), "OPS": (keras_shared.OPS, "ops.", OPS), "utils": (keras_names._FUNCTIONS, "", UTILS),
}
#: In Keras 3 two tensors are equal if they are the same one; in Keras 2 this compares their values.
NOT_ASKED = ("x == y", "ops.extract_patches(x, 2)")


def read(rows):
    """The value of each row, from one program."""
    text = HEAD + "".join(f"r{i} = {row}\n" for i, row in enumerate(rows))
    with deep():
        program = Program(SourceText("rows.py", text), Given())
        program.read()
    return {row: program.scope.names.get(f"r{i}") for i, row in enumerate(rows)}, program.run.skipped


def test_every_row_gives_what_it_says():
    found, skipped = read(ROWS)
    assert skipped == []
    wrong = {}
    for row, expected in ROWS.items():
        value = found[row]
        got = tuple(value.shape) if isinstance(value, (Tensor, Array)) else tuple(value) if isinstance(value, tuple) else value
        if expected is not ... and (isinstance(value, Unknown) or got != expected):
            wrong[row] = (got, expected)
    assert wrong == {}


@pytest.mark.parametrize("table", TABLES)
def test_every_function_of_the_tables_has_a_row(table):
    names, prefix, rows = TABLES[table]
    written = " ".join(rows)
    missing = [name for name in names if not re.search(rf"(?<![\w.]){re.escape(prefix + name)}(?![\w.])" if prefix else rf"\.{name}\b", written)]
    assert missing == []


def test_every_operator_of_the_tables_has_a_row():
    assert len(OPERATORS) >= len({word for word, _ in (keras_functions.FUNCTIONS[name] for name in keras_functions.FUNCTIONS if name.startswith("__operators__"))}) - 5


def test_a_function_that_no_table_knows_is_unknown_with_its_name():
    found, _ = read(["tf.math.no_such(x)", "K.no_such(x)", "ops.no_such(x)"])
    assert all(isinstance(value, Unknown) for value in found.values())


def test_the_example_of_the_contributors_guide_works_as_written(monkeypatch):
    text = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text()
    entry, row = re.search(r"`(\"math\.\w+\": \(.*?\)),?`", text), re.search(r"`(\"tf\.math\.\w+\(.*?\)\": \w+),?`", text)
    assert entry is not None and row is not None, "the guide has no example"
    ((name, made),) = eval("{" + entry[1] + "}").items()
    ((line, expected),) = eval("{" + row[1] + "}", {"X": X}).items()
    assert name not in keras_functions.FUNCTIONS
    monkeypatch.setitem(keras_functions.FUNCTIONS, name, made)
    assert f"tf.{name}(" in line
    found, skipped = read([line])
    assert (found[line].shape, skipped) == (expected, [])


@pytest.mark.oracle
def test_keras_gives_these_shapes():
    from oracle import fresh, keras

    fresh()
    x, y, v, m = [keras.Input(shape) for shape in (X[1:], X[1:], V[1:], (7, 5))]
    world = {"keras": keras, "ops": keras.ops, "x": x, "y": y, "v": v, "m": m}
    for row, expected in {**OPS, **OPERATORS}.items():
        if "lambda" in row or "tf." in row or "np." in row or row in NOT_ASKED or row.startswith(("ops.ndim", "ops.size")):
            continue
        value = eval(row, world)  # rows of ours
        assert (tuple(value.shape) if hasattr(value, "shape") else value) == expected, row
