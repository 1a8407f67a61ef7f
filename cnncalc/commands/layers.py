"""`cnncalc layers`."""

from __future__ import annotations

import sys

import click

from .command import Command
from .output import TEXT_FORMATS, Output, complain, output_options


@click.command(cls=Command)
@click.argument("name", required=False)
@output_options(*TEXT_FORMATS, "csv", "tsv")
def layers(out: Output, name: str | None) -> None:
    """List every kind of layer; with a NAME, show its settings and its rule.

    \b
      cnncalc layers
      cnncalc layers Conv2D
    """
    from ..errors import SpecError
    from ..layers import kind_named
    from ..layers.kind_words import same_but_for_case
    from ..views.kinds import families_report, kind_report

    if name is None:
        out.show(families_report())
        return
    try:
        kind = same_but_for_case(name) or kind_named(name)
    except SpecError as error:
        complain([SpecError(error.problem, (), error.hint)])
        sys.exit(2)
    out.show(kind_report(kind))
