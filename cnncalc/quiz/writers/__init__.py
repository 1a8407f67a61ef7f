"""Quizzes in the formats of course systems, and as handouts."""

from __future__ import annotations

from typing import NamedTuple

from ..question import LETTERS, Question
from ..sheets import Quiz, Sheet
from ..values import text_of


class Paper(NamedTuple):
    """What is written: the sheets of a quiz; `key` adds the answers to handouts, `individual` says that sheets are students' own."""

    quiz: Quiz
    sheets: tuple[Sheet, ...]
    key: bool = False
    individual: bool = False


#: The modules of the formats, and their file endings.
WRITERS = {"moodle": ".xml", "gift": ".gift", "canvas": ".zip", "csv": ".csv", "markdown": ".md", "latex": ".tex"}
#: Formats for people to read: only they can do without the answers.
HANDOUTS = ("markdown", "latex")


def written(paper: Paper, format: str) -> str | bytes:
    """The paper in a format; the bytes of a zip for canvas."""
    from importlib import import_module

    found: str | bytes = import_module(f".{format}", __package__).written(paper)
    return found


def feedback_right(question: Question) -> str:
    """The working, in one paragraph."""
    return "; ".join(question.draft.working())


def feedback_wrong(mistake: str, words: str) -> str:
    """The mistake behind a wrong choice."""
    return f"{mistake}: {words}."


def names(paper: Paper, sheet: Sheet, item: str) -> str:
    """The name of a question in a question bank."""
    return f"{paper.quiz.name} {item} {sheet.student.id}" if len(paper.sheets) > 1 else f"{paper.quiz.name} {item}"


def categories(paper: Paper) -> list[tuple[str, list[tuple[str, float, Question]]]]:
    """Questions by category, each with its name and points: a category for each student, or for each question of the quiz."""
    found: dict[str, list[tuple[str, float, Question]]] = {}
    for sheet in paper.sheets:
        for item, question in sheet.questions:
            category = f"{sheet.student.id} {sheet.code}" if paper.individual else item.id
            found.setdefault(category, []).append((names(paper, sheet, item.id), item.points, question))
    return list(found.items())


def accepted(question: Question) -> list[str]:
    """The notations of a free answer that a course system should accept."""
    answer = question.answer
    if isinstance(answer, tuple) and answer and isinstance(answer[0], int):
        sizes = [str(n) for n in answer]
        return ["×".join(sizes), "x".join(sizes), " x ".join(sizes), " × ".join(sizes), ", ".join(sizes), f"({', '.join(sizes)})", f"[{', '.join(sizes)}]"]
    if isinstance(answer, tuple):
        text = text_of(answer)
        return [text, text.replace(" ", "")]
    return [text_of(answer)]


def points_words(points: float) -> str:
    return f"{points:g} point{'' if points == 1 else 's'}"


__all__ = ["HANDOUTS", "LETTERS", "WRITERS", "Paper", "accepted", "categories", "feedback_right", "feedback_wrong", "names", "points_words", "written"]
