"""Questions, their choices, and how values are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from .values import Value, plain_text, text_of

if TYPE_CHECKING:
    from .chain import Chain

SKILLS = ("size", "params", "macs", "memory", "field", "pool", "transposed", "hand", "inverse", "which-architecture", "spot-the-error")
LEVELS = (1, 2, 3, 4)
LETTERS = "ABCDEFGH"


class Wrong(NamedTuple):
    """A wrong answer, and the mistake that gives it: its name, or two joined by a plus sign, and words for it."""

    value: Value
    mistake: str
    words: str


class Choice(NamedTuple):
    """One of several answers to choose from; `mistake` names what leads to a wrong one."""

    value: Value
    right: bool
    mistake: str = ""
    words: str = ""


class Attempt(NamedTuple):
    """The network that an answer makes, and the value that its layer should have: if it has another one, the answer is wrong."""

    chain: Chain
    layer: str
    quantity: str
    wanted: Value


class Draft(NamedTuple):
    """What a template draws: a question without its choices."""

    stem: str
    answer: Value
    wrong: Callable[[], list[Wrong]]
    chain: Chain | None = None
    layer: str = ""
    quantity: str = ""
    conventions: tuple[str, ...] = ()
    working: Callable[[], list[str]] = list
    #: The rule to review, in letters.
    rule: str = ""
    #: Of a question asked backwards: the network that an answer makes.
    attempt: Callable[[Value], Attempt | None] | None = None
    #: The trace that `check` grades an answer on, where there is no chain.
    graded: Callable[[], object] | None = None
    #: The architecture file, where there is no chain.
    source: str | None = None
    #: Wrong answers with the same value under several mistakes, once for each.
    every: Callable[[], list[Wrong]] = list
    #: Of a question about a mistake: its name.
    mistake: str = ""


class Question(NamedTuple):
    """A question as it is asked."""

    id: str
    skill: str
    level: int
    draft: Draft
    choices: tuple[Choice, ...]

    @property
    def stem(self) -> str:
        return self.draft.stem

    @property
    def answer(self) -> Value:
        return self.draft.answer

    @property
    def network(self) -> str | None:
        return self.draft.chain.text if self.draft.chain is not None else self.draft.source

    @property
    def letter(self) -> str:
        """The letter of the right choice."""
        return next((LETTERS[i] for i, choice in enumerate(self.choices) if choice.right), "")


def lettered(choices: tuple[Choice, ...]) -> list[tuple[str, str]]:
    """The choices with their letters."""
    return [(LETTERS[i], text_of(choice.value)) for i, choice in enumerate(choices)]


def question_dict(question: Question, key: bool) -> dict[str, object]:
    """A question as JSON has it; what is right only with the key."""
    draft = question.draft
    choices = [{"text": plain_text(c.value), **({"right": c.right, "mistake": c.mistake or None} if key else {})} for c in question.choices]
    return {
        "id": question.id, "skill": question.skill, "level": question.level, "stem": question.stem, "network": question.network,
        "asked": {"layer": draft.layer or None, "quantity": draft.quantity or None}, "conventions": list(draft.conventions),
        "choices": choices, **({"answer": plain_text(question.answer)} if key else {}),
    }
