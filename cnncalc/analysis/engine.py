"""The engine: what every layer of a graph gives on the shapes that it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from ..errors import SpecError, about
from ..graph import Graph, Node
from ..layers import UNKNOWN, InputLayer, Layer, Shape, Weight
from ..layers.arithmetic import added, together
from ..layers.base import COMMON
from ..layers.shape import BatchShape
from ..layers.unknown import Unknown
from ..num import Num
from .batches import with_batch
from .trace import UNREAD, Computed, Step, Trace, must_be_real
from .unknown import Doubt, compatible


class Model(Layer, kind="Functional"):
    """A network used as one layer."""

    arity = (1, None)
    of_whole_tensors = True
    takes_mask = True

    def __init__(self, graph: Graph, trainable: bool = True):
        self.graph = graph
        self.trainable = trainable
        #: Whether the layers inside are frozen when it is not trainable; if not, each says so itself.
        self.freezes = True
        self.dtype = None
        self.name = graph.name
        self.said = {}
        self._known: dict[tuple[object, ...], Trace] = {}
        #: The steps up to what could not be computed, when it was last tried.
        self.partial: Trace | None = None
        self.keras_class = "Sequential" if graph.sequential else "Functional"  # type: ignore[misc]

    @property
    def results(self) -> int:  # type: ignore[override]
        return len(self.graph.outputs)

    def declared(self, i: int) -> Shape | None:
        return Shape(self.graph.inputs[i].layer.shape) if i < len(self.graph.inputs) else None  # type: ignore[union-attr]

    def traced(self) -> Layer:
        return self

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        return self.gives(xs, self.trace(xs))

    def gives(self, xs: tuple[Shape, ...], trace: Trace) -> tuple[Shape, ...]:
        """What comes out: unknown wherever it depends on a size that `xs` leave open.

        `trace` is that of `xs`.
        """
        shapes = dict(zip(self.graph.inputs, xs))
        if all(shapes[step.node] == step.output for step in trace.steps if step.node in shapes):
            return trace.outputs
        unsure = analyse(self.graph, shapes, whole=trace.whole)
        return trace.outputs if unsure.errors else unsure.outputs

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        for step in self.trace(xs).steps:
            for weight in step.weights:
                yield weight._replace(name=f"{step.node.name}/{weight.name}")

    def owned_apart(self, xs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        return tuple(self.trace(xs).weights_apart())

    def macs(self, *xs: Shape) -> int | None:
        trace = self.trace(xs)
        if trace.macs is None:
            trace.macs = (added([None if s.blind else s.node.layer.macs(*s.node.layer.viewed(s.inputs))  # type: ignore[union-attr]
                                 for s in trace.steps if s.used]),)
        return trace.macs[0]

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        trace = self.trace(xs)
        if trace.operations is None:
            trace.operations = together(*[s.node.layer.operations(*s.node.layer.viewed(s.inputs))  # type: ignore[union-attr]
                                          for s in trace.steps if s.used and not s.blind])
        return trace.operations

    def forget(self) -> None:
        """Work out the inside anew: a layer in it has changed."""
        self._known.clear()

    def trace(self, xs: tuple[Shape, ...], adapt: bool = False, frozen: bool = False) -> Trace:
        """The steps inside, on inputs of these shapes.

        A size that they leave open is the declared one; the other way round the model has
        to be one without knowing the size, as it has in Keras.
        """
        self.partial = None
        inputs = self.graph.inputs
        if len(xs) != len(inputs):
            raise SpecError(f"takes {len(inputs)} input{'s' * (len(inputs) != 1)}, got {len(xs)}")
        frozen = (frozen and not self.states_trainable) or (self.freezes and not self.trainable)
        if adapt:
            return self._trace(dict(zip(inputs, xs)), True, frozen)
        declared = {node: as_declared(x, node) for x, node in zip(xs, inputs)}
        shapes = {}
        if not all([compatible(x, declared[node]) for x, node in zip(xs, inputs)]) and all(
                [taken(x, declared[node]) for x, node in zip(xs, inputs)]):
            return self._on_others(dict(zip(inputs, xs)), declared, frozen)
        for x, node in zip(xs, inputs):
            if not compatible(x, declared[node]):
                raise SpecError(f"takes {declared[node]}, got {x}", (),
                                "a model keeps the input size that it was made with")
            sizes = [b if a is None else a for a, b in zip(x, declared[node])]
            shapes[node] = BatchShape(sizes, x.batch) if type(x) is BatchShape else Shape(sizes)
        made = self._trace(declared, False, frozen)
        same = shapes == declared and all([shapes[node].batch == declared[node].batch for node in inputs])
        return made if same else self._trace(shapes, False, frozen)

    def _on_others(self, shapes: dict[Node, Shape], declared: dict[Node, Shape], frozen: bool) -> Trace:
        """The steps on inputs of other shapes than its own, for which its weights must do."""
        made, found = self._trace(declared, False, frozen), self._trace(shapes, False, frozen)
        for step, other in zip(made.steps, found.steps):
            if [w.shape for w in step.weights] != [w.shape for w in other.weights]:
                raise SpecError(f"has weights for {next(iter(declared.values()))}, got {next(iter(shapes.values()))}", (),
                                f"{step.node.kind} {step.node.name!r} inside would need others")
        return found

    def _trace(self, shapes: dict[Node, Shape], adapt: bool, frozen: bool) -> Trace:
        # Shared models in shared models would otherwise be worked out over and over. Sizes that
        # remember how they were made are not taken for others.
        sizes = [tuple(shapes[node]) for node in self.graph.inputs]
        whole = any([type(x) is BatchShape for x in shapes.values()])
        batches = tuple([shapes[node].batch for node in self.graph.inputs]) if whole else None
        key = (*sizes, batches, adapt, frozen, any(type(n) is Num for size in sizes for n in size) and id(shapes))
        known = self._known.get(key)
        if known is None:
            known = analyse(self.graph, shapes, adapt=adapt, frozen=frozen, whole=whole)
            known.failed = next((step.error for step in known.steps if step.error is not None), None)
            if key[-1] is False:
                self._known[key] = known
        if known.failed is not None:
            self.partial = known
            raise known.failed
        return known


def as_declared(x: Shape, node: Node) -> Shape:
    """The declared sizes of a nested model's input, with its batch where `x` has one."""
    layer: InputLayer = node.layer  # type: ignore[assignment]
    return BatchShape(layer.shape, layer.batch_size) if type(x) is BatchShape else Shape(layer.shape)


