"""`cnncalc summary`."""

from __future__ import annotations

import sys
from typing import Any

import click

from .common import (
    FORMATS,
    batch_option,
    complain,
    complete_arch,
    input_option,
    opened_steps,
    parsed_shapes,
    shared_options,
    terminal_for,
    write,
)


@click.command()
@click.argument("arch", nargs=-1, required=True, shell_complete=complete_arch)
@shared_options(*FORMATS, "keras3", "keras2", "keras2.13")
@input_option
@batch_option
@click.option("--columns", metavar="LIST", help="The columns: kernel,stride,padding,weights,connections,... "
              "With a + in front they are added to the usual ones.")
@click.option("--expand-nested", is_flag=True, help="Show the layers inside nested models.")
@click.option("--show-trainable", is_flag=True, help="Show which layers are trainable.")
@click.option("--width", metavar="N", type=click.IntRange(20, 10_000), help="The width of the table.")
def summary(arch: tuple[str, ...], format: str, output: str | None, color: str, input_: tuple[str, ...],
            batch: int | None, columns: str | None, expand_nested: bool, show_trainable: bool,
            width: int | None) -> None:
    """What comes out of each layer, and how many parameters it has.

    \b
      cnncalc summary arch.yaml
      cnncalc summary vgg16 --input 128x128x3 --columns +kernel,stride,activations
      cnncalc summary model.json --format keras3 --width 100
    """
    from ..errors import SpecError
    from ..views.summary import summary_text

    shape = parsed_shapes(input_)
    texts, errors = [], 0
    terminal = terminal_for(output, color) if format in ("table", "keras3") else None
    if format == "json" and len(arch) > 1:
        from ..views.columns import chosen
        from ..views.summary import json_text
        from ..views.text import summary_dict
    found = []
    for name in arch:
        trace, problems = opened_steps(name, shape)
        errors += len(problems)
        if trace is None or (problems and not worth_showing(trace, format)):
            continue
        try:
            if format == "json" and len(arch) > 1:
                found.append(summary_dict(trace, chosen(columns, ()) if columns else None, batch))
            else:
                texts.append(summary_text(trace, format, columns, batch, expand_nested, show_trainable, width,
                                          terminal, bool(problems)))
        except SpecError as error:
            complain([error])
            sys.exit(2)
    if found:
        texts = [json_text(found)]
    write(("" if format == "csv" else "\n").join(texts), output)
    if errors:
        sys.exit(2)


def worth_showing(trace: Any, format: str) -> bool:
    """Whether a network with errors has anything to show in this format."""
    return format in ("table", "csv", "markdown", "latex", "json") and len(trace.steps) > 0
