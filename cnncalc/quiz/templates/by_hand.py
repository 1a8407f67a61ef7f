"""Maps in numbers, to be worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...arrays import Array, read
from ...errors import CnncalcError
from ...numeric.claims import Changed, changes
from ...numeric.compute import Done, compute, stages_of
from ..chain import Chain, Part
from ..question import Draft, Wrong
from ..stream import Stream
from ..values import Grid, Value, text_of
from ..wording import CROSS_CORRELATION, padding_words
from . import Template

if TYPE_CHECKING:
    from ...analysis import Trace
    from ...layers import Layer

RULE = "multiply each value by the weight above it, add up, and move the window on"
MISTAKES = frozenset([
    "flipped-kernel", "transposed-kernel", "forgot-bias", "forgot-activation", "wrong-sign", "average-instead-of-max", "max-instead-of-average",
    "missed-maximum", "stride-ignored", "pool-default-stride", "padding-forgotten", "dilation-ignored", "assumed-same-padding",
])


class Numbers(Chain):
    """One layer on an input in numbers, with weights in numbers."""

    def __init__(self, channels: list[Grid], part: Part, kernels: list[Grid], bias: int):
        h, w = len(channels[0]), len(channels[0][0])
        super().__init__((h, w, len(channels)), [part])
        self.channels, self.kernels, self.bias = channels, kernels, bias

    @cached_property
    def text(self) -> str:
        values = _depth_last(self.channels)
        lines = ["input:", "  values:", *[f"    - {row}" for row in values], "layers:"]
        part = self.parts[0]
        settings = ", ".join([f"{key}: {value}" for key, value in part.settings.items()])
        lines += [f"  - {part.kind}: {{{settings}}}", f"    name: {part.name}"]
        if self.kernels:
            lines += ["    weights:", "      kernel:", *[f"        - {row}" for row in self._kernel()], f"      bias: {self.bias}"]
        return "\n".join(lines) + "\n"

    def _kernel(self) -> list[object]:
        """The kernel as Keras has it, with its axes of size 1 left out: rows, columns, channels."""
        return _depth_last(self.kernels)

    def trace(self) -> Trace:
        trace = super().trace()
        for step in trace.steps:
            if step.node.name == "input":
                step.node.given = _array(self.channels)
            elif self.kernels:
                step.node.given = {"kernel": self._kernel(), "bias": self.bias}
        return trace

    @cached_property
    def done(self) -> Done:
        return compute(self.trace()).layers[0]


def _depth_last(grids: list[Grid]) -> list[object]:
    """Grids of several channels as one with a list of channels in each cell; a single one as it is."""
    if len(grids) == 1:
        return [list(row) for row in grids[0]]
    return [[list(cell) for cell in zip(*rows)] for rows in zip(*grids)]


def _array(channels: list[Grid]) -> Array:
    array = read(_depth_last(channels))
    return array if len(array.shape) == 3 else Array((*array.shape, 1), array.data)


def grid_of(array: Array) -> Grid | None:
    """A map of one channel as a grid of whole numbers; None if it is not one."""
    if array.shape[-1] != 1 or not all([type(n) is int for n in array.data]):
        return None
    rows, columns = array.shape[0], array.shape[1]
    return tuple([tuple(array.data[i * columns:(i + 1) * columns]) for i in range(rows)])


def _wrong(chain: Numbers, right: Grid) -> list[Wrong]:
    done = chain.done
    found: dict[Grid, Wrong] = {}

    def add(array: Array, name: str, words: str) -> None:
        grid = grid_of(array)
        if grid is not None and grid != right and len(grid) == len(right):  # another size would give itself away
            found.setdefault(grid, Wrong(grid, name, words))

    singles = list(_results(done.layer, done.inputs, changes(done)))
    for array, name, words, *_ in singles:
        add(array, name, words)
    for stage in done.stages[:-1]:
        add(stage.array, "forgot-activation", f"it is the map before {done.stages[-1].name}")
    add(Array(done.array.shape, [-n for n in done.array.data]), "wrong-sign", "the sign is wrong")
    if "Max" in done.layer.kind:
        _missed(done, right, found)
    for _, name, words, layer, weights in singles:
        for array, other, more, *_ in _results(layer, done.inputs, changes(Changed(layer, weights))):
            if other != name:
                add(array, f"{name}+{other}", f"{words}; and {more}")
    return list(found.values())


def _results(layer: Layer, inputs: tuple[tuple[str, Array], ...], changed: Iterator[tuple[str, str, Layer, dict[str, Array]]]
             ) -> Iterator[tuple[Array, str, str, Layer, dict[str, Array]]]:
    for name, words, other, weights in changed:
        try:
            yield stages_of(other, inputs, None, weights)[-1].array, name, words, other, weights
        except CnncalcError:
            continue


def _missed(done: Done, right: Grid, found: dict[Grid, Wrong]) -> None:
    """One cell in which another value of the window was taken for the largest."""
    for i, row in enumerate(right):
        for j, value in enumerate(row):
            values = sorted({n for n in done.stages[-1].cell((i, j, 0)).values if type(n) is int and n < value})
            if values:
                grid = tuple([tuple([values[-1] if (a, b) == (i, j) else n for b, n in enumerate(cells)]) for a, cells in enumerate(right)])
                found.setdefault(grid, Wrong(grid, "missed-maximum", "a larger value in the window was overlooked"))


def _draft(chain: Numbers, stem: str) -> Draft | None:
    right = grid_of(chain.done.array)
    if right is None or len({n for row in right for n in row}) < 3:
        return None
    name = chain.parts[0].name

    conventions = (CROSS_CORRELATION,) if chain.kernels else ()
    return Draft(stem, right, lambda: _wrong(chain, right), chain, name, "values", conventions, lambda: _working(chain, right), RULE)


def _working(chain: Numbers, right: Grid) -> list[str]:
    """A line for each cell of the map, without what is multiplied by 0."""
    stages = chain.done.stages
    found = []
    for i, row in enumerate(right):
        for j, value in enumerate(row):
            cell = stages[0].cell((i, j, 0))
            if cell.weights is None:
                sum_ = f"max({', '.join([str(n) for n in cell.values if n is not None])})"
            else:
                terms = [f"{n} × {_held(w)}" for n, w in zip(cell.values, cell.weights) if w and n is not None]
                total = cell.value
                sum_ = " + ".join([*terms, _held(chain.bias)]) + (f" = {_signed(total)}, ReLU" if len(stages) > 1 else "")
            found.append(f"row {i + 1}, column {j + 1}: {sum_} = {_signed(value)}")
    return found


def _signed(n: int) -> str:
    return str(n).replace("-", "−")


def _held(n: int) -> str:
    return f"({_signed(n)})" if n < 0 else str(n)


def _image(stream: Stream, n: int) -> Grid:
    return tuple([tuple([stream.below(10) for _ in range(n)]) for _ in range(n)])


def _filter(stream: Stream, k: int) -> Grid | None:
    """Random −1, 0, 1, not the same when it is flipped or transposed."""
    grid: Grid = tuple([tuple([stream.below(3) - 1 for _ in range(k)]) for _ in range(k)])
    flipped: Value = tuple([row[::-1] for row in grid[::-1]])
    turned: Value = tuple(zip(*grid))
    return None if flipped == grid or turned == grid or sum([n != 0 for row in grid for n in row]) < k else grid


def _convolution(stream: Stream, n: int, k: int, stride: int = 1, padding: int = 0, depth: int = 1, relu: bool = False, dilation: int = 1) -> Draft | None:
    channels, kernels = [_image(stream, n) for _ in range(depth)], [_filter(stream, k) for _ in range(depth)]
    bias = stream.one((-3, -2, -1, 1, 2, 3))
    whole = [kernel for kernel in kernels if kernel is not None]
    if len(whole) < depth:
        return None
    settings: dict[str, Any] = {"filters": 1, "kernel_size": k}
    settings |= {"strides": stride} if stride > 1 else {}
    settings |= {"padding": padding} if padding else {}
    settings |= {"dilation_rate": dilation} if dilation > 1 else {}
    settings |= {"activation": "relu"} if relu else {}
    chain = Numbers(channels, Part("conv", "Conv2D", settings), whole, bias)
    images = " and ".join([text_of(channel) for channel in channels])
    filters = " and ".join([text_of(kernel) for kernel in whole])
    told = (f"An input has {'the rows' if depth == 1 else 'two channels with the rows'} {images}. A convolution with the filter {filters}"
            f"{'' if depth == 1 else ' (one grid per channel)'}, bias {text_of(bias)}, stride {stride}{f', dilation {dilation}' if dilation > 1 else ''} "
            f"and {padding_words(padding)} is applied to it{', then ReLU' if relu else ''}.")
    stem = f"{told} The filter is not flipped. What is the output, row by row?"
    return _draft(chain, stem)


def _pooling(stream: Stream, n: int, k: int, stride: int) -> Draft | None:
    image = _image(stream, n)
    chain = Numbers([image], Part("pool", "MaxPooling2D", {"pool_size": k, "strides": stride}), [], 0)
    stem = (f"An input has the rows {text_of(image)}. Max pooling with a {k}×{k} window, stride {stride} and no padding is applied to it. "
            "What is the output, row by row?")
    return _draft(chain, stem)


def stride_one(stream: Stream) -> Draft | None:
    n = stream.between(3, 4)
    return _convolution(stream, n, n - 1)


def with_stride(stream: Stream) -> Draft | None:
    if stream.below(3) == 0:
        return _pooling(stream, stream.between(5, 6), 3, 2)
    return _convolution(stream, 6, 3, 2) if stream.below(2) else _convolution(stream, 4, 3, 2, 1)


def two_channels(stream: Stream) -> Draft | None:
    return _convolution(stream, 3, 2, depth=2, relu=stream.below(2) == 0)


def dilated(stream: Stream) -> Draft | None:
    n = stream.between(4, 5)
    return _convolution(stream, n, 2, dilation=n - 2, relu=stream.below(2) == 0)


TEMPLATES = {("hand", level): Template("hand", level, draw, MISTAKES) for level, draw in enumerate(
    (stride_one, with_stride, two_channels, dilated), 1)}
