"""Normalization: per channel over a batch, per example, per group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from ..layers.arithmetic import each
from ..layers.base import Shape, Weight
from ..layers.norm import measured
from ..layers.settings import Kept, Number
from ..num import exact_div, product
from .base import Module, bracketed, refusal
from .settings import Bool, Ints, Size
from .shapes import symbolic

if TYPE_CHECKING:
    from ..dependence import Reads

#: The shapes that a normalization per channel takes, by the number of its spatial axes.
_FORMS = {1: ("(N, C) or (N, C, L)", (2, 3), "2D or 3D"), 2: ("(N, C, H, W)", (4,), "4D"), 3: ("(N, C, D, H, W)", (5,), "5D")}


class BatchNorm(Module):
    """Mean and variance of every channel over a batch; the running ones are buffers, not parameters."""

    caption, drawn_with = "BN", "input"
    channels_first = True
    sees = "place"

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import mixed

        # Without running statistics those of the batch are taken, in evaluation too.
        return (mixed(xs[0], () if self.track_running_stats else [i for i in range(len(xs[0])) if i != 1]),)

    remark = "a weight and a bias per channel; the running mean and variance are buffers, which are not counted"
    axes: ClassVar[int] = 2
    num_features: Size | None = Size(symbol="c")
    eps = Number(1e-5)
    momentum = Number(0.1, optional=True)
    affine = Bool(True)
    track_running_stats = Bool(True)
    bias = Bool(True)

    def check(self, *xs: Shape) -> None:
        x = xs[0]
        form, ranks, words = _FORMS[self.axes]
        if len(x) not in ranks:
            other = next((f"{self.kind[3:-2]}{n}d" for n, (_, axes, _) in _FORMS.items() if len(x) in axes), None)
            raise refusal(f"needs an input {form}, got {x}", (), f"did you mean {other}?" if other else None,
                          f"expected {words} input (got {len(x)}D input)")
        c = self.must_know(x[1], "channels")
        if self.num_features is not None and c != self.num_features:
            raise refusal(f"has {self.num_features} channels, and gets {c} from {x}", ("num_features",),
                          f"num_features={c} would fit", self.message(c))

    def message(self, c: int) -> str | None:
        if not self.track_running_stats:
            return None
        return f"running_mean should contain {c} elements not {self.num_features}"

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        if self.affine:
            c = xs[0][1] if self.num_features is None else self.num_features
            yield Weight("weight", (c,))
            if self.bias:
                yield Weight("bias", (c,))

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return each(product(xs[0]), additions=1 + self.affine, multiplications=int(self.affine), divisions=1)


class BatchNorm1d(BatchNorm, kind="nn.BatchNorm1d"):
    axes = 1


class BatchNorm2d(BatchNorm, kind="nn.BatchNorm2d"): ...


class BatchNorm3d(BatchNorm, kind="nn.BatchNorm3d"):
    axes = 3


class SyncBatchNorm(BatchNorm, kind="nn.SyncBatchNorm"):
    """Batch normalization over several devices."""

    process_group = Number(None)
    order = ("num_features", "eps", "momentum", "affine", "track_running_stats", "process_group", "bias")

    def check(self, *xs: Shape) -> None:
        if len(xs[0]) < 2:
            raise refusal(f"needs an input with at least 2 axes, got {xs[0]}")
        if xs[0][1] != self.num_features:
            raise refusal(f"has {self.num_features} channels, and gets {xs[0][1]} from {xs[0]}", ("num_features",),
                          f"num_features={xs[0][1]} would fit", self.message(xs[0][1]))


class LazyBatchNorm1d(BatchNorm1d, kind="nn.LazyBatchNorm1d"):
    num_features = None


class LazyBatchNorm2d(BatchNorm2d, kind="nn.LazyBatchNorm2d"):
    num_features = None


class LazyBatchNorm3d(BatchNorm3d, kind="nn.LazyBatchNorm3d"):
    num_features = None


class InstanceNorm(BatchNorm):
    """Mean and variance of every channel of each example; without weights unless `affine`."""

    caption = "IN"
    remark = "each example and channel by itself; no weights unless affine=True"
    affine = Bool(False)
    track_running_stats = Bool(False)
    order = ("num_features", "eps", "momentum", "affine", "track_running_stats", "bias")

    def check(self, *xs: Shape) -> None:
        x = xs[0]
        form = ("(N, C, L)", "(N, C, H, W)", "(N, C, D, H, W)")[self.axes - 1]
        if len(x) not in (self.axes + 1, self.axes + 2):
            words = ("2D or 3D", "3D or 4D", "4D or 5D")[self.axes - 1]
            raise refusal(f"needs an input {form}, got {x}", (), None, f"expected {words} input (got {len(x)}D input)")
        c = x[len(x) - self.axes - 1]
        if self.num_features is not None and c is not None and c != self.num_features and (self.affine or self.track_running_stats):
            raise refusal(f"has {self.num_features} channels, and gets {c} from {x}", ("num_features",),
                          f"num_features={c} would fit",
                          f"expected input's size at dim=1 to match num_features ({self.num_features}), but got: {c}.")

        places = x[len(x) - self.axes:]
        if not self.track_running_stats and None not in places and product(places) == 1:
            raise refusal(f"needs more than one value per channel, and gets {x}", (), "its mean is the value itself, and all that is left is 0",
                          f"Expected more than 1 spatial element when training, got input size torch.Size({bracketed(x)})")

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import mixed

        return (mixed(xs[0], () if self.track_running_stats else range(len(xs[0]) - self.axes, len(xs[0]))),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return measured(xs[0], self.affine, self.affine)


class InstanceNorm1d(InstanceNorm, kind="nn.InstanceNorm1d"):
    axes = 1


class InstanceNorm2d(InstanceNorm, kind="nn.InstanceNorm2d"): ...


class InstanceNorm3d(InstanceNorm, kind="nn.InstanceNorm3d"):
    axes = 3


class _LazyInstanceNorm(InstanceNorm):
    """Unlike the others, PyTorch's lazy ones have weights and running statistics by default."""

    affine = Bool(True)
    track_running_stats = Bool(True)
    order = ("num_features", "eps", "momentum", "affine", "track_running_stats", "bias")


