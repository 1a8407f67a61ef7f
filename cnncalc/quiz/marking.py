"""Mark the answers of a class: the sheets are made again from the secret, so no key is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..homework.claims import Claim
from ..homework.compare import match
from ..homework.grader import Grader
from ..homework.layer_run import USUAL
from ..homework.report import RIGHT
from ..homework.sheet import Cell
from ..homework.sheet import Sheet as Answers
from ..layers import Shape
from .judge import PARTIAL, Cause, Verdict, chosen, judged
from .question import Question
from .sheets import Item, Sheet
from .values import Value


class Mark(NamedTuple):
    """The mark on one answer: `status` is right, carried, wrong or missing."""

    item: Item
    question: Question
    text: str
    status: str
    points: float
    causes: tuple[Cause, ...] = ()


class Marked(NamedTuple):
    """A marked sheet."""

    sheet: Sheet
    marks: tuple[Mark, ...]
    note: str = ""

    @property
    def points(self) -> float:
        return sum([mark.points for mark in self.marks])

    @property
    def out_of(self) -> float:
        return sum([mark.item.points for mark in self.marks])


class Marker:
    """Marks sheets; the verdict on an answer is looked up where another student has the same question and answer."""

    def __init__(self, carried: bool = True):
        self.carried = carried
        self._verdicts: dict[tuple[str, str], Verdict] = {}

    def mark(self, sheet: Sheet, answers: dict[str, str], note: str = "") -> Marked:
        """The marks on the answers of a sheet, by the ids of questions."""
        about = {item.about for item, _ in sheet.questions if item.about}
        marks = []
        for item, question in sheet.questions:
            text = answers.get(item.id, "").strip()
            if not text:
                marks.append(Mark(item, question, "", "missing", 0.0))
                continue
            if any([_same(text, other) for other in item.accept]):
                marks.append(Mark(item, question, text, "right", item.points))
                continue
            verdict = self._verdict(question, text)
            if not verdict.right and not question.choices and (item.about or item.id in about):
                verdict = _in_context(sheet, item, question, answers) or verdict
            status = "right" if verdict.right else "carried" if verdict.carried else "wrong"
            earned = item.points if verdict.right or (verdict.carried and self.carried) else 0.0
            marks.append(Mark(item, question, text, status, earned, () if verdict.right else verdict.causes))
        return Marked(sheet, tuple(marks), note)

    def _verdict(self, question: Question, text: str) -> Verdict:
        key = (question.id + "".join([choice.mistake + "|" for choice in question.choices]), text)
        if key not in self._verdicts:
            self._verdicts[key] = Verdict(True) if _plainly_right(question, text) else judged(question, text)
        return self._verdicts[key]


def _same(text: str, other: str) -> bool:
    return "".join(text.lower().split()) == "".join(other.lower().split())


def _plainly_right(question: Question, text: str) -> bool:
    """Whether the answer is right without looking at the network."""
    choice = chosen(question, text)
    if choice is not None:
        return choice.right
    answer: Value = question.answer
    quantity = question.draft.quantity
    if isinstance(answer, str) or (isinstance(answer, tuple) and not isinstance(answer[0], int)):
        return False
    right = Shape(answer) if isinstance(answer, tuple) else answer
    how = match(quantity if isinstance(answer, tuple) else "memory" if quantity == "memory" else "params", Claim(text), [right], USUAL)
    return how is not None and how.why not in PARTIAL


def _in_context(sheet: Sheet, item: Item, question: Question, answers: dict[str, str]) -> Verdict | None:
    """The verdict on an answer next to the others about the same network: an error may be carried forward."""
    chain = question.draft.chain
    if chain is None:
        return None
    trace = chain.trace()
    root = item.about or item.id
    cells: dict[tuple[tuple[int, ...], str], Cell] = {}
    for other, asked in sheet.questions:
        if other.about == root or other.id == root:
            place = next(i for i, step in enumerate(trace.steps) if step.name == asked.draft.layer)
            cell = Cell((place,), asked.draft.quantity, Claim(_worded(asked, answers.get(other.id, ""))), asked.draft.layer)
            cells[cell.key] = cell
            if other.id == item.id:
                own = cell
    columns = tuple(dict.fromkeys([quantity for _, quantity in cells]))
    report = Grader(trace).grade(Answers("answers", cells, (), columns, (own.steps,)))
    mark = next(mark for mark in report.marks if mark.cell.key == own.key)
    causes = tuple([Cause(cause.name, cause.words) for cause in mark.causes])
    return Verdict(mark.status in RIGHT and mark.why not in PARTIAL, causes, carried=mark.status == "carried")


def _worded(question: Question, text: str) -> str:
    """An answer as a value, where it is the letter of a choice."""
    from .values import plain_text

    choice = chosen(question, text.strip())
    return text if choice is None else plain_text(choice.value)


# The class.


class Regraded(NamedTuple):
    """A student's question whose points change."""

    student: str
    item: str
    before: float
    now: float


def regraded(marked: Sequence[Marked], before: dict[str, dict[str, float]]) -> list[Regraded]:
    """What changes from earlier points, by student and question; students and questions without earlier points do not count."""
    return [Regraded(one.sheet.student.id, mark.item.id, earlier[mark.item.id], mark.points)
            for one in marked if (earlier := before.get(one.sheet.student.id)) is not None
            for mark in one.marks if mark.item.id in earlier and abs(earlier[mark.item.id] - mark.points) > 1e-9]
