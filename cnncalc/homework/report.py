"""The marks on a sheet, its points, and the mistakes that explain it as a whole."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from .conventions import Convention
from .layer_run import Settings
from .mistake_values import Cause
from .sheet import Cell, Sheet

#: From the best to the worst.
STATUSES = ("right", "form", "convention", "carried", "slip", "wrong", "missing")
RIGHT = ("right", "form", "convention")
#: Not made throughout: each of these is a mistake of its own.
SINGLE = frozenset(["arithmetic-slip", "memory-column-summed-wrong", "wrong-network"])


class Mark(NamedTuple):
    """The verdict on one answer; `causes` come best first."""

    cell: Cell
    status: str
    expected: object
    why: str = ""
    causes: tuple[Cause, ...] = ()
    #: The value that follows from the student's own earlier answers, where it is another one.
    own: object = None
    #: What the answer is worth.
    points: float = 1.0


class Scoring(NamedTuple):
    """How points are given: for errors carried forward, for arithmetic slips, once for each mistake."""

    carried: bool = True
    slip: float = 0.0
    once: bool = False


class Explained(NamedTuple):
    """A mistake, the answers that it explains, and the consequences carried forward from them."""

    name: str
    words: str
    marks: tuple[Mark, ...]


class Report:
    """The marks on a sheet under a key, with the conventions that the sheet uses."""

    def __init__(self, sheet: Sheet, marks: tuple[Mark, ...], settings: Settings, conventions: tuple[Convention, ...] = (),
                 notes: tuple[str, ...] = ()):
        self.sheet, self.marks, self.settings, self.conventions, self.notes = sheet, marks, settings, conventions, notes

    def count(self, *statuses: str) -> int:
        return len([m for m in self.marks if m.status in statuses])

    @property
    def right(self) -> int:
        return self.count(*RIGHT)

    @property
    def complete(self) -> bool:
        """Whether every question is answered and right."""
        return bool(self.marks) and self.right == len(self.marks)

    @property
    def cells(self) -> int:
        """The cells filled in."""
        return len([m for m in self.marks if not m.cell.claim.empty])

    @property
    def out_of(self) -> float:
        return sum([m.points for m in self.marks])

    def earned(self, scoring: Scoring) -> list[float]:
        """The points of each answer."""
        share = {**dict.fromkeys(RIGHT, 1.0), "carried": float(scoring.carried), "slip": scoring.slip}
        found = [m.points * share.get(m.status, 0.0) for m in self.marks]
        if scoring.once:
            spared = {m.cell.key for mistake in self.mistakes if mistake.name not in SINGLE for m in mistake.marks[1:]}
            found = [m.points if m.cell.key in spared else points for m, points in zip(self.marks, found)]
        return found

    def points(self, scoring: Scoring) -> float:
        return sum(self.earned(scoring))

    @property
    def first_error(self) -> Mark | None:
        """The first error in the order of the layers."""
        wrong = [m for m in self.marks if m.status in ("wrong", "slip")]
        return min(wrong, key=lambda m: m.cell.steps[0] if len(m.cell.steps) == 1 else 10**9) if wrong else None

    @cached_property
    def mistakes(self) -> list[Explained]:
        """The mistakes that explain the sheet, none twice; those that explain the most answers come first.

        An answer that several mistakes explain counts for the first of them.
        """
        left = [m for m in self.marks if m.causes and m.status in ("wrong", "slip")]
        found: list[Explained] = []
        while left:
            counts: dict[str, int] = {}
            firsts: dict[str, int] = {}
            for m in left:
                firsts[m.causes[0].name] = firsts.get(m.causes[0].name, 0) + 1
                for name in dict.fromkeys([c.name for c in m.causes]):
                    counts[name] = counts.get(name, 0) + 1
            name = max(counts, key=lambda n: (firsts.get(n, 0), counts[n]))
            explained = tuple([m for m in left if name in [c.name for c in m.causes]])
            words = next(c.words for m in explained for c in m.causes if c.name == name)
            found.append(Explained(name, words, explained))
            left = [m for m in left if name not in [c.name for c in m.causes]]
        return found
