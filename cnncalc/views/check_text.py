"""Verdicts on answer sheets: one sheet in full, many as a table, scores and JSON."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from ..analysis import Trace
from ..errors import printable
from ..homework.compare import BYTES
from ..homework.facts import Facts
from ..homework.judge import Judge
from ..homework.report import STATUSES, Report, Verdict
from ..homework.run import Settings
from ..homework.working import lines_of, right_lines
from ..layers import Shape
from .table import drawn
from .text import csv_text, folded, json_text, markdown_text

WORDS = {"right": "right", "form": "right but for its form", "convention": "another convention",
         "carried": "right given an earlier error", "slip": "an arithmetic slip", "wrong": "wrong",
         "missing": "missing"}  # fmt: skip
STYLES = {"wrong": "red", "slip": "red", "carried": "yellow", "convention": "cyan", "missing": "dim"}
QUANTITIES = {"params": "parameters", "macs": "MACs", "flops": "FLOPs", "receptive_field": "receptive field",
              "trainable_params": "trainable", "non_trainable_params": "not trainable", "weight_memory": "memory of weights",
              "inference_memory": "memory to predict", "training_memory": "memory to train"}  # fmt: skip


class Failed(NamedTuple):
    """A sheet that could not be read, and why."""

    name: str
    problem: str


class Marking(NamedTuple):
    """How points are given."""

    carried: bool = True
    slip: float = 0.0


def value_text(value: Any, quantity: str = "") -> str:
    """A right value as it is shown beside a claim."""
    if value is None:
        return "?"
    if isinstance(value, Shape):
        return str(value)
    if isinstance(value, tuple):
        return str(value[0]) if len(set(value)) == 1 else "x".join(map(str, value))
    if quantity == "coverage":
        return f"{float(Fraction(value) * 100):.4g}%"
    if quantity in BYTES:
        return f"{value:,} bytes"
    return f"{value:,}" if isinstance(value, int) else str(value)


def json_value(value: Any) -> Any:
    if isinstance(value, tuple):
        sizes = [json_value(n) for n in value]
        return sizes if isinstance(value, Shape) or len(set(value)) > 1 else sizes[0]
    if isinstance(value, Fraction):
        return str(value) if value.denominator > 1 else int(value)
    return int(value) if isinstance(value, int) else value


def label_of(verdict: Verdict, trace: Trace) -> str:
    """The layer that an answer is about."""
    names = [trace.steps[i].name for i in verdict.cell.steps]
    return "+".join(names) if names else "total"


def settings_lines(settings: Settings, report: Report | None) -> list[str]:
    """The conventions that hold for a sheet, and which of them it chose itself."""
    said = [
        ("biases", "biases are not counted" if settings.biases is False else "biases are counted"),
        ("bn", "batch normalization has 2 numbers for each channel" if settings.bn == "2C"
         else "batch normalization has 4 numbers for each channel"),
        ("rounding", "sizes are rounded up" if settings.rounding == "ceil" else "sizes are rounded down"),
        ("work", {"macs": "FLOPs are counted as MACs", "flops": "MACs are counted as FLOPs"}.get(
            settings.work or "", "1 MAC is 2 FLOPs")),
        ("binary", "1 MB is 2^20 bytes" if settings.binary else "1 MB is 10^6 bytes"),
        ("order", "channels first" if settings.order == "channels_first" else "channels last"),
    ]  # fmt: skip
    found = {key for c in report.conventions for key in c.change} if report is not None else set()
    words = [text + (" (as this sheet has it)" if key in found else "") for key, text in said]
    words.append(f"{settings.bits // 8} bytes a value" if settings.bits % 8 == 0 else f"{settings.bits} bits a value")
    if settings.batch != 1:
        words.append(f"memory for a batch of {settings.batch}")
    return ["settings: " + ", ".join(words)]


def sheet_text(report: Report, judge: Judge, marking: Marking, terminal: Any = None, everything: bool = False) -> str:
    """One sheet: the settings, the answers that are not simply right, and what explains them."""
    trace, facts = judge.trace, judge.facts(report.settings)
    out = [*folded(settings_lines(report.settings, report), terminal), ""]
    shown = [v for v in report.verdicts if everything or v.status != "right"]
    if shown:
        titles = ["Layer", "Quantity", "Claimed", "Right", "Verdict"]
        body = [[label_of(v, trace), QUANTITIES.get(v.cell.quantity, v.cell.quantity), printable(v.cell.claim.text),
                 value_text(v.expected, v.cell.quantity), _verdict_text(v)] for v in shown]
        out.append(drawn(report.sheet.name, titles, body, [False, False, True, True, False], [],
                         [STYLES.get(v.status) for v in shown], terminal))
    else:
        out.append(f"{report.sheet.name}\n")
    out += folded(_explained(report, facts, trace), terminal)
    out += folded(_summary(report, marking, trace), terminal)
    return "\n".join(out) + "\n"


def _verdict_text(verdict: Verdict) -> str:
    words = WORDS[verdict.status]
    if verdict.status in ("form", "slip") and verdict.why:
        words += f" ({verdict.why})" if verdict.status == "form" else ""
    if verdict.status == "convention":
        words += f" ({verdict.why})"
    if verdict.status == "carried" and verdict.own is not None:
        words += f" ({value_text(verdict.own, verdict.cell.quantity)})" if verdict.why else ""
    return words


def _explained(report: Report, facts: Facts, trace: Trace) -> list[str]:
    """Each wrong answer with what fits it, best first, the wrong line and the right line below each other."""
    out = []
    for verdict in report.verdicts:
        if verdict.status not in ("wrong", "slip"):
            continue
        what = f"{label_of(verdict, trace)}, {QUANTITIES.get(verdict.cell.quantity, verdict.cell.quantity)}"
        out.append(f"{what}: {printable(verdict.cell.claim.text)} is wrong, "
                   f"it is {value_text(verdict.expected, verdict.cell.quantity)}"
                   if verdict.status == "wrong" else f"{what}: {verdict.why}")
        if verdict.own is not None:
            out.append(f"  from the sheet's own earlier values it would be {value_text(verdict.own, verdict.cell.quantity)}")
        many = len(verdict.causes)
        if many > 1:
            out.append(f"  {many} mistakes give this value:")
        elif many == 0 and verdict.status == "wrong":
            out.append("  no mistake that is known gives this value")
        shown_right = False
        for cause in verdict.causes if verdict.status == "wrong" else ():
            out.append(f"  {cause.name}: {cause.words}")
            lines = lines_of(verdict, cause, facts)
            if lines is not None:
                out += [f"    wrong  {line}" for line in lines.wrong]
                if not shown_right:
                    out += [f"    right  {line}" for line in lines.right]
                    shown_right = True
        if verdict.status == "wrong" and not shown_right:
            out += [f"    right  {line}" for line in right_lines(verdict, facts)]
        out.append("")
    return out


def _summary(report: Report, marking: Marking, trace: Trace) -> list[str]:
    out = []
    if report.follows:
        out.append("conventions of this sheet, by how many answers follow them:")
        out += [f"  {many} {name}: {words}" for name, many, words in report.follows]
    if report.mistakes:
        out.append("mistakes, by how many answers they explain:")
        out += [f"  {many} {name}: {words}" for name, many, words in report.mistakes]
    first = report.first_wrong
    if first is not None:
        what = QUANTITIES.get(first.cell.quantity, first.cell.quantity)
        out.append(f"the first value that does not follow: {label_of(first, trace)}, {what}")
    out += [f"note: {problem}" for problem in report.sheet.problems]
    counts = ", ".join([f"{report.count(s)} {WORDS[s]}" for s in STATUSES if report.count(s)])
    out.append(f"{counts or 'no answers'}: {_points(report, marking)} of {len(report.verdicts)} points")
    return out


def _points(report: Report, marking: Marking) -> str:
    return f"{report.points(marking.carried, marking.slip):g}"


# Several sheets.


def sheets_text(found: list[Report | Failed], judge: Judge, marking: Marking, terminal: Any = None) -> str:
    """A row for each sheet, and which mistake how many made."""
    titles = ["Sheet", "Points", "Answers", *[s.capitalize() for s in STATUSES], "Mistakes"]
    body: list[list[str]] = []
    styles: list[str | None] = []
    for report in found:
        if isinstance(report, Failed):
            body.append([report.name, "", "", *[""] * len(STATUSES), report.problem.split("\n")[0]])
            styles.append("red")
            continue
        body.append([report.sheet.name, _points(report, marking), str(len(report.verdicts)),
                     *[str(report.count(s)) for s in STATUSES], _names(report)])
        styles.append(None if not report.wrong else "yellow")
    right = [False, True, True, *[True] * len(STATUSES), False]
    text = drawn("", titles, body, right, mistake_lines(found), styles, terminal)
    return "\n".join([*folded(settings_lines(judge.settings, None), terminal), "", text])


def _names(report: Report) -> str:
    named = [name for name, _, _ in report.mistakes[:3]]
    return ", ".join(named + [f"({name})" for name, _, _ in report.follows])


def mistake_lines(found: Iterable[Report | Failed]) -> list[str]:
    """Which mistake how many sheets made."""
    reports = [r for r in found if isinstance(r, Report)]
    sheets: dict[str, int] = {}
    words: dict[str, str] = {}
    answers: dict[str, int] = {}
    for report in reports:
        for name, many, said in report.mistakes:
            sheets[name] = sheets.get(name, 0) + 1
            answers[name] = answers.get(name, 0) + many
            words.setdefault(name, said)
    ordered = sorted(sheets, key=lambda name: (-sheets[name], -answers[name], name))
    lines = [f"{sheets[n]} of {len(reports)} sheets, {answers[n]} answer{'s' * (answers[n] != 1)}: {n}: {words[n]}"
             for n in ordered]
    out = ["mistakes, by how many sheets have them:", *lines] if lines else []
    conventions: dict[str, int] = {}
    for report in reports:
        for name, _, _ in report.follows:
            conventions[name] = conventions.get(name, 0) + 1
    if conventions:
        out.append("conventions that sheets follow (in brackets above):")
        out += [f"{many} of {len(reports)} sheets: {name}" for name, many in sorted(conventions.items(), key=lambda c: -c[1])]
    return out


def scores_csv(found: list[Report | Failed], marking: Marking) -> str:
    """A row of scores for each sheet."""
    titles = ["file", "points", "answers", *STATUSES, "mistakes", "problem"]
    body: list[list[Any]] = []
    for report in found:
        if isinstance(report, Failed):
            body.append([report.name, 0, 0, *[0] * len(STATUSES), "", report.problem.replace("\n", "; ")])
        else:
            points = report.points(marking.carried, marking.slip)
            body.append([report.sheet.name, int(points) if points == int(points) else points, len(report.verdicts),
                         *[report.count(s) for s in STATUSES], "; ".join([n for n, _, _ in report.mistakes]), ""])
    return csv_text(titles, body)


def scores_markdown(found: list[Report | Failed], marking: Marking) -> str:
    """The same as a table of Markdown."""
    titles = ["file", "points", "answers", *STATUSES, "mistakes"]
    body = []
    for report in found:
        if isinstance(report, Failed):
            body.append([report.name, "", "", *[""] * len(STATUSES), report.problem.replace("\n", "; ")])
        else:
            body.append([report.sheet.name, _points(report, marking), str(len(report.verdicts)),
                         *[str(report.count(s)) for s in STATUSES], ", ".join([n for n, _, _ in report.mistakes])])
    return markdown_text(titles, body, [False, True, True, *[True] * len(STATUSES), False])


def check_json(name: str, found: list[Report | Failed], judge: Judge, marking: Marking) -> str:
    """All verdicts as data; fields are only ever added."""
    sheets = []
    for report in found:
        if isinstance(report, Failed):
            sheets.append({"file": report.name, "error": report.problem, "right": 0, "cells": 0, "points": 0.0,
                           "answers": []})
            continue
        first = report.first_wrong
        sheets.append({
            "file": report.sheet.name,
            "right": report.count("right", "form", "convention"),
            "cells": len(report.verdicts),
            "points": float(report.points(marking.carried, marking.slip)),
            "counts": {s: report.count(s) for s in STATUSES},
            "settings": _settings_dict(report),
            "mistakes": [{"name": n, "answers": many, "words": words} for n, many, words in report.mistakes],
            "conventions": [{"name": n, "answers": many, "words": words} for n, many, words in report.follows],
            "first_wrong": None if first is None else {"layer": label_of(first, judge.trace),
                                                       "quantity": first.cell.quantity},
            "notes": list(report.sheet.problems),
            "answers": [_answer(v, report, judge) for v in report.verdicts],
        })  # fmt: skip
    return json_text({"schema": "cnncalc/check/1", "name": name, "sheets": sheets})


def _settings_dict(report: Report) -> dict[str, Any]:
    settings = report.settings
    return {
        "biases": settings.biases is not False, "batch_normalization": settings.bn or "4C",
        "rounding": settings.rounding or "floor", "work": settings.work or "as named",
        "megabyte": "2^20" if settings.binary else "10^6", "order": settings.order or "channels_last",
        "batch": settings.batch, "bits": settings.bits, "found": [c.name for c in report.conventions],
    }  # fmt: skip


def _answer(verdict: Verdict, report: Report, judge: Judge) -> dict[str, Any]:
    facts = judge.facts(report.settings)
    causes = []
    for cause in verdict.causes:
        lines = lines_of(verdict, cause, facts)
        causes.append({
            "name": cause.name, "words": cause.words, "working": None if lines is None else lines.numbers,
            "wrong": None if lines is None else [str(line) for line in lines.wrong],
            "right": None if lines is None else [str(line) for line in lines.right],
        })  # fmt: skip
    found = {
        "layer": label_of(verdict, judge.trace), "quantity": verdict.cell.quantity,
        "claimed": claimed_value(verdict), "written": verdict.cell.claim.text,
        "expected": json_value(verdict.expected), "status": verdict.status, "causes": causes,
    }  # fmt: skip
    if verdict.why:
        found["why"] = verdict.why
    if verdict.own is not None:
        found["from_own_values"] = json_value(verdict.own)
    return found


def claimed_value(verdict: Verdict) -> Any:
    """A claim as data: sizes, a whole number, or the text as it was written."""
    claim = verdict.cell.claim
    if claim.empty:
        return None
    if verdict.cell.quantity in ("output", "input"):
        return [json_value(n) for n in claim.shapes[0]] if claim.shapes else claim.text
    for reading in claim.numbers:
        if reading.unit != "%" and reading.value().denominator == 1:
            return int(reading.value())
    return claim.text
