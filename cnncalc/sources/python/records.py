"""Classes of records: collections, dataclasses and enum."""

from __future__ import annotations

from collections.abc import Iterable

from .classes import Class, Instance
from .functions import Function
from .interpreter import Interpreter, Object, Unknown
from .items import Counts, Defaults, subscript
from .scopes import Arguments, Value
from .values import Native, Property, Static

# collections.


def _ordered_dict(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
    return run.call(run.builtins["dict"], list(args), kwargs)


def _defaultdict(run: Interpreter, make: Value = None, *args: Value, **kwargs: Value) -> Value:
    found = run.call(run.builtins["dict"], list(args), kwargs)
    if isinstance(found, Unknown):
        return found
    made = Defaults(found)
    made.make = make
    return made


def _counter(run: Interpreter, items: Value = ()) -> Value:
    found = Counts()
    for item in run.listed(items):
        if isinstance(item, Unknown):
            return item.derived(run)
        found[item] = found.get(item, 0) + 1
    return found


class _Record(Instance):
    """An instance of a named tuple."""

    def names(self) -> list[str]:
        return self.cls.members["_fields"]  # type: ignore[no-any-return]

    def items(self, run: Interpreter) -> list[Value]:
        return [self.attrs[name] for name in self.names()]

    def item(self, run: Interpreter, key: Value) -> Value:
        return subscript(run, tuple(self.items(run)), key)

    def length(self, run: Interpreter) -> Value:
        return len(self.names())


def _replace(run: Interpreter, self: Instance, **changes: Value) -> Value:
    return self.cls.call(run, [], {**self.attrs, **changes})


def record_class(run: Interpreter, name: str, fields: list[str], defaults: dict[str, Value], base: Iterable[Value] = ()) -> Class:
    """The class of a named tuple."""
    def init(run: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
        fill(run, self, name, fields, defaults, args, kwargs)

    cls = Class(name, base, {"_fields": fields, "__init__": Native("__init__", init), "_replace": Native("_replace", _replace),
                             "_asdict": Native("_asdict", lambda run, self: dict(self.attrs))})
    cls.allocate = lambda run, cls: _Record(cls)
    return cls


def fill(run: Interpreter, self: Instance, name: str, fields: list[str], defaults: dict[str, Value],
         args: tuple[Value, ...], kwargs: Arguments) -> None:
    """Set the fields of a record from the arguments of its constructor."""
    given = {**dict(zip(fields, args)), **kwargs}
    if len(args) > len(fields) or any(key not in fields for key in kwargs):
        raise run.error("TypeError", f"{name}() got unexpected arguments")
    run.changing(self.attrs)
    for field in fields:
        if field in given:
            self.attrs[field] = given[field]
        elif field in defaults:
            value = defaults[field]
            if isinstance(value, FieldDefault):
                value = run.call(value.factory, [], {}) if value.factory is not None else value.value
            self.attrs[field] = value
        else:
            raise run.error("TypeError", f"{name}() missing required argument: {field!r}")


def _namedtuple(run: Interpreter, name: Value, fields: Value, *, defaults: Value = (), **_: Value) -> Value:
    names = fields.replace(",", " ").split() if isinstance(fields, str) else run.listed(fields)
    last = run.listed(defaults or ())
    return record_class(run, name, names, dict(zip(names[len(names) - len(last):], last)))


def _named_tuple_defined(run: Interpreter, cls: Class) -> None:
    fields = list(cls.members.get("__annotations__", {}))
    made = record_class(run, cls.name, fields, {name: cls.members[name] for name in fields if name in cls.members})
    for name in fields:
        cls.members.pop(name, None)
    cls.members.update({key: value for key, value in made.members.items() if key not in cls.members})
    cls.allocate = made.allocate


NAMED_TUPLE = Class("NamedTuple", (), {"__defined__": Native("__defined__", _named_tuple_defined)})


# dataclasses.


class FieldDefault(Object):
    """dataclasses.field(...)."""

    def __init__(self, value: Value, factory: Value):
        self.value, self.factory = value, factory


def _field(run: Interpreter, *, default: Value = None, default_factory: Value = None, **_: Value) -> Value:
    return FieldDefault(default, default_factory)


def _dataclass(run: Interpreter, cls: Value = None, **options: Value) -> Value:
    if cls is None:
        return Native("dataclass", _dataclass)
    if not isinstance(cls, Class):
        return cls
    fields: list[str] = []
    defaults: dict[str, Value] = {}
    for base in reversed(cls.mro):
        for name in base.members.get("__annotations__", {}):
            if name not in fields:
                fields.append(name)
            if name in base.members:
                defaults[name] = base.members[name]

    def init(run: Interpreter, self: Instance, *args: Value, **kwargs: Value) -> None:
        fill(run, self, self.cls.name, fields, defaults, args, kwargs)
        if "__post_init__" in {name for base in self.cls.mro for name in base.members}:
            self.special(run, "__post_init__")

    if "__init__" not in cls.members:
        cls.members["__init__"] = Native("__init__", init)
    cls.members.setdefault("__match_args__", tuple(fields))
    return cls


def _asdict(run: Interpreter, self: Value) -> Value:
    return dict(self.attrs) if isinstance(self, Instance) else run.unknown("it is not a dataclass")


# enum.


def _enum_defined(run: Interpreter, cls: Class) -> None:
    members: dict[str, Value] = {}
    for name, value in list(cls.members.items()):
        if name.startswith("_") or isinstance(value, (Function, Static, Property, Native, Class)):
            continue
        if isinstance(value, _Auto):
            value = len(members) + 1
        member = Instance(cls)
        member.attrs.update({"name": name, "value": value, "_value_": value})
        members[name] = cls.members[name] = member
    cls.members["__members__"] = members
    cls.made = _enum_made if members else None


class _Auto(Object):
    """enum.auto()."""


def _enum_made(run: Interpreter, cls: Class, args: list[Value], kwargs: Arguments) -> Value:
    for member in cls.members["__members__"].values():
        if args and (member is args[0] or run.equal(member.attrs["value"], args[0]) is True):
            return member
    raise run.error("ValueError", f"it is not a member of {cls.name}")


def _enum_equal(run: Interpreter, a: Value, b: Value) -> Value:
    return a is b or (a.cls.name != "Enum" and not isinstance(b, Instance) and run.equal(a.attrs["value"], b))


ENUM = Class("Enum", (), {"__defined__": Native("__defined__", _enum_defined)})
INT_ENUM = Class("IntEnum", (ENUM,), {"__eq__": Native("__eq__", _enum_equal)})

DATACLASSES: dict[str, Value] = {
    "dataclass": Native("dataclass", _dataclass), "field": Native("field", _field), "asdict": Native("asdict", _asdict), "replace": Native("replace", _replace),
}
COLLECTIONS: dict[str, Value] = {
    "OrderedDict": Native("OrderedDict", _ordered_dict), "defaultdict": Native("defaultdict", _defaultdict), "namedtuple": Native("namedtuple", _namedtuple),
    "Counter": Native("Counter", _counter), "deque": Native("deque", lambda run, items=(), maxlen=None: run.listed(items)),
}
ENUMS: dict[str, Value] = {
    "Enum": ENUM, "IntEnum": INT_ENUM, "StrEnum": INT_ENUM, "auto": Native("auto", lambda run: _Auto()), "unique": Native("unique", lambda run, cls: cls),
}
