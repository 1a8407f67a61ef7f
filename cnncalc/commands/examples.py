"""`cnncalc examples`."""

from __future__ import annotations

import sys

import click

from .command import Command
from .output import TEXT_FORMATS, Output, complain, format_of, output_options, write


@click.command(cls=Command)
@click.argument("name", required=False)
@output_options(*TEXT_FORMATS, "csv", "tsv", "yaml")
def examples(out: Output, name: str | None) -> None:
    """List the bundled networks; with a NAME, print its file.

    \b
      cnncalc examples
      cnncalc examples resnet50 > mine.yaml
    """
    from ..sources import bundled, example_path, title_of

    if name is None:
        from ..views.titles import examples as report

        out.show(report([(name, title_of(name)) for name in bundled()]))
        return
    path = example_path(name)
    if path is not None:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    elif name in bundled():
        from ..network import load
        from ..sources.architecture.writer import spec_text

        text = f"# {title_of(name)}\n{spec_text(load(name).trace)}"
    else:
        from ..errors import SpecError, did_you_mean

        complain([SpecError(f"there is no bundled example {name!r}", (), did_you_mean(name, bundled()))])
        sys.exit(2)
    format_of(out.file, ("yaml",))
    write(text, out.file)
