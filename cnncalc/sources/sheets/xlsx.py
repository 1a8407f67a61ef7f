"""The first sheet of an Excel workbook (.xlsx), as rows of text: a zip archive of XML files.

Only the archive's own tables are read. Document types and entities are refused, and so is a workbook that
is larger than 20 MB unpacked.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable
from xml.parsers import expat

from ...errors import SpecError

LARGEST = 20_000_000
MOST_COLUMNS = 200
_DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)


class Archive:
    """The files of a workbook, within the limit."""

    def __init__(self, name: str, data: bytes):
        self.name = name
        try:
            self.files = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED:
            raise SpecError(f"{name} is a damaged workbook") from None
        if sum([info.file_size for info in self.files.infolist()]) > LARGEST:
            raise SpecError(f"{name} is larger than {LARGEST // 10**6} MB unpacked")

    def __contains__(self, path: str) -> bool:
        return path in self.files.namelist()

    def parse(self, path: str, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None] = lambda tag: None,
              text: Callable[[str], None] = lambda words: None) -> None:
        """Call back for each element of an XML file, its tags without namespaces."""
        try:
            with self.files.open(path) as file:
                data = file.read(LARGEST + 1)
        except (*_DAMAGED, KeyError):
            raise SpecError(f"{self.name} is a damaged workbook: {path} cannot be read") from None
        if len(data) > LARGEST:
            raise SpecError(f"{self.name} is larger than {LARGEST // 10**6} MB unpacked")
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, given: start(tag.rpartition(":")[2], given)
        parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        try:
            parser.Parse(data, True)
        except (expat.ExpatError, ValueError, LookupError):
            raise SpecError(f"{self.name} is a damaged workbook: {path} is not XML") from None

    def _refuse(self, *_: object) -> None:
        raise SpecError(f"{self.name} declares a document type or entities, which no spreadsheet needs")


def rows_of(name: str, data: bytes, most_rows: int) -> tuple[tuple[str, ...], ...]:
    """The rows of the first sheet that have any text."""
    archive = Archive(name, data)
    path = _first_sheet(archive)
    return _rows(archive, path, _shared_strings(archive), most_rows)


def _first_sheet(archive: Archive) -> str:
    if "xl/workbook.xml" not in archive:
        raise SpecError(f"{archive.name} is not an Excel workbook", (), "save the table as CSV or .xlsx")
    ids: list[str] = []
    targets: dict[str, str] = {}

    def sheet(tag: str, given: dict[str, str]) -> None:
        if tag == "sheet":
            ids.append(next((value for key, value in given.items() if key.rpartition(":")[2] == "id"), ""))

    def relation(tag: str, given: dict[str, str]) -> None:
        if tag == "Relationship":
            targets[given.get("Id", "")] = given.get("Target", "")

    archive.parse("xl/workbook.xml", sheet)
    if "xl/_rels/workbook.xml.rels" in archive:
        archive.parse("xl/_rels/workbook.xml.rels", relation)
    target = targets.get(ids[0], "worksheets/sheet1.xml") if ids else ""
    path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
    if path not in archive:
        raise SpecError(f"{archive.name} has no sheet")
    return path


def _shared_strings(archive: Archive) -> list[str]:
    found: list[str] = []
    if "xl/sharedStrings.xml" not in archive:
        return found
    inside: list[str] = []

    def start(tag: str, given: dict[str, str]) -> None:
        inside.append(tag)
        if tag == "si":
            found.append("")

    def text(words: str) -> None:
        if inside and inside[-1] == "t" and "rPh" not in inside and found:
            found[-1] += words

    def end(tag: str) -> None:
        inside.pop()

    archive.parse("xl/sharedStrings.xml", start, end, text)
    return found


def _rows(archive: Archive, path: str, shared: list[str], most_rows: int) -> tuple[tuple[str, ...], ...]:
    rows: list[list[str]] = []
    kind, value, at, inside = "", "", 0, ""

    def start(tag: str, given: dict[str, str]) -> None:
        nonlocal kind, value, at, inside
        if tag == "row":
            if len(rows) >= most_rows:
                raise SpecError(f"{archive.name} has over {most_rows:,} rows")
            rows.append([])
        elif tag == "c":
            kind, value = given.get("t", "n"), ""
            at = _column(given["r"]) if "r" in given else len(rows[-1]) if rows else 0
        elif tag in ("v", "t"):
            inside = tag

    def text(words: str) -> None:
        nonlocal value
        if inside:
            value += words

    def end(tag: str) -> None:
        nonlocal inside
        if tag in ("v", "t"):
            inside = ""
        elif tag == "c" and rows and at < MOST_COLUMNS:
            rows[-1] += [""] * (at + 1 - len(rows[-1]))
            rows[-1][at] = _text(kind, value, shared)

    archive.parse(path, start, end, text)
    return tuple([tuple(row) for row in rows if any(row)])


def _column(reference: str) -> int:
    """The column of a reference such as AB12, from 0."""
    column = 0
    for letter in reference[:3]:
        if letter.isalpha() and letter.isascii():
            column = column * 26 + ord(letter.upper()) - 64
    return column - 1 if column else 0


def _text(kind: str, value: str, shared: list[str]) -> str:
    value = value.strip()
    if kind == "s":
        return shared[int(value)].strip() if value.isdigit() and int(value) < len(shared) else ""
    if kind == "b":
        return {"0": "false", "1": "true"}.get(value, value)
    if kind == "n" and value:
        try:
            number = float(value)
        except ValueError:
            return value
        # A spreadsheet stores seventeen digits of a fraction; its reader sees at most fifteen.
        return str(int(number)) if number == int(number) and abs(number) < 1e15 else f"{number:.15g}"
    return value
