"""Branches whose condition is not known: both are run on the same state, and what differs becomes unknown.

Lists, dicts, sets and objects are noted before they change (`Interpreter.changing`), so that a branch can be undone.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from .interpreter import Interpreter, Object, Raised, Unknown
from .scopes import Frame, Value

#: Stands for what a dict does not have.
_NOTHING = object()


def state_of(value: Value) -> object:
    """A copy of what can change in a value."""
    if isinstance(value, Object):
        return value.state()
    if isinstance(value, dict):
        return dict(value)
    return set(value) if isinstance(value, set) else list(value)


def put_back(value: Value, state: Value) -> None:
    """Give a value a state it had."""
    if isinstance(value, Object):
        value.restore(state)
    elif isinstance(value, (dict, set)):
        value.clear()
        value.update(state)
    else:
        value[:] = state


class Branch:
    """What a piece of the program changes while it runs."""

    def __init__(self, run: Interpreter):
        self.run = run
        self.outer: object = None
        self.journal: dict[int, tuple[object, object]] = {}
        self.tainted: dict[int, tuple[object, Unknown]] = {}
        #: What was changed, with its state at the end.
        self.after: dict[int, tuple[object, object]] = {}
        self.tainted_after: dict[int, tuple[object, Unknown]] = {}
        self.value: Value = None
        self.error: Raised | None = None

    def follow(self, work: Callable[[], object]) -> Branch:
        """Run, note what has changed, and undo it."""
        run = self.run
        self.outer, run.journal = run.journal, self.journal
        self.tainted = dict(run.tainted)
        try:
            self.value = work()
        except Raised as error:
            self.error = error
        finally:
            self.after = {key: (value, state_of(value)) for key, (value, _) in self.journal.items()}
            self.tainted_after = run.tainted
            run.tainted = self.tainted
            for value, state in self.journal.values():
                put_back(value, state)
            run.journal = self.outer
        return self

    def redo(self) -> None:
        """Apply what it has changed."""
        for value, state in self.after.values():
            self.run.changing(value)
            put_back(value, state)
        self.run.tainted = {**self.run.tainted, **self.tainted_after}


def either(run: Interpreter, condition: Unknown, first: Callable[[], object], second: Callable[[], object]) -> Value:
    """The value of one of two expressions; which one is not known."""
    a, b = Branch(run).follow(first), Branch(run).follow(second)
    if a.error is not None and b.error is not None:
        raise a.error
    if a.error is not None or b.error is not None:
        right = a if b.error is not None else b
        right.redo()
        return right.value
    merge(run, a, b, condition)
    return joined(run, a.value, b.value, None, condition)


def both(run: Interpreter, condition: Unknown, first: Callable[[], object], second: Callable[[], object]) -> object:
    """Run two bodies of statements of which one is taken; how they end.

    If one of them leaves the block and the other goes on, what they give is a tuple: how it ended, and the
    branch that goes on is in effect.
    """
    a, b = Branch(run).follow(first), Branch(run).follow(second)
    if a.error is not None and b.error is not None:
        a.redo()
        raise a.error
    if a.error is not None or b.error is not None:
        right = a if b.error is not None else b
        right.redo()
        return right.value
    if (a.value is None) == (b.value is None):
        merge(run, a, b, condition)
        if a.value is None or type(a.value) is not type(b.value):
            return a.value
        if hasattr(a.value, "value"):
            return type(a.value)(joined(run, a.value.value, b.value.value, None, condition))
        return a.value
    left, goes_on = (a, b) if a.value is not None else (b, a)
    goes_on.redo()
    return (left.value, condition)


def go_on(run: Interpreter, rest: list[ast.stmt], frame: Frame, ended: tuple[object, Unknown]) -> object:
    """Run the rest of a block that one branch has left."""
    left, _condition = ended
    if hasattr(left, "value"):
        frame.maybe.append(left.value)
        if not rest:
            return None
    return run.execute(rest, frame)


def merge(run: Interpreter, a: Branch, b: Branch, why: Unknown) -> None:
    """Bring two branches together: what they do not agree on becomes unknown."""
    for key in {**a.after, **b.after}:
        value, before = (a.journal.get(key) or b.journal.get(key))  # type: ignore[misc]
        one = a.after[key][1] if key in a.after else before
        other = b.after[key][1] if key in b.after else before
        run.changing(value)
        put_back(value, _joined_state(run, value, one, other, why))
    run.tainted = {**run.tainted, **a.tainted_after, **b.tainted_after}


def _joined_state(run: Interpreter, value: object, one: Value, other: Value, why: Unknown) -> object:
    if isinstance(value, dict):
        found = {}
        for key in {**one, **other}:
            x, y = one.get(key, _NOTHING), other.get(key, _NOTHING)
            if x is _NOTHING or y is _NOTHING:
                # A variable that only one of them binds is used where it was bound.
                found[key] = joined(run, x, y, None, why)
            else:
                found[key] = joined(run, x, y, None, why)
        return found
    if isinstance(value, Object):
        return value.join(run, one, other, why) if hasattr(value, "join") else one
    if isinstance(value, list) and len(one) == len(other):
        return [joined(run, x, y, None, why) for x, y in zip(one, other)]
    if one != other:
        run.tainted = {**run.tainted, id(value): (value, why)}
    return one


def joined(run: Interpreter, x: Value, y: Value, frame: object = None, why: Unknown | None = None) -> Value:
    """One value for two branches: the same in both, or unknown."""
    if x is y:
        return x
    if x is _NOTHING or y is _NOTHING:
        made = y if x is _NOTHING else x
        return made if isinstance(made, Unknown) else _differs(run, made, None, why)
    if isinstance(x, Unknown) and isinstance(y, Unknown):
        return x
    if not isinstance(x, Object) and not isinstance(y, Object) and type(x) is type(y):
        try:
            if x == y:
                return x
        except RecursionError:
            pass
        if isinstance(x, (tuple, list)) and len(x) == len(y):
            return type(x)([joined(run, p, q, frame, why) for p, q in zip(x, y)])
    return _differs(run, x, y, why)


def _differs(run: Interpreter, x: Value, y: Value, why: Unknown | None) -> Unknown:
    made = run.unknown("it depends on a condition that is not known" + (f": {why.why}" if why is not None and why.why else ""), None)
    made.parent = None
    made.because = why
    return made


def perhaps(run: Interpreter, why: Unknown, work: Callable[[], object]) -> object:
    """Run something that may be done any number of times: what it changes becomes unknown."""
    a = Branch(run).follow(work)
    if a.error is not None:
        return None  # it raises when it is done once: then it is not done
    nothing = Branch(run)
    merge(run, a, nothing, why)
    if a.value is not None and hasattr(a.value, "value"):
        return (a.value, why)
    return None
