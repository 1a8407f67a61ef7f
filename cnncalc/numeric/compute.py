"""A network with numbers in it: every map of every layer, exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod
from typing import Any, Protocol

from ..analysis import Model, Step, Trace
from ..arrays import Array, Number, worded
from ..errors import CnncalcError, SpecError, SpecErrors, about
from ..graph import Node
from ..layers import InputLayer, Layer, Shape
from ..layers.activation import ELU, ActivationLayer, LeakyReLU, PReLU, ReLU, Softmax
from ..layers.conv import Conv, ConvTranspose, DepthwiseConv, SeparableConv
from ..layers.core import Dense
from ..layers.dropout import (
    ActivityRegularization,
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
    Identity,
    SpatialDropout,
    SpatialDropout1D,
)
from ..layers.merge import Concatenate
from ..layers.norm import BatchNormalization
from ..layers.pool import AdaptivePooling, GlobalPooling, Pooling
from ..layers.preprocessing import Rescaling
from ..layers.reshape import (
    Cropping,
    Flatten,
    Permute,
    RepeatVector,
    Reshape,
    UpSampling1D,
    UpSampling2D,
    UpSampling3D,
    ZeroPadding,
)
from . import elementwise as whole
from . import windows as slide
from .cells import Stage
from .functions import function_stage, named
from .weights import weights_of
from .windows import Weights

#: What somebody might still do by hand, or follow: values in all maps, and steps to them.
MOST_VALUES = 10_000
MOST_PRODUCTS = 1_000_000

Rule = Callable[[Any, Array, Shape, Shape, Weights], Iterator[Stage]]
UPSAMPLING = (UpSampling1D, UpSampling2D, UpSampling3D)
#: The rules by class, each for the classes below it too.
RULES: dict[type[Layer], Rule] = {
    Conv: slide.conv, DepthwiseConv: slide.depthwise, SeparableConv: slide.separable, ConvTranspose: slide.transposed,
    Pooling: slide.pool, GlobalPooling: slide.global_pool, AdaptivePooling: slide.adaptive,
    **dict.fromkeys((ZeroPadding, Cropping, *UPSAMPLING), slide.moved),
    Dense: whole.dense, Flatten: whole.in_order, Reshape: whole.in_order, Permute: whole.permuted,
    RepeatVector: whole.repeated, BatchNormalization: whole.batch_norm, Rescaling: whole.rescaled, PReLU: whole.learnt_slopes,
    **dict.fromkeys((ActivationLayer, ReLU, LeakyReLU, ELU, Softmax), whole.function_of),
    **dict.fromkeys((Identity, Dropout, SpatialDropout1D, SpatialDropout, AlphaDropout, GaussianDropout, GaussianNoise,
                     ActivityRegularization), whole.same),
}


def rule_of(kind: type[Layer]) -> Rule | None:
    """The rule by which a layer with one input is computed, if it is."""
    return next((RULES[base] for base in kind.__mro__ if base in RULES), None)


def can_compute(kind: type[Layer]) -> bool:
    """Whether layers of this kind are computed."""
    return rule_of(kind) is not None or kind in whole.MERGES or kind is Concatenate


class Done:
    """What a layer made of numbers: `stages` end with its output, `array`."""

    def __init__(self, name: str, step: Step, inputs: tuple[tuple[str, Array], ...], weights: Weights,
                 stages: tuple[Stage, ...]):
        self.name = name
        self.step = step
        self.inputs = inputs
        self.weights = weights
        self.stages = stages

    @property
    def layer(self) -> Layer:
        layer = self.step.node.layer
        assert layer is not None, self.name
        return layer

    @property
    def array(self) -> Array:
        return self.stages[-1].array

    @property
    def exact(self) -> bool:
        return all([stage.array.exact for stage in self.stages])


class Traced(Protocol):
    """What has a trace: a network, or one layer with its input."""

    @property
    def trace(self) -> Trace: ...


class Computed:
    """A network's inputs in numbers, and its layers in order."""

    def __init__(self, trace: Trace, flip: bool):
        self.trace = trace
        self.flip = flip
        self.inputs: dict[str, Array] = {}
        self.layers: list[Done] = []


