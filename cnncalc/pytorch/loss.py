"""Losses: one number for a batch, or with reduction='none' one for each example or value."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..layers.base import Shape
from ..layers.settings import Choice, Kept
from .base import Module
from .operations import broadcast
from .shapes import Whole

if TYPE_CHECKING:
    from ..dependence import Reads
    from ..layers.settings import Setting


class Loss(Module):
    """How far predictions are from their targets."""

    tensors = ("input", "target")

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import everything, placed

        alike = self.reduction == "none" and self.each == "value"
        return tuple([placed(x, y) if alike else everything(x) for x in xs])

    reduction: Setting
    #: What reduction='none' leaves: every value, or the input without its axis of classes.
    each: ClassVar[str] = "value"

    def output(self, *xs: Shape) -> Shape:
        if self.reduction != "none":
            return Whole(())
        if self.each == "value":
            return broadcast(*xs[:2])
        return Whole(xs[1]) if self.each == "target" else Whole(xs[0][:1])


_TABLE = {
    # name: (inputs, what is left of reduction='none', the settings before `reduction`, those after it)
    "L1Loss": (2, "value", ("size_average", "reduce"), ()),
    "MSELoss": (2, "value", ("size_average", "reduce"), ()),
    "SmoothL1Loss": (2, "value", ("size_average", "reduce"), ("beta",)),
    "HuberLoss": (2, "value", (), ("delta",)),
    "BCELoss": (2, "value", ("weight", "size_average", "reduce"), ()),
    "BCEWithLogitsLoss": (2, "value", ("weight", "size_average", "reduce"), ("pos_weight",)),
    "SoftMarginLoss": (2, "value", ("size_average", "reduce"), ()),
    "HingeEmbeddingLoss": (2, "value", ("margin", "size_average", "reduce"), ()),
    "KLDivLoss": (2, "value", ("size_average", "reduce"), ("log_target",)),
    "PoissonNLLLoss": (2, "value", ("log_input", "full", "size_average", "eps", "reduce"), ()),
    "GaussianNLLLoss": (3, "value", ("full", "eps"), ()),
    "CrossEntropyLoss": (2, "target", ("weight", "size_average", "ignore_index", "reduce"), ("label_smoothing",)),
    "NLLLoss": (2, "target", ("weight", "size_average", "ignore_index", "reduce"), ()),
    "MultiMarginLoss": (2, "example", ("p", "margin", "weight", "size_average", "reduce"), ()),
    "MultiLabelMarginLoss": (2, "example", ("size_average", "reduce"), ()),
    "MultiLabelSoftMarginLoss": (2, "example", ("weight", "size_average", "reduce"), ()),
    "MarginRankingLoss": (3, "value", ("margin", "size_average", "reduce"), ()),
    "CosineEmbeddingLoss": (3, "example", ("margin", "size_average", "reduce"), ()),
    "TripletMarginLoss": (3, "example", ("margin", "p", "eps", "swap", "size_average", "reduce"), ()),
    "CTCLoss": (4, "example", ("blank",), ("zero_infinity",)),
}

for _name, (_inputs, _each, _before, _after) in _TABLE.items():
    _reduction = Choice("mean", "none", "mean", "sum", "batchmean", exact=True)
    type(_name, (Loss,), {
        "__module__": __name__, "__doc__": Loss.__doc__, "each": _each, "arity": (_inputs, _inputs),
        "tensors": ("input", "target", "third", "fourth")[:_inputs],
        **{key: Kept(None) for key in _before}, "reduction": _reduction, **{key: Kept(None) for key in _after},
    }, kind=f"nn.{_name}")
