"""What recurrent layers read, step after step, and what layers read that wrap another."""

from __future__ import annotations

from typing import Protocol

from ..dependence import Along, Either, Reads, Reindexed, Taps, Through, before, everything, listed, slid, table, turned
from ..window import Spread, Window
from .base import Shape


class Recurrent(Protocol):
    """What is asked here of a recurrent layer; `kernel_size` only of one that slides over maps."""

    @property
    def go_backwards(self) -> bool: ...

    @property
    def return_sequences(self) -> bool: ...

    @property
    def results(self) -> int: ...

    @property
    def states(self) -> int: ...

    @property
    def rank(self) -> int | None: ...

    @property
    def kernel_size(self) -> tuple[int, ...]: ...

    def state(self, x: Shape) -> Shape: ...

    def step(self, x: Shape) -> Shape: ...

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None: ...


class Bidirectional(Protocol):
    """The two directions, and how what they make is put together."""

    @property
    def layer(self) -> Recurrent: ...

    @property
    def backward(self) -> Recurrent: ...

    @property
    def backward_layer(self) -> Recurrent | None: ...

    @property
    def merge_mode(self) -> object: ...


def recurrent_reach(layer: Recurrent, xs: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
    """Of each output of a recurrent layer: of its sequence or its end, then of its last states."""
    states = tuple(map(everything, xs[1:]))
    end = (_last(layer, xs[0], layer.go_backwards), *states)
    first = (_sequence(layer, xs[0], layer.go_backwards), *states) if layer.return_sequences else end
    return (first, *[end] * (layer.results - 1))


def bidirectional_reach(layer: Bidirectional, xs: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
    """The same for both directions: what the one that goes backwards makes is turned round."""
    forward, backward = layer.layer, layer.backward
    back = backward.go_backwards if layer.backward_layer is not None else True
    x, steps = xs[0], xs[0][0]
    many = forward.states if len(xs) > 1 else 0
    nothing = (None,) * many
    states = tuple(map(everything, xs[1:]))
    given: list[tuple[Reads, ...]] = [(*states[:many], *nothing), (*nothing, *states[many:])]
    ends = [(_last(forward, x, forward.go_backwards), *given[0]), (_last(backward, x, back), *given[1])]
    made: list[Reads] = [end[0] for end in ends]
    shape = tuple(forward.state(x))
    if forward.return_sequences:
        shape = (steps, *shape)
        again = (Along(0, turned(steps)), *map(Along, range(1, len(shape))))
        made = [_sequence(forward, x, forward.go_backwards), Through(again, shape, _sequence(backward, x, back))]
    outputs: list[tuple[Reads, ...]]
    if layer.merge_mode is None:
        outputs = [(made[0], *given[0]), (made[1], *given[1])]
    elif layer.merge_mode == "concat":
        # One behind the other along the last axis, whatever the data format.
        parts: list[Reads] = [
            Through((*map(Along, range(len(shape) - 1)),
                     Along(len(shape) - 1, Taps((range(0 - start, 1 - start),), bounded=True))), shape, reads)
            for start, reads in zip((0, shape[-1]), made)
        ]
        outputs = [(Either(tuple(parts)), *states)]
    else:
        outputs = [(Either(tuple(made)), *states)]
    carried = forward.results - 1
    return (*outputs, *[ends[0]] * carried, *[ends[1]] * carried)


def _last(layer: Recurrent, x: Shape, backwards: bool) -> Reads:
    """What the output after the last step reads."""
    if layer.rank is None:
        return everything(x)
    shape = (x[0], *layer.state(x))
    end = (Along(None, Taps((range(x[0] - 1, x[0]),))), *map(Along, range(len(shape) - 1)))
    return Through(end, shape, _sequence(layer, x, backwards))


def _sequence(layer: Recurrent, x: Shape, backwards: bool) -> Reads:
    """What the outputs read, in the order in which they are made."""
    steps = x[0]
    if layer.rank is None:
        up_to = table([range(steps - 1 - i, steps) for i in listed(steps)], steps) if backwards else before(steps)
        return (Along(0, up_to, True), *everything(x[1:]))
    # A map: what came `ago` steps earlier has gone through as many convolutions of the state.
    step = layer.step(x)
    state = layer.state(x)
    ways: list[Reads] = []
    for reach, (first, last) in _reached(layer.kernel_size, state.spatial, steps):
        spread = slid(state, [Window(a + 1 + b, padding=a + b, before=a) for a, b in reach], Along(None))
        ways.append((Along(0, Taps((range(0 - last, 1 - first),), bounded=True), True), *_behind(spread)))
    seen = (Along(0, turned(steps) if backwards else None), *_behind(slid(step, layer.windows(step) or (), Along(None))))
    return Through(Either(tuple(ways)), (steps, *state), seen)


def _reached(kernel: tuple[int, ...], sizes: tuple[int, ...], steps: int) -> list[tuple[tuple[tuple[int, int], ...], tuple[int, int]]]:
    """How far a state reaches along each axis after some steps, and the first and last number of steps for that."""
    found: list[tuple[tuple[tuple[int, int], ...], tuple[int, int]]] = []
    for ago in range(steps):
        reach = tuple([(min(n, ago * ((k - 1) // 2)), min(n, ago * (k // 2))) for k, n in zip(kernel, sizes)])
        if found and found[-1][0] == reach:
            found[-1] = (reach, (found[-1][1][0], steps - 1))  # it grows no more
            break
        found.append((reach, (ago, ago)))
    return found


def _behind(reads: tuple[Along, ...]) -> tuple[Along, ...]:
    """The same, one axis further behind."""
    return tuple([a if a.axis is None else a._replace(axis=a.axis + 1) for a in reads])


def at_each_step(reads: Reads, steps: int | None) -> Reads:
    """What a layer reads that does the same at every step."""
    if reads is None:
        return None
    if isinstance(reads, Reindexed):
        return Reindexed(None if reads.order is None else (0, *[axis + 1 for axis in reads.order]))
    if isinstance(reads, Through):
        return Through(at_each_step(reads.output, steps), (steps, *reads.shape), at_each_step(reads.input, steps))
    if isinstance(reads, Either):
        return Either(tuple([at_each_step(way, steps) for way in reads.ways]))
    return (Along(0), *_behind(reads))
