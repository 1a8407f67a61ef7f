"""A network on its way to source: what is built, what is called, and the names of what comes out.

The translation of each layer appends statements to a `Body`; the writer of each framework puts the text together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ..errors import SpecError, SpecErrors
from .text import Bracket, Expr, Name

if TYPE_CHECKING:
    from ..graph import Node

#: Names of values in the order in which they are taken.
VALUES = ("x", "y", "z", "u", "v", "w")


class Value:
    """A tensor of the program.

    `shape` is that of one example, in the order of the network that is read; axis i of the tensor that is written
    holds axis `axes[i]` of it.
    """

    def __init__(self, shape: Sequence[int | None], axes: Sequence[int] | None = None):
        self.shape = tuple(shape)
        self.axes = tuple(range(len(self.shape))) if axes is None else tuple(axes)
        #: The same values with their axes in other orders, where they were needed.
        self.moved: dict[tuple[int, ...], Value] = {}
        #: Whether no value is below zero.
        self.positive = False
        #: The value whose tensor it is, seen with other names of its axes.
        self.tensor: Value = self

    @property
    def written(self) -> tuple[int | None, ...]:
        """The shape of the tensor that is written."""
        return tuple([self.shape[axis] for axis in self.axes])


class Part:
    """A layer or module that the program builds once and calls by its name."""

    def __init__(self, name: str, made: Expr, automatic: bool = False, frozen: bool = False):
        self.name, self.made, self.automatic, self.frozen = name, made, automatic, frozen


class Statement:
    """`outputs = part(inputs)`; or, without a part, a template in which {0} is the first input.

    A template that `wraps` is put around the expression that it reads, if nothing else does.
    """

    def __init__(self, inputs: Sequence[Value], outputs: Sequence[Value], part: Part | None = None, template: str = "",
                 wraps: bool = False, alone: Sequence[Expr] = (), listed: bool = False):
        self.inputs, self.outputs = [value.tensor for value in inputs], list(outputs)
        self.part, self.template, self.wraps, self.listed = part, template, wraps, listed
        #: What stands for it in a chain of modules.
        self.alone: Sequence[Expr] = [part.made] if part is not None and not template else alone
        #: Whether it calls a block: a part of the network that repeats.
        self.block = False
        #: Comments above it.
        self.comments: list[str] = []


class Body:
    """Statements in order, and what they need."""

    def __init__(self) -> None:
        self.inputs: list[Value] = []
        self.outputs: list[Value] = []
        self.statements: list[Statement] = []
        self.parts: list[Part] = []
        self.named: dict[Value, str] = {}

    def chain(self) -> bool:
        """Whether each statement reads just what the one before gives, and can stand in a chain of modules."""
        before = self.inputs
        if len(before) != 1:
            return False
        built: set[Part] = set()
        for statement in self.statements:
            if statement.inputs != before or len(statement.outputs) != 1 or not statement.alone or statement.part in built:
                return False
            if statement.part is not None:
                built.add(statement.part)
            before = statement.outputs
        return bool(self.statements) and [value.tensor for value in self.outputs] == before

    def lines(self, first: Iterable[str] = (), called: str = "") -> list[tuple[list[str], str, Expr]]:
        """The assignments in order: comments, the names of what comes out, and the expression.

        A value takes over the name of what it is made from where that is not read again. `called` gives the
        expression of a part from its name; without it a part stands as it is made. `named` then has every value's name.
        """
        naming = _Naming(self, first, called)
        made = naming.lines()
        self.named = naming.names
        return made


class _Naming:
    """Values with the names of variables."""

    def __init__(self, body: Body, first: Iterable[str], called: str):
        self.body, self.called = body, called
        self.last: dict[Value, int] = {}
        self.reads: dict[Value, int] = {}
        for at, statement in enumerate(body.statements):
            for value in statement.inputs:
                self.last[value] = at
                self.reads[value] = self.reads.get(value, 0) + 1
        for value in [value.tensor for value in body.outputs]:
            self.last[value] = len(body.statements)
            self.reads[value] = self.reads.get(value, 0) + 2
        self.names: dict[Value, str] = dict(zip(body.inputs, first))
        self.held = {name for value, name in self.names.items() if value in self.last}

    def lines(self) -> list[tuple[list[str], str, Expr]]:
        made: list[tuple[list[str], str, Expr]] = []
        open_: tuple[Value, Expr, list[str]] | None = None
        for at, statement in enumerate(self.body.statements):
            wrapped = open_ is not None and statement.inputs == [open_[0]] and statement.wraps and self.reads[open_[0]] == 1
            if open_ is not None and not wrapped:
                made.append(self._assigned(open_, at - 1))
            inside = open_[1] if open_ is not None and wrapped else None
            comments = [*(open_[2] if open_ is not None and wrapped else ()), *statement.comments]
            expr = self._expression(statement, inside)
            open_ = None
            if len(statement.outputs) == 1:
                # The names of what it reads are given back when it is assigned.
                open_ = (statement.outputs[0], expr, comments)
                self._release(statement.inputs, at)
            else:
                self._release(statement.inputs, at)
                made.append((comments, ", ".join([self._take(value, at) for value in statement.outputs]), expr))
        if open_ is not None:
            made.append(self._assigned(open_, len(self.body.statements) - 1))
        return made

    def _assigned(self, pending: tuple[Value, Expr, list[str]], at: int) -> tuple[list[str], str, Expr]:
        value, expr, comments = pending
        return comments, self._take(value, at), expr

    def _release(self, values: Iterable[Value], at: int) -> None:
        for value in values:
            if self.last[value] == at and value in self.names:
                self.held.discard(self.names[value])

    def _take(self, value: Value, at: int) -> str:
        if value not in self.last:
            return self.names.setdefault(value, "_")
        names = [*VALUES, *[f"x{i}" for i in range(1, 1 + len(self.held))]]
        name = next(name for name in names if name not in self.held)
        self.held.add(name)
        self.names[value] = name
        return name

    def _expression(self, statement: Statement, inside: Expr | None) -> Expr:
        names: list[Expr] = [inside if inside is not None and value not in self.names else Name(self.names[value]) for value in statement.inputs]
        part = statement.part
        if part is None:
            return filled(statement.template, names)
        made = Name(self.called.format(part.name)) if self.called else part.made
        if statement.template:
            return Name(statement.template.format(*[name.flat() for name in names], part=made.flat()))
        return Bracket(made, [Bracket("", names, "[]")] if statement.listed else names)


def filled(template: str, names: Sequence[Expr]) -> Expr:
    """A template such as `F.relu({0})` with its values; the outermost call can be broken into lines."""
    head, opened, rest = template.partition("({0}")
    if opened and rest[-1:] == ")" and not any(c in head for c in "({"):
        more = rest[:-1].removeprefix(", ")
        return Bracket(head, [names[0], *([Name(more.format(*[n.flat() for n in names]))] if more else [])])
    return Name(template.format(*[name.flat() for name in names]))


class Problems:
    """What cannot be written, said at the end, all at once."""

    def __init__(self) -> None:
        self.found: dict[str, list[Node]] = {}

    def add(self, node: Node, problem: str) -> None:
        self.found.setdefault(problem, []).append(node)

    def check(self) -> None:
        """SpecErrors with an error for each reason."""
        if self.found:
            raise SpecErrors([_told(problem, nodes) for problem, nodes in self.found.items()])


def _told(problem: str, nodes: list[Node]) -> SpecError:
    first, others = nodes[0], len(nodes) - 1
    hint = f"so does {others} other layer" if others == 1 else f"so do {others} other layers" if others else None
    hint = f"{others} other layer{'s' * (others > 1)} cannot be converted for the same reason" if hint else None
    error = SpecError(f"{first.kind} {first.name!r}: {problem}", (), hint)
    return first.origin.place(error) if first.origin is not None else error
