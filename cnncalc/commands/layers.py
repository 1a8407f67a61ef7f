"""`cnncalc layers`."""

from __future__ import annotations

import sys

import click

from .common import complain, write


@click.command()
@click.argument("name", required=False)
@click.option("--format", "format", type=click.Choice(("text", "json")), default="text", show_default=True,
              help="How to write the result.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
def layers(name: str | None, format: str, output: str | None) -> None:
    """Every kind of layer; with a NAME, its settings and its rule.

    \b
      cnncalc layers
      cnncalc layers Conv2D
    """
    from ..errors import SpecError
    from ..layers import kind_named
    from ..views.kinds import families, families_text, kind_dict, kind_text
    from ..views.text import json_text

    if name is None:
        if format == "json":
            kinds = [kind_dict(kind) for _, _, family in families() for kind in family]
            write(json_text({"schema": "cnncalc/layers/1", "layers": kinds}), output)
        else:
            write(families_text(), output)
        return
    try:
        kind = kind_named(name)
    except SpecError as error:
        complain([SpecError(error.problem, (), error.hint)])
        sys.exit(2)
    write(json_text(kind_dict(kind)) if format == "json" else kind_text(kind), output)
