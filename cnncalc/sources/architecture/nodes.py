"""The nodes that the entries of a file have become, and their names."""

from __future__ import annotations

from typing import Any

from ...errors import SpecError, did_you_mean, printable, shown
from ...graph import Names, Node, Ref
from .scope import Refs, Scope, ShapesSoFar, word_of


class Nodes:
    """The nodes of one file in order; `data` is the file, which names layers that are still to come."""

    def __init__(self, names: Names, data: Any):
        self.names = names
        self.data = data
        self.all: list[Node] = []
        self.named: dict[str, Node] = {}
        self.shapes = ShapesSoFar(self.all)
        #: The name of the entry that is being read, once it has one.
        self.reading: str | None = None

    def add(self, node: Node, scope: Scope) -> Refs:
        """Append a node, and let the scope know its name; its outputs."""
        self.all.append(node)
        self.named[node.name] = node
        count = node.layer.results if node.layer is not None else 1
        refs = (Ref(node),) if count == 1 else tuple([Ref(node, i) for i in range(count)])
        name = node.name
        scope.layers[name] = refs
        if scope.prefix or scope.depth:
            self.know_outside(name, refs, scope)
        return refs

    def know_outside(self, name: str, refs: Refs, scope: Scope) -> None:
        """Let each block around know a name without its own prefix, and the file the whole name."""
        around: Scope | None = scope
        while around is not None:
            if around.prefix and name.startswith(around.prefix):
                around.layers.setdefault(name[len(around.prefix):], refs)
            if around.parent is None:
                around.layers.setdefault(name, refs)
            around = around.parent

    def broken(self, scope: Scope, inputs: Refs, entry: object = None) -> Refs:
        """A node in place of an entry that could not be read: what follows hangs on it."""
        name = self.reading if self.reading and self.reading not in self.named else "?"
        node = Node(name, None, inputs)
        node.word = printable(word_of(entry))
        self.reading = None
        self.all.append(node)
        names = [name] if name != "?" else []
        for said in (entry, *entry.values()) if isinstance(entry, dict) else ():
            if isinstance(said, dict) and isinstance(said.get("name"), str):
                names.append(said["name"])
        for known in names:
            scope.layers.setdefault(known, (Ref(node),))
        return (Ref(node),)

    def lookup(self, word: object, scope: Scope, where: str = " before this") -> Refs:
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
        stack: list[object] = [self.data.get("layers")]
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
