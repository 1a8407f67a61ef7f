"""What is drawn as one box, and the parts that a network falls into."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from .rows import Row
from .words import Words, activation_of


class Unit:
    """What is drawn as one box: a layer, with the passive ones before (`ahead`) and after it (`behind`).

    `reads` are the numbers of units; `crops` those of them that are cropped on the way. `also` are the same units of folded
    repetitions.
    """

    __slots__ = ("ahead", "also", "behind", "crops", "index", "is_read", "last", "main", "output", "reads", "rows", "words")

    def __init__(self, main: Row, reads: tuple[int, ...] = ()):
        self.index = -1
        self.main = self.last = main
        self.rows = [main]
        self.reads = reads
        self.crops: set[int] = set()
        self.ahead: list[str] = []
        self.behind: list[str] = list(filter(None, [activation_of(main)]))
        self.also: list[Unit] = []
        #: Whether it is an output of the network, and whether other units read it.
        self.output = self.is_read = False
        self.words = Words(main)

    @property
    def family(self) -> str:
        family = self.main.family
        return "other" if family == "merge" and not self.is_merge else family

    @property
    def is_merge(self) -> bool:
        return self.main.family == "merge" and len(self.main.reads) > 1

    @property
    def sign(self) -> str:
        """The sign of a merge value by value; nothing for other layers."""
        layer = self.main.layer
        return layer.sign if self.is_merge and layer is not None else ""

    @property
    def shared(self) -> bool:
        return self.main.shared

    @property
    def broken(self) -> bool:
        return any([row.step.error is not None for row in self.rows])

    @property
    def is_tapped(self) -> bool:
        """Whether it is an output of the network and goes on, so that it has to be marked as an output."""
        return self.output and self.is_read

    @property
    def layers(self) -> tuple[str, ...]:
        """The names of all layers that it shows, those of folded repetitions too."""
        return tuple([name for unit in (self, *self.also) for row in unit.rows for name in row.names])

    @property
    def name(self) -> str:
        return self.main.name

    @property
    def line(self) -> str:
        """What it is in one line: BN · ReLU → 3×3 conv, 64 · BN · ReLU."""
        ahead = " · ".join(self.ahead)
        return " · ".join([f"{ahead} → {self.words.line}" if ahead else self.words.line, *self.behind])

    def sign_of(self, loosely: bool) -> Hashable:
        """What makes two units alike; channels count only where the layer chooses them. Loosely, no sizes do."""
        family, words = self.family, self.words
        if loosely:
            return family, words.title, words.step, tuple(words.more), tuple(self.ahead), tuple(self.behind), self.shared, self.broken, self.is_tapped
        spatial, channels = self.last.sizes
        if family not in ("conv", "dense", "up", "recurrent"):
            channels = None
        kind = id(type(self.main.layer))
        return kind, words.line, tuple(self.ahead), tuple(self.behind), spatial, channels, self.broken, self.is_tapped, (
            id(self.main.layer) if self.shared else None)


class Region(NamedTuple):
    """Units between two points that everything passes through: `entry`, a unit before it, and its last one if `closed`.

    A cell also reads `far`, the last unit of the region that is so many `back`; of the region before it is 1.
    """

    units: tuple[Unit, ...]
    entry: Unit | None
    closed: bool
    far: Unit | None = None
    back: int = 0

    @property
    def goes_on(self) -> bool:
        """Whether its last unit is read by what follows, or is where all its branches end."""
        return len(self.units) > 1 and (self.closed or self.units[-1].is_read)

    @property
    def merge(self) -> Unit | None:
        """The merge that ends it, if there are branches to merge."""
        last = self.units[-1]
        return last if self.closed and last.is_merge else None


def is_closed(units: Sequence[Unit]) -> bool:
    """Whether no unit of a region but its last is one that nothing reads."""
    read = {source for unit in units for source in unit.reads}
    return all([unit.index in read for unit in units[:-1]])
