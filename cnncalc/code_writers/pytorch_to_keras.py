"""What each of PyTorch's modules and functions becomes in Keras: one table, a rule for each class."""

from __future__ import annotations

from collections.abc import Sequence

from ..analysis import Trace
from ..graph import Names, Node, Ref
from ..layers import InputLayer, Shape
from ..pytorch import activation, functions, layout, linear, pieces, reductions
from ..pytorch.calls import Form, Slot
from ..pytorch.network import Constant, Held, OwnRow, Unused
from ..pytorch.registry import MODULES
from ..pytorch.shapes import Whole
from . import pytorch_layers
from .keras_layers import KerasBody
from .program import Problems, Statement, Value
from .text import literal
from .to_keras import KerasBuilder, Rule, begins_with_words, input_source
from .to_pytorch import Untranslatable, rule

RULES: dict[type, Rule] = {**pytorch_layers.RULES}


def translated(trace: Trace) -> tuple[KerasBody, str, bool]:
    """The statements of the network in Keras, its name, and whether it is a chain."""
    problems, to = Problems(), KerasBuilder(Names())
    steps = trace.by_node()
    values: dict[Ref, Value] = {}
    inputs = trace.graph.inputs
    for node in inputs:
        shape = steps[node].output or ()
        axes = (*range(1, len(shape)), 0) if len(shape) in (3, 4) or (len(shape) == 2 and _maps(trace, node)) else tuple(range(len(shape)))
        value = values[Ref(node)] = Value(shape, axes)
        to.body.inputs.append(value)
        to.body.made.append(input_source(node, value.written, begins_with_words(node, trace.graph.nodes), to.names, len(inputs) > 1))
    for node in trace.graph.nodes:
        outputs = steps[node].outputs or ()
        if type(node.layer) is InputLayer:
            continue
        try:
            made = _written(to, node, [values[ref] for ref in node.inputs], outputs)
        except Untranslatable as refused:
            problems.add(node, str(refused))
            made = [Value(shape) for shape in outputs]
        values.update({Ref(node, i): value for i, value in enumerate(made)})
    problems.check()
    to.body.outputs = [values[ref] for ref in trace.graph.outputs]
    name = trace.graph.name if trace.graph.name.isidentifier() else "network"
    return to.body, name, to.body.chain()


def _maps(trace: Trace, node: Node) -> bool:
    """Whether what reads an input takes its first axis for channels."""
    return any([getattr(other.layer, "channels_first", False) is True for other in trace.graph.nodes if Ref(node) in other.inputs])


def _written(to: KerasBuilder, node: Node, xs: list[Value], outputs: Sequence[Shape]) -> list[Value]:
    layer: object = node.layer
    if isinstance(layer, (Unused, OwnRow)) and not layer.held:
        return []
    if type(layer) is Unused:
        raise Untranslatable("it is built and never called; Keras has no place for it")
    if isinstance(layer, (Held, Constant, OwnRow)):
        raise Untranslatable("weights and constants that forward uses directly are not converted")
    if any([shape.whole for shape in outputs]):
        raise Untranslatable("its output does not begin with the batch")
    to.node = node
    rule = next((RULES[kind] for kind in type(layer).__mro__ if kind in RULES), None)
    if rule is None:
        raise Untranslatable("Keras has nothing like it, or it is not converted")
    made = rule(to, layer, xs, outputs)
    return made if isinstance(made, list) else [made]


# Functions of each value.

#: PyTorch's activation as Keras names it, where it has the same default.
_ACTIVATIONS = {"celu": "celu", "selu": "selu", "silu": "silu", "mish": "mish", "sigmoid": "sigmoid", "tanh": "tanh", "soft_shrink": "soft_shrink",
                "softsign": "softsign", "hard_shrink": "hard_shrink", "tanh_shrink": "tanh_shrink", "hard_sigmoid": "hard_sigmoid",
                "hard_silu": "hard_silu", "log_sigmoid": "log_sigmoid", "hard_tanh": "hard_tanh", "softplus": "softplus"}
