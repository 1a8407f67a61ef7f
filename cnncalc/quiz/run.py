"""A run of questions: which comes next, none twice, the right choices' ranks and positions in turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import SpecError, did_you_mean
from .make import Order, made
from .question import LEVELS, SKILLS, Question
from .stream import Stream, derived
from .templates import Template, template

if TYPE_CHECKING:
    from .about_network import NetworkQuestions


class Run:
    """Questions from a seed; `skills`, `levels` and `mistake` limit them, `network` asks about its layers instead."""

    def __init__(self, seed: str, skills: Sequence[str] = SKILLS, levels: Sequence[int] = LEVELS, mistake: str | None = None, choices: int = 4,
                 network: NetworkQuestions | None = None):
        self.seed, self.skills, self.levels, self.mistake, self.choices, self.network = seed, skills, levels, mistake, choices, network
        self._key = derived(b"cnncalc quiz", seed)
        self._turns = Stream(derived(self._key, "turns"))
        self._orders: dict[int, Order] = {}
        self._next_skills: list[str] = []
        self._next_levels: dict[str, list[int]] = {}
        self._used: set[str] = set()
        self._count = 0
        if mistake is not None:
            self.skills = [skill for skill in skills if any([_may_expose(template(skill, level), mistake) for level in levels])]

    def next(self) -> Question | None:
        """The next question, skills and levels in turn; None if there is none left."""
        if self.network is not None:
            return self.of_network()
        for _ in range(4 * len(self.skills)):
            skill = self.next_skill()
            waiting = self._next_levels.setdefault(skill, [])
            if not waiting:
                waiting += self._turns.shuffled(self.levels)
            question = self.of(template(skill, waiting.pop()), self.mistake)
            if question is not None:
                return question
        return None

    def next_skill(self) -> str:
        """The skill whose turn it is: all once before any comes again."""
        if not self._next_skills:
            self._next_skills = self._turns.shuffled(self.skills)
        return self._next_skills.pop()

    def of(self, source: Template, exposing: str | None = None) -> Question | None:
        """A new question of a template; None if the template cannot expose the mistake."""
        if exposing is not None and not _may_expose(source, exposing):
            return None
        stream, (rank, position) = self._stream(), self._order(4 if source.options and not self.choices else self.choices)
        found = made(source, stream, self.choices, rank, position, exposing, self._used)
        if found is None:  # all of its questions are used
            found = made(source, stream, self.choices, rank, position, exposing)
        if found is not None:
            self._used.add(found.id)
        return found

    def of_network(self, exposing: str | None = None) -> Question | None:
        """A new question about the network; those used are asked again once there is no other."""
        assert self.network is not None
        rank, position = self._order(self.choices)
        found = self.network.question(self._stream(), self.choices, rank, position, self._used, exposing)
        if found is None and self._used and exposing is None:
            self._used.clear()
            found = self.network.question(self._stream(), self.choices, rank, position, self._used)
        if found is not None:
            self._used.add(found.id)
        return found

    def _stream(self) -> Stream:
        self._count += 1
        return Stream(derived(self._key, "question", self._count))

    def _order(self, count: int) -> tuple[int, int]:
        if count not in self._orders:
            self._orders[count] = Order(Stream(derived(self._key, "order", count)), count)
        return self._orders[count].next()


def _may_expose(source: Template, mistake: str) -> bool:
    return source.options is False and mistake in source.mistakes


def skills_named(words: str | None) -> list[str]:
    """The skills of a list such as `size,params`; SpecError for a word that is none."""
    found: list[str] = []
    for word in (words or "").split(","):
        name = word.strip().lower().replace("_", "-").replace(" ", "-")
        name = ALIASES.get(name, name)
        if not name and not found and words is not None:
            continue
        if name not in SKILLS:
            raise SpecError(f"unknown skill {word.strip()!r}", (), did_you_mean(name, SKILLS) or f"the skills are {', '.join(SKILLS)}")
        found.append(name)
    return list(dict.fromkeys(found))


#: Other words for skills.
ALIASES = {"sizes": "size", "output": "size", "shape": "size", "shapes": "size", "parameters": "params", "parameter": "params", "param": "params",
           "mac": "macs", "flops": "macs", "fields": "field", "receptive-field": "field", "pools": "pool", "pooling": "pool",
           "transpose": "transposed", "by-hand": "hand", "numbers": "hand", "architecture": "which-architecture", "spot": "spot-the-error",
           "error": "spot-the-error"}


def mistake_named(name: str) -> str:
    """The name of a mistake that questions can expose; SpecError for another word."""
    known = sorted({mistake for skill in SKILLS for level in LEVELS for mistake in template(skill, level).mistakes})
    if name not in known:
        raise SpecError(f"no question exposes a mistake called {name!r}", (), did_you_mean(name, known) or f"mistakes are {', '.join(known)}")
    return name
