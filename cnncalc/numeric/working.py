"""The working of a cell in lines of text: the window, the products, the sum, the bias, the function."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

from ..arrays import Number, written
from ..layers import Shape
from .cells import Cell, Stage
from .compute import Done

#: What the places along each axis are called, by the number of spatial axes.
AXES = {1: ("place",), 2: ("row", "column"), 3: ("depth", "row", "column")}
#: Terms on a line.
WIDE = 8


def channel_axis(done: Done, shape: Sequence[int]) -> int:
    """Where the channels of a map of this layer are."""
    view: Shape = done.layer.view(Shape(shape)) if len(shape) > 1 else Shape(shape)
    return view.channel_axis


def cell_name(done: Done, stage: Stage, index: Sequence[int]) -> str:
    """The place of a cell in words: row 0, column 2, channel 1."""
    shape = stage.array.shape
    if len(shape) == 1:
        return f"value {index[0]}"
    axis = channel_axis(done, shape)
    spatial = [i for at, i in enumerate(index) if at != axis]
    words = [f"{word} {i}" for word, i in zip(AXES.get(len(spatial), ("axis",) * len(spatial)), spatial)]
    if shape[axis] > 1:
        words.append(f"channel {index[axis]}")
    return ", ".join(words)


def needed(done: Done, index: tuple[int, ...]) -> list[tuple[Stage, tuple[int, ...]]]:
    """The cells of a layer that lead to one of its output, that one last."""
    found: list[tuple[Stage, tuple[int, ...]]] = []

    def add(stage: Stage, at: tuple[int, ...]) -> None:
        if stage.reads is not None:
            before = done.stages[stage.reads]
            if stage.name == "pointwise convolution":
                axis = channel_axis(done, before.array.shape)
                for channel in range(before.array.shape[axis]):
                    add(before, (*at[:axis], channel, *at[axis + 1 :]))
            else:
                add(before, at)
        found.append((stage, at))

    add(done.stages[-1], index)
    return found


def lines(done: Done, index: tuple[int, ...]) -> Iterator[str]:
    """The working of one cell of a layer's output, every stage on the way to it."""
    steps = needed(done, index)
    for stage, at in steps:
        label = ""
        if len(steps) > 1 and stage.cell(at).op != "function":
            label = stage.name
            if stage is not done.stages[-1] and any([s is stage for s, other in steps if other != at]):
                label += f", channel {at[channel_axis(done, stage.array.shape)]}"
        if label and len(done.stages) > 1 and sum([s.cell(a).op != "function" for s, a in steps]) > 1:
            yield f"{label}:"
        yield from cell_lines(done, stage, at)


def cell_lines(done: Done, stage: Stage, index: tuple[int, ...]) -> Iterator[str]:
    """The working of one cell of one map."""
    cell = stage.cell(index)
    source = done.inputs[cell.source][0] if stage.reads is None else done.stages[stage.reads].name
    if cell.op == "products":
        yield from _products(done, cell, source)
    elif cell.op == "function":
        yield from _function(cell)
    elif cell.op == "norm":
        yield from _norm(cell)
    elif cell.op == "copy":
        yield _copy(cell, source)
    elif cell.op in ("max", "mean") and cell.frame:
        yield f"window: {span(cell)} of {source}" + _in_channel(done, cell)
        yield from ["  " + row for row in block(cell, cell.values, "·")]
        yield _joined(cell)
    else:
        yield _joined(cell)


def _in_channel(done: Done, cell: Cell) -> str:
    x = done.inputs[0][1]
    many = len(x.shape) > 1 and x.shape[channel_axis(done, x.shape)] > 1
    return f", channel {cell.channels[0]}" if many and len(cell.channels) == 1 else ""


def span(cell: Cell) -> str:
    """Which pixels a window covers: rows 1 to 3, columns 0, 2, 4."""
    words = AXES.get(len(cell.frame), ("place",) * len(cell.frame))
    said = []
    for word, taps in zip(words, cell.frame):
        pixels = [pixel for _, pixel in taps if pixel is not None]
        plural = word + "s" * (word != "depth")
        if not pixels:
            said.append(f"no {word}")
        elif len(pixels) == 1:
            said.append(f"{word} {pixels[0]}")
        elif pixels in (list(range(pixels[0], pixels[-1] + 1)), list(range(pixels[0], pixels[-1] - 1, -1))):
            said.append(f"{plural} {min(pixels)} to {max(pixels)}")
        else:
            said.append(f"{plural} {', '.join(map(str, sorted(pixels)))}")
    return ", ".join(said)


def block(cell: Cell, values: Sequence[Number | None], blank: str) -> list[str]:
    """A window's values as rows in columns of one width; the slices of a deep one below each other."""
    return [row.rstrip() for row in _aligned([_text(value, blank) for value in values], _wide(cell))]


def _wide(cell: Cell) -> int:
    return max(1, len(cell.frame[-1])) if cell.frame else len(cell.values)


def _text(value: Number | None, blank: str) -> str:
    return blank if value is None else written(value)


def _aligned(texts: list[str], wide: int) -> list[str]:
    rows = [texts[i : i + wide] for i in range(0, len(texts), wide)]
    widths = [max(map(len, column)) for column in zip(*rows)] if rows else []
    return ["  ".join([text.rjust(width) for text, width in zip(row, widths)]) for row in rows]


