"""`cnncalc compare`."""

from __future__ import annotations

import os
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
@click.argument("arch", nargs=-1, required=True, shell_complete=complete_arch)
@shared_options()
@input_option
@batch_option
@click.option("--dtype", metavar="NAME", default="float32", show_default=True, help="Of weights and maps.")
@click.option("--optimizer", metavar="NAME", default="sgd", show_default=True, help="For the memory of training.")
@click.option("--sort", metavar="COLUMN", help="By name, layers, params, macs, activations, memory, training or field.")
@click.option("--reverse", is_flag=True, help="The largest first.")
@click.option("--scatter/--no-scatter", default=None, help="Draw the map, or leave it out (drawn for three or more).")
@click.option("--width", metavar="N", type=click.IntRange(20, 10_000), help="The width of the table.")
def compare(arch: tuple[str, ...], format: str, output: str | None, color: str, input_: tuple[str, ...],
            batch: int | None, dtype: str, optimizer: str, sort: str | None, reverse: bool, scatter: bool | None,
            width: int | None) -> None:
    """A row per network, and a map of MACs against parameters.

    \b
      cnncalc compare alexnet vgg16 resnet50 mobilenetv2 --sort macs
      cnncalc compare before.yaml after.yaml
    """
    from ..cost import policy_named
    from ..errors import SpecError, printable
    from ..views.compare import compare_text, network_dict, sorted_by

    shape = parsed_shapes(input_)
    terminal = terminal_for(output, color) if format == "table" else None
    networks, failed = [], False
    try:
        for name in arch:
            trace = opened_trace(name, shape)
            if trace is None:
                failed = True
                continue
            label = trace.graph.name if name == "-" else printable(os.path.splitext(os.path.basename(name))[0])
            networks.append(network_dict(label, trace, batch or 1, dtype, optimizer))
        networks = sorted_by(networks, sort, reverse)
        if networks:
            write(compare_text(networks, format, batch or 1, policy_named(dtype), optimizer, scatter, terminal, width),
                  output)
    except SpecError as error:
        complain([error])
        failed = True
    if failed:
        sys.exit(2)
