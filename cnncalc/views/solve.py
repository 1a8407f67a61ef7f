"""Layers that give what is wanted: a table of answers, and the working of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..solver import Answer, Question, Solution, working
from .report import Column, Formula, Lines, Part, Records, Report, Table, Working


def asked(question: Question) -> str:
    """The question in words."""
    parts = []
    if question.to is not None:
        parts.append(f"{question.size:,} → {question.to:,}" + (" by a transposed convolution" if question.transposed else ""))
    elif question.keep:
        parts.append("the size stays" + (f" {question.size:,}" if question.size is not None else ", whatever it is"))
    if question.receptive_field is not None:
        parts.append(f"receptive field {question.receptive_field:,}")
    if question.params is not None:
        parts.append(f"{question.params:,} parameters from {question.channels:,} channels" + ("" if question.bias else ", no bias"))
    return ", ".join(parts)


def bounds(question: Question) -> str:
    """The values tried, in words."""
    said = [f"kernel {_range(question.kernels)}"]
    if question.sized or question.receptive_field is not None:
        said.append(f"stride {_range(question.strides)}")
        said.append(f"dilation {_range(question.dilations)}")
    if question.sized:
        said.append("padding " + ("0 to the window's extent − 1, and 'same'" if question.paddings is None else _range(question.paddings)))
    said.append(f"layers {_range(question.layers)}")
    if question.params is not None:
        said.append(f"filters {_range(question.filters)}")
    return ", ".join(said)


def _range(values: Sequence[object]) -> str:
    numbers = [value for value in values if isinstance(value, int)]
    words = [repr(value) for value in values if not isinstance(value, int)]
    if len(numbers) > 1 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return " or ".join([f"{numbers[0]:,} to {numbers[-1]:,}", *words])
    return " or ".join([*[f"{number:,}" for number in numbers], *words])


def padding_text(answer: Answer) -> str:
    """The padding in pixels, and whether Keras's 'same' is the same."""
    if answer.padding == "same":
        if len(set(answer.pixels)) > 1 or not answer.pixels:
            return "'same'"
        before, after = answer.pixels[0]
        return f"'same' ({before} before, {after} after)"
    return str(answer.padding) + (" ('same')" if answer.same and answer.padding else "")


def described(question: Question, answer: Answer) -> str:
    """An answer in words."""
    parts = [f"kernel {answer.kernel}"]
    if answer.stride is not None:
        parts.append(f"stride {answer.stride}")
    if question.sized:
        parts.append(f"padding {padding_text(answer)}")
    if answer.dilation is not None and (answer.dilation > 1 or len(question.dilations) > 1):
        parts.append(f"dilation {answer.dilation}")
    if answer.layers > 1 or len(question.layers) > 1:
        parts.append(f"{answer.layers} layer{'s' * (answer.layers > 1)}")
    if answer.filters is not None:
        parts.append(f"{answer.filters:,} filter{'s' * (answer.filters > 1)}")
    return ", ".join(parts)


def statement(solution: Solution) -> str:
    """How many answers there are, and which is the simplest."""
    question, found = solution.question, solution.answers
    if len(found) == 1:
        return f"exactly one answer: {described(question, found[0])}"
    if found:
        return f"not unique: {len(found):,} answers, the simplest of them {described(question, found[0])}"
    near = [f"{result(question, answer)} ({described(question, answer)})" for answer in solution.nearest]
    return "no answer" + (f"; the nearest {'is' if len(near) == 1 else 'are'} {' and '.join(near)}" if near else "")


def result(question: Question, answer: Answer) -> str:
    """What an answer gives of the first thing that is wanted."""
    want = question.wants[0]
    if want == "output":
        return f"{answer.sizes[-1]:,}"
    return f"{answer.receptive_field:,}" if want == "receptive_field" else f"{answer.params:,}"


