"""Operations on tensors, which stand in a network like layers without weights: `a + b`, `keras.ops.mean(x)`.

A kind is called `ops.` and the class that Keras shows, such as ops.Add. Its settings are the
arguments of the function in keras.ops. Those that may be tensors are its inputs, in their order; a
constant in place of one is given as a setting: `ops.Subtract: {x1: 1}` is 1 - x.

Sizes are worked out as keras.ops does it, which is not in all cases what layers do, with the
batch in front: a result that no longer has it there is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from ..dependence import Along, placed
from ..errors import SpecError, nearest, shown
from ..layers.arithmetic import OPERATIONS, SIGNS, each, function
from ..layers.base import KINDS, Layer, Shape
from ..layers.settings import Axes, Count, Flag, Kept, Offsets, Setting
from ..layers.shape import BatchShape, Full, broadcast
from ..num import product
from . import reads
from .settings import AxisOf, in_lists

if TYPE_CHECKING:
    from ..dependence import Reads

#: Numbers that a constant may have.
LARGEST_CONSTANT = 1_000_000


class Operand(Setting):
    """A constant in place of an input: a number, lists of numbers, or an array as Keras writes it."""

    form = "a number or a list of numbers"

    def __init__(self) -> None:
        super().__init__(None)

    def read(self, value: Any, rank: int | None) -> Any:
        if value is not None:
            constant_shape(value)
        return value

    def written(self, value: Any) -> Any:
        return value


def constant_shape(value: Any) -> Full:
    """The shape of a constant; SpecError if it has none."""
    if isinstance(value, dict):
        lists = in_lists(value)
        if lists is value:
            raise SpecError(f"must be {Operand.form} (got {shown(value)})")
        value = lists
    shape: list[int] = []
    level = [value]
    while level and all(isinstance(item, (list, tuple)) for item in level):
        if len({len(item) for item in level}) > 1 or len(shape) > 32:
            raise SpecError(f"has lists of different lengths (got {shown(value)})")
        shape.append(len(level[0]))
        level = [inner for item in level for inner in item]
        if len(level) > LARGEST_CONSTANT:
            raise SpecError(f"has more than {LARGEST_CONSTANT:,} numbers")
    if any(type(item) not in (int, float, bool) for item in level):
        raise SpecError(f"must be {Operand.form} (got {shown(value)})")
    return tuple(shape)


class Operation(Layer):
    """What all of them share."""

    #: Where Keras has its class: keras.src.ops, or keras.src.activations for two of them.
    module: ClassVar[str] = "ops.numpy"
    #: The arguments that may be tensors.
    operands: ClassVar[tuple[str, ...]] = ("x",)
    #: How many of the last of them may be left out.
    optional: ClassVar[int] = 0
    #: Whether the only argument is a list of tensors, or any number of them one by one.
    takes_list: ClassVar[bool] = False
    takes_many: ClassVar[bool] = False
    #: Whether sizes of 1 in one argument are repeated to those of another, the batch too.
    stretches: ClassVar[bool] = False
    of_whole_tensors = True
    #: What Keras calls its arguments, where that is another name.
    spellings: ClassVar[dict[str, str]] = {}
    #: An activation, whose cost it has, or an elementary operation of each value.
    counted: ClassVar[str | None] = None

    def depends(self, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
        """What output `k`, of shape `y`, depends on in each argument; one of the rules in `reads`."""
        raise NotImplementedError

    def __init_subclass__(cls, kind: str = "", **kwargs: Any) -> None:
        word = kind.removeprefix("ops.")
        super().__init_subclass__(kind=f"ops.{word}" if word else "", keras_class=word, **kwargs)

    def settle(self) -> None:
        if self.takes_list or self.takes_many:
            self.arity = (1, None)
            return
        free = [name for name in self.operands if getattr(self, name) is None]
        if not free:
            raise SpecError("needs an input: all its arguments are constants")
        first = self.operands[: len(self.operands) - self.optional]
        self.arity = (max(1, len([name for name in first if name in free])), len(free))

    def given(self, xs: tuple[Shape, ...]) -> Iterator[Full | None]:
        """The shape of each argument, the batch in front; `None` for one that is left out."""
        if self.takes_list or self.takes_many:
            yield from [x.full for x in xs]
            return
        waiting = iter(xs)
        for name in self.operands:
            value = getattr(self, name)
            if value is not None:
                yield constant_shape(value)
            else:
                x = next(waiting, None)
                yield None if x is None else x.full

    def results_of(self, *shapes: Any) -> tuple[Full, ...]:
        """The shapes of all outputs, the batch in front."""
        return (self.result(*shapes),)

    def result(self, *shapes: Any) -> Full:
        """The shape of its output, the batch in front."""
        raise NotImplementedError

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        made = self.example if not any([type(x) is BatchShape for x in xs]) else BatchShape.of_tensor
        return tuple([made(full) for full in self.results_of(*self.given(xs))])

    def output(self, *xs: Shape) -> Shape:
        return self.outputs(*xs)[0]

    def reach(self, xs: tuple[Shape, ...], ys: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
        return reads.operation_reach(self, xs, ys)

    def example(self, full: Full) -> Shape:
        if not full or full[0] is not None:
            raise SpecError(f"gives {Shape(full)}, where the batch is no longer the first axis", (),
                            "the following layers cannot be computed for one example")
        return Shape(full[1:])

    def place(self, full: Full, axis: int, setting: str = "axis", more: int = 0) -> int:
        """Which axis is meant, counted from the batch, which is 0."""
        rank = len(full) + more
        if type(axis) is not int:
            raise SpecError(f"{setting} must be a whole number (got {shown(axis)})", (setting,))
        if not -rank <= axis < rank:
            raise SpecError(f"{setting} {axis} does not exist in its input {Shape(full)}", (setting,),
                            f"axes go from 0, the batch, to {rank - 1}; -1 is the last")
        return axis if axis >= 0 else axis + rank

    def operations(self, *xs: Shape) -> dict[str, Any]:
        n = product(self.output(*xs))
        if self.counted in OPERATIONS:
            return each(n, **{self.counted: 1})
        return function(self.counted, n)

    def without(self, full: Full, axis: Any, keepdims: bool, setting: str = "axis") -> Full:
        """The shape with some axes, or all, reduced to one value."""
        places = range(len(full)) if axis is None else self.axes_of(full, axis, setting)
        if keepdims:
            return tuple([1 if i in places else n for i, n in enumerate(full)])
        return tuple([n for i, n in enumerate(full) if i not in places])

    def axes_of(self, full: Full, axis: Any, setting: str = "axis", more: int = 0) -> list[int]:
        places = [self.place(full, a, setting, more) for a in (axis if isinstance(axis, tuple) else (axis,))]
        if len(set(places)) < len(places):
            raise SpecError(f"{setting} names an axis twice (got {shown(list(axis))})", (setting,))
        return places


def near(name: str) -> str | None:
    """The hint for an operation that is not known."""
    known = [kind.removeprefix("ops.") for kind in KINDS.everything() if kind.startswith("ops.")]
    close = nearest(name, known)
    return f"did you mean {close!r}?" if close else None


# Of each value.


class Unary(Operation):
    """A function of each value."""

    drawn_with = "input"
    depends = reads.each_value
    sees = "place"

    x = Operand()

    def result(self, *shapes: Any) -> Full:
        full: Full = shapes[0]
        axis = self.said.get("axis")
        for a in axis if isinstance(axis, (list, tuple)) else (axis,):
            if a is not None:
                self.place(full, a)
        return full


class Binary(Operation):
    """A function of two values; sizes of 1 are repeated."""

    family = "merge"
    stretches = True
    depends = reads.each_value
    sees = "place"

    x1 = Operand()
    x2 = Operand()
    operands = ("x1", "x2")

    def result(self, *shapes: Any) -> Full:
        return broadcast(*shapes)


def _make(names: str, base: type[Operation], module: str, counted: str | None = None,
          own: dict[str, Any] | None = None, **settings: Any) -> None:
    """A kind for each name, with settings that change no number; `own` are further fields of its class."""
    for name in names.split():
        fields: dict[str, Any] = {**(own or {}), **{key: Kept(value) for key, value in settings.items()}}
        type(name, (base,), {"__doc__": base.__doc__, "__module__": __name__, "module": module,
                             "counted": counted, "sign": SIGNS.get(name.lower(), ""), **fields}, kind=name)


_make("Absolute Abs Fabs Ceil Conjugate Conj Copy Floor Isfinite Isinf Isnan Isneginf "
      "Isposinf LogicalNot Negative Real Sign Signbit Trunc", Unary, "ops.numpy")
_make("Exp Log Sqrt Exp2 Expm1 Log10 Log1p Log2 Cbrt Angle Arccos Arccosh Arcsin Arcsinh Arctan Arctanh Cos Cosh "
      "I0 Sin Sinc Sinh Tan", Unary, "ops.numpy", "exponentials")
_make("Square Deg2rad Rad2deg", Unary, "ops.numpy", "multiplications")
_make("Reciprocal", Unary, "ops.numpy", "divisions")
_make("Tanh", Unary, "ops.numpy", "tanh")
_make("Clip", Unary, "ops.numpy", "hard_tanh", x_min=None, x_max=None)
_make("Round", Unary, "ops.numpy", None, decimals=0)
_make("NanToNum", Unary, "ops.numpy", None, nan=0.0, posinf=None, neginf=None)
_make("Array", Unary, "ops.numpy", None, dtype=None)
_NOTHING = {"depends": reads.nothing}
_make("ZerosLike OnesLike EmptyLike", Unary, "ops.numpy", None, _NOTHING, dtype=None)
_make("Imag Isreal", Unary, "ops.numpy", None, _NOTHING)  # values are real
_make("Flip", Unary, "ops.numpy", None, {"depends": reads.flipped, "flips": None}, axis=None)
_make("Fliplr", Unary, "ops.numpy", None, {"depends": reads.flipped, "flips": 1})
_make("Flipud", Unary, "ops.numpy", None, {"depends": reads.flipped, "flips": 0})
_ALONG_AXIS = {"depends": reads.along_axis}
_make("Rsqrt Erf Erfc Erfinv", Unary, "ops.math", "exponentials")
for _name in ("Relu", "Relu6", "Sigmoid", "SparseSigmoid", "Softplus", "Softsign", "SparsePlus", "Silu",
              "LogSigmoid", "HardSigmoid", "HardSilu", "Selu", "TanhShrink", "HardTanh"):
    _make(_name, Unary, "ops.nn", "".join(["_" + c.lower() if c.isupper() else c for c in _name])[1:])
_make("SoftShrink", Unary, "ops.nn", "soft_shrink", threshold=0.5)
_make("HardShrink", Unary, "ops.nn", "hard_shrink", threshold=0.5)
_make("Threshold", Unary, "ops.nn", "threshold", threshold=None, default_value=None)
_make("Squareplus", Unary, "ops.nn", "squareplus", b=4)
_make("LeakyRelu", Unary, "ops.nn", "leaky_relu", negative_slope=0.2)
_make("Elu", Unary, "ops.nn", "elu", alpha=1.0)
_make("Celu", Unary, "ops.nn", "celu", alpha=1.0)
_make("Gelu", Unary, "ops.nn", "gelu", approximate=True)
_make("Softmax", Unary, "ops.nn", "softmax", _ALONG_AXIS, axis=-1)
_make("LogSoftmax", Unary, "ops.nn", "log_softmax", _ALONG_AXIS, axis=-1)
_make("Sparsemax", Unary, "ops.nn", "sparsemax", _ALONG_AXIS, axis=-1)
_make("Cast SaturateCast", Unary, "ops.core", None, dtype=None)
_make("ConvertToTensor", Unary, "ops.core", None, dtype=None, sparse=None, ragged=None)
_make("RGBToHSV HSVToRGB", Unary, "ops.image", "not counted", {"depends": reads.colours}, data_format=None)
_make("ReLU", Unary, "activations.activations", "relu", negative_slope=0.0, max_value=None, threshold=0.0)
_make("Mish", Unary, "activations.activations", "mish")

_make("Add Subtract", Binary, "ops.numpy", "additions")
_make("Multiply", Binary, "ops.numpy", "multiplications")
_make("Divide TrueDivide DivideNoNan FloorDivide Mod Fmod", Binary, "ops.numpy", "divisions")
_make("Power Logaddexp Logaddexp2", Binary, "ops.numpy", "exponentials")
_make("Equal NotEqual Greater GreaterEqual Less LessEqual Maximum Minimum Fmax Fmin", Binary, "ops.numpy", "comparisons")
_make("Arctan2 Ldexp", Binary, "ops.numpy", "exponentials")
_make("Gcd Lcm", Binary, "ops.numpy", "not counted")
_make("LogicalAnd LogicalOr LogicalXor Nextafter", Binary, "ops.numpy")


class Normalize(Unary, kind="Normalize"):
    """To length 1 along an axis."""

    depends = reads.along_axis
    module = "ops.nn"
    # `order` means something else in the body of a class.
    settings = {**Unary.settings, "axis": Axes(-1), "order": Kept(2), "epsilon": Kept(None)}


class StopGradient(Operation, kind="StopGradient"):
    """Its input, as far as its values are concerned."""

    depends = reads.each_value
    module = "ops.core"
    operands = ("variable",)
    variable = Operand()

    def result(self, *shapes: Any) -> Full:
        full: Full = shapes[0]
        return full


class FullLike(Operation, kind="FullLike"):
    """One value everywhere."""

    depends = reads.filled
    operands = ("x", "fill_value")
    x = Operand()
    fill_value = Operand()
    dtype = Kept(None)

    def result(self, *shapes: Any) -> Full:
        full: Full = shapes[0]
        return full


class Where(Operation, kind="Where"):
    """Values of `x1` where the condition holds, of `x2` elsewhere."""

    stretches = True
    depends = reads.each_value
    operands = ("condition", "x1", "x2")
    condition = Operand()
    x1 = Operand()
    x2 = Operand()

    def result(self, *shapes: Any) -> Full:
        condition, a, b = shapes
        return broadcast(broadcast(condition, a), b)


# Along axes.


class Reduction(Operation):
    """One value of all those along some axes, or of all axes."""

    depends = reads.reduced
    x = Operand()
    axis = Axes(None)
    keepdims = Flag(False)

    def result(self, *shapes: Any) -> Full:
        return self.without(shapes[0], self.axis, self.keepdims)

    def operations(self, *xs: Shape) -> dict[str, Any]:
        if self.counted not in OPERATIONS:
            return function(self.counted, product(xs[0]))
        found = each(product(xs[0]), **{self.counted: 1})
        return {**found, "divisions": product(self.output(*xs))} if "ean" in self.kind else found


_make("Mean Sum Nanmean Nansum", Reduction, "ops.numpy", "additions")
_make("Amax Amin Argmax Argmin Nanargmax Nanargmin Nanmax Nanmin", Reduction, "ops.numpy", "comparisons")
_make("Max Min", Reduction, "ops.numpy", "comparisons", initial=None)
_make("All Any", Reduction, "ops.numpy")
_make("Median Nanmedian Nanstd Nanvar Ptp Std Var", Reduction, "ops.numpy", "not counted")
_make("Nanprod", Reduction, "ops.numpy", "multiplications")
_make("Prod", Reduction, "ops.numpy", "multiplications", dtype=None)
_make("Logsumexp", Reduction, "ops.math", "exponentials")


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

    def results_of(self, *shapes: Any) -> tuple[Full, ...]:
        return (self.without(shapes[0], self.axes, self.keepdims, "axes"),) * 2

    def depends(self, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
        return reads.reduced(self, k, y, shapes, self.axes)


class Quantile(Operation, kind="Quantile"):
    """The value below which a share `q` of the values lies."""

    counted = "not counted"
    operands = ("x", "q")
    x = Operand()
    q = Operand()
    axis = Axes(None)
    method = Kept("linear")
    keepdims = Flag(False)

    def result(self, *shapes: Any) -> Full:
        full: Full = self.without(shapes[0], self.axis, self.keepdims)
        q = shapes[1]
        many = q[:1] if not isinstance(self.q, list) or q != (1,) else ()
        return (*many, *full)

    def depends(self, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
        return [*reads.reduced(self, k, y, shapes), None]


class Average(Operation, kind="Average"):
    """The mean along an axis, weighted or not."""

    operands = ("x", "weight")
    optional = 1
    x = Operand()
    weight = Operand()  # `weights` are those of a layer
    spellings: ClassVar[dict[str, str]] = {"weights": "weight"}
    axis = AxisOf(None)

    def result(self, *shapes: Any) -> Full:
        full, weights = shapes
        if self.axis is None:
            return ()
        place = self.place(full, self.axis)
        if weights is not None and not _alike(full, weights) and not _alike((full[place],), weights):
            raise SpecError(f"takes a weight for each value of {Shape(full)}, or for each along axis {self.axis}, got {Shape(weights)}")
        return (*full[:place], *full[place + 1:])

    def depends(self, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
        x, weights = shapes
        place = self.place(x, self.axis)
        rest = iter(range(len(y)))
        along = tuple([Along(None if i == place else next(rest)) for i in range(len(x))])
        return [along, None if weights is None else along if len(weights) == len(x) else (Along(None),)]

    def operations(self, *xs: Shape) -> dict[str, Any]:
        n = product(xs[0])
        weighted = {} if len(list(self.given(xs))) < 2 or list(self.given(xs))[1] is None else {"multiplications": n}
        return {"additions": n, "divisions": product(self.output(*xs)), **weighted}


def _alike(a: Full, b: Full) -> bool:
    return len(a) == len(b) and all([None in (m, n) or m == n for m, n in zip(a, b)])


class LayerNorm(Unary, kind="LayerNorm"):
    """Of mean 0 and variance 1 along some axes, then scaled by gamma and shifted by beta."""

    module = "ops.nn"
    counted = "not counted"
    operands = ("x", "gamma", "beta")
    optional = 2
    gamma = Operand()
    beta = Operand()
    axis = Axes(-1)
    epsilon = Kept(None)
    rms_scaling = Kept(False)

    def depends(self, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
        return [*reads.along_axis(self, k, y, shapes), *[None if x is None else placed(x, y) for x in shapes[1:]]]


class Triangle(Unary):
    """The values on one side of a diagonal, `k` places from the middle one; the others become zero."""

    depends = reads.triangle
    k = Count(0, least=-(10**9))


_make("Tril", Triangle, "ops.numpy", None, {"lower": True})
_make("Triu", Triangle, "ops.numpy", None, {"lower": False})


class Roll(Unary, kind="Roll"):
    """The values moved round along an axis, or through the whole."""

    depends = reads.rolled
    shift = Offsets()
    axis = Axes(None)

    def settle(self) -> None:
        super().settle()
        if isinstance(self.shift, tuple) and (not isinstance(self.axis, tuple) or len(self.axis) != len(self.shift)):
            raise SpecError(f"shift has {len(self.shift)} values, and axis is {self.axis}", ("shift",), "one shift for each axis")


class CountNonzero(Reduction, kind="CountNonzero"):
    """How many values are not zero."""

    settings = {key: setting for key, setting in Reduction.settings.items() if key != "keepdims"}
    keepdims = False


class Cumulative(Operation):
    """Sums, or products, of all values up to each along an axis."""

    depends = reads.cumulated
    x = Operand()
    axis = Axes(None)
    dtype = Kept(None)

    def result(self, *shapes: Any) -> Full:
        full: Full = shapes[0]
        if self.axis is None:
            return (None,)
        self.axes_of(full, self.axis)
        return full


_make("Cumsum Nancumsum", Cumulative, "ops.numpy", "additions")
_make("Cumprod Nancumprod", Cumulative, "ops.numpy", "multiplications")


class Sorted(Unary):
    """The same values in another order, or their places."""

    depends = reads.sorted
    axis = Axes(-1)

    def result(self, *shapes: Any) -> Full:
        full: Full = shapes[0]
        if self.axis is None:
            return (None,)
        self.axes_of(full, self.axis)
        return full


_make("Sort Argsort", Sorted, "ops.numpy", "not counted")
