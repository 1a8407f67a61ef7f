"""Choices that cannot be guessed: wrong answers picked so that nothing but the arithmetic tells which one is right.

Three mistakes picked at random would leave the right answer in the middle, sharing most with the others. So the rank of the right
answer among the choices is given before they are picked, and whether it shares the most is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd

from .question import Choice, Wrong
from .stream import Stream
from .values import Value, text_of

TRIES = 10
#: How many wrong answers on either side of the right one are tried.
MOST = 10
#: How much each strategy counts in the balance: sharing parts, sharing divisors, the longest, the shortest.
WEIGHTS = (3, 1, 3, 1)
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
        self.lengths = [len(text_of(value)) for value in values]
        parts = [features(value) for value in values]
        #: What two values share: parts in the same place, and of counts their greatest common divisor.
        self.shared = [[len(a & b) if a is not b else 0 for b in parts] for a in parts]
        counts = [value if isinstance(value, int) else 0 for value in values]
        self.divisors = [[gcd(a, b) if i != j else 0 for j, b in enumerate(counts)] for i, a in enumerate(counts)]

    def chances(self, places: Sequence[int]) -> tuple[float, ...]:
        """The chances that guessing strategies pick the first of these: sharing most, by parts and by divisors, the longest, the shortest."""
        shared, divisors, lengths = [], [], []
        for i in places:
            row, other = self.shared[i], self.divisors[i]
            shared.append(sum([row[j] for j in places]))
            divisors.append(sum([other[j] for j in places]))
            lengths.append(self.lengths[i])
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
    smaller: list[Wrong] = []
    larger: list[Wrong] = []
    for wrong in wrongs:
        order = order_of(wrong.value)
        if not own:  # words have no order
            smaller.append(wrong)
        elif _near(own, order):
            (smaller if order < own else larger).append(wrong)
    if not own:
        rank = count - 1
    if len(smaller) < rank or len(larger) < count - 1 - rank:
        return None
    smaller = stream.some(smaller, MOST) if rank else []
    larger = stream.some(larger, MOST) if rank < count - 1 else []
    near = [*smaller, *larger]
    below, above = list(range(1, len(smaller) + 1)), list(range(len(smaller) + 1, len(near) + 1))
    field = Field([right, *[w.value for w in near]])
    sets: dict[tuple[float, ...], list[int]] = {}
    for alike in (_same_depth, _same_size):  # all share the same part, none more than the others
        lines = [[i for i in side if alike(near[i - 1].value, right)] for side in (below, above)]
        if len(lines[0]) >= rank and len(lines[1]) >= count - 1 - rank:
            some = [*stream.some(lines[0], rank), *stream.some(lines[1], count - 1 - rank)]
            sets.setdefault(field.chances([0, *some]), some)
    for some in _squares(near, len(smaller), count, rank, stream):
        sets.setdefault(field.chances([0, *some]), some)
    for _ in range(TRIES):
        some = [*stream.some(below, rank), *stream.some(above, count - 1 - rank)]
        sets.setdefault(field.chances([0, *some]), some)
    chosen, off = balanced(list(sets), targets(count, rank if _longer_if_larger(right) else None), stream)
    return arranged(right, [near[i - 1] for i in sets[chosen]], position, stream), off if own else 0.0


def _same_depth(value: Value, right: Value) -> bool:
    """Whether two shapes have as many channels."""
    return isinstance(value, tuple) and isinstance(right, tuple) and value[-1] == right[-1]


def _same_size(value: Value, right: Value) -> bool:
    """Whether two shapes have the same height and width."""
    return isinstance(value, tuple) and isinstance(right, tuple) and value[:-1] == right[:-1]


def _squares(near: Sequence[Wrong], smaller: int, count: int, rank: int, stream: Stream) -> Iterator[list[int]]:
    """Two mistakes and both at once, with the right answer a square: each shares as much with the others. Places from 1."""
    singles: dict[str, list[int]] = {}
    for i, wrong in enumerate(near, 1):
        singles.setdefault(wrong.mistake, []).append(i)
    for i, wrong in enumerate(near, 1):
        one, plus, other = wrong.mistake.partition("+")
        if plus and one in singles and other in singles:
            square = [i, stream.one(singles[one]), stream.one(singles[other])]
            some = stream.some(square, count - 1)
            if sum([place <= smaller for place in some]) == rank:
                yield some


#: How often the right choice may be the longest, by its rank: a larger number is longer. They add up to almost 1,
#: as the largest is often the longest whatever is chosen.
LONGEST = {3: (0.1, 0.3, 0.6), 4: (0.05, 0.15, 0.25, 0.55)}


def targets(count: int, rank: int | None) -> tuple[float, ...]:
    """How often each strategy is to succeed where the right choice has this rank; by chance on the average of all ranks."""
    if rank is None:
        return (1 / count,) * 4
    return 1 / count, 1 / count, LONGEST[count][rank], LONGEST[count][count - 1 - rank]


def _longer_if_larger(value: Value) -> bool:
    """Whether the lengths of such values go with their size: of words, maps and small numbers they do not."""
    return value >= 100 if isinstance(value, int) else isinstance(value, tuple) and isinstance(value[0], int)


def balanced(found: list[tuple[float, ...]], wanted: tuple[float, ...], stream: Stream) -> tuple[tuple[float, ...], float]:
    """One of the sets of choices, drawn between two so that strategies succeed as nearly as possible as often as wanted.

    Also how far from that they remain.
    """
    best, least = (found[0], found[0], 0), 99.0
    for i, one in enumerate(found):
        for other in found[: i + 1]:
            across = off = toward = 0.0
            for w, t, a, b in zip(WEIGHTS, wanted, one, other):
                across += w * (a - b) * (a - b)
                toward += w * (t - b) * (a - b)
                off += w * (b - t) * (b - t)
            share = min(max(toward / across, 0.0), 1.0) if across else 1.0
            off += share * (share * across - 2 * toward)
            if off < least - 1e-9:
                best, least = (one, other, round(share * 1000)), off
    one, other, parts = best
    off = sum([(parts / 1000 * one[i] + (1 - parts / 1000) * other[i] - wanted[i]) ** 2 for i in (0, 2)])
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
