"""The same values in another order or number: reshaping, padding, cropping, upsampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import SpecError, shown
from ..num import divides, exact_div, product
from ..window import REACH, Spread, Window
from .axis_settings import Pairs, PerAxis
from .base import Layer, Shape, Spatial, times
from .settings import Choice, Count, Setting, numbers_in, whole

if TYPE_CHECKING:
    from ..dependence import Reads


class Flatten(Spatial, kind="Flatten"):
    """All values in one row."""

    reshapes = True
    drawn_with = "reader"
    remark = "the same values in one row: nothing to learn, nothing to multiply"
    in_place = "view"
    data_format = Choice(None, "channels_last", "channels_first")

    def output(self, *xs: Shape) -> Shape:
        return Shape((product(xs[0]),))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Reindexed

        # Keras puts channels behind first, so that weights fit both data formats.
        return (Reindexed((*xs[0].spatial_axes, xs[0].channel_axis) if self.data_format == "channels_first" else None),)


class ListOf(Setting):
    """A list of whole numbers; with `open_ended`, nothing is one of them too."""

    def __init__(self, form: str, least: int, open_ended: bool = False):
        super().__init__()
        self.form, self.least, self.open_ended = form, least, open_ended

    def read(self, value: object, rank: int | None) -> object:
        value = numbers_in(value)
        if not isinstance(value, (list, tuple)):
            hint = f"in a list: [{value}]" if type(value) is int else None
            raise SpecError(f"must be {self.form} (got {shown(value)})", (), hint)
        if len(value) > 64:
            raise SpecError(f"has too many numbers (got {shown(value)})")
        return tuple([None if n is None and self.open_ended else whole(n, self.least, self.form) for n in value])


class Reshape(Layer, kind="Reshape"):
    """The same values in order, in another shape; -1 is the size that is left."""

    reshapes = True
    remark = "the same values in another shape: nothing to learn, nothing to multiply"
    in_place = "view"
    target_shape = ListOf("a list of sizes", -1, open_ended=True)
    takes_a_list = True

    def settle(self) -> None:
        if 0 in self.target_shape:
            raise SpecError(f"target_shape {shown(self.target_shape)} has a size of 0", ("target_shape",))
        if self.target_shape.count(-1) > 1:
            raise SpecError(f"target_shape {shown(self.target_shape)} has -1 more than once", ("target_shape",),
                            "only one size can be worked out from the others")

    def output(self, *xs: Shape) -> Shape:
        x, target = xs[0], self.target_shape
        if None in x or None in target:
            # Keras leaves the size open then, and checks nothing.
            return Shape([None if n == -1 else n for n in target])
        values, known = product(x), product([n for n in target if n != -1])
        assert values is not None
        assert known is not None
        if -1 not in target:
            if known != values:
                raise self.unequal(x, values, known)
            return Shape(target)
        if not divides(known, values):
            raise self.unequal(x, values, known)
        left = exact_div(values, known)
        return Shape([left if n == -1 else n for n in target])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Reindexed

        return (Reindexed(),)

    def unequal(self, x: Shape, values: int, known: int) -> SpecError:
        at = [i for i, n in enumerate(self.target_shape) if n == -1]
        if at:
            return SpecError(f"cannot reshape {x}: its {values} values do not divide by {known}", ("target_shape",))
        hint = None
        for i, n in enumerate(self.target_shape[::-1]):
            rest = known // n if n else 0
            if rest and divides(rest, values):
                fits = list(self.target_shape)
                fits[len(fits) - 1 - i] = values // rest
                hint = f"{fits} would hold them"
                break
        return SpecError(f"cannot reshape {x} to {Shape(self.target_shape)}: {values} values into {known}",
                         ("target_shape",), hint)


class Permute(Layer, kind="Permute"):
    """The axes in another order; they count from 1, without the batch."""

    dims = ListOf("a list of axes", 1)
    takes_a_list = True

    def settle(self) -> None:
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise SpecError(f"dims must be the axes 1 to {len(self.dims)} in some order (got {shown(self.dims)})",
                            ("dims",))

    def check(self, *xs: Shape) -> None:
        if len(xs[0]) != len(self.dims):
            raise SpecError(f"needs an input with {len(self.dims)} axes, got {xs[0]}", ("dims",),
                            f"dims lists all of them: {list(range(1, len(xs[0]) + 1))} in another order")

    def output(self, *xs: Shape) -> Shape:
        return Shape([xs[0][axis - 1] for axis in self.dims])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return (tuple([Along(self.dims.index(axis + 1)) for axis in range(len(xs[0]))]),)


class RepeatVector(Layer, kind="RepeatVector"):
    """A vector `n` times, as steps."""

    n = Count(symbol="n")

    def check(self, *xs: Shape) -> None:
        if len(xs[0]) != 1:
            raise SpecError(f"needs an input (features,), got {xs[0]}", (), "Flatten makes it one")

    def output(self, *xs: Shape) -> Shape:
        return Shape((self.n, *xs[0]))

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along

        return ((Along(1),),)


class ZeroPadding(Spatial):
    """Zeros around the map."""

    caption, drawn_with = "pad", "reader"
    sees = "window"

    remark = "zeros on both sides of each axis, and none among the channels"
    padding = Pairs(1)
    data_format = Choice(None, "channels_last", "channels_first")
    takes_a_list = True

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        return tuple([Window(1, padding=a + b, before=a) for a, b in self.padding])

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        sizes = [None if n is None else n + a + b for n, (a, b) in zip(x.spatial, self.padding)]
        return x.of(sizes, x.channels)


class ZeroPadding1D(ZeroPadding, kind="ZeroPadding1D", rank=1): ...


class ZeroPadding2D(ZeroPadding, kind="ZeroPadding2D", rank=2): ...


class ZeroPadding3D(ZeroPadding, kind="ZeroPadding3D", rank=3): ...


class Cropping(Layer):
    """The map without its edges; something must be left of it."""

    caption, drawn_with = "crop", "reader"
    sees = "window"

    cropping: Setting = Pairs(1)
    takes_a_list = True

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        return tuple([Window(1, padding=0 - a - b, before=0 - a) for a, b in self.cropping])

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        sizes = [None if n is None else n - a - b for n, (a, b) in zip(x.spatial, self.cropping)]
        if any(n is not None and n < 1 for n in sizes):
            taken = [a + b for a, b in self.cropping]
            its_input = f"its {times(x.spatial)} input" if len(x) > 2 else f"its input of {x.spatial[0]}"
            raise SpecError(f"nothing is left of {its_input}: cropping takes {times(taken)}", ("cropping",))
        return x.of(sizes, x.channels)


class Cropping1D(Cropping, kind="Cropping1D", rank=1): ...


class Cropping2D(Cropping, Spatial, kind="Cropping2D", rank=2):
    cropping = Pairs(0)
    data_format = Choice(None, "channels_last", "channels_first")


class Cropping3D(Cropping, Spatial, kind="Cropping3D", rank=3):
    cropping = Pairs(1)
    data_format = Choice(None, "channels_last", "channels_first")


def grown(x: Shape, size: tuple[int, ...]) -> Shape:
    """`x` with each spatial size `size` times."""
    return x.of([None if n is None else n * s for n, s in zip(x.spatial, size)], x.channels)


def _spread(size: int, interpolation: str) -> Spread:
    """Each pixel over the outputs that are worked out from it.

    Output `o` looks at the pixels less than `reach` away from (o + 1/2) / size − 1/2.
    """
    reach = REACH.get(interpolation, 0)
    if reach == 0 or size == 1:
        return Spread(size, size)
    taps = 2 * reach * size - int(size) % 2
    return Spread(taps, size, 1, taps - size, (2 * reach - 1) * size // 2)


class UpSampling1D(Layer, kind="UpSampling1D", rank=1):
    """Each step `size` times."""

    family, caption = "up", "upsampling"
    sees = "window"

    size = Count(2, symbol="s")

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        return (Spread(self.size, self.size),)

    def output(self, *xs: Shape) -> Shape:
        return grown(xs[0], (self.size,))


class UpSampling2D(Spatial, kind="UpSampling2D", rank=2):
    """Each pixel `size` times along each axis, or new ones in between."""

    family, caption = "up", "upsampling"
    size = PerAxis(2, symbol="s")
    data_format = Choice(None, "channels_last", "channels_first")
    interpolation = Choice("nearest", "nearest", *REACH)
    takes_a_list = True
    #: Whether Keras 2 wrote it.
    of_keras_2 = False

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        return tuple([_spread(s, self.interpolation) for s in self.size])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, slid
        from .resampling import resampled  # lazy: only receptive fields ask

        x = xs[0]
        taps = self.windows(x) if self.interpolation == "nearest" else [
            resampled(1, s, self.interpolation) for s in self.size]
        return (slid(x, taps or (), Along(x.channel_axis)),)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        """Each new pixel is the weighted sum of those around it; a copied one costs nothing."""
        if self.interpolation == "nearest":
            return {}
        taps = product([1 if s == 1 else 2 * REACH[self.interpolation] for s in self.size])
        n = product((*self.output(*xs), taps))
        return {"additions": n, "multiplications": n}

    def output(self, *xs: Shape) -> Shape:
        if self.of_keras_2 and None in xs[0].spatial:
            return xs[0].of((None, None), xs[0].channels)  # TensorFlow knows both sizes or none
        return grown(xs[0], self.size)


class UpSampling3D(Spatial, kind="UpSampling3D", rank=3):
    """Each pixel `size` times along each axis."""

    family, caption = "up", "upsampling"
    sees = "window"

    size = PerAxis(2, symbol="s")
    data_format = Choice(None, "channels_last", "channels_first")
    takes_a_list = True

    def windows(self, x: Shape) -> tuple[Window | Spread, ...] | None:
        return tuple([Spread(s, s) for s in self.size])

    def output(self, *xs: Shape) -> Shape:
        return grown(xs[0], self.size)
