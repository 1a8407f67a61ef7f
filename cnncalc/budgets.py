"""Limits that a network must keep: parameters, MACs, memory, receptive field; and the largest batch that fits."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from .analysis import Trace
from .cost import Cost
from .errors import SpecError, did_you_mean, shown
from .layers.arithmetic import added

#: What a budget can limit, and whether it is in bytes.
QUANTITIES = {
    "params": False, "trainable-params": False, "macs": False, "flops": False, "memory": True, "inference-memory": True,
    "weights": True, "field": False,
}
SCALES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "b": 10**9, "t": 10**12}
BYTES = {
    "": 1, "b": 1, **{f"{letter}b": 1000**i for i, letter in enumerate("kmgt", 1)},
    **{f"{letter}ib": 1024**i for i, letter in enumerate("kmgt", 1)}, **{letter: 1000**i for i, letter in enumerate("kmgt", 1)},
}
LARGEST_BATCH = 10**9


class Budget(NamedTuple):
    """A limit as it was written: `params=25M`."""

    quantity: str
    limit: int
    #: Whether it is the most; otherwise it is the least.
    maximum: bool
    text: str


class Outcome(NamedTuple):
    """A budget and the value it is about; `at_least` says that the value is a lower bound."""

    budget: Budget
    value: int | None
    at_least: bool

    @property
    def verdict(self) -> str:
        """`kept`, `broken`, or `undecided`."""
        limit = self.budget.limit
        if self.value is None:
            return "undecided"
        inside = self.value <= limit if self.budget.maximum else self.value >= limit
        if not self.at_least or inside != self.budget.maximum:
            return "kept" if inside else "broken"
        return "undecided"


def amount(text: str, in_bytes: bool) -> int:
    """`25M`, `1.5G`, `8GB`, `512MiB` as a whole number; SpecError for anything else. M is 10^6, MiB is 2^20."""
    match = re.fullmatch(r"([0-9]{1,15}(?:[,_][0-9]{3})*(?:\.[0-9]{1,9})?)\s*([a-zA-Z]*)", text.strip())
    units = BYTES if in_bytes else SCALES
    if match is None or match[2].lower() not in units:
        form = "8GB or 512MiB" if in_bytes else "25M or 1.5G"
        raise SpecError(f"{shown(text)} is not an amount such as {form}")
    return int(Fraction(match[1].replace(",", "").replace("_", "")) * units[match[2].lower()])


def budget(text: str, maximum: bool) -> Budget:
    """The budget that `NAME=AMOUNT` spells."""
    name, sign, value = text.partition("=")
    name = name.strip().lower().replace("_", "-")
    if not sign or not value.strip():
        raise SpecError(f"{shown(text)} is not a budget such as params=25M")
    if name not in QUANTITIES:
        raise SpecError(f"there is no budget {shown(name)}", (), did_you_mean(name, QUANTITIES) or "there are " + ", ".join(QUANTITIES))
    return Budget(name, amount(value, QUANTITIES[name]), maximum, value.strip())


def outcomes(trace: Trace, budgets: list[Budget], batch: int = 1, dtype: str | None = None, optimizer: str = "sgd") -> list[Outcome]:
    """Each budget with the network's value; memory is for a batch, and for training unless it is `inference-memory`."""
    if any(one.quantity in ("macs", "flops", "memory", "inference-memory", "weights") for one in budgets):
        found: Cost | None = Cost(trace, batch, dtype, optimizer)
    else:
        found = None
    return [Outcome(one, *_value(trace, one.quantity, found)) for one in budgets]


def _value(trace: Trace, quantity: str, found: Cost | None) -> tuple[int | None, bool]:
    """The value, and whether the real one may be larger."""
    open_ended = is_open(trace)
    if quantity == "field":
        return smaller_side(trace), False
    if quantity in ("params", "trainable-params"):
        return (trace.params if quantity == "params" else trace.trainable_params), open_ended
    assert found is not None
    if quantity in ("macs", "flops"):
        each = 2 if quantity == "flops" else 1
        # For one example, as papers report them.
        known = [row.macs for row in found.rows if row.depth == 0]
        return each * sum(n for n in known if n is not None) // found.batch, open_ended or None in known
    if quantity == "weights":
        return found.weight_bytes, open_ended
    if quantity == "inference-memory":
        parts: list[int | None] = [found.weight_bytes, found.inference.peak_activations]
    else:
        parts = list(found.training)
        if parts[0] is None:
            return None, False
    return sum(n for n in parts if n is not None), open_ended or None in parts


def is_open(trace: Trace) -> bool:
    """Whether the totals are only lower bounds, because a layer's own numbers are not known."""
    return bool(trace.at_least)


def smaller_side(trace: Trace) -> int | None:
    """The smaller side of the last layer's receptive field; `None` where it is not known."""
    from .receptive_field.unknown_sizes import layers_of

    layers = layers_of(trace)
    axes = [axis for field in layers[-1].fields for axis in field.axes] if layers else []
    sizes = [axis.size for axis in axes if axis.size is not None]
    return min(sizes) if sizes and len(sizes) == len(axes) else None


def largest_batches(found: Cost, room: int) -> tuple[int | None, int | None]:
    """The largest batch that fits into so many bytes, for training and for inference.

    0 if not even one example fits; `None` where the memory is not known.
    """
    def inference(batch: int) -> int | None:
        peak = found.run.peak(batch)[0]
        return None if peak is None else found.weight_bytes + peak

    kept = (*found.run.kept(), *range(found.run.inputs))

    def training(batch: int) -> int | None:
        return added([*found.training[:3], *[found.run.bytes(m, batch) for m in kept]])

    return _largest(training, room), _largest(inference, room)


def _largest(memory: Callable[[int], int | None], room: int) -> int | None:
    def fits(batch: int) -> bool:
        needed = memory(batch)
        return needed is not None and needed <= room

    if memory(1) is None:
        return None
    low, high = 0, 1
    while high <= LARGEST_BATCH and fits(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if fits(middle):
            low = middle
        else:
            high = middle
    return low
