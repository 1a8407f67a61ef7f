"""What of sklearn keeps shapes, and its data."""

from __future__ import annotations

from .arrays import Array, array_of, on_array
from .interpreter import Interpreter, Object, Unknown
from .scopes import Value
from .values import Native


def _train_test_split(run: Interpreter, *arrays: Value, **_: Value) -> Value:
    """Each array in two parts, whose numbers of rows are not worked out."""
    found: list[Value] = []
    for value in arrays:
        array = array_of(run, value)
        rows = run.unknown("how many rows a split leaves")
        part = array.like((rows, *array.shape[1:])) if isinstance(array, Array) and array.shape else (
            array.derived(run) if isinstance(array, Unknown) else run.unknown("a part of the data"))
        found += [part, part.like() if isinstance(part, Array) else part]
    return found


class Scaler(Object):
    """A transformer of sklearn that keeps shapes."""

    def get(self, run: Interpreter, name: str) -> Value:
        if name in ("fit_transform", "transform", "inverse_transform"):
            return Native(name, on_array(lambda run, array, *_, **__: array.like()))
        if name == "fit":
            return Native(name, lambda run, *_, **__: self)
        return run.unknown(f"{name} of a scaler")


def sklearn(run: Interpreter, name: str) -> Value:
    """What a name of sklearn means."""
    if name == "train_test_split":
        return Native(name, _train_test_split)
    if name in ("MinMaxScaler", "StandardScaler", "RobustScaler", "MaxAbsScaler", "Normalizer", "LabelEncoder"):
        return Native(name, lambda run, *_, **__: Scaler())
    if name in DATA:
        return Native(name, lambda run, *_, return_X_y=False, **__: _bunch(run, name, return_X_y))
    return run.unknown(f"sklearn's {name} is not read")

#: sklearn's data: rows, features, classes.
DATA = {"load_iris": (150, 4, 3), "load_digits": (1797, 64, 10), "load_wine": (178, 13, 3), "load_breast_cancer": (569, 30, 2),
        "load_boston": (506, 13, None), "load_diabetes": (442, 10, None), "fetch_california_housing": (20640, 8, None)}


class _Bunch(Object):
    """What sklearn's loaders give."""

    def __init__(self, name: str):
        rows, features, classes = DATA[name]
        self.data = Array((rows, features))
        self.target = Array((rows,), None, "int64", classes)
        self.shape_of_images = (rows, 8, 8) if name == "load_digits" else None

    def get(self, run: Interpreter, name: str) -> Value:
        if name in ("data", "target"):
            return getattr(self, name)
        if name == "images" and self.shape_of_images:
            return Array(self.shape_of_images)
        return run.unknown(f"{name} of the data")

    def item(self, run: Interpreter, key: Value) -> Value:
        return self.get(run, key) if isinstance(key, str) else run.unknown("the data")


def _bunch(run: Interpreter, name: str, pair: Value) -> Value:
    made = _Bunch(name)
    return (made.data, made.target) if pair is True else made
