"""What size of input a network needs: to be built at all, and for every field to fit into it."""

from __future__ import annotations

from typing import NamedTuple

from ..analysis import Step, Trace
from ..dependence import Reindexed, Taps
from ..graph import Node
from ..layers import InputLayer
from .boxes import Fields, slides
from .boxes import pixel_axes as axes_of
from .dataflow import Flow, is_known
from .report import LayerSight, Sight
from .unknown_sizes import with_size

#: As many sizes are tried, of large networks as many as have so many layers together, and none
#: above the largest.
MOST, MOST_STEPS, LARGEST = 1024, 100_000, 1 << 16
#: As many layers have their fields worked out again for other sizes.
MOST_AGAIN = 5_000
#: And with ways between values and fields of single units, counted over all sizes tried: ten times what NASNetLarge has.
MOST_WORK = 20_000


class Limits(NamedTuple):
    """The smallest square inputs; `None` where none was found, or where it depends on more.

    `exceeding` are the layers whose field, by local paths, is larger than the input.
    """

    exceeding: tuple[str, ...]
    builds: int | None
    fits: int | None


def limits(trace: Trace, layers: list[LayerSight], sight: Sight | None = None) -> Limits:
    """What the network can see, and from which sizes on.

    `sight` is what `layers` come from, where the sizes of the inputs are known.
    """
    axes = pixel_axes(trace, sight)
    sizes = dict(_sizes(trace, axes))
    exceeding = tuple([layer.name for layer in layers if any(
        (axis.near.size or 0) > (sizes.get((field.input, i)) or axis.near.size or 0)
        for field in layer.fields for i, axis in enumerate(field.axes) if not axis.whole or axis.local
    )])
    if not axes or any([step.opaque for step in trace.steps]):  # an unknown layer may not take other sizes
        return Limits(exceeding, None, None)
    builds = smallest_built(trace, axes)
    if builds is None:
        return Limits(exceeding, None, None)
    if sight is not None and _same_everywhere(sight.fields):
        needed = max(builds, _needed(sight.fields)[0] or 1)
        if needed <= LARGEST and with_size(trace, needed, axes) is not None:
            return Limits(exceeding, builds, needed)
    return Limits(exceeding, builds, smallest_fitting(trace, axes, builds))


def _same_everywhere(fields: Fields) -> bool:
    """Whether the size of no field depends on that of the input: a chain of windows, whatever becomes of channels."""
    return all(
        len(value.reads) < 2 and not any([
            isinstance(reads, Reindexed) or not all([along.taps is None or slides(along.taps)
                                                     for i, along in enumerate(reads) if i != fields.channels[x]])
            for x, reads in value.reads
        ])
        for value in fields.flow.values
    )


def pixel_axes(trace: Trace, sight: Sight | None = None) -> dict[Node, list[int]]:
    """The axes of pixels of each input that is a map or a sequence."""
    found = {}
    if sight is not None:
        flow, axes = sight.flow, sight.fields.axes
    else:
        known = with_size(trace, 64) if any(None in (step.output or ()) for step in _inputs(trace)) else trace
        if known is None or not is_known(known):
            return {}
        flow = Flow(known)
        axes = axes_of(flow)
    for number, (node, value) in enumerate(flow.inputs):
        if len(flow.values[value].shape) > 1:
            found[node] = [axis.axis for axis in axes if axis.input == number]
    return found


def smallest_built(trace: Trace, axes: dict[Node, list[int]]) -> int | None:
    """The smallest size of all inputs, along all axes of pixels, with which the network can be built."""
    tries = min(MOST, max(16, MOST_STEPS // steps_in(trace)))
    return next((n for n in range(1, tries + 1) if with_size(trace, n, axes) is not None), None)


def smallest_fitting(trace: Trace, axes: dict[Node, list[int]], builds: int) -> int | None:
    """The smallest size into which the field of every layer fits, by its local paths."""
    n, first, work = builds, None, 0
    for _ in range(min(MOST // 8, MOST_AGAIN // steps_in(trace))):
        found = with_size(trace, n, axes)
        if found is not None:
            flow = Flow(found)
            fields = Fields(flow)
            work += sum([len(value.reads) for value in flow.values]) + fields.listed()
            if work > MOST_WORK:
                return None
            needed, least = _needed(fields)
            first = first or _scales(flow)
            if needed is None or least > LARGEST or _scales(flow) != first:
                return None  # the fields grow with the input
            if needed <= n:
                return n
            # No smaller size than `least` can do, whatever it leaves when divided by the strides.
            n = max(n, least - 1)
        n += 1
    return None


def steps_in(trace: Trace) -> int:
    """How many steps it has, those of the models in it among them."""
    return sum(1 for _ in trace.walk())


def _scales(flow: Flow) -> set[Taps]:
    """How maps are made larger or smaller, beside by windows: by resizing to given sizes, say."""
    return {along.taps for value in flow.values for _, reads in value.reads if not isinstance(reads, Reindexed)
            for along in reads if isinstance(along.taps, Taps) and along.taps.even and not along.taps.bounded}


def _needed(fields: Fields) -> tuple[int | None, int]:
    """The largest field, `None` if there is one without a rule, and a bound for any input size."""
    needed, least = 1, 1
    for value in fields.values:
        for sees in value:
            if sees is None or (sees.local is None and sees.scattered is None):
                continue
            if sees.local is None or sees.local.wave.jump is None:
                return None, 1
            needed = max(needed, sees.local.wave.sizes[-1])
            least = max(least, sees.least)
    return needed, least


def _inputs(trace: Trace) -> list[Step]:
    return [step for step in trace.steps if type(step.node.layer) is InputLayer]


def _sizes(trace: Trace, axes: dict[Node, list[int]]) -> list[tuple[tuple[str, int], int | None]]:
    return [((step.name, i), (step.output or ())[axis]) for step in _inputs(trace) for i, axis in enumerate(axes.get(step.node, ()))]
