"""Which values of an input each value of an output reads, listed one by one from what a layer says of itself."""

from __future__ import annotations

import itertools
from math import prod

from cnncalc.dependence import Either, Reindexed, Taps, Through
from cnncalc.window import Spread, Window


def tapped(taps, o, n):
    """Which of n places along one axis the output at place o reads, by what windows, spreads and taps say of themselves."""
    if isinstance(taps, Window):
        found = [o * taps.stride - taps.before + t * taps.dilation for t in range(taps.size)]
    elif isinstance(taps, Spread):
        found = [i for i in range(n) if any(i * taps.stride - taps.crop + t * taps.dilation == o for t in range(taps.size))]
    else:
        assert isinstance(taps, Taps)
        period, phase = divmod(o, len(taps.phases))
        found = [period * taps.advance + t for t in taps.phases[phase]]
    return [i for i in found if 0 <= i < n]


def along(one, o, n):
    if one.taps is None and (one.whole or one.axis is None):
        return range(n)
    place = 0 if one.axis is None else o[one.axis]
    return [place] if one.taps is None else tapped(one.taps, place, n)


def read(reads, y, x):
    """Which values of an input of shape x, counted in a row, each value of an output of shape y reads."""
    if reads is None:
        return [set() for _ in range(prod(y))]
    steps = [prod(x[i + 1:]) for i in range(len(x))]
    if isinstance(reads, Reindexed):
        order = reads.order or range(len(x))
        return [{sum(i * steps[axis] for i, axis in zip(places, order))} for places in itertools.product(*[range(x[axis]) for axis in order])]
    if isinstance(reads, Through):
        first, second = read(reads.output, y, reads.shape), read(reads.input, reads.shape, x)
        return [set().union(*[second[i] for i in between]) for between in first]
    if isinstance(reads, Either):
        return [set().union(*ways) for ways in zip(*[read(way, y, x) for way in reads.ways])]
    assert len(reads) == len(x)
    return [{sum(i * step for i, step in zip(places, steps)) for places in itertools.product(
        *[along(one, o, n) for one, n in zip(reads, x)])} for o in itertools.product(*map(range, y))]
