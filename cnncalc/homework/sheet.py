"""What a sheet claims: a quantity for each column, a layer for each row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..analysis import Trace
from ..errors import SpecError, did_you_mean
from .claims import Claim
from .headings import LABELS, QUANTITIES, WORKINGS, Column, column, heading
from .rows import Rows

#: What an answer is about: steps (one, several added up, none for the whole network) and a quantity.
Key = tuple[tuple[int, ...], str]


class Cell(NamedTuple):
    """One answer, and the label of its row."""

    steps: tuple[int, ...]
    quantity: str
    claim: Claim
    label: str

    @property
    def key(self) -> Key:
        return self.steps, self.quantity


class Sheet(NamedTuple):
    """The answers of a file, blank ones included."""

    name: str
    answers: dict[Key, Cell]
    problems: tuple[str, ...] = ()
    #: The quantities asked of layers, and the rows, as steps.
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[int, ...], ...] = ()
    #: What headings declare: channels_first, channels_last.
    declared: frozenset[str] = frozenset()
    #: Of a worksheet: the conventions it accepts, and the points of its rows.
    accept: tuple[str, ...] = ()
    weights: dict[tuple[int, ...], float] = {}

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(self.answers.values())

    @property
    def given(self) -> frozenset[Key]:
        """Of a worksheet: the cells filled in for the students; none if all are, which is a key."""
        filled = frozenset([key for key, cell in self.answers.items() if not cell.claim.empty])
        return frozenset() if len(filled) == len(self.answers) else filled


def _sheet(name: str, cells: Iterable[Cell], problems: list[str], columns: Iterable[str], rows: Iterable[tuple[int, ...] | None],
           firsts: Iterable[str | None]) -> Sheet:
    """The sheet with one answer for each question: two different ones are no answer."""
    answers: dict[Key, Cell] = {}
    for cell in cells:
        before = answers.get(cell.key)
        if before is None or before.claim.empty:
            answers[cell.key] = cell
        elif not cell.claim.empty and cell.claim.text != before.claim.text:
            answers[cell.key] = cell._replace(claim=Claim(f"{before.claim.text} or {cell.claim.text}"))
            problems.append(f"{cell.label or 'total'}: two answers for {cell.quantity}")
    declared = frozenset([f"{first}_first" if first == "channels" else "channels_last" for first in firsts if first])
    placed = tuple(dict.fromkeys([steps for steps in rows if steps is not None]))
    return Sheet(name, answers, tuple(problems), tuple(dict.fromkeys(columns)), placed, declared)


def sheet_from_table(name: str, rows: Iterable[tuple[str, ...]], names: Rows, points: str = "") -> Sheet:
    """The claims of a table: its first row with headings that mean something says what they are."""
    rows = list(rows)
    at, columns = _head(rows)
    if not columns:
        words = [cell for cell in rows[0] if cell][:6]
        raise SpecError(f"{name}: no column is a quantity (its first row has {', '.join(map(repr, words))})", (),
                        "columns are named " + ", ".join(QUANTITIES[:10]) + ", ...")
    head = rows[at]
    label_at = [i for i, cell in enumerate(head) if i not in columns and heading(cell) in LABELS]
    label_at.sort(key=lambda i: heading(head[i]) not in ("layer", "name", "layer name", "layers"))
    if not label_at and 0 not in columns and not (head and head[0].strip()):
        label_at = [0]
    working_at = {i for i, cell in enumerate(head) if i not in columns and heading(cell) in WORKINGS}
    body = rows[at + 1 :]
    labels = [tuple([row[i] for i in label_at if i < len(row)]) for row in body]
    placed, problems = names.place(labels)
    cells = []
    for row, label, steps in zip(body, labels, placed):
        if steps is None:
            continue
        for i, column_ in columns.items():
            text = row[i] if i < len(row) else ""
            shown = _with_working(text, row, i, working_at, column_.quantity)
            cells.append(Cell(steps, column_.quantity, names.claim(shown, column_.unit), " ".join(label)))
    sheet = _sheet(name, cells, problems, [c.quantity for c in columns.values()], placed, [c.first for c in columns.values()])
    accepted = tuple([word for row in rows[:at] if row and heading(row[0]) == "accept" for word in row[1:] if word])
    points_at = next((i for i, cell in enumerate(head) if heading(cell) == heading(points)), None) if points else None
    if points and points_at is None:
        raise SpecError(f"{name} has no column {points!r} with the points of each row")
    weights = {} if points_at is None else _weights(name, [(steps, row[points_at] if points_at < len(row) else "")
                                                          for row, steps in zip(body, placed) if steps is not None])
    return sheet._replace(accept=accepted, weights=weights) if accepted or weights else sheet


def _weights(name: str, given: Iterable[tuple[tuple[int, ...], object]]) -> dict[tuple[int, ...], float]:
    """The points of each row of a worksheet: every answer in it is worth so many."""
    weights = {}
    for steps, text in given:
        try:
            weights[steps] = float(str(text).replace(",", ".") or 1)
        except ValueError:
            weights[steps] = -1.0
        if not 0 <= weights[steps] < 1e6:
            raise SpecError(f"{name}: {text!r} is not a number of points")
    return weights


def _head(rows: list[tuple[str, ...]]) -> tuple[int, dict[int, Column]]:
    best: tuple[int, dict[int, Column]] = (0, {})
    for at, row in enumerate(rows[:20]):
        found = {i: c for i, c in [(i, column(cell)) for i, cell in enumerate(row)] if c is not None}
        # The second of two equal columns is a note, or another attempt.
        kept: dict[int, Column] = {}
        for i, c in found.items():
            if c.quantity not in [k.quantity for k in kept.values()]:
                kept[i] = c
        labelled = any([heading(cell) in LABELS for cell in row])
        if len(kept) > len(best[1]) and (labelled or len(kept) > 1 or at == 0):
            best = (at, kept)
            if labelled:
                break
    return best


def _with_working(text: str, row: tuple[str, ...], at: int, working_at: set[int], quantity: str) -> str:
    """A number together with the working in the column beside it."""
    if quantity not in ("params", "weights", "macs", "activations") or "=" in text or not text:
        return text
    for i in (at - 1, at + 1):
        if i in working_at and i < len(row) and row[i] and "=" not in text:
            return f"{row[i]} = {text}"
    return text


def sheet_from_data(name: str, data: object, names: Rows, points: str = "") -> Sheet:
    """The claims of a mapping from layers to quantities, or of a list of such rows."""
    accepted: list[str] = []
    if isinstance(data, dict):
        data = dict(data)
        accepted = _words(data.pop("accept", None))
        if set(data) & {"answers", "layers"} and len(data) <= 3:
            data = data.get("answers", data.get("layers"))
    if isinstance(data, list):
        rows = [row for row in data if isinstance(row, dict)]
        labels = [str(next((row[key] for key in row if str(key).lower() in LABELS), "")) for row in rows]
        entries = [{k: v for k, v in row.items() if str(k).lower() not in LABELS} for row in rows]
    elif isinstance(data, dict):
        labels, entries = [str(key) for key in data], list(data.values())
    else:
        raise SpecError(f"{name} must map layers to answers, such as {{conv1: {{params: 320}}}}")
    placed, problems = names.place([(label,) for label in labels])
    cells, columns, weights = [], [], {}
    for label, entry, steps in zip(labels, entries, placed):
        if steps is None:
            continue
        if not isinstance(entry, dict):
            problems.append(f"{label}: must be a mapping such as {{params: 320}}")
            continue
        if points and points in entry:
            weights[steps] = entry[points]
        found = {k: v for k, v in entry.items() if str(k).lower() != "points"}
        for column_, value in _quantities(found, label, problems):
            columns.append((column_, steps))
            claim = names.claim(value, column_.unit) if not isinstance(value, dict) else Claim("?")
            cells.append(Cell(steps, column_.quantity, claim, label))
    if not cells:
        raise SpecError(f"{name} has no answers" + (f": {problems[0]}" if problems else ""))
    asked = [c.quantity for c, steps in columns if len(steps) == 1]
    sheet = _sheet(name, cells, problems, asked, placed, [c.first for c, _ in columns])
    return sheet._replace(accept=tuple(accepted), weights=_weights(name, weights.items()))


def _words(given: object) -> list[str]:
    return [] if given is None else [str(word) for word in given] if isinstance(given, list) else [str(given)]


def _quantities(entry: dict[object, object], label: str, problems: list[str]) -> Iterator[tuple[Column, object]]:
    """The quantities that a mapping has, and a problem for each key that is none."""
    for key, value in entry.items():
        if is_grid(key, value):
            continue
        column_ = column(str(key))
        if column_ is None:
            near = did_you_mean(str(key), QUANTITIES)
            problems.append(f"{label}: unknown quantity {key!r}" + (f"; {near}" if near else ""))
        else:
            yield column_, value


def is_grid(key: object, value: object) -> bool:
    """Whether an answer is a map in numbers, which is compared cell by cell, not a quantity."""
    return key == "values" and isinstance(value, (list, dict))


def without_grids(data: object) -> tuple[object, dict[str, object]]:
    """The quantities of a sheet in YAML, and the maps in numbers by their layer."""
    if not isinstance(data, dict):
        return data, {}
    grids = {str(layer): entry["values"] for layer, entry in data.items()
             if isinstance(entry, dict) and is_grid("values", entry.get("values"))}
    if not grids:
        return data, {}
    rest = {layer: {k: v for k, v in entry.items() if not is_grid(k, v)} if isinstance(entry, dict) else entry
            for layer, entry in data.items()}
    return {layer: entry for layer, entry in rest.items() if entry != {}}, grids


def expected_in(trace: Trace, name: str) -> Sheet | None:
    """The claims that the architecture file makes about its own layers, under `expect`."""
    names = Rows(trace)
    cells, problems, columns, accepted = [], [], [], []
    for i, step in enumerate(trace.steps):
        claims = step.node.expect
        if claims is None:
            continue
        if not isinstance(claims, dict):
            problems.append(f"{step.name}: expect must be a mapping such as {{params: 320}}")
            continue
        accepted += _words(claims.get("accept"))
        for column_, value in _quantities({k: v for k, v in claims.items() if k != "accept"}, step.name, problems):
            columns.append(column_)
            cells.append(Cell((i,), column_.quantity, names.claim(value, column_.unit), step.name))
    if not cells and not problems:
        return None
    sheet = _sheet(name, cells, problems, [c.quantity for c in columns], [c.steps for c in cells], [c.first for c in columns])
    return sheet._replace(accept=tuple(accepted))
