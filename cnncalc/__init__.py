"""Shapes, parameters, cost and receptive fields of convolutional networks.

    import cnncalc
    model = cnncalc.load("arch.yaml")
    model.summary()
    model["conv2d_1"].output_shape
    model.explain("conv2d_1")
    cnncalc.layer("Conv2D(32, 3)", input=(28, 28, 1))

Results show themselves, in a notebook as tables; `print` gives the text of the commands.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:  # without `typing`, which the command should not have to wait for
    from .api import compare as compare
    from .api import diff as diff
    from .api import layer as layer
    from .api import solve as solve
    from .errors import CnncalcError as CnncalcError
    from .network import Network as Network
    from .network import NetworkLayer as NetworkLayer
    from .network import load as load
    from .network import loads as loads

_WHERE = {
    "load": "network", "loads": "network", "Network": "network", "NetworkLayer": "network", "CnncalcError": "errors",
    "compare": "api", "diff": "api", "layer": "api", "solve": "api",
}  # fmt: skip
__all__ = ["CnncalcError", "Network", "NetworkLayer", "__version__", "compare", "diff", "layer", "load", "loads", "solve"]


def __getattr__(name: str) -> object:
    # Loaded on first use: the command must not pay for what it does not need.
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f".{_WHERE[name]}", __name__), name)
    globals()[name] = value
    return value
