"""Layers with windows: convolutions of all kinds, pooling, padding, cropping, upsampling.

The windows are those of the rules for shapes; what is under them is read here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING

from ..arrays import Array, Number
from ..layers import Shape
from ..window import Spread, Window
from .cells import Cell, Frame, Stage, mean_of, there, weighted_sum

if TYPE_CHECKING:
    from ..dependence import Taps
    from ..layers.base import Layer
    from ..layers.conv import Conv
    from ..layers.pool import AdaptivePooling, GlobalPooling, Pooling

Weights = dict[str, Array]
#: Of an output channel: each input channel that it reads, and where its taps begin in the kernel.
Reading = Callable[[int], list[tuple[int, int]]]


class Sliding:
    """Windows over a map, and what is under them at each place of the output."""

    def __init__(self, x: Array, view: Shape, y: Shape, windows: Sequence[Window | Spread | _Tile] | None, kernel: Array | None = None):
        self.data, self.view, self.y = x.data, view, y
        self.channel_step = x.steps[view.channel_axis]
        steps = [x.steps[axis] for axis in view.spatial_axes]
        ahead = kernel.steps if kernel is not None else (0,) * len(steps)
        self.frames: list[list[list[tuple[int, int | None]]]] = []
        self.offsets: list[list[list[tuple[int, int | None]]]] = []
        for window, n, places, step, forth in zip(windows or (), view.spatial, y.spatial, steps, ahead):
            rows: list[list[tuple[int, int | None]]] = [[
                (tap, pixel if 0 <= pixel < n else None) for tap, pixel in window.taps(place)
                if type(window) is not Spread or 0 <= pixel < n  # beyond the ends nothing is spread
            ] for place in range(places)]
            self.frames.append(rows)
            self.offsets.append([[(t * forth, None if p is None else p * step) for t, p in row] for row in rows])
        self.met: dict[tuple[int, ...], list[tuple[int, int | None]]] = {}

    def split(self, index: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
        """A place of the output, and its channel."""
        axis = self.y.channel_axis
        return (*index[:axis], *index[axis + 1 :]), index[axis]

    def frame(self, place: tuple[int, ...]) -> Frame:
        return tuple([rows[at] for rows, at in zip(self.frames, place)])

    def under(self, place: tuple[int, ...]) -> list[tuple[int, int | None]]:
        """The windows' taps at a place: where in the kernel, and where in the map, if it is there."""
        known = self.met.get(place)
        if known is None:
            known = self.met[place] = [
                (sum([t for t, _ in taps]), None if None in [p for _, p in taps] else sum([p or 0 for _, p in taps]))
                for taps in product(*[rows[at] for rows, at in zip(self.offsets, place)])
            ]
        return known

    def values(self, place: tuple[int, ...], channel: int) -> list[Number | None]:
        """What is under the window, in one channel."""
        data, start = self.data, channel * self.channel_step
        return [None if at is None else data[start + at] for _, at in self.under(place)]


def products(sliding: Sliding, kernel: Array, reading: Reading, bias: Array | None) -> Callable[[tuple[int, ...]], Cell]:
    """Each value under the window times its weight, in all channels that an output reads."""
    weights = kernel.data

    def cell(index: tuple[int, ...]) -> Cell:
        place, out = sliding.split(index)
        under, read = sliding.under(place), reading(out)
        found: list[Number | None] = []
        times: list[Number] = []
        for channel, start in read:
            found += sliding.values(place, channel)
            times += [weights[start + at] for at, _ in under]
        total = weighted_sum(found, times)
        added = None if bias is None else bias.data[out]
        return Cell("products", total if added is None else total + added, found, times, sliding.frame(place),
                    [channel for channel, _ in read], added, total)

    return cell


