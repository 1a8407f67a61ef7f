"""The architecture file: from its data to a graph of layers.

An entry is one call of a layer, or a structure that is written out in place: branches, a
block, a repetition. Everything that is wrong is collected; a layer that cannot be read
becomes a node without one, so that the rest can still be checked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..analysis import Model, about
from ..errors import CnncalcError, Key, SpecError, SpecErrors, did_you_mean, printable, shown
from ..graph import Graph, Names, Node, Origin, Ref, chained
from ..layers import InputLayer, Layer, build, kind_named, written_at
from ..layers.make import made
from ..layers.settings import LARGEST, whole
from .document import Document

TOP = ("name", "input", "layers", "outputs", "blocks", "defaults", "data_format")
SIBLINGS = ("name", "inputs", "repeat", "trainable", "expect")
STRUCTURES = ("parallel", "reuse", "model")
#: Nodes that repetitions and blocks may add to those that a file has written.
MOST_WRITTEN_OUT = 10_000
DEEPEST = 40

Refs = tuple[Ref, ...]
Path = tuple[Any, ...]
Opener = Callable[[str, Document], Graph]


class EntryOrigin(Origin):
    """Where an entry stands, and how its layer's settings were given there."""

    __slots__ = ("defaults", "document", "kind", "path", "users", "value", "word")

    def __init__(self, document: Document, path: Path, word: str | None, kind: type[Layer] | None,
                 value: Any, defaults: Any, users: tuple[str, ...]):
        self.document, self.path, self.word = document, path, word
        self.kind, self.value, self.defaults, self.users = kind, value, defaults, users

    def place(self, error: SpecError) -> SpecError:
        """The error with its path led through the file."""
        inside: Path = ()
        if error.path and self.kind is not None and self.word is not None:
            inside = written_at(self.kind, self.value, error.path)
            if inside or (error.path and not isinstance(self.value, dict) and self.value is not None):
                inside = (self.word, *inside)
        hint = error.hint
        if self.users:
            hint = "\n".join(filter(None, [hint, "in " + ", in ".join(self.users)]))
        placed = SpecError(error.problem, (*self.path, *inside), hint)
        placed.document = self.document
        return placed


class Scope:
    """The names that an entry can use: layers, the arguments of its block, its repetition."""

    def __init__(self, parent: Scope | None = None, prefix: str = "",
                 arguments: dict[str, Any] | None = None, source: Refs = (), user: str = ""):
        self.parent = parent
        self.prefix = prefix
        self.arguments: dict[str, Any] = arguments if arguments is not None else (parent.arguments if parent else {})
        self.source = source
        self.layers: dict[str, Refs] = {}
        self.user = user
        self.depth: int = parent.depth + 1 if parent else 0

    def users(self) -> tuple[str, ...]:
        found = (self.user,) if self.user else ()
        return found + (self.parent.users() if self.parent else ())

    def find(self, name: str) -> Refs | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.layers:
                return scope.layers[name]
            scope = scope.parent
        return None

    def known(self) -> list[str]:
        return [*self.layers, *(self.parent.known() if self.parent else ())]


def read_spec(document: Document, name: str, open_model: Opener | None = None,
              names: Names | None = None) -> tuple[Graph | None, list[CnncalcError]]:
    """The network of an architecture file, and all that is wrong with it.

    `open_model(name, document)` gives the graph that `model: name` stands for.
    """
    reader = Reader(document, open_model, names or Names())
    graph = reader.read(name)
    return graph, reader.errors


