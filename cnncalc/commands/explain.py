"""`cnncalc explain`."""

from __future__ import annotations

import sys

import click

from .common import complain, input_option, parsed_shapes, say, shared_options, write


@click.command()
@click.argument("arch")
@click.argument("layers", metavar="[LAYER]...", nargs=-1)
@shared_options("text", "json", "markdown")
@input_option
@click.option("--dtype", metavar="NAME", default="float32", show_default=True, help="The dtype of the activations.")
def explain(arch: str, layers: tuple[str, ...], format: str, output: str | None, color: str,
            input_: tuple[str, ...], dtype: str) -> None:
    """The worked arithmetic behind every number of a layer: all layers, or those named.

    \b
      cnncalc explain lenet5
      cnncalc explain arch.yaml conv2d_1 dense
    """
    from ..dtypes import BITS, compute_dtype, known
    from ..errors import SpecError, did_you_mean
    from ..explain import explain as explained
    from ..explain import names_of, totals
    from ..network import traced
    from ..sources import open_named
    from ..views import explain_text

    if not known(dtype):
        raise click.BadParameter(f"{dtype!r} is no dtype", param_hint="--dtype")
    opened = open_named(arch)
    problems = list(opened.errors)
    for warning in opened.warnings:
        say(f"{arch}: warning: {warning}")
    trace = None
    if opened.graph is not None:
        try:
            trace = traced(opened.graph, parsed_shapes(input_))
        except SpecError as error:
            problems.append(error)
        else:
            problems += trace.errors
            names = list(names_of(trace))
            for name in layers:
                if name not in names:
                    problems.append(SpecError(f"{arch} has no layer {name!r}", (), did_you_mean(name, names)))
    complain(problems)
    wanted = [name for name in layers if name in names] if layers and trace is not None else None
    if trace is not None and wanted != []:
        found = explained(trace, wanted, BITS[compute_dtype(dtype)])
        writer = {"json": explain_text.explain_json, "markdown": explain_text.explain_markdown,
                  "text": explain_text.explain_text}[format]  # fmt: skip
        write(writer(trace.graph.name, found, totals(trace) if wanted is None and not problems else ()), output)
    if problems:
        sys.exit(2)
