"""`cnncalc quiz mark`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from .command import Command
from .output import Output, complain, complete_file, output_options, say, write
from .quiz_write import read_secret

if TYPE_CHECKING:
    from ..quiz.marking import Marked, Regraded
    from ..quiz.sheets import Quiz


@click.command(cls=Command)
@click.argument("quiz", metavar="QUIZ.yaml", shell_complete=complete_file)
@click.argument("answers", metavar="ANSWERS...", nargs=-1, required=True, shell_complete=complete_file)
@output_options()
@click.option("--roster", metavar="FILE", required=True, shell_complete=complete_file, help="The class: the CSV file that the sheets were written with.")
@click.option("--secret", metavar="FILE", required=True, shell_complete=complete_file, help="The secret that the sheets were written with.")
@click.option("--gradebook", type=click.Choice(("moodle", "canvas")), help="Write a gradebook to import, in CSV.")
@click.option("--statistics", is_flag=True, help="Show the questions and mistakes of the class instead of its students.")
@click.option("--regrade", metavar="FILE", shell_complete=complete_file, help="An earlier gradebook: list the students and questions whose points change.")
@click.option("--carried/--no-carried", default=True, show_default=True, help="Give points for answers that follow from an earlier error.")
def mark(out: Output, quiz: str, answers: tuple[str, ...], roster: str, secret: str, gradebook: str | None, statistics: bool, regrade: str | None,
         carried: bool) -> None:
    """Mark the answers of a class; the key is computed again from the secret.

    ANSWERS are files or folders: a file for each student (question,answer), or one table with a row for each
    (id,size-2,params-1,...). Answers are letters or values.

    \b
      cnncalc quiz mark week3.yaml answers/ --roster class.csv --secret secret.txt
      cnncalc quiz mark week3.yaml answers/ --roster class.csv --secret secret.txt --gradebook moodle -o grades.csv
    """
    from ..errors import CnncalcError
    from ..quiz.answers import Reader
    from ..quiz.marking import Marker, regraded
    from ..quiz.roster import read_roster
    from ..quiz.sheets import Maker, read_quiz

    if gradebook and statistics:
        raise click.UsageError("--gradebook and --statistics cannot be combined: they are two files")
    try:
        found = read_quiz(quiz)
        students = read_roster(roster)
        maker = Maker(found, read_secret(secret))
        sheets = [maker.for_student(student) for student in students]
        before = _points_in(regrade, found) if regrade is not None else None
    except CnncalcError as error:
        complain(error)
        sys.exit(2)
    read = Reader(found, sheets).read(answers)
    complain(read.problems)
    marker = Marker(carried)
    marked = [marker.mark(sheet, read.answers.get(sheet.student.id, {})) for sheet in sheets]
    if before is not None:
        _show_regraded(out, found, regraded(marked, before), marked)
    elif gradebook:
        titles, rows = gradebook_rows(found, marked, gradebook)
        from ..views.text import csv_text

        write(csv_text(titles, rows), out.file)
    elif statistics:
        _show_statistics(out, found, marked)
    else:
        _show_marks(out, found, marked)
    if read.problems:
        say(f"note: {len(read.problems)} problem{'s' * (len(read.problems) > 1)} above; all other answers are marked")
        sys.exit(2)


def gradebook_rows(quiz: Quiz, marked: list[Marked], kind: str) -> tuple[list[str], list[list[str]]]:
    """A gradebook with a column for each question, as the system imports it."""
    items = [item.id for item in quiz.items]
    if kind == "moodle":
        titles = ["ID number", "Name", *[f"{quiz.title}: {item}" for item in items], f"{quiz.title}: total"]
        return titles, [[one.sheet.student.id, one.sheet.student.name, *[_number(m.points) for m in one.marks], _number(one.points)] for one in marked]
    titles = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *[f"{quiz.title}: {item}" for item in items]]
    possible = ["    Points Possible", "", "", "", "", *[_number(item.points) for item in quiz.items]]
    return titles, [possible, *[[one.sheet.student.name or one.sheet.student.id, "", one.sheet.student.id, "", "", *[_number(m.points) for m in one.marks]]
                                for one in marked]]


def _number(points: float) -> str:
    return f"{points:g}"


def _points_in(path: str, quiz: Quiz) -> dict[str, dict[str, float]]:
    """The points of an earlier gradebook by student and question."""
    from ..errors import CnncalcError
    from ..quiz.roster import IDS, rows_of

    rows = rows_of(path)
    if not rows:
        raise CnncalcError(f"{path}: error: is empty")
    heads = [cell.strip() for cell in rows[0].cells]
    lower = [head.lower() for head in heads]
    own = next((lower.index(name) for name in ("sis user id", "id number", *IDS) if name in lower), None)
    columns = {i: item.id for i, head in enumerate(heads) for item in quiz.items if head in (item.id, f"{quiz.title}: {item.id}")}
    if own is None or not columns:
        raise CnncalcError(f"{path}:1: error: not a gradebook of this quiz\n    --regrade takes a file written by --gradebook or --format csv")
    found: dict[str, dict[str, float]] = {}
    for line, cells in rows[1:]:
        full = [*cells, *[""] * len(heads)]
        if not full[own]:
            continue  # the points possible
        try:
            found[full[own].removeprefix("'")] = {item: float(full[i]) for i, item in columns.items() if full[i]}
        except ValueError:
            raise CnncalcError(f"{path}:{line}: error: points must be numbers") from None
    return found


def _show_marks(out: Output, quiz: Quiz, marked: list[Marked]) -> None:
    from ..views.quiz import marks_report

    out.show(marks_report(quiz.title, [item.id for item in quiz.items], [
        {"id": one.sheet.student.id, "name": one.sheet.student.name, "code": one.sheet.code, "points": one.points, "out_of": one.out_of, "answers": [
            {"question": m.item.id, "answer": m.text, "status": m.status, "points": m.points, "out_of": m.item.points,
             "mistakes": [cause.name for cause in m.causes]} for m in one.marks]} for one in marked]))


def _show_statistics(out: Output, quiz: Quiz, marked: list[Marked]) -> None:
    from ..quiz.statistics import by_question, mistakes, review_first
    from ..views.quiz import statistics_report

    questions = by_question(marked)
    out.show(statistics_report(
        quiz.title,
        [{"question": q.item, "sheets": q.sheets, "right": q.right, "missing": q.missing, "facility": q.facility, "discrimination": q.discrimination,
          "mistakes": [{"name": name, "answers": count} for name, count in q.mistakes], "dead": list(q.dead), "review": list(q.review)} for q in questions],
        [{"name": m.name, "answers": m.answers, "students": m.students, "mean": m.mean} for m in mistakes(marked)],
        [q.item for q in review_first(questions)]))


def _show_regraded(out: Output, quiz: Quiz, changes: list[Regraded], marked: list[Marked]) -> None:
    from ..views.quiz import regraded_report

    out.show(regraded_report(quiz.title, [{"id": c.student, "question": c.item, "before": c.before, "now": c.now} for c in changes], len(marked)))
