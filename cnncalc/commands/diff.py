"""`cnncalc diff`."""

from __future__ import annotations

import sys

import click

from .common import complete_arch, input_option, opened_trace, parsed_shapes, shared_options, terminal_for, write


@click.command()
@click.argument("a", shell_complete=complete_arch)
@click.argument("b", shell_complete=complete_arch)
@shared_options()
@input_option
@click.option("--changed", is_flag=True, help="Leave out the layers that are the same in both.")
@click.option("--width", metavar="N", type=click.IntRange(20, 10_000), help="The width of the table.")
def diff(a: str, b: str, format: str, output: str | None, color: str, input_: tuple[str, ...], changed: bool,
         width: int | None) -> None:
    """Two networks layer by layer: what changed in shapes, parameters and MACs.

    \b
      cnncalc diff lenet-variant lenet-variant-no-second-pool
      cnncalc diff before.yaml after.yaml --changed
    """
    from ..views.diff import diff_text

    terminal = terminal_for(output, color) if format == "table" else None
    shape = parsed_shapes(input_)
    before, after = opened_trace(a, shape), opened_trace(b, shape)
    if before is None or after is None:
        sys.exit(2)
    write(diff_text(before, after, format, changed, terminal, width), output)
