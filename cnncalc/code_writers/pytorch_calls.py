"""A network of PyTorch's modules as PyTorch code again: its modules with their names, and the functions as they were called."""

from __future__ import annotations

from typing import Any

from ..analysis import Trace
from ..graph import Node, Ref
from ..layers import InputLayer, Layer
from ..layers.construct import Sub
from ..pytorch.calls import Form, Slot
from ..pytorch.linear import Embedding
from ..pytorch.network import Constant, Held, OwnRow, Unused
from ..pytorch.pieces import GetItem
from ..pytorch.reductions import InPlace, Together
from ..pytorch.shapes import Batch
from .program import Part, Problems, Statement, Value
from .text import Bracket, Expr, class_name, identifier, literal
from .to_pytorch import TAKEN, TorchBody, Untranslatable

_OPERATORS = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "floor_divide": "//", "remainder": "%",
    "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
}
#: Functions that act while training.
_DROPOUTS = ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout")


def copied(trace: Trace) -> list[TorchBody]:
    """The body of the network's class."""
    body, problems = TorchBody(class_name(trace.graph.name)), Problems()
    steps = trace.by_node()
    values: dict[Ref, Value] = {}
    parts: dict[object, Part] = {}
    for node in trace.graph.inputs:
        value = values[Ref(node)] = Value(steps[node].output or ())
        body.inputs.append(value)
        body.words.append(node.keras_name)
        whole = any([isinstance(other.layer, Embedding) and Ref(node) in other.inputs for other in trace.graph.nodes])
        body.dtypes.append("torch.long" if whole else None)
    for node in trace.graph.nodes:
        if type(node.layer) is InputLayer:
            continue
        outputs = [Value(shape) for shape in steps[node].outputs or ()]
        values.update({Ref(node, i): value for i, value in enumerate(outputs)})
        try:
            statement = _statement(node, [values[ref] for ref in node.inputs], outputs, parts)
        except Untranslatable as refused:
            problems.add(node, str(refused))
            continue
        if statement is not None:
            body.statements.append(statement)
    problems.check()
    body.parts = list(parts.values())
    body.outputs = [values[ref] for ref in trace.graph.outputs]
    return [body]


def _statement(node: Node, xs: list[Value], outputs: list[Value], parts: dict[object, Part]) -> Statement | None:
    """One call."""
    layer: Any = node.layer
    if type(layer) is Unused and not layer.held:
        return None
    if type(layer) is Unused:
        raise Untranslatable("it is built and never called")
    if type(layer) is OwnRow and not layer.held:
        return None
    if isinstance(layer, (Held, Constant, OwnRow)):
        raise Untranslatable("weights and constants that forward uses directly are not converted")
    if not node.kind.startswith("nn."):
        return Statement(xs, outputs, None, _template(node, layer))
    if getattr(layer, "frozen", None) and any([w.trainable for w in layer.owned(())]):
        raise Untranslatable("some of its parameters are frozen, and some are not")
    if layer not in parts:
        path = node.keras_name
        name = identifier(path, "layer")
        while name in TAKEN or name in [part.name for part in parts.values()]:
            name += "_"
        parts[layer] = Part(name, module_source(layer), path.replace(".", "").isdigit(), bool(getattr(layer, "frozen", ())))
    if len(outputs) > 1:
        states = len(layer.tensors) > 1 and len(outputs) == 3
        if states:  # an LSTM gives (output, (h, c))
            raise Untranslatable("the states of an LSTM are not converted") if len(xs) > 1 else Untranslatable("an LSTM's tuples are not converted")
    return Statement(xs, outputs, parts[layer])


def module_source(layer: Layer) -> Expr:
    """`nn.Conv2d(3, 64, 7, stride=2, padding=3)`."""
    told = layer.arguments()
    items: list[Expr | tuple[str, Expr]] = []
    positional = True
    for key, setting in layer.settings.items():
        if key == "inplace" or key not in layer.said or (layer.said[key] == layer._standard.get(key, layer) and key not in layer._required):
            positional = positional and key in layer._required
            continue
        if isinstance(setting, Sub):
            raise Untranslatable("modules inside modules of torch.nn are not converted")
        leads = positional and (key in layer._required or not items)
        items.append(literal(told[key]) if leads else (key, literal(told[key])))
    return Bracket(layer.kind, items)


def _template(node: Node, layer: object) -> str:
    """A function as it was called, with {0} for the first tensor that it reads."""
    word = node.kind.rpartition(".")[2]
    if isinstance(layer, GetItem):
        return "{0}[" + ", ".join(map(_index, layer.index)) + "]"
    form: Form | None = getattr(layer, "form", None)
    if form is None:
        raise Untranslatable("this expression is not converted")
    if isinstance(layer, InPlace):
        word = word.rstrip("_")
    if isinstance(layer, Together) and word in _OPERATORS and len(form.args) == 2 and not form.kwargs:
        if None in form.args:
            raise Untranslatable("the number of this expression is not known")
        first, second = map(_text, form.args)
        return f"{f'({first})' if first.startswith('-') else first} {_OPERATORS[word]} {second}"
    if word in _DROPOUTS:
        rates = [arg for arg in (*form.args, form.kwargs.get("p")) if type(arg) is float]
        return f"F.{word}({{0}}, {rates[0] if rates else 0.5}, self.training)"
    args = [_text(arg) for arg in form.args] + [f"{key}={_text(value)}" for key, value in form.kwargs.items() if key != "inplace"]
    if node.kind.startswith("Tensor."):
        return f"{args[0]}.{word}({', '.join(args[1:])})"
    return f"{node.kind}({', '.join(args)})"


def _text(value: object) -> str:
    """An argument as source."""
    if isinstance(value, Slot):
        return f"{{{value.number}}}"
    if isinstance(value, Batch):
        if value.share != 1 or value.power != 1:
            raise Untranslatable("a size that depends on the batch is not converted")
        return "{0}.shape[0]" if value.size is None else "-1"
    if isinstance(value, (list, tuple)):
        inside = ", ".join(map(_text, value))
        return f"[{inside}]" if isinstance(value, list) else f"({inside}{',' * (len(value) == 1)})"
    if value is None or isinstance(value, (bool, int, float, str)):
        return literal(value).flat().replace("{", "{{").replace("}", "}}")
    raise Untranslatable("an argument of this call is not converted")


def _index(item: object) -> str:
    if isinstance(item, slice):
        parts = ["" if part is None else str(int(part)) for part in (item.start, item.stop)]
        return ":".join(parts) + ("" if item.step is None else f":{int(item.step)}")
    if item is None or item is ...:
        return "None" if item is None else "..."
    if type(item) is int:
        return str(item)
    raise Untranslatable("this index is not converted")