def compute(network: Trace | Traced, flip: bool = False) -> Computed:
    """Every map of a network whose inputs have values and whose layers have weights.

    `network` is one, or its trace. Convolutions are those of networks, cross-correlations;
    `flip` turns their kernels round first. CnncalcError if something is missing, or if it is
    more than anybody would do by hand.
    """
    trace = network if isinstance(network, Trace) else network.trace
    found = Computed(trace, flip)
    refuse_large(trace)
    values: dict[Node, Array] = {}
    problems: list[CnncalcError] = []
    for step in trace.steps:
        if type(step.node.layer) is InputLayer:
            try:
                values[step.node] = found.inputs[step.name] = _input(step)
            except SpecError as error:
                problems.append(error)
    _missing_weights(trace, problems)
    if problems:
        raise SpecErrors(problems)
    _run(trace, values, found, "", {})
    return found


def grids(network: Trace | Traced, flip: bool = False) -> dict[str, Array]:
    """The map that comes out of each layer, by its name; those on the way as `layer/stage`."""
    found: dict[str, Array] = {}
    for done in compute(network, flip).layers:
        for stage in done.stages[:-1]:
            found[f"{done.name}/{stage.name}"] = stage.array
        found[done.name] = done.array
    return found


def refuse_large(trace: Trace) -> None:
    """SpecError for what nobody would do by hand, from the shapes alone."""
    values, products, reads = _size(trace)
    if values > MOST_VALUES:
        raise SpecError(f"{_some(values)} values in its feature maps are too many to work out by hand (at most {MOST_VALUES:,})",
                        (), "a smaller input shows the same")
    if products > MOST_PRODUCTS or reads > 2 * MOST_PRODUCTS:
        raise SpecError(f"{_some(max(products, reads))} products are too many to work out by hand "
                        f"(at most {MOST_PRODUCTS:,})", (), "a smaller input, or fewer filters, shows the same")


def _some(n: int) -> str:
    return f"{n:,}" if n < 10**12 else f"more than {10**12:,}"


def _size(trace: Trace) -> tuple[int, int, int]:
    """Values in all maps, products or comparisons that make them, and taps to go through."""
    values = products = reads = 0
    for step in trace.steps:
        if step.inner is not None:
            inner = _size(step.inner)
            values, products, reads = values + inner[0], products + inner[1], reads + inner[2]
            continue
        layer = step.node.layer
        for shape in step.outputs or ():
            if None in shape:
                raise _of(step, SpecError("gives a size that is not known", (), "write it in place of null"))
            values += prod(shape)
        if layer is None or type(layer) is InputLayer or not can_compute(type(layer)):
            continue
        xs = layer.viewed(step.inputs)
        products += int(layer.macs(*xs) or 0)
        counted = layer.operations(*xs)
        if isinstance(layer, (Pooling, GlobalPooling, AdaptivePooling)):
            products += sum([int(counted.get(name) or 0) for name in ("comparisons", "additions")])
        windows = layer.windows(xs[0]) if xs else None
        if windows is not None and step.output is not None and not isinstance(layer, UPSAMPLING):
            y = layer.view(step.output)
            reads += sum([window.size * n for window, n in zip(windows, y.spatial)])
    return values, products, reads


def _of(step: Step, error: SpecError) -> SpecError:
    """An error of a layer, with its name and place; its path begins beside the layer."""
    node = step.node
    said = SpecError(about(node.kind, node.name, error.problem), error.path, error.hint)
    if node.origin is None:
        return said
    if error.path and error.path[0] == "weights" and hasattr(node.origin, "beside"):
        placed: SpecError = node.origin.beside(said)
        return placed
    return node.origin.place(said)


