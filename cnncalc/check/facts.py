"""What a layer gives for its inputs, quantity by quantity, as it is or with one thing changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from ..analysis import Model, Trace
from ..errors import CnncalcError, SpecError
from ..graph import Node
from ..layers import InputLayer, Layer, Shape, Weight
from ..layers.base import ChannelsFirst, input_givens, shape_letters
from ..num import named, product
from ..window import Field, Spread, Window

#: Quantities that are added up for the whole network.
ADDED = ("activations", "params", "trainable_params", "non_trainable_params", "weights", "biases", "macs", "flops",
         "memory", "weight_memory")  # fmt: skip


class Settings(NamedTuple):
    """The conventions of a sheet; `None` is one that nobody has fixed."""

    biases: bool | None = None
    bn: str | None = None
    work: str | None = None
    binary: bool | None = None
    order: str | None = None
    rounding: str | None = None
    sides: str | None = None
    batch: int = 1
    bits: int = 32


USUAL = Settings()
START = Field()


def is_bias(weight: Weight) -> bool:
    return weight.name.rpartition("/")[2].endswith("bias")


class Ruled:
    """A window that has another number of places than it should."""

    def __init__(self, window: Any, rule: Callable[[Any, Any], Any]):
        self.window, self.rule = window, rule

    def places(self, n: Any) -> Any:
        return None if n is None else self.rule(self.window, n)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.window, name)


class Run:
    """One layer on its inputs."""

    __slots__ = ("_outputs", "_values", "layer", "xs")

    def __init__(self, layer: Layer, xs: tuple[Shape, ...]):
        self.layer: Any = layer
        self.xs = xs
        self._values: dict[str, Any] = {}
        self._outputs: tuple[Shape, ...] | None = None

    # The same with one thing changed.

    def set(self, **values: Any) -> Run:
        """With other settings, or with rules of the layer replaced."""
        twin: Layer = object.__new__(type(self.layer))
        vars(twin).update(vars(self.layer))
        vars(twin).update(values)
        return Run(twin, self.xs)

    def reading(self, *xs: Shape) -> Run:
        """On other inputs."""
        return Run(self.layer, xs)

    def ruled(self, rule: Callable[[Any, Any], Any]) -> Run:
        """With windows whose number of places is `rule(window, n)`."""
        own = self.layer.windows
        return self.set(windows=lambda x: tuple([Ruled(w, rule) for w in own(x) or ()]) or None,
                        misfit=lambda *_: SpecError("nothing is left of its input"))

    def owning(self, weights: Iterable[Weight]) -> Run:
        """With these weights."""
        fixed = tuple(weights)
        return self.set(weights=lambda *_: iter(fixed))

    def giving(self, y: Shape) -> Run:
        """With this output."""
        return self.set(outputs=lambda *_: (y,), output=lambda *_: y)

    def traced(self) -> Run:
        """On numbers that remember their arithmetic."""
        marks = [""] if len(self.xs) == 1 else [str(i + 1) for i in range(len(self.xs))]
        xs = tuple([input_givens(x, self.layer.view(x), mark) for x, mark in zip(self.xs, marks)])
        return Run(self.layer.traced(), xs)

    # What it gives.

    @property
    def outputs(self) -> tuple[Shape, ...] | None:
        if self._outputs is None:
            if type(self.layer) is InputLayer:
                self._outputs = self.layer.outputs()
            else:
                self._outputs = self.layer.apply(self.xs)
        return self._outputs

    @property
    def x(self) -> Shape:
        x: Shape = self.layer.viewed(self.xs)[0]
        return x

    @property
    def y(self) -> Shape:
        """The first output, each size under its letter where there are letters."""
        assert self.outputs is not None
        y = self.outputs[0]
        return type(y)([named(f"{s}'", n) for n, s in zip(y, shape_letters(y))])

    @property
    def weights(self) -> list[Weight]:
        self.layer.check(*self.layer.viewed(self.xs))
        return list(self.layer.owned(self.xs))

    @property
    def kind(self) -> str:
        return str(self.layer.kind)

    def windows(self) -> tuple[Any, ...] | None:
        """What slides, of layers that have nothing but windows that slide."""
        found = self.layer.windows(self.x) if self.xs and type(self.layer) is not Model else None
        return found if found and all([isinstance(w, (Window, Spread, Ruled)) for w in found]) else None

    def value(self, quantity: str, settings: Settings = USUAL) -> Any:
        """One quantity; `None` where it is not known or there is none."""
        if quantity in self._values:
            return self._values[quantity]
        try:
            found = self._value(quantity, settings)
        except CnncalcError:
            found = None
        self._values[quantity] = found
        return found

    def _value(self, quantity: str, settings: Settings) -> Any:
        if quantity == "output":
            return self.outputs[0] if self.outputs else None
        if quantity == "input":
            return self.xs[0] if len(self.xs) == 1 else None
        if quantity in ("activations", "memory"):
            values: list[Any] = [product(y) for y in self.outputs or ()]
            total = None if None in values else sum(values[1:], values[0]) if values else 0
            return total if quantity == "activations" or total is None else _bytes(total, settings)
        if quantity in ("macs", "flops"):
            macs = 0 if type(self.layer) is InputLayer else self._macs()
            return macs if macs is None or quantity == "macs" else 2 * macs
        if quantity in ("kernel", "stride", "padding"):
            return self._window_setting(quantity)
        return self._weights(quantity, settings)

    def _macs(self) -> Any:
        if type(self.layer) is Model:
            from ..cost import macs

            counts = [macs(step) for step in self.layer.trace(self.xs).steps if step.used]
            return None if None in counts else sum(counts)
        ys, own = self.outputs, self.layer.output
        xs = self.layer.viewed(self.xs)
        # What is counted at every place of the output shows its letters, not their working again.
        named_y = self.y if ys else None
        twin = self.set(output=lambda *zs: named_y if zs == xs else own(*zs))
        return twin.layer.macs(*xs)

    def _weights(self, quantity: str, settings: Settings) -> Any:
        if type(self.layer) is InputLayer:
            return 0
        weights = self.weights
        if settings.bn == "2C" and quantity in ("params", "weight_memory"):
            weights = [w for w in weights if not w.name.rpartition("/")[2].startswith("moving_")]
        if settings.biases is False and quantity in ("params", "weight_memory"):
            weights = [w for w in weights if not is_bias(w)]
        if quantity == "trainable_params":
            weights = [w for w in weights if w.trainable]
        elif quantity == "non_trainable_params":
            weights = [w for w in weights if not w.trainable]
        elif quantity == "weights":
            weights = [w for w in weights if not is_bias(w)]
        elif quantity == "biases":
            weights = [w for w in weights if is_bias(w)]
        elif quantity not in ("params", "weight_memory"):
            return None
        counts = [w.count for w in weights]
        total = sum(counts[1:], counts[0]) if counts else 0
        return total * (settings.bits // 8) if quantity == "weight_memory" else total

    def _window_setting(self, quantity: str) -> Any:
        windows = self.windows()
        if windows is None:
            return None
        if quantity == "padding":
            sides = [getattr(w, "before", None) for w in windows]
            return None if None in sides else tuple(sides)
        return tuple([w.size if quantity == "kernel" else w.stride for w in windows])


def _bytes(values: Any, settings: Settings) -> Any:
    total = values if settings.batch == 1 else values * settings.batch
    return total * (settings.bits // 8) if settings.bits >= 8 else total * settings.bits // 8


#: Changes one layer's run, or leaves it (`None`).
Change = Callable[[int, Run], "Run | None"]


def rerun(trace: Trace, change: Change | None = None, given: dict[int, Shape] | None = None,
          known: dict[Any, Run] | None = None) -> list[Run | None]:
    """Every step again, from the inputs on; `None` where what it reads is not known.

    `change` gives a step's run another form; `given` are outputs that are taken as they
    are. Equal runs are looked up in `known`.
    """
    outputs: dict[Node, tuple[Shape, ...] | None] = {}
    runs: list[Run | None] = []
    for i, step in enumerate(trace.steps):
        layer = step.node.layer
        assert layer is not None
        run: Run | None
        if type(layer) is InputLayer:
            run = Run(layer if step.output is None or tuple(step.output) == tuple(layer.shape)
                      else InputLayer(shape=step.output), ())
        else:
            xs = []
            for ref in step.node.inputs:
                found = outputs.get(ref.node)
                if found is None or ref.output >= len(found):
                    break
                xs.append(found[ref.output])
            run = None
            if len(xs) == len(step.node.inputs):
                key = (i, tuple(xs))
                run = known.get(key) if known is not None and change is None else None
                if run is None:
                    run = Run(layer, tuple(xs))
                    if known is not None and change is None:
                        known[key] = run
        if run is not None and change is not None:
            run = change(i, run) or run
        runs.append(run)
        ys: tuple[Shape, ...] | None = None
        if run is not None:
            try:
                ys = run.outputs
            except CnncalcError:
                ys = None
        if given is not None and i in given:
            ys = (given[i], *(ys or ())[1:])
        outputs[step.node] = ys
    return runs


#: What a layer's window makes of the field it reads along one axis.
Seeing = Callable[[Field, Any, Run], Field]


def seen(before: Field, window: Any, run: Run) -> Field:
    """The receptive field and jump behind a window."""
    return before.through(window)


def fields(trace: Trace, runs: list[Run | None], rule: Seeing = seen,
           given: dict[int, tuple[Any, Any]] | None = None, first: Field = START) -> list[tuple[Field, ...] | None]:
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
        else:
            own = _beyond(run, [found.get(ref.node) for ref in step.node.inputs], rule)
        out.append(own)
        if given and i in given and own is not None:
            size, jump = given[i]
            own = tuple([Field(f.size if size is None else size[a], f.jump if jump is None else jump[a], None)
                         for a, f in enumerate(own)])
        found[step.node] = own
    return out


def _beyond(run: Run | None, before: list[tuple[Field, ...] | None], rule: Seeing) -> tuple[Field, ...] | None:
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
        reads_all = (run.kind == "Dense" and len(run.xs[0]) == 1) or run.kind.startswith(("Global", "Adaptive")) or "Attention" in run.kind
        return None if reads_all else widest
    if len(windows) != len(widest) or any([isinstance(getattr(w, "window", w), Spread) for w in windows]):
        return None
    return tuple([rule(f, w, run) for f, w in zip(widest, windows)])


class Facts:
    """The right values of a whole network under some settings."""

    def __init__(self, trace: Trace, settings: Settings = USUAL):
        self.trace, self.settings = trace, settings
        self.known: dict[Any, Run] = {}
        change = rounding_up if settings.rounding == "ceil" else None
        self.runs = rerun(trace, change, None, self.known)
        self._fields: list[tuple[Field, ...] | None] | None = None
        self._sight: Any = None
        self._values: dict[tuple[tuple[int, ...], str], list[Any]] = {}

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

    def _found(self, steps: tuple[int, ...], quantity: str) -> list[Any]:
        if len(steps) == 1:
            return self._of_step(steps[0], quantity)
        if quantity in ("inference_memory", "training_memory"):
            return self._costs(quantity) if not steps else []
        if quantity == "memory" and not steps:
            return self._sums(steps, "memory") + self._sums(steps, "weight_memory")
        return self._sums(steps, quantity) if quantity in ADDED else []

    def _of_step(self, i: int, quantity: str) -> list[Any]:
        step, run = self.trace.steps[i], self.runs[i]
        if run is None:
            return []
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

    def _seen(self, i: int, quantity: str) -> list[Any]:
        """Of receptive fields: by all paths, and by the local ones where there are others."""
        found: list[Any] = []
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
        if quantity != "coverage" and own is not None:
            found.append(tuple([f.size if quantity == "receptive_field" else f.jump for f in own]))
        return found

    def before(self, i: int) -> tuple[Field, ...] | None:
        """What the units see that a step reads, if it reads one thing."""
        refs = self.trace.steps[i].node.inputs
        places = [n for n, step in enumerate(self.trace.steps) if len(refs) == 1 and step.node is refs[0].node]
        return self.fields[places[0]] if places else None

    def sight(self, i: int) -> Any:
        """What the units of a step see of each input."""
        if self._sight is None:
            from ..field.sight import Sight

            try:
                self._sight = Sight(self.trace)
            except (CnncalcError, TypeError):
                self._sight = False  # a size is not known
        if not self._sight:
            return ()
        return self._sight.layer(self._sight.place(self.trace.steps[i].name), exact=True).fields

    def _sums(self, steps: tuple[int, ...], quantity: str) -> list[Any]:
        chosen = [i for i, step in enumerate(self.trace.steps) if step.used] if not steps else list(steps)
        parts: list[Any] = [next(iter(self.values((i,), quantity)), None) for i in chosen]
        if None in parts:
            return []
        total = sum(parts)
        inputs = sum([part for i, part in zip(chosen, parts) if type(self.trace.steps[i].node.layer) is InputLayer])
        return [total - inputs, total] if not steps else [total]

    def _costs(self, quantity: str) -> list[Any]:
        from ..cost import cost

        dtype = {32: "float32", 16: "float16", 64: "float64", 8: "int8"}.get(self.settings.bits, "float32")
        found = cost(self.trace, self.settings.batch, dtype)
        return [found.inference.total if quantity == "inference_memory" else found.training.total]


def rounding_up(i: int, run: Run) -> Run | None:
    """The run with every division rounded up."""
    from ..num import ceil_div

    if type(run.layer) is Model or run.windows() is None or getattr(run.layer, "padding", None) == "same":
        return None
    return run.ruled(lambda w, n: w.places(n) if type(w) is Spread
                     else ceil_div(n + w.padding - w.extent, w.stride) + 1)  # fmt: skip


def last_order(y: Shape) -> tuple[Any, ...]:
    """Sizes with the channels behind."""
    return (*y.spatial, y.channels) if isinstance(y, ChannelsFirst) else tuple(y)


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, Fraction) and value.denominator == 1 else value
