"""A class question by question: right answers, common wrong ones, facility and discrimination."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from .report import RIGHT, Mark, Report, Scoring
from .sheet import Key

#: Discrimination says nothing of fewer sheets.
ENOUGH = 10


class WrongAnswer(NamedTuple):
    """A wrong value, the sheets that have it, and the mistakes that explain it."""

    written: str
    sheets: int
    mistakes: tuple[str, ...]


class QuestionSummary(NamedTuple):
    """One question over all sheets: `facility` is the share of its points that was earned.

    `discrimination` is the correlation of the points for this question with those for all others.
    """

    key: Key
    sheets: int
    right: int
    missing: int
    facility: float
    discrimination: float | None
    wrong: tuple[WrongAnswer, ...]


def by_question(reports: list[Report], scoring: Scoring) -> list[QuestionSummary]:
    """Every question that was asked of a sheet, in the order of the network."""
    asked: dict[Key, list[tuple[Mark, float, float]]] = {}
    for report in reports:
        earned = report.earned(scoring)
        for mark, points in zip(report.marks, earned):
            asked.setdefault(mark.cell.key, []).append((mark, points, sum(earned)))
    ordered = sorted(asked, key=lambda key: key[0] or (10**9,))
    return [_summary(key, asked[key]) for key in ordered]


def _summary(key: Key, given: list[tuple[Mark, float, float]]) -> QuestionSummary:
    marks = [mark for mark, _, _ in given]
    worth = sum([mark.points for mark in marks])
    facility = sum([points for _, points, _ in given]) / worth if worth else 0.0
    wrong: Counter[str] = Counter()
    mistakes: dict[str, tuple[str, ...]] = {}
    for mark in marks:
        if mark.status in ("wrong", "slip", "carried"):
            wrong[mark.cell.claim.text] += 1
            mistakes.setdefault(mark.cell.claim.text, tuple(dict.fromkeys([c.name for c in mark.causes])))
    return QuestionSummary(
        key, len(marks), len([m for m in marks if m.status in RIGHT]), len([m for m in marks if m.status == "missing"]), facility,
        correlation([points for _, points, _ in given], [total - points for _, points, total in given]) if len(given) >= ENOUGH else None,
        tuple([WrongAnswer(text, many, mistakes[text]) for text, many in wrong.most_common(3)]))


def correlation(xs: list[float], ys: list[float]) -> float | None:
    """Pearson's correlation; `None` where one of the two is the same everywhere."""
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    varied = sum([(x - mx) ** 2 for x in xs]) * sum([(y - my) ** 2 for y in ys])
    return None if varied <= 1e-12 else float(sum([(x - mx) * (y - my) for x, y in zip(xs, ys)]) / varied**0.5)
