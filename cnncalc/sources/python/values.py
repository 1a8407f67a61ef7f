"""The values of the interpreter that are not Python's own.

Numbers, strings, tuples, lists, dicts, sets, ranges and slices are Python's. Everything else is an
`Object`, which says itself what attributes, calls and operators do. `Unknown` stands for a value that
could not be worked out, and remembers why.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .interpreter import Frame, Interpreter

Value = Any
Arguments = dict[str, Value]


class Place:
    """A location in source text: lines count from 1, columns from 0."""

    __slots__ = ("column", "length", "line", "text")

    def __init__(self, text: Any, line: int = 1, column: int = 0, length: int = 1):
        self.text, self.line, self.column, self.length = text, line, column, length

    def __str__(self) -> str:
        return f"{self.text.where(self.line)}"


class Raised(Exception):
    """An exception of the program being read; `value` is an instance of one of its classes."""

    def __init__(self, value: Instance, place: Place | None = None):
        super().__init__()
        self.value, self.place = value, place
        #: What a library knows about it beyond its message.
        self.failure: Any = None
        #: What to type, where that is known.
        self.remedy: str | None = None

    @property
    def kind(self) -> str:
        return self.value.cls.name

    @property
    def message(self) -> str:
        args = self.value.attrs.get("args", ())
        return " ".join([str(arg) for arg in args if isinstance(arg, (str, int, float))])

    def __str__(self) -> str:
        return f"{self.kind}: {self.message}" if self.message else self.kind


class Limit(Exception):
    """The program being read takes more steps, memory or depth than allowed."""


class Exhausted(Limit):
    """The steps or the memory of a statement, or of the whole program, are used up."""


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

    def state(self) -> Any:
        """A copy of what can change in it, for `restore`."""
        return None

    def restore(self, state: Any) -> None:
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
    """A size that is known only when the network runs, such as that of the batch."""

    def derived(self, run: Interpreter, why: str = "") -> Unknown:
        return Size(self.why, self.place, self)


class Function(Object):
    """A function of the program, with the scopes around it."""

    type_name = "function"

    def __init__(self, name: str, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, frame: Frame,
                 defaults: list[Value], keyword_defaults: dict[str, Value]):
        self.name, self.node, self.frame = name, node, frame
        self.defaults, self.keyword_defaults = defaults, keyword_defaults
        #: The class in whose body it stands.
        self.owner: Class | None = None
        self.attrs: dict[str, Value] = {}
        self.generates: bool | None = None

    def get(self, run: Interpreter, name: str) -> Value:
        if name in self.attrs:
            return self.attrs[name]
        if name in ("__name__", "__qualname__"):
            return self.name
        if name == "__doc__":
            return ast.get_docstring(self.node) if not isinstance(self.node, ast.Lambda) else None
        if name == "__module__":
            return "__main__"
        if name == "__class__":
            return Class(self.type_name)
        return super().get(run, name)

    def set(self, run: Interpreter, name: str, value: Value) -> None:
        run.changing(self.attrs)
        self.attrs[name] = value

    def call(self, run: Interpreter, args: list[Value], kwargs: Arguments) -> Value:
        from .calls import call_function

        return call_function(run, self, args, kwargs)

    def text(self, run: Interpreter) -> Value:
        return f"<function {self.name}>"


class Native(Object):
    """A function of a library, `function(run, *args, **kwargs)`."""

    type_name = "builtin_function_or_method"

    def __init__(self, name: str, function: Callable[..., Value]):
        self.name, self.function = name, function

    def get(self, run: Interpreter, name: str) -> Value:
        if name in ("__name__", "__qualname__"):
            return self.name
        if name == "__doc__":
            return None
        return super().get(run, name)

    def set(self, run: Interpreter, name: str, value: Value) -> None:
        if name not in ("__doc__", "__name__", "__module__"):
            super().set(run, name, value)

    def call(self, run: Interpreter, args: list[Value], kwargs: Arguments) -> Value:
        return run.native(self.name, self.function, args, kwargs)

    def text(self, run: Interpreter) -> Value:
        return f"<function {self.name}>"


class Method(Object):
    """A function bound to its first argument."""

    type_name = "method"

    def __init__(self, function: Value, of: Value):
        self.function, self.of = function, of

    def get(self, run: Interpreter, name: str) -> Value:
        if name == "__self__":
            return self.of
        if name == "__func__":
            return self.function
        return run.attribute(self.function, name)

    def call(self, run: Interpreter, args: list[Value], kwargs: Arguments) -> Value:
        return run.call(self.function, [self.of, *args], kwargs)


class Property(Object):
    """A method that is read like an attribute."""

    type_name = "property"

    def __init__(self, getter: Value, setter: Value = None, cached: bool = False):
        self.getter, self.setter, self.cached = getter, setter, cached

    def get(self, run: Interpreter, name: str) -> Value:
        if name in ("setter", "deleter"):
            return Native(name, lambda run, function: Property(self.getter, function if name == "setter" else self.setter))
        if name == "getter":
            return Native(name, lambda run, function: Property(function, self.setter))
        if name == "fget":
            return self.getter
        return super().get(run, name)


class Static(Object):
    """A function in a class that is not bound."""

    type_name = "staticmethod"

    def __init__(self, function: Value):
        self.function = function

    def call(self, run: Interpreter, args: list[Value], kwargs: Arguments) -> Value:
        return run.call(self.function, args, kwargs)


class OfClass(Static):
    """A function in a class that is bound to the class."""

    type_name = "classmethod"


class Module(Object):
    """A module: what it holds, and how more is found."""

    type_name = "module"

    def __init__(self, name: str, members: dict[str, Value] | None = None,
                 find: Callable[[Interpreter, str], Value] | None = None):
        self.name, self.members, self.find = name, members if members is not None else {}, find

    def get(self, run: Interpreter, name: str) -> Value:
        if name in self.members:
            return self.members[name]
        if name == "__name__":
            return self.name
        if self.find is not None:
            found = self.find(run, name)
            if found is not None:
                self.members[name] = found
                return found
        return run.unknown(f"{self.name}.{name} is not known")

    def set(self, run: Interpreter, name: str, value: Value) -> None:
        run.changing(self.members)
        self.members[name] = value

    def text(self, run: Interpreter) -> Value:
        return f"<module {self.name!r}>"


class Class(Object):
    """A class: of the program, or of a library.

    A library's class may make its instances itself (`allocate`), and find or take attributes
    that are not in `members` (`find`, `take`).
    """

    type_name = "type"

    def __init__(self, name: str, bases: Iterable[Value] = (), members: dict[str, Value] | None = None, *,
                 allocate: Callable[[Interpreter, Class], Instance] | None = None,
                 find: Callable[[Interpreter, Instance, str], Value] | None = None,
                 take: Callable[[Interpreter, Instance, str, Value], bool] | None = None,
                 made: Callable[[Interpreter, Class, list[Value], Arguments], Value] | None = None,
                 attribute: Callable[[Interpreter, Class, str], Value] | None = None):
        self.name = name
        self.bases = [base for base in bases if isinstance(base, Class)]
        #: A base class that is not known.
        self.unknown: Unknown | None = next((base for base in bases if isinstance(base, Unknown)), None) or next(
            (base.unknown for base in self.bases if base.unknown is not None), None)
        self.members = members if members is not None else {}
        self.mro = _linear(self)
        self.node: ast.ClassDef | None = None
        self.allocate, self.find, self.take, self.made, self.attribute = allocate, find, take, made, attribute

    def __repr__(self) -> str:
        return f"<class {self.name}>"

    def lookup(self, name: str) -> Value:
        """What the class and its bases have under a name; KeyError if nothing."""
        for cls in self.mro:
            if name in cls.members:
                return cls.members[name]
        raise KeyError(name)

    def hook(self, name: str) -> Any:
        """The first of the class and its bases that says how to `allocate`, `find`, `take`..."""
        for cls in self.mro:
            found = getattr(cls, name)
            if found is not None:
                return found
        return None

    def derives(self, other: Value) -> bool:
        return other in self.mro

    def get(self, run: Interpreter, name: str) -> Value:
        from .classes import class_attribute

        return class_attribute(run, self, name)

    def set(self, run: Interpreter, name: str, value: Value) -> None:
        run.changing(self.members)
        self.members[name] = value

    def call(self, run: Interpreter, args: list[Value], kwargs: Arguments) -> Value:
        from .classes import instantiate

        return instantiate(run, self, args, kwargs)

    def item(self, run: Interpreter, key: Value) -> Value:
        from .classes import class_item

        return class_item(run, self, key)

    def items(self, run: Interpreter) -> Iterable[Value]:
        from .classes import class_items

        return class_items(run, self)

    def length(self, run: Interpreter) -> Value:
        return len(list(self.items(run)))

    def binary(self, run: Interpreter, op: str, other: Value, swapped: bool) -> Value:
        return self if op == "|" else NotImplemented  # int | None: an annotation

    def text(self, run: Interpreter) -> Value:
        return f"<class {self.name!r}>"


def _linear(cls: Class) -> list[Class]:
    """The class and its bases in the order of look-ups (C3, or depth first where that has no answer)."""
    rows = [list(base.mro) for base in cls.bases] + [list(cls.bases)]
    found = [cls]
    while any(rows):
        rows = [row for row in rows if row]
        head = next((row[0] for row in rows if not any(row[0] in other[1:] for other in rows)), rows[0][0])
        if head not in found:
            found.append(head)
        rows = [[item for item in row if item is not head] for row in rows]
    return found


class Instance(Object):
    """An instance of a class, with its attributes."""

    def __init__(self, cls: Class):
        self.cls = cls
        self.attrs: dict[str, Value] = {}

    def __repr__(self) -> str:
        return f"<instance of {self.cls.name}>"

    @property
    def type_name(self) -> str:  # type: ignore[override]
        return self.cls.name

    def get(self, run: Interpreter, name: str) -> Value:
        from .classes import instance_attribute

        return instance_attribute(run, self, name)

    def set(self, run: Interpreter, name: str, value: Value) -> None:
        from .classes import set_instance_attribute

        set_instance_attribute(run, self, name, value)

    def special(self, run: Interpreter, name: str, *args: Value) -> Value:
        """The result of a special method; NotImplemented if the class has none."""
        try:
            function = self.cls.lookup(name)
        except KeyError:
            if self.cls.unknown is not None:
                return self.cls.unknown.derived(run)
            return NotImplemented
        return run.call(function, [self, *args], {})

    def call(self, run: Interpreter, args: list[Value], kwargs: Arguments) -> Value:
        try:
            function = self.cls.lookup("__call__")
        except KeyError:
            if self.cls.unknown is not None:
                return self.cls.unknown.derived(run)
            return super().call(run, args, kwargs)
        return run.call(function, [self, *args], kwargs)

    def item(self, run: Interpreter, key: Value) -> Value:
        found = self.special(run, "__getitem__", key)
        return super().item(run, key) if found is NotImplemented else found

    def set_item(self, run: Interpreter, key: Value, value: Value) -> None:
        if self.special(run, "__setitem__", key, value) is NotImplemented:
            super().set_item(run, key, value)

    def items(self, run: Interpreter) -> Iterable[Value]:
        found = self.special(run, "__iter__")
        if found is self:
            return list(self._stepped(run))
        if found is not NotImplemented:
            whole: Iterable[Value] = run.iterate(found)
            return whole
        n = self.special(run, "__len__")
        if isinstance(n, int) and "__getitem__" in {name for cls in self.cls.mro for name in cls.members}:
            return [self.item(run, i) for i in range(run.bounded(n))]
        return super().items(run)

    def _stepped(self, run: Interpreter) -> list[Value]:
        found = []
        while True:
            try:
                found.append(self.special(run, "__next__"))
                run.charge(1)
            except Raised as error:
                if error.kind == "StopIteration":
                    return found
                raise

    def length(self, run: Interpreter) -> Value:
        found = self.special(run, "__len__")
        return super().length(run) if found is NotImplemented else found

    def truth(self, run: Interpreter) -> Value:
        for name in ("__bool__", "__len__"):
            if self.cls.unknown is None or name in self.cls.members:
                found = self.special(run, name)
                if found is not NotImplemented:
                    return run.truth(found)
        return True

    def contains(self, run: Interpreter, value: Value) -> Value:
        found = self.special(run, "__contains__", value)
        return super().contains(run, value) if found is NotImplemented else run.truth(found)

    def binary(self, run: Interpreter, op: str, other: Value, swapped: bool) -> Value:
        from .operators import METHODS

        name = METHODS.get(op)
        if name is None:
            return NotImplemented
        return self.special(run, f"__{'r' if swapped else ''}{name}__" if name not in COMPARED or not swapped
                            else f"__{COMPARED[name]}__", other)

    def unary(self, run: Interpreter, op: str) -> Value:
        found = self.special(run, {"-": "__neg__", "+": "__pos__", "~": "__invert__"}[op])
        return super().unary(run, op) if found is NotImplemented else found

    def text(self, run: Interpreter) -> Value:
        for name in ("__str__", "__repr__"):
            found = self.special(run, name)
            if found is not NotImplemented:
                return found
        return f"<{self.cls.name} object>"

    def state(self) -> Any:
        return dict(self.attrs)

    def restore(self, state: Any) -> None:
        self.attrs.clear()
        self.attrs.update(state)


#: Comparisons, and what each is seen from the other side.
COMPARED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}
