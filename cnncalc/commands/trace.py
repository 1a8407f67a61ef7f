"""`cnncalc trace`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from .command import Command
from .common import complete_arch, complete_layer, opened_trace, set_option
from .output import Output, complain, complete_file, output_options

if TYPE_CHECKING:
    from ..numeric.claims import Judged
    from ..numeric.compute import Computed, Done


@click.command(cls=Command, one="an answer of --answers is wrong")
@click.argument("arch", shell_complete=complete_arch)
@output_options()
@set_option
@click.option("--layer", "layers", metavar="NAME", multiple=True, shell_complete=complete_layer,
              help="Only this layer; may be given several times.")
@click.option("--cell", metavar="ROW,COL", help="The working of one cell, counted from 0; of a vector its number alone.")
@click.option("--channel", metavar="N", type=click.IntRange(0), help="Only this channel, counted from 0.")
@click.option("--flip", is_flag=True, help="Turn kernels round first: the mathematician's convolution. "
              "Networks compute the cross-correlation.")
@click.option("--answers", metavar="FILE", shell_complete=complete_file, help="Check the maps in FILE cell by cell: YAML of LAYER: [[1, 5], [2, 10]], "
              "or rows of numbers (CSV) for one --layer.")
def trace(out: Output, arch: str, layers: tuple[str, ...], cell: str | None, channel: int | None, flip: bool,
          answers: str | None) -> None:
    """Compute numbers through the network: every map exactly, and the working of any cell.

    The file gives the input's values and the layers' weights:

    \b
      input: {values: [[5, 1, 3], [3, 4, 4], [6, 1, 8]]}
      layers:
        - Conv2D: [1, 2]
          weights: {kernel: [[1, 0], [0, -1]], bias: 1}

    \b
      cnncalc trace edge-6x6
      cnncalc trace edge-6x6 --cell 1,0
      cnncalc trace edge-6x6 --answers mine.yaml
    """
    from ..errors import CnncalcError, SpecError
    from ..numeric import compute
    from ..views import trace as views

    steps = opened_trace(arch, None, out)
    if steps is None:
        sys.exit(2)
    try:
        computed = compute(steps, flip)
        _known(computed, layers)
        if answers is not None:
            found = _judged(computed, answers, layers)
            out.show(views.answers_report(steps.graph.name, found))
            sys.exit(1 if any([judged.wrong for judged in found]) else 0)
        if cell is not None:
            cells = _cells(computed, _numbers(cell), layers, channel)
            out.show(views.cells_report(steps.graph.name, cells))
            return
        if channel is not None and not any([channel < _channels(done) for done in computed.layers]):
            raise SpecError(f"no feature map has a channel {channel}, counted from 0")
    except CnncalcError as error:
        complain(error)
        sys.exit(2)
    out.show(views.report(computed, layers, channel))


def _known(computed: Computed, names: tuple[str, ...]) -> None:
    from ..errors import SpecError, did_you_mean

    known = [*computed.inputs, *[done.name for done in computed.layers]]
    for name in names:
        if name not in known:
            raise SpecError(f"there is no layer {name!r}", (), did_you_mean(name, known) or "there are " + ", ".join(known[:12]))


def _channels(done: Done) -> int:
    from ..numeric.working import channel_axis

    shape = done.array.shape
    return int(shape[channel_axis(done, shape)]) if len(shape) > 1 else 0


def _numbers(cell: str) -> tuple[int, ...]:
    words = [word.strip() for word in cell.replace("x", ",").split(",")]
    if not all([word.isascii() and word.isdigit() and len(word) < 9 for word in words]):
        raise click.BadParameter(f"{cell!r} is not a cell such as 1,0 (row, column)", param_hint="--cell")
    return tuple(map(int, words))


def _cells(computed: Computed, at: tuple[int, ...], layers: tuple[str, ...], channel: int | None) -> list[tuple[Done, tuple[int, ...]]]:
    """The cells that are meant: of the named layers, or of each that has such a cell."""
    from ..errors import SpecError
    from ..numeric.working import channel_axis

    found = []
    sizes = []
    for done in computed.layers:
        if layers and done.name not in layers:
            continue
        shape = done.array.shape
        axis = channel_axis(done, shape) if len(shape) > 1 else None
        spatial = [n for i, n in enumerate(shape) if i != axis]
        sizes.append(f"{done.name} is {'x'.join(map(str, spatial))}")
        if len(spatial) != len(at) or not all([i < n for i, n in zip(at, spatial)]):
            continue
        if axis is None:
            found.append((done, at))
            continue
        for c in range(shape[axis]) if channel is None else [channel]:
            if c < shape[axis]:
                found.append((done, (*at[:axis], c, *at[axis:])))
    if not found:
        words = ",".join(map(str, at)) + ("" if channel is None else f" in channel {channel}")
        raise SpecError(f"no feature map has a cell {words}, counted from 0", (), "; ".join(sizes[:12]))
    return found


def _judged(computed: Computed, path: str, layers: tuple[str, ...]) -> list[Judged]:
    """The verdicts on the grids of a file."""
    from ..errors import SpecError
    from ..numeric.claims import judged
    from ..sources.sheets.grids import read_grids

    last = [layers[0]] if layers else [computed.layers[-1].name] if computed.layers else []
    if not last:
        raise SpecError("the network has no layers, so there is nothing to check")
    document, data = read_grids(path, last[0])
    try:
        return judged(computed, data)
    except SpecError as error:
        error.document = document
        raise
