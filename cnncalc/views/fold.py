"""Repeated blocks of layers, shown once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

from ..alignment import settings_of
from .columns import SUMMED, Row
from .report import Column
from .shown import number_text

#: The longest block that is looked for.
LONGEST = 100


class Repeat(NamedTuple):
    """`length` rows from `start` on, the same `times` times."""

    start: int
    length: int
    times: int

    @property
    def end(self) -> int:
        return self.start + self.length * self.times


def folded_rows(shown: list[Row], columns: Sequence[Column], body: list[list[str]], styles: list[str | None],
                batch: int | None) -> tuple[list[list[str]], list[str | None]]:
    """The cells and styles of the rows, a repeated block once, followed by a row for its repetitions.

    That row's numbers are the sums of the rows it stands for, so that a column still adds up to its total.
    """
    new_body, new_styles, at = [], [], 0
    for found in repeats(signatures(shown), [step.name for step, _ in shown]):
        first = found.start + found.length
        new_body += [*body[at:first], _repeated(found, shown, columns, batch)]
        new_styles += [*styles[at:first], "dim"]
        at = found.end
    return new_body + body[at:], new_styles + styles[at:]


def _repeated(found: Repeat, shown: list[Row], columns: Sequence[Column], batch: int | None) -> list[str]:
    rest = [step for step, _ in shown[found.start + found.length: found.end]]
    cells = [f"× {found.times} to {rest[-1].name}"]
    for column in columns[1:]:
        values = [column.value(step, batch) for step in rest if step.used] if column.key in SUMMED else []
        cells.append(column.text(None) if None in values and column.text(None) else
                     number_text(sum([v for v in values if isinstance(v, int)])) if values else "")
    texts = [i for i, column in enumerate(columns) if i and not column.right]
    if texts:  # which rows, in a column that stays in narrow terminals
        cells[min(texts, key=lambda i: columns[i].drop)] = f"({found.length} rows above)" if found.length > 1 else "(row above)"
    return cells


def signatures(shown: list[Row]) -> list[int]:
    """A number for each row: equal for rows that are the same layer on shapes that are the same, connected in the same way."""
    places = {(depth, step.name): i for i, (step, depth) in enumerate(shown)}
    numbers: dict[Hashable, int] = {}
    found = []
    for i, (step, depth) in enumerate(shown):
        reads = tuple([(i - places.get((depth, ref.node.name), -1), ref.output) for ref in step.node.inputs])
        settings = tuple(sorted(settings_of(step).items())) if step.node.layer is not None else ()
        kind = step.node.layer.keras_class if step.node.layer is not None else step.kind
        key = (depth, kind, repr(settings), step.outputs, step.params, step.trainable_params, step.shared, step.used, reads)
        found.append(numbers.setdefault(key, len(numbers)))
    return found


def repeats(signs: Sequence[int], names: Sequence[str] = ()) -> Iterator[Repeat]:
    """The repetitions that shorten a sequence, from its beginning on; where several are possible, the one that saves most.

    Blocks can be cut at any of their rows: where names tell, so that a block's names have most in common.
    """
    n = len(signs)
    best: list[tuple[int, int, int]] = [(0, 0, 0)] * n
    for length in range(1, min(LONGEST, n // 2) + 1):
        run = 0  # so many rows from here on are equal to those a block later
        for i in range(n - length - 1, -1, -1):
            run = run + 1 if signs[i] == signs[i + length] else 0
            saved = run // length * length
            if saved > best[i][0]:
                best[i] = (saved, length, run // length + 1)
    i = 0
    while i < n:
        saved, length, times = best[i]
        # A repetition that begins a few rows later may save more.
        if saved < 2 or max([best[j][0] for j in range(i + 1, min(n, i + length))], default=0) > saved:
            i += 1
            continue
        starts = [i]
        while len(starts) < length and best[starts[-1] + 1] == best[i]:
            starts.append(starts[-1] + 1)
        i = max(starts, key=lambda start: (_common(names[start: start + length]), start))
        yield Repeat(i, length, times)
        i += length * times


def _common(names: Sequence[str]) -> int:
    """The length of what all names begin with."""
    first, last = min(names), max(names)
    return next((i for i, (a, b) in enumerate(zip(first, last)) if a != b), min(len(first), len(last)))
