"""Padding in pixels, and rounding up, as layers of Keras that pad before the layer that cannot."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from ..errors import SpecError
from ..layers import Layer, Shape
from ..layers.conv import Conv, DepthwiseConv, SeparableConv
from ..layers.pool import AveragePooling, Pooling
from ..layers.reshape import ZeroPadding1D, ZeroPadding2D, ZeroPadding3D
from ..window import Spread, Window

L = TypeVar("L", bound=Layer)

_PADDING = (ZeroPadding1D, ZeroPadding2D, ZeroPadding3D)


class Apart(NamedTuple):
    """A layer without padding in pixels, and what pads its input before it, if anything is left to do.

    `lowest` says that the pixels are to be below every value.
    """

    layer: Layer
    padding: Layer | None
    lowest: bool = False


def apart(layer: object, x: Shape) -> Apart | None:
    """The layer with its padding apart; `None` if it has none in pixels, or Keras cannot do it."""
    ceil = getattr(layer, "ceil_mode", False)
    if not isinstance(layer, (Conv, DepthwiseConv, SeparableConv, Pooling)) or not (ceil or not isinstance(layer.padding, str)):
        return None
    windows = layer.windows(layer.view(x)) or ()
    pairs = [(int(w.before), int(w.padding) - int(w.before)) for w in windows
             if isinstance(w, Window) and w.padding is not None and w.before is not None]
    if len(pairs) < len(windows):
        return None
    said = {key: value for key, value in layer.said.items() if key not in ("padding", "ceil_mode", "name")}
    plain = _twin(layer, said)
    if plain is None or not any([a or b for a, b in pairs]):
        return None if plain is None else Apart(plain, None)
    same = _twin(layer, {**said, "padding": "same"})
    seen = layer.view(x)
    if same is not None and _pads(same.windows(seen)) == _pads(windows):
        return Apart(same, None)
    if isinstance(layer, AveragePooling):
        return None
    more = {"data_format": layer.data_format} if layer.data_format and layer.rank and layer.rank > 1 else {}
    padding = _PADDING[(layer.rank or 1) - 1](padding=[list(pair) for pair in pairs] if len(pairs) > 1 else list(pairs[0]), **more)
    return Apart(plain, padding, isinstance(layer, Pooling))


def _pads(windows: Iterable[Window | Spread] | None) -> list[tuple[int | None, int | None]]:
    """The padding of windows: of both sides together, and in front."""
    return [(w.padding, w.before) for w in windows or () if isinstance(w, Window)]


def _twin(layer: L, said: dict[str, object]) -> L | None:
    """The same layer with other settings."""
    try:
        made = type(layer)(**{key: layer.settings[key].written(value) if key in layer.settings else value for key, value in said.items()})
    except SpecError:
        return None
    made.name = layer.name
    return made
