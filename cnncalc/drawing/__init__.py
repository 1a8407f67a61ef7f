"""Pictures of networks.

    rows.py, units.py, cells.py, reduce.py   a trace as few elements: passive layers join their neighbors, regions and cells are found,
                            repetition is folded
    lanes.py                branches side by side
    boxes.py, columns.py, bend.py, graph.py   layout: a row per layer
    plan.py, solids.py, volumes.py, unet.py   layout: boxes in proportion
    field.py, arithmetic.py what one unit sees; how a window moves
    scene.py                what a picture is made of
    svg.py, tikz.py         writers: a scene -> text

`written(network_picture(trace, "graph", Options()), "svg")` is the picture of a network as SVG text. Every drawn element is a `<g data-layers="a b">` whose attribute lists
the names of the layers that it shows (several where layers are drawn as one, or folded; white space in a name becomes `_`),
with a `<title>` for hovering. Every line between elements is a `<g data-from="a" data-to="b">`, by the first name of each.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..analysis import Trace
    from .paper import Options
    from .reduce import Reduced
    from .scene import Scene

#: The styles, each the name of its module.
STYLES = ("volumes", "graph")
#: The formats of pictures, and the file endings that mean them.
ENDINGS = {"svg": (".svg",), "pdf": (".pdf",), "png": (".png",), "tikz": (".tex",)}


def network_picture(trace: Trace, style: str, options: Options) -> Scene:
    """A network in one of the `STYLES`; nested models are drawn as one element each where their layers do not fit."""
    from .reduce import reduced

    scene: Callable[[Reduced, Options], Scene] = import_module(f".{style}", __name__).scene
    picture = scene(reduced(trace), options)
    if picture.crowded and not options.expand and any([step.inner is not None for step in trace.steps]):
        return scene(reduced(trace, True), options)
    return picture


def field_picture(trace: Trace, layer: str, unit: tuple[int, ...] | None, options: Options) -> Scene:
    """What one unit of a layer sees of each layer before it. SpecError if there is no such unit, or sizes are unknown."""
    from .field import scene

    return scene(trace, layer, unit, options)


def arithmetic_picture(trace: Trace, layer: str, options: Options) -> Scene:
    """The window of a layer, step by step over its input. SpecError for a layer without a window."""
    from .arithmetic import scene

    return scene(trace, layer, options)


def written(picture: Scene, format: str, width: str | None = None) -> str | bytes:
    """A scene as svg, tikz, pdf or png; CnncalcError if what these need is not installed."""
    if format == "tikz":
        from .paper import pixels
        from .tikz import written as as_tikz

        return as_tikz(picture, pixels(width))
    from .svg import written as as_svg

    text = as_svg(picture, width)
    if format == "svg":
        return text
    from .raster import converted

    return converted(text, format)
