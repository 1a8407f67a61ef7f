"""Numbers through the network, by hand: every map, the working of every cell, and answers to it."""

from __future__ import annotations

from .compute import Computed, Done, compute, grids

__all__ = ["Computed", "Done", "compute", "grids"]
