"""Answer sheets: CSV and Excel spreadsheets, Markdown tables and YAML, as rows of cells or as data."""

from __future__ import annotations

import os
from typing import NamedTuple

from ...errors import SpecError, printable
from ..document import Document
from ..files import read_file, standard_input

MOST_ROWS = 20_000
MOST_CELLS = 200
#: The files of a folder that are answer sheets.
ENDINGS = (".csv", ".tsv", ".txt", ".md", ".markdown", ".yaml", ".yml", ".json", ".xlsx")


class RawSheet(NamedTuple):
    """A sheet as it was written: `rows` of cells, or the `data` of a YAML file."""

    name: str
    rows: tuple[tuple[str, ...], ...] | None = None
    data: object = None
    #: Whether commas are decimal points in it, as in much of Europe.
    decimal_comma: bool = False


def read_answers(name: str) -> RawSheet:
    """The sheet in a file, or on standard input (`-`); SpecError if there is none that can be read."""
    shown = "<stdin>" if name == "-" else printable(name)
    data = standard_input() if name == "-" else read_file(name)
    if data[:4] == b"PK\x03\x04":
        from .xlsx import rows_of

        rows = rows_of(shown, data, MOST_ROWS)
        if not rows:
            raise SpecError(f"{shown} is empty")
        return RawSheet(shown, tuple([tuple([_cell(cell) for cell in row]) for row in rows]))
    return sheet_of(shown, _text(shown, data))


def sheets_in(folder: str) -> list[str]:
    """The answer sheets of a folder, sorted: its own regular files with a known ending, no links, no folders."""
    try:
        with os.scandir(folder) as entries:
            found = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)
                     and entry.name.lower().endswith(ENDINGS) and not entry.name.startswith((".", "~$"))]
    except OSError as error:
        raise SpecError(f"{printable(folder)}: {error.strerror}") from None
    if not found:
        raise SpecError(f"{printable(folder)} has no answer sheets", (), "sheets end in " + ", ".join(ENDINGS))
    return [os.path.join(folder, name) for name in sorted(found)]


def sheet_of(name: str, text: str) -> RawSheet:
    """The sheet that a text holds, by the ending of its name and by what it looks like."""
    ending = os.path.splitext(name)[1].lower()
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise SpecError(f"{name} is empty")
    if ending in (".yaml", ".yml", ".json") or (not ending and lines[0].lstrip()[:1] in "{"):
        return RawSheet(name, None, Document(name, text).data)
    piped = [line for line in lines if line.lstrip().startswith("|") or " | " in line]
    if ending in (".md", ".markdown") or lines[0].lstrip().startswith("|"):
        if not piped:
            raise SpecError(f"{name} has no table", (), "a row of a Markdown table begins with |")
        return RawSheet(name, tuple(_markdown(piped)))
    if ending not in (".csv", ".tsv", ".txt", "") and ":" in lines[0] and not any([c in lines[0] for c in ",;\t|"]):
        return RawSheet(name, None, Document(name, text).data)
    return _spreadsheet(name, text)


def _text(name: str, data: bytes) -> str:
    for encoding in (["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig"]) + ["cp1252", "latin-1"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise SpecError(f"{name} is not text")


def _markdown(lines: list[str]) -> list[tuple[str, ...]]:
    rows = []
    for line in lines[:MOST_ROWS]:
        line = line.strip().replace("\\|", "\0")
        line = line.removeprefix("|").removesuffix("|")
        cells = [cell.replace("\0", "|").replace("\\", "").strip().strip("*`").strip() for cell in line.split("|")]
        if any(cells) and not "".join(cells).strip("-: "):
            continue  # the rule under the heading
        rows.append(tuple(cells[:MOST_CELLS]))
    return rows


def _spreadsheet(name: str, text: str) -> RawSheet:
    import csv

    first = text.partition("\n")[0].strip().lower()
    if first.startswith("sep=") and len(first) == 5:  # Excel's way to say it
        delimiter, text = first[4], text.partition("\n")[2]
    else:
        # The one that most lines have most evenly: a comma may stand in every number.
        head = [line for line in text.splitlines()[:50] if line.strip()]
        delimiter = max(";\t|,", key=lambda d: (sum([d in _unquoted(line) for line in head]), d != ","))
        if not any([delimiter in line for line in head]):
            delimiter = ","
    rows: list[tuple[str, ...]] = []
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter, skipinitialspace=True):
            if len(rows) >= MOST_ROWS:
                raise SpecError(f"{name} has over {MOST_ROWS:,} rows")
            if any([cell.strip() for cell in row]):
                rows.append(tuple([_cell(cell) for cell in _whole(row)[:MOST_CELLS]]))
    except csv.Error as error:
        raise SpecError(f"{name} cannot be read as a table: {error}") from None
    return RawSheet(name, tuple(rows), None, delimiter == ";")


def _whole(row: list[str]) -> list[str]:
    """The cells, where a shape in brackets was not quoted and fell apart at its commas."""
    if not any(["(" in cell or "[" in cell for cell in row]):
        return row
    cells: list[str] = []
    open_brackets = 0
    for cell in row:
        if open_brackets > 0:
            cells[-1] += ", " + cell
        else:
            cells.append(cell)
        open_brackets += sum([cell.count(c) for c in "(["]) - sum([cell.count(c) for c in ")]"])
    return cells if open_brackets == 0 else row


def _unquoted(line: str) -> str:
    return "".join(line.split('"')[::2])


def _cell(text: str) -> str:
    text = text.strip()
    # What keeps a spreadsheet from taking a cell for a formula.
    if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@"):
        text = text[1:]
    if text[:2] == '="' and text[-1:] == '"':
        text = text[2:-1]
    return text
