"""From what a file says of a layer to the layer: names, letters, positions, defaults."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..errors import CnncalcError, Key, SpecError, SpecErrors, shown
from ..sizes import read_sizes
from .base import KINDS, Layer
from .settings import LETTERS, Setting

#: Layers of Keras whose output cannot be computed from their arguments, and why.
REFUSED = {
    "Lambda": "its function is code, and code in a file is not run",
    "TFSMLayer": "its network is in a TensorFlow SavedModel",
    "JaxLayer": "its function is code, and code in a file is not run",
    "FlaxLayer": "its module is code, and code in a file is not run",
    "TorchModuleWrapper": "its module is code, and code in a file is not run",
    "Pipeline": "it is a list of layers: write them one after another",
    "IndexLookup": "it is only a base class of others, such as StringLookup",
    "Wrapper": "it is only a base class of others, such as TimeDistributed",
    "Layer": "it is only a base class",
}


def kind_named(name: object, hint: bool = True, value: object = None) -> type[Layer]:
    """The kind of this name or alias; SpecError, with what to write as a hint, if there is none.

    `value` is what the file gives the layer: the hint says it in Keras's terms where the name is PyTorch's.
    """
    if isinstance(name, str):
        try:
            return KINDS[name]
        except KeyError:
            pass
        if name in REFUSED:
            raise SpecError(f"{name} cannot be computed: {REFUSED[name]}", (Key(name),))
    raise unknown_kind(name, hint, value)


def unknown_kind(name: object, hint: bool = True, value: object = None) -> SpecError:
    """The error for a layer that is not known under this name."""
    from .kind_words import TORCH, kind_hint

    problem = f"unknown layer {shown(name)}"
    if isinstance(name, str) and name in TORCH:
        problem = f"{name} is PyTorch's name for a layer, and this network is in Keras's terms"
    return SpecError(problem, (Key(name),), kind_hint(name, value) if hint else None)


def build(kind: type[Layer], value: object, defaults: dict[str, object] | None = None, make: Make | None = None) -> Layer:
    """The layer of this kind with the settings that `value` gives.

    `value` is nothing, a scalar or list (by position), or a mapping (by name or letter).
    Paths in errors lead into `value`. `make(word, settings)` makes the layers inside it.
    """
    named, places = by_name(kind, value)
    if defaults:
        named = {**defaults, **named}
    if make is not None and kind.names_inside:
        named = {key: Inside(item, make) if _holds_layer(kind, key) else item for key, item in named.items()}
    try:
        return kind(**named)
    except CnncalcError as error:
        written = _as_settings(kind, value)
        raise SpecErrors(
            SpecError(e.problem, _found(places, e.path), written or e.hint) for e in error if isinstance(e, SpecError)
        ) from None


def _as_settings(kind: type[Layer], value: object) -> str | None:
    """How to write settings that stand in one text: `32, 3`, `filters=32`, `3x3`."""
    if not isinstance(value, str):
        return None
    text = value.strip().strip("()[]{}")
    pairs = re.findall(r"([A-Za-z_]+)\s*[=:]\s*([^,=]+)", text)
    if pairs and all(kind.takes(name) for name, _ in pairs):
        return "write " + "{" + ", ".join(f"{name}: {item.strip()}" for name, item in pairs) + "}"
    found = read_sizes(value)
    if not isinstance(found, list):
        return None
    if "," in text:
        return f"several settings are a list: {shown(found)}"
    size = next((name for name in ("kernel_size", "pool_size") if kind.takes(name)), None)
    return f"the size alone is {size}: {value.strip()}" if size else None


Make = Callable[[object, object], Layer]


class Inside:
    """What a file says of a layer inside another, and how it is made."""

    def __init__(self, value: object, make: Make):
        self.value, self.make = value, make


def made(word: object, settings: object, defaults: Callable[[type[Layer]], dict[str, object] | None] | None = None,
         make: Make | None = None) -> Layer:
    """The layer inside another that a word and its settings describe."""
    try:
        kind = kind_named(word)
    except SpecError as error:
        known = isinstance(word, str) and word in REFUSED
        raise SpecError(error.problem if known else f"{shown(word)} is unknown", error.path, error.hint) from None
    if kind.kind in ("InputLayer", "Functional"):
        raise SpecError(f"{word} cannot be used inside another layer", (Key(word),), "for another file: {model: its name}")
    try:
        return build(kind, settings, defaults(kind) if defaults else None, make)
    except CnncalcError as error:
        raise SpecErrors(about_inner(kind, e) for e in error if isinstance(e, SpecError)) from None


def about_inner(kind: type[Layer], error: SpecError) -> SpecError:
    """An error of a layer inside another, with its kind in front."""
    joint = " " if error.problem.startswith(("has ", "needs ", "takes ")) else ": "
    return SpecError(kind.kind + joint + error.problem, error.path, error.hint)


def layer_inside(value: object, make: Make = made) -> Layer:
    """The layer inside another: made already, or as a file describes it."""
    if isinstance(value, Layer):
        return value
    if type(value) is Inside:
        return layer_inside(value.value, value.make)
    word, settings = described(value)
    try:
        return make(word, settings)
    except CnncalcError as error:
        if not isinstance(value, dict):
            raise
        raise SpecErrors(
            e if e.path and isinstance(e.path[0], Key) and e.path[0] == word else e.under(word)
            for e in error if isinstance(e, SpecError)
        ) from None


class Sub(Setting):
    """A layer inside the layer: a word (`Flatten`), or a mapping from it to its settings.

    A layer that is made already is taken as it is.
    """

    form = "a layer, such as {LSTM: 64}"

    def read(self, value: object, rank: int | None) -> object:
        if value is None and self.default is None:
            return None
        return layer_inside(value)

    def traced(self, value: object) -> object:
        return value.traced() if isinstance(value, Layer) else value

    def written(self, value: object) -> object:
        if not isinstance(value, Layer):
            return None
        if value.kind == "Functional":
            return {"model": value.name}
        return {value.kind: value.arguments()} if value.said else value.kind

    def layers(self, value: object) -> tuple[Layer, ...]:
        return (value,) if isinstance(value, Layer) else ()

    def items(self, value: object) -> list[object]:
        """The parts of what a file gives for it that describe a layer each."""
        return [] if value is None else [value]


class Subs(Sub):
    """Several layers inside the layer."""

    form = "a list of layers, such as [{LSTMCell: 64}, {LSTMCell: 32}]"

    def read(self, value: object, rank: int | None) -> object:
        make: Make = made
        if type(value) is Inside:
            make, value = value.make, value.value
        if not isinstance(value, (list, tuple)) or not value:
            raise SpecError(f"must be {self.form} (got {shown(value)})")
        found = []
        for i, item in enumerate(value):
            try:
                found.append(layer_inside(item, make))
            except SpecError as error:
                raise error.under(i) from None
        return tuple(found)

    def traced(self, value: object) -> object:
        return tuple([layer.traced() for layer in self.layers(value)])

    def written(self, value: object) -> object:
        return [Sub.written(self, layer) for layer in self.layers(value)]

    def layers(self, value: object) -> tuple[Layer, ...]:
        return value if isinstance(value, tuple) else ()

    def items(self, value: object) -> list[object]:
        return list(value) if isinstance(value, (list, tuple)) else []


def described(value: object) -> tuple[object, object]:
    """The word and the settings of a layer inside another."""
    if isinstance(value, dict) and len(value) == 1:
        return next(iter(value.items()))
    if isinstance(value, str):
        return value, None
    raise SpecError(f"must be a layer (got {shown(value)})", (),
                    "one layer, with its settings under it: {LSTM: {units: 64}}")


def names_inside(kind: type[Layer], value: object) -> tuple[str, ...]:
    """The classes of the layers inside a layer that take automatic names, in their order.

    Keras makes them before the layer itself, as they are written.
    """
    found: list[str] = []
    try:
        for key, item in by_name(kind, value)[0].items():
            setting = kind.settings.get(key)
            for one in setting.items(item) if isinstance(setting, Sub) else ():
                word, settings = described(one)
                inner = kind_named(word)
                if inner.names_inside:
                    found += inner.first_names(settings)
                if not isinstance(settings, dict) or settings.get("name") is None:
                    found.append(inner.keras_class)
    except CnncalcError:
        pass  # it is reported when the layer is made
    return tuple(found)


def _holds_layer(kind: type[Layer], key: str) -> bool:
    return isinstance(kind.settings.get(key), Sub)


def written_at(kind: type[Layer], value: object, path: tuple[object, ...]) -> tuple[object, ...]:
    """Where in `value` the setting that begins `path` was given; nowhere if it was not."""
    try:
        return _found(by_name(kind, value)[1], path)
    except CnncalcError:
        return ()


def _found(places: dict[str, tuple[object, ...]], path: tuple[object, ...]) -> tuple[object, ...]:
    if not path:
        return ()
    if isinstance(path[0], Key):
        return (Key(places[path[0]][0]),) if path[0] in places else ()
    return (*places[path[0]], *path[1:]) if path[0] in places else ()


def by_name(kind: type[Layer], value: object) -> tuple[dict[str, object], dict[str, tuple[object, ...]]]:
    """The settings by their names, and where each of them stands in `value`."""
    if value is None:
        return {}, {}
    if isinstance(value, dict):
        if kind.names_inside:
            return _with_layer(kind, value)
        return _long_names(kind, value)
    names = tuple(kind.settings)
    if not names:
        raise SpecError(f"has no settings (got {shown(value)})")
    if not isinstance(value, list):
        return {names[0]: value}, {names[0]: ()}
    if kind.takes_a_list and len(value) != 1 and all(
        item is None or isinstance(item, (int, list)) for item in value
    ):
        return {names[0]: value}, {names[0]: ()}
    if len(value) > len(names):
        raise SpecError(f"takes at most {len(names)} settings (got {len(value)})")
    return dict(zip(names, value)), {name: (i,) for i, name in enumerate(names[: len(value)])}


def _with_layer(kind: type[Layer], value: dict[object, object]) -> tuple[dict[str, object], dict[str, tuple[object, ...]]]:
    """By name, and the layer inside may stand there as itself: {LSTM: 64, merge_mode: sum}."""
    layers = [key for key in value if isinstance(key, str) and not kind.takes(key) and (
        key == "model" or key[:1].isupper())]
    first = next(iter(kind.settings))
    if len(layers) != 1 or first in value:
        return _long_names(kind, value)
    named, places = _long_names(kind, {k: v for k, v in value.items() if k != layers[0]})
    return {first: {layers[0]: value[layers[0]]}, **named}, {first: (), **places}


def _long_names(kind: type[Layer], value: dict[object, object]) -> tuple[dict[str, object], dict[str, tuple[object, ...]]]:
    named: dict[str, object] = {}
    places: dict[str, tuple[object, ...]] = {}
    for key, item in value.items():
        name = key
        if key in LETTERS and not kind.takes(key):
            name = LETTERS[key]
            if name == "kernel_size" and not kind.takes(name) and kind.takes("pool_size"):
                name = "pool_size"
            if not kind.takes(name):
                name = key
        if name in named:
            raise SpecError(f"{name} is given twice", (Key(key),), f"{next(k for k in (key, *places[name]) if k != name)!r} is its letter")
        if not isinstance(name, str):
            raise SpecError(f"has no setting {shown(name)}", (Key(key),))
        named[name], places[name] = item, (key,)
    return named, places
