"""What a network computes: a step for every node, with shapes and weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .dtypes import variable_dtype
from .errors import SpecError
from .graph import Graph, Node
from .layers import UNKNOWN, InputLayer, Layer, Shape, Weight
from .layers.arithmetic import added, together
from .layers.base import COMMON
from .layers.unknown import Unknown, noted
from .num import Num

#: What arrays can be at most: numpy has as many axes, and sizes of 64 bits.
MOST_AXES, LARGEST = 64, 2**63 - 1


class Model(Layer, kind="Functional"):
    """A network used as one layer."""

    arity = (1, None)

    def __init__(self, graph: Graph, trainable: bool = True):
        self.graph = graph
        self.trainable = trainable
        #: Whether the layers inside are frozen when it is not trainable; if not, each says so itself.
        self.freezes = True
        self.dtype = None
        self.name = graph.name
        self.said = {}
        self._known: dict[Any, Trace] = {}
        #: The steps up to what could not be computed, when it was last tried.
        self.partial: Trace | None = None
        self.keras_class = "Sequential" if graph.sequential else "Functional"  # type: ignore[misc]

    @property
    def results(self) -> int:  # type: ignore[override]
        return len(self.graph.outputs)

    @property
    def key(self) -> Any:
        return None

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
        unsure = analyse(self.graph, shapes)
        return trace.outputs if unsure.errors else unsure.outputs

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        for step in self.trace(xs).steps:
            for weight in step.weights:
                yield weight._replace(name=f"{step.node.name}/{weight.name}")

    def owned_apart(self, xs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        return tuple(self.trace(xs).weights_apart())

    def macs(self, *xs: Shape) -> Any:
        trace = self.trace(xs)
        if trace.macs is None:
            trace.macs = (added([None if s.blind else s.node.layer.macs(*s.node.layer.viewed(s.inputs))  # type: ignore[union-attr]
                                 for s in trace.steps if s.used]),)
        return trace.macs[0]

    def operations(self, *xs: Shape) -> dict[str, Any]:
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
        declared = {node: Shape(node.layer.shape) for node in inputs}  # type: ignore[union-attr]
        shapes = {}
        if not all([compatible(x, declared[node]) for x, node in zip(xs, inputs)]) and all(
                [taken(x, declared[node]) for x, node in zip(xs, inputs)]):
            return self._on_others(dict(zip(inputs, xs)), declared, frozen)
        for x, node in zip(xs, inputs):
            if not compatible(x, declared[node]):
                raise SpecError(f"takes {declared[node]}, got {x}", (),
                                "a model keeps the input size that it was made with")
            shapes[node] = Shape(b if a is None else a for a, b in zip(x, declared[node]))
        made = self._trace(declared, False, frozen)
        return made if shapes == declared else self._trace(shapes, False, frozen)

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
        key = (*sizes, adapt, frozen, any(type(n) is Num for size in sizes for n in size) and id(shapes))
        known = self._known.get(key)
        if known is None:
            known = analyse(self.graph, shapes, adapt=adapt, frozen=frozen)
            known.failed = next((step.error for step in known.steps if step.error is not None), None)
            if key[-1] is False:
                self._known[key] = known
        if known.failed is not None:
            self.partial = known
            raise known.failed
        return known


def compatible(x: tuple[Any, ...], declared: tuple[Any, ...]) -> bool:
    """Whether `x` can be what was declared: same rank, and no two known sizes differ."""
    return len(x) == len(declared) and all(
        a is None or b is None or a == b for a, b in zip(x, declared)
    )


def taken(x: tuple[Any, ...], declared: tuple[Any, ...]) -> bool:
    """Whether Keras calls a model on `x`: a last axis of 1 aside, it compares sizes as far as both shapes go."""
    first, second = (shape[:-1] if shape and shape[-1] == 1 else shape for shape in (x, declared))
    return all([a is None or b is None or a == b for a, b in zip(first, second)])


class Step:
    """What one node does: the shapes it reads and gives, and the weights it brings.

    `weights` are those that the step adds. Of a shared layer that is its first call, or the
    first that an output depends on; the other calls add none.
    `error` says why it could not be computed; `outputs` is then `None`, and `partial` has
    what could be computed of a model. `counts` keeps what the same layer on the same shapes
    is known to cost.

    `source` says where its output comes from, if not from the layer's rules: "file", "assumed" or "unknown". It is `blind`
    if the layer's rules cannot be applied: nothing but `outputs` is known then. It is `opaque` if an unknown layer stands
    between it and the inputs. `at_least` says that it may have more parameters than are counted.
    """

    __slots__ = (
        "at_least",
        "blind",
        "counts",
        "error",
        "inner",
        "inputs",
        "node",
        "notes",
        "opaque",
        "outputs",
        "params",
        "partial",
        "source",
        "trainable_params",
        "used",
        "weights",
    )  # fmt: skip

    node: Node
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...] | None
    weights: tuple[Weight, ...]
    notes: tuple[str, ...]
    error: SpecError | None
    inner: Trace | None
    partial: Trace | None
    used: bool
    params: int
    trainable_params: int
    counts: dict[str, Any]
    source: str | None
    blind: bool
    opaque: bool
    at_least: bool

    def __init__(self) -> None:
        self.source = None
        self.blind = self.opaque = self.at_least = False

    def take(self, result: _Result) -> None:
        """Have what a layer does to its inputs."""
        self.outputs, self.weights, self.notes = result.outputs, result.weights, result.notes
        self.params, self.trainable_params = result.params, result.trainable_params
        self.inner, self.counts = result.inner, result.counts
        self.at_least = result.inner is not None and result.inner.at_least

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def kind(self) -> str:
        return self.node.kind

    @property
    def output(self) -> Shape | None:
        """The shape of the first output."""
        return self.outputs[0] if self.outputs else None

    @property
    def output_shape(self) -> Any:
        """The output's shape as Keras says it, the batch in front."""
        if self.outputs is None:
            return None
        shapes = tuple(None if shape is UNKNOWN else (None, *shape) for shape in self.outputs)
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def non_trainable_params(self) -> int:
        return self.params - self.trainable_params

    @property
    def shared(self) -> bool:
        """Whether it is a later call of a layer that stands earlier."""
        return self.node.call > 0


