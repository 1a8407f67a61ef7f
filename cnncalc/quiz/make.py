"""Questions from templates: drawn again until they are good ones."""

from __future__ import annotations

from hashlib import sha256

from ..errors import CnncalcError
from .choices import picked
from .question import Draft, Question
from .stream import Stream
from .templates import Template
from .values import text_of

DRAWS = 400
#: How many sets of choices are compared, and how far off chance guessing strategies may be without looking for another.
SETS, TOLERABLE = 4, 0.03


class Order:
    """The ranks and positions of right choices: in turn, each block of turns in an order of its own."""

    def __init__(self, stream: Stream, count: int):
        self._stream, self._count = stream, max(count, 1)
        self._ranks: list[int] = []
        self._positions: list[int] = []

    def next(self) -> tuple[int, int]:
        if not self._ranks:
            self._ranks, self._positions = (self._stream.shuffled(range(self._count)) for _ in range(2))
        return self._ranks.pop(), self._positions.pop()


def made(template: Template, stream: Stream, choices: int, rank: int, position: int, exposing: str | None = None,
         unlike: frozenset[str] | set[str] = frozenset()) -> Question | None:
    """A question of a template, with so many choices (0: none); None where no good one was found.

    `rank` is the number of smaller choices than the right one, `position` its place among them. With `exposing`, this mistake
    gives a wrong answer to it; `unlike` are ids of questions that it must not be.
    """
    best: Question | None = None
    sets = 0
    for _ in range(DRAWS):
        draft = drawn(template, stream)
        if draft is None:
            continue
        name = identity(template, draft)
        if name in unlike:
            continue
        if exposing is not None and exposing not in {part for wrong in draft.wrong() for part in wrong.mistake.split("+")}:
            continue
        count = choices or 4 if template.options else choices
        if not count:
            return Question(name, template.skill, template.level, draft, ())
        wrongs = draft.wrong()
        found = picked(draft.answer, wrongs, count, rank, position, stream)
        if found is not None:
            sets += 1
            if found[1] <= TOLERABLE:
                return Question(name, template.skill, template.level, draft, found[0])
            # Not the one least off: that would prefer questions in which strategies always fail.
            best = best or Question(name, template.skill, template.level, draft, found[0])
            if sets >= SETS:
                break
    return best


def drawn(template: Template, stream: Stream) -> Draft | None:
    """What the template draws; None where its numbers make no network."""
    try:
        return template.draw(stream)
    except CnncalcError:
        return None


def identity(template: Template, draft: Draft) -> str:
    """The id of a question: the same for the same numbers."""
    texts = sorted([text_of(wrong.value) for wrong in draft.wrong()] + [text_of(draft.answer)]) if template.options else []
    return f"{template.name}-{sha256(chr(10).join([draft.stem, *texts]).encode()).hexdigest()[:8]}"
