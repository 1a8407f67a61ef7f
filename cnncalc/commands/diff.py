"""`cnncalc diff`."""

from __future__ import annotations

import sys

import click

from .command import Command
from .common import complete_arch, input_option, opened_trace, parsed_shapes
from .output import Output, output_options


@click.command(cls=Command)
@click.argument("a", shell_complete=complete_arch)
@click.argument("b", shell_complete=complete_arch)
@output_options()
@input_option
@click.option("--changed", is_flag=True, help="Leave out the layers that are the same in both.")
def diff(out: Output, a: str, b: str, input_: tuple[str, ...], changed: bool) -> None:
    """Compare two networks layer by layer: shapes, parameters, MACs and settings.

    \b
      cnncalc diff lenet-variant lenet-variant-no-second-pool
      cnncalc diff before.yaml after.yaml --changed
    """
    from ..views.diff import report

    shape = parsed_shapes(input_)
    before, after = opened_trace(a, shape), opened_trace(b, shape)
    if before is None or after is None:
        sys.exit(2)
    out.show(report(before, after, changed))
