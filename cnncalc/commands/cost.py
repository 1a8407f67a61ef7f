"""`cnncalc cost`."""

from __future__ import annotations

import sys

import click

from .common import (
    batch_option,
    complain,
    complete_arch,
    input_option,
    opened_trace,
    parsed_shapes,
    shared_options,
    terminal_for,
    write,
)


@click.command()
@click.argument("arch", shell_complete=complete_arch)
@shared_options()
@input_option
@batch_option
@click.option("--dtype", metavar="NAME", default="float32", show_default=True,
              help="Of weights and maps: float32, float16, bfloat16, int8, mixed (weights in float32, maps in "
                   "float16), mixed_bfloat16. A layer that names its own keeps it.")
@click.option("--optimizer", metavar="NAME", default="sgd", show_default=True,
              help="For the memory of training: sgd, momentum, rmsprop, adam, adamw, ...")
@click.option("--activations", type=click.Choice(("all", "no-inplace")), default="all", show_default=True,
              help="Every layer's maps, or only of those that cannot work in place.")
@click.option("--operations", is_flag=True, help="Additions, comparisons, divisions, exponentials of each layer.")
@click.option("--im2col", is_flag=True, help="The matrices of each convolution.")
@click.option("--expand-nested", is_flag=True, help="Show the layers inside nested models.")
@click.option("--width", metavar="N", type=click.IntRange(20, 10_000), help="The width of the table.")
def cost(arch: str, format: str, output: str | None, color: str, input_: tuple[str, ...], batch: int | None,
         dtype: str, optimizer: str, activations: str, operations: bool, im2col: bool, expand_nested: bool,
         width: int | None) -> None:
    """Multiply-adds (MACs), FLOPs, and the memory to use and to train the network.

    \b
      cnncalc cost vgg16 --batch 32 --dtype mixed --optimizer adam
      cnncalc cost resnet50 --operations
      cnncalc cost alexnet --im2col
    """
    from ..cost import Cost
    from ..errors import SpecError
    from ..views.cost import cost_text

    terminal = terminal_for(output, color) if format == "table" else None
    trace = opened_trace(arch, parsed_shapes(input_))
    if trace is None:
        sys.exit(2)
    try:
        found = Cost(trace, batch or 1, dtype, optimizer, activations == "no-inplace")
    except SpecError as error:
        complain([error])
        sys.exit(2)
    write(cost_text(found, format, operations, im2col, expand_nested, terminal, width), output)
