"""What a whole trace says about receptive fields: boxes and alignment, by formulas.

For every value and every axis of pixels the span that each unit sees is carried forward
from layer to layer. `pixels` has the other half, exact sets for one unit.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from ..dependence import Along, Reindexed
from ..layers import InputLayer
from ..layers.base import Spatial
from ..layers.core import Embedding
from ..layers.reshape import Permute
from ..window import Spread, Window
from .dataflow import Direct, Flow, Place
from .periodic import Wave, joined, middle


class Axis(NamedTuple):
    """An axis of pixels: of which input it is, its place there, its name and its size."""

    input: int
    axis: int
    name: str
    size: int


class Local(NamedTuple):
    """What each unit sees by local paths: the unit's place u along the output's `axis` is
    number u // div % mod of the `wave`."""

    axis: int
    div: int
    mod: int
    wave: Wave


class Apart(NamedTuple):
    """Where two paths meet whose centres differ: by `pixels`, `None` if by different strides."""

    at: str
    paths: tuple[str, str]
    pixels: Fraction | None


class Sees(NamedTuple):
    """What the units of one value see along one axis of pixels.

    `local` is the field by paths that keep their place, `scattered` instead of it what all
    units together see if there is no rule for the single one; `whole` is what they see by
    paths that look at everything. `low` and `high` are the centres of the first unit's
    fields over all local paths, and `least` is a size that none of those fields is below,
    however the input's size makes the paths lie.
    """

    local: Local | None = None
    scattered: tuple[int, int] | None = None
    whole: tuple[int, int] | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    apart: Apart | None = None
    least: int = 1

    def hull(self) -> tuple[int, int] | None:
        """The first and the last pixel that any unit sees by local paths."""
        return self.local.wave.hull(self.local.mod) if self.local else self.scattered


