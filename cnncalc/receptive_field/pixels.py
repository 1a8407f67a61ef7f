"""Exactly which pixels a unit sees: sets of places, carried back from layer to layer.

A set of places of an array is a union of products, one set of indices per axis; indices
are the bits of an integer. Every rule of `reach` takes a product to a product, or to a few.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from heapq import heappop, heappush
from operator import or_
from typing import TypeAlias

from ..dependence import Reindexed, Taps, taps_of
from ..window import Spread, Window
from .dataflow import Direct, Flow

Product: TypeAlias = tuple[int, ...]
#: Products that do not overlap, in an order of their own: equal sets are equal.
Region: TypeAlias = tuple[Product, ...]

#: Axes with more places than these are not followed place by place.
LARGEST = 1 << 25


def full(n: int) -> int:
    """All indices below n."""
    return (1 << n) - 1


def indices(mask: int) -> list[int]:
    """The indices in a set, in order."""
    return [i for i, bit in enumerate(f"{mask:b}"[::-1]) if bit == "1"]


def count(region: Region) -> int:
    """How many places it has."""
    total = 0
    for product in region:
        places = 1
        for mask in product:
            places *= mask.bit_count()
        total += places
    return total


def tidy(products: Iterable[Product]) -> Region:
    """The union of products as disjoint ones, always the same for the same set."""
    found = products if isinstance(products, set) else set(products)
    if len(found) < 2:
        return tuple(found)
    if len(found) == 2:
        one, other = found
        common = tuple([a & b for a, b in zip(one, other)])
        if common in found:  # one lies in the other
            return (other if common == one else one,)
    if len(next(iter(found))) == 1:
        return ((reduce(or_, [mask for (mask,) in found]),),)
    # Rows that are alike stand together: first by which products they lie in, then by what is in them.
    parts: list[tuple[int, list[Product]]] = []
    for rows, *rest in found:
        more: list[tuple[int, list[Product]]] = []
        for i, (others, inside) in enumerate(parts):
            both = rows & others
            if both == others:
                inside.append(tuple(rest))
            elif both:
                more.append((both, [*inside, tuple(rest)]))
                parts[i] = (others & ~both, inside)
            rows &= ~both
            if not rows:
                break
        parts += more
        if rows:
            parts.append((rows, [tuple(rest)]))
    alike: dict[Region, int] = {}
    for rows, inside in parts:
        behind = tidy(inside)
        alike[behind] = alike.get(behind, 0) | rows
    return tuple(sorted([(rows, *rest) for behind, rows in alike.items() for rest in behind]))


# Back along one axis.


def spread_out(mask: int, step: int) -> int:
    """Index i becomes i * step."""
    if step == 1 or not mask:
        return mask
    if step <= 5:  # the digits of one number are read in a larger base
        return int(f"{mask:b}", 1 << step)
    if mask.bit_count() < 64:
        return reduce(or_, [1 << i * step for i in indices(mask)])
    gap = "0" * (step - 1)
    return int(f"{mask:b}".replace("0", "0" + gap).replace("1", gap + "1"), 2)


def every(mask: int, first: int, step: int) -> int:
    """Index first + q * step becomes q; the others go."""
    if step == 1:
        return mask >> first
    return int(f"{mask:b}"[::-1][first::step][::-1] or "0", 2)


def smeared(mask: int, taps: Sequence[int], n: int) -> int:
    """Each index with each of the taps added, as far as that lies below n."""
    if not isinstance(taps, range):
        return reduce(or_, [mask << t if t >= 0 else mask >> -t for t in taps], 0)
    low = 1 - mask.bit_length()
    if taps.start < low:  # taps that reach nothing
        taps = taps[-(-(low - taps.start) // taps.step):]
    if taps and taps[-1] >= n:
        taps = taps[: max(0, -(-(n - taps.start) // taps.step))]
    if not taps:
        return 0
    have, many = 1, len(taps)
    while have < many:
        more = min(have, many - have)
        mask |= mask << more * taps.step
        have += more
    return mask << taps.start if taps.start >= 0 else mask >> -taps.start


class Line:
    """What sets of places along an axis read, of `n` inputs."""

    def __init__(self, window: Window | Spread | Taps | None, n: int):
        self.all = full(n)
        self._n = n
        self._known: dict[int, int] = {}
        self._phases: dict[Sequence[int], list[int]] = {}
        self._period = self._advance = 1
        if window is not None:
            taps = taps_of(window)
            self._period, self._advance = len(taps.phases), taps.advance
            for f, read in enumerate(taps.phases):
                if read:
                    self._phases.setdefault(read, []).append(f)
        else:
            self._phases = {range(1): [0]}

    def back(self, mask: int) -> int:
        """The inputs that any place of the set reads."""
        found = self._known.get(mask)
        if found is None:
            found = 0
            for read, phases in self._phases.items():
                turns = reduce(or_, [every(mask, f, self._period) for f in phases])
                if turns:
                    found |= smeared(spread_out(turns, self._advance), read, self._n)
            found = self._known[mask] = found & self.all
        return found


# Back through a change of shape.


def flattened(masks: Sequence[int], sizes: Sequence[int]) -> int:
    """A product as one set of indices in row-major order."""
    found, total = masks[0], sizes[0]
    for mask, n in zip(masks[1:], sizes[1:]):
        if found == full(total) and mask == full(n):
            found = full(total * n)
        else:
            found = spread_out(found, n) * mask
        total *= n
    return found


def unflattened(mask: int, sizes: Sequence[int]) -> list[Product]:
    """A set of indices in row-major order as products over axes of these sizes."""
    if not mask:
        return []
    if len(sizes) == 1:
        return [(mask,)]
    inner = 1
    for n in sizes[1:]:
        inner *= n
    if mask == full(inner * sizes[0]):
        return [tuple(map(full, sizes))]
    digits = f"{mask:0{inner * sizes[0]}b}"
    rows: dict[str, int] = {}
    for i in range(sizes[0]):
        part = digits[len(digits) - (i + 1) * inner: len(digits) - i * inner]
        rows[part] = rows.get(part, 0) | 1 << i
    return [(at, *rest) for part, at in rows.items() for rest in unflattened(int(part, 2), sizes[1:])]


def reindexed(product: Product, y: Sequence[int], x: Sequence[int]) -> list[Product]:
    """The product of places of shape `y` in the shape `x` with as many values.

    Axes are taken together only as far as they must be.
    """
    found: list[Product] = [()]
    i = j = 0
    while i < len(y) or j < len(x):
        ys, xs = [i], [j]
        a, b = y[i] if i < len(y) else 1, x[j] if j < len(x) else 1
        i, j = i + 1, j + 1
        while a != b:
            if a < b:
                a *= y[i]
                ys.append(i)
                i += 1
            else:
                b *= x[j]
                xs.append(j)
                j += 1
        masks = [product[k] for k in ys if k < len(y)]
        sizes = [y[k] for k in ys if k < len(y)]
        flat = flattened(masks, sizes) if masks else 1
        into = [x[k] for k in xs if k < len(x)]
        found = [(*head, *rest) for head in found for rest in (unflattened(flat, into) if into else [()])]
    return found


class Pixels:
    """The sets of places that reach a value, for any value of a flow."""

    def __init__(self, flow: Flow):
        self.flow = flow
        self._lines: dict[object, Line] = {}
        self._ways: dict[int, list[tuple[int, Direct, list[tuple[int | None, Line]]]]] = {}
        self._all: dict[int, Region] = {}
        self._whole: dict[int, dict[int, Region]] = {}
        self._inputs = {number for _, number in flow.inputs}
        #: How many products have been carried back so far.
        self.work = 0

    def whole(self, value: int) -> Region:
        """All places of a value."""
        found = self._all.get(value)
        if found is None:
            found = self._all[value] = (tuple(map(full, self.flow.values[value].shape)),)
        return found

    def seen(self, value: int, region: Region) -> dict[int, Region]:
        """What the places `region` of a value see of the inputs."""
        return self._back(value, region, False)

    def way(self, value: int, region: Region) -> dict[int, Region]:
        """The same of every value on the way."""
        return self._back(value, region, True)

    def seen_by_all(self, value: int) -> dict[int, Region]:
        """What all places of a value together see of the inputs."""
        if value not in self._whole:
            self._whole[value] = self._back(value, self.whole(value), False)
        return self._whole[value]

    def _back(self, value: int, region: Region, every_value: bool) -> dict[int, Region]:
        waiting: dict[int, set[Product]] = {value: set(region)}
        found: dict[int, Region] = {}
        order = [-value]  # values stand behind those that they read: the last that waits is next
        while order:
            at = -heappop(order)
            here = tidy(waiting.pop(at))
            if not order and len(here) == 1 and not every_value:
                at, here = self._along_chain(at, here)
                if not here:
                    break
            if every_value or at in self._inputs:
                found[at] = here
                if at in self._inputs:
                    continue
            if not every_value and at in self._whole and here == self.whole(at):
                ways: Iterable[tuple[int, Iterable[Product]]] = self._whole[at].items()
            else:
                ways = [(x, self._through(here, at, x, reads, lines)) for x, reads, lines in self._reads(at)]
            for x, products in ways:
                into = waiting.get(x)
                if into is None:
                    heappush(order, -x)
                    into = waiting[x] = set()
                into.update(products)
        return {x: seen for x, seen in found.items() if seen}

    def _along_chain(self, at: int, here: Region) -> tuple[int, Region]:
        """As far back as there is one product and one value to read: the value, and its places."""
        while at not in self._inputs:
            ways = self._reads(at)
            if len(ways) != 1 or (at in self._whole and here == self.whole(at)):
                break
            x, reads, lines = ways[0]
            if isinstance(reads, Reindexed):
                break
            at, here = x, tuple(self._through(here, at, x, reads, lines))
            if not here:
                break
        return at, here

    def _through(self, here: Region, at: int, x: int, reads: Direct, lines: list[tuple[int | None, Line]]) -> list[Product]:
        """The places of `x` that those of the value `at` read."""
        self.work += len(here)
        if isinstance(reads, Reindexed):
            return [found for product in here for found in self._reindexed(product, at, x, reads)]
        found = [tuple([line.all if axis is None else line.back(product[axis]) for axis, line in lines]) for product in here]
        return [masks for masks in found if all(masks)]

    def _reads(self, value: int) -> list[tuple[int, Direct, list[tuple[int | None, Line]]]]:
        if value not in self._ways:
            found = []
            for x, reads in self.flow.values[value].reads:
                lines: list[tuple[int | None, Line]] = []
                if not isinstance(reads, Reindexed):
                    for along, n in zip(reads, self.flow.values[x].shape):
                        whole = along.whole and along.taps is None
                        line = self._line(along.taps, n)
                        if along.axis is None and along.taps is not None:
                            line = self._fixed(line, n)
                        lines.append((None if whole else along.axis, line))
                found.append((x, reads, lines))
            self._ways[value] = found
        return self._ways[value]

    def _line(self, window: Window | Spread | Taps | None, n: int) -> Line:
        key = (type(window), window, n)
        if key not in self._lines:
            self._lines[key] = Line(window, n)
        return self._lines[key]

    @staticmethod
    def _fixed(line: Line, n: int) -> Line:
        """The places that are read whatever the output's place."""
        found = Line(None, n)
        found.all = line.back(1)
        return found

    def _reindexed(self, product: Product, y: int, x: int, reads: Reindexed) -> Iterable[Product]:
        shape = self.flow.values[x].shape
        order = reads.order or tuple(range(len(shape)))
        for masks in reindexed(product, self.flow.values[y].shape, [shape[i] for i in order]):
            yield tuple([masks[order.index(i)] for i in range(len(shape))])
