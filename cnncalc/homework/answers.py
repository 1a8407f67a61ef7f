"""What a sheet claims: which column is which quantity, and which row is which layer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from ..analysis import Step, Trace
from ..errors import SpecError, did_you_mean
from .headings import LABELS, QUANTITIES, WORKINGS, Column, column, heading
from .values import Claim

TOTALS = {"total", "sum", "totals", "all", "altogether", "network", "model", "whole", "sigma", "intotal", "totalparams",
          "totalparameters", "grandtotal", "overall"}  # fmt: skip
#: Words for kinds of layers, as people label rows.
FAMILIES = (
    (("input", "image", "data"), ("InputLayer",)),
    (("convolution", "conv", "cv", "c"), ("Conv", "Separable", "Depthwise", "Locally")),
    (("deconvolution", "deconv", "tconv", "upconv", "transposedconv", "convtranspose"), ("Transpose",)),
    (("globalaveragepooling", "globalavgpool", "globalmaxpool", "gap", "globalpool", "globalpooling"), ("Global",)),
    (("maxpooling", "maxpool", "avgpool", "averagepool", "pooling", "pool", "subsampling", "mp", "ap", "p", "s"), ("Pooling",)),
    (("fullyconnected", "fullconnection", "dense", "linear", "full", "fc", "hidden", "softmax", "output", "logits",
      "classifier", "f", "d"), ("Dense",)),
    (("batchnormalization", "batchnorm", "norm", "bn"), ("Normalization",)),
    (("flatten", "flat", "reshape"), ("Flatten", "Reshape")),
    (("dropout", "drop"), ("Dropout",)),
    (("activation", "relu", "act", "softmax", "sigmoid", "tanh"), ("Activation", "ReLU", "Softmax")),
    (("concatenation", "concatenate", "concat", "filterconcat", "merge"), ("Concatenate",)),
    (("addition", "add", "shortcut"), ("Add",)),
    (("padding", "zeropadding", "zeropad", "pad"), ("Padding",)),
    (("upsampling", "upsample", "unpool"), ("UpSampling",)),
    (("lstm",), ("LSTM",)), (("gru",), ("GRU",)), (("rnn",), ("SimpleRNN",)), (("embedding",), ("Embedding",)),
)  # fmt: skip
#: Kinds of layers that sheets leave out.
MINOR = ("Flatten", "Dropout", "Activation", "ReLU", "Softmax", "InputLayer", "ZeroPadding", "Rescaling", "Reshape",
         "Gaussian")  # fmt: skip


class Cell(NamedTuple):
    """One claim: of steps (one, or several added up; none for the whole network)."""

    steps: tuple[int, ...]
    quantity: str
    claim: Claim
    label: str


class Sheet(NamedTuple):
    """What a file claims, as far as its columns and rows mean something here."""

    name: str
    cells: tuple[Cell, ...]
    problems: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    #: What is said in a heading: a unit, channels first, values for memory.
    said: frozenset[str] = frozenset()


def plain(text: str) -> str:
    """A word without case, spaces and signs."""
    return re.sub(r"[\W_]+", "", text.lower())


def sheet_from_table(name: str, rows: Iterable[tuple[str, ...]], names: Rows) -> Sheet:
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
    cells, said = [], set()
    for column_ in columns.values():
        if column_.first:
            said.add("channels_first")
    for row, label, steps in zip(body, labels, placed):
        if steps is None:
            continue
        for i, column_ in columns.items():
            text = row[i] if i < len(row) else ""
            shown = _with_working(text, row, i, working_at, column_.quantity)
            cells.append(Cell(steps, column_.quantity, names.claim(shown, column_.unit), " ".join(label)))
    return Sheet(name, tuple(cells), tuple(problems), tuple([c.quantity for c in columns.values()]), frozenset(said))


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


def sheet_from_data(name: str, data: Any, names: Rows) -> Sheet:
    """The claims of a mapping from layers to quantities, or of a list of such rows."""
    problems: list[str] = []
    if isinstance(data, dict) and set(data) & {"answers", "layers"} and len(data) <= 3:
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
    cells, said, columns = [], set(), []
    for label, entry, steps in zip(labels, entries, placed):
        if not isinstance(entry, dict):
            problems.append(f"{label}: must be a mapping such as {{params: 320}}")
            continue
        if steps is None:
            continue
        for key, value in entry.items():
            column_ = column(str(key))
            if column_ is None:
                near = did_you_mean(str(key), QUANTITIES)
                problems.append(f"{label}: {key!r} is no quantity" + (f"; {near}" if near else ""))
                continue
            if column_.first:
                said.add("channels_first")
            columns.append(column_.quantity)
            claim = names.claim(value, column_.unit) if not isinstance(value, dict) else Claim("?")
            cells.append(Cell(steps, column_.quantity, claim, label))
    if not cells:
        raise SpecError(f"{name} has no answers" + (f": {problems[0]}" if problems else ""))
    return Sheet(name, tuple(cells), tuple(problems), tuple(dict.fromkeys(columns)), frozenset(said))


def is_grid(key: Any, value: Any) -> bool:
    """Whether an answer is a map in numbers, which is compared cell by cell, not a quantity."""
    return key == "values" and isinstance(value, (list, dict))


def without_grids(data: Any) -> tuple[Any, dict[str, Any]]:
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
    """What the architecture file itself claims of its layers, under `expect`."""
    names = Rows(trace)
    cells, problems = [], []
    for i, step in enumerate(trace.steps):
        claims = step.node.expect
        if claims is None:
            continue
        if not isinstance(claims, dict):
            problems.append(f"{step.name}: expect must be a mapping such as {{params: 320}}")
            continue
        for key, value in claims.items():
            if is_grid(key, value):
                continue
            column_ = column(str(key))
            if column_ is None:
                near = did_you_mean(str(key), QUANTITIES)
                problems.append(f"{step.name}: expect has {key!r}, which is no quantity" + (f"; {near}" if near else ""))
            else:
                cells.append(Cell((i,), column_.quantity, names.claim(value, column_.unit), step.name))
    if not cells and not problems:
        return None
    return Sheet(name, tuple(cells), tuple(problems), tuple(dict.fromkeys([c.quantity for c in cells])))


def _means(letters: str, word: str) -> bool:
    """Whether a label has this word: at its start, or anywhere if it is a long one."""
    if len(word) < 2:
        return letters == word
    return letters.startswith(word) or (len(word) > 3 and word in letters)


class Rows:
    """The layers of a network, found by the labels of a sheet's rows.

    The same labels give the same places: those of a thousand sheets are looked up once.
    """

    def __init__(self, trace: Trace):
        self.trace = trace
        self.steps = trace.steps
        self.by_name: dict[str, int | None] = {}
        for i, step in enumerate(self.steps):
            for word in {plain(step.name), plain(step.node.keras_name)} if not step.shared else {plain(step.name)}:
                self.by_name[word] = None if word in self.by_name else i
        self._placed: dict[Any, tuple[list[tuple[int, ...] | None], list[str]]] = {}
        self._claims: dict[Any, Claim] = {}

    def claim(self, value: Any, unit: str = "") -> Claim:
        """The claim of a cell; equal cells share one."""
        if isinstance(value, (list, tuple, dict)):
            return Claim(value, unit)
        key = (type(value), value, unit)
        found = self._claims.get(key)
        if found is None:
            found = self._claims[key] = Claim(value, unit)
        return found

    def place(self, labels: list[tuple[str, ...]]) -> tuple[list[tuple[int, ...] | None], list[str]]:
        """The steps of each row, and what is wrong with rows that have none."""
        key = tuple(labels)
        if key not in self._placed:
            self._placed[key] = self._place(labels)
        placed, problems = self._placed[key]
        return list(placed), list(problems)

    def _place(self, labels: list[tuple[str, ...]]) -> tuple[list[tuple[int, ...] | None], list[str]]:
        found: list[tuple[int, ...] | None] = [None] * len(labels)
        waiting = []
        for row, label in enumerate(labels):
            exact = self._exact(label)
            if exact is not None:
                found[row] = exact
            else:
                waiting.append(row)
        taken = {steps[0] for steps in found if steps is not None and len(steps) == 1}
        free = [i for i in range(len(self.steps)) if i not in taken]
        if waiting:
            for row, step in self._aligned([labels[row] for row in waiting], free).items():
                found[waiting[row]] = (step,)
        problems = []
        for row in waiting:
            word = " ".join(labels[row]).strip()
            if found[row] is None and word:
                near = did_you_mean(word, [step.name for step in self.steps])
                problems.append(f"no layer for the row {word!r}" + (f"; {near}" if near else ""))
        if waiting and not any([steps is not None for steps in found]):
            many = len(labels)
            raise SpecError(f"none of its {many} row{'s' * (many != 1)} can be matched with a layer", (),
                            "a column 'layer' with the layers' names says which is which: "
                            + ", ".join([step.name for step in self.steps[:6]]))
        return found, problems

    def _exact(self, label: tuple[str, ...]) -> tuple[int, ...] | None:
        """The step of this very name; several joined by +; none of them for a total."""
        for text in label:
            for form in (text, re.sub(r"\s*\(.*\)\s*$", "", text)):
                step = self.by_name.get(plain(form))
                if step is not None:
                    return (step,)
            if plain(text) in TOTALS or text.strip() in ("Σ", "∑"):
                return ()
            if "+" in text:
                parts = [self.by_name.get(plain(part)) for part in text.split("+")]
                if all([part is not None for part in parts]):
                    return tuple([part for part in parts if part is not None])
        return None

    def _aligned(self, labels: list[tuple[str, ...]], free: list[int]) -> dict[int, int]:
        """The best match of rows and steps, both in order; a label may say the kind of layer."""
        rows, columns = len(labels), len(free)
        if rows * columns > 4_000_000:
            return {}
        blank = all([not plain(" ".join(label)).strip("0123456789") for label in labels])
        if blank:
            return self._in_order(rows, free)
        fit = [[self._likeness(label, self.steps[i]) for i in free] for label in labels]
        skip = [0.0 if any([word in self.steps[i].kind for word in MINOR]) else 0.4 for i in free]
        best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
        for r in range(rows - 1, -1, -1):
            for c in range(columns - 1, -1, -1):
                best[r][c] = max(best[r + 1][c + 1] + fit[r][c] if fit[r][c] else -1e9,
                                 best[r + 1][c], best[r][c + 1] - skip[c])
        matched, r, c = {}, 0, 0
        while r < rows and c < columns:
            if fit[r][c] and best[r][c] == best[r + 1][c + 1] + fit[r][c]:
                matched[r] = free[c]
                r, c = r + 1, c + 1
            elif best[r][c] == best[r][c + 1] - skip[c]:
                c += 1
            else:
                r += 1
        return matched

    def _in_order(self, rows: int, free: list[int]) -> dict[int, int]:
        """Rows without words, where their number says which layers they are."""
        for leave in ((), ("InputLayer",), MINOR):
            left = [i for i in free if not any([word in self.steps[i].kind for word in leave])]
            if len(left) == rows:
                return dict(enumerate(left))
        return {}

    def _likeness(self, label: tuple[str, ...], step: Step) -> float:
        """How well a label says this kind of layer; 0 if it says another."""
        best = 0.0
        for text in label:
            word = re.sub(r"\(.*?\)", "", text.lower())
            letters = re.sub(r"[^a-z]", "", word)
            if not letters:
                continue
            if plain(step.kind) == plain(word):
                best = max(best, 3.0)
            for words, kinds in FAMILIES:
                if any([_means(letters, w) for w in words]) and any([k in step.kind for k in kinds]):
                    best = max(best, 2.0)
                # A layer that reads the whole map may be written as a convolution, as LeNet's C5 is.
                elif kinds == ("Dense",) and "Conv" in step.kind and any([_means(letters, w) for w in words]):
                    best = max(best, 0.3)
            numbers, own = re.findall(r"\d+", word), re.findall(r"\d+", step.name)
            if best and numbers and own and numbers[-1] == own[-1]:
                best += 0.5
        return best
