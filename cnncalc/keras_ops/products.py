"""Operations that multiply arrays: products of matrices, and sums of products."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..dependence import Along, Reads, Through, everything
from ..errors import SpecError, shown
from ..layers.arithmetic import each
from ..layers.base import Shape
from ..layers.settings import Kept, whole
from ..layers.shape import Full, broadcast
from ..num import product
from .operation import Operand, Operation

if TYPE_CHECKING:
    #: A letter of an equation, or the place of an axis from the right among those of its ellipsis.
    Label = str | int


class Matmul(Operation, kind="Matmul"):
    """Products of matrices, the last two axes of each."""

    family = "merge"
    x1 = Operand()
    x2 = Operand()
    operands = ("x1", "x2")

    def result(self, *shapes: Full) -> Full:
        a, b = shapes
        if not a or not b:
            raise SpecError("needs two arrays, got a number")
        rows, columns = len(a) == 1, len(b) == 1
        a, b = (1, *a) if rows else a, (*b, 1) if columns else b
        if None not in (a[-1], b[-2]) and a[-1] != b[-2]:
            raise SpecError(f"multiplies {Shape(shapes[0])} with {Shape(shapes[1])}: {a[-1]} and {b[-2]} differ")
        last = (*([] if rows else [a[-2]]), *([] if columns else [b[-1]]))
        return (*broadcast(a[:-2], b[:-2]), *last)

    def macs(self, *xs: Shape) -> int | None:
        first = next(self.given(xs))
        return product((*self.output(*xs), first[-1])) if first else None

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return {}

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        """The places of each by a letter; what is summed over is not in the output."""
        a, b = shapes
        rows, columns = len(a) > 1, len(b) > 1
        left = [*range(-len(a), -2), "row", "sum"] if rows else ["sum"]
        right = [*range(-len(b), -2), "sum", "column"] if columns else ["sum"]
        result = [*range(-max(len(a), len(b), 2), -2), *["row"] * rows, *["column"] * columns]
        return [_by_letter(letters, full, result, y) for letters, full in ((left, a), (right, b))]


class Einsum(Operation, kind="Einsum"):
    """Sums of products, as an equation says: `bij,bjk->bik`, `...ij,jk->...ik`. The letters include the batch's."""

    family = "merge"
    takes_many = True
    operands = ("operands",)
    subscripts = Kept()

    def settle(self) -> None:
        super().settle()
        text = self.subscripts
        plain = text.replace(" ", "") if isinstance(text, str) else ""
        if not re.fullmatch(rf"{TERM}(,{TERM})*(->{TERM})?", plain) or not plain.split("->")[0].strip(","):
            raise SpecError(f"subscripts must be like 'bij,bjk->bik' (got {shown(text)})", ("subscripts",))
        left, arrow, target = plain.partition("->")
        self.terms = left.split(",")
        #: Without an arrow every letter that stands once is kept, in the order of the alphabet.
        self.target = target if arrow else "..." * ("..." in left) + "".join(
            sorted([letter for letter in set(left) if letter.isalpha() and left.count(letter) == 1]))
        twice = next((letter for letter in self.target if letter.isalpha() and self.target.count(letter) > 1), None)
        if twice:
            raise SpecError(f"subscripts have {twice!r} twice after the arrow", ("subscripts",))

    def labels(self, shapes: Sequence[Full]) -> tuple[list[list[Label]], list[Label]]:
        """The axes of each input, and those of the output."""
        if len(shapes) != len(self.terms):
            raise SpecError(f"subscripts {self.subscripts!r} are for {len(self.terms)} inputs, not {len(shapes)}",
                            ("subscripts",))
        found = []
        widest = 0
        for full, term in zip(shapes, self.terms):
            letters = term.replace("...", "")
            many = len(full) - len(letters)
            if many < 0 or (many and "..." not in term):
                raise SpecError(f"{term!r} is for {len(letters)} axes, its input is {Shape(full)}", ("subscripts",))
            widest = max(widest, many)
            found.append(_spelled(term, many))
        if widest and "..." not in self.target:
            raise SpecError("subscripts have '...' before the arrow only", ("subscripts",))
        return found, _spelled(self.target, widest)

    def sizes(self, shapes: Sequence[Full]) -> dict[Label, int | None]:
        """The size of each letter."""
        sizes: dict[Label, int | None] = {}
        for full, term in zip(shapes, self.labels(shapes)[0]):
            own: dict[Label, int | None] = {}
            for letter, n in zip(term, full):
                if letter in own and None not in (n, own[letter]) and n != own[letter]:
                    raise SpecError(f"{letter!r} is {own[letter]} and {n} in one input", ("subscripts",))
                own[letter] = n
                known = sizes.get(letter, 1)
                if known not in (1, None) and n not in (1, None, known):
                    raise SpecError(f"{letter if isinstance(letter, str) else '...'!r} is {known} in one input and {n} in another",
                                    ("subscripts",))
                sizes[letter] = n if known == 1 or (known is None and n != 1) else known
        return sizes

    def result(self, *shapes: Full) -> Full:
        sizes = self.sizes(shapes)
        target = self.labels(shapes)[1]
        if not set(target) <= set(sizes):
            raise SpecError(f"subscripts {self.subscripts!r} have a letter only after the arrow", ("subscripts",))
        return tuple([sizes[letter] for letter in target])

    def macs(self, *xs: Shape) -> int | None:
        """One product less than there are factors, for every value of every letter but the batch's."""
        shapes: list[Full] = list(self.given(xs))
        batch = self.labels(shapes)[0][0][0]
        return product([len(self.terms) - 1, *[n for letter, n in self.sizes(shapes).items() if letter != batch]])

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return {}

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        """A letter that an input has twice is its diagonal."""
        found: list[Reads] = []
        terms, target = self.labels(shapes)
        for term, x in zip(terms, shapes):
            letters = list(dict.fromkeys(term))
            diagonal = tuple([x[term.index(letter)] for letter in letters])
            reads = _by_letter(letters, diagonal, target, y)
            if len(letters) < len(term):
                reads = Through(reads, diagonal, tuple([Along(letters.index(letter)) for letter in term]))
            found.append(reads)
        return found


