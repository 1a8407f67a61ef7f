"""`cnncalc compare`."""

from __future__ import annotations

import os
import sys

import click

from .command import Command
from .common import batch_option, complete_arch, input_option, opened_trace, parsed_shapes
from .output import Output, complain, output_options


def column_names() -> list[str]:
    """The names that --sort knows."""
    from ..views.compare import COLUMNS

    return list(COLUMNS)


@click.command(cls=Command, columns=column_names)
@click.argument("arch", nargs=-1, required=True, shell_complete=complete_arch)
@output_options()
@input_option
@batch_option
@click.option("--dtype", metavar="NAME", default="float32", show_default=True, help="Data type of weights and activations.")
@click.option("--optimizer", metavar="NAME", default="sgd", show_default=True, help="Optimizer for the memory of training.")
@click.option("--sort", metavar="COLUMN", help="Sort by name, layers, params, macs, activations, memory, training or field.")
@click.option("--reverse", is_flag=True, help="Sort the largest first.")
@click.option("--scatter/--no-scatter", default=None, help="Draw the plot of MACs against parameters (default: for three or more).")
@click.option("--layers", is_flag=True, help="Show the networks side by side, layer by layer.")
def compare(out: Output, arch: tuple[str, ...], input_: tuple[str, ...], batch: int | None, dtype: str, optimizer: str,
            sort: str | None, reverse: bool, scatter: bool | None, layers: bool) -> None:
    """Compare networks, a row each, and plot MACs against parameters.

    \b
      cnncalc compare alexnet vgg16 resnet50 mobilenetv2 --sort macs
      cnncalc compare before.yaml after.yaml
    """
    from ..cost import policy_named
    from ..errors import SpecError, printable
    from ..views.compare import network_dict, report, sorted_by

    shape = parsed_shapes(input_)
    networks, failed = [], False
    traces: list[object] = []
    try:
        for name in arch:
            trace = opened_trace(name, shape)
            if trace is None:
                failed = True
                continue
            label = trace.graph.name if name == "-" else printable(os.path.splitext(os.path.basename(name))[0])
            traces.append((trace, label))
            if layers:
                continue
            networks.append(network_dict(label, trace, batch or 1, dtype, optimizer))
        if layers and traces:
            from ..views.layers_compared import report as side_by_side

            out.show(side_by_side(*map(list, zip(*traces))))
        networks = sorted_by(networks, sort, reverse)
        if networks:
            out.show(report(networks, batch or 1, policy_named(dtype), optimizer, scatter))
    except SpecError as error:
        complain([error])
        failed = True
    if failed:
        sys.exit(2)
