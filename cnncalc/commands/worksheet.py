"""`cnncalc worksheet`."""

from __future__ import annotations

import sys

import click

from .command import Command
from .common import complete_arch, input_option, parsed_shapes
from .output import Output, complain, output_options


def column_names() -> list[str]:
    """The names that --columns knows."""
    from ..homework.headings import QUANTITIES

    return list(QUANTITIES)


@click.command(cls=Command, columns=column_names)
@click.argument("arch", shell_complete=complete_arch)
@output_options("csv", "tsv", "markdown", "latex", "html", "table", "json")
@input_option
@click.option("--layout", type=click.Choice(("activations", "weights", "memory", "field", "shapes")), default="activations",
              show_default=True, help="The columns of a usual kind of sheet.")
@click.option("--columns", metavar="LIST", help="Other columns, separated by commas: output,params,macs,receptive_field,...")
@click.option("--key", is_flag=True, help="Fill in the answers.")
@click.option("--biases/--no-biases", default=None, help="Count biases as parameters in the key, or leave them out.")
@click.option("--bn", type=click.Choice(("2C", "4C"), case_sensitive=False), help="Batch normalization: numbers per channel.")
def worksheet(out: Output, arch: str, input_: tuple[str, ...], layout: str, columns: str | None, key: bool, biases: bool | None,
              bn: str | None) -> None:
    """Write a blank table to fill in, which 'cnncalc check' reads; with --key, filled in.

    \b
      cnncalc worksheet lenet5 -o sheet.csv
      cnncalc worksheet lenet5 --layout field --key --format markdown
    """
    from ..errors import SpecError
    from ..homework.layer_run import Settings
    from ..homework.worksheet import LAYOUTS, columns_named
    from ..homework.worksheet import worksheet as rows_of
    from ..views.worksheet import report
    from .check import network_of

    trace = network_of(arch, parsed_shapes(input_))
    try:
        chosen = columns_named(columns) if columns else LAYOUTS[layout]
    except SpecError as error:
        complain([error])
        sys.exit(2)
    titles, rows = rows_of(trace, chosen, Settings(biases=biases, bn=bn.upper() if bn else None), key)
    out.show(report(trace.graph.name, titles, rows))
