"""Judge an answer in any notation that `check` reads, and name the mistake behind a wrong one."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..homework.claims import Claim
from ..homework.compare import number_of
from ..homework.layer_run import USUAL
from ..homework.report import RIGHT
from ..homework.sheet import Cell, Sheet
from .chain import Chain
from .question import LETTERS, Choice, Question
from .values import Grid, Value, plain_text

#: Notations that leave out a part of the answer.
PARTIAL = {"one side only": "write height × width × channels", "without the channels": "the channels are missing",
           "the number of values": "write height × width × channels"}


class Cause(NamedTuple):
    """A mistake that gives the answer."""

    name: str
    words: str


class Verdict(NamedTuple):
    """Whether an answer is right; `unread` says why it could not be read, and does not count as an answer."""

    right: bool
    causes: tuple[Cause, ...] = ()
    unread: str = ""
    carried: bool = False


def judged(question: Question, text: str) -> Verdict:
    """The verdict on an answer: the letter of a choice, or the answer itself."""
    text = text.strip()
    choice = chosen(question, text)
    if choice is not None:
        return Verdict(choice.right, causes_of(choice))
    answer = question.answer
    if isinstance(answer, str):
        return Verdict(False, unread=f"answer with a letter from {LETTERS[0]} to {LETTERS[len(question.choices) - 1]}")
    if isinstance(answer, tuple) and isinstance(answer[0], tuple):
        return _of_grid(question, text)
    if question.draft.attempt is not None:
        return _of_attempt(question, text)
    draft = question.draft
    if draft.graded is not None:
        return graded(draft.graded(), draft.layer, draft.quantity, text)
    assert draft.chain is not None
    return graded(draft.chain.trace(), draft.layer, draft.quantity, text)


def chosen(question: Question, text: str) -> Choice | None:
    """The choice that a letter or the choice's own text means."""
    word = re.sub(r"^\(?([A-Za-z])[).:]?$", r"\1", text).upper()
    if len(word) == 1 and word in LETTERS[: len(question.choices)]:
        return question.choices[LETTERS.index(word)]
    same = [choice for choice in question.choices if isinstance(choice.value, str) and _squeezed(choice.value) == _squeezed(text)]
    return same[0] if same else None


def _squeezed(text: str) -> str:
    return "".join(text.lower().split()).rstrip(".")


def causes_of(choice: Choice) -> tuple[Cause, ...]:
    return () if choice.right or not choice.mistake else (Cause(choice.mistake, choice.words),)


def graded(trace: object, layer: str, quantity: str, text: str) -> Verdict:
    """What `check` says about one answer."""
    from ..analysis import Trace
    from ..homework.grader import Grader

    assert isinstance(trace, Trace)
    place = next(i for i, step in enumerate(trace.steps) if step.name == layer)
    claim = Claim(text)
    if not (claim.shapes if quantity in ("output", "receptive_field") else claim.numbers) and not claim.refused:
        return Verdict(False, unread="cannot read this as " + ("a shape" if quantity == "output" else "a number"))
    right = trace.steps[place].output
    if quantity == "output" and right is not None and len(right) > 1 and not [shape for shape in claim.shapes if len(shape) > 1] and not claim.refused:
        return Verdict(False, unread=PARTIAL["one side only"])
    cell = Cell((place,), quantity, claim, layer)
    report = Grader(trace).grade(Sheet("answer", {cell.key: cell}, (), (quantity,), ((place,),)))
    mark = next(mark for mark in report.marks if mark.cell.key == cell.key)
    if mark.status in RIGHT and mark.why in PARTIAL:
        return Verdict(False, unread=PARTIAL[mark.why])
    return Verdict(mark.status in RIGHT, tuple([Cause(cause.name, cause.words) for cause in mark.causes]))


def _of_attempt(question: Question, text: str) -> Verdict:
    """A question asked backwards: the mistake with which the answer's network gives the wanted value."""
    number = number_of(Claim(text), USUAL)
    if number is None:
        return Verdict(False, unread="cannot read this as a whole number")
    if number == question.answer:
        return Verdict(True)
    return Verdict(False, causes_of_attempt(question, number))


def causes_of_attempt(question: Question, value: Value) -> tuple[Cause, ...]:
    """The mistakes with which another answer gives the wanted value."""
    attempt = question.draft.attempt(value) if question.draft.attempt is not None else None
    if attempt is None:
        return ()
    return graded(attempt.chain.trace(), attempt.layer, attempt.quantity, plain_text(attempt.wanted)).causes


def _of_grid(question: Question, text: str) -> Verdict:
    grid = grid_in(text)
    if grid is None:
        return Verdict(False, unread="cannot read this as rows of whole numbers, such as [[1, 5], [2, 10]] or 1 5; 2 10")
    if grid == question.answer:
        return Verdict(True)
    chain = question.draft.chain
    assert chain is not None
    return Verdict(False, causes_of_grid(chain, question.draft.layer, grid))


def causes_of_grid(chain: Chain, layer: str, grid: Grid) -> tuple[Cause, ...]:
    """The mistakes that give a map."""
    from ..numeric import compute
    from ..numeric.claims import judged as judged_grids

    found = judged_grids(compute(chain.trace()), {layer: [list(row) for row in grid]})
    return tuple([Cause(cause.name, cause.words) for cause in found[0].causes])


def grid_in(text: str) -> Grid | None:
    """The rows of numbers in a text: `[[1, 5], [2, 10]]`, `1 5; 2 10`, `1,5 / 2,10`."""
    text = text.replace("\u2212", "-").strip()
    rows = re.findall(r"\[([^\[\]]*)\]|\(([^()]*)\)", text) if re.search(r"[\[(]", text) else [(row, "") for row in re.split(r"[;/|\n]", text)]
    found = []
    for inside, other in rows:
        cells = re.split(r"[\s,]+", (inside or other).strip())
        if not all([re.fullmatch(r"[+-]?\d{1,9}", cell) for cell in cells]):
            return None
        found.append(tuple(map(int, cells)))
    return tuple(found) if found and len({len(row) for row in found}) == 1 else None
