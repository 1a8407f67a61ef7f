"""Scopes of the program being read, and the modules that they stand in."""

from __future__ import annotations

from typing import Any

from .text import SourceText

Value = Any
Arguments = dict[str, Value]


class Frame:
    """A scope: its variables, and the scopes around it."""

    __slots__ = ("around", "cls", "first", "function", "globals", "is_class", "locals", "maybe", "module", "outer", "shared",
                 "yielded")

    def __init__(self, module: ModuleScope, names: dict[str, Value], around: Frame | None = None, is_class: bool = False):
        self.module, self.locals, self.around, self.is_class = module, names, around, is_class
        self.globals: set[str] = set()
        self.outer: set[str] = set()
        #: The class that the function was defined in, and its first argument: for super().
        self.cls: Value = None
        self.first: Value = None
        self.function: Value = None
        self.yielded: list[Value] | None = None
        #: What a branch that may have been taken has returned.
        self.maybe: list[Value] = []
        self.shared = False


class ModuleScope:
    """A module of the program: its text and its variables; those in `pinned` are not bound again."""

    def __init__(self, name: str, text: SourceText, names: dict[str, Value]):
        self.name, self.text, self.names = name, text, names
        self.pinned: dict[str, Value] = {}
        self.package = ""
        self.file: str | None = None
