"""`cnncalc explain`."""

from __future__ import annotations

import sys

import click

from .command import Command
from .common import complete_arch, complete_layer, input_option, opened_steps, parsed_shapes
from .output import TEXT_FORMATS, Output, complain, output_options, say

#: Layers whose working is shown where none is named.
MOST = 450


@click.command(cls=Command)
@click.argument("arch", shell_complete=complete_arch)
@click.argument("layers", metavar="[LAYER]...", nargs=-1, shell_complete=complete_layer)
@output_options(*TEXT_FORMATS)
@input_option
@click.option("--dtype", metavar="NAME", default="float32", show_default=True, help="Data type of the activations.")
def explain(out: Output, arch: str, layers: tuple[str, ...], input_: tuple[str, ...], dtype: str) -> None:
    """Show the worked arithmetic behind every number of all layers, or of those named.

    \b
      cnncalc explain lenet5
      cnncalc explain arch.yaml conv2d_1 dense
    """
    from ..dtypes import BITS, compute_dtype, known, named
    from ..errors import SpecError, did_you_mean, listed
    from ..explain import explain as explained
    from ..explain import totals
    from ..sources.document import first_error
    from ..views.explain import report
    from ..views.report import failed_report

    dtype = named(dtype)
    if not known(dtype):
        raise click.BadParameter(f"there is no dtype {dtype!r}", param_hint="--dtype")
    trace, problems = opened_steps(arch, parsed_shapes(input_))
    names = [name for _, name, _ in trace.walk()] if trace is not None else []
    unknown = [SpecError(f"{arch} has no layer {name!r}", (), did_you_mean(name, names) or listed("it has", names))
               for name in layers if name not in names and trace is not None]
    complain(unknown)
    problems += unknown
    wanted = [name for name in layers if name in names] if layers and trace is not None else None
    if wanted is None and len(names) > MOST:
        wanted = names[:MOST]
        say(f"note: showing the working of the first {MOST:,} of {len(names):,} layers; name the ones to explain")
    if trace is not None and wanted != []:
        found = list(explained(trace, wanted, BITS[compute_dtype(dtype)]))
        shown = report(trace.graph.name, found, totals(trace) if wanted is None and not problems else ())
        out.show(failed_report("explain", arch, first_error(problems), shown) if problems else shown)
    elif problems and out.format == "json":
        out.show(failed_report("explain", arch, first_error(problems)))
    if problems:
        sys.exit(2)
