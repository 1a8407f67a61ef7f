"""What a whole Trace says about multiply-adds and memory.

Every count is of one example until a batch is given; `None` is one that depends on a size
that is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .analysis import Step, Trace
from .dtypes import BITS, SYNONYMS, known, named, variable_dtype
from .errors import SpecError, did_you_mean
from .layers import Weight
from .layers.arithmetic import OPERATIONS, added, together
from .memory import Run, plain

#: What each total counts.
CONVENTIONS = {
    "macs": "MACs: multiply-adds of convolutions, dense, recurrent and attention layers, without biases; zeros that "
            "padding adds count, and a transposed convolution counts at its inputs; 1 MAC = 2 FLOPs",
    "operations": "operations: those of inference, besides the MACs; exponentials include logarithms, roots and "
                  "powers; a bias is an addition; work done once per channel or row is left out",
    "activations": "activations: the values that come out of each layer; for a nested model, out of all its layers",
    "inference": "inference: the weights, and the most activations alive at once when the layers run in the order of "
                 "the file; an activation is alive from the layer that makes it until the last one that reads it; memory "
                 "that a layer uses internally is left out",
    "training": "training: weights, gradients and optimizer slots of the trainable ones, the input batch, and every "
                "activation that the backward pass reads; memory that a layer uses internally is left out",
    "in_place": "in place: activation layers overwrite their input once no other layer reads it; Flatten, Reshape and "
                "dropout pass it on",
    "im2col": "im2col: all windows as the columns of a matrix, for one example; a transposed convolution's columns are "
              "the result of its product",
}

#: Values that an optimizer of Keras keeps for each trainable one.
SLOTS = {
    "sgd": 0, "momentum": 1, "rmsprop": 1, "adam": 2, "amsgrad": 3, "adamw": 2, "adagrad": 1, "adadelta": 2,
    "adamax": 2, "nadam": 2, "ftrl": 2, "lion": 1, "lamb": 2, "schedule_free_adamw": 2, "adafactor": 1, "muon": 1,
}



def slots(optimizer: str, weight: Weight, path: str) -> int:
    """How many values an optimizer keeps for a weight, beside a few numbers of its own."""
    count, shape = weight.count, weight.shape
    if optimizer == "adafactor" and len(shape) > 1:  # as Keras has it: the full one, its rows and its columns
        return count + count // shape[-1] + count // shape[-2]
    if optimizer == "muon" and (len(shape) != 2 or "embedding" in path.lower()):  # Adam in its place
        return 2 * count
    return SLOTS[optimizer] * count


def policy_named(word: str | None) -> str:
    """The dtype or policy of this name; SpecError for an unknown one."""
    name = named(word or "float32")
    if not known(name):
        words = ("float32", "float16", "bfloat16", "int8", "mixed", "mixed_bfloat16", "float64")
        raise SpecError(f"there is no dtype {word!r}", (), did_you_mean(name, [*BITS, *SYNONYMS]) or
                        "it takes " + ", ".join(words))
    return name


def macs(step: Step) -> int | None:
    """The multiply-adds of one step."""
    if step.outputs is None or step.node.layer is None or step.blind:
        return None
    if step.inner is not None:
        return added([macs(inner) for inner in step.inner.steps if inner.used])
    if "macs" not in step.counts:
        layer = step.node.layer
        step.counts["macs"] = plain(layer.macs(*layer.viewed(step.inputs)))
    return step.counts["macs"]


def operations(step: Step) -> dict[str, int | None]:
    """What one step computes beside its multiply-adds, by name."""
    if step.outputs is None or step.node.layer is None or step.blind:
        return {}
    if step.inner is not None:
        return together(*[operations(inner) for inner in step.inner.steps if inner.used])
    if "operations" not in step.counts:
        layer = step.node.layer
        step.counts["operations"] = {name: plain(n) for name, n in layer.operations(*layer.viewed(step.inputs)).items()}
    return step.counts["operations"]


def weights_of(trace: Trace, policy: str, prefix: str = "") -> Iterator[tuple[str, Weight, int]]:
    """Every weight once, with its path and the bits of each of its values."""
    for step in trace.steps:
        if step.used:
            yield from step_weights(step, policy, prefix)


def step_weights(step: Step, policy: str, prefix: str = "") -> Iterator[tuple[str, Weight, int]]:
    """The weights that a step adds."""
    path = f"{prefix}{step.name}/"
    if step.inner is not None:
        if step.weights:
            yield from weights_of(step.inner, policy, path)
        return
    own = getattr(step.node.layer, "dtype", None) or policy
    for weight in step.weights:
        dtype = policy if weight.dtype == "default" else weight.dtype or own
        yield path + weight.name, weight, BITS[variable_dtype(dtype)]


class Row(NamedTuple):
    """One layer's cost for the batch; `operations` has every name of OPERATIONS."""

    step: Step
    depth: int
    macs: int | None
    params: int
    weight_bytes: int
    activation_values: int | None
    activation_bytes: int | None
    operations: dict[str, int | None]

    @property
    def flops(self) -> int | None:
        return None if self.macs is None else 2 * self.macs


