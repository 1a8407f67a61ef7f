"""Operations on tensors, which stand in a network like layers without weights, value by value: `a + b`, `keras.ops.exp(x)`."""

from __future__ import annotations

from collections.abc import Sequence

from ..dependence import Reads, mixed, placed
from ..layers.axis_settings import Axes
from ..layers.settings import Kept
from ..layers.shape import Full, broadcast
from .operation import Operand, Operation, make


class Unary(Operation):
    """A function of each value."""

    drawn_with = "input"
    sees = "place"

    x = Operand()

    def result(self, *shapes: Full) -> Full:
        self.named(shapes[0], self.said.get("axis"))
        return shapes[0]

    def named(self, full: Full, axis: object) -> list[int]:
        """The places of the axes that a setting names; none for `None`."""
        axes = axis if isinstance(axis, (tuple, list)) else [] if axis is None else [axis]
        return [self.place(full, a) for a in axes]


class Binary(Operation):
    """A function of two values; sizes of 1 are repeated."""

    family = "merge"
    stretches = True
    sees = "place"

    x1 = Operand()
    x2 = Operand()
    operands = ("x1", "x2")

    def result(self, *shapes: Full) -> Full:
        return broadcast(*shapes)


class Filled(Unary):
    """The same values, whatever the input's."""

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        return [None] * len(shapes)


class AlongAxis(Unary):
    """A function of the values along an axis."""

    axis: object

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        return [mixed(shapes[0], self.named(shapes[0], self.axis))]


class Colors(Unary):
    """A function of the channels of each pixel."""

    data_format = Kept(None)

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        return [mixed(y, [len(y) - 3 if self.data_format == "channels_first" else len(y) - 1])]


make("Absolute Abs Fabs Ceil Conjugate Conj Copy Floor Isfinite Isinf Isnan Isneginf "
     "Isposinf LogicalNot Negative Real Sign Signbit Trunc", Unary, "ops.numpy")
make("Exp Log Sqrt Exp2 Expm1 Log10 Log1p Log2 Cbrt Angle Arccos Arccosh Arcsin Arcsinh Arctan Arctanh Cos Cosh "
     "I0 Sin Sinc Sinh Tan", Unary, "ops.numpy", "exponentials")
make("Square Deg2rad Rad2deg", Unary, "ops.numpy", "multiplications")
make("Reciprocal", Unary, "ops.numpy", "divisions")
make("Tanh", Unary, "ops.numpy", "tanh")
make("Clip", Unary, "ops.numpy", "hard_tanh", x_min=None, x_max=None)
make("Round", Unary, "ops.numpy", None, decimals=0)
make("NanToNum", Unary, "ops.numpy", None, nan=0.0, posinf=None, neginf=None)
make("Array", Unary, "ops.numpy", None, dtype=None)
make("ZerosLike OnesLike EmptyLike", Filled, "ops.numpy", None, dtype=None)
make("Imag Isreal", Filled, "ops.numpy")  # values are real
make("Rsqrt Erf Erfc Erfinv", Unary, "ops.math", "exponentials")
for _name in ("Relu", "Relu6", "Sigmoid", "SparseSigmoid", "Softplus", "Softsign", "SparsePlus", "Silu",
              "LogSigmoid", "HardSigmoid", "HardSilu", "Selu", "TanhShrink", "HardTanh"):
    make(_name, Unary, "ops.nn", "".join(["_" + c.lower() if c.isupper() else c for c in _name])[1:])
make("SoftShrink", Unary, "ops.nn", "soft_shrink", threshold=0.5)
make("HardShrink", Unary, "ops.nn", "hard_shrink", threshold=0.5)
make("Threshold", Unary, "ops.nn", "threshold", threshold=None, default_value=None)
make("Squareplus", Unary, "ops.nn", "squareplus", b=4)
make("LeakyRelu", Unary, "ops.nn", "leaky_relu", negative_slope=0.2)
make("Elu", Unary, "ops.nn", "elu", alpha=1.0)
make("Celu", Unary, "ops.nn", "celu", alpha=1.0)
make("Gelu", Unary, "ops.nn", "gelu", approximate=True)
make("Softmax", AlongAxis, "ops.nn", "softmax", axis=-1)
make("LogSoftmax", AlongAxis, "ops.nn", "log_softmax", axis=-1)
make("Sparsemax", AlongAxis, "ops.nn", "sparsemax", axis=-1)
make("Cast SaturateCast", Unary, "ops.core", None, dtype=None)
make("ConvertToTensor", Unary, "ops.core", None, dtype=None, sparse=None, ragged=None)
make("RGBToHSV HSVToRGB", Colors, "ops.image", "not counted")
make("ReLU", Unary, "activations.activations", "relu", negative_slope=0.0, max_value=None, threshold=0.0)
make("Mish", Unary, "activations.activations", "mish")

make("Add Subtract", Binary, "ops.numpy", "additions")
make("Multiply", Binary, "ops.numpy", "multiplications")
make("Divide TrueDivide DivideNoNan FloorDivide Mod Fmod", Binary, "ops.numpy", "divisions")
make("Power Logaddexp Logaddexp2", Binary, "ops.numpy", "exponentials")
make("Equal NotEqual Greater GreaterEqual Less LessEqual Maximum Minimum Fmax Fmin", Binary, "ops.numpy", "comparisons")
make("Arctan2 Ldexp", Binary, "ops.numpy", "exponentials")
make("Gcd Lcm", Binary, "ops.numpy", "not counted")
make("LogicalAnd LogicalOr LogicalXor Nextafter", Binary, "ops.numpy")


class Normalize(AlongAxis, kind="Normalize"):
    """To length 1 along an axis."""

    module = "ops.nn"
    # `order` means something else in the body of a class.
    settings = {**Unary.settings, "axis": Axes(-1), "order": Kept(2), "epsilon": Kept(None)}


class StopGradient(Operation, kind="StopGradient"):
    """Its input, as far as its values are concerned."""

    module = "ops.core"
    operands = ("variable",)
    variable = Operand()

    def result(self, *shapes: Full) -> Full:
        return shapes[0]


class FullLike(Operation, kind="FullLike"):
    """One value everywhere."""

    operands = ("x", "fill_value")
    x = Operand()
    fill_value = Operand()
    dtype = Kept(None)

    def result(self, *shapes: Full) -> Full:
        return shapes[0]

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        return [None, placed(shapes[1], y)]


class Where(Operation, kind="Where"):
    """Values of `x1` where the condition holds, of `x2` elsewhere."""

    stretches = True
    operands = ("condition", "x1", "x2")
    condition = Operand()
    x1 = Operand()
    x2 = Operand()

    def result(self, *shapes: Full) -> Full:
        condition, a, b = shapes
        return broadcast(broadcast(condition, a), b)


class LayerNorm(AlongAxis, kind="LayerNorm"):
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

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        return [*super().depends(k, y, shapes), *[None if x is None else placed(x, y) for x in shapes[1:]]]
