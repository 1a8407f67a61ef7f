"""The values that every mistake gives for every quantity of a network: computed on demand, once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ..analysis import Model
from ..errors import CnncalcError
from ..layers import InputLayer, Shape
from ..window import Field
from .correct_values import CorrectValues, Given, fields
from .layer_run import LayerRun, last_order, rerun
from .mistakes import FIELD_MISTAKES, LAYER_MISTAKES, NUMBER_MISTAKES, FieldMistake, Mistake, runs_of

#: How many layers before one may be left out or doubled in a chain.
NEAR = 40
FIELDS = ("receptive_field", "jump", "coverage")


#: The run that shows a mistake, and the change that makes it.
Source = tuple[LayerRun, Callable[[LayerRun], Any]]


#: A whole network with something changed: the mistake's key, its name, its words, every step.
Chain = tuple[tuple[str, int], str, str, list["LayerRun | None"]]
#: The largest network in which mistakes are made throughout.
LONGEST = 200


class Cause(NamedTuple):
    """A mistake that gives the value claimed: `words` are general and without numbers, `detail` has the numbers."""

    name: str
    words: str
    value: object
    source: Source | None
    detail: str = ""


class Candidate(NamedTuple):
    """A mistake at one answer, and the value that it gives. `key` is the same wherever it is made."""

    key: tuple[str, int]
    name: str
    words: str
    value: Any
    source: Source | None = None
    #: 0 for one thing changed; more for mistakes that are less likely meant.
    weak: int = 0
    detail: str = ""

    @property
    def cause(self) -> Cause:
        return Cause(self.name, self.words, self.value, self.source, self.detail)


class Table:
    """What the mistakes make of one quantity of one run."""

    def __init__(self, candidates: list[Candidate]):
        self.candidates = candidates
        self.by_value: dict[object, list[Candidate]] = {}
        self.by_key: dict[tuple[str, int], object] = {}
        for candidate in candidates:
            self.by_value.setdefault(candidate.value, []).append(candidate)
            self.by_key[candidate.key] = candidate.value


class MistakeValues:
    """The mistakes that can be made in a network."""

    def __init__(self, correct: CorrectValues):
        self.correct, self.trace, self.settings = correct, correct.trace, correct.settings
        self._runs: dict[LayerRun, list[tuple[int, Mistake, LayerRun]]] = {}
        self._tables: dict[object, Table] = {}
        self._widths: list[int] | None = None
        self._chains: list[Chain] | None = None
        self._throughout: list[Chain] | None = None
        self._sums: dict[tuple[tuple[int, ...], str], Table] = {}
        self._seen: dict[str, list[tuple[Field, ...] | None]] = {}

    # The tables.

    def table(self, run: LayerRun, quantity: str) -> Table:
        """What each mistake makes of a quantity of this run, where that is not the right value."""
        key = (run, quantity)
        found = self._tables.get(key)
        if found is None:
            found = self._tables[key] = Table(list(self._candidates(run, quantity)))
        return found

    def _candidates(self, run: LayerRun, quantity: str) -> Iterable[Candidate]:
        right = canonical(run.value(quantity, self.settings))
        if run not in self._runs:
            self._runs[run] = runs_of(run)
        for place, slip, changed in self._runs[run]:
            if slip.quantities and quantity not in slip.quantities and "params" not in slip.quantities:
                continue
            value = canonical(changed.value(quantity, self.settings))
            if value is not None and value != right:
                yield Candidate(("slip", place), slip.name, slip.words, value, (run, slip.change))
        for place, said in enumerate(NUMBER_MISTAKES):
            if quantity in said.quantities:
                value = said.value(run, quantity, self.settings)
                if value is not None and value != right:
                    yield Candidate(("said", place), said.name, said.words, value,
                                    (run, lambda r, said=said: said.value(r, quantity, self.settings)))  # type: ignore[misc]

    def pairs(self, run: LayerRun, quantity: str) -> Table:
        """Two mistakes at once: the biases and the kernel, or a setting and the rule."""
        key = (run, quantity, "pairs")
        if key not in self._tables:
            self._tables[key] = Table(self._pairs(run, quantity))
        return self._tables[key]

    def _pairs(self, run: LayerRun, quantity: str) -> list[Candidate]:
        found = []
        right = canonical(run.value(quantity, self.settings))
        for place, slip, one in runs_of(run, FIRST_OF_TWO):
            singles = {canonical(one.value(quantity, self.settings)), right}
            for other_place, other, both in runs_of(one, FIRST_OF_TWO[slip.name]):
                value = canonical(both.value(quantity, self.settings))
                if value is not None and value not in singles:
                    found.append(Candidate(
                        ("pair", place * 1000 + other_place), f"{other.name}+{slip.name}", f"{other.words}; and {slip.words}",
                        value, (run, lambda r, a=slip, b=other: _then(r, a.change, b.change)), 1))  # type: ignore[misc]
        for place, slip, one in runs_of(run, SIZE_OR_DEPTH):
            single = canonical(one.value(quantity, self.settings))
            for number_place, said in enumerate(NUMBER_MISTAKES):
                value = said.value(one, quantity, self.settings) if said.name in UNITS and quantity in said.quantities else None
                if value is not None and value not in (single, right) and single != right:
                    found.append(Candidate(("pair", place * 1000 + number_place), f"{slip.name}+{said.name}", f"{slip.words}; and {said.words}",
                                           value, None, 1))
        return found

    def chains(self) -> list[Chain]:
        """The whole network with one thing changed: another input, a layer left out or made twice."""
        if self._chains is None:
            self._chains = list(self._made_chains())
        return self._chains

    def _made_chains(self) -> Iterable[Chain]:
        trace, runs = self.trace, self.correct.runs
        for i, step in enumerate(trace.steps):
            x = step.output
            if type(step.node.layer) is not InputLayer or x is None or len(x) < 2:
                continue
            if x.channels in (1, 3):
                other = 4 - x.channels
                words = "counted for a color image" if other == 3 else "counted for a grayscale image"
                yield ("input", i), "wrong-input-channels", words, rerun(trace, None, {i: x.of(x.spatial, other)})
            for a, b in ((224, 227), (227, 224)):
                if set(x.spatial) == {a}:
                    yield ("size", i), "224-vs-227", "another input size, known from published networks", rerun(
                        trace, None, {i: x.of([b] * len(x.spatial), x.channels)})
        windowed = [i for i, run in enumerate(runs) if run is not None and _moves(run)]
        for i in windowed[-NEAR:]:
            run, name = runs[i], trace.steps[i].name
            assert run is not None
            yield ("without", i), "skipped-a-layer", f"{name} was left out", rerun(trace, None, {i: run.xs[0]})
            try:
                twice = LayerRun(run.layer, run.outputs or ()).outputs
            except CnncalcError:
                continue
            if twice:
                yield ("twice", i), "skipped-or-extra-layer-in-chain", f"{name} was applied twice", rerun(
                    trace, None, {i: twice[0]})

    def throughout(self) -> list[Chain]:
        """The whole network with a mistake about sizes made at every layer, or at all but those with padding 'same'."""
        if self._throughout is None:
            self._throughout = list(self._made_throughout()) if len(self.trace.steps) <= LONGEST else []
        return self._throughout

    def _made_throughout(self) -> Iterable[Chain]:
        padded = any([run is not None and getattr(run.layer, "padding", None) == "same" for run in self.correct.runs])
        right = [run.value("output") if run is not None else None for run in self.correct.runs]
        for place, mistake in enumerate(LAYER_MISTAKES):
            if mistake.quantities:
                continue
            for all_layers in (True, False) if padded else (True,):
                def change(i: int, run: LayerRun, m: Mistake = mistake, everywhere: bool = all_layers) -> LayerRun | None:
                    if not run.xs or type(run.layer) is Model or not (everywhere or getattr(run.layer, "padding", None) != "same"):
                        return None
                    for way in (m, *[other for other in LAYER_MISTAKES if other.name == m.name and other is not m]):
                        try:
                            changed = way.change(run)
                            if changed is not None and changed.outputs:
                                return changed
                        except CnncalcError:
                            continue
                    return None

                runs = rerun(self.trace, change)
                if any([run is not None and run.value("output") != y for run, y in zip(runs, right)]):
                    yield ("throughout", place), mistake.name, mistake.words, runs

    def in_throughout(self, i: int, quantity: str) -> Table:
        """The values at a step of the network with a mistake made throughout."""
        key = (i, quantity, "throughout")
        if key not in self._tables:
            right = canonical(next(iter(self.correct.values((i,), quantity)), None))
            values = [(c, run, canonical(run.value(quantity, self.settings))) for c in self.throughout() if (run := c[3][i]) is not None]
            self._tables[key] = Table([Candidate(c[0], c[1], c[2], value, (run, lambda r: r)) for c, run, value in values
                                       if value is not None and value != right])
        return self._tables[key]

    def widths(self) -> list[int]:
        """The numbers of channels that occur in the network."""
        if self._widths is None:
            shapes = [step.output for step in self.trace.steps if step.output is not None]
            self._widths = sorted({int(y.channels) for y in shapes if y.channels is not None})[:24]
        return self._widths

    def in_chains(self, i: int, quantity: str) -> Table:
        """What the network with one thing changed gives at a step."""
        key = (i, quantity)
        if key not in self._tables:
            self._tables[key] = Table(list(self._in_chains(i, quantity)))
        return self._tables[key]

    def _in_chains(self, i: int, quantity: str) -> Iterable[Candidate]:
        right = canonical(next(iter(self.correct.values((i,), quantity)), None))
        for key, name, words, runs in self.chains():
            run = runs[i]
            if run is None:
                continue
            value = canonical(run.value(quantity, self.settings))
            if key == ("without", i) and quantity == "output":
                value, name = canonical(run.xs[0]), "stopped-one-layer-early"
            if value is not None and value != right:
                yield Candidate(key, name, words, value, (run, lambda r: r))

    def of_widths(self, run: LayerRun, quantity: str) -> Table:
        """Another number of channels of this network in the place of the input's."""
        key = (run, quantity, "widths")
        if key not in self._tables:
            self._tables[key] = Table(list(self._of_widths(run, quantity)))
        return self._tables[key]

    def _of_widths(self, run: LayerRun, quantity: str) -> Iterable[Candidate]:
        if quantity not in ("params", "weights", "macs", "flops", "trainable_params") or not (
            hasattr(run.layer, "kernel_size") and hasattr(run.layer, "filters")
        ):
            return
        branched = any([len(step.inputs) > 1 for step in self.trace.steps])
        name = "wrong-input-channels-in-branch" if branched else "wrong-input-channels"
        right, x = run.value(quantity, self.settings), run.x
        for width in self.widths():
            if x.channels != width:
                changed = run.reading(run.layer.view(run.xs[0]).of(x.spatial, width))
                value = changed.value(quantity, self.settings)
                if value is not None and value != right:
                    detail = f"{width} input channel{'s' * (width != 1)} in place of {x.channels}"
                    yield Candidate(("width", width), name, "the input channels of another layer of this network", value,
                                    (changed, lambda r: r), detail=detail)

    def totals(self, steps: tuple[int, ...], quantity: str) -> Table:
        key = (steps, quantity)
        if key in self._sums:
            return self._sums[key]
        chosen = steps or tuple([i for i, step in enumerate(self.trace.steps) if step.used])
        right: dict[int, int] = {}
        tables: dict[int, Table] = {}
        for i in chosen:
            values = self.correct.values((i,), quantity)
            run = self.correct.runs[i]
            if values and run is not None:
                right[i] = values[0]
                if not self.trace.steps[i].shared:
                    tables[i] = self.table(run, quantity)
        total = sum(right.values())
        everywhere: dict[tuple[str, int], tuple[int, int]] = {}
        first: dict[tuple[str, int], Candidate] = {}
        alone = []
        for i, table in tables.items():
            for c in table.candidates:
                change, many = everywhere.get(c.key, (0, 0))
                everywhere[c.key] = (change + c.value - right[i], many + 1)
                first.setdefault(c.key, c)
                words = f"in {self.trace.steps[i].name}: {c.words}"
                alone.append(Candidate(c.key, c.name, words, total + c.value - right[i], c.source, 2))
        found = [Candidate(k, first[k].name, first[k].words, total + change, None if many > 1 else first[k].source)
                 for k, (change, many) in everywhere.items()]
        for key_, name, words, runs in [*self.chains(), *self.throughout()] if not steps else ():
            values = [run.value(quantity, self.settings) if run is not None else None for run in runs]
            parts = [v for i, v in enumerate(values) if i in right]
            if None not in parts:
                found.append(Candidate(key_, name, words, sum(parts)))
                gone = key_[1]
                if key_[0] == "without" and values[gone]:
                    found.append(Candidate(key_, name, words, sum(parts) - values[gone]))
        self._sums[key] = Table([c for c in found + alone if c.value != total])
        return self._sums[key]

    def field_source(self, mistake: FieldMistake, i: int, given: Given) -> Source | None:
        """The mistake, and the field that it continues from at a step."""
        refs, run = self.trace.steps[i].node.inputs, self.correct.runs[i]
        places = [n for n, step in enumerate(self.trace.steps) if len(refs) == 1 and step.node is refs[0].node]
        field = self._mistaken_fields(mistake, given)[places[0]] if places and run is not None else None
        if field is None or run is None:
            return None
        size, jump = given.get(places[0], (None, None))
        before = Field(field[0].size if size is None else size[0], field[0].jump if jump is None else jump[0], None)
        return run, lambda r: (mistake, before)

    def field_values(self, mistake: FieldMistake, quantity: str, given: Given) -> list[tuple[int, ...] | None]:
        """The values of a mistake made throughout at each step, continued from the sheet's own values before it."""
        chain = self._mistaken_fields(mistake, given)
        return [None if f is None else tuple([a.jump if quantity == "jump" else a.size for a in f]) for f in chain]

    def _mistaken_fields(self, mistake: FieldMistake, given: Given) -> list[tuple[Field, ...] | None]:
        key = f"{FIELD_MISTAKES.index(mistake)} {sorted(given.items())}"
        if key not in self._seen:
            self._seen[key] = list(fields(self.trace, self.correct.runs, mistake.through, given, mistake.first))
        return self._seen[key]