class Reader:
    """One file on its way to a graph."""

    def __init__(self, document: Document, open_model: Opener | None, names: Names):
        self.document = document
        self.open_model = open_model
        self.names = names
        self.errors: list[CnncalcError] = []
        self.nodes: list[Node] = []
        self.named: dict[str, Node] = {}
        self.blocks: dict[str, Any] = {}
        self.defaults: dict[str, dict[str, Any]] = {}
        self.data_format: str | None = None
        self.written_out = 0
        self._prototypes: dict[tuple[Any, int], tuple[Any, Layer]] = {}
        self._static: dict[int, tuple[Any, bool]] = {}
        self.first_shape: Any = None
        #: The name of the entry that is being read, once it has one.
        self.reading: str | None = None

    # The whole file.

    def read(self, name: str) -> Graph | None:
        data = self.document.data
        if data is None:
            self.wrong("the file is empty", (), "it needs at least: input: [28, 28, 1], layers: [Flatten]")
            return None
        if not isinstance(data, dict):
            self.wrong(f"the file must be a mapping with 'input' and 'layers' (got {_sort(data)})", ())
            return None
        for key in data:
            if key not in TOP:
                self.wrong(f"unknown key {shown(key)}", (Key(key),), did_you_mean(key, TOP)
                           or "a file has " + ", ".join(TOP))
        if data.get("name") is not None:
            if isinstance(data["name"], str) and data["name"].isprintable() and len(data["name"]) <= 200:
                name = data["name"]
            elif isinstance(data["name"], str):
                self.wrong(f"name must be at most 200 printable characters (got {shown(data['name'])})", ("name",))
            else:
                self.wrong(f"name must be a word (got {shown(data['name'])})", ("name",))
        self._read_data_format(data.get("data_format"))
        self._read_defaults(data.get("defaults"))
        self._read_blocks(data.get("blocks"))
        layers = data.get("layers")
        inputs = self._read_inputs(data, layers)
        scope = Scope(source=tuple(Ref(node) for node in inputs))
        for node in inputs:
            scope.layers[node.name] = (Ref(node),)
        if len(inputs) == 1:
            scope.layers.setdefault("input", (Ref(inputs[0]),))
        if "layers" not in data and nearest_key(data, "layers"):
            last: Refs = scope.source
        elif "layers" not in data:
            self.wrong("the file has no 'layers'", (), "layers is the list of the network's layers")
            last = scope.source
        else:
            last = self.sequence(layers, ("layers",), scope, scope.source, "layers")
        outputs = self._read_outputs(data, scope, last)
        if not inputs:
            return None
        graph = Graph(name, self.nodes, outputs, False, inputs)
        graph.sequential = (
            len(self.nodes) > 1 and len(outputs) == 1 and outputs[0] == (self.nodes[-1], 0)
            and chained(self.nodes) and self.nodes[0].name == "input"
            and not any(isinstance(node.layer, Model) and node.layer.results != 1 for node in self.nodes)
        )
        return graph

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
            self.wrong(f"defaults must be a mapping from layers to settings (got {_sort(value)})", ("defaults",))
            return
        for word, settings in value.items():
            try:
                kind = kind_named(word)
            except SpecError as error:
                self.add(error.under("defaults"))
                continue
            if not isinstance(settings, dict):
                self.wrong(f"the defaults of {word} must be a mapping (got {_sort(settings)})", ("defaults", word))
                continue
            from ..layers.make import by_name

            try:
                given = by_name(kind, settings)[0]
            except SpecError as error:
                self.add(SpecError(about(kind.kind, None, error.problem), ("defaults", word, *error.path), error.hint))
                continue
            kept = self.defaults.setdefault(kind.kind, {})
            for key, item in given.items():
                if kind.takes(key):
                    kept[key] = item
                else:
                    wrong = kind.unknown_setting(key)
                    self.add(SpecError(about(kind.kind, None, wrong.problem), ("defaults", word, *wrong.path), wrong.hint))

    def _read_blocks(self, value: Any) -> None:
        if value is None:
            return
        if not isinstance(value, dict):
            self.wrong(f"blocks must be a mapping from names to blocks (got {_sort(value)})", ("blocks",))
            return
        for word, block in value.items():
            path = ("blocks", word)
            if not isinstance(word, str):
                self.wrong(f"a block's name must be a word (got {shown(word)})", (*path[:-1], Key(word)))
                continue
            if word in STRUCTURES or word in SIBLINGS:
                self.wrong(f"a block cannot be called {word!r}", (*path[:-1], Key(word)), "the word has a meaning of its own")
                continue
            try:
                kind_named(word)
            except SpecError:
                pass
            else:
                self.wrong(f"a block cannot be called {word!r}", (*path[:-1], Key(word)), "a layer of Keras has that name")
                continue
            if not isinstance(block, dict):
                self.wrong(f"the block {word!r} must be a mapping with 'layers' (got {_sort(block)})", path)
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
                self.wrong(f"args must be a mapping from names to defaults (got {_sort(arguments)})", (*path, "args"))
                continue
            for key in arguments or ():
                if not isinstance(key, str) or not key.isidentifier() or key in ("i", "min", "max", "name"):
                    self.wrong(f"an argument cannot be called {shown(key)}", (*path, "args", Key(key)))
            self.blocks[word] = block

    def _read_inputs(self, data: dict[str, Any], layers: Any) -> list[Node]:
        value = data.get("input")
        if value is None:
            # Keras code often gives the input's shape to the first layer.
            if isinstance(layers, list) and layers and isinstance(layers[0], dict):
                for settings in layers[0].values():
                    if isinstance(settings, dict) and "input_shape" in settings:
                        value, self.first_shape = settings["input_shape"], settings
            if value is None:
                self.wrong("the file has no 'input'", (), "for example: input: [28, 28, 1] (height, width, channels)")
                return []
            path: Path = ("layers", 0)
        else:
            path = ("input",)
        found = []
        if isinstance(value, dict):
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
        return found

    def _input(self, name: str, sizes: Any, path: Path) -> Node | None:
        try:
            layer = InputLayer(shape=sizes)
        except SpecError as error:
            self.wrong(f"the input {error.problem.removeprefix('shape ')}", (*path, *error.path[1:]),
                       error.hint or "sizes without the batch, for example [28, 28, 1]")
            return None
        node = Node(name, layer, (), 0, EntryOrigin(self.document, path, None, None, None, None, ()))
        self.nodes.append(node)
        self.named[name] = node
        return node

    def _read_outputs(self, data: dict[str, Any], scope: Scope, last: Refs) -> Refs:
        value = data.get("outputs")
        if value is None:
            return last
        found: list[Ref] = []
        for i, word in enumerate(value if isinstance(value, list) else [value]):
            path = ("outputs", i) if isinstance(value, list) else ("outputs",)
            try:
                found += self.lookup(word, scope, "")
            except SpecError as error:
                self.add(error.under(*path))
        return tuple(found)

    # Entries.

    def sequence(self, value: Any, path: Path, scope: Scope, before: Refs, what: str) -> Refs:
        """A list of entries, each reading the one before; what the last of them gives."""
        if value is None:
            value = []
        if not isinstance(value, list):
            self.wrong(f"{what} must be a list (got {_sort(value)})", path, "begin each layer's line with '- '")
            return before
        for i, entry in enumerate(value):
            if self.written_out > MOST_WRITTEN_OUT:
                break
            before = self.entry(entry, (*path, i), scope, before)
        return before

    def entry(self, entry: Any, path: Path, scope: Scope, before: Refs) -> Refs:
        """One entry, as often as it is repeated."""
        try:
            word, value, siblings = self._parts(entry)
        except SpecError as error:
            self.add(self._in_use(error.under(*path), scope))
            return self._broken(scope, before, entry)
        try:
            inputs = before
            if siblings and "inputs" in siblings:
                inputs = self._inputs(siblings["inputs"], scope)
            times = self._repeat(siblings, scope) if siblings else None
        except SpecError as error:
            self.add(self._in_use(error.under(*path), scope))
            return self._broken(scope, before, entry)
        if times is None:
            return self._once(word, value, siblings, path, scope, inputs)
        for i in range(1, times + 1):
            if self.written_out > MOST_WRITTEN_OUT:
                break
            inner = Scope(scope, scope.prefix, {**scope.arguments, "i": i}, scope.source)
            inner.layers = scope.layers  # a repetition adds to the names around it
            inner.depth = scope.depth
            inputs = self._once(word, value, siblings, path, inner, inputs)
        return inputs

    def _parts(self, entry: Any) -> tuple[str, Any, dict[str, Any]]:
        """The key of the layer or structure, its value, and the keys beside it."""
        if isinstance(entry, str):
            return entry, None, {}
        if not isinstance(entry, dict):
            if isinstance(entry, list):
                raise SpecError("an entry must be a layer (got a list)", (), "branches stand under 'parallel'")
            raise SpecError(f"an entry must be a layer (got {shown(entry)})")
        if len(entry) == 1:
            for word, value in entry.items():
                if word not in SIBLINGS:
                    return word, value, {}
        siblings = {key: item for key, item in entry.items() if key in SIBLINGS}
        words = [key for key in entry if key not in SIBLINGS]
        if len(words) == 1:
            return words[0], entry[words[0]], siblings
        if not words:
            raise SpecError("an entry must name a layer", (), "for example: Conv2D: {filters: 32, kernel_size: 3}")
        for word in words[1:]:
            try:
                self._kind(word)
            except SpecError:
                kind = None
                try:
                    kind = kind_named(words[0])
                except SpecError:
                    pass
                if kind is not None and isinstance(word, str) and kind.takes(word):
                    raise SpecError(f"{shown(word)} must stand under {words[0]}, not beside it", (Key(word),),
                                    "indent it further, or use braces") from None
                raise SpecError(f"unknown key {shown(word)} beside {words[0]}", (Key(word),),
                                did_you_mean(word, SIBLINGS) or "beside a layer stand " + ", ".join(SIBLINGS)) from None
        raise SpecError(f"one entry names two layers, {words[0]} and {words[1]}", (Key(words[1]),),
                        "begin each layer's line with '- '")

    def _kind(self, word: Any) -> type[Layer] | None:
        """The layer of this name; `None` for a block or a structure."""
        if word in self.blocks or word in STRUCTURES:
            return None
        try:
            return kind_named(word)
        except SpecError as error:
            near = did_you_mean(word, [*self.blocks, *STRUCTURES])
            raise SpecError(error.problem, error.path, error.hint or near) from None

    def _inputs(self, value: Any, scope: Scope) -> Refs:
        value = self._resolved(value, scope, "inputs")
        words = value if isinstance(value, list) else [value]
        if not words:
            raise SpecError("inputs names no layer", ("inputs",))
        found: list[Ref] = []
        for i, word in enumerate(words):
            try:
                found += self.lookup(word, scope)
            except SpecError as error:
                place = ("inputs", i) if isinstance(value, list) else ("inputs",)
                raise error.under(*place) from None
        return tuple(found)

    def lookup(self, word: Any, scope: Scope, where: str = " before this") -> Refs:
        """What a name stands for: all outputs of a layer, or the one after a colon."""
        if not isinstance(word, str):
            raise SpecError(f"must be the name of a layer (got {shown(word)})")
        refs = scope.find(word)
        if refs is None and ":" in word:
            name, _, number = word.rpartition(":")
            refs = scope.find(name)
            if refs is not None and number.isdigit() and len(number) < 9:
                if int(number) < len(refs):
                    return (refs[int(number)],)
                raise SpecError(f"{name!r} has {len(refs)} output{'s' * (len(refs) != 1)}, counted from 0, so no {word!r}")
            refs = None
        if refs is None:
            if self._stands_later(word):
                raise SpecError(f"{word!r} stands later in the file, so this would be a cycle", (),
                                "a layer can read those before it")
            raise SpecError(f"there is no layer {shown(word)}{where}", (), did_you_mean(word, scope.known()))
        return refs

    def _stands_later(self, word: str) -> bool:
        stack: list[Any] = [self.document.data.get("layers")]
        seen = 0
        while stack and seen < 100_000:
            item = stack.pop()
            seen += 1
            if isinstance(item, list):
                stack += item
            elif isinstance(item, dict):
                if item.get("name") == word:
                    return True
                for value in item.values():
                    if isinstance(value, dict) and value.get("name") == word:
                        return True
                    if isinstance(value, list):
                        stack.append(value)
        return False

    def _repeat(self, siblings: dict[str, Any], scope: Scope) -> int | None:
        if "repeat" not in siblings:
            return None
        value = self._resolved(siblings["repeat"], scope, "repeat")
        try:
            return whole(value, 0, most=MOST_WRITTEN_OUT)
        except SpecError as error:
            raise SpecError(f"repeat {error.problem}", ("repeat",)) from None

    def _resolved(self, value: Any, scope: Scope, *path: Any) -> Any:
        if self._is_static(value):
            return value
        try:
            return resolved(value, scope.arguments)
        except SpecError as error:
            raise error.under(*path) from None

    def _is_static(self, value: Any) -> bool:
        """Whether a value has neither formulas nor braces in it."""
        if isinstance(value, str):
            return not value.startswith("=") and "{" not in value
        if not isinstance(value, (dict, list)):
            return True
        known = self._static.get(id(value))
        if known is None:
            items = value.values() if isinstance(value, dict) else value
            known = self._static[id(value)] = (value, all([self._is_static(item) for item in items]))
        return known[1]

    def _once(self, word: str, value: Any, siblings: dict[str, Any], path: Path, scope: Scope,
              inputs: Refs) -> Refs:
        if scope.depth:
            self.written_out += 1
            if self.written_out > MOST_WRITTEN_OUT:
                if self.written_out == MOST_WRITTEN_OUT + 1:
                    self.wrong(f"blocks and repetitions write out more than {MOST_WRITTEN_OUT:,} entries", path)
                return inputs
        elif "i" in scope.arguments:
            self.written_out += 1
        self.reading = None
        try:
            if word == "parallel":
                return self._parallel(value, siblings, path, scope, inputs)
            if word == "reuse":
                return self._reuse(value, siblings, path, scope, inputs)
            if word == "model":
                return self._model(value, siblings, path, scope, inputs)
            if isinstance(word, str) and word in self.blocks:
                return self._block(word, value, siblings, path, scope, inputs)
            return self._layer(word, value, siblings, path, scope, inputs)
        except SpecErrors as errors:
            for error in errors:
                if isinstance(error, SpecError):
                    self.add(self._in_use(error.under(*path), scope))
        except SpecError as error:
            self.add(self._in_use(error.under(*path) if error.document is None else error, scope))
        return self._broken(scope, inputs, {**siblings, word: value})

    def _layer(self, word: Any, value: Any, siblings: dict[str, Any], path: Path, scope: Scope,
               inputs: Refs) -> Refs:
        kind = kind_named(word) if not self.blocks else self._kind(word)
        assert kind is not None
        if kind is InputLayer or kind is Model:
            raise SpecError(f"{word} does not stand among the layers", (Key(word),),
                            "the inputs are named at the top, under 'input'" if kind is InputLayer
                            else "put another file in with 'model'")
        name, trainable = None, True
        if siblings:
            name = self._name(siblings, scope)
            trainable = self._trainable(siblings)
        if type(value) is dict and ("name" in value or "trainable" in value or value is self.first_shape):
            value = dict(value)
            if value.get("input_shape") is not None and self.first_shape is not None:
                del value["input_shape"]
                self.first_shape = None
            if "name" in value:
                inside = self._name({"name": value.pop("name")}, scope, word)
                if name is not None and inside is not None:
                    raise SpecError("the name is given twice, inside the layer and beside it", (Key("name"),))
                name = name or inside
            if "trainable" in value:
                trainable = self._trainable({"trainable": value.pop("trainable")}, word) and trainable
        for inner in kind.first_names(value) if kind.names_inside else ():
            self.names.next(inner)
        automatic = name is None
        if name is None:
            name = self.names.next(kind.keras_class)
        self.reading = name
        try:
            layer = self._made(kind, value, scope, trainable)
        except SpecErrors as errors:
            raise SpecErrors(SpecError(about(kind.kind, name, e.problem), (word, *e.path) if e.path else (), e.hint)
                             for e in errors if isinstance(e, SpecError)) from None
        except SpecError as e:
            raise SpecError(about(kind.kind, name, e.problem), (word, *e.path) if e.path else (), e.hint) from None
        for inner in layer.inner_classes:
            self.names.next(inner)
        return self._node(name, layer, siblings, path, scope, inputs, word, kind, value, automatic)

    def _made(self, kind: type[Layer], value: Any, scope: Scope, trainable: bool) -> Layer:
        """The layer that an entry describes; equal entries are read once."""
        if not self._is_static(value):
            value = resolved(value, scope.arguments)
        try:
            memo: Any = (kind, trainable, _hashable(value))
            hash(memo)
        except TypeError:
            memo = (kind, trainable, id(value))
        known = self._prototypes.get(memo)
        if known is None:
            layer = build(kind, value, self._defaults(kind), self._inside)
            if not trainable:
                layer.trainable = False
                layer.said["trainable"] = False
                layer.key = None if layer.key is None else (*layer.key, ("trainable", False))
            self._prototypes[memo] = (value, layer)
            return layer
        twin: Layer = object.__new__(kind)
        vars(twin).update(vars(known[1]))
        return twin

    def _defaults(self, kind: type[Layer]) -> dict[str, Any] | None:
        """What the file says of every layer of this kind."""
        defaults = self.defaults.get(kind.kind)
        if self.data_format is not None and "data_format" in kind.settings:
            return {"data_format": self.data_format, **(defaults or {})}
        return defaults

    def _inside(self, word: Any, settings: Any) -> Layer:
        """A layer inside another: a kind with its settings, or another file."""
        if word != "model":
            return made(word, settings, self._defaults, self._inside)
        try:
            return Model(self._opened(settings))
        except CnncalcError as error:  # one sentence: only this file can be pointed into from here
            first = next(iter(error))
            raise SpecError(f"the model {shown(settings)} cannot be read: {getattr(first, 'problem', first)}"
                            if isinstance(settings, str) else str(first)) from None

    def _node(self, name: str, layer: Layer, siblings: dict[str, Any], path: Path, scope: Scope,
              inputs: Refs, word: Any, kind: type[Layer] | None, value: Any, automatic: bool) -> Refs:
        if name in self.named:
            raise SpecError(f"the name {name!r} is used twice", (Key("name"),) if siblings and "name" in siblings else (),
                            "the other one has it " + ("from Keras's numbering" if automatic else "already")
                            + "; give one of them another name")
        origin = EntryOrigin(self.document, path, word, kind, value, None, scope.users())
        node = Node(name, layer, inputs, 0, origin)
        if siblings and "expect" in siblings:
            node.expect = siblings["expect"]
        return self._stand(node, scope)

    def _stand(self, node: Node, scope: Scope) -> Refs:
        self.nodes.append(node)
        self.named[node.name] = node
        count = node.layer.results if node.layer is not None else 1
        refs = (Ref(node),) if count == 1 else tuple([Ref(node, i) for i in range(count)])
        name = node.name
        scope.layers[name] = refs
        if scope.prefix or scope.depth:
            self._known_outside(name, refs, scope)
        return refs

    def _known_outside(self, name: str, refs: Refs, scope: Scope) -> None:
        """Let each block around know a name without its own prefix, and the file the whole name."""
        around: Scope | None = scope
        while around is not None:
            if around.prefix and name.startswith(around.prefix):
                around.layers.setdefault(name[len(around.prefix):], refs)
            if around.parent is None:
                around.layers.setdefault(name, refs)
            around = around.parent

    def _broken(self, scope: Scope, inputs: Refs, entry: Any = None) -> Refs:
        """A node in place of an entry that could not be read: what follows hangs on it."""
        name = self.reading if self.reading and self.reading not in self.named else "?"
        node = Node(name, None, inputs)
        node.word = printable(_word(entry))
        self.reading = None
        self.nodes.append(node)
        names = [name] if name != "?" else []
        for said in (entry, *entry.values()) if isinstance(entry, dict) else ():
            if isinstance(said, dict) and isinstance(said.get("name"), str):
                names.append(said["name"])
        for known in names:
            scope.layers.setdefault(known, (Ref(node),))
        return (Ref(node),)

    def _name(self, siblings: dict[str, Any], scope: Scope, inside: str | None = None) -> str | None:
        if "name" not in siblings:
            return None
        value = siblings["name"]
        path = ("name",) if inside is None else (inside, "name")
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value:
            raise SpecError(f"name must be a word (got {shown(value)})", path)
        if "/" in value or len(value) > 200 or not value.isprintable():
            raise SpecError(f"name must be at most 200 printable characters without '/' (got {shown(value)})", path)
        try:
            return scope.prefix + filled(value, scope.arguments)
        except SpecError as error:
            raise error.under(*path) from None

    def _trainable(self, siblings: dict[str, Any], *path: Any) -> bool:
        value = siblings.get("trainable", True)
        if value is True or value is False:
            return value
        raise SpecError(f"trainable must be true or false (got {shown(value)})", (*path, "trainable"))

    def _only(self, word: str, siblings: dict[str, Any], *allowed: str) -> None:
        for key in siblings:
            if key not in allowed:
                raise SpecError(f"{key} cannot stand beside {word}", (Key(key),))

    def _parallel(self, value: Any, siblings: dict[str, Any], path: Path, scope: Scope, inputs: Refs) -> Refs:
        self._only("parallel", siblings, "inputs")
        if not isinstance(value, list):
            raise SpecError(f"parallel must be a list of branches (got {_sort(value)})", ("parallel",))
        if len(value) < 2:
            raise SpecError("parallel needs at least two branches", ("parallel",), "an empty one, [], is the identity")
        found: list[Ref] = []
        for i, branch in enumerate(value):
            place = (*path, "parallel", i)
            if isinstance(branch, dict) or isinstance(branch, str):
                found += self.entry(branch, place, scope, inputs)
            else:
                found += self.sequence(branch, place, scope, inputs, "a branch")
        return tuple(found)

    def _reuse(self, value: Any, siblings: dict[str, Any], path: Path, scope: Scope, inputs: Refs) -> Refs:
        self._only("reuse", siblings, "inputs", "name", "repeat", "expect")
        value = self._resolved(value, scope, "reuse")
        if not isinstance(value, str):
            raise SpecError(f"reuse must name a layer (got {shown(value)})", ("reuse",))
        try:
            first = self.lookup(value, scope)[0].node
        except SpecError as error:
            raise error.under("reuse") from None
        if first.layer is None:
            return self._broken(scope, inputs)
        if isinstance(first.layer, InputLayer):
            raise SpecError(f"{value!r} is an input, not a layer", ("reuse",), f"to read it: inputs: {value}")
        call = 1 + max(node.call for node in self.nodes if node.layer is first.layer)
        name = self._name(siblings, scope) or f"{first.keras_name}@{call + 1}"
        if name in self.named:
            raise SpecError(f"the name {name!r} is used twice", (Key("name"),) if "name" in siblings else ())
        origin = EntryOrigin(self.document, path, None, None, None, None, scope.users())
        node = Node(name, first.layer, inputs, call, origin, siblings.get("expect"), first.keras_name)
        return self._stand(node, scope)

    def _opened(self, value: Any) -> Graph:
        """The network of another file."""
        if not isinstance(value, str):
            raise SpecError(f"model must be a file's name (got {shown(value)})")
        if self.open_model is None:
            raise SpecError("no other file can be read from here")
        return self.open_model(value, self.document)

    def _model(self, value: Any, siblings: dict[str, Any], path: Path, scope: Scope, inputs: Refs) -> Refs:
        value = self._resolved(value, scope, "model")
        try:
            graph = self._opened(value)
        except SpecErrors as errors:
            for error in errors:
                self.errors.append(error)
            return self._broken(scope, inputs)
        except SpecError as error:
            if error.document is not None:
                self.errors.append(error)
                return self._broken(scope, inputs)
            raise error.under("model") from None
        name = self._name(siblings, scope) or graph.name
        layer = Model(graph, self._trainable(siblings))
        return self._node(name, layer, siblings, path, scope, inputs, "model", None, None, False)

    def _block(self, word: str, value: Any, siblings: dict[str, Any], path: Path, scope: Scope,
               inputs: Refs) -> Refs:
        if "trainable" in siblings or "expect" in siblings:
            self._only("a block", siblings, "inputs", "repeat", "name")
        block = self.blocks[word]
        users = scope.users()
        user = f"the block {word!r}"
        if user in users:
            raise SpecError(f"the block {word!r} uses itself", (Key(word),))
        if len(users) >= DEEPEST:
            raise SpecError(f"blocks in blocks, more than {DEEPEST} deep", (Key(word),))
        arguments = self._arguments(word, block.get("args") or {}, value, scope)
        if "i" in scope.arguments:
            arguments.setdefault("i", scope.arguments["i"])
        name = self._name(siblings, scope)
        prefix = f"{name}_" if name else scope.prefix
        inner = Scope(scope, prefix, arguments, inputs, user)
        inner.layers["input"] = inputs
        last = self.sequence(block["layers"], ("blocks", word, "layers"), inner, inputs, "layers")
        if name is not None:
            self._known_outside(name, last, scope)
        return last

    def _arguments(self, word: str, known: dict[str, Any], value: Any, scope: Scope) -> dict[str, Any]:
        try:
            value = resolved(value, scope.arguments)
        except SpecError as error:
            raise error.under(word) from None
        if value is None:
            given: dict[str, Any] = {}
        elif isinstance(value, dict):
            given = value
        else:
            items = value if isinstance(value, list) else [value]
            if len(items) > len(known):
                raise SpecError(f"the block {word!r} takes {len(known)} arguments (got {len(items)})", (word,))
            given = dict(zip(known, items))
        for key in given:
            if key not in known:
                raise SpecError(f"the block {word!r} has no argument {shown(key)}", (word, Key(key)),
                                did_you_mean(key, known) or "it has " + (", ".join(map(str, known)) or "none"))
        arguments: dict[str, Any] = {}
        for key, default in known.items():
            if key in given:
                arguments[key] = given[key]
            elif default is None:
                raise SpecError(f"the block {word!r} needs {key}", (Key(word),))
            else:
                try:
                    arguments[key] = resolved(default, arguments)
                except SpecError as error:
                    raise SpecError(error.problem, (), error.hint) from None
        return arguments

    # Errors.

    def add(self, error: SpecError) -> None:
        if error.document is None:
            error.document = self.document
        # A block or a repetition meets its errors again each time.
        if len(self.errors) < 100 and not any(_same(error, other) for other in self.errors):
            self.errors.append(error)

    def wrong(self, problem: str, path: Path, hint: str | None = None) -> None:
        self.add(SpecError(problem, path, hint))

    def _in_use(self, error: SpecError, scope: Scope) -> SpecError:
        users = scope.users()
        if not users:
            return error
        hint = "\n".join(filter(None, [error.hint, "in " + ", in ".join(users)]))
        return SpecError(error.problem, error.path, hint)