def _input(step: Step) -> Array:
    given, shape = step.node.given, tuple(step.output or ())
    if given is None:
        name = step.name
        error = SpecError(f"the input {name!r} has no values" if name != "input" else "the input has no values", (),
                          "input: {values: [[1, 2], [3, 4]]}, or with a shape and a word: {shape: [4, 4, 1], values: range}")
        raise step.node.origin.place(error) if step.node.origin is not None else error
    return worded(given, shape) if isinstance(given, str) else given


def _missing_weights(trace: Trace, problems: list[CnncalcError]) -> None:
    """All layers that cannot be computed, or that lack weights, before any is."""
    for step in trace.steps:
        if step.inner is not None:
            _missing_weights(step.inner, problems)
            continue
        layer = step.node.layer
        if layer is None or type(layer) is InputLayer:
            continue
        try:
            if not can_compute(type(layer)):
                raise SpecError("layers of this kind are not computed by hand", (), "'cnncalc summary' shows its shapes and weights")
            interpolation = getattr(layer, "interpolation", "nearest")
            if interpolation != "nearest":
                raise SpecError(f"interpolation {interpolation!r} is not computed by hand", ("interpolation",))
            if getattr(layer, "lora_rank", None):
                raise SpecError("lora_rank is not computed by hand", ("lora_rank",))
            if step.node.call == 0:
                weights_of(layer, layer.owned(step.inputs), step.node.given)
        except SpecError as error:
            problems.append(_of(step, error))


def _run(trace: Trace, values: dict[Node, Array], found: Computed, prefix: str, given: dict[Layer, object]) -> list[Array]:
    """Compute the steps of a trace whose inputs have these values; its outputs."""
    maps: dict[tuple[Node, int], Array] = {(node, 0): array for node, array in values.items()}
    for step in trace.steps:
        node = step.node
        layer = node.layer
        if type(layer) is InputLayer or layer is None:
            continue
        inputs = tuple([(prefix + ref.node.name, maps[ref.node, ref.output]) for ref in node.inputs])
        if isinstance(layer, Model):
            assert step.inner is not None
            inner = dict(zip(step.inner.graph.inputs, [array for _, array in inputs]))
            for i, array in enumerate(_run(step.inner, inner, found, f"{prefix}{step.name}/", given)):
                maps[node, i] = array
            continue
        given.setdefault(layer, node.given)
        try:
            weights = weights_of(layer, layer.owned(step.inputs), given[layer], found.flip)
            done = Done(prefix + step.name, step, inputs, weights, stages_of(layer, inputs, step, weights))
        except SpecError as error:
            raise _of(step, error) from None
        except OverflowError:
            raise _of(step, SpecError("a number is too large for a rounded one")) from None
        found.layers.append(done)
        maps[node, 0] = done.array
    return [maps[ref.node, ref.output] for ref in trace.graph.outputs]


def stages_of(layer: Layer, inputs: tuple[tuple[str, Array], ...], step: Step | None, weights: Weights) -> tuple[Stage, ...]:
    """The maps that a layer makes of these inputs, its activation as a stage of its own."""
    xs = tuple([array for _, array in inputs])
    shapes = tuple([Shape(x.shape) for x in xs])
    y = step.outputs[0] if step is not None and step.outputs else layer.apply(shapes)[0]
    y = Shape(y)
    if type(layer) in whole.MERGES:
        return tuple(whole.merged(layer, xs, y))
    if type(layer) is Concatenate:
        return tuple(whole.concatenated(layer, xs, y))
    view = layer.viewed(shapes)[0]
    rule = rule_of(type(layer))
    assert rule is not None
    stages = list(rule(layer, xs[0], view, layer.view(y) if len(y) == len(view) else y, weights))
    activation = getattr(layer, "activation", None)
    if type(layer) is not ActivationLayer and activation not in (None, "linear"):
        stages.append(function_stage(stages[-1].array, named(activation), (), len(stages) - 1))
    return tuple(stages)


__all__ = ["MOST_PRODUCTS", "MOST_VALUES", "Computed", "Done", "Number", "can_compute", "compute", "grids", "stages_of"]
