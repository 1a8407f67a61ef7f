"""Rows of PyTorch's modules and functions, and how ours compute them."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnncalc.layers.base import Layer, Shape
from cnncalc.layers.construct import kind_named
from cnncalc.pytorch.calls import call, construct
from cnncalc.pytorch.shapes import Batch, N, Whole, example


class Args(NamedTuple):
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def args(*positional: Any, **named: Any) -> Args:
    return Args(positional, named)


class Case(NamedTuple):
    kind: str
    call: Args
    input: Any
    output: Any
    params: int = 0

    @property
    def inputs(self) -> list[Any]:
        return self.input if isinstance(self.input, list) else [self.input]

    @property
    def outputs(self) -> list[Any]:
        return self.output if isinstance(self.output, list) else [self.output]


class Failure(NamedTuple):
    kind: str
    call: Args
    input: Any
    message: str

    @property
    def inputs(self) -> list[Any]:
        return self.input if isinstance(self.input, list) else [self.input]


case, failure = Case, Failure


class Tensor(NamedTuple):
    shape: Shape


def sizes(x: Any) -> tuple[Any, ...]:
    """The sizes of a row's input, without the word in front."""
    return x[1:] if x and isinstance(x[0], str) else x


def tensors(row: Any, batch: Any) -> list[Tensor]:
    """A row's inputs; the first size of 2 of each is the batch: a number that knows it, or the symbol N."""
    found = []
    for x in row.inputs:
        if x == "list":
            continue
        shape = (len(sizes(x)),) if x[:1] == ("n",) else sizes(x)
        at = shape.index(2) if 2 in shape else None
        found.append(Tensor(example(Whole([batch if i == at else n for i, n in enumerate(shape)]))))
    return found


def layer_of(row: Any) -> Layer:
    """The module of a row."""
    def made(value: Any) -> Any:
        return construct(kind_named(value[1]), value[2], {}) if isinstance(value, tuple) and value[:1] == ("layer",) else value

    return construct(kind_named(row.kind), [made(a) for a in row.call.args], row.call.kwargs)


def ours(row: Any, batch: Any = None) -> tuple[list[Shape], int]:
    """(the shapes that come out, parameters) by our rules."""
    xs = tensors(row, Batch(1, 2) if batch is None else batch)
    if row.kind.startswith("nn."):
        layer = layer_of(row)
    else:
        given: tuple[Any, ...] = (xs,) if "list" in row.inputs else tuple(xs)
        layer, xs = call(kind_named(row.kind), (*given, *row.call.args), row.call.kwargs, lambda v: isinstance(v, Tensor))
    shapes = tuple([x.shape for x in xs])
    results = list(layer.apply(shapes))
    return results, sum([w.count for w in layer.owned(shapes)])


__all__ = ["N", "args", "case", "failure", "layer_of", "ours", "tensors"]
