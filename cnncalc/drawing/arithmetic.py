"""The window of a layer, step by step over its padded input: which values each output reads.

Drawn from `Window.taps` and `Spread.taps`, so it cannot differ from the numbers. A transposed convolution is drawn as what it
computes: a window over the input with zeros between its values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..analysis import Trace
from ..errors import SpecError, did_you_mean
from ..layers import Layer, Shape
from ..layers.base import input_givens
from ..num import derivation
from ..window import Spread, Window
from .metrics import width_of
from .paper import Options, titled
from .rows import Row, Rows
from .scene import Group, Look, Path, Point, Polygon, Scene, moved, text
from .scene import Shape as Drawn
from .words import Words, times

#: Larger inputs are drawn with a smaller one that leaves the same remainder, and no more outputs than these along an axis.
LARGEST, MOST = 12, 8
SIZE = 12.0
CELL, TALL, SLANT = 30.0, 17.0, 17.0


class Axis(NamedTuple):
    """One axis: its window, inputs and outputs; `first` and `end` bound the cells, padding and zeros in between included."""

    window: Window | Spread
    inputs: int
    outputs: int
    first: int
    end: int

    @property
    def stretch(self) -> int:
        """How far neighboring inputs are apart: of a transposed convolution its stride."""
        return self.window.stride if isinstance(self.window, Spread) else 1

    def reads(self, output: int) -> list[int]:
        """The inputs that an output reads, those in the padding too."""
        return [pixel for _, pixel in self.window.taps(output)]

    def covers(self, output: int) -> list[int]:
        """The cells under the window for an output, zeros too."""
        w = self.window
        if isinstance(w, Spread):
            return sorted([output + w.crop - tap * w.dilation for tap in range(w.size)])
        return self.reads(output)

    def is_input(self, cell: int) -> bool:
        return 0 <= cell < self.inputs * self.stretch and cell % self.stretch == 0

    @property
    def unread(self) -> list[int]:
        """The inputs that no output reads."""
        read = {pixel for output in range(self.outputs) for pixel in self.reads(output)}
        return [i for i in range(self.inputs) if i not in read]


def axis_of(window: Window | Spread, inputs: int) -> Axis:
    """An axis on so many inputs, its padding resolved."""
    outputs = window.places(inputs) or 0
    if isinstance(window, Spread):
        cells = [output + window.crop - tap * window.dilation for output in range(outputs) for tap in range(window.size)]
        return Axis(window, inputs, outputs, min([0, *cells]), max([(inputs - 1) * window.stride, *cells]) + 1)
    before, padding = window.before or 0, window.padding or 0
    return Axis(window, inputs, outputs, -before, max(inputs, inputs + padding - before))


def scene(trace: Trace, name: str, options: Options) -> Scene:
    """The picture of a layer's window. SpecError for a layer without one, or of which sizes are unknown."""
    row = _found(trace, name)
    step, row_name = row.step, row.name
    layer = step.node.layer
    assert layer is not None
    x = layer.viewed(step.inputs)[0] if step.inputs else Shape(())
    windows = layer.windows(x) if step.inputs and layer.rank is not None else None
    if not windows or layer.family not in ("conv", "pool", "up"):
        raise SpecError(f"{name} ({layer.keras_class}) has no window that slides over its input", (), "name a convolution or a pooling layer")
    if any([n is None for n in x.spatial]):
        raise SpecError(f"the input size of {name} is not known", (), "--input 28x28x1, say, gives it")
    drawn = tuple([_smaller(layer, x, i) for i in range(len(windows))])
    shown = layer.windows(x.of(drawn, x.channels)) or windows
    axes = [axis_of(window, n) for window, n in zip(shown, drawn)]
    if len(axes) > 2:
        axes = axes[-2:]
    if any([axis.outputs < 1 for axis in axes]):
        raise SpecError(f"{name} has no output to draw")
    lines = _lines(layer, x, windows, drawn, axes)
    title = f"{row_name}: {Words(row).title}" if options.title is None else options.title
    return _drawn(axes, title, lines, row_name, options)


