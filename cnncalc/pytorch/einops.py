"""einops' patterns: `b c (h p1) (w p2) -> b (h w) (p1 p2 c)`."""

from __future__ import annotations

import re
from typing import Any

from ..layers.base import Shape
from ..num import product
from .base import Module, refusal
from .settings import Anything
from .shapes import Batch, Whole

_PARTS = re.compile(r"\([^()]*\)|\.\.\.|\S+")


class Rearrange(Module, kind="Rearrange"):
    """Axes by name, split, joined, moved, repeated or summed up."""

    sees = "all"
    pattern = Anything()
    sizes = Anything(())

    def output(self, *xs: Shape) -> Shape:
        x = xs[0]
        left, _, right = str(self.pattern).partition("->")
        known: dict[str, Any] = dict(self.sizes)
        parts = _PARTS.findall(left)
        rest: tuple[Any, ...] = ()
        if "..." in parts:
            at = parts.index("...")
            many = len(x) - len(parts) + 1
            rest = tuple(x[at:at + many])
            parts[at:at + 1] = [f"...{i}" for i in range(many)]
        if len(parts) != len(x):
            raise refusal(f"pattern {self.pattern!r} has {len(parts)} axes, and its input {x} has {len(x)}", ("pattern",))
        for part, n in zip(parts, x):
            names = part.strip("()").split()
            open_ = [name for name in names if name not in known and not name.isdigit()]
            given = product([known[name] if name in known else int(name) for name in names if name not in open_]) or 1
            if len(open_) == 1:
                share = n / given if isinstance(n, Batch) else None if n is None else n // given
                if n is not None and not isinstance(n, Batch) and n % given:
                    raise refusal(f"axis {part} of {x} does not divide: {n} by {given}", ("pattern",), None,
                                  f"Shape mismatch, can't divide axis of length {n} in chunks of {given}")
                known[open_[0]] = share
            elif not open_ and n is not None and n != given:
                raise refusal(f"axis {part} of {x} is {n}, and the pattern makes it {given}", ("pattern",))
        sizes: list[Any] = []
        for part in _PARTS.findall(right):
            if part == "...":
                sizes += rest
            else:
                sizes.append(product([int(name) if name.isdigit() else known.get(name) for name in part.strip("()").split()]))
        return Whole(sizes)
