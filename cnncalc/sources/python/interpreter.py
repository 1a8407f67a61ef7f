"""The interpreter's state: where it is, what it may still use, and what it does with values of any sort.

It knows Python and nothing else. Libraries are tables of names (`Library`), which it asks when a module is imported.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .values import (
    Arguments,
    Class,
    Exhausted,
    Function,
    Instance,
    Limit,
    Method,
    Module,
    Native,
    Object,
    Place,
    Raised,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from .text import SourceText

#: Steps for the whole program, and for a statement of the module since a library last made progress in it.
MOST_STEPS, PATIENCE = 400_000, 25_000
#: Steps for all statements in which no library makes progress, such as loops over training data, and what each still has after that.
MOST_IDLE, LEAST_PATIENCE = 50_000, 1_500
#: Calls inside calls.
DEEPEST = 120
#: Numbers in a list, characters in a string, bits in a number.
LARGEST, LONGEST, WIDEST = 200_000, 1_000_000, 20_000
#: What all lists and strings made may hold together.
MOST_MEMORY = 4_000_000


class Frame:
    """A scope: its variables, and the scopes around it."""

    __slots__ = ("around", "cls", "first", "function", "globals", "is_class", "locals", "maybe", "module", "outer", "shared",
                 "yielded")

    def __init__(self, module: ModuleScope, names: dict[str, Value], around: Frame | None = None, is_class: bool = False):
        self.module, self.locals, self.around, self.is_class = module, names, around, is_class
        self.globals: set[str] = set()
        self.outer: set[str] = set()
        #: The class that the function was defined in, and its first argument: for super().
        self.cls: Class | None = None
        self.first: Value = None
        self.function: Function | None = None
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


class Library:
    """A table of names: modules, and what they hold."""

    def module(self, run: Interpreter, name: str) -> Module | None:
        """The module of a dotted name, if this library has it."""
        return None


class Interpreter:
    """One program being read."""

    def __init__(self, libraries: Iterable[Library] = (), find_file: Callable[[Interpreter, str, ModuleScope], ModuleScope | None] | None = None):
        from .builtins import builtins
        from .expressions import EVALUATED
        from .statements import EXECUTED

        self.libraries = list(libraries)
        self.find_file = find_file
        self.evaluated, self.executed = EVALUATED, EXECUTED
        self.builtins = builtins()
        self.steps, self.patience, self.memory = MOST_STEPS, PATIENCE, MOST_MEMORY
        self.idle, self.advances = MOST_IDLE, 0
        self.depth = 0
        self.modules: dict[str, Value] = {}
        self.frame: Frame = None  # type: ignore[assignment]
        self.at: Any = None
        #: Calls of the program's functions that are under way: where each stands.
        self.stack: list[Place] = []
        self.journal: dict[int, tuple[Any, Any]] | None = None
        #: Lists, dicts and sets whose contents are not known.
        self.tainted: dict[int, tuple[Any, Unknown]] = {}
        #: Statements that could not be run: where, and why.
        self.skipped: list[tuple[Place, str]] = []
        #: Branches that were taken though their condition is not known.
        self.handled: list[Raised] = []

    # Where it is.

    def place(self, node: Any = None) -> Place | None:
        """The location of a node, or of what is being evaluated."""
        node = node or self.at
        if node is None or self.frame is None:
            return None
        return self.frame.module.text.place(node)

    def unknown(self, why: str, parent: Unknown | None = None) -> Unknown:
        return Unknown(why, self.place(), parent)

    def unread(self, why: str, module: str) -> Unknown:
        """The value of what a module would bring that is neither a known library nor a file nearby."""
        found = self.unknown(why)
        if module.partition(".")[0] in sys.stdlib_module_names:
            return found
        last = module.lstrip(".").rpartition(".")[2] or "module"
        found.remedy = (f"if {module} is a file of yours, put {last}.py next to this one; if it is a library, "
                        "describe what it builds with Keras's or PyTorch's own layers")
        return found

    def error(self, kind: str, message: Any = "", place: Place | None = None) -> Raised:
        """An exception of the program, to be raised."""
        from .exceptions import exception

        return Raised(exception(kind, message), place or self.place())

    # What it may use.

    def charge(self, n: int) -> None:
        """Take the memory of `n` more values."""
        self.memory -= n
        if self.memory < 0:
            raise Exhausted("it makes more values than can be read here")
        if n > 30:
            self.work(n >> 2)

    def work(self, n: int) -> None:
        """Take `n` steps for work that is done at once."""
        self.steps -= n
        self.patience -= n
        if self.steps < 0 or self.patience < 0:
            raise Exhausted("it takes more steps than can be followed here")

    def bounded(self, n: int, most: int = LARGEST) -> int:
        """A length that a value may have."""
        if n > most:
            raise Limit(f"it makes a value of {n if n < 10**18 else 'very many'} elements")
        self.charge(max(n, 0))
        return n

    def progress(self, steps: int = 40) -> None:
        """A library has made something in so many steps: the statement is worth more of them."""
        self.patience = PATIENCE
        self.advances += 1
        self.work(steps)

    # Statements and expressions.

    def evaluate(self, node: Any, frame: Frame) -> Value:
        """The value of an expression."""
        self.steps -= 1
        self.patience -= 1
        if self.steps < 0 or self.patience < 0:
            raise Exhausted("it takes more steps than can be followed here")
        return self.evaluated[type(node)](self, node, frame)

    def execute(self, body: list[ast.stmt], frame: Frame) -> Any:
        """Run statements; how they end, if not by their end."""
        for i, node in enumerate(body):
            self.steps -= 1
            ended = self.executed[type(node)](self, node, frame)
            if ended is not None:
                if ended.__class__ is tuple:  # one branch of an `if` that is not known has ended, the other goes on
                    from .branches import go_on

                    return go_on(self, body[i + 1:], frame, ended)
                return ended
        return None

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
        if isinstance(value, Object):
            return value.get(self, name)
        from .natives import native_attribute

        return native_attribute(self, value, name)

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
        if isinstance(value, range):
            return value
        if isinstance(value, (list, tuple, str, set, frozenset, bytes)):
            return list(value) if not isinstance(value, (tuple, str, bytes)) else value
        if isinstance(value, dict):
            return list(value)
        if isinstance(value, (VIEWS)):
            return list(value)
        if isinstance(value, Iterator):
            return value
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
        from .operators import compare

        return self.truth(compare(self, "==", a, b))

    def text(self, value: Value) -> Value:
        """`str(value)`."""
        from .natives import text_of

        return text_of(self, value)

    def type_name(self, value: Value) -> str:
        if isinstance(value, Object):
            return value.type_name
        return type(value).__name__

    # What changes.

    def changing(self, value: Any) -> None:
        """Note a list, dict, set or object that is about to change, so that a branch can be undone."""
        if self.journal is not None and id(value) not in self.journal:
            from .branches import state_of

            state = state_of(value)
            if isinstance(state, (list, dict, set)):
                self.work(len(state) >> 2)
            self.journal[id(value)] = (value, state)

    def taint(self, value: Value) -> Unknown | None:
        """Why the contents of a list, dict or set are not known, if they are not."""
        if self.tainted:
            found = self.tainted.get(id(value))
            if found is not None and found[0] is value:
                return found[1]
        return None

    # Modules.

    def module(self, name: str) -> Value:
        """The module of a dotted name; unknown if no library has it."""
        found = self.modules.get(name)
        if found is None:
            for library in self.libraries:
                found = library.module(self, name)
                if found is not None:
                    break
            else:
                found = self.unread(f"the module {name} is not read", name)
            self.modules[name] = found
        return found


class Uncertain(Exception):
    """An unknown value stands where its elements are needed."""

    def __init__(self, value: Unknown):
        super().__init__()
        self.value = value


VIEWS: tuple[Any, ...] = (type({}.keys()), type({}.values()), type({}.items()))

__all__ = ["Frame", "Instance", "Interpreter", "Library", "Method", "ModuleScope", "Native", "Uncertain"]
