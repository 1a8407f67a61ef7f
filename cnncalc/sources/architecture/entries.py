"""The entries of an architecture file: one call of a layer each, as often as it is repeated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...analysis import Model
from ...errors import CnncalcError, Key, SpecError, SpecErrors, about, did_you_mean, printable, shown
from ...graph import Graph, Names, Node, Ref
from ...layers import KINDS, InputLayer, Layer, build, kind_named
from ...layers.construct import REFUSED, made
from ...layers.settings import whole
from ...layers.unknown import Unknown, assumption
from ..document import A_LIST, Document
from .forms import Form, form_of, kind_meant, misspelled
from .scope import (
    SIBLINGS,
    EntryOrigin,
    Path,
    Refs,
    Scope,
    ShapesSoFar,
    filled,
    hashable,
    resolved,
    same,
    sort_of,
    word_of,
)

STRUCTURES = ("parallel", "reuse", "model")
#: Nodes that repetitions and blocks may add to those that a file has written.
MOST_WRITTEN_OUT = 5_000

Opener = Callable[[str, Document], Graph]
#: Errors that are kept of one file; of what else is wrong with it not even a hint is looked for.
MOST_ERRORS = 100


class Entries:
    """One file on its way to a graph."""

    def __init__(self, document: Document, open_model: Opener | None, names: Names):
        self.document = document
        #: What is read, and where it stands in the document: all of it, or a model inside it.
        self.data: Any = document.data
        self.base: Path = ()
        self.open_model = open_model
        self.names = names
        self.errors: list[CnncalcError] = []
        self.nodes: list[Node] = []
        self.named: dict[str, Node] = {}
        self.blocks: dict[str, Any] = {}
        #: Those that are there, and cannot be used: why has been said.
        self.unread_blocks: set[str] = set()
        self.defaults: dict[str, dict[str, Any]] = {}
        self.data_format: str | None = None
        self.framework = "keras"
        self.written_out = 0
        self._prototypes: dict[tuple[Any, int], tuple[Any, Layer]] = {}
        self._static: dict[int, tuple[Any, bool]] = {}
        self.first_shape: Any = None
        #: Where an entry stands that only gives the size of the input.
        self.input_entry: Path | None = None
        #: Where the size of the input stands, if it is among the layers.
        self.input_path: Path | None = None
        #: Guesses, with the places where they were made.
        self.notes: dict[str, list[Path]] = {}
        #: Those of other files that this one names.
        self.others: list[str] = []
        self.shapes = ShapesSoFar(self.nodes)
        #: The name of the entry that is being read, once it has one.
        self.reading: str | None = None

    # Entries.

    def sequence(self, value: Any, path: Path, scope: Scope, before: Refs, what: str) -> Refs:
        """A list of entries, each reading the one before; what the last of them gives."""
        if value is None:
            value = []
        if not isinstance(value, list):
            self.wrong(f"{what} must be a list (got {sort_of(value)})", path, A_LIST.replace("layers is", f"{what} is"))
            return before
        for i, entry in enumerate(value):
            if self.written_out > MOST_WRITTEN_OUT:
                break
            before = self.entry(entry, (*path, i), scope, before)
        return before

    def entry(self, entry: Any, path: Path, scope: Scope, before: Refs) -> Refs:
        """One entry, as often as it is repeated."""
        try:
            form = form_of(entry) or Form(*self._parts(entry))
        except SpecError as error:
            self.add(self._in_use(error.under(*path) if error.document is None else error, scope))
            return self._broken(scope, before, entry)
        siblings = form.siblings
        if path == self.input_entry:
            return before
        try:
            inputs = before
            if siblings and "inputs" in siblings:
                inputs = self._inputs(siblings["inputs"], scope)
            times = self._repeat(siblings, scope) if siblings else None
        except SpecError as error:
            self.add(self._in_use(error.under(*path), scope))
            return self._broken(scope, before, entry)
        if times is None:
            return self._once(form, path, scope, inputs)
        for i in range(1, times + 1):
            if self.written_out > MOST_WRITTEN_OUT:
                break
            inner = Scope(scope, scope.prefix, {**scope.arguments, "i": i}, scope.source)
            inner.layers = scope.layers  # a repetition adds to the names around it
            inner.depth = scope.depth
            inputs = self._once(form, path, inner, inputs)
        return inputs

    def _parts(self, entry: Any) -> tuple[str, Any, dict[str, Any]]:
        """The key of the layer or structure, its value, and the keys beside it."""
        if isinstance(entry, str):
            return entry, None, {}
        if not isinstance(entry, dict):
            if isinstance(entry, list):
                raise SpecError("an entry must be a layer (got a list)", (), "branches go under 'parallel'")
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
                    raise SpecError(f"{shown(word)} belongs under {words[0]}, not next to it", (Key(word),),
                                    "indent it further, or use braces") from None
                raise SpecError(f"unknown key {shown(word)} next to {words[0]}", (Key(word),),
                                did_you_mean(word, SIBLINGS) or "the keys next to a layer are " + ", ".join(SIBLINGS)) from None
        raise SpecError(f"one entry names two layers, {words[0]} and {words[1]}", (Key(words[1]),),
                        "begin each layer's line with '- '")

    def torch_kind(self, word: Any) -> type[Layer] | None:
        """The module of PyTorch's that a word means where the file is in PyTorch's terms."""
        if self.framework != "pytorch" or not isinstance(word, str):
            return None
        try:
            return KINDS[f"nn.{word}"]
        except KeyError:
            return None

    def _kind(self, word: Any, value: Any = None) -> type[Layer] | None:
        """The layer of this name; `None` for a block or a structure."""
        if word in self.blocks or word in STRUCTURES or word in self.unread_blocks:
            return None
        try:
            return self.torch_kind(word) or kind_named(word, len(self.errors) < MOST_ERRORS, value)
        except SpecError as error:
            if len(self.errors) >= MOST_ERRORS:
                raise
            near = did_you_mean(word, [*self.blocks, *STRUCTURES])
            raise SpecError(error.problem, error.path, error.hint or near) from None

    def _kind_in(self, form: Form, path: Path, inputs: Refs) -> type[Layer]:
        """The kind of an entry's layer; where a word is read in place of its name, that is noted."""
        known = self.torch_kind(form.word) if self.framework == "pytorch" else None
        if known is None and isinstance(form.word, str):
            known = KINDS.get(form.word)
        if known is not None:
            return known
        try:
            kind = self._kind(form.word, form.value)
            assert kind is not None
            return kind
        except SpecError:
            entry = form.word if form.value is None else {form.word: form.value}
            cause = misspelled(entry) if isinstance(form.word, str) and form.word_at is None else None
            if len(self.errors) >= MOST_ERRORS or form.word in REFUSED:
                raise
            if cause is not None:
                raise SpecError(cause.problem, (Key(form.word),), cause.hint) from None
            try:
                kind = kind_meant(form.word, form.value, lambda: self.shapes.of(inputs))
            except SpecError as error:
                near = did_you_mean(form.word, [*self.blocks, *STRUCTURES])
                raise SpecError(error.problem, error.path, error.hint or near) from None
        place = form.word_at if form.word_at is not None else (Key(form.word),)
        self.note(f"{shown(form.word)} is read as {kind.kind}", (*path, *place))
        return kind

    def note(self, text: str, path: Path) -> None:
        """Report a guess with its location; the same one again is only counted."""
        self.notes.setdefault(text, []).append((*self.base, *path))

    def noted(self) -> list[str]:
        """The guesses, each with the place of the first and how many more there are."""
        found = [*self.others]
        for text, places in self.notes.items():
            line, column, _ = self.document.locate(places[0])
            more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
            found.append(f"{printable(self.document.name)}:{line + 1}:{column + 1}: note: {text}{more}")
        return found

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
            raise SpecError(f"the name of a layer must be a word (got {shown(word)})")
        refs = scope.find(word)
        if refs is None and ":" in word:
            name, _, number = word.rpartition(":")
            refs = scope.find(name)
            if refs is not None and number.isdecimal() and len(number) < 9:
                if int(number) < len(refs):
                    return (refs[int(number)],)
                raise SpecError(f"{name!r} has {len(refs)} output{'s' * (len(refs) != 1)}, counted from 0, so no {word!r}")
            refs = None
        if refs is None:
            if self._stands_later(word):
                raise SpecError(f"{word!r} comes later in the file, so this would be a cycle", (),
                                "a layer can only read earlier ones")
            raise SpecError(f"there is no layer {shown(word)}{where}", (), did_you_mean(word, scope.known()))
        return refs

    def _stands_later(self, word: str) -> bool:
        stack: list[Any] = [self.data.get("layers")]
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

    def _written_out(self, many: int, path: Path) -> bool:
        """Whether so many more entries may be written out; the first time that they may not, it is said."""
        before = self.written_out
        self.written_out += many
        if before <= MOST_WRITTEN_OUT < self.written_out:
            self.wrong(f"blocks and repetitions write out more than {MOST_WRITTEN_OUT:,} entries", path)
        return self.written_out <= MOST_WRITTEN_OUT

    def _once(self, form: Form, path: Path, scope: Scope, inputs: Refs) -> Refs:
        word, value, siblings = form[:3]
        if scope.depth:
            if not self._written_out(1, path):
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
            if isinstance(word, str) and word in self.unread_blocks:
                return self._broken(scope, inputs, {word: value})
            return self._layer(form, path, scope, inputs)
        except SpecErrors as errors:
            for error in errors:
                if isinstance(error, SpecError):
                    self.add(self._in_use(form.place(error).under(*path), scope))
        except SpecError as error:
            self.add(self._in_use(form.place(error).under(*path) if error.document is None else error, scope))
        return self._broken(scope, inputs, {**siblings, word: value})

    def _layer(self, form: Form, path: Path, scope: Scope, inputs: Refs) -> Refs:
        word, value, siblings = form[:3]
        if word == "Lambda" or (siblings and "assume" in siblings and isinstance(word, str) and word not in KINDS):
            return self._unknown(form, path, scope, inputs)
        kind = self._kind_in(form, path, inputs)
        if kind is InputLayer or kind is Model:
            raise SpecError(f"{word} is not one of the layers", (Key(word),),
                            "the inputs are named at the top, under 'input'" if kind is InputLayer
                            else "put another file in with 'model'")
        name, trainable = None, None
        if "assume" in siblings:
            raise SpecError(f"assume cannot be used with {word}", (Key("assume"),), "its output follows from its settings; a Lambda or a "
                            "layer of your own can be assumed to have one")
        if siblings:
            name = self._name(siblings, scope)
            trainable = self._trainable(siblings) if "trainable" in siblings else None
        if type(value) is dict and ("name" in value or "trainable" in value or value is self.first_shape):
            value = dict(value)
            if value.get("input_shape") is not None and self.first_shape is not None:
                del value["input_shape"]
                self.first_shape = None
            if "name" in value:
                inside = self._name({"name": value.pop("name")}, scope, word)
                if name is not None and inside is not None:
                    raise SpecError("the name is given twice, inside the layer and next to it", (Key("name"),))
                name = name or inside
            if "trainable" in value:
                trainable = self._trainable({"trainable": value.pop("trainable")}, word) and trainable is not False
        for inner in kind.first_names(value) if kind.names_inside else ():
            self.names.next(inner)
        automatic = name is None
        if name is None:
            name = self.names.next(kind.keras_class)
        self.reading = name
        try:
            layer = self._made(kind, value, scope, trainable)
        except SpecErrors as errors:
            raise SpecErrors(SpecError(about(kind.kind, name, e.problem), (word, *e.path) if e.path else (), _beside(kind, e))
                             for e in errors if isinstance(e, SpecError)) from None
        except SpecError as e:
            raise SpecError(about(kind.kind, name, e.problem), (word, *e.path) if e.path else (), e.hint) from None
        for inner in layer.inner_classes:
            self.names.next(inner)
        return self._node(name, layer, siblings, path, scope, inputs, word, kind, value, automatic, form)

    def _unknown(self, form: Form, path: Path, scope: Scope, inputs: Refs) -> Refs:
        """A layer that is code: its settings are not looked into, and `assume` has the shape of its output."""
        word, value, siblings = form[:3]
        settings = dict(value) if isinstance(value, dict) else {}
        name = self._name(siblings, scope)
        if "name" in settings:
            inside = self._name({"name": settings.pop("name")}, scope, word)
            if name is not None:
                raise SpecError("the name is given twice, inside the layer and next to it", (Key("name"),))
            name = inside
        trainable = self._trainable(siblings) and self._trainable({"trainable": settings.pop("trainable", True)}, word)
        automatic = name is None
        self.reading = name = name or self.names.next(word)
        layer = Unknown(printable(word), settings, trainable)
        if siblings.get("assume", "?") not in ("?", None):
            try:
                layer.assume(assumption(self._resolved(siblings["assume"], scope, "assume")))
            except SpecError as error:
                raise SpecError(error.problem, error.path or ("assume",), error.hint) from None
        return self._node(name, layer, siblings, path, scope, inputs, word, Unknown, value, automatic, form)

    def _made(self, kind: type[Layer], value: Any, scope: Scope, trainable: bool | None) -> Layer:
        """The layer that an entry describes; equal entries are read once."""
        if not self._is_static(value):
            value = resolved(value, scope.arguments)
        try:
            memo: Any = (kind, trainable, hashable(value))
            hash(memo)
        except TypeError:
            memo = (kind, trainable, id(value))
        known = self._prototypes.get(memo)
        if known is None:
            layer = build(kind, value, self._defaults(kind), self._inside)
            if trainable is not None:
                layer.trainable = layer.said["trainable"] = trainable
                layer.key = None if layer.key is None else (*layer.key, ("trainable", trainable))
            self._prototypes[memo] = (value, layer)
            return layer
        return known[1].replaced()

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
            return Model(self._opened(settings, ()))
        except CnncalcError as error:  # one sentence: only this file can be pointed into from here
            first = next(iter(error))
            raise SpecError(f"the model {shown(settings)} cannot be read: {getattr(first, 'problem', first)}"
                            if isinstance(settings, str) else str(first)) from None

    def _node(self, name: str, layer: Layer, siblings: dict[str, Any], path: Path, scope: Scope,
              inputs: Refs, word: Any, kind: type[Layer] | None, value: Any, automatic: bool, form: Form | None = None) -> Refs:
        if name in self.named:
            raise SpecError(f"the name {name!r} is used twice", (Key("name"),) if siblings and "name" in siblings else (),
                            "the other one has it " + ("from Keras's numbering" if automatic else "already")
                            + "; give one of them another name")
        at = (word,) if form is None or form.word_at is None else form.at
        origin = EntryOrigin(self.document, (*self.base, *path), at, kind, value, None, scope.users())
        node = Node(name, layer, inputs, 0, origin)
        if siblings and "expect" in siblings:
            node.expect = siblings["expect"]
        if siblings and "weights" in siblings:
            if kind is None:
                raise SpecError("weights cannot be used with model", (Key("weights"),), "put them in its own file")
            node.given = self._resolved(siblings["weights"], scope, "weights")
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
        node.word = printable(word_of(entry))
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
        if len(value) > 200 or not value.isprintable():
            raise SpecError(f"name must be at most 200 printable characters (got {shown(value)})", path)
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
                raise SpecError(f"{key} cannot be used with {word}", (Key(key),))

    # Structures, and errors.

    def _parallel(self, value: Any, siblings: dict[str, Any], path: Path, scope: Scope, inputs: Refs) -> Refs:
        raise NotImplementedError

    _reuse = _model = _parallel

    def _block(self, word: str, value: Any, siblings: dict[str, Any], path: Path, scope: Scope,
               inputs: Refs) -> Refs:
        raise NotImplementedError

    def _opened(self, value: Any, path: Path, scope: Scope | None = None) -> Graph:
        raise NotImplementedError

    def add(self, error: SpecError) -> None:
        if error.document is None:
            error = error.under(*self.base)
            error.document = self.document
        # A block or a repetition meets its errors again each time.
        if len(self.errors) < MOST_ERRORS and not any(same(error, other) for other in self.errors):
            self.errors.append(error)

    def wrong(self, problem: str, path: Path, hint: str | None = None) -> None:
        self.add(SpecError(problem, path, hint))

    def _in_use(self, error: SpecError, scope: Scope) -> SpecError:
        users = scope.users()
        if not users:
            return error
        hint = "\n".join(filter(None, [error.hint, "in " + ", in ".join(users)]))
        return SpecError(error.problem, error.path, hint)


def _beside(kind: type[Layer], error: SpecError) -> str | None:
    """The hint of an error in a layer's settings; where a setting stands that belongs beside the layer, to put it there."""
    key = error.path[0] if len(error.path) == 1 and isinstance(error.path[0], Key) else None
    if key is None or key not in SIBLINGS:
        return error.hint
    return f"{key} goes next to the layer: {{{kind.kind}: ..., {key}: ...}}"