#: One input of an equation.
TERM = r"[A-Za-z]*(?:\.\.\.)?[A-Za-z]*"


def _spelled(term: str, many: int) -> list[Label]:
    """The axes of a term, its ellipsis being so many, which are counted from the right: -1 is the last."""
    before, ellipsis, after = term.partition("...")
    return [*before, *(range(-many, 0) if ellipsis else ()), *after]


class Dot(Matmul, kind="Dot"):
    """The last axis of the one, multiplied with the last but one of the other; all other axes are kept."""

    def result(self, *shapes: Full) -> Full:
        a, b = shapes
        if not a or not b:
            return (*a, *b)
        inner = b[-1] if len(b) == 1 else b[-2]
        if None not in (a[-1], inner) and a[-1] != inner:
            raise SpecError(f"multiplies {Shape(a)} with {Shape(b)}: {a[-1]} and {inner} differ")
        return (*a[:-1], *b[:-2], *b[-1:]) if len(b) > 1 else a[:-1]

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        a, b = shapes
        if not a or not b:
            return Operation.depends(self, k, y, shapes)
        kept = len(a) - 1
        rest = max(0, len(b) - 2)
        second = [*[Along(kept + i) for i in range(rest)], Along(None), *[Along(kept + rest)] * (len(b) > 1)]
        return [(*map(Along, range(kept)), Along(None)), tuple(second)]


class Tensordot(Operation, kind="Tensordot"):
    """Sums of products along some axes of each: the last ones of the one and the first of the other, or named ones."""

    x1 = Operand()
    x2 = Operand()
    operands = ("x1", "x2")
    axes = Kept(2)

    def settle(self) -> None:
        super().settle()
        axes = self.axes
        if type(axes) is int:
            whole(axes, 0, "a number of axes, or a list of axes of each", 64)
            return
        pair = list(axes) if isinstance(axes, (list, tuple)) else []
        self.pair = [[one] if type(one) is int else one for one in pair]
        if len(pair) != 2 or any(not isinstance(one, (list, tuple)) or any(type(n) is not int for n in one) for one in self.pair) or (
                len(self.pair[0]) != len(self.pair[1])):
            raise SpecError(f"axes must be a number, or the same number of axes of each argument (got {shown(axes)})", ("axes",))

    def summed_axes(self, a: Full, b: Full) -> tuple[list[int], list[int]]:
        """The axes of each that are multiplied and added up."""
        if type(self.axes) is int:
            if self.axes > min(len(a), len(b)):
                raise SpecError(f"axes: {Shape(a)} and {Shape(b)} have not {self.axes} axes each", ("axes",))
            return list(range(len(a) - self.axes, len(a))), list(range(self.axes))
        first, second = self.pair
        return self.axes_of(a, tuple(first), "axes"), self.axes_of(b, tuple(second), "axes")

    def result(self, *shapes: Full) -> Full:
        a, b = shapes
        first, second = self.summed_axes(a, b)
        for i, j in zip(first, second):
            if None not in (a[i], b[j]) and a[i] != b[j]:
                raise SpecError(f"multiplies {Shape(a)} with {Shape(b)}: {a[i]} and {b[j]} differ", ("axes",))
        return (*[n for i, n in enumerate(a) if i not in first], *[n for j, n in enumerate(b) if j not in second])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        places = iter(range(len(y)))
        return [tuple([Along(None if i in summed else next(places)) for i in range(len(x))])
                for x, summed in zip(shapes, self.summed_axes(*shapes))]

    def macs(self, *xs: Shape) -> int | None:
        a, b = [full or () for full in self.given(xs)]
        return product((*self.output(*xs), *[a[i] for i in self.summed_axes(a, b)[0]]))

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return {}


class Outer(Operation, kind="Outer"):
    """Each value of the one times each of the other, both as a single row of values."""

    x1 = Operand()
    x2 = Operand()
    operands = ("x1", "x2")

    def result(self, *shapes: Full) -> Full:
        return tuple([product(x) if x is not None else 1 for x in shapes])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        """The rows are those of all examples, one after another."""
        return [everything(x) for x in shapes]

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return each(product(self.output(*xs)), multiplications=1)


def _by_letter(letters: Sequence[Label], x: Full, result: Sequence[Label], y: Full) -> Reads:
    return tuple([Along(None if letter not in result or (n == 1 and y[result.index(letter)] != 1) else result.index(letter))
                  for letter, n in zip(letters, x)])
