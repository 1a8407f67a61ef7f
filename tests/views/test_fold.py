"""Repeated blocks are shown once: nothing is lost, and the columns still add up."""

from __future__ import annotations

import random

import pytest
from running import cnncalc

import cnncalc as package
from cnncalc.sources import examples
from cnncalc.views import summary
from cnncalc.views.fold import repeats
from cnncalc.views.report import Table


def unfolded(signs: list[int], names: list[str]) -> list[int]:
    """The sequence written from its blocks."""
    out: list[int] = []
    for found in repeats(signs, names):
        out += signs[len(out): found.start] + signs[found.start: found.start + found.length] * found.times
        assert found.times > 1 and found.length * (found.times - 1) > 1
    return out + signs[len(out):]


def test_every_sequence_is_what_its_blocks_repeat():
    rng = random.Random(1)
    folded = 0
    for _ in range(2_000):
        signs = []
        while len(signs) < rng.randint(0, 30):
            signs += [rng.randint(0, 2) for _ in range(rng.randint(1, 5))] * rng.choice((1, 1, 2, 3))
        names = [rng.choice("ab") + rng.choice("cd") for _ in signs]
        assert unfolded(signs, names) == signs
        folded += any(True for _ in repeats(signs, names))
    assert folded > 1_000


def params(table: Table) -> list[int]:
    place = [c.key for c in table.columns].index("params")
    return [int(row[place].split()[0].replace(",", "")) for row in table.body]


@pytest.mark.oracle
@pytest.mark.parametrize("name", examples())
def test_a_folded_summary_adds_up_to_its_total(name):
    trace = package.load(name).trace
    table = summary.report(trace, fold=True).parts()[0]
    assert isinstance(table, Table)
    *own, total = params(table)
    unused = sum(step.params for step in trace.steps if not step.used)
    assert sum(own) - unused == total == trace.params


def test_the_blocks_of_a_residual_network_are_its_own():
    out = cnncalc("summary", "resnet50", "--fold").out
    assert [line.split()[:4] for line in out.splitlines() if line.startswith("×")] == [
        ["×", "2", "to", "conv2_block3_out"], ["×", "3", "to", "conv3_block4_out"],
        ["×", "5", "to", "conv4_block6_out"], ["×", "2", "to", "conv5_block3_out"]]
    lines = out.splitlines()
    for i, line in enumerate(lines):
        if line.startswith("×"):
            assert "(10 rows above)" in line
            assert [above.split()[0].rpartition("_block2")[1] for above in lines[i - 10: i]] == ["_block2"] * 10


def test_depth_limits_how_many_levels_of_models_are_shown(tmp_path):
    (tmp_path / "net.yaml").write_text("""\
input: [8, 8, 1]
layers:
  - model:
      input: [8, 8, 1]
      layers:
        - model: {input: [8, 8, 1], layers: [{Conv2D: {filters: 1, kernel_size: 1, name: inner}}]}
          name: middle
    name: outer
""")

    def rows(*options):
        run = cnncalc("summary", "net.yaml", *options, cwd=tmp_path)
        assert run.code == 0, run.err
        return run.out

    assert "middle" not in rows()
    assert rows() == rows("--depth", "0")
    assert "└ middle" in rows("--depth", "1")
    assert "inner" not in rows("--depth", "1")
    assert "└ inner" in rows("--depth", "2")
    assert rows("--depth", "2") == rows("--expand-nested") == rows("--depth", "9")
