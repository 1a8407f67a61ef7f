"""What can be graded of layers that are code, and of those that follow them."""

from __future__ import annotations

from ..analysis import Step
from ..layers import UNKNOWN, InputLayer
from ..layers.unknown import Unknown
from .layer_run import LayerRun

#: Quantities of an output, whoever states its shape.
STATED = ("output", "activations", "memory")


def stated(step: Step) -> LayerRun:
    """What has the output that a file or an assumption states of a step."""
    return LayerRun(InputLayer(shape=step.output), ())


def not_known(step: Step, quantity: str) -> bool:
    """Whether nothing can be said of this quantity, for a layer is code."""
    if quantity in ("receptive_field", "jump", "coverage"):
        return True
    if quantity in ("output", "activations", "memory", "input"):
        return step.outputs is None or UNKNOWN in step.outputs
    if quantity in ("kernel", "stride", "padding", "macs", "flops"):
        return step.blind
    layer = step.node.layer
    return step.at_least and not (type(layer) is Unknown and layer.params is not None)
