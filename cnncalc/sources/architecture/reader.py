"""The architecture file: from its data to a graph of layers.

An entry is one call of a layer, or a structure that is written out in place: branches, a
block, a repetition. Everything that is wrong is collected; a layer that cannot be read
becomes a node without one, so that the rest can still be checked.
"""

from __future__ import annotations

from typing import Any

from ...analysis import Model
from ...errors import CnncalcError, Key, SpecError, about, did_you_mean, shown
from ...graph import Graph, Names, Node, Ref, chained
from ...layers import InputLayer, kind_named
from ...layers.settings import numbers_in
from ..document import Document
from .entries import STRUCTURES, Opener
from .forms import Form, form_of, is_input
from .scope import SIBLINGS, EntryOrigin, Path, Refs, Scope, sort_of
from .structures import Structures

TOP = ("name", "input", "layers", "outputs", "blocks", "defaults", "data_format", "sequential", "framework")


def read_spec(document: Document, name: str, open_model: Opener | None = None,
              names: Names | None = None) -> tuple[Graph | None, list[CnncalcError]]:
    """The network of an architecture file, and all that is wrong with it.

    `open_model(name, document)` gives the graph that `model: name` stands for.
    """
    reader = Reader(document, open_model, names or Names())
    graph = reader.read(name)
    return graph, reader.errors


