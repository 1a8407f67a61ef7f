"""The questions that a sheet is graded on: they set the maximum score, not the answers given."""

from __future__ import annotations

from typing import NamedTuple

from ..layers import InputLayer
from .correct_values import CorrectValues
from .sheet import Key, Sheet

#: Kinds of layers whose rows are optional unless the sheet has one of the kind.
OPTIONAL = {
    "activation": ("Activation", "ReLU", "Softmax", "ELU", "LeakyReLU", "PReLU"),
    "dropout": ("Dropout", "Gaussian", "ActivityRegularization"),
    "normalization": ("Normalization",),
}
#: Counts that may be left blank where they are 0.
COUNTS = ("params", "trainable_params", "non_trainable_params", "weights", "biases", "weight_memory", "macs", "flops")
FIELDS = ("receptive_field", "jump", "coverage")
OF_INPUTS = ("output", "activations", "memory")


class Question(NamedTuple):
    """One cell that is asked for: of steps (none for the whole network), with its points."""

    key: Key
    points: float = 1.0


def family(kind: str) -> str | None:
    """Whether a layer is an activation, dropout or normalization."""
    return next((name for name, words in OPTIONAL.items() if any([word in kind for word in words])), None)


class Questions:
    """What is asked of each sheet: the worksheet's cells, or the sheet's own columns for all layers."""

    def __init__(self, correct: CorrectValues, worksheet: Sheet | None = None, answered_only: bool = False):
        self.correct, self.worksheet, self.answered_only = correct, worksheet, answered_only
        self._known: dict[object, list[Question]] = {}

    def of(self, sheet: Sheet) -> list[Question]:
        """The questions that a sheet is graded on, in the order of the network."""
        if self.worksheet is not None:
            asked = self._cached(self.worksheet, worksheet=True)
        else:
            asked = self._cached(sheet, worksheet=False)
        keys = {question.key for question in asked}
        given = self.worksheet.given if self.worksheet is not None else frozenset()
        more = [Question(key) for key, cell in sheet.answers.items() if not cell.claim.empty and key not in keys and key not in given]
        if self.answered_only:
            asked = [q for q in asked if q.key in sheet.answers and not sheet.answers[q.key].claim.empty]
        if self.worksheet is not None:
            return asked  # an answer to another question earns nothing
        return sorted([*asked, *more], key=lambda q: q.key[0] or (10**9,)) if more else asked

    def _cached(self, sheet: Sheet, worksheet: bool) -> list[Question]:
        key = (sheet.columns, sheet.rows, worksheet)
        if key not in self._known:
            self._known[key] = self._of_worksheet(sheet) if worksheet else self._of_columns(sheet)
        return self._known[key]

    def _of_worksheet(self, sheet: Sheet) -> list[Question]:
        """The blank cells of a worksheet; all of them if it is filled in."""
        return [Question(key, sheet.weights.get(key[0], 1.0)) for key in sheet.answers
                if key not in sheet.given and self._has_value(key)]

    def _of_columns(self, sheet: Sheet) -> list[Question]:
        rows = set(sheet.rows)
        steps = self.correct.trace.steps
        families = {family(steps[row[0]].kind) for row in rows if len(row) == 1}
        found = []
        for i, step in enumerate(steps):
            named = (i,) in rows
            if type(step.node.layer) is InputLayer:
                wanted = [q for q in sheet.columns if q in OF_INPUTS] if named else []
            elif not named and (step.shared or not step.used or (family(step.kind) and family(step.kind) not in families)):
                wanted = []
            else:
                wanted = [q for q in sheet.columns if self._computes(i, q)]
            found += [Question(((i,), q)) for q in wanted if self._has_value(((i,), q))]
        if () in rows:
            found += [Question(((), q)) for q in sheet.columns if q in COUNTS and self._has_value(((), q))]
        return found

    def _computes(self, i: int, quantity: str) -> bool:
        """Whether a layer has something to compute for a quantity: receptive fields need a window."""
        run = self.correct.runs[i]
        return quantity not in FIELDS or (run is not None and self.correct.fields[i] is not None and run.windows() is not None)

    def _has_value(self, key: Key) -> bool:
        return bool(self.correct.values(*key))

    def may_be_blank(self, key: Key, sheet: Sheet) -> bool | None:
        """Whether a blank cell is the answer 0: True with other answers in its row; None if nothing else is asked there."""
        if key[1] not in COUNTS or len(key[0]) != 1 or self.correct.values(*key)[:1] != [0]:
            return False
        if any([k[0] == key[0] and not cell.claim.empty for k, cell in sheet.answers.items()]):
            return True
        others = [q for q in (self.worksheet or sheet).columns if q not in COUNTS]
        return False if others else None
