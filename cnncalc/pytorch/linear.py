"""Weighted sums over the last axis, tables of vectors, and modules that do nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..layers.arithmetic import added
from ..layers.base import Shape, Weight
from ..layers.settings import Choice, Kept, Number
from ..num import product
from .base import Module, refusal
from .settings import Bool, Dim, Size
from .shapes import Whole, leading

if TYPE_CHECKING:
    from ..dependence import Reads


class Identity(Module, kind="nn.Identity"):
    """Its input, whatever arguments it is built with."""

    drawn_with = "input"
    sees = "place"
    in_place = "view"


def factors(x: Iterable[int | None]) -> str:
    """The sizes of one example multiplied out: 16 × 5 × 5 = 400."""
    values = list(x)
    sizes = [str(n) for n in values]
    total = product(values)
    return " × ".join(sizes) + (f" = {total}" if len(sizes) > 1 else "")


class _Linear(Module):
    family = "dense"
    channels_first = False
    out_features: Size
    bias: Bool

    def features(self, *xs: Shape) -> int | None:
        """How many values go into each sum."""
        raise NotImplementedError

    def output(self, *xs: Shape) -> Shape:
        return Whole((*xs[0][:-1], self.out_features))

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield Weight("weight", (self.out_features, self.features(*xs)))
        if self.bias:
            yield Weight("bias", (self.out_features,))

    def uses(self, *xs: Shape) -> int | None:
        return product(leading(xs[0][:-1]))

    def macs(self, *xs: Shape) -> int | None:
        return product((self.out_features, self.features(*xs), *leading(xs[0][:-1])))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return ((*[Along(i) for i in range(len(y) - 1)], Along(None)),)

    def remarks(self, *xs: Shape) -> Iterator[str]:
        yield from super().remarks(*xs)
        if len(xs[0]) > 2:
            yield "the input is not flattened: the same weights at every position, over the last axis only"


class Linear(_Linear, kind="nn.Linear"):
    """`out_features` weighted sums over the last axis."""

    in_features = Size(symbol="n", least=0)
    out_features = Size(symbol="u", least=0)
    bias = Bool(True)

    def features(self, *xs: Shape) -> int | None:
        return self.in_features

    def check(self, *xs: Shape) -> None:
        x = xs[0]
        found = x[-1] if x else None
        if x and (found is None or found == self.in_features):
            return
        rows = product(x[:-1]) if len(x) > 1 else None
        text = (f"mat1 and mat2 shapes cannot be multiplied ({1 if rows is None else rows}x{found} and "
                f"{self.in_features}x{self.out_features})") if len(x) != 1 else (
                f"size mismatch, got input ({self.out_features}), mat ({self.out_features}x{self.in_features}), vec ({found})")
        raise refusal(f"takes {self.in_features} features, and gets {found} from {x}", ("in_features",),
                      self.remedy(x), text)

    def remedy(self, x: Shape) -> str:
        """What would make it fit: a flatten before it, or another in_features."""
        flat = product(x[1:])
        if len(x) > 2 and flat == self.in_features:
            return f"flatten the input first: torch.flatten(x, 1) gives {factors(x[1:])} features"
        if len(x) == 4 and x[1] == self.in_features:
            return f"the {x[1]} channels are on axis 1, and Linear takes the last axis: pool and flatten first"
        if len(x) == 3:
            return f"in_features={x[-1]} would fit: it acts on the last axis; flattened first, {factors(x[1:])} features come in"
        if len(x) > 2:
            return f"flatten the input first: torch.flatten(x, 1) gives {factors(x[1:])} features; then in_features={flat}"
        return f"in_features={x[-1]} would fit" if x else "a Linear needs at least one axis"


class LazyLinear(_Linear, kind="nn.LazyLinear"):
    """A Linear that takes `in_features` from its first input."""

    out_features = Size(symbol="u", least=0)
    bias = Bool(True)

    def features(self, *xs: Shape) -> int | None:
        found: int | None = xs[0][-1]
        return found

    def check(self, *xs: Shape) -> None:
        self.must_know(xs[0][-1], "number of inputs")


class Bilinear(Module, kind="nn.Bilinear"):
    """For each output a matrix between two inputs: x1 A x2 + b."""

    family = "dense"
    tensors = ("input1", "input2")
    arity = (2, 2)
    in1_features = Size(symbol="n1")
    in2_features = Size(symbol="n2")
    out_features = Size(symbol="u")
    bias = Bool(True)

    def check(self, *xs: Shape) -> None:
        for i, (x, wanted) in enumerate(zip(xs, (self.in1_features, self.in2_features)), 1):
            if x[-1] is not None and x[-1] != wanted:
                raise refusal(f"input{i} must have {wanted} features, and has {x[-1]} in {x}", (f"in{i}_features",),
                              f"in{i}_features={x[-1]} would fit",
                              f"bilinear(): input{i} size does not match weight size: got {x[-1]} but expected {wanted}")
        if tuple(xs[0][:-1]) != tuple(xs[1][:-1]):
            raise refusal(f"its inputs {xs[0]} and {xs[1]} must be alike but for the last axis")

    def output(self, *xs: Shape) -> Shape:
        return Whole((*xs[0][:-1], self.out_features))

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield Weight("weight", (self.out_features, self.in1_features, self.in2_features))
        if self.bias:
            yield Weight("bias", (self.out_features,))

    def macs(self, *xs: Shape) -> int | None:
        places = product(xs[0][:-1])
        pairs = product((self.out_features, self.in1_features, self.in2_features, places))
        return added([pairs, product((self.out_features, self.in2_features, places))])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return ((*[Along(i) for i in range(len(y) - 1)], Along(None)),) * 2


class Embedding(Module, kind="nn.Embedding"):
    """A row of `embedding_dim` values for every whole number below `num_embeddings`."""

    remark = "a row of weights for each word; to look one up multiplies nothing"
    #: Its input holds whole numbers.
    integers = True
    num_embeddings = Size(symbol="v", least=0)
    embedding_dim = Size(symbol="e", least=0)
    padding_idx = Kept(None)
    max_norm = Kept(None)
    norm_type = Number(2.0)
    scale_grad_by_freq = Bool(False)
    sparse = Bool(False)
    kept = ("_weight", "_freeze")

    def output(self, *xs: Shape) -> Shape:
        return Whole((*xs[0], self.embedding_dim))

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield Weight("weight", (self.num_embeddings, self.embedding_dim))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return (tuple(map(Along, range(len(xs[0])))),)


class EmbeddingBag(Module, kind="nn.EmbeddingBag"):
    """The mean or sum of the rows of a bag: of each line of the input, or from one offset to the next."""

    tensors = ("input", "offsets", "per_sample_weights")
    arity = (1, 3)
    integers = True
    num_embeddings = Size(symbol="v")
    embedding_dim = Size(symbol="e")
    max_norm = Kept(None)
    norm_type = Number(2.0)
    scale_grad_by_freq = Bool(False)
    mode = Choice("mean", "sum", "mean", "max")
    sparse = Bool(False)
    kept = ("_weight", "include_last_offset", "padding_idx")

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, everything

        if len(xs[0]) == 1:  # where each bag begins and ends is not known: it may read any of the numbers
            return (everything(xs[0]), *[None for _ in xs[1:]])
        return ((Along(0), Along(None)), *[(Along(0), Along(None)) if len(x) == 2 else None for x in xs[1:]])

    def output(self, *xs: Shape) -> Shape:
        bags = xs[0][0] if len(xs[0]) == 2 else xs[1][0] if len(xs) > 1 else 1
        return Whole((bags, self.embedding_dim))

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield Weight("weight", (self.num_embeddings, self.embedding_dim))


class CosineSimilarity(Module, kind="nn.CosineSimilarity"):
    """The cosine of the angle between two vectors along `dim`."""

    tensors = ("x1", "x2")
    arity = (2, 2)
    dim = Dim(1)
    eps = Number(1e-8)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from .operations import axis_of, broadcast

        joined = broadcast(*xs)
        return tuple([_all_along(x, joined, axis_of(joined, self.dim), False) for x in xs])

    def output(self, *xs: Shape) -> Shape:
        from .operations import axis_of, broadcast

        joined = broadcast(*xs)
        axis = axis_of(joined, self.dim)
        return Whole((*joined[:axis], *joined[axis + 1:]))


class PairwiseDistance(Module, kind="nn.PairwiseDistance"):
    """The distance between two vectors along the last axis."""

    tensors = ("x1", "x2")
    arity = (2, 2)
    p = Number(2.0)
    eps = Number(1e-6)
    keepdim = Bool(False)

    def output(self, *xs: Shape) -> Shape:
        from .operations import broadcast

        joined = broadcast(*xs)
        return Whole((*joined[:-1], 1) if self.keepdim else joined[:-1])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from .operations import broadcast

        joined = broadcast(*xs)
        return tuple([_all_along(x, joined, len(joined) - 1, self.keepdim) for x in xs])


def _all_along(x: Shape, joined: Shape, axis: int, stays: bool) -> Reads:
    """What is read of a tensor that is broadcast to `joined` and then taken together along an axis."""
    from ..dependence import Along, placed

    def own(a: Along) -> Along:
        if a.axis is None or a.axis == axis:
            return Along(None)
        return a if stays or a.axis < axis else Along(a.axis - 1)

    return tuple(map(own, placed(x, joined)))


