"""The workings of random PyTorch programs end with the numbers of the table, with a batch size and with N."""

import os
import warnings

import pytest

from cnncalc.cost import macs
from cnncalc.explain import explain
from cnncalc.pytorch.shapes import NeedsBatch, whole
from cnncalc.sources import open_named
from cnncalc.sources.python.given import Given
from cnncalc.tracing import traced
from cnncalc.views.explain import report

pytestmark = pytest.mark.oracle
NETWORKS = int(os.environ.get("CNNCALC_TORCH_NETWORKS", "100"))


@pytest.mark.parametrize("numbered", [True, False], ids=["batch", "N"])
def test_workings_end_with_the_numbers_of_the_table(numbered, tmp_path):
    pytest.importorskip("torch")
    from pytorch.random_networks import program

    warnings.simplefilter("ignore")
    path, compared = tmp_path / "net.py", 0
    for number in range(NETWORKS):
        made = program(number)
        path.write_text(made.source)
        given = Given()
        given.words, given.batch = ("x".join(map(str, made.input[1:])),), made.input[0] if numbered else None
        opened = open_named(f"{path}:Net", given)
        trace = traced(opened.graph) if opened.graph is not None and not opened.errors else None
        if made.failing or trace is None or trace.errors:
            continue
        found = list(explain(trace))
        assert len(found) == len(trace.steps)
        for step, explanation in zip(trace.steps, found):
            compared += 1
            at = number, step.name, made.source
            if step.shared or not step.inputs:
                continue
            assert explanation.value("params") == [step.params], at
            try:
                wanted = macs(step)
            except NeedsBatch:
                assert explanation.value("macs") == [None], at
                continue
            assert explanation.value("macs") in ([[wanted]] if wanted else [[0], [None], []]), at
            values = [value for value in explanation.value("output") if value is not None]
            sizes = [int(n) for shape in step.outputs for n in whole(shape) if n is not None]
            rest = iter(sizes)
            assert all([value in rest for value in values]), (at, values, sizes)  # in order; some are as the one before, N has no value
        assert report("net", found).parts()
    assert compared > 6 * NETWORKS
