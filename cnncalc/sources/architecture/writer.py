"""A network as an architecture file: readable YAML, in which defaults are left out.

It is made in two steps: plain data in the form of a file, then its text. Reading the text
gives the same network.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...analysis import Model, Step, Trace
from ...errors import SpecError
from ...graph import Graph, Names, Node, Ref, chained, without_masks
from ...layers import UNKNOWN, InputLayer, Layer
from ...layers.construct import Sub, by_name
from ...layers.unknown import Assumed, Unknown
from .text import written

#: How often a kind must occur before what all of them say moves to the top of the file.
OFTEN = 3
#: Settings that say what a layer is, and stay with it.
OWN = ("filters", "units", "name")


def spec_text(trace: Trace, adapted: bool = False) -> str:
    """The architecture file of a network; `adapted` says that its models follow its inputs."""
    return "".join([f"{line}\n" for line in written(Writer(trace, adapted).data)])


class Writer:
    """A network on its way to the data of a file."""

    def __init__(self, trace: Trace, adapted: bool = False):
        self.names = Names()
        self.adapted = adapted
        #: Whether something around freezes what does not state `trainable: true`, in the network.
        self.frozen = False
        #: Whether the network is frozen as a whole, in which no layer may state `trainable: true`.
        self.all_frozen = trace.graph.frozen
        #: The same in the file; `None` where every layer states it.
        self.stuck: bool | None = False
        self.defaults: dict[str, dict[str, object]] = {}
        self.defaults = _shared(list(_layers_in(trace.graph)), self)
        self.data = self.model(trace)

    def model(self, trace: Trace, top: bool = True) -> dict[str, object]:
        """A model in the form of a file."""
        graph = trace.graph
        nodes = without_masks(graph)
        words: dict[Node, str] = {}
        data: dict[str, object] = {"name": graph.name}
        data["input"], sequential = self.inputs(trace, words)
        if sequential is not None:
            data["sequential"] = sequential
        if top and graph.frozen:
            data["trainable"] = False
        if top and self.defaults:
            data["defaults"] = self.defaults
        data["layers"] = entries = []
        before: tuple[Ref, ...] = tuple([Ref(node) for node in graph.inputs])
        steps = trace.by_node()
        firsts: dict[Layer, str] = {}
        for node in nodes:
            if type(node.layer) is InputLayer:
                continue
            assert node.layer is not None
            entry = self.entry(node, steps[node], firsts, words)
            if node.inputs != before:
                entry["inputs"] = self.reads(node.inputs, words, steps)
            if node.expect is not None:
                entry["expect"] = node.expect
            if node.given is not None:
                entry["weights"] = node.given
            entries.append(entry)
            before = tuple([Ref(node, i) for i in range(len(steps[node].outputs or ()))])
        if graph.outputs != before:
            data["outputs"] = self.reads(graph.outputs, words, steps)
        return data

    def inputs(self, trace: Trace, words: dict[Node, str]) -> tuple[object, bool | None]:
        """The inputs, and whether the model is a Sequential where that must be said."""
        graph = trace.graph
        steps = trace.by_node()
        sizes: dict[str, Any] = {}
        for node in graph.inputs:
            layer = node.layer
            assert isinstance(layer, InputLayer)
            shape = (steps[node].output or ()) if self.adapted else layer.shape
            more: dict[str, object] = {key: getattr(layer, key) for key in ("batch_size", "dtype") if key in layer.said}
            if node.given is not None:
                more["values"] = node.given if isinstance(node.given, str) else node.given.nested()
            sizes[node.keras_name] = {"shape": list(shape), **more} if more else list(shape)
            words[node] = node.keras_name
        only = graph.inputs[0]
        # Without a name it is called as Keras would call it, and the file as a plain stack is a Sequential.
        unnamed = len(sizes) == 1 and only.name == "input" and only.keras_name == self.names.expected("InputLayer")
        stack = chained(without_masks(graph)) and len(graph.nodes) > 1 and not any(
            isinstance(node.layer, Model) and node.layer.results != 1 for node in graph.nodes)
        said = sizes[only.keras_name]
        if unnamed and (isinstance(said, list) or said.keys() == {"shape", "values"}):
            self.names.next("InputLayer")
            words[only] = "input"
            return said, False if stack and not graph.sequential else None
        supposed = stack and only.keras_name == "input"
        return sizes, None if supposed == graph.sequential else graph.sequential

    def reads(self, refs: tuple[Ref, ...], words: dict[Node, str], steps: dict[Node, Step]) -> str | list[str]:
        """The outputs that something reads, as a file names them."""
        found: list[str] = []
        i = 0
        while i < len(refs):
            node = refs[i].node
            count = len(steps[node].outputs or ())
            if refs[i : i + count] == tuple([Ref(node, k) for k in range(count)]):
                found.append(words[node])
                i += count
            else:
                found.append(f"{words[node]}:{refs[i].output}")
                i += 1
        for word in found:
            if word.startswith("="):
                raise SpecError(f"the name {word!r} cannot be written: text that begins with '=' is a formula")
        return found[0] if len(found) == 1 else found

    def entry(self, node: Node, step: Step, firsts: dict[Layer, str], words: dict[Node, str]) -> dict[str, object]:
        """One call of a layer."""
        layer = node.layer
        assert layer is not None
        words[node] = node.name
        if layer in firsts:
            first = firsts[layer]
            automatic = f"{node.keras_name}@{node.call + 1}"
            return {"reuse": first, **({} if node.name == automatic else {"name": node.name})}
        firsts[layer] = node.name
        if isinstance(layer, Model):
            return self.nested(node, layer, step)
        settings = self.settings(layer)
        if type(layer) is Unknown:
            return self.unknown(node, layer, step, settings)
        if layer.own_code:
            return self.of_own_code(node, layer, step)
        if not layer.fixed_results:
            settings = layer.counting(settings, len(step.outputs or ()))
        if node.name != self.names.expected(layer.keras_class):
            settings = {"name": node.name, **settings}
        else:
            self.names.next(layer.keras_class)
        for inner in layer.inner_classes:
            self.names.next(inner)
        return {layer.kind: short(type(layer), settings)}

    def unknown(self, node: Node, layer: Unknown, step: Step, settings: dict[str, object]) -> dict[str, object]:
        """A layer that is code, with the shape that is known of its output."""
        if node.name != self.names.expected(layer.keras_class):
            settings = {"name": node.name, **settings}
        else:
            self.names.next(layer.keras_class)
        entry: dict[str, object] = {layer.keras_class: settings or None}
        if not layer.trainable:
            entry["trainable"] = False
        if layer.assumed is not None:
            entry["assume"] = str(layer.assumed)
        elif step.outputs and UNKNOWN not in step.outputs:
            entry["assume"] = str(Assumed(step.outputs))
        elif layer.keras_class != "Lambda":
            entry["assume"] = "?"
        return entry

    def of_own_code(self, node: Node, layer: Layer, step: Step) -> dict[str, object]:
        """A layer whose code is not a layer's of ours: its outputs and parameters as assumptions."""
        weights = list(layer.weights(*step.inputs))
        trained = {weight.trainable for weight in weights}
        if len(trained) > 1:
            raise SpecError(f"{node.name}: an architecture file cannot say which weights of {layer.keras_class} are trained")
        written = Unknown(layer.keras_class, trainable=layer.trainable and trained != {False})
        written.assume(Assumed(step.outputs, sum([weight.count for weight in weights])))
        return self.unknown(node, written, step, {})

    def nested(self, node: Node, layer: Model, step: Step) -> dict[str, object]:
        trace = step.inner if self.adapted else declared(layer)
        assert trace is not None
        trained, around = self.trained(layer), (self.frozen, self.stuck)
        self.frozen, self.stuck = self.freezes(layer), not trained
        data = self.model(trace, False)
        self.frozen, self.stuck = around
        data["name"] = node.keras_name
        entry: dict[str, object] = {"model": data}
        if node.name != node.keras_name:
            entry["name"] = node.name
        if trained is self.stuck and not (trained and self.all_frozen):
            entry["trainable"] = trained
        return entry

    def trained(self, layer: Layer) -> bool:
        """Whether a layer is trainable where it stands."""
        if layer.trainable and (not self.frozen or layer.states_trainable):
            return True
        if layer.freezes or not layer.has_layers:
            return False
        # A file of ours cannot say that it is frozen and what it makes inside, or a model in it, is not.
        inner = list(layer.sublayers())
        return not inner or any(isinstance(one, Model) and _any_trained(one.graph) for one in inner)

    def freezes(self, layer: Layer) -> bool:
        """Whether it freezes the layers inside."""
        return (self.frozen and not layer.states_trainable) or (layer.freezes and not layer.trainable)

    def settings(self, layer: Layer) -> dict[str, object]:
        """What a layer is told beyond the file's defaults, in the order of its arguments."""
        said = {key: value for key, value in self.told(layer).items() if key != "name"}
        known = self.defaults.get(layer.kind, {})
        rest = {key: value for key, value in said.items() if key not in known or known[key] != value}
        order = [*layer.settings, *rest]
        return {key: rest[key] for key in sorted(rest, key=order.index)}

    def told(self, layer: Layer) -> dict[str, object]:
        trained = self.trained(layer)
        told = {key: value for key, value in layer.arguments().items() if key != "trainable"}
        if layer.takes("trainable") and not layer.on_tensors and (self.stuck is None or trained is self.stuck) and not (
                trained and self.all_frozen):
            told["trainable"] = trained
        for key in getattr(layer, "operands", ()):
            value = told.get(key)
            if isinstance(value, dict) and value["config"].get("dtype") == "float32":
                told[key] = value["config"]["value"]  # lists are read as such an array
        around = self.frozen, self.stuck
        self.frozen = self.freezes(layer)
        self.stuck = not trained
        if not trained and any(map(self.trained, layer.sublayers())):
            self.stuck = None
        for key, setting in layer.settings.items():
            if isinstance(setting, Sub) and layer.said.get(key) is not None:
                value = layer.said[key]
                told[key] = [self.inside(one) for one in value] if isinstance(value, tuple) else self.inside(value)
        self.frozen, self.stuck = around
        return told

    def inside(self, layer: Layer) -> object:
        """A layer inside another."""
        if isinstance(layer, Model):
            return {"model": self.model(declared(layer), False)}
        settings = self.settings(layer)
        name = layer.name
        if name is not None:
            name = name.removeprefix("forward_").removeprefix("backward_")
        if name is not None and name != self.names.expected(layer.keras_class):
            settings = {"name": name, **settings}
        else:
            self.names.next(layer.keras_class)
        return {layer.kind: settings} if settings else layer.kind


