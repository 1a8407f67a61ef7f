"""Reports on answer sheets: one sheet in full, a class as a table, the gradebook, answers and questions one by one."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from ..errors import printable
from ..homework.compare import BYTES
from ..homework.feedback import Explanation, Feedback
from ..homework.grader import Grader
from ..homework.layer_run import Settings
from ..homework.report import RIGHT, STATUSES, Mark, Report, Scoring
from ..homework.sheet import Key
from ..homework.statistics import QuestionSummary, by_question
from ..layers import Shape
from ..numeric.claims import Judged
from . import report as view
from .report import Column, Lines, Notes, Part, Records, Table
from .trace import answers_dict, answers_parts

WORDS = {"right": "right", "form": "right", "convention": "another convention", "carried": "carried forward", "slip": "arithmetic slip",
         "wrong": "wrong", "missing": "missing"}  # fmt: skip
STYLES = {"wrong": "red", "slip": "red", "carried": "magenta", "convention": "magenta", "missing": "dim"}
QUANTITIES = {"params": "parameters", "macs": "MACs", "flops": "FLOPs", "receptive_field": "receptive field",
              "trainable_params": "trainable parameters", "non_trainable_params": "non-trainable parameters",
              "weight_memory": "memory of the weights", "inference_memory": "inference memory",
              "training_memory": "training memory"}  # fmt: skip


class Failed(NamedTuple):
    """A sheet that could not be read, and why."""

    name: str
    problem: str


class Class(NamedTuple):
    """Graded sheets, with what is needed to report on them."""

    grader: Grader
    found: list[Report | Failed]
    scoring: Scoring
    level: str

    @property
    def reports(self) -> list[Report]:
        return [one for one in self.found if isinstance(one, Report)]

    def feedback(self, report: Report) -> Feedback:
        return Feedback(report, self.grader.correct(report.settings), self.level)

    def label(self, key: Key) -> str:
        return "+".join([self.grader.trace.steps[i].name for i in key[0]]) or "total"

    @property
    def tells_causes(self) -> bool:
        return self.level not in ("marks", "rule")


def value_text(value: Any, quantity: str = "", like: str = "") -> str:
    """A right value, in the form that the student used where there are several."""
    if value is None:
        return "?"
    if isinstance(value, Shape):
        sizes = ["?" if n is None else str(n) for n in value]
        opening = like.strip()[:1]
        return f"{opening}{', '.join(sizes)}{')' if opening == '(' else ']'}" if opening in ("(", "[") else "x".join(sizes)
    if isinstance(value, tuple):
        return str(value[0]) if len(set(value)) == 1 else "x".join(map(str, value))
    if quantity == "coverage":
        return f"{float(Fraction(value) * 100):.4g}%"
    unit = like.strip().lower()
    for word, size in (("kib", 2**10), ("mib", 2**20), ("gib", 2**30), ("kb", 10**3), ("mb", 10**6), ("gb", 10**9)):
        if quantity in BYTES and unit.endswith(word):
            return f"{value / size:,.4g} {like.strip()[-len(word):]}"
    return f"{value:,}" + " bytes" * (quantity in BYTES) if isinstance(value, int) else str(value)


def json_value(value: Any) -> Any:
    if isinstance(value, tuple):
        sizes = [json_value(n) for n in value]
        return sizes if isinstance(value, Shape) or len(set(value)) > 1 else sizes[0]
    if isinstance(value, Fraction):
        return str(value) if value.denominator > 1 else int(value)
    return int(value) if isinstance(value, int) else value


def points_text(points: float) -> str:
    return f"{points:.6g}"


def _quantity(mark: Mark) -> str:
    return QUANTITIES.get(mark.cell.quantity, mark.cell.quantity)


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

    def data() -> dict[str, Any]:
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
        body = [[one.label(m.cell.key), _quantity(m), printable(m.cell.claim.text) or "(blank)",
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
    quantity = _quantity(mark)
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
            missing.setdefault(one.label(mark.cell.key), []).append(_quantity(mark))
    if missing:
        out.append("missing: " + "; ".join([f"{layer} ({', '.join(what)})" for layer, what in missing.items()]))
    if feedback.tells("cause") and report.mistakes:
        out.append("mistakes, by the number of answers they explain:")
        out += [f"  {len(m.marks)} {m.name}: {m.words}" for m in report.mistakes]
    first = report.first_error
    if first is not None:
        out.append(f"first error: {one.label(first.cell.key)}, {_quantity(first)}")
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
                     *counts, ", ".join(_names(one, report)[:3])])
        styles.append("green" if report.complete else "magenta")
    return [Table(columns, body, "", styles), *[Notes(lines) for lines in mistake_lines(one)]]


def _names(one: Class, report: Report) -> list[str]:
    return [m.name for m in report.mistakes] if one.tells_causes else []


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


def gradebook(one: Class) -> Records:
    """A row for each sheet: points, counts, mistakes, conventions, and the points for each question."""
    keys = sorted({m.cell.key for report in one.reports for m in report.marks}, key=lambda key: key[0] or (10**9,))
    order = {m.cell.key: n for report in reversed(one.reports) for n, m in enumerate(report.marks)}
    keys.sort(key=lambda key: (key[0] or (10**9,), order[key]))
    titles = ["file", "points", "out_of", "answers", *STATUSES, "mistakes", "conventions", "problem",
              *[f"{one.label(key)} {key[1]}" for key in keys]]  # fmt: skip
    body: list[list[Any]] = []
    for report in one.found:
        if isinstance(report, Failed):
            body.append([report.name, 0, 0, 0, *[0] * len(STATUSES), "", "", report.problem.replace("\n", "; "), *[""] * len(keys)])
            continue
        earned = {m.cell.key: points for m, points in zip(report.marks, report.earned(one.scoring))}
        body.append([report.sheet.name, _plain(report.points(one.scoring)), _plain(report.out_of), report.cells,
                     *[report.count(s) for s in STATUSES], "; ".join(_names(one, report)),
                     "; ".join(dict.fromkeys([c.name for c in report.conventions])), "",
                     *[_plain(earned[key]) if key in earned else "" for key in keys]])
    return Records(titles, body)


def answers_records(one: Class) -> Records:
    """A row for each answer of each sheet."""
    key = one.level == "key"
    titles = ["file", "layer", "quantity", "claimed", *(["expected"] if key else []), "status", "points", "out_of", "mistakes"]
    body: list[list[Any]] = []
    for report in one.reports:
        for mark, points in zip(report.marks, report.earned(one.scoring)):
            causes = "; ".join([c.name for c in mark.causes]) if one.tells_causes else ""
            expected = [value_text(mark.expected, "" if mark.cell.quantity in BYTES else mark.cell.quantity)] if key else []
            body.append([report.sheet.name, one.label(mark.cell.key), mark.cell.quantity, printable(mark.cell.claim.text),
                         *expected, mark.status, _plain(points), _plain(mark.points), causes])
    return Records(titles, body)


def questions_records(one: Class, summaries: list[QuestionSummary]) -> Records:
    """A row for each question."""
    titles = ["layer", "quantity", "sheets", "right", "missing", "facility", "discrimination", "wrong_answers"]
    body: list[list[Any]] = []
    for q in summaries:
        wrong = [f"{printable(w.written)} ({w.sheets}" + (f": {w.mistakes[0]}" if w.mistakes and one.tells_causes else "") + ")" for w in q.wrong]
        body.append([one.label(q.key), q.key[1], str(q.sheets), str(q.right), str(q.missing), f"{q.facility:.0%}",
                     "" if q.discrimination is None else f"{q.discrimination:.2f}", ", ".join(wrong)])
    return Records(titles, body)


#: The columns of these tables that hold text.
_WORDED = ("file", "layer", "quantity", "status", "mistakes", "wrong_answers")


def table_of(records: Records) -> Table:
    """The records as a table for people."""
    columns = [Column(key, key.replace("_", " ").capitalize(), right=key not in _WORDED) for key in records.keys]
    return Table(columns, [[str(cell) for cell in row] for row in records.rows])


def _plain(points: float) -> float | int:
    return int(points) if points == int(points) else round(points, 6)


# JSON.


def check_json(one: Class, summaries: list[QuestionSummary] | None = None) -> dict[str, Any]:
    """All marks as data; fields are only ever added."""
    data: dict[str, Any] = {"schema": "cnncalc/check/2", "name": one.grader.trace.graph.name, "feedback": one.level,
                            "sheets": [_sheet(one, report) for report in one.found]}  # fmt: skip
    if summaries is not None:
        data["questions"] = [{
            "layer": one.label(q.key), "quantity": q.key[1], "sheets": q.sheets, "right": q.right, "missing": q.missing,
            "facility": round(q.facility, 4), "discrimination": None if q.discrimination is None else round(q.discrimination, 4),
            "wrong": [{"claimed": w.written, "sheets": w.sheets, **({"mistakes": list(w.mistakes)} if one.tells_causes else {})}
                      for w in q.wrong]} for q in summaries]  # fmt: skip
    return data


def _sheet(one: Class, report: Report | Failed) -> dict[str, Any]:
    if isinstance(report, Failed):
        return {"file": report.name, "error": report.problem, "right": 0, "cells": 0, "points": 0.0, "out_of": 0.0,
                "feedback": one.level, "answers": []}
    feedback, first = one.feedback(report), report.first_error
    earned = report.earned(one.scoring)
    found: dict[str, Any] = {
        "file": report.sheet.name, "right": report.right, "cells": report.cells,
        "points": float(report.points(one.scoring)), "out_of": float(report.out_of), "feedback": one.level,
        "counts": {s: report.count(s) for s in STATUSES},
        "settings": _settings_dict(report.settings),
        "conventions": [{"name": c.name, "words": c.words, "answers": len([m for m in report.marks if m.status == "convention" and
                                                                          c.words in [cause.words for cause in m.causes]])}
                        for c in report.conventions],
    }  # fmt: skip
    if feedback.tells("cause"):
        found["mistakes"] = [{"name": m.name, "answers": len(m.marks), "words": m.words} for m in report.mistakes]
    found["first_wrong"] = None if first is None else {"layer": one.label(first.cell.key), "quantity": first.cell.quantity}
    found["notes"] = list(report.notes)
    found["answers"] = [_answer(one, m, feedback, points) for m, points in zip(report.marks, earned)]
    return found


def _settings_dict(settings: Settings) -> dict[str, Any]:
    return {
        "biases": settings.biases is not False, "batch_normalization": settings.bn or "4C",
        "rounding": settings.rounding or "floor", "work": settings.work or "as named",
        "megabyte": "2^20" if settings.binary else "10^6", "order": settings.order or "channels_last",
        "batch": settings.batch, "bits": settings.bits,
    }  # fmt: skip


def _answer(one: Class, mark: Mark, feedback: Feedback, points: float) -> dict[str, Any]:
    found: dict[str, Any] = {
        "layer": one.label(mark.cell.key), "quantity": mark.cell.quantity, "claimed": claimed_value(mark),
        "written": mark.cell.claim.text, "status": mark.status, "points": float(points), "out_of": float(mark.points),
    }  # fmt: skip
    if feedback.tells("key"):
        found["expected"] = json_value(mark.expected)
        if mark.own is not None:
            found["from_own_values"] = json_value(mark.own)
    if mark.why:
        found["why"] = mark.why
    if feedback.rule(mark):
        found["rule"] = feedback.rule(mark)
    if feedback.tells("cause"):
        found["causes"] = [_cause(e, feedback) for e in feedback.explanations(mark)] if mark.status not in RIGHT else []
    return found


def _cause(cause: Explanation, feedback: Feedback) -> dict[str, Any]:
    found: dict[str, Any] = {"name": cause.name, "words": cause.words, "formula": cause.letters or None}
    if feedback.tells("line"):
        found |= {"working": cause.working or None, "right_formula": cause.right_letters or None}
    if feedback.tells("key"):
        found |= {"detail": cause.detail or None, "wrong": list(cause.wrong) or None, "right": list(cause.right) or None}
    return found


def claimed_value(mark: Mark) -> Any:
    """A claim as data: sizes, a whole number, or the text as it was written."""
    claim = mark.cell.claim
    if claim.empty:
        return None
    if mark.cell.quantity in ("output", "input"):
        return [json_value(n) for n in claim.shapes[0]] if claim.shapes else claim.text
    for reading in claim.numbers:
        if reading.unit != "%" and reading.value().denominator == 1:
            return int(reading.value())
    return claim.text
