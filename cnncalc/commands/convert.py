"""`cnncalc convert`."""

from __future__ import annotations

import sys

import click

from .common import complete_arch, input_option, opened_trace, parsed_shapes
from .output import complain, write

KINDS = ("yaml", "keras-json")


@click.command()
@click.argument("arch", shell_complete=complete_arch)
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
@click.option("--to", "to", type=click.Choice(KINDS),
              help="What to write: an architecture file (the default), or what Keras 3 loads (for FILE.json the default).")
@input_option
def convert(arch: str, output: str | None, to: str | None, input_: tuple[str, ...]) -> None:
    """The same network as another kind of file.

    Of a Keras model it writes an architecture file, without the defaults and what else changes nothing; of an
    architecture file, a text for keras.models.model_from_json.

    \b
      cnncalc convert model.keras -o arch.yaml
      cnncalc convert arch.yaml --to keras-json -o model.json
    """
    from ..errors import CnncalcError

    if output is not None and output.endswith((".keras", ".h5")):
        raise click.UsageError(f"{output} would hold weights, which a description does not have\n"
                               "    write a .json file, and load it with keras.models.model_from_json")
    if to is None:
        to = "keras-json" if output is not None and output.endswith(".json") else "yaml"
    shape = parsed_shapes(input_)
    trace = opened_trace(arch, shape)
    if trace is None:
        sys.exit(2)
    try:
        if to == "yaml":
            from ..sources.architecture.writer import spec_text

            text = spec_text(trace, shape is not None)
        else:
            from ..sources.keras.writer import keras_json

            text = keras_json(trace, shape is not None)
    except CnncalcError as error:
        complain(error)
        sys.exit(2)
    write(text, output)
