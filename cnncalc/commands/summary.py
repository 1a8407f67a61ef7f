"""`cnncalc summary`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from .command import Command
from .common import batch_option, complete_arch, input_option, opened_steps, parsed_shapes
from .output import TABLE_FORMATS, Output, complain, output_options, say

if TYPE_CHECKING:
    from ..analysis import Trace


def column_names() -> list[str]:
    """The names that --columns knows."""
    from ..views.columns import COLUMNS

    return list(COLUMNS)


@click.command(cls=Command, columns=column_names)
@click.argument("arch", nargs=-1, required=True, shell_complete=complete_arch)
@output_options(*TABLE_FORMATS, "keras3", "keras2", "keras2.13", "torchinfo")
@input_option
@batch_option
@click.option("--columns", metavar="LIST", help="Columns to show, separated by commas; a leading + adds them to the usual ones.")
@click.option("--depth", metavar="N", type=click.IntRange(0, 1_000), help="Show the layers of nested models, N levels deep.")
@click.option("--expand-nested", is_flag=True, help="Show the layers of nested models at every level.")
@click.option("--fold", is_flag=True, help="Show repeated blocks once, with the number of repetitions.")
@click.option("--show-trainable", is_flag=True, help="Show which layers are trainable.")
@click.option("--modules-only", is_flag=True, help="PyTorch: leave out the functions and methods between modules.")
@click.option("--var-names", is_flag=True, help="torchinfo's format: variable names instead of depth and index.")
def summary(out: Output, arch: tuple[str, ...], input_: tuple[str, ...], batch: int | None, columns: str | None, depth: int | None,
            expand_nested: bool, fold: bool, show_trainable: bool, modules_only: bool, var_names: bool) -> None:
    """Show each layer's output shape and parameter count.

    \b
      cnncalc summary arch.yaml
      cnncalc summary vgg16 --input 128x128x3 --columns +kernel,stride,activations
      cnncalc summary model.json --format keras3 --width 100
      cnncalc summary net.py --input 3x224x224 --format torchinfo --depth 2
    """
    from ..errors import SpecError
    from ..sources.document import first_error
    from ..views.report import failed_report
    from ..views.summary import ALL_LEVELS, report

    shape = parsed_shapes(input_)
    levels = ALL_LEVELS if expand_nested else depth or 0
    reports, errors = [], 0
    for name in arch:
        trace, problems = opened_steps(name, shape, whole=True)
        errors += len(problems)
        if problems and out.format == "json" and (trace is None or not trace.steps):
            reports.append(failed_report("summary", name, first_error(problems)))
        if trace is None or (problems and not worth_showing(trace, out.format)):
            continue
        if out.format.startswith("keras") and trace.at_least:
            say(f"{name}: warning: {out.format} has no notation for unknown values; its totals are lower bounds")
        try:
            if out.format == "torchinfo":
                from ..views.torchinfo import torchinfo_report

                reports.append(torchinfo_report(trace, columns, 3 if depth is None else depth, var_names))
                continue
            trace.graph.modules_only = modules_only
            found = report(trace, columns, batch if trace.graph.batch is None else None, levels, show_trainable, out.width,
                           bool(problems), fold)
            reports.append(failed_report("summary", name, first_error(problems), found) if problems else found)
        except SpecError as error:
            complain([error])
            sys.exit(2)
    if reports:
        out.show(*reports, several=len(arch) > 1)
    if errors:
        sys.exit(2)


def worth_showing(trace: Trace, format: str) -> bool:
    """Whether a network with errors has anything to show in this format."""
    return format in TABLE_FORMATS and len(trace.steps) > 0
