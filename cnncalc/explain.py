"""A step run again on numbers that remember their arithmetic: the working of every number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from .analysis import Model, Step, Trace
from .errors import SpecError
from .graph import Node
from .layers import UNKNOWN, InputLayer, Shape
from .layers.axis_settings import Padding
from .layers.base import input_givens, shape_letters
from .layers.shape import symbolic
from .num import Line, Num, derivation, formula, given, named, number, product
from .window import Window

if TYPE_CHECKING:
    from .receptive_field.report import LayerSight

#: What the letters of sizes are called.
SIZES = {"d": "depth", "h": "height", "w": "width", "c": "channels", "n": "size"}
#: Settings that a legend leaves out where they change nothing.
NEUTRAL = ("dilation_rate", "output_padding")


class Working(NamedTuple):
    """How one number came about, or what is said in its place.

    The last of `lines` ends with the number itself. `quantity` is one of `output`,
    `padding`, `weight`, `params`, `macs`, `activations`, `memory`, `receptive_field`,
    `jump`.
    """

    quantity: str
    label: str
    lines: tuple[Line, ...] = ()
    words: str | None = None

    @property
    def value(self) -> int | None:
        return self.lines[-1].value if self.lines else None


#: Where an output comes from that no rule gave.
SOURCES = {"file": ", as the file states", "assumed": ", as assumed"}


class Explanation(NamedTuple):
    """The workings of one step, the letters in them, and what they do not say of themselves."""

    step: Step
    name: str
    legend: tuple[str, ...]
    workings: tuple[Working, ...]
    remarks: tuple[str, ...]

    def value(self, quantity: str) -> list[int | None]:
        """The values at the ends of the workings of this quantity."""
        return [w.value for w in self.workings if w.quantity == quantity]


def explain(trace: Trace, names: Iterable[str] | None = None, bits: int = 32,
            prefix: str = "") -> Iterator[Explanation]:
    """An explanation for every step, those of nested models behind their own.

    `names` picks some: a name, or `model/layer` for one inside a model.
    """
    wanted = None if names is None else set(names)
    up_to = max([i + 1 for i, step in enumerate(trace.steps) if wanted is None or prefix + step.name in wanted], default=0)
    fields = seen(trace, up_to) if up_to else {}
    places = {step.node: place for place, step in enumerate(trace.steps)}
    for place, step in enumerate(trace.steps):
        name = prefix + step.name
        if step.error is None and (wanted is None or name in wanted):
            before = step.node.inputs[0].node if len(step.inputs) == 1 else None
            yield _Explainer(step, name, bits, fields.get(before) if before else None, fields.get(step.node),
                             (places.get(before, 0) if before else 0, place)).explanation()
        if step.inner is not None:
            inside = wanted if wanted is None or name not in wanted else None
            yield from explain(step.inner, inside, bits, name + "/")


def seen(trace: Trace, up_to: int) -> dict[Node, LayerSight]:
    """The receptive fields of the first `up_to` steps; of none where the sizes are not all known."""
    if trace.errors or any([None in shape for step in trace.steps if not step.opaque for shape in step.outputs or ()]):
        return {}
    from .receptive_field.report import Sight  # lazy: only with fields

    sight = Sight(Trace(trace.graph, trace.steps[:up_to]))
    places = [(step, sight.flow.by_name.get(step.name)) for step in trace.steps[:up_to]]
    # Nothing is known of a step without a place: of what it reads.
    return {step.node: sight.layer(place, exact=False) for step, place in places if place is not None and place.values}


def totals(trace: Trace) -> list[Line]:
    """The parameters and multiply-adds of the whole network, as sums over its layers."""
    lines = []
    for name, count in (("params", lambda step: step.params), ("MACs", _macs)):
        parts = [given(count(step) or 0, step.name) for step in trace.steps if step.used and count(step) != 0]
        if any([count(step) is None for step in trace.steps]):
            continue
        line = derivation(sum(parts), name)[-1] if parts else Line(name, "", "", 0)
        if name == "params" and trace.at_least:
            line = line._replace(name="params (at least)")
        lines.append(line if len(parts) <= 12 else line._replace(formula=f"the sum of {len(parts)} layers", numbers=""))
    return lines


def _macs(step: Step) -> int | None:
    from .cost import macs

    try:
        return macs(step)
    except SpecError:  # only a batch size settles it
        return None


class _Explainer:
    """One step, its layer and inputs turned into givens."""

    def __init__(self, step: Step, name: str, bits: int = 32, before: LayerSight | None = None,
                 sight: LayerSight | None = None, places: tuple[int, int] = (0, 0)):
        layer = step.node.layer
        assert layer is not None
        self.step, self.name, self.layer, self.bits = step, name, layer, bits
        self.before, self.sight, self.places = before, sight, places
        self.twin = layer.traced()
        marks = [""] if len(step.inputs) == 1 else [str(i + 1) for i in range(len(step.inputs))]
        self.xs = tuple([input_givens(x, layer.view(x), mark) for x, mark in zip(step.inputs, marks)])
        self.shown: list[Line] = []
        self.sides: set[str] = set()

    def explanation(self) -> Explanation:
        if type(self.layer) is InputLayer:
            workings: list[Working] = [self._input()]
        elif self.step.blind or (self.step.source is not None and type(self.layer) is not Model):
            return Explanation(self.step, self.name, (), tuple(self._unknown()), self.step.notes)
        elif type(self.layer) is Model:
            workings = [*self._model(), *self._field()]
        else:
            workings = [*self._outputs(), *self._weights(), *self._work(), *self._field()]
        remarks = () if self.step.inner else tuple(self.layer.remarks(*self.layer.viewed(self.step.inputs)))
        if where := self._counted():
            remarks = (where, *remarks)
        return Explanation(self.step, self.name, tuple(self._legend()), tuple(workings), remarks)

    def _counted(self) -> str | None:
        """Where the weights of a layer that is called several times are counted."""
        first = self.step.node.keras_name
        if self.step.shared:
            if self.step.weights:
                return f"its weights are those of {first}, and are counted here because no output depends on its first call"
            return f"its weights are those of {first}, and are counted there"
        if self._elsewhere():
            return "its weights are counted at a later call, for no output depends on this one"
        return None

    def _elsewhere(self) -> bool:
        """Whether it has weights that another call counts."""
        return self.step.inner is None and not self.step.weights and any(True for _ in self.twin.owned(self.xs))

    def _legend(self) -> Iterator[str]:
        for key, setting in self.layer.settings.items():
            value = getattr(self.twin, key, None)
            if value is None or (key in NEUTRAL and key not in self.layer.said):
                continue
            if isinstance(setting, Padding):
                mode = getattr(self.layer, key)
                yield f"padding {mode if isinstance(mode, str) else 'p = ' + _each([a for a, _ in mode])}"
            elif type(value) is Num:
                yield f"{key} {value.symbol} = {number(value)}" if value.symbol != key else f"{key} = {number(value)}"
            elif isinstance(value, tuple) and value and all([type(n) is Num for n in value]):
                letters = list(dict.fromkeys([str(n.symbol) for n in value]))
                yield f"{key} {', '.join(letters)} = {_each(value)}"
        if getattr(self.layer, "use_bias", None) is False:
            yield "no bias"

    def _given(self, quantity: str, label: str, value: Any, symbol: str | None = None,
               words: str | None = None) -> Working:
        """The working of a value; what it needs and was not shown yet comes first."""
        lines = derivation(value, symbol or label, self.shown)
        self.shown += lines
        return Working(quantity, label, tuple(lines), words)

    def _input(self) -> Working:
        y = self.step.output
        assert y is not None
        known = product(y)
        if known is None:
            return Working("activations", "values", (), f"an example is {_shape(y)}; null is a size that is not given")
        y = input_givens(y, Shape(y))
        return self._given("activations", "values", product(y))

    def _unknown(self) -> Iterator[Working]:
        """A layer whose rules cannot be applied: it is code, or its input is unknown."""
        for shape in self.step.outputs or ():
            words = "unknown" if shape is UNKNOWN else f"{_shape(shape)}{SOURCES.get(self.step.source or '', '')}"
            yield Working("output", "output", (), words)
        if self.step.at_least and not self.step.params:
            yield Working("params", "params", (), "unknown")
        else:
            yield self._given("params", "params", self.step.params)

    def _model(self) -> Iterator[Working]:
        inner = self.step.inner
        assert inner is not None
        for shape in self.step.outputs or ():
            yield Working("output", "output", (), f"{_shape(shape)}, the output of its last layer")
        if self.step.shared:
            yield self._given("params", "params", self.step.params)
            return
        for line in totals(inner):
            yield Working(line.name.lower().removesuffix(" (at least)") if line.name else "", line.name or "", (line,))

    def _outputs(self) -> Iterator[Working]:
        ys = self.twin.apply(self.xs)
        self.ys = []
        for i, y in enumerate(ys):
            mark = "" if len(ys) == 1 else str(i + 1)
            if len(ys) == 1 and self._as_the_input(y):
                yield Working("output", "output", (), f"as the input, {_shape(y)}")
                self.ys.append(y)
            else:
                yield from self._sizes(y, mark)

    def _as_the_input(self, y: Shape) -> bool:
        return len(self.xs) > 0 and len(y) == len(self.xs[0]) and all(
            [a is b or (a is None and b is None) for a, b in zip(y, self.xs[0])])

    def _sizes(self, y: Shape, mark: str) -> Iterator[Working]:
        windows = self.twin.windows(self.twin.viewed(self.xs)[0]) if self.xs else None
        if y.whole:  # its letters and rules are those of the layer's maps
            y = self.layer.view(y)
        letters = shape_letters(y)
        spatial = [letters.spatial.index(s) if s in letters.spatial else None for s in letters]
        made = []
        for size, letter, axis in zip(y, letters, spatial):
            own = f"{letter}{mark}'"
            label = SIZES.get(letter.rstrip("0123456789"), "size")
            if windows and axis is not None and axis < len(windows) and len(y) > 1:
                yield from self._padding(windows[axis], label)
            if size is None:
                yield Working("output", label, (), f"{own} depends on a size that is not given")
            elif symbolic(size):
                yield Working("output", label, (), f"{own} = {size}")
            else:
                yield self._given("output", label, size, own)
            made.append(named(own, size))
        self.ys.append(type(y)(made))

    def _padding(self, window: object, label: str) -> Iterator[Working]:
        if type(window) is not Window or window.padding is None or window.before is None or window.padding <= 0:
            return
        if not isinstance(self.layer.settings.get("padding"), Padding):
            return
        before = named("before", window.before)
        after = int(window.padding) - int(window.before)
        if window.padding != 2 * int(window.before) or getattr(self.layer, "padding", "") == "same":
            lines = [line for line in derivation(window.padding, "p", self.shown) if line not in self.shown]
            lines += derivation(before, "before", [*self.shown, *lines])
            if type(window.padding) is Num:
                lines += derivation(window.padding - before, "after", [*self.shown, *lines])
            yield Working("padding", label, tuple(lines), f"{int(window.before)} before, {after} after")
            self.shown += lines
        elif f"p = {after}, before and after" not in self.sides:
            self.sides.add(f"p = {after}, before and after")
            yield Working("padding", label, (), f"p = {after}, before and after")

    def _weights(self) -> Iterator[Working]:
        if self._elsewhere():
            yield Working("params", "params", tuple(derivation(0, "params")))
            return
        weights = self.twin.owned(self.xs)
        for weight in weights:
            letters = tuple([formula(n) for n in weight.shape])
            words = _shape(letters)
            if tuple(map(str, letters)) != tuple([number(n) for n in weight.shape]):
                words += f" = {_shape(tuple(map(int, weight.shape)))}"
            yield Working("weight", weight.name, (Line(weight.name, "", "", int(weight.count)),),
                          words + ("" if weight.trainable else " (not trained)"))
        if len(weights) > 1 and len({w.trainable for w in weights}) > 1:
            yield self._given("trainable_params", "trained", sum([w.count for w in weights if w.trainable]))
        yield self._given("params", "params", sum([w.count for w in weights]))

    def _work(self) -> Iterator[Working]:
        xs, ys = self.twin.viewed(self.xs), self.ys
        own = self.twin.output
        # What is counted at every place of the output shows its letters, not their working again.
        vars(self.twin)["output"] = lambda *zs: ys[0] if zs == xs else own(*zs)
        try:
            macs = self.twin.macs(*xs)
            values = _summed([product(y) for y in self.ys])
        except SpecError:  # PyTorch's N among the sizes that are multiplied
            yield Working("macs", "MACs", (), "MACs and memory depend on the batch size in a way that needs a number")
            return
        finally:
            del vars(self.twin)["output"]
        if macs is None:
            own_code = self.twin.own_code
            yield Working("macs", "MACs", (), "MACs unknown: the layer's code is its own" if own_code else "MACs depend on a size that is not given")
        else:
            yield self._given("macs", "MACs", macs)
        if values is None:
            yield Working("activations", "values", (), "how many values come out depends on a size that is not given")
            return
        yield self._given("activations", "values", values)
        yield self._given("memory", "bytes", named("values", values) * (self.bits // 8))

    def _field(self) -> Iterator[Working]:
        if self.step.opaque:
            yield Working("receptive_field", "receptive field", (), "unknown, for a layer before it is code")
            return
        if self.sight is None and any([None in x and len(x) > 1 for x in self.step.inputs]):
            yield Working("receptive_field", "receptive field", (), "the field depends on the input size, which is unknown")
        if self.sight is None or not self.sight.fields:
            return
        from .explain_field import derived, in_words  # lazy: only with fields

        lines = derived(self.twin, self.xs, self.before, self.sight, self.places)
        if not lines:
            for words in in_words(self.before, self.sight, self.places):
                yield Working("receptive_field", "receptive field", (), words)
        for line in lines:
            label = line.label + (f" ({SIZES[line.letter]})" if line.letter else "")
            if isinstance(line.value, str):
                yield Working(line.quantity, label, (), line.value)
            else:
                yield self._given(line.quantity, label, line.value, line.symbol)


def _each(values: Iterable[int]) -> str:
    numbers = [number(n) for n in values]
    return numbers[0] if len(set(numbers)) == 1 else f"({', '.join(numbers)})"


def _shape(sizes: Iterable[object]) -> str:
    words = ["null" if n is None else str(n) for n in sizes]
    return f"({words[0]},)" if len(words) == 1 else f"({', '.join(words)})"


def _summed(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