#: Functions that change no value.
_SAME = ("contiguous", "clone", "detach", "float", "to", "type_as", "cuda", "cpu", "requires_grad_")
_DROPOUTS = {"dropout": "Dropout", "alpha_dropout": "AlphaDropout", "dropout1d": "SpatialDropout1D", "dropout2d": "SpatialDropout2D",
             "dropout3d": "SpatialDropout3D"}
_UNARY = {"exp": "exp", "log": "log", "sqrt": "sqrt", "rsqrt": "rsqrt", "square": "square", "abs": "abs", "neg": "negative", "sin": "sin", "cos": "cos"}


@rule(RULES, activation.Elementwise)
def _elementwise(to: KerasBuilder, layer: activation.Elementwise, xs: list[Value], ys: Sequence[Shape]) -> Value:
    more: dict[str, object]
    x, word, numbers = xs[0], functions.plain_name(layer.kind), _numbers(layer)
    if word in _SAME:
        return x
    if word in _DROPOUTS:
        spatial = "Spatial" in _DROPOUTS[word]
        rate = layer.p if hasattr(layer, "p") else numbers[0] if numbers else 0.5
        y = to.channels_last(x) if spatial else x
        found = to.layer(_DROPOUTS[word], rate, x=y, shape=ys[0], axes=y.axes)
        found.positive = x.positive
        return found
    if word in ("relu", "relu6"):
        more = {"max_value": 6} if word == "relu6" else {}
        found = to.layer("ReLU", x=x, shape=ys[0], axes=x.axes, **more)
        found.positive = True
        return found
    if word == "leaky_relu":
        return to.layer("LeakyReLU", x=x, shape=ys[0], axes=x.axes, negative_slope=_number(layer, "negative_slope", numbers, 0.01))
    if word == "elu":
        return to.layer("ELU", x=x, shape=ys[0], axes=x.axes, **_unless(1.0, alpha=_number(layer, "alpha", numbers, 1.0)))
    if word == "gelu":
        if getattr(layer, "approximate", "none") != "none" or numbers:
            return to.function("keras.ops.gelu({0})", x, ys[0], x.axes)
        return to.layer("Activation", "gelu", x=x, shape=ys[0], axes=x.axes)
    if word in _UNARY:
        return to.function(f"keras.ops.{_UNARY[word]}({{0}})", x, ys[0], x.axes)
    settings = {key: value for key, value in layer.said.items() if key not in ("inplace", "device") and value != layer._standard.get(key, layer)}
    if layer.function not in _ACTIVATIONS or settings or numbers:
        raise Untranslatable("Keras has nothing like it with these settings")
    found = to.layer("Activation", _ACTIVATIONS[layer.function], x=x, shape=ys[0], axes=x.axes)
    found.positive = layer.function in ("sigmoid", "softplus", "hard_sigmoid")
    return found


def _form(layer: object) -> Form | None:
    """How a function was called."""
    form: Form | None = getattr(layer, "form", None)
    return form


def _numbers(layer: object) -> list[int | float | str]:
    """The numbers that a function was called with."""
    form = _form(layer)
    found = [*form.args, *[v for k, v in form.kwargs.items() if k not in ("inplace", "training", "dim")]] if form is not None else []
    return [value for value in found if isinstance(value, (int, float, str)) and type(value) in (int, float, str)]


def _number(layer: object, name: str, numbers: list[int | float | str], standard: float) -> float:
    given = [number for number in numbers if not isinstance(number, str)]
    value: float = getattr(layer, name, given[0] if given else standard)
    return value


def _unless(standard: object, **kwargs: object) -> dict[str, object]:
    return {key: value for key, value in kwargs.items() if value != standard}


