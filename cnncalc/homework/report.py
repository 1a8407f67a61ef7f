"""The verdicts on a sheet, and what they say of it as a whole."""

from __future__ import annotations

from typing import Any, NamedTuple

from .answers import Cell, Sheet
from .run import Settings
from .tables import Cause

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
