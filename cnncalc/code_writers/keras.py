"""A network as Keras code: a Sequential where it is a chain, otherwise the functional API."""

from __future__ import annotations

from typing import Any

from ..analysis import Model, Step, Trace
from ..graph import Names, Node, Ref, without_masks
from ..layers import InputLayer
from ..layers.activation import ReLU
from ..layers.applications import CustomScaleLayer
from ..layers.dropout import Dropout
from ..layers.merge import Merge, Subtract
from ..layers.pool import Pooling
from ..layers.unknown import Unknown
from .blocks import with_blocks
from .keras_layers import KerasBody, layer_source, listed, operation_source
from .keras_padding import Apart, apart
from .program import Part, Problems, Statement, Value
from .text import INDENT, Bracket, Expr, Name, call, identifier, laid_out, literal


def keras_code(trace: Trace, adapted: bool = False) -> str:
    """The source of a network; SpecErrors for what Keras cannot build. `adapted`: its models follow its inputs."""
    if trace.graph.framework == "pytorch":
        from .pytorch_to_keras import translated  # lazy: only networks of PyTorch's

        return _Module(adapted).text(*translated(trace))
    module = _Module(adapted)
    problems = Problems()
    _refusals(trace, problems)
    problems.check()
    return module.text(module.body(trace), trace.graph.name, trace.graph.sequential, trace.graph.frozen)


def _refusals(trace: Trace, problems: Problems) -> None:
    """What Keras would not build."""
    for step in trace.steps:
        for note in step.notes:
            if note.startswith("Keras cannot") and not _padded_before(step):
                problems.add(step.node, note)
        if isinstance(step.node.layer, Unknown):
            problems.add(step.node, "its code is not known")
        elif getattr(step.node.layer, "module", "").startswith("keras.") and not isinstance(step.node.layer, CustomScaleLayer):
            problems.add(step.node, "Keras has it inside its own networks only")
        if step.inner is not None and not step.node.call:
            _refusals(step.inner, problems)


def _padded_before(step: Step) -> bool:
    """Whether a layer before it can do what Keras cannot do in the layer itself."""
    found = apart(step.node.layer, step.inputs[0]) if step.inputs else None
    return found is not None and not any([note.startswith("Keras cannot") for note in found.layer.notes(*step.inputs)])


