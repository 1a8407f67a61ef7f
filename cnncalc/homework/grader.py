"""Grade sheets: the mark on each answer, and the mistakes that explain the wrong ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from ..analysis import Trace
from ..window import Window
from .carried import CarriedValues
from .claims import Claim
from .compare import Match, match
from .conventions import Convention, inferred, readings
from .correct_values import CorrectValues
from .diagnosis import Diagnosis
from .layer_run import USUAL, Settings
from .mistake_values import Cause
from .questions import Question, Questions
from .report import RIGHT, Mark, Report
from .sheet import Cell, Sheet

BLANK = Claim("")
WORKING_RIGHT = "the working is right, its value is not"


class Grader:
    """Grades sheets against a network; the work for one sheet is reused for the next.

    `settings` are the key, `accepted` the conventions that the teacher allows besides, `worksheet` the
    questions; without a worksheet, a sheet is graded on its own columns for all layers.
    """

    def __init__(self, trace: Trace, settings: Settings = USUAL, accepted: tuple[Convention, ...] = (),
                 others: Callable[[], Iterable[tuple[str, Trace]]] | None = None, worksheet: Sheet | None = None,
                 answered_only: bool = False):
        self.trace, self.settings, self.accepted, self.others = trace, settings, accepted, others
        self._correct: dict[Settings, CorrectValues] = {}
        self._diagnoses: dict[Settings, Diagnosis] = {}
        self._matches: dict[object, Match | None] = {}
        self.questions = Questions(self.correct(settings), worksheet, answered_only)

    def correct(self, settings: Settings) -> CorrectValues:
        if settings not in self._correct:
            self._correct[settings] = CorrectValues(self.trace, settings)
        return self._correct[settings]

    def _diagnosis(self, settings: Settings) -> Diagnosis:
        if settings not in self._diagnoses:
            self._diagnoses[settings] = Diagnosis(self.correct(settings), self.others)
        return self._diagnoses[settings]

    def grade(self, sheet: Sheet) -> Report:
        """The marks on a sheet."""
        settings = self.settings
        if sheet.declared and settings.order is None:
            settings = settings._replace(order=next(iter(sheet.declared)))
        chosen = inferred(sheet.answers.values(), settings, self._match)
        base = settings
        for convention in chosen:
            settings = convention.applied(settings)
        correct = self.correct(settings)
        questions = self.questions.of(sheet)
        marks: dict[Question, Mark] = {}
        open_questions = []
        for question in questions:
            if not correct.values(*question.key):
                continue
            mark = self._plain(question, sheet, settings, base, chosen)
            if mark is not None:
                marks[question] = mark
            elif question.key in sheet.answers and not sheet.answers[question.key].claim.empty:
                open_questions.append(question)
        if open_questions:
            marks.update(self._wrong_answers(sheet, open_questions, marks, settings, correct))
        ordered = tuple([marks[q] for q in questions if q in marks])
        used = tuple(dict.fromkeys([*chosen, *[c for m in ordered if m.status == "convention" for c in self.accepted if c.name == m.why]]))
        return Report(sheet, ordered, settings, used, (*sheet.problems, *self._unknown(sheet, correct)))

    def _unknown(self, sheet: Sheet, correct: CorrectValues) -> list[str]:
        return [f"{cell.label or 'total'}: {cell.quantity.replace('_', ' ')} is not defined here"
                for key, cell in sheet.answers.items()
                if not cell.claim.empty and not cell.claim.nothing and not correct.values(*key)]

    def _match(self, cell: Cell, settings: Settings) -> Match | None:
        """Match a claim with the right values; equal cells of other sheets are looked up."""
        key = (cell.steps, cell.quantity, cell.claim.text, cell.claim.unit, settings)
        if key not in self._matches:
            correct = self.correct(settings)
            values = correct.values(cell.steps, cell.quantity)
            how = match(cell.quantity, cell.claim, values, settings) if values and not cell.claim.empty else None
            if how is None and settings.fractions and values and unrounded(cell, values[0], correct):
                how = Match("form", "not rounded")
            self._matches[key] = how
        return self._matches[key]

    def _plain(self, question: Question, sheet: Sheet, settings: Settings, base: Settings, chosen: list[Convention]) -> Mark | None:
        """The mark on an answer that needs no explanation; `None` for another, or if nothing is asked."""
        cell = sheet.answers.get(question.key)
        expected, worth = self.correct(settings).values(*question.key)[0], question.points
        if cell is None or cell.claim.empty:
            blank = self.questions.may_be_blank(question.key, sheet)
            cell = cell or Cell(*question.key, BLANK, "")
            if blank is None:
                return None
            status, why = ("form", "left blank for 0") if blank else ("missing", "")
            return Mark(cell, status, expected, why, points=worth)
        how = self._match(cell, settings)
        if how is not None:
            used = next((c for c in chosen if cell.quantity in c.quantities), None)
            if used is not None and self._match(cell, base) is None:
                return Mark(cell, "convention", expected, used.name, (Cause(used.name, used.words, None, None),), points=worth)
            return Mark(cell, how.how, expected, how.why, points=worth)
        for changed, taken in readings(cell.quantity, settings, self.accepted):
            if self._match(cell, changed) is not None:
                value = self.correct(changed).values(*question.key)[0]
                return Mark(cell, "convention", value, taken[0].name, tuple([Cause(c.name, c.words, None, None) for c in taken]), points=worth)
        return Mark(cell, "missing", expected, points=worth) if cell.claim.nothing else None

    def _wrong_answers(self, sheet: Sheet, questions: list[Question], marks: dict[Question, Mark], settings: Settings,
                       correct: CorrectValues) -> dict[Question, Mark]:
        """The marks on the others: carried forward from an earlier error, or wrong for a reason."""
        settled = {m.cell.key for m in marks.values() if m.status in RIGHT and self._match(m.cell, settings) is not None}
        own = CarriedValues(sheet, correct, settings, settled)
        others: dict[Settings, CarriedValues] = {}
        found: dict[Question, Mark] = {}
        rest = []
        for question in questions:
            carried = self._carried(sheet.answers[question.key], own, correct, settings)
            for changed, _ in readings(question.key[1], settings, self.accepted) if carried is None else ():
                if changed not in others:
                    others[changed] = CarriedValues(sheet, self.correct(changed), changed, settled)
                carried = carried or self._carried(sheet.answers[question.key], others[changed], correct, changed)
            if carried is not None:
                found[question] = carried._replace(points=question.points)
            else:
                rest.append(question)
        cells = [sheet.answers[q.key] for q in rest]
        causes = self._diagnosis(settings).explain(sheet, cells, own) if cells else []
        for question, cell, why in zip(rest, cells, causes):
            found[question] = self._wrong(cell, correct, why, own)._replace(points=question.points)
        return found

    def _carried(self, cell: Cell, own: CarriedValues, correct: CorrectValues, settings: Settings) -> Mark | None:
        right = correct.values(cell.steps, cell.quantity)
        values = [v for v in own.values(cell) if v is not None and v not in right]
        how = match(cell.quantity, cell.claim, values, settings) if values else None
        return None if how is None else Mark(cell, "carried", right[0], how.why, (), values[0])

    def _wrong(self, cell: Cell, correct: CorrectValues, causes: list[Cause], own: CarriedValues) -> Mark:
        values = correct.values(cell.steps, cell.quantity)
        follows = [v for v in own.values(cell) if v is not None]
        working = cell.claim.working
        if working is not None and any([isinstance(v, int) and v == working for v in (*values, *follows)]):
            return Mark(cell, "slip", values[0], WORKING_RIGHT, (Cause("arithmetic-slip", WORKING_RIGHT, None, None),))
        if unrounded(cell, values[0], correct):
            causes = [Cause("non-integer handling", "the division leaves a remainder: the size is rounded down, "
                            "neither left as a fraction nor refused", None, None), *causes]
        return Mark(cell, "wrong", values[0], "", tuple(causes), follows[0] if follows and follows[0] != values[0] else None)


def unrounded(cell: Cell, expected: Any, correct: CorrectValues) -> bool:
    """Whether a size was left as a fraction, or refused because it is one."""
    run = correct.runs[cell.steps[0]] if cell.quantity == "output" and len(cell.steps) == 1 else None
    if run is None or not run.xs or not (cell.claim.refused or any([isinstance(n, Fraction) for s in cell.claim.shapes for n in s])):
        return False
    sizes = []
    for w, n in zip(run.windows() or (), run.x.spatial):
        if n is None or w.padding is None or not isinstance(w, Window):
            return False
        sizes.append(Fraction(int(n + w.padding - w.extent), int(w.stride)) + 1)
    if all([n.denominator == 1 for n in sizes]):
        return False
    claimed = [tuple(map(Fraction, shape)) for shape in cell.claim.shapes if None not in shape]
    right = [tuple(sizes), (*sizes, Fraction(expected.channels)), tuple(sizes[:1])]
    return cell.claim.refused or any([shape in right for shape in claimed])
