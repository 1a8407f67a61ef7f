"""Other ways to count: the harmless ones that a sheet may choose, and those that a teacher must accept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product as combinations
from typing import Any, NamedTuple

from ..errors import SpecError, did_you_mean
from .compare import BYTES, Match
from .layer_run import Settings
from .sheet import Cell

COUNTS = ("params", "trainable_params", "weight_memory", "inference_memory", "training_memory")
SIZED = ("output", "input", "activations", "memory", *COUNTS, "weights", "biases", "macs", "flops", "inference_memory", "training_memory")


class Convention(NamedTuple):
    """Another way to count: `option` accepts it; it gives the key's setting another value.

    A harmless one is inferred where at least `evidence` independent answers show it.
    """

    name: str
    option: str
    words: str
    setting: str
    value: Any
    quantities: tuple[str, ...]
    evidence: int = 0

    def applied(self, settings: Settings) -> Settings:
        return settings._replace(**{self.setting: self.value})


CONVENTIONS = (
    Convention("MB-vs-MiB", "mib", "a megabyte is a power of two", "binary", True, BYTES, 1),
    Convention("channel-order", "channels-first", "shapes list the channels first", "order", "channels_first", ("output", "input"), 1),
    Convention("MACs-vs-FLOPs", "macs", "FLOPs are counted as MACs: a multiply-add is one operation", "work", "macs", ("flops",), 2),
    Convention("MACs-vs-FLOPs", "flops", "MACs are counted as FLOPs: a multiply-add is two operations", "work", "flops", ("macs",)),
    Convention("MB-vs-MiB", "mb", "a megabyte is a power of ten", "binary", False, BYTES),
    Convention("channel-order", "channels-last", "shapes list the channels last", "order", "channels_last", ("output", "input")),
    Convention("h-w-swapped", "width-first", "sizes are width by height", "sides", "wh", ("output", "input")),
    Convention("forgot-bias", "no-biases", "biases are not counted as parameters", "biases", False, COUNTS),
    Convention("bias-counted-when-excluded", "biases", "biases are counted as parameters", "biases", True, COUNTS),
    Convention("BN-2C-vs-4C", "bn-2", "batch normalization has two parameters per channel: no moving averages", "bn", "2C", COUNTS),
    Convention("BN-2C-vs-4C", "bn-4", "batch normalization has four parameters per channel", "bn", "4C", COUNTS),
    Convention("ceil-or-round-instead-of-floor", "ceil", "sizes are rounded up", "rounding", "ceil", SIZED),
    Convention("ceil-or-round-instead-of-floor", "floor", "sizes are rounded down", "rounding", "floor", SIZED),
    Convention("non-integer handling", "non-integer", "a size that is not an integer stays a fraction, or is refused",
               "fractions", True, ("output",)),
)
BY_OPTION = {c.option: c for c in CONVENTIONS}
_SPELLINGS = {"no-bias": "no-biases", "without-biases": "no-biases", "weights-only": "no-biases", "forgot-bias": "no-biases", "bias": "biases",
              "bn-2c": "bn-2", "bn2": "bn-2", "bn2c": "bn-2", "bn-2c-vs-4c": "bn-2", "bn-4c": "bn-4", "bn4": "bn-4", "bn4c": "bn-4",
              "ceil-mode": "ceil", "rounding-up": "ceil", "ceil-or-round-instead-of-floor": "ceil", "macs-vs-flops": "macs",
              "mb-vs-mib": "mib", "channel-order": "channels-first", "h-w-swapped": "width-first",
              "fractions": "non-integer", "non-integer-handling": "non-integer"}


def accepted_conventions(words: Iterable[str]) -> tuple[Convention, ...]:
    """The conventions named in a list such as `no-biases,bn-2`; SpecError for an unknown one."""
    found: list[Convention] = []
    for word in [part for text in words for part in str(text).replace(";", ",").split(",")]:
        name = word.strip().lower().replace("_", "-").replace(" ", "-")
        if not name:
            continue
        convention = BY_OPTION.get(_SPELLINGS.get(name, name))
        if convention is None:
            raise SpecError(f"no convention named {word.strip()!r}", (), did_you_mean(name, BY_OPTION) or "conventions are "
                            + ", ".join(BY_OPTION))
        if convention not in found:
            found.append(convention)
    return tuple(found)


def readings(quantity: str, settings: Settings, accepted: Iterable[Convention]) -> list[tuple[Settings, tuple[Convention, ...]]]:
    """The keys that the accepted conventions add for a quantity, those with the fewest changes first."""
    concerned = [c for c in accepted if quantity in c.quantities and getattr(settings, c.setting) != c.value]
    found: list[tuple[Settings, tuple[Convention, ...]]] = []
    for chosen in combinations((False, True), repeat=min(len(concerned), 6)):
        taken = tuple([c for c, take in zip(concerned, chosen) if take])
        changed = settings
        for convention in taken:
            changed = convention.applied(changed)
        if taken and changed not in [s for s, _ in found]:
            found.append((changed, taken))
    return sorted(found, key=lambda pair: len(pair[1]))


def inferred(cells: Iterable[Cell], settings: Settings, matched: Callable[[Cell, Settings], Match | None]) -> list[Convention]:
    """The harmless conventions that a sheet uses consistently and its headings leave open."""
    cells = [cell for cell in cells if not cell.claim.empty and not cell.claim.nothing]
    present = {cell.quantity for cell in cells}
    found = []
    for convention in CONVENTIONS:
        if not convention.evidence or getattr(settings, convention.setting) is not None:
            continue
        if convention.setting == "work" and "macs" in present:
            continue  # a sheet with a column for each tells them apart
        changed = convention.applied(settings)
        evidence: set[object] = set()
        for cell in cells:
            if cell.quantity in convention.quantities:
                before, after = matched(cell, settings), matched(cell, changed)
                if before is not None and after is None:
                    break  # this answer is right without it
                if before is None and after is not None and (len(cell.steps) == 1 or convention.evidence == 1):
                    evidence.add(cell.claim.text)
        else:
            if len(evidence) >= convention.evidence:
                found.append(convention)
                settings = changed
    return found
