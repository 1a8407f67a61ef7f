"""The source that is written, run in Keras and in PyTorch: the same shapes and counts.

`CNNCALC_CODE=500` tries as many random networks, and every bundled example.
"""

from __future__ import annotations

import contextlib
import math
import os
import random

import pytest
from networks_written import counts_in_pytorch, example, random_trace, read, sizes, torch_program

from cnncalc.code_writers.keras import keras_code
from cnncalc.code_writers.keras_to_pytorch import write
from cnncalc.code_writers.pytorch import file_text, pytorch_code
from cnncalc.code_writers.to_pytorch import Translation
from cnncalc.errors import CnncalcError
from cnncalc.sources import bundled

pytestmark = pytest.mark.oracle

MANY = int(os.environ.get("CNNCALC_CODE", "40"))
EXAMPLES = bundled() if "CNNCALC_CODE" in os.environ else ["lenet5-lecture", "siamese", "resnet18", "inception-module", "multi-output", "autoencoder",
                                                           "squeezenet", "mobilenetv3small"]
#: Examples whose forward pass takes long: their counts are enough.
LARGE = ("large", "xlarge", "b5", "b6", "b7", "v2l", "v2m", "unet")


def check_in_keras(trace):
    """The model that the code makes has the layers, shapes and counts of the network."""
    from oracle import fresh

    code = keras_code(trace)
    fresh()
    made = {}
    exec(code, made)
    model = made["model"]
    assert model.count_params() == trace.params
    assert sum(math.prod(w.shape) for w in model.trainable_weights) == trace.trainable_params
    assert [tuple(y.shape[1:]) for y in model.outputs] == list(trace.outputs)
    if "ZeroPadding" not in code and "keras.ops" not in code and " * " not in code:
        names = [step.node.keras_name for step in trace.steps if step.used and not step.node.call]
        assert sorted(layer.name for layer in model.layers) == sorted(names[trace.graph.sequential:])


def check_in_pytorch(trace, run=True):
    """The module that the code makes has the outputs and counts of the network."""
    import torch

    translation = Translation(write)
    network = translation.network(trace)
    translation.problems.check()
    made = {"__name__": "written"}
    exec(file_text(translation.bodies, translation.helpers), made)
    model = made["model"] if "model" in made else made[network.name]()
    if network.frozen:
        model.requires_grad_(False)
    counts = sum(p.numel() for p in model.parameters()), sum(p.numel() for p in model.parameters() if p.requires_grad)
    assert counts == counts_in_pytorch(trace)
    if not run or any(None in x.written for x in network.inputs):
        return
    with torch.no_grad():
        given = [torch.zeros(2, *x.written, dtype=torch.long if dtype else None) for x, dtype in zip(network.inputs, network.dtypes)]
        y = model.eval()(*given)
    shapes = [tuple(one.shape[1:]) for one in (y if isinstance(y, tuple) else (y,))]
    assert shapes == [tuple(x.written) for x in network.outputs]
    assert sizes(shapes) == sizes(trace.outputs)


def tried(check, seeds):
    """How many random networks could be written, all of them right."""
    written = 0
    for seed in seeds:
        trace = random_trace(seed)
        with contextlib.suppress(CnncalcError):  # what cannot be written
            if trace is not None:
                check(trace)
                written += 1
    return written


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_in_keras(name):
    try:
        code = example(name)
        keras_code(code)
    except CnncalcError:
        return  # test_code.py knows which are refused
    check_in_keras(code)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_in_pytorch(name):
    pytest.importorskip("torch")
    try:
        check_in_pytorch(example(name), not any(word in name for word in LARGE))
    except CnncalcError:
        return  # test_code.py knows which are refused


@pytest.mark.parametrize("part", range(4))
def test_random_networks_in_keras(part):
    seeds = range(1000 + part, 1000 + MANY, 4)
    assert tried(check_in_keras, seeds) >= len(seeds) // 2