def _products(done: Done, cell: Cell, source: str) -> Iterator[str]:
    """The window beside the weights, a line of products for each row, and the sums."""
    assert cell.weights is not None
    many = len(cell.values) // max(1, len(cell.channels)) if cell.frame else len(cell.values)
    totals: list[Number] = []
    if cell.frame:
        yield f"window: {span(cell)} of {source}" + _in_channel(done, cell)
    groups = range(0, len(cell.values), many) if many else range(0)
    for number, start in enumerate(groups):
        values, weights = cell.values[start : start + many], cell.weights[start : start + many]
        if cell.frame and len(groups) > 1:
            yield f"channel {cell.channels[number]}:"
        if cell.frame:
            left, right = block(cell, values, "(0)"), block(cell, weights, "")
            for i, (a, b) in enumerate(zip(left, _flush(right))):
                yield "  " + a.ljust(max(map(len, left))) + ("   ×   " if i == (len(left) - 1) // 2 else "       ") + b
        total = yield from _rows(values, weights, _wide(cell) if cell.frame else WIDE)
        totals.append(total)
    if len(totals) > 1:
        yield f"channels: {signed([written(total) for total in totals])} = {written(cell.total)}"
    if not totals:
        yield f"no pixel reaches it: {written(cell.total)}"
    if cell.bias is not None and (cell.bias or cell.frame or len(cell.values) != 1):
        yield f"bias: {signed([written(cell.total), written(cell.bias)])} = {written(cell.value)}"


def _flush(rows: list[str]) -> list[str]:
    widest = max(map(len, rows), default=0)
    return [row.rjust(widest) for row in rows]


def _rows(values: Sequence[Number | None], weights: Sequence[Number], wide: int) -> Generator[str, None, Number]:
    """A line of products for each row, and their sum; the sum of it all."""
    from .cells import weighted_sum

    sums = []
    for i in range(0, len(values), wide):
        row, times = values[i : i + wide], weights[i : i + wide]
        sums.append(weighted_sum(row, times))
        yield " + ".join([_product(value, weight) for value, weight in zip(row, times)]) + f" = {written(sums[-1])}"
    total = weighted_sum(sums, [1] * len(sums))
    if len(sums) > 1:
        yield f"sum: {signed([written(number) for number in sums])} = {written(total)}"
    return total


def _product(value: Number | None, weight: Number) -> str:
    return f"{'(0)' if value is None else held(written(value))} × {held(written(weight))}"


def held(text: str) -> str:
    """A number as a factor: a negative one, or a fraction, in parentheses."""
    return f"({text})" if text.startswith("\u2212") or "/" in text else text


def signed(texts: Sequence[str]) -> str:
    """A sum, negative numbers taken off."""
    out = texts[0]
    for text in texts[1:]:
        out += f" \u2212 {text[1:]}" if text.startswith("\u2212") else f" + {text}"
    return out


def _joined(cell: Cell) -> str:
    """Several values made one: 3 + 4 = 7, max(1, 5) = 5, (1 + 2) / 2 = 1.5."""
    texts = [written(value) for value in cell.values if value is not None]
    if cell.op in ("max", "min"):
        left = f"{cell.op}({', '.join(texts)})"
    elif cell.op == "mean":
        total = written(_sum(cell))
        left = f"({signed(texts)}) / {len(texts)} = {total} / {len(texts)}" if len(texts) > 1 else texts[0]
    elif cell.op == "product":
        left = " × ".join([held(text) for text in texts])
    elif cell.op == "difference":
        left = f"{texts[0]} \u2212 {held(texts[1])}"
    else:
        left = signed(texts)
    return f"{left} = {written(cell.value)}"


def _sum(cell: Cell) -> Number:
    from .cells import weighted_sum

    return weighted_sum(cell.values, [1] * len(cell.values))


def _copy(cell: Cell, source: str) -> str:
    if cell.values[0] is None:
        return "padding: 0"
    if cell.frame:
        return f"{span(cell)} of {source}: {written(cell.value)}"
    place = cell.more.get("place")
    return f"from {source}" + (f", place {list(place)}" if place is not None else "") + f": {written(cell.value)}"


def _function(cell: Cell) -> Iterator[str]:
    function = cell.more["function"]
    own = cell.more.get("own", 0)
    sign = "≈" if type(cell.value) is float else "="
    texts = [written(value) for value in cell.values]
    said = function.formula.format(x=texts[own], y=held(texts[own]), sum=_powers(texts))
    yield f"{function.name}: {said} {sign} {written(cell.value)}" if said != texts[own] else f"{function.name}: {written(cell.value)}"


def _powers(texts: list[str]) -> str:
    shown = texts if len(texts) <= 2 * WIDE else [*texts[:WIDE], "...", texts[-1]]
    return " + ".join(["..." if text == "..." else f"e^{held(text)}" for text in shown])


def _norm(cell: Cell) -> Iterator[str]:
    more = cell.more
    x, mean, variance = written(cell.values[0] or 0), written(more["moving_mean"]), written(more["moving_variance"])
    root = written(more["root"])
    text = f"({signed([x, _less(mean)])}) / √({signed([variance, written(more['epsilon'])])})"
    numbers = f"{written((cell.values[0] or 0) - more['moving_mean'])} / {root}"
    for name, sign in (("gamma", " × "), ("beta", " + ")):
        if name in more:
            text += sign + held(written(more[name]))
            numbers += sign + held(written(more[name]))
    yield "(x \u2212 mean) / √(variance + ε)" + (" × gamma" if "gamma" in more else "") + (" + beta" if "beta" in more else "")
    yield f"= {text}"
    yield f"= {numbers} {'≈' if type(cell.value) is float else '='} {written(cell.value)}"


def _less(text: str) -> str:
    return text[1:] if text.startswith("\u2212") else "\u2212" + text


__all__ = ["cell_lines", "cell_name", "channel_axis", "lines", "needed", "span"]