def resolved(value: Any, names: dict[str, Any]) -> Any:
    """`value` with its formulas evaluated; their language is loaded with the first of them."""
    from . import formula

    return formula.resolved(value, names)


def filled(text: str, names: dict[str, Any]) -> str:
    """`text` with each `{name}` replaced by that argument."""
    if "{" not in text:
        return text
    from . import formula

    return formula.filled(text, names)


def _hashable(value: Any) -> Any:
    if type(value) is dict:
        return tuple([(key, _hashable(item)) for key, item in value.items()])
    if type(value) is list:
        return (list, *[_hashable(item) for item in value])
    return (type(value), value)  # 1, 1.0 and true are equal, and not the same


def _same(error: SpecError, other: CnncalcError) -> bool:
    return isinstance(other, SpecError) and (error.problem, error.path, error.hint, error.document) == (
        other.problem, other.path, other.hint, other.document)


def _word(entry: Any) -> str:
    """What an entry that cannot be read seems to be."""
    if isinstance(entry, dict):
        entry = next((key for key in entry if key not in SIBLINGS), "?")
    return entry if isinstance(entry, str) else "?"


def nearest_key(data: dict[Any, Any], key: str) -> bool:
    """Whether a key that the file should not have was meant to be this one."""
    return any(did_you_mean(word, TOP) == f"did you mean {key!r}?" for word in data if word not in TOP)


def _sort(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return shown(value)


assert LARGEST > MOST_WRITTEN_OUT
