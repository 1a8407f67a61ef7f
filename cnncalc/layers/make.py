"""From what a file says of a layer to the layer: names, letters, positions, defaults."""

from __future__ import annotations

from typing import Any

from ..errors import CnncalcError, Key, SpecError, SpecErrors, did_you_mean, shown
from .base import KINDS, Layer
from .settings import LETTERS

#: Layers of Keras whose output cannot be computed from their arguments, and why.
REFUSED = {
    "Lambda": "its function is code, and code in a file is not run",
    "TFSMLayer": "its network is in a TensorFlow SavedModel",
    "JaxLayer": "its function is code, and code in a file is not run",
    "FlaxLayer": "its module is code, and code in a file is not run",
    "TorchModuleWrapper": "its module is code, and code in a file is not run",
    "RNN": "its cell is another layer: use SimpleRNN, LSTM or GRU",
    "Wrapper": "it only stands for others, such as TimeDistributed",
    "Layer": "it only stands for others",
}


def kind_named(name: Any) -> type[Layer]:
    """The kind of this name or alias; SpecError with the nearest one if there is none."""
    try:
        return KINDS[name]
    except (KeyError, TypeError):  # TypeError: not even a word
        pass
    if isinstance(name, str) and name in REFUSED:
        raise SpecError(f"{name} cannot be computed: {REFUSED[name]}", (Key(name),))
    raise SpecError(f"unknown layer {shown(name)}", (Key(name),), did_you_mean(name, KINDS.everything()))


def build(kind: type[Layer], value: Any, defaults: dict[str, Any] | None = None) -> Layer:
    """The layer of this kind with the settings that `value` gives.

    `value` is nothing, a scalar or list (by position), or a mapping (by name or letter).
    Paths in errors lead into `value`.
    """
    named, places = by_name(kind, value)
    if defaults:
        named = {**defaults, **named}
    try:
        return kind(**named)
    except CnncalcError as error:
        raise SpecErrors(
            SpecError(e.problem, _found(places, e.path), e.hint) for e in error if isinstance(e, SpecError)
        ) from None


def written_at(kind: type[Layer], value: Any, path: tuple[Any, ...]) -> tuple[Any, ...]:
    """Where in `value` the setting that begins `path` was given; nowhere if it was not."""
    try:
        return _found(by_name(kind, value)[1], path)
    except CnncalcError:
        return ()


def _found(places: dict[str, tuple[Any, ...]], path: tuple[Any, ...]) -> tuple[Any, ...]:
    if not path:
        return ()
    if isinstance(path[0], Key):
        return (Key(places[path[0]][0]),) if path[0] in places else ()
    return (*places[path[0]], *path[1:]) if path[0] in places else ()


def by_name(kind: type[Layer], value: Any) -> tuple[dict[str, Any], dict[str, tuple[Any, ...]]]:
    """The settings by their names, and where each of them stands in `value`."""
    if value is None:
        return {}, {}
    if isinstance(value, dict):
        return _long_names(kind, value)
    names = tuple(kind.settings)
    if not names:
        raise SpecError(f"takes no settings of its own (got {shown(value)})")
    if not isinstance(value, list):
        return {names[0]: value}, {names[0]: ()}
    if kind.takes_a_list and (len(value) != 1 or not isinstance(value[0], list)) and all(
        item is None or isinstance(item, (int, list)) for item in value
    ):
        return {names[0]: value}, {names[0]: ()}
    if len(value) > len(names):
        raise SpecError(f"takes at most {len(names)} settings (got {len(value)})")
    return dict(zip(names, value)), {name: (i,) for i, name in enumerate(names[: len(value)])}


def _long_names(kind: type[Layer], value: dict[Any, Any]) -> tuple[dict[str, Any], dict[str, tuple[Any, ...]]]:
    named: dict[str, Any] = {}
    places: dict[str, tuple[Any, ...]] = {}
    for key, item in value.items():
        name = key
        if key in LETTERS and not kind.takes(key):
            name = LETTERS[key]
            if name == "kernel_size" and not kind.takes(name) and kind.takes("pool_size"):
                name = "pool_size"
            if not kind.takes(name):
                name = key
        if name in named:
            raise SpecError(f"{name} is given twice", (Key(key),), f"{key!r} is its letter")
        if not isinstance(name, str):
            raise SpecError(f"has no setting {shown(name)}", (Key(key),))
        named[name], places[name] = item, (key,)
    return named, places
