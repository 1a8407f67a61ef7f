"""The entries of an architecture file: one call of a layer each, as often as it is repeated."""

from __future__ import annotations

from collections.abc import Callable

from ...analysis import Model
from ...errors import CnncalcError, Key, SpecError, SpecErrors, about, did_you_mean, printable, shown
from ...graph import Graph, Node, Ref
from ...layers import KINDS, InputLayer, Layer, build, kind_named
from ...layers.construct import made
from ...layers.settings import whole
from ...layers.unknown import Unknown, assumption
from ..document import A_LIST
from .declarations import Declarations
from .forms import Form, form_of
from .nodes import Nodes
from .problems import Problems
from .scope import SIBLINGS, EntryOrigin, Path, Refs, Scope, filled, hashable, resolved, sort_of

#: Nodes that repetitions and blocks may add to those that a file has written.
MOST_WRITTEN_OUT = 5_000

#: What writes a structure out in place: its value, the keys next to it, its place, the names it can use, what it reads.
Structure = Callable[[object, dict[str, object], Path, Scope, Refs], Refs]


class Entries:
    """The entries of one file, read one after another into nodes.

    `opened` gives the graph of a model: of another file's name, or of what is written in its place.
    """

    def __init__(self, problems: Problems, declared: Declarations, nodes: Nodes, opened: Callable[[object, Path, Scope | None], Graph]):
        self.problems, self.declared, self.nodes, self.opened = problems, declared, nodes, opened
        #: The words of an entry that are not layers, and the blocks.
        self.structures: dict[str, Structure] = {}
        self.block: Callable[[str, object, dict[str, object], Path, Scope, Refs], Refs] | None = None
        self.written_out = 0
        self._prototypes: dict[tuple[object, ...], tuple[object, Layer]] = {}
        #: Those of values without formulas.
        self._plain: set[tuple[object, ...]] = set()
        self._static: dict[int, tuple[object, bool]] = {}
        self.first_shape: object = None
        #: Where an entry stands that only gives the size of the input.
        self.input_entry: Path | None = None

    def sequence(self, value: object, path: Path, scope: Scope, before: Refs, what: str) -> Refs:
        """A list of entries, each reading the one before; what the last of them gives."""
        if value is None:
            value = []
        if not isinstance(value, list):
            self.problems.wrong(f"{what} must be a list (got {sort_of(value)})", path, A_LIST.replace("layers is", f"{what} is"))
            return before
        for i, entry in enumerate(value):
            if self.written_out > MOST_WRITTEN_OUT:
                break
            before = self.entry(entry, (*path, i), scope, before)
        return before

    def entry(self, entry: object, path: Path, scope: Scope, before: Refs) -> Refs:
        """One entry, as often as it is repeated."""
        try:
            form = form_of(entry) or Form(*self._parts(entry))
        except SpecError as error:
            self.problems.add(error.under(*path) if error.document is None else error, scope)
            return self.nodes.broken(scope, before, entry)
        siblings = form.siblings
        if path == self.input_entry:
            return before
        try:
            inputs = before
            if siblings and "inputs" in siblings:
                inputs = self._inputs(siblings["inputs"], scope)
            times = self._repeat(siblings, scope) if siblings else None
        except SpecError as error:
            self.problems.add(error.under(*path), scope)
            return self.nodes.broken(scope, before, entry)
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

    def _parts(self, entry: object) -> tuple[str, object, dict[str, object]]:
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
                self.declared.kind(word)
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

    def _inputs(self, value: object, scope: Scope) -> Refs:
        value = self.resolved(value, scope, "inputs")
        words = value if isinstance(value, list) else [value]
        if not words:
            raise SpecError("inputs names no layer", ("inputs",))
        found: list[Ref] = []
        for i, word in enumerate(words):
            try:
                found += self.nodes.lookup(word, scope)
            except SpecError as error:
                place = ("inputs", i) if isinstance(value, list) else ("inputs",)
                raise error.under(*place) from None
        return tuple(found)

    def _repeat(self, siblings: dict[str, object], scope: Scope) -> int | None:
        if "repeat" not in siblings:
            return None
        value = self.resolved(siblings["repeat"], scope, "repeat")
        try:
            return whole(value, 0, most=MOST_WRITTEN_OUT)
        except SpecError as error:
            raise SpecError(f"repeat {error.problem}", ("repeat",)) from None

    def resolved(self, value: object, scope: Scope, *path: object) -> object:
        if self._is_static(value):
            return value
        try:
            return resolved(value, scope.arguments)
        except SpecError as error:
            raise error.under(*path) from None

    def _is_static(self, value: object) -> bool:
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

    def count(self, many: int, path: Path) -> bool:
        """Whether so many more entries may be written out; the first time that they may not, it is said."""
        before = self.written_out
        self.written_out += many
        if before <= MOST_WRITTEN_OUT < self.written_out:
            self.problems.wrong(f"blocks and repetitions write out more than {MOST_WRITTEN_OUT:,} entries", path)
        return self.written_out <= MOST_WRITTEN_OUT

    def _once(self, form: Form, path: Path, scope: Scope, inputs: Refs) -> Refs:
        word, value, siblings = form[:3]
        if scope.depth:
            if not self.count(1, path):
                return inputs
        elif "i" in scope.arguments:
            self.written_out += 1
        self.nodes.reading = None
        try:
            if isinstance(word, str):
                structure = self.structures.get(word)
                if structure is not None:
                    return structure(value, siblings, path, scope, inputs)
                if word in self.declared.blocks:
                    assert self.block is not None
                    return self.block(word, value, siblings, path, scope, inputs)
                if word in self.declared.unread_blocks:
                    return self.nodes.broken(scope, inputs, {word: value})
            return self._layer(form, path, scope, inputs)
        except SpecErrors as errors:
            for error in errors:
                if isinstance(error, SpecError):
                    self.problems.add(form.place(error).under(*path), scope)
        except SpecError as error:
            self.problems.add(form.place(error).under(*path) if error.document is None else error, scope)
        return self.nodes.broken(scope, inputs, {**siblings, word: value})

    def _layer(self, form: Form, path: Path, scope: Scope, inputs: Refs) -> Refs:
        word, value, siblings = form[:3]
        if word == "Lambda" or (siblings and "assume" in siblings and isinstance(word, str) and word not in KINDS):
            return self._unknown(form, path, scope, inputs)
        kind = self.declared.kind_of(form, path, lambda: self.nodes.shapes.of(inputs))
        if kind is InputLayer or kind is Model:
            raise SpecError(f"{word} is not one of the layers", (Key(word),),
                            "the inputs are named at the top, under 'input'" if kind is InputLayer
                            else "put another file in with 'model'")
        name, trainable = None, None
        if "assume" in siblings:
            raise SpecError(f"assume cannot be used with {word}", (Key("assume"),), "its output follows from its settings; a Lambda or a "
                            "layer of your own can be assumed to have one")
        if siblings:
            name = self.name(siblings, scope)
            trainable = self.trainable(siblings) if "trainable" in siblings else None
        if type(value) is dict and ("name" in value or "trainable" in value or value is self.first_shape):
            value = dict(value)
            if value.get("input_shape") is not None and self.first_shape is not None:
                del value["input_shape"]
                self.first_shape = None
            if "name" in value:
                inside = self.name({"name": value.pop("name")}, scope, word)
                if name is not None and inside is not None:
                    raise SpecError("the name is given twice, inside the layer and next to it", (Key("name"),))
                name = name or inside
            if "trainable" in value:
                trainable = self.trainable({"trainable": value.pop("trainable")}, word) and trainable is not False
        for inner in kind.first_names(value) if kind.names_inside else ():
            self.nodes.names.next(inner)
        automatic = name is None
        if name is None:
            name = self.nodes.names.next(kind.keras_class)
        self.nodes.reading = name
        try:
            layer = self._made(kind, value, scope, trainable)
        except SpecErrors as errors:
            raise SpecErrors(SpecError(about(kind.kind, name, e.problem), (word, *e.path) if e.path else (), _beside(kind, e))
                             for e in errors if isinstance(e, SpecError)) from None
        except SpecError as e:
            raise SpecError(about(kind.kind, name, e.problem), (word, *e.path) if e.path else (), e.hint) from None
        for inner in layer.inner_classes:
            self.nodes.names.next(inner)
        return self.node(name, layer, siblings, path, scope, inputs, word, kind, value, automatic, form)

    def _unknown(self, form: Form, path: Path, scope: Scope, inputs: Refs) -> Refs:
        """A layer that is code: its settings are not looked into, and `assume` has the shape of its output."""
        word, value, siblings = form[:3]
        settings = dict(value) if isinstance(value, dict) else {}
        name = self.name(siblings, scope)
        if "name" in settings:
            inside = self.name({"name": settings.pop("name")}, scope, word)
            if name is not None:
                raise SpecError("the name is given twice, inside the layer and next to it", (Key("name"),))
            name = inside
        trainable = self.trainable(siblings) and self.trainable({"trainable": settings.pop("trainable", True)}, word)
        automatic = name is None
        self.nodes.reading = name = name or self.nodes.names.next(word)
        layer = Unknown(printable(word), settings, trainable)
        if siblings.get("assume", "?") not in ("?", None):
            try:
                layer.assume(assumption(self.resolved(siblings["assume"], scope, "assume")))
            except SpecError as error:
                raise SpecError(error.problem, error.path or ("assume",), error.hint) from None
        return self.node(name, layer, siblings, path, scope, inputs, word, Unknown, value, automatic, form)

    def _made(self, kind: type[Layer], value: object, scope: Scope, trainable: bool | None) -> Layer:
        """The layer that an entry describes; equal entries are read once."""
        memo, plain = self._memo(kind, trainable, value)
        if not plain:
            if self._is_static(value):
                if type(memo[2]) is tuple:
                    self._plain.add(memo)
            else:
                value = resolved(value, scope.arguments)
                memo, _ = self._memo(kind, trainable, value)
        known = self._prototypes.get(memo)
        if known is None:
            layer = build(kind, value, self.declared.defaults_of(kind), self._inside)
            if trainable is not None:
                layer.trainable = layer.said["trainable"] = trainable
                layer.key = None if layer.key is None else (*layer.key, ("trainable", trainable))
            self._prototypes[memo] = (value, layer)
            return layer
        return known[1].replaced()

    def _memo(self, kind: type[Layer], trainable: bool | None, value: object) -> tuple[tuple[object, ...], bool]:
        """What equal entries have in common, and whether one without formulas has been met."""
        memo: tuple[object, ...] = (kind, trainable, hashable(value))
        try:
            return memo, memo in self._plain
        except TypeError:
            return (kind, trainable, id(value)), False

    def _inside(self, word: object, settings: object) -> Layer:
        """A layer inside another: a kind with its settings, or another file."""
        if word != "model":
            return made(word, settings, self.declared.defaults_of, self._inside)
        try:
            return Model(self.opened(settings, (), None))
        except CnncalcError as error:  # one sentence: only this file can be pointed into from here
            first = next(iter(error))
            raise SpecError(f"the model {shown(settings)} cannot be read: {getattr(first, 'problem', first)}"
                            if isinstance(settings, str) else str(first)) from None

    def node(self, name: str, layer: Layer, siblings: dict[str, object], path: Path, scope: Scope,
              inputs: Refs, word: object, kind: type[Layer] | None, value: object, automatic: bool, form: Form | None = None) -> Refs:
        if name in self.nodes.named:
            raise SpecError(f"the name {name!r} is used twice", (Key("name"),) if siblings and "name" in siblings else (),
                            "the other one has it " + ("from Keras's numbering" if automatic else "already")
                            + "; give one of them another name")
        at = (word,) if form is None or form.word_at is None else form.at
        origin = EntryOrigin(self.problems.document, (*self.problems.base, *path), at, kind, value, None, scope.users())
        node = Node(name, layer, inputs, 0, origin)
        if siblings and "expect" in siblings:
            node.expect = siblings["expect"]
        if siblings and "weights" in siblings:
            if kind is None:
                raise SpecError("weights cannot be used with model", (Key("weights"),), "put them in its own file")
            node.given = self.resolved(siblings["weights"], scope, "weights")
        return self.nodes.add(node, scope)

    def name(self, siblings: dict[str, object], scope: Scope, inside: str | None = None) -> str | None:
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

    def trainable(self, siblings: dict[str, object], *path: object) -> bool:
        value = siblings.get("trainable", True)
        if value is True or value is False:
            return value
        raise SpecError(f"trainable must be true or false (got {shown(value)})", (*path, "trainable"))

    def only(self, word: str, siblings: dict[str, object], *allowed: str) -> None:
        for key in siblings:
            if key not in allowed:
                raise SpecError(f"{key} cannot be used with {word}", (Key(key),))


def _beside(kind: type[Layer], error: SpecError) -> str | None:
    """The hint of an error in a layer's settings; where a setting stands that belongs beside the layer, to put it there."""
    key = error.path[0] if len(error.path) == 1 and isinstance(error.path[0], Key) else None
    if key is None or key not in SIBLINGS:
        return error.hint
    return f"{key} goes next to the layer: {{{kind.kind}: ..., {key}: ...}}"
