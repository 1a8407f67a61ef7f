"""Networks that go down and up again, as a U: connections across are level, and the chain is clear of them."""

from __future__ import annotations

import random

import pytest
from test_layouts import check

import cnncalc
from cnncalc.drawing.bend import bend
from cnncalc.drawing.reduce import reduced
from cnncalc.drawing.scene import Path, groups


def u_shaped(levels, seed):
    """A network with a connection across at each level; one to three layers at each place."""
    rng = random.Random(seed)
    layers, number = [], 0

    def convs():
        nonlocal number
        for _ in range(rng.randint(1, 3)):
            number += 1
            layers.append(f"  - {{Conv2D: {{filters: 8, kernel_size: 3, padding: same}}, name: n{number}}}\n")
        return f"n{number}"

    ends = []
    for _ in range(levels):
        ends.append(convs())
        layers.append("  - MaxPooling2D: 2\n")
    convs()
    merge = rng.choice(("Concatenate", "Add"))
    for k, end in enumerate(reversed(ends)):
        layers.append(f"  - {{UpSampling2D: 2, name: u{k}}}\n")
        layers.append(f"  - {{{merge}: {{}}, name: m{k}, inputs: [u{k}, {end}]}}\n")
        convs()
    return "input: [256, 256, 8]\nlayers:\n" + "".join(layers)


@pytest.mark.parametrize("seed", range(12))
def test_connections_across_are_level(seed):
    trace = cnncalc.loads(u_shaped(2 + seed % 4, seed)).trace
    found = bend(reduced(trace).units)
    assert len(found.across) == 2 + seed % 4
    scene = check(trace, "graph")
    units = reduced(trace).units
    wires = {group.wire: group for group in groups(scene.shapes) if group.wire is not None}
    for source, target in found.across:
        (path,) = [shape for shape in wires[units[source].name, units[target].name].shapes if isinstance(shape, Path)]
        assert len(path.points) == 2
        assert path.points[0][1] == pytest.approx(path.points[1][1])
    assert scene.height < 60 * len(units)


@pytest.mark.parametrize("name", ["resnet50", "densenet121", "autoencoder", "vgg16", "googlenet", "siamese", "wavenet"])
def test_other_networks_are_no_u(name):
    assert bend(reduced(cnncalc.load(name).trace).units) is None
