"""A network as Keras writes it: `model.to_json()`, or the config.json of a `.keras` archive.

Keras 3 and Keras 2 are read. Of each layer the class and its config are used, of the wiring which
layer's call reads which; the shapes that a file holds are only compared with those worked out.
"""

from __future__ import annotations

import functools
from typing import Any

from ...analysis import Model
from ...dtypes import compute_dtype
from ...errors import CnncalcError, SpecError, SpecErrors, about, shown
from ...graph import Graph, Node, Ref
from ...layers import InputLayer, Layer
from ...layers.norm import BatchNormalization, Normalization
from ..document import Document
from .calls import Call
from .layers import as_model, is_model, kind_of, layer_of
from .optimizers import optimizer_of
from .unknown import fill_stored, is_code, unknown_layer, unused_name
from .wiring import Entry, Path, Place, Wiring, counted_from_one

#: Models in models.
DEEPEST = 40
MOST_WARNINGS = 10
LONGEST_NAME = 200


def _of_keras_2(data: object) -> bool:
    """Whether Keras 2 wrote it: it says so, or its first input has `batch_input_shape` or nothing has a `module`."""
    if not isinstance(data, dict):
        return True
    version = data.get("keras_version")
    if isinstance(version, str):
        return not version.startswith("3")
    if "module" not in data:
        return True
    config = data.get("config")
    entries = config.get("layers") if isinstance(config, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        settings = entry.get("config") if isinstance(entry, dict) else None
        if isinstance(settings, dict) and ("batch_input_shape" in settings or "batch_shape" in settings):
            return "batch_input_shape" in settings
    return False


def _as_in_keras_2(layer: Any) -> None:
    """Let it freeze the layers inside, and keep its weights in the dtypes of Keras 2."""
    layer.freezes = True
    layer.infers = layer.of_keras_2 = True  # what some kinds make of their inputs
    if isinstance(layer, Normalization):
        layer.counter, layer.key = "int64", None
        layer.dtype = compute_dtype(layer.dtype)
    if isinstance(layer, BatchNormalization) and compute_dtype(layer.dtype) in ("float16", "bfloat16"):
        layer.dtype, layer.key = "float32", None
    for inner in layer.sublayers():
        if not isinstance(inner, Model):
            _as_in_keras_2(inner)


def is_keras(data: object) -> bool:
    """Whether this is what Keras writes of a model."""
    return isinstance(data, dict) and "class_name" in data and "config" in data


def read_keras(document: Document) -> tuple[Graph | None, list[CnncalcError], list[str]]:
    """The network that a file of Keras describes, all that is wrong with it, and warnings."""
    reader = Reader(document)
    graph = None
    try:
        graph = reader.model(document.data, (), ())
    except RecursionError:
        reader.wrong("is nested too deep", ())
    except CnncalcError as error:
        reader.add(error)
    return graph, reader.errors, reader.warnings


class Reader(Wiring):
    """One file on its way to a graph."""

    @functools.cached_property
    def of_keras_2(self) -> bool:
        """Whether Keras 2 wrote the file, whose frozen layers and models freeze all that is inside."""
        return _of_keras_2(self.document.data)

    # Models.

    def model(self, data: Any, path: Path, around: tuple[str, ...]) -> Graph | None:
        """The graph of a model; `around` names the models that it stands in."""
        if len(around) > DEEPEST:
            raise SpecError(f"models in models, more than {DEEPEST} deep", path)
        class_name, config = data["class_name"], data["config"]
        if isinstance(config, list):  # a Sequential of Keras before 2.2.3
            config = {"name": data.get("name", "sequential"), "layers": config}
            entries, at = config["layers"], (*path, "config")
        elif isinstance(config, dict):
            entries, at = config.get("layers"), (*path, "config", "layers")
        else:
            raise SpecError(f"config must be a mapping (got {shown(config)})", (*path, "config"))
        if not isinstance(class_name, str):
            raise SpecError(f"class_name must be a word (got {shown(class_name)})", (*path, "class_name"))
        if entries is None:
            raise SpecError(f"{shown(class_name)} has no layers in its config", (*path, "class_name"),
                            "the layers of a subclassed model are known only to its code")
        if not isinstance(entries, list):
            raise SpecError(f"layers must be a list (got {shown(entries)})", at)
        name = _named(config, "", (*path, "config"))
        if not name:
            raise SpecError(f"the {class_name} has no name", (*path, "config"))
        trainable = config.get("trainable", True)
        if trainable not in (True, False, None):
            raise SpecError(f"trainable must be true or false (got {shown(trainable)})", (*path, "config", "trainable"))
        inside = (*around, name)
        if class_name in ("Sequential", "Pipeline") and "input_layers" not in config:
            graph = self.sequential(config, entries, at, name, inside)
        else:
            graph = self.functional(config, entries, at, name, inside)
        if graph is not None and trainable is False and not around and not self.of_keras_2:
            graph.frozen = class_name != "Sequential"  # Keras does not read it of a Sequential
        if graph is not None and not around and not self.of_keras_2:
            graph.optimizer = optimizer_of(data)
        return graph

    def entry(self, data: object, path: Path, number: int, names: dict[str, Entry], around: tuple[str, ...]) -> Entry:
        """One layer, its name and class; a layer that cannot be read is `None`."""
        where = f"layer {number + 1}" + (f" of {around[-1]!r}" if len(around) > 1 else "")
        if not isinstance(data, dict):
            raise SpecError(f"{where} must be a mapping (got {shown(data)})", path)
        config = data.get("config")
        for key in ("class_name", "config"):
            if key not in data:
                raise SpecError(f"{where} has no {key}", path)
        if not isinstance(config, (dict, list)):
            raise SpecError(f"{where}: config must be a mapping (got {shown(config)})", (*path, "config"))
        name = _named(data, "", path) if "name" in data else ""
        if isinstance(config, dict):
            name, outside = _named(config, name, (*path, "config")) if "name" in config else name, name
            if data["class_name"] == "TensorFlowOpLayer" and outside == f"tf_op_layer_{name}":
                name = outside  # inside it stands without what the layer puts before it
            if outside not in ("", name):
                raise SpecError(f"{where} has two names, {shown(outside)} and {shown(name)}", (*path, "name"))
        if not name and is_code(data):  # a model of the user's own class: Keras names it anew
            name = unused_name(data["class_name"], names)
        if not name:
            raise SpecError(f"{where} has no name", path)
        if name in names:
            raise SpecError(f"the name {name!r} is used twice", path)
        entry = Entry(name, None, path, number)
        entry.word = data["class_name"] if isinstance(data["class_name"], str) else "?"
        names[name] = entry
        build = data.get("build_config")
        entry.stored = build.get("input_shape") if isinstance(build, dict) else None
        try:
            self.settle(entry, data, around)
        except CnncalcError as errors:
            self.add(errors if not around[1:] else SpecErrors([_inside(e, around) for e in errors]))
        return entry

    def settle(self, entry: Entry, data: dict[str, object], around: tuple[str, ...]) -> None:
        """Make the layer or model that an entry describes; of an operation only its kind is told yet."""
        data = as_model(data)
        if is_model(data):
            entry.layer = self.nested(data, entry.path, entry.name, around)
            return
        if is_code(data):
            entry.layer = unknown_layer(data)
            return
        try:
            kind = kind_of(data["class_name"], data)
        except SpecError as error:
            raise SpecError(f"{error.problem} (the layer {entry.name!r})", (*entry.path, *error.path), error.hint) from None
        if kind.on_tensors or kind.calls_a_function:
            entry.kind = kind
            if kind.on_tensors and isinstance(data["config"], dict) and "name" not in data["config"]:
                entry.given_name = self.automatic.next(kind.keras_class)
        else:
            entry.layer = self.layer(kind, data, entry.name, entry.path, around)
            for word in entry.layer.inner_classes:
                self.automatic.next(word)

    def layer(self, kind: type[Layer], data: dict[str, object], name: str, path: Path, around: tuple[str, ...]) -> Layer:
        """The layer that an entry describes."""
        try:
            if kind is InputLayer:
                return _input_layer(data["config"])
            layer = layer_of(kind, data["config"], lambda value, _: self.inner(value, around))
            if self.of_keras_2:
                _as_in_keras_2(layer)
                if data["class_name"] == "SyncBatchNormalization":
                    layer.keras_class = data["class_name"]  # type: ignore[misc]
            return layer
        except CnncalcError as errors:
            raise SpecErrors([
                SpecError(about(kind.kind, name, e.problem), (*path, "config", *e.path), e.hint)
                for e in errors if isinstance(e, SpecError)
            ]) from None

    def nested(self, data: Any, path: Path, name: str, around: tuple[str, ...]) -> Model | None:
        graph = self.model(data, path, around)
        if graph is None or not graph.begins():
            return None
        config = data["config"]
        # Keras 2 does not read it of a model, and Keras 3 not of a Sequential: their layers state it.
        told = isinstance(config, dict) and not self.of_keras_2 and not graph.sequential
        model = Model(graph, not told or config.get("trainable") is not False)
        model.keras_class = data["class_name"]  # type: ignore[misc]
        model.freezes = False
        return model

    def inner(self, value: object, around: tuple[str, ...]) -> Layer:
        """A model inside a layer such as TimeDistributed."""
        reader = Reader(self.document)
        reader.automatic = self.automatic
        model = reader.nested(value, (), "model", around)
        if model is None or reader.errors:
            first: object = next(iter(reader.errors))
            raise SpecError(f"has a model that cannot be read: {getattr(first, 'problem', first)}")
        return model

    # Sequential.

    def sequential(self, config: object, entries: list[object], at: Path, name: str, around: tuple[str, ...]) -> Graph | None:
        names: dict[str, Entry] = {}
        found: list[Entry] = []
        for i, data in enumerate(entries):
            try:
                found.append(self.entry(data, (*at, i), i, names, around))
            except CnncalcError as errors:
                self.add(errors)
                found.append(Entry(f"?{i}", None, (*at, i), i))
        for entry in found:
            if entry.kind is not None:
                self.wrong(f"{entry.name!r} is an operation, which a Sequential cannot contain", entry.path)
        if found and type(found[0].layer) is InputLayer:
            first: Layer | None = found[0].layer
            first_name = found.pop(0).name
        else:
            first, first_name = self.first_input(config, entries, found, at)
        if not found and not self.errors:
            self.wrong(f"the model {name!r} has no layers", at)
        if first is None or not found:
            return None
        node = Node("input", first, (), 0, Place(self.document, (*at, 0)), keras_name=first_name)
        nodes = [node]
        for entry in found:
            before = nodes[-1]
            if type(entry.layer) is InputLayer:
                self.wrong(f"the input {entry.name!r} comes after other layers", entry.path)
                entry.layer = None
            count = before.layer.results if before.layer is not None else 1
            inputs = tuple([Ref(before, i) for i in range(count)])
            nodes.append(Node(entry.name if entry.name != "input" else "input_", entry.layer, inputs, 0,
                              Place(self.document, entry.path), keras_name=entry.name))
            entry.nodes.append(nodes[-1])
        last = nodes[-1]
        outputs = [Ref(last, i) for i in range(last.layer.results if last.layer is not None else 1)]
        graph = Graph(name, nodes, outputs, True, [node])
        graph.unbuilt = at in self.unbuilt
        graph.names_masks = True
        fill_stored(found, {})
        self.compare(graph, found, {})
        return graph

    def first_input(self, config: Any, entries: list[object], found: list[Entry], at: Path) -> tuple[Layer | None, str]:
        """What a Sequential reads that has no input layer of its own."""
        sizes = config.get("build_input_shape") or config.get("batch_input_shape")
        own = entries[0].get("config") if entries and isinstance(entries[0], dict) else None
        if sizes is None and isinstance(own, dict):
            sizes = own.get("batch_input_shape")
        name = f"{found[0].name}_input" if found and sizes is not None else "input_layer"
        try:
            if sizes is not None:
                return _input_layer({"batch_shape": sizes}), name
        except SpecError as error:
            self.add(error, (*at[:-1],))
            return None, name
        layer = found[0].layer if found else None
        if isinstance(layer, Model) and len(layer.graph.inputs) == 1:
            inner = layer.graph.inputs[0].layer
            assert isinstance(inner, InputLayer)
            return InputLayer(shape=inner.shape), name
        if layer is None:
            return None, name
        self.unbuilt.add(at)  # so it declares no size
        return InputLayer(shape=(None,) * ((layer.rank or 0) + 1)), name

    # Functional.

    def functional(self, config: object, entries: list[Any], at: Path, name: str, around: tuple[str, ...]) -> Graph | None:
        names: dict[str, Entry] = {}
        for i, data in enumerate(entries):
            try:
                entry = self.entry(data, (*at, i), i, names, around)
            except CnncalcError as errors:
                self.add(errors)
                self.unread(data, (*at, i), i, names)
                continue
            self.calls(entry, data, around)
        for entry in names.values():
            if not entry.calls and not entry.unread and entry.word != "InputLayer":
                self.wrong(f"the layer {entry.name!r} is never called", (*entry.path, "inbound_nodes"))
        old_style = counted_from_one(names, config)
        order = self.in_order(names, old_style)
        if order is None:
            return None
        nodes = self.nodes(order, names, old_style)
        inputs = self.ends(config, "input_layers", names, (*at[:-1], "input_layers"), old_style)
        outputs = self.ends(config, "output_layers", names, (*at[:-1], "output_layers"), old_style)
        if inputs is None or outputs is None:
            return None
        for ref in inputs:
            if type(ref.node.layer) is not InputLayer and ref.node.layer is not None:
                self.wrong(f"{ref.node.name!r} is named as an input, but is a {ref.node.kind}", (*at[:-1], "input_layers"))
                return None
        if len(set(inputs)) < len(inputs):
            self.wrong("an input is named twice", (*at[:-1], "input_layers"))
            return None
        for node in nodes:
            if type(node.layer) is InputLayer and Ref(node) not in inputs:
                self.wrong(f"the input {node.name!r} is not among the model's inputs", (*at[:-1], "input_layers"))
                return None
        graph = Graph(name, nodes, outputs, False, [ref.node for ref in inputs])
        self.all_read(graph, names)
        graph.names_masks = self.names_masks(names)
        calls = {node: call for entry in names.values() for node, call in zip(entry.nodes, entry.calls)}
        fill_stored(names.values(), calls)
        self.compare(graph, list(names.values()), calls)
        return graph

    def unread(self, data: object, path: Path, number: int, names: dict[str, Entry]) -> None:
        """Keep the name of a layer that cannot be read, for those that read it."""
        config = data.get("config") if isinstance(data, dict) else None
        for told in (data, config):
            name = told.get("name") if isinstance(told, dict) else None
            if isinstance(name, str) and name.isprintable() and name and name not in names:
                names[name] = Entry(name, None, path, number)
                names[name].unread = True

    # Stored shapes.

    def compare(self, graph: Graph, entries: list[Entry], calls: dict[Node, Call]) -> None:
        """Warn where a shape that the file holds is not the one worked out."""
        from .shapes import differences

        if not any(node.layer is None for node in graph.nodes):
            for text in differences(graph, entries, calls):
                if len(self.warnings) <= MOST_WARNINGS:
                    self.warnings.append(text if len(self.warnings) < MOST_WARNINGS else "and more differences")


def _named(config: dict[str, object], default: str, path: Path) -> str:
    name = config.get("name")
    if name is None:
        return default
    if not isinstance(name, str):
        raise SpecError(f"name must be a word (got {shown(name)})", (*path, "name"))
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise SpecError(f"name must be at most {LONGEST_NAME} printable characters (got {shown(name)})", (*path, "name"))
    return name


def _input_layer(config: object) -> Layer:
    if not isinstance(config, dict):
        raise SpecError(f"config must be a mapping (got {shown(config)})")
    key = "batch_shape" if config.get("batch_shape") is not None else "batch_input_shape"
    sizes = config.get(key)
    if sizes is None and config.get("shape") is not None:
        key, sizes = "shape", config["shape"]
        sizes = [None, *sizes] if isinstance(sizes, list) else sizes
    if not isinstance(sizes, list) or not sizes:
        raise SpecError(f"{key} must be a list of sizes (got {shown(sizes)})", (key,))
    more = {}
    if sizes[0] is not None:
        more["batch_size"] = sizes[0]
        if type(sizes[0]) is not int or sizes[0] < 1:
            raise SpecError(f"the batch must be a whole number (got {shown(sizes[0])})", (key, 0))
    if config.get("dtype") not in (None, "float32"):
        from .layers import _policy

        more["dtype"] = _policy(config["dtype"])
    try:
        return InputLayer(shape=sizes[1:], **more)
    except SpecError as error:
        raise SpecError(error.problem, (key,), error.hint) from None


def _inside(error: CnncalcError, around: tuple[str, ...]) -> CnncalcError:
    if not isinstance(error, SpecError):
        return error
    hint = "\n".join(filter(None, [error.hint, "in the model " + ", in ".join(map(repr, reversed(around[1:])))]))
    told = SpecError(error.problem, error.path, hint)
    told.document = error.document
    return told
