"""What every layer is: declared settings, and rules that the rest is derived from.

A kind of layer declares its settings and says what it does to a shape: its windows along
the spatial axes, its channels, its weights. The base class works out the output shape,
the parameters and the errors.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from ..errors import CnncalcError, Key, SpecError, SpecErrors, did_you_mean
from ..num import divides, given
from ..window import Spread, Window
from .settings import AXIS_LETTERS, LETTERS, REQUIRED, Choice, Flag, Kept, Setting, kept_setting

if TYPE_CHECKING:
    from ..reach import Reads


class Shape(tuple[Any, ...]):
    """One example's sizes, without the batch; `None` is a size that is not known."""

    __slots__ = ()

    @property
    def channels(self) -> Any:
        return self[-1]

    @property
    def spatial(self) -> tuple[Any, ...]:
        return self[:-1]

    @property
    def channel_axis(self) -> int:
        return len(self) - 1

    @property
    def spatial_axes(self) -> range:
        return range(len(self) - 1)

    def of(self, spatial: Iterable[Any], channels: Any) -> Shape:
        """A shape in the same data format."""
        return Shape((*spatial, channels))

    def __str__(self) -> str:
        if len(self) == 1:
            return f"({self[0]},)"
        return "(" + ", ".join(map(str, self)) + ")"


class ChannelsFirst(Shape):
    """The same with the channels in front."""

    __slots__ = ()

    @property
    def channels(self) -> Any:
        return self[0]

    @property
    def spatial(self) -> tuple[Any, ...]:
        return self[1:]

    @property
    def channel_axis(self) -> int:
        return 0

    @property
    def spatial_axes(self) -> range:
        return range(1, len(self))

    def of(self, spatial: Iterable[Any], channels: Any) -> Shape:
        return ChannelsFirst((channels, *spatial))


class Weight(NamedTuple):
    """An array that a layer owns; `count` is the product of its `shape`.

    `dtype` is given where it is not the layer's own.
    """

    name: str
    shape: tuple[int, ...]
    trainable: bool = True
    dtype: str | None = None

    @property
    def count(self) -> int:  # type: ignore[override]
        return math.prod(self.shape)


#: The modules of layers, the common ones first: a kind is looked for in this order, and
#: the modules behind it are not loaded.
FAMILIES = ["core", "conv", "pool", "reshape", "activation", "merge", "norm", "dropout",
            "preprocessing", "augmentation", "recurrent", "wrappers", "attention", "local", "applications",
            "operations", "array_operations", "image_operations"]  # fmt: skip
#: Those with the kinds whose name begins with `ops.`.
OPERATIONS = FAMILIES[-3:]


