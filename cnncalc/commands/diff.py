"""`cnncalc diff`."""

from __future__ import annotations

import sys

import click

from .command import Command
from .common import complete_arch, input_option, opened_trace, parsed_shapes
from .output import Output, output_options


@click.command(cls=Command)
@click.argument("a", shell_complete=complete_arch)
@click.argument("others", metavar="B...", nargs=-1, required=True, shell_complete=complete_arch)
@output_options()
@input_option
@click.option("--changed", is_flag=True, help="Leave out the layers that are the same in both.")
def diff(out: Output, a: str, others: tuple[str, ...], input_: tuple[str, ...], changed: bool) -> None:
    """Compare networks layer by layer: shapes, parameters, MACs and settings.

    Each of several is compared with the first.

    \b
      cnncalc diff lenet-variant lenet-variant-no-second-pool
      cnncalc diff before.yaml after.yaml --changed
    """
    from ..views.diff import report

    shape = parsed_shapes(input_)
    before, *after = [opened_trace(name, shape) for name in (a, *others)]
    if before is None or None in after:
        sys.exit(2)
    out.show(*[report(before, trace, changed) for trace in after])
