"""What a network of PyTorch's does, recorded call by call while its `forward` is read."""

from __future__ import annotations

from ...errors import SpecError
from ...graph import Node, Origin, Ref
from ...layers import InputLayer
from ...layers.base import Layer
from ...pytorch.calls import Call
from ...pytorch.network import Event, OwnRow, ParameterOf, Registered, TorchGraph, Unused, constant, parameter
from ...pytorch.settings import Alike
from ...pytorch.shapes import Whole, example
from .interpreter import Interpreter
from .scopes import Value
from .text import Place
from .torch_objects import Parameter, TorchModule, TorchTensor


class Called(Origin):
    """Where a module or function was called, and where the module was built."""

    __slots__ = ("advice", "at", "built", "stack")

    def __init__(self, at: Place | None, built: Place | None, stack: list[Place | None]):
        self.at, self.built, self.stack = at, built, stack
        #: What else would help, such as another input size.
        self.advice = ""

    def place(self, error: SpecError) -> SpecError:
        at = self.at
        lines = error.hint.split("\n") if error.hint else []
        quoted = [line for line in lines if line.startswith("PyTorch: ")]
        lines = [line for line in lines if line not in quoted] + ([self.advice] if self.advice else [])
        met = {(at.text, at.line)} if at is not None else set()
        places = [("", self.built), *[("called from ", outer) for outer in reversed(self.stack[-4:])]]
        for word, outer in places:
            if outer is not None and (outer.text, outer.line) not in met:
                met.add((outer.text, outer.line))
                lines.append(f"{word}{outer}: {outer.text.line(outer.line).strip()[:110]}")
        placed = SpecError(error.problem, (at,) if at is not None else (), "\n".join([*lines, *quoted]) or None)
        placed.document = at.text if at is not None else None
        return placed


