"""Layers of a Keras file that are code, and what the file states of the shapes around them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ...analysis import Model
from ...errors import SpecError, printable
from ...graph import Node, snake_case
from ...layers import InputLayer, Shape
from ...layers.unknown import Unknown
from .layers import is_model, kind_of
from .shapes import shapes_in

if TYPE_CHECKING:
    from .calls import Call
    from .wiring import Entry

#: Keras's layers whose function, module or network is code or lies elsewhere.
CODE = ("Lambda", "TFSMLayer", "JaxLayer", "FlaxLayer", "TorchModuleWrapper")
#: The longest class name.
LONGEST = 200
#: Settings that hold layers.
INSIDE = ("layer", "backward_layer", "forward_layer", "cell", "cells", "layers")


def is_code(entry: dict[str, object]) -> bool:
    """Whether what a layer computes is not in the file: a Lambda, a class of the user's, or a layer that holds one."""
    name, config = entry.get("class_name"), entry.get("config")
    if not isinstance(name, str) or not isinstance(config, dict):
        return False
    if name in CODE:
        return True
    module = entry.get("module")
    if isinstance(module, str) and (".ops." in module or ".activations." in module):
        return False  # an operation of Keras
    try:
        kind_of(name, entry)
    except SpecError as error:
        return error.hint is None or not error.hint.startswith("did you mean")
    return _holds_code(config)


def _holds_code(config: object) -> bool:
    """Whether a layer, or a model, that the settings hold is code, or holds some."""
    if not isinstance(config, dict):
        return False
    inside = [config.get(key) for key in INSIDE]
    layers = [item for value in inside for item in (value if isinstance(value, list) else [value])]
    return any([_holds_code(item.get("config")) if is_model(item) else is_code(item)
                for item in layers if isinstance(item, dict) and "class_name" in item])


def unknown_layer(entry: dict[str, Any]) -> Unknown:
    """The layer of such an entry, which is kept to be written again."""
    config = entry["config"]
    return Unknown(printable(entry["class_name"].rpartition(">")[2])[:LONGEST], trainable=config.get("trainable") is not False,
                   entry={key: value for key, value in entry.items() if key not in ("inbound_nodes", "build_config")})


def fill_stored(entries: Iterable[Entry], calls: Mapping[Node, Call]) -> None:
    """Tell each node the shapes of its outputs that the file states: what the layers that read it say they read.

    A Lambda can state its own output.
    """
    for entry in entries:
        for i, node in enumerate(entry.nodes):
            if type(node.layer) is InputLayer:
                continue
            call = calls.get(node)
            tensors = [tensor for tensor in call.tensors if not tensor.beside] if call is not None else []
            stated = list(shapes_in(entry.stored)) if i == 0 else []
            for place, ref in enumerate(node.inputs):
                shape = next(shapes_in(tensors[place].shape), None) if place < len(tensors) else None
                if shape is None and len(stated) == len(node.inputs):
                    shape = stated[place]
                if shape is not None:
                    ref.node.stored.setdefault(ref.output, Shape(shape))
            if type(node.layer) is Unknown and node.layer.keras_class == "Lambda":
                own = node.layer.entry["config"].get("output_shape")
                if isinstance(own, list) and own and all(n is None or (type(n) is int and 0 < n < 2**63) for n in own):
                    node.stored.setdefault(0, Shape(own))
    for entry in entries:
        for node in entry.nodes[:1]:
            _pass_inside(node)


def _pass_inside(node: Node) -> None:
    """What comes out of a nested model comes out of layers in it, which the file does not say of them."""
    if type(node.layer) is Model:
        for i, ref in enumerate(node.layer.graph.outputs):
            if i in node.stored and type(ref.node.layer) is not InputLayer:
                ref.node.stored.setdefault(ref.output, node.stored[i])
                _pass_inside(ref.node)


def unused_name(class_name: str, names: Container[str]) -> str:
    """A name as Keras makes one of a class, `my_model_1`, that no other layer has."""
    name = first = printable(snake_case(class_name.rpartition(">")[2]))[:LONGEST] or "layer"
    number = 0
    while name in names:
        number += 1
        name = f"{first}_{number}"
    return name
