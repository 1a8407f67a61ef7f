"""The verdict on each answer of a sheet, and the mistakes that explain the wrong ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from ..analysis import Trace
from ..errors import CnncalcError
from ..layers import Shape
from ..num import product
from ..window import Field, Window
from .answers import Cell, Sheet
from .causes import Cause, Causes
from .compare import Match, match, number_of, sizes_of
from .facts import ADDED, Facts, fields
from .run import USUAL, Run, Settings, rerun

#: In the order of what they are worth.
STATUSES = ("right", "form", "convention", "carried", "slip", "wrong", "missing")


class Verdict(NamedTuple):
    """What is said of one answer; `causes` come best first."""

    cell: Cell
    status: str
    expected: Any
    why: str = ""
    causes: tuple[Cause, ...] = ()
    #: What follows from the sheet's own earlier values, where that is another value.
    own: Any = None


class Report(NamedTuple):
    """The verdicts on a sheet, the settings that it turned out to follow, its mistakes."""

    sheet: Sheet
    verdicts: tuple[Verdict, ...]
    settings: Settings
    conventions: tuple[Convention, ...] = ()

    def count(self, *statuses: str) -> int:
        return len([v for v in self.verdicts if v.status in statuses])

    @property
    def wrong(self) -> bool:
        """Whether anything is wrong: what is not there, or only said otherwise, is not."""
        return self.count("wrong", "slip", "carried") > 0

    def points(self, carried: bool = True, slip: float = 0.0) -> float:
        """A point for each right answer; with `carried` also for one that follows from an earlier error."""
        full = self.count("right", "form", "convention") + (self.count("carried") if carried else 0)
        return full + slip * self.count("slip")

    @property
    def first_wrong(self) -> Verdict | None:
        """Where the first value arises that does not follow: in the order of the layers."""
        wrong = [v for v in self.verdicts if v.status in ("wrong", "slip")]
        return min(wrong, key=lambda v: v.cell.steps[0] if len(v.cell.steps) == 1 else 10**9) if wrong else None

    @property
    def follows(self) -> list[tuple[str, int, str]]:
        """The conventions that the sheet follows where this is another: name, how many answers, words."""
        found: dict[str, tuple[int, str]] = {}
        for v in self.verdicts:
            if v.status == "convention":
                many, words = found.get(v.why, (0, v.causes[0].words if v.causes else v.why))
                found[v.why] = (many + 1, words)
        return [(name, many, words) for name, (many, words) in found.items()]

    @property
    def mistakes(self) -> list[tuple[str, int, str]]:
        """The mistakes that explain the sheet: name, how many answers, words; none twice.

        Those that explain the most come first; an answer that several explain counts for the first.
        """
        left = [v for v in self.verdicts if v.causes and v.status != "convention"]
        found: list[tuple[str, int, str]] = []
        while left:
            counts: dict[str, int] = {}
            for v in left:
                for name in dict.fromkeys([c.name for c in v.causes]):
                    counts[name] = counts.get(name, 0) + 1
            # Of those that explain as many, the one that stands first most often.
            firsts: dict[str, int] = {}
            for v in left:
                firsts[v.causes[0].name] = firsts.get(v.causes[0].name, 0) + 1
            name = max(counts, key=lambda n: (firsts.get(n, 0), counts[n]))
            words = next(c.words for v in left for c in v.causes if c.name == name)
            found.append((name, counts[name], words))
            left = [v for v in left if name not in [c.name for c in v.causes]]
        return found


class Convention(NamedTuple):
    """Another way to count, with the settings that it means."""

    name: str
    words: str
    change: dict[str, Any]
    #: Whether one answer is enough to say so.
    plain: bool = True
    quantities: tuple[str, ...] = ()


CONVENTIONS = (
    Convention("forgot-bias", "weights only: the biases are not counted", {"biases": False}, False,
               ("params", "weight_memory")),
    Convention("BN-2C-vs-4C", "batch normalization counted with 2 numbers for each channel: the moving averages are not",
               {"bn": "2C"}, True, ("params", "weight_memory")),
    Convention("MACs-vs-FLOPs", "FLOPs are counted as MACs: a multiply-add is one", {"work": "macs"}, False, ("flops",)),
    Convention("MACs-vs-FLOPs", "MACs are counted as FLOPs: a multiply-add is two", {"work": "flops"}, False, ("macs",)),
    Convention("MB-vs-MiB", "a MB is 2^20 bytes", {"binary": True}, True,
               ("memory", "weight_memory", "inference_memory", "training_memory")),
    Convention("channel-order", "shapes have the channels in front", {"order": "channels_first"}, True, ("output", "input")),
    Convention("h-w-swapped", "sizes are width by height", {"sides": "wh"}, True, ("output", "input")),
    Convention("ceil-or-round-instead-of-floor", "sizes are rounded up, not down", {"rounding": "ceil"}, False),
)  # fmt: skip


#: What is said of a convention in an answer where the rest of the sheet has another.
ELSEWHERE = {
    "MB-vs-MiB": "right with 1 MB as 2^20 bytes, which the sheet has not elsewhere",
    "2^20-used-for-counts": "right with 1 M as 2^20, which is for bytes",
    "channel-order": "right with the channels at the other end",
    "h-w-swapped": "right with height and width changed over",
}


class Judge:
    """A network that sheets are held against; what one sheet needed is kept for the next."""

    def __init__(self, trace: Trace, settings: Settings = USUAL,
                 others: Callable[[], Iterable[tuple[str, Trace]]] | None = None):
        self.trace, self.settings = trace, settings
        self.others = others
        self._facts: dict[Settings, Facts] = {}
        self._causes: dict[Settings, Causes] = {}
        self._matches: dict[Any, Match | None] = {}

    def facts(self, settings: Settings) -> Facts:
        if settings not in self._facts:
            self._facts[settings] = Facts(self.trace, settings)
        return self._facts[settings]

    def causes(self, settings: Settings) -> Causes:
        if settings not in self._causes:
            self._causes[settings] = Causes(self.facts(settings), self.others)
        return self._causes[settings]

    def judge(self, sheet: Sheet) -> Report:
        """The verdicts on a sheet."""
        settings = self.settings
        if "channels_first" in sheet.said and settings.order is None:
            settings = settings._replace(order="channels_first")
        found, conventions = self._conventions(sheet, settings)
        base, settings = settings, settings
        for convention in conventions:
            settings = settings._replace(**convention.change)
        facts = self.facts(settings)
        if conventions:
            found = {c: self._match(c, settings) for c in sheet.cells}
        verdicts: dict[int, Verdict] = {}
        open_cells = []
        for n, cell in enumerate(sheet.cells):
            values = facts.values(cell.steps, cell.quantity)
            if not values:
                continue  # nothing that could be said
            plain = self._plain(cell, found.get(cell), values[0], conventions, base) or unrounded(cell, values[0], facts)
            if plain is not None:
                verdicts[n] = plain
            else:
                open_cells.append(n)
        if open_cells:
            own = Own(sheet, facts, settings, verdicts)
            for n in list(open_cells):
                carried = self._carried(sheet.cells[n], own, facts, settings)
                if carried is not None:
                    verdicts[n] = carried
                    open_cells.remove(n)
            if open_cells:
                explained = self.causes(settings).explain(sheet, open_cells, verdicts, own)
                for n in open_cells:
                    verdicts[n] = self._wrong(sheet.cells[n], facts, explained[n], own)
        ordered = tuple([verdicts[n] for n in sorted(verdicts)])
        return Report(sheet, ordered, settings, tuple(conventions))

    def _match(self, cell: Cell, settings: Settings) -> Match | None:
        """How a claim says the right value; equal cells of other sheets were looked at before."""
        key = (cell.steps, cell.quantity, cell.claim.text, cell.claim.unit, settings)
        if key not in self._matches:
            values = self.facts(settings).values(cell.steps, cell.quantity)
            self._matches[key] = match(cell.quantity, cell.claim, values, settings) if not cell.claim.empty else None
        return self._matches[key]

    def _plain(self, cell: Cell, how: Match | None, expected: Any, conventions: list[Convention],
               base: Settings) -> Verdict | None:
        """The verdict on an answer that needs no explanation."""
        if cell.claim.empty or (cell.claim.nothing and how is None):
            return Verdict(cell, "missing", expected)
        if how is None:
            return None
        if how.how == "convention":  # but the sheet does not follow it elsewhere
            return Verdict(cell, "wrong", expected, "", (Cause(how.why, ELSEWHERE[how.why], expected, None),))
        if conventions:
            before = self._match(cell, base)
            if before is None or before.how == "convention":
                name = next((c for c in conventions if not c.quantities or cell.quantity in c.quantities), conventions[0])
                return Verdict(cell, "convention", expected, name.name,
                               (Cause(name.name, name.words, None, None),))
        return Verdict(cell, how.how, expected, how.why)

    def _conventions(self, sheet: Sheet, settings: Settings) -> tuple[dict[Cell, Match | None], list[Convention]]:
        """The conventions that the sheet follows, the one that explains the most first."""
        chosen: list[Convention] = []
        while True:
            found = {cell: self._match(cell, settings) for cell in sheet.cells}
            wrong = [cell for cell, how in found.items()
                     if (how is None or how.how == "convention") and not cell.claim.empty and not cell.claim.nothing]
            if not wrong:
                return found, chosen
            best: tuple[int, Convention, Settings] | None = None
            for convention in CONVENTIONS:
                (key, _), = list(convention.change.items())
                if getattr(settings, key) is not None:
                    continue
                changed = settings._replace(**convention.change)
                fits = self._follows(found, wrong, convention, changed)
                if fits and (best is None or fits > best[0]):
                    best = (fits, convention, changed)
            if best is None:
                return found, chosen
            chosen.append(best[1])
            settings = best[2]

    def _follows(self, found: dict[Cell, Match | None], wrong: list[Cell], convention: Convention,
                 changed: Settings) -> int:
        """How many wrong answers a convention explains; 0 unless it fits all that it bears on."""
        concerned = [cell for cell in wrong if not convention.quantities or cell.quantity in convention.quantities]
        if not concerned:
            return 0
        fits = [cell for cell in concerned if (how := self._match(cell, changed)) is not None and how.how != "convention"]
        # One answer may be another convention or a mistake; several that agree are a convention.
        if len(fits) < (1 if convention.plain else 2) or len(fits) * 3 < len(concerned) * 2:
            return 0
        for cell, how in found.items():
            if how is not None and how.how != "convention" and cell not in concerned:
                after = self._match(cell, changed)
                if after is None or after.how == "convention":
                    return 0  # right as it is, and not by this convention
        return len(fits)

    def _carried(self, cell: Cell, own: Own, facts: Facts, settings: Settings) -> Verdict | None:
        values = own.values(cell)
        right = facts.values(cell.steps, cell.quantity)
        values = [v for v in values if v is not None and v not in right]
        how = match(cell.quantity, cell.claim, values, settings) if values else None
        if how is None or how.how == "convention":
            return None
        return Verdict(cell, "carried", right[0], how.why, (), values[0])

    def _wrong(self, cell: Cell, facts: Facts, causes: list[Cause], own: Own) -> Verdict:
        expected = facts.values(cell.steps, cell.quantity)[0]
        worked = [r.working for r in cell.claim.numbers if r.working is not None and not r.open]
        if worked:
            values = facts.values(cell.steps, cell.quantity) + own.values(cell)
            if any([isinstance(v, int) and v == worked[0] for v in values if v is not None]):
                words = "what is written out is right, its value is not"
                return Verdict(cell, "slip", expected, words, (Cause("arithmetic-slip", words, None, None),))
        follows = [v for v in own.values(cell) if v is not None]
        mine = follows[0] if follows and follows[0] != expected else None
        return Verdict(cell, "wrong", expected, "", tuple(causes), mine)


def unrounded(cell: Cell, expected: Any, facts: Facts) -> Verdict | None:
    """The verdict on a size that was left as a fraction, or refused because it is one."""
    run = facts.runs[cell.steps[0]] if cell.quantity == "output" and len(cell.steps) == 1 else None
    if run is None or not run.xs or not (cell.claim.refused or any([isinstance(n, Fraction) for s in cell.claim.shapes for n in s])):
        return None
    sizes = []
    for w, n in zip(run.windows() or (), run.x.spatial):
        if n is None or w.padding is None or not isinstance(w, Window):
            return None
        sizes.append(Fraction(int(n + w.padding - w.extent), int(w.stride)) + 1)
    if all([n.denominator == 1 for n in sizes]):
        return None
    said = [tuple(map(Fraction, shape)) for shape in cell.claim.shapes if None not in shape]
    right = [tuple(sizes), (*sizes, Fraction(expected.channels)), tuple(sizes[:1])]
    if cell.claim.refused or any([shape in right for shape in said]):
        return Verdict(cell, "convention", expected, "non-integer-handling", (Cause(
            "non-integer-handling", "the division does not come out even: it is rounded down here, and refused or left "
            "as it is elsewhere", None, None),))
    return None


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


__all__ = ["STATUSES", "Judge", "Report", "Verdict"]
