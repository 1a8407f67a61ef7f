"""`cnncalc quiz write`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from .command import Command
from .output import STDOUT, complain, complete_file, say
from .output import write as write_result

if TYPE_CHECKING:
    from ..errors import SpecError
    from ..quiz.writers import Paper

FORMATS = ("moodle", "gift", "canvas", "csv", "markdown", "latex")


@click.command(cls=Command)
@click.argument("quiz", metavar="QUIZ.yaml", shell_complete=complete_file)
@click.option("--format", "format", type=click.Choice(FORMATS), help="Default: that of FILE's extension, otherwise markdown.")
@click.option("--variants", metavar="N", type=click.IntRange(1, 1000), help="Write N variants. Default: 1.")
@click.option("--roster", metavar="FILE", shell_complete=complete_file, help="Write a sheet of its own for each student of this CSV file.")
@click.option("--secret", metavar="FILE", shell_complete=complete_file, help="File with the secret that the numbers come from; needed with --roster.")
@click.option("--key", is_flag=True, help="Handouts: with the answers.")
@click.option("-o", "--output", metavar="FILE", shell_complete=complete_file,
              help="Write to FILE; with --roster and a handout, a folder (sheets/) gets a file for each student.")
def write(quiz: str, format: str | None, variants: int | None, roster: str | None, secret: str | None, key: bool, output: str | None) -> None:
    """Write a quiz for a class: for Moodle, Canvas or Anki, or as a handout.

    \b
      cnncalc quiz write week3.yaml --format moodle --variants 30 -o week3.xml
      cnncalc quiz write week3.yaml --roster class.csv --secret secret.txt -o sheets/

    QUIZ.yaml lists the questions: templates, levels and points.

    \b
      title: Week 3
      questions:
        - {template: size, level: 2, points: 2}
        - {template: params, level: 1}
    """
    from ..errors import CnncalcError, SpecErrors
    from ..quiz.roster import read_roster
    from ..quiz.sheets import Maker, individual_problems, read_quiz
    from ..quiz.writers import HANDOUTS, WRITERS, Paper, written

    if roster is not None and variants is not None:
        raise click.UsageError("--variants and --roster cannot be combined: with a roster, every student has a variant")
    if roster is not None and secret is None:
        raise click.UsageError("--roster needs --secret FILE\n    make one: head -c 32 /dev/urandom | base64 > secret.txt")
    format = format or _format_of(output, WRITERS)
    if key and format not in HANDOUTS:
        raise click.UsageError(f"--key is for {' and '.join(HANDOUTS)}: {format} files include the answers")
    if format == "canvas" and output in STDOUT:
        raise click.UsageError("a zip needs -o FILE.zip")
    try:
        found = read_quiz(quiz)
        students = read_roster(roster) if roster is not None else []
        maker = Maker(found, read_secret(secret) if secret is not None else b"")
        if roster is not None:
            problems = list(individual_problems(found))
            if problems:
                raise SpecErrors([_placed(problem, quiz) for problem in problems])
        sheets = [maker.for_student(student) for student in students] or [maker.for_variant(i + 1) for i in range(variants or 1)]
        if roster is not None and format in HANDOUTS and output is not None and (output.endswith(("/", os.sep)) or os.path.isdir(output)):
            _write_folder(Paper(found, tuple(sheets), key, True), format, output)
            return
        text = written(Paper(found, tuple(sheets), key, roster is not None), format)
    except CnncalcError as error:
        complain(error)
        sys.exit(2)
    write_result(text, output)


def read_secret(path: str) -> bytes:
    """The secret in a file, without the line end."""
    from ..errors import CnncalcError
    from ..sources.files import read_file

    secret = read_file(path).strip()
    if len(secret) < 8:
        raise CnncalcError(f"{path}: error: the secret is too short\n    it needs 8 characters or more: head -c 32 /dev/urandom | base64 > {path}")
    return secret


def _placed(problem: SpecError, path: str) -> SpecError:
    """An error with the document that its path leads into."""
    from ..sources.document import Document
    from ..sources.files import decoded, read_file

    problem.document = Document(path, decoded(path, read_file(path)))
    return problem


def _format_of(output: str | None, endings: dict[str, str]) -> str:
    ending = os.path.splitext(output or "")[1].lower()
    found = next((name for name, own in endings.items() if own == ending), None)
    if found is None and ending and output not in STDOUT:
        raise click.UsageError(f"this command cannot write {ending} files\n    it writes {', '.join(endings.values())}; --format chooses the format")
    return found or "markdown"


def _write_folder(paper: Paper, format: str, folder: str) -> None:
    """A file for each student, named by id and code."""
    import re

    from ..quiz.writers import WRITERS, written

    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        say(f"error: cannot write {folder}: {error.strerror}")
        sys.exit(2)
    for sheet in paper.sheets:
        name = re.sub(r"[^\w.@+-]", "_", sheet.student.id)[:80].lstrip(".") or "student"
        text = written(paper._replace(sheets=(sheet,)), format)
        write_result(str(text), os.path.join(folder, f"{name}-{sheet.code}{WRITERS[format]}"))
    say(f"{len(paper.sheets)} sheets in {folder}")
