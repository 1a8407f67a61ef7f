"""Rules of PyTorch's tensor functions that several kinds share: axes, broadcasting, new shapes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..layers.base import Shape
from ..num import Num, exact_div, product
from .base import refusal
from .shapes import Batch, NeedsBatch, Whole, bracketed, symbolic

if TYPE_CHECKING:
    from ..dependence import Along


def axis_of(x: Shape, dim: int, extra: int = 0, setting: str = "dim") -> int:
    """Which axis `dim` means, counted from 0; negative ones count from the end.

    `extra` is 1 for an axis that is to be inserted.
    """
    axes = max(1, len(x) + extra)
    if not -axes <= dim < axes:
        raise refusal(f"{setting} {dim} does not exist in {x}", (setting,), f"axes go from {-axes} to {axes - 1}",
                      f"Dimension out of range (expected to be in range of [{-axes}, {axes - 1}], but got {dim})")
    return dim % axes


def replaced(x: Shape, axis: int, *sizes: int | None) -> Whole:
    """`x` with other sizes in place of the one at `axis`."""
    return Whole((*x[:axis], *sizes, *x[axis + 1:]))


def without(x: Shape, axes: Sequence[int]) -> Whole:
    """`x` without some of its axes."""
    return Whole([n for i, n in enumerate(x) if i not in axes])


def others(x: Shape, special: dict[int, Along], stays: bool = False) -> tuple[Along, ...]:
    """Some axes read as given, which the output lacks unless it `stays` there; every other one at its own place."""
    from ..dependence import Along

    found, place = [], 0
    for i in range(len(x)):
        found.append(special.get(i, Along(place)))
        place += stays or i not in special
    return tuple(found)


def at(place: int) -> Along:
    """One position along an axis, whatever the output's."""
    from ..dependence import Along, Taps

    return Along(None, Taps((range(place, place + 1),)))


def broadcast(*xs: Shape, problem: str = "its inputs") -> Whole:
    """The shape that tensors have together: sizes of 1 are repeated, missing axes in front count as 1."""
    result: tuple[int | None, ...] = tuple(xs[0])
    for x in xs[1:]:
        a, b = (1,) * (len(x) - len(result)) + result, (1,) * (len(result) - len(x)) + tuple(x)
        sizes = []
        for at, (m, n) in enumerate(zip(a, b)):
            if m is None or n is None:
                sizes.append(None if m in (None, 1) and n in (None, 1) else n if m is None else m)
            elif m == n or n == 1:
                sizes.append(m)
            elif m == 1:
                sizes.append(n)
            else:
                raise unlike(xs, problem, m, n, at)
        result = tuple(sizes)
    return Whole(result)


def unlike(xs: Sequence[Shape], problem: str, m: int | None, n: int | None, at: int) -> Exception:
    """The error for tensors that differ along an axis."""
    shapes = " and ".join(map(str, xs[:2])) if len(xs) == 2 else ", ".join(map(str, xs))
    hint = None
    if len(xs) == 2 and len(xs[0]) == len(xs[1]) and at == 1:
        hint = f"a 1x1 convolution to {m} or {n} channels makes them alike"
    elif symbolic(m) or symbolic(n):
        hint = "the batch N meets a fixed size"
    return refusal(f"{problem} {shapes} differ in axis {at}: {m} and {n}", (), hint,
                   f"The size of tensor a ({m}) must match the size of tensor b ({n}) at non-singleton dimension {at}")


def joined(xs: Sequence[Shape], dim: int) -> Whole:
    """Tensors one after the other along an axis; along the others they must be alike."""
    shapes = [x for x in xs if tuple(x) != (0,)]  # PyTorch leaves out empty vectors
    if not shapes:
        return Whole(xs[0])
    first = shapes[0]
    axis = axis_of(first, dim)
    for number, x in enumerate(shapes[1:], 1):
        if len(x) != len(first):
            raise refusal(f"its inputs {first} and {x} have different numbers of axes", (), None,
                          f"Tensors must have same number of dimensions: got {len(first)} and {len(x)}")
        for at, (m, n) in enumerate(zip(first, x)):
            if at != axis and m is not None and n is not None and m != n:
                raise refusal(f"its inputs {first} and {x} differ in axis {at}: {m} and {n}", (),
                              f"all axes but {axis}, the one they are joined along, must be equal",
                              f"Sizes of tensors must match except in dimension {axis}. Expected size {m} but got size {n} "
                              f"for tensor number {number} in the list.")
    total: int | None = 0
    for x in shapes:
        total = None if total is None or x[axis] is None else x[axis] + total
    return replaced(first, axis, total)


