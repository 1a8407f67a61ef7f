"""A marked class question by question: facility, discrimination, mistakes, distractors that nobody picks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ..homework.statistics import ENOUGH, correlation
from .marking import Mark, Marked

#: How often a distractor must have been offered before it counts as dead.
OFFERED = 10
#: Questions outside these bounds are to be reviewed: hardly anybody, or nearly everybody, gets them right.
HARD, EASY, POOR = 0.2, 0.95, 0.1


class MistakeCount(NamedTuple):
    """A mistake: the answers and students that made it, and the mean share of points of these students."""

    name: str
    answers: int
    students: int
    mean: float


class QuestionStatistics(NamedTuple):
    """One question of the quiz.

    `facility` is the mean share of its points; `discrimination` the correlation of its points with those of all other questions
    (None for fewer than ten sheets, or where all have the same points). `dead` are offered mistakes that nobody picked.
    """

    item: str
    sheets: int
    right: int
    missing: int
    facility: float
    discrimination: float | None
    mistakes: tuple[tuple[str, int], ...]
    dead: tuple[str, ...]
    review: tuple[str, ...]


def by_question(marked: Sequence[Marked]) -> list[QuestionStatistics]:
    """Every question, in the order of the quiz."""
    found: dict[str, list[tuple[Mark, float]]] = {}
    for one in marked:
        for mark in one.marks:
            found.setdefault(mark.item.id, []).append((mark, one.points - mark.points))
    return [_question(item, given) for item, given in found.items()]


def review_first(questions: Sequence[QuestionStatistics]) -> list[QuestionStatistics]:
    """The questions to review, those with most reasons first, then those that discriminate least."""
    return sorted([q for q in questions if q.review], key=lambda q: (-len(q.review), q.discrimination if q.discrimination is not None else 1.0, q.facility))


def mistakes(marked: Sequence[Marked]) -> list[MistakeCount]:
    """The mistakes of the class, the most common first."""
    answers: Counter[str] = Counter()
    shares: dict[str, dict[str, float]] = {}
    for one in marked:
        share = one.points / one.out_of if one.out_of else 0.0
        for mark in one.marks:
            if mark.causes:
                name = mark.causes[0].name
                answers[name] += 1
                shares.setdefault(name, {})[one.sheet.student.id] = share
    return [MistakeCount(name, count, len(shares[name]), sum(shares[name].values()) / len(shares[name]))
            for name, count in sorted(answers.items(), key=lambda item: (-item[1], item[0]))]


def _question(item: str, given: list[tuple[Mark, float]]) -> QuestionStatistics:
    marks = [mark for mark, _ in given]
    worth = sum([mark.item.points for mark in marks])
    facility = sum([mark.points for mark in marks]) / worth if worth else 0.0
    discrimination = correlation([mark.points for mark in marks], [rest for _, rest in given]) if len(given) >= ENOUGH else None
    made = Counter([mark.causes[0].name for mark in marks if mark.causes])
    offered = Counter([choice.mistake for mark in marks for choice in mark.question.choices if not choice.right])
    dead = tuple(sorted([name for name, count in offered.items() if count >= OFFERED and not made[name]]))
    missing = len([mark for mark in marks if mark.status == "missing"])
    reasons = [(facility < HARD, "hardly anybody gets it right"), (facility > EASY, "nearly everybody gets it right"),
               (discrimination is not None and discrimination < 0, "those who get it right do worse elsewhere"),
               (discrimination is not None and 0 <= discrimination < POOR, "it hardly tells strong from weak sheets"),
               (missing > len(marks) / 4, "many leave it out")]
    return QuestionStatistics(item, len(marks), len([mark for mark in marks if mark.status == "right"]), missing, facility, discrimination,
                              tuple(made.most_common(3)), dead, tuple([words for true, words in reasons if true]))