class Inference(NamedTuple):
    """Bytes for using the network; `alive` are the maps at the peak, with their bytes."""

    weights: int
    peak_activations: int | None
    peak_layer: str | None
    alive: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int | None:
        return added([self.weights, self.peak_activations])


class Training(NamedTuple):
    """Bytes for training it; all `None` in a dtype that has no gradients."""

    weights: int | None
    gradients: int | None
    optimizer: int | None
    activations: int | None
    input: int | None

    @property
    def forward_pass(self) -> int | None:
        """The sum that textbooks work out: without gradients and optimizer."""
        return added([self.weights, self.activations, self.input])

    @property
    def total(self) -> int | None:
        return added(self)


class Cost:
    """What a network costs for a batch: each layer's row, the sums, and the memory."""

    def __init__(self, trace: Trace, batch: int = 1, dtype: str | None = None, optimizer: str = "sgd",
                 in_place: bool = False):
        optimizer = optimizer.lower()
        if optimizer not in SLOTS:
            raise SpecError(f"there is no optimizer {optimizer!r}", (), did_you_mean(optimizer, SLOTS) or
                            "it takes " + ", ".join(SLOTS))
        # A network of PyTorch's that was run with a batch size has it in its shapes.
        self.examples = batch if trace.graph.batch is None else 1
        self.trace, self.batch, self.dtype, self.optimizer, self.in_place = (
            trace, trace.graph.batch or batch, policy_named(dtype), optimizer, in_place)
        self.run = Run(trace, self.dtype, in_place)
        self.rows = [self._row(*made) for made in self.run.made]
        outer = [row for row in self.rows if row.depth == 0]
        self.params = trace.params
        self.macs = added([row.macs for row in outer])
        self.operations = {name: added([row.operations[name] for row in outer]) for name in OPERATIONS}
        self.activation_values = added([row.activation_values for row in outer])
        self.activation_bytes = added([row.activation_bytes for row in outer])
        self._weights = list(weights_of(trace, self.dtype))
        self.weight_bytes = self._bytes(lambda path, weight: weight.count)
        self.inference = Inference(self.weight_bytes, *self.run.peak(self.examples))
        self.training = self._training()

    @property
    def flops(self) -> int | None:
        return None if self.macs is None else 2 * self.macs

    @property
    def least_macs(self) -> int:
        """The multiply-adds that are known: all of them, or at least so many."""
        counts = [row.macs for row in self.rows if row.step.inner is None]
        return sum([count for count in counts if count is not None])

    @property
    def at_least(self) -> bool:
        """Whether an unknown layer may add to the counts."""
        return any([row.step.at_least or row.step.blind or (row.step.node.layer is not None and row.step.node.layer.own_code) for row in self.rows])

    @property
    def unknown(self) -> list[str]:
        """The layers whose output has a size that is not known, and inputs with one."""
        return [m.name for m in self.run.maps if m.values is None]

    def _row(self, step: Step, depth: int, made: range) -> Row:
        own = [m for m in made if self.run.home[m] == m]
        done = operations(step)
        return Row(
            step, depth, self._times(macs(step)), step.params,
            (sum([w.count * bits for _, w, bits in step_weights(step, self.dtype)]) + 7) // 8,
            self._times(added([self.run.maps[m].values for m in own])),
            added([self.run.bytes(m, self.examples) for m in own]),
            {name: self._times(done.get(name, 0)) for name in OPERATIONS},
        )

    def _times(self, count: int | None) -> int | None:
        return None if count is None else count * self.examples

    def _bytes(self, count: Callable[[str, Weight], int]) -> int:
        """The bytes of `count(path, weight)` values for each weight, in its dtype."""
        bits: int = sum([count(path, weight) * bits for path, weight, bits in self._weights])
        return (bits + 7) // 8

    def _training(self) -> Training:
        if "float" not in variable_dtype(self.dtype):
            return Training(*[None] * 5)
        return Training(
            self.weight_bytes,
            self._bytes(lambda path, weight: weight.count if weight.trainable else 0),
            self._bytes(lambda path, weight: slots(self.optimizer, weight, path) if weight.trainable else 0),
            added([self.run.bytes(m, self.examples) for m in self.run.kept()]),
            added([self.run.bytes(m, self.examples) for m in range(self.run.inputs)]),
        )


def cost(trace: Trace, batch: int = 1, dtype: str | None = None, optimizer: str = "sgd",
         in_place: bool = False) -> Cost:
    """What the network costs; SpecError for a dtype or an optimizer that is not known."""
    return Cost(trace, batch, dtype, optimizer, in_place)
