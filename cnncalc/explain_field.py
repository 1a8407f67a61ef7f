"""How the receptive field of a step follows from that of its input: formulas where there are some, words elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .layers import Layer, Shape
from .layers.base import shape_letters
from .num import Num, ceil_div, divides, exact_div, given
from .receptive_field.report import AxisSight, InputSight, LayerSight
from .window import Field, Spread, Window


class FieldLine(NamedTuple):
    """A number with its working, or a sentence, about the field along the axis `letter` (all axes if empty)."""

    quantity: str
    label: str
    letter: str
    symbol: str
    value: object


def derived(layer: Layer, xs: tuple[Shape, ...], before: LayerSight | None, sight: LayerSight,
            places: tuple[int, int]) -> list[FieldLine]:
    """The field and the jump behind a window, computed from those of its input on `xs`, which remember their arithmetic.

    Empty where no formula holds: the fields differ from unit to unit, or the layer reads in another way.
    """
    windows = layer.windows(layer.viewed(xs)[0]) if xs else None
    if before is None or len(before.fields) != 1 or len(sight.fields) != 1 or not windows:
        return []
    axes = [axis.near for axis in before.fields[0].axes]
    results = [axis.near for axis in sight.fields[0].axes]
    if len(axes) != len(windows) or not all(_simple(axis) for axis in axes):
        return []
    if all([type(w.size) is not Num and w.size == 1 for w in windows]):
        return []  # padding and cropping
    alike = len({(a.size, a.jump) for a in axes}) == 1 and len({w[:3] for w in windows}) == 1
    found: list[FieldLine] = []
    letters = shape_letters(xs[0]).spatial
    for axis, result, window, letter in zip(axes, results, windows, letters):
        mark = "" if alike else f"_{letter}"
        r, j = (given(int(n or 1), f"{name}{places[0]}{mark}") for name, n in (("r", axis.size), ("j", axis.jump)))
        size, jump = _behind(window, r, j)
        if size != result.size:
            return []
        where = "" if alike else letter
        found.append(FieldLine("receptive_field", "receptive field", where, f"r{places[1]}{mark}", size))
        if jump is None:
            jump = f"j{places[1]}{mark} = {j.symbol} / s = {int(j)} / {int(window.stride)}"
        found.append(FieldLine("jump", "jump", where, f"j{places[1]}{mark}", jump))
        if alike:
            break
    return found


def _behind(window: Window | Spread, r: Num, j: Num) -> tuple[object, object]:
    """The field and the jump of a window on units that see r, j apart; no jump if it is no whole number."""
    if isinstance(window, Window):
        field = Field(r, j).through(window)
        return field.size, field.jump
    taps = ceil_div(window.extent, window.stride) if window.dilation == 1 else None
    jump = exact_div(j, window.stride) if divides(window.stride, j) else None
    return (r if taps is None or taps == 1 else r + (taps - 1) * j), jump


def _simple(axis: AxisSight) -> bool:
    return axis.size is not None and axis.sizes == (axis.size,) and axis.jump is not None and axis.jump.denominator == 1


def in_words(before: LayerSight | None, sight: LayerSight, places: tuple[int, int]) -> Iterator[str]:
    """The field of each input, in a sentence."""
    same = before is not None and before.fields == sight.fields
    for field in sight.fields:
        words = _seen(before, field, places)
        yield (f"of {field.input}: " if len(sight.fields) > 1 else "") + words + (", as its input" if same else "")


def _seen(before: LayerSight | None, field: InputSight, places: tuple[int, int]) -> str:
    if all([axis.whole for axis in field.axes]):
        words = f"all {_by([axis.size for axis in field.axes])}: some path sees the whole input"
        if field.axes[0].local is not None:
            return f"{words}; by the others {_near(field, places[1])}"
        return _hull(before, field, places) or words
    return _near(field, places[1])


def _hull(before: LayerSight | None, field: InputSight, places: tuple[int, int]) -> str | None:
    """What all units of the input see together, clipped to the input of the network."""
    if before is None or len(before.fields) != 1 or len(before.fields[0].axes) != len(field.axes):
        return None
    axis = before.fields[0].axes[0]
    if not _simple(axis) or axis.whole or axis.units is None or len({(a.size, a.jump, a.units) for a in before.fields[0].axes}) > 1:
        return None
    r, j, n = int(axis.size or 1), int(axis.jump or 1), axis.units
    hull = r + (n - 1) * j
    clipped = "" if hull == field.axes[0].size else f", clipped to the input, {_by([a.size for a in field.axes])}"
    a, b = places
    return f"it reads every unit: r{b} = r{a} + (units − 1) × j{a} = {r} + ({n} − 1) × {j} = {hull}{clipped}"


def _near(field: InputSight, place: int) -> str:
    axes = [axis.near for axis in field.axes]
    sizes = [" or ".join(map(str, a.sizes or ())) for a in axes]
    jumps = [str(a.jump) for a in axes if a.jump is not None]
    words = f"r{place} = {sizes[0] if len(set(sizes)) == 1 else ' × '.join(sizes)}"
    if len(jumps) == len(axes):
        words += f", j{place} = {jumps[0] if len(set(jumps)) == 1 else ' × '.join(jumps)}"
    if any([len(a.sizes or ()) > 1 for a in axes]):
        words += ": the units differ, and their fields repeat"
    return words


def _by(sizes: list[int | None]) -> str:
    return "x".join(["?" if n is None else str(n) for n in sizes])