def taken(x: tuple[int | None, ...], declared: tuple[int | None, ...]) -> bool:
    """Whether Keras calls a model on `x`: a last axis of 1 aside, it compares sizes as far as both shapes go."""
    first, second = (shape[:-1] if shape and shape[-1] == 1 else shape for shape in (x, declared))
    return all([a is None or b is None or a == b for a, b in zip(first, second)])


def analyse(graph: Graph, shapes: Mapping[Node, tuple[int | None, ...]] | None = None, *,
            adapt: bool = False, frozen: bool = False, whole: bool = False) -> Trace:
    """A step for every node.

    `shapes` replaces the sizes of inputs; `adapt` lets the models inside follow them;
    `frozen` makes all weights non-trainable. A step that cannot be computed has an
    `error`, and those that depend on it are left out. `whole`: shapes have the batch, which
    operations can then change.
    """
    frozen = frozen or graph.frozen
    used = graph.used()
    given: Mapping[Node, tuple[int | None, ...]] = shapes or {}
    steps: list[Step] = []
    outputs: dict[Node, tuple[Shape, ...]] = {}
    built: dict[Layer, tuple[tuple[int | None, ...], ...]] = {}
    counted: set[Layer | None] = set()
    live = {node.layer for node in used} if len(used) < len(graph.nodes) else ()
    known: dict[object, Computed] = {}
    before: dict[Layer, tuple[Shape, ...]] = {}
    doubt = Doubt(graph, given, adapt)
    for node in graph.nodes:
        layer = node.layer
        if layer is None:
            steps.append(Step.failed(node, (), UNREAD, node in used))
            continue
        if type(layer) is InputLayer:
            shape = given.get(node)
            if shape is not None and tuple(shape) != tuple(layer.shape):
                layer = InputLayer(shape=shape)
            xs: tuple[Shape, ...] = ()
        else:
            try:
                xs = tuple([outputs[ref.node][ref.output] for ref in node.inputs])
            except (KeyError, IndexError):
                continue  # what it reads could not be computed
        key = (layer.key, xs, tuple([x.full for x in xs]) if whole else None) if layer.key is not None else None
        computed = known.get(key) if key is not None else None
        try:
            if (doubt.nodes or type(layer) is Unknown or layer.own_code) and doubt.reaches(node, layer):
                xs = doubt.imagined(layer, xs)
                computed = doubt.answer(node, layer, xs, partial(_computed, layer, xs, adapt, frozen))
            elif computed is None:
                computed = _computed(layer, xs, adapt, frozen)
                if computed.inner is not None:
                    doubt.inside(node, computed)
                if key is not None:
                    known[key] = computed
            if node.call and not computed.blind:
                _must_fit(layer, built, xs, frozen)
        except SpecError as error:
            xs, computed = _again(layer, xs, before[layer], frozen) if node.call and layer in before else (xs, None)
            if computed is None:
                if error is not UNREAD:
                    error = _explained(error, node, xs)
                steps.append(Step.failed(node, xs, error, node in used, layer.partial if type(layer) is Model else None))
                continue
        if whole and computed.outputs is not None:
            from copy import copy  # lazy: for whole tensors

            computed = copy(computed)
            computed.outputs = with_batch(layer, xs, computed.outputs or (), given.get(node))
        outputs[node] = computed.outputs  # type: ignore[assignment]
        is_used = node in used
        adds = node.layer not in counted and (is_used or node.layer not in live)
        if computed.weights and not node.call:
            before[layer] = xs
        if (node.call or computed.weights) and not computed.blind:
            if node.layer not in built:
                built[node.layer] = tuple([w.shape for w in computed.weights])  # type: ignore[index]
            if adds:
                counted.add(node.layer)
        elif adds and type(layer) is Unknown:
            counted.add(layer)
        steps.append(Step(node, xs, computed, is_used, adds))
    trace = Trace(graph, tuple(steps))
    trace.whole = whole
    return trace