class LazyInstanceNorm1d(_LazyInstanceNorm, InstanceNorm1d, kind="nn.LazyInstanceNorm1d"):
    num_features = None


class LazyInstanceNorm2d(_LazyInstanceNorm, InstanceNorm2d, kind="nn.LazyInstanceNorm2d"):
    num_features = None


class LazyInstanceNorm3d(_LazyInstanceNorm, InstanceNorm3d, kind="nn.LazyInstanceNorm3d"):
    num_features = None


class GroupNorm(Module, kind="nn.GroupNorm"):
    """Mean and variance of each group of channels."""

    caption, drawn_with = "GN", "input"
    num_groups = Size(symbol="g")
    num_channels = Size(symbol="c")
    eps = Number(1e-5)
    affine = Bool(True)
    bias = Bool(True)

    def settle(self) -> None:
        if self.num_channels % self.num_groups:
            raise refusal(f"num_groups {self.num_groups} does not divide the {self.num_channels} channels", ("num_groups",), None,
                          f"num_channels ({self.num_channels}) must be divisible by num_groups ({self.num_groups})")

    def check(self, *xs: Shape) -> None:
        x = xs[0]
        if len(x) < 2:
            raise refusal(f"needs an input (N, C, ...), got {x}", (), None,
                          f"Expected at least 2 dimensions for input tensor but received {len(x)}")
        if x[1] is not None and x[1] % self.num_groups:
            raise refusal(f"num_groups {self.num_groups} does not divide the {x[1]} channels of {x}", ("num_groups",), None,
                          f"Expected number of channels in input to be divisible by num_groups, but got input of shape {bracketed(x)} "
                          f"and num_groups={self.num_groups}")
        if x[1] is not None and x[1] != self.num_channels and self.affine:
            raise refusal(f"has {self.num_channels} channels, and gets {x[1]} from {x}", ("num_channels",),
                          f"num_channels={x[1]} would fit",
                          "Expected weight to be a vector of size equal to the number of channels in input, but got weight "
                          f"of shape [{self.num_channels}] and input of shape {bracketed(x)}")
        if x[0] is not None and x[1] is not None and not symbolic(x[0]) and None not in x[2:] and int(x[0]) * (
                int(x[1]) // self.num_groups) * int(product(x[2:]) or 0) == 1:
            raise refusal(f"needs more than one value per group, and gets {x}", (), None,
                          f"Expected more than 1 value per channel when training, got input size {self.regrouped(x)}")

    def regrouped(self, x: Shape) -> str:
        """The shape that PyTorch's message gives: a channel for each group."""
        return bracketed((int(x[0]) * int(x[1]) // self.num_groups, self.num_groups, *x[2:]))

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        if self.affine:
            yield Weight("weight", (self.num_channels,))
            if self.bias:
                yield Weight("bias", (self.num_channels,))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, blocks

        size = exact_div(xs[0][1], self.num_groups)
        group = Along(1, blocks(size, size), True)
        return (tuple([group if i == 1 else Along(i, None, i > 1) for i in range(len(xs[0]))]),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return measured(xs[0], self.affine, self.affine)


class GroupNormFunction(GroupNorm):
    """The same with its weight and bias as tensors."""

    num_groups = Size(symbol="g")
    weight = Kept(None)
    bias = Kept(None)
    eps = Number(1e-5)
    affine = False
    num_channels = 0
    order = ("num_groups", "weight", "bias", "eps")

    def settle(self) -> None:
        pass


class LayerNorm(Module, kind="nn.LayerNorm"):
    """Mean and variance of each example over its last axes; a weight and a bias per position along them."""

    caption, drawn_with = "LN", "input"
    normalized_shape = Ints(least=0)
    eps = Number(1e-5)
    elementwise_affine = Bool(True)
    bias = Bool(True)
    takes_a_list = True

    def check(self, *xs: Shape) -> None:
        x, sizes = xs[0], self.normalized_shape
        last = x[len(x) - len(sizes):] if len(x) >= len(sizes) else None
        if last is None or any([n is not None and n != m for n, m in zip(last, sizes)]):
            wanted = "[*, " + ", ".join(map(str, sizes)) + "]"
            axes = f"last {len(sizes)} axes" if len(sizes) > 1 else "last axis"
            hint = None
            if len(sizes) == 1 and len(x) > 2 and x[1] == sizes[0]:
                hint = f"the {sizes[0]} channels are on axis 1: permute them to the end first, or GroupNorm(1, {sizes[0]}) normalizes them there"
            elif len(sizes) == 1 and len(x):
                hint = f"normalized_shape={x[-1]} would fit"
            raise refusal(f"normalizes the {axes}, of {' × '.join(map(str, sizes))}, and gets {x}", ("normalized_shape",), hint,
                          f"Given normalized_shape={bracketed(sizes)}, expected input with shape {wanted}, "
                          f"but got input of size{bracketed(x)}")

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        if self.elementwise_affine:
            yield Weight("weight", self.normalized_shape)
            if self.bias:
                yield Weight("bias", self.normalized_shape)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import mixed

        return (mixed(xs[0], range(len(xs[0]) - len(self.normalized_shape), len(xs[0]))),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return measured(xs[0], self.elementwise_affine and self.bias, self.elementwise_affine)


class LayerNormFunction(LayerNorm):
    """The same with its weight and bias as tensors."""

    normalized_shape = Ints(least=0)
    weight = Kept(None)
    bias = Kept(None)
    eps = Number(1e-5)
    elementwise_affine = False
    order = ("normalized_shape", "weight", "bias", "eps")


class RMSNorm(LayerNorm, kind="nn.RMSNorm"):
    """Root mean square of each example over its last axes."""

    normalized_shape = Ints(least=0)
    eps = Number(None)
    elementwise_affine = Bool(True)
    bias = False

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return each(product(xs[0]), additions=1, multiplications=2, divisions=1)


class RMSNormFunction(RMSNorm):
    """The same with its weight as a tensor."""

    normalized_shape = Ints(least=0)
    weight = Kept(None)
    eps = Number(None)
    elementwise_affine = False
    order = ("normalized_shape", "weight", "eps")


class InstanceNormFunction(Module):
    """Mean and variance of every channel of each example."""

    def output(self, *xs: Shape) -> Shape:
        return xs[0]

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import mixed

        return (mixed(xs[0], range(2, len(xs[0]))),)


class LocalResponseNorm(Module, kind="nn.LocalResponseNorm"):
    """Each value over the squares of `size` neighboring channels."""

    caption, drawn_with = "LRN", "input"
    size = Size(symbol="n")
    alpha = Number(1e-4)
    beta = Number(0.75)
    k = Number(1.0)

    def check(self, *xs: Shape) -> None:
        if len(xs[0]) < 3:
            raise refusal(f"needs an input (N, C, ...) with at least 3 axes, got {xs[0]}", (), None,
                          f"Expected 3D or higher dimensionality                          input (got {len(xs[0])} dimensions)")

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along
        from ..window import Window

        near = Window(self.size, padding=self.size - 1, before=self.size // 2)
        return (tuple([Along(i, near) if i == 1 else Along(i) for i in range(len(xs[0]))]),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        n = product(xs[0])
        return each(n, additions=self.size + 1, multiplications=2, exponentials=1, divisions=1)


class CrossMapLRN2d(LocalResponseNorm, kind="nn.CrossMapLRN2d"): ...
