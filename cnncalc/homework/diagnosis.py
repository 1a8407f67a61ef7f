"""Find the mistakes that give the values a sheet claims, ranked by how much of the sheet they explain."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..analysis import Trace
from ..layers import Shape
from ..layers.core import Dense
from ..num import product
from .carried import CarriedValues
from .compare import SHAPES, match, number_of, sizes_of
from .correct_values import ADDED, CorrectValues, Given
from .guesses import Guesses
from .layer_run import LayerRun, Settings, last_order
from .mistake_values import FIELDS, Candidate, Cause, MistakeValues, Table
from .mistakes import FIELD_MISTAKES
from .sheet import Cell, Sheet


class Diagnosis:
    """Explains the wrong answers of sheets under one key."""

    def __init__(self, correct: CorrectValues, others: Callable[[], Iterable[tuple[str, Trace]]] | None = None):
        self.correct, self.trace, self.settings = correct, correct.trace, correct.settings
        self.values = MistakeValues(correct)
        self.guesses = Guesses(self.values, others)
        self._given: dict[object, LayerRun] = {}

    def explain(self, sheet: Sheet, cells: list[Cell], own: CarriedValues) -> list[list[Cause]]:
        """The causes of each wrong answer, best first by how much of the sheet they explain."""
        fitting = [self._fitting(cell, own) for cell in cells]
        explained: dict[str, int] = {}
        for candidates in fitting:
            for name in {c.name for c in candidates if c.weak < 3}:
                explained[name] = explained.get(name, 0) + 1
        against = self._contradictions(sheet, cells, fitting, own)

        def rank(c: Candidate) -> tuple[object, ...]:
            # An answer that speaks against it weighs less: a mistake need not be made everywhere.
            rare = _rare(c)
            return (c.weak, against.get(c.key, 0) - 3 * explained.get(c.name, 0) + rare, rare, *_prior(c.key))

        found = []
        for candidates in fitting:
            best: dict[str, Candidate] = {}
            for candidate in sorted(candidates, key=rank):
                best.setdefault(candidate.name, candidate)
            found.append([c.cause for c in best.values()])
        return found

    def _contradictions(self, sheet: Sheet, cells: list[Cell], fitting: list[list[Candidate]],
                        own: CarriedValues) -> dict[tuple[str, int], int]:
        """For each mistake, the number of other answers at which it was not made."""
        wanted: dict[str, set[tuple[str, int]]] = {}
        fits: dict[object, set[tuple[str, int]]] = {}
        for cell, candidates in zip(cells, fitting):
            wanted.setdefault(cell.quantity, set()).update([c.key for c in candidates if c.weak == 0])
            fits[cell.key] = {c.key for c in candidates}
        against: dict[tuple[str, int], int] = {}
        for key, cell in sheet.answers.items():
            keys = wanted.get(cell.quantity)
            run = own.run(cell.steps[0]) if keys and len(cell.steps) == 1 and not cell.claim.empty else None
            if run is None or not keys or cell.quantity in FIELDS:
                continue
            tables = (self.values.table(run, cell.quantity), self.values.in_chains(cell.steps[0], cell.quantity))
            for mistake in keys - fits.get(key, set()):
                if any([mistake in table.by_key for table in tables]):
                    against[mistake] = against.get(mistake, 0) + 1
        return against

    def _fitting(self, cell: Cell, own: CarriedValues) -> list[Candidate]:
        """The mistakes that give this answer."""
        if cell.quantity in FIELDS:
            found = self._fields(cell, own)
        elif len(cell.steps) != 1:
            found = self._totals(cell, own)
        else:
            found = self._of_layer(cell, own)
        if not found:
            found = list(self.guesses.fitting(cell, own))
        return found

    def _of_layer(self, cell: Cell, own: CarriedValues) -> list[Candidate]:
        i, quantity = cell.steps[0], cell.quantity
        runs = []
        for run in (own.run(i), self.correct.runs[i]):
            if run is not None and run not in runs:
                runs.append(run)
                if i in own.outputs and quantity not in ("output", "input"):
                    runs.append(self._giving(run, own.outputs[i]))
        found: list[Candidate] = []
        for run in runs:
            found += [c for c in self._fitting_in(cell, self.values.table(run, quantity), run) if c.key not in [f.key for f in found]]
        truth = self.correct.runs[i]
        if truth is not None and not found:
            found += self._fitting_in(cell, self.values.in_throughout(i, quantity), truth)
        if truth is not None:
            found += self._fitting_in(cell, self.values.in_chains(i, quantity), truth)
        for run in runs:
            widths = self._fitting_in(cell, self.values.of_widths(run, quantity), run)
            found += widths
            if widths:
                break
        found += self._features(cell, own)
        if not found:
            for run in runs:
                found += self._fitting_in(cell, self.values.pairs(run, quantity), run)
                if quantity == "output":
                    found += self._halves(cell, run)
                if found:
                    break
        return found

    def _giving(self, run: LayerRun, y: Shape) -> LayerRun:
        """The run with this output, the same each time so that its table is computed once."""
        key = (run, tuple(y))
        if key not in self._given:
            self._given[key] = run.giving(y)
        return self._given[key]

    def _features(self, cell: Cell, own: CarriedValues) -> list[Candidate]:
        """A dense layer after Flatten whose inputs were counted without the channels of the map."""
        run = own.run(cell.steps[0])
        if run is None or not isinstance(run.layer, Dense) or len(run.xs[0]) != 1 or cell.quantity not in ("params", "weights", "trainable_params", "macs"):
            return []
        x = self.guesses.map_before(cell.steps[0], own)
        value = plain_number(cell, self.settings)
        if x is None or len(x) < 2 or None in x or x.channels == 1 or value is None:
            return []
        flat = run.reading(Shape((product(x.spatial) or 0,)))
        words = "the channels of the flattened map are left out"
        found = [Candidate(("features", 0), "forgot-input-channels", words, value, (flat, lambda r: r))] if flat.value(
            cell.quantity, self.settings) == value else []
        without = flat.set(use_bias=False)
        if run.layer.use_bias and without.value(cell.quantity, self.settings) == value != flat.value(cell.quantity, self.settings):
            found.append(Candidate(("features", 1), "forgot-input-channels+forgot-bias", f"{words}, and the biases", value, (without, lambda r: r)))
        return found

    def _fitting_in(self, cell: Cell, table: Table, run: LayerRun) -> list[Candidate]:
        """The candidates of a table whose value this is."""
        if cell.quantity in SHAPES:
            like = run.value(cell.quantity, self.settings)
            shape = None if like is None else sizes_of(cell.claim, like, self.settings)
            return [] if shape is None else list(table.by_value.get(last_order(shape), ()))
        value = plain_number(cell, self.settings)
        if value is not None:
            return list(table.by_value.get(value, ()))
        return [c for c in table.candidates if self._claims(cell, c.value, run)]

    def _claims(self, cell: Cell, value: object, run: LayerRun) -> bool:
        """Whether the claim says this value."""
        if cell.quantity in SHAPES:
            like = run.value(cell.quantity, self.settings)
            shape = None if like is None else sizes_of(cell.claim, like, self.settings)
            return shape is not None and last_order(shape) == value
        how = match(cell.quantity, cell.claim, [value], self.settings)
        return how is not None

    def _halves(self, cell: Cell, run: LayerRun) -> list[Candidate]:
        """One mistake in the places and another in the channels."""
        like = run.value("output", self.settings)
        shape = None if like is None else sizes_of(cell.claim, like, self.settings)
        if shape is None or like is None or len(shape) < 2:
            return []
        claimed, right = last_order(shape), last_order(like)
        table = self.values.table(run, "output").candidates
        places = [c for c in table if c.value[:-1] == claimed[:-1] and c.value[-1] == right[-1]]
        depths = [c for c in table if c.value[-1] == claimed[-1] and c.value[:-1] == right[:-1]]
        return [Candidate(("pair", a.key[1] * 1000 + b.key[1]), f"{a.name}+{b.name}", f"{a.words}; and {b.words}", claimed,
                          None, 1) for a in places for b in depths if a.name != b.name]

    # Receptive fields.

    def _fields(self, cell: Cell, own: CarriedValues) -> list[Candidate]:
        if len(cell.steps) != 1:
            return []
        i = cell.steps[0]
        right = next(iter(self.correct.values(cell.steps, cell.quantity)), None)
        found = []
        wrong = own.wrong_fields
        for place, mistake in enumerate(FIELD_MISTAKES):
            every: list[Given] = [{}, wrong] if wrong else [{}]
            for given in every:
                sizes = self.values.field_values(mistake, cell.quantity, given)[i]
                value = own.share(sizes) if cell.quantity == "coverage" else sizes
                if value is None or value == right:
                    continue
                how = match(cell.quantity, cell.claim, [value], self.settings)
                if how is not None:
                    found.append(Candidate(("sight", place), mistake.name, mistake.words, value, self.values.field_source(mistake, i, given)))
                    break
        before = self.trace.steps[i].node.inputs
        places = [n for n, step in enumerate(self.trace.steps) if before and step.node is before[0].node]
        earlier = self.correct.values((places[0],), cell.quantity) if places else []
        if earlier and earlier[0] != right and cell.quantity != "coverage" and match(cell.quantity, cell.claim, earlier, self.settings):
            found.append(Candidate(("row", 0), "rf-row-shifted", "the value of the layer before, a row late", earlier[0]))
        return found

    # Totals.

    def _totals(self, cell: Cell, own: CarriedValues) -> list[Candidate]:
        if cell.quantity not in ADDED:
            return []
        table = self.values.totals(cell.steps, cell.quantity)
        value = plain_number(cell, self.settings)
        if value is not None:
            found = list(table.by_value.get(value, ()))
        else:
            found = [c for c in table.candidates if match(cell.quantity, cell.claim, [c.value], self.settings)]
        if self._whole_column(cell, own):
            # Where the column is there, a mistake in one layer would show in its own row.
            found = [c for c in found if c.weak == 0]
            found += self.guesses.added_up(cell, own)
        kept: dict[str, Candidate] = {}
        for candidate in found:
            kept.setdefault(f"{candidate.name} {candidate.weak}", candidate)
        return list(kept.values())

    def _whole_column(self, cell: Cell, own: CarriedValues) -> bool:
        """Whether the sheet says all that a total adds up."""
        chosen = cell.steps or [i for i, step in enumerate(self.trace.steps) if step.used and step.inputs]
        parts = [i for i in chosen if self.correct.values((i,), cell.quantity)[:1] not in ([], [0])]
        return len(parts) > 1 and all([own.claimed((i,), cell.quantity) is not None for i in parts])


_ORDER = ("slip", "said", "sight", "features", "throughout", "row", "input", "size", "width", "without", "twice", "pair", "unit", "flatten", "network", "sum",
          "digits")


#: Mistakes of one layer that are rarely meant where others give the same value.
RARE = frozenset(["wrong-input-channels", "AlexNet-groups", "LeNet-C3-full-vs-partial", "2p-vs-total-p",
                  "dilation-base-0-vs-1", "TF-valid-floor-formula", "channel-order", "connections-without-bias",
                  "counts-gradients", "doubled", "padding-applied-twice"])


def _rare(c: Candidate) -> int:
    if c.key[0] == "throughout" and c.name in RARE:
        return 2
    return 0 if c.key[0] in ("slip", "said", "sight", "features", "throughout") and c.name not in RARE else 1


def _prior(key: tuple[str, int]) -> tuple[int, int]:
    """The order of mistakes that explain as much: as they stand in their tables."""
    return _ORDER.index(key[0]), -key[1] if key[0] in ("without", "twice") else key[1]


def plain_number(cell: Cell, settings: Settings) -> int | None:
    """The number of a claim that was not rounded and has no other way to be read."""
    value = number_of(cell.claim, settings)
    return value if value is not None and not cell.claim.numbers[0].steps else None
