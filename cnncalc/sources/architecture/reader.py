"""The architecture file: from its data to a graph of layers.

An entry is one call of a layer, or a structure that is written out in place: branches, a
block, a repetition. Everything that is wrong is collected; a layer that cannot be read
becomes a node without one, so that the rest can still be checked.
"""

from __future__ import annotations

from collections.abc import Callable

from ...analysis import Model
from ...errors import CnncalcError, Key, SpecError, SpecErrors, did_you_mean, shown
from ...graph import Graph, Names, Node, Ref, chained
from ...layers import InputLayer
from ...layers.settings import numbers_in
from ..document import Document
from .declarations import Declarations
from .entries import Entries
from .forms import Form, form_of, is_input
from .nodes import Nodes
from .problems import Problems
from .scope import SIBLINGS, EntryOrigin, Path, Refs, Scope, sort_of
from .structures import DEEPEST, Structures

Opener = Callable[[str, Document], Graph]

#: Steps of the path to a model inside models: three for each, at least.
MODELS_DEEP = 3 * DEEPEST

TOP = ("name", "input", "layers", "outputs", "blocks", "defaults", "data_format", "sequential", "framework", "trainable")


def read_spec(document: Document, name: str, open_model: Opener | None = None,
              names: Names | None = None) -> tuple[Graph | None, list[CnncalcError]]:
    """The network of an architecture file, and all that is wrong with it.

    `open_model(name, document)` gives the graph that `model: name` stands for.
    """
    reader = Reader(document, open_model, names or Names())
    graph = reader.read(name)
    return graph, reader.problems.errors


