"""Values that libraries and classes are made of: functions, methods, properties, modules."""

from __future__ import annotations

from collections.abc import Callable

from .interpreter import Interpreter, Object
from .scopes import Arguments, ModuleScope, Value


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

    def bound(self, run: Interpreter, instance: Value, cls: Value) -> Value:
        return Method(self, instance)

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

    def bound(self, run: Interpreter, instance: Value, cls: Value) -> Value:
        return run.call(self.getter, [instance], {})

    def owned(self, cls: Value) -> None:
        for function in (self.getter, self.setter):
            if isinstance(function, Object):
                function.owned(cls)


class Static(Object):
    """A function in a class that is not bound."""

    type_name = "staticmethod"

    def __init__(self, function: Value):
        self.function = function

    def call(self, run: Interpreter, args: list[Value], kwargs: Arguments) -> Value:
        return run.call(self.function, args, kwargs)

    def bound(self, run: Interpreter, instance: Value, cls: Value) -> Value:
        return self.function

    def owned(self, cls: Value) -> None:
        if isinstance(self.function, Object):
            self.function.owned(cls)


class OfClass(Static):
    """A function in a class that is bound to the class."""

    type_name = "classmethod"

    def bound(self, run: Interpreter, instance: Value, cls: Value) -> Value:
        return Method(self.function, cls)


class Module(Object):
    """A module: what it holds, and how more is found."""

    type_name = "module"

    def __init__(self, name: str, members: dict[str, Value] | None = None,
                 find: Callable[[Interpreter, str], Value] | None = None):
        self.name, self.members, self.find = name, members if members is not None else {}, find
        #: What `from module import *` brings, where names are found one by one.
        self.everything: Callable[[Interpreter], dict[str, Value]] | None = None
        #: Of a neighboring file: its scope.
        self.scope: ModuleScope | None = None

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


def nothing(run: Interpreter, *_: Value, **__: Value) -> None:
    """What print, plots and the like do here."""


def same(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
    """What functions give that change neither shapes nor counts: their first argument."""
    return next(iter((*args, *kwargs.values())), None)


def method(name: str, function: Callable[..., Value], self: Value) -> Native:
    """A function of a library as a method of a value."""
    return Native(name, lambda run, *args, **kwargs: function(run, self, *args, **kwargs))


class Named(Object):
    """Something of a library that is known by its name only; what is set on it changes nothing."""

    def __init__(self, word: str):
        self.word = word

    @property
    def type_name(self) -> str:  # type: ignore[override]
        return self.word

    def set(self, run: Interpreter, name: str, value: Value) -> None:
        pass