class _Module:
    """A file of Keras code on its way: the functions of the models inside come first."""

    def __init__(self, adapted: bool = False):
        self.adapted = adapted
        self.names = Names()
        self.functions: list[str] = []
        self.taken = {"keras", "layers", "np", "model", "x", "inputs", "outputs"}

    # From a graph to statements.

    def body(self, trace: Trace) -> KerasBody:
        """The statements of a model."""
        body = KerasBody(self.names)
        steps = trace.by_node()
        values: dict[Ref, Value] = {}
        parts: dict[object, Part] = {}
        for node in trace.graph.inputs:
            body.made.append(self.input(node, steps[node]))
            values[Ref(node)] = Value(steps[node].output or ())
            body.inputs.append(values[Ref(node)])
        for node in without_masks(trace.graph):
            layer: object = node.layer
            if type(layer) is InputLayer or not steps[node].used:
                continue
            inputs = [values[ref] for ref in node.inputs]
            outputs = [Value(shape) for shape in steps[node].outputs or ()]
            values.update({Ref(node, i): value for i, value in enumerate(outputs)})
            made = apart(layer, steps[node].inputs[0]) if inputs else None
            if made is not None:
                inputs = [self.padded(body, made, inputs[0])]
            body.statements.append(self.statement(node, steps[node], inputs, outputs, parts, made.layer if made else layer))
            outputs[0].positive = _positive(layer, inputs)
        body.parts = list(parts.values())
        body.outputs = [values[ref] for ref in trace.graph.outputs]
        return body

    def statement(self, node: Node, step: Step, inputs: list[Value], outputs: list[Value], parts: dict[object, Part],
                  layer: Any) -> Statement:
        """One call of a layer, or of what stands for it."""
        own = node.layer
        if isinstance(layer, CustomScaleLayer):
            return Statement(inputs, outputs, None, f"{{0}} + {literal(layer.scale).flat()} * {{1}}")
        if hasattr(layer, "operands"):
            template, many = operation_source(layer)
            self.names.next(layer.keras_class)
            return Statement(inputs, outputs, None, listed(template, len(inputs)) if many else template)
        if own not in parts:
            automatic = node.keras_name == self.names.expected(layer.keras_class)
            made = self.model(layer, step.inner if self.adapted else None, node.keras_name) if isinstance(layer, Model) else layer_source(
                layer, node.keras_name, self.names, self.model)
            parts[own] = Part(node.keras_name, made, automatic, not layer.trainable)
        several = len(inputs) > 1 or (layer.arity[1] is None and not isinstance(layer, Model))
        if hasattr(layer, "states_argument") and len(inputs) > 1:
            state = layer.arranged([f"{{{i}}}" for i in range(1, len(inputs))])
            shown = f"[{', '.join(state)}]" if isinstance(state, list) else str(state)
            return Statement(inputs, outputs, parts[own], f"{{part}}({{0}}, {layer.states_argument}={shown})")
        if getattr(layer, "separate_inputs", False):
            return Statement(inputs, outputs, parts[own])
        return Statement(inputs, outputs, parts[own], listed=several)

    def padded(self, body: KerasBody, made: Apart, x: Value) -> Value:
        """A value with pixels around it."""
        if made.padding is None:
            return x
        y = Value(x.shape)
        pad: Any = made.padding
        if made.lowest and not x.positive:
            inside = [(0, 0), *pad.padding] if pad.data_format == "channels_first" else [*pad.padding, (0, 0)]
            sides = literal(((0, 0), *inside)).flat()
            body.statements.append(Statement([x], [y], None, f'keras.ops.pad({{0}}, pad_width={sides}, constant_values=float("-inf"))'))
            return y
        self.names.next(pad.keras_class)
        part = Part(pad.keras_class, layer_source(pad, None, Names(), self.model))
        body.statements.append(Statement([x], [y], part))
        return y

    def input(self, node: Node, step: Step) -> Bracket:
        layer = node.layer
        assert isinstance(layer, InputLayer)
        shape = step.output if self.adapted else layer.shape
        more: dict[str, object] = {}
        if layer.batch_size is not None:
            more["batch_size"] = layer.batch_size
        if layer.dtype not in (None, "float32"):
            more["dtype"] = layer.dtype
        if node.keras_name == self.names.expected("InputLayer"):
            self.names.next("InputLayer")
        else:
            more["name"] = node.keras_name
        return call("keras.Input", tuple(shape or ()), **more)

    # Models inside.

    def model(self, model: Model, trace: Trace | None = None, name: str | None = None) -> Expr:
        """The call of the function that builds a model inside."""
        from ..sources.architecture.writer import declared  # lazy: only models in models

        word = self.free(identifier(name or model.graph.name, "model"))
        body = self.body(trace or declared(model))
        lines = [f"def {word}():"]
        lines += self.build(body, name or model.graph.name, model.graph.sequential, INDENT, "return ", not model.trainable or model.graph.frozen)
        self.functions.append("\n".join(lines))
        return call(word)

    def free(self, word: str) -> str:
        """A name of a function that is not taken."""
        made, number = word, 1
        while made in self.taken:
            number += 1
            made = f"{word}_{number}"
        self.taken.add(made)
        return made

    # Text.

    def text(self, body: KerasBody, name: str, sequential: bool, frozen: bool = False) -> str:
        """The file."""
        lines = self.build(body, name, sequential, "", "model = ", frozen)
        code = "\n".join(lines)
        everything = "\n".join([*self.functions, code])
        imports = ["import keras", *(["import numpy as np"] if "np.array(" in everything else [])]
        if "layers." in everything:
            imports.append("from keras import layers")
        functions = "".join([f"\n\n{text}\n" for text in self.functions])
        return "\n".join(imports) + "\n" + functions + ("\n\n" if functions else "\n") + code + "\n"

    def build(self, body: KerasBody, name: str, sequential: bool, indent: str, returned: str, frozen: bool) -> list[str]:
        """The lines that build a model."""
        for block in with_blocks(body, self.free, _block_call, False):
            rows = [f"{INDENT}{line}" for line in _assignments(block.body.lines(["x"]))]
            head = f"def {block.name}({', '.join(['x', *block.parameters])}):"
            self.functions.append("\n".join([head, *rows, f"{INDENT}return {block.body.named[block.body.outputs[0].tensor]}"]))
        made = self.sequential(body, name) if sequential and body.chain() else None
        lines: list[str] = []
        if made is None:
            lines, made = self.functional(body, name, indent)
        if frozen:
            lines += laid_out(made, "model = ", "", indent) + [f"{indent}model.trainable = False"]
            return [*lines, f"{indent}return model"] if returned == "return " else lines
        return lines + laid_out(made, returned, "", indent)

    def sequential(self, body: KerasBody, name: str) -> Expr:
        rows = [*body.made, *[expr for s in body.statements for expr in s.alone]]
        items: list[Expr | tuple[str, Expr]] = [Bracket("", rows, "[]", True)]
        if name != self.names.expected("Sequential"):
            items.append(("name", literal(name)))
        else:
            self.names.next("Sequential")
        return Bracket("keras.Sequential", items)

    def functional(self, body: KerasBody, name: str, indent: str) -> tuple[list[str], Expr]:
        lines = []
        words = ["inputs"] if len(body.inputs) == 1 else _distinct([f"{identifier(_said_name(made), 'input')}" for made in body.made])
        for word, made in zip(words, body.made):
            lines += laid_out(made, f"{word} = ", "", indent)
        calls: dict[Part, int] = {}
        for statement in body.statements:
            if statement.part is not None:
                calls[statement.part] = calls.get(statement.part, 0) + 1
        taken = {*words, "keras", "layers", "np", "model", "outputs"}
        for part, count in calls.items():
            if count > 1 or any([s.part is part and s.template for s in body.statements]):
                word = identifier(part.name)
                while word in taken or len(word) == 1:
                    word += "_layer"
                taken.add(word)
                lines += laid_out(part.made, f"{word} = ", "", indent)
                part.made = Name(word)
        lines += _assignments(body.lines(words), indent)
        outputs = [Name(body.named[value]) for value in body.outputs]
        inputs: Expr = Name(words[0]) if len(words) == 1 else Bracket("", [Name(word) for word in words], "[]")
        result: Expr = outputs[0] if len(outputs) == 1 else Bracket("", outputs, "[]")
        items: list[Expr | tuple[str, Expr]] = [inputs, result]
        if name != self.names.expected("Functional"):
            items.append(("name", literal(name)))
        else:
            self.names.next("Functional")
        return lines, Bracket("keras.Model", items)


