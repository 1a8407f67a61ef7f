"""What a layer can be told, and how each kind of value is read and checked.

A setting is declared in a layer's class body; the instance then holds the value that was
read: an `int` per `Count`, a tuple with an entry per axis for `PerAxis`, and so on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..activations import ACTIVATIONS
from ..errors import SpecError, did_you_mean, shown
from ..num import Num, given
from ..sizes import read_sizes

REQUIRED: object = object()

# Beyond any real network, and far within what arithmetic can carry.
LARGEST = 10**9

# The letters that textbooks use in tables; the architecture file takes them as names.
LETTERS = {
    "f": "filters",
    "k": "kernel_size",
    "s": "strides",
    "p": "padding",
    "d": "dilation_rate",
    "w": "pool_size",
}

AXIS_LETTERS = {1: ("",), 2: ("_h", "_w"), 3: ("_d", "_h", "_w")}


def whole(value: object, least: int, what: str = "a whole number", most: int = LARGEST) -> int:
    """`value` as an integer of at least `least`, or a SpecError that says what it must be."""
    if type(value) is float and value.is_integer():
        if value > most:
            raise SpecError(f"must be at most {most:,} (got {value:g})")
        value = int(value)
    if not isinstance(value, int) or value is True or value is False:
        raise SpecError(f"must be {what} (got {shown(value)})")
    if value < least:
        raise SpecError(f"must be at least {least} (got {shown(value)})")
    if value > most:
        raise SpecError(f"must be at most {most:,} (got {shown(value)})")
    return value


def numbers_in(value: object) -> object:
    """`value`, or the numbers that it spells as a text: 3x3, (2, 2)."""
    if isinstance(value, str):
        found = read_sizes(value)
        return value if found is None else found
    return value


def _item(i: int, value: object, least: int, what: str) -> int:
    try:
        return whole(value, least, what)
    except SpecError as error:
        raise error.under(i) from None


class Setting:
    """One argument of a layer: its default, how it is read, its letter in formulas."""

    #: What a value must be, for messages and for the help text.
    form = "a value"

    def __init__(self, default: object = REQUIRED, *, symbol: str | None = None):
        self.default = default
        self.symbol = symbol
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    if TYPE_CHECKING:  # on an instance the attribute is the value that was read

        def __get__(self, layer: object, owner: object = None) -> Any: ...

    def standard(self, rank: int | None) -> object:
        """The default as the layer holds it."""
        return self.default

    def read(self, value: object, rank: int | None) -> object:
        """`value` checked and in its final form; SpecError says what it must be."""
        return value

    def traced(self, value: object) -> object:
        """`value` with its integers as givens of a derivation."""
        return value

    def written(self, value: object) -> object:
        """`value` as a file would say it."""
        return list(value) if isinstance(value, tuple) else value

    def layers(self, value: object) -> tuple[Any, ...]:
        """The layers that `value` is or holds."""
        return ()


class Kept(Setting):
    """Taken as it is: it changes no number that is computed here."""

    form = "anything"


#: Keras's defaults of the settings that are only kept; `None` for the others.
KEPT_DEFAULTS: dict[str, object] = {
    "kernel_initializer": "glorot_uniform",
    "depthwise_initializer": "glorot_uniform",
    "pointwise_initializer": "glorot_uniform",
    "recurrent_initializer": "orthogonal",
    "bias_initializer": "zeros",
    "beta_initializer": "zeros",
    "gamma_initializer": "ones",
    "moving_mean_initializer": "zeros",
    "moving_variance_initializer": "ones",
    "embeddings_initializer": "uniform",
    "alpha_initializer": "Zeros",
}
_KEPT: dict[str, Kept] = {}


def kept_setting(name: str) -> Kept:
    """The setting of this name in every layer that only keeps it."""
    if name not in _KEPT:
        _KEPT[name] = Kept(KEPT_DEFAULTS.get(name))
        _KEPT[name].name = name
    return _KEPT[name]


class Count(Setting):
    """A whole number, at least `least`."""

    form = "a whole number"

    if TYPE_CHECKING:

        def __get__(self, layer: object, owner: object = None) -> int: ...

    def __init__(self, default: object = REQUIRED, *, symbol: str | None = None, least: int = 1,
                 quiet: bool = False):
        super().__init__(default, symbol=symbol)
        self.least = least
        #: Whether formulas leave its default out, which changes nothing.
        self.quiet = quiet

    def read(self, value: object, rank: int | None) -> object:
        if value is None and self.default is None:
            return None
        return whole(value, self.least)

    def traced(self, value: object) -> object:
        if not isinstance(value, int) or (self.quiet and value == self.default):
            return value
        return given(value, self.symbol or self.name)


class Number(Setting):
    """A real number in a range, kept."""

    form = "a number"

    def __init__(self, default: object = REQUIRED, *, least: float | None = None,
                 most: float | None = None, optional: bool = False):
        super().__init__(default)
        self.least, self.most = least, most
        self.optional = optional or default is None

    def read(self, value: object, rank: int | None) -> object:
        if value is None and self.optional:
            return None
        if not isinstance(value, (int, float)) or type(value) not in (int, float) or value != value:
            raise SpecError(f"must be a number (got {shown(value)})")
        if (self.least is not None and value < self.least) or (
            self.most is not None and value > self.most
        ):
            if self.most is None:
                raise SpecError(f"must be at least {self.least:g} (got {shown(value)})")
            raise SpecError(f"must be from {self.least:g} to {self.most:g} (got {shown(value)})")
        return value


class Flag(Setting):
    """true or false."""

    form = "true or false"

    if TYPE_CHECKING:

        def __get__(self, layer: object, owner: object = None) -> bool: ...

    def read(self, value: object, rank: int | None) -> object:
        if value is True or value is False:
            return value
        raise SpecError(f"must be true or false (got {shown(value)})")


class Choice(Setting):
    """One word out of `words`, in any case unless `exact`."""

    def __init__(self, default: object, *words: str, optional: bool = False, exact: bool = False):
        super().__init__(default)
        self.words = words or (str(default),)
        self.exact = exact
        self.optional = optional or default is None
        *first, last = map(repr, self.words)
        self.form = f"{', '.join(first)} or {last}" if first else last

    def read(self, value: object, rank: int | None) -> object:
        if value is None and self.optional:
            return None
        if isinstance(value, str):
            if value in self.words:
                return value
            if value.lower() in self.words and not self.exact:
                return value.lower()
        raise SpecError(f"must be {self.form} (got {shown(value)})",
                        hint=did_you_mean(value, self.words))


class Activation(Setting):
    """The name of one of Keras's activations; none changes a shape, as Keras has it."""

    form = "an activation"

    def read(self, value: object, rank: int | None) -> object:
        if value is None or isinstance(value, dict) or (isinstance(value, str) and value in ACTIVATIONS):
            return value
        raise SpecError(f"must be an activation of Keras (got {shown(value)})",
                        hint=did_you_mean(value, ACTIVATIONS))


def untraced(value: object) -> object:
    """`value` with plain integers for its `Num`s."""
    if type(value) is Num:
        return int(value)
    if isinstance(value, tuple):
        return tuple(map(untraced, value))
    return value
