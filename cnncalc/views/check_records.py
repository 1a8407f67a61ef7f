"""Graded sheets for programs: the gradebook, answers and questions as rows, and everything as JSON."""

from __future__ import annotations

from ..errors import printable
from ..homework.compare import BYTES
from ..homework.feedback import Explanation, Feedback
from ..homework.layer_run import Settings
from ..homework.report import RIGHT, STATUSES, Mark, Report
from ..homework.statistics import QuestionSummary
from .graded import Class, Failed, json_value, value_text
from .report import Column, Records, Table


def gradebook(one: Class) -> Records:
    """A row for each sheet: points, counts, mistakes, conventions, and the points for each question."""
    keys = sorted({m.cell.key for report in one.reports for m in report.marks}, key=lambda key: key[0] or (10**9,))
    order = {m.cell.key: n for report in reversed(one.reports) for n, m in enumerate(report.marks)}
    keys.sort(key=lambda key: (key[0] or (10**9,), order[key]))
    titles = ["file", "points", "out_of", "answers", *STATUSES, "mistakes", "conventions", "problem",
              *[f"{one.label(key)} {key[1]}" for key in keys]]
    body: list[list[object]] = []
    for report in one.found:
        if isinstance(report, Failed):
            body.append([report.name, 0, 0, 0, *[0] * len(STATUSES), "", "", report.problem.replace("\n", "; "), *[""] * len(keys)])
            continue
        earned = {m.cell.key: points for m, points in zip(report.marks, report.earned(one.scoring))}
        body.append([report.sheet.name, _plain(report.points(one.scoring)), _plain(report.out_of), report.cells,
                     *[report.count(s) for s in STATUSES], "; ".join(mistakes_of(one, report)),
                     "; ".join(dict.fromkeys([c.name for c in report.conventions])), "",
                     *[_plain(earned[key]) if key in earned else "" for key in keys]])
    return Records(titles, body)


def answers_records(one: Class) -> Records:
    """A row for each answer of each sheet."""
    key = one.level == "key"
    titles = ["file", "layer", "quantity", "claimed", *(["expected"] if key else []), "status", "points", "out_of", "mistakes"]
    body: list[list[object]] = []
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
    body: list[list[object]] = []
    for q in summaries:
        wrong = [f"{printable(w.written)} ({w.sheets}" + (f": {w.mistakes[0]}" if w.mistakes and one.tells_causes else "") + ")" for w in q.wrong]
        body.append([one.label(q.key), q.key[1], str(q.sheets), str(q.right), str(q.missing), f"{q.facility:.0%}",
                     "" if q.discrimination is None else f"{q.discrimination:.2f}", ", ".join(wrong)])
    return Records(titles, body)


#: The columns of these tables that hold text.


def mistakes_of(one: Class, report: Report) -> list[str]:
    return [m.name for m in report.mistakes] if one.tells_causes else []


_WORDED = ("file", "layer", "quantity", "status", "mistakes", "wrong_answers")


def table_of(records: Records) -> Table:
    """The records as a table for people."""
    columns = [Column(key, key.replace("_", " ").capitalize(), right=key not in _WORDED) for key in records.keys]
    return Table(columns, [[str(cell) for cell in row] for row in records.rows])


def _plain(points: float) -> float | int:
    return int(points) if points == int(points) else round(points, 6)


# JSON.


def check_json(one: Class, summaries: list[QuestionSummary] | None = None) -> dict[str, object]:
    """All marks as data; fields are only ever added."""
    data: dict[str, object] = {"schema": "cnncalc/check/2", "name": one.grader.trace.graph.name, "feedback": one.level,
                            "sheets": [_sheet(one, report) for report in one.found]}
    if summaries is not None:
        data["questions"] = [{
            "layer": one.label(q.key), "quantity": q.key[1], "sheets": q.sheets, "right": q.right, "missing": q.missing,
            "facility": round(q.facility, 4), "discrimination": None if q.discrimination is None else round(q.discrimination, 4),
            "wrong": [{"claimed": w.written, "sheets": w.sheets, **({"mistakes": list(w.mistakes)} if one.tells_causes else {})}
                      for w in q.wrong]} for q in summaries]
    return data


def _sheet(one: Class, report: Report | Failed) -> dict[str, object]:
    if isinstance(report, Failed):
        return {"file": report.name, "error": report.problem, "right": 0, "cells": 0, "points": 0.0, "out_of": 0.0,
                "feedback": one.level, "answers": []}
    feedback, first = one.feedback(report), report.first_error
    earned = report.earned(one.scoring)
    found: dict[str, object] = {
        "file": report.sheet.name, "right": report.right, "cells": report.cells,
        "points": float(report.points(one.scoring)), "out_of": float(report.out_of), "feedback": one.level,
        "counts": {s: report.count(s) for s in STATUSES},
        "settings": _settings_dict(report.settings),
        "conventions": [{"name": c.name, "words": c.words, "answers": len([m for m in report.marks if m.status == "convention" and
                                                                          c.words in [cause.words for cause in m.causes]])}
                        for c in report.conventions],
    }
    if feedback.tells("cause"):
        found["mistakes"] = [{"name": m.name, "answers": len(m.marks), "words": m.words} for m in report.mistakes]
    found["first_wrong"] = None if first is None else {"layer": one.label(first.cell.key), "quantity": first.cell.quantity}
    found["notes"] = list(report.notes)
    found["answers"] = [_answer(one, m, feedback, points) for m, points in zip(report.marks, earned)]
    return found


def _settings_dict(settings: Settings) -> dict[str, object]:
    return {
        "biases": settings.biases is not False, "batch_normalization": settings.bn or "4C",
        "rounding": settings.rounding or "floor", "work": settings.work or "as named",
        "megabyte": "2^20" if settings.binary else "10^6", "order": settings.order or "channels_last",
        "batch": settings.batch, "bits": settings.bits,
    }


def _answer(one: Class, mark: Mark, feedback: Feedback, points: float) -> dict[str, object]:
    found: dict[str, object] = {
        "layer": one.label(mark.cell.key), "quantity": mark.cell.quantity, "claimed": claimed_value(mark),
        "written": mark.cell.claim.text, "status": mark.status, "points": float(points), "out_of": float(mark.points),
    }
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


def _cause(cause: Explanation, feedback: Feedback) -> dict[str, object]:
    found: dict[str, object] = {"name": cause.name, "words": cause.words, "formula": cause.letters or None}
    if feedback.tells("line"):
        found |= {"working": cause.working or None, "right_formula": cause.right_letters or None}
    if feedback.tells("key"):
        found |= {"detail": cause.detail or None, "wrong": list(cause.wrong) or None, "right": list(cause.right) or None}
    return found


def claimed_value(mark: Mark) -> object:
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
