"""`cnncalc convert`."""

from __future__ import annotations

import sys

import click

from .command import Command
from .common import complete_arch, input_option, opened_trace, parsed_shapes
from .output import complain, complete_file, format_of, write

KINDS = ("yaml", "keras-json", "keras", "pytorch")


@click.command(cls=Command)
@click.argument("arch", shell_complete=complete_arch)
@click.option("-o", "--output", metavar="FILE", shell_complete=complete_file, help="Write to FILE instead of standard output.")
@click.option("--to", "to", type=click.Choice(KINDS),
              help="Kind of file to write: an architecture file (the default), JSON for Keras 3 (the default for FILE.json), or Keras or "
                   "PyTorch source (for FILE.py, that of the network's own framework).")
@input_option
def convert(arch: str, output: str | None, to: str | None, input_: tuple[str, ...]) -> None:
    """Convert a network between file formats.

    A Keras model becomes an architecture file, without defaults and whatever else changes nothing; an
    architecture file becomes JSON for keras.models.model_from_json. Any network becomes source code that
    builds it in Keras or PyTorch, with the same shapes and parameter counts.

    \b
      cnncalc convert model.keras -o arch.yaml
      cnncalc convert arch.yaml --to keras-json -o model.json
      cnncalc convert resnet50 --to pytorch -o resnet50.py
      cnncalc convert net.py --to keras --input 3x224x224
    """
    from ..errors import CnncalcError

    if output is not None and output.lower().endswith((".keras", ".h5")):
        raise click.UsageError(f"{output} stores weights, and an architecture has none\n"
                               "    write a .json file, and load it with keras.models.model_from_json")
    own = to is None and output is not None and output.lower().endswith(".py")
    to = format_of(output, KINDS, to, "--to")
    shape = parsed_shapes(input_)
    trace = opened_trace(arch, shape)
    if trace is None:
        sys.exit(2)
    try:
        if to == "yaml":
            from ..sources.architecture.writer import spec_text

            text = spec_text(trace, shape is not None)
        elif to == "pytorch" or (own and trace.graph.framework == "pytorch"):
            from ..code_writers.pytorch import pytorch_code

            text = pytorch_code(trace, shape is not None)
        elif to == "keras":
            from ..code_writers.keras import keras_code

            text = keras_code(trace, shape is not None)
        else:
            from ..sources.keras.writer import keras_json

            text = keras_json(trace, shape is not None)
    except CnncalcError as error:
        complain(error)
        sys.exit(2)
    write(text, output)
