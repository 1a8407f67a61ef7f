"""`cnncalc layer`."""

from __future__ import annotations

import sys

import click

from .common import complain, parsed_shapes, shared_options, terminal_for, write


@click.command()
@click.argument("text", metavar="LAYERS")
@shared_options("table", "json", "markdown")
@click.option("--input", "input_", metavar="SHAPE", multiple=True,
              help="The input's size: 227x227x3; several, which the first layer reads all: a=8x8x3.")
@click.option("--width", metavar="N", type=click.IntRange(20, 10_000), help="The width of the table.")
def layer(text: str, format: str, output: str | None, color: str, input_: tuple[str, ...], width: int | None) -> None:
    """One layer, or several, written as in Keras: what comes out, and the working.

    Several stand behind ; or | or in a list, one after the other; - reads them from standard input.

    \b
      cnncalc layer 'Conv2D(96, 11, strides=4)' --input 227x227x3
      cnncalc layer 'Conv2D(6, 5); AveragePooling2D(2); Flatten(); Dense(120)' --input 32x32x1
    """
    from ..errors import SpecError
    from ..explain import explain
    from ..layers import InputLayer
    from ..network import traced
    from ..sources.document import standard_input
    from ..sources.layer_text import read_layers
    from ..views.layer import layer_text

    if text == "-":
        try:
            text = standard_input(100_000).decode("utf-8", "replace")
        except SpecError as error:
            complain(error)
            sys.exit(2)
    graph, problems = read_layers(text, parsed_shapes(input_))
    trace = None
    if graph is not None:
        trace = traced(graph)
        problems += trace.errors
    complain(problems)
    if trace is not None:
        names = [step.name for step in trace.steps if type(step.node.layer) is not InputLayer and step.error is None]
        if names:
            terminal = terminal_for(output, color) if format == "table" else None
            write(layer_text(trace, list(explain(trace, names)), format, terminal, width), output)
    if problems:
        sys.exit(2)
