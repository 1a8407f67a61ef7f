"""The fields of a network whose input sizes are not all given: what holds for every size.

Where `same` pads and how paths are aligned depends on what an input's size leaves when it
is divided by the strides. So the network is looked at with an input of each remainder, and
what all of them agree on is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any, TypeVar

from ..analysis import Step, Trace, analyse
from ..graph import Node
from ..layers import InputLayer
from ..window import Window
from .dataflow import is_known
from .report import AxisSight, InputSight, LayerSight, Sight

V = TypeVar("V")

#: Sizes that are tried first; one of them fits every usual network.
USUAL = (256, 224, 299, 331, 512, 572, 1024, 2048, 64, 32)
#: As many remainders are looked at, and as many sizes that occur in the network tried; of a
#: long network fewer, so that not more layers than this are gone through.
MOST, MOST_SIZE, MOST_LAYERS = 64, 4096, 12_000


def layers_of(trace: Trace, sight: Sight | None = None) -> list[LayerSight]:
    """What every layer sees, as far as that is known; `sight` is that of the trace, if there is one.

    An unknown layer and those that follow from it have no fields.
    """
    found = {layer.name: layer for layer in _seen(trace, sight)}
    steps = {name: step for step, name, _ in trace.walk()}
    if not any([step.opaque for step in steps.values()]):
        return list(found.values())
    return [found.get(name) or LayerSight(step, name, name.count("/"), step.output or (), ())
            for name, step in steps.items() if name in found or step.opaque]


def _seen(trace: Trace, sight: Sight | None) -> list[LayerSight]:
    if is_known(trace):
        return (sight or Sight(trace)).layers()
    sights, steps = list(variants(trace)), {name: step for step, name, _ in trace.walk()}
    if not sights:  # no size that was tried fits
        return [LayerSight(step, name, name.count("/"), step.output or (), ()) for name, step in steps.items()]
    places = [place for place in sights[0].flow.places if place.values]
    return [
        _agreed(steps.get(place.name, place.step), sights[0].fields.unit_axes(place), list(layers), trace)
        for place, *layers in zip(places, *[sight.layers(False) for sight in sights])
    ]


def with_size(trace: Trace, n: int, all_axes: dict[Node, list[int]] | None = None) -> Trace | None:
    """The network on inputs of this size where theirs is not known, or along the given axes
    of each; `None` if it cannot be built."""
    shapes = {}
    for step in trace.steps:
        if type(step.node.layer) is InputLayer:
            axes = (all_axes or {}).get(step.node, ())
            shapes[step.node] = tuple([n if size is None or i in axes else size for i, size in enumerate(step.output or ())])
    found = analyse(trace.graph, shapes, adapt=True)
    return None if found.errors or not is_known(found) else found


def variants(trace: Trace) -> Iterator[Sight]:
    """What is seen of inputs of sizes that leave every remainder."""
    sizes = {n for step in trace.steps for shape in step.outputs or () for n in shape if n and n < MOST_SIZE}
    tried = dict.fromkeys([*USUAL, *sorted(sizes)[:MOST], 1])
    first = next(((n, found) for n in tried if (found := with_size(trace, n)) is not None), None)
    if first is None:
        return
    n, found = first
    sight = Sight(found)
    period = 1
    for value in sight.fields.values:
        for sees in value:
            if sees and sees.local and sees.local.wave.jump is not None:
                period = max(period, ceil(sees.local.wave.jump))
    other = None if _depends(trace) else with_size(trace, n + 1)
    if other is not None and _taps(Sight(other)) == _taps(sight):
        period = 1
    else:
        period = max(period, 2)  # what is read may be counted from the end
    base = -(-n // period) * period
    for rest in _remainders(period, max(3, min(MOST, MOST_LAYERS // (len(sight.flow.places) + 1)))):
        other = found if base + rest == n else with_size(trace, base + rest)
        if other is not None:
            yield sight if other is found else Sight(other)


def _remainders(period: int, most: int) -> list[int]:
    """All remainders; where they are too many, those at both ends and some in between."""
    if period <= most:
        return list(range(period))
    from random import Random

    return sorted({*range(max(2, most // 4)), period - 1, *Random(period).sample(range(period), most - 3)})


def _depends(trace: Trace) -> bool:
    """Whether some padding depends on a size that is not known."""
    for step, _, _ in trace.walk():
        layer = step.node.layer
        if step.inner is None and layer is not None and layer.rank is not None:
            for x in layer.viewed(step.inputs):
                if any(isinstance(window, Window) and window.before is None for window in layer.windows(x) or ()):
                    return True
    return False


def _taps(sight: Sight) -> list[object]:
    return [reads for value in sight.flow.values for reads in value.reads]


def _agreed(step: Step, unit_axes: tuple[int, ...], layers: list[LayerSight], trace: Trace) -> LayerSight:
    fields = []
    for ways in zip(*[layer.fields for layer in layers]):
        first: InputSight = ways[0]
        open_ = any(n is None for n in trace[first.input].output or ())
        axes = tuple([_same_axis(list(axes), open_) for axes in zip(*[way.axes for way in ways])])
        aligned = _one([way.aligned for way in ways])
        fields.append(InputSight(
            first.input, axes, aligned,
            tuple([_one(list(each)) for each in zip(*[way.offset for way in ways if way.offset])]) if first.offset else None,
            _one([way.apart for way in ways]) if aligned is False else None,
        ))
    shape = step.output or ()
    units = tuple([shape[i] for i in unit_axes if i < len(shape)])
    return layers[0]._replace(step=step, units=units, fields=tuple(fields))


def _same_axis(ways: list[AxisSight], open_: bool) -> AxisSight:
    """What all of them say; of what looks at everything the size is that of the input, and open if that is."""
    local = [way.local for way in ways if way.local is not None]
    shared: list[Any] = [_one(list(values)) for values in zip(*[way[:-1] for way in ways])]
    same = AxisSight(*shared)
    same = same._replace(axis=ways[0].axis, whole=ways[0].whole, units=None)
    if same.whole and open_:
        same = same._replace(size=None, sizes=None)
    return same._replace(local=_same_axis(local, open_) if len(local) == len(ways) else None)


def _one(values: list[V]) -> V | None:
    """What all of them are; `None` if they differ."""
    return values[0] if all(value == values[0] for value in values) else None


def sighted(trace: Trace) -> dict[Step, LayerSight]:
    """What each step of a trace and of the models in it sees: of a shared model its first call."""
    found: dict[Step, LayerSight] = {}
    for layer in layers_of(trace):
        found.setdefault(layer.step, layer)
    return found
