"""What many kinds of layers refuse, in the same words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from ..errors import SpecError
from ..num import divides
from ..window import Spread, Window
from .shape import ChannelsFirst, Shape, ceil_half, channels_come_first, times


def got(xs: tuple[Shape, ...]) -> str:
    """How many inputs there are, and the first of them."""
    return f"got {len(xs)}: {', '.join(map(str, xs[:4]))}{', ...' if len(xs) > 4 else ''}" if xs else "got none"


class Refusals:
    """The errors of a layer that are not its kind's own."""

    if TYPE_CHECKING:
        kind: ClassVar[str]
        settings: ClassVar[Mapping[str, object]]
        rank: ClassVar[int | None]
        arity: tuple[int, int | None]

        def view(self, x: Shape) -> Shape: ...

        @staticmethod
        def is_kind(word: str) -> bool: ...

    def must_divide(self, setting: str, n: int | None, what: str) -> None:
        """Refuse a setting that does not divide `n`, which is `what`."""
        value = getattr(self, setting)
        if n is not None and not divides(value, n):
            fits = [str(d) for d in range(1, min(n, 64) + 1) if divides(d, n)]
            raise SpecError(f"{setting} {value} does not divide the {n} {what}", (setting,),
                            f"{n} divides by " + ", ".join(fits))

    def must_know(self, n: int | None, what: str) -> int:
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

    def known_size(self, x: Shape, axis: int, setting: str = "axis") -> int:
        """The size along an axis of Keras's; SpecError if there is none."""
        place = self.axis_in(x, axis, setting)
        if place == 0 and x.batch is None:
            raise SpecError(f"{setting} {axis} is the batch, which has no size here", (setting,),
                            f"axes go from 1, the first of {x}, to {len(x)}; -1 is the last" if x else None)
        return self.must_know(x.full[place], f"size along axis {axis}")

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
            hint = "name it: inputs: a" if most == 1 else "name them: inputs: [a, b], or put 'parallel' before it"
        return SpecError(f"takes {many}, {got(xs)}", (), hint)

    def wrong_rank(self, x: Shape) -> SpecError:
        assert self.rank is not None
        form = ("(steps, channels)", "(height, width, channels)", "(depth, height, width, channels)")
        hints = []
        first = isinstance(self.view(x), ChannelsFirst)
        if len(x) == 1:
            hints.append("an earlier layer flattened the feature maps; or put a Reshape here")
        elif len(x) == self.rank and None not in x:
            with_channel = [1, *x] if first else [*x, 1]
            hints.append(f"a Reshape to {with_channel} adds a channel")
        elif len(x) == self.rank + 2:
            hints.append(f"sizes are written without the batch: {Shape(x[1:])}")
        other = self.kind.replace(f"{self.rank}D", f"{len(x) - 1}D")
        if other != self.kind and self.is_kind(other):
            hints.append(f"{other} takes {form[len(x) - 2]}")
        hint = "; ".join(hints) or None
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
        if not isinstance(x, ChannelsFirst) and channels_come_first(x):
            return SpecError(f"{words} does not fit {its_input} (padding {said})", (setting,),
                             "read as height, width, channels; for PyTorch's order write data_format: channels_first")
        modes = getattr(self.settings.get("padding"), "modes", ())
        if modes:
            missing = max(ceil_half(s - n) for s, n in zip(short, x.spatial) if n is not None and s > n)
            or_same = " (or 'same')" if "same" in modes else ""
            hint += f". Padding {missing}{or_same if mode == 'valid' else ' more on each side'} would fit."
        return SpecError(f"{words} does not fit {its_input} (padding {said})", (setting,), hint)
