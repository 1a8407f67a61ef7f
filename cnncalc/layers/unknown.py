"""Layers that are code, which is not in the file: Lambda and the user's own classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..errors import SpecError
from .base import Layer
from .shape import UNKNOWN, Shape, Weight

#: The most values that a layer's parameters can be assumed to be.
MOST_PARAMS = 2**63 - 1


class Assumed(NamedTuple):
    """What the user states of an unknown layer: its outputs' shapes (`None` for that of its input) and its parameters."""

    shapes: tuple[Shape, ...] | None
    params: int | None = None


    def __str__(self) -> str:
        """The same as it is written after `--assume NAME=` and `assume:`."""
        shape = "same" if self.shapes is None else "+".join(
            "x".join("?" if n is None else str(n) for n in shape) for shape in self.shapes)
        return shape if self.params is None else f"{shape},params={self.params}"


class Unknown(Layer):
    """A layer whose output cannot be computed.

    What comes out of it is assumed, or stated by its file (`Node.stored`), or unknown. `word` is its class; `params` is
    `None` where they are unknown: a Lambda has none, a custom layer may have some. `entry` is what a Keras file says of it.
    """

    arity = (0, None)
    fixed_results = False

    def __init__(self, word: str, settings: dict[str, object] | None = None, trainable: bool = True, entry: Mapping[str, Any] | None = None):
        super().__init__(trainable=trainable)
        self.kind = self.keras_class = word  # type: ignore[misc]
        self.said = dict(settings or {})
        self.name = self.dtype = self.key = None
        self.entry = entry or {}
        self.assumed: Assumed | None = None

    @property
    def params(self) -> int | None:
        if self.assumed is not None and self.assumed.params is not None:
            return self.assumed.params
        return 0 if self.keras_class == "Lambda" else None

    @property
    def certain(self) -> bool:
        """Whether its parameters are known: a Lambda's function can hold some as long as nobody states what it does."""
        return self.params is not None and self.assumed is not None

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        """The assumed shape; otherwise an unknown one."""
        if self.assumed is None:
            return (UNKNOWN,)
        if self.assumed.shapes is not None:
            return self.assumed.shapes
        if any(x != xs[0] for x in xs[1:]):
            raise SpecError("cannot have the shape of its input: its inputs differ in shape", (), "assume a shape, such as 14x14x64")
        return xs[:1] or (UNKNOWN,)

    def assume(self, assumed: Assumed) -> None:
        """Take this for what its code does."""
        self.assumed = assumed
        self.results = len(assumed.shapes or (None,))

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        if self.params:
            yield Weight("weights", (self.params,))

    def macs(self, *xs: Shape) -> int | None:
        return None

    def notes(self, *xs: Shape) -> Iterator[str]:
        return iter(())

    def arguments(self) -> dict[str, object]:
        return self.said


def noted(layer: Unknown, name: str, source: str | None) -> str:
    """What a reader should know of an unknown layer."""
    if source == "assumed":
        told = "its output shape is assumed"
    elif source == "file":
        told = "its output shape is the one that the file states"
    else:
        told = f"its output shape is unknown; --assume {name}=same or --assume {name}=14x14x64 supplies it"
    return f"{layer.kind} is code that is not in the file: {told}" + (
        "; its parameters are not counted" if layer.params is None else "")


def assumption(text: object) -> Assumed:
    """`same`, `14x14x64`, `14x14x64+10` (two outputs) or `same,params=128` as what is assumed of a layer; SpecError if it is none of these."""
    if isinstance(text, (list, tuple)):
        text = "x".join(map(str, text))
    first, *more = [part.strip() for part in str(text).split(",")]
    params = None
    for part in more:
        key, _, value = part.partition("=")
        if key.strip() != "params" or not value.strip().isascii() or not value.strip().isdigit() or len(value) > 19:
            raise _unreadable(text)
        params = int(value)
    if first == "same":
        return Assumed(None, params)
    return Assumed(tuple([_shape(shape, text) for shape in first.split("+")]), params)


def _shape(word: str, text: object) -> Shape:
    sizes: list[int | None] = []
    for size in word.lower().replace("\u00d7", "x").strip("()[] ").split("x"):
        if size.strip() in ("?", "none", "null"):
            sizes.append(None)
        elif size.strip().isascii() and size.strip().isdigit() and 0 < len(size.strip()) < 10 and int(size) > 0:
            sizes.append(int(size))
        else:
            raise _unreadable(text)
    return Shape(sizes)


def _unreadable(text: object) -> SpecError:
    from ..errors import shown

    return SpecError(f"{shown(text)} does not describe a layer's output", (),
                     "write same, a shape such as 14x14x64, or either with its parameters: same,params=128")
