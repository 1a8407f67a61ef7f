"""`cnncalc solve`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from .command import Command
from .output import Output, complain, output_options


@click.command(cls=Command)
@output_options()
@click.option("--from", "size", metavar="N", type=click.IntRange(1, 10**6), help="Size of the input along an axis.")
@click.option("--to", metavar="N", type=click.IntRange(1, 10**6), help="Wanted size of the output.")
@click.option("--keep-size", "keep", is_flag=True, help="Keep the size of the input: of the given one, or of every one.")
@click.option("--receptive-field", metavar="N", type=click.IntRange(1, 10**6), help="Wanted receptive field.")
@click.option("--params", metavar="N", type=click.IntRange(1, 10**12), help="Wanted number of parameters.")
@click.option("--from-channels", "channels", metavar="N", type=click.IntRange(1, 10**6), help="Channels of the input, for --params.")
@click.option("-k", "--kernel", metavar="LIST", help="Kernel sizes to try: 3, a range 1-7, a list 1,3,5, or ? (1 to 11).")
@click.option("-s", "--stride", metavar="LIST", help="Strides to try; ? is 1 to 8.")
@click.option("-p", "--padding", metavar="LIST", help="Pixels on each side to try, or same; ? is all that the window allows.")
@click.option("-d", "--dilation", metavar="LIST", help="Dilations to try; default 1, ? is 1 to 8.")
@click.option("-n", "--layers", metavar="LIST", help="Numbers of equal layers in a row to try; ? is 1 to 100.")
@click.option("-f", "--filters", metavar="LIST", help="Filters of each layer to try, for --params; ? is 1 to 4096.")
@click.option("--no-bias", is_flag=True, help="Count no biases, for --params.")
@click.option("--rank", type=click.IntRange(1, 3), default=2, show_default=True, help="Number of spatial axes, for --params.")
@click.option("--transposed", is_flag=True, help="Use a transposed convolution: (n - 1)s - 2p + k.")
@click.option("--most", metavar="N", type=click.IntRange(1), help="Show at most N answers.")
def solve(out: Output, size: int | None, to: int | None, keep: bool,
          receptive_field: int | None, params: int | None, channels: int | None, kernel: str | None, stride: str | None,
          padding: str | None, dilation: str | None, layers: str | None, filters: str | None, no_bias: bool,
          rank: int, transposed: bool, most: int | None) -> None:
    """Find the kernel, stride, padding, dilation or number of layers for a wanted result.

    Shows all answers within the bounds, the closest to one plain convolution first, then those
    with the smallest numbers, each with its working.

    \b
      cnncalc solve --from 28 --to 14 -k 3
      cnncalc solve --keep-size -k 5
      cnncalc solve --receptive-field 11 -k 3
      cnncalc solve --params 896 --from-channels 3
    """
    from ..errors import CnncalcError
    from ..solver import DILATIONS, FILTERS, KERNELS, LAYERS, STRIDES, Question
    from ..solver import solve as solved
    from ..views.solve import report

    sized = keep or to is not None
    many = receptive_field is not None
    try:
        question = Question(
            size, to, keep, receptive_field, params, channels,
            kernels=_values("--kernel", kernel, KERNELS, KERNELS),
            strides=_values("--stride", stride, STRIDES, STRIDES if sized else (1,)),
            paddings=_paddings(padding),
            dilations=_values("--dilation", dilation, DILATIONS, (1,)),
            layers=_values("--layers", layers, LAYERS, LAYERS if many else (1,)),
            filters=_values("--filters", filters, FILTERS, FILTERS),
            bias=not no_bias, rank=rank, transposed=transposed)
        solution = solved(question)
    except CnncalcError as error:
        complain(error)
        sys.exit(2)
    out.show(report(solution, most))


def _values(option: str, text: str | None, every: Sequence[int], otherwise: Sequence[int], least: int = 1) -> Sequence[int]:
    """The numbers that an option gives to try."""
    if text is None:
        return otherwise
    if text.strip() == "?":
        return every
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = [word.strip() for word in part.partition("-")]
        ends = (first, last if dash else first)
        if not all([word.isascii() and word.isdigit() and len(word) < 8 and int(word) >= least for word in ends]):
            raise click.BadParameter(f"{text!r} is not a number, a range 1-7, a list 1,3,5 or ?", param_hint=option)
        if int(ends[1]) - int(ends[0]) > 100_000:
            raise click.BadParameter(f"{part.strip()!r} is too wide a range", param_hint=option)
        found += range(int(ends[0]), int(ends[1]) + 1)
    if not found:
        raise click.BadParameter(f"{text!r} names no number", param_hint=option)
    return sorted(set(found))


def _paddings(text: str | None) -> list[int | str] | None:
    """The paddings to try, 'same' among them where it is named; nothing for all."""
    if text is None or text.strip() == "?":
        return None
    words = [word.strip().lower() for word in text.split(",")]
    named = [{"valid": 0}.get(word, word) for word in words if word in ("same", "valid")]
    rest = ",".join([word for word in words if word not in ("same", "valid")])
    numbers = {*(_values("--padding", rest, (), (), 0) if rest else ()), *[n for n in named if isinstance(n, int)]}
    return [*sorted(numbers), *(["same"] if "same" in named else [])]
