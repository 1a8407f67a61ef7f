"""Layers as Keras code writes them, `Conv2D(96, 11, strides=4)`: a network without a file.

They stand one after the other: behind `;` or `|`, on lines of their own, in a list, in
`Sequential([...])` or in `model.add(...)`.
"""

from __future__ import annotations

import ast
from typing import Any

from ..errors import CnncalcError, Key, SpecError, SpecErrors, about, shown
from ..graph import Graph, Names, Node, Origin, Ref, chained
from ..layers import KINDS, InputLayer, Layer, build, kind_named
from .literals import REMEDY, At, LayerText, Literals, dotted

INPUTS = ("Input", "InputLayer")


def _positional(call: ast.AST) -> object:
    """The settings of a call that are plain numbers in their order, for a hint."""
    args = call.args if isinstance(call, ast.Call) and not call.keywords else []
    numbers = [arg.value for arg in args if isinstance(arg, ast.Constant) and type(arg.value) is int]
    return numbers if numbers and len(numbers) == len(args) else None


class _Origin(Origin):
    """Which layer of the text a node is."""

    __slots__ = ("number", "text")

    def __init__(self, text: LayerText, number: int):
        self.text, self.number = text, number

    def place(self, error: SpecError) -> SpecError:
        placed = SpecError(error.problem, (self.number, *error.path), error.hint)
        placed.document = self.text
        return placed


def read_layers(text: str, input: object = None) -> tuple[Graph | None, list[CnncalcError]]:
    """The network of some layers, and all that is wrong with them.

    `input` is a shape, or a mapping from names to shapes, which the first layer reads all;
    without one the text must begin with an Input, or give the first layer an input_shape.
    """
    reader = _Reader(text)
    try:
        return reader.graph(input), reader.errors
    except CnncalcError as error:
        for single in error:
            if isinstance(single, SpecError):
                reader.add(single)
        return None, reader.errors


def one_call(text: str) -> tuple[str, object]:
    """The name in a call such as `Conv2D(32, 3, activation='relu')`, and its settings.

    They are a list, or a mapping where one is given by name. SpecError for anything else.
    """
    reader = _Reader(text)
    try:
        calls = reader.calls()
        if len(calls) != 1:
            raise SpecError(f"an entry is one layer (got {len(calls)})", (), "begin each layer's line with '- '")
        call = calls[0]
        func = call.func if isinstance(call, ast.Call) else call
        word = dotted(func) if dotted(func).startswith(("nn.", "torch.nn.")) else reader.word(call)
        word = word.removeprefix("torch.")
        kind = _kind_called(word)
        if kind is None:
            return word, _positional(call) or {}
        if isinstance(call, ast.Call) and not call.keywords:
            names = [*kind.settings, *[""] * len(call.args)]
            return word, [reader.setting(arg, kind, name, 0) for arg, name in zip(call.args, names)]
        return word, reader.arguments(call, kind)
    except CnncalcError as error:
        first: Any = next(iter(error))
        raise SpecError(first.problem, (), first.hint) from None


def _kind_called(word: str) -> type[Layer] | None:
    """The kind whose settings a call gives in their order, for words in common use too."""
    from ..layers.kind_words import common_word, of_rank, same_but_for_case

    if word in INPUTS:
        return InputLayer
    try:
        return kind_named(word, False)
    except SpecError:
        pattern = common_word(word)
        return same_but_for_case(word) or (of_rank(pattern, 2) if pattern else None)


def _torch_modules(words: list[str]) -> dict[str, str]:
    """PyTorch's kind for each word, if all have one and some, such as Conv2d, are only PyTorch's; otherwise nothing."""
    layers = [word for word in words if word not in INPUTS]
    if all([_is_kind(word) for word in layers]) or not all([word.isidentifier() and _is_kind(f"nn.{word}") for word in layers]):
        return {}
    return {word: f"nn.{word}" for word in layers}


def _is_kind(word: str) -> bool:
    try:
        return bool(KINDS[word])
    except KeyError:
        return False