@rule(RULES, activation.PReLU)
def _prelu(to: KerasBuilder, layer: activation.PReLU, xs: list[Value], ys: Sequence[Shape]) -> Value:
    x = to.channels_last(xs[0]) if len(xs[0].shape) > 1 else xs[0]
    shared = tuple(range(1, len(x.shape) + (layer.num_parameters == 1)))
    if layer.num_parameters != (1 if len(shared) == len(x.shape) else x.shape[0]):
        raise Untranslatable("it has a slope for each channel, or one")
    more: dict[str, object] = {"shared_axes": shared} if shared else {}
    return to.layer("PReLU", x=x, shape=ys[0], axes=x.axes, **more)


@rule(RULES, linear.Identity)
def _identity(to: KerasBuilder, layer: object, xs: list[Value], ys: Sequence[Shape]) -> Value:
    return xs[0]


@rule(RULES, activation.Softmax, activation.LogSoftmax)
def _softmax(to: KerasBuilder, layer: activation.Softmax | activation.LogSoftmax, xs: list[Value], ys: Sequence[Shape]) -> Value:
    x = xs[0]
    axis = to.axis(x, layer.axis(Shape((None, *x.shape))))
    if isinstance(layer, activation.LogSoftmax):
        return to.function(f"keras.ops.log_softmax({{0}}, axis={axis})", x, ys[0], x.axes)
    return to.layer("Softmax", x=x, shape=ys[0], axes=x.axes, **_unless(-1, axis=axis))


# Several tensors.

_OPERATORS = {"add": "+", "mul": "*", "multiply": "*", "sub": "-", "subtract": "-", "div": "/", "divide": "/", "pow": "**"}
#: Those that make no negative number of numbers that are none.
_GROWING = ("add", "mul", "multiply", "div", "divide", "pow")
_SIGNS = {"add": "Add", "mul": "Multiply", "multiply": "Multiply", "sub": "Subtract", "subtract": "Subtract", "maximum": "Maximum", "minimum": "Minimum"}


@rule(RULES, reductions.Together)
def _together(to: KerasBuilder, layer: reductions.Together, xs: list[Value], ys: Sequence[Shape]) -> Value:
    word, numbers = functions.plain_name(layer.kind), _numbers(layer)
    form = _form(layer)
    if len(xs) == 1 and word in _OPERATORS and len(numbers) == 1 and form is not None and len(form.args) == 2:
        sides = ["{0}" if isinstance(side, Slot) else literal(side).flat() for side in form.args]
        found = to.function(f" {_OPERATORS[word]} ".join([f"({side})" if side.startswith("-") else side for side in sides]), xs[0], ys[0], xs[0].axes)
        found.positive = word in _GROWING and xs[0].positive and float(numbers[0]) >= 0
        return found
    if len(xs) != 2 or word not in {**_SIGNS, **_OPERATORS} or numbers:
        raise Untranslatable("this expression is not converted")
    if len(xs[0].shape) != len(xs[1].shape):
        raise Untranslatable("its tensors have different numbers of axes")
    axes = max(xs, key=lambda x: len([n for n in x.shape if n != 1])).axes
    xs = [to.arranged(x, axes) for x in xs]
    if word in _SIGNS:
        found = to.layer(_SIGNS[word], x=xs, shape=ys[0], axes=axes)
    else:
        found = to.function(f"{{0}} {_OPERATORS[word]} {{1}}", xs, ys[0], axes)
    found.positive = word not in ("sub", "subtract") and all([x.positive for x in xs])
    return found


@rule(RULES, pieces.Cat)
def _cat(to: KerasBuilder, layer: pieces.Cat, xs: list[Value], ys: Sequence[Shape]) -> Value:
    xs = [to.arranged(x, xs[0].axes) for x in xs]
    axis = to.axis(xs[0], layer.dim)
    if axis == 0:
        raise Untranslatable("it joins examples, not values")
    found = to.layer("Concatenate", x=xs, shape=ys[0], axes=xs[0].axes, **_unless(-1, axis=axis))
    found.positive = all([x.positive for x in xs])
    return found


