"""Every kind of layer, a module per family; registry.FAMILIES lists them."""

from .base import KINDS, ChannelsFirst, Layer, Shape, Weight
from .construct import build, kind_named, written_at
from .core import InputLayer
from .shape import UNKNOWN

__all__ = ["KINDS", "UNKNOWN", "ChannelsFirst", "InputLayer", "Layer", "Shape", "Weight", "build",
           "kind_named", "written_at"]
