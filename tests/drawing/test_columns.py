"""A tall drawing in columns: as low as the width allows."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from cnncalc.drawing.columns import GUTTER, Extent, split


def ways(parts, columns):
    """Every way to split: ends, width, height."""
    for cuts in combinations(range(1, len(parts)), columns - 1):
        ends = [*cuts, len(parts)]
        groups = [parts[begin:end] for begin, end in zip([0, *cuts], ends)]
        width = sum(max(part.left for part in group) + max(part.right for part in group) for group in groups)
        yield ends, width + GUTTER * (columns - 1), max(sum(part.height for part in group) for group in groups)


@pytest.mark.parametrize("seed", range(40))
def test_columns_are_as_low_as_the_width_allows(seed):
    rng = random.Random(seed)
    parts = [Extent(rng.uniform(20, 200), rng.uniform(20, 200), rng.uniform(20, 300)) for _ in range(rng.randint(3, 9))]
    columns, most = rng.randint(2, 3), rng.uniform(300, 1200)
    found = split(parts, columns, most)
    possible = [way for way in ways(parts, columns) if way[1] <= most]
    if not possible:
        assert found is None
        return
    assert (found.ends, pytest.approx(found.width), pytest.approx(found.height)) in [
        (ends, pytest.approx(width), pytest.approx(height)) for ends, width, height in possible]
    assert found.height <= min(way[2] for way in possible) + 4


def test_one_column_may_be_too_wide():
    assert split([Extent(50, 60, 10), Extent(10, 80, 20)], 1, 100) == ([2], 130, 30)


def test_many_parts_are_split_between_them():
    parts = [Extent(30, 40 + n % 7, 20) for n in range(1234)]
    found = split(parts, 4, 1000)
    assert found.ends == sorted(set(found.ends)) and found.ends[-1] == 1234
    assert found.height <= 1234 * 20 / 4 * 1.05
    assert found.width == pytest.approx(4 * 76 + 3 * GUTTER)
