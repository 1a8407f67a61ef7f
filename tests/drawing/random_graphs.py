"""Random networks as architecture files: branches, skips, sums, concatenations, several inputs and outputs."""

from __future__ import annotations

import random


def random_network(seed: int) -> str:
    """A network of up to 30 layers; all maps have 8 channels and one size until a pooling layer."""
    rng = random.Random(seed)
    inputs = [f"in{i}" for i in range(rng.choice((1, 1, 1, 2, 3)))]
    maps = {0: list(inputs)}
    layers, read = [], set()
    for number in range(rng.randint(2, 30)):
        level = rng.choice(list(maps))
        recent = maps[level][-4:] if rng.random() < 0.7 else maps[level]
        name = f"n{number}"
        kind = rng.choice(("conv", "conv", "conv", "bn", "relu", "add", "concat", "pool", "up", "drop", "stride"))
        sources = [rng.choice(recent)]
        if kind in ("add", "concat") and len(maps[level]) > 1:
            sources = rng.sample(maps[level], min(len(maps[level]), rng.choice((2, 2, 3, 4))))
        elif kind in ("add", "concat"):
            kind = "conv"
        read.update(sources)
        shown = {"conv": f"Conv2D: {{filters: 8, kernel_size: {rng.choice((1, 3, 5))}, padding: same}}", "bn": "BatchNormalization: {}",
                 "relu": "ReLU: {}", "add": "Add: {}", "drop": "Dropout: 0.2", "concat": "Concatenate: {}", "pool": "MaxPooling2D: 2",
                 "up": "UpSampling2D: 2", "stride": "Conv2D: {filters: 8, kernel_size: 3, strides: 2, padding: same}"}[kind]
        layers.append(f"  - {{{shown}, name: {name}, inputs: [{', '.join(sources)}]}}")
        if kind == "concat":
            layers.append(f"  - {{Conv2D: {{filters: 8, kernel_size: 1}}, name: {name}c, inputs: [{name}]}}")
            name += "c"
        step = {"pool": 1, "stride": 1, "up": -1}.get(kind, 0)
        maps.setdefault(level + step, []).append(name)
    loose = [name for names in maps.values() for name in names if name not in read and name not in inputs]
    unused = [name for name in inputs if name not in read]
    for name in unused:
        layers.append(f"  - {{Flatten: {{}}, name: f{name}, inputs: [{name}]}}")
        loose.append(f"f{name}")
    shapes = ", ".join(f"{name}: [256, 256, 8]" for name in inputs)
    return f"input: {{{shapes}}}\noutputs: [{', '.join(loose)}]\nlayers:\n" + "\n".join(layers) + "\n"