class Trace:
    """A network's steps in order, and their totals."""

    def __init__(self, graph: Graph, steps: tuple[Step, ...]):
        self.graph = graph
        self.steps = steps
        self._named: dict[str, Step] | None = None
        #: The first error in a model.
        self.failed: SpecError | None = None
        #: What a model has counted in it, once it has.
        self.macs: tuple[Any] | None = None
        self.operations: dict[str, Any] | None = None

    @property
    def outputs(self) -> tuple[Shape, ...]:
        """The shapes that come out of the network; only where no step has an error."""
        found = self.by_node()
        return tuple(found[ref.node].outputs[ref.output] for ref in self.graph.outputs)  # type: ignore[index]

    def weights_apart(self) -> Iterator[Weight]:
        """All weights with their dtypes, which the layers have that own them."""
        for step in self.steps:
            dtype = variable_dtype(getattr(step.node.layer, "dtype", None))
            inner = step.inner.weights_apart() if step.inner is not None and step.weights else step.weights
            for weight in inner:
                yield weight._replace(name=f"{step.node.name}/{weight.name}", dtype=weight.dtype or dtype)

    def by_node(self) -> dict[Node, Step]:
        return {step.node: step for step in self.steps}

    def __getitem__(self, name: str) -> Step:
        if self._named is None:
            self._named = {step.node.name: step for step in self.steps}
        return self._named[name]

    @property
    def errors(self) -> tuple[SpecError, ...]:
        return tuple(step.error for step in self.steps if step.error is not None and step.error is not UNREAD)

    @property
    def at_least(self) -> bool:
        """Whether it may have more parameters than are counted."""
        return any([step.at_least for step in self.steps if step.used])

    @property
    def params(self) -> int:
        return sum([step.params for step in self.steps if step.used])

    @property
    def trainable_params(self) -> int:
        return sum([step.trainable_params for step in self.steps if step.used])

    @property
    def non_trainable_params(self) -> int:
        return self.params - self.trainable_params


class _Result:
    """What a layer does to shapes, whatever node it stands in."""

    __slots__ = ("counts", "inner", "notes", "outputs", "params", "trainable_params", "weights")

    def __init__(self, layer: Layer, xs: tuple[Shape, ...], adapt: bool, frozen: bool):
        self.inner: Trace | None = None
        self.counts: dict[str, Any] = {}
        if type(layer) is Model:
            self.inner = layer.trace(xs, adapt, frozen)
            self.outputs = layer.gives(xs, self.inner)
            self.weights: tuple[Weight, ...] = tuple(
                weight._replace(name=f"{step.node.name}/{weight.name}")
                for step in self.inner.steps if step.used for weight in step.weights
            )
        else:
            # Where the channels stand is for the next layer to say.
            self.outputs = tuple([y if type(y) is Shape or y is UNKNOWN or y.whole else Shape(y) for y in layer.apply(xs)])
            for y in self.outputs:
                _must_be_real(y)
            self.weights = layer.owned(xs)
        if frozen and self.inner is None and not layer.stays_trainable:
            self.weights = tuple([w._replace(trainable=False) for w in self.weights])
        self.notes = tuple(layer.notes(*layer.viewed(xs)))
        self.params = sum([w.count for w in self.weights])
        self.trainable_params = sum([w.count for w in self.weights if w.trainable])


