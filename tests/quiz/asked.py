"""Many questions of each template, made once for all tests."""

from __future__ import annotations

import functools
import os

from cnncalc.quiz.make import Order, made
from cnncalc.quiz.question import LEVELS, SKILLS, Question
from cnncalc.quiz.stream import Stream, derived
from cnncalc.quiz.templates import template

#: How many questions of each template: 1,000 in a full check.
COUNT = int(os.environ.get("CNNCALC_QUIZ", "24"))
TEMPLATES = [(skill, level) for skill in SKILLS for level in LEVELS]


@functools.cache
def asked(skill: str, level: int, choices: int = 4) -> list[Question]:
    stream = Stream(derived(b"tests", skill, level, choices))
    order = Order(stream, choices)
    found = [made(template(skill, level), stream, choices, *order.next()) for _ in range(COUNT)]
    assert None not in found
    return [question for question in found if question is not None]
