"""`cnncalc diff`."""

from __future__ import annotations

import sys

import click

from .command import Command
from .common import complete_arch, input_option, opened_trace, parsed_shapes
from .output import Output, output_options


@click.command(cls=Command)
@click.argument("a", shell_complete=complete_arch)
@click.argument("others", metavar="B...", nargs=-1, required=True, shell_complete=complete_arch)
@output_options()
@input_option
@click.option("--changed", is_flag=True, help="Leave out the layers that are the same in both.")
def diff(out: Output, a: str, others: tuple[str, ...], input_: tuple[str, ...], changed: bool) -> None:
    """Compare networks layer by layer: shapes, parameters, MACs and settings.

    Each of several is compared with the first.

    \b
      cnncalc diff lenet-variant lenet-variant-no-second-pool
      cnncalc diff before.yaml after.yaml --changed
    """
    from ..views.diff import report

    shape = parsed_shapes(input_)
    before, *after = [opened_trace(name, size) for name, size in _sizes((a, *others), shape)]
    read = [trace for trace in after if trace is not None]
    if before is None or len(read) < len(after):
        sys.exit(2)
    out.show(*[report(before, trace, changed) for trace in read])


def _sizes(names: tuple[str, ...], shape: object) -> list[tuple[str, object]]:
    """The input's size for each network: channels first as PyTorch has them, where a network of PyTorch's is among them."""
    torch = [_is_pytorch(name) for name in names]
    if not any(torch) or all(torch) or not isinstance(shape, tuple) or len(shape) < 2:
        return [(name, shape) for name in names]
    last = (*shape[1:], shape[0])
    return [(name, shape if own else last) for name, own in zip(names, torch)]


def _is_pytorch(name: str) -> bool:
    """Whether a file is source that imports torch."""
    import re

    from ..errors import CnncalcError
    from ..sources.files import read_file

    match = re.match(r"(.*?\.(?:py|ipynb))(?::|$)", name)
    try:
        return match is not None and re.search(rb"(?:import|from)\s+torch\b", read_file(match[1])) is not None
    except CnncalcError:
        return False
