"""One layer on its inputs, as it is or with one thing changed, and a network run again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ..analysis import Model, Trace
from ..errors import CnncalcError, SpecError
from ..graph import Node
from ..layers import InputLayer, Layer, Shape, Weight
from ..layers.base import ChannelsFirst, input_givens, shape_letters
from ..num import named, product
from ..window import Spread, Window


class Settings(NamedTuple):
    """The conventions of a key; `None` is one that nobody has fixed."""

    biases: bool | None = None
    bn: str | None = None
    work: str | None = None
    binary: bool | None = None
    order: str | None = None
    rounding: str | None = None
    sides: str | None = None
    #: Whether a size may stay a fraction, or be refused because it is one.
    fractions: bool | None = None
    batch: int = 1
    bits: int = 32


USUAL = Settings()


def is_bias(weight: Weight) -> bool:
    return weight.name.rpartition("/")[2].endswith("bias")


class Ruled:
    """A window that has another number of places than it should."""

    def __init__(self, window: Window | Spread | Ruled, rule: Callable[[Any, int], int | None]):
        self.window, self.rule = window, rule

    def places(self, n: int | None) -> int | None:
        return None if n is None else self.rule(self.window, n)

    def __getattr__(self, name: str) -> object:
        return getattr(self.window, name)


class LayerRun:
    """One layer on its inputs."""

    __slots__ = ("_outputs", "_values", "layer", "xs")

    def __init__(self, layer: Layer, xs: tuple[Shape, ...]):
        self.layer: Any = layer
        self.xs = xs
        self._values: dict[str, object] = {}
        self._outputs: tuple[Shape, ...] | None = None

    # The same with one thing changed.

    def set(self, **values: object) -> LayerRun:
        """With other settings, or with rules of the layer replaced."""
        return LayerRun(self.layer.replaced(**values), self.xs)

    def reading(self, *xs: Shape) -> LayerRun:
        """On other inputs."""
        return LayerRun(self.layer, xs)

    def ruled(self, rule: Callable[[Any, int], int | None]) -> LayerRun:
        """With windows whose number of places is `rule(window, n)`."""
        own = self.layer.windows
        return self.set(windows=lambda x: tuple([Ruled(w, rule) for w in own(x) or ()]) or None,
                        misfit=lambda *_: SpecError("nothing is left of its input"))

    def owning(self, weights: Iterable[Weight]) -> LayerRun:
        """With these weights."""
        fixed = tuple(weights)
        return self.set(weights=lambda *_: iter(fixed))

    def giving(self, y: Shape) -> LayerRun:
        """With this output."""
        return self.set(outputs=lambda *_: (y,), output=lambda *_: y)

    def traced(self) -> LayerRun:
        """On numbers that remember their arithmetic."""
        marks = [""] if len(self.xs) == 1 else [str(i + 1) for i in range(len(self.xs))]
        xs = tuple([input_givens(x, self.layer.view(x), mark) for x, mark in zip(self.xs, marks)])
        return LayerRun(self.layer.traced(), xs)

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

    def _value(self, quantity: str, settings: Settings) -> object:
        if quantity == "output":
            return self.outputs[0] if self.outputs else None
        if quantity == "input":
            return self.xs[0] if len(self.xs) == 1 else None
        if quantity in ("activations", "memory"):
            values = [product(y) for y in self.outputs or ()]
            known = [value for value in values if value is not None]
            total = None if len(known) < len(values) else sum(known[1:], known[0]) if known else 0
            return total if quantity == "activations" or total is None else _bytes(total, settings)
        if quantity in ("macs", "flops"):
            macs = 0 if type(self.layer) is InputLayer else self._macs()
            return macs if macs is None or quantity == "macs" else 2 * macs
        if quantity in ("kernel", "stride", "padding"):
            return self._window_setting(quantity)
        return self._weights(quantity, settings)

    def _macs(self) -> int | None:
        if type(self.layer) is Model:
            from ..cost import macs

            counts = [macs(step) for step in self.layer.trace(self.xs).steps if step.used]
            known = [count for count in counts if count is not None]
            return sum(known) if len(known) == len(counts) else None
        ys, own = self.outputs, self.layer.output
        xs = self.layer.viewed(self.xs)
        # What is counted at every place of the output shows its letters, not their working again.
        named_y = self.y if ys else None
        twin = self.set(output=lambda *zs: named_y if zs == xs else own(*zs))
        found: int | None = twin.layer.macs(*xs)
        return found

    def _weights(self, quantity: str, settings: Settings) -> object:
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
        if any([None in w.shape for w in weights]):
            return None
        counts = [w.count for w in weights]
        total = sum(counts[1:], counts[0]) if counts else 0
        return total * (settings.bits // 8) if quantity == "weight_memory" else total

    def _window_setting(self, quantity: str) -> object:
        windows = self.windows()
        if windows is None:
            return None
        if quantity == "padding":
            sides = [getattr(w, "before", None) for w in windows]
            return None if None in sides else tuple(sides)
        return tuple([w.size if quantity == "kernel" else w.stride for w in windows])


def _bytes(values: int, settings: Settings) -> int:
    total = values if settings.batch == 1 else values * settings.batch
    return total * (settings.bits // 8) if settings.bits >= 8 else total * settings.bits // 8


#: Changes one layer's run, or leaves it (`None`).
Change = Callable[[int, LayerRun], "LayerRun | None"]


def rerun(trace: Trace, change: Change | None = None, given: dict[int, Shape] | None = None,
          known: dict[object, LayerRun] | None = None) -> list[LayerRun | None]:
    """Every step again, from the inputs on; `None` where what it reads is not known.

    `change` gives a step's run another form; `given` are outputs that are taken as they
    are. Equal runs are looked up in `known`.
    """
    outputs: dict[Node, tuple[Shape, ...] | None] = {}
    runs: list[LayerRun | None] = []
    for i, step in enumerate(trace.steps):
        layer = step.node.layer
        assert layer is not None
        run: LayerRun | None
        if type(layer) is InputLayer:
            run = LayerRun(layer if step.output is None or tuple(step.output) == tuple(layer.shape)
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
                    run = LayerRun(layer, tuple(xs))
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
        if step.source is not None:
            ys = step.outputs
        if given is not None and i in given:
            ys = (given[i], *(ys or ())[1:])
        outputs[step.node] = ys
    return runs


def rounding_up(i: int, run: LayerRun) -> LayerRun | None:
    """The run with every division rounded up."""
    from ..num import ceil_div

    if type(run.layer) is Model or run.windows() is None or getattr(run.layer, "padding", None) == "same":
        return None
    return run.ruled(lambda w, n: w.places(n) if type(w) is Spread
                     else ceil_div(n + w.padding - w.extent, w.stride) + 1)


def last_order(y: Shape) -> tuple[object, ...]:
    """Sizes with the channels behind."""
    return (*y.spatial, y.channels) if isinstance(y, ChannelsFirst) else tuple(y)
