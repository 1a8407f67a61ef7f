"""A network as Keras 3 writes it: a text that `keras.models.model_from_json` loads.

What is at its default is left out; the shapes that Keras asks for are those worked out.
"""

from __future__ import annotations

from typing import Any

from ...analysis import Model, Step, Trace
from ...dtypes import compute_dtype
from ...errors import SpecError, SpecErrors
from ...graph import Graph, Node, Ref, without_masks
from ...layers import UNKNOWN, InputLayer, Layer
from ...layers.construct import Sub
from ...layers.unknown import Unknown
from ..architecture.writer import declared

Data = dict[str, Any]
#: Settings without which Keras does not load a layer, although they have a default.
NEEDED = {"Rescaling": ("offset",), "ops.MaxPool": ("data_format",), "ops.AveragePool": ("data_format",)}


def keras_json(trace: Trace, adapted: bool = False) -> str:
    """The text; SpecErrors for what Keras cannot build. `adapted`: see spec_text."""
    import json

    problems = _problems(trace)
    if problems:
        raise SpecErrors([_told(note, nodes) for note, nodes in problems.items()])
    return json.dumps(Writer(adapted).model(trace)) + "\n"


def _problems(trace: Trace) -> dict[str, list[Node]]:
    """Why Keras 3 would not build the network, and the layers for which that is so."""
    found: dict[str, list[Node]] = {}
    for step in trace.steps:
        said = [note for note in step.notes if note.startswith("Keras cannot")]
        if type(step.node.layer) is Unknown and step.node.layer.entry is None:
            said.append("Keras cannot build it: its code is not in the file")
        elif step.node.layer is not None and step.node.layer.own_code:
            said.append("Keras cannot build it without its code")
        if step.outputs is not None and UNKNOWN in step.outputs and not trace.graph.sequential:
            said.append("Keras cannot read its output, whose shape is unknown")
        if "/" in step.node.keras_name:
            said.append("Keras 3 takes no '/' in names")
        for note in said:
            found.setdefault(note, []).append(step.node)
        if step.inner is not None and not step.node.call:
            for note, nodes in _problems(step.inner).items():
                found.setdefault(note, []).extend(nodes)
    return found


def _told(note: str, nodes: list[Node]) -> SpecError:
    first, others = nodes[0], len(nodes) - 1
    hint = f"the same is so of {others} other layer{'s' * (others > 1)}" if others else None
    error = SpecError(f"{first.kind} {first.name!r}: {note}", (), hint)
    return first.origin.place(error) if first.origin is not None else error