class _Reader(Literals):
    """Layers on their way to a network."""

    #: PyTorch's kinds of the words that are meant as such.
    modules: dict[str, str] = {}

    def graph(self, input: object) -> Graph | None:
        names = Names()
        calls = self.calls()
        self.modules = _torch_modules([self.word(call) for call in calls])
        shapes, calls, places = self.inputs(calls, input)
        self.text.nodes = calls
        nodes: list[Node] = []
        for name, shape in shapes.items():
            node = Node(name, InputLayer(shape=shape))
            if len(shapes) == 1 and name == "input":
                node.keras_name = names.next("InputLayer")
            nodes.append(node)
        inputs = tuple(nodes)
        before: tuple[Ref, ...] = tuple([Ref(node) for node in inputs])
        taken = {node.name for node in nodes}
        for i, call in enumerate(calls):
            node = self.node(call, i, names, before, i == 0 and places)
            if node.name in taken and node.layer is not None:
                raise SpecError(f"the name {node.name!r} is used twice", (i, Key("name")), "give one of them another name")
            taken.add(node.name)
            nodes.append(node)
            count = node.layer.results if node.layer is not None else 1
            before = tuple([Ref(node, k) for k in range(count)])
        if not calls:
            raise SpecError("there is an input, and no layer", (At(0, 0),), REMEDY)
        graph = Graph("layers", nodes, before, False, inputs)
        graph.sequential = len(inputs) == 1 and inputs[0].name == "input" and len(before) == 1 and chained(nodes)
        graph.take_framework()
        return graph

    def inputs(self, calls: list[ast.AST], given: object) -> tuple[dict[str, object], list[ast.AST], bool]:
        """The inputs' shapes, the layers behind them, and whether the first has an input_shape."""
        first = calls[0] if calls else None
        declared = None
        inside = False
        if first is not None and dotted(first.func if isinstance(first, ast.Call) else first).rpartition(".")[2] in INPUTS:
            calls = calls[1:]
            declared = self.arguments(first, InputLayer).get("shape")
        elif isinstance(first, ast.Call):
            for keyword in first.keywords:
                if keyword.arg == "input_shape":
                    declared, inside = self.literal(keyword.value), True
        if given is not None:
            return (dict(given) if isinstance(given, dict) else {"input": given}), calls, inside
        if declared is None:
            raise SpecError("the size of the input is not known", (At(0, 0),), "--input 28x28x1 gives it (height, width, channels)")
        try:
            InputLayer(shape=declared)
        except SpecError as error:
            node: object = next((k.value for k in first.keywords if k.arg in ("input_shape", "shape")), first)  # type: ignore[union-attr]
            raise self.wrong(node, f"the input {error.problem.removeprefix('shape ')}", "sizes without the batch, as in (28, 28, 1)") from None
        return {"input": declared}, calls, inside

    def node(self, call: ast.AST, number: int, names: Names, before: tuple[Ref, ...], inside: bool) -> Node:
        """The layer of a call; one without a layer if it cannot be made, which is said then."""
        origin = _Origin(self.text, number)
        word = self.word(call)
        word = self.modules.get(word, word)
        name: str | None = None
        try:
            if word in INPUTS:
                raise SpecError(f"{word} must come first", (Key(word),))
            kind = kind_named(word, value=_positional(call))
            if kind.kind == "Functional":
                raise SpecError(f"{word} cannot be one of the layers", (Key(word),))
            settings = self.arguments(call, kind)
            if inside:
                settings.pop("input_shape", None)
            name = self.given_name(settings, call)
            for inner in kind.first_names(settings) if kind.names_inside else ():
                names.next(inner)
            name = name or names.next(kind.keras_class)
            try:
                layer = build(kind, settings)
            except CnncalcError as error:
                raise SpecErrors(SpecError(about(kind.kind, None, e.problem), e.path, e.hint)
                                 for e in error if isinstance(e, SpecError)) from None
        except CnncalcError as error:
            for single in error:
                if isinstance(single, SpecError):
                    self.add(single if single.path and isinstance(single.path[0], At) else single.under(number))
            broken = Node(name or "?", None, before, 0, origin)
            broken.word = word
            return broken
        for inner in layer.inner_classes:
            names.next(inner)
        return Node(name, layer, before, 0, origin)

    def given_name(self, settings: dict[str, object], call: ast.AST) -> str | None:
        name = settings.pop("name", None)
        if name is None:
            return None
        if not isinstance(name, str) or not name or "/" in name or len(name) > 200 or not name.isprintable():
            raise self.wrong(call, f"name must be a word (got {shown(name)})", None)
        return name
