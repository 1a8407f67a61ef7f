"""Cards for Anki: the question, the answer, tags."""

from __future__ import annotations

from ..question import Question, lettered
from ..values import text_of
from . import Paper, feedback_right

HEAD = "#separator:Comma\n#html:false\n#tags column:3\n#columns:Front,Back,Tags\n"


def written(paper: Paper) -> str:
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for sheet in paper.sheets:
        for _, question in sheet.questions:
            writer.writerow([_front(question), _back(question), f"cnncalc {question.skill} level-{question.level}"])
    return HEAD + out.getvalue()


def _front(question: Question) -> str:
    return "\n".join([question.stem, *[f"{letter}) {text}" for letter, text in lettered(question.choices)]])


def _back(question: Question) -> str:
    letter = f"{question.letter}) " if question.choices else ""
    return f"{letter}{text_of(question.answer)}\n{feedback_right(question)}"
