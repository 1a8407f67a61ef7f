"""Moodle XML: a category for each question of the quiz, with its variants."""

from __future__ import annotations

from ..question import Question
from ..values import text_of
from . import Paper, accepted, categories, feedback_right, feedback_wrong


def written(paper: Paper) -> str:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>"]
    for category, questions in categories(paper):
        path = f"$course$/top/{_level(paper.quiz.title)}/{_level(category)}"
        lines += ['  <question type="category">', f"    <category><text>{_escaped(path)}</text></category>", "  </question>"]
        for name, points, question in questions:
            lines += _question(name, points, question)
    return "\n".join([*lines, "</quiz>"]) + "\n"


def _level(text: str) -> str:
    """A level of a category's path: a slash would begin another one."""
    return text.replace("/", "//")


def _question(name: str, points: float, question: Question) -> list[str]:
    kind = "multichoice" if question.choices else "numerical" if isinstance(question.answer, int) else "shortanswer"
    lines = [
        f'  <question type="{kind}">',
        f"    <name><text>{_escaped(name)}</text></name>",
        f'    <questiontext format="html"><text>{_cdata(_paragraph(question.stem))}</text></questiontext>',
        f'    <generalfeedback format="html"><text>{_cdata(_paragraph(feedback_right(question)))}</text></generalfeedback>',
        f"    <defaultgrade>{points:g}</defaultgrade>", "    <penalty>0.3333333</penalty>", "    <hidden>0</hidden>",
    ]
    if question.choices:
        lines += ["    <single>true</single>", "    <shuffleanswers>false</shuffleanswers>", "    <answernumbering>abc</answernumbering>"]
        for choice in question.choices:
            feedback = "Right." if choice.right else feedback_wrong(choice.mistake, choice.words)
            lines += _answer(text_of(choice.value), 100 if choice.right else 0, feedback, True)
    elif isinstance(question.answer, int):
        lines += _answer(str(question.answer), 100, "Right.", False, "<tolerance>0</tolerance>")
        for wrong in question.draft.wrong():
            lines += _answer(str(wrong.value), 0, feedback_wrong(wrong.mistake, wrong.words), False, "<tolerance>0</tolerance>")
    else:
        lines.append("    <usecase>0</usecase>")
        for text in accepted(question):
            lines += _answer(text, 100, "Right.", False)
        for wrong in question.draft.wrong():
            for text in accepted_wrong(wrong.value):
                lines += _answer(text, 0, feedback_wrong(wrong.mistake, wrong.words), False)
    return [*lines, "  </question>"]


def accepted_wrong(value: object) -> list[str]:
    """The notations of a wrong answer that are told apart from others."""
    if isinstance(value, tuple) and value and isinstance(value[0], int):
        return ["×".join(map(str, value)), "x".join(map(str, value))]
    return [text_of(value)] if isinstance(value, (tuple, str)) else []


def _answer(text: str, fraction: int, feedback: str, html: bool, more: str = "") -> list[str]:
    shown = _cdata(_paragraph(text)) if html else _escaped(text.replace("*", "\\*"))
    return [
        f'    <answer fraction="{fraction}" format="{"html" if html else "moodle_auto_format"}">', f"      <text>{shown}</text>",
        f'      <feedback format="html"><text>{_cdata(_paragraph(feedback))}</text></feedback>', *([f"      {more}"] if more else []), "    </answer>",
    ]


def _paragraph(text: str) -> str:
    return f"<p>{_escaped(text)}</p>"


def _cdata(text: str) -> str:
    """Text that may hold tags; the end of the section is split over two."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