def resized(x: Shape, target: Sequence[int | None], word: str = "view") -> Whole:
    """`x` with its values in another shape; -1 is the size that is left.

    With N for the batch, the size that is left may be a fraction of it: PyTorch accepts that
    for some batch sizes, which is worth a warning (see `Shaped.notes`).
    """
    if list(target).count(-1) > 1:
        raise refusal(f"{word} has -1 more than once in {bracketed(target)}", ("shape",), None, "only one dimension can be inferred")
    values = product(x)
    known = product([n for n in target if n is None or n != -1])
    if values is None or known is None:
        return Whole([None if n == -1 and type(n) is int else n for n in target])
    if -1 in target:
        left = _left(values, known)
        if left is not None:
            return Whole([left if n == -1 and not isinstance(n, Batch) else n for n in target])
    elif values == known:
        return Whole(target)
    raise refusal(f"cannot {word} {x}, which has {values} values, as {Whole(target)}", ("shape",), _fit(x, target, values, known),
                  f"shape '{bracketed(target)}' is invalid for input of size {values}")


def _left(values: int | None, known: int | None) -> int | None:
    """The size that -1 stands for; `None` if there is none."""
    if values is None or known is None or known == 0:
        return None
    if symbolic(values) or symbolic(known):
        share = Fraction(getattr(values, "share", values)) / Fraction(getattr(known, "share", known))
        power = getattr(values, "power", 0) - getattr(known, "power", 0)
        if power:
            return Batch(share, None, power)
        return int(share) if share.denominator == 1 else None
    if int(values) % int(known):
        return None
    return exact_div(values, known) if type(values) is Num or type(known) is Num else values // known


def _fit(x: Shape, target: Sequence[int | None], values: int, known: int) -> str | None:
    """A target that would hold the values, with one size changed."""
    for i in range(len(target) - 1, -1, -1):
        if target[i] in (-1, 0, None) or (i == 0 and len(target) > 1):
            continue
        rest = product([n for j, n in enumerate(target) if j != i and n != -1])
        per = _left(product(x[1:]) if -1 in target else values, product([n for j, n in enumerate(target[1:], 1) if j != i and n != -1])
                    if -1 in target else rest)
        if per is not None and isinstance(per, int) and per > 0:
            fits = [*target[:i], per, *target[i + 1:]]
            factors = " × ".join(map(str, x[1:]))
            return f"{bracketed(fits)} would hold them: {factors} = {product(x[1:])} values per example"
    return None


def flattened(x: Shape, start: int, end: int) -> Whole:
    """The axes from `start` to `end`, both included, as one."""
    first, last = axis_of(x, start, setting="start_dim"), axis_of(x, end, setting="end_dim")
    if not x:
        return Whole((1,))
    if first > last:
        raise refusal(f"start_dim {start} comes after end_dim {end} in {x}", ("start_dim",), None,
                      "flatten() has invalid args: start_dim cannot come after end_dim")
    return Whole((*x[:first], product(x[first:last + 1]), *x[last + 1:]))


def multiplied(a: Shape, b: Shape) -> Whole:
    """The product of matrices, batch axes broadcast; vectors as PyTorch's matmul takes them."""
    if not a or not b:
        raise refusal(f"multiplies {a} and {b}, and needs at least one axis of each", (), None,
                      f"both arguments to matmul need to be at least 1D, but they are {len(a)}D and {len(b)}D")
    left, right = a if len(a) > 1 else Whole((1, *a)), b if len(b) > 1 else Whole((*b, 1))
    if left[-1] is not None and right[-2] is not None and left[-1] != right[-2]:
        raise refusal(f"cannot multiply {a} and {b}: {left[-1]} columns and {right[-2]} rows", (), None, _mismatch(a, b, left, right))
    batch = broadcast(Whole(left[:-2]), Whole(right[:-2]))
    rows = (left[-2],) if len(a) > 1 else ()
    columns = (right[-1],) if len(b) > 1 else ()
    return Whole((*batch, *rows, *columns))


