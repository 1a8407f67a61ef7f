"""Reports on answer sheets: one sheet in full, or a class as a table."""

from __future__ import annotations

from ..errors import printable
from ..homework.feedback import Explanation, Feedback
from ..homework.report import STATUSES, Mark, Report
from ..homework.statistics import by_question
from ..numeric.claims import Judged
from . import report as view
from .check_records import answers_records, check_json, gradebook, mistakes_of, questions_records, table_of
from .graded import Class, Failed, points_text, quantity_of, value_text
from .report import Column, Lines, Notes, Part, Records, Table
from .trace import answers_dict, answers_parts

WORDS = {"right": "right", "form": "right", "convention": "another convention", "carried": "carried forward", "slip": "arithmetic slip",
         "wrong": "wrong", "missing": "missing"}
STYLES = {"wrong": "red", "slip": "red", "carried": "magenta", "convention": "magenta", "missing": "dim"}


# The result.


def result(one: Class, grids: list[tuple[str, list[Judged]]], is_class: bool, rows: str, all_causes: bool) -> view.Report:
    """The result of the command: `rows` are sheets, answers or questions; `grids` are maps of numbers by file."""
    tells = {"causes": one.tells_causes, "reveal": one.level == "key"}
    summaries = by_question(one.reports, one.scoring) if rows == "questions" else None

    def records() -> Records:
        return questions_records(one, summaries) if summaries is not None else answers_records(one) if rows == "answers" else gradebook(one)

    def parts() -> list[Part]:
        found: list[Part] = []
        if rows != "sheets":
            found.append(table_of(records()))
        elif is_class:
            found += class_parts(one)
        else:
            found += [part for report in one.reports for part in sheet_parts(one, report, all_causes)]
        for name, judged in grids:
            found += [Lines([name])] if len(grids) > 1 else []
            found += [part for grid in judged for part in answers_parts(grid, **tells)]
        return found

    def data() -> dict[str, object]:
        found = check_json(one, summaries)
        if grids:
            found["maps"] = [{"file": name, **grid} for name, judged in grids for grid in answers_dict("", judged, **tells)["maps"]]
        return found

    return view.Report(one.grader.trace.graph.name, data, parts, records)


# One sheet.


def sheet_parts(one: Class, report: Report, all_causes: bool = False) -> list[Part]:
    """One sheet: the answers that are not right and their explanations; one line if all are right."""
    points = f"{points_text(report.points(one.scoring))} of {points_text(report.out_of)} points"
    name, conventions = printable(report.sheet.name), _conventions(report)
    if report.complete:
        many = len(report.marks)
        line = f"{name}: " + (f"all {many} answers are right" if many > 1 else "the answer is right") + f", {points}"
        line += f" ({'; '.join(conventions)})" if conventions else ""
        return [Lines([line], "green"), Lines([f"note: {note}" for note in report.notes], tight=True)]
    feedback = one.feedback(report)
    out: list[Part] = [Lines([f"convention: {words}" for words in conventions])]
    shown = [m for m in report.marks if m.status not in ("missing", "right") and not (m.status == "form" and not m.why)]
    if shown:
        keyed = feedback.tells("key")
        columns = [Column("layer", "Layer"), Column("quantity", "Quantity"), Column("answer", "Answer", right=True),
                   *([Column("right", "Right", right=True)] if keyed else []), Column("mark", "Mark")]
        body = [[one.label(m.cell.key), quantity_of(m), printable(m.cell.claim.text) or "(blank)",
                 *([value_text(m.expected, m.cell.quantity, m.cell.claim.text)] if keyed else []), _mark_text(m)] for m in shown]
        out.append(Table(columns, body, name, [STYLES.get(m.status) for m in shown]))
    else:
        out.append(Lines([name], "bold"))
    out += [Lines(lines) for lines in _explained(one, report, feedback, all_causes)]
    return [*out, Lines(_summary(one, report, feedback, points))]


def _conventions(report: Report) -> list[str]:
    """The conventions that a sheet uses, with the number of answers."""
    found: dict[str, int] = {}
    for m in report.marks:
        for cause in m.causes if m.status == "convention" else ():
            found[cause.words] = found.get(cause.words, 0) + 1
    return [f"{words} ({many} answer{'s' * (many != 1)})" for words, many in found.items()]


def _mark_text(mark: Mark) -> str:
    words = WORDS[mark.status]
    return f"{words} ({mark.why})" if mark.status in ("form", "convention") and mark.why else words


def _explained(one: Class, report: Report, feedback: Feedback, all_causes: bool) -> list[list[str]]:
    """The lines for each wrong answer."""
    wrong = [m for m in report.marks if m.status in ("wrong", "slip")] if feedback.tells("rule") else []
    return [_explanation(one, mark, feedback, all_causes) for mark in wrong]


