"""numpy's arrays as shapes, with their numbers where they are few.

An array of up to 10,000 elements that is made from numbers keeps them; of a larger one only the shape is known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from .array_sizes import MOST_AXES, Sizes, broadcast, product, rest_of, sliced, swapped_order
from .classes import Class
from .interpreter import Interpreter, Object, Uncertain, Unknown
from .operators import binary, compare
from .scopes import Value
from .values import Native, method

MOST_NUMBERS = 10_000
ARRAY = Class("ndarray")


class Array(Object):
    """An array: its shape (unknown sizes are `Unknown`), and its numbers in a flat list if they are known.

    `levels` is the number of classes in an array of labels.
    """

    type_name = "numpy.ndarray"

    def __init__(self, shape: Sizes, values: list[Value] | None = None, dtype: str = "float64", levels: int | None = None):
        self.shape, self.values, self.dtype, self.levels = shape, values, dtype, levels

    def number(self) -> object:
        """The number of an array with a single one."""
        return self.values[0] if self.values is not None and len(self.values) == 1 else None

    def like(self, shape: Sizes | None = None, values: list[object] | None = None) -> Array:
        return Array(self.shape if shape is None else shape, values, self.dtype, self.levels)

    def get(self, run: Interpreter, name: str) -> Value:
        if name == "shape":
            return self.shape
        if name == "ndim":
            return len(self.shape)
        if name == "size":
            return product(run, self.shape)
        if name == "T":
            return transposed(run, self)
        if name == "dtype":
            return DType(self.dtype)
        if name in METHODS:
            return method(name, METHODS[name], self)
        return run.unknown(f"ndarray.{name} is not known")

    def set(self, run: Interpreter, name: str, value: Value) -> None:
        if name == "shape" and isinstance(value, tuple):
            self.shape = value

    def items(self, run: Interpreter) -> Iterable[Value]:
        if not self.shape:
            raise run.error("TypeError", "iteration over a 0-d array")
        n = self.shape[0]
        if not isinstance(n, int) or n > 1_000:
            raise Uncertain(run.unknown("the elements of an array"))
        return [self.item(run, i) for i in range(n)]

    def length(self, run: Interpreter) -> Value:
        if not self.shape:
            raise run.error("TypeError", "len() of unsized object")
        return self.shape[0]

    def truth(self, run: Interpreter) -> Value:
        number = self.number()
        return run.unknown("the numbers of an array") if number is None else bool(number)

    def contains(self, run: Interpreter, value: Value) -> Value:
        return value in self.values if self.values is not None else run.unknown("the numbers of an array")

    def item(self, run: Interpreter, key: Value) -> Value:
        return indexed(run, self, key)

    def set_item(self, run: Interpreter, key: Value, value: Value) -> None:
        run.changing(self)
        self.values = None

    def binary(self, run: Interpreter, op: str, other: Value, swapped: bool) -> Value:
        other = array_of(run, other)
        if isinstance(other, Unknown):
            return self.like() if op != "@" else run.unknown("a product with an unknown array")
        if not isinstance(other, Array):
            return NotImplemented
        if op == "@":
            return dot(run, other, self) if swapped else dot(run, self, other)
        return elementwise(run, op, other, self) if swapped else elementwise(run, op, self, other)

    def unary(self, run: Interpreter, op: str) -> Value:
        return self.like(None, None if self.values is None or op == "~" else [-v if op == "-" else v for v in self.values])

    def absolute(self, run: Interpreter) -> Value:
        return self.like(None, None if self.values is None else [abs(v) for v in self.values])

    def text(self, run: Interpreter) -> Value:
        number = self.number()
        return run.unknown("the numbers of an array") if number is None else str(number)

    def state(self) -> object:
        return (self.shape, self.values)

    def restore(self, state: Value) -> None:
        self.shape, self.values = state


class DType(Object):
    """The data type of an array."""

    type_name = "dtype"

    def __init__(self, name: str):
        self.name = name

    def get(self, run: Interpreter, name: str) -> Value:
        return self.name if name in ("name", "str") else run.unknown(f"dtype.{name} is not known")

    def binary(self, run: Interpreter, op: str, other: Value, swapped: bool) -> Value:
        if op in ("==", "!="):
            return (self.name == (other.name if isinstance(other, (DType, Native)) else other)) == (op == "==")
        return NotImplemented

    def text(self, run: Interpreter) -> Value:
        return self.name


def array_of(run: Interpreter, value: Value, dtype: str | None = None) -> Value:
    """A value as an array: numbers, nested lists, arrays."""
    if isinstance(value, (Array, Unknown)):
        return value
    if isinstance(value, (bool, int, float, str)):
        return Array((), [value], dtype or _dtype(value))
    if isinstance(value, range):
        value = run.listed(value)
    if isinstance(value, (list, tuple)) or hasattr(value, "start"):
        taint = run.taint(value)
        if taint is not None:
            return taint.derived(run)
        items = [array_of(run, item) for item in run.listed(value)]
        unknown = next((item for item in items if isinstance(item, Unknown)), None)
        shapes = {item.shape for item in items if isinstance(item, Array)}
        if any(not isinstance(item, (Array, Unknown)) for item in items) or len(shapes) > 1:
            return run.unknown("an array of different things")
        shape = (len(items), *(next(iter(shapes)) if shapes else ()))
        if unknown is not None:
            return Array(shape) if shapes else Array((len(items),))
        if any(item.values is None for item in items) or len(shape) > MOST_AXES:
            return Array(shape)
        values = [number for item in items for number in item.values]
        run.charge(len(values))
        return Array(shape, values if len(values) <= MOST_NUMBERS else None, dtype or _dtype(values[0] if values else 0.0))
    return value


def _dtype(value: object) -> str:
    return "bool" if isinstance(value, bool) else "int64" if isinstance(value, int) else "str" if isinstance(value, str) else "float64"


def filled(run: Interpreter, shape: Value, value: object = 0.0, dtype: str = "float64") -> Value:
    """An array of one number everywhere."""
    if isinstance(shape, Unknown):
        return run.unknown("an array of an unknown shape", shape)
    sizes = tuple(run.listed(shape)) if not isinstance(shape, int) else (shape,)
    if len(sizes) > MOST_AXES:
        raise run.error("ValueError", "maximum supported dimension for an ndarray is 64")
    if any(isinstance(n, int) and n < 0 for n in sizes):
        raise run.error("ValueError", "negative dimensions are not allowed")
    known = all(isinstance(n, int) for n in sizes) and value is not None
    n = math.prod(sizes) if known else MOST_NUMBERS + 1
    if n <= MOST_NUMBERS:
        run.charge(n)
    return Array(sizes, [value] * n if n <= MOST_NUMBERS else None, dtype)


def elementwise(run: Interpreter, op: str, a: Array, b: Array) -> Value:
    """`a op b` of each pair of numbers."""
    shape = broadcast(run, a.shape, b.shape)
    values: list[object] | None = None
    x, y = a.values, b.values
    if x is not None and y is not None and (len(x) == len(y) or len(x) == 1 or len(y) == 1):
        n = max(len(x), len(y))
        if len(shape) == 0 or n == math.prod(shape):
            run.charge(n)
            run.work(n)
            function = compare if op in ("==", "!=", "<", "<=", ">", ">=") else binary
            try:
                values = [function(run, op, x[i if len(x) > 1 else 0], y[i if len(y) > 1 else 0]) for i in range(n)]
            except Exception as error:
                if getattr(error, "kind", "") not in ("ZeroDivisionError", "TypeError", "OverflowError"):
                    raise
    if not shape and values is not None:
        return values[0]
    return Array(shape, values, a.dtype, None if op not in ("+", "*") else a.levels if y is not None else b.levels)


def indexed(run: Interpreter, array: Array, key: Value) -> Value:
    """`array[key]`."""
    keys = list(key) if isinstance(key, tuple) else [key]
    if len([k for k in keys if k is ...]) == 0:
        keys.append(...)
    shape: list[object] = list(array.shape)
    sizes: list[object] = []
    plain = len(array.shape) == 1 and len(keys) == 2 and array.values is not None
    if plain and isinstance(keys[0], int) and not isinstance(keys[0], bool):
        try:
            return array.values[keys[0]]  # type: ignore[index]
        except IndexError:
            raise run.error("IndexError", "index out of bounds") from None
    if plain and isinstance(keys[0], slice):
        values = array.values[keys[0]]  # type: ignore[index]
        return array.like((len(values),), values)
    rows = (array.values is not None and len(array.shape) > 1 and len(keys) == 2 and isinstance(keys[0], int)
            and isinstance(array.shape[0], int) and -array.shape[0] <= keys[0] < array.shape[0])
    after = [k for k in keys[next((i for i, k in enumerate(keys) if k is ...), 0) + 1:] if k is not None]
    for item in keys:
        if item is None:
            sizes.append(1)
        elif item is ...:
            while len(shape) > len(after):
                sizes.append(shape.pop(0))
        elif not shape:
            raise run.error("IndexError", "too many indices for array")
        else:
            n = shape.pop(0)
            if isinstance(item, slice):
                sizes.append(sliced(run, item, n))
            elif isinstance(item, Array) and item.dtype == "bool":
                sizes.append(run.unknown("how many elements a mask selects"))
            elif isinstance(item, Array):
                sizes += list(item.shape)
            elif isinstance(item, list):
                sizes.append(len(item))
            elif isinstance(item, int) and isinstance(n, int) and not -n <= item < n:
                raise run.error("IndexError", f"index {item} is out of bounds for axis with size {n}")
            elif isinstance(item, Unknown) and item.parent is None and item.raised is None:
                pass  # one index, whichever it is
    if rows:
        step = math.prod(array.shape[1:])
        start = (keys[0] % array.shape[0]) * step
        return array.like(tuple(sizes), array.values[start: start + step])  # type: ignore[index]
    if not sizes:
        return run.unknown("a number of an array")
    return array.like(tuple(sizes))


def reshaped(run: Interpreter, array: Array, *shape: Value, **_: Value) -> Value:
    """The same numbers in another shape."""
    sizes = run.listed(shape[0]) if len(shape) == 1 and not isinstance(shape[0], (int, Unknown)) else list(shape)
    if len(sizes) > MOST_AXES:
        raise run.error("ValueError", "maximum supported dimension for an ndarray is 64")
    if any(type(n) is int and n == -1 for n in sizes):
        rest = product(run, [n for n in sizes if not (type(n) is int and n == -1)])
        total = product(run, array.shape)
        if isinstance(rest, int) and isinstance(total, int):
            if rest == 0 or total % rest:
                raise run.error("ValueError", f"cannot reshape array of size {total} into shape {tuple(sizes)}")
            left: Value = total // rest
        else:
            left = rest_of(run, array.shape, sizes)
        sizes = [left if type(n) is int and n == -1 else n for n in sizes]
    else:
        total, new = product(run, array.shape), product(run, sizes)
        if isinstance(total, int) and isinstance(new, int) and total != new:
            raise run.error("ValueError", f"cannot reshape array of size {total} into shape {tuple(sizes)}")
    return array.like(tuple(sizes), array.values)


def transposed(run: Interpreter, array: Array, *axes: Value) -> Value:
    order = run.listed(axes[0]) if len(axes) == 1 and not isinstance(axes[0], int) and axes[0] is not None else list(axes)
    if not order or order == [None]:
        return array.like(array.shape[::-1])
    try:
        return array.like(tuple([array.shape[i] for i in order]))
    except (IndexError, TypeError):
        raise run.error("ValueError", "axes don't match array") from None


def reduced(run: Interpreter, array: Array, axis: Value = None, keepdims: Value = False, function: Callable[[list[Value]], Value] | None = None) -> Value:
    """One number of all, or of those along some axes."""
    if axis is None:
        if array.values and function is not None:
            return function(array.values)
        return run.unknown("a number of an array") if keepdims is not True else Array((1,) * len(array.shape))
    places = {a % len(array.shape) for a in (axis if isinstance(axis, (tuple, list)) else [axis]) if isinstance(a, int) and array.shape}
    if keepdims is True:
        return array.like(tuple([1 if i in places else n for i, n in enumerate(array.shape)]))
    return array.like(tuple([n for i, n in enumerate(array.shape) if i not in places]))


def dot(run: Interpreter, a: Array, b: Array) -> Value:
    """The product of matrices."""
    if not a.shape or not b.shape:
        return elementwise(run, "*", a, b)
    if len(b.shape) == 1:
        return Array(a.shape[:-1])
    return Array((*a.shape[:-1], *b.shape[:-2], b.shape[-1]))


def concatenated(run: Interpreter, arrays: list[Value], axis: Value = 0) -> Value:
    """Arrays one behind the other."""
    found = [array_of(run, item) for item in arrays]
    unknown = next((item for item in found if not isinstance(item, Array)), None)
    if unknown is not None or not found:
        return run.unknown("arrays that are not known")
    first = found[0]
    if not first.shape or not isinstance(axis, int):
        return run.unknown("an array")
    place = axis % len(first.shape)
    total: Value = 0
    for array in found:
        if len(array.shape) != len(first.shape):
            raise run.error("ValueError", "all the input arrays must have same number of dimensions")
        total = binary(run, "+", total, array.shape[place])
    values = None
    if len(first.shape) == 1 and all(array.values is not None for array in found):
        values = [v for array in found for v in array.values]
        values = values if len(values) <= MOST_NUMBERS else None
    return first.like((*first.shape[:place], total, *first.shape[place + 1:]), values)


def _largest(run: Interpreter, array: Array, axis: Value = None, keepdims: Value = False, **_: Value) -> Value:
    if axis is None and array.values is None and array.levels is not None:
        return array.levels - 1
    return reduced(run, array, axis, keepdims, max)


def _method(function: Callable[[list[Value]], Value] | None) -> Callable[..., Value]:
    def method(run: Interpreter, array: Array, axis: Value = None, *_: Value, keepdims: Value = False, **__: Value) -> Value:
        return reduced(run, array, axis, keepdims, function)

    return method


def _nested(run: Interpreter, array: Array) -> Value:
    if array.values is None:
        return run.unknown("the numbers of an array")
    values: list[object] = list(array.values)
    for n in array.shape[:0:-1]:
        values = [values[i: i + n] for i in range(0, len(values), n)] if n else []
    return values if array.shape else values[0]


def _astype(run: Interpreter, array: Array, dtype: Value = None, **_: Value) -> Value:
    word = dtype if isinstance(dtype, str) else getattr(dtype, "name", "float64")
    values = array.values
    if values is not None and isinstance(word, str):
        try:
            values = [int(v) if "int" in word else float(v) if "float" in word else v for v in values]
        except (ValueError, OverflowError):
            values = None
    return Array(array.shape, values, str(word), array.levels)


METHODS: dict[str, Callable[..., Value]] = {
    "reshape": reshaped, "transpose": transposed, "astype": _astype, "max": _largest, "min": _method(min), "sum": _method(sum),
    "mean": _method(lambda v: sum(v) / len(v)), "std": _method(None), "var": _method(None), "argmax": _method(None), "argmin": _method(None),
    "all": _method(all), "any": _method(any), "prod": _method(math.prod), "cumsum": lambda run, array, *_, **__: array.like(),
    "copy": lambda run, array, *_, **__: array.like(None, array.values), "tolist": _nested,
    "flatten": lambda run, array, *_: reshaped(run, array, -1), "ravel": lambda run, array, *_: reshaped(run, array, -1),
    "squeeze": lambda run, array, axis=None: squeezed(run, array, axis), "item": lambda run, array, *_: array.number() if array.number() is not None else run.unknown("a number of an array"),
    "repeat": lambda run, array, *_, **__: run.unknown("a repeated array"), "dot": lambda run, a, b: a.binary(run, "@", b, False),
    "clip": lambda run, array, *_, **__: array.like(), "round": lambda run, array, *_: array.like(None, array.values),
    "numpy": lambda run, array: array, "view": lambda run, array, *_: array.like(), "fill": lambda run, array, *_: None,
    "sort": lambda run, array, *_, **__: None, "swapaxes": lambda run, array, a, b: transposed(run, array, swapped_order(len(array.shape), a, b)),
}


def squeezed(run: Interpreter, array: Array, axis: Value = None) -> Value:
    places = None if axis is None else {a % max(1, len(array.shape)) for a in (axis if isinstance(axis, tuple) else (axis,))}
    return array.like(tuple([n for i, n in enumerate(array.shape) if not (n == 1 if places is None else i in places)]), array.values)


def on_array(function: Callable[..., Value]) -> Callable[..., Value]:
    """A function whose first argument is made an array."""

    def call(run: Interpreter, value: Value, *args: Value, **kwargs: Value) -> Value:
        array = array_of(run, value)
        if isinstance(array, Array):
            return function(run, array, *args, **kwargs)
        if isinstance(array, Unknown):
            return array.derived(run)
        return run.unknown("an array that is not known")

    return call
