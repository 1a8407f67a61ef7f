"""Maps that somebody worked out: YAML or JSON with a grid for each layer, or rows of numbers for one."""

from __future__ import annotations

from typing import Any

from ...errors import SpecError
from ..document import Document
from ..files import decoded, read_file, standard_input

MOST_CELLS = 100_000


def read_grids(name: str, layer: str) -> tuple[Document | None, Any]:
    """The grids of a file by layer, and the document for errors; rows of numbers are those of `layer`."""
    shown = "<stdin>" if name == "-" else name
    text = decoded(shown, standard_input() if name == "-" else read_file(name))
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise SpecError(f"{shown} is empty")
    if name.lower().endswith((".csv", ".tsv", ".txt")) or not any([mark in text for mark in ":{["]):
        rows = [[cell.strip() for cell in _cells(line)] for line in lines]
        if sum(map(len, rows)) > MOST_CELLS:
            raise SpecError(f"{shown} has more than {MOST_CELLS:,} cells")
        return None, {layer: rows}
    document = Document(shown, text)
    data = document.data
    return document, {layer: data} if isinstance(data, list) else data


def _cells(line: str) -> list[str]:
    for mark in (";", "\t", ","):
        if mark in line:
            return line.split(mark)
    return line.split()
