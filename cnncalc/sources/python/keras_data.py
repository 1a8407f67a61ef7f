"""Well-known data by its shape: keras.datasets, and what prepares labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .arrays import Array, array_of
from .builtin_numbers import number_of
from .classes import Class
from .interpreter import Interpreter, Object, Unknown
from .scopes import Value
from .values import Module, Native, Static

#: Each data set: its examples for training and for testing, the shape of one, its labels' shape and how many classes there are.
SHAPES: dict[str, tuple[int, int, tuple[object, ...], tuple[object, ...], int | None]] = {
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


def load_img(run: Interpreter, path: Value = None, grayscale: Value = False, color_mode: Value = "rgb", target_size: Value = None, *_: Value, **__: Value) -> Value:
    """An image file, of which only the size that it is brought to is known."""
    if not isinstance(target_size, (tuple, list)) or len(target_size) < 2:
        return run.unknown("load_img(...) reads a file")
    channels = 1 if grayscale is True or color_mode == "grayscale" else 4 if color_mode == "rgba" else 3
    return Array((*target_size[:2], channels), None, "float32")


def img_to_array(run: Interpreter, image: Value = None, *_: Value, **__: Value) -> Value:
    """An image as an array: the array that stands for it."""
    return image


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


class Dataset(Object):
    """A tf.data.Dataset: what one of its elements is made of."""

    type_name = "Dataset"

    def __init__(self, element: Value, rows: Value = None):
        self.element, self.rows = element, rows

    def items(self, run: Interpreter) -> Iterable[Value]:
        return [self.element]

    def length(self, run: Interpreter) -> Value:
        return self.rows if isinstance(self.rows, int) else run.unknown("how many elements a data set has")

    def get(self, run: Interpreter, name: str) -> Value:
        if name == "batch":
            return Native(name, lambda run, size=None, *_, **__: Dataset(_each(self.element, lambda array: array.like((run.unknown("the size of a batch"), *array.shape)))))
        if name == "unbatch":
            return Native(name, lambda run: Dataset(_each(self.element, lambda array: array.like(array.shape[1:]))))
        if name == "map":
            return Native(name, self._mapped)
        if name in ("element_spec", "class_names", "file_paths"):
            return run.unknown(f"{name} of a data set")
        if name in ("as_numpy_iterator", "__iter__"):
            return Native(name, lambda run: [self.element])
        return Native(name, lambda run, *_, **__: self)

    def _mapped(self, run: Interpreter, function: Value, *_: Value, **__: Value) -> Value:
        args = list(self.element) if isinstance(self.element, tuple) else [self.element]
        return Dataset(run.call(function, args, {}))


def _each(value: Value, change: Callable[[Value], Value]) -> Value:
    if isinstance(value, Array):
        return change(value)
    if isinstance(value, (tuple, list)):
        return type(value)([_each(item, change) for item in value])
    if isinstance(value, dict):
        return {key: _each(item, change) for key, item in value.items()}
    return value


def _from_slices(run: Interpreter, data: Value, *_: Value, **__: Value) -> Value:
    arrays = tuple([array_of(run, item) for item in data]) if isinstance(data, tuple) else array_of(run, data)
    rows = [array.shape[0] for array in (arrays if isinstance(arrays, tuple) else [arrays]) if isinstance(array, Array) and array.shape]
    return Dataset(_each(arrays, lambda array: array.like(array.shape[1:])), rows[0] if rows else None)


def _from_tensors(run: Interpreter, data: Value, *_: Value, **__: Value) -> Value:
    return Dataset(data)


def _zipped(run: Interpreter, *sets: Value, datasets: Value = None) -> Value:
    found = run.listed(sets[0] if len(sets) == 1 and isinstance(sets[0], (tuple, list)) else sets or datasets)
    if not all(isinstance(item, Dataset) for item in found):
        return run.unknown("a data set that is not known")
    return Dataset(tuple([item.element for item in found]))


DATASET = Class("Dataset", (), {
    "from_tensor_slices": Static(Native("from_tensor_slices", _from_slices)), "from_tensors": Static(Native("from_tensors", _from_tensors)),
    "zip": Static(Native("zip", _zipped))})
DATASET.attribute = lambda run, cls, name: run.unknown(f"a data set of tf.data.Dataset.{name}")
