"""Random programs of PyTorch's read as source: every shape and the parameters as PyTorch computes them, or both refuse the same line."""

import os

import pytest

from cnncalc.pytorch.shapes import Batch, whole
from cnncalc.sources import open_named
from cnncalc.sources.python.program import Given
from cnncalc.tracing import traced

pytestmark = pytest.mark.oracle
NETWORKS = int(os.environ.get("CNNCALC_TORCH_NETWORKS", "300"))
BLOCKS = 10
#: With the symbol N for the batch every so manieth is read as well.
SYMBOLIC = 5


def ours(path, made, batch):
    """(the trace, the errors) of a program; the trace is None where it is refused."""
    path.write_text(made.source)
    given = Given()
    given.words, given.batch = ("x".join(map(str, made.input[1:])),), batch
    opened = open_named(f"{path}:Net", given)
    if opened.errors or opened.graph is None:
        return None, opened.errors
    trace = traced(opened.graph)
    return (None if trace.errors else trace), trace.errors


def shapes_of(trace, batch):
    """The whole shapes of what the network returns."""
    steps = {step.node: step for step in trace.steps}
    found = [whole(steps[ref.node].outputs[ref.output]) for ref in trace.graph.outputs]
    return [tuple([n.numbered(batch) if isinstance(n, Batch) else n for n in shape]) for shape in found]


def lines(errors):
    """The lines that errors name, in front and below."""
    return {int(part) for error in errors for part in str(error).replace(":", " ").split() if part.isdigit()} | {
        place.line for error in errors for place in error.path if hasattr(place, "line")}


def in_parts(trace):
    """Whether a shape has a part of the batch, for which a warning says which batch sizes do."""
    return any([isinstance(n, Batch) and n.share.denominator > 1 for step in trace.steps for shape in step.outputs or () for n in whole(shape)])


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_programs_are_pytorchs(block, tmp_path):
    pytest.importorskip("torch")
    from pytorch.random_networks import program

    compared = refused = symbolic = 0
    for number in range(block * NETWORKS // BLOCKS, (block + 1) * NETWORKS // BLOCKS):
        made = program(number)
        trace, errors = ours(tmp_path / "net.py", made, made.input[0])
        assert (trace is None) == bool(made.failing), (number, errors, made.source)
        if made.failing:
            assert lines(errors) & set(made.failing), (number, errors, made.failing)
            refused += 1
            continue
        assert shapes_of(trace, made.input[0]) == made.shapes, (number, made.source)
        assert trace.params == made.parameters, (number, made.source)
        compared += 1
        if number % SYMBOLIC == 0:
            trace, errors = ours(tmp_path / "net.py", made, None)
            if trace is not None and trace.graph.batch is None and not in_parts(trace):
                assert shapes_of(trace, made.input[0]) == made.shapes, (number, made.source)
                assert trace.params == made.parameters, (number, made.source)
                symbolic += 1
    assert compared > NETWORKS / BLOCKS * 0.8
    assert refused + compared == NETWORKS // BLOCKS
    assert symbolic >= NETWORKS / BLOCKS / SYMBOLIC * 2 / 3  # the others compute with the batch size
