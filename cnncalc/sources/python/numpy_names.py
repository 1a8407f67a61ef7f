"""numpy, as far as shapes need it, and what of sklearn keeps shapes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import cast

from .array_sizes import broadcast, moved_order, product
from .arrays import (
    ARRAY,
    MOST_NUMBERS,
    Array,
    DType,
    array_of,
    concatenated,
    filled,
    on_array,
    reduced,
    reshaped,
    squeezed,
    transposed,
)
from .builtin_numbers import known, number_of
from .interpreter import Interpreter, Library, Object
from .operators import binary
from .scopes import Value
from .values import Module, Native


def _dtype_of(dtype: Value) -> str | None:
    return dtype if isinstance(dtype, str) else getattr(dtype, "name", None)


@known
def _array(run: Interpreter, value: Value, dtype: Value = None, **_: Value) -> Value:
    made = array_of(run, value, _dtype_of(dtype))
    return made.like(None, made.values) if isinstance(made, Array) else run.unknown("an array that is not known")


def _fill(value: object) -> Callable[..., Value]:
    def function(run: Interpreter, shape: Value, *_: Value, dtype: Value = None, **__: Value) -> Value:
        return filled(run, shape, value, _dtype_of(dtype) or "float64")

    return function


def _full(run: Interpreter, shape: Value, value: Value, **_: Value) -> Value:
    return filled(run, shape, value if isinstance(value, (int, float)) else None)


@known
def _arange(run: Interpreter, *args: Value, dtype: Value = None, **kwargs: Value) -> Value:
    start, stop, step = (kwargs.get("start", 0), kwargs.get("stop"), kwargs.get("step", 1))
    numbers = [number_of(arg) for arg in args]
    if len(numbers) == 1 and stop is None:
        stop = numbers[0]
    else:
        start, stop, step = [*numbers, *[start, stop, step][len(numbers):]]
    n = max(0, math.ceil((stop - start) / step))
    if n > MOST_NUMBERS:
        return Array((n,), None, "int64")
    run.charge(n)
    return Array((n,), [start + i * step for i in range(n)], "int64" if isinstance(start + step, int) else "float64")


@known
def _linspace(run: Interpreter, start: Value, stop: Value, num: Value = 50, endpoint: Value = True, **_: Value) -> Value:
    n = number_of(num)
    start, stop = number_of(start), number_of(stop)
    if n > MOST_NUMBERS or not isinstance(start, (int, float)) or not isinstance(stop, (int, float)):
        return Array((n,))
    parts = max(1, n - 1 if endpoint else n)
    return Array((n,), [start + (stop - start) * i / parts for i in range(n)])


def _random_shape(run: Interpreter, *sizes: Value, **_: Value) -> Value:
    return filled(run, sizes, None)


def _random_sized(run: Interpreter, *args: Value, size: Value = None, **_: Value) -> Value:
    """A distribution with `size` among its arguments, the last of them."""
    if size is None and len(args) >= 3:
        size = args[2]
    return run.unknown("a random number") if size is None else filled(run, size, None)


def _standard(run: Interpreter, size: Value = None, *_: Value, **__: Value) -> Value:
    return run.unknown("a random number") if size is None else filled(run, size, None)


@on_array
def _expand_dims(run: Interpreter, array: Array, axis: Value = 0) -> Value:
    rank = len(array.shape) + (len(axis) if isinstance(axis, tuple) else 1)
    places = {a % rank for a in (axis if isinstance(axis, tuple) else (axis,))}
    rest = iter(array.shape)
    return array.like(tuple([1 if i in places else next(rest) for i in range(rank)]), array.values)


def stack(run: Interpreter, arrays: Value, axis: Value = 0, **_: Value) -> Value:
    found = [array_of(run, item) for item in run.listed(arrays)]
    if not found or any(not isinstance(item, Array) for item in found) or not isinstance(axis, int):
        return run.unknown("arrays that are not known")
    first = found[0]
    place = axis % (len(first.shape) + 1)
    return first.like((*first.shape[:place], len(found), *first.shape[place:]))


def concatenate(run: Interpreter, arrays: Value, axis: Value = 0, **_: Value) -> Value:
    return concatenated(run, run.listed(arrays), axis)


def _vstack(run: Interpreter, arrays: Value, *_: Value) -> Value:
    found = [array_of(run, item) for item in run.listed(arrays)]
    if found and isinstance(found[0], Array) and len(found[0].shape) == 1:
        return stack(run, found)
    return concatenated(run, found, 0)


def _hstack(run: Interpreter, arrays: Value, *_: Value) -> Value:
    found = [array_of(run, item) for item in run.listed(arrays)]
    return concatenated(run, found, 0 if found and isinstance(found[0], Array) and len(found[0].shape) == 1 else 1)


def _reduction(function: Callable[[list[Value]], Value] | None) -> Callable[..., Value]:
    @on_array
    def call(run: Interpreter, array: Array, axis: Value = None, *_: Value, keepdims: Value = False, **__: Value) -> Value:
        return reduced(run, array, axis, keepdims, function)

    return call


@on_array
def _max(run: Interpreter, array: Array, axis: Value = None, **options: Value) -> Value:
    return run.call(array.get(run, "max"), [axis], {})


@on_array
def _unique(run: Interpreter, array: Array, **options: Value) -> Value:
    if array.values is not None:
        values = sorted(set(array.values))
        made: Value = Array((len(values),), values, array.dtype)
    elif array.levels is not None:
        made = Array((array.levels,), list(range(array.levels)), "int64")
    else:
        made = Array((run.unknown("how many different values the data has"),))
    more = sum([options.get(name) is True for name in ("return_index", "return_inverse", "return_counts")])
    return made if not more else (made, *[made.like(made.shape)] * more)


def _elementwise(function: Callable[..., object] | None) -> Callable[..., Value]:
    @known
    def call(run: Interpreter, value: Value, *args: Value, **kwargs: Value) -> Value:
        number = number_of(value)
        if isinstance(number, (int, float)):
            try:
                return function(number) if function is not None else run.unknown("a number")
            except (ValueError, OverflowError):
                return math.nan
        array = array_of(run, value)
        if not isinstance(array, Array):
            return value if isinstance(value, Object) else run.unknown("an array that is not known")
        try:
            return array.like(None, None if array.values is None or function is None else [function(v) for v in array.values])
        except (ValueError, OverflowError, TypeError):
            return array.like()

    return call


def _two(op: str) -> Callable[..., Value]:
    @known
    def call(run: Interpreter, a: Value, b: Value, *_: Value, **__: Value) -> Value:
        return binary(run, op, a if isinstance(a, (int, float)) else array_of(run, a), b)

    return call


def _extreme(choose: Callable[[float, float], float]) -> Callable[..., Value]:
    @known
    def call(run: Interpreter, a: Value, b: Value) -> Value:
        x, y = number_of(a), number_of(b)
        if isinstance(x, (int, float)) and isinstance(y, (int, float)):
            return choose(x, y)
        p, q = array_of(run, a), array_of(run, b)
        return Array(broadcast(run, p.shape, q.shape)) if isinstance(p, Array) and isinstance(q, Array) else run.unknown("an array")

    return call


@known
def _prod(run: Interpreter, value: Value, axis: Value = None, **_: Value) -> Value:
    array = array_of(run, value)
    if not isinstance(array, Array):
        return run.unknown("a product that is not known")
    if axis is None and array.values is not None:
        return product(run, array.values)
    if axis is None and isinstance(value, (list, tuple)):
        return product(run, value)
    return reduced(run, array, axis)


@on_array
def _pad(run: Interpreter, array: Array, width: Value, *_: Value, **__: Value) -> Value:
    pairs = [width] * len(array.shape) if isinstance(width, int) else run.listed(width)
    sizes = []
    for n, pair in zip(array.shape, pairs if len(pairs) == len(array.shape) else [pairs] * len(array.shape)):
        before, after = (pair, pair) if isinstance(pair, int) else run.listed(pair)
        sizes.append(binary(run, "+", n, binary(run, "+", before, after)))
    return array.like(tuple(sizes))


@known
def _eye(run: Interpreter, n: Value, m: Value = None, **_: Value) -> Value:
    return filled(run, (n, n if m is None else m), None)


def _meshgrid(run: Interpreter, *args: Value, indexing: Value = "xy", **_: Value) -> Value:
    arrays = [array_of(run, arg) for arg in args]
    if not all(isinstance(a, Array) and len(a.shape) == 1 for a in arrays):
        return [run.unknown("a grid") for _ in args]
    sizes = [a.shape[0] for a in arrays]
    if indexing == "xy" and len(sizes) > 1:
        sizes[0], sizes[1] = sizes[1], sizes[0]
    return [Array(tuple(sizes)) for _ in args]


def _array_split(run: Interpreter, value: Value, sections: Value, axis: Value = 0) -> Value:
    if isinstance(sections, int) and 0 < sections < 1_000:
        return [run.unknown("a part of an array") for _ in range(sections)]
    return run.unknown("parts of an array")


class _ScalarType(Native):
    """`np.float32`: a type, and a function that makes numbers of it."""

    def __init__(self, name: str):
        super().__init__(name, _number)

    def binary(self, run: Interpreter, op: str, other: Value, swapped: bool) -> Value:
        if op in ("==", "!=") and isinstance(other, (str, DType, _ScalarType)):
            return (self.name == (other if isinstance(other, str) else other.name)) == (op == "==")
        return NotImplemented


@known
def _number(run: Interpreter, value: Value = 0, *_: Value) -> Value:
    return value if isinstance(value, (int, float)) else array_of(run, value)


NUMPY: dict[str, object] = {
    "ndarray": ARRAY, "newaxis": None, "pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan, "Inf": math.inf,
    **{name: Native(name, function) for name, function in cast("dict[str, Callable[..., Value]]", {
        "array": _array, "asarray": _array, "zeros": _fill(0.0), "ones": _fill(1.0), "empty": _fill(None), "full": _full,
        "zeros_like": on_array(lambda run, array, *_, **__: array.like()), "ones_like": on_array(lambda run, array, *_, **__: array.like()),
        "arange": _arange, "linspace": _linspace, "expand_dims": _expand_dims, "stack": stack, "concatenate": concatenate,
        "append": lambda run, a, b, axis=0, **_: concatenated(run, [a, b], axis), "vstack": _vstack, "hstack": _hstack,
        "dstack": lambda run, arrays: stack(run, arrays, -1), "column_stack": lambda run, arrays: run.unknown("columns"),
        "reshape": on_array(lambda run, array, *shape, **kwargs: reshaped(run, array, *shape, *kwargs.values())), "transpose": on_array(transposed), "squeeze": on_array(squeezed),
        "moveaxis": on_array(lambda run, array, a, b: transposed(run, array, moved_order(len(array.shape), a, b))),
        "rollaxis": on_array(lambda run, array, a, b=0: transposed(run, array, moved_order(len(array.shape), a, b - (b > a)))),
        "swapaxes": on_array(lambda run, array, a, b: run.call(array.get(run, "swapaxes"), [a, b], {})),
        "ravel": on_array(lambda run, array: reshaped(run, array, -1)), "shape": on_array(lambda run, array: array.shape),
        "ndim": on_array(lambda run, array: len(array.shape)), "size": on_array(lambda run, array, *_: product(run, array.shape)),
        "max": _max, "amax": _max, "min": _reduction(min), "amin": _reduction(min), "sum": _reduction(sum), "mean": _reduction(lambda v: sum(v) / len(v)),
        "std": _reduction(None), "var": _reduction(None), "median": _reduction(None), "argmax": _reduction(None), "argmin": _reduction(None),
        "prod": _prod, "product": _prod, "unique": _unique, "pad": _pad, "eye": _eye, "identity": _eye,
        "cumsum": on_array(lambda run, array, *_, **__: Array((product(run, array.shape),), _sums(array.values))),
        "sqrt": _elementwise(math.sqrt), "ceil": _elementwise(lambda v: float(math.ceil(v))), "floor": _elementwise(lambda v: float(math.floor(v))),
        "round": lambda run, value, *digits, **_: run.call(run.builtins["round"], [value, *digits], {}) if isinstance(number_of(value), (int, float)) else _elementwise(round)(run, value),
        "abs": _elementwise(abs), "absolute": _elementwise(abs), "exp": _elementwise(math.exp), "log": _elementwise(math.log),
        "log2": _elementwise(math.log2), "log10": _elementwise(math.log10), "square": _elementwise(lambda v: v * v),
        "rint": _elementwise(round), "sign": _elementwise(lambda v: (v > 0) - (v < 0)), "tanh": _elementwise(math.tanh), "sin": _elementwise(math.sin), "cos": _elementwise(math.cos),
        "clip": on_array(lambda run, array, *_, **__: array.like()), "flip": on_array(lambda run, array, *_: array.like()), "fliplr": on_array(lambda run, array: array.like()),
        "add": _two("+"), "subtract": _two("-"), "multiply": _two("*"), "divide": _two("/"), "true_divide": _two("/"), "power": _two("**"),
        "mod": _two("%"), "floor_divide": _two("//"), "dot": _two("@"), "matmul": _two("@"), "maximum": _extreme(max), "minimum": _extreme(min),
        "meshgrid": _meshgrid, "array_split": _array_split, "split": _array_split, "where": lambda run, *_: run.unknown("where a condition holds"),
        "random": lambda run: None, "set_printoptions": lambda run, *_, **__: None, "seterr": lambda run, *_, **__: None,
        }).items()},
    **{name: _ScalarType(name.rstrip("_")) for name in ("float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
                                              "bool_", "float_", "int_", "float", "int", "bool")},
}
ARRAY.made = lambda run, cls, args, kwargs: run.call(NUMPY["empty"], [*args[:1], *[kwargs[key] for key in ("shape",) if key in kwargs]], {})
_RANDOM: dict[str, Value] = {
    **{name: Native(name, _random_shape) for name in ("rand", "randn")},
    **{name: Native(name, _standard) for name in ("random", "random_sample", "standard_normal", "ranf")},
    **{name: Native(name, _random_sized) for name in ("normal", "uniform", "randint", "integers", "binomial", "poisson", "beta")},
    "permutation": Native("permutation", lambda run, value: Array((value,)) if isinstance(value, int) else value.like() if isinstance(value, Array) else run.unknown("a permutation")),
    **{name: Native(name, lambda run, *_, **__: None) for name in ("seed", "shuffle", "set_state")},
    "default_rng": Native("default_rng", lambda run, *_: Module("numpy.random.Generator", dict(_RANDOM))),
    "RandomState": Native("RandomState", lambda run, *_: Module("numpy.random.RandomState", dict(_RANDOM))),
}


def _sums(values: list[Value] | None) -> list[Value] | None:
    total, found = 0, []
    for v in values or ():
        total += v
        found.append(total)
    return found if values is not None else None


class NumpyLibrary(Library):
    """numpy, and the functions of sklearn that keep shapes."""

    def module(self, run: Interpreter, name: str) -> Module | None:
        if name in ("numpy", "jax.numpy"):
            members = dict(NUMPY)
            members["random"] = Module("numpy.random", dict(_RANDOM))
            return Module("numpy", members)
        if name == "numpy.random":
            return Module(name, dict(_RANDOM))
        if name.startswith("sklearn"):
            from .sklearn_names import sklearn  # lazy: few programs use it

            return Module(name, find=sklearn)
        return None