def declared(model: Model) -> Trace:
    """The steps of a model on inputs of the sizes that it was made with."""
    from ...layers import Shape

    return model.trace(tuple([Shape(node.layer.shape) for node in model.graph.inputs]))  # type: ignore[union-attr]


def short(kind: type[Layer], settings: dict[str, object]) -> object:
    """The settings as short as they can be said: nothing, the first of them, or two by their places."""
    if not settings:
        return None
    names = list(kind.settings)[: len(settings)]
    plain = all(type(value) in (int, float, str, bool) or value is None for value in settings.values())
    if kind.named_settings:
        return settings  # `ops.Subtract: 2` would not say what is subtracted from what
    if len(settings) <= 2 and list(settings) == names and plain:
        value = settings[names[0]] if len(names) == 1 else list(settings.values())
        try:
            if value is not None and by_name(kind, value)[0] == settings:
                return value
        except SpecError:
            pass
    return settings


def _any_trained(graph: Graph) -> bool:
    return any(layer.trainable for layer in _layers_in(graph))


def _layers_in(graph: Graph) -> Iterator[Layer]:
    """Every layer of a network once, those inside other layers and models too."""
    seen = set()
    for node in without_masks(graph):
        layer = node.layer
        if layer is None or layer in seen or type(layer) is InputLayer:
            continue
        seen.add(layer)
        if type(layer) is Unknown:
            continue
        if isinstance(layer, Model):
            yield from _layers_in(layer.graph)
            continue
        yield layer
        waiting = _layers_of(layer)
        while waiting:
            inner = waiting.pop()
            if isinstance(inner, Model):
                yield from _layers_in(inner.graph)
            elif inner is not None:
                yield inner
                waiting += _layers_of(inner)


def _layers_of(layer: Layer) -> list[Layer]:
    """The layers and models that are settings of a layer."""
    return [inner for key, setting in layer.settings.items() if isinstance(setting, Sub) and layer.said.get(key) is not None
            for inner in setting.layers(layer.said[key])]


def _shared(layers: list[Layer], writer: Writer) -> dict[str, dict[str, object]]:
    """What all layers of a kind say, for kinds that occur often."""
    kinds: dict[str, list[Layer]] = {}
    for layer in layers:
        kinds.setdefault(layer.kind, []).append(layer)
    found = {}
    for kind, several in kinds.items():
        if len(several) < OFTEN:
            continue
        told = [writer.told(layer) if not layer.names_inside else layer.arguments() for layer in several]
        shared = {
            key: value for key, value in told[0].items()
            if key not in OWN and not isinstance(several[0].settings.get(key), Sub)
            and all([key in other and _alike(other[key], value) for other in told])
        }
        if shared:
            order = [*several[0].settings, *shared]
            found[kind] = {key: shared[key] for key in sorted(shared, key=order.index)}
    return found


def _alike(a: object, b: object) -> bool:
    return type(a) is type(b) and bool(a == b)
