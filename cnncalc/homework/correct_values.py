"""The right values of a network, quantity by quantity, and what its windows see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..analysis import Trace
from ..errors import CnncalcError
from ..graph import Node
from ..layers import InputLayer
from ..layers.core import Dense
from ..window import Field, Spread, Window
from .layer_run import USUAL, LayerRun, Settings, rerun, rounding_up
from .unknown import STATED, not_known, stated

if TYPE_CHECKING:
    from ..receptive_field.report import InputSight, Sight

#: Quantities that are added up for the whole network.
ADDED = ("activations", "params", "trainable_params", "non_trainable_params", "weights", "biases", "macs", "flops",
         "memory", "weight_memory")
START = Field()
#: Sizes and jumps that a sheet gives at some steps, along each axis.
Given = Mapping[int, tuple["Sequence[int] | None", "Sequence[int] | None"]]

#: What a layer's window makes of the field it reads along one axis.
Seeing = Callable[[Field, Any, LayerRun], Field]


def seen(before: Field, window: Window, run: LayerRun) -> Field:
    """The receptive field and jump behind a window."""
    return before.through(window)


def fields(trace: Trace, runs: list[LayerRun | None], rule: Seeing = seen,
           given: Given | None = None, first: Field = START) -> list[tuple[Field, ...] | None]:
    """The size and jump of what each step's units see, along each axis; `None` where no
    window says it.

    Of several paths the widest counts. `given` are sizes and jumps of steps that those
    behind them go on with (`None`: with what comes out); `first` is what the input sees.
    """
    found: dict[Node, tuple[Field, ...] | None] = {}
    out: list[tuple[Field, ...] | None] = []
    for i, (step, run) in enumerate(zip(trace.steps, runs)):
        own: tuple[Field, ...] | None
        if type(step.node.layer) is InputLayer:
            own = tuple([first for _ in (run.outputs or ((),))[0][:-1]]) if run is not None else None
        elif step.opaque:
            own = None
        else:
            own = _beyond(run, [found.get(ref.node) for ref in step.node.inputs], rule)
        out.append(own)
        if given and i in given and own is not None:
            size, jump = given[i]
            own = tuple([Field(f.size if size is None else size[a], f.jump if jump is None else jump[a], None)
                         for a, f in enumerate(own)])
        found[step.node] = own
    return out


def _beyond(run: LayerRun | None, before: list[tuple[Field, ...] | None], rule: Seeing) -> tuple[Field, ...] | None:
    if run is None or not before or None in before:
        return None
    ways = [way for way in before if way]
    if not ways or len({len(way) for way in ways}) > 1:
        return None
    widest = tuple([max(axis, key=lambda f: f.size) for axis in zip(*ways)])
    try:
        windows = run.windows()
    except CnncalcError:
        return None
    if windows is None:
        reads_all = run.layer.sees_the_map or (isinstance(run.layer, Dense) and len(run.xs[0]) == 1)
        return None if reads_all else widest
    if len(windows) != len(widest) or any([isinstance(getattr(w, "window", w), Spread) for w in windows]):
        return None
    return tuple([rule(f, w, run) for f, w in zip(widest, windows)])


class CorrectValues:
    """The right values of a whole network under some settings."""

    def __init__(self, trace: Trace, settings: Settings = USUAL):
        self.trace, self.settings = trace, settings
        self.known: dict[object, LayerRun] = {}
        change = rounding_up if settings.rounding == "ceil" else None
        self.runs = rerun(trace, change, None, self.known)
        self._fields: list[tuple[Field, ...] | None] | None = None
        self._sight: Sight | bool | None = None
        self._values: dict[tuple[tuple[int, ...], str], list[object]] = {}

    @property
    def fields(self) -> list[tuple[Field, ...] | None]:
        if self._fields is None:
            self._fields = fields(self.trace, self.runs)
        return self._fields

    def values(self, steps: tuple[int, ...], quantity: str) -> list[Any]:
        """The values that are right, the usual one first; none where there is none."""
        key = (steps, quantity)
        if key not in self._values:
            found = self._found(steps, quantity)
            self._values[key] = [v for i, v in enumerate(found) if v is not None and v not in found[:i]]
        return self._values[key]

    def _found(self, steps: tuple[int, ...], quantity: str) -> list[object]:
        if len(steps) == 1:
            return self._of_step(steps[0], quantity)
        if quantity in ("inference_memory", "training_memory"):
            return self._costs(quantity) if not steps else []
        if quantity == "memory" and not steps:
            return self._sums(steps, "memory") + self._sums(steps, "weight_memory")
        return self._sums(steps, quantity) if quantity in ADDED else []

    def _of_step(self, i: int, quantity: str) -> list[object]:
        step, run = self.trace.steps[i], self.runs[i]
        if run is None:
            return []
        if step.opaque and not_known(step, quantity):
            return []
        if step.source is not None and quantity in STATED:
            run = stated(step)
        if quantity in ("receptive_field", "jump", "coverage"):
            return self._seen(i, quantity)
        value = run.value(quantity, self.settings)
        if quantity in ("macs", "flops") and self.settings.work is not None and value is not None:
            macs = run.value("macs", self.settings)
            value = macs if self.settings.work == "macs" else 2 * macs
        if step.shared and quantity in ("params", "weights", "biases", "trainable_params", "weight_memory"):
            return [0, value]  # counted with the first call, or again
        if quantity == "padding" and value is not None:
            total = tuple([w.padding for w in run.windows() or ()])
            return [value, total, tuple([p - b for p, b in zip(total, value)])]
        return [value]

    def _seen(self, i: int, quantity: str) -> list[object]:
        """Of receptive fields: by all paths, and by the local ones where there are others."""
        found: list[object] = []
        for field in self.sight(i) if type(self.trace.steps[i].node.layer) is not InputLayer else ():
            if quantity == "coverage":
                found.append(field.coverage)
                continue
            if quantity == "receptive_field" and all([axis.whole for axis in field.axes]):
                found += [tuple([axis.size for axis in field.axes]), *[
                    tuple(step.output.spatial) for step in self.trace.steps  # the whole image
                    if type(step.node.layer) is InputLayer and step.output is not None and step.name == field.input]]
            for axes in (field.axes, [axis.near for axis in field.axes]):
                sizes = tuple([axis.size if quantity == "receptive_field" else axis.jump for axis in axes])
                found.append(None if None in sizes else tuple([_whole(n) for n in sizes]))
        own = self.fields[i]
        if quantity != "coverage" and own:  # a vector has no axes
            found.append(tuple([f.size if quantity == "receptive_field" else f.jump for f in own]))
        return found

    def before(self, i: int) -> tuple[Field, ...] | None:
        """What the units see that a step reads, if it reads one thing."""
        refs = self.trace.steps[i].node.inputs
        places = [n for n, step in enumerate(self.trace.steps) if len(refs) == 1 and step.node is refs[0].node]
        return self.fields[places[0]] if places else None

    def sight(self, i: int) -> Sequence[InputSight]:
        """What the units of a step see of each input."""
        if self._sight is None:
            from ..receptive_field.report import Sight

            try:
                self._sight = Sight(self.trace)
            except (CnncalcError, TypeError):
                self._sight = False  # a size is not known
        if not self._sight or self._sight is True:
            return ()
        return self._sight.layer(self._sight.place(self.trace.steps[i].name), exact=True).fields

    def _sums(self, steps: tuple[int, ...], quantity: str) -> list[object]:
        chosen = [i for i, step in enumerate(self.trace.steps) if step.used] if not steps else list(steps)
        parts: list[Any] = [next(iter(self.values((i,), quantity)), None) for i in chosen]
        if None in parts:
            return []
        total = sum(parts)
        inputs = sum([part for i, part in zip(chosen, parts) if type(self.trace.steps[i].node.layer) is InputLayer])
        return [total - inputs, total] if not steps else [total]

    def _costs(self, quantity: str) -> list[object]:
        from ..cost import cost

        dtype = {32: "float32", 16: "float16", 64: "float64", 8: "int8"}.get(self.settings.bits, "float32")
        found = cost(self.trace, self.settings.batch, dtype)
        return [found.inference.total if quantity == "inference_memory" else found.training.total]


def _whole(value: object) -> object:
    return int(value) if isinstance(value, Fraction) and value.denominator == 1 else value
