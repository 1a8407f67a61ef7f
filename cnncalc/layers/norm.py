"""Normalisation: values made comparable, and the weights that scale them again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import SpecError, shown
from ..num import exact_div, product
from .arithmetic import each
from .axis_settings import Axes, Axis
from .base import Layer, Shape, Weight
from .settings import Count, Flag, Kept, Number, Setting

if TYPE_CHECKING:
    from ..dependence import Reads


class AxesOrNone(Axes):
    """An axis or several; nothing for none, which makes one mean of everything."""

    def read(self, value: object, rank: int | None) -> object:
        return None if value is None else super().read(value, rank)


class BatchNormalization(Layer, kind="BatchNormalization"):
    """Mean and variance of every channel, over a batch: two weights learnt, two moving along."""

    keeps_mask = True
    takes_mask = True
    caption, drawn_with = "BN", "input"
    sees = "place"
    along_channels = True
    axis = Axis(-1)
    momentum = Number(0.99)
    epsilon = Number(0.001)
    center = Flag(True)
    scale = Flag(True)
    beta_initializer = Kept("zeros")
    gamma_initializer = Kept("ones")
    moving_mean_initializer = Kept("zeros")
    moving_variance_initializer = Kept("ones")
    beta_regularizer = Kept(None)
    gamma_regularizer = Kept(None)
    beta_constraint = Kept(None)
    gamma_constraint = Kept(None)
    renorm = Flag(False)
    renorm_clipping = Kept(None)
    renorm_momentum = Number(0.99)
    synchronized = Flag(False)

    def settle(self) -> None:
        if self.renorm and self.renorm_clipping:
            _check_clipping(self.renorm_clipping)

    def check(self, *xs: Shape) -> None:
        self.known_size(xs[0], self.axis)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        size = (self.known_size(xs[0], self.axis),)
        if self.scale:
            yield Weight("gamma", size)
        if self.center:
            yield Weight("beta", size)
        yield Weight("moving_mean", size, False)
        yield Weight("moving_variance", size, False)
        if self.renorm:
            yield Weight("moving_stddev", size, False)
            yield Weight("renorm_mean", size, False)
            yield Weight("renorm_stddev", size, False)

    def notes(self, *xs: Shape) -> Iterator[str]:
        yield from super().notes(*xs)
        if self.synchronized:
            yield "Keras builds it on TensorFlow only: synchronized"

    def remarks(self, *xs: Shape) -> Iterator[str]:
        yield from super().remarks(*xs)
        learnt = [name for name, there in (("gamma", self.scale), ("beta", self.center)) if there]
        many = ("two", "three", "four")[len(learnt)] if not self.renorm else "several"
        yield (f"{many} for each channel: " + (f"{' and '.join(learnt)} {'is' if len(learnt) == 1 else 'are'} trained, "
               if learnt else "") + "the moving mean and variance follow the data and are not trained")

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        """Less the mean, over the deviation, times gamma, plus beta; the last two as settings say."""
        n = product(xs[0])
        return each(n, additions=1 + self.center, multiplications=int(self.scale), divisions=1)


def _check_clipping(clipping: object) -> None:
    """Refuse limits of `renorm` that Keras does not know or that exclude each other."""
    names = ("rmax", "rmin", "dmax")
    if not isinstance(clipping, dict) or not set(clipping) <= set(names):
        raise SpecError(f"renorm_clipping must be a mapping of {', '.join(names)} (got {shown(clipping)})",
                        ("renorm_clipping",))
    rmax, rmin, dmax = [clipping.get(name) for name in names]
    if rmax is not None and rmin is not None and rmax < rmin:
        raise SpecError(f"rmax {shown(rmax)} must be at least rmin {shown(rmin)}", ("renorm_clipping", "rmax"))
    if dmax is not None and dmax < 0:
        raise SpecError(f"dmax must be at least 0 (got {shown(dmax)})", ("renorm_clipping", "dmax"))


class _OverAxes(Layer):
    """What normalises each example over one axis or several."""

    drawn_with = "input"
    axis: Setting

    def axes(self) -> tuple[int, ...]:
        """The axes in the order that Keras gives to the sizes of its weights."""
        return tuple(sorted(self.axis)) if isinstance(self.axis, tuple) else (self.axis,)

    def sizes(self, x: Shape) -> tuple[object, ...]:
        return tuple([self.known_size(x, axis) for axis in self.axes()])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import mixed

        return (mixed(xs[0], [self.axis_in(xs[0], axis) - 1 for axis in self.axes()]),)


def measured(x: Shape, center: bool, scale: bool) -> dict[str, int | None]:
    """Mean and variance of the values themselves, and what is done with them.

    Each value is added up, less the mean, squared, added up, and divided.
    """
    return each(product(x), additions=3 + center, multiplications=1 + scale, divisions=1)


class LayerNormalization(_OverAxes, kind="LayerNormalization"):
    """Mean and variance of each example over some axes; a weight per place along them."""

    keeps_mask = True
    caption = "LN"
    axis = Axes(-1)
    epsilon = Number(0.001)
    center = Flag(True)
    scale = Flag(True)
    beta_initializer = Kept("zeros")
    gamma_initializer = Kept("ones")
    beta_regularizer = Kept(None)
    gamma_regularizer = Kept(None)
    beta_constraint = Kept(None)
    gamma_constraint = Kept(None)
    #: Keras takes it, and writes it into its files, without naming it in its signature.
    rms_scaling = Flag(False)

    def check(self, *xs: Shape) -> None:
        for axis in self.axes():
            self.axis_in(xs[0], axis)
        list(self.weights(*xs))

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        if self.scale or self.rms_scaling:
            yield Weight("gamma", self.sizes(xs[0]))
        if self.center and not self.rms_scaling:
            yield Weight("beta", self.sizes(xs[0]))

    def remarks(self, *xs: Shape) -> Iterator[str]:
        yield from super().remarks(*xs)
        if len(list(self.weights(*xs))) > 1:
            yield "gamma and beta for each place along the axis; no moving averages, every example is measured by itself"

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        if self.rms_scaling:  # by the variance, as Keras has it, and without taking off the mean
            return measured(xs[0], False, True)
        return measured(xs[0], self.center, self.scale)


class RMSNormalization(_OverAxes, kind="RMSNormalization"):
    """Root mean square of each example over some axes."""

    axis = Axes(-1)
    epsilon = Number(1e-6)

    def check(self, *xs: Shape) -> None:
        self.sizes(xs[0])

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        yield Weight("scale", self.sizes(xs[0]))

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        """Squared, added up, divided, scaled."""
        return each(product(xs[0]), additions=1, multiplications=2, divisions=1)


class UnitNormalization(_OverAxes, kind="UnitNormalization"):
    """Each example to length 1 along some axes."""

    keeps_mask = True
    axis = Axes(-1)

    def check(self, *xs: Shape) -> None:
        for axis in self.axes():
            self.axis_in(xs[0], axis)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        """Squared, added up, divided."""
        return each(product(xs[0]), additions=1, multiplications=1, divisions=1)


class GroupNormalization(Layer, kind="GroupNormalization"):
    """Mean and variance of each group of channels; `groups` -1 makes each channel one."""

    keeps_mask = True
    caption, drawn_with = "GN", "input"
    groups = Count(32, symbol="g", least=-1)
    axis = Axis(-1)
    epsilon = Number(0.001)
    center = Flag(True)
    scale = Flag(True)
    beta_initializer = Kept("zeros")
    gamma_initializer = Kept("ones")
    beta_regularizer = Kept(None)
    gamma_regularizer = Kept(None)
    beta_constraint = Kept(None)
    gamma_constraint = Kept(None)

    def settle(self) -> None:
        if self.groups == 0:
            raise SpecError("groups must be at least 1, or -1 for a group per channel (got 0)", ("groups",))

    def check(self, *xs: Shape) -> None:
        n = self.known_size(xs[0], self.axis)
        if self.groups != -1:
            self.must_divide("groups", n, "channels" if self.axis in (-1, len(xs[0])) else f"sizes of axis {self.axis}")

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, blocks

        x, own = xs[0], self.axis_in(xs[0], self.axis) - 1
        size = 1 if self.groups == -1 else exact_div(x[own], self.groups)
        group = Along(own, blocks(size, size), True)
        return (tuple([group if i == own else Along(i, None, True) for i in range(len(x))]),)

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        size = (self.known_size(xs[0], self.axis),)
        if self.scale:
            yield Weight("gamma", size)
        if self.center:
            yield Weight("beta", size)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return measured(xs[0], self.center, self.scale)


class Values(Setting):
    """A number, or numbers nested in lists of equal lengths."""

    form = "a number or a list of numbers"

    def read(self, value: object, rank: int | None) -> object:
        if value is None and self.default is None:
            return None
        if lengths(value) is None:
            raise SpecError(f"must be {self.form} (got {shown(value)})")
        return value


def lengths(value: object) -> tuple[int, ...] | None:
    """The sizes of nested lists of numbers; `None` if they are ragged or hold something else."""
    if not isinstance(value, (list, tuple)):
        return () if type(value) in (int, float) else None
    inside = {lengths(item) for item in value}
    if None in inside or len(inside) > 1:
        return None
    return (len(value), *(inside.pop() or () if inside else ()))


class Normalization(Layer, kind="Normalization"):
    """Mean 0 and variance 1 along some axes, measured once from data or given here."""

    keeps_mask = True
    sees = "place"
    #: The dtype of the number of examples that have been measured.
    counter = "int32"
    axis = AxesOrNone(-1)
    mean = Values(None)
    variance = Values(None)
    invert = Flag(False)

    def settle(self) -> None:
        if (self.mean is None) != (self.variance is None):
            missing = "mean" if self.mean is None else "variance"
            raise SpecError(f"needs {missing} too: mean and variance are given together", ())
        if self.mean is not None and lengths(self.mean) != lengths(self.variance):
            raise SpecError("mean and variance must have the same number of values "
                            f"(got {shown(self.mean)} and {shown(self.variance)})", ("variance",))
        if self.mean is not None and len(lengths(self.mean) or ()) > len(self.axes()):
            raise SpecError(f"mean is nested {len(lengths(self.mean) or ())} deep, deeper than the number of axes, "
                            f"{len(self.axes())}", ("mean",))

    def axes(self) -> tuple[int, ...]:
        if self.axis is None:
            return ()
        return self.axis if isinstance(self.axis, tuple) else (self.axis,)

    def check(self, *xs: Shape) -> None:
        places = sorted([self.axis_in(xs[0], axis) for axis in self.axes()])
        sizes = [self.known_size(xs[0], place) for place in places]
        for place, size in zip(places, sizes):
            if self.mean is None and places.count(place) > 1 and size != 1:
                raise SpecError(f"names axis {place} more than once", ("axis",))
        if self.mean is None:
            return
        for place, size, given in zip(places[::-1], sizes[::-1], (lengths(self.mean) or ())[::-1]):
            if given not in (1, size):
                raise SpecError(f"mean has {given} numbers for axis {place}, which has {size}", ("mean",))

    def weights(self, *xs: Shape) -> Iterator[Weight]:
        if self.mean is not None:
            return
        size = tuple([self.known_size(xs[0], place)
                      for place in sorted([self.axis_in(xs[0], axis) for axis in self.axes()])])
        yield Weight("mean", size, False)
        yield Weight("variance", size, False)
        yield Weight("count", (), False, self.counter)

    def operations(self, *xs: Shape) -> dict[str, int | None]:
        return each(product(xs[0]), additions=1, **{"multiplications" if self.invert else "divisions": 1})
