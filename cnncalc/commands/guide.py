"""`cnncalc guide`."""

from __future__ import annotations

import os
import sys

import click

from .command import Command
from .output import TEXT_FORMATS, Output, complain, format_of, output_options, write

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "guides")


def topics() -> dict[str, str]:
    """Each guide's title by its topic."""
    found = {}
    for name in sorted(os.listdir(FOLDER)):
        if name.endswith(".md"):
            with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
                found[name.removesuffix(".md")] = file.readline().lstrip("# ").strip()
    return found


@click.command(cls=Command)
@click.argument("topic", required=False)
@output_options(*TEXT_FORMATS, "csv", "tsv")
def guide(out: Output, topic: str | None) -> None:
    """Show a page of the guide; without a TOPIC, list them.

    \b
      cnncalc guide
      cnncalc guide receptive-fields
    """
    found = topics()
    if topic is None:
        from ..views.titles import guides

        out.show(guides(list(found.items())))
        return
    if topic.lower() not in found:
        from ..errors import SpecError, did_you_mean

        complain([SpecError(f"there is no guide {topic!r}", (), did_you_mean(topic, found) or "the guides are " + ", ".join(found))])
        sys.exit(2)
    format_of(out.file, ("markdown",))
    with open(os.path.join(FOLDER, topic.lower() + ".md"), encoding="utf-8") as file:
        write(file.read(), out.file)
