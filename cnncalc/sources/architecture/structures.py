"""Entries that are written out in place: branches, further calls, other files, blocks."""

from __future__ import annotations

from ...analysis import Model
from ...errors import Key, SpecError, SpecErrors, did_you_mean, shown
from ...graph import Node, Ref
from ...layers import InputLayer
from .entries import Entries
from .scope import EntryOrigin, Path, Refs, Scope, resolved, sort_of

#: How deep models stand in models, and blocks in blocks.
DEEPEST = 40


class Structures:
    """The structures among a file's entries."""

    def __init__(self, entries: Entries):
        self.entries, self.problems, self.declared, self.nodes = entries, entries.problems, entries.declared, entries.nodes
        entries.structures.update(parallel=self.parallel, reuse=self.reuse, model=self.model)
        entries.block = self.block

    def parallel(self, value: object, siblings: dict[str, object], path: Path, scope: Scope, inputs: Refs) -> Refs:
        self.entries.only("parallel", siblings, "inputs")
        if not isinstance(value, list):
            raise SpecError(f"parallel must be a list of branches (got {sort_of(value)})", ("parallel",))
        if len(value) < 2:
            raise SpecError("parallel needs at least two branches", ("parallel",), "an empty one, [], is the identity")
        found: list[Ref] = []
        for i, branch in enumerate(value):
            place = (*path, "parallel", i)
            if isinstance(branch, (dict, str)):
                found += self.entries.entry(branch, place, scope, inputs)
            else:
                found += self.entries.sequence(branch, place, scope, inputs, "a branch")
        return tuple(found)

    def reuse(self, value: object, siblings: dict[str, object], path: Path, scope: Scope, inputs: Refs) -> Refs:
        self.entries.only("reuse", siblings, "inputs", "name", "repeat", "expect")
        value = self.entries.resolved(value, scope, "reuse")
        if not isinstance(value, str):
            raise SpecError(f"reuse must name a layer (got {shown(value)})", ("reuse",))
        try:
            first = self.nodes.lookup(value, scope)[0].node
        except SpecError as error:
            raise error.under("reuse") from None
        if first.layer is None:
            return self.nodes.broken(scope, inputs)
        if isinstance(first.layer, InputLayer):
            raise SpecError(f"{value!r} is an input, not a layer", ("reuse",), f"to read it: inputs: {value}")
        call = 1 + max(node.call for node in self.nodes.all if node.layer is first.layer)
        name = self.entries.name(siblings, scope) or f"{first.keras_name}@{call + 1}"
        if name in self.nodes.named:
            raise SpecError(f"the name {name!r} is used twice", (Key("name"),) if "name" in siblings else ())
        origin = EntryOrigin(self.problems.document, (*self.problems.base, *path), None, None, None, None, scope.users())
        node = Node(name, first.layer, inputs, call, origin, siblings.get("expect"), first.keras_name)
        return self.nodes.add(node, scope)

    def model(self, value: object, siblings: dict[str, object], path: Path, scope: Scope, inputs: Refs) -> Refs:
        if not isinstance(value, dict):
            value = self.entries.resolved(value, scope, "model")
        try:
            graph = self.entries.opened(value, (*path, "model"), scope)
        except SpecErrors as errors:
            for error in errors:
                self.problems.errors.append(error)
            if errors.partial is None:
                return self.nodes.broken(scope, inputs)
            graph = errors.partial
        except SpecError as error:
            if error.document is not None:
                self.problems.errors.append(error)
                return self.nodes.broken(scope, inputs)
            raise error.under("model") from None
        if not isinstance(value, dict):
            self.problems.others += [note for note in graph.notes if note not in self.problems.others]
        if scope.depth or "i" in scope.arguments:
            self.entries.count(len(graph.nodes), path)  # what is written out again and again counts
        name = self.entries.name(siblings, scope) or graph.name
        layer = Model(graph, self.entries.trainable(siblings))
        if siblings.get("trainable") is True:
            layer.said["trainable"] = True
        return self.entries.node(name, layer, siblings, path, scope, inputs, "model", None, None, False)

    def block(self, word: str, value: object, siblings: dict[str, object], path: Path, scope: Scope,
               inputs: Refs) -> Refs:
        if "trainable" in siblings or "expect" in siblings or "weights" in siblings:
            self.entries.only("a block", siblings, "inputs", "repeat", "name")
        block = self.declared.blocks[word]
        users = scope.users()
        user = f"the block {word!r}"
        if user in users:
            raise SpecError(f"the block {word!r} uses itself", (Key(word),))
        if len(users) >= DEEPEST:
            raise SpecError(f"blocks in blocks, more than {DEEPEST} deep", (Key(word),))
        arguments = self._arguments(word, block.get("args") or {}, value, scope)
        if "i" in scope.arguments:
            arguments.setdefault("i", scope.arguments["i"])
        name = self.entries.name(siblings, scope)
        prefix = f"{name}_" if name else scope.prefix
        inner = Scope(scope, prefix, arguments, inputs, user)
        inner.layers["input"] = inputs
        last = self.entries.sequence(block["layers"], ("blocks", word, "layers"), inner, inputs, "layers")
        if name is not None:
            self.nodes.know_outside(name, last, scope)
        return last

    def _arguments(self, word: str, known: dict[str, object], value: object, scope: Scope) -> dict[str, object]:
        try:
            value = resolved(value, scope.arguments)
        except SpecError as error:
            raise error.under(word) from None
        if value is None:
            given: dict[str, object] = {}
        elif isinstance(value, dict):
            given = value
        else:
            items = value if isinstance(value, list) else [value]
            if len(items) > len(known):
                raise SpecError(f"the block {word!r} takes {len(known)} argument{'s' * (len(known) != 1)} (got {len(items)})", (word,))
            given = dict(zip(known, items))
        for key in given:
            if key not in known:
                raise SpecError(f"the block {word!r} has no argument {shown(key)}", (word, Key(key)),
                                did_you_mean(key, known) or "it has " + (", ".join(map(str, known)) or "none"))
        arguments: dict[str, object] = {}
        for key, default in known.items():
            if key in given:
                arguments[key] = given[key]
            elif default is None:
                raise SpecError(f"the block {word!r} needs {key}", (Key(word),), f"for example: {word}: {{{key}: 3}}")
            else:
                try:
                    arguments[key] = resolved(default, arguments)
                except SpecError as error:
                    raise SpecError(error.problem, (), error.hint) from None
        return arguments
