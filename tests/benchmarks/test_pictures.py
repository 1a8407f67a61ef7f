"""Pictures: the smallest against the table of the same network, the largest against a second."""

from __future__ import annotations

import pytest
from timing import best, cnncalc, ratio, told


@pytest.mark.benchmark
@pytest.mark.parametrize("style", ["volumes", "graph"])
def test_drawing_takes_little_more_than_the_table(style, tmp_path):
    drawing = cnncalc("draw", "lenet5", "--style", style, "-o", str(tmp_path / "net.svg"))
    assert ratio(drawing, cnncalc("summary", "lenet5"), 1.25, runs=25) <= 1.25


@pytest.mark.benchmark
@pytest.mark.parametrize("style", ["volumes", "graph"])
def test_the_largest_network_is_drawn_within_a_second(style, tmp_path):
    (seconds,) = best(cnncalc("draw", "NASNetLarge", "--style", style, "-o", str(tmp_path / "net.svg")), runs=4)
    told(f"draw NASNetLarge --style {style}", f"{seconds * 1000:.0f} ms", "1 s", seconds, "at most 1")
    assert seconds <= 1
