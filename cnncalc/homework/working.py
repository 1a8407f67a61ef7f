"""The right line and the wrong line of an answer, both worked out by the layer itself."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..errors import CnncalcError
from ..layers import Shape
from ..layers.base import shape_letters
from ..num import Line, Num, derivation, given, number
from ..window import Field
from .correct_values import CorrectValues
from .correct_values import seen as through
from .layer_run import LayerRun
from .mistake_values import Cause
from .mistakes import FieldMistake
from .report import Mark


class Lines(NamedTuple):
    """The last lines of two workings: what was asked, and what the mistake makes of it."""

    right: tuple[Line, ...]
    wrong: tuple[Line, ...]

    @property
    def numbers(self) -> str:
        """The wrong working in numbers only: (5 × 5 + 1) × 100 = 2,600."""
        return "; ".join([f"{line.numbers} = {number(line.value)}" if line.numbers != number(line.value) else number(line.value)
                          for line in self.wrong])


def lines_of(verdict: Mark, cause: Cause, facts: CorrectValues) -> Lines | None:
    """How the right value comes about and how the claimed one did; `None` where no layer says it."""
    if cause.source is None or len(verdict.cell.steps) != 1:
        return None
    run, change = cause.source
    truth = facts.runs[verdict.cell.steps[0]]
    if truth is None:
        return None
    quantity = verdict.cell.quantity
    if quantity in ("receptive_field", "jump"):
        return _fields(verdict, change(run), facts)
    try:
        right = _value(truth.traced(), quantity, facts)
        changed = change(run.traced())
        wrong = _value(changed, quantity, facts) if isinstance(changed, LayerRun) else changed
    except CnncalcError:
        return None
    if right is None or wrong is None:
        return None
    if isinstance(right, Shape):
        found = _sizes(right, wrong)
        return None if found is None else Lines(found.right, _without(found.wrong, found.right))
    if isinstance(right, tuple):
        return None
    return Lines(_last(right, _name(quantity)), _last(wrong, _name(quantity)))


def _last(value: int, name: str) -> tuple[Line, ...]:
    """The line of a number itself, without those of what goes into it."""
    return tuple(derivation(value, name)[-1:])


def _without(lines: tuple[Line, ...], shown: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines that differ."""
    return tuple([line for line in lines if line not in shown])


def _fields(verdict: Mark, made: Any, facts: CorrectValues) -> Lines | None:
    """Of receptive fields: `made` is the mistake and the field that it goes on from."""
    i = verdict.cell.steps[0]
    before, run = facts.before(i), facts.runs[i]
    if before is None or run is None or not run.xs:
        return None
    sight, mistaken = made
    right, wrong = _seen(run, before[0], FieldMistake("", "", through)), _seen(run, mistaken, sight)
    if right is None or wrong is None:
        return None
    jump = verdict.cell.quantity == "jump"
    name = "j'" if jump else "r'"
    return Lines(_last(right.jump if jump else right.size, name), _last(wrong.jump if jump else wrong.size, name))


def _seen(run: LayerRun, before: Field, sight: FieldMistake) -> Field | None:
    traced = run.traced()
    windows = traced.windows()
    if not windows:
        return None
    return sight.through(Field(given(before.size, "r"), given(before.jump, "j"), None), windows[0], traced)


def right_lines(verdict: Mark, facts: CorrectValues) -> tuple[Line, ...]:
    """How the right value comes about."""
    if len(verdict.cell.steps) != 1:
        return ()
    run = facts.runs[verdict.cell.steps[0]]
    if verdict.cell.quantity in ("receptive_field", "jump"):
        before = facts.before(verdict.cell.steps[0])
        behind = None if before is None or run is None or not run.xs else _seen(run, before[0], FieldMistake("", "", through))
        if behind is None:
            return ()
        return _last(behind.jump, "j'") if verdict.cell.quantity == "jump" else _last(behind.size, "r'")
    try:
        right = None if run is None else _value(run.traced(), verdict.cell.quantity, facts)
    except CnncalcError:
        return ()
    if isinstance(right, Shape):
        return tuple([line for n, s in zip(right, shape_letters(right)) if type(n) is Num for line in derivation(n, f"{s}'")])
    return () if right is None or isinstance(right, tuple) else _last(right, _name(verdict.cell.quantity))


def _value(run: LayerRun, quantity: str, facts: CorrectValues) -> Any:
    return run.value(quantity, facts.settings)


def _name(quantity: str) -> str:
    return {"macs": "MACs", "flops": "FLOPs", "activations": "values", "memory": "bytes"}.get(quantity, quantity)


def _sizes(right: Shape, wrong: object) -> Lines | None:
    """Of the sizes that differ."""
    if not isinstance(wrong, Shape) or len(wrong) != len(right):
        return None
    letters = [f"{s}'" for s in shape_letters(right)]
    differ = [i for i, (a, b) in enumerate(zip(right, wrong)) if a != b and a is not None and b is not None]
    if len(differ) == 2 and _alike(right, wrong, *differ):
        differ = differ[:1]  # the other side goes the same way
    return Lines(tuple([line for i in differ for line in derivation(right[i], letters[i])]),
                 tuple([line for i in differ for line in derivation(wrong[i], letters[i])]))


def _alike(right: Shape, wrong: Shape, a: int, b: int) -> bool:
    return bool(right[a] == right[b] and wrong[a] == wrong[b])
