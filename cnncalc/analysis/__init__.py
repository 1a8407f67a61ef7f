"""What a network computes: `analyse` gives a step for every node of a graph, with shapes and weights."""

from .engine import Model, analyse, as_declared, of_whole_tensors, taken
from .trace import Computed, Step, Trace
from .unknown import compatible

__all__ = ["Computed", "Model", "Step", "Trace", "analyse", "as_declared", "compatible", "of_whole_tensors", "taken"]
