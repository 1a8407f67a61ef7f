"""`cnncalc receptive-field`."""

from __future__ import annotations

import sys

import click

from .common import (
    complain,
    complete_arch,
    complete_layer,
    input_option,
    opened_trace,
    parsed_shapes,
    shared_options,
    terminal_for,
    write,
)


@click.command("receptive-field")
@click.argument("arch", shell_complete=complete_arch)
@shared_options()
@input_option
@click.option("--layer", metavar="NAME", shell_complete=complete_layer,
              help="One layer in depth: what one of its units sees, pixel by pixel.")
@click.option("--unit", metavar="ROW,COL", help="Which unit of the layer; by default the one in the centre.")
@click.option("--without-pooling", is_flag=True, help="Beside it the same network with its pooling layers left out.")
@click.option("--expand-nested", is_flag=True, help="Show the layers inside nested models.")
@click.option("--width", metavar="N", type=click.IntRange(20, 10_000), help="The width of the table.")
def receptive_field(arch: str, format: str, output: str | None, color: str, input_: tuple[str, ...], layer: str | None,
                    unit: str | None, without_pooling: bool, expand_nested: bool, width: int | None) -> None:
    """How far each unit sees, with what jump, and which input it never sees.

    \b
      cnncalc receptive-field vgg16
      cnncalc receptive-field resnet50 --layer conv3_block1_out --unit 0,0
      cnncalc receptive-field mnist-chollet --without-pooling
    """
    from ..errors import SpecError

    terminal = terminal_for(output, color) if format == "table" else None
    place = parsed_unit(unit)
    trace = opened_trace(arch, parsed_shapes(input_))
    if trace is None:
        sys.exit(2)
    try:
        if layer is None and place is None and not without_pooling:
            from ..views.receptive_field import layers_text

            write(layers_text(trace, format, expand_nested, terminal, width), output)
            return
        from ..receptive_field.report import Sight
        from ..views.unit_sight import looked, looked_twice, unit_text

        if without_pooling:
            found, other = looked_twice(trace, layer, place)
        else:
            found, other = looked(Sight(trace), layer, place), None
        write(unit_text(found, other, format, terminal, width), output)
    except SpecError as error:
        complain([error])
        sys.exit(2)


def parsed_unit(text: str | None) -> tuple[int, ...] | None:
    """`1,1` as a place; nothing as the centre."""
    if text is None:
        return None
    words = [word.strip() for word in text.strip("()[] ").replace("x", ",").split(",") if word.strip()]
    if not all(word.isdecimal() and len(word) < 10 for word in words):
        raise click.BadParameter(f"{text!r} is not a place such as 1,1", param_hint="--unit")
    return tuple(map(int, words))
