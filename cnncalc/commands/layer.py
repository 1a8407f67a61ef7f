"""`cnncalc layer`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ..drawing import ENDINGS
from .command import Command
from .common import parsed_shapes
from .output import TABLE_FORMATS, Output, complain, output_options, say, write

if TYPE_CHECKING:
    from ..analysis import Trace


@click.command(cls=Command)
@click.argument("text", metavar="LAYERS")
@output_options(*TABLE_FORMATS, *ENDINGS)
@click.option("--input", "input_", metavar="SHAPE", multiple=True,
              help="Size of the input: 227x227x3. If the first layer reads several: a=8x8x3.")
@click.option("--set", "set_", metavar="LAYER.SETTING=VALUE", multiple=True,
              help="Change a setting: conv2d.padding=same. NAME=VALUE sets a variable that pasted code takes from data.")
def layer(out: Output, text: str, input_: tuple[str, ...], set_: tuple[str, ...]) -> None:
    """Show the output shape and working of one or more layers, written as in Keras.

    Separate several layers by ; or |, or write a list. - reads them from standard input: layers, or a
    slide's whole code (imports, Sequential, model.add, the functional style). -o FILE.svg draws one
    layer's window step by step, or several layers as boxes.

    \b
      cnncalc layer 'Conv2D(96, 11, strides=4)' --input 227x227x3
      cnncalc layer 'Conv2D(6, 5); AveragePooling2D(2); Flatten(); Dense(120)' --input 32x32x1
      cnncalc layer 'Conv2DTranspose(1, 3, strides=2)' --input 4x4x1 -o window.svg
    """
    from ..errors import CnncalcError, SpecError
    from ..explain import explain
    from ..layers import InputLayer
    from ..overrides import assignments
    from ..sources.document import first_error
    from ..sources.files import standard_input
    from ..sources.layer_text import read_layers
    from ..tracing import traced
    from ..views.layer import report
    from ..views.report import failed_report

    if text == "-":
        try:
            text = standard_input(100_000).decode("utf-8", "replace")
        except SpecError as error:
            complain(error)
            sys.exit(2)
    shape = parsed_shapes(input_)
    graph, problems = read_layers(text, shape)
    own = set_
    if problems:
        from ..sources.python.pasted import read_code  # lazy: most texts are layers

        graph, problems, notes = read_code(text, shape, tuple([text for text in set_ if "." not in text.partition("=")[0]]))
        layers = {node.name for node in graph.nodes} if graph is not None else set()
        own = tuple([text for text in set_ if text.partition("=")[0].rpartition(".")[0].strip() in layers])
        if any(["." in text.partition("=")[0] for text in set_ if text not in own]):
            graph, problems, notes = read_code(text, shape, tuple([text for text in set_ if text not in own]))
        for note in notes:
            say(f"note: {note}")
    trace = None
    if graph is not None:
        try:
            trace = traced(graph, None, assignments(own))
            problems += trace.errors
        except CnncalcError as error:
            problems += error
    complain(problems)
    shown = None
    if trace is not None:
        names = [step.name for step in trace.steps if type(step.node.layer) is not InputLayer and step.error is None]
        if names and out.format in ENDINGS:
            _draw(trace, names, out)
        elif names:
            shown = report(trace, list(explain(trace, names)))
    if shown is not None:
        out.show(failed_report("layer", "layers", first_error(problems), shown) if problems else shown)
    elif problems and out.format == "json":
        out.show(failed_report("layer", "layers", first_error(problems)))
    if problems:
        sys.exit(2)


def _draw(trace: Trace, names: list[str], out: Output) -> None:
    """Write the picture of one layer's window, or of several layers."""
    from ..drawing import arithmetic_picture, network_picture, written
    from ..drawing.paper import Options
    from ..errors import CnncalcError

    try:
        picture = arithmetic_picture(trace, names[0], Options()) if len(names) == 1 else network_picture(trace, "volumes", Options())
        write(written(picture, out.format), out.file)
    except CnncalcError as error:
        complain([error])
        sys.exit(2)