def _block_call(block: str, stem: str, arguments: list[str], x: Value, outputs: list[Value]) -> Statement:
    """`residual_block(x, 64, name="conv2")`."""
    more = "".join([f", {argument}" for argument in arguments]) + (f", name={literal(stem).flat()}" if stem else "")
    return Statement([x], outputs, None, f"{block}({{0}}{more})")


def _assignments(lines: list[tuple[list[str], str, Expr]], indent: str = "") -> list[str]:
    found = []
    for comments, target, expr in lines:
        found += [f"{indent}# {comment}" for comment in comments]
        found += laid_out(expr, f"{target} = ", "", indent)
    return found


def _positive(layer: object, inputs: list[Value]) -> bool:
    """Whether nothing below zero comes out of a layer."""
    function = getattr(layer, "activation", None)
    if isinstance(layer, ReLU) or function in ("relu", "relu6", "sigmoid", "softmax"):
        return not getattr(layer, "negative_slope", 0)
    keeps = isinstance(layer, (Pooling, Merge, Dropout)) and not isinstance(layer, Subtract)
    return keeps and all([x.positive for x in inputs])


def _said_name(made: Expr) -> str:
    """The name that an input is given."""
    named = [item.flat() for name, item in made.items if name == "name"] if isinstance(made, Bracket) else []
    return named[0].strip("\"'") if named else "inputs"


def _distinct(words: list[str]) -> list[str]:
    found: list[str] = []
    for word in words:
        number, made = 1, word if len(word) > 1 else f"input_{word}"
        while made in found:
            number += 1
            made = f"{word}_{number}"
        found.append(made)
    return found
