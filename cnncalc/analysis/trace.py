"""What a network computes: a step for every node, with shapes and weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from ..dtypes import variable_dtype
from ..errors import SpecError
from ..graph import Graph, Node
from ..layers import UNKNOWN, Shape, Weight

#: What arrays can be at most: numpy has as many axes, and sizes of 64 bits.
MOST_AXES, LARGEST = 64, 2**63 - 1
#: The error of a step whose entry could not be read: who read it has said why.
UNREAD = SpecError("could not be read")


class Counts(TypedDict, total=False):
    """What a layer costs for one example, once somebody asked."""

    macs: int | None
    operations: dict[str, int | None]


class Computed:
    """What a layer makes of the shapes it reads, whatever node it stands in.

    `inner` is the trace of a model; `counts` keeps what the layer is known to cost on these shapes. `source` says where the
    outputs come from, if not from the layer's rules: "file", "assumed" or "unknown". It is `blind` if the layer's rules cannot
    be applied: nothing but `outputs` is known then. It is `opaque` if an unknown layer stands between it and the inputs.
    `at_least` says that it may have more parameters than are counted.
    """

    __slots__ = ("at_least", "blind", "counts", "inner", "notes", "opaque", "outputs", "params", "source", "trainable_params", "weights")

    outputs: tuple[Shape, ...] | None

    def __init__(self, outputs: tuple[Shape, ...] | None, weights: tuple[Weight, ...] = (), notes: tuple[str, ...] = (),
                 inner: Trace | None = None, *, source: str | None = None, blind: bool = False, opaque: bool = False,
                 at_least: bool = False):
        self.outputs, self.weights, self.notes, self.inner = outputs, weights, notes, inner
        self.source, self.blind, self.opaque, self.at_least = source, blind, opaque, at_least
        self.counts: Counts = {}
        self.params = sum([w.count for w in weights])
        self.trainable_params = sum([w.count for w in weights if w.trainable])


def must_be_real(y: Shape) -> None:
    """Refuse an output that no array can be: numbers of thousands of digits take hours."""
    if len(y) >= MOST_AXES:
        raise SpecError(f"gives an output of {len(y) + 1} axes, the batch among them", (),
                        f"no array has more than {MOST_AXES}")
    if any([n is not None and n > LARGEST for n in y]):
        raise SpecError("gives an output that is larger than any array can be", (), f"its sizes may be up to {LARGEST:,}")


class Step:
    """What one node does: the shapes it reads and gives, and the weights it brings.

    `weights` are those that the step adds. Of a shared layer that is its first call, or the
    first that an output depends on; the other calls add none.
    `error` says why it could not be computed; `outputs` is then `None`, and `partial` has
    what could be computed of a model. The rest is as in `Computed`.
    """

    __slots__ = (*Computed.__slots__, "error", "inputs", "node", "partial", "used")

    outputs: tuple[Shape, ...] | None
    weights: tuple[Weight, ...]
    notes: tuple[str, ...]
    inner: Trace | None
    params: int
    trainable_params: int
    counts: Counts
    source: str | None
    blind: bool
    opaque: bool
    at_least: bool

    def __init__(self, node: Node, inputs: tuple[Shape, ...], computed: Computed, used: bool = True, counted: bool = True,
                 error: SpecError | None = None, partial: Trace | None = None):
        self.node, self.inputs, self.used, self.error, self.partial = node, inputs, used, error, partial
        self.outputs, self.notes, self.inner, self.counts = computed.outputs, computed.notes, computed.inner, computed.counts
        self.source, self.blind, self.opaque = computed.source, computed.blind, computed.opaque
        if counted:
            self.weights, self.params, self.trainable_params = computed.weights, computed.params, computed.trainable_params
            self.at_least = computed.at_least
        else:
            self.weights, self.params, self.trainable_params, self.at_least = (), 0, 0, False

    @classmethod
    def failed(cls, node: Node, inputs: tuple[Shape, ...], error: SpecError, used: bool, partial: Trace | None = None) -> Step:
        """The step of a node that could not be computed."""
        return cls(node, inputs, Computed(None), used, error=error, partial=partial)
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
    def output_shape(self) -> object:
        """The output's shape as Keras says it, the batch in front."""
        if self.outputs is None:
            return None
        shapes = tuple(None if shape is UNKNOWN else shape.full for shape in self.outputs)
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
        #: Whether shapes have the size of the batch, as far as it is known.
        self.whole = False
        #: Why it cannot be worked out for one example: the reason that the network's own steps are of whole tensors.
        self.mixed: SpecError | None = None
        #: The first error in a model.
        self.failed: SpecError | None = None
        #: What a model has counted in it, once it has.
        self.macs: tuple[int | None] | None = None
        self.operations: dict[str, int | None] | None = None

    @property
    def outputs(self) -> tuple[Shape, ...]:
        """The shapes that come out of the network; only where no step has an error."""
        found = self.by_node()
        return tuple(found[ref.node].outputs[ref.output] for ref in self.graph.outputs)  # type: ignore[index]

    def walk(self, path: str = "", depth: int = 0) -> Iterator[tuple[Step, str, int]]:
        """Every step, those of a nested model behind its own, with its whole name (`model/layer`) and how deep it is."""
        for step in self.steps:
            yield step, path + step.name, depth
            if step.inner is not None:
                yield from step.inner.walk(f"{path}{step.name}/", depth + 1)

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
