"""What an entry of an architecture file can refer to, and where it was written."""

from __future__ import annotations

from ...errors import CnncalcError, SpecError, shown
from ...graph import Node, Origin, Ref
from ...layers import Layer, Shape, written_at
from ..document import Document

SIBLINGS = ("name", "inputs", "repeat", "trainable", "expect", "weights", "assume")

Refs = tuple[Ref, ...]
Path = tuple[object, ...]


class EntryOrigin(Origin):
    """Where an entry stands, and how its layer's settings were given there."""

    __slots__ = ("at", "defaults", "document", "kind", "path", "users", "value")

    def __init__(self, document: Document, path: Path, at: Path | None, kind: type[Layer] | None,
                 value: object, defaults: object, users: tuple[str, ...]):
        #: `at` leads from the entry to its settings.
        self.document, self.path, self.at = document, path, at
        self.kind, self.value, self.defaults, self.users = kind, value, defaults, users

    def place(self, error: SpecError) -> SpecError:
        """The error with its path led through the file."""
        inside: Path = ()
        if error.path and self.kind is not None and self.at is not None:
            inside = written_at(self.kind, self.value, error.path)
            if inside or (error.path and not isinstance(self.value, dict) and self.value is not None):
                inside = (*self.at, *inside)
        return self.beside(SpecError(error.problem, inside, error.hint))

    def beside(self, error: SpecError) -> SpecError:
        """The same for a path that begins at the entry itself, with a key beside the layer."""
        hint = error.hint
        if self.users:
            hint = "\n".join(filter(None, [hint, "in " + ", in ".join(self.users)]))
        placed = SpecError(error.problem, (*self.path, *error.path), hint)
        placed.document = self.document
        return placed


class ShapesSoFar:
    """The shapes of what a file has described so far, worked out only when a word depends on them."""

    def __init__(self, nodes: list[Node]):
        self.nodes = nodes
        self.known: dict[Node, tuple[Shape, ...] | None] = {}
        self.done = 0

    def of(self, refs: Refs) -> Shape | None:
        """The shape of one output; `None` if it cannot be computed, or for several."""
        for node in self.nodes[self.done:]:
            self.known[node] = self._outputs(node)
        self.done = len(self.nodes)
        shapes = self.known.get(refs[0].node) if len(refs) == 1 else None
        return shapes[refs[0].output] if shapes is not None and refs[0].output < len(shapes) else None

    def _outputs(self, node: Node) -> tuple[Shape, ...] | None:
        xs = []
        for ref in node.inputs:
            shapes = self.known.get(ref.node)
            if shapes is None or ref.output >= len(shapes):
                return None
            xs.append(shapes[ref.output])
        try:
            return None if node.layer is None else tuple([Shape(y) for y in node.layer.apply(tuple(xs))])
        except CnncalcError:
            return None


class Scope:
    """The names that an entry can use: layers, the arguments of its block, its repetition."""

    def __init__(self, parent: Scope | None = None, prefix: str = "",
                 arguments: dict[str, object] | None = None, source: Refs = (), user: str = ""):
        self.parent = parent
        self.prefix = prefix
        self.arguments: dict[str, object] = arguments if arguments is not None else (parent.arguments if parent else {})
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


def resolved(value: object, names: dict[str, object]) -> object:
    """`value` with its formulas evaluated; their language is loaded with the first of them."""
    from . import formula

    return formula.resolved(value, names)


def filled(text: str, names: dict[str, object]) -> str:
    """`text` with each `{name}` replaced by that argument."""
    if "{" not in text:
        return text
    from . import formula

    return formula.filled(text, names)


def hashable(value: object) -> object:
    if type(value) is dict:
        return tuple([(key, hashable(item)) for key, item in value.items()])
    if type(value) is list:
        return (list, *[hashable(item) for item in value])
    return (type(value), value)  # 1, 1.0 and true are equal, and not the same


def same(error: SpecError, other: CnncalcError) -> bool:
    return isinstance(other, SpecError) and (error.problem, error.path, error.hint, error.document) == (
        other.problem, other.path, other.hint, other.document)


def word_of(entry: object) -> str:
    """What an entry that cannot be read seems to be."""
    if isinstance(entry, dict):
        entry = next((key for key in entry if key not in SIBLINGS), "?")
    return entry if isinstance(entry, str) else "?"


def sort_of(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return shown(value)
