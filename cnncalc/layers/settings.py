"""What a layer can be told, and how each kind of value is read and checked.

A setting is declared in a layer's class body; the instance then holds the value that was
read: an `int` per `Count`, a tuple with an entry per axis for `PerAxis`, and so on.
"""

from __future__ import annotations

from collections.abc import Iterable
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


class PerAxis(Setting):
    """A whole number for every spatial axis: one for all, or a list with one each."""

    form = "a whole number, or one per axis"

    if TYPE_CHECKING:

        def __get__(self, layer: object, owner: object = None) -> tuple[int, ...]: ...

    def __init__(self, default: object = REQUIRED, *, symbol: str | None = None, least: int = 1):
        super().__init__(default, symbol=symbol)
        self.least = least

    def standard(self, rank: int | None) -> object:
        assert rank is not None
        return (self.default,) * rank if type(self.default) is int else self.default

    def read(self, value: object, rank: int | None) -> object:
        assert rank is not None
        if value is None and self.default is None:
            return None
        value = numbers_in(value)
        if type(value) is int:
            return (whole(value, self.least),) * rank
        if isinstance(value, (list, tuple)):
            if len(value) != rank:
                raise SpecError(f"must have {rank} number{'s' * (rank > 1)}, one per axis "
                                f"(got {shown(value)})")
            return tuple([_item(i, item, self.least, self._words(rank)) for i, item in enumerate(value)])
        return (whole(value, self.least, self._words(rank)),) * rank

    def _words(self, rank: int) -> str:
        return "a whole number" if rank == 1 else f"a whole number or a list of {rank}"

    def traced(self, value: object) -> object:
        if not isinstance(value, tuple):
            return None
        symbol = self.symbol or self.name
        if len(set(value)) == 1:
            return tuple(given(item, symbol) for item in value)
        letters = AXIS_LETTERS[len(value)]
        return tuple(given(item, symbol + letter) for item, letter in zip(value, letters))

    def written(self, value: object) -> object:
        if not isinstance(value, tuple):
            return None
        return int(value[0]) if len(set(value)) == 1 else list(value)


#: Modes of other libraries, and what they come to.
MODES = {
    "full": "'full' pads kernel_size - 1 on each side: padding: 2 for a kernel of 3",
    "half": "'half' pads kernel_size // 2 on each side: padding: 1 for a kernel of 3",
    "none": "no padding is 'valid', or padding: 0", "no": "no padding is 'valid', or padding: 0",
    "zeros": "'same' keeps the size at stride 1; a number gives the pixels on each side",
    "zero": "'same' keeps the size at stride 1; a number gives the pixels on each side",
    "same_upper": "did you mean 'same'?",
    "same_lower": "Keras puts the odd pixel at the end; to put it first, write the pixels: padding: [[1, 0], [1, 0]]",
    "explicit": "write the pixels: padding: 1, or [[before, after], [before, after]]",
}


class Padding(Setting):
    """A mode of Keras, or pixels: one number, one per axis, or (before, after) per axis.

    Pixels are held as a tuple of (before, after) pairs. `exact` is about upper and lower case.
    """

    if TYPE_CHECKING:

        def __get__(self, layer: object, owner: object = None) -> str | tuple[tuple[int, int], ...]: ...

    def __init__(self, default: str, *modes: str, causal: bool = False, exact: bool = False):
        super().__init__(default, symbol="p")
        self.modes = (default, *modes)
        self.causal = causal
        self.exact = exact
        self.form = " or ".join(map(repr, self.modes)) + ", or pixels"

    def read(self, value: object, rank: int | None) -> object:
        assert rank is not None
        if isinstance(value, str):
            mode = value if self.exact else value.lower()
            if mode in self.modes:
                return mode
            if self.causal and mode == "causal":
                if rank == 1:
                    return mode
                raise SpecError("'causal' is for one axis only", hint="use 'same' or pixels")
            value = numbers_in(value)
        if isinstance(value, str):
            raise SpecError(f"must be {self.form} (got {shown(value)})",
                            hint=MODES.get(value.lower()) or did_you_mean(value, self.modes))
        if value is None or isinstance(value, (bool, dict)):
            raise SpecError(f"must be {self.form} (got {shown(value)})")
        return read_pairs(value, rank)

    def traced(self, value: object) -> object:
        if not isinstance(value, tuple):
            return value
        return tuple(
            (given(a, "p"), given(b, "p")) if a == b else (given(a, "p_before"), given(b, "p_after"))
            for a, b in value
        )

    def written(self, value: object) -> object:
        return written_pairs(value) if isinstance(value, tuple) else value


