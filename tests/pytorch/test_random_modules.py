"""Random networks of PyTorch's modules, layer by layer against PyTorch: the same shapes and counts, or both refuse."""

import os
import random
import warnings

import pytest
from pytorch.random_modules import call, ending, start

from cnncalc.errors import CnncalcError
from cnncalc.layers.construct import kind_named
from cnncalc.pytorch.calls import construct
from cnncalc.pytorch.shapes import Batch, Whole, whole

NETWORKS = int(os.environ.get("CNNCALC_TORCH_NETWORKS", "300"))
LONGEST = 7


def ours(call, shape):
    """(shape, parameters) of one module; None if it is refused."""
    kind, args, kwargs = call
    try:
        layer = construct(kind_named(kind), args, kwargs)
        x = Whole((Batch(1, shape[0]), *shape[1:]))
        made = whole(layer.apply((x,))[0])
        return [int(n) for n in made], sum([w.count for w in layer.owned((x,))])
    except CnncalcError:
        return None


def theirs(call, shape):
    import torch

    kind, args, kwargs = call
    try:
        module = getattr(torch.nn, kind.removeprefix("nn."))(*args, **kwargs).eval()
        with torch.no_grad():
            made = module(torch.rand(shape))
        if 0 in made.shape:  # nothing is left: some modules pass that on, we refuse it
            return None
        return list(made.shape), sum([p.numel() for p in module.parameters()])
    except (RuntimeError, ValueError, AssertionError, TypeError, NotImplementedError):
        return None


@pytest.mark.oracle
@pytest.mark.parametrize("block", range(10))
def test_random_networks_are_pytorchs(block):
    pytest.importorskip("torch")
    warnings.simplefilter("ignore")
    compared = refused = 0
    for number in range(block * NETWORKS // 10, (block + 1) * NETWORKS // 10):
        rng = random.Random(number)
        rank, shape = start(rng)
        steps = [None] * rng.randint(1, LONGEST)
        while steps:
            steps.pop()
            made = call(rng, rank, shape)
            mine, other = ours(made, shape), theirs(made, shape)
            assert mine == other, (number, made, shape)
            compared += 1
            refused += mine is None
            if mine is not None and len(mine[0]) == rank + 2 and 0 < max(mine[0]) < 200:
                shape = mine[0]
        for made in ending(rng, shape):
            mine, other = ours(made, shape), theirs(made, shape)
            assert mine == other, (number, made, shape)
            compared += 1
            shape = mine[0] if mine is not None else shape
    assert compared > NETWORKS // 10 * 4
    assert 0.02 < refused / compared < 0.4