def columns(question: Question, answers: Sequence[Answer]) -> list[Column]:
    """The columns of a table of answers."""
    def column(title: str, text: Any, meaning: str) -> Column:
        return Column(title, title.capitalize(), lambda row: text(row[1]), right=True, meaning=meaning)

    found = [Column("number", "", lambda row: str(row[0]), right=True), column("kernel", lambda a: str(a.kernel), "the size of the window")]
    if question.sized or question.receptive_field is not None:
        found.append(column("stride", lambda a: str(a.stride), "how far the window moves"))
    if question.sized:
        found.append(column("padding", padding_text, "pixels added on each side"))
    if len(question.dilations) > 1 or any([(a.dilation or 1) > 1 for a in answers]):
        found.append(column("dilation", lambda a: str(a.dilation), "the distance between the window's pixels"))
    if len(question.layers) > 1 or any([a.layers > 1 for a in answers]):
        found.append(column("layers", lambda a: str(a.layers), "equal layers in a row"))
    if question.params is not None:
        found.append(column("filters", lambda a: f"{a.filters:,}", "the filters of each layer"))
    if question.sized:
        found.append(column("sizes", lambda a: " → ".join([f"{n:,}" for n in (*([question.size] if question.size else []), *a.sizes)])
                            if question.size or not question.keep else "n", "the size of the input, then of each output"))
    if question.receptive_field is not None or (question.sized and not question.transposed):
        found.append(column("field", lambda a: f"{a.receptive_field:,}", "the input pixels that a unit sees"))
    if question.params is not None:
        found.append(column("params", lambda a: f"{a.params:,}", "the values of all weights"))
    return found


#: Answers whose working is shown below the table.
WORKED = 100


def report(solution: Solution, most: int | None = None) -> Report:
    """The statement, a table of all answers, and the working of each."""
    question = solution.question
    shown = solution.answers[:most]
    numbered = list(enumerate(shown, 1))

    def parts() -> list[Part]:
        found: list[Part] = [Lines([f"{asked(question)}: {statement(solution)}"], "green" if shown else "red", hang=5)]
        if shown:
            found.append(Table.of(columns(question, shown), numbered))
            found += [Working(f"{i}: {described(question, answer)}", [Formula("", str(line)) for line in working(question, answer)])
                      for i, answer in numbered[:WORKED]]
        rest = [f"showing the working of the first {WORKED} answers; --format json has all"] * (len(shown) > WORKED)
        if most is not None and len(solution.answers) > most:
            rest.append(f"{len(solution.answers) - most:,} more answers; --most shows them")
        if question.keep and question.size is None and shown:
            rest.append("valid for every input; the size in the working is an example")
        return [*found, *[Lines([line], hang=5) for line in rest], Lines([f"tried: {bounds(question)}"], "dim", hang=5)]

    def records() -> Records:
        return Records([column.key for column in columns(question, shown)],
                       [[column.cell(row) for column in columns(question, shown)] for row in numbered])

    return Report(asked(question), lambda: solve_dict(solution, most), parts, records)


def solve_dict(solution: Solution, most: int | None = None) -> dict[str, object]:
    """The answers as data; fields are only ever added."""
    question = solution.question
    return {
        "schema": "cnncalc/solve/1",
        "question": {"from": question.size, "to": question.to, "keep_size": question.keep,
                     "receptive_field": question.receptive_field, "params": question.params, "from_channels": question.channels,
                     "bias": question.bias, "rank": question.rank, "transposed": question.transposed},
        "bounds": {"kernel_size": _ends(question.kernels), "strides": _ends(question.strides),
                   "padding": None if question.paddings is None else list(question.paddings),
                   "dilation_rate": _ends(question.dilations), "layers": _ends(question.layers), "filters": _ends(question.filters)},
        "statement": statement(solution),
        "unique": len(solution.answers) == 1,
        "count": len(solution.answers),
        "answers": [{**_answer(answer), "working": [str(line) for line in working(question, answer)]}
                    for answer in solution.answers[:most]],
        "nearest": [_answer(answer) for answer in solution.nearest],
    }


def _answer(answer: Answer) -> dict[str, object]:
    return {
        "kernel_size": answer.kernel, "strides": answer.stride, "padding": answer.padding, "pixels": [list(p) for p in answer.pixels],
        "same": answer.same or answer.padding == "same", "dilation_rate": answer.dilation, "layers": answer.layers,
        "filters": answer.filters, "sizes": list(answer.sizes), "receptive_field": answer.receptive_field, "params": answer.params,
    }


def _ends(values: Sequence[int]) -> list[int]:
    """First and last of a range; a list as it is."""
    if isinstance(values, range) and len(values) > 1:
        return [values[0], values[-1]]
    return list(values)
