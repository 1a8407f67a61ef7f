"""Layers that make one map of several: value by value, one behind the other, or as products."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from ..errors import SpecError, shown
from ..num import product
from .arithmetic import added, each
from .axis_settings import Axes, Axis
from .base import Layer, Shape
from .settings import Flag

if TYPE_CHECKING:
    from ..dependence import Reads


class Merge(Layer):
    """The same operation on every place of all inputs.

    As Keras does it, an axis of size 1 is repeated, missing axes in front count as such,
    and an unknown size makes an unknown one, whatever stands against it.
    """

    sees = "place"
    family = "merge"
    arity: tuple[int, int | None] = (1, None)
    #: What is done with each input after the first.
    joins: ClassVar[str | None] = None
    remark = "value by value, so the inputs must be alike: nothing to learn"

    def output(self, *xs: Shape) -> Shape:
        result = xs[0]
        for x in xs[1:]:
            result = self.together(result, x, xs)
        return result

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return each(product(self.output(*xs)), **{self.joins: len(xs) - 1}) if self.joins else {}

    def batch_of(self, xs: tuple[Shape, ...]) -> int | None:
        if len(xs) < 2:
            return super().batch_of(xs)
        known = {x.batch for x in xs if x.batch is not None}
        return known.pop() if len(known) == 1 else None

    def together(self, a: Shape, b: Shape, xs: tuple[Shape, ...]) -> Shape:
        if len(a) < len(b):
            a, b = b, a
        sizes = list(a[: len(a) - len(b)])
        for m, n in zip(a[len(sizes):], b):
            if m is None or n is None:
                sizes.append(None)
            elif m == 1:
                sizes.append(n)
            elif n == 1 or m == n:
                sizes.append(m)
            else:
                raise self.unlike(xs, len(sizes), m, n)
        return Shape(sizes)

    def unlike(self, xs: tuple[Shape, ...], place: int, m: int, n: int) -> SpecError:
        """The error for inputs that differ along the axis at `place`."""
        same_rank = len(set(map(len, xs))) == 1
        hint = None
        if same_rank and place == len(xs[0]) - 1 and len(xs[0]) > 1:
            hint = (f"a convolution with kernel_size 1 and {max(m, n)} filters makes the channels alike"
                    if not self.along_channels else None)
        elif same_rank and len(xs[0]) > 1:
            hint = "padding 'same' keeps the size; strides and pooling must be the same in all branches"
        return SpecError(f"its inputs {listed(xs)} differ in axis {place + 1}: {m} and {n}", (), hint)


def listed(xs: tuple[Shape, ...]) -> str:
    """Shapes as a list in a sentence."""
    words = [str(x) for x in xs[:6]] + ["..."] * (len(xs) > 6)
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


class Add(Merge, kind="Add"):
    sign = "+"
    joins = "additions"


class Multiply(Merge, kind="Multiply"):
    sign = "×"
    joins = "multiplications"


class Average(Merge, kind="Average"):
    sign = "avg"
    joins = "additions"

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return {**super().operations(*xs), "divisions": product(self.output(*xs))}


class Maximum(Merge, kind="Maximum"):
    sign = "max"
    joins = "comparisons"


class Minimum(Merge, kind="Minimum"):
    sign = "min"
    joins = "comparisons"


class Subtract(Merge, kind="Subtract"):
    """The first less the second."""

    sign = "−"
    arity = (2, 2)
    joins = "additions"


class Concatenate(Merge, kind="Concatenate"):
    """One behind the other along an axis; along the others they are alike."""

    remark = "joined along the axis: its sizes add up, and nothing is learned"
    along_channels = True
    caption = "concat"
    axis = Axis(-1)

    def output(self, *xs: Shape) -> Shape:
        places = [self.axis_in(x, self.axis) - 1 for x in xs]
        if len(set(map(len, xs))) > 1:
            raise SpecError(f"its inputs {listed(xs)} have different numbers of axes", (),
                            "Flatten, or a Reshape, makes them alike")
        place = places[0]
        for at in range(len(xs[0])):
            known = [x[at] for x in xs if at != place and x[at] is not None]
            for n in known[1:]:
                if n != known[0]:
                    raise self.unlike(xs, at, known[0], n)
        if place < 0:
            return xs[0]  # along the batch
        total = xs[0][place]
        for x in xs[1:]:
            total = None if total is None or x[place] is None else total + x[place]
        # Keras takes the other sizes from the first input, unknown ones too.
        return Shape((*xs[0][:place], total, *xs[0][place + 1:]))

    def batch_of(self, xs: tuple[Shape, ...]) -> int | None:
        batches = [x.batch for x in xs]
        if self.axis_in(xs[0], self.axis) != 0:
            return batches[0]
        known = [batch for batch in batches if batch is not None]
        return sum(known) if len(known) == len(xs) else None

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, Taps

        place, found, start = self.axis_in(xs[0], self.axis) - 1, [], 0
        for x in xs:
            part = Along(place, Taps((range(0 - start, 1 - start),), bounded=True))
            found.append(tuple([part if i == place else Along(i) for i in range(len(x))]))
            start += 0 if place < 0 else x[place]
        return tuple(found)

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        if xs and self.axis_in(xs[0], self.axis) == 0:
            yield "it joins examples, not values: axis 0 is the batch"


class TwoAxes(Axes):
    """One axis for both inputs, or a list with one for each."""

    form = "an axis, or a list of two"

    def read(self, value: object, rank: int | None) -> object:
        if isinstance(value, (list, tuple)) and len(value) != 2:
            raise SpecError(f"must be {self.form} (got {shown(value)})")
        return super().read(value, rank)


class Dot(Layer, kind="Dot"):
    """Products of the vectors along an axis of each input, with each other."""

    family = "merge"
    axes = TwoAxes()
    normalize = Flag(False)
    arity = (2, 2)

    def places(self, *xs: Shape) -> list[int]:
        """The axis of each input, counted from the batch."""
        if isinstance(self.axes, tuple):
            return [self.axis_in(x, axis, "axes") for x, axis in zip(xs, self.axes)]
        if self.axes < 0:  # Keras counts round and round.
            return [self.axes % (len(x) + 1) for x in xs]
        return [self.axis_in(x, self.axes, "axes") for x in xs]

    def output(self, *xs: Shape) -> Shape:
        a, b = self.places(*xs)
        if a == 0 or b == 0:
            raise SpecError(f"axes {shown(self.axes)} means the batch", ("axes",),
                            "axes count from the batch: 1 is the first of an example, -1 the last")
        m, n = xs[0][a - 1], xs[1][b - 1]
        if m != n:
            raise SpecError(f"multiplies axis {a} of {xs[0]} with axis {b} of {xs[1]}, which differ: "
                            f"{_size(m)} and {_size(n)}", ("axes",))
        rest = (*xs[0][: a - 1], *xs[0][a:], *xs[1][: b - 1], *xs[1][b:])
        return Shape(rest or (1,))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        a, b = self.places(*xs)
        places = iter(range(len(y)))
        return tuple([tuple([Along(None if i == axis - 1 else next(places)) for i in range(len(x))])
                      for x, axis in zip(xs, (a, b))])

    def macs(self, *xs: Shape) -> int | None:
        """The axis in common, once for every value that comes out."""
        return product((*self.output(*xs), xs[0][self.places(*xs)[0] - 1]))

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        """To length 1 first, if asked for: squared, added up, divided."""
        n = added([product(x) for x in xs])
        return each(n, multiplications=1, additions=1, divisions=1) if self.normalize else {}


def _size(n: int | None) -> str:
    return "unknown" if n is None else str(n)
