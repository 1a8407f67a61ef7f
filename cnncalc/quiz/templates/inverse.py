"""Questions asked backwards: which size, padding, kernel or dilation gives this output.

A wrong answer is one with which a mistaken rule gives the wanted output: `check` names the mistake where a network with
the wrong answer in it claims that output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..chain import Chain
from ..question import Attempt, Draft, Wrong
from ..stream import Stream
from ..values import Value
from ..wording import FLOOR, an
from ..working import working
from ..wrong_answers import every_wrong_answer
from . import Template
from .draws import FILTERS, built, conv, leaves_remainder, strided

RULE = "which formula gives the output size, and what must its unknown be?"
MISTAKES = frozenset([
    "forgot-plus-one", "plus-one-twice", "kernel-not-subtracted", "assumed-same-padding", "pad-added-once", "padding-ignored",
    "padding-applied-twice", "ceil-or-round-instead-of-floor",
])
DILATED = MISTAKES | {"dilation-ignored", "dilation-base-0-vs-1"}


def backwards(stem: str, right: int, make: Callable[[int], Chain | None], layer: str, guesses: Iterable[int],
              conventions: tuple[str, ...] = (), mistakes: frozenset[str] = MISTAKES) -> Draft | None:
    """The draft for an unknown number; None if one of the guesses is right too, or the network does not fit."""
    chain = make(right)
    if chain is None:
        return None
    wanted = chain.value(layer, "output")
    others = {x: other for x in dict.fromkeys(guesses) if x >= 0 and x != right and (other := make(x)) is not None}
    if any([other.value(layer, "output") == wanted for other in others.values()]):
        return None

    def wrong() -> list[Wrong]:
        found = []
        for x, other in others.items():
            for way in every_wrong_answer(other, layer, "output", mistakes, len(other.parts) > 1):
                if way.value == wanted and "+" not in way.mistake:
                    found.append(Wrong(x, way.mistake, way.words))
                    break
        return found

    def attempt(value: Value) -> Attempt | None:
        other = make(value) if isinstance(value, int) and 0 <= value < 10_000 else None
        return None if other is None else Attempt(other, layer, "output", wanted)

    return Draft(stem, right, wrong, None, "", "", conventions, lambda: working(chain, layer, "output"), RULE, attempt)


def input_size(stream: Stream) -> Draft | None:
    n, kernel, padding, filters = stream.between(14, 96), stream.between(2, 9), stream.between(2, 4), stream.one(FILTERS)
    if kernel == 2 * padding + 1 or padding >= kernel:
        return None
    out = n + 2 * padding - kernel + 1
    stem = (f"A convolution with filters of size {kernel}×{kernel}, stride 1 and {padding} pixels of zero padding on each side gives an output of "
            f"{out}×{out}. Its input is square. How large is one side of the input?")
    guesses = [n + 1, n - 1, n + padding, n + 2 * padding, n - 2 * padding, out, out - 2 * padding, out - 2 * padding - 1]
    return backwards(stem, n, lambda x: built((x, x, 3), [conv("conv", filters, kernel, 1, padding)]) if x else None, "conv", guesses)


def padding_of(stream: Stream) -> Draft | None:
    n, kernel, padding, filters = stream.between(20, 112), stream.between(4, 11), stream.between(1, 8), stream.one(FILTERS)
    if kernel == 2 * padding + 1 or padding >= kernel or padding == 2 or not leaves_remainder(n, kernel, 2, padding):
        return None
    out = (n + 2 * padding - kernel) // 2 + 1
    stem = (f"A convolution with filters of size {kernel}×{kernel} and stride 2 turns {an(n)}×{n} input into {an(out)}×{out} output. "
            "Sizes are rounded down. How many pixels of zero padding does it add on each side?")
    guesses = [padding - 1, padding + 1, 2 * padding, 2 * padding + 1, padding // 2, padding - kernel // 2, padding - kernel // 2 + 1,
               padding - (kernel + 1) // 2]
    return backwards(stem, padding, lambda x: built((n, n, 3), [conv("conv", filters, kernel, 2, x)]), "conv", guesses, (FLOOR,))


def kernel_behind(stream: Stream) -> Draft | None:
    n = stream.between(40, 128)
    window = strided(stream, n)
    kernel, padding = stream.between(2, 11), stream.between(2, 4)
    if window is None or padding >= kernel or kernel == 2 * padding + 1:
        return None
    filters, others = stream.some(FILTERS, 2)

    def make(x: int) -> Chain | None:
        return built((n, n, 3), [conv("conv1", filters, *window), conv("conv2", others, x, 1, padding)]) if 0 < x < 64 else None

    chain = make(kernel)
    if chain is None:
        return None
    out = chain.value("conv2", "output")
    assert isinstance(out, tuple)
    k, s, p = window
    stem = (f"{an(n).capitalize()}×{n} input passes through two convolutions. The first has filters of size {k}×{k}, stride {s} and {p} pixel{'s' * (p > 1)} of "
            f"zero padding on each side; the second has stride 1 and {padding} pixels of zero padding on each side, and its output is {out[0]}×{out[0]}. "
            "Sizes are rounded down. How large is one side of the second layer's filters?")
    guesses = [x for x in range(max(2, kernel - 2 * padding - 1), kernel + 2 * padding + 4) if x != kernel]
    return backwards(stem, kernel, make, "conv2", guesses, (FLOOR,))


def dilation_of(stream: Stream) -> Draft | None:
    n, kernel, dilation = stream.between(24, 96), stream.between(2, 4), stream.between(2, 9)
    padding, filters = (kernel - 1) * stream.between(1, 3), stream.one(FILTERS)
    if kernel == 2 and padding == 1:
        return None
    out = n + 2 * padding - dilation * (kernel - 1)
    stem = (f"A convolution with filters of size {kernel}×{kernel}, stride 1 and {padding} pixel{'s' * (padding > 1)} of zero padding on each side turns "
            f"{an(n)}×{n} input into {an(out)}×{out} output. What is its dilation (1: the filter has no holes)?")
    step = padding // (kernel - 1)
    guesses = [dilation - 1, dilation + 1, dilation - step, dilation - 2 * step, dilation + 2 * step, dilation + step]

    def make(x: int) -> Chain | None:
        return built((n, n, 3), [conv("conv", filters, kernel, 1, padding, dilation_rate=x)]) if 0 < x < 100 else None

    return backwards(stem, dilation, make, "conv", guesses, (), DILATED)


TEMPLATES = {("inverse", level): Template("inverse", level, draw, MISTAKES, level == 1) for level, draw in enumerate(
    (input_size, padding_of, kernel_behind, dilation_of), 1)}
