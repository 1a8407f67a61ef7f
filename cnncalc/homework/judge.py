"""The verdict on each answer of a sheet, and the mistakes that explain the wrong ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from ..analysis import Trace
from ..window import Window
from .answers import Cell, Sheet
from .causes import Causes
from .compare import Match, match
from .facts import Facts
from .own import Own
from .report import CONVENTIONS, Convention, Report, Verdict
from .run import USUAL, Settings
from .tables import Cause

#: What is said of a convention in an answer where the rest of the sheet has another.
ELSEWHERE = {
    "MB-vs-MiB": "right with 1 MB as 2^20 bytes, which the sheet has not elsewhere",
    "2^20 used for counts": "right with 1 M as 2^20, which is for bytes",
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
        open_cells, unknown = [], []
        for n, cell in enumerate(sheet.cells):
            values = facts.values(cell.steps, cell.quantity)
            if not values:
                if not cell.claim.empty and not cell.claim.nothing:
                    unknown.append(f"{cell.label or 'total'}: nothing can be said of its {cell.quantity.replace('_', ' ')}")
                continue
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
        if unknown:
            sheet = sheet._replace(problems=(*sheet.problems, *unknown))
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
        return Verdict(cell, "convention", expected, "non-integer handling", (Cause(
            "non-integer handling", "the division does not come out even: it is rounded down here, and refused or left "
            "as it is elsewhere", None, None),))
    return None
