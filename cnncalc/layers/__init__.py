"""Every kind of layer, a module per family; base.FAMILIES lists them."""

from .base import KINDS, ChannelsFirst, Layer, Shape, Weight
from .core import InputLayer
from .make import build, kind_named, written_at

__all__ = ["KINDS", "ChannelsFirst", "InputLayer", "Layer", "Shape", "Weight", "build",
           "kind_named", "written_at"]  # fmt: skip