def conv(layer: Conv, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    """Filters over all channels of their group: kernel (k..., c / g, F)."""
    kernel = weights["kernel"]
    *_, wide, filters = kernel.shape
    *_, step, forth = kernel.steps

    def reading(out: int) -> list[tuple[int, int]]:
        first = out // (filters // layer.groups) * wide
        return [(first + j, j * step + out * forth) for j in range(wide)]

    sliding = Sliding(x, view, y, layer.windows(view), kernel)
    yield Stage("convolution", y, products(sliding, kernel, reading, weights.get("bias")))


def by_depth(kernel: Array) -> Reading:
    """Each channel with windows of its own: kernel (k..., c, m)."""
    *_, step, forth = kernel.steps
    several = kernel.shape[-1]
    return lambda out: [(out // several, out // several * step + out % several * forth)]


def depthwise(layer: Layer, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    kernel = weights["kernel"]
    sliding = Sliding(x, view, y, layer.windows(view), kernel)
    yield Stage("depthwise convolution", y, products(sliding, kernel, by_depth(kernel), weights.get("bias")))


def separable(layer: Layer, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    """By depth without bias, then 1x1 filters over what came out."""
    first, second = weights["depthwise_kernel"], weights["pointwise_kernel"]
    between = view.of(y.spatial, first.shape[-1] * first.shape[-2])
    stage = Stage("depthwise convolution", between,
                  products(Sliding(x, view, between, layer.windows(view), first), first, by_depth(first), None))
    yield stage
    *_, step, forth = second.steps
    ones = Sliding(stage.array, between, y, [Window(1)] * len(y.spatial), second)
    yield Stage("pointwise convolution", y, products(
        ones, second, lambda out: [(j, j * step + out * forth) for j in range(between.channels)], weights.get("bias")), 0)


def transposed(layer: Layer, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    """Each pixel spread over the taps: kernel (k..., F, c)."""
    kernel = weights["kernel"]
    *_, forth, step = kernel.steps
    sliding = Sliding(x, view, y, layer.windows(view), kernel)
    yield Stage("transposed convolution", y, products(
        sliding, kernel, lambda out: [(j, out * forth + j * step) for j in range(view.channels)], weights.get("bias")))


def best(op: str) -> Callable[[Sequence[Number | None]], Number]:
    """What a window makes of its values; those in the padding do not count."""
    return {"max": lambda values: max(there(values)), "mean": lambda values: mean_of(there(values))}[op]


def pool(layer: Pooling, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    """One value of each window, channel by channel."""
    yield _pooled(layer, Sliding(x, view, y, layer.windows(view)), y)


def _pooled(layer: Pooling | GlobalPooling | AdaptivePooling, sliding: Sliding, shape: Shape) -> Stage:
    op = "max" if layer.largest else "mean"
    result = best(op)

    def cell(index: tuple[int, ...]) -> Cell:
        place, channel = sliding.split(index)
        values = sliding.values(place, channel)
        return Cell(op, result(values), values, None, sliding.frame(place), [channel])

    return Stage("pooling", shape, cell)


class _Tile:
    """The part of an axis that each place of an adaptive pooling reads."""

    def __init__(self, taps: Taps):
        self.phases, self.advance = taps.phases, taps.advance

    def taps(self, place: int) -> list[tuple[int, int]]:
        block, phase = divmod(place, len(self.phases))
        return [(tap, block * self.advance + pixel) for tap, pixel in enumerate(self.phases[phase])]


def adaptive(layer: AdaptivePooling, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    """Windows of nearly one size that tile the map."""
    from ..layers.resampling import tiles

    windows = [_Tile(tiles(n, m)) for n, m in zip(view.spatial, y.spatial)]
    yield _pooled(layer, Sliding(x, view, y, windows), y)


def global_pool(layer: GlobalPooling, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    """One value per channel, over the whole map."""
    ones = view.of([1] * len(view.spatial), view.channels)
    stage = _pooled(layer, Sliding(x, view, ones, [Window(n) for n in view.spatial]), ones)
    if not layer.keepdims:  # the same cells, at the channel only
        whole = stage.cell
        axis, zeros = view.channel_axis, (0,) * len(view.spatial)
        stage.cell = lambda index: whole((*zeros[:axis], index[0], *zeros[axis:]))
        stage.array = Array(y, stage.array.data)
    yield stage


def moved(layer: Layer, x: Array, view: Shape, y: Shape, weights: Weights) -> Iterator[Stage]:
    """Each pixel a copy of the one under its window, or a zero of the padding."""
    sliding = Sliding(x, view, y, layer.windows(view))

    def cell(index: tuple[int, ...]) -> Cell:
        place, channel = sliding.split(index)
        values = sliding.values(place, channel)
        return Cell("copy", values[0] or 0, values, None, sliding.frame(place), [channel])

    yield Stage("", y, cell)
