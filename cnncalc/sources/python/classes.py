"""Classes and their instances: how they are made, and how attributes are found."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from .interpreter import Interpreter, Object, Raised, Unknown
from .scopes import Arguments, Value
from .values import Method, Native, Property, Static, nothing

# What every object has.


def _setattr(run: Interpreter, self: Value, name: Value, value: Value) -> None:
    if isinstance(self, Instance) and isinstance(name, str):
        run.changing(self.attrs)
        self.attrs[name] = value


def _new(run: Interpreter, cls: Value, *args: Value, **kwargs: Value) -> Value:
    if not isinstance(cls, Class):
        raise run.error("TypeError", "object.__new__(X): X is not a type object")
    allocate = cls.hook("allocate")
    return allocate(run, cls) if allocate is not None else Instance(cls)


OBJECT: dict[str, Value] = {
    "__init__": Native("__init__", nothing), "__setattr__": Native("__setattr__", _setattr),
    "__new__": Native("__new__", _new), "__init_subclass__": Native("__init_subclass__", nothing),
    "__repr__": Native("__repr__", lambda run, self: f"<{run.type_name(self)} object>"),
    "__str__": Native("__str__", lambda run, self: f"<{run.type_name(self)} object>"),
    "__eq__": Native("__eq__", lambda run, a, b: a is b), "__hash__": Native("__hash__", lambda run, self: 0),
}

_NONE = object()


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
        #: Of Python's own types: what their values are, and which other values are taken for its instances.
        self.python: type | tuple[type, ...] | None = None
        self.holds: Callable[[Value], bool] | None = None

    def __repr__(self) -> str:
        return f"<class {self.name}>"

    def lookup(self, name: str) -> Value:
        """What the class and its bases have under a name; KeyError if nothing."""
        for cls in self.mro:
            if name in cls.members:
                return cls.members[name]
        raise KeyError(name)

    def hook(self, name: str) -> Value:
        """The first of the class and its bases that says how to `allocate`, `find`, `take`..."""
        for cls in self.mro:
            found = getattr(cls, name)
            if found is not None:
                return found
        return None

    def derives(self, other: Value) -> bool:
        return other in self.mro

    def get(self, run: Interpreter, name: str) -> Value:
        try:
            found = self.lookup(name)
        except KeyError:
            if name in ("__name__", "__qualname__"):
                return self.name
            if name == "__mro__":
                return tuple(self.mro)
            if name == "__bases__":
                return tuple(self.bases)
            if name == "__dict__":
                return self.members
            attribute = self.hook("attribute")
            if attribute is not None:
                value = attribute(run, self, name)
                if value is not NotImplemented:
                    return value
            if name in OBJECT:
                return OBJECT[name]
            if self.unknown is not None:
                return self.unknown.derived(run)
            raise run.error("AttributeError", f"type object {self.name!r} has no attribute {name!r}") from None
        return found.bound(run, None, self) if isinstance(found, Static) else found

    def set(self, run: Interpreter, name: str, value: Value) -> None:
        run.changing(self.members)
        self.members[name] = value

    def call(self, run: Interpreter, args: list[Value], kwargs: Arguments) -> Value:
        made = self.hook("made")
        if made is not None:
            return made(run, self, args, kwargs)
        allocate = self.hook("allocate")
        instance = allocate(run, self) if allocate is not None else Instance(self)
        run.charge(1)
        try:
            init = self.lookup("__init__")
        except KeyError:
            if self.unknown is None and (args or kwargs):
                raise run.error("TypeError", f"{self.name}() takes no arguments") from None
            return instance
        run.call(init, [instance, *args], kwargs)
        return instance

    def item(self, run: Interpreter, key: Value) -> Value:
        """`Class[key]`: a member of an Enum, or a type's parameters."""
        members = self.members.get("__members__")
        if isinstance(members, dict) and isinstance(key, str):
            if key in members:
                return members[key]
            raise run.error("KeyError", key)
        return self

    def items(self, run: Interpreter) -> Iterable[Value]:
        """The members of an Enum."""
        members = self.members.get("__members__")
        if isinstance(members, dict):
            return list(members.values())
        raise run.error("TypeError", "'type' object is not iterable")

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
        cls = self.cls
        found: Value = _NONE
        try:
            found = cls.lookup(name)
        except KeyError:
            pass
        else:
            if isinstance(found, Property):
                if found.cached and name in self.attrs:
                    return self.attrs[name]
                value = run.call(found.getter, [self], {})
                if found.cached:
                    run.changing(self.attrs)
                    self.attrs[name] = value
                return value
        if name in self.attrs:
            return self.attrs[name]
        if found is not _NONE:
            return found.bound(run, self, cls) if isinstance(found, Object) else found
        if name == "__class__":
            return cls
        if name == "__dict__":
            return self.attrs
        find = cls.hook("find")
        if find is not None:
            value = find(run, self, name)
            if value is not NotImplemented:
                return value
        try:
            getter = cls.lookup("__getattr__")
        except KeyError:
            getter = None
        if getter is not None:
            return run.call(getter, [self, name], {})
        if name.startswith("__") and name.endswith("__") and name in OBJECT:
            return Method(OBJECT[name], self)
        if cls.unknown is not None:
            return cls.unknown.derived(run, f"{cls.name} derives from a class that is not read")
        raise run.error("AttributeError", f"{cls.name!r} object has no attribute {name!r}")

    def set(self, run: Interpreter, name: str, value: Value) -> None:
        try:
            found = self.cls.lookup(name)
        except KeyError:
            found = None
        if isinstance(found, Property) and found.setter is not None:
            run.call(found.setter, [self, value], {})
            return
        take = self.cls.hook("take")
        if take is not None and take(run, self, name, value):
            return
        run.changing(self.attrs)
        self.attrs[name] = value

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

    def state(self) -> object:
        return dict(self.attrs)

    def restore(self, state: Value) -> None:
        self.attrs.clear()
        self.attrs.update(state)

#: Comparisons, and what each is seen from the other side.
COMPARED = {"lt": "gt", "gt": "lt", "le": "ge", "ge": "le", "eq": "eq", "ne": "ne"}

#: The special method of each operator.
METHODS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and", "|": "or", "^": "xor", "<<": "lshift", ">>": "rshift",
    "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge",
}