class Pairs(Setting):
    """Pixels on both sides of every axis, as Keras's ZeroPadding and Cropping take them."""

    form = "a whole number, one per axis, or [before, after] per axis"

    if TYPE_CHECKING:

        def __get__(self, layer: object, owner: object = None) -> tuple[tuple[int, int], ...]: ...

    def standard(self, rank: int | None) -> object:
        return ((self.default, self.default),) * (rank or 1)

    def read(self, value: object, rank: int | None) -> object:
        assert rank is not None
        value = numbers_in(value)
        if rank == 1 and isinstance(value, (list, tuple)):
            # Keras reads a list as (before, after) on a single axis.
            words = "a whole number or [before, after]"
            if len(value) != 2:
                raise SpecError(f"must be {words} (got {shown(value)})")
            return ((whole(value[0], 0, words), whole(value[1], 0, words)),)
        return read_pairs(value, rank)

    def traced(self, value: object) -> object:
        assert isinstance(value, tuple)
        return tuple((given(a, "before"), given(b, "after")) for a, b in value)

    def written(self, value: object) -> object:
        assert isinstance(value, tuple)
        return list(value[0]) if len(value) == 1 else written_pairs(value)


def read_pairs(value: object, rank: int) -> tuple[tuple[int, int], ...]:
    """(before, after) per axis from a number, a list per axis or a list of pairs."""
    words = "a whole number" if rank == 1 else f"a whole number, a list of {rank}, or {rank} pairs"
    if not isinstance(value, (list, tuple)):
        return ((whole(value, 0, words),) * 2,) * rank
    if len(value) != rank:
        raise SpecError(f"must be {words} (got {shown(value)})")
    pairs = []
    for item in value:
        if isinstance(item, (list, tuple)):
            if len(item) != 2:
                raise SpecError(f"must have [before, after] for each axis (got {shown(value)})")
            pairs.append((whole(item[0], 0), whole(item[1], 0)))
        else:
            pairs.append((whole(item, 0, words),) * 2)
    return tuple(pairs)


def written_pairs(value: Iterable[tuple[int, int]]) -> object:
    """The shortest way to say `value`."""
    if any(a != b for a, b in value):
        return [list(pair) for pair in value]
    sides = [int(a) for a, _ in value]
    return sides[0] if len(set(sides)) == 1 else sides


class Axis(Setting):
    """One axis of Keras: the batch is axis 0, negative ones count from the end."""

    form = "an axis"

    if TYPE_CHECKING:

        def __get__(self, layer: object, owner: object = None) -> int: ...

    def read(self, value: object, rank: int | None) -> object:
        return whole(value, -64, "an axis", 64)


class Axes(Setting):
    """An axis of Keras, or several: the batch is axis 0, negative ones count from the end."""

    form = "an axis, or a list of axes"

    def read(self, value: object, rank: int | None) -> object:
        if value is None and self.default is None:
            return None
        value = numbers_in(value)
        if isinstance(value, (list, tuple)):
            if len(value) > 64:
                raise SpecError(f"names too many axes (got {shown(value)})")
            return tuple(whole(item, -64, "an axis or a list of axes", 64) for item in value)
        return whole(value, -64, "an axis or a list of axes", 64)


class Offsets(Setting):
    """How many places something is moved: a whole number, or one for each axis."""

    form = "a whole number, or a list of them"

    def read(self, value: object, rank: int | None) -> object:
        if isinstance(value, (list, tuple)):
            if len(value) > 64:
                raise SpecError(f"names too many axes (got {shown(value)})")
            return tuple(whole(item, -(10**9), self.form, 10**9) for item in value)
        return whole(value, -(10**9), self.form, 10**9)


class Sizes(Setting):
    """A list of sizes, of `count` of them if that is given; `open_ended` ones may be unknown."""

    form = "a list of sizes"

    def __init__(self, default: object = REQUIRED, *, least: int = 1, open_ended: bool = False, count: int | None = None):
        super().__init__(default)
        self.least = least
        self.open_ended = open_ended
        self.count = count

    def read(self, value: object, rank: int | None) -> object:
        if value is None and self.default is None:
            return None
        value = numbers_in(value)
        if not isinstance(value, (list, tuple)):
            value = [value]
        if len(value) > 64:
            raise SpecError(f"has too many sizes (got {shown(value)})")
        if self.count not in (None, len(value)):
            raise SpecError(f"must have {self.count} sizes (got {shown(value)})")
        return tuple([
            None if item is None and self.open_ended else _item(i, item, self.least, "whole numbers")
            for i, item in enumerate(value)
        ])


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
