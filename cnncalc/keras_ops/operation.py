"""Operations on tensors, which stand in a network like layers without weights: `a + b`, `keras.ops.mean(x)`.

A kind is called `ops.` and the class that Keras shows, such as ops.Add. Its settings are the
arguments of the function in keras.ops. Those that may be tensors are its inputs, in their order; a
constant in place of one is given as a setting: `ops.Subtract: {x1: 1}` is 1 - x.

Sizes are worked out as keras.ops does it, which is not in all cases what layers do, with the
batch in front: a result that no longer has it there is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from ..dependence import Along, Either, Reads, Reindexed, Taps, Through, placed, table
from ..errors import SpecError, nearest, shown
from ..layers.arithmetic import OPERATIONS, SIGNS, each, function
from ..layers.base import KINDS, Layer, Shape
from ..layers.settings import Kept, Setting
from ..layers.shape import BatchShape, Full
from ..num import product
from .settings import in_lists

#: Numbers that a constant may have.
LARGEST_CONSTANT = 1_000_000


class Operand(Setting):
    """A constant in place of an input: a number, lists of numbers, or an array as Keras writes it."""

    form = "a number or a list of numbers"

    def __init__(self) -> None:
        super().__init__(None)

    def read(self, value: object, rank: int | None) -> object:
        if value is not None:
            constant_shape(value)
        return value

    def written(self, value: object) -> object:
        return value


def constant_shape(value: object) -> Full:
    """The shape of a constant; SpecError if it has none."""
    if isinstance(value, dict):
        lists = in_lists(value)
        if lists is value:
            raise SpecError(f"must be {Operand.form} (got {shown(value)})")
        value = lists
    shape: list[int] = []
    level: list[object] = [value]
    while len(rows := [item for item in level if isinstance(item, (list, tuple))]) == len(level) > 0:
        if len({len(row) for row in rows}) > 1 or len(shape) > 32:
            raise SpecError(f"has lists of different lengths (got {shown(value)})")
        shape.append(len(rows[0]))
        level = [inner for row in rows for inner in row]
        if len(level) > LARGEST_CONSTANT:
            raise SpecError(f"has more than {LARGEST_CONSTANT:,} numbers")
    if any(type(item) not in (int, float, bool) for item in level):
        raise SpecError(f"must be {Operand.form} (got {shown(value)})")
    return tuple(shape)


class Operation(Layer):
    """What all of them share."""

    #: Where Keras has its class: keras.src.ops, or keras.src.activations for two of them.
    module: ClassVar[str] = "ops.numpy"
    #: The arguments that may be tensors.
    operands: ClassVar[tuple[str, ...]] = ("x",)
    #: How many of the last of them may be left out.
    optional: ClassVar[int] = 0
    #: Whether the only argument is a list of tensors, or any number of them one by one.
    takes_list: ClassVar[bool] = False
    takes_many: ClassVar[bool] = False
    #: Whether sizes of 1 in one argument are repeated to those of another, the batch too.
    stretches: ClassVar[bool] = False
    of_whole_tensors = True
    named_settings = True
    #: What Keras calls its arguments, where that is another name.
    spellings: ClassVar[dict[str, str]] = {}
    #: An activation, whose cost it has, or an elementary operation of each value.
    counted: ClassVar[str | None] = None

    def depends(self, k: int, y: Full, shapes: Sequence[Full]) -> list[Reads]:
        """What output `k`, of shape `y`, reads of each argument; here each value those at its place."""
        return [None if x is None else placed(x, y) for x in shapes]

    def __init_subclass__(cls, kind: str = "") -> None:
        word = kind.removeprefix("ops.")
        super().__init_subclass__(kind=f"ops.{word}" if word else "", keras_class=word)

    def settle(self) -> None:
        if self.takes_list or self.takes_many:
            self.arity = (1, None)
            return
        free = [name for name in self.operands if getattr(self, name) is None]
        if not free:
            raise SpecError("needs an input: all its arguments are constants")
        first = self.operands[: len(self.operands) - self.optional]
        self.arity = (max(1, len([name for name in first if name in free])), len(free))

    def given(self, xs: tuple[Shape, ...]) -> Iterator[Any]:
        """The shape of each argument, the batch in front; `None` for one that is left out."""
        if self.takes_list or self.takes_many:
            yield from [x.full for x in xs]
            return
        waiting = iter(xs)
        for name in self.operands:
            value = getattr(self, name)
            if value is not None:
                yield constant_shape(value)
            else:
                x = next(waiting, None)
                yield None if x is None else x.full

    def results_of(self, *shapes: Full) -> tuple[Full, ...]:
        """The shapes of all outputs, the batch in front."""
        return (self.result(*shapes),)

    def result(self, *shapes: Full) -> Full:
        """The shape of its output, the batch in front."""
        raise NotImplementedError

    def outputs(self, *xs: Shape) -> tuple[Shape, ...]:
        made = self.example if not any([type(x) is BatchShape for x in xs]) else BatchShape.of_tensor
        return tuple([made(full) for full in self.results_of(*self.given(xs))])

    def output(self, *xs: Shape) -> Shape:
        return self.outputs(*xs)[0]

    def reach(self, xs: tuple[Shape, ...], ys: tuple[Shape, ...]) -> tuple[tuple[Reads, ...], ...]:
        shapes = list(self.given(xs))
        inputs = range(len(shapes)) if self.takes_list or self.takes_many else [
            i for i, (name, full) in enumerate(zip(self.operands, shapes)) if getattr(self, name) is None and full is not None]
        found = []
        for k, y in enumerate(ys):
            depends = self.depends(k, (None, *y), shapes)
            found.append(tuple([_of_example(depends[i]) for i in inputs]))
        return tuple(found)

    def example(self, full: Full) -> Shape:
        if not full or full[0] is not None:
            raise SpecError(f"gives {Shape(full)}, where the batch is no longer the first axis", (),
                            "the following layers cannot be computed for one example")
        return Shape(full[1:])

    def place(self, full: Full, axis: object, setting: str = "axis", more: int = 0) -> int:
        """Which axis is meant, counted from the batch, which is 0."""
        rank = len(full) + more
        if type(axis) is not int:
            raise SpecError(f"{setting} must be a whole number (got {shown(axis)})", (setting,))
        if not -rank <= axis < rank:
            raise SpecError(f"{setting} {axis} does not exist in its input {Shape(full)}", (setting,),
                            f"axes go from 0, the batch, to {rank - 1}; -1 is the last")
        return axis if axis >= 0 else axis + rank

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        n = product(self.output(*xs))
        if self.counted in OPERATIONS:
            return each(n, **{self.counted: 1})
        return function(self.counted, n)

    def without(self, full: Full, axis: object, keepdims: bool, setting: str = "axis") -> Full:
        """The shape with some axes, or all, reduced to one value."""
        places = range(len(full)) if axis is None else self.axes_of(full, axis, setting)
        if keepdims:
            return tuple([1 if i in places else n for i, n in enumerate(full)])
        return tuple([n for i, n in enumerate(full) if i not in places])

    def axes_of(self, full: Full, axis: object, setting: str = "axis", more: int = 0) -> list[int]:
        axes = axis if isinstance(axis, tuple) else (axis,)
        places = [self.place(full, a, setting, more) for a in axes]
        if len(set(places)) < len(places):
            raise SpecError(f"{setting} names an axis twice (got {shown(list(axes))})", (setting,))
        return places

    def or_flat(self, full: Full, axis: object) -> Full:
        """`full`, or its values along one axis where none is named."""
        if axis is None:
            return (None,)
        self.axes_of(full, axis)
        return full


def _of_example(reads: Reads) -> Reads:
    """The same without the batch."""
    if isinstance(reads, Either):
        return Either(tuple(map(_of_example, reads.ways)))
    if isinstance(reads, Through):
        return Through(_of_example(reads.output), reads.shape[1:], _of_example(reads.input))
    if reads is None or isinstance(reads, Reindexed):
        return reads
    return tuple([a._replace(axis=a.axis - 1 if a.axis else None) for a in reads[1:]])


def operation_kind(word: str) -> type[Operation]:
    """The kind of an operation by its name without `ops.`; KeyError if there is none."""
    kind = KINDS[f"ops.{word}"]
    assert issubclass(kind, Operation)
    return kind


def near(name: str) -> str | None:
    """The hint for an operation that is not known."""
    known = [kind.removeprefix("ops.") for kind in KINDS.everything() if kind.startswith("ops.")]
    close = nearest(name, known)
    return f"did you mean {close!r}?" if close else None


def make(names: str, base: type[Operation], module: str, counted: str | None = None, **settings: object) -> None:
    """A kind for each name, with settings that change no number unless they are a `Setting`."""
    for name in names.split():
        fields = {key: value if isinstance(value, Setting) else Kept(value) for key, value in settings.items()}
        type(name, (base,), {"__doc__": base.__doc__, "__module__": base.__module__, "module": module,
                             "counted": counted, "sign": SIGNS.get(name.lower(), ""), **fields}, kind=name)


def gathered(places: list[int], n: int) -> Taps:
    """One input for each output."""
    return table([range(i, i + 1) for i in places], n)


def ordered(order: Sequence[int]) -> tuple[Along, ...]:
    """What is read where the axes change places; `order` has for each axis of the output that of the input."""
    return tuple([Along(order.index(i)) for i in range(len(order))])


def along(x: Full, place: int, there: Along) -> tuple[Along, ...]:
    """Every value reads its own place; along one axis, what `there` says."""
    return tuple([there if i == place else Along(i) for i in range(len(x))])
