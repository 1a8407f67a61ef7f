"""What pictures write: a layer's kernel, name and channels in a few words."""

from __future__ import annotations

import re
from typing import Any

from ..analysis import Model
from ..errors import CnncalcError
from ..layers import Layer
from ..window import Spread, Window
from .rows import Row

#: Activations whose usual spelling is not their name in lower case.
_SPELLED = {
    "relu": "ReLU", "relu6": "ReLU6", "leaky_relu": "leaky ReLU", "elu": "ELU", "selu": "SELU", "celu": "CELU", "gelu": "GELU",
    "silu": "SiLU", "swish": "SiLU", "mish": "Mish", "prelu": "PReLU", "hard_silu": "hard SiLU", "hard_swish": "hard SiLU",
}
_SHORT = {"pooling": "pool", "average": "avg", "normalization": "norm"}
_CAPTIONS: dict[type[Layer], str] = {}


def times(sizes: tuple[int | None, ...]) -> str:
    """Sizes as pictures write them: 28×28."""
    return "×".join(["?" if n is None else f"{int(n):,}" if type(n) is int and n >= 10_000 else str(n) for n in sizes])


def spelled(activation: str) -> str:
    return _SPELLED.get(activation.lower(), activation.replace("_", " "))


def caption(layer: Layer | None, word: str = "") -> str:
    """A layer's name in pictures: its class's in words, without the rank: max pool."""
    if layer is None:
        return word
    kind = type(layer)
    if kind is Model:
        return word
    if kind.caption:
        return kind.caption
    activation = getattr(layer, "activation", None)
    if layer.drawn_with == "input" and isinstance(activation, str):
        return spelled(activation)
    inner = getattr(layer, "layer", None)
    if isinstance(inner, Layer):
        return f"{_class_words(layer)} {caption(inner)}"
    if kind not in _CAPTIONS or not kind.kind:
        _CAPTIONS[kind] = _class_words(layer)
    return _CAPTIONS[kind]


def _class_words(layer: Layer) -> str:
    name = (layer.keras_class or layer.kind).rpartition(".")[2].strip("_")
    if layer.drawn_with == "input" and name.lower().replace("_", "") in ("relu", "relu6", "leakyrelu", "elu", "selu", "gelu", "silu", "prelu"):
        return spelled({"leakyrelu": "leaky_relu"}.get(name.lower().replace("_", ""), name.lower()))
    name = re.sub(r"[123][dD](?=$|[A-Z_])", "", name)
    if name.isupper() or re.fullmatch(r"[A-Z]+[a-z]?", name):
        return name
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|_", " ", name).split()
    lower = [word if len(word) > 1 and word.isupper() else word.lower() for word in words]
    return " ".join([_SHORT.get(word, word) for word in lower])


def windows(row: Row) -> tuple[Window | Spread, ...]:
    """The windows of a layer that slides some; none where they say nothing about it."""
    layer = row.layer
    if layer is None or not row.step.inputs or layer.family not in ("conv", "pool", "up", "recurrent"):
        return ()
    if getattr(layer, "kernel_size", getattr(layer, "pool_size", getattr(layer, "size", None))) is None:
        return ()
    try:
        found = layer.windows(layer.viewed(row.step.inputs)[0])
    except (ArithmeticError, AssertionError, AttributeError, CnncalcError, IndexError, TypeError, ValueError):
        return ()
    return found or ()


