"""Entries that are written out in place: branches, further calls, other files, blocks."""

from __future__ import annotations

from typing import Any

from ...analysis import Model
from ...errors import Key, SpecError, SpecErrors, did_you_mean, shown
from ...graph import Graph, Node, Ref
from ...layers import InputLayer
from .entries import Entries
from .scope import EntryOrigin, Path, Refs, Scope, resolved, sort_of

DEEPEST = 40
#: Steps of the path to a model inside models: three for each, at least.
MODELS_DEEP = 3 * DEEPEST


class Structures(Entries):
    """Entries, and the structures among them."""

    def _parallel(self, value: Any, siblings: dict[str, Any], path: Path, scope: Scope, inputs: Refs) -> Refs:
        self._only("parallel", siblings, "inputs")
        if not isinstance(value, list):
            raise SpecError(f"parallel must be a list of branches (got {sort_of(value)})", ("parallel",))
        if len(value) < 2:
            raise SpecError("parallel needs at least two branches", ("parallel",), "an empty one, [], is the identity")
        found: list[Ref] = []
        for i, branch in enumerate(value):
            place = (*path, "parallel", i)
            if isinstance(branch, (dict, str)):
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
        origin = EntryOrigin(self.document, (*self.base, *path), None, None, None, None, scope.users())
        node = Node(name, first.layer, inputs, call, origin, siblings.get("expect"), first.keras_name)
        return self._stand(node, scope)

    def _opened(self, value: Any, path: Path, scope: Scope | None = None) -> Graph:
        """The network of another file, or the one that stands here, at `path`."""
        if isinstance(value, dict):
            return self._written_here(value, path, scope or Scope())
        if not isinstance(value, str):
            raise SpecError(f"model must be a file's name, or a model itself (got {shown(value)})")
        if self.open_model is None:
            raise SpecError("no other file can be read from here")
        return self.open_model(value, self.document)

    def _written_here(self, value: dict[str, Any], path: Path, scope: Scope) -> Graph:
        """A model inside the file, which has the form of a file; what it does not say of itself
        is as the file around it says."""
        if len(self.base) > MODELS_DEEP:
            raise SpecError(f"models in models, more than {DEEPEST} deep")
        inner = type(self)(self.document, self.open_model, self.names)
        inner.data, inner.base = value, (*self.base, *path)
        inner.blocks, inner.unread_blocks = {**self.blocks}, {*self.unread_blocks}
        inner.data_format = self.data_format
        inner.defaults = {word: {**settings} for word, settings in self.defaults.items()}
        inner.written_out = self.written_out
        inner.notes = self.notes
        graph = inner.read(None, scope)
        self.written_out = inner.written_out
        if inner.errors or graph is None:
            errors = SpecErrors(inner.errors or [SpecError("the model has no input")])
            errors.partial = graph if graph is not None and graph.begins() else None
            raise errors
        return graph

    def read(self, name: str | None, around: Scope | None = None) -> Graph | None:
        raise NotImplementedError

    def _model(self, value: Any, siblings: dict[str, Any], path: Path, scope: Scope, inputs: Refs) -> Refs:
        if not isinstance(value, dict):
            value = self._resolved(value, scope, "model")
        try:
            graph = self._opened(value, (*path, "model"), scope)
        except SpecErrors as errors:
            for error in errors:
                self.errors.append(error)
            if errors.partial is None:
                return self._broken(scope, inputs)
            graph = errors.partial
        except SpecError as error:
            if error.document is not None:
                self.errors.append(error)
                return self._broken(scope, inputs)
            raise error.under("model") from None
        if not isinstance(value, dict):
            self.others += [note for note in graph.notes if note not in self.others]
        if scope.depth or "i" in scope.arguments:
            self._written_out(len(graph.nodes), path)  # what is written out again and again counts
        name = self._name(siblings, scope) or graph.name
        layer = Model(graph, self._trainable(siblings))
        if siblings.get("trainable") is True:
            layer.said["trainable"] = True
        return self._node(name, layer, siblings, path, scope, inputs, "model", None, None, False)

    def _block(self, word: str, value: Any, siblings: dict[str, Any], path: Path, scope: Scope,
               inputs: Refs) -> Refs:
        if "trainable" in siblings or "expect" in siblings or "weights" in siblings:
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
                raise SpecError(f"the block {word!r} takes {len(known)} argument{'s' * (len(known) != 1)} (got {len(items)})", (word,))
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
                raise SpecError(f"the block {word!r} needs {key}", (Key(word),), f"for example: {word}: {{{key}: 3}}")
            else:
                try:
                    arguments[key] = resolved(default, arguments)
                except SpecError as error:
                    raise SpecError(error.problem, (), error.hint) from None
        return arguments
