"""A marked class: its students, its questions, and what a regrading changes."""

from __future__ import annotations

from .report import Column, Heading, Lines, Notes, Part, Records, Report, Table


def marks_report(title: str, items: list[str], students: list[dict[str, object]]) -> Report:
    """A row for each student, a column for each question."""
    titles = ["id", *items, "points", "of"]

    def rows() -> list[list[str]]:
        found = []
        for one in students:
            answers = one["answers"]
            assert isinstance(answers, list)
            found.append([str(one["id"]), *[f"{a['points']:g}" for a in answers], f"{one['points']:g}", f"{one['out_of']:g}"])
        return found

    def parts() -> list[Part]:
        wrong = sum([a["status"] == "carried" for one in students for a in one["answers"]])  # type: ignore[attr-defined]
        notes = [f"{wrong} answer{'s' * (wrong != 1)} carried forward from an earlier error"] if wrong else []
        return [Heading(title, 1), Table([Column(name, name, right=i > 0) for i, name in enumerate(titles)], rows()),
                *([Notes(notes)] if notes else [])]

    return Report(title, lambda: {"schema": "cnncalc/quiz-marks/1", "name": title, "students": students}, parts, lambda: Records(titles, rows()))


def statistics_report(title: str, questions: list[dict[str, object]], mistakes: list[dict[str, object]], review: list[str]) -> Report:
    """Questions with their facility and discrimination, and the mistakes of the class."""
    heads = ["question", "sheets", "right", "missing", "facility", "discrimination", "mistakes", "never picked"]

    def rows() -> list[list[str]]:
        return [[str(q["question"]), str(q["sheets"]), str(q["right"]), str(q["missing"]), f"{q['facility']:.2f}",
                 "-" if q["discrimination"] is None else f"{q['discrimination']:.2f}", _words(q["mistakes"]), _words(q["dead"])] for q in questions]

    def parts() -> list[Part]:
        reasons = {str(q["question"]): q["review"] for q in questions}
        lines = [f"{name}: {'; '.join(reasons[name])}" for name in review]  # type: ignore[arg-type]
        counts = [[str(m["name"]), str(m["answers"]), str(m["students"]), f"{m['mean']:.0%}"] for m in mistakes]
        return [
            Heading(title, 1), Table([Column(name, name, right=1 <= i <= 5) for i, name in enumerate(heads)], rows()),
            *([Heading("Mistakes"), Table([Column(name, name, right=i > 0) for i, name in enumerate(("mistake", "answers", "students", "mean score"))], counts)]
              if counts else []),
            *([Heading("Review first"), Lines(lines)] if lines else []),
            Notes(["facility: mean share of the points; discrimination: correlation with the points for all other questions, from ten sheets up"]),
        ]

    return Report(title, lambda: {"schema": "cnncalc/quiz-statistics/1", "name": title, "questions": questions, "mistakes": mistakes, "review": review},
                  parts, lambda: Records(heads, rows()))


def _words(items: object) -> str:
    """Names, and how many of each if they are counted."""
    assert isinstance(items, list)
    return ", ".join([f"{item['name']} ({item['answers']})" if isinstance(item, dict) else str(item) for item in items])


def regraded_report(title: str, changes: list[dict[str, object]], students: int) -> Report:
    """The answers whose points change."""
    heads = ["id", "question", "before", "now"]

    def rows() -> list[list[str]]:
        return [[str(c["id"]), str(c["question"]), f"{c['before']:g}", f"{c['now']:g}"] for c in changes]

    def parts() -> list[Part]:
        if not changes:
            return [Lines([f"No points change for {students} students."])]
        many = len({c["id"] for c in changes})
        return [Heading(title, 1), Table([Column(name, name, right=i > 1) for i, name in enumerate(heads)], rows()),
                Notes([f"points change for {many} of {students} students"])]

    return Report(title, lambda: {"schema": "cnncalc/quiz-regraded/1", "name": title, "changes": changes}, parts, lambda: Records(heads, rows()))
