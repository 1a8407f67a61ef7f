"""Pictures of networks.

    reduce.py    a trace as few elements: passive layers join their neighbors, regions are found, repetition is folded
    graph.py, volumes.py    layouts: elements -> a scene
    scene.py     what a picture is made of
    svg.py, tikz.py    writers: a scene -> text

`svg(network)` is the picture of a network as SVG text. Every drawn element is a `<g data-layers="a b">` whose attribute lists
the names of the layers that it shows (several where layers are drawn as one, or folded; white space in a name becomes `_`),
with a `<title>` for hovering. Every line between elements is a `<g data-from="a" data-to="b">`, by the first name of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..analysis import Trace
    from .scene import Scene

STYLES = ("volumes", "graph")


def svg(trace: Trace, style: str = "volumes", *, width: str | None = None, expand: bool = False, title: str | None = None,
        background: bool = True, legend: bool = True, heading: bool = True, style_element: bool = True, xml: bool = True) -> str:
    """The picture of a traced network as SVG text.

    `style` is `volumes` (boxes in proportion) or `graph` (a row per layer); `width` the printed width, such as `16cm`; `expand`
    draws repeated blocks one by one. For a page that has its own style sheet: `style_element=False` leaves the `<style>` out
    (its rules are `svg.rules(scene)`), and `xml=False` the XML declaration.
    """
    from .svg import written

    return written(scene(trace, style, width=width, expand=expand, title=title, background=background, legend=legend,
                         heading=heading), width, style_element, xml)


def scene(trace: Trace, style: str = "volumes", *, width: str | None = None, expand: bool = False, title: str | None = None,
          background: bool = True, legend: bool = True, heading: bool = True) -> Scene:
    """The same as a scene, for any writer."""
    from .scene import Group, Look, Rectangle, Scene, Shape, text

    shapes: list[Shape] = [Rectangle(0, 0, 400, 40 * len(trace.steps) + 20, Look("bg"))] if background else []
    for i, step in enumerate(trace.steps):
        box = Rectangle(20, 40 * i + 20, 360, 30, Look("other", "edge"), 4)
        shapes.append(Group((box, text(200, 40 * i + 40, step.name, 12)), (step.name,), step.name))
    return Scene(400, 40 * len(trace.steps) + 20, title or trace.graph.name, trace.graph.name, tuple(shapes))
