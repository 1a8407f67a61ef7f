"""Numbers in an architecture file: the values of an input.

`{values: ...}` and `{maps: ...}` give an input in numbers, `shape` may stand beside them. In
any other mapping the keys are names of inputs; an input that is called `values` is written
`values: {shape: [...]}`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ...arrays import WORDS, Array, read, shaped, stacked, times
from ...errors import Key, SpecError, did_you_mean, shown
from ...layers import Shape
from ...layers.settings import whole

V = TypeVar("V")

KEYS = ("shape", "values", "maps")


def in_numbers(value: object) -> bool:
    """Whether this is one input with its values, not a mapping from names to inputs."""
    if not isinstance(value, dict):
        return False
    if isinstance(value.get("values"), (list, str, int, float)):
        return True
    maps = value.get("maps")
    return isinstance(maps, list) and len(maps) > 0 and isinstance(maps[0], list)


def given_input(value: dict[object, object], channels_first: bool = False) -> tuple[object, Array | str | None]:
    """The shape of an input that is written as a mapping, and its values.

    `values` is a grid in the order of the shape, or a word; axes of size 1 may be left out.
    Without a shape two axes are one channel. `maps` has a grid for each channel.
    """
    for key in value:
        if key not in KEYS:
            near = did_you_mean(key, KEYS) if len(value) == 1 else None
            raise SpecError(f"an input has no {shown(key)}", (Key(key),), near or
                            "only 'shape' can be next to 'values'; an input called 'values' is written values: {shape: [...]}")
    if "values" in value and "maps" in value:
        raise SpecError("an input has values or maps, not both", (Key("maps"),), "maps is one grid per channel, values is all of them in one")
    declared = value.get("shape")
    if "values" not in value and "maps" not in value:
        return declared, None
    if "maps" in value:
        array = _under("maps", _maps, value["maps"], channels_first)
    elif isinstance(value["values"], str) and value["values"] in WORDS:
        if declared is None:
            raise SpecError(f"the input's values {value['values']!r} need a shape", (), f"shape: [4, 4, 1], values: {value['values']}")
        return declared, str(value["values"])
    elif isinstance(value["values"], str):
        raise SpecError(f"the input's values must be lists of numbers, or ones, zeros or range (got {shown(value['values'])})", ("values",),
                        did_you_mean(value["values"], WORDS))
    else:
        array = _under("values", read, value["values"])
    if declared is None:
        if "maps" not in value and len(array.shape) == 2:
            array = stacked([array], 0 if channels_first else -1)
        return list(array.shape), array
    sizes = _under("shape", _sizes, declared)
    fitting = shaped(array, sizes)
    if fitting is None:
        key = "maps" if "maps" in value else "values"
        raise SpecError(f"the input's {key} are {times(array.shape)}, the shape is {Shape(sizes)}", (key,), "shape can be left out")
    return declared, fitting


def _maps(value: list[object], channels_first: bool) -> Array:
    array = read(value)
    if channels_first:
        return array
    grids = read_each(value)
    return stacked(grids, -1)


def read_each(value: list[object]) -> list[Array]:
    """The grid of each item."""
    found = []
    for i, item in enumerate(value):
        try:
            found.append(read(item))
        except SpecError as error:
            raise error.under(i) from None
    return found


def _sizes(value: object) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise SpecError(f"must be a list of sizes (got {shown(value)})")
    return tuple([whole(size, 1) for size in value])


def _under(key: str, reader: Callable[..., V], *args: object) -> V:
    try:
        return reader(*args)
    except SpecError as error:
        raise SpecError(f"the input's {key} {error.problem}", (key, *error.path), error.hint) from None