class Reader(Structures):
    """One file on its way to a graph."""

    def read(self, name: str | None, around: Scope | None = None) -> Graph | None:
        """The network; `name` if it says none itself, `around` is where it stands in another one."""
        data = self.data
        if data is None:
            self.wrong("the file is empty", (), "it needs at least: input: [28, 28, 1], layers: [Flatten]")
            return None
        if not isinstance(data, dict):
            self.wrong(f"the file must be a mapping with 'input' and 'layers' (got {sort_of(data)})", (),
                       "put 'layers:' before the first entry, and the size of the input before that: input: [28, 28, 1]"
                       if isinstance(data, list) else None)
            return None
        for key in data:
            if key not in TOP:
                self.wrong(f"unknown key {shown(key)}", (Key(key),), _top_hint(key))
        if data.get("name") is not None:
            if isinstance(data["name"], str) and data["name"].isprintable() and len(data["name"]) <= 200:
                name = data["name"]
            elif isinstance(data["name"], str):
                self.wrong(f"name must be at most 200 printable characters (got {shown(data['name'])})", ("name",))
            else:
                self.wrong(f"name must be a word (got {shown(data['name'])})", ("name",))
        if "framework" in data:
            self._read_framework(data["framework"])
        if "data_format" in data:
            self._read_data_format(data["data_format"])
        self._read_defaults(data.get("defaults"))
        self._read_blocks(data.get("blocks"))
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
            self.wrong(f"the {'model' if self.base else 'file'} has no 'layers'", (), "layers is the list of the network's layers")
            last = scope.source
        else:
            last = self.sequence(layers, ("layers",), scope, scope.source, "layers")
        outputs = self._read_outputs(data, scope, last)
        if not inputs:
            return None
        stack = (
            len(self.nodes) > 1 and len(outputs) == 1 and outputs[0] == (self.nodes[-1], 0) and chained(self.nodes)
            and not any(isinstance(node.layer, Model) and node.layer.results != 1 for node in self.nodes)
        )
        said = data.get("sequential")
        if said and not stack and not self.errors:
            self.wrong("not a Sequential model: each layer must read only the previous one", ("sequential",),
                       "each of them must read just the one before it")
        sequential = stack and (said is True or (said is None and inputs[0].name == "input"))
        if name is None:
            name = self.names.next("Sequential" if sequential else "Functional")
        graph = Graph(name, self.nodes, outputs, sequential, inputs)
        graph.notes = self.noted()
        self._one_framework(graph)
        return graph

    def _one_framework(self, graph: Graph) -> None:
        """Show a network of PyTorch's kinds in PyTorch's terms; one of both frameworks is wrong."""
        graph.take_framework()
        if graph.framework == "keras":
            return
        other = next((node for node in graph.nodes if node.layer is not None and node.layer.framework == "keras"), None)
        if other is not None and other.origin is not None:
            self.add(other.origin.place(SpecError(f"{other.kind} is a layer of Keras's, in a network of PyTorch's modules", (),
                                                  "write all layers in the terms of one framework")))

    def _read_framework(self, value: Any) -> None:
        if value in ("keras", "pytorch"):
            self.framework = value
        else:
            self.wrong(f"framework must be 'keras' or 'pytorch' (got {shown(value)})", ("framework",), did_you_mean(value, ("keras", "pytorch")))

    def _read_data_format(self, value: Any) -> None:
        if value is None or value in ("channels_last", "channels_first"):
            self.data_format = value
        else:
            self.wrong(f"data_format must be 'channels_last' or 'channels_first' (got {shown(value)})",
                       ("data_format",), did_you_mean(value, ("channels_last", "channels_first")))

    def _read_defaults(self, value: Any) -> None:
        if value is None:
            return
        if not isinstance(value, dict):
            self.wrong(f"defaults must be a mapping from layers to settings (got {sort_of(value)})", ("defaults",))
            return
        for word, settings in value.items():
            try:
                kind = self.torch_kind(word) or kind_named(word)
            except SpecError as error:
                self.add(error.under("defaults"))
                continue
            if not isinstance(settings, dict):
                self.wrong(f"the defaults of {word} must be a mapping (got {sort_of(settings)})", ("defaults", word))
                continue
            from ...layers.construct import by_name

            try:
                given = by_name(kind, settings)[0]
            except SpecError as error:
                self.add(SpecError(about(kind.kind, None, error.problem), ("defaults", word, *error.path), error.hint))
                continue
            kept = self.defaults.setdefault(kind.kind, {})
            for key, item in given.items():
                try:
                    kind.read_setting(key, item)
                    kept[key] = item
                except CnncalcError as errors:
                    for e in errors:
                        if isinstance(e, SpecError):
                            self.add(SpecError(about(kind.kind, None, e.problem), ("defaults", word, *e.path), e.hint))

    def _read_blocks(self, value: Any) -> None:
        if value is None:
            return
        if not isinstance(value, dict):
            self.wrong(f"blocks must be a mapping from names to blocks (got {sort_of(value)})", ("blocks",))
            return
        for word, block in value.items():
            path = ("blocks", word)
            if not isinstance(word, str):
                self.wrong(f"a block's name must be a word (got {shown(word)})", (*path[:-1], Key(word)))
                continue
            if word in STRUCTURES or word in SIBLINGS:
                self.wrong(f"a block cannot be called {word!r}", (*path[:-1], Key(word)), "the word is reserved")
                continue
            try:
                kind_named(word)
            except SpecError:
                pass
            else:
                self.wrong(f"a block cannot be called {word!r}", (*path[:-1], Key(word)), "a layer of Keras has that name")
                continue
            self.unread_blocks.add(word)
            if not isinstance(block, dict):
                self.wrong(f"the block {word!r} must be a mapping with 'layers' (got {sort_of(block)})", path)
                continue
            for key in block:
                if key not in ("args", "layers"):
                    self.wrong(f"unknown key {shown(key)}", (*path, Key(key)),
                               did_you_mean(key, ("args", "layers")) or "a block has args, layers")
            if "layers" not in block:
                self.wrong(f"the block {word!r} has no 'layers'", path)
                continue
            arguments = block.get("args")
            if arguments is not None and not isinstance(arguments, dict):
                self.wrong(f"args must be a mapping from names to defaults (got {sort_of(arguments)})", (*path, "args"))
                continue
            for key in arguments or ():
                if not isinstance(key, str) or not key.isidentifier() or key in ("i", "min", "max", "name"):
                    self.wrong(f"an argument cannot be called {shown(key)}", (*path, "args", Key(key)))
            self.blocks[word] = block
            self.unread_blocks.discard(word)

    def _read_inputs(self, data: dict[str, Any], layers: Any) -> list[Node]:
        value = data.get("input")
        value = self._first_entry(layers, value)
        if value is None or self.input_path is not None:
            if value is None:
                if not any(_top_hint(key) == "did you mean 'input'?" for key in data if key not in TOP):
                    self.wrong(f"the {'model' if self.base else 'file'} has no 'input'", (),
                               "for example: input: [28, 28, 1] (height, width, channels)")
                return []
            assert self.input_path is not None
            path: Path = self.input_path
        else:
            path = ("input",)
        found = []
        if isinstance(value, dict) and not in_numbers(value):
            if not value:
                self.wrong("input names no inputs", path)
            for word, sizes in value.items():
                node = self._input(str(word), sizes, (*path, word))
                if node is not None:
                    found.append(node)
        else:
            node = self._input("input", value, path)
            if node is not None:
                node.keras_name = self.names.next("InputLayer")
                found.append(node)
        sequential = data.get("sequential")
        if sequential is True and len(found) == 1:
            found[0].name = "input"  # Keras does not show it; `keras_name` has what it is called
        elif sequential not in (None, True, False):
            self.wrong(f"sequential must be true or false (got {shown(sequential)})", ("sequential",))
        elif sequential and found:
            self.wrong(f"a Sequential has one input, not {len(found)}", ("sequential",))
        return found

    def _first_entry(self, layers: Any, declared: Any) -> Any:
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
            self.first_shape, self.input_path = settings, ("layers", 0, *(form.at if form.word_at is not None else (form.word,)), "input_shape")
            return settings["input_shape"]
        return declared

    def _input_entry(self, form: Form, declared: Any) -> Any:
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
                self.input_entry = ("layers", 0)
            return declared
        self.input_entry = ("layers", 0)
        self.input_path = self.input_entry
        return value

    def _input(self, name: str, sizes: Any, path: Path) -> Node | None:
        values = None
        more: dict[str, Any] = {}
        if isinstance(sizes, dict):
            from .input_values import given_input

            more = {key: sizes[key] for key in ("batch_size", "dtype") if key in sizes}
            sizes = {key: item for key, item in sizes.items() if key not in more}

            try:
                sizes, values = given_input(sizes, self.data_format == "channels_first")
            except SpecError as error:
                self.wrong(error.problem, (*path, *error.path), error.hint)
                return None
        try:
            layer = InputLayer(shape=sizes, **more)
        except SpecError as error:
            self.wrong(f"the input {error.problem.removeprefix('shape ')}", (*path, *error.path[error.path[:1] == ("shape",):]),
                       error.hint or "sizes without the batch, for example [28, 28, 1]")
            return None
        node = Node(name, layer, (), 0, EntryOrigin(self.document, (*self.base, *path), None, None, None, None, ()))
        node.given = values
        self.nodes.append(node)
        self.named[name] = node
        return node

    def _read_outputs(self, data: dict[str, Any], scope: Scope, last: Refs) -> Refs:
        value = data.get("outputs")
        if value is None:
            return last
        if value == []:
            self.wrong("outputs names no layer", ("outputs",), "without outputs, the last entry is the output")
        found: list[Ref] = []
        for i, word in enumerate(value if isinstance(value, list) else [value]):
            path = ("outputs", i) if isinstance(value, list) else ("outputs",)
            try:
                found += self.lookup(word, scope, "")
            except SpecError as error:
                self.add(error.under(*path))
        return tuple(found)


def in_numbers(value: dict[Any, Any]) -> bool:
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
}  # fmt: skip


def _top_hint(key: Any) -> str:
    """What to write in place of an unknown key of a file."""
    for name, words in WORDS.items():
        if isinstance(key, str) and key.lower() in words.split():
            return f"did you mean {name!r}?"
    return did_you_mean(key, TOP) or "a file has " + ", ".join(TOP)


def nearest_key(data: dict[Any, Any], key: str) -> bool:
    """Whether a key that the file should not have was meant to be this one."""
    return any(_top_hint(word) == f"did you mean {key!r}?" for word in data if word not in TOP)
