"""einops' patterns: `b c (h p1) (w p2) -> b (h w) (p1 p2 c)`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..layers.base import Shape
from ..num import product
from .base import Module, refusal
from .settings import Anything
from .shapes import Batch, Whole

if TYPE_CHECKING:
    from ..dependence import Reads

_PARTS = re.compile(r"\([^()]*\)|\.\.\.|\S+")


class Rearrange(Module, kind="Rearrange"):
    """Axes by name, split, joined, moved, repeated or summed up."""

    pattern = Anything()
    sizes = Anything(())

    def sides(self, x: Shape) -> tuple[list[list[str]], list[list[str]], dict[str, int | None]]:
        """For each axis of the input and of the output the names that it is made of, and the size of each name."""
        left, right = [_PARTS.findall(side) for side in str(self.pattern).partition("->")[::2]]
        known: dict[str, int | None] = dict(self.sizes)
        rest = [f"...{i}" for i in range(len(x) - len(left) + 1)]
        if "..." in left:
            left[left.index("..."):left.index("...") + 1] = rest
        if len(left) != len(x):
            raise refusal(f"pattern {self.pattern!r} has {len(left)} axes, and its input {x} has {len(x)}", ("pattern",))
        before = [part.strip("()").split() for part in left]
        for names, part, n in zip(before, left, x):
            known.update({name: int(name) for name in names if name.isdigit()})
            open_ = [name for name in names if name not in known]
            given = product([known[name] for name in names if name in known]) or 1
            if len(open_) == 1:
                if n is not None and not isinstance(n, Batch) and n % given:
                    raise refusal(f"axis {part} of {x} does not divide: {n} by {given}", ("pattern",), None,
                                  f"Shape mismatch, can't divide axis of length {n} in chunks of {given}")
                known[open_[0]] = n / given if isinstance(n, Batch) else None if n is None else n // given
            elif not open_ and n is not None and n != given:
                raise refusal(f"axis {part} of {x} is {n}, and the pattern makes it {given}", ("pattern",))
        after: list[list[str]] = []
        for part in right:
            names = [name for word in part.strip("()").split() for name in (rest if word == "..." else [word])]
            after += [[name] for name in rest] if part == "..." else [names]
        known.update({name: int(name) for names in after for name in names if name.isdigit()})
        return before, after, known

    def output(self, *xs: Shape) -> Shape:
        _, after, known = self.sides(xs[0])
        return Whole([product([known.get(name) for name in names]) for names in after])

    def reads(self, y: Shape, *xs: Shape) -> tuple[Reads, ...]:
        from ..dependence import Along, Reindexed, Through

        before, after, known = self.sides(xs[0])
        first, last = [[name for names in side for name in names] for side in (before, after)]
        # The input with every name as an axis; the same in the output's order, where what is new is repeated; then joined.
        named = Through(tuple([Along(last.index(name) if name in last else None) for name in first]),
                        tuple([known[name] for name in first]), Reindexed())
        return (Through(Reindexed(), tuple([known[name] for name in last]), named),)
