"""Answers to questions the other way round, as tables, workings, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..solve import Answer, Question, Solution, working
from .table import drawn
from .text import folded, json_text, markdown_text


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
    """What was looked through, in words."""
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


def _range(values: Sequence[Any]) -> str:
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


def rows(question: Question, answers: Sequence[Answer]) -> tuple[list[str], list[list[str]]]:
    """The titles and the cells of a table of answers."""
    columns: list[tuple[str, Any]] = [("kernel", lambda a: str(a.kernel))]
    if question.sized or question.receptive_field is not None:
        columns.append(("stride", lambda a: str(a.stride)))
    if question.sized:
        columns.append(("padding", padding_text))
    if len(question.dilations) > 1 or any([(a.dilation or 1) > 1 for a in answers]):
        columns.append(("dilation", lambda a: str(a.dilation)))
    if len(question.layers) > 1 or any([a.layers > 1 for a in answers]):
        columns.append(("layers", lambda a: str(a.layers)))
    if question.params is not None:
        columns.append(("filters", lambda a: f"{a.filters:,}"))
    if question.sized:
        columns.append(("sizes", lambda a: " → ".join([f"{n:,}" for n in (*([question.size] if question.size else []), *a.sizes)])
                        if question.size or not question.keep else "n"))
    if question.receptive_field is not None or (question.sized and not question.transposed):
        columns.append(("field", lambda a: f"{a.receptive_field:,}"))
    if question.params is not None:
        columns.append(("params", lambda a: f"{a.params:,}"))
    return ["", *[title for title, _ in columns]], [
        [str(i), *[text(answer) for _, text in columns]] for i, answer in enumerate(answers, 1)
    ]


#: Answers whose working is written out below a table.
WORKED = 100


def solve_text(solution: Solution, most: int | None = None, terminal: Any = None) -> str:
    """The statement, a table of all answers, and the working of each."""
    question = solution.question
    shown = solution.answers[:most]
    out = [_told([f"{asked(question)}: {statement(solution)}"], terminal)]
    if shown:
        titles, body = rows(question, shown)
        out.append(drawn("", titles, body, [True] * len(titles), [], [None] * len(body), terminal))
        out += [_told([f"{i}: {described(question, answer)}", *[f"   {line}" for line in working(question, answer)]], terminal)
                for i, answer in enumerate(shown[:WORKED], 1)]
    if len(shown) > WORKED:
        out.append(_told([f"the working of the first {WORKED} answers; --format json has the others'"], terminal))
    if most is not None and len(solution.answers) > most:
        out.append(_told([f"{len(solution.answers) - most:,} more answers; --most shows them"], terminal))
    if question.keep and question.size is None and shown:
        out.append(_told(["it holds for every input; the size in the working is an example"], terminal))
    return "\n".join([*out, _told([f"looked through: {bounds(question)}"], terminal)])


def _told(lines: list[str], terminal: Any) -> str:
    return "".join([f"{line}\n" for line in folded(lines, terminal, 5)])


def solve_markdown(solution: Solution, most: int | None = None) -> str:
    """The same as Markdown."""
    question, shown = solution.question, solution.answers[:most]
    out = [f"**{asked(question)}**: {statement(solution)}\n"]
    if shown:
        titles, body = rows(question, shown)
        out.append(markdown_text(titles, body, [True] * len(titles)))
        for i, answer in enumerate(shown[:WORKED], 1):
            out.append(f"{i}. {described(question, answer)}\n" + "".join(
                f"   - `{line}`\n" for line in working(question, answer)))
    return "\n".join([*out, f"Looked through: {bounds(question)}\n"])


def solve_dict(solution: Solution, most: int | None = None) -> dict[str, Any]:
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
    }  # fmt: skip


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "kernel_size": answer.kernel, "strides": answer.stride, "padding": answer.padding, "pixels": [list(p) for p in answer.pixels],
        "same": answer.same or answer.padding == "same", "dilation_rate": answer.dilation, "layers": answer.layers,
        "filters": answer.filters, "sizes": list(answer.sizes), "receptive_field": answer.receptive_field, "params": answer.params,
    }  # fmt: skip


def _ends(values: Sequence[int]) -> list[int]:
    """First and last of a range; a list as it is."""
    if isinstance(values, range) and len(values) > 1:
        return [values[0], values[-1]]
    return list(values)


def solve_json(solution: Solution, most: int | None = None) -> str:
    return json_text(solve_dict(solution, most))
