"""Functions of each value, dropout, and functions along an axis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from ..layers.arithmetic import each, function
from ..layers.base import Shape, Weight
from ..layers.settings import Kept, Number, Setting
from ..num import product
from .base import Module, refusal
from .settings import Bool, Dim, Size

if TYPE_CHECKING:
    from ..dependence import Reads


class Filled(Module):
    """Numbers in the shape of another tensor, whose values do not matter."""

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        return tuple([None for _ in xs])


class Elementwise(Module):
    """A function of each value."""

    drawn_with = "input"
    sees = "place"
    in_place = "overwriting"
    #: The function as `ACTIVATIONS` names it.
    function: ClassVar[str] = ""

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return function(self.function, product(xs[0])) if self.function else {}


#: Each activation: its settings in PyTorch's order, and what it computes.
_ACTIVATIONS: dict[str, tuple[str, dict[str, object]]] = {
    "ReLU": ("relu", {"inplace": False}),
    "ReLU6": ("relu6", {"inplace": False}),
    "LeakyReLU": ("leaky_relu", {"negative_slope": 0.01, "inplace": False}),
    "ELU": ("elu", {"alpha": 1.0, "inplace": False}),
    "SELU": ("selu", {"inplace": False}),
    "CELU": ("celu", {"alpha": 1.0, "inplace": False}),
    "GELU": ("gelu", {"approximate": "none"}),
    "SiLU": ("silu", {"inplace": False}),
    "Mish": ("mish", {"inplace": False}),
    "Sigmoid": ("sigmoid", {}),
    "Tanh": ("tanh", {}),
    "Softplus": ("softplus", {"beta": 1.0, "threshold": 20.0}),
    "Softsign": ("softsign", {}),
    "Softshrink": ("soft_shrink", {"lambd": 0.5}),
    "Hardshrink": ("hard_shrink", {"lambd": 0.5}),
    "Tanhshrink": ("tanh_shrink", {}),
    "Hardtanh": ("hard_tanh", {"min_val": -1.0, "max_val": 1.0, "inplace": False}),
    "Hardsigmoid": ("hard_sigmoid", {"inplace": False}),
    "Hardswish": ("hard_silu", {"inplace": False}),
    "LogSigmoid": ("log_sigmoid", {}),
    "RReLU": ("leaky_relu", {"lower": 1 / 8, "upper": 1 / 3, "inplace": False}),
    "Threshold": ("threshold", {"threshold": None, "value": None, "inplace": False}),
}
#: Acts during training only, so nothing is computed otherwise.
_DROPOUTS = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout")


def _setting(value: object) -> Setting:
    if value is False:
        return Bool(False)
    return Number() if value is None else Number(value) if isinstance(value, float) else Kept(value)


for _name, (_function, _settings) in _ACTIVATIONS.items():
    type(_name, (Elementwise,), {
        "__module__": __name__, "__doc__": "A function of each value.", "function": _function,
        **{key: _setting(value) for key, value in _settings.items()}}, kind=f"nn.{_name}")

for _name in _DROPOUTS:
    type(_name, (Elementwise,), {
        "__module__": __name__, "__doc__": "Drops values during training.", "in_place": "view",
        "remark": "acts during training only: no weights, and no size changes",
        "p": Number(0.5, least=0, most=1), "inplace": Bool(False)}, kind=f"nn.{_name}")


class PReLU(Elementwise, kind="nn.PReLU"):
    """A learned slope below zero: one for all values, or one per channel."""

    function = "leaky_relu"
    num_parameters = Size(1, symbol="c")
    init = Kept(0.25)

    def check(self, *xs: Shape) -> None:
        channels = xs[0][1] if len(xs[0]) > 1 else 1
        if self.num_parameters != 1 and channels not in (None, self.num_parameters):
            raise refusal(f"has {self.num_parameters} slopes, and its input {xs[0]} has {channels} channels", ("num_parameters",),
                          f"num_parameters={channels}, or 1 for all")

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield Weight("weight", (self.num_parameters,))


class _AlongAxis(Module):
    """A function of all values along an axis."""

    drawn_with = "input"
    in_place = "overwriting"
    function: ClassVar[str] = "softmax"
    dim: Setting

    def axis(self, x: Shape) -> int:
        from .operations import axis_of

        if self.dim is not None:
            return axis_of(x, self.dim)
        return 0 if len(x) in (0, 1, 3) else 1  # PyTorch's guess, about which it warns

    def check(self, *xs: Shape) -> None:
        self.axis(xs[0])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import mixed

        return (mixed(xs[0], [self.axis(xs[0])]),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return function(self.function, product(xs[0]))


class Softmax(_AlongAxis, kind="nn.Softmax"):
    """Shares of 1 along an axis."""

    dim: Setting = Dim(None)


class LogSoftmax(_AlongAxis, kind="nn.LogSoftmax"):
    """The logarithm of the softmax along an axis."""

    function = "log_softmax"
    dim: Setting = Dim(None)


class Softmin(_AlongAxis, kind="nn.Softmin"):
    """The softmax of the negative values."""

    dim: Setting = Dim(None)


class Softmax2d(_AlongAxis, kind="nn.Softmax2d"):
    """The softmax over the channels of a feature map."""

    dim = -3

    def check(self, *xs: Shape) -> None:
        if len(xs[0]) not in (3, 4):
            raise refusal(f"needs an input (N, C, H, W), got {xs[0]}", (), None,
                          f"Softmax2d: expected input to be 3D or 4D, got {len(xs[0])}D instead")


class GLU(Module, kind="nn.GLU"):
    """Half of the values times the sigmoid of the other half."""

    dim = Dim(-1)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, Taps
        from .operations import axis_of, others

        axis = axis_of(xs[0], self.dim)
        half = int(xs[0][axis]) // 2
        return (others(xs[0], {axis: Along(axis, Taps((range(0, half + 1, max(1, half)),), bounded=True))}, True),)

    def output(self, *xs: Shape) -> Shape:
        from .operations import axis_of, replaced

        x = xs[0]
        axis = axis_of(x, self.dim)
        if x[axis] is not None and x[axis] % 2:
            raise refusal(f"halves axis {axis} of {x}, whose size {x[axis]} is odd", ("dim",), None,
                          f"Halving dimension must be even, but dimension {axis} is size {x[axis]}")
        return replaced(x, axis, None if x[axis] is None else x[axis] // 2)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return each(product(self.output(*xs)), multiplications=2, exponentials=1, additions=1, divisions=1)
