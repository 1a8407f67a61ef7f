"""Operations along axes: sums, means, norms, running sums, orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from ..dependence import Along, Reads, before, everything, mixed
from ..errors import SpecError
from ..layers.arithmetic import OPERATIONS, UNCOUNTED, each, function
from ..layers.axis_settings import Axes
from ..layers.base import Shape
from ..layers.settings import Count, Flag, Kept
from ..layers.shape import Full
from ..num import product
from .elementwise import Unary
from .operation import Operand, Operation, make
from .settings import AxisOf


def reduced(layer: Operation, x: Full, axis: object, keepdims: bool) -> tuple[Along, ...]:
    """All values along some axes."""
    places = layer.axes_of(x, axis)
    kept = [i for i in range(len(x)) if keepdims or i not in places]
    return tuple([Along(None if i in places else kept.index(i)) for i in range(len(x))])


class Reduction(Operation):
    """One value of all those along some axes, or of all axes."""

    #: Whether the sum is divided by the number of values.
    divided = False
    x = Operand()
    axis = Axes(None)
    keepdims = Flag(False)

    def result(self, *shapes: Full) -> Full:
        return self.without(shapes[0], self.axis, self.keepdims)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        if self.counted not in OPERATIONS:
            return function(self.counted, product(xs[0]))
        return {**each(product(xs[0]), **{self.counted: 1}), **({"divisions": product(self.output(*xs))} if self.divided else {})}

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        return [reduced(self, shapes[0], self.axis, self.keepdims)]


class Mean(Reduction):
    """The mean of all values along some axes, or of all axes."""

    divided = True


make("Mean Nanmean", Mean, "ops.numpy", "additions")
make("Sum Nansum", Reduction, "ops.numpy", "additions")
make("Amax Amin Argmax Argmin Nanargmax Nanargmin Nanmax Nanmin", Reduction, "ops.numpy", "comparisons")
make("Max Min", Reduction, "ops.numpy", "comparisons", initial=None)
make("All Any", Reduction, "ops.numpy")
make("Median Nanmedian Nanstd Nanvar Ptp Std Var", Reduction, "ops.numpy", "not counted")
make("Nanprod", Reduction, "ops.numpy", "multiplications")
make("Prod", Reduction, "ops.numpy", "multiplications", dtype=None)
make("Logsumexp", Reduction, "ops.math", "exponentials")


class Norm(Reduction, kind="Norm"):
    """The length of the vector along an axis, or a norm of the matrix along two."""

    module = "ops.linalg"
    counted = "not counted"
    # `ord` is a function of Python's in the body of a class.
    settings = {"x": Reduction.settings["x"], "ord": Kept(None), "axis": Axes(None), "keepdims": Flag(False)}


class Moments(Operation, kind="Moments"):
    """The mean and the variance along some axes."""

    module = "ops.nn"
    counted = "not counted"
    results = 2
    x = Operand()
    axes = Axes()
    keepdims = Flag(False)
    synchronized = Kept(False)

    def results_of(self, *shapes: Full) -> tuple[Full, ...]:
        return (self.without(shapes[0], self.axes, self.keepdims, "axes"),) * 2

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        return [reduced(self, shapes[0], self.axes, self.keepdims)]


class Quantile(Operation, kind="Quantile"):
    """The value below which a share `q` of the values lies."""

    counted = "not counted"
    operands = ("x", "q")
    x = Operand()
    q = Operand()
    axis = Axes(None)
    method = Kept("linear")
    keepdims = Flag(False)

    def result(self, *shapes: Full) -> Full:
        full: Full = self.without(shapes[0], self.axis, self.keepdims)
        q = shapes[1]
        many = q[:1] if not isinstance(self.q, list) or q != (1,) else ()
        return (*many, *full)

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        return [reduced(self, shapes[0], self.axis, self.keepdims), None]


class Average(Operation, kind="Average"):
    """The mean along an axis, weighted or not."""

    operands = ("x", "weight")
    optional = 1
    x = Operand()
    weight = Operand()  # `weights` are those of a layer
    spellings: ClassVar[dict[str, str]] = {"weights": "weight"}
    axis = AxisOf(None)

    def result(self, *shapes: Full) -> Full:
        full, weights = shapes
        if self.axis is None:
            return ()
        place = self.place(full, self.axis)
        if weights is not None and not _alike(full, weights) and not _alike((full[place],), weights):
            raise SpecError(f"takes a weight for each value of {Shape(full)}, or for each along axis {self.axis}, got {Shape(weights)}")
        return (*full[:place], *full[place + 1:])

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x, weights = shapes
        place = self.place(x, self.axis)
        rest = iter(range(len(y)))
        along = tuple([Along(None if i == place else next(rest)) for i in range(len(x))])
        return [along, None if weights is None else along if len(weights) == len(x) else (Along(None),)]

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        n = product(xs[0])
        weighted = {} if len(list(self.given(xs))) < 2 or list(self.given(xs))[1] is None else {"multiplications": n}
        return {"additions": n, "divisions": product(self.output(*xs)), **weighted}


def _alike(a: Full, b: Full) -> bool:
    return len(a) == len(b) and all([None in (m, n) or m == n for m, n in zip(a, b)])


class CountNonzero(Reduction, kind="CountNonzero"):
    """How many values are not zero."""

    settings = {key: setting for key, setting in Reduction.settings.items() if key != "keepdims"}
    keepdims = False


class Cumulative(Operation):
    """Sums, or products, of all values up to each along an axis."""

    x = Operand()
    axis = Axes(None)
    dtype = Kept(None)

    def result(self, *shapes: Full) -> Full:
        return self.or_flat(shapes[0], self.axis)

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x = shapes[0]
        if self.axis is None:
            return [everything(x)]
        places = self.axes_of(x, self.axis)
        return [tuple([Along(i, before(n), True) if i and i in places else Along(i) for i, n in enumerate(x)])]


make("Cumsum Nancumsum", Cumulative, "ops.numpy", "additions")
make("Cumprod Nancumprod", Cumulative, "ops.numpy", "multiplications")


class Sorted(Unary):
    """The same values in another order, or their places."""

    axis = Axes(-1)

    def result(self, *shapes: Full) -> Full:
        return self.or_flat(shapes[0], self.axis)

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        x = shapes[0]
        places = range(len(x)) if self.axis is None else self.axes_of(x, self.axis)
        return [tuple([Along(None if i in places else i) for i in range(len(x))])]


make("Sort Argsort", Sorted, "ops.numpy", "not counted")


class TopK(Operation, kind="TopK"):
    """The largest values along the last axis, and their places."""

    module = "ops.math"
    results = 2
    x = Operand()
    k = Count()
    sorted = Flag(True)

    def results_of(self, *shapes: Full) -> tuple[Full, ...]:
        full = shapes[0]
        if full[-1] is not None and full[-1] < self.k:
            raise SpecError(f"k is {self.k}, its input {Shape(full)} has {full[-1]} values in a row", ("k",))
        return ((*full[:-1], self.k),) * 2

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        return [mixed(y, [len(y) - 1])]

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return UNCOUNTED
