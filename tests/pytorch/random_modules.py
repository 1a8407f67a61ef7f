"""Random chains of PyTorch's modules: as Python arguments, for ours and for PyTorch."""

from __future__ import annotations

import random
from typing import Any

Call = tuple[str, tuple[Any, ...], dict[str, Any]]
NORMS = ("BatchNorm", "InstanceNorm", "GroupNorm", "LayerNorm", "LocalResponseNorm")
PLAIN = ("ReLU", "ReLU6", "LeakyReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Sigmoid", "Tanh", "Softplus", "Softsign", "Hardtanh",
         "Hardsigmoid", "Hardswish", "LogSigmoid", "PReLU", "Dropout", "AlphaDropout", "Identity", "Softshrink", "Tanhshrink")


def start(rng: random.Random) -> tuple[int, list[int]]:
    """The number of spatial axes, and the shape of a batch."""
    rank = rng.choice((1, 2, 2, 2, 3))
    return rank, [rng.randint(1, 3), rng.randint(1, 8), *[rng.randint(1, 24 if rank < 3 else 10) for _ in range(rank)]]


def each(rng: random.Random, rank: int, least: int, most: int) -> Any:
    """One number, or one per axis."""
    return rng.randint(least, most) if rng.random() < 0.6 else tuple([rng.randint(least, most) for _ in range(rank)])


def channels(rng: random.Random, c: int) -> int:
    """The number of channels that a layer is built for: mostly those that come."""
    return c if rng.random() < 0.97 else max(1, c + rng.choice((-1, 1)))


def call(rng: random.Random, rank: int, shape: list[int]) -> Call:
    """A module that mostly fits feature maps of this shape."""
    c = shape[1]
    pick = rng.randrange(12)
    if pick <= 2:
        groups = rng.choice([g for g in range(1, c + 1) if c % g == 0]) if rng.random() < 0.3 else 1
        out = rng.randint(1, 4) * groups
        kwargs: dict[str, Any] = {"stride": each(rng, rank, 1, 3), "padding": each(rng, rank, 0, 3), "dilation": each(rng, rank, 1, 2),
                                  "groups": groups, "bias": rng.random() < 0.7}
        if rng.random() < 0.2:
            kwargs["padding"] = rng.choice(("same", "valid"))
        return f"nn.Conv{rank}d", (channels(rng, c), out, each(rng, rank, 1, 4)), kwargs
    if pick == 3:
        return f"nn.ConvTranspose{rank}d", (channels(rng, c), rng.randint(1, 5), each(rng, rank, 1, 4)), {
            "stride": each(rng, rank, 1, 3), "padding": each(rng, rank, 0, 2), "output_padding": each(rng, rank, 0, 1),
            "dilation": each(rng, rank, 1, 2), "bias": rng.random() < 0.7}
    if pick <= 5:
        kwargs = {"stride": each(rng, rank, 1, 3), "padding": each(rng, rank, 0, 2), "ceil_mode": rng.random() < 0.4}
        if rng.random() < 0.5:
            del kwargs["stride"]
        kind = rng.choice(("MaxPool", "AvgPool"))
        if kind == "MaxPool" and rng.random() < 0.3:
            kwargs["dilation"] = each(rng, rank, 1, 2)
        if rank == 1:
            kwargs = {k: v[0] if isinstance(v, tuple) else v for k, v in kwargs.items()}
            return f"nn.{kind}1d", (rng.randint(1, 4),), kwargs
        return f"nn.{kind}{rank}d", (each(rng, rank, 1, 4),), kwargs
    if pick == 6:
        return f"nn.Adaptive{rng.choice(('Avg', 'Max'))}Pool{rank}d", (each(rng, rank, 1, 6),), {}
    if pick == 7:
        kind = rng.choice(NORMS)
        if kind == "GroupNorm":
            return "nn.GroupNorm", (rng.choice([g for g in range(1, c + 1) if c % g == 0]), channels(rng, c)), {"affine": rng.random() < 0.7}
        if kind == "LayerNorm":
            return "nn.LayerNorm", (shape[rng.randint(1, rank + 1):] if rng.random() < 0.9 else [c],), {"bias": rng.random() < 0.7}
        if kind == "LocalResponseNorm":
            return "nn.LocalResponseNorm", (rng.randint(1, 5),), {}
        return f"nn.{kind}{rank}d", (channels(rng, c),), {"affine": rng.random() < 0.6}
    if pick == 8:
        return f"nn.{rng.choice(('ReplicationPad', 'ZeroPad', 'ReflectionPad', 'CircularPad'))}{rank}d", (
            rng.randint(0, 3) if rng.random() < 0.5 else tuple([rng.randint(-1, 3) for _ in range(2 * rank)]),), {}
    if pick == 9:
        if rank == 2 and rng.random() < 0.5:
            return f"nn.Pixel{rng.choice(('Shuffle', 'Unshuffle'))}", (rng.randint(1, 3),), {}
        return "nn.Upsample", (), {"scale_factor": rng.choice((0.5, 1.5, 2, 3))} if rng.random() < 0.6 else {"size": each(rng, rank, 1, 12)}
    if pick == 10 and rank == 2:
        return "nn.LPPool2d", (2.0, each(rng, 2, 1, 3)), {"ceil_mode": rng.random() < 0.5}
    return f"nn.{rng.choice(PLAIN)}", (), {}


def ending(rng: random.Random, shape: list[int]) -> list[Call]:
    """What follows the last feature map: flattened, or over its last axis."""
    flat = rng.random() < 0.7
    found: list[Call] = [("nn.Flatten", (), {})] if flat else []
    width = shape[-1]
    if flat:
        width = 1
        for n in shape[1:]:
            width *= n
    if rng.random() < 0.05:
        width += 1
    found.append(("nn.Linear", (width, rng.randint(1, 9)), {"bias": rng.random() < 0.8}))
    if flat and rng.random() < 0.5:
        found.append(("nn.BatchNorm1d", (found[-1][1][1],), {}))
    found.append((f"nn.{rng.choice(('Softmax', 'LogSoftmax'))}", (), {"dim": 1}))
    return found
