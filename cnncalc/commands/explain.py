"""`cnncalc explain`."""

from __future__ import annotations

import sys

import click

from .common import (
    complain,
    complete_arch,
    complete_layer,
    input_option,
    opened_steps,
    parsed_shapes,
    say,
    shared_options,
    terminal_for,
    write,
)

#: Layers whose working is written where none is named.
MOST = 450


@click.command()
@click.argument("arch", shell_complete=complete_arch)
@click.argument("layers", metavar="[LAYER]...", nargs=-1, shell_complete=complete_layer)
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
    from ..views import explain_text

    if not known(dtype):
        raise click.BadParameter(f"{dtype!r} is no dtype", param_hint="--dtype")
    trace, problems = opened_steps(arch, parsed_shapes(input_))
    names = list(names_of(trace)) if trace is not None else []
    unknown = [SpecError(f"{arch} has no layer {name!r}", (), did_you_mean(name, names))
               for name in layers if name not in names and trace is not None]
    complain(unknown)
    problems += unknown
    wanted = [name for name in layers if name in names] if layers and trace is not None else None
    if wanted is None and len(names) > MOST:
        wanted = names[:MOST]
        say(f"note: the working of the first {MOST:,} of {len(names):,} layers; name those to be explained")
    if trace is not None and wanted != []:
        found = explained(trace, wanted, BITS[compute_dtype(dtype)])
        sums = totals(trace) if wanted is None and not problems else ()
        if format == "text":
            text = explain_text.explain_text(trace.graph.name, found, sums, terminal_for(output, color))
        else:
            writer = {"json": explain_text.explain_json, "markdown": explain_text.explain_markdown}[format]
            text = writer(trace.graph.name, found, sums)
        write(text, output)
    if problems:
        sys.exit(2)
