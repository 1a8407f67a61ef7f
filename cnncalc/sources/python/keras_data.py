"""Well-known data by its shape: keras.datasets, and what prepares labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .arrays import Array, array_of
from .builtins import number_of
from .values import Module, Native, Unknown, Value

if TYPE_CHECKING:
    from .interpreter import Interpreter

#: Each data set: its examples for training and for testing, the shape of one, its labels' shape and how many classes there are.
SHAPES: dict[str, tuple[int, int, tuple[Any, ...], tuple[Any, ...], int | None]] = {
    "mnist": (60_000, 10_000, (28, 28), (), 10), "fashion_mnist": (60_000, 10_000, (28, 28), (), 10),
    "cifar10": (50_000, 10_000, (32, 32, 3), (1,), 10), "cifar100": (50_000, 10_000, (32, 32, 3), (1,), 100),
    "boston_housing": (404, 102, (13,), (), None), "california_housing": (16_512, 4_128, (8,), (), None),
    "imdb": (25_000, 25_000, (), (), 2), "reuters": (8_982, 2_246, (), (), 46),
}


def dataset(run: Interpreter, name: str) -> Module:
    """The module of a data set."""
    def load(run: Interpreter, *_: Value, **kwargs: Value) -> Value:
        train, test, x, y, classes = SHAPES[name]
        kind = "uint8" if classes and x else "float64"
        return ((Array((train, *x), None, kind), Array((train, *y), None, "uint8", classes)),
                (Array((test, *x), None, kind), Array((test, *y), None, "uint8", classes)))

    members: dict[str, Value] = {"load_data": Native("load_data", load)} if name in SHAPES else {}
    members["get_word_index"] = Native("get_word_index", lambda run, *_, **__: run.unknown("a dictionary of words"))
    return Module(f"keras.datasets.{name}", members, lambda run, word: dataset(run, word))


def to_categorical(run: Interpreter, y: Value, num_classes: Value = None, *_: Value, **kwargs: Value) -> Value:
    """Labels as rows with a one in their place."""
    n = kwargs.get("nb_classes", num_classes)
    array = array_of(run, y)
    if not isinstance(array, Array):
        rows: Value = run.unknown("how many labels there are", y if isinstance(y, Unknown) else None)
        return Array((rows, number_of(n))) if n is not None else run.unknown("how many classes there are", y if isinstance(y, Unknown) else None)
    shape = array.shape[:-1] if len(array.shape) > 1 and array.shape[-1] == 1 else array.shape
    if n is None:
        n = max(array.values) + 1 if array.values else array.levels
        if n is None:
            n = run.unknown("how many classes the labels have")
    return Array((*shape, number_of(n)))
