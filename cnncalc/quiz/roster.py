"""The class list: a CSV file with an id for each student."""

from __future__ import annotations

import csv
from typing import NamedTuple

from ..errors import CnncalcError, SpecErrors
from .sheets import Student

IDS = ("id", "student", "student id", "student_id", "studentid", "id number", "idnumber", "sis user id", "sis login id", "login", "username", "matriculation number",
       "email", "email address", "e-mail")
NAMES = ("name", "full name", "student name")
FIRST, LAST = ("first name", "firstname", "given name"), ("last name", "lastname", "surname", "family name")
MOST_STUDENTS = 20_000


class Row(NamedTuple):
    """A row of a CSV file, and the line that it ends in."""

    line: int
    cells: list[str]


def rows_of(path: str) -> list[Row]:
    """The rows of a CSV file that are not blank."""
    from ..sources.files import decoded, read_file

    text = decoded(path, read_file(path)).removeprefix("\ufeff")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, skipinitialspace=True)
    try:
        return [Row(reader.line_num, [cell.strip() for cell in row]) for row in reader if any([cell.strip() for cell in row])]
    except csv.Error as error:
        raise CnncalcError(f"{path}:{reader.line_num}: error: cannot be read as CSV: {error}") from None


def read_roster(path: str) -> list[Student]:
    """The students of a file, in its order; CnncalcError with file and line for each thing that is wrong."""
    rows = rows_of(path)
    if not rows:
        raise CnncalcError(f"{path}: error: the roster is empty\n    it begins with a line of headings, such as id,name")
    heads = [cell.lower() for cell in rows[0][1]]
    at = next((heads.index(name) for name in IDS if name in heads), None)
    if at is None:
        raise CnncalcError(f"{path}:1: error: no column is an id (found {', '.join(rows[0][1][:6])})\n    begin the roster with id,name")
    named = next((heads.index(name) for name in NAMES if name in heads), None)
    first_at = next((heads.index(name) for name in FIRST if name in heads), None)
    last_at = next((heads.index(name) for name in LAST if name in heads), None)
    students: dict[str, tuple[int, Student]] = {}
    problems: list[CnncalcError] = []
    for line, row in rows[1:]:
        cells = [*row, *[""] * len(heads)]
        student = cells[at]
        if not student:
            problems.append(CnncalcError(f"{path}:{line}: error: no {rows[0][1][at]} in this row\n    every student needs one"))
        elif student in students:
            problems.append(CnncalcError(f"{path}:{line}: error: {student!r} is already in line {students[student][0]}\n    ids must differ: remove or rename one"))
        else:
            parts = [cells[i] for i in (first_at, last_at) if i is not None and cells[i]]
            students[student] = (line, Student(student, cells[named] if named is not None else " ".join(parts)))
    if len(students) > MOST_STUDENTS:
        problems.append(CnncalcError(f"{path}: error: the roster has more than {MOST_STUDENTS:,} students"))
    if not students and not problems:
        problems.append(CnncalcError(f"{path}: error: the roster has no students\n    add a line for each below the headings"))
    if problems:
        raise SpecErrors(problems)
    return [student for _, student in students.values()]
