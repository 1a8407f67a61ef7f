"""How much a report tells: from right and wrong up to the right numbers with their working.

Below `key` nothing may reveal the right value of an answer that is wrong or missing. Words of rules and
mistakes have no numbers; a line with numbers is left out where one of them is such a value.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, NamedTuple

from ..layers import Shape
from ..num import Line, product
from .correct_values import CorrectValues
from .mistake_values import Cause
from .report import RIGHT, Mark, Report
from .working import lines_of, right_lines

LEVELS = ("marks", "rule", "cause", "line", "key")

#: The question behind each rule, for a student to review.
_SIZE = "how often does the window fit, with its stride and padding?"
_PLACES = "how many numbers does the layer output?"
_FIELD = "how many pixels does each window add, and how large are its steps?"
RULES = {
    ("params", "conv"): "what does one filter look at, and what does it add?",
    ("params", "dense"): "what does one unit read, and what does it add?",
    ("params", "pool"): "what does this layer learn?",
    ("params", "norm"): "which numbers does it keep for each channel?",
    ("params", ""): "which weights does this layer have, and of what shape?",
    ("biases", ""): "how many biases does a layer have?",
    ("output", "conv"): _SIZE, ("output", "pool"): _SIZE,
    ("output", "dense"): "how many units are there?",
    ("output", ""): "what does this layer do to each axis?",
    ("input", ""): "what is the output of the previous layer?",
    ("activations", ""): _PLACES, ("memory", ""): _PLACES[:-1] + ", and how large is each?",
    ("macs", ""): "how many products does one output need, and how many outputs are there?",
    ("receptive_field", ""): _FIELD, ("jump", ""): "which strides came before?", ("coverage", ""): _FIELD,
    ("kernel", ""): "what does the layer declare?",
}
_LIKE = {"weights": "params", "trainable_params": "params", "non_trainable_params": "params", "weight_memory": "params",
         "inference_memory": "memory", "training_memory": "memory", "flops": "macs", "stride": "kernel", "padding": "kernel"}


#: The constants of formulas in letters, which tell nothing.
CONSTANTS = ("1", "2", "4")


class Explanation(NamedTuple):
    """One mistake behind an answer, as far as a level tells it."""

    name: str
    words: str
    #: The formula the student used, in letters, and the difference to the right one.
    letters: str = ""
    difference: str = ""
    #: With numbers: the student's own line.
    working: str = ""
    right_letters: str = ""
    detail: str = ""
    wrong: tuple[str, ...] = ()
    right: tuple[str, ...] = ()


class Feedback:
    """What one report tells at a level."""

    def __init__(self, report: Report, correct: CorrectValues, level: str):
        self.report, self.correct, self.level = report, correct, level
        self._rank = LEVELS.index(level)
        self._secrets: frozenset[str] | None = None

    def tells(self, level: str) -> bool:
        return self._rank >= LEVELS.index(level)

    @property
    def secrets(self) -> frozenset[str]:
        """The right values, and their parts, of answers that are not right: as digits."""
        if self._secrets is None:
            self._secrets = frozenset() if self.tells("key") else frozenset(
                [digits for m in self.report.marks if m.status not in RIGHT for digits in _digits(m)])
        return self._secrets

    def safe(self, text: str, constants: tuple[str, ...] = ()) -> str:
        """The text, or nothing if it has a number that it must not tell."""
        numbers = [n.replace(",", "") for n in re.findall(r"\d[\d,]*", text)]
        return "" if any([n in self.secrets and n not in constants for n in numbers]) else text

    def rule(self, mark: Mark) -> str:
        """The rule to review for a wrong or missing answer."""
        if not self.tells("rule") or mark.status in RIGHT:
            return ""
        quantity = _LIKE.get(mark.cell.quantity, mark.cell.quantity)
        words = RULES.get((quantity, _sort(mark, self.correct))) or RULES.get((quantity, ""), "")
        return "" if mark.status == "carried" else words

    def explanations(self, mark: Mark) -> list[Explanation]:
        """The mistakes behind an answer, best first."""
        if not self.tells("cause"):
            return []
        return [self._explanation(mark, cause) for cause in mark.causes]

    def _explanation(self, mark: Mark, cause: Cause) -> Explanation:
        lines = lines_of(mark, cause, self.correct) if mark.status == "wrong" else None
        detail = cause.detail if self.tells("key") else ""
        if lines is None:
            return Explanation(cause.name, cause.words, detail=detail)
        wrong, right = _letters(lines.wrong), _letters(lines.right)
        told = Explanation(cause.name, cause.words, self.safe(wrong, CONSTANTS) if wrong != right else "",
                           _difference(right, wrong) if wrong else "", detail=detail)
        if self.tells("line"):
            told = told._replace(working=self.safe(lines.numbers), right_letters=self.safe(right, CONSTANTS))
        if self.tells("key"):
            told = told._replace(wrong=tuple(map(str, lines.wrong)), right=tuple(map(str, lines.right)))
        return told

    def right_lines(self, mark: Mark) -> list[str]:
        """The working of the right value, at `key`."""
        return [str(line) for line in right_lines(mark, self.correct)] if self.tells("key") else []


def _digits(mark: Mark) -> list[str]:
    """The numbers in a right value that the claim does not have."""
    claimed = {n.replace(",", "") for n in re.findall(r"\d[\d,]*", mark.cell.claim.text)}
    value = mark.expected
    if isinstance(value, Shape):
        parts: list[Any] = [*value, product(value) if None not in value else None]
    elif isinstance(value, tuple):
        parts = [*value, product(value)]
    elif isinstance(value, Fraction) and value.denominator > 1:
        parts = [value.numerator, value.denominator]
    else:
        parts = [value]
    found = [str(int(part)) for part in parts if part is not None]
    return [digits for digits in found if digits not in claimed] if isinstance(value, Shape) else found


def _sort(mark: Mark, correct: CorrectValues) -> str:
    kind = correct.trace.steps[mark.cell.steps[0]].kind if len(mark.cell.steps) == 1 else ""
    for word, name in (("Conv", "conv"), ("Pool", "pool"), ("Dense", "dense"), ("Normalization", "norm")):
        if word in kind:
            return name
    return ""


def _letters(lines: tuple[Line, ...]) -> str:
    """The formulas of lines in letters; nothing for a line without letters."""
    found = [line.formula for line in lines if re.search(r"[^\W\d_]", line.formula)]
    return "; ".join(dict.fromkeys(found)) if len(found) == len(lines) else ""


def _difference(right: str, wrong: str) -> str:
    """The difference of two formulas, in words."""
    if not right or right == wrong:
        return ""
    times, plus = (right.count(sign) - wrong.count(sign) for sign in ("×", "+"))
    if times and not plus:
        return "a factor is missing" if times > 0 else "there is a factor too many"
    if plus and not times:
        return "a term is missing" if plus > 0 else "there is a term too many"
    return ""


