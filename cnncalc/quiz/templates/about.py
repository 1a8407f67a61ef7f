"""A question about one quantity of one layer of a small network."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from ..chain import Chain
from ..question import Draft
from ..wording import FLOOR, a, image, in_words, listed
from ..working import working
from ..wrong_answers import every_wrong_answer, wrong_answers


class Asked(NamedTuple):
    """A quantity as it is asked for: the question, about `{it}`; its conventions; the rule; the mistakes that wrong answers come from."""

    quantity: str
    question: str
    conventions: tuple[str, ...]
    rule: str
    mistakes: Collection[str]


def question_about(chain: Chain | None, layer: str, asked: Asked, *, throughout: bool = False, more: str = "") -> Draft | None:
    """The draft of a question about a layer; `more` is a sentence before the question."""
    if chain is None:
        return None
    part = chain.parts[chain.place(layer)]
    if len(chain.parts) == 1:
        told, it = f"{a(in_words(part)).capitalize()} reads {image(chain.size)}.", "its output"
        question = asked.question.format(it="this layer", output=it)
    else:
        told = listed(chain)
        question = asked.question.format(it=layer, output=f"the output of {layer}")
    floor = "Sizes are rounded down." if FLOOR in asked.conventions else ""
    stem = " ".join([text for text in (told, more, floor, question) if text])
    return Draft(
        stem, chain.value(layer, asked.quantity), lambda: wrong_answers(chain, layer, asked.quantity, asked.mistakes, throughout),
        chain, layer, asked.quantity, asked.conventions, lambda: working(chain, layer, asked.quantity), asked.rule,
        every=lambda: list(every_wrong_answer(chain, layer, asked.quantity, asked.mistakes, throughout)))
