"""`cnncalc receptive-field`."""

from __future__ import annotations

import sys

import click

from .command import Command
from .common import complete_arch, complete_layer, input_option, opened_trace, parsed_shapes
from .output import Output, complain, output_options


@click.command("receptive-field", cls=Command)
@click.argument("arch", shell_complete=complete_arch)
@output_options()
@input_option
@click.option("--layer", metavar="NAME", shell_complete=complete_layer,
              help="Show one layer in depth: the exact pixels that one of its units sees.")
@click.option("--unit", metavar="ROW,COL", help="The unit of the layer; default: the one in the center.")
@click.option("--without-pooling", is_flag=True, help="Also show the network without its pooling layers.")
@click.option("--expand-nested", is_flag=True, help="Show the layers inside nested models.")
def receptive_field(out: Output, arch: str, input_: tuple[str, ...], layer: str | None, unit: str | None, without_pooling: bool,
                    expand_nested: bool) -> None:
    """Show how much of the input each unit sees, and which pixels no unit sees.

    \b
      cnncalc receptive-field vgg16
      cnncalc receptive-field resnet50 --layer conv3_block1_out --unit 0,0
      cnncalc receptive-field mnist-chollet --without-pooling
    """
    from ..errors import SpecError

    place = parsed_unit(unit)
    trace = opened_trace(arch, parsed_shapes(input_), out)
    if trace is None:
        sys.exit(2)
    try:
        if layer is None and place is None and not without_pooling:
            from ..views.receptive_field import report

            out.show(report(trace, expand_nested))
            return
        from ..receptive_field.report import Sight
        from ..views import unit_sight

        if without_pooling:
            out.show(unit_sight.report(*unit_sight.looked_twice(trace, layer, place)))
        else:
            out.show(unit_sight.report(unit_sight.looked(Sight(trace), layer, place)))
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
