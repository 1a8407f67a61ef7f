"""How the layers of a Keras file are wired: each call in its place, behind those that it reads."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any

from ...analysis import Model
from ...errors import CnncalcError, SpecError, SpecErrors, did_you_mean, shown
from ...graph import Graph, Names, Node, Origin, Ref
from ...layers import InputLayer, Layer
from ..architecture.scope import same
from ..document import Document
from .calls import Call, call_of, flat_tensors, operation_call

Path = tuple[object, ...]
MOST_ERRORS = 20


class Place(Origin):
    """Where a layer stands in the file."""

    __slots__ = ("document", "path")

    def __init__(self, document: Document, path: Path):
        self.document, self.path = document, path

    def place(self, error: SpecError) -> SpecError:
        placed = SpecError(error.problem, (*self.path, "config", *error.path), error.hint)
        placed.document = self.document
        return placed


class Entry:
    """One layer of a file on its way to nodes, one for each of its calls."""

    __slots__ = ("calls", "given_name", "kind", "layer", "name", "nodes", "number", "path", "stored", "unread", "word")

    def __init__(self, name: str, layer: Layer | None, path: Path, number: int):
        self.name, self.layer, self.path, self.number = name, layer, path, number
        self.word = "?"
        #: The name that Keras gives it when it loads the file.
        self.given_name = name
        #: The kind, where the layer is an operation: it is made when its calls are read.
        self.kind: type[Layer] | None = None
        self.calls: list[Call] = []
        self.nodes: list[Node] = []
        self.stored: object = None
        #: Whether more than its settings could not be read: who calls it is not to blame.
        self.unread = False


class Wiring:
    """One file on its way to a graph."""

    def __init__(self, document: Document):
        self.document = document
        self.errors: list[CnncalcError] = []
        self.warnings: list[str] = []
        #: The paths of Sequentials that were saved before they were built.
        self.unbuilt: set[Path] = set()
        #: The automatic names of the operations that have none in the file, and of what layers make inside.
        self.automatic = Names()

    # Errors.

    def add(self, error: CnncalcError, path: Path = ()) -> None:
        for single in error:
            if isinstance(single, SpecError) and single.document is None:
                single = single.under(*path)
                single.document = self.document
            again = isinstance(single, SpecError) and any(same(single, other) for other in self.errors[-3:])
            if len(self.errors) < MOST_ERRORS and not again:
                self.errors.append(single)

    def wrong(self, problem: str, path: Path, hint: str | None = None) -> None:
        self.add(SpecError(problem, path, hint))

    # Calls.

    def calls(self, entry: Entry, data: dict[str, object], around: tuple[str, ...]) -> None:
        """What each call of a layer reads."""
        inbound = data.get("inbound_nodes", [])
        path = (*entry.path, "inbound_nodes")
        if not isinstance(inbound, list):
            self.wrong(f"inbound_nodes of {entry.name!r} must be a list (got {shown(inbound)})", path)
            entry.layer, entry.unread = None, True
            return
        if type(entry.layer) is InputLayer:
            if inbound:
                self.wrong(f"the input {entry.name!r} reads other layers", path)
            return
        for i, value in enumerate(inbound):
            try:
                if entry.kind is None:
                    call = call_of(entry.layer, value)
                else:
                    call = operation_of(entry.kind, data["config"], value)
                    if not entry.calls:
                        entry.layer = call.layer
                entry.calls.append(call)
            except CnncalcError as errors:
                self.add(SpecErrors([SpecError(f"{entry.name!r}: {e.problem}", (*path, i, *e.path), e.hint)
                                     for e in errors if isinstance(e, SpecError)]))
                entry.calls.append(Call((), None))
                entry.layer = None

    def in_order(self, names: dict[str, Entry], one: frozenset[str]) -> list[tuple[Entry, int]] | None:
        """All calls, each behind those that it reads, as near to the file's order as can be.

        The calls of one layer stay in their order, as Keras makes them.
        """
        waits: dict[tuple[str, int], int] = {}
        followers: dict[tuple[str, int], list[tuple[str, int]]] = {}
        ready: list[tuple[int, int, str]] = []
        for entry in names.values():
            for i in range(max(1, len(entry.calls))):
                key = (entry.name, i)
                needs = {(entry.name, i - 1)} if i else set()
                for tensor in entry.calls[i].tensors if entry.calls else ():
                    source = names.get(tensor.layer)
                    number = tensor.call - (tensor.layer in one)
                    if source is None:
                        self.wrong(f"{entry.name!r} reads {shown(tensor.layer)}, and there is no such layer",
                                   (*entry.path, "inbound_nodes", i), did_you_mean(tensor.layer, names))
                    elif not 0 <= number < max(1, len(source.calls)):
                        if source.unread:
                            continue
                        self.wrong(f"{entry.name!r} reads call {tensor.call} of {tensor.layer!r}, which has "
                                   f"{max(1, len(source.calls))}", (*entry.path, "inbound_nodes", i))
                    else:
                        needs.add((tensor.layer, number))
                waits[key] = len(needs)
                for need in needs:
                    followers.setdefault(need, []).append(key)
                if not needs:
                    heappush(ready, (entry.number, i, entry.name))
        order = []
        while ready:
            _, i, name = heappop(ready)
            order.append((names[name], i))
            for key in followers.get((name, i), ()):
                waits[key] -= 1
                if not waits[key]:
                    heappush(ready, (names[key[0]].number, key[1], key[0]))
        if len(order) < len(waits):
            self.wrong(f"layers read each other in a circle: {_circle(waits, followers, names)}",
                       (*names[next(key for key, left in waits.items() if left)[0]].path, "inbound_nodes"))
            return None
        return order

    def nodes(self, order: list[tuple[Entry, int]], names: dict[str, Entry], one: frozenset[str]) -> list[Node]:
        nodes = []
        taken = set(names)
        for entry, i in order:
            inputs: list[Ref] = []
            masks: list[Ref] = []
            layer = entry.layer
            if entry.calls:
                call = entry.calls[i]
                if call.layer is not None and layer is not None and call.layer.said != layer.said:
                    layer = call.layer
                for tensor in call.tensors:
                    source = names.get(tensor.layer)
                    number = tensor.call - (tensor.layer in one)
                    if source is None or not 0 <= number < len(source.nodes):
                        layer = None
                        continue
                    ref = Ref(source.nodes[number], tensor.output)
                    before = ref.node.layer
                    if before is not None and before.fixed_results and tensor.output >= before.results:
                        self.wrong(f"{entry.name!r} reads output {tensor.output} of {tensor.layer!r}, which has "
                                   f"{before.results}, counted from 0", (*entry.path, "inbound_nodes", i))
                        layer = None
                    (masks if tensor.beside else inputs).append(ref)
            name = entry.name
            if i:
                name = f"{entry.name}@{i + 1}"
                while name in taken:
                    name += "'"
                taken.add(name)
            node = Node(name, layer, tuple(inputs), i, Place(self.document, entry.path), keras_name=entry.given_name)
            node.beside, node.word = tuple(masks), entry.word
            entry.nodes.append(node)
            nodes.append(node)
        return nodes

    def ends(self, config: Any, key: str, names: dict[str, Entry], path: Path, one: frozenset[str]) -> list[Ref] | None:
        """The inputs or outputs of a model, in the order in which Keras flattens them."""
        value = config.get(key)
        if value is None:
            self.wrong(f"the model has no {key}", path[:-1])
            return None
        try:
            tensors = flat_tensors(value)
        except SpecError as error:
            self.add(SpecError(f"{key} {error.problem}", error.path, error.hint), path)
            return None
        refs = []
        for tensor in tensors:
            entry = names.get(tensor.layer)
            if entry is None:
                self.wrong(f"{key} names {shown(tensor.layer)}, and there is no such layer", path,
                           did_you_mean(tensor.layer, names))
                return None
            number = tensor.call - (isinstance(entry.layer, Model) and (
                tensor.layer in one or not entry.layer.graph.sequential))
            count = entry.layer.results if entry.layer is not None else None
            if not 0 <= number < len(entry.nodes) or (
                    count is not None and tensor.output >= count and entry.layer.fixed_results):  # type: ignore[union-attr]
                self.wrong(f"{key} names {[tensor.layer, tensor.call, tensor.output]}, which {tensor.layer!r} does not have",
                           path)
                return None
            refs.append(Ref(entry.nodes[number], tensor.output))
        if not refs:
            self.wrong(f"{key} is empty", path)
            return None
        return refs

    def names_masks(self, names: dict[str, Entry]) -> bool:
        """Whether the file states which masks the layers read.

        One that does leaves them out where Keras casts what a layer reads, for then it does not record the mask.
        """
        if any(call.old for entry in names.values() for call in entry.calls):
            return False
        told = [call.names_mask for entry in names.values() for call in entry.calls if call.names_mask is not None]
        return any(told) or not told

    def all_read(self, graph: Graph, names: dict[str, Entry]) -> None:
        """Refuse operations that lead nowhere: Keras has no such, and makes others of their names."""
        read = {ref.node for ref in graph.outputs}
        for node in graph.nodes:
            read.update([ref.node for ref in (*node.inputs, *node.beside)])
        for entry in names.values():
            if entry.kind is not None and not any(node in read for node in entry.nodes):
                self.wrong(f"nothing reads the operation {entry.name!r}", entry.path)


def operation_of(kind: type[Layer], config: object, value: object) -> Call:
    """A call of an operation, of Keras 3 or in the words of TensorFlow."""
    if kind.on_tensors:
        return operation_call(kind, config, value)
    from .tensorflow import tensorflow_call

    return tensorflow_call(kind, config, value)


def counted_from_one(names: dict[str, Entry], config: Any) -> frozenset[str]:
    """Models whose calls a file of Keras 2 counts from 1: call 0 is the one that made them."""
    models = {name: entry for name, entry in names.items() if isinstance(entry.layer, Model)}
    if not models:
        return frozenset()
    highest = dict.fromkeys(models, 0)
    for entry in names.values():
        for call in entry.calls:
            for tensor in call.tensors:
                if tensor.layer in highest and tensor.old:
                    highest[tensor.layer] = max(highest[tensor.layer], tensor.call)
    try:
        for tensor in flat_tensors(config.get("output_layers", [])):
            if tensor.layer in highest and isinstance(models[tensor.layer].layer, Model) and all(
                    call.old for call in models[tensor.layer].calls):
                highest[tensor.layer] = max(highest[tensor.layer], tensor.call)
    except SpecError:
        pass
    return frozenset(name for name, most in highest.items() if most and most >= len(models[name].calls))


def _circle(waits: dict[tuple[str, int], int], followers: dict[tuple[str, int], list[tuple[str, int]]],
            names: dict[str, Entry]) -> str:
    """A circle among the calls that wait for each other, in words."""
    left = {key for key, count in waits.items() if count}
    sources = {key: need for need, keys in followers.items() if need in left for key in keys if key in left}
    key = next(iter(sources))
    seen: dict[tuple[str, int], None] = {}
    while key not in seen:
        seen[key] = None
        key = sources[key]
    circle = list(seen)[list(seen).index(key):]
    words = [repr(name) for name, _ in circle[:6]] + ["..."] * (len(circle) > 6)
    return " reads ".join([*words, repr(circle[0][0])])

