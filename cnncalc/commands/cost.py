"""`cnncalc cost`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from .command import Command
from .common import batch_option, complete_arch, input_option, opened_trace, parsed_shapes
from .output import Output, complain, output_options

if TYPE_CHECKING:
    from ..cost import Cost


@click.command(cls=Command)
@click.argument("arch", shell_complete=complete_arch)
@output_options()
@input_option
@batch_option
@click.option("--dtype", metavar="NAME", default="float32", show_default=True,
              help="Data type of weights and activations: float32, float16, bfloat16, int8, mixed (float32 weights, float16 "
                   "activations), mixed_bfloat16. A layer with its own dtype keeps it.")
@click.option("--optimizer", metavar="NAME", default="sgd", show_default=True,
              help="Optimizer for the memory of training: sgd, momentum, rmsprop, adam, adamw, ...")
@click.option("--activations", type=click.Choice(("all", "no-inplace")), default="all", show_default=True,
              help="Count every layer's activations, or only those of layers that cannot work in place.")
@click.option("--operations", is_flag=True, help="Show each layer's additions, comparisons, divisions and exponentials.")
@click.option("--im2col", is_flag=True, help="Show the matrices of each convolution.")
@click.option("--expand-nested", is_flag=True, help="Show the layers inside nested models.")
@click.option("--like", type=click.Choice(("torchinfo", "fvcore", "thop", "ptflops")),
              help="For PyTorch networks: show what this tool reports for each layer, and why it differs.")
@click.option("--fit", metavar="MEMORY", help="Show only the largest batch that fits into this memory: 8GB, 512MiB.")
def cost(out: Output, arch: str, input_: tuple[str, ...], batch: int | None, dtype: str, optimizer: str, activations: str,
         operations: bool, im2col: bool, expand_nested: bool, like: str | None, fit: str | None) -> None:
    """Show multiply-adds (MACs), FLOPs, and memory for inference and training.

    \b
      cnncalc cost vgg16 --batch 32 --dtype mixed --optimizer adam
      cnncalc cost resnet50 --operations
      cnncalc cost alexnet --im2col
      cnncalc cost vgg16 --fit 8GB --optimizer adam
      cnncalc cost net.py --input 3x224x224 --like fvcore
    """
    from ..cost import Cost
    from ..errors import SpecError
    from ..views.cost import report

    trace = opened_trace(arch, parsed_shapes(input_), out)
    if trace is None:
        sys.exit(2)
    try:
        found = Cost(trace, batch or 1, dtype, optimizer, activations == "no-inplace")
        if fit is not None:
            sys.exit(_fitted(out, found, fit))
        if like is not None:
            from ..views.cost_like import report as like_report

            out.show(like_report(found, like))
            return
    except SpecError as error:
        complain([error])
        sys.exit(2)
    out.show(report(found, operations, im2col, expand_nested))


def _fitted(out: Output, found: Cost, memory: str) -> int:
    """Show the largest batches; 1 if not even one example fits."""
    from ..budgets import amount, largest_batches
    from ..views.budgets import fit_report

    if found.trace.graph.batch is not None:
        raise click.UsageError("--fit finds the batch size, so it cannot be combined with --batch")
    room = amount(memory, True)
    training, inference = largest_batches(found, room)
    out.show(fit_report(found, room, training, inference))
    return 0 if training or inference else 1