def _explanation(one: Class, mark: Mark, feedback: Feedback, all_causes: bool) -> list[str]:
    """The rule to review; from `cause` up, the likeliest mistake in full and the others in a line."""
    quantity = quantity_of(mark)
    what, claimed = f"{one.label(mark.cell.key)}, {quantity}", printable(mark.cell.claim.text)
    right = f", it is {value_text(mark.expected, mark.cell.quantity, mark.cell.claim.text)}" if feedback.tells("key") else ""
    out = [f"{what}: {claimed} is wrong{right}" if mark.status == "wrong" else f"{what}: {mark.why}{right}"]
    review = f"  review the rule for {quantity}: {feedback.rule(mark)}"
    if not feedback.tells("cause"):
        return [*out, review]
    if mark.own is not None and feedback.tells("key"):
        out.append(f"  from the earlier answers on the sheet it would be {value_text(mark.own, mark.cell.quantity)}")
    causes = feedback.explanations(mark) if mark.status == "wrong" else []
    full = causes if all_causes else causes[:1]
    for cause in full:
        out += _cause_lines(cause)
    if len(causes) > len(full):
        out.append(f"  also possible: {', '.join([c.name for c in causes[len(full):]])}")
    if not causes and mark.status == "wrong":
        out.append("  no known mistake gives this value")
    if not any([c.right for c in full]):
        out += [f"    right  {line}" for line in feedback.right_lines(mark)]
    return [*out, review] if not feedback.tells("key") and not causes else out


def _cause_lines(cause: Explanation) -> list[str]:
    out = [f"  {cause.name}: {cause.words}" + (f" ({cause.detail})" if cause.detail else "")]
    if cause.wrong or cause.right:
        return [*out, *[f"    wrong  {line}" for line in cause.wrong], *[f"    right  {line}" for line in cause.right]]
    if cause.letters and not cause.working:
        out.append(f"    you computed {cause.letters}" + (f"; {cause.difference}" if cause.difference else ""))
    if cause.working:
        out.append(f"    you computed {cause.working}" + (f"; right: {cause.right_letters}" if cause.right_letters else ""))
    return out


def _summary(one: Class, report: Report, feedback: Feedback, points: str) -> list[str]:
    out = []
    missing: dict[str, list[str]] = {}
    for mark in report.marks:
        if mark.status == "missing":
            missing.setdefault(one.label(mark.cell.key), []).append(quantity_of(mark))
    if missing:
        out.append("missing: " + "; ".join([f"{layer} ({', '.join(what)})" for layer, what in missing.items()]))
    if feedback.tells("cause") and report.mistakes:
        out.append("mistakes, by the number of answers they explain:")
        out += [f"  {len(m.marks)} {m.name}: {m.words}" for m in report.mistakes]
    first = report.first_error
    if first is not None:
        out.append(f"first error: {one.label(first.cell.key)}, {quantity_of(first)}")
    out += [f"note: {note}" for note in report.notes]
    counts = {"right": report.count("right", "form")}
    counts |= {WORDS[s]: report.count(s) for s in STATUSES if s not in ("right", "form")}
    out.append(f"{', '.join([f'{many} {words}' for words, many in counts.items() if many]) or 'no questions'}: {points}")
    return out


# A class.



def class_parts(one: Class) -> list[Part]:
    """A row for each sheet, and a count for each mistake."""
    titles = ["Points", "Out of", "Right", "Carried", "Slip", "Wrong", "Missing"]
    columns = [Column("sheet", "Sheet"), *[Column(title, title, right=True) for title in titles], Column("mistakes", "Mistakes")]
    body: list[list[str]] = []
    styles: list[str | None] = []
    for report in one.found:
        if isinstance(report, Failed):
            body.append([printable(report.name), *[""] * len(titles), printable(report.problem.split("\n")[0])])
            styles.append("red")
            continue
        counts = [str(report.count(s)) for s in ("carried", "slip", "wrong", "missing")]
        body.append([printable(report.sheet.name), points_text(report.points(one.scoring)), points_text(report.out_of), str(report.right),
                     *counts, ", ".join(mistakes_of(one, report)[:3])])
        styles.append("green" if report.complete else "magenta")
    return [Table(columns, body, "", styles), *[Notes(lines) for lines in mistake_lines(one)]]


def mistake_lines(one: Class) -> list[list[str]]:
    """Each mistake with the number of sheets that make it, and the conventions in use."""
    sheets: dict[str, list[int]] = {}
    words: dict[str, str] = {}
    for report in one.reports if one.tells_causes else ():
        for mistake in report.mistakes:
            sheets.setdefault(mistake.name, []).append(len(mistake.marks))
            words.setdefault(mistake.name, mistake.words)
    many = len(one.reports)
    ordered = sorted(sheets, key=lambda name: (-len(sheets[name]), -sum(sheets[name]), name))
    lines = [f"{len(sheets[n])} of {many} sheets, {sum(sheets[n])} answer{'s' * (sum(sheets[n]) != 1)}: {n}: {words[n]}" for n in ordered]
    used: dict[str, int] = {}
    for report in one.reports:
        for convention in report.conventions:
            used[convention.words] = used.get(convention.words, 0) + 1
    uses = [f"{n} of {many} sheets: {text}" for text, n in sorted(used.items(), key=lambda item: -item[1])]
    return [[title, *found] for title, found in (("mistakes, by the number of sheets:", lines), ("conventions in use:", uses)) if found]
