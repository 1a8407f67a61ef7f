"""Functions that join tensors, cut them into pieces, or pick values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..layers.base import Shape
from ..layers.settings import Count
from ..num import ceil_div
from .base import Module, refusal
from .operations import at, axis_of, indexed, joined, others, replaced, without
from .settings import Anything, Dim, Size
from .shapes import Batch, NeedsBatch, Whole, bracketed, symbolic

if TYPE_CHECKING:
    from ..dependence import Reads


class Cat(Module):
    """Tensors one after the other along an axis."""

    family, caption = "merge", "concat"
    remark = "one after the other: the sizes along the axis add up, nothing is learned"
    tensors = ("*tensors",)
    arity = (1, None)
    dim = Dim(0)

    def output(self, *xs: Shape) -> Shape:
        return joined(xs, self.dim)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, Taps

        found: list[Reads] = []
        place, start = axis_of(y, self.dim), 0
        for x in xs:
            if len(x) != len(y):  # an empty vector, which PyTorch leaves out
                found.append(None)
                continue
            part = Along(place, Taps((range(0 - start, 1 - start),), bounded=True))
            found.append(tuple([part if i == place else Along(i) for i in range(len(x))]))
            start += int(x[place])
        return tuple(found)


class Stack(Module):
    """Tensors of one shape along a new axis."""

    family = "merge"
    tensors = ("*tensors",)
    arity = (1, None)
    dim = Dim(0)

    def output(self, *xs: Shape) -> Shape:
        for number, x in enumerate(xs):
            if tuple(x) != tuple(xs[0]):
                raise refusal(f"stacks tensors of different shapes: {xs[0]} and {x}", (), None,
                              f"stack expects each tensor to be equal size, but got {bracketed(xs[0])} at entry 0 and "
                              f"{bracketed(x)} at entry {number}")
        axis = axis_of(xs[0], self.dim, 1)
        return Whole((*xs[0][:axis], len(xs), *xs[0][axis:]))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, Reindexed, Taps, Through

        # By way of the same tensor with an axis of size 1, which stands at the place `number` of the new one.
        axis = axis_of(xs[0], self.dim, 1)
        found: list[Reads] = []
        for number, x in enumerate(xs):
            between = (*x[:axis], 1, *x[axis:])
            own = Taps((range(0 - number, 1 - number),), bounded=True)
            found.append(Through(tuple([Along(i, own if i == axis else None) for i in range(len(between))]), between, Reindexed()))
        return tuple(found)


class _Pieces(Module):
    """One axis in pieces, an output for each."""

    dim: Dim

    def sizes(self, n: int) -> list[int]:
        """The size of each piece along the axis."""
        raise NotImplementedError

    def pieces(self, x: Shape) -> list[int]:
        """The same for an input."""
        n = x[axis_of(x, self.dim)]
        if n is None:
            raise refusal(f"cuts axis {self.dim} of {x}, whose size is not known")
        return self.sizes(n)

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        axis = axis_of(xs[0], self.dim)
        return tuple([replaced(xs[0], axis, n) for n in self.pieces(xs[0])])

    def output(self, *xs: Shape) -> Shape:
        return self.outputs(*xs)[0]

    def reads_of(self, number: int, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, Taps

        axis, start = axis_of(xs[0], self.dim), sum(map(int, self.pieces(xs[0])[:number]))
        return (others(xs[0], {axis: Along(axis, Taps((range(start, start + 1),), bounded=True))}, True),)


class Chunk(_Pieces):
    """Pieces of ⌈n / chunks⌉, perhaps fewer than asked for."""

    chunks = Size()
    dim = Dim(0)

    def sizes(self, n: int) -> list[int]:
        if isinstance(n, Batch) and symbolic(n):
            return [n / self.chunks] * int(self.chunks)
        size = max(1, ceil_div(n, self.chunks))
        return [min(size, n - at) for at in range(0, max(n, 1), size)]

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        n = xs[0][axis_of(xs[0], self.dim)]
        if symbolic(n):
            yield f"it cuts the batch: each piece has {n / self.chunks} examples where {self.chunks} divides {n}"


class Split(_Pieces):
    """Pieces of a given size, or of several."""

    split_size_or_sections = Anything()
    dim = Dim(0)

    def sizes(self, n: int) -> list[int]:
        size = self.split_size_or_sections
        if isinstance(size, (list, tuple)):
            if sum(size) != n:
                raise refusal(f"pieces of {bracketed(size)} do not add up to {n}", ("split_size_or_sections",), None,
                              f"split_with_sizes expects split_sizes to sum exactly to {n} (input tensor's size at dimension "
                              f"{self.dim}), but got split_sizes={bracketed(size)}")
            return list(size)
        if symbolic(n):
            if isinstance(size, Batch):
                return [size] * int(n / size)
            raise NeedsBatch("cuts the batch, whose size is not known, into pieces")
        size = int(size)
        if size < 1:
            raise refusal(f"pieces of {size} are not possible", ("split_size_or_sections",))
        return [min(size, n - at) for at in range(0, max(n, 1), size)]


class Unbind(_Pieces):
    """An output for each position along an axis, which is gone then."""

    dim = Dim(0)

    def sizes(self, n: int) -> list[int]:
        if symbolic(n):
            raise NeedsBatch("takes the batch apart, whose size is not known")
        return [1] * int(n)

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        axis = axis_of(xs[0], self.dim)
        return tuple([without(xs[0], [axis]) for _ in self.pieces(xs[0])])

    def reads_of(self, number: int, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        return (others(xs[0], {axis_of(xs[0], self.dim): at(number)}),)


class Select(Module):
    """One position along an axis, which is gone then."""

    dim = Dim()
    index = Count(least=-(10**9))

    def output(self, *xs: Shape) -> Shape:
        return without(xs[0], [axis_of(xs[0], self.dim)])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        axis = axis_of(xs[0], self.dim)
        return (others(xs[0], {axis: at(self.index % max(1, int(xs[0][axis])))}),)


class Narrow(Module):
    """`length` positions along an axis, from `start` on."""

    dim = Dim()
    start = Count(least=-(10**9))
    length = Size(least=0)

    def output(self, *xs: Shape) -> Shape:
        return replaced(xs[0], axis_of(xs[0], self.dim), self.length)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, Taps

        axis = axis_of(xs[0], self.dim)
        start = self.start % max(1, int(xs[0][axis]))
        return (others(xs[0], {axis: Along(axis, Taps((range(start, start + 1),), bounded=True))}, True),)


class GetItem(Module):
    """What an index in square brackets takes."""

    index = Anything()

    def items(self) -> list[Any]:
        return list(self.index) if isinstance(self.index, tuple) else [self.index]

    def output(self, *xs: Shape) -> Shape:
        return indexed(xs[0], self.items())

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, Taps, everything

        x, items = xs[0], self.items()
        if any([isinstance(i, (tuple, list)) for i in items]):
            return (everything(x),)
        taken = len([i for i in items if i is not None and i is not Ellipsis])
        if Ellipsis not in items:
            items.append(Ellipsis)
        at = items.index(Ellipsis)
        items[at:at + 1] = [slice(None)] * (len(x) - taken)
        found, place, axis = [], 0, 0
        for item in items:
            if item is None:
                place += 1
                continue
            n = x[axis]
            if not isinstance(item, slice):
                first = item % n if isinstance(n, int) and n else 0
                found.append(Along(None, Taps((range(first, first + 1),))))
            else:
                kept = n is not None and not symbolic(n) and item != slice(None)
                start, _, step = item.indices(n) if kept else (0, 0, 1)
                found.append(Along(place, Taps((range(start, start + 1),), step, True)) if kept else Along(place))
                place += 1
            axis += 1
        return (tuple(found),)

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        items = self.items()
        if xs and items and items[0] is not Ellipsis and len(xs[0]) and symbolic(xs[0][0]) and type(items[0]) is int:
            yield f"index {items[0]} takes one example of the batch"


class Gather(Module):
    """Values picked along an axis, as many as the index has; which ones is not known, so any of the axis may be read."""

    tensors = ("input", "index")
    arity = (1, 2)
    dim = Dim()

    def output(self, *xs: Shape) -> Shape:
        return Whole(xs[-1])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, mixed

        axis = axis_of(xs[0], self.dim)
        return (others(xs[0], {axis: Along(None)}, True), mixed(y, ()))[:len(xs)]


class IndexSelect(Module):
    """The positions along an axis that a vector names; which ones is not known, so any of the axis may be read."""

    tensors = ("input", "index")
    arity = (1, 2)
    dim = Dim()

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        axis = axis_of(xs[0], self.dim)
        return (others(xs[0], {axis: Along(None)}, True), (Along(axis),))[:len(xs)]

    def output(self, *xs: Shape) -> Shape:
        return replaced(xs[0], axis_of(xs[0], self.dim), xs[1][0] if len(xs) > 1 and xs[1] else None)
