"""A network with settings of some layers changed: `conv2d.padding=same`."""

from __future__ import annotations

from collections.abc import Mapping

from .analysis import Model
from .errors import CnncalcError, SpecError, did_you_mean, listed, shown
from .graph import Graph, Node
from .layers import Layer, build
from .layers.construct import by_name


def changed(graph: Graph, changes: Mapping[str, object]) -> Graph:
    """The network with `LAYER.SETTING` set to new values.

    Everything before the last dot is the layer's name, `model/layer` for one inside a model. The nodes
    of `graph` itself get new layers; all calls of a shared layer change together.
    """
    errors: list[CnncalcError] = []
    for key, value in changes.items():
        name, _, setting = key.rpartition(".")
        try:
            if not name or not setting:
                raise SpecError(f"{shown(key)} is not a setting of a layer such as conv2d.padding")
            nodes, node = _find(graph, name)
            layer = _with(node, setting, value)
        except CnncalcError as error:
            errors += error
            continue
        for other in [other for other in nodes if other.layer is node.layer]:
            other.layer = layer
    if errors:
        from .errors import SpecErrors

        raise errors[0] if len(errors) == 1 else SpecErrors(errors)
    return graph


def _find(graph: Graph, name: str) -> tuple[tuple[Node, ...], Node]:
    """The nodes among which a layer is, and its first node."""
    node = next((node for node in graph.nodes if node.name == name), None)
    if node is not None:
        return graph.nodes, node
    for outer in graph.nodes:
        if isinstance(outer.layer, Model) and name.startswith(outer.name + "/"):
            return _find(outer.layer.graph, name[len(outer.name) + 1:])
    names = [node.name for node in graph.nodes]
    raise SpecError(f"there is no layer {shown(name)} in {graph.name}", (), did_you_mean(name, names) or listed("it has", names))


def _with(node: Node, setting: str, value: object) -> Layer:
    """The layer of a node with one setting changed."""
    layer = node.layer
    if layer is None:
        raise SpecError(f"{node.name!r} could not be read, so its {setting} cannot be set")
    try:
        if isinstance(layer, Model):
            if setting != "trainable" or not isinstance(value, bool):
                raise SpecError("is a model: only its trainable can be set", (), f"its layers are named {node.name}/LAYER.{setting}")
            return Model(layer.graph, value)
        if setting == "name":
            raise SpecError("keeps its name", (), "names are set in the file")
        named, _ = by_name(type(layer), {setting: value})  # a letter stands for its setting
        twin = build(type(layer), {**layer.arguments(), **named})
    except CnncalcError as error:
        first = next(iter(error))
        problem, hint = (first.problem, first.hint) if isinstance(first, SpecError) else (str(first), None)
        raise SpecError(f"{node.kind} {node.name!r} {problem}", (), hint) from None
    twin.name = layer.name
    return twin


def assignments(texts: tuple[str, ...]) -> dict[str, object]:
    """`NAME=VALUE` texts as a mapping; the values are YAML."""
    from .sources.document import Document

    found: dict[str, object] = {}
    for text in texts:
        key, sign, value = text.partition("=")
        if not sign or not key.strip():
            raise SpecError(f"{shown(text)} is not LAYER.SETTING=VALUE, such as conv2d.padding=same")
        try:
            found[key.strip()] = Document("<value>", value).data
        except SpecError as error:
            raise SpecError(f"the value of {key.strip()} cannot be read: {error.problem}", (), error.hint) from None
    return found
