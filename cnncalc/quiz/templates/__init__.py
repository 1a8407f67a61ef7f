"""The templates of questions, by skill and level; each skill's module is loaded when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..question import Draft
from ..stream import Stream


class Template(NamedTuple):
    """`draw` gives a question, or None where the numbers drawn would make a poor one."""

    skill: str
    level: int
    draw: Callable[[Stream], Draft | None]
    #: The mistakes that its questions can expose, if known in advance.
    mistakes: frozenset[str] = frozenset()
    #: Whether its answers differ enough for every student of a class to get another question.
    individual: bool = True
    #: Whether the choices are part of the question.
    options: bool = False

    @property
    def name(self) -> str:
        return f"{self.skill}-{self.level}"


_MODULES = {
    "size": "sizes", "params": "counts", "macs": "counts", "memory": "counts", "field": "fields", "pool": "pools",
    "transposed": "transposed", "hand": "by_hand", "inverse": "inverse", "which-architecture": "architectures",
    "spot-the-error": "errors",
}


def template(skill: str, level: int) -> Template:
    """The template of a skill at a level."""
    from importlib import import_module

    found: dict[tuple[str, int], Template] = import_module(f".{_MODULES[skill]}", __package__).TEMPLATES
    return found[skill, level]