class Tape:
    """The calls of one run of a network."""

    def __init__(self, root: TorchModule, name: str):
        self.root, self.name = root, name
        self.names = {id(module): path for path, module in root.named_modules()}
        self.nodes: list[Node] = []
        self.inputs: list[Node] = []
        self.taken = set(self.names.values())
        self.used: set[str] = set()
        self.events: list[Event] = []
        self.stack: list[Event] = []
        self.counts: dict[int, int] = {}
        #: Constants and weights that have a node, by identity; they are kept so that identities last.
        self.held: dict[int, tuple[TorchTensor, Node]] = {}
        self.own: dict[int, OwnRow] = {}
        #: The module whose row counts a parameter, by the parameter's identity.
        self.owners: dict[int, TorchModule] = {}
        self.failed = False
        #: Whether what comes out has other examples than what went in.
        self.regrouped = False
        #: Where the program asks for the batch size as a number.
        self.numbered: object = None
        #: The number of the node that failed.
        self.last = -1

    def input(self, name: str, shape: Whole, dtype: str) -> TorchTensor:
        """An input of the network."""
        own = {"dtype": "int64"} if dtype == "int64" else {}
        layer = InputLayer(shape=[1]).replaced(shape=example(shape), key=None, framework="pytorch", keras_class="Input", **own)
        node = Node(self._free(name), layer)
        self.nodes.append(node)
        self.inputs.append(node)
        return TorchTensor(shape, Ref(node), dtype)

    def path(self, module: TorchModule) -> str:
        """The name of a module in the network; of one that is not registered, its class."""
        return self.names.get(id(module), module.cls.name)

    # Modules.

    def enter(self, module: TorchModule, args: list[Value]) -> Event:
        """A module begins to run."""
        event = Event(self.path(module), id(module), _first(args))
        (self.stack[-1].children if self.stack else self.events).append(event)
        self.stack.append(event)
        return event

    def leave(self, event: Event, value: Value) -> None:
        """It has run."""
        event.output = _first([list(value.values())[-1:] if isinstance(value, dict) else value])
        if isinstance(value, TorchTensor):
            event.bytes = {"int64": 8, "bool": 1}.get(value.dtype, 4)
        while self.stack and self.stack.pop() is not event:
            pass

    def module(self, run: Interpreter, module: TorchModule, layer: Layer, tensors: tuple[TorchTensor, ...], outputs: int) -> list[Ref]:
        """A call of a module that has a row."""
        call = self.counts.get(id(module), 0)
        self.counts[id(module)] = call + 1
        tied = self._tied(module)
        if tied:
            layer = layer.replaced(key=None, tied=tied)
        path = self.path(module) or module.cls.name
        origin = Called(run.place() if run.stack else module.place, module.place, list(run.stack))
        node = Node(self._free(f"{path}@{call + 1}" if call else path, True), layer, self._refs(tensors), call, origin, None, path)
        node.word = module.cls.name
        self.nodes.append(node)
        return [Ref(node, i) for i in range(outputs)]

    def _tied(self, module: TorchModule) -> frozenset[str]:
        """Which of its parameters are those of a module that has a row already."""
        own = module.own_parameters().items()
        return frozenset([name for name, p in own if self.owners.setdefault(id(p), module) is not module])

    def own_row(self, run: Interpreter, module: TorchModule, tensors: tuple[TorchTensor, ...]) -> OwnRow:
        """The row of a module of the program that has no modules in it; its functions follow."""
        row = self.own.get(id(module))
        if row is None:
            row = self.own[id(module)] = OwnRow(module.cls.name, _weights(module))
        self.module(run, module, row, tensors, 0)
        return row

    # Functions.

    def function(self, run: Interpreter, name: str, layer: Layer, tensors: tuple[TorchTensor, ...], outputs: int) -> list[Ref | None]:
        """A call of a function or method; one that reads no input's values is a constant."""
        if not any([t.ref is not None for t in tensors]):
            return [None] * outputs
        scope = self.stack[-1].path if self.stack else ""
        if name.startswith("nn."):  # a module that the network does not hold: shown as torch.nn's function would be
            layer = layer.replaced(key=None, keras_class=name)
        last = name.rpartition(".")[2]
        origin = Called(run.place(), None, list(run.stack))
        node = Node(self._free(f"{scope}.{last}" if scope else last), layer, self._refs(tensors), 0, origin)
        self.nodes.append(node)
        return [Ref(node, i) for i in range(outputs)]

    def fail(self, run: Interpreter, made: Call, name: str) -> None:
        """A function that refuses what it is given: the last node of the graph."""
        if not self.failed:
            self.failed = bool(self.function(run, name, made.layer, made.tensors, 1))
            self.last = len(self.nodes) - 1

    def fail_module(self, run: Interpreter, module: TorchModule, layer: Layer, tensors: tuple[TorchTensor, ...]) -> None:
        """The same of a module."""
        if not self.failed:
            self.failed = bool(self.module(run, module, layer, tensors, 1))
            self.last = len(self.nodes) - 1

    # The graph.

    def _free(self, name: str, own: bool = False) -> str:
        """A name that no node has; functions keep off those of modules."""
        word, number = name, 0
        while word in self.used or (not own and word in self.taken):
            number += 1
            word = f"{name}_{number}"
        self.used.add(word)
        return word

    def _refs(self, tensors: tuple[TorchTensor, ...]) -> tuple[Ref, ...]:
        """What tensors are outputs of; weights and constants become nodes of their own."""
        return tuple([t.ref if t.ref is not None else Ref(self._constant(t)) for t in tensors])

    def _constant(self, tensor: TorchTensor) -> Node:
        if id(tensor) not in self.held:
            owner, row = self._owner(tensor)
            layer = parameter(tuple(tensor.shape), tensor.requires_grad) if row else constant(tuple(tensor.shape))
            node = Node(self._free(owner or "constant", row), layer, (), 0, None, None, owner or "constant")
            self.nodes.append(node)
            self.held[id(tensor)] = (tensor, node)
        return self.held[id(tensor)][1]

    def _owner(self, tensor: TorchTensor) -> tuple[str, bool]:
        """The name of a parameter or buffer in the network, and whether it has a row: held by a module with others in it."""
        for path, module in self.root.named_modules():
            for name, value in (*module.attrs.items(), *module.parameters.items(), *module.buffers.items()):
                if value is tensor:
                    row = isinstance(tensor, Parameter) and module.layer is None and any(True for _ in module.children())
                    return (f"{path}.{name}" if path else name), row
        return "", False

    def graph(self, outputs: list[TorchTensor], batch: int | None) -> TorchGraph:
        """The graph of what was recorded; what was never used comes last, and counts."""
        for path, module in self.root.named_modules():
            children = any(True for _ in module.children())
            if module.layer is not None or not children:
                if id(module) not in self.counts and (path or _weights(module)) and not module.container:
                    tied = self._tied(module)
                    self._unused(path, module.cls.name, module.cls.name, [w for w in _weights(module) if w[0] not in tied], module.place)
                continue
            for name, value in module.attrs.items():
                if isinstance(value, Parameter) and id(value) not in self.held:
                    self._unused(f"{path}.{name}" if path else name, "Parameter", "Parameter", [("", tuple(value.shape), value.requires_grad)], None)
        refs = [t.ref for t in outputs if t.ref is not None] or [Ref(self.nodes[-1])]
        made = TorchGraph(self.name, self.nodes, refs, False, self.inputs)
        made.batch, made.events, made.root = batch, self.events, registered(self.root, self.root.cls.name)
        return made

    def _unused(self, path: str, name: str, word: str, weights: list[tuple[str, tuple[int | None, ...], bool]], built: Place | None) -> None:
        node = Node(self._free(path, True), Unused(word, weights), (), 0, Called(built, None, []), None, path)
        node.word = word
        self.nodes.append(node)


def _first(values: list[Value]) -> tuple[int, ...]:
    """The shape of the first tensor, looked for in the first of the values only."""
    value: Value = values
    while isinstance(value, (list, tuple)):
        if not value:
            return ()
        value = value[0]
    return tuple(value.shape) if isinstance(value, TorchTensor) else ()


def registered(module: TorchModule, name: str) -> Registered:
    """What a module holds, as plain data."""
    layer = module.layer
    kernel = getattr(layer, "kernel_size", None) if layer is not None else module.attrs.get("kernel_size")
    if layer is not None and kernel is not None:
        kernel = kernel[0] if isinstance(kernel, Alike) and layer.keeps_number else list(kernel)
    elif not isinstance(kernel, int):
        kernel = list(kernel) if isinstance(kernel, (list, tuple)) else None
    own = [ParameterOf(word, id(p), p.count or 0, p.requires_grad) for word, p in module.own_parameters().items()]
    return Registered(id(module), name, module.cls.name, kernel, own, [registered(child, word) for word, child in module.children()])


def _weights(module: TorchModule) -> list[tuple[str, tuple[int | None, ...], bool]]:
    """The parameters that a module holds itself: name, shape, whether it is trained."""
    return [(name, tuple(p.shape), p.requires_grad) for name, p in module.own_parameters().items()]
