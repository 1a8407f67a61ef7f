"""Receptive fields of PyTorch networks: a value of the input that is not a number shows in every unit that sees it."""

import os
import random
import warnings

import pytest
from pytorch.known_networks import GOOGLENET, RESNET18, UNET

from cnncalc.pytorch.shapes import Batch, whole
from cnncalc.receptive_field.dataflow import Flow
from cnncalc.receptive_field.pixels import Pixels
from cnncalc.sources import open_named
from cnncalc.sources.python.program import Given
from cnncalc.tracing import traced

pytestmark = pytest.mark.oracle
NETWORKS = int(os.environ.get("CNNCALC_TORCH_FIELDS", "40"))
#: What reads depends on values there, or a value that is not a number does not show, or shows where it is weighed with 0.
WITHOUT = ("where", "sort", "topk", "argmax", "Fractional", "gather", "one_hot", "Embedding", "masked_fill", "tril", "[0, 0]", "index_select",
           "bilinear", "Bilinear2d", 'linear", align', 'mode="linear"', "Up(", "torch.max(", "_like", "1.5", "{f}")
PLACES, UNITS = 30, 12


def flow_of(path, shape):
    given = Given()
    given.words = ("x".join(map(str, shape)),)
    opened = open_named(f"{path}:Net", given)
    assert not opened.errors, opened.errors
    trace = traced(opened.graph)
    if trace.errors:  # examples are mixed in a way that only a batch size settles
        return trace, []
    steps = {step.node: step for step in trace.steps}
    return trace, [tuple([n.numbered(1) if isinstance(n, Batch) else n for n in whole(steps[ref.node].outputs[ref.output])]) for ref in opened.graph.outputs]


def values_of(trace):
    """The flow, and the number of the value of each of the network's outputs."""
    flow = Flow(trace)
    places = {place.step.node: place for place in flow.places}
    return flow, [places[ref.node].values[ref.output] for ref in trace.graph.outputs]


@pytest.mark.parametrize("block", range(4))
def test_fields_of_random_networks_are_those_that_pytorch_shows(block, tmp_path):
    torch = pytest.importorskip("torch")
    from pytorch.random_networks import program

    warnings.simplefilter("ignore")
    compared = 0
    for number in range(block * NETWORKS // 4, (block + 1) * NETWORKS // 4):
        made = program(number, 8, WITHOUT)
        if made.failing:
            continue
        path = tmp_path / "net.py"
        path.write_text(made.source)
        trace, shapes = flow_of(path, made.input[1:])
        space = {}
        exec(compile(made.source, "net", "exec"), space)
        torch.manual_seed(number)
        net = space["Net"]().eval()
        x = torch.rand(1, *made.input[1:])
        try:
            with torch.no_grad():
                outs = net(x)
        except (RuntimeError, ValueError, IndexError):
            continue  # a batch of 1 does not do
        if [tuple(y.shape) for y in outs] != shapes or any(torch.isnan(y).any() for y in outs):
            continue
        rng = random.Random(number)
        flow, numbers = values_of(trace)
        pixels, inputs = Pixels(flow), flow.inputs[0][1]
        places = [tuple([rng.randrange(n) for n in made.input[1:]]) for _ in range(PLACES)]
        shown = []
        for place in places:
            given = x.clone()
            given[(0, *place)] = float("nan")
            with torch.no_grad():
                shown.append([torch.isnan(y) for y in net(given)])
        for k, value in enumerate(numbers):
            own = flow.values[value].shape
            for _ in range(UNITS):
                unit = [rng.randrange(n) for n in shapes[k]]
                if len(own) < len(unit):
                    unit[0] = 0
                at = unit[len(unit) - len(own):]
                seen = pixels.seen(value, (tuple([1 << i for i in at]),)).get(inputs, ())
                for place, nans in zip(places, shown):
                    mine = any(all(mask >> i & 1 for mask, i in zip(product, place[len(place) - len(product):])) for product in seen)
                    assert mine == bool(nans[k][tuple(unit)]), (number, k, unit, place, made.source.split("class Net")[1])
                    compared += 1
    assert compared > 1000


@pytest.mark.parametrize(("source", "size"), [(RESNET18, 70), (GOOGLENET, 66), (UNET, 44)], ids=["resnet18", "googlenet", "unet"])
def test_fields_of_known_networks_are_those_that_pytorch_shows(source, size, tmp_path):
    torch = pytest.importorskip("torch")
    path = tmp_path / "net.py"
    path.write_text(source)
    space = {}
    exec(source, space)
    given = Given()
    given.words = (f"3x{size}x{size}",)
    opened = open_named(f"{path}:Net", given)
    assert not opened.errors
    flow = Flow(traced(opened.graph))
    torch.manual_seed(1)
    net = space["Net"]().eval()
    rng = random.Random(1)
    x = torch.rand(1, 3, size, size)
    made = {}

    def keep(word, y):
        made.setdefault(word, y.clone())

    for word, module in net.named_modules():
        if not list(module.children()):
            module.register_forward_hook(lambda _, __, y, word=word: keep(word, y))
    shown = []
    places = [tuple([rng.randrange(n) for n in x.shape[1:]]) for _ in range(120)]
    for place in [None, *places]:
        made.clear()
        given_x = x.clone()
        if place is not None:
            given_x[(0, *place)] = float("nan")
        with torch.no_grad():
            net(given_x)
        shown.append({word: torch.isnan(y[0]) for word, y in made.items()})
    pixels, inputs = Pixels(flow), flow.inputs[0][1]
    compared = 0
    for word, nans in shown[0].items():
        value = flow.by_name[word].values[0]
        assert tuple(flow.values[value].shape) == tuple(nans.shape)
        assert not nans.any()
        for _ in range(4):
            at = [rng.randrange(n) for n in nans.shape]
            seen = pixels.seen(value, (tuple([1 << i for i in at]),)).get(inputs, ())
            for place, found in zip(places, shown[1:]):
                mine = any(all(mask >> i & 1 for mask, i in zip(product, place)) for product in seen)
                assert mine == bool(found[word][tuple(at)]), (word, at, place)
                compared += 1
    assert compared > 5000
