"""What was graded, and its values as the reports of `check` write them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from ..homework.compare import BYTES
from ..homework.feedback import Feedback
from ..homework.grader import Grader
from ..homework.report import Mark, Report, Scoring
from ..homework.sheet import Key
from ..layers import Shape

QUANTITIES = {"params": "parameters", "macs": "MACs", "flops": "FLOPs", "receptive_field": "receptive field",
              "trainable_params": "trainable parameters", "non_trainable_params": "non-trainable parameters",
              "weight_memory": "memory of the weights", "inference_memory": "inference memory",
              "training_memory": "training memory"}


class Failed(NamedTuple):
    """A sheet that could not be read, and why."""

    name: str
    problem: str


class Class(NamedTuple):
    """Graded sheets, with what is needed to report on them."""

    grader: Grader
    found: list[Report | Failed]
    scoring: Scoring
    level: str

    @property
    def reports(self) -> list[Report]:
        return [one for one in self.found if isinstance(one, Report)]

    def feedback(self, report: Report) -> Feedback:
        return Feedback(report, self.grader.correct(report.settings), self.level)

    def label(self, key: Key) -> str:
        return "+".join([self.grader.trace.steps[i].name for i in key[0]]) or "total"

    @property
    def tells_causes(self) -> bool:
        return self.level not in ("marks", "rule")


def value_text(value: Any, quantity: str = "", like: str = "") -> str:
    """A right value, in the form that the student used where there are several."""
    if value is None:
        return "?"
    if isinstance(value, Shape):
        sizes = ["?" if n is None else str(n) for n in value]
        opening = like.strip()[:1]
        return f"{opening}{', '.join(sizes)}{')' if opening == '(' else ']'}" if opening in ("(", "[") else "x".join(sizes)
    if isinstance(value, tuple):
        return str(value[0]) if len(set(value)) == 1 else "x".join(map(str, value))
    if quantity == "coverage":
        return f"{float(Fraction(value) * 100):.4g}%"
    unit = like.strip().lower()
    for word, size in (("kib", 2**10), ("mib", 2**20), ("gib", 2**30), ("kb", 10**3), ("mb", 10**6), ("gb", 10**9)):
        if quantity in BYTES and unit.endswith(word):
            return f"{value / size:,.4g} {like.strip()[-len(word):]}"
    return f"{value:,}" + " bytes" * (quantity in BYTES) if isinstance(value, int) else str(value)


def json_value(value: object) -> object:
    if isinstance(value, tuple):
        sizes = [json_value(n) for n in value]
        return sizes if isinstance(value, Shape) or len(set(value)) > 1 else sizes[0]
    if isinstance(value, Fraction):
        return str(value) if value.denominator > 1 else int(value)
    return int(value) if isinstance(value, int) else value


def points_text(points: float) -> str:
    return f"{points:.6g}"


def quantity_of(mark: Mark) -> str:
    return QUANTITIES.get(mark.cell.quantity, mark.cell.quantity)
