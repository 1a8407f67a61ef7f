"""`cnncalc report`."""

from __future__ import annotations

import sys

import click

from .command import Command
from .common import complete_arch, input_option, opened_steps, parsed_shapes
from .output import complain, complete_file, format_of, write


@click.command(cls=Command)
@click.argument("arch", shell_complete=complete_arch)
@click.option("-o", "--output", metavar="FILE", shell_complete=complete_file, help="Write to FILE, such as report.html; - is standard output.")
@input_option
def report(arch: str, output: str | None, input_: tuple[str, ...]) -> None:
    """Write a page to explore a network: drawing, layers, workings and receptive fields.

    The page is one HTML file that works offline. Click a layer to see its working and its window step by step; point at
    a unit to see its exact receptive field in every layer before it, and the units that see it in every layer after it.

    \b
      cnncalc report lenet5 -o lenet5.html
      cnncalc report net.py --input 3x224x224 -o net.html
    """
    from ..errors import CnncalcError

    format_of(output, ("html",), option=None)
    if output is None and sys.stdout is not None and sys.stdout.isatty():
        raise click.UsageError("specify the file to write: -o report.html")
    trace, problems = opened_steps(arch, parsed_shapes(input_))
    if trace is None or not trace.steps:
        sys.exit(2)
    from ..report.page import page
    from ..sources import report as described

    try:
        text = page(trace, [described(problem) for problem in problems])
    except CnncalcError as error:
        complain(error)
        sys.exit(2)
    write(text, output)
    if problems:
        sys.exit(2)
