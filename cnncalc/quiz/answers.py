"""The answers of a class: a file for each student, or one table for all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ..errors import CnncalcError, Key, did_you_mean, printable
from .roster import IDS, Row, rows_of
from .sheets import Quiz, Sheet

if TYPE_CHECKING:
    from ..sources.document import Document

CODE = ("code", "sheet", "sheet code")
QUESTION, ANSWER = ("question", "q", "id of question", "item"), ("answer", "response", "answers")
#: Keys of a file in YAML beside its answers.
OWN = (*IDS, *CODE, "name", "answers")


class Found(NamedTuple):
    """The answers by student and question, and what is wrong; nothing that can be read is lost."""

    answers: dict[str, dict[str, str]]
    problems: list[CnncalcError]


class Reader:
    """Reads answers to a quiz for these sheets."""

    def __init__(self, quiz: Quiz, sheets: Sequence[Sheet]):
        self.items = [item.id for item in quiz.items]
        self._by_id = {sheet.student.id.lower(): sheet for sheet in sheets}
        self._by_code = {sheet.code: sheet for sheet in sheets}
        self.found = Found({}, [])

    def read(self, paths: Sequence[str]) -> Found:
        """The answers in files and folders."""
        from ..sources.sheets.reader import sheets_in

        for path in paths:
            try:
                names = sheets_in(path) if os.path.isdir(path) else [path]
            except CnncalcError as error:
                self.found.problems.append(error)
                continue
            for name in names:
                try:
                    self._file(name)
                except CnncalcError as error:
                    self.found.problems.append(error)
        return self.found

    def _file(self, path: str) -> None:
        if path.lower().endswith((".csv", ".tsv", ".txt")):
            self._table(path, rows_of(path))
            return
        if path.lower().endswith((".yaml", ".yml", ".json")):
            from ..sources.document import Document
            from ..sources.files import decoded, read_file

            self._mapping(path, Document(path, decoded(path, read_file(path))))
            return
        from ..sources.sheets.reader import read_answers

        raw = read_answers(path)
        self._table(path, [Row(i, list(row)) for i, row in enumerate(raw.rows or (), 1)])

    def _mapping(self, path: str, document: Document) -> None:
        data = document.data
        if not isinstance(data, dict):
            raise document.wrong("must map questions to answers", (), f"{self.items[0]}: 26x26x32")
        given = data.get("answers", data)
        words = {str(key).lower(): value for key, value in data.items()}
        name = next((str(words[key]) for key in (*CODE, *IDS) if words.get(key) is not None), _stem(path))
        under = ("answers",) if "answers" in data else ()
        pairs = [(document.locate((*under, Key(key)))[0] + 1, str(key), _text(value)) for key, value in given.items()
                 if str(key).lower() not in OWN] if isinstance(given, dict) else []
        self._student(path, 0, name, pairs)

    def _table(self, path: str, rows: list[Row]) -> None:
        """Rows of question and answer, or a row for each student with a column for each question."""
        name = _stem(path)
        for at, row in enumerate(rows):
            heads = [cell.strip().lower() for cell in row.cells]
            columns = {i: item for i, head in enumerate(heads) for item in self.items if head == item.lower()}
            own = next((i for names in (CODE, IDS) for i, head in enumerate(heads) if head in names), None)
            question = next((i for i, head in enumerate(heads) if head in QUESTION), None)
            if question is not None and any([head in ANSWER for head in heads]):
                answer = next(i for i, head in enumerate(heads) if head in ANSWER)
                last = answer == len(heads) - 1  # a shape with commas may not be quoted
                body = [Row(line, [*cells[:answer], ",".join(cells[answer:])] if last else cells) for line, cells in rows[at + 1:]]
                self._long(path, body, own, question, answer, name)
                return
            if columns and own is not None:
                for line, cells in rows[at + 1:]:
                    full = [*cells, *[""] * len(heads)]
                    self._student(path, line, full[own], [(line, item, full[i]) for i, item in columns.items()])
                return
            if len(heads) >= 2 and heads[0] in (*CODE, *IDS) and at < 5:
                name = row.cells[1].strip()  # a line such as code,5EDWMHQB above the table
        raise CnncalcError(f"{printable(path)}:1: error: no columns for a question and its answer\n"
                           f"    begin with question,answer or with id,{','.join(self.items[:3])}")

    def _long(self, path: str, rows: list[Row], own: int | None, question: int, answer: int, name: str) -> None:
        by_student: dict[str, list[tuple[int, str, str]]] = {}
        lines: dict[str, int] = {}
        for line, cells in rows:
            full = [*cells, *[""] * 9]
            student = full[own].strip() if own is not None else name
            lines.setdefault(student, line if own is not None else 0)
            by_student.setdefault(student, []).append((line, full[question].strip(), full[answer]))
        for student, pairs in by_student.items():
            self._student(path, lines[student], student, pairs)

    def _student(self, path: str, line: int, name: str, pairs: list[tuple[int, str, str]]) -> None:
        where = f"{printable(path)}:{line}" if line else printable(path)
        sheet = self._by_code.get(name.strip().upper()) or self._by_id.get(name.strip().lower())
        if sheet is None:
            known = [student.student.id for student in self._by_id.values()]
            near = did_you_mean(name, known) or "add them to the roster, or correct the id or the sheet's code"
            self.found.problems.append(CnncalcError(f"{where}: error: {printable(name)!r} is not in the roster\n    {near}"))
            return
        own = self.found.answers.setdefault(sheet.student.id, {})
        by_name = {item.lower(): item for item in self.items}
        for number, item, text in pairs:
            place = f"{printable(path)}:{number}" if number else printable(path)
            key = item.strip().lower()
            if key.isdigit() and key not in by_name and 0 < int(key) <= len(self.items):
                key = self.items[int(key) - 1].lower()  # questions by their number on the sheet
            if key not in by_name:
                near = did_you_mean(item, self.items) or "questions are " + ", ".join(self.items[:12])
                self.found.problems.append(CnncalcError(f"{place}: error: there is no question {printable(item)!r}\n    {near}"))
            elif own.get(by_name[key], "").strip() and text.strip() and own[by_name[key]].strip() != text.strip():
                self.found.problems.append(CnncalcError(f"{place}: error: a second answer of {printable(sheet.student.id)} to {by_name[key]}\n"
                                                        f"    the first, {printable(own[by_name[key]])!r}, is marked"))
            elif text.strip():
                own[by_name[key]] = text


def _stem(path: str) -> str:
    """The student that a file's name means: `ada.csv`, or `ada-5EDWMHQB.csv`, whose code comes first."""
    stem = os.path.splitext(os.path.basename(path))[0]
    code = stem.rpartition("-")[2]
    return code if len(code) == 8 and code.isalnum() and code.upper() == code and "-" in stem else stem


def _text(value: object) -> str:
    """An answer in YAML as somebody would write it: a list is a shape or a map."""
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    return "" if value is None else str(value)