class Words:
    """The words of one layer: `kernel` (5×5), `name` (conv), `channels` (64), `step` (/2, or ×2 for upsampling).

    `dilation` and `groups` are numbers, empty for 1.
    """

    __slots__ = ("channels", "dilation", "groups", "kernel", "more", "name", "step")

    def __init__(self, row: Row):
        layer = row.layer
        self.name = caption(layer, row.name if type(layer) is Model else row.step.kind)
        self.kernel = self.channels = self.step = self.dilation = self.groups = ""
        #: What else there is to say.
        self.more: list[str] = []
        if layer is None:
            return
        found = windows(row)
        if found:
            self._of_windows(found, row)
        _, channels = row.sizes
        before = _channels_before(row)
        chosen = layer.family in ("dense", "recurrent") or (layer.family == "conv" and (layer.takes("filters") or layer.takes("out_channels")))
        if channels is not None and layer.family in ("conv", "dense", "up", "recurrent") and (chosen or channels != before):
            self.channels = f"{channels:,}" if type(channels) is int else str(channels)
        groups = getattr(layer, "groups", 1)
        if isinstance(groups, int) and groups > 1 and layer.family == "conv":
            self.groups = str(groups) if groups != before else ""
            self.more += [] if self.groups else ["depthwise"]

    def _of_windows(self, found: tuple[Window | Spread, ...], row: Row) -> None:
        sizes = tuple([int(w.size) for w in found])
        strides = tuple([int(w.stride) for w in found])
        dilations = tuple([int(w.dilation) for w in found])
        spread = type(found[0]) is Spread
        alike = strides[0] if len(set(strides)) == 1 else times(strides)
        if spread and sizes == strides and not hasattr(row.layer, "kernel_size"):  # each value is repeated
            self.step = f"×{alike}"
            return
        self.kernel = times(sizes) if len(sizes) > 1 else str(sizes[0])
        pool = row.family == "pool"
        if max(strides) > 1 and not (pool and strides == sizes):
            self.step = f"×{alike}" if spread else f"/{alike}"
        elif pool and max(strides) == 1 and max(sizes) == 2:
            self.step = "/1"
        if max(dilations) > 1:
            self.dilation = str(dilations[0]) if len(set(dilations)) == 1 else times(dilations)

    @property
    def title(self) -> str:
        """Kernel and name: 5×5 conv; along one axis: conv k=5."""
        if not self.kernel:
            return self.name
        return f"{self.kernel} {self.name}" if "×" in self.kernel else f"{self.name} k={self.kernel}"

    @property
    def line(self) -> str:
        """All of it: 7×7 conv, 64, /2."""
        return self.with_numbers(self.channels, self.dilation, self.groups)

    def with_numbers(self, channels: str, dilation: str, groups: str) -> str:
        """The line with other numbers, such as those of several layers."""
        if self.kernel or self.more or groups:
            return ", ".join([one for one in (self.title, channels, self.step, *self._others(dilation, groups)) if one])
        return " ".join([one for one in (self.title, channels, self.step) if one])

    def _others(self, dilation: str, groups: str) -> list[str]:
        return [*([f"dilation {dilation}"] if dilation else []), *([f"{groups} groups"] if groups else []), *self.more]

    def lines(self, channels: bool = False) -> list[str]:
        """The same as short lines below a volume: 7×7, conv, stride 2."""
        found = [self.title] if len(self.title) <= 9 else [self.kernel, self.name] if "×" in self.kernel else _wrapped(self.title)
        found += [self.channels] if channels and self.channels else []
        found += [self.step.replace("/", "stride ")] if self.step.startswith("/") else [self.step] if self.step else []
        return [*found, *self._others(self.dilation, self.groups)]


def _wrapped(words: str) -> list[str]:
    """A long name in two lines of about the same length."""
    cuts = [i for i, c in enumerate(words) if c == " "] if len(words) > 12 else []
    if not cuts:
        return [words]
    cut = min(cuts, key=lambda i: abs(2 * i - len(words)))
    return [words[:cut], words[cut + 1:]]


def _channels_before(row: Row) -> Any:
    x = row.input
    if x is None or not x:
        return None
    sizes = tuple(x[1:]) if x.whole else tuple(x)
    if not sizes:
        return None
    return sizes[0] if row.first and len(sizes) > 1 else sizes[-1]


def activation_of(row: Row) -> str:
    """The activation that a layer has as a setting; linear is none."""
    layer = row.layer
    if layer is None or layer.drawn_with == "input" or "activation" not in layer.settings:
        return ""
    found = getattr(layer, "activation", None)
    return spelled(found) if isinstance(found, str) and found != "linear" and layer.family != "recurrent" else ""