def _must_be_real(y: Shape) -> None:
    """Refuse an output that no array can be: numbers of thousands of digits take hours."""
    if len(y) >= MOST_AXES:
        raise SpecError(f"gives an output of {len(y) + 1} axes, the batch among them", (),
                        f"no array has more than {MOST_AXES}")
    if any([n is not None and n > LARGEST for n in y]):
        raise SpecError("gives an output that is larger than any array can be", (), f"its sizes may be up to {LARGEST:,}")


def analyse(graph: Graph, shapes: Mapping[Node, tuple[Any, ...]] | None = None, *,
            adapt: bool = False, frozen: bool = False) -> Trace:
    """A step for every node.

    `shapes` replaces the sizes of inputs; `adapt` lets the models inside follow them;
    `frozen` makes all weights non-trainable. A step that cannot be computed has an
    `error`, and those that depend on it are left out.
    """
    frozen = frozen or graph.frozen
    used = graph.used()
    given: Mapping[Node, tuple[Any, ...]] = shapes or {}
    steps: list[Step] = []
    outputs: dict[Node, tuple[Shape, ...]] = {}
    built: dict[Layer, tuple[tuple[Any, ...], ...]] = {}
    counted: set[Layer | None] = set()
    live = {node.layer for node in used} if len(used) < len(graph.nodes) else ()
    known: dict[Any, _Result] = {}
    before: dict[Layer, tuple[Shape, ...]] = {}
    doubt = Doubt(graph, given)
    for node in graph.nodes:
        layer = node.layer
        if layer is None:
            steps.append(_failed(node, (), UNREAD, node in used))
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
        step = Step()
        step.node, step.inputs, step.used = node, xs, node in used
        step.error = None
        key = (layer.key, xs) if layer.key is not None else None
        result = known.get(key) if key is not None else None
        try:
            if doubt.reaches(node, layer):
                doubt.answer(step, layer, adapt, frozen)
            else:
                if result is None:
                    result = _Result(layer, xs, adapt, frozen)
                    if key is not None:
                        known[key] = result
                step.take(result)
                doubt.inside(step)
            if node.call and not step.blind:
                _must_fit(node, layer, built, step.inputs, frozen)
        except SpecError as error:
            step.inputs, result = _again(layer, xs, before[layer], frozen) if node.call and layer in before else (xs, None)
            if result is None:
                if error is not UNREAD:
                    error = _explained(error, node, xs)
                steps.append(_failed(node, xs, error, node in used, layer.partial if type(layer) is Model else None))
                continue
            step.take(result)
        outputs[node] = step.outputs  # type: ignore[assignment]
        if not node.call and step.weights:
            before[layer] = step.inputs
        if node.layer not in built and (node.call or step.weights) and not step.blind:
            built[node.layer] = tuple([w.shape for w in step.weights])  # type: ignore[index]
        if node.layer in counted or (not step.used and node.layer in live):
            step.weights, step.params, step.trainable_params, step.at_least = (), 0, 0, False
        elif type(layer) is Unknown or ((node.call or step.weights) and not step.blind):
            counted.add(node.layer)
        steps.append(step)
    return Trace(graph, tuple(steps))


