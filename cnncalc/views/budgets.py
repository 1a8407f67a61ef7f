"""Budgets: each limit with the network's value; and the largest batch that fits."""

from __future__ import annotations

from ..analysis import Trace
from ..budgets import QUANTITIES, Outcome
from ..cost import Cost
from .report import Column, Lines, Notes, Part, Records, Report, Table

STYLES: dict[str, str | None] = {"kept": "green", "broken": "red", "undecided": "magenta"}
WORDS = {"kept": "kept", "broken": "broken", "undecided": "cannot be decided"}


def bytes_text(n: int) -> str:
    """Bytes in units of 1000, as budgets count them."""
    for power, unit in ((3, "GB"), (2, "MB"), (1, "kB")):
        if n >= 1000**power:
            return f"{n / 1000**power:,.2f} {unit}"
    return f"{n} B"


def value_text(outcome: Outcome) -> str:
    """The value as the table shows it; `≥` before a lower bound."""
    if outcome.value is None:
        return "?"
    text = bytes_text(outcome.value) if QUANTITIES[outcome.budget.quantity] else f"{outcome.value:,}"
    return f"≥ {text}" if outcome.at_least else text


COLUMNS = (
    Column("quantity", "Budget", lambda one: one.budget.quantity, meaning="what is limited"),
    Column("value", "Value", value_text, right=True, meaning="the network's value; ≥ where a layer's own is not known"),
    Column("limit", "Limit", lambda one: f"{'at most' if one.budget.maximum else 'at least'} {one.budget.text}"),
    Column("verdict", "Verdict", lambda one: WORDS[one.verdict]),
)
KEYS = ("quantity", "value", "at_least", "bound", "limit", "verdict")


def _row(one: Outcome) -> dict[str, object]:
    return {"quantity": one.budget.quantity, "value": one.value, "at_least": one.at_least,
            "bound": "max" if one.budget.maximum else "min", "limit": one.budget.limit, "verdict": one.verdict}


def report(trace: Trace, found: list[Outcome], conditions: str) -> Report:
    """The budgets of one network; `conditions` names the batch, dtype and optimizer of its memory."""
    rows = [_row(one) for one in found]

    def parts() -> list[Part]:
        shown: list[Part] = [Table.of(COLUMNS, found, trace.graph.name, styles=[STYLES[one.verdict] for one in found])]
        if any(QUANTITIES[one.budget.quantity] for one in found):
            shown.append(Notes([f"memory: {conditions}"]))
        return shown

    return Report(trace.graph.name, lambda: {"schema": "cnncalc/budgets/1", "name": trace.graph.name, "conditions": conditions, "budgets": rows},
                  parts, lambda: Records(list(KEYS), [list(row.values()) for row in rows]))


def fit_report(found: Cost, room: int, training: int | None, inference: int | None) -> Report:
    """The largest batches that fit."""
    name = found.trace.graph.name
    rows = [("training", training), ("inference", inference)]
    data = {"schema": "cnncalc/fit/1", "name": name, "bytes": room, "dtype": found.dtype, "optimizer": found.optimizer,
            "training": training, "inference": inference}

    def line(use: str, batch: int | None) -> str:
        more = f" ({found.optimizer})" if use == "training" else ""
        if batch is None:
            return f"{use}{more}: the memory is not known"
        return f"{use}{more}: " + (f"a batch of {batch:,}" if batch else "not even a batch of 1 fits")

    return Report(name, lambda: data, lambda: [Lines([f"{name}: largest batch in {bytes_text(room)}, {found.dtype}"], "bold"),
                                               Lines([f"  {line(*row)}" for row in rows], tight=True)],
                  lambda: Records(["use", "batch"], [list(row) for row in rows]))