#: Mistakes that are made together: of the biases and of the kernel, of a setting and of the rule.
_KERNEL = frozenset(["forgot-input-channels", "forgot-number-of-filters", "kernel-area-forgotten", "AlexNet-groups",
                     "depthwise-vs-standard", "dilation-changes-params", "multiplied-by-image-size",
                     "per-position-weights", "wrong-input-channels"])
_RULE = frozenset(["forgot-plus-one", "ceil-or-round-instead-of-floor", "pad-added-once", "kernel-not-subtracted",
                   "same-with-stride-floor", "TF-valid-floor-formula", "padding-applied-twice", "plus-one-twice",
                   "dilation-ignored"])
SIZE_OR_DEPTH = _RULE | {"output-depth-is-input-depth", "forgot-input-channels", "stride-ignored"}
#: Mistakes about what is counted, which are made together with one of the size or depth.
UNITS = frozenset(["forgot-4-bytes", "MACs-vs-FLOPs"])
FIRST_OF_TWO = {
    "forgot-bias": _KERNEL, "one-bias-per-layer": _KERNEL, "bias-per-input-channel": _KERNEL,
    "stride-ignored": _RULE, "dilation-ignored": _RULE - {"dilation-ignored"}, "pool-default-stride": _RULE,
}


def canonical(value: object) -> object:
    """A value as tables have it: sizes with the channels behind."""
    return last_order(value) if isinstance(value, Shape) else value


def _then(run: LayerRun, first: Callable[[LayerRun], LayerRun | None], second: Callable[[LayerRun], LayerRun | None]) -> LayerRun | None:
    one = first(run)
    return None if one is None else second(one)


def _moves(run: LayerRun) -> bool:
    """Whether a layer changes the size or the depth of a map."""
    try:
        return len(run.xs) == 1 and run.windows() is not None and len(run.xs[0]) > 1 and run.outputs is not None and (
            tuple(run.outputs[0]) != tuple(run.xs[0]))
    except CnncalcError:
        return False
