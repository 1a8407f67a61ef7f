"""Python as the interpreter reads it: what syntax, operators and Python's own values mean."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from .branches import go_on, state_of
from .builtins import builtins
from .exceptions import exception
from .expressions import EVALUATED
from .formats import text_of
from .interpreter import Interpreter, Library, Object, Raised
from .natives import native_attribute
from .operators import compare
from .scopes import Frame, ModuleScope, Value
from .statements import EXECUTED
from .text import Place


class Python(Interpreter):
    """The interpreter of one program."""

    evaluated, executed = EVALUATED, EXECUTED

    def __init__(self, libraries: Iterable[Library] = (), find_file: Callable[[Interpreter, str, ModuleScope], ModuleScope | None] | None = None):
        super().__init__(libraries, find_file)
        self.builtins = builtins()

    def error(self, kind: str, message: Value = "", place: Place | None = None) -> Raised:
        return Raised(exception(kind, message), place or self.place())

    def execute(self, body: list[ast.stmt], frame: Frame) -> Value:
        for i, node in enumerate(body):
            self.steps -= 1
            ended = self.executed[type(node)](self, node, frame)
            if ended is not None:
                if ended.__class__ is tuple:  # one branch of an `if` that is not known has ended, the other goes on
                    return go_on(self, body[i + 1:], frame, ended)
                return ended
        return None

    def equal(self, a: Value, b: Value) -> Value:
        return self.truth(compare(self, "==", a, b))

    def attribute(self, value: Value, name: str) -> Value:
        return value.get(self, name) if isinstance(value, Object) else native_attribute(self, value, name)

    def text(self, value: Value) -> Value:
        return text_of(self, value)

    def changing(self, value: Value) -> None:
        if self.journal is not None and id(value) not in self.journal:
            state = state_of(value)
            if isinstance(state, (list, dict, set)):
                self.work(len(state) >> 2)
            self.journal[id(value)] = (value, state)