class Writer:
    """A network on its way to Keras's data."""

    def __init__(self, adapted: bool = False):
        self.adapted = adapted

    def model(self, trace: Trace, name: str | None = None, frozen: bool = False) -> Data:
        """A model; of a frozen one every layer is, as Keras writes it."""
        graph = trace.graph
        config: Data = {"name": name or graph.name}
        if frozen or graph.frozen:
            config["trainable"] = False
        if graph.sequential:
            layers = [self.input_layer(graph.nodes[0], trace)]
            # Keras does not read of a Sequential that it is frozen: its layers state it.
            layers += [self.layer(node, trace, frozen or graph.frozen) for node in graph.nodes[1:]]
            config["layers"] = layers
            return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}
        config["layers"] = self.layers(trace, frozen)
        config["input_layers"] = [[node.keras_name, 0, 0] for node in graph.inputs]
        outputs = [[ref.node.keras_name, self.number(ref.node, graph), ref.output] for ref in graph.outputs]
        config["output_layers"] = outputs if len(outputs) > 1 else outputs[0]
        return {"module": "keras.src.models.functional", "class_name": "Functional", "config": config,
                "registered_name": "Functional"}

    def number(self, node: Node, graph: Graph) -> int:
        """Which call of its layer a node is, as Keras counts them for outputs."""
        made = isinstance(node.layer, Model) and not node.layer.graph.sequential
        return node.call + 1 if made else node.call

    def layers(self, trace: Trace, frozen: bool) -> list[Data]:
        """Each layer of a Functional model, with all its calls."""
        steps = trace.by_node()
        entries: dict[object, Data] = {}
        for node in without_masks(trace.graph):
            layer = node.layer
            assert layer is not None
            if layer not in entries:
                made = self.input_layer(node, trace) if type(layer) is InputLayer else self.layer(node, trace, frozen)
                entries[layer] = {**made, "name": node.keras_name, "inbound_nodes": []}
            if type(layer) is not InputLayer:
                tensors = [self.tensor(ref, steps[ref.node]) for ref in node.inputs]
                entries[layer]["inbound_nodes"].append(call(layer, tensors))
        return list(entries.values())

    def tensor(self, ref: Ref, step: Step) -> Data:
        dtype = compute_dtype(ref.node.layer.dtype if ref.node.layer is not None else None)
        history = [ref.node.keras_name, ref.node.call, ref.output]
        return {"class_name": "__keras_tensor__", "config": {
            "shape": [None, *(step.outputs or ())[ref.output]], "dtype": dtype, "keras_history": history}}

    def input_layer(self, node: Node, trace: Trace) -> Data:
        layer = node.layer
        assert isinstance(layer, InputLayer)
        shape = (trace.by_node()[node].output or ()) if self.adapted else layer.shape
        config = {"batch_shape": [layer.batch_size, *shape], "dtype": layer.dtype or "float32", "sparse": False,
                  "name": node.keras_name}
        return _object("keras.layers", "InputLayer", config)

    def layer(self, node: Node, trace: Trace, frozen: bool) -> Data:
        layer = node.layer
        assert layer is not None
        if isinstance(layer, Model):
            inner = trace.by_node()[node].inner if self.adapted else declared(layer)
            assert inner is not None
            data = self.model(inner, node.keras_name, inside_frozen(layer, frozen))
            if not layer.trainable:
                data["config"]["trainable"] = False
            return data
        if type(layer) is Unknown:
            return {**layer.entry, "config": {**layer.entry["config"], "name": node.keras_name}}
        return self.written(layer, node.keras_name, frozen)

    def written(self, layer: Layer, name: str | None, frozen: bool = False) -> Data:
        """A layer by itself; of a frozen one those inside are frozen, as Keras writes it."""
        within = inside_frozen(layer, frozen)
        told = layer.arguments()
        config: Data = {} if name is None else {"name": name}
        operands = getattr(layer, "operands", ())
        config.update({key: getattr(layer, key) for key in NEEDED.get(layer.kind, ())})
        for key, value in layer.said.items():
            if key in ("name", "key") or key in operands or value == layer._standard.get(key, self):
                continue
            if isinstance(layer.settings.get(key), Sub) and value is not None:
                inner = [self.model(declared(one), None, within) if isinstance(one, Model) else
                         self.written(one, one.name, within) for one in layer.settings[key].layers(value)]
                config[key] = inner if isinstance(value, tuple) else inner[0]
            else:
                config[key] = told[key]
        module = getattr(layer, "module", None)
        if layer.takes("trainable") and not hasattr(layer, "operands"):
            config.pop("trainable", None)
            if not layer.trainable or (frozen and not layer.states_trainable):
                config["trainable"] = False
        if module is None:
            return _object("keras.layers", layer.kind, config)
        module = module if module.startswith("keras.") else f"keras.src.{module}"
        return {**_object(module, layer.keras_class, config), "registered_name": layer.keras_class}


def inside_frozen(layer: Layer, frozen: bool) -> bool:
    """Whether the layers inside a layer are frozen; `frozen` says so of what it stands in."""
    return (frozen and not layer.states_trainable) or (layer.freezes and not layer.trainable)


def _object(module: str, class_name: str, config: Data) -> Data:
    return {"module": module, "class_name": class_name, "config": config, "registered_name": None}


def call(layer: Any, tensors: list[Data]) -> Data:
    """The arguments of a call, as Keras writes them."""
    args: list[Any]
    kwargs: Data = {}
    if hasattr(layer, "operands"):
        args = operation_arguments(layer, tensors)
    elif hasattr(layer, "states_argument"):
        args = tensors[:1]
        if len(tensors) > 1:
            kwargs[layer.states_argument] = layer.arranged(tensors[1:])
    elif getattr(layer, "separate_inputs", False):
        args = tensors
    elif len(tensors) > 1 or (layer.arity[1] is None and not isinstance(layer, Model)):
        args = [tensors]
    else:
        args = tensors
    return {"args": args, "kwargs": kwargs}


def operation_arguments(layer: Any, tensors: list[Data]) -> list[object]:
    """The arguments of an operation, constants in their places."""
    if layer.takes_list or layer.takes_many:
        return [tensors] if layer.takes_list else list(tensors)
    waiting = iter(tensors)
    args = [getattr(layer, name) if getattr(layer, name) is not None else next(waiting, None) for name in layer.operands]
    while args and args[-1] is None:
        args.pop()
    if "key" in layer.said:
        args.append([_part(item) for item in layer.said["key"]])
    return [_constant(arg) for arg in args]


def _part(item: object) -> object:
    if item is ...:
        return {"class_name": "__ellipsis__", "config": {}}
    if isinstance(item, slice):
        return {"class_name": "__slice__", "config": {"start": item.start, "stop": item.stop, "step": item.step}}
    return item


def _constant(value: object) -> object:
    """An array for a list of numbers: Keras knows the shape of an array only."""
    if isinstance(value, (list, tuple)) and value and not any(isinstance(item, (dict, slice)) or item is None for item in value):
        numbers = [value]
        while isinstance(numbers[0], (list, tuple)):
            numbers = [item for row in numbers for item in row]
        dtype = "int32" if all(type(item) is int for item in numbers) else "float32"
        return {"class_name": "__numpy__", "config": {"value": list(value), "dtype": dtype}}
    return value
