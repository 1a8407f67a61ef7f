"""How the values of an output depend on those of an input, axis by axis.

A layer says it once (`Layer.reads`); receptive fields and exact sets of pixels follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias, Union

from .activations import ACTIVATIONS
from .errors import SpecError
from .window import Spread, Window

#: As many places are listed one by one.
MOST_LISTED = 1 << 22


class Taps(NamedTuple):
    """Which inputs each output reads along one axis.

    Output `q * len(phases) + f` reads input `q * advance + t` for every t of `phases[f]`.
    Beyond the ends there is padding; where they are `bounded`, there is nothing at all.
    `even` says that the next period looks like the one before: that there is a jump.
    """

    phases: tuple[Sequence[int], ...]
    advance: int = 1
    bounded: bool = False
    even: bool = True


class Along(NamedTuple):
    """What is read along one axis of an input.

    `axis` is the output's axis that decides it: `taps` says which places are read for each
    of its places, `None` just the same one. Where `axis` is `None` all of it is read,
    whatever the place; where it is `whole` too, but its own place is one of them, and where
    there are `taps` as well they say which part each place reads.
    """

    axis: int | None
    taps: Window | Spread | Taps | None = None
    whole: bool = False


class Reindexed(NamedTuple):
    """The same values in the same order, in another shape; `order` are the input's axes first."""

    order: tuple[int, ...] | None = None


class Through(NamedTuple):
    """By way of values in between, of `shape`: the output reads those, and those the input."""

    output: Reads
    shape: tuple[Any, ...]
    input: Reads


class Either(NamedTuple):
    """In several ways."""

    ways: tuple[Reads, ...]


#: What an output reads of one input: an `Along` for each of the input's axes, or something
#: that axes cannot say by themselves; `None` if it reads nothing of it.
Reads: TypeAlias = Union[tuple[Along, ...], Reindexed, Through, Either, None]  # noqa: UP007  a name for later


class Map(Protocol):
    """A shape that tells spatial axes and channels apart."""

    @property
    def spatial_axes(self) -> range: ...

    @property
    def channel_axis(self) -> int: ...


def placed(x: tuple[object, ...], y: tuple[object, ...]) -> tuple[Along, ...]:
    """Every value reads the one at its place; axes of size 1 are repeated, and missing ones in front."""
    shift = len(y) - len(x)
    return tuple([Along(None if n == 1 and y[i + shift] != 1 else i + shift) for i, n in enumerate(x)])


def slid(x: Map, windows: Iterable[Window | Spread | Taps | None], channels: Along) -> tuple[Along, ...]:
    """Windows along the spatial axes of a map, and what is read of its channels."""
    found = [Along(axis, window) for axis, window in zip(x.spatial_axes, windows)]
    found.insert(x.channel_axis, channels)
    return tuple(found)


def mixed(x: tuple[object, ...], axes: Iterable[int]) -> tuple[Along, ...]:
    """Every value reads its own place, and along these axes everything."""
    chosen = set(axes)
    return tuple([Along(i, None, i in chosen) for i in range(len(x))])


def everything(x: tuple[object, ...]) -> tuple[Along, ...]:
    """All of it, whatever the place."""
    return (Along(None),) * len(x)


def listed(n: int) -> range:
    """The places below n, one by one; SpecError if they are too many for that."""
    if n > MOST_LISTED:
        raise SpecError(f"{n:,} places are too many to follow one by one")
    return range(n)


def table(rows: Iterable[Sequence[int]], n: int) -> Taps:
    """Taps from a list of what each output reads of `n` inputs."""
    return Taps(tuple(rows), n, True, False)


def turned(n: int) -> Taps:
    """The last input first."""
    return table([range(n - 1 - i, n - i) for i in listed(n)], n)


def blocks(size: int, wide: int) -> Taps:
    """Outputs in blocks of `size`, each of which reads its block of `wide` inputs."""
    return Taps((range(wide),) * len(listed(size)), wide)


def before(n: int) -> Window:
    """Its own step and all before it."""
    return Window(n, padding=n - 1, before=n - 1)


def after(n: int) -> Window:
    """Its own step and all that follow."""
    return Window(n, padding=n - 1, before=0)


def taps_of(window: Window | Spread | Taps) -> Taps:
    """What a window, or the way back up, reads; its padding must be known."""
    if isinstance(window, Taps):
        return window
    k, s, d = window.size, window.stride, window.dilation
    if isinstance(window, Window):
        assert window.before is not None, window
        return Taps((range(0 - window.before, k * d - window.before, d),), s)
    listed(s)
    return Taps(tuple([_reached(o, k, s, d) for o in range(window.crop, window.crop + s)]), 1)


def _reached(o: int, k: int, s: int, d: int) -> range:
    """The inputs that output `o` of a spread reads: (o - t d) / s for the taps t where that is a whole number."""
    from math import gcd

    every = gcd(d, s)
    if o % every:
        return range(0)
    apart = s // every  # from one such tap to the next
    first = o // every * pow(d // every, -1, apart) % apart
    if first >= k:
        return range(0)
    last = first + (k - 1 - first) // apart * apart
    return range((o - last * d) // s, (o - first * d) // s + 1, d // every)


def activation_mixes(activation: object) -> bool:
    """Whether an activation, by name or as a configuration, mixes the values of the last axis."""
    if isinstance(activation, dict):
        activation = activation.get("class_name", activation.get("config"))
    return isinstance(activation, str) and activation in ACTIVATIONS and ACTIVATIONS[activation].mixes


def activated(layer: object, y: tuple[object, ...], reads: tuple[Reads, ...]) -> tuple[Reads, ...]:
    """`reads` as the layer's activation passes them on."""
    if not activation_mixes(getattr(layer, "activation", None)):
        return reads
    end = len(y) - 1
    last = mixed(y, [end])
    return tuple([
        read if read is None or (isinstance(read, tuple) and all(
            isinstance(along, Along) and along.axis != end for along in read)) else Through(last, y, read)
        for read in reads
    ])
