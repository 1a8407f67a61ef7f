"""`cnncalc examples`."""

from __future__ import annotations

import sys

import click

from .common import complain, write


@click.command()
@click.argument("name", required=False)
def examples(name: str | None) -> None:
    """The bundled networks; with a NAME, its file.

    \b
      cnncalc examples
      cnncalc examples resnet50 > mine.yaml
    """
    from ..sources import example_path, title_of
    from ..sources import examples as bundled

    if name is None:
        names = bundled()
        widest = max(map(len, names), default=0)
        write("".join(f"{n:{widest}}  {title_of(n)}".rstrip() + "\n" for n in names), None)
        return
    path = example_path(name)
    if path is None:
        from ..errors import SpecError, did_you_mean

        complain([SpecError(f"there is no bundled example {name!r}", (), did_you_mean(name, bundled()))])
        sys.exit(2)
    with open(path, encoding="utf-8") as file:
        write(file.read(), None)
