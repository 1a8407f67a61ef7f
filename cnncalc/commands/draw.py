"""`cnncalc draw`."""

from __future__ import annotations

import sys

import click

from ..drawing import ENDINGS, STYLES
from .command import Command
from .common import complete_arch, complete_layer, input_option, opened_steps, parsed_shapes
from .output import STDOUT, complain, complete_file, format_of, say, write

FORMATS = tuple(ENDINGS)


@click.command(cls=Command)
@click.argument("arch", shell_complete=complete_arch)
@click.option("-o", "--output", metavar="FILE", shell_complete=complete_file,
              help="Write to FILE: .svg, .pdf, .png or .tex. Default: SVG on standard output.")
@click.option("--format", "format", type=click.Choice(FORMATS), help="Output format; default: that of FILE's extension, otherwise svg.")
@input_option
@click.option("--style", type=click.Choice(STYLES), default="volumes",
              help="Boxes in proportion to their sizes (default), or a row per layer.")
@click.option("--width", metavar="LENGTH", help="Printed width, such as 16cm; no text gets smaller than 6.5 pt.")
@click.option("--expand", is_flag=True, help="Draw repeated blocks one by one.")
@click.option("--field", metavar="LAYER", shell_complete=complete_layer, help="Draw what one unit of LAYER sees of each layer before it.")
@click.option("--unit", metavar="ROW,COL", help="The unit for --field; default: the one in the center.")
@click.option("--arithmetic", metavar="LAYER", shell_complete=complete_layer,
              help="Draw the window of LAYER step by step over its padded input.")
@click.option("--title", metavar="TEXT", help="Title; default: the network's name and size.")
@click.option("--no-title", is_flag=True, help="Leave out the title.")
@click.option("--no-legend", is_flag=True, help="Leave out the legend.")
@click.option("--no-background", is_flag=True, help="Leave the background transparent.")
def draw(arch: str, output: str | None, format: str | None, input_: tuple[str, ...], style: str, width: str | None, expand: bool,
         field: str | None, unit: str | None, arithmetic: str | None, title: str | None, no_title: bool, no_legend: bool,
         no_background: bool) -> None:
    """Draw a network for a paper or a slide.

    PDF and PNG need the package cairosvg: pip install 'cnncalc[pdf]'.

    \b
      cnncalc draw lenet5 -o lenet5.svg
      cnncalc draw resnet50 --style graph --width 16cm -o resnet50.svg
      cnncalc draw mnist-chollet --field conv2d_2 --unit 1,1 -o field.svg
      cnncalc draw mnist-chollet --arithmetic conv2d_1 -o window.svg
    """
    from ..errors import CnncalcError

    chosen = format_of(output, FORMATS, format)
    if chosen in ("pdf", "png") and output in STDOUT and sys.stdout is not None and sys.stdout.isatty():
        raise click.UsageError(f"a terminal cannot show {chosen.upper()}; name a file: -o net.{chosen}")
    if field is not None and arithmetic is not None:
        raise click.UsageError("--field and --arithmetic cannot be combined")
    if unit is not None and field is None:
        raise click.UsageError("--unit needs --field: --field conv2d_2 --unit 1,1")
    place = None
    if unit is not None:
        from .receptive_field import parsed_unit  # lazy: another command

        place = parsed_unit(unit)
    try:
        from ..drawing.paper import Options, pixels

        options = Options(pixels(width), expand, title, not no_background, not no_legend, not no_title)
        if chosen in ("pdf", "png"):
            from ..drawing.raster import converter

            converter()
    except CnncalcError as error:
        complain([error])
        sys.exit(2)
    trace, problems = opened_steps(arch, parsed_shapes(input_))
    if trace is None or not trace.steps:
        sys.exit(2)
    try:
        from ..drawing import arithmetic_picture, field_picture, network_picture, written

        if field is not None:
            picture = field_picture(trace, field, place, options)
        elif arithmetic is not None:
            picture = arithmetic_picture(trace, arithmetic, options)
        else:
            picture = network_picture(trace, style, options)
        for note in picture.notes:
            say(f"{arch}: warning: {note}")
        write(written(picture, chosen, width), output)
    except CnncalcError as error:
        complain([error])
        sys.exit(2)
    if problems:
        sys.exit(2)
