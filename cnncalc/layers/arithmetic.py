"""What layers compute: sums of counts, and what an activation costs.

Counts are of one example; `None` is a count that depends on a size that is not known.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable

from ..activations import ACTIVATIONS
from ..num import product

#: What is counted beside multiply-adds. Exponentials are also logarithms, roots and powers.
OPERATIONS = ("additions", "multiplications", "comparisons", "divisions", "exponentials")

Operations = dict[str, int | None]

#: Of a layer whose operations are not counted, beside its multiply-adds.
UNCOUNTED: Operations = dict.fromkeys(OPERATIONS)


#: How pictures and formulas sign a function of two arrays, by the names that frameworks give it.
SIGNS = {
    "add": "+", "subtract": "−", "sub": "−", "multiply": "×", "mul": "×", "divide": "÷", "div": "÷", "true_divide": "÷",
    "truedivide": "÷", "maximum": "max", "minimum": "min", "average": "avg",
}


class Matrices(namedtuple("Matrices", "name times columns weights result")):
    """A convolution as a product of matrices, `times` of them for its groups.

    Each shape is (rows, columns): `columns` has the windows of the input side by side
    (im2col), `weights` times `columns` is `result`. A transposed convolution goes the
    other way round: `weights` times the input is `columns`, which are added up in `result`.
    """

    __slots__ = ()


def added(counts: Iterable[int | None]) -> int | None:
    """The sum of counts; unknown if one of them is."""
    result = 0
    for count in counts:
        if count is None:
            return None
        if type(count) is not int or count:
            result = count if type(result) is int and not result else result + count
    return result


def each(n: int | None, **counts: int) -> Operations:
    """What is done `counts` times to each of `n` values."""
    return {name: n if count == 1 else product((n, count)) for name, count in counts.items() if count}


def together(*parts: Operations) -> Operations:
    """The counts of several operations, by name."""
    return {
        name: added([part[name] for part in parts if name in part])
        for name in OPERATIONS
        if any([name in part for part in parts])
    }


def repeated(n: int | None, counts: Operations) -> Operations:
    """The same done `n` times."""
    return {name: product((n, count)) for name, count in counts.items()}


def function(activation: object, n: int | None) -> Operations:
    """What an activation costs on `n` values; unknown for one that is not in the table."""
    if activation is None:
        return {}
    if activation == "glu":
        half = None if n is None else n // 2
        return each(half, **(ACTIVATIONS["silu"].cost or {}))
    row = ACTIVATIONS.get(activation) if isinstance(activation, str) else None
    return UNCOUNTED if row is None or row.cost is None else each(n, **row.cost)


def attended(pairs: int | None, features: int | None, sums: int | None) -> int | None:
    """Query times key for every pair of them, and each pair's share of the value."""
    return added([product((pairs, features)), product((pairs, sums))])
