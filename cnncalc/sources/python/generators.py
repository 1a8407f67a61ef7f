"""Generators: run to their end when they are first asked, or as far as a bound."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from .interpreter import Interpreter, Object, Uncertain, Unknown
from .scopes import Frame, Value
from .values import Native

#: Values, and steps, after which a generator is taken to have no end.
MOST_VALUES, MOST_STEPS = 2_000, 10_000


class Enough(Exception):
    """A generator has given as many values as are read of it."""


class Generator(Object):
    """An iterator; what it gives is worked out when it is first asked."""

    type_name = "generator"

    def __init__(self, run: Interpreter, name: str, start: Callable[[], Iterator[Value]]):
        self.name, self.start = name, start
        self.values: Iterator[Value] | None = None
        #: Set when it was not followed to its end.
        self.endless: Unknown | None = None

    def next(self, run: Interpreter) -> Value:
        """The next value; StopIteration of the program at its end."""
        if self.values is None:
            self.values = iter(self.start())
        for value in self.values:
            return value
        if self.endless is not None:
            return self.endless
        raise run.error("StopIteration")

    def items(self, run: Interpreter) -> Iterable[Value]:
        if self.values is None:
            self.values = iter(self.start())
        yield from self.values
        if self.endless is not None:
            raise Uncertain(self.endless)

    def get(self, run: Interpreter, name: str) -> Value:
        if name in ("__next__", "send"):
            return Native(name, lambda run, *_: self.next(run))
        if name == "__iter__":
            return Native(name, lambda run: self)
        if name == "close":
            return Native(name, lambda run: None)
        return super().get(run, name)


def yielded(run: Interpreter, value: Value, frame: Frame) -> Value:
    """Take what a `yield` gives."""
    while frame.yielded is None and frame.around is not None:
        frame = frame.around
    if frame.yielded is not None:
        frame.yielded.append(value)
        run.charge(1)
        if len(frame.yielded) >= MOST_VALUES:
            raise Enough
    return None
