"""What every kind of PyTorch's is: a layer whose settings, messages and axes are PyTorch's."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from ..errors import SpecError
from ..layers.base import ChannelsFirst, Layer, Shape, Weight
from ..layers.settings import Kept, Setting
from .registry import MODULES
from .shapes import Batched, NeedsBatch, Whole, bracketed, example, has_batch, lead, maps, symbolic, whole

if TYPE_CHECKING:
    from ..dependence import Along, Reads

T = TypeVar("T")


def refusal(problem: str, path: tuple[object, ...] = (), hint: str | None = None, torch: str | None = None) -> SpecError:
    """An error of ours with PyTorch's own message below, so that a search for that one finds it."""
    quoted = f"PyTorch: {torch}" if torch else None
    return SpecError(problem, path, "\n".join(filter(None, [hint, quoted])) or None)




class Module(Layer):
    """A module, function or method of PyTorch; its rules see all axes of a tensor, the batch included."""

    registry = MODULES
    framework = "pytorch"
    #: The parameters that are tensors, in order; one that begins with `*` is a list of them.
    tensors: ClassVar[tuple[str, ...]] = ("input",)
    #: The setting that takes the remaining positional arguments of a call: `view(*shape)`.
    rest: ClassVar[str | None] = None

    #: Whether its channels are the first axis after the batch, or the last; `None` where it leaves them as they are.
    channels_first: ClassVar[bool | None] = None

    #: Whether its outputs may share memory with other tensors.
    views: ClassVar[bool] = False
    #: Whether it keeps a single number for its window as it was given, where others make a tuple of it.
    keeps_number: ClassVar[bool] = False

    device = Kept(None)

    def sized(self, size: tuple[int, ...], x: Shape) -> Module:
        """The same, called on `x` with the size of its output."""
        return self

    def given_back(self, outputs: list[T], need_weights: object = True, **_: object) -> T | tuple[object, ...]:
        """What a call returns, of its outputs and its arguments by name: the only one, or all."""
        return outputs[0] if len(outputs) == 1 else tuple(outputs)

    def __init_subclass__(cls, kind: str = "", rank: int | None = None, aliases: tuple[str, ...] = (),
                          keras_class: str = "") -> None:
        fixed = [name for name in cls.settings if name in vars(cls) and not isinstance(vars(cls)[name], Setting)]
        if fixed:  # settings that this kind does not leave open
            cls.settings = {name: setting for name, setting in cls.settings.items() if name not in fixed}
        shown = kind.removeprefix("nn.")
        super().__init_subclass__(kind, rank, aliases, keras_class or shown)

    def viewed(self, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return tuple([whole(x) for x in xs])

    @property
    def kin(self) -> str:
        from .kin import KERAS

        return KERAS.get(self.kind, self.keras_class)

    def view(self, x: Shape) -> Shape:
        """The shape of one example with its channels where PyTorch has them: for letters in formulas."""
        if x.whole or self.channels_first is False or len(x) < 2:
            return x
        return ChannelsFirst(x)

    def channels_axis(self, y: tuple[int | None, ...], x: tuple[int | None, ...] | None, before: int | None) -> int | None:
        """Which axis of its output has the channels; `before` is that of its input `x`, if that has as many axes."""
        if self.channels_first is None:
            return before if x is not None else None if len(y) == 1 else 0
        return int(has_batch(y)) if self.channels_first else len(y) - 1

    def owned(self, xs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        """Its parameters, those that the program froze as such; none where another row has them."""
        values = vars(self)
        if values.get("borrowed"):
            return ()
        frozen, tied = values.get("frozen", ()), values.get("tied", ())
        return tuple([w._replace(trainable=False) if w.name in frozen else w for w in (*super().owned(xs), *values.get("more", ()))
                      if w.name not in tied])

    def apply(self, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        least, most = self.arity
        if len(xs) < least or (most is not None and len(xs) > most):
            raise self.wrong_arity(xs)
        xs = self.viewed(xs)
        self.check(*xs)
        if any([symbolic(n) for x in xs for n in x]) and self._parameters(xs, 2) != self._parameters(xs, 3):
            raise NeedsBatch("has as many parameters as the batch size says")
        return tuple([example(y) for y in self.outputs(*xs)])

    def _parameters(self, xs: tuple[Shape, ...], batch: int) -> list[tuple[object, ...]]:
        """The shapes of its parameters for a batch size."""
        numbered = [type(x)([n.numbered(batch) if symbolic(n) else n for n in x]) for x in xs]
        return [tuple(weight.shape) for weight in self.weights(*numbered)]

    def reach(self, xs: tuple[Shape, ...], ys: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
        """How each output depends on each input, by the axes that the graph's shapes have."""
        seen = self.viewed(xs)
        return tuple([
            tuple([_without_batch(read, x, y) for read, x in zip(self.reads_of(k, whole(y), *seen), xs)]) for k, y in enumerate(ys)
        ])

    def reads_of(self, number: int, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        """How one of several outputs depends on each input, all axes included."""
        return self.reads(y, *xs)


def _without_batch(read: Reads, x: Shape, y: Shape) -> Reads:
    """What is read, for shapes in which the batch was left out of the input, the output or both."""
    from ..dependence import Either, Reindexed, Through

    if read is None or (x.whole and y.whole):
        return read
    if isinstance(read, Either):
        return Either(tuple([_without_batch(way, x, y) for way in read.ways]))
    if isinstance(read, Reindexed):
        order = read.order
        return read if order is None or x.whole else Reindexed(tuple([axis - 1 for axis in order if axis]))
    if isinstance(read, Through):
        between = Whole(read.shape)
        middle = between if x.whole or y.whole else example(between)
        return Through(_without_batch(read.output, middle, y), tuple(middle), _without_batch(read.input, x, middle))
    kept = read if x.whole else read[1:]
    if y.whole:
        return tuple(kept)
    return tuple([a if a.axis is None else a._replace(axis=a.axis - 1) if a.axis else _whole_axis() for a in kept])


def _with_batch(read: Reads, batch: int | None) -> Reads:
    """What is read of one example, for shapes that include the batch."""
    from ..dependence import Along, Either, Reindexed, Through

    if read is None:
        return None
    if isinstance(read, Either):
        return Either(tuple([_with_batch(way, batch) for way in read.ways]))
    if isinstance(read, Reindexed):
        return read if read.order is None else Reindexed((0, *[axis + 1 for axis in read.order]))
    if isinstance(read, Through):
        return Through(_with_batch(read.output, batch), (batch, *read.shape), _with_batch(read.input, batch))
    return (Along(0), *[a if a.axis is None else a._replace(axis=a.axis + 1) for a in read])


def _whole_axis() -> Along:
    from ..dependence import Along

    return Along(None)


class Spatial(Module):
    """A module over feature maps of `rank` axes: (N, C, ...), or (C, ...) without a batch."""

    channels_first = True
    #: Whether PyTorch takes maps without a batch.
    unbatched: ClassVar[bool] = True

    def view(self, x: Shape) -> Shape:
        return self.viewed((x,))[0]

    def viewed(self, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        assert self.rank is not None
        return tuple([maps(x, self.rank) for x in xs])

    def apply(self, xs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        assert self.rank is not None
        for x in xs[: max(1, self.arity[0])]:
            axes = len(whole(x))
            if axes != self.rank + 2 and not (x.whole and self.unbatched and axes == self.rank + 1):
                raise self.wrong_rank(x)
        return super().apply(xs)

    def reach(self, xs: tuple[Shape, ...], ys: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
        seen = [ChannelsFirst(x[1:]) if type(x) is Batched else x for x in self.viewed(xs)]
        found = []
        for y in self.viewed(ys):
            if type(y) is Batched:
                found.append(tuple([_with_batch(read, y[0]) for read in self.reads(ChannelsFirst(y[1:]), *seen)]))
            else:
                found.append(self.reads(y, *seen))
        return tuple(found)

    def wrong_rank(self, x: Shape) -> SpecError:
        assert self.rank is not None
        full, form = whole(x), ("N", "C", *("DHW"[3 - self.rank:] if self.rank > 1 else "L"))
        hint = None
        if len(full) == 2:
            hint = "an earlier layer flattened the feature maps"
        elif len(full) == self.rank + 1:
            hint = f"unsqueeze(1) adds the missing channel axis: {Whole((full[0], 1, *full[1:]))}"
        else:
            other = self.kind.replace(f"{self.rank}d", f"{len(full) - 2}d")
            if other in MODULES.everything() and other != self.kind:
                hint = f"did you mean {other.removeprefix('nn.')}?"
        return refusal(f"needs an input ({', '.join(form)}), got {full}", (), hint, self.rank_message(full))

    def rank_message(self, x: Whole) -> str | None:
        """PyTorch's message for an input with too many or too few axes."""
        return None

    def places(self, x: Shape) -> tuple[int | None, ...]:
        """The batch, where the shape includes it, and the spatial sizes."""
        return (lead(x), *x.spatial) if type(x) is Batched else x.spatial


__all__ = ["Module", "Spatial", "bracketed", "refusal"]
