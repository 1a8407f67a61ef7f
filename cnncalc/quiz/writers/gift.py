"""GIFT, Moodle's text format."""

from __future__ import annotations

from ..question import Question
from ..values import text_of
from . import Paper, accepted, categories, feedback_right, feedback_wrong

#: Characters that mean something in GIFT.
SPECIAL = "\\~=#{}:"


def escaped(text: str) -> str:
    """Text in which no character is taken for GIFT's own."""
    return "".join(["\\" + c if c in SPECIAL else c for c in " ".join(text.split())])


def written(paper: Paper) -> str:
    blocks = [f"// {' '.join(paper.quiz.title.split())}"]
    for category, questions in categories(paper):
        blocks.append(f"$CATEGORY: $course$/top/{_level(paper.quiz.title)}/{_level(category)}")
        blocks += [_question(name, question) for name, _, question in questions]
    return "\n\n".join(blocks) + "\n"


def _level(text: str) -> str:
    return " ".join(text.split()).replace("/", "//")


def _question(name: str, question: Question) -> str:
    lines = [f"::{escaped(name)}::[plain]{escaped(question.stem)} {{{'' if question.choices or not isinstance(question.answer, int) else '#'}"]
    if question.choices:
        for choice in question.choices:
            feedback = "Right." if choice.right else feedback_wrong(choice.mistake, choice.words)
            lines.append(f"  {'=' if choice.right else '~'}{escaped(text_of(choice.value))} #{escaped(feedback)}")
    elif isinstance(question.answer, int):
        lines.append(f"  ={question.answer}:0 #Right.")
        lines += [f"  =%0%{wrong.value}:0 #{escaped(feedback_wrong(wrong.mistake, wrong.words))}" for wrong in question.draft.wrong()]
    else:
        lines += [f"  ={escaped(text)} #Right." for text in accepted(question)]
        lines += [f"  =%0%{escaped(text_of(wrong.value))} #{escaped(feedback_wrong(wrong.mistake, wrong.words))}" for wrong in question.draft.wrong()]
    return "\n".join([*lines, f"  ####{escaped(feedback_right(question))}", "}"])
