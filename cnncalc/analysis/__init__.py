"""What a network computes: `analyse` gives a step for every node of a graph, with shapes and weights."""

from .engine import Model, analyse, taken
from .trace import Computed, Step, Trace
from .unknown import compatible

__all__ = ["Computed", "Model", "Step", "Trace", "analyse", "compatible", "taken"]
