"""The weights of a layer in numbers, as its file gives them beside it.

A word (`ones`, `zeros`, `range`) for all of them; or a mapping from their names in Keras to
grids, words or single numbers. `filters` is a kernel with a grid for each filter: of one
channel, or a list of them. What is not given has Keras's initial value, if that is a number.
"""

from __future__ import annotations

from ..arrays import WORDS, Array, filled, number_of, places, read, shaped, stacked, times, worded
from ..errors import Key, SpecError, did_you_mean, shown
from ..layers import Layer, Weight
from ..layers.conv import Conv, ConvTranspose, DepthwiseConv

#: The values that Keras begins with.
INITIAL = {"bias": 0, "beta": 0, "moving_mean": 0, "alpha": 0, "gamma": 1, "moving_variance": 1}
KERNELS = ("kernel", "depthwise_kernel")


def weights_of(layer: Layer, owned: tuple[Weight, ...], given: object, flip: bool = False) -> dict[str, Array]:
    """The arrays of a layer; the path of an error begins beside the layer."""
    if not owned:
        if given is not None:
            raise SpecError("has no weights", (Key("weights"),))
        return {}
    if given is None:
        given = {}
        missing = [w.name for w in owned if w.name not in INITIAL]
        if missing:
            raise SpecError("needs weights to be computed", (), _hint(owned))
    elif isinstance(given, str) and given in WORDS:
        given = {w.name: given for w in owned}
    elif not isinstance(given, dict):
        raise SpecError(f"weights must be a mapping from names to numbers, or ones, zeros or range (got {shown(given)})",
                        ("weights",), did_you_mean(given, WORDS) or _hint(owned))
    names = [w.name for w in owned]
    in_filters = _takes_filters(layer)
    for key in given:
        if key not in names and not (key == "filters" and in_filters):
            known = [*names, *(["filters"] if in_filters else [])]
            raise SpecError(f"has no weights called {shown(key)}", ("weights", Key(key)),
                            did_you_mean(key, known) or "it has " + ", ".join(known))
    if "filters" in given and "kernel" in given:
        raise SpecError("has both kernel and filters", ("weights", Key("filters")), "they are the same weights")
    found = {}
    for weight in owned:
        key = "filters" if weight.name == "kernel" and "filters" in given else weight.name
        try:
            array = _one(layer, weight, key, given[key]) if given.get(key) is not None else _initial(weight)
        except SpecError as error:
            raise SpecError(error.problem, ("weights", key, *error.path) if key in given else ("weights",),
                            error.hint) from None
        found[weight.name] = turned(layer, array) if flip and weight.name in KERNELS else array
    return found


def _takes_filters(layer: Layer) -> bool:
    return isinstance(layer, (Conv, DepthwiseConv, ConvTranspose))


def _hint(owned: tuple[Weight, ...]) -> str:
    needed = [w for w in owned if w.name not in INITIAL] or list(owned)
    return "next to it: weights: {" + ", ".join(f"{w.name}: [{times(w.shape)} numbers]" for w in needed) + "}, or weights: ones"


def _initial(weight: Weight) -> Array:
    if weight.name not in INITIAL:
        raise SpecError(f"needs its {weight.name}, {times(weight.shape)} numbers")
    return filled(INITIAL[weight.name], weight.shape)


def _one(layer: Layer, weight: Weight, key: str, value: object) -> Array:
    """One array: of a word, a number, lists, or a list of filters."""
    if isinstance(value, str) and value in WORDS:
        return worded(value, weight.shape)
    if key == "filters":
        return _of_filters(layer, weight, value)
    if not isinstance(value, list):
        try:
            return filled(number_of(value), weight.shape)
        except SpecError:
            hint = did_you_mean(value, WORDS) if isinstance(value, str) else None
            raise SpecError(f"{key} must be numbers, or ones, zeros or range (got {shown(value)})", (), hint) from None
    array = _named(key, value)
    fitting = shaped(array, weight.shape)
    if fitting is None:
        hint = None
        if key == "kernel" and _takes_filters(layer) and weight.shape[-2:] != (1, 1) and len(array.shape) < len(weight.shape):
            hint = "filters: takes a grid for each filter, or for each filter a list with a grid for each channel"
        needed = times([n for n in weight.shape if n != 1])
        raise SpecError(f"{key} has {times(array.shape)} numbers where {needed} are needed", (), hint)
    return fitting


def _of_filters(layer: Layer, weight: Weight, value: object) -> Array:
    """A kernel of Keras from filters: its last axes are channels and filters, or the other way round."""
    array = _named("filters", value)
    *window, a, b = weight.shape
    backwards, by_depth = isinstance(layer, ConvTranspose), isinstance(layer, DepthwiseConv)
    wide, many = (b, a) if backwards else (1, a * b) if by_depth else (a, b)
    whole = (many, wide, *window)
    if [n for n in array.shape if n != 1] != [n for n in whole if n != 1]:
        each = f"{wide} grids" if wide > 1 else "a grid"
        raise SpecError(f"filters has {times(array.shape)} numbers", (),
                        f"it takes {many} filter{'s' * (many != 1)}, each {each} of {times(window)}")
    array = Array(whole, array.data)

    def place(index: tuple[int, ...]) -> tuple[int, ...]:
        *taps, i, j = index
        if backwards:
            return (i, j, *taps)
        return (i * b + j, 0, *taps) if by_depth else (j, i, *taps)

    return Array(weight.shape, [array[place(index)] for index in places(weight.shape)])


def _named(key: str, value: object) -> Array:
    try:
        return read(value)
    except SpecError as error:
        raise SpecError(f"{key} {error.problem}", error.path, error.hint) from None


def turned(layer: Layer, kernel: Array) -> Array:
    """A kernel turned round along every spatial axis, as the mathematician's convolution has it."""
    rank = len(kernel.shape) - 2
    if rank < 1:
        return kernel
    last = [n - 1 for n in kernel.shape[:rank]]
    return Array(kernel.shape, [
        kernel[(*[n - i for n, i in zip(last, index)], *index[rank:])] for index in places(kernel.shape)
    ])


__all__ = ["INITIAL", "stacked", "turned", "weights_of"]
