"""What every layer is: declared settings, and rules that the rest is derived from.

A kind of layer declares its settings and says what it does to a shape: its windows along
the spatial axes, its channels, its weights. The base class works out the output shape,
the parameters and the errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ..dtypes import variable_dtype
from ..errors import CnncalcError, Key, SpecError, SpecErrors
from ..num import product
from ..window import Spread, Window
from .arithmetic import added, function, together
from .messages import Refusals
from .registry import FAMILIES, OPERATIONS, Kinds
from .settings import LETTERS, REQUIRED, Choice, Flag, Kept, Setting, kept_setting
from .shape import ChannelsFirst, Shape, Weight, input_givens, shape_letters, slide, times
from .traits import Traits

if TYPE_CHECKING:
    from ..dependence import Reads
    from .arithmetic import Matrices

__all__ = ["COMMON", "FAMILIES", "HIDDEN", "KINDS", "OPERATIONS", "ChannelsFirst", "Kinds", "Layer", "Shape", "Spatial",
           "Weight", "input_givens", "shape_letters", "slide", "times"]

L = TypeVar("L", bound="Layer")

#: Every kind of layer by its name and aliases; a family is loaded when one of its kinds is asked for.
KINDS: Kinds[Layer] = Kinds()

# Settings that Keras takes in every layer.
COMMON: dict[str, Setting] = {}

#: Settings of Keras with the name of a rule: a layer holds them in `said` only.
HIDDEN = ("weights", "key")


class Layer(Traits, Refusals):
    """A kind of layer with its settings read and checked."""

    #: Where its kinds are found by name.
    registry: ClassVar[dict[str, type[Layer]]] = KINDS
    settings: ClassVar[dict[str, Setting]] = {}
    #: What makes two layers the same, but for their names; `None` where that is not known.
    key: tuple[object, ...] | None = None

    _standard: ClassVar[dict[str, object]] = {}
    _required: ClassVar[tuple[str, ...]] = ()

    if TYPE_CHECKING:
        name: str | None
        trainable: bool
        dtype: object

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
        cls.on_tensors = kind.startswith("ops.")
        cls.keras_class = keras_class or kind
        everything = {**cls.settings, **COMMON}
        cls._standard = {
            key: setting.standard(rank)
            for key, setting in everything.items()
            if setting.default is not REQUIRED and key not in HIDDEN
        }
        cls._required = tuple(k for k, s in cls.settings.items() if s.default is REQUIRED)
        for word in (kind, *aliases):
            assert word not in cls.registry, word
            cls.registry[word] = cls

    def __init__(self, /, **kwargs: object):
        values = vars(self)
        values.update(self._standard)
        problems: list[CnncalcError] = []
        said = values["said"] = {}
        for key, value in kwargs.items():
            try:
                said[key] = self.read_setting(key, value)
                if key not in HIDDEN:
                    values[key] = said[key]
            except CnncalcError as error:
                problems += error
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

    @classmethod
    def read_setting(cls, key: str, value: object) -> object:
        """What a setting becomes; errors for one that it does not have or that cannot be so."""
        setting = cls.settings.get(key) or COMMON.get(key)
        if setting is None:
            raise cls.unknown_setting(key, value)
        try:
            return setting.read(value, cls.rank)
        except CnncalcError as error:
            raise SpecErrors([SpecError(f"{key} {e.problem}", (key, *e.path), e.hint)
                              for e in error if isinstance(e, SpecError)]) from None

    @classmethod
    def takes(cls, name: str) -> bool:
        """Whether it has a setting of this name."""
        return name in cls.settings or name in COMMON

    @classmethod
    def unknown_setting(cls, name: str, value: object = None) -> SpecError:
        """The error for a setting that this kind does not have; `value` is what it was given."""
        from .setting_words import setting_hint

        meant = LETTERS.get(name)
        letters = [k for k, long in LETTERS.items() if long in cls.settings]
        hint = setting_hint(cls.takes, name, value, [*cls.settings, *COMMON, *letters])
        if hint is None and meant and meant not in cls.settings:
            return SpecError(f"has no setting {name!r} ({meant})", (Key(name),))
        if hint is None:
            plain = [k for k, s in cls.settings.items() if not isinstance(s, Kept)]
            hint = "it takes " + ", ".join(plain) if plain else "it has no settings"
        return SpecError(f"has no setting {name!r}", (Key(name),), hint)

    def _example(self, key: str) -> str | None:
        form = self.settings[key].form
        return None if form == "anything" else f"{key} is {form}"

    @staticmethod
    def is_kind(word: str) -> bool:
        """Whether there is a kind of this name."""
        return word in KINDS

    # What a kind may say of itself.

    def settle(self) -> None:
        """Check settings against each other, and work out those that follow from others."""

    def check(self, *xs: Shape) -> None:
        """Refuse inputs that the layer cannot take."""

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        """What slides along each spatial axis; `None` if nothing does."""
        return None

    def channels(self, x: Shape) -> int | None:
        """How many channels come out."""
        channels: int | None = x.channels
        return channels

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

    def batch_of(self, xs: tuple[Shape, ...]) -> int | None:
        """The size of the batch that it gives, where networks state one; `None` if it is not known."""
        return xs[0].batch if xs else None

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        """The shapes of all outputs; most layers have one."""
        return (self.output(*xs),)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        """The arrays it owns, in Keras's order."""
        return iter(())

    def uses(self, *xs: Shape) -> int | None:
        """At how many places each value of its kernels is multiplied with an input."""
        return None

    def macs(self, *xs: Shape) -> int | None:
        """Its multiply-adds for one example, without biases; `None` where a size is unknown.

        Unless a kind says more: every value of a kernel once for each place where it is used.
        """
        kernels = [w for w in self.weights(*xs) if w.name.endswith("kernel")]
        if not kernels:
            return 0
        used = self.uses(*xs)
        return added([product((*w.shape, used)) for w in kernels])

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        """What it computes besides its multiply-adds, by name (see arithmetic.OPERATIONS).

        Unless a kind says more: the bias, and the activation, of each output value.
        """
        if not xs:
            return {}
        n = product(self.output(*xs))
        bias = {"additions": n} if any([w.name.endswith("bias") for w in self.weights(*xs)]) else {}
        return together(bias, function(getattr(self, "activation", None), n))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        """How its output `y` depends on each input."""
        from ..dependence import Along, everything, placed, slid  # lazy: only receptive fields ask

        if self.sees == "place":
            return tuple([placed(x, y) for x in xs])
        if self.sees == "all":
            return tuple([everything(x) for x in xs])
        assert self.sees in ("window", "map"), f"{self.kind} does not define what its outputs depend on"
        x = xs[0]
        windows = self.windows(x)
        assert windows is not None, self.kind
        return (slid(x, windows, Along(x.channel_axis if self.sees == "window" else None)),)

    def reach(self, xs: tuple[Shape, ...], ys: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
        """How each of its outputs `ys` depends on each input."""
        from ..dependence import activated  # lazy: only receptive fields ask

        return (activated(self, ys[0], self.reads(self.viewed(ys)[0], *self.viewed(xs))),)

    def matrices(self, *xs: Shape) -> Iterator[Matrices]:
        """The products of matrices that a convolution can be computed as (counts.Matrices)."""
        return iter(())

    def counting(self, settings: dict[str, object], n: int) -> dict[str, object]:
        """Its settings so that they say that it has n outputs."""
        return settings

    def notes(self, *xs: Shape) -> Iterator[str]:
        """What a reader should know: above all, what Keras cannot build as written."""
        if self.not_keras:
            yield f"Keras cannot build it: {self.not_keras}"

    def remarks(self, *xs: Shape) -> Iterator[str]:
        """What the numbers do not say of themselves: a sentence for each rule that needs one."""
        from .remarks import of_windows  # lazy: only explain asks

        if self.remark:
            yield self.remark
        yield from of_windows(self.windows(xs[0]) if xs else None, xs[0] if xs else None, getattr(self, "padding", None))

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

    def declared(self, i: int) -> Shape | None:
        """The shape that it states for its input number i itself, if it does."""
        return None

    def viewed(self, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """The inputs as the rules of this layer take them."""
        return xs

    def owned(self, xs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        """The weights it makes when first called on `xs`, frozen ones as such."""
        weights = self.weights(*self.viewed(xs))
        if self.trainable or not self.freezes:
            return tuple(weights)
        return tuple([w._replace(trainable=False) for w in weights])

    def owned_apart(self, xs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        """The same with their dtype: inside another layer, whose dtype is not theirs."""
        dtype = "default" if self.dtype is None else variable_dtype(self.dtype)
        return tuple([w if w.dtype else w._replace(dtype=dtype) for w in self.owned(xs)])

    @property
    def states_trainable(self) -> bool:
        """Whether it states `trainable: true`, which also holds inside something frozen."""
        return self.said.get("trainable") is True

    @property
    def stays_trainable(self) -> bool:
        """Whether it or a layer inside states that."""
        return self.states_trainable or any([layer.stays_trainable for layer in self.sublayers()])

    def sublayers(self) -> Iterator[Layer]:
        """The layers and models that are its settings."""
        for key, setting in self.settings.items():
            if self.said.get(key) is not None:
                yield from setting.layers(self.said[key])

    def traced(self) -> Layer:
        """The same layer with its settings as givens: its rules then show their working."""
        return self.replaced(**{key: setting.traced(vars(self)[key]) for key, setting in self.settings.items() if key not in HIDDEN})

    def replaced(self: L, **values: object) -> L:
        """The same layer with other settings, or with a rule of its own in place of its class's."""
        twin = object.__new__(type(self))
        vars(twin).update(vars(self), **values)
        return twin

    @classmethod
    def first_names(cls, value: object) -> tuple[str, ...]:
        """The classes of the layers in it that are made, and named, before it."""
        return ()

    def arguments(self) -> dict[str, object]:
        """The settings that were given, as a file would say them."""
        every = {**self.settings, **COMMON}
        return {key: every[key].written(value) for key, value in self.said.items()}

    if TYPE_CHECKING:
        said: dict[str, Any]


class Spatial(Layer):
    """A layer that tells spatial axes and channels apart."""

    data_format: object = Choice(None, "channels_last", "channels_first")

    def view(self, x: Shape) -> Shape:
        return ChannelsFirst(x) if self.data_format == "channels_first" else Shape(x)

    def viewed(self, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        if self.data_format == "channels_first":
            return tuple([ChannelsFirst(x) for x in xs])
        return xs


class _Name(Setting):
    form = "a name"

    def read(self, value: object, rank: int | None) -> object:
        return value if value is None else str(value)


COMMON.update(
    name=_Name(None),
    trainable=Flag(True),
    dtype=Kept(None),
    autocast=Kept(True),
    activity_regularizer=Kept(None),
)