def of_whole_tensors(trace: Trace) -> Trace:
    """The same with the size of the batch in its shapes, if the network states it and this changes nothing else."""
    if trace.whole or not _states_batch(trace.graph):
        return trace
    sizes = {step.node: BatchShape(step.output or (), getattr(step.node.layer, "batch_size", None))
             for step in trace.steps if type(step.node.layer) is InputLayer}
    whole = analyse(trace.graph, sizes, whole=True)
    return trace if whole.errors else whole


def _states_batch(graph: Graph) -> bool:
    """Whether the batch of an input is given, also of a model inside."""
    return any([node.layer.batch_size is not None if type(node.layer) is InputLayer else
                type(node.layer) is Model and _states_batch(node.layer.graph) for node in graph.nodes])


def _computed(layer: Layer, xs: tuple[Shape, ...], adapt: bool, frozen: bool) -> Computed:
    """What a layer makes of inputs of these shapes. SpecError if it does not take them."""
    if type(layer) is Model:
        inner = layer.trace(xs, adapt, frozen)
        weights = tuple([weight._replace(name=f"{step.node.name}/{weight.name}")
                         for step in inner.steps if step.used for weight in step.weights])
        return Computed(layer.gives(xs, inner), weights, (), inner, at_least=inner.at_least)
    # Where the channels stand is for the next layer to say.
    outputs = tuple([y if type(y) in (Shape, BatchShape) or y is UNKNOWN or y.whole else Shape(y) for y in layer.apply(xs)])
    for y in outputs:
        must_be_real(y)
    weights = layer.owned(xs)
    if frozen and not layer.stays_trainable:
        weights = tuple([w._replace(trainable=False) for w in weights])
    return Computed(outputs, weights, tuple(layer.notes(*layer.viewed(xs))))


def _again(layer: Layer, xs: tuple[Shape, ...], first: tuple[Shape, ...],
           frozen: bool) -> tuple[tuple[Shape, ...], Computed | None]:
    """A further call on a size that is not known where the weights need it: they were made for one.

    `first` are the inputs that they were made for. Also gives the inputs with that size in
    them: with any other the call cannot be.
    """
    fitting = tuple([w.shape for w in layer.owned(first)])
    for i, (x, made) in enumerate(zip(xs, first)):
        for axis in range(-1, -1 - len(x), -1):
            if x[axis] is None and -axis <= len(made) and made[axis] is not None:
                filled = list(x)
                filled[axis] = made[axis]
                ys = (*xs[:i], Shape(filled), *xs[i + 1 :])
                try:
                    computed = _computed(layer, ys, False, frozen)
                except SpecError:
                    continue
                if tuple([w.shape for w in computed.weights]) == fitting:
                    return ys, computed
    return xs, None


def _must_fit(layer: Layer, built: dict[Layer, tuple[tuple[int | None, ...], ...]],
              xs: tuple[Shape, ...], frozen: bool) -> None:
    """Refuse a second call on a shape that the weights were not made for."""
    before = built.get(layer)
    if before is None:
        return
    now = tuple([w.shape for w in layer.owned(xs)])
    if now != before:
        raise SpecError(
            f"shares its weights with an earlier call, but needs others: {now[0]} where it has {before[0]}"
        )


def _explained(error: SpecError, node: Node, xs: tuple[Shape, ...]) -> SpecError:
    """The error with the layer's name, what it read, and its place in the file."""
    if error.document is not None:  # of a file that this one names
        error.hint = "\n".join(filter(None, [error.hint, f"in the model {node.name!r}"]))
        return error
    gives = [f"{ref.node.name} gives {x}" for ref, x in zip(node.inputs[:4], xs)]
    hint = "; ".join([*gives, error.hint] if error.hint else gives) or None
    placed = SpecError(about(node.kind.removeprefix("nn."), node.name, error.problem), error.path, hint)
    return node.origin.place(placed) if node.origin is not None else placed


assert COMMON  # the settings of every layer, which a Model takes by hand
