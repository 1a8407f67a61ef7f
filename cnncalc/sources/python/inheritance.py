"""Class statements, `super()` and `isinstance`."""

from __future__ import annotations

import ast

from .classes import OBJECT, Class, Instance
from .interpreter import Interpreter, Object, Unknown
from .limits import Limit
from .scopes import Frame, Value
from .values import Method, Native

#: Classes that a class derives from, directly and through others.
MOST_BASES = 60


def make_class(run: Interpreter, node: ast.ClassDef, frame: Frame) -> Value:
    """The class that a statement defines."""
    bases = [run.evaluate(base.value if isinstance(base, ast.Starred) else base, frame) for base in node.bases]
    inner = Frame(frame.module, {}, frame, is_class=True)
    inner.locals["__module__"] = frame.module.name
    inner.locals["__qualname__"] = node.name
    run.execute(node.body, inner)
    known = [base for base in bases if isinstance(base, (Class, Unknown))]
    if any(isinstance(base, Class) and len(base.mro) > MOST_BASES for base in known):
        raise Limit("a class has too many bases")
    cls = Class(node.name, known, inner.locals)
    cls.node = node
    doc = ast.get_docstring(node)
    cls.members.setdefault("__doc__", doc)
    for value in inner.locals.values():
        if isinstance(value, Object):
            value.owned(cls)
    for base in cls.mro[1:]:
        define = base.members.get("__defined__")
        if isinstance(define, Native):
            define.function(run, cls)
            break
    return cls


class Super(Object):
    """`super()`: the attributes of an object as the classes behind one have them."""

    type_name = "super"

    def __init__(self, cls: Class, instance: Value):
        self.cls, self.instance = cls, instance

    def get(self, run: Interpreter, name: str) -> Value:
        own = self.instance.cls if isinstance(self.instance, Instance) else self.instance
        mro = own.mro if isinstance(own, Class) else self.cls.mro
        behind = mro[mro.index(self.cls) + 1:] if self.cls in mro else []
        for cls in behind:
            if name in cls.members:
                found = cls.members[name]
                return found.bound(run, self.instance, own) if isinstance(found, Object) else found
        for cls in behind:
            if cls.find is not None and isinstance(self.instance, Instance):
                value = cls.find(run, self.instance, name)
                if value is not NotImplemented:
                    return value
        if self.cls.unknown is not None:
            return self.cls.unknown.derived(run)
        if name in OBJECT:
            return Method(OBJECT[name], self.instance)
        raise run.error("AttributeError", f"'super' object has no attribute {name!r}")

    def set(self, run: Interpreter, name: str, value: Value) -> None:
        run.set_attribute(self.instance, name, value)


def implicit_super(run: Interpreter, frame: Frame) -> Value:
    """`super()` without arguments."""
    at: Frame | None = frame
    while at is not None and (at.function is None or at.cls is None):
        at = at.around
    if at is None or at.cls is None:
        raise run.error("RuntimeError", "super(): no arguments")
    return Super(at.cls, at.first)


def explicit_super(run: Interpreter, cls: Value = None, instance: Value = None) -> Value:
    """`super(Class, self)`."""
    if isinstance(cls, Unknown):
        return cls.derived(run)
    if not isinstance(cls, Class):
        raise run.error("TypeError", "super() argument 1 must be a type")
    return Super(cls, instance)


def isinstance_of(run: Interpreter, value: Value, wanted: Value) -> Value:
    """`isinstance(value, wanted)`."""
    if isinstance(wanted, tuple):
        unsure: Value = False
        for item in wanted:
            found = isinstance_of(run, value, item)
            if found is True:
                return True
            if isinstance(found, Unknown):
                unsure = found
        return unsure
    if isinstance(value, Unknown):
        return value
    if isinstance(wanted, Unknown):
        # A class that is not read: values of Python's own are not its instances.
        return wanted.derived(run) if isinstance(value, Instance) and value.cls.unknown is not None else False
    if not isinstance(wanted, Class):
        raise run.error("TypeError", "isinstance() arg 2 must be a type or tuple of types")
    types = wanted.python
    if types is not None:
        return isinstance(value, types) and (wanted.name == "object" or not isinstance(value, Object))
    if isinstance(value, Instance):
        return value.cls.derives(wanted)
    return wanted.holds is not None and wanted.holds(value)
