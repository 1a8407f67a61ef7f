"""Shapes, parameters, cost and receptive fields of convolutional networks.

    model = cnncalc.load("lenet5")                      # a file, a bundled network; loads(text) for its text
    model.summary()                                     # print the table
    model["C3"].output_shape                            # (None, 10, 10, 16)
    model.explain("C3")                                 # the working of every number
    model.receptive_field("C3", (3, 3))                 # the pixels that one unit sees
    model.cost(batch=32, optimizer="adam")              # MACs and memory
    model.report("lenet5.html")                         # a page to explore the network in a browser
    cnncalc.check(model, {"C3": {"params": 2416}})      # the marks on an answer sheet
    cnncalc.diff("lenet5", "alexnet")                   # two networks layer by layer
    cnncalc.compare("lenet5", "alexnet")                # a row for each network
    cnncalc.solve(size=28, to=14, kernel=3)             # the layers that give a wanted size
    cnncalc.layer("Conv2D(32, 3)", input=(28, 28, 1))   # one layer, written as Keras code

Results are dictionaries, the same as `--format json`; they show themselves as tables in a notebook, and `print` gives
the text of the commands. Errors are `CnncalcError`. CONTRIBUTING.md in the repository maps the code.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:  # without `typing`, which the command should not have to wait for
    from .api import check as check
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
    "check": "api", "compare": "api", "diff": "api", "layer": "api", "solve": "api",
}
__all__ = ["CnncalcError", "Network", "NetworkLayer", "__version__", "check", "compare", "diff", "layer", "load", "loads", "solve"]


def __getattr__(name: str) -> object:
    # Loaded on first use: the command must not pay for what it does not need.
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f".{_WHERE[name]}", __name__), name)
    globals()[name] = value
    return value
