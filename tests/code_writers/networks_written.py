"""Networks to be written as source, and what must be the same in what is written."""

from __future__ import annotations

import math
import random

from networks import random_network
from pytorch.random_modules import call, ending, start
from pytorch.test_random_modules import ours

from cnncalc.sources import open_named, open_text
from cnncalc.tracing import traced

#: Bundled examples with sizes that their files leave open.
SIZES = {"mobilenetv3large": (224, 224, 3), "mobilenetv3small": (224, 224, 3)}


def example(name):
    """The steps of a bundled network, on an input of known size."""
    graph = open_named(name).graph
    if name not in SIZES:
        return traced(graph)
    from cnncalc.analysis import analyse
    from cnncalc.layers import Shape

    return analyse(graph, {graph.inputs[0]: Shape(SIZES[name])}, adapt=True)


def random_trace(seed):
    """The steps of a random network; None if there is a mistake in it."""
    found = open_text(random_network(seed))
    if found.errors or found.graph is None:
        return None
    trace = traced(found.graph)
    return None if trace.errors else trace


def counts_in_pytorch(trace):
    """All parameters and the trained ones, as PyTorch counts them: moving averages and measured means are none."""
    total = trained = 0
    for step in trace.steps:
        if not step.used:
            continue
        for weight in step.inner.weights_apart() if step.inner is not None and step.weights else step.weights:
            n, name = math.prod(weight.shape), weight.name.rpartition("/")[2]
            trained += n if weight.trainable else 0
            total += 0 if name.startswith(("moving_", "renorm")) or name in ("mean", "variance", "count") else n
    return total, 0 if trace.graph.frozen else trained


def sizes(shapes):
    """Shapes whatever the order of their axes."""
    return [sorted(shape, key=lambda n: (n is None, n)) for shape in shapes]


def torch_program(seed):
    """The source of a random chain of PyTorch's modules, with the input that it is called with."""
    rng = random.Random(seed)
    rank, shape = start(rng)
    first, calls = tuple(shape), []
    for _ in range(rng.randint(1, 7)):
        made = call(rng, rank, shape)
        found = ours(made, shape)
        if found is not None:
            calls.append(made)
            shape = found[0]
    for made in ending(rng, shape) if rng.random() < 0.5 else ():
        found = ours(made, shape)
        if found is None:
            break
        calls.append(made)
        shape = found[0]
    rows = "".join([f"    {kind}({', '.join([*map(repr, args), *[f'{key}={value!r}' for key, value in kwargs.items()]])}),\n"
                    for kind, args, kwargs in calls])
    return f"import torch\nfrom torch import nn\n\nmodel = nn.Sequential(\n{rows})\nmodel(torch.zeros({first}))\n"


def read(text, folder):
    """The steps of the network of a program."""
    path = folder / "program.py"
    path.write_text(text)
    found = open_named(str(path))
    assert [str(error) for error in found.errors] == []
    return traced(found.graph)
