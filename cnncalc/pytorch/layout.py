"""Functions and methods that move, repeat, cut or join values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..layers.base import Shape
from ..layers.settings import Count, Kept, Setting
from ..num import product
from ..window import Spread
from .base import Module, refusal
from .edges import check_edge, edge_taps
from .operations import axis_of, flattened, others, replaced, resized, without
from .reshape import Reshaped
from .settings import Dim, Ints, Size
from .shapes import Batch, N, Whole, bracketed, has_batch, symbolic

if TYPE_CHECKING:
    from ..dependence import Reads


class View(Reshaped):
    """The same values in another shape; -1 is the size that is left."""

    rest = "shape"
    shape = Ints(holes=True)

    def output(self, *xs: Shape) -> Shape:
        return resized(xs[0], self.shape, "reshape" if self.kind.endswith("reshape") else "view")

    def check(self, *xs: Shape) -> None:
        if vars(self).get("apart"):
            raise refusal(f"cannot view {xs[0]} as {bracketed(self.shape)}: after permute or transpose its values are in another order in memory",
                          ("shape",), "reshape(...) copies where it must, or call .contiguous() first",
                          "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
                          "contiguous subspaces). Use .reshape(...) instead.")


class ViewAs(Reshaped):
    """The same values in the shape of another tensor."""

    tensors = ("input", "other")
    arity = (2, 2)

    def output(self, *xs: Shape) -> Shape:
        return resized(xs[0], xs[1])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        return (*super().reads(y, *xs), None)


class Flatten(Reshaped):
    """Axes as one; unlike nn.Flatten it starts at axis 0, the batch."""

    drawn_with = "reader"
    start_dim = Dim(0)
    end_dim = Dim(-1)

    def output(self, *xs: Shape) -> Shape:
        return flattened(xs[0], self.start_dim, self.end_dim)

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        if len(xs[0]) > 1 and symbolic(xs[0][0]) and axis_of(xs[0], self.start_dim) == 0:
            yield f"it flattens the batch too: {xs[0]} becomes {self.output(*xs)}; start_dim=1 keeps the examples apart"


class Squeeze(Reshaped):
    """Without the axes of size 1, or without one of them."""

    dim = Ints(None)

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        axes = range(len(x)) if self.dim is None else [axis_of(x, d) for d in self.dim]
        return without(x, [i for i in axes if i < len(x) and x[i] is not None and x[i] == 1])

    def notes(self, *xs: Shape) -> Iterator[str]:
        if self.dim is None and xs and xs[0] and symbolic(xs[0][0]) and xs[0][0] == N:
            yield "with a batch of 1, squeeze() removes the batch axis as well; squeeze(dim) names the axis"


class Unsqueeze(Reshaped):
    """One more axis, of size 1."""

    dim = Dim()

    def output(self, *xs: Shape) -> Shape:
        axis = axis_of(xs[0], self.dim, 1)
        return Whole((*xs[0][:axis], 1, *xs[0][axis:]))


class _Moved(Module):
    """The axes in another order."""

    in_place = "view"

    def axes(self, x: Shape) -> list[int]:
        """Which axis of the input stands at each position."""
        raise NotImplementedError

    def output(self, *xs: Shape) -> Shape:
        return Whole([xs[0][axis] for axis in self.axes(xs[0])])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        axes = self.axes(xs[0])
        return (tuple([Along(axes.index(i)) for i in range(len(xs[0]))]),)

    def channels_axis(self, y: tuple[int | None, ...], x: tuple[int | None, ...] | None, before: int | None) -> int | None:
        if x is None or before is None:
            return before
        shifts = [not (has_batch(z) or getattr(z, "whole", False)) for z in (x, y)]
        seen = Whole((N, *x)) if shifts[0] else Whole(x)
        return self.axes(seen).index(before + shifts[0]) - shifts[1]


class Permute(_Moved):
    """The axes in the order of `dims`."""

    rest = "dims"
    dims = Ints()

    def axes(self, x: Shape) -> list[int]:
        if len(self.dims) != len(x):
            raise refusal(f"dims {bracketed(self.dims)} must list all {len(x)} axes of {x}", ("dims",), None,
                          "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
                          f"ordering of dimensions i.e. input.dim() = {len(x)} is not equal to len(dims) = {len(self.dims)}")
        axes = [axis_of(x, d) for d in self.dims]
        if len(set(axes)) < len(axes):
            raise refusal(f"dims {bracketed(self.dims)} name an axis twice", ("dims",), None,
                          "permute(): duplicate dims are not allowed.")
        return axes


class Transpose(_Moved):
    """Two axes exchanged."""

    dim0 = Dim()
    dim1 = Dim()

    def axes(self, x: Shape) -> list[int]:
        axes = list(range(len(x)))
        a, b = axis_of(x, self.dim0), axis_of(x, self.dim1)
        axes[a], axes[b] = axes[b], axes[a]
        return axes


class T(_Moved):
    """Rows as columns."""

    def axes(self, x: Shape) -> list[int]:
        return list(range(len(x)))[::-1]


class MT(_Moved):
    """The last two axes exchanged."""

    def axes(self, x: Shape) -> list[int]:
        return [*range(len(x) - 2), len(x) - 1, len(x) - 2]


class MoveAxis(_Moved):
    """Axes moved to other positions."""

    source = Ints()
    destination = Ints()

    def axes(self, x: Shape) -> list[int]:
        sources = [axis_of(x, d) for d in self.source]
        rest = iter([i for i in range(len(x)) if i not in sources])
        to = dict(zip([axis_of(x, d) for d in self.destination], sources))
        return [to[i] if i in to else next(rest) for i in range(len(x))]


class Expand(Module):
    """Axes of size 1 repeated; -1 keeps a size."""

    sees = "place"
    in_place = "view"
    rest = "size"
    size = Ints()

    def output(self, *xs: Shape) -> Shape:
        x, sizes = xs[0], self.size
        new = len(sizes) - len(x)
        if new < 0:
            raise refusal(f"cannot expand {x} to fewer axes: {bracketed(sizes)}", ("size",), None,
                          f"expand({bracketed(sizes)}): the number of sizes provided ({len(sizes)}) must be greater or equal to "
                          f"the number of dimensions in the tensor ({len(x)})")
        found = list(sizes[:new])
        for at, (n, m) in enumerate(zip(x, sizes[new:]), new):
            if not isinstance(m, Batch) and m == -1:
                found.append(n)
            elif n is not None and n != m and n != 1:
                raise refusal(f"cannot expand axis {at} of {x} from {n} to {m}", ("size",), None,
                              f"The expanded size of the tensor ({m}) must match the existing size ({n}) at non-singleton "
                              f"dimension {at}.  Target sizes: {bracketed(sizes)}.  Tensor sizes: {bracketed(x)}")
            else:
                found.append(m)
        return Whole(found)


class ExpandAs(Module):
    """Repeated to the shape of another tensor."""

    tensors = ("input", "other")
    arity = (2, 2)

    def output(self, *xs: Shape) -> Shape:
        return Whole(xs[1])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import placed

        return (placed(xs[0], y), None)


class Repeat(Module):
    """Everything several times along each axis."""

    rest = "repeats"
    repeats = Ints()

    def output(self, *xs: Shape) -> Shape:
        x, many = xs[0], self.repeats
        new = len(many) - len(x)
        if new < 0:
            if not self.kind.endswith("tile"):
                raise refusal(f"needs a number for each of the {len(x)} axes of {x}, got {bracketed(many)}", ("repeats",), None,
                              "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
            many, new = (1,) * -new + tuple(many), 0
        return Whole([None if n is None else n * m for n, m in zip((1,) * new + tuple(x), many)])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, listed, table

        shift = len(y) - len(xs[0])
        return (tuple([Along(i) if n == m else Along(None) if n == 1 else Along(i, table([range(o % int(n), o % int(n) + 1) for o in listed(int(m))], int(n)))
                       for i, (n, m) in enumerate(zip(xs[0], y[shift:]), shift)]),)


class RepeatInterleave(Module):
    """Each value several times in a row along an axis."""

    repeats = Size()
    dim: Setting = Dim(None)

    def output(self, *xs: Shape) -> Shape:
        x = xs[0] if self.dim is not None else Whole((product(xs[0]),))
        axis = axis_of(x, self.dim or 0)
        return replaced(x, axis, None if x[axis] is None else x[axis] * self.repeats)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, Reindexed, Through

        taps = Spread(self.repeats, self.repeats)
        if self.dim is None:
            return (Through((Along(0, taps),), (product(xs[0]),), Reindexed()),)
        axis = axis_of(xs[0], self.dim)
        return (others(xs[0], {axis: Along(axis, taps)}, True),)


class Pad(Module):
    """Values around a tensor: pairs from the last axis backwards; negative numbers crop."""

    caption, drawn_with = "pad", "reader"
    pad = Ints()
    mode = Kept("constant")
    value = Kept(None)

    def settle(self) -> None:
        if len(self.pad) % 2:
            raise refusal(f"pad must have pairs of numbers (got {bracketed(self.pad)})", ("pad",), None,
                          "Padding length must be divisible by 2")

    def pairs(self, x: Shape) -> list[tuple[int, int]]:
        """(before, after) for each axis."""
        pairs = list(zip(self.pad[0::2], self.pad[1::2]))
        if len(pairs) > len(x):
            raise refusal(f"pad has {len(pairs)} pairs for the {len(x)} axes of {x}", ("pad",))
        return [(0, 0)] * (len(x) - len(pairs)) + pairs[::-1]

    def output(self, *xs: Shape) -> Shape:
        sizes = [n if n is None or (a, b) == (0, 0) else n + a + b for n, (a, b) in zip(xs[0], self.pairs(xs[0]))]
        if any([n is not None and n < 0 for n in sizes]):
            raise refusal(f"nothing is left of {xs[0]}: {bracketed(self.pad)} crops more than it has", ("pad",))
        return Whole(sizes)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return (tuple([Along(i, edge_taps(n, a, b, self.mode)) if (a, b) != (0, 0) else Along(i)
                       for i, (n, (a, b)) in enumerate(zip(xs[0], self.pairs(xs[0])))]),)

    def check(self, *xs: Shape) -> None:
        for i, (n, pair) in enumerate(zip(xs[0], self.pairs(xs[0]))):
            check_edge(xs[0], i, n, pair, self.mode, "pad")


class MeshGrid(Module):
    """Grids of coordinates: as many axes as vectors."""

    tensors = ("*tensors",)
    arity = (1, None)
    indexing = Kept(None)

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        sizes = [x[0] if x else 1 for x in xs]
        if self.indexing == "xy" and len(sizes) > 1:
            sizes[:2] = sizes[1::-1]
        return (Whole(sizes),) * len(xs)

    def reads_of(self, number: int, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        axis = 1 - number if self.indexing == "xy" and number < 2 and len(xs) > 1 else number
        return tuple([(Along(axis),) * len(x) if i == number else None for i, x in enumerate(xs)])


class UnfoldAxis(Module):
    """Windows along one axis, their values on a new last axis."""

    dimension = Dim()
    size = Size()
    step = Size()

    def output(self, *xs: Shape) -> Shape:
        axis = axis_of(xs[0], self.dimension)
        n = xs[0][axis]
        if n is not None and not symbolic(n) and n < self.size:
            raise refusal(f"axis {axis} of {xs[0]} has {n} values, fewer than a window of {self.size}", ("size",), None,
                          f"maximum size for tensor at dimension {axis} is {n} but size is {self.size}")
        return Whole((*replaced(xs[0], axis, None if n is None else (n - self.size) // self.step + 1), self.size))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, Reindexed, Through, listed, table

        x = xs[0]
        axis = axis_of(x, self.dimension)
        places = int(y[axis])
        # All windows one after the other along the axis; then that axis as two, the second of which moves to the end.
        rows = [range(o // self.size * self.step + o % self.size, o // self.size * self.step + o % self.size + 1)
                for o in listed(places * self.size)]
        windows = (*x[:axis], places * self.size, *x[axis + 1:])
        apart = (*x[:axis], places, self.size, *x[axis + 1:])
        order = tuple([i for i in range(len(apart)) if i != axis + 1] + [axis + 1])
        laid = Through(Reindexed(), windows, others(x, {axis: Along(axis, table(rows, int(x[axis])))}, True))
        return (Through(Reindexed(order), apart, laid),)


class OneHot(Module):
    """A vector with a 1 at the position that each number names."""

    num_classes = Count(-1, least=-1)

    def output(self, *xs: Shape) -> Shape:
        return Whole((*xs[0], None if self.num_classes == -1 else self.num_classes))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import mixed

        return (mixed(xs[0], ()),)
