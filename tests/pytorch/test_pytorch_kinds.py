"""Every kind of PyTorch's against the numbers of its rows; with torch installed, the rows against PyTorch."""

import pytest
from pytorch import function_cases, module_cases
from pytorch.rows import N, ours

from cnncalc.pytorch.registry import MODULES
from cnncalc.pytorch.shapes import whole

ROWS = module_cases.CASES + function_cases.CASES


def label(row):
    return f"{row.kind}-{row.call.args}-{row.input}"[:90]


@pytest.mark.parametrize("row", ROWS, ids=label)
def test_our_numbers(row):
    shapes, params = ours(row)
    assert [tuple(map(int, whole(y))) for y in shapes] == [tuple(y) for y in row.outputs]
    assert params == row.params


@pytest.mark.parametrize("row", [r for r in module_cases.CASES if str(r.inputs).count(" 2") + str(r.inputs).count("(2") == len(r.inputs)], ids=label)
def test_a_symbol_for_the_batch_gives_the_same_shapes(row):
    shapes, params = ours(row, N)
    found = [tuple([int(n) * 2 ** getattr(n, "power", 0) for n in whole(y)]) for y in shapes]
    assert found == [tuple(y) for y in row.outputs]
    assert params == row.params


@pytest.mark.oracle
@pytest.mark.parametrize("row", ROWS, ids=label)
def test_pytorch_has_the_same_numbers(row):
    pytest.importorskip("torch")
    from pytorch.torch_calls import computed

    assert computed(row.kind, row.call.args, row.call.kwargs, row.inputs) == ([tuple(y) for y in row.outputs], row.params)


def test_every_module_has_a_row():
    kinds = {kind for kind in MODULES.everything() if kind.startswith("nn.")}
    assert kinds - {row.kind for row in module_cases.CASES} == set()
