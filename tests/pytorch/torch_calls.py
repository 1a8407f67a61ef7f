"""Rows of cases.py as PyTorch computes them; only tests that have torch import this."""

import torch
from torch import nn
from torch.nn import functional as F

OWNERS = {"nn": nn, "F": F, "torch": torch, "Tensor": torch.Tensor}


def tensor(shape):
    """A tensor of a row's shape; a word in front says what it holds: i whole numbers, b truth values, 01 shares."""
    word = shape[0] if shape and isinstance(shape[0], str) else ""
    sizes = shape[1:] if word else shape
    if word == "i":
        return torch.full(sizes, 1) if len(sizes) > 1 or sizes == (1,) else torch.zeros(sizes, dtype=torch.long)
    if word == "n":  # lengths
        return torch.tensor(sizes)
    if word == "b":
        return torch.ones(sizes, dtype=torch.bool)
    made = torch.rand(sizes)
    return made if word == "01" else made + 0.5


def made(value):
    """A setting of a row: a module inside another is written ("layer", kind, arguments)."""
    if isinstance(value, tuple) and value[:1] == ("layer",):
        return getattr(nn, value[1].removeprefix("nn."))(*value[2])
    return value


def flat(y):
    """The shapes of all tensors of a result."""
    if isinstance(y, torch.Tensor):
        return [tuple(y.shape)]
    return [shape for item in y if item is not None for shape in flat(item)]


def computed(kind, args, kwargs, inputs):
    """(shapes that come out, parameters, trainable parameters) by PyTorch."""
    owner, _, name = kind.partition(".")
    xs = [tensor(x) for x in inputs if x != "list"]
    if "list" in inputs:
        xs = [xs]
    function = getattr(OWNERS[owner], name)
    with torch.no_grad():
        if owner != "nn":
            return flat(function(*xs, *args, **kwargs)), 0
        module = function(*map(made, args), **kwargs).eval()
        y = module(*xs)
    return flat(y), sum([p.numel() for p in module.parameters()])
