"""Every kind of PyTorch's against the numbers of its rows; with torch installed, the rows against PyTorch."""

import pytest
from pytorch import function_cases, module_cases
from pytorch.failures import FAILURES
from pytorch.rows import N, ours

from cnncalc.errors import SpecError
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


def refused(row):
    """Our message for a row, its first line and PyTorch's own."""
    with pytest.raises(SpecError) as caught:
        ours(row)
    lines = str(caught.value).split("\n")
    return lines[0], next(line.removeprefix("PyTorch: ") for line in lines if line.startswith("PyTorch: "))


@pytest.mark.parametrize("row", FAILURES, ids=label)
def test_refusals_say_what_does_not_fit(row):
    assert refused(row)[0] == row.message


@pytest.mark.oracle
@pytest.mark.parametrize("row", FAILURES, ids=label)
def test_pytorchs_message_is_quoted(row):
    pytest.importorskip("torch")
    from pytorch.torch_calls import computed

    with pytest.raises((RuntimeError, ValueError, IndexError)) as caught:
        computed(row.kind, row.call.args, row.call.kwargs, row.inputs)
    assert str(caught.value).split("\n")[0].rstrip() == refused(row)[1]


@pytest.mark.oracle
def test_arguments_stand_in_pytorchs_order():
    torch = pytest.importorskip("torch")
    import inspect

    free = {"nn.Identity", "nn.LSTM", "nn.GRU", "nn.RNN"}  # they take any arguments, or pass them on
    older = {"min_value", "max_value"}  # the old names of Hardtanh's
    for name, kind in MODULES.everything().items():
        if name.startswith("nn.") and name not in free:
            parameters = inspect.signature(getattr(torch.nn, name[3:]).__init__).parameters
            theirs = [p for p in parameters if p not in {"self", "device", "dtype", "args", "kwargs"} | older]
            assert [s for s in kind.settings if s not in ("device", "output_size" if "Unpool" in name else "")] == theirs, name
