"""Choices that cannot be guessed: wrong answers picked so that nothing but the arithmetic tells which one is right.

Three mistakes picked at random would leave the right answer in the middle, sharing most with the others. So the rank of the right
answer among the choices is given before they are picked, and whether it shares the most is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd

from .question import Choice, Wrong
from .stream import Stream
from .values import Value, text_of

TRIES = 24
#: How much each strategy counts in the balance: sharing parts, sharing divisors, the longest, the shortest.
WEIGHTS = (3, 2, 1, 1)
#: Wrong answers beyond this ratio give themselves away.
FARTHEST = 60


def order_of(value: Value) -> tuple[int, ...]:
    """Values by how much they are: shapes by their number of values, maps by their sum."""
    if isinstance(value, int):
        return (value,)
    if isinstance(value, str):
        return ()
    if value and isinstance(value[0], tuple):
        return (sum([sum(row) for row in value if isinstance(row, tuple)]), *[n for row in value if isinstance(row, tuple) for n in row])
    total = 1
    for n in value:
        total *= n if isinstance(n, int) else 1
    return (total, *[n for n in value if isinstance(n, int)])


def features(value: Value) -> set[object]:
    """The parts that two choices may share: sizes, cells, digits, words, each with its place."""
    if isinstance(value, int):
        return set(enumerate(str(value)))
    if isinstance(value, str):
        return set(enumerate(value.replace(",", "").split()))
    return set(enumerate(value if not isinstance(value[0], tuple) else [n for row in value if isinstance(row, tuple) for n in row]))


class Field:
    """The right answer, at place 0, and the wrong ones that may stand with it; how alike they are is computed once."""

    def __init__(self, values: Sequence[Value]):
        self.texts = [text_of(value) for value in values]
        self.lengths = [len(text) for text in self.texts]
        self._values, self._parts = values, [features(value) for value in values]
        self._alike: dict[tuple[int, int], tuple[int, ...]] = {}

    def alike(self, i: int, j: int) -> tuple[int, ...]:
        """What two values share: parts in the same place, and of counts their greatest common divisor."""
        key = (i, j) if i < j else (j, i)
        if key not in self._alike:
            a, b = self._values[i], self._values[j]
            self._alike[key] = (len(self._parts[i] & self._parts[j]), gcd(a, b) if isinstance(a, int) and isinstance(b, int) else 0)
        return self._alike[key]

    def chances(self, places: Sequence[int]) -> tuple[float, ...]:
        """The chances that guessing strategies pick the first of these: sharing most, by parts and by divisors, the longest, the shortest."""
        shared, divisors = [], []
        for i in places:
            pairs = [self.alike(i, j) for j in places if j != i]
            shared.append(sum([pair[0] for pair in pairs]))
            divisors.append(sum([pair[1] for pair in pairs]))
        lengths = [self.lengths[i] for i in places]
        return success(shared), success(divisors), success(lengths), success([-n for n in lengths])


def success(scores: Sequence[int], right: int = 0) -> float:
    """The chance that one who picks the highest score picks this place, ties drawn."""
    best = max(scores)
    return 1 / scores.count(best) if scores[right] == best else 0.0


def picked(right: Value, wrongs: Sequence[Wrong], count: int, rank: int, position: int, stream: Stream) -> tuple[tuple[Choice, ...], float] | None:
    """`count` choices in which `rank` of the wrong ones are smaller than the right one; None if there are not enough.

    `position` is the place of the right choice. Also how far off chance guessing strategies are.
    """
    own = order_of(right)
    near = [w for w in wrongs if _near(own, order_of(w.value))]
    below = [i for i, w in enumerate(near, 1) if order_of(w.value) < own]
    above = [i for i, w in enumerate(near, 1) if order_of(w.value) > own]
    if not own:  # words have no order
        below, above, rank = list(range(1, len(near) + 1)), [], count - 1
    if len(below) < rank or len(above) < count - 1 - rank:
        return None
    field = Field([right, *[w.value for w in near]])
    sets: dict[tuple[float, ...], list[int]] = {}
    for _ in range(TRIES):
        some = [*stream.some(below, rank), *stream.some(above, count - 1 - rank)]
        sets.setdefault(field.chances([0, *some]), some)
    chosen, off = balanced(list(sets), count, stream)
    return arranged(right, [near[i - 1] for i in sets[chosen]], position, stream), off if own else 0.0


def balanced(found: list[tuple[float, ...]], count: int, stream: Stream) -> tuple[tuple[float, ...], float]:
    """One of the sets of choices, drawn between two so that strategies succeed as nearly as possible as often as by chance.

    Also how far from it they remain.
    """
    best, least = (found[0], found[0], 0), 99.0
    for i, one in enumerate(found):
        for other in found[: i + 1]:
            across = off = toward = 0.0
            for w, a, b in zip(WEIGHTS, one, other):
                across += w * (a - b) * (a - b)
                toward += w * (1 / count - b) * (a - b)
                off += w * (b - 1 / count) * (b - 1 / count)
            share = min(max(toward / across, 0.0), 1.0) if across else 1.0
            off += share * (share * across - 2 * toward)
            if off < least - 1e-9:
                best, least = (one, other, round(share * 1000)), off
    one, other, parts = best
    off = sum([(parts / 1000 * a + (1 - parts / 1000) * b - 1 / count) ** 2 for a, b in zip(one[:2], other[:2])])
    return (one if stream.below(1000) < parts else other), off


def arranged(right: Value, wrongs: Sequence[Wrong], position: int, stream: Stream) -> tuple[Choice, ...]:
    """The choices in a random order, the right one at its place."""
    found = [Choice(w.value, False, w.mistake, w.words) for w in stream.shuffled(wrongs)]
    found.insert(position, Choice(right, True))
    return tuple(found)


def _near(own: tuple[int, ...], other: tuple[int, ...]) -> bool:
    if not own:
        return True
    return max(abs(own[0]), 1) * FARTHEST >= abs(other[0]) and abs(other[0]) * FARTHEST >= abs(own[0])
