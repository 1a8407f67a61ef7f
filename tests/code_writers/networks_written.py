"""Networks to be written as source, and what must be the same in what is written."""

from __future__ import annotations

import math

from networks import random_network

from cnncalc.network import traced
from cnncalc.sources import open_named, open_text

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
