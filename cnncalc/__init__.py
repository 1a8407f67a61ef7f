"""Shapes, parameters, cost and receptive fields of convolutional networks.

    import cnncalc
    model = cnncalc.load("arch.yaml")
    model.summary()
    model["conv2d_1"].output_shape
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .errors import CnncalcError as CnncalcError
    from .network import Network as Network
    from .network import load as load
    from .network import loads as loads

_WHERE = {"load": "network", "loads": "network", "Network": "network", "CnncalcError": "errors"}
__all__ = ["CnncalcError", "Network", "__version__", "load", "loads"]


def __getattr__(name: str) -> Any:
    # Loaded on first use: the command must not pay for what it does not need.
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{_WHERE[name]}", __name__), name)
    globals()[name] = value
    return value
