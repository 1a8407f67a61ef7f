"""A handout in Markdown, a page for each sheet."""

from __future__ import annotations

import re

from ..question import LETTERS
from ..sheets import Sheet
from ..values import text_of
from . import Paper, feedback_right, feedback_wrong, points_words


def written(paper: Paper) -> str:
    return "\n\n---\n\n".join(["\n\n".join(_sheet(paper, sheet)) for sheet in paper.sheets]) + "\n"


def escaped(text: str) -> str:
    """Text in which Markdown marks up nothing."""
    text = re.sub(r"([\\`*_{}\[\]<>#|~$])", r"\\\1", text)
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", re.sub(r"^([-+])", r"\\\1", text))


def _sheet(paper: Paper, sheet: Sheet) -> list[str]:
    head = f"# {escaped(paper.quiz.title)}{': key' if paper.key else ''}"
    who = f"{escaped(sheet.student.name or sheet.student.id)} · sheet {sheet.code}"
    blocks = [head, who]
    for number, (item, question) in enumerate(sheet.questions, 1):
        lines = [f"**{number}.** {escaped(question.stem)} ({points_words(item.points)})"]
        lines += [f"- {LETTERS[i]}) {escaped(text_of(choice.value))}" + (_note(choice.right, choice.mistake, choice.words) if paper.key else "")
                  for i, choice in enumerate(question.choices)]
        blocks.append("\n".join([lines[0], *([""] if len(lines) > 1 else []), *lines[1:]]))
        if paper.key:
            letter = f"{question.letter}) " if question.choices else ""
            blocks.append(f"Answer: {letter}{escaped(text_of(question.answer))}. {escaped(feedback_right(question))}")
        elif not question.choices:
            blocks.append("Answer:")
    return blocks


def _note(right: bool, mistake: str, words: str) -> str:
    return " (right)" if right else f" ({escaped(feedback_wrong(mistake, words).rstrip('.'))})"
