"""What follows from the values that a sheet says itself, right or wrong."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..errors import CnncalcError
from ..layers import Shape
from ..num import product
from ..window import Field
from .answers import Cell, Sheet
from .compare import number_of, sizes_of
from .facts import ADDED, Facts, fields
from .report import Verdict
from .run import Run, Settings, rerun


class Own:
    """What follows from the values of the sheet itself, right or wrong."""

    def __init__(self, sheet: Sheet, facts: Facts, settings: Settings, settled: dict[int, Verdict]):
        self.sheet, self.facts, self.settings = sheet, facts, settings
        self.cells = {(c.steps, c.quantity): c for c in sheet.cells if not c.claim.empty and not c.claim.nothing}
        right = {(v.cell.steps, v.cell.quantity) for v in settled.values()}
        self.right = right
        self.outputs: dict[int, Shape] = {}
        for cell in sheet.cells:
            if cell.quantity != "output" or len(cell.steps) != 1 or cell.claim.empty:
                continue
            run = facts.runs[cell.steps[0]]
            if run is None or (cell.steps, "output") in right:
                continue
            like = run.value("output", settings)
            shape = None if like is None else sizes_of(cell.claim, like, settings)
            if shape is not None:
                self.outputs[cell.steps[0]] = shape
        self.changed = bool(self.outputs)
        self.runs = rerun(facts.trace, None, self.outputs, facts.known) if self.changed else facts.runs
        if self.changed and settings.rounding == "ceil":
            from .run import rounding_up

            self.runs = rerun(facts.trace, rounding_up, self.outputs)
        self._fields: list[tuple[Field, ...] | None] | None = None
        #: The receptive fields and jumps that it says otherwise than they are.
        self.seen: dict[int, tuple[Any, Any]] = {}

    def run(self, i: int) -> Run | None:
        """The step on the sheet's own inputs."""
        return self.runs[i]

    def claimed(self, steps: tuple[int, ...], quantity: str) -> int | None:
        """A number that the sheet says exactly."""
        cell = self.cells.get((steps, quantity))
        return None if cell is None else number_of(cell.claim, self.settings)

    @property
    def fields(self) -> list[tuple[Field, ...] | None]:
        """Receptive fields and jumps, each worked out from those that the sheet says before it."""
        if self._fields is None:
            given: dict[int, tuple[Any, Any]] = {}
            base = self.facts.fields
            for i, field in enumerate(base):
                if field is None:
                    continue
                size = self._axes(i, "receptive_field", len(field))
                jump = self._axes(i, "jump", len(field))
                if size is not None or jump is not None:
                    given[i] = (size, jump)
            self.seen = given
            self._fields = fields(self.facts.trace, self.runs, given=given) if given else base
        return self._fields

    @property
    def implied(self) -> list[tuple[Field, ...] | None]:
        """The same, where jumps are not said: each as the growth of the field that is said implies it."""
        chain, given = self.fields, {i: list(pair) for i, pair in self.seen.items()}
        for i, run in enumerate(self.runs):
            said = given.get(i)
            before = self._behind(chain, given, i)
            windows = run.windows() if run is not None and run.xs else None
            if said is None or said[0] is None or said[1] is not None or before is None or not windows:
                continue
            jumps = [Fraction(int(r) - b.size, int(w.extent) - 1) if w.extent > 1 else Fraction(b.jump)
                     for r, b, w in zip(said[0], before, windows)]
            if all([j.denominator == 1 and j > 0 for j in jumps]):
                said[1] = tuple([int(j) * int(w.stride) for j, w in zip(jumps, windows)])
        return fields(self.facts.trace, self.runs, given={i: (size, jump) for i, (size, jump) in given.items()})

    def _behind(self, chain: list[tuple[Field, ...] | None], given: dict[int, list[Any]], i: int) -> tuple[Field, ...] | None:
        """What the units see that a step reads, as the sheet says it."""
        refs = self.facts.trace.steps[i].node.inputs
        places = [n for n, step in enumerate(self.facts.trace.steps) if len(refs) == 1 and step.node is refs[0].node]
        field = chain[places[0]] if places else None
        if field is None:
            return None
        size, jump = given.get(places[0], [None, None])
        return tuple([Field(f.size if size is None else size[a], f.jump if jump is None else jump[a], None)
                      for a, f in enumerate(field)])

    def _axes(self, i: int, quantity: str, rank: int) -> tuple[int, ...] | None:
        cell = self.cells.get(((i,), quantity))
        if cell is None or ((i,), quantity) in self.right:
            return None
        for shape in cell.claim.shapes:
            if all([isinstance(n, int) for n in shape]) and len(shape) in (1, rank):
                return tuple(shape) * rank if len(shape) == 1 else tuple(shape)
        return None

    def values(self, cell: Cell) -> list[Any]:
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
                said = self.seen.get(i, (None, None))[0]
                own = None if field is None else tuple([f.size for f in field])
                return [self.share(own if said is None else said)]
            ways = [field] + ([self.implied[i]] if self.seen else [])
            return [tuple([f.size if quantity == "receptive_field" else f.jump for f in way]) for way in ways if way is not None]
        found = []
        try:
            found.append(run.value(quantity, self.settings))
            if i in self.outputs and quantity != "output":
                found.append(run.giving(self.outputs[i]).value(quantity, self.settings))
        except CnncalcError:
            pass
        found += self._derived(i, quantity)
        if self.facts.settings.work is not None and quantity in ("macs", "flops"):
            macs = run.value("macs", self.settings)
            found.append(macs if self.facts.settings.work == "macs" or macs is None else 2 * macs)
        return found

    def share(self, size: tuple[int, ...] | None) -> Fraction | None:
        """The share of the input that a field of this size has, in the middle of it."""
        inputs = [run.outputs[0] for run in self.runs if run is not None and run.kind == "InputLayer" and run.outputs]
        if size is None or len(inputs) != 1 or None in inputs[0].spatial or len(inputs[0].spatial) != len(size):
            return None
        pixels = [min(int(a), int(n)) for a, n in zip(size, inputs[0].spatial)]
        return Fraction(product(pixels) or 0, product(inputs[0].spatial) or 1)

    def _derived(self, i: int, quantity: str) -> list[Any]:
        """A number that is worked out from another one of the same row."""
        other = {"flops": "macs", "macs": "flops", "memory": "activations", "weight_memory": "params"}.get(quantity)
        known = self.claimed((i,), other) if other else None
        size = self.settings.bits // 8
        if known is not None:
            return [2 * known if quantity == "flops" else known // 2 if quantity == "macs" else
                    known * size * (self.settings.batch if quantity == "memory" else 1)]
        if quantity == "params":
            parts = [self.claimed((i,), "weights"), self.claimed((i,), "biases")]
            return [sum([p for p in parts if p is not None])] if None not in parts else []
        if quantity in ("activations", "memory") and i in self.outputs:
            values = product(self.outputs[i])
            return [values if quantity == "activations" or values is None else values * size * self.settings.batch]
        return []

    def _sums(self, cell: Cell) -> list[Any]:
        """The sum of the sheet's own column; what it leaves out is right."""
        if cell.quantity not in ADDED:
            return []
        trace = self.facts.trace
        chosen = cell.steps or tuple([i for i, step in enumerate(trace.steps) if step.used])
        parts, complete = [], []
        for i in chosen:
            claimed = self.claimed((i,), cell.quantity)
            run = self.runs[i]
            known = self.facts.values((i,), cell.quantity)
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
        inputs = sum([p for i, p in zip(chosen, parts) if p is not None and trace.steps[i].kind == "InputLayer"])
        if inputs and not cell.steps:
            sums.insert(0, total - inputs)
        if cell.quantity == "params":
            both = [self.claimed(cell.steps, "weights"), self.claimed(cell.steps, "biases")]
            if None not in both:
                sums.append(sum([b for b in both if b is not None]))
        return sums