@pytest.mark.parametrize("part", range(4))
def test_random_networks_in_pytorch(part):
    pytest.importorskip("torch")
    seeds = range(2000 + part, 2000 + 3 * MANY, 4)
    assert tried(check_in_pytorch, seeds) >= len(seeds) // 4


# PyTorch's networks.

RESNET = "from torchvision import models\nimport torch\nmodel = models.resnet18()\nmodel(torch.zeros(1, 3, 64, 64))\n"


def check_torch_in_keras(trace):
    """The model that the code makes has PyTorch's shapes, whatever the order of axes, and its trained weights."""
    from oracle import fresh

    code = keras_code(trace)
    fresh()
    made = {}
    exec(code, made)
    assert sum(math.prod(w.shape) for w in made["model"].trainable_weights) == sum(s.trainable_params for s in trace.steps)
    assert sizes([tuple(y.shape[1:]) for y in made["model"].outputs]) == sizes(trace.outputs)


@pytest.mark.parametrize("part", range(2))
def test_random_modules_in_keras(part, tmp_path):
    written = 0
    for seed in range(part, MANY, 2):
        with contextlib.suppress(CnncalcError):  # what cannot be written
            check_torch_in_keras(read(torch_program(seed), tmp_path))
            written += 1
    assert written >= MANY // 10


def test_a_network_of_torchvisions_in_keras(tmp_path):
    check_torch_in_keras(read(RESNET, tmp_path))


@pytest.mark.parametrize("part", range(2))
def test_random_modules_in_pytorch_again(part, tmp_path):
    torch = pytest.importorskip("torch")
    for seed in range(5000 + part, 5000 + 2 * MANY, 2):
        trace = read(torch_program(seed), tmp_path)
        made = {"__name__": "written"}
        exec(pytorch_code(trace), made)
        model = made["model"] if "model" in made else made["Model"]()
        counts = [sum(p.numel() for p in model.parameters()), sum(p.numel() for p in model.parameters() if p.requires_grad)]
        assert counts == [sum(s.params for s in trace.steps), sum(s.trainable_params for s in trace.steps)]
        given = next(line for line in torch_program(seed).split("\n") if line.startswith("model("))
        with torch.no_grad():
            y = eval(given, {"model": model.eval(), "torch": torch})
        assert tuple(y.shape[1:]) == tuple(trace.outputs[0])


def expression(rng, depth=3):
    """Arithmetic on x and numbers that is far from zero, with the numbers on either side."""
    if depth == 0:
        return rng.choice(("x", "y"))
    one, op = expression(rng, depth - 1), rng.choice("+-*/")
    other = rng.choice((str(rng.randint(2, 5)), "1.5", "-0.5", expression(rng, depth - 1)))
    one, other = (one, other) if rng.random() < 0.5 else (other, one)
    return f"(3 + torch.sigmoid({one} {op} {other}))"


def values(function):
    """A program whose network computes an expression on x and a second tensor."""
    return f'''import torch
from torch import nn

class Net(nn.Module):
    def forward(self, x):
        y = torch.tanh(x) + 2
        return {function}

model = Net()
model(torch.zeros(1, 2, 3))
'''


@pytest.mark.parametrize("part", range(2))
def test_arithmetic_with_numbers_on_either_side_gives_the_same_values(part, tmp_path):
    from oracle import fresh, numpy

    torch = pytest.importorskip("torch")
    x = torch.linspace(0.5, 2, 6).reshape(1, 2, 3)
    for seed in range(part, MANY, 2):
        source = values(expression(random.Random(seed)))
        trace = read(source, tmp_path)
        given, made, keras_made = {}, {"__name__": "written"}, {}
        exec(source, given)
        exec(pytorch_code(trace), made)
        wanted = given["model"](x)
        assert torch.equal((made["model"] if "model" in made else made["Model"]())(x), wanted), source
        fresh()
        exec(keras_code(trace), keras_made)
        assert numpy.allclose(keras_made["model"](x.numpy()), wanted.numpy(), rtol=1e-5), source
