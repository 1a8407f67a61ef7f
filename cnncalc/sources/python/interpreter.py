"""The interpreter's state, and the values that say themselves what attributes, calls and operators do.

It knows Python and nothing else: numbers, strings, tuples, lists, dicts, sets, ranges and slices are Python's own, everything
else is an `Object`. `Unknown` stands for a value that could not be worked out, and remembers why. Libraries are tables of
names (`Library`), which it asks when a module is imported.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from .limits import LARGEST, Budget, Exhausted, Limit
from .scopes import Arguments, Frame, ModuleScope, Value
from .text import Place

VIEWS: tuple[type[Collection[Value]], ...] = (type({}.keys()), type({}.values()), type({}.items()))


class Raised(Exception):
    """An exception of the program being read; `value` is an instance of one of its classes."""

    def __init__(self, value: Value, place: Place | None = None):
        super().__init__()
        self.value, self.place = value, place
        #: What a library knows about it beyond its message.
        self.failure: Value = None
        #: What to type, if known.
        self.remedy: str | None = None

    @property
    def kind(self) -> str:
        name: str = self.value.cls.name
        return name

    @property
    def message(self) -> str:
        args = self.value.attrs.get("args", ())
        return " ".join([str(arg) for arg in args if isinstance(arg, (str, int, float))])

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}" if self.message else self.kind


class Uncertain(Exception):
    """An unknown value stands where its elements are needed."""

    def __init__(self, value: Unknown):
        super().__init__()
        self.value = value


class Object:
    """A value whose behavior is written here rather than in the program being read."""

    type_name = "object"

    def get(self, run: Interpreter, name: str) -> Value:
        """The attribute `name`."""
        raise run.error("AttributeError", f"{self.type_name!r} object has no attribute {name!r}")

    def set(self, run: Interpreter, name: str, value: Value) -> None:
        """Bind the attribute `name`."""
        raise run.error("AttributeError", f"{self.type_name!r} object has no attribute {name!r}")

    def call(self, run: Interpreter, args: list[Value], kwargs: Arguments) -> Value:
        """The result of calling it."""
        raise run.error("TypeError", f"{self.type_name!r} object is not callable")

    def item(self, run: Interpreter, key: Value) -> Value:
        """`self[key]`."""
        raise run.error("TypeError", f"{self.type_name!r} object is not subscriptable")

    def set_item(self, run: Interpreter, key: Value, value: Value) -> None:
        """`self[key] = value`."""
        raise run.error("TypeError", f"{self.type_name!r} object does not support item assignment")

    def items(self, run: Interpreter) -> Iterable[Value]:
        """What a loop over it gives."""
        raise run.error("TypeError", f"{self.type_name!r} object is not iterable")

    def length(self, run: Interpreter) -> Value:
        """`len(self)`."""
        raise run.error("TypeError", f"object of type {self.type_name!r} has no len()")

    def truth(self, run: Interpreter) -> Value:
        """Whether an `if` takes it for true: a bool, or unknown."""
        return True

    def contains(self, run: Interpreter, value: Value) -> Value:
        """`value in self`."""
        for item in self.items(run):
            same = run.equal(item, value)
            if same is True or isinstance(same, Unknown):
                return same
        return False

    def binary(self, run: Interpreter, op: str, other: Value, swapped: bool) -> Value:
        """`self op other`, or `other op self` if swapped; NotImplemented if it has no such operator."""
        return NotImplemented

    def unary(self, run: Interpreter, op: str) -> Value:
        """`op self`."""
        raise run.error("TypeError", f"bad operand type for unary {op}: {self.type_name!r}")

    def text(self, run: Interpreter) -> Value:
        """`str(self)`."""
        return f"<{self.type_name}>"

    def bound(self, run: Interpreter, instance: Value, cls: Value) -> Value:
        """What reading it through an instance gives, where a class holds it."""
        return self

    def owned(self, cls: Value) -> None:
        """It stands in the body of a class: super() asks."""

    def state(self) -> Value:
        """A copy of what can change in it, for `restore`."""
        return None

    def restore(self, state: Value) -> None:
        """Go back to a state."""


class Unknown(Object):
    """A value that could not be worked out: why, where, and what it was worked out from.

    `name` is the variable of the module that it was first bound to.
    """

    type_name = "unknown"

    def __init__(self, why: str, place: Place | None, parent: Unknown | None = None):
        self.why, self.place, self.parent = why, place, parent
        self.name: str | None = None
        #: The exception that was raised where the value should have been made.
        self.raised: Raised | None = None
        #: What to type, where setting a variable would not help.
        self.remedy: str | None = None
        #: The condition that it depends on, and the input whose size it is.
        self.because: Unknown | None = None
        self.input_of: str | None = None

    def __repr__(self) -> str:
        return f"<unknown: {self.why}>"

    def derived(self, run: Interpreter, why: str = "") -> Unknown:
        """A value worked out from this one."""
        made = Unknown(why or self.why, run.place(), self)
        made.raised = self.raised
        return made

    def root(self) -> Unknown:
        """The unknown value that it comes from: the nearest with a name of the module, or the first."""
        at = self
        while at.name is None and at.parent is not None:
            at = at.parent
        return at

    def get(self, run: Interpreter, name: str) -> Value:
        return self.derived(run)

    def set(self, run: Interpreter, name: str, value: Value) -> None:
        pass

    def call(self, run: Interpreter, args: list[Value], kwargs: Arguments) -> Value:
        return self.derived(run)

    def item(self, run: Interpreter, key: Value) -> Value:
        return self.derived(run)

    def set_item(self, run: Interpreter, key: Value, value: Value) -> None:
        pass

    def length(self, run: Interpreter) -> Value:
        return self.derived(run)

    def truth(self, run: Interpreter) -> Value:
        return self

    def contains(self, run: Interpreter, value: Value) -> Value:
        return self

    def binary(self, run: Interpreter, op: str, other: Value, swapped: bool) -> Value:
        return self.derived(run)

    def unary(self, run: Interpreter, op: str) -> Value:
        return self

    def text(self, run: Interpreter) -> Value:
        return self


class Size(Unknown):
    """A size known only when the network runs, such as the batch size."""

    def derived(self, run: Interpreter, why: str = "") -> Unknown:
        return Size(self.why, self.place, self)


class Library:
    """A table of names: modules, and what they hold."""

    def module(self, run: Interpreter, name: str) -> Object | None:
        """The module of a dotted name, if this library has it."""
        return None


class Interpreter(Budget):
    """One program being read."""

    #: What each sort of node of the syntax tree does.
    evaluated: Mapping[type[ast.AST], Callable[..., Value]]
    executed: Mapping[type[ast.AST], Callable[..., Value]]

    def __init__(self, libraries: Iterable[Library] = (), find_file: Callable[[Interpreter, str, ModuleScope], ModuleScope | None] | None = None):
        super().__init__()
        self.libraries = list(libraries)
        self.find_file = find_file
        self.builtins: dict[str, Value] = {}
        self.depth = 0
        #: Statements of the module inside statements of the module.
        self.nested = 0
        self.modules: dict[str, Value] = {}
        #: What each library keeps while the program runs.
        self.sessions: dict[str, Value] = {}
        self.frame: Frame = None  # type: ignore[assignment]
        self.at: ast.AST | None = None
        #: Calls of the program's functions that are under way: where each stands.
        self.stack: list[Place | None] = []
        self.journal: dict[int, tuple[Value, Value]] | None = None
        #: Lists, dicts and sets whose contents are not known.
        self.tainted: dict[int, tuple[Value, Unknown]] = {}
        #: Statements that could not be run: where, and why.
        self.skipped: list[tuple[Place | None, str]] = []
        #: Branches that were taken though their condition is not known.
        self.handled: list[Raised] = []

    # Where it is.

    def place(self, node: ast.AST | None = None) -> Place | None:
        """The location of a node, or of what is being evaluated."""
        node = node or self.at
        if node is None or self.frame is None:
            return None
        return self.frame.module.text.place(node)

    def unknown(self, why: str, parent: Unknown | None = None) -> Unknown:
        return Unknown(why, self.place(), parent)

    def error(self, kind: str, message: Value = "", place: Place | None = None) -> Raised:
        """An exception of the program, to be raised."""
        raise NotImplementedError

    # Statements and expressions.

    def evaluate(self, node: ast.AST, frame: Frame) -> Value:
        """The value of an expression."""
        self.steps -= 1
        self.patience -= 1
        if self.steps < 0 or self.patience < 0:
            raise Exhausted("it takes more steps than can be followed here")
        return self.evaluated[type(node)](self, node, frame)

    def execute(self, body: list[ast.stmt], frame: Frame) -> Value:
        """Run statements; how they end, if not by their end."""
        raise NotImplementedError

    # Values of any sort.

    def call(self, function: Value, args: list[Value], kwargs: Arguments) -> Value:
        if isinstance(function, Object):
            return function.call(self, args, kwargs)
        raise self.error("TypeError", f"{self.type_name(function)!r} object is not callable")

    def native(self, name: str, function: Callable[..., Value], args: list[Value], kwargs: Arguments) -> Value:
        """The result of a function that is written in Python here; what it refuses is an exception of the program."""
        try:
            return function(self, *args, **kwargs)
        except TypeError as error:
            text = str(error)
            raise self.error("TypeError", text.replace("<lambda>", name)) from None
        except RuntimeError as error:  # a generator of ours that was stopped by the program's StopIteration
            if isinstance(error, RecursionError):
                raise
            raise self.error("RuntimeError", str(error)) from None
        except (ValueError, KeyError, IndexError, AttributeError, ZeroDivisionError, OverflowError, ArithmeticError) as error:
            raise self.error(type(error).__name__, str(error)) from None

    def attribute(self, value: Value, name: str) -> Value:
        """`value.name`."""
        raise NotImplementedError

    def has(self, value: Value, name: str) -> bool:
        """Whether there is an attribute of this name."""
        try:
            self.attribute(value, name)
        except Raised as error:
            if error.kind == "AttributeError":
                return False
            raise
        return True

    def set_attribute(self, value: Value, name: str, new: Value) -> None:
        if isinstance(value, Object):
            value.set(self, name, new)
        else:
            raise self.error("AttributeError", f"{self.type_name(value)!r} object has no attribute {name!r}")

    def iterate(self, value: Value) -> Iterable[Value]:
        """What a loop over a value gives; Unknown is for the caller."""
        if isinstance(value, Object):
            return value.items(self)
        taint = self.taint(value)
        if taint is not None:
            raise Uncertain(taint)
        if isinstance(value, (range, tuple, str, bytes, Iterator)):
            return value
        if isinstance(value, (list, set, frozenset, dict, VIEWS)):
            return list(value)
        raise self.error("TypeError", f"{self.type_name(value)!r} object is not iterable")

    def listed(self, value: Value) -> list[Value]:
        """The elements of a value in a list; the work is charged."""
        if isinstance(value, Unknown):
            raise Uncertain(value)
        items = self.iterate(value)
        if isinstance(items, range):
            self.bounded(len(items))
            return list(items)
        found: list[Value] = []
        for item in items:
            found.append(item)
            if len(found) > LARGEST:
                raise Limit("it makes too long a list")
        self.charge(len(found))
        return found

    def truth(self, value: Value) -> Value:
        """Whether a value counts as true: a bool, or an unknown value."""
        if value is True or value is False:
            return value
        if isinstance(value, Object):
            return value.truth(self)
        taint = self.taint(value)
        return bool(value) if taint is None else taint

    def equal(self, a: Value, b: Value) -> Value:
        """`a == b` as a bool, or an unknown value."""
        raise NotImplementedError

    def text(self, value: Value) -> Value:
        """`str(value)`."""
        raise NotImplementedError

    def type_name(self, value: Value) -> str:
        if isinstance(value, Object):
            return value.type_name
        return type(value).__name__

    # What changes.

    def changing(self, value: Value) -> None:
        """Note a list, dict, set or object that is about to change, so that a branch can be undone."""
        raise NotImplementedError

    def taint(self, value: Value) -> Unknown | None:
        """Why the contents of a list, dict or set are not known, if they are not."""
        if self.tainted:
            found = self.tainted.get(id(value))
            if found is not None and found[0] is value:
                return found[1]
        return None