class Fields:
    """The fields of all values of a trace whose sizes are all known."""

    def __init__(self, flow: Flow):
        self.flow = flow
        self.channels = _channel_axes(flow)
        self.axes = pixel_axes(flow, self.channels)
        self.values: list[tuple[Sees | None, ...]] = []
        starts = {number: i for i, (_, number) in enumerate(flow.inputs)}
        named = _names(flow)
        for number, value in enumerate(flow.values):
            if number in starts:
                self.values.append(tuple([self._first(axis) if axis.input == starts[number] else None
                                          for axis in self.axes]))
                continue
            if len(value.reads) == 1:
                [(x, reads)] = value.reads
                shape = flow.values[x].shape
                self.values.append(tuple([way and _through(way, shape, reads, value.shape) for way in self.values[x]]))
                continue
            at, names = named.get(number, ("", {}))
            self.values.append(tuple([
                _merged([(names.get(x, ""), _through(way, flow.values[x].shape, reads, value.shape))
                         for x, reads in value.reads if (way := self.values[x][k]) is not None], at)
                for k in range(len(self.axes))
            ]))

    @staticmethod
    def _first(axis: Axis) -> Sees:
        start = Fraction(0)
        return Sees(Local(axis.axis, 1, axis.size, Wave()), low=start, high=start)

    def listed(self) -> int:
        """How many fields are kept to tell the units of all values apart."""
        return sum([len(sees.local.wave.fields) for value in self.values for sees in value if sees is not None and sees.local is not None])

    def unit_axes(self, place: Place) -> tuple[int, ...]:
        """The axes of a place's output that tell its units apart: all but the channels."""
        value = place.values[0]
        return tuple([i for i in range(len(self.flow.values[value].shape)) if i != self.channels[value]])

    def box(self, place: Place, unit: tuple[int, ...]) -> list[tuple[int, int] | None]:
        """The span that a unit sees along each axis of pixels, before clipping; `unit` is its
        place along the axes of `unit_axes`."""
        at = dict(zip(self.unit_axes(place), unit))
        return [sees and self._span(sees, at, axis.size) for axis, sees in zip(self.axes, self.values[place.values[0]])]

    @staticmethod
    def _span(sees: Sees, at: dict[int, int], size: int) -> tuple[int, int] | None:
        near = sees.scattered and clipped(sees.scattered, size)
        if sees.local:
            axis, div, mod, wave = sees.local
            near = wave.at(at[axis] // div % mod) if axis in at else sees.hull()
        return joined([near, sees.whole and clipped(sees.whole, size)])


def clipped(ends: tuple[int, int], size: int) -> tuple[int, int]:
    return max(0, ends[0]), min(size - 1, ends[1])


# Forward through one layer.


def _through(sees: Sees, x: tuple[int, ...], reads: Direct, y: tuple[int, ...]) -> Sees:
    """What `y` sees that reads `x` in this way."""
    if isinstance(reads, Reindexed):
        return _reindexed(sees, x, reads, y)
    if sees.local is None:
        if sees.scattered is None or any(a.axis is not None and not a.whole for a in reads):
            return sees
        return Sees(whole=joined([sees.whole, sees.scattered]))
    axis, div, mod, wave = sees.local
    along: Along = reads[axis]
    if along.axis is None or along.whole:
        everything = joined([sees.whole, sees.hull()])
        if along.axis is None:
            return Sees(whole=everything)
        return sees._replace(local=Local(along.axis, div, mod, wave), whole=everything)
    if along.taps is None:
        return sees._replace(local=Local(along.axis, div, mod, wave))
    units = y[along.axis]
    if div != 1 and div * mod == x[axis]:  # each unit several times, as nearest upsampling does
        way = _through(sees._replace(local=Local(0, 1, mod, wave)), (mod,), (Along(0, Spread(div, div)),), (x[axis],))
        if way.local:
            sees, div, mod, wave = way, 1, x[axis], way.local.wave
    if div != 1 or mod != x[axis]:
        return _scattered(sees)
    seen = wave.through(along.taps, mod, units)
    if seen is None:
        return _scattered(sees)
    jump, low, high = wave.jump, sees.low, sees.high
    if jump is not None and low is not None and high is not None and along.taps is not None:
        shift = jump * middle(along.taps)
        if shift:
            low, high = low + shift, low + shift if low is high else high + shift
    least = sees.least
    taps: Any = along.taps
    if slides(taps) and not wave.finite:
        p, field = len(wave.fields), wave.fields[0]
        least += (taps.extent - 1) // p * (field.jump if field else 0)
    return Sees(Local(along.axis, 1, units, seen), sees.scattered, sees.whole, low, high, sees.apart, least)


def slides(taps: object) -> bool:
    """Whether the same taps move over the input for every output: a window, or a spread without a stride."""
    return isinstance(taps, Window) or (isinstance(taps, Spread) and taps.stride == 1)


def _scattered(sees: Sees) -> Sees:
    return Sees(None, sees.hull(), sees.whole, None, None, sees.apart)


def _reindexed(sees: Sees, x: tuple[int, ...], reads: Reindexed, y: tuple[int, ...]) -> Sees:
    """The unit's number is found again in the sizes of the new shape, if it is still there."""
    if sees.local is None:
        return sees
    if 0 in (*x, *y):
        return _scattered(sees)  # an empty map has no units
    axis, div, mod, _ = sees.local
    order = reads.order or tuple(range(len(x)))
    place, sizes = order.index(axis), [x[i] for i in order]
    behind = div
    for n in sizes[place + 1:]:
        behind *= n
    after = 1
    for i in reversed(range(len(y))):
        if behind % after == 0 and (after * y[i]) % (behind * mod) == 0:
            return sees._replace(local=sees.local._replace(axis=i, div=behind // after))
        after *= y[i]
    return sees if mod == 1 else _scattered(sees)


def _merged(ways: list[tuple[str, Sees]], at: str) -> Sees | None:
    """What is seen in any of these ways, each by its name."""
    if len(ways) < 2:
        return ways[0][1] if ways else None
    whole = joined([way.whole for _, way in ways])
    near = [(name, way) for name, way in ways if way.local or way.scattered]
    if len(near) < 2:
        return (near[0][1] if near else ways[0][1])._replace(whole=whole)
    least = max([way.least for _, way in near])
    wave, (_, first) = near[0][1].local and near[0][1].local.wave, near[0]
    for _, way in near[1:]:
        same = wave is not None and first.local and way.local and first.local[:3] == way.local[:3]
        wave = wave.join(way.local.wave, way.local.mod) if wave and same and way.local else None
    low, high, apart = _centres(near, at)
    if wave is not None and first.local:
        return Sees(first.local._replace(wave=wave), None, whole, low, high, apart, least)
    return Sees(None, joined([way.hull() for _, way in near]), whole, None, None, apart, least)


def _centres(ways: list[tuple[str, Sees]], at: str) -> tuple[Fraction | None, Fraction | None, Apart | None]:
    """The outermost centres of paths that meet, and which two of them are furthest apart."""
    jumps = {way.local.wave.jump if way.local else None for _, way in ways}
    if None in jumps or len(jumps) > 1:
        known = next((way.apart for _, way in ways if way.apart and way.apart.pixels is None), None)
        return None, None, known or Apart(at, (ways[0][0], ways[-1][0]), None)
    lows = [(way.low, name) for name, way in ways if way.low is not None]
    highs = [(way.high, name) for name, way in ways if way.high is not None]
    if len(lows) < len(ways):
        return None, None, next(way.apart for _, way in ways if way.apart)
    (low, left), (high, right) = min(lows), max(highs)
    if low == high:
        return low, high, None
    for _, way in ways:
        if (way.low, way.high) == (low, high):
            return low, high, way.apart
    return low, high, Apart(at, (left, right), high - low)


# Which axes are pixels, and which are channels.


def _names(flow: Flow) -> dict[int, tuple[str, dict[int, str]]]:
    """The name of the place that makes each value, and of those that it reads."""
    found: dict[int, tuple[str, dict[int, str]]] = {}
    for place in flow.places:
        path = place.name[: len(place.name) - len(place.step.name)]
        for value in place.values:
            if value not in place.inputs and not place.step.inner and value not in found:
                names = {x: path + ref.node.name for x, ref in zip(place.inputs, place.step.node.inputs)}
                found[value] = place.name, names
    return found


def _channel_axes(flow: Flow) -> list[int | None]:
    """The axis of the channels of each value; `None` where all axes are places."""
    found: list[int | None] = [len(value.shape) - 1 for value in flow.values]
    for _, value in flow.inputs:
        found[value] = _input_channels(flow, value)
    for place in flow.places:
        for shape, value in zip(place.step.outputs or (), place.values):
            if place.inputs and value not in place.inputs and not place.step.inner:
                found[value] = _output_channels(flow, place, shape, value, found)
    return found


def _output_channels(flow: Flow, place: Place, shape: Any, value: int, found: list[int | None]) -> int | None:
    layer: Any = place.step.node.layer
    inputs = [x for x in place.inputs if len(flow.values[x].shape) == len(shape)]
    last = len(flow.values[value].shape) - 1
    if getattr(layer, "operation", layer).sees == "place" and inputs:
        return found[inputs[0]]
    if layer.framework == "pytorch":
        before = found[inputs[0]] if inputs else None
        # Shapes of steps still say which size is the batch.
        said = dict(zip(place.inputs, place.step.inputs))
        return layer.channels_axis(shape, said.get(inputs[0], flow.values[inputs[0]].shape) if inputs else None, before)  # type: ignore[no-any-return]
    if layer.reshapes and last == 0:
        return found[inputs[0]] if inputs else None
    if isinstance(layer, Permute) and found[inputs[0]] is not None:
        index: int = layer.dims.index((found[inputs[0]] or 0) + 1)
        return index
    return 0 if getattr(layer, "data_format", None) == "channels_first" and isinstance(layer, Spatial) else last


def _input_channels(flow: Flow, value: int) -> int | None:
    """The axis of an input's channels, by what the first layer makes of it that looks around."""
    shape = flow.values[value].shape
    last = len(shape) - 1
    passed = {value}
    for place in flow.places:
        layer: Any = place.step.node.layer
        if not passed.intersection(place.inputs) or place.step.inner or type(layer) is InputLayer:
            continue
        if getattr(layer, "operation", layer).sees == "place":
            passed.update(place.values)
        elif last == 0 or isinstance(layer, Embedding):
            return None
        elif layer.framework == "pytorch":
            return layer.channels_axis(shape, None, None)  # type: ignore[no-any-return]
        elif layer.reshapes:
            made = place.step.output or ()
            return None if last == 1 or tuple(made) == (*shape, 1) else last
        else:
            return 0 if getattr(layer, "data_format", None) == "channels_first" else last
    return None if last == 0 else last


def pixel_axes(flow: Flow, channels: list[int | None] | None = None) -> list[Axis]:
    """The axes of pixels of all inputs; `channels` are the axes of the values' channels, where they are known."""
    if channels is None:
        channels = _channel_axes(flow)
    return [axis for i, (_, number) in enumerate(flow.inputs) for axis in _pixel_axes(flow, i, number, channels)]


def _pixel_axes(flow: Flow, number: int, value: int, channels: list[int | None]) -> list[Axis]:
    shape = flow.values[value].shape
    axes = [i for i in range(len(shape)) if i != channels[value]]
    names = {1: ("steps",), 2: ("height", "width"), 3: ("depth", "height", "width")}.get(len(axes))
    if len(shape) == 1:
        names = ("values",)
    if len(axes) == 3 and any([value in place.inputs and getattr(place.step.node.layer, "in_steps", False) for place in flow.places]):
        names = ("steps", "height", "width")
    if names is None:
        names = tuple([f"axis {i + 1}" for i in axes])
    return [Axis(number, i, name, shape[i]) for i, name in zip(axes, names)]
