"""`cnncalc worksheet`."""

from __future__ import annotations

import sys

import click

from .common import complain, complete_arch, input_option, parsed_shapes, shared_options, write


@click.command()
@click.argument("arch", shell_complete=complete_arch)
@shared_options("csv", "markdown")
@input_option
@click.option("--layout", type=click.Choice(("activations", "weights", "memory", "field", "shapes")), default="activations",
              show_default=True, help="Which columns: those of the usual sheets.")
@click.option("--columns", metavar="LIST", help="Other columns: output,params,macs,receptive_field,...")
@click.option("--key", is_flag=True, help="Filled in.")
@click.option("--biases/--no-biases", default=None, help="Whether biases count as parameters in the key.")
@click.option("--bn", type=click.Choice(("2C", "4C"), case_sensitive=False), help="Batch normalization: numbers per channel.")
def worksheet(arch: str, format: str, output: str | None, color: str, input_: tuple[str, ...], layout: str,
              columns: str | None, key: bool, biases: bool | None, bn: str | None) -> None:
    """A blank table to fill in, which 'cnncalc check' reads; with --key, filled in.

    \b
      cnncalc worksheet lenet5 -o sheet.csv
      cnncalc worksheet lenet5 --layout field --key --format markdown
    """
    from ..errors import SpecError
    from ..homework.run import Settings
    from ..homework.worksheet import LAYOUTS, columns_named
    from ..homework.worksheet import worksheet as rows_of
    from ..views.text import csv_text, markdown_text
    from .check import network_of

    trace = network_of(arch, parsed_shapes(input_))
    try:
        chosen = columns_named(columns) if columns else LAYOUTS[layout]
    except SpecError as error:
        complain([error])
        sys.exit(2)
    titles, rows = rows_of(trace, chosen, Settings(biases=biases, bn=bn.upper() if bn else None), key)
    if format == "markdown":
        text = markdown_text(titles, rows, [False, *[True] * (len(titles) - 1)])
    else:
        text = csv_text(titles, rows)
    write(text, output)