class Kinds(dict[str, type["Layer"]]):
    """Every kind by its name and aliases; a family is loaded when one of its kinds is asked for.

    `KINDS[name]` looks in all families; `everything()` loads them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting = iter(FAMILIES)

    def __missing__(self, name: str) -> type[Layer]:
        from importlib import import_module

        for family in OPERATIONS if isinstance(name, str) and name.startswith("ops.") else self._waiting:
            import_module(f"{__package__}.{family}")
            if name in self:
                return self[name]
        raise KeyError(name)

    def everything(self) -> Kinds:
        """All kinds."""
        from importlib import import_module

        for family in self._waiting:
            import_module(f"{__package__}.{family}")
        return self


KINDS = Kinds()

# Settings that Keras takes in every layer.
COMMON: dict[str, Setting] = {}

#: Settings of Keras with the name of a rule: a layer holds them in `said` only.
HIDDEN = ("weights", "key")


class Layer:
    """A kind of layer with its settings read and checked."""

    kind: ClassVar[str] = ""
    #: The class name that Keras prints.
    keras_class: ClassVar[str] = ""
    rank: ClassVar[int | None] = None
    #: The other names that Keras has for it.
    aliases: ClassVar[tuple[str, ...]] = ()
    settings: ClassVar[dict[str, Setting]] = {}
    #: How many inputs it takes: at least, at most (`None`: any number).
    arity: tuple[int, int | None] = (1, 1)
    #: A sentence that its working needs, and needs always.
    remark: ClassVar[str | None] = None
    #: Not in Keras 3: the word to say about it in notes.
    not_keras: ClassVar[str | None] = None
    #: The settings that stand first, where Keras's order is not that of the class bodies.
    order: ClassVar[tuple[str, ...]] = ()
    #: Settings that change no number, behind the others in Keras's order.
    kept: ClassVar[tuple[str, ...]] = ()
    #: Classes of Keras for whose automatic names it takes a number: of the layers that it
    #: makes inside, after its own name was given.
    inner_classes: tuple[str, ...] = ()
    #: Whether it has layers in it that are made, and named, before it.
    names_inside: ClassVar[bool] = False

    #: Whether a list in its place is its first setting, not several.
    takes_a_list: ClassVar[bool] = False
    #: How many outputs it has.
    results: int = 1
    #: Whether its output can take the memory of its input: as a `view`, or by `overwriting`
    #: it, once nobody else reads it.
    in_place: ClassVar[str | None] = None
    #: What each output depends on, where a word says it: "place", the values at its place in
    #: all inputs; "window", those under its window in its own channel; "map", those under its
    #: window in all channels; "all", everything. Other kinds have `reads` of their own.
    sees: ClassVar[str] = ""
    #: What makes two layers the same, but for their names; `None` where that is not known.
    key: Any = None

    _standard: ClassVar[dict[str, Any]] = {}
    _required: ClassVar[tuple[str, ...]] = ()

    if TYPE_CHECKING:
        name: str | None
        trainable: bool
        dtype: Any

    def __init_subclass__(cls, kind: str = "", rank: int | None = None,
                          aliases: tuple[str, ...] = (), keras_class: str = "") -> None:
        own = {key: value for key, value in vars(cls).items() if isinstance(value, Setting)}
        own.update((name, kept_setting(name)) for name in vars(cls).get("kept", ()))
        if own:  # what it declares stands first, in its order
            cls.settings = {**own, **{k: s for k, s in cls.settings.items() if k not in own}}
        if "order" in vars(cls):
            cls.settings = {k: cls.settings[k] for k in (*cls.order, *cls.settings)}
        if not kind:
            return
        cls.kind, cls.rank, cls.aliases = kind, rank, aliases
        cls.keras_class = keras_class or kind
        everything = {**cls.settings, **COMMON}
        cls._standard = {
            key: setting.standard(rank)
            for key, setting in everything.items()
            if setting.default is not REQUIRED and key not in HIDDEN
        }
        cls._required = tuple(k for k, s in cls.settings.items() if s.default is REQUIRED)
        for word in (kind, *aliases):
            assert word not in KINDS, word
            KINDS[word] = cls

    def __init__(self, *args: Any, **kwargs: Any):
        values = vars(self)
        values.update(self._standard)
        problems: list[CnncalcError] = []
        if args:
            kwargs = self._by_name(args, kwargs, problems)
        said = values["said"] = {}
        for key, value in kwargs.items():
            setting = self.settings.get(key) or COMMON.get(key)
            if setting is None:
                problems.append(self.unknown_setting(key))
                continue
            try:
                said[key] = setting.read(value, self.rank)
                if key not in HIDDEN:
                    values[key] = said[key]
            except CnncalcError as error:
                problems += [SpecError(f"{key} {e.problem}", (key, *e.path), e.hint)
                             for e in error if isinstance(e, SpecError)]
        misspelt = bool(problems) and any(key not in self._standard and not self.takes(key) for key in kwargs)
        for key in self._required:
            if key not in kwargs and not misspelt:
                problems.append(SpecError(f"needs {key}", (), self._example(key)))
        if not problems:
            try:
                self.settle()
            except SpecError as error:
                problems.append(error)
        if problems:
            raise problems[0] if len(problems) == 1 else SpecErrors(problems)
        try:
            self.key = (type(self), *said.items())
            hash(self.key)
        except TypeError:
            self.key = None

    def _by_name(self, args: tuple[Any, ...], kwargs: dict[str, Any],
                 problems: list[CnncalcError]) -> dict[str, Any]:
        names = tuple(self.settings)
        if len(args) > len(names):
            problems.append(SpecError(f"takes at most {len(names)} arguments (got {len(args)})"))
        placed = dict(zip(names, args))
        for key in placed.keys() & kwargs.keys():
            problems.append(SpecError(f"{key} is given twice", (key,)))
        return {**placed, **kwargs}

    @classmethod
    def takes(cls, name: str) -> bool:
        """Whether it has a setting of this name."""
        return name in cls.settings or name in COMMON

    @classmethod
    def unknown_setting(cls, name: str) -> SpecError:
        """The error for a setting that this kind does not have."""
        meant = LETTERS.get(name)
        letters = [k for k, long in LETTERS.items() if long in cls.settings]
        if meant and meant not in cls.settings:
            return SpecError(f"has no setting {name!r} ({meant})", (Key(name),))
        hint = did_you_mean(name, [*cls.settings, *COMMON, *letters])
        if hint is None:
            plain = [k for k, s in cls.settings.items() if not isinstance(s, Kept)]
            hint = "it takes " + ", ".join(plain) if plain else "it takes no settings of its own"
        return SpecError(f"has no setting {name!r}", (Key(name),), hint)

    def _example(self, key: str) -> str | None:
        form = self.settings[key].form
        return None if form == "anything" else f"{key} is {form}"

    # What a kind may say of itself.

    def settle(self) -> None:
        """Check settings against each other, and work out those that follow from others."""

    def check(self, *xs: Shape) -> None:
        """Refuse inputs that the layer cannot take."""

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        """What slides along each spatial axis; `None` if nothing does."""
        return None

    def channels(self, x: Shape) -> Any:
        """How many channels come out."""
        return x.channels

    def output(self, *xs: Shape) -> Shape:
        """The output's shape."""
        x = xs[0]
        windows = self.windows(x)
        if windows is None:
            return x
        sizes = tuple([w.places(n) for w, n in zip(windows, x.spatial)])
        for size in sizes:
            if size is not None and size < 1:
                raise self.misfit(x, windows)
        return x.of(sizes, self.channels(x))

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        """The shapes of all outputs; most layers have one."""
        return (self.output(*xs),)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        """The arrays it owns, in Keras's order."""
        return iter(())

    def uses(self, *xs: Shape) -> Any:
        """At how many places each value of its kernels is multiplied with an input."""
        return None

    def macs(self, *xs: Shape) -> Any:
        """Its multiply-adds for one example, biases left out; unknown where a size is."""
        from .counts import kernel_macs

        return kernel_macs(self, xs)

    def operations(self, *xs: Shape) -> dict[str, Any]:
        """What it computes beside its multiply-adds, by name (see counts.OPERATIONS)."""
        from .counts import own_operations

        return own_operations(self, xs)

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        """How its output `y` depends on each input."""
        from ..reach import in_a_word

        return in_a_word(self, y, xs)

    def reach(self, xs: tuple[Shape, ...], ys: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
        """How each of its outputs `ys` depends on each input."""
        from ..reach import activated

        return (activated(self, ys[0], self.reads(ys[0], *self.viewed(xs))),)

    def matrices(self, *xs: Shape) -> Iterator[Any]:
        """The products of matrices that a convolution can be computed as (counts.Matrices)."""
        return iter(())

    def notes(self, *xs: Shape) -> Iterator[str]:
        """What a reader should know: above all, what Keras cannot build as written."""
        if self.not_keras:
            yield f"Keras cannot build it: {self.not_keras}"

    def remarks(self, *xs: Shape) -> Iterator[str]:
        """What the numbers do not say of themselves: a sentence for each rule that needs one."""
        from .remarks import of_windows

        if self.remark:
            yield self.remark
        yield from of_windows(self, xs)

    # What follows.

    def view(self, x: Shape) -> Shape:
        """The shape with its channels where this layer looks for them."""
        return x

    def apply(self, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """The output shapes for these inputs; SpecError if it cannot take them."""
        least, most = self.arity
        if len(xs) < least or (most is not None and len(xs) > most):
            raise self.wrong_arity(xs)
        if self.rank is not None:
            for x in xs:
                if len(x) != self.rank + 1:
                    raise self.wrong_rank(x)
        xs = self.viewed(xs)
        self.check(*xs)
        return self.outputs(*xs)

    def viewed(self, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """The inputs as the rules of this layer take them."""
        return xs

    def owned(self, xs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        """The weights it makes when first called on `xs`, frozen ones as such."""
        weights = self.weights(*self.viewed(xs))
        if self.trainable:
            return tuple(weights)
        return tuple([w._replace(trainable=False) for w in weights])

    def traced(self) -> Layer:
        """The same layer with its settings as givens: its rules then show their working."""
        twin = object.__new__(type(self))
        values = vars(twin)
        values.update(vars(self))
        for key, setting in self.settings.items():
            if key not in HIDDEN:
                values[key] = setting.traced(values[key])
        return twin

    @classmethod
    def first_names(cls, value: Any) -> tuple[str, ...]:
        """The classes of the layers in it that are made, and named, before it."""
        return ()

    def arguments(self) -> dict[str, Any]:
        """The settings that were given, as a file would say them."""
        every = {**self.settings, **COMMON}
        return {key: every[key].written(value) for key, value in self.said.items()}

    if TYPE_CHECKING:
        said: dict[str, Any]

    # Errors that many kinds share.

    def must_divide(self, setting: str, n: int | None, what: str) -> None:
        """Refuse a setting that does not divide `n`, which is `what`."""
        value = getattr(self, setting)
        if n is not None and not divides(value, n):
            fits = [str(d) for d in range(1, min(n, 64) + 1) if divides(d, n)]
            raise SpecError(f"{setting} {value} does not divide the {n} {what}", (setting,),
                            f"{n} divides by " + ", ".join(fits))

    def must_know(self, n: Any, what: str) -> Any:
        """Refuse an unknown size where weights depend on it."""
        if n is None:
            raise SpecError(f"needs to know its {what}", (), "write a size in place of null")
        return n

    def axis_in(self, x: Shape, axis: int, setting: str = "axis") -> int:
        """Which axis of Keras's is meant, counted from the batch, which is 0."""
        if not -len(x) - 1 <= axis <= len(x):
            raise SpecError(f"{setting} {axis} does not exist in its input {x}", (setting,),
                            f"axes go from 1, the first of {x}, to {len(x)}; -1 is the last" if x else None)
        return axis if axis >= 0 else axis + len(x) + 1

    def known_size(self, x: Shape, axis: int, setting: str = "axis") -> Any:
        """The size along an axis of Keras's; SpecError if there is none."""
        place = self.axis_in(x, axis, setting)
        if place == 0:
            raise SpecError(f"{setting} {axis} is the batch, which has no size here", (setting,),
                            f"axes go from 1, the first of {x}, to {len(x)}; -1 is the last" if x else None)
        return self.must_know(x[place - 1], f"size along axis {axis}")

    def wrong_arity(self, xs: tuple[Shape, ...]) -> SpecError:
        least, most = self.arity
        many = f"{least} input" + "s" * (least != 1)
        if most is None:
            many = f"at least {many}"
        elif most != least:
            many = f"{least} to {most} inputs"
        hint = None
        if most == 1 and len(xs) > 1:
            hint = "merge them first: Add, Concatenate, ... or name one with 'inputs'"
        elif len(xs) < least:
            hint = "name them: inputs: [a, b], or put 'parallel' before it"
        got = ", ".join(map(str, xs[:4])) + (", ..." if len(xs) > 4 else "")
        return SpecError(f"takes {many}, got {len(xs)}: {got}", (), hint)

    def wrong_rank(self, x: Shape) -> SpecError:
        assert self.rank is not None
        form = ("(steps, channels)", "(height, width, channels)", "(depth, height, width, channels)")
        hint = None
        if len(x) == 1:
            hint = "the map was flattened before; or put a Reshape here"
        elif len(x) == self.rank and None not in x:
            if isinstance(self.view(x), ChannelsFirst):
                hint = f"a Reshape to {[1, *x]} adds a channel"
            else:
                hint = f"a Reshape to {[*x, 1]} adds a channel"
        other = self.kind.replace(f"{self.rank}D", f"{len(x) - 1}D")
        if other in KINDS and other != self.kind:
            hint = f"did you mean {other!r}?" if hint is None else f"{hint}; or did you mean {other!r}?"
        return SpecError(f"needs an input {form[self.rank - 1]}, got {x}", (), hint)

    def misfit(self, x: Shape, windows: tuple[Window | Spread, ...]) -> SpecError:
        """The error for a window that has no place on its input."""
        its_input = f"its {times(x.spatial)} input" if len(x) > 2 else f"its input of {x.spatial[0]}"
        spreads = [w for w in windows if type(w) is Spread]
        if spreads:
            made = [w._replace(padding=0).places(n) for w, n in zip(spreads, x.spatial)]
            return SpecError(f"nothing is left of {its_input}: it becomes {times(made)}, and padding takes "
                             f"{times(w.padding for w in spreads)}", ("padding",))
        setting, what = ("kernel_size", "kernel") if hasattr(self, "kernel_size") else ("pool_size", "window")
        size, mode = getattr(self, setting), getattr(self, "padding", "valid")
        words = f"{what} {times(size)}"
        if tuple(w.extent for w in windows) != tuple(size):
            words += f" with dilation {times(self.dilation_rate)}"  # type: ignore[attr-defined]
        said = mode if isinstance(mode, str) else times([a + b for a, b in mode]) + " in all"
        short = [w.extent - (w.padding or 0) for w in windows]
        hint = f"needs at least {times(short)}"
        modes = getattr(self.settings.get("padding"), "modes", ())
        if modes:
            missing = max(ceil_half(s - n) for s, n in zip(short, x.spatial) if n is not None and s > n)
            or_same = " (or 'same')" if "same" in modes else ""
            hint += f". Padding {missing}{or_same if mode == 'valid' else ' more on each side'} would fit."
        return SpecError(f"{words} does not fit {its_input} (padding {said})", (setting,), hint)


class Spatial(Layer):
    """A layer that tells spatial axes and channels apart."""

    data_format: Any = Choice(None, "channels_last", "channels_first")

    def view(self, x: Shape) -> Shape:
        return ChannelsFirst(x) if self.data_format == "channels_first" else Shape(x)

    def viewed(self, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        if self.data_format == "channels_first":
            return tuple([ChannelsFirst(x) for x in xs])
        return xs


def ceil_half(n: int) -> int:
    """⌈n / 2⌉."""
    return (n + 1) // 2


def times(sizes: Iterable[Any]) -> str:
    """Sizes as people say them: 5x5."""
    return "x".join("?" if n is None else str(n) for n in sizes)


def slide(x: Shape, size: Iterable[int], strides: Iterable[int], dilation: Iterable[int],
          padding: Any) -> tuple[Window, ...]:
    """A window along each spatial axis of `x`, its padding turned into pixels."""
    if padding == "valid":
        return tuple([Window(k, s, d) for k, s, d in zip(size, strides, dilation)])
    if isinstance(padding, str):
        return tuple([
            Window(k, s, d).padded(padding, n)
            for k, s, d, n in zip(size, strides, dilation, x.spatial)
        ])
    return tuple([
        Window(k, s, d, *_total(pair)) for k, s, d, pair in zip(size, strides, dilation, padding)
    ])


def _total(pair: tuple[int, int]) -> tuple[int, int]:
    before, after = pair
    # The textbook's 2p, where both sides are alike.
    return (2 * before if before == after else before + after), before


def shape_letters(x: Shape) -> Shape:
    """The textbook's letters in the place of each size: n (or h, w) and c; n of a vector."""
    letters = [symbol.strip("_") or "n" for symbol in AXIS_LETTERS.get(len(x) - 1, ())]
    return x.of(letters, "c") if letters else Shape(["n"] * len(x) if len(x) < 2 else [f"n{i + 1}" for i in range(len(x))])


def input_givens(x: Shape, viewed: Shape, mark: str = "") -> Shape:
    """`x` as givens under its letters; `mark` tells several inputs apart."""
    return type(viewed)([n if n is None else given(n, s + mark) for n, s in zip(viewed, shape_letters(viewed))])


class _Name(Setting):
    form = "a name"

    def read(self, value: Any, rank: int | None) -> Any:
        return value if value is None else str(value)


COMMON.update(
    name=_Name(None),
    trainable=Flag(True),
    dtype=Kept(None),
    autocast=Kept(True),
    activity_regularizer=Kept(None),
)
