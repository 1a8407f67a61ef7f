"""The class of all commands: their --help ends with the names of columns and the exit statuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click

SUCCESS, BAD_INPUT = "success", "bad input or usage"


class Command(click.Command):
    """A command; `success` and `one` are the meanings of exit statuses 0 and 1, `columns` gives the names for --columns."""

    def __init__(self, *args: Any, success: str = SUCCESS, one: str | None = None, columns: Callable[[], Iterable[str]] | None = None, **options: Any):
        super().__init__(*args, **options)
        self.statuses = [("0", success), *([("1", one)] if one else []), ("2", BAD_INPUT)]
        self.columns = columns

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        if self.columns is not None:
            with formatter.section("Columns"):
                formatter.write_text(", ".join(self.columns()))
        with formatter.section("Exit status"):
            formatter.write_dl(self.statuses)
