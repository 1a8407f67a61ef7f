"""Layers of Keras as Python source: `layers.Conv2D(32, 3, activation="relu")`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..analysis import Model
from ..graph import Names, snake_case
from ..layers import Layer
from ..layers.axis_settings import Padding, Pairs, PerAxis
from ..layers.construct import Sub
from ..layers.settings import Count
from .program import Body
from .text import Bracket, Expr, Name, literal

#: Where Keras has what settings may be objects of.
_MODULES = {"initializer": "keras.initializers", "regularizer": "keras.regularizers", "constraint": "keras.constraints"}
#: Operators of operations on tensors.
_OPERATORS = {"Add": "+", "Subtract": "-", "Multiply": "*", "TrueDivide": "/", "FloorDivide": "//", "Mod": "%", "Power": "**",
              "Matmul": "@"}


class KerasBody(Body):
    """The statements of a model, and the arguments of its inputs."""

    def __init__(self, names: Names):
        super().__init__()
        self.names = names
        self.made: list[Expr] = []


def layer_source(layer: Layer, name: str | None, names: Names, model: Callable[[Model], Expr], frozen: bool = False) -> Bracket:
    """The expression that builds a layer: what is at its default is left out, and the name if Keras would give it.

    `model` writes a model inside the layer. Of a `frozen` one those inside are frozen too: the argument does not reach them.
    """
    within = (frozen and not layer.states_trainable) or (layer.freezes and not layer.trainable)
    items: list[Expr | tuple[str, Expr]] = []
    told = layer.arguments()
    leading = list(layer.settings)
    for key in [*[key for key in layer.settings if key in layer.said], *[key for key in layer.said if key not in layer.settings]]:
        value = layer.said[key]
        if key in ("name", "trainable") or (value == layer._standard.get(key, layer) and key not in layer._required):
            continue
        setting = layer.settings.get(key)
        if isinstance(setting, Sub) and value is not None:
            made = [model(one) if isinstance(one, Model) else layer_source(one, _inner_name(one), names, model, within) for one in setting.layers(value)]
            written: Expr = Bracket("", made, "[]") if isinstance(value, tuple) else made[0]
        else:
            written = setting_source(key, told[key])
        positional = len(items) < len(leading) and leading[len(items)] == key and all([not isinstance(i, tuple) for i in items]) and (
            key in layer._required or (not items and isinstance(setting, (PerAxis, Pairs, Padding, Count))))
        items.append(written if positional else (key, written))
    if name is not None:
        if names.expected(layer.keras_class) == name:
            names.next(layer.keras_class)
        else:
            items.append(("name", literal(name)))
    for inner in layer.inner_classes:
        names.next(inner)
    if (not layer.trainable or (frozen and not layer.states_trainable)) and layer.takes("trainable"):
        items.append(("trainable", literal(False)))
    return Bracket(f"layers.{layer.kind}", items)


def _inner_name(layer: Layer) -> str | None:
    return None if layer.name is None else layer.name.removeprefix("forward_").removeprefix("backward_")


def setting_source(key: str, value: object) -> Expr:
    """The value of a setting: a number, a word, or an object that Keras writes as a mapping."""
    if isinstance(value, dict) and "class_name" in value:
        return _object(key, value)
    return literal(value)


def _object(key: str, data: dict[str, object]) -> Expr:
    """`keras.initializers.HeNormal(seed=1)`."""
    config = data.get("config")
    if data.get("class_name") == "DTypePolicy" and isinstance(config, dict):
        return literal(config.get("name"))
    if data.get("class_name") in ("__numpy__", "__tensor__") and isinstance(config, dict):
        return Bracket("np.array", [Name(repr(config.get("value")).replace(" ", "").replace(",", ", ")), ("dtype", literal(config.get("dtype")))])
    module = data.get("module") or _MODULES.get(key.rpartition("_")[2], "keras")
    items = [(name, setting_source(name, item)) for name, item in (config or {}).items() if item is not None] if isinstance(config, dict) else []
    return Bracket(f"{module}.{data['class_name']}", items)


def operation_source(layer: Any) -> tuple[str, bool]:
    """The template of an operation on tensors, and whether its inputs are a list: `{0} + {1}`, `keras.ops.mean({0}, axis=1)`."""
    word = layer.keras_class
    if "key" in layer.said:
        return "{0}[" + layer.arguments()["key"] + "]", False
    settings = [f"{key}={setting_source(key, value).flat()}" for key, value in layer.arguments().items()
                if key not in layer.operands and key not in ("name", "dtype", "trainable") and layer.said[key] != layer._standard.get(key, layer)]
    rest = "".join([f", {_escaped(text)}" for text in settings])
    function = f"keras.ops.{snake_case(word)}"
    if layer.takes_list:
        return f"{function}({{list}}{rest})", True
    if layer.takes_many:
        return f"{function}({{all}}{rest})", True
    waiting = iter(range(len(layer.operands)))
    operands = []
    for i, name in enumerate(layer.operands):
        value = getattr(layer, name)
        if value is not None:
            operands.append(_escaped(setting_source(name, value).flat()))
        elif i < layer.arity[1]:
            operands.append(f"{{{next(waiting)}}}")
    if word in _OPERATORS and len(operands) == 2 and not settings:
        return f"{operands[0]} {_OPERATORS[word]} {operands[1]}", False
    return f"{function}({', '.join(operands)}{rest})", False


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def listed(template: str, count: int) -> str:
    """A template of a list of inputs with each of them: `[{0}, {1}]`."""
    inside = ", ".join([f"{{{i}}}" for i in range(count)])
    return template.replace("{list}", f"[{inside}]").replace("{all}", inside)


__all__ = ["Sequence", "layer_source", "listed", "operation_source", "setting_source"]
