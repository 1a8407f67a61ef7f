"""What every layer of a network sees, and what one unit of it sees exactly."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import NamedTuple

from ..analysis import Step, Trace
from ..errors import SpecError, did_you_mean
from ..graph import Node
from ..layers import InputLayer, Layer
from ..layers.reshape import Flatten
from ..layers.unknown import Unknown
from .boxes import Apart, Fields, Local, Sees, clipped
from .dataflow import Flow, Place, is_known
from .periodic import joined
from .pixels import LARGEST, Pixels, Region, count, full, indices, tidy

Span = tuple[int, int]
#: As many products are carried back for a table of all layers, a third of a second's work and half as much
#: again as the largest networks of keras.applications take; fewer by `EACH` for each layer, which takes time too,
#: but never below the least.
MOST_WORK, EACH, LEAST_WORK = 110_000, 24, 15_000


class AxisSight(NamedTuple):
    """What a layer's units see along one axis of an input; `None` where it is not known.

    `size` is that of the box before clipping, the largest of `sizes`. A layer that looks at
    everything by some path is `whole`: its size is what all units see together, within the
    input, and `local` says what they see by the other paths, if there are any.
    """

    axis: str
    units: int | None = None
    size: int | None = None
    sizes: tuple[int, ...] | None = None
    jump: Fraction | None = None
    padding: int | None = None
    center: Fraction | None = None
    period: int | None = None
    whole: bool = False
    local: AxisSight | None = None

    @property
    def near(self) -> AxisSight:
        """The same by local paths, as far as there are any."""
        found: AxisSight = self.local or self
        return found


class InputSight(NamedTuple):
    """What a layer sees of one input.

    `offset` says by how many pixels the centres of its local paths differ along each axis;
    `pixels` is how many the centre unit sees, exactly.
    """

    input: str
    axes: tuple[AxisSight, ...]
    aligned: bool | None = None
    offset: tuple[Fraction | None, ...] | None = None
    apart: Apart | None = None
    pixels: int | None = None
    input_pixels: int | None = None

    @property
    def coverage(self) -> Fraction | None:
        return Fraction(self.pixels, self.input_pixels) if self.pixels is not None and self.input_pixels else None


class LayerSight(NamedTuple):
    """What a layer sees of each input that reaches it; `units` is how many it has along each
    of its axes, the channels left out."""

    step: Step
    name: str
    depth: int
    units: tuple[int | None, ...]
    fields: tuple[InputSight, ...]


class UnitSight(NamedTuple):
    """What one unit sees of one input, exactly, and what no unit of its layer sees.

    `box` is the span before clipping along each axis, `seen` that of the pixels that are
    really seen; `region` and `whole` are the pixels that the unit and all units see.
    """

    input: str
    shape: tuple[int, ...]
    axes: tuple[str, ...]
    sizes: tuple[int, ...]
    box: tuple[Span | None, ...]
    seen: tuple[Span | None, ...]
    region: Region
    whole: Region

    @property
    def pixels(self) -> int:
        return count(self.region)

    @property
    def input_pixels(self) -> int:
        return prod(self.sizes)

    @property
    def coverage(self) -> Fraction:
        return Fraction(self.pixels, self.input_pixels)

    @property
    def holes(self) -> int:
        """How many pixels it does not see between those that it sees."""
        return prod(b - a + 1 for a, b in filter(None, self.seen)) - self.pixels if self.region else 0

    def empty(self, axis: int) -> list[int]:
        """The lines between the first and the last seen one that have no pixel in them."""
        lines = lines_of(self.region, axis)
        return [i for i in range(*_ends(lines)) if not lines >> i & 1] if lines else []

    def never_seen(self, axis: int) -> list[int]:
        """The lines that no unit of the layer sees a pixel of."""
        return indices(full(self.sizes[axis]) & ~lines_of(self.whole, axis))

    @property
    def never_seen_pixels(self) -> int:
        return self.input_pixels - count(self.whole)


class Back(NamedTuple):
    """A layer on the way from a unit back to the input: the span that the unit sees of it.

    `sizes` are those of its units, or of its values if they are a vector of channels.
    """

    place: Place
    sizes: tuple[int, ...]
    spans: tuple[Span, ...]
    pixels: int
    #: The units themselves.
    region: Region = ()


def _must_be_traceable(trace: Trace, name: str) -> None:
    """Refuse a layer that follows an unknown one: what that reads of its input is code."""
    steps = [(step, path) for step, path, _ in trace.walk()]
    found = next((pair for pair in steps if pair[0].opaque and (pair[1] == name or pair[1].endswith(f"/{name}"))), None)
    if found is None:
        return
    before = _ancestors(found[0].node)
    code = [(step, path) for step, path in steps if type(step.node.layer) is Unknown]
    first, path = next(((step, path) for step, path in code if step.node in before or any(
        node.name == path.split("/")[0] for node in before)), code[0])
    relation = "is" if first is found[0] else f"contains {path} ({first.kind})," if path.startswith(f"{found[1]}/") else f"follows {path} ({first.kind}),"
    why = f"{relation} code that is not in the file"
    known = [path for step, path in steps if not step.opaque and type(step.node.layer) is not InputLayer]
    raise SpecError(f"the receptive field of {name!r} is unknown: it {why}", (),
                    f"--assume {path}=SHAPE supplies the output shape, for summary and cost, but not which inputs the code reads"
                    + (f"\nlayers that do not depend on it: {', '.join(known[:8])}" if known else ""))


def _ancestors(node: Node) -> set[Node]:
    """A node and all that it reads, directly or not."""
    found, waiting = {node}, [node]
    while waiting:
        new = {ref.node for ref in waiting.pop().inputs} - found
        found |= new
        waiting += new
    return found


class Sight:
    """What the layers of a trace see. SpecError if not all sizes are known."""

    def __init__(self, trace: Trace):
        if not is_known(trace):
            raise SpecError("the pixels that a unit sees depend on the input size, which is unknown", (),
                            "set it, for example with --input 224x224x3")
        self.trace = trace
        self.flow = Flow(trace)
        self.fields = Fields(self.flow)
        #: Whether pixels can be followed one by one.
        self.exact = all(n <= LARGEST for value in self.flow.values for n in value.shape)
        self._pixels = Pixels(self.flow) if self.exact else None
        self._unfolded: Flow | None = None
        self._known: dict[tuple[int, bool], tuple[InputSight, ...]] = {}

    def layers(self, exact: bool = True) -> list[LayerSight]:
        """What every layer sees, those inside nested models behind their model.

        With `exact`, the pixels are counted that the centre unit sees, as long as that is soon
        done: behind thousands of layers they are not.
        """
        most = max(LEAST_WORK, MOST_WORK - EACH * len(self.flow.places))
        return [self.layer(place, exact and (self._pixels is None or self._pixels.work < most))
                for place in self.flow.places if place.values]

    def layer(self, place: Place, exact: bool = True) -> LayerSight:
        return LayerSight(place.step, place.name, place.depth, self.units(place), self._fields(place, exact))

    def _fields(self, place: Place, exact: bool) -> tuple[InputSight, ...]:
        value = place.values[0]
        known = self._known.get((value, exact))
        if known is not None:  # that of the layer before, which this one passes on
            return known
        seen: dict[int, Region] = {}
        whole: dict[int, Region] | None = None
        if exact and self._pixels is not None:
            whole = self._pixels.seen_by_all(value)  # what stands behind it needs that again and again
            seen = self._pixels.seen(value, self._region(place, self.centre(place)))
        found = []
        for number, (node, source) in enumerate(self.flow.inputs):
            sees = [(axis, self.fields.values[value][k]) for k, axis in enumerate(self.fields.axes)
                    if axis.input == number]
            if not any(way for _, way in sees) or (whole is not None and source not in whole):
                continue  # no unit reads it, or only such channels as do not come from it
            axes = tuple([axis_sight(axis.name, axis.size, way) for axis, way in sees])
            pixels = None if whole is None else count(self._on_pixels(number, seen.get(source, ())))
            found.append(InputSight(node.name, axes, *_alignment([way for _, way in sees]), pixels,
                                    prod(axis.size for axis, _ in sees)))
        self._known[value, exact] = tuple(found)
        return self._known[value, exact]

    def place(self, name: str) -> Place:
        """The place of this name, which may leave out the models around it."""
        place = self.flow.by_name.get(name)
        if place is None:
            ends = [p for p in self.flow.places if p.name.endswith("/" + name)]
            if not ends:
                _must_be_traceable(self.trace, name)
            if len(ends) != 1:
                names = list(self.flow.by_name)
                raise SpecError(f"there is no layer {name!r}" if not ends else f"there are {len(ends)} layers {name!r}", (),
                                did_you_mean(name, names) if not ends else "name one of them: " + ", ".join(
                                    p.name for p in ends[:4]))
            place = ends[0]
        if not place.values:
            _must_be_traceable(self.trace, place.name)
        return place

    def last_map(self, without: tuple[type[Layer], ...] = ()) -> Place:
        """The last layer, of other kinds than these, whose units still see their own part of an input."""
        found = [p for p in self.flow.places if p.values and p.depth == 0 and not isinstance(p.step.node.layer, without)
                 and not isinstance(p.step.node.layer, (InputLayer, Flatten))
                 and any(s and s.local for s in self.fields.values[p.values[0]])]
        return found[-1] if found else self.flow.places[-1]

    def units(self, place: Place) -> tuple[int, ...]:
        """How many units a layer has along each of its axes."""
        shape = self.flow.values[place.values[0]].shape
        return tuple([shape[i] for i in self.fields.unit_axes(place)])

    def centre(self, place: Place) -> tuple[int, ...]:
        return tuple([(n - 1) // 2 for n in self.units(place)])

    def unit(self, place: Place, unit: tuple[int, ...]) -> list[UnitSight]:
        """What one unit sees of each input that reaches it. SpecError if there is no such unit."""
        self._check(place, unit)
        pixels = self._must_be_exact()
        value = place.values[0]
        seen = pixels.seen(value, self._region(place, unit))
        whole = pixels.seen_by_all(value)
        boxes = self.fields.box(place, unit)
        found = []
        for number, (node, source) in enumerate(self.flow.inputs):
            if source not in whole:
                continue
            chosen = [k for k, axis in enumerate(self.fields.axes) if axis.input == number]
            region = self._on_pixels(number, seen.get(source, ()))
            found.append(UnitSight(
                node.name, self.flow.values[source].shape,
                tuple([self.fields.axes[k].name for k in chosen]), tuple([self.fields.axes[k].size for k in chosen]),
                tuple([boxes[k] for k in chosen]), tuple([_span(region, i) for i in range(len(chosen))]),
                region, self._on_pixels(number, whole[source]),
            ))
        return found

    def back(self, place: Place, unit: tuple[int, ...]) -> list[Back]:
        """The layers on the way back from a unit, those that it sees of each, the nearest first."""
        self._must_be_exact()
        if self._unfolded is None:
            self._unfolded = Flow(self.trace, False)
        flow = self._unfolded
        start = next(p for p in flow.places if p.name == place.name)
        regions = Pixels(flow).way(start.values[0], self._region(place, unit))
        found = []
        for folded, here in zip(reversed(self.flow.places), reversed(flow.places)):
            region = regions.get(here.values[0]) if here.values else None
            if region is None or here.name == place.name or here.step.inner or (
                    here.depth and type(here.step.node.layer) is InputLayer):
                continue
            shape = flow.values[here.values[0]].shape
            axes = self.fields.unit_axes(folded) or tuple(range(len(shape)))
            units = tidy([tuple([masks[i] for i in axes]) for masks in region])
            spans = tuple([span for i in range(len(axes)) if (span := _span(units, i)) is not None])
            found.append(Back(folded, tuple([shape[i] for i in axes]), spans, count(units), units))
        return found

    def _check(self, place: Place, unit: tuple[int, ...]) -> None:
        sizes = self.units(place)
        if len(unit) != len(sizes):
            raise SpecError(f"a unit of {place.name} is given by {len(sizes)} numbers (got {len(unit)})", (),
                            "its units are " + "x".join(map(str, sizes)) if sizes else "its units all see the same")
        for u, n in zip(unit, sizes):
            if not 0 <= u < n:
                raise SpecError(f"there is no unit {u} among the {n} of {place.name}", (), f"they count from 0 to {n - 1}")

    def _must_be_exact(self) -> Pixels:
        if self._pixels is None:
            raise SpecError("the network is too large to follow its pixels one by one")
        return self._pixels

    def _region(self, place: Place, unit: tuple[int, ...]) -> Region:
        """A unit with all of its channels."""
        at = dict(zip(self.fields.unit_axes(place), unit))
        shape = self.flow.values[place.values[0]].shape
        return (tuple([1 << at[i] if i in at else full(n) for i, n in enumerate(shape)]),)

    def _on_pixels(self, number: int, region: Region) -> Region:
        """The places of an input without its channels."""
        axes = [axis.axis for axis in self.fields.axes if axis.input == number]
        return tidy([tuple([masks[i] for i in axes]) for masks in region])


def lines_of(region: Region, axis: int) -> int:
    """The lines across an axis that have a pixel of the region in them."""
    lines = 0
    for masks in region:
        lines |= masks[axis]
    return lines


def _ends(lines: int) -> Span:
    return (lines & -lines).bit_length() - 1, lines.bit_length()


def _span(region: Region, axis: int) -> Span | None:
    if not region:
        return None
    first, end = _ends(lines_of(region, axis))
    return first, end - 1


def axis_sight(name: str, size: int, sees: Sees | None) -> AxisSight:
    """What is said of an axis of `size` pixels."""
    if sees is None:
        return AxisSight(name)
    near = AxisSight(name)
    if sees.local:
        near = _local(name, sees.local)
    if sees.whole is None:
        return near
    hull = joined([clipped(ends, size) for ends in (sees.whole, sees.hull()) if ends])
    assert hull is not None
    seen = hull[1] - hull[0] + 1
    return AxisSight(name, near.units, seen, (seen,), whole=True, local=near if sees.local else None)


def _local(name: str, local: Local) -> AxisSight:
    _, _, units, wave = local
    first = wave.at(0)
    return AxisSight(name, units, wave.sizes[-1], tuple(wave.sizes), wave.jump, 0 - first[0] if first else None,
                     wave.first_centre(), len(wave.fields) if wave.jump is not None and not wave.finite else None)


def _alignment(ways: list[Sees | None]) -> tuple[bool | None, tuple[Fraction | None, ...] | None, Apart | None]:
    near = [way for way in ways if way and (way.local or way.scattered)]
    if not near:
        return None, None, None
    apart = next((way.apart for way in near if way.apart), None)
    offset = tuple([Fraction(0) if not way or not way.apart else way.apart.pixels for way in ways])
    return apart is None, offset, apart


def input_nodes(trace: Trace) -> list[Node]:
    return [step.node for step in trace.steps if type(step.node.layer) is InputLayer]