class Reader:
    """One file on its way to a graph: `data`, which begins at `base`, a model in the file of the reader `around`, or all of it."""

    def __init__(self, document: Document, open_model: Opener | None, names: Names, data: object = None, base: Path = (),
                 around: Reader | None = None):
        self.document, self.open_model = document, open_model
        self.data = data if around is not None else document.data
        self.problems: Problems = Problems(document, base, around.problems.notes if around else None)
        self.declared: Declarations = Declarations(self.problems, around.declared if around else None)
        self.nodes = Nodes(names, self.data)
        self.entries = Entries(self.problems, self.declared, self.nodes, self.opened)
        Structures(self.entries)
        #: Where the size of the input stands, if it is among the layers.
        self.input_path: Path | None = None

    def read(self, name: str | None, around: Scope | None = None) -> Graph | None:
        """The network; `name` if it says none itself, `around` is where it stands in another one."""
        data = self.data
        if data is None:
            self.problems.wrong("the file is empty", (), "it needs at least: input: [28, 28, 1], layers: [Flatten]")
            return None
        if not isinstance(data, dict):
            self.problems.wrong(f"the file must be a mapping with 'input' and 'layers' (got {sort_of(data)})", (),
                       "put 'layers:' before the first entry, and the size of the input before that: input: [28, 28, 1]"
                       if isinstance(data, list) else None)
            return None
        for key in data:
            if key not in TOP:
                self.problems.wrong(f"unknown key {shown(key)}", (Key(key),), _top_hint(key))
        if data.get("name") is not None:
            if isinstance(data["name"], str) and data["name"].isprintable() and len(data["name"]) <= 200:
                name = data["name"]
            elif isinstance(data["name"], str):
                self.problems.wrong(f"name must be at most 200 printable characters (got {shown(data['name'])})", ("name",))
            else:
                self.problems.wrong(f"name must be a word (got {shown(data['name'])})", ("name",))
        self.declared.read(data)
        layers = data.get("layers")
        inputs = self._read_inputs(data, layers)
        scope = Scope(source=tuple(Ref(node) for node in inputs), arguments=around.arguments if around else None)
        if around is not None and (around.depth or "i" in around.arguments):
            scope.depth = 1  # what is written out again and again counts
        for node in inputs:
            scope.layers[node.name] = scope.layers[node.keras_name] = (Ref(node),)
        if len(inputs) == 1:
            scope.layers.setdefault("input", (Ref(inputs[0]),))
        if "layers" not in data and nearest_key(data, "layers"):
            last: Refs = scope.source
        elif "layers" not in data:
            self.problems.wrong(f"the {'model' if self.problems.base else 'file'} has no 'layers'", (), "layers is the list of the network's layers")
            last = scope.source
        else:
            last = self.entries.sequence(layers, ("layers",), scope, scope.source, "layers")
        outputs = self._read_outputs(data, scope, last)
        if not inputs:
            return None
        nodes = self.nodes.all
        stack = (
            len(nodes) > 1 and len(outputs) == 1 and outputs[0] == (nodes[-1], 0) and chained(nodes)
            and not any(isinstance(node.layer, Model) and node.layer.results != 1 for node in nodes)
        )
        said = data.get("sequential")
        if said and not stack and not self.problems.errors:
            self.problems.wrong("not a Sequential model: each layer must read only the previous one", ("sequential",),
                       "each of them must read just the one before it")
        sequential = stack and (said is True or (said is None and inputs[0].name == "input"))
        if name is None:
            name = self.nodes.names.next("Sequential" if sequential else "Functional")
        graph = Graph(name, nodes, outputs, sequential, inputs)
        graph.frozen = self._frozen(data, around is not None)
        graph.notes = self.problems.noted()
        self._one_framework(graph)
        return graph

    def _frozen(self, data: dict[str, object], nested: bool) -> bool:
        """Whether the file freezes the whole network."""
        if nested and "trainable" in data:
            self.problems.wrong("trainable of a nested model belongs to its entry", ("trainable",), "write it next to 'model', not inside it")
            return False
        try:
            return not self.entries.trainable(data)
        except SpecError as error:
            self.problems.wrong(error.problem, error.path, error.hint)
            return False

    def _one_framework(self, graph: Graph) -> None:
        """Show a network of PyTorch's kinds in PyTorch's terms; one of both frameworks is wrong."""
        graph.take_framework()
        if graph.framework == "keras":
            return
        other = next((node for node in graph.nodes if node.layer is not None and node.layer.framework == "keras"), None)
        if other is not None and other.origin is not None:
            self.problems.add(other.origin.place(SpecError(f"{other.kind} is a layer of Keras's, in a network of PyTorch's modules", (),
                                                  "write all layers in the terms of one framework")))

    def _read_inputs(self, data: dict[str, object], layers: object) -> list[Node]:
        value = data.get("input")
        value = self._first_entry(layers, value)
        if value is None or self.input_path is not None:
            if value is None:
                if not any(_top_hint(key) == "did you mean 'input'?" for key in data if key not in TOP):
                    self.problems.wrong(f"the {'model' if self.problems.base else 'file'} has no 'input'", (),
                               "for example: input: [28, 28, 1] (height, width, channels)")
                return []
            assert self.input_path is not None
            path: Path = self.input_path
        else:
            path = ("input",)
        found = []
        if isinstance(value, dict) and not in_numbers(value):
            if not value:
                self.problems.wrong("input names no inputs", path)
            for word, sizes in value.items():
                node = self._input(str(word), sizes, (*path, word))
                if node is not None:
                    found.append(node)
        else:
            node = self._input("input", value, path)
            if node is not None:
                node.keras_name = self.nodes.names.next("InputLayer")
                found.append(node)
        sequential = data.get("sequential")
        if sequential is True and len(found) == 1:
            found[0].name = "input"  # Keras does not show it; `keras_name` has what it is called
        elif sequential not in (None, True, False):
            self.problems.wrong(f"sequential must be true or false (got {shown(sequential)})", ("sequential",))
        elif sequential and found:
            self.problems.wrong(f"a Sequential has one input, not {len(found)}", ("sequential",))
        return found

    def _first_entry(self, layers: object, declared: object) -> object:
        """The size of the input, where the first entry gives it: an Input, or an `input_shape` as in Keras code."""
        first = layers[0] if isinstance(layers, list) and layers else None
        try:
            form = form_of(first)
        except SpecError:
            return declared  # it is reported where the entry is read
        if form is None:
            if isinstance(first, str):
                form = Form(first, None, {})
            elif isinstance(first, dict):
                word = next((key for key in first if key not in SIBLINGS), None)
                form = Form(word, first.get(word), {key: first[key] for key in first if key != word})
            else:
                return declared
        settings = form.value
        if is_input(form):
            return self._input_entry(form, declared)
        if declared is None and isinstance(settings, dict) and "input_shape" in settings:
            self.entries.first_shape, self.input_path = settings, ("layers", 0, *(form.at if form.word_at is not None else (form.word,)), "input_shape")
            return settings["input_shape"]
        return declared

    def _input_entry(self, form: Form, declared: object) -> object:
        """The size that an input layer among the entries gives; it is no layer of its own."""
        value = form.value
        key = None
        if isinstance(value, dict):
            key = next((key for key in ("shape", "input_shape", "batch_shape", "batch_input_shape") if key in value), None)
            value = value.get(key) if key is not None else None
        elif isinstance(value, list) and len(value) == 1 and isinstance(value[0], (list, str)):
            value = value[0]
        if isinstance(value, str):
            value = numbers_in(value)
        if key is not None and key.startswith("batch") and isinstance(value, list):
            value = value[1:]
        if declared is not None:
            said = numbers_in(declared)
            if value is None or said == value:
                self.entries.input_entry = ("layers", 0)
            return declared
        self.entries.input_entry = ("layers", 0)
        self.input_path = self.entries.input_entry
        return value

    def _input(self, name: str, sizes: object, path: Path) -> Node | None:
        values = None
        more: dict[str, object] = {}
        if isinstance(sizes, dict):
            from .input_values import given_input

            more = {key: sizes[key] for key in ("batch_size", "dtype") if key in sizes}
            sizes = {key: item for key, item in sizes.items() if key not in more}

            try:
                sizes, values = given_input(sizes, self.declared.data_format == "channels_first")
            except SpecError as error:
                self.problems.wrong(error.problem, (*path, *error.path), error.hint)
                return None
        try:
            layer = InputLayer(shape=sizes, **more)
        except SpecError as error:
            self.problems.wrong(f"the input {error.problem.removeprefix('shape ')}", (*path, *error.path[error.path[:1] == ("shape",):]),
                       error.hint or "sizes without the batch, for example [28, 28, 1]")
            return None
        node = Node(name, layer, (), 0, EntryOrigin(self.problems.document, (*self.problems.base, *path), None, None, None, None, ()))
        node.given = values
        self.nodes.all.append(node)
        self.nodes.named[name] = node
        return node

    def opened(self, value: object, path: Path, scope: Scope | None = None) -> Graph:
        """The network of another file, or the one that stands here, at `path`."""
        if isinstance(value, dict):
            return self._written_here(value, path, scope or Scope())
        if not isinstance(value, str):
            raise SpecError(f"model must be a file's name, or a model itself (got {shown(value)})")
        if self.open_model is None:
            raise SpecError("no other file can be read from here")
        return self.open_model(value, self.document)

    def _written_here(self, value: dict[str, object], path: Path, scope: Scope) -> Graph:
        """A model inside the file, which has the form of a file; what it does not say of itself
        is as the file around it says."""
        if len(self.problems.base) > MODELS_DEEP:
            raise SpecError(f"models in models, more than {DEEPEST} deep")
        inner = Reader(self.document, self.open_model, self.nodes.names, value, (*self.problems.base, *path), self)
        inner.entries.written_out = self.entries.written_out
        graph = inner.read(None, scope)
        self.entries.written_out = inner.entries.written_out
        if inner.problems.errors or graph is None:
            errors = SpecErrors(inner.problems.errors or [SpecError("the model has no input")])
            errors.partial = graph if graph is not None and graph.begins() else None
            raise errors
        return graph

    def _read_outputs(self, data: dict[str, object], scope: Scope, last: Refs) -> Refs:
        value = data.get("outputs")
        if value is None:
            return last
        if value == []:
            self.problems.wrong("outputs names no layer", ("outputs",), "without outputs, the last entry is the output")
        found: list[Ref] = []
        for i, word in enumerate(value if isinstance(value, list) else [value]):
            path = ("outputs", i) if isinstance(value, list) else ("outputs",)
            try:
                found += self.nodes.lookup(word, scope, "")
            except SpecError as error:
                self.problems.add(error.under(*path))
        return tuple(found)


def in_numbers(value: dict[object, object]) -> bool:
    """Whether this is one input with its values, not a mapping from names to inputs."""
    if "values" not in value and "maps" not in value:
        return False
    from . import input_values as given

    return given.in_numbers(value)


#: Other words for the keys of a file.
WORDS = {
    "input": "inputs input_shape input_size shape inputshape inputsize image image_size in input_layer batch_input_shape data size",
    "layers": "layer model architecture network net structure stack sequence modules",
    "name": "title model_name network_name id",
    "outputs": "output out",
    "data_format": "dim_ordering image_data_format format channels order",
    "blocks": "block definitions functions",
    "defaults": "default partial common",
}


def _top_hint(key: object) -> str:
    """What to write in place of an unknown key of a file."""
    for name, words in WORDS.items():
        if isinstance(key, str) and key.lower() in words.split():
            return f"did you mean {name!r}?"
    return did_you_mean(key, TOP) or "a file has " + ", ".join(TOP)


def nearest_key(data: dict[object, object], key: str) -> bool:
    """Whether a key that the file should not have was meant to be this one."""
    return any(_top_hint(word) == f"did you mean {key!r}?" for word in data if word not in TOP)