def _found(trace: Trace, name: str) -> Row:
    rows = {row.name: row for row in Rows(trace).rows}
    row = rows.get(name)
    if row is None:
        ends = [row for key, row in rows.items() if key.endswith("/" + name)]
        if len(ends) != 1:
            raise SpecError(f"there is no layer {name!r}", (), did_you_mean(name, rows))
        row = ends[0]
    if row.step.error is not None:
        raise row.step.error
    return row


def _smaller(layer: Layer, x: Shape, axis: int) -> int:
    """The size to draw along an axis: its own, or a smaller one with the same remainder and a few outputs."""
    n = int(x.spatial[axis])
    window = (layer.windows(x) or ())[axis]
    if n <= LARGEST and (window.places(n) or 0) <= MOST:
        return n
    period = 1 if isinstance(window, Spread) else int(window.stride)
    for size in range(1, n + 1):
        if (n - size) % period:
            continue
        sizes = [size if i == axis else m for i, m in enumerate(x.spatial)]
        there = (layer.windows(x.of(sizes, x.channels)) or ())[axis]
        if (there.places(size) or 0) >= 3 and size >= min(int(window.size), 4):
            return size
    return n


def _lines(layer: Layer, x: Shape, windows: Sequence[Any], drawn: tuple[int, ...], axes: list[Axis]) -> list[tuple[str, bool]]:
    """The formula with its numbers, the settings, what is drawn in place of the whole, and what is never read."""
    found: list[tuple[str, bool]] = []
    twin = layer.traced()
    given = input_givens(x, x)
    traced = twin.windows(given) or ()
    places = [window.places(n) for window, n in zip(traced, given.spatial)]
    last = [derivation(many)[-1] for many in places if many is not None]
    formulas = dict.fromkeys([f"{line.numbers} = {line.value:,}" for line in last])
    found += [(formula, True) for formula in formulas]
    window = windows[-1]
    words = [f"kernel {times(tuple([int(w.size) for w in windows]))}", f"stride {times(tuple(dict.fromkeys([int(w.stride) for w in windows])))}"]
    if max([int(w.dilation) for w in windows]) > 1:
        words.append(f"dilation {times(tuple(dict.fromkeys([int(w.dilation) for w in windows])))}")
    if isinstance(window, Spread):
        words.append(f"{int(window.stride) - 1} zero{'s' * (window.stride != 2)} between inputs")
        if window.padding:
            words.append(f"{int(window.crop)} cropped before, {int(window.padding) - int(window.crop)} after")
    else:
        words.append(f"padding {int(window.before)} before, {int(window.padding) - int(window.before)} after" if window.padding else "no padding")
    found.append((", ".join(words), False))
    if drawn != tuple(x.spatial):
        found.append((f"drawn on {times(drawn)} inputs; the layer reads {times(tuple(x.spatial))}", False))
    names = ("row", "column") if len(axes) > 1 else ("step",)
    for axis, word in zip(axes, names):
        if axis.unread:
            many = axis.unread
            found.append((f"never read: {word}{'s' * (len(many) > 1)} {', '.join(map(str, many[:6]))}{', …' if len(many) > 6 else ''}", False))
    return found


