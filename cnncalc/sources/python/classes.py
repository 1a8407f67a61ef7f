"""Classes and their instances: how they are made, and how attributes are found."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .interpreter import Frame
from .values import (
    Arguments,
    Class,
    Function,
    Instance,
    Limit,
    Method,
    Native,
    Object,
    OfClass,
    Property,
    Static,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from .interpreter import Interpreter


_NONE = object()
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
    if run.frame is not None:
        cls.place = run.place(node)  # type: ignore[attr-defined]
    for name, value in inner.locals.items():
        own_class(value, cls)
        cached = getattr(value, "cached_name", None)
        if cached == "":
            value.cached_name = name
    prepare = cls.hook("prepare") if hasattr(cls, "prepare") else None
    if prepare is not None:
        prepare(run, cls)
    for base in cls.mro[1:]:
        define = base.members.get("__defined__")
        if isinstance(define, Native):
            define.function(run, cls)
            break
    return cls


def own_class(value: Value, cls: Class) -> None:
    """Tell a function which class it stands in: super() asks."""
    if isinstance(value, Function):
        if value.owner is None:
            value.owner = cls
    elif isinstance(value, Static):
        own_class(value.function, cls)
    elif isinstance(value, Property):
        own_class(value.getter, cls)
        own_class(value.setter, cls)


def instantiate(run: Interpreter, cls: Class, args: list[Value], kwargs: Arguments) -> Value:
    """A new instance of a class."""
    made = cls.hook("made")
    if made is not None:
        return made(run, cls, args, kwargs)
    allocate = cls.hook("allocate")
    instance = allocate(run, cls) if allocate is not None else Instance(cls)
    run.charge(1)
    try:
        init = cls.lookup("__init__")
    except KeyError:
        if cls.unknown is None and (args or kwargs):
            raise run.error("TypeError", f"{cls.name}() takes no arguments") from None
        return instance
    run.call(init, [instance, *args], kwargs)
    return instance


def bound(run: Interpreter, value: Value, instance: Value, cls: Class) -> Value:
    """What reading a class's member through an instance gives."""
    if isinstance(value, (Function, Native)):
        return Method(value, instance)
    if isinstance(value, OfClass):
        return Method(value.function, cls)
    if isinstance(value, Static):
        return value.function
    if isinstance(value, Property):
        return run.call(value.getter, [instance], {})
    return value


def instance_attribute(run: Interpreter, self: Instance, name: str) -> Value:
    """`self.name`."""
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
        return bound(run, found, self, cls)
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


def set_instance_attribute(run: Interpreter, self: Instance, name: str, value: Value) -> None:
    """`self.name = value`."""
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


def class_attribute(run: Interpreter, cls: Class, name: str) -> Value:
    """`Class.name`."""
    try:
        found = cls.lookup(name)
    except KeyError:
        if name in ("__name__", "__qualname__"):
            return cls.name
        if name == "__mro__":
            return tuple(cls.mro)
        if name == "__bases__":
            return tuple(cls.bases)
        if name == "__dict__":
            return cls.members
        attribute = cls.hook("attribute")
        if attribute is not None:
            value = attribute(run, cls, name)
            if value is not NotImplemented:
                return value
        if name in OBJECT:
            return OBJECT[name]
        if cls.unknown is not None:
            return cls.unknown.derived(run)
        raise run.error("AttributeError", f"type object {cls.name!r} has no attribute {name!r}") from None
    if isinstance(found, OfClass):
        return Method(found.function, cls)
    if isinstance(found, Static):
        return found.function
    return found


def class_item(run: Interpreter, cls: Class, key: Value) -> Value:
    """`Class[key]`: a member of an Enum, or a type's parameters."""
    members = cls.members.get("__members__")
    if isinstance(members, dict) and isinstance(key, str):
        if key in members:
            return members[key]
        raise run.error("KeyError", key)
    return cls


def class_items(run: Interpreter, cls: Class) -> Iterable[Value]:
    """The members of an Enum."""
    members = cls.members.get("__members__")
    if isinstance(members, dict):
        return list(members.values())
    raise run.error("TypeError", "'type' object is not iterable")


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
                return bound(run, cls.members[name], self.instance, own)
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


# What every object has.


def _setattr(run: Interpreter, self: Value, name: Value, value: Value) -> None:
    if isinstance(self, Instance) and isinstance(name, str):
        run.changing(self.attrs)
        self.attrs[name] = value


def _nothing(run: Interpreter, self: Value, *args: Value, **kwargs: Value) -> None:
    return None


def _new(run: Interpreter, cls: Value, *args: Value, **kwargs: Value) -> Value:
    if not isinstance(cls, Class):
        raise run.error("TypeError", "object.__new__(X): X is not a type object")
    allocate = cls.hook("allocate")
    return allocate(run, cls) if allocate is not None else Instance(cls)


OBJECT: dict[str, Value] = {
    "__init__": Native("__init__", _nothing), "__setattr__": Native("__setattr__", _setattr),
    "__new__": Native("__new__", _new), "__init_subclass__": Native("__init_subclass__", _nothing),
    "__repr__": Native("__repr__", lambda run, self: f"<{run.type_name(self)} object>"),
    "__str__": Native("__str__", lambda run, self: f"<{run.type_name(self)} object>"),
    "__eq__": Native("__eq__", lambda run, a, b: a is b), "__hash__": Native("__hash__", lambda run, self: 0),
}


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
    types = getattr(wanted, "python", None)
    if types is not None:
        return isinstance(value, types) and (wanted.name == "object" or not isinstance(value, Object))
    if isinstance(value, Instance):
        return value.cls.derives(wanted)
    test = getattr(wanted, "holds", None)
    return bool(test(value)) if test is not None else False


__all__ = ["Any", "Limit", "Super", "explicit_super", "implicit_super", "instantiate", "isinstance_of", "make_class"]
