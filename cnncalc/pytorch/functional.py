"""`torch.nn.functional` where it takes weights as tensors, and functions that make tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..layers.base import Shape
from ..layers.settings import Kept
from .base import Module, refusal
from .conv import Conv, ConvTranspose
from .linear import Linear
from .settings import Anything, Each, Ints, Pixels, Size
from .shapes import Whole, bracketed

if TYPE_CHECKING:
    from ..dependence import Reads


class _Weighted(Module):
    """A function that takes its weights as tensors: it is the module that such weights belong to."""

    tensors = ("input", "weight", "bias")
    arity = (2, 3)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        module = self.module(*xs)
        own = module.reach((Whole(xs[0]),), (Whole(y),))[0]
        channel, out = self.filters(y)
        return (*own, *[tuple([Along(channel if len(w) == 1 or i == out else None) for i in range(len(w))]) for w in xs[1:]])

    def filters(self, y: Shape) -> tuple[int | None, int]:
        """The axis of the output's channels, and of the weight's."""
        raise NotImplementedError

    def module(self, *xs: Shape) -> Module:
        """The module with weights of these shapes."""
        raise NotImplementedError

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        return tuple([Whole(y if y.whole else (None, *y)) for y in self.module(*xs).apply((Whole(xs[0]),))])

    def output(self, *xs: Shape) -> Shape:
        return self.outputs(*xs)[0]

    def macs(self, *xs: Shape) -> int | None:
        module = self.module(*xs)
        return module.macs(*module.viewed((Whole(xs[0]),)))


class LinearFunction(_Weighted):
    """Weighted sums over the last axis; the weight is (out_features, in_features)."""

    family = "dense"

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        module = self.module(*xs)
        module.check(xs[0])
        return (module.output(xs[0]),)

    def filters(self, y: Shape) -> tuple[int | None, int]:
        return len(y) - 1, 0

    def module(self, *xs: Shape) -> Module:
        return Linear(in_features=xs[1][-1], out_features=xs[1][0] if len(xs[1]) > 1 else 1, bias=len(xs) > 2)


class ConvFunction(_Weighted):
    """A convolution with the filters of a tensor (out_channels, in_channels / groups, ...)."""

    family, caption = "conv", "conv"
    stride = Each(1)
    padding = Pixels(0, modes=True)
    dilation = Each(1)
    groups = Size(1)
    transposed: ClassVar[bool] = False

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        module = self.module(*xs)
        seen = module.viewed((xs[0],))
        module.check(*seen)
        return (Whole(module.output(*seen)),)

    def filters(self, y: Shape) -> tuple[int | None, int]:
        assert self.rank is not None
        if self.transposed and self.groups > 1:
            return None, 1
        return len(y) - self.rank - 1, int(self.transposed)

    def module(self, *xs: Shape) -> Module:
        weight = xs[1]
        settings = {name: getattr(self, name) for name in ("stride", "dilation", "groups")}
        channels = (weight[0], weight[1] * self.groups) if self.transposed else (weight[1] * self.groups, weight[0])
        base: type[Module] = type("Function", (ConvTranspose if self.transposed else Conv,), {"rank": self.rank})
        made = object.__new__(base)
        vars(made).update(in_channels=channels[0], out_channels=channels[1], kernel_size=tuple(weight[2:]), bias=len(xs) > 2,
                          padding=self.padding, padding_mode="zeros", output_padding=getattr(self, "output_padding", None), **settings)
        return made


class ConvTransposeFunction(ConvFunction):
    """A transposed convolution with the filters of a tensor."""

    family, caption = "up", "up-conv"
    transposed = True
    stride = Each(1)
    padding = Pixels(0)
    output_padding = Each(0, least=0)
    groups = Size(1)
    dilation = Each(1)
    order = ("stride", "padding", "output_padding", "groups", "dilation")


class BatchNormFunction(Module):
    """Batch normalization with running means and weights as tensors."""

    caption, drawn_with = "BN", "input"
    tensors = ("input", "running_mean", "running_var", "weight", "bias")
    arity = (1, 5)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, mixed

        return (mixed(xs[0], ()), *[(Along(1),) for _ in xs[1:]])

    def output(self, *xs: Shape) -> Shape:
        for x in xs[1:2]:
            if len(x) == 1 and x[0] != xs[0][1]:
                raise refusal(f"has {x[0]} channels, and gets {xs[0][1]} from {xs[0]}", (), None,
                              f"running_mean should contain {xs[0][1]} elements not {x[0]}")
        return Whole(xs[0])


class EmbeddingFunction(Module):
    """Rows of a table (num_embeddings, embedding_dim)."""

    tensors = ("input", "weight")
    arity = (2, 2)

    def output(self, *xs: Shape) -> Shape:
        return Whole((*xs[0], xs[1][-1]))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, mixed

        return (mixed(xs[0], ()), (Along(None), Along(len(y) - 1)))


class BilinearFunction(Module):
    """x1 A x2 + b with A of a tensor (out, in1, in2)."""

    tensors = ("input1", "input2", "weight", "bias")
    arity = (3, 4)

    def output(self, *xs: Shape) -> Shape:
        return Whole((*xs[0][:-1], xs[2][0]))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        rows = (*map(Along, range(len(y) - 1)), Along(None))
        return (rows, rows, (Along(len(y) - 1), Along(None), Along(None)), (Along(len(y) - 1),))[:len(xs)]


class GridSample(Module):
    """Images read at the positions of a grid (N, H, W, 2), which are not known: any place of a channel may be read."""

    tensors = ("input", "grid")
    arity = (2, 2)

    def output(self, *xs: Shape) -> Shape:
        return Whole((*xs[0][:2], *xs[1][1:-1]))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return ((Along(0), Along(1), *[Along(None) for _ in xs[0][2:]]), (Along(0), *map(Along, range(2, len(y))), Along(None)))


class AffineGrid(Module):
    """The positions that an affine map reads: (N, H, W, 2)."""

    size = Ints()

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return ((Along(0), Along(len(y) - 1), Along(None)),)

    def output(self, *xs: Shape) -> Shape:
        return Whole((self.size[0], *self.size[2:], len(self.size) - 2))


class Made(Module):
    """A tensor of a given size that depends on no input."""

    tensors: ClassVar[tuple[str, ...]] = ()
    arity = (0, 0)
    sees = "all"
    rest: ClassVar[str | None] = "size"
    size = Ints(holes=True)

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        return (Whole(self.size),)

    def check(self, *xs: Shape) -> None:
        if any([n is not None and n < 0 for n in self.size]):
            raise refusal(f"has a negative size: {bracketed(self.size)}", ("size",), None,
                          f"Trying to create tensor with negative dimension {min(self.size)}: {bracketed(self.size)}")


class NewMade(Made):
    """The same, of the type of another tensor."""

    tensors = ("input",)
    arity = (1, 1)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        return tuple([None for _ in xs])


class Full(Made):
    """A tensor of one value."""

    fill_value = Kept(None)
    rest = None
    order = ("size", "fill_value")


class Constant(Made):
    """A tensor of known shape: a buffer, or data."""

    value = Anything(None)