class Doubt:
    """The nodes of a graph whose outputs follow from an unknown layer's, so perhaps not from any rule.

    Shapes that the file states hold for the inputs that it states: for others they are not used.
    """

    def __init__(self, graph: Graph, given: Mapping[Node, tuple[Any, ...]]):
        self.nodes: set[Node] = set()
        self.graph = graph
        self.stored_hold = all([
            declared is None or declared == size for node, shape in given.items() if type(node.layer) is InputLayer
            for declared, size in zip(node.layer.shape, shape)])
        self._wanted: dict[Node, int] | None = None

    def reaches(self, node: Node, layer: Layer) -> bool:
        """Whether the node is an unknown layer, or reads what follows from one."""
        if type(layer) is Unknown or any([ref.node in self.nodes for ref in node.inputs]):
            self.nodes.add(node)
            return True
        return False

    def inside(self, step: Step) -> None:
        """Follow an unknown layer in a nested model, if its outputs depend on one."""
        if step.inner is None:
            return
        inner = step.inner.by_node()
        if any([inner[ref.node].opaque for ref in step.inner.graph.outputs]):
            self.nodes.add(step.node)
            assert step.outputs is not None
            step.opaque = True
            self._fill(step, step.outputs)

    def answer(self, step: Step, layer: Layer, adapt: bool, frozen: bool) -> None:
        """What is known of a step: by the layer's rules as far as they go, by the file, or by an assumption."""
        step.inner, step.notes, step.weights, step.counts = None, (), (), {}
        step.params = step.trainable_params = 0
        step.opaque = True
        result = None
        ys: tuple[Shape, ...] = (UNKNOWN,)
        if type(layer) is not Unknown:
            step.inputs = tuple([self._imagined(layer, i, x, adapt) for i, x in enumerate(step.inputs)])
            if not any([x is UNKNOWN for x in step.inputs]):
                try:
                    result = _Result(layer, step.inputs, adapt, frozen)
                except SpecError:
                    if None not in [n for x in step.inputs for n in x]:
                        raise  # not for want of a size
                    ys = whatever_the_channels(layer, step.inputs)
        else:
            result = _Result(layer, step.inputs, adapt, frozen)
        step.blind = result is None or type(layer) is Unknown
        if result is not None:
            step.take(result)
        if type(layer) is Unknown:
            step.at_least = not layer.certain
            step.source = "assumed" if layer.assumed is not None else None
        elif result is None:
            step.at_least = type(layer).weights is not Layer.weights
        self._fill(step, result.outputs if result is not None else ys)
        if type(layer) is Unknown:
            step.notes = (noted(layer, step.name, step.source),)

    def _imagined(self, layer: Layer, i: int, x: Shape, adapt: bool) -> Shape:
        """An input as far as the layer itself tells of it, where it is unknown."""
        if x is not UNKNOWN:
            return x
        if type(layer) is Model and i < len(layer.graph.inputs):
            shape = layer.graph.inputs[i].layer.shape  # type: ignore[union-attr]
            return Shape(shape) if self.stored_hold and not adapt else Shape((None,) * len(shape))
        return Shape((None,) * (layer.rank + 1)) if layer.rank is not None else x

    def _fill(self, step: Step, ys: tuple[Shape, ...]) -> None:
        """Set the outputs, with what the file states in the place of what is unknown."""
        stored = step.node.stored if self.stored_hold else {}
        filled = []
        for i in range(max(len(ys), self._count(step.node))):
            y, told = ys[i] if i < len(ys) else UNKNOWN, stored.get(i)
            if told is not None and y is not UNKNOWN and not compatible(y, told) and self._assumed():
                raise SpecError(f"gives {y} by what is assumed, and the file states {told}", (), "assume a shape that agrees with the file")
            if told is not None and (y is UNKNOWN or (None in y and compatible(y, told) and told != y)):
                y = Shape(told)
                step.source = "file"
            filled.append(y)
        step.outputs = tuple(filled)
        if UNKNOWN in filled:
            step.source = "unknown"

    def _assumed(self) -> bool:
        return any([type(node.layer) is Unknown and node.layer.assumed is not None for node in self.graph.nodes])

    def _count(self, node: Node) -> int:
        """How many outputs of a node are read."""
        if self._wanted is None:
            self._wanted = {}
            for ref in (*self.graph.outputs, *[ref for node in self.graph.nodes for ref in node.inputs]):
                self._wanted[ref.node] = max(self._wanted.get(ref.node, 0), ref.output + 1)
        return self._wanted.get(node, 1)


def whatever_the_channels(layer: Layer, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """The output for inputs of an unknown number of channels: the sizes that it does not change."""
    made = []
    for channels in (5040, 10080):  # numbers that groups divide
        filled = [Shape(x.of(x.spatial, channels)) if x.channels is None else x for x in layer.viewed(xs)]
        try:
            made.append(layer.apply(tuple(filled)))
        except SpecError:
            return (UNKNOWN,)
    return tuple([Shape([a if a == b else None for a, b in zip(*ys)]) if len(set(map(len, ys))) == 1 else UNKNOWN for ys in zip(*made)])


def _failed(node: Node, xs: tuple[Shape, ...], error: SpecError, used: bool, partial: Trace | None = None) -> Step:
    step = Step()
    step.partial = partial
    step.node, step.inputs, step.used, step.error = node, xs, used, error
    step.outputs, step.weights, step.notes, step.inner, step.counts = None, (), (), None, {}
    step.params = step.trainable_params = 0
    return step


#: The error of a step whose entry could not be read: who read it has said why.
UNREAD = SpecError("could not be read")


def _again(layer: Layer, xs: tuple[Shape, ...], first: tuple[Shape, ...],
           frozen: bool) -> tuple[tuple[Shape, ...], _Result | None]:
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
                    result = _Result(layer, ys, False, frozen)
                except SpecError:
                    continue
                if tuple([w.shape for w in result.weights]) == fitting:
                    return ys, result
    return xs, None


def _must_fit(node: Node, layer: Layer, built: dict[Layer, tuple[tuple[Any, ...], ...]],
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


def about(kind: str, name: str | None, problem: str) -> str:
    """A problem with its layer in front."""
    subject = f"{kind} {name!r}" if name else kind
    return subject + (" " if problem.startswith(("has ", "needs ", "takes ")) else ": ") + problem


assert COMMON  # the settings of every layer, which a Model takes by hand
