"""Functions of all values along some axes, and of several tensors value by value."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..layers.arithmetic import each
from ..layers.base import Shape
from ..layers.settings import Kept
from ..num import product
from .base import Module, refusal
from .operations import axis_of, broadcast, multiplied, others, replaced, without
from .settings import Bool, Dim, Ints, Size
from .shapes import Whole, bracketed

if TYPE_CHECKING:
    from ..dependence import Reads


class Reduction(Module):
    """One value of all along some axes, or of all there are."""

    dim = Ints(None)
    keepdim = Bool(False)
    keepdims = Bool(False)

    def axes(self, x: Shape) -> list[int]:
        return list(range(len(x))) if not self.dim and self.dim != 0 else [axis_of(x, d) for d in self.dim]

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        axes = self.axes(x)
        if self.keepdim or self.keepdims:
            return Whole([1 if i in axes else n for i, n in enumerate(x)])
        return without(x, axes)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return (others(xs[0], {axis: Along(None) for axis in self.axes(xs[0])}, len(y) == len(xs[0])),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return each(product(xs[0]), additions=1)


class Norm(Reduction):
    """The length of vectors along some axes."""

    p = Kept(2)
    dim = Ints(None)
    keepdim = Bool(False)
    order = ("p", "dim", "keepdim")


class Spread(Reduction):
    """Variance or standard deviation."""

    dim = Ints(None)
    unbiased = Kept(True)
    keepdim = Bool(False)
    correction = Kept(1)
    order = ("dim", "unbiased", "keepdim")


class Index(Reduction):
    """Where the largest or smallest value is, along one axis or among all."""


class Extreme(Reduction):
    """The largest or smallest value: of all; along an axis, with its position; or of two tensors."""

    tensors = ("input", "other")
    arity = (1, 2)

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        if len(xs) == 2:
            return (broadcast(*xs),)
        return (self.output(*xs),) * (1 if self.dim is None else 2)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import placed

        return tuple([placed(x, y) for x in xs]) if len(xs) == 2 else super().reads(y, *xs)


class TopK(Module):
    """The k largest values along an axis, and their positions."""

    k: Size | None = Size(least=0)
    dim = Dim(-1)
    results = 2

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        axis = axis_of(xs[0], self.dim)
        if not xs[0]:
            return (Whole(()),) * 2
        assert self.k is not None  # only those without it have rules of their own
        if xs[0][axis] is not None and self.k > xs[0][axis]:
            raise refusal(f"k {self.k} is more than the {xs[0][axis]} values of axis {axis}", ("k",), None,
                          "selected index k out of range")
        return (replaced(xs[0], axis, self.k),) * 2

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return (others(xs[0], {axis_of(xs[0], self.dim): Along(None)}, True),)


class Sort(TopK):
    """The values in order along an axis, and their positions."""

    k = None
    dim = Dim(-1)
    descending = Kept(False)
    stable = Kept(False)

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        axis_of(xs[0], self.dim)
        return (Whole(xs[0]),) * 2


class Together(Module):
    """A function of several tensors value by value; sizes of 1 are repeated. Numbers change no shape."""

    family = "merge"
    sees = "place"
    tensors = ("input", "other", "third")
    arity = (1, 3)
    #: What is done with each pair of values.
    counts: ClassVar[str | None] = None

    def output(self, *xs: Shape) -> Shape:
        return broadcast(*xs)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return each(product(self.output(*xs)), **{self.counts: 1}) if self.counts else {}


class InPlace(Together):
    """The same, written into the first tensor, which has to be as large as the result."""

    def output(self, *xs: Shape) -> Shape:
        result = broadcast(*xs)
        if tuple(result) != tuple(xs[0]):
            raise refusal(f"cannot write {result} into its first input {xs[0]}", (), "write x = x + y in place of x += y",
                          f"output with shape {bracketed(xs[0])} doesn't match the broadcast shape {bracketed(result)}")
        return result


class MatMul(Module):
    """The product of matrices over the last axis of the first and the last but one of the second."""

    family = "merge"
    tensors = ("input", "other")
    arity = (2, 2)

    def output(self, *xs: Shape) -> Shape:
        return multiplied(*xs)

    def macs(self, *xs: Shape) -> int | None:
        return product((*multiplied(*xs), xs[0][-1]))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        return product_reads(y, *xs)


def product_reads(y: Shape, a: Shape, b: Shape) -> tuple[Reads, Reads]:
    """What a product of matrices, vectors among them, reads: rows of the one, columns of the other."""
    from ..dependence import Along, placed

    rows, columns = len(a) > 1, len(b) > 1
    batch = y[:len(y) - rows - columns]
    left = (*placed(a[:-2], batch), *[Along(len(batch))] * rows, Along(None))
    right = (*placed(b[:-2], batch), Along(None), *[Along(len(y) - 1)] * columns)
    return left, right


class AddMM(Module):
    """A sum and a product of matrices: input + a b."""

    tensors = ("input", "mat1", "mat2")
    arity = (3, 3)

    def output(self, *xs: Shape) -> Shape:
        made = multiplied(*xs[1:])
        broadcast(xs[0], made)
        return made

    def macs(self, *xs: Shape) -> int | None:
        return product((*multiplied(*xs[1:]), xs[1][-1]))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import placed

        return (placed(xs[0], y), *product_reads(y, *xs[1:]))


class AddBMM(AddMM):
    """input + the sum of a b over all pairs of matrices."""

    def output(self, *xs: Shape) -> Shape:
        made = Whole(multiplied(*xs[1:])[1:])
        broadcast(xs[0], made)
        return made

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, placed

        return (placed(xs[0], y), (Along(None), Along(0), Along(None)), (Along(None), Along(None), Along(1)))


class Outer(Module):
    """Every value of a vector with every value of another."""

    tensors = ("input", "vec2")
    arity = (2, 2)

    def output(self, *xs: Shape) -> Shape:
        return Whole((xs[0][0], xs[1][0]))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return ((Along(0),), (Along(1),))


class Einsum(Module):
    """Products of tensors, summed over the letters that the result lacks."""

    tensors = ("*operands",)
    arity = (1, None)
    equation = Kept("")

    def sizes(self, *xs: Shape) -> tuple[dict[str, int | None], str, tuple[int | None, ...]]:
        """The size of each letter, the letters of the result, and the sizes that `...` stands for."""
        text = self.equation.replace(" ", "")
        left, arrow, right = text.partition("->")
        terms = left.split(",")
        if len(terms) != len(xs):
            raise refusal(f"equation {text!r} has {len(terms)} terms for {len(xs)} tensors", ("equation",))
        found: dict[str, int | None] = {}
        rest: Shape = Whole(())
        for term, x in zip(terms, xs):
            head, dots, tail = term.partition("...")
            if len(head) + len(tail) > len(x) or (not dots and len(head) != len(x)):
                raise refusal(f"equation {text!r} has {len(head) + len(tail)} letters for {x}", ("equation",), None,
                              f"einsum(): the number of subscripts in the equation ({len(head) + len(tail)}) does not match the "
                              f"number of dimensions ({len(x)}) for operand {terms.index(term)} and no ellipsis was given")
            rest = broadcast(rest, Whole(x[len(head):len(x) - len(tail)])) if dots else rest
            for letter, n in [*zip(head, x), *zip(tail, x[len(x) - len(tail):] if tail else ())]:
                if found.get(letter) not in (None, 1, n) and n != 1:
                    raise refusal(f"letter {letter!r} of {text!r} is {found[letter]} and {n}", ("equation",))
                if found.get(letter) in (None, 1):
                    found[letter] = n
        if not arrow:
            right = "".join(sorted({c for c in left if c.isalpha() and left.count(c) == 1}))
            right = ("..." if "..." in left else "") + right
        return found, right, tuple(rest)

    def output(self, *xs: Shape) -> Shape:
        found, right, rest = self.sizes(*xs)
        head, dots, tail = right.partition("...")
        return Whole((*[found[c] for c in head], *(rest if dots else ()), *[found[c] for c in tail]))

    def macs(self, *xs: Shape) -> int | None:
        found, _, rest = self.sizes(*xs)
        return product((*found.values(), *rest)) if len(xs) > 1 else 0

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        _sizes, right, rest = self.sizes(*xs)
        head, _, tail = right.partition("...")
        places = {letter: i for i, letter in enumerate(head)} | {letter: len(y) - len(tail) + i for i, letter in enumerate(tail)}
        found: list[Reads] = []
        for term, x in zip(self.equation.replace(" ", "").partition("->")[0].split(","), xs):
            first, _, last = term.partition("...")
            many = len(x) - len(first) - len(last)  # axes that `...` stands for
            spread = [Along(len(head) + len(rest) - many + i if "..." in right else None) for i in range(many)]
            along = [*[Along(places.get(c)) for c in first], *spread, *[Along(places.get(c)) for c in last]]
            found.append(tuple([Along(None) if n == 1 and a.axis is not None and y[a.axis] != 1 else a for a, n in zip(along, x)]))
        return tuple(found)


class Attention(Module):
    """softmax(Q Kᵀ) V over the last two axes."""

    tensors = ("query", "key", "value")
    arity = (3, 3)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, placed

        batch = [placed(x[:-2], y[:-2]) for x in xs]
        own, columns = (Along(len(y) - 2), Along(None)), (Along(None), Along(len(y) - 1))
        return ((*batch[0], *own), (*batch[1], Along(None), Along(None)), (*batch[2], *columns))

    def output(self, *xs: Shape) -> Shape:
        q, k, v = xs
        return Whole((*multiplied(q, Whole((*k[:-2], k[-1], k[-2])))[:-1], v[-1]))

    def macs(self, *xs: Shape) -> int | None:
        q, k, v = xs
        pairs = product((*q[:-1], k[-2]))
        return product((pairs, q[-1] + v[-1]))


class Distances(Module):
    """The distance of every vector of one tensor from every vector of another."""

    tensors = ("x1", "x2")
    arity = (2, 2)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, placed

        return tuple([(*placed(x[:-2], y[:-2]), Along(len(y) - 2 + i), Along(None)) for i, x in enumerate(xs)])

    def output(self, *xs: Shape) -> Shape:
        return Whole((*broadcast(Whole(xs[0][:-2]), Whole(xs[1][:-2])), xs[0][-2], xs[1][-2]))