def _drawn(axes: list[Axis], title: str, lines: list[tuple[str, bool]], name: str, options: Options) -> Scene:
    rows = axes[0] if len(axes) > 1 else None
    columns = axes[-1]
    deep, wide = (rows.end - rows.first if rows else 1), columns.end - columns.first
    out_deep = rows.outputs if rows else 1
    shift = max(0.0, (wide - columns.outputs) * CELL / 2) + SLANT * max(0.0, (deep - out_deep) / 2)
    base = out_deep * TALL + 3.2 * TALL
    low, high = _Grid(0.0, base, deep), _Grid(shift, 0.0, out_deep)
    shapes: list[Drawn] = _cells(low, rows, columns) + _outputs(high, out_deep, columns.outputs)
    frame = 0
    for r in range(out_deep):
        for c in range(columns.outputs):
            shapes.append(_frame(low, high, rows, columns, r, c, frame))
            frame += 1
    width = max(wide * CELL + deep * SLANT, shift + columns.outputs * CELL + out_deep * SLANT)
    height = base + deep * TALL
    text_width = max([width_of(line, SIZE, bold) for line, bold in lines])
    middle = max(width, text_width) / 2
    found: list[Drawn] = [moved(shape, middle - width / 2, 0) for shape in shapes]
    for k, (line, bold) in enumerate(lines):
        found.append(text(middle, height + 26 + k * (SIZE + 7), line, SIZE if not bold else SIZE + 1, bold=bold, role="ink" if bold else "soft"))
    words = f"{title}. " + ". ".join([line for line, _ in lines])
    picture = titled(found, 2 * middle, height + 26 + len(lines) * (SIZE + 7), title, words, options, SIZE)
    return picture._replace(frames=frame, pace=0.7 if frame < 40 else 0.4)


class _Grid(NamedTuple):
    """A plane of cells in oblique projection; row 0 is the farthest."""

    x: float
    y: float
    rows: int

    def point(self, row: float, column: float) -> Point:
        return self.x + column * CELL + (self.rows - row) * SLANT, self.y + row * TALL

    def cell(self, row: int, column: int, look: Look) -> Polygon:
        return Polygon((self.point(row, column), self.point(row, column + 1), self.point(row + 1, column + 1), self.point(row + 1, column)), look)


def _cells(grid: _Grid, rows: Axis | None, columns: Axis) -> list[Drawn]:
    """The input: its values, those that are never read pale, and padding and zeros dashed."""
    found: list[Drawn] = []
    for r in range(rows.first if rows else 0, rows.end if rows else 1):
        for c in range(columns.first, columns.end):
            real = columns.is_input(c) and (rows is None or rows.is_input(r))
            at = r - (rows.first if rows else 0), c - columns.first
            if not real:
                found.insert(0, grid.cell(*at, Look(None, "frame", 0.8, (3, 2))))
                continue
            pale = c // columns.stretch in columns.unread or (rows is not None and r // rows.stretch in rows.unread)
            found.append(grid.cell(*at, Look("conv-pale" if pale else "conv", "edge", 0.9)))
    return found


def _outputs(grid: _Grid, deep: int, wide: int) -> list[Drawn]:
    return [grid.cell(r, c, Look("dense-pale", "edge", 0.9)) for r in range(deep) for c in range(wide)]


def _frame(low: _Grid, high: _Grid, rows: Axis | None, columns: Axis, r: int, c: int, number: int) -> Group:
    """One output, what it reads, and the lines between them."""
    at_rows = rows.covers(r) if rows else [0]
    at_columns = columns.covers(c)
    first = rows.first if rows else 0
    shapes: list[Drawn] = []
    for row in at_rows:
        for column in at_columns:
            real = columns.is_input(column) and (rows is None or rows.is_input(row))
            look = Look("sees", "edge", 0.9, opacity=0.9 if real else 0.25)
            shapes.append(low.cell(row - first, column - columns.first, look))
    shapes.append(high.cell(r, c, Look("window-output", "edge", 1)))
    top, bottom = min(at_rows) - first, max(at_rows) - first + 1
    left, right = min(at_columns) - columns.first, max(at_columns) - columns.first + 1
    line = Look(None, "wire", 0.9)
    for (a, b), (i, j) in (((top, left), (r, c)), ((top, right), (r, c + 1)), ((bottom, left), (r + 1, c)), ((bottom, right), (r + 1, c + 1))):
        shapes.append(Path((high.point(i, j), low.point(a, b)), line))
    reads = (("rows", " ".join(map(str, rows.reads(r)))),) if rows else ()
    return Group(tuple(shapes), frame=number, data=(("output", f"{r},{c}" if rows else str(c)), *reads, ("columns", " ".join(map(str, columns.reads(c))))))
