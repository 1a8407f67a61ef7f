"""`cnncalc check ARCH --max params=25M --min field=224`: budgets, with or without answer sheets."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import click

from .common import opened_trace, parsed_shapes
from .output import complain


def budget_options(function: Callable[..., None]) -> Callable[..., None]:
    """--max, --min and --optimizer. Budgets without a sheet are all that is checked."""

    @functools.wraps(function)
    def command(maxima: tuple[str, ...], minima: tuple[str, ...], optimizer: str, **rest: Any) -> None:
        if not maxima and not minima:
            function(**rest)
            return
        code = 0
        if rest["answers"]:
            format = rest["out"].format
            if format in ("json", "csv", "tsv"):
                raise click.UsageError(f"budgets and answer sheets are two {format} documents: check them in two runs")
            code = _status(function, rest)
        own = _checked(maxima, minima, optimizer, rest)
        sys.exit(max(code, own) if 2 in (code, own) else code or own)

    for option in (
        click.option("--optimizer", metavar="NAME", default="sgd", show_default=True, help="Optimizer, for the budget 'memory'."),
        click.option("--min", "minima", metavar="NAME=AMOUNT", multiple=True, help="Least value of a budget: field=224."),
        click.option("--max", "maxima", metavar="NAME=AMOUNT", multiple=True,
                     help="Largest value of a budget: params=25M, macs=1G, memory=8GB (for training), inference-memory=512MiB, weights, "
                          "flops, trainable-params."),
    ):
        command = option(command)
    return command


def _status(function: Callable[..., None], rest: dict[str, object]) -> int:
    try:
        function(**rest)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0


def _checked(maxima: tuple[str, ...], minima: tuple[str, ...], optimizer: str, rest: dict[str, Any]) -> int:
    """Print the budgets; 1 if one is broken, 2 if one cannot be decided."""
    from ..budgets import budget, outcomes
    from ..cost import policy_named
    from ..errors import CnncalcError
    from ..views.budgets import report

    try:
        budgets = [*[budget(text, True) for text in maxima], *[budget(text, False) for text in minima]]
        batch, dtype = rest.get("batch") or 1, policy_named(rest.get("dtype"))
        trace = opened_trace(rest["arch"], parsed_shapes(rest["input_"]))
        if trace is None:
            return 2
        found = outcomes(trace, budgets, batch, dtype, optimizer)
    except CnncalcError as error:
        complain(error)
        return 2
    conditions = f"batch of {batch}, {dtype}, {optimizer.lower()}; 1 MB = 10^6 bytes"
    rest["out"].show(report(trace, found, conditions))
    verdicts = {one.verdict for one in found}
    return 1 if "broken" in verdicts else 2 if "undecided" in verdicts else 0
