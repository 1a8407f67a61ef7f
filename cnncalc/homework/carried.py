"""Answers recomputed from the student's own earlier values (errors carried forward).

An answer is recomputed only from answers that come before it: of earlier layers, of earlier quantities of
its layer. So the first error of a chain never counts as carried.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction

from ..errors import CnncalcError
from ..layers import InputLayer, Shape
from ..num import product
from ..window import Field
from .compare import number_of, sizes_of
from .correct_values import ADDED, CorrectValues, Given, fields
from .layer_run import LayerRun, Settings, rerun, rounding_up
from .sheet import Cell, Key, Sheet


class CarriedValues:
    """The values that follow from a sheet's own answers; `settled` are its right ones."""

    def __init__(self, sheet: Sheet, correct: CorrectValues, settings: Settings, settled: Collection[Key]):
        self.correct, self.settings, self.settled = correct, settings, settled
        self.cells = {key: c for key, c in sheet.answers.items() if not c.claim.empty and not c.claim.nothing}
        self.outputs, self.inputs = self._claimed_shapes("output"), self._claimed_shapes("input")
        if self.outputs:
            change = rounding_up if settings.rounding == "ceil" else None
            self.runs = rerun(correct.trace, change, self.outputs, correct.known if change is None else None)
        else:
            self.runs = correct.runs
        self._fields: list[tuple[Field, ...] | None] | None = None
        self._wrong_fields: dict[int, tuple[Sequence[int] | None, Sequence[int] | None]] | None = None

    def _claimed_shapes(self, quantity: str) -> dict[int, Shape]:
        """The wrong shapes of a column, by step."""
        found = {}
        for (steps, asked), cell in self.cells.items():
            run = self.correct.runs[steps[0]] if len(steps) == 1 else None
            if asked != quantity or run is None or cell.key in self.settled:
                continue
            like = run.value(quantity, self.settings)
            shape = None if like is None else sizes_of(cell.claim, like, self.settings)
            if shape is not None:
                found[steps[0]] = shape
        return found

    def run(self, i: int) -> LayerRun | None:
        """The step on the sheet's own inputs."""
        return self.runs[i]

    def claimed(self, steps: tuple[int, ...], quantity: str) -> int | None:
        """A number that the sheet says exactly."""
        cell = self.cells.get((steps, quantity))
        return None if cell is None else number_of(cell.claim, self.settings)

    @property
    def wrong_fields(self) -> Given:
        """The wrong receptive fields and jumps of the sheet, by step."""
        if self._wrong_fields is None:
            self._wrong_fields = {}
            for i, field in enumerate(self.correct.fields):
                size, jump = [None if field is None else self._axes(i, q, len(field)) for q in ("receptive_field", "jump")]
                if size is not None or jump is not None:
                    self._wrong_fields[i] = (size, jump)
        return self._wrong_fields

    @property
    def fields(self) -> list[tuple[Field, ...] | None]:
        """Receptive fields and jumps, each computed from the sheet's own values before it."""
        if self._fields is None:
            wrong = self.wrong_fields
            self._fields = fields(self.correct.trace, self.runs, given=wrong) if wrong else self.correct.fields
        return self._fields

    @property
    def implied(self) -> list[tuple[Field, ...] | None]:
        """The same for a sheet without jumps: the growth of its fields implies them."""
        chain, given = self.fields, {i: list(pair) for i, pair in self.wrong_fields.items()}
        for i, run in enumerate(self.runs):
            own = given.get(i)
            before = self._before(chain, given, i)
            windows = run.windows() if run is not None and run.xs else None
            if own is None or own[0] is None or own[1] is not None or before is None or not windows:
                continue
            jumps = [Fraction(int(r) - b.size, int(w.extent) - 1) if w.extent > 1 else Fraction(b.jump)
                     for r, b, w in zip(own[0], before, windows)]
            if all([j.denominator == 1 and j > 0 for j in jumps]):
                own[1] = tuple([int(j) * int(w.stride) for j, w in zip(jumps, windows)])
        return fields(self.correct.trace, self.runs, given={i: (size, jump) for i, (size, jump) in given.items()})

    def _before(self, chain: list[tuple[Field, ...] | None], given: dict[int, list[Sequence[int] | None]], i: int) -> tuple[Field, ...] | None:
        """The field of the units that a step reads, as the sheet has it."""
        refs = self.correct.trace.steps[i].node.inputs
        places = [n for n, step in enumerate(self.correct.trace.steps) if len(refs) == 1 and step.node is refs[0].node]
        field = chain[places[0]] if places else None
        if field is None:
            return None
        size, jump = given.get(places[0], [None, None])
        return tuple([Field(f.size if size is None else size[a], f.jump if jump is None else jump[a], None)
                      for a, f in enumerate(field)])

    def _axes(self, i: int, quantity: str, rank: int) -> tuple[int, ...] | None:
        cell = self.cells.get(((i,), quantity))
        if cell is None or ((i,), quantity) in self.settled:
            return None
        for shape in cell.claim.shapes:
            if all([isinstance(n, int) for n in shape]) and len(shape) in (1, rank):
                return tuple(shape) * rank if len(shape) == 1 else tuple(shape)
        return None

    def values(self, cell: Cell) -> list[object]:
        """What this answer would be by the sheet's own other values."""
        if len(cell.steps) != 1:
            return self._sums(cell)
        i, quantity = cell.steps[0], cell.quantity
        run = self.runs[i]
        if run is None:
            return []
        if quantity in ("receptive_field", "jump", "coverage"):
            field = self.fields[i]
            if quantity == "coverage":
                claimed = self.wrong_fields.get(i, (None, None))[0]
                own = None if field is None else tuple([f.size for f in field])
                return [self.share(own if claimed is None else claimed)]
            ways = [field] + ([self.implied[i]] if self.wrong_fields else [])
            return [tuple([f.size if quantity == "receptive_field" else f.jump for f in way]) for way in ways if way is not None]
        found = []
        try:
            for known in [run] + ([run.reading(self.inputs[i])] if i in self.inputs and quantity != "input" else []):
                found.append(known.value(quantity, self.settings))
                if i in self.outputs and quantity not in ("output", "input"):
                    found.append(known.giving(self.outputs[i]).value(quantity, self.settings))
        except CnncalcError:
            pass
        found += self._derived(i, quantity)
        if self.correct.settings.work is not None and quantity in ("macs", "flops"):
            macs = run.value("macs", self.settings)
            found.append(macs if self.correct.settings.work == "macs" or macs is None else 2 * macs)
        return found

    def share(self, size: Sequence[int] | None) -> Fraction | None:
        """The share of the input that a field of this size has, in the middle of it."""
        inputs = [run.outputs[0] for run in self.runs if run is not None and isinstance(run.layer, InputLayer) and run.outputs]
        if size is None or len(inputs) != 1 or None in inputs[0].spatial or len(inputs[0].spatial) != len(size):
            return None
        pixels = [min(int(a), int(n)) for a, n in zip(size, inputs[0].spatial)]
        return Fraction(product(pixels) or 0, product(inputs[0].spatial) or 1)

    def _derived(self, i: int, quantity: str) -> list[object]:
        """A number that is worked out from another one of the same row."""
        other = {"flops": "macs", "memory": "activations", "weight_memory": "params"}.get(quantity)
        known = self.claimed((i,), other) if other else None
        size = self.settings.bits // 8
        if known is not None:
            return [2 * known if quantity == "flops" else known * size * (self.settings.batch if quantity == "memory" else 1)]
        if quantity == "params":
            parts = [self.claimed((i,), "weights"), self.claimed((i,), "biases")]
            return [sum([p for p in parts if p is not None])] if None not in parts else []
        if quantity in ("activations", "memory") and i in self.outputs:
            values = product(self.outputs[i])
            return [values if quantity == "activations" or values is None else values * size * self.settings.batch]
        return []

    def _sums(self, cell: Cell) -> list[object]:
        """The sum of the sheet's own column; what it leaves out is right."""
        if cell.quantity not in ADDED:
            return []
        trace = self.correct.trace
        chosen = cell.steps or tuple([i for i, step in enumerate(trace.steps) if step.used])
        parts, complete = [], []
        for i in chosen:
            claimed = self.claimed((i,), cell.quantity)
            run = self.runs[i]
            known = self.correct.values((i,), cell.quantity)
            worked = None if run is None else run.value(cell.quantity, self.settings)
            if claimed is None:
                claimed = self.claimed((i,), "weights") if cell.quantity == "params" and self.settings.biases is False else None
            if trace.steps[i].shared and cell.quantity in ("params", "weights", "biases"):
                worked = 0
            parts.append(claimed if claimed is not None else worked if worked is not None else known[0] if known else None)
            complete.append(parts[-1])
        if None in parts:
            return []
        total = sum([p for p in parts if p is not None])
        sums = [total]
        inputs = sum([p for i, p in zip(chosen, parts) if p is not None and isinstance(trace.steps[i].node.layer, InputLayer)])
        if inputs and not cell.steps:
            sums.insert(0, total - inputs)
        if cell.quantity == "params":
            both = [self.claimed(cell.steps, "weights"), self.claimed(cell.steps, "biases")]
            if None not in both:
                sums.append(sum([b for b in both if b is not None]))
        return sums
