"""Which mistake gives the number that a student wrote."""

from __future__ import annotations

from collections.abc import Callable

from ..judge import graded
from ..question import Draft, Wrong
from ..stream import Stream
from ..values import plain_text, text_of
from . import Template, template


def spotted(skills: tuple[tuple[str, int], ...]) -> Callable[[Stream], Draft | None]:
    """A question about a mistake in the answer to a question of one of these templates."""

    def draw(stream: Stream) -> Draft | None:
        asked = template(*stream.one(skills)).draw(stream)
        if asked is None:
            return None
        every = asked.every()
        names: dict[object, set[str]] = {}
        for wrong in every:
            names.setdefault(wrong.value, set()).add(wrong.mistake)
        # Values that one mistake alone gives, and one of each mistake: two kinds of one are too alike to be told apart by words.
        single = {wrong.mistake: wrong for wrong in every if "+" not in wrong.mistake and len(names[wrong.value]) == 1}
        if len(single) < 4:
            return None
        made, *others = stream.some(list(single.values()), 4)
        assert asked.chain is not None
        known = {cause.name for cause in graded(asked.chain.trace(), asked.layer, asked.quantity, plain_text(made.value)).causes}
        if made.mistake not in known or known & {other.mistake for other in others}:
            return None  # `check` knows another way to this value
        stem = f"{asked.stem} A student answers {text_of(made.value)}, which is wrong. Which mistake gives this answer?"
        options = [Wrong(_sentence(w.words), w.mistake, w.words) for w in others]
        return asked._replace(stem=stem, answer=_sentence(made.words), wrong=lambda: options, mistake=made.mistake,
                              rule="what does each mistake make of the numbers?")

    return draw


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:] + "."


SOURCES = (
    (("params", 1), ("size", 1), ("memory", 1)),
    (("size", 2), ("pool", 2), ("macs", 2)),
    (("field", 3), ("field", 2), ("params", 3), ("size", 3)),
    (("transposed", 4), ("params", 4), ("field", 4), ("size", 4)),
)
TEMPLATES = {("spot-the-error", level): Template("spot-the-error", level, spotted(skills), individual=False, options=True)
             for level, skills in enumerate(SOURCES, 1)}