@rule(RULES, pieces.Chunk, pieces.Split)
def _split(to: KerasBuilder, layer: pieces.Chunk | pieces.Split, xs: list[Value], ys: Sequence[Shape]) -> list[Value]:
    x, axis = xs[0], to.axis(xs[0], layer.dim)
    if axis == 0 or len(set(map(tuple, ys))) > 1:
        raise Untranslatable("keras.ops.split makes pieces of one size")
    found = [Value(y, x.axes) for y in ys]
    to.body.statements.append(Statement([x], found, None, f"keras.ops.split({{0}}, {len(ys)}, axis={axis})"))
    return found


# Other shapes.

ORDER = "PyTorch flattens (channels, height, width): weights of a layer after this must be permuted."


@rule(RULES, layout.View, layout.Flatten, MODULES["nn.Flatten"], MODULES["nn.Unflatten"], layout.Squeeze, layout.Unsqueeze)
def _reshaped(to: KerasBuilder, layer: object, xs: list[Value], ys: Sequence[Shape]) -> Value:
    x, y = xs[0], tuple(ys[0])
    if y == x.shape:
        return x
    if None in y or None in x.shape:
        raise Untranslatable("the shape that it makes is not known; --input gives the sizes")
    if len(y) == 1:
        order = [axis for axis in x.axes if x.shape[axis] != 1]
        found = to.layer("Flatten", x=x, shape=y, axes=(0,))
        to.body.statements[-1].comments += [ORDER] if order != sorted(order) else []
    else:
        x = to.as_read(x)
        found = to.layer("Reshape", y, x=x, shape=y, axes=range(len(y)))
    found.positive = x.positive
    return found


@rule(RULES, layout.Permute, layout.Transpose, layout.MT)
def _permuted(to: KerasBuilder, layer: layout.Permute | layout.Transpose | layout.MT, xs: list[Value], ys: Sequence[Shape]) -> Value:
    x = xs[0]
    axes = layer.axes(Whole((1, *x.shape)))
    if axes[0] != 0:
        raise Untranslatable("it moves the batch")
    # Axis i of what comes out is axis axes[i] of what it reads: only the names of the axes change.
    return _renamed(x, [axes.index(axis + 1) - 1 for axis in x.axes], ys[0])


def _renamed(x: Value, axes: Sequence[int], shape: Shape) -> Value:
    found = Value(shape, axes)
    found.tensor, found.positive = x.tensor, x.positive
    return found


@rule(RULES, reductions.Reduction)
def _reduced(to: KerasBuilder, layer: reductions.Reduction, xs: list[Value], ys: Sequence[Shape]) -> Value:
    word, x = functions.plain_name(layer.kind), xs[0]
    if word not in ("mean", "sum", "amax", "amin") or layer.dim is None:
        raise Untranslatable("this reduction is not converted")
    dims = sorted([d % (len(x.shape) + 1) for d in layer.dim])
    if dims[0] == 0:
        raise Untranslatable("it reduces the batch")
    keep, rank = bool(layer.keepdim), len(x.shape)
    if word in ("mean", "amax") and dims == list(range(2, rank + 1)) and rank in (2, 3, 4):
        x = to.channels_last(x)
        kind = f"Global{'Average' if word == 'mean' else 'Max'}Pooling{rank - 1}D"
        more: dict[str, object] = {"keepdims": True} if keep else {}
        found = to.layer(kind, x=x, shape=ys[0], axes=x.axes if keep else (0,), **more)
    else:
        axes = tuple([to.axis(x, d) for d in dims])
        left = [axis for axis in x.axes if axis + 1 not in dims]
        after = x.axes if keep else [sorted(left).index(axis) for axis in left]
        function = {"amax": "max", "amin": "min"}.get(word, word)
        found = to.function(f"keras.ops.{function}({{0}}, axis={literal(axes[0] if len(axes) == 1 else axes).flat()}{', keepdims=True' * keep})",
                            x, ys[0], after)
    found.positive = x.positive
    return found
