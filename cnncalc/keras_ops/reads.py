"""What operations on tensors read, a rule for each kind of reading. Shapes have the batch in front, as in keras.ops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ..dependence import (
    Along,
    Either,
    Reads,
    Reindexed,
    Taps,
    Through,
    before,
    listed,
    mixed,
    placed,
    slid,
    table,
    turned,
)
from ..layers.base import ChannelsFirst, Shape
from ..layers.shape import Full
from ..num import product
from ..window import Spread, Window
from .settings import in_lists

#: From an operation, the number of the output, its shape and those of the arguments to what
#: it reads of each argument.
Rule: TypeAlias = Callable[[Any, int, Full, list[Any]], list[Reads]]


def operation_reach(layer: Any, xs: tuple[Shape, ...], ys: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
    """What each output reads of each input."""
    shapes = list(layer.given(xs))
    if layer.takes_list or layer.takes_many:
        inputs = list(range(len(shapes)))
    else:
        inputs = [i for i, (name, full) in enumerate(zip(layer.operands, shapes))
                  if getattr(layer, name) is None and full is not None]
    found = []
    for k, y in enumerate(ys):
        reads = layer.depends(k, (None, *y), shapes)
        found.append(tuple([_of_example(reads[i]) for i in inputs]))
    return tuple(found)


def _of_example(reads: Reads) -> Reads:
    """The same without the batch."""
    if isinstance(reads, Either):
        return Either(tuple(map(_of_example, reads.ways)))
    if isinstance(reads, Through):
        return Through(_of_example(reads.output), reads.shape[1:], _of_example(reads.input))
    if reads is None or isinstance(reads, Reindexed):
        return reads
    return tuple([a._replace(axis=a.axis - 1 if a.axis else None) for a in reads[1:]])


def each_value(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    return [None if x is None else placed(x, y) for x in shapes]


def nothing(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    return [None] * len(shapes)


def filled(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    return [None, placed(shapes[1], y)]


def along_axis(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    axes = layer.axis if isinstance(layer.axis, (tuple, list)) else (layer.axis,)
    return [mixed(shapes[0], [layer.place(shapes[0], axis) for axis in axes])]


def colours(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    return [mixed(y, [len(y) - 3 if layer.data_format == "channels_first" else len(y) - 1])]


def _everything(x: Full) -> Reads:
    return (Along(None),) * len(x)


def reduced(layer: Any, k: int, y: Full, shapes: list[Any], axis: Any = None) -> list[Reads]:
    x = shapes[0]
    places = layer.axes_of(x, layer.axis if axis is None else axis)
    if layer.keepdims:
        return [tuple([Along(None if i in places else i) for i in range(len(x))])]
    kept = [i for i in range(len(x)) if i not in places]
    return [tuple([Along(kept.index(i) if i in kept else None) for i in range(len(x))])]


def cumulated(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    x = shapes[0]
    if layer.axis is None:
        return [_everything(x)]
    places = layer.axes_of(x, layer.axis)
    return [tuple([Along(i, before(n), True) if i and i in places else Along(i) for i, n in enumerate(x)])]


def sorted(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    x = shapes[0]
    places = range(len(x)) if layer.axis is None else layer.axes_of(x, layer.axis)
    return [tuple([Along(None if i in places else i) for i in range(len(x))])]


def flipped(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    x = shapes[0]
    axis = layer.said.get("axis", layer.flips)
    axes = range(len(x)) if axis is None else [
        layer.place(x, a) for a in (axis if isinstance(axis, (tuple, list)) else (axis,))]
    return [tuple([Along(i, turned(n)) if i in axes and i else Along(i) for i, n in enumerate(x)])]


def rolled(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    x, shift, axis = shapes[0], layer.said.get("shift"), layer.said.get("axis")
    if axis is None:
        if product(x[1:]) is None:
            return [_everything(x)]
        # Through the batch too, but for one example that is round and round.
        n = product(x[1:]) or 1
        rolled = (Along(0), Along(1, _gathered([(i - shift) % n for i in listed(n)], n)))
        return [Through(Through(Reindexed(), (None, n), rolled), (None, n), Reindexed())]
    axes = [layer.place(x, a) for a in (axis if isinstance(axis, (tuple, list)) else (axis,))]
    shifts = shift if isinstance(shift, (tuple, list)) else (shift,) * len(axes)
    by = dict(zip(axes, shifts))
    return [tuple([Along(i, _gathered([(o - by[i]) % n for o in listed(n)], n)) if i in by and i else Along(i)
                   for i, n in enumerate(x)])]


def _gathered(places: list[int], n: int) -> Taps:
    """One input for each output."""
    return table([range(i, i + 1) for i in places], n)


def triangle(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    """Row by row: of each those places that are not set to zero."""
    x, diagonal = shapes[0], layer.said.get("k", 0)
    rows, columns = x[-2:]
    if rows is None or columns is None:
        return [_everything(x)]
    ways: list[Reads] = []
    for row in listed(rows * columns)[:rows]:
        kept = range(row + diagonal + 1) if layer.lower else range(max(0, row + diagonal), columns)
        here = table([range(i, i + (i == row)) for i in range(rows)], rows)
        there = table([range(i, i + (i in kept)) for i in range(columns)], columns)
        ways.append((*map(Along, range(len(x) - 2)), Along(len(x) - 2, here), Along(len(x) - 1, there)))
    return [Either(tuple(ways))]


def pieces(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    """Along each axis that the key takes something of, the places that it takes."""
    x, keys = shapes[0], list(layer.said["key"])
    if ... not in keys:
        keys.append(...)
    named = len([key for key in keys if key is not None and key is not ...])
    found: list[Along] = []
    place = 0
    for key in keys:
        if key is None:
            place += 1
        elif key is ...:
            for _ in range(len(x) - named):
                found.append(Along(place))
                place += 1
        elif isinstance(key, slice):
            n = x[len(found)]
            if n is None:
                found.append(Along(place))
            else:
                found.append(Along(place, _sliced(range(*key.indices(int(n))), n)))
            place += 1
        else:
            n = x[len(found)]
            at = key % n if n else 0
            found.append(Along(None, Taps((range(at, at + 1),))))
    return [tuple(found)]


def _sliced(taken: range, n: int) -> Window | Taps:
    if taken.step > 0:
        return Window(1, taken.step, padding=0, before=0 - taken.start)
    return _gathered([taken[i] for i in listed(len(taken))], n)


def joined(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    place, start = layer.place(shapes[0], layer.axis), 0
    found: list[Reads] = []
    for x in shapes:
        part = Along(place, Taps((range(0 - start, 1 - start),), bounded=True))
        found.append(tuple([part if i == place else Along(i) for i in range(len(x))]))
        start += x[place] or 0
    return found


def stacked(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    """Each input is one slice: it is read as one of size 1 there."""
    place = layer.place(shapes[0], layer.axis, more=1)
    found: list[Reads] = []
    for i, x in enumerate(shapes):
        shape = (*x[:place], 1, *x[place:])
        there = Along(place, Taps((range(0 - i, 1 - i),), bounded=True))
        last = tuple([there if axis == place else Along(axis) for axis in range(len(shape))])
        found.append(Through(last, shape, Reindexed()))
    return found


def split(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    x, parts = shapes[0], layer.indices_or_sections
    place = layer.place(x, layer.axis)
    start = ((0, *parts)[k] if isinstance(parts, tuple) else k * y[place]) if place else 0
    part = Along(place, Window(1, padding=0, before=0 - start))
    return [tuple([part if i == place else Along(i) for i in range(len(x))])]


def unstacked(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    x = shapes[0]
    place = layer.place(x, layer.axis)
    rest = iter(range(len(y)))
    return [tuple([Along(None, Taps((range(k, k + 1),))) if i == place else Along(next(rest)) for i in range(len(x))])]


def same_order(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    return [Reindexed()]


def _ordered(order: list[int]) -> list[Reads]:
    """`order` has for each axis of the output that of the input."""
    return [tuple([Along(order.index(i)) for i in range(len(order))])]


def transposed(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    if layer.axes is None:  # of a batch of single values
        return [Reindexed()]
    return _ordered(layer.axes_of(shapes[0], layer.axes, "axes"))


def swapped(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    order = list(range(len(shapes[0])))
    a, b = layer.place(shapes[0], layer.axis1), layer.place(shapes[0], layer.axis2)
    order[a], order[b] = b, a
    return _ordered(order)


def moved(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    sources = layer.axes_of(shapes[0], layer.source, "source")
    into = dict(zip(layer.axes_of(shapes[0], layer.destination, "destination"), sources))
    rest = iter([i for i in range(len(shapes[0])) if i not in sources])
    return _ordered([into[i] if i in into else next(rest) for i in range(len(shapes[0]))])


def taken(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    x, indices = shapes
    if layer.axis is None:
        return [_everything(x), placed(indices, y)]
    place = layer.place(x, layer.axis)
    if layer.indices is None:  # which ones only the numbers say
        behind = len(indices) - 1
        values = tuple([Along(None) if i == place else Along(i if i < place else i + behind) for i in range(len(x))])
        return [values, tuple([Along(place + i) for i in range(len(indices))])]
    flat = _numbers(layer.indices)
    n = x[place]
    chosen = tuple([Along(i, _gathered([int(j) % n for j in flat], n)) if i == place else Along(i) for i in range(len(x))])
    shape = (*x[:place], len(flat), *x[place + 1:])
    return [Through(Reindexed(), shape, chosen), None]


def _numbers(value: Any) -> list[Any]:
    """The numbers of a constant in a row."""
    value = in_lists(value)
    return [number for item in value for number in _numbers(item)] if isinstance(value, (list, tuple)) else [value]


def padded(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    x = shapes[0]
    pairs = layer.pairs * len(x) if len(layer.pairs) == 1 else layer.pairs
    found = [Along(i, None if a == b == 0 or i == 0 else _margin(layer.mode, n, a, b))
             for i, (n, (a, b)) in enumerate(zip(x, pairs))]
    return [tuple(found), *[None if x is None else _everything(x) for x in shapes[1:]]]


def _margin(mode: str, n: int, a: int, b: int) -> Window | Taps:
    """As numpy.pad: of n values, with a in front and b behind."""
    if mode in ("constant", "empty"):
        return Window(1, padding=a + b, before=a)
    places = range(-a, len(listed(a + n + b)) - a)
    if mode in ("maximum", "mean", "median", "minimum"):
        return table([range(i, i + 1) if 0 <= i < n else range(n) for i in places], n)
    if mode == "linear_ramp":  # from the value at the end to 0, which it is at the last
        return table([range(0) if i in (-a, n - 1 + b) and not 0 <= i < n else range(at, at + 1)
                      for i in places for at in [min(max(i, 0), n - 1)]], n)
    if mode == "edge":
        return _gathered([min(max(i, 0), n - 1) for i in places], n)
    if mode in ("wrap", "circular"):
        return _gathered([i % n for i in places], n)
    around, last = (2 * n, 2 * n - 1) if mode == "symmetric" else (max(1, 2 * n - 2), 2 * n - 2)
    return _gathered([m if m < n else last - m for m in [i % around for i in places]], n)


def tiled(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    return [tuple([Along(i, None if n == m or not i else _gathered([o % n for o in listed(m)], n))
                   for i, (n, m) in enumerate(zip(shapes[0], y))])]


def repeated(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    x, times = shapes[0], layer.repeats
    if layer.axis is None:
        return [_everything(x)]
    place = layer.place(x, layer.axis)
    times = times[0] if isinstance(times, tuple) and len(times) == 1 else times
    copies: Any = Spread(times, times) if not isinstance(times, tuple) else _gathered(
        [i for i, many in enumerate(times) for _ in listed(many)], x[place])
    return [tuple([Along(i, copies if i == place else None) for i in range(len(x))])]


def one_hot(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    place = len(shapes[0]) if layer.axis == -1 else layer.axis
    return [tuple([Along(i if i < place else i + 1) for i in range(len(shapes[0]))])]


def gated(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    place = layer.place(shapes[0], layer.axis)
    halves = Taps(((0, y[place]),), bounded=True) if place else None
    return [tuple([Along(i, halves if i == place else None) for i in range(len(y))])]


def multiplied(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    """The places of each by a letter; what is summed over is not in the output."""
    a, b = shapes
    rows, columns = len(a) > 1, len(b) > 1
    left = [*range(-len(a), -2), "row", "sum"] if rows else ["sum"]
    right = [*range(-len(b), -2), "sum", "column"] if columns else ["sum"]
    result = [*range(-max(len(a), len(b), 2), -2), *["row"] * rows, *["column"] * columns]
    return [_by_letter(letters, full, result, y) for letters, full in ((left, a), (right, b))]


def _by_letter(letters: list[Any], x: Full, result: list[Any], y: Full) -> Reads:
    return tuple([Along(None if letter not in result or (n == 1 and y[result.index(letter)] != 1) else result.index(letter))
                  for letter, n in zip(letters, x)])


def summed(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    """A letter that an input has twice is its diagonal."""
    found: list[Reads] = []
    terms, target = layer.labels(shapes)
    for term, x in zip(terms, shapes):
        letters = list(dict.fromkeys(term))
        diagonal = tuple([x[term.index(letter)] for letter in letters])
        reads = _by_letter(letters, diagonal, target, y)
        if len(letters) < len(term):
            reads = Through(reads, diagonal, tuple([Along(letters.index(letter)) for letter in term]))
        found.append(reads)
    return found


def _viewed(layer: Any, x: Full) -> Shape:
    return (ChannelsFirst if layer.data_format == "channels_first" else Shape)(x[1:])


def _with_batch(reads: Reads) -> Reads:
    from ..layers.unrolled import at_each_step

    return at_each_step(reads, None)


def resized(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    from ..layers.resampling import resized

    aspect = "crop" if layer.crop_to_aspect_ratio else "pad" if layer.pad_to_aspect_ratio else None
    return [_with_batch(resized(_viewed(layer, shapes[0]), layer.size, layer.interpolation, layer.antialias, aspect))]


def _windows(layer: Any, x: Shape, sizes: Any, dilation: Any = 1) -> list[Window]:
    def each_axis(value: Any) -> tuple[int, ...]:
        return tuple(value) if isinstance(value, tuple) else (value,) * len(x.spatial)

    sizes = each_axis(sizes)
    strides = each_axis(sizes if layer.strides is None else layer.strides)
    return [Window(size, s, d).padded(layer.padding, n)
            for size, s, d, n in zip(sizes, strides, each_axis(dilation), x.spatial)]


def pooled(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    x = _viewed(layer, shapes[0])
    return [_with_batch(slid(x, _windows(layer, x, layer.pool_size), Along(x.channel_axis)))]


def convolved(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    from ..dependence import blocks

    x, kernel = _viewed(layer, shapes[0]), shapes[1]
    each = kernel[-1] if layer.depthwise else None
    channel = Along(None) if each is None else Along(x.channel_axis, blocks(each, 1))
    windows = _windows(layer, x, tuple(kernel[:-2]), layer.dilation_rate)
    return [_with_batch(slid(x, windows, channel)), _everything(kernel)]


def to_space(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    """With the channels first those of a block lie together, as in Keras on numpy, JAX and
    torch; on TensorFlow a place's do there too."""
    b, x = layer.block_size, shapes[0]
    if layer.data_format == "channels_first":
        c, h, w = y[1], x[2], x[3]
        apart, order, together = (None, c, b, b, h, w), (0, 1, 4, 2, 5, 3), (None, c, h, b, w, b)
    else:
        c, h, w = y[3], x[1], x[2]
        apart, order, together = (None, h, w, b, b, c), (0, 1, 3, 2, 4, 5), (None, h, b, w, b, c)
    turned = Through(_ordered(list(order))[0], apart, Reindexed())
    return [Through(Reindexed(), together, turned)]


def to_depth(layer: Any, k: int, y: Full, shapes: list[Any]) -> list[Reads]:
    b, x = layer.block_size, shapes[0]
    if layer.data_format == "channels_first":
        c, h, w = x[1], y[2], y[3]
        apart, order, together = (None, c, h, b, w, b), (0, 1, 3, 5, 2, 4), (None, c, b, b, h, w)
    else:
        c, h, w = x[3], y[1], y[2]
        apart, order, together = (None, h, b, w, b, c), (0, 1, 3, 2, 4, 5), (None, h, w, b, b, c)
    turned = Through(_ordered(list(order))[0], apart, Reindexed())
    return [Through(Reindexed(), together, turned)]