def _mismatch(a: Shape, b: Shape, left: Shape, right: Shape) -> str:
    """PyTorch's message for matrices that do not fit."""
    if len(a) == 1 and len(b) == 1:
        return f"inconsistent tensor size, expected tensor {bracketed(a)} and src {bracketed(b)} to have the same number of elements, " \
               f"but got {a[0]} and {b[0]} elements respectively"
    if len(b) == 1 and len(a) == 2:
        return f"size mismatch, got input ({a[0]}), mat ({a[0]}x{a[1]}), vec ({b[0]})"
    if len(b) <= 2:
        return f"mat1 and mat2 shapes cannot be multiplied ({product(left[:-1])}x{left[-1]} and {right[-2]}x{right[-1]})"
    batch = product(broadcast(Whole(left[:-2]), Whole(right[:-2])))
    return (f"Expected size for first two dimensions of batch2 tensor to be: [{batch}, {left[-1]}] "
            f"but got: [{batch}, {right[-2]}].")


def indexed(x: Shape, index: Sequence[Any]) -> Whole:
    """The shape of `x[index]`: of whole numbers, slices, None and ..., and of tensors, given as their shapes."""
    index = list(index)
    taken = sum([1 for i in index if i is not None and i is not Ellipsis and not isinstance(i, bool)])
    if taken > len(x):
        raise refusal(f"has {taken} indices for {x}", (), None,
                      f"too many indices for tensor of dimension {len(x)}")
    if Ellipsis not in index:
        index.append(Ellipsis)
    at = index.index(Ellipsis)
    index[at:at + 1] = [slice(None)] * (len(x) - taken)
    sizes: list[int | None] = []
    places: list[tuple[int | None, ...]] = []
    first: int | None = None
    axis = 0
    for item in index:
        if item is None:
            sizes.append(1)
            continue
        n = x[axis]
        if isinstance(item, slice):
            sizes.append(cut(n, item))
        elif isinstance(item, (tuple, list)):  # a tensor of indices, by its shape
            first = len(sizes) if first is None else first
            places.append(tuple(item))
        elif n is not None and not symbolic(n) and not 0 <= item + n * (item < 0) < n:
            raise refusal(f"index {item} is out of range for axis {axis} of {x}, which has {n}", (), None,
                          f"index {item} is out of bounds for dimension {axis} with size {n}")
        axis += 1
    if places:
        sizes[first:first] = broadcast(*[Whole(p) for p in places])
    return Whole(sizes)


def cut(n: int | None, piece: slice) -> int | None:
    """How many of `n` values a slice takes; a batch stays whole unless it is cut by numbers."""
    if piece == slice(None) or (piece.start in (None, 0) and piece.stop is None and piece.step in (None, 1)):
        return n
    if n is None or any([type(v) not in (int, type(None)) and not isinstance(v, int) for v in (piece.start, piece.stop, piece.step)]):
        return None
    if isinstance(n, Batch) and symbolic(n):
        if piece.stop == n and piece.start in (None, 0) and piece.step in (None, 1):
            return n
        if isinstance(piece.stop, Batch) and piece.start in (None, 0):
            return piece.stop
        if isinstance(piece.start, Batch) and piece.stop is None:
            rest: int = n - piece.start
            return rest
        if piece.stop is not None and piece.stop > 0 and (piece.start or 0) >= 0 and piece.step in (None, 1):
            taken: int = piece.stop - (piece.start or 0)
            return taken
        if piece.step not in (None, 1) and piece.start in (None, 0, 1) and piece.stop is None:
            share: int = n / piece.step
            return share
        raise NeedsBatch("takes a part of the batch, whose size is not known")
    return len(range(*piece.indices(n)))
