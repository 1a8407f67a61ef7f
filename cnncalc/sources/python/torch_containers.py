"""PyTorch's containers: Sequential, ModuleList, ModuleDict, and lists and dicts of parameters."""

from __future__ import annotations

from collections.abc import Callable

from .classes import Class
from .interpreter import Interpreter, Unknown
from .scopes import Value
from .torch_modules import allocate, find, take
from .torch_objects import Parameter, TorchModule
from .torch_session import session
from .values import Native


def _allocate(run: Interpreter, cls: Class) -> TorchModule:
    made = allocate(run, cls)
    made.container = cls.node is None
    return made


def _numbered(run: Interpreter, self: TorchModule, modules: list[Value]) -> None:
    run.changing(self)
    for word in [word for word, _ in self.children()]:
        del self.attrs[word]
    for i, module in enumerate(modules):
        self.attrs[str(i)] = module


def _sequential_init(run: Interpreter, self: TorchModule, *args: Value) -> None:
    if len(args) == 1 and isinstance(args[0], dict):
        for name, module in args[0].items():
            self.attrs[str(name)] = module
        return
    unknown = next((arg for arg in args if isinstance(arg, Unknown)), None)
    if unknown is not None:
        self.problem = unknown
    for i, module in enumerate(args):
        if isinstance(module, (list, tuple)) or (not isinstance(module, (TorchModule, Unknown)) and module is not None):
            raise run.error("TypeError", f"{run.type_name(module)} is not a Module subclass")
        self.attrs[str(i)] = module


def _sequential_forward(run: Interpreter, self: TorchModule, x: Value = None, *_: Value, **__: Value) -> Value:
    if self.problem is not None:
        return self.problem.derived(run)
    at = run.at
    for _name, module in list(self.children()):
        run.at = at
        x = run.call(module, [x], {})
    return x


def _list_init(run: Interpreter, self: TorchModule, modules: Value = ()) -> None:
    if isinstance(modules, Unknown):
        self.problem = modules
        return
    for i, module in enumerate(run.listed(modules) if modules is not None else ()):
        self.attrs[str(i)] = module


def _dict_init(run: Interpreter, self: TorchModule, modules: Value = None) -> None:
    pairs = modules.items() if isinstance(modules, dict) else [run.listed(pair) for pair in run.listed(modules or ())]
    for name, module in pairs:
        self.attrs[str(name)] = module


def _held(self: TorchModule) -> list[Value]:
    """The modules or parameters of a container."""
    return [value for name, value in self.attrs.items() if isinstance(value, (TorchModule, Parameter)) or (name.isdigit())]


def _get(run: Interpreter, self: TorchModule, key: Value) -> Value:
    if isinstance(key, Unknown):
        return key.derived(run)
    if isinstance(key, str):
        if key in self.attrs:
            return self.attrs[key]
        raise run.error("KeyError", key)
    found = _held(self)
    if isinstance(key, slice):
        made = _allocate(run, self.cls)
        for name, value in list({k: v for k, v in self.attrs.items() if any(v is f for f in found)}.items())[key]:
            made.attrs[name] = value
        if self.cls.derives(session(run).classes["ModuleList"]):
            _numbered(run, made, list(made.attrs.values()))
        return made
    if not isinstance(key, int) or not -len(found) <= key < len(found):
        raise run.error("IndexError", f"index {key} is out of range")
    return found[key]


def _set(run: Interpreter, self: TorchModule, key: Value, value: Value) -> None:
    run.changing(self)
    if isinstance(key, int):
        names = [name for name, held in self.attrs.items() if any(held is f for f in _held(self))]
        self.attrs[names[key]] = value
    elif isinstance(key, str):
        self.attrs[key] = value


def _append(run: Interpreter, self: TorchModule, module: Value) -> Value:
    run.changing(self)
    self.attrs[str(len(_held(self)))] = module
    return self


def _extend(run: Interpreter, self: TorchModule, modules: Value) -> Value:
    for module in run.listed(modules):
        _append(run, self, module)
    return self


def _insert(run: Interpreter, self: TorchModule, index: Value, module: Value) -> None:
    found = _held(self)
    found.insert(index, module)
    _numbered(run, self, found)


def _delete(run: Interpreter, self: TorchModule, key: Value) -> None:
    run.changing(self)
    names = [name for name, _ in self.attrs.items() if any(self.attrs[name] is f for f in _held(self))]
    for name in [names[key]] if isinstance(key, int) else names[key] if isinstance(key, slice) else [key]:
        self.attrs.pop(name, None)


def _pop(run: Interpreter, self: TorchModule, key: Value = -1) -> Value:
    found = _get(run, self, key)
    _delete(run, self, key)
    return found


def _update(run: Interpreter, self: TorchModule, other: Value) -> None:
    for key, value in other.items() if isinstance(other, dict) else _pairs(other):
        _set(run, self, key, value)


def _pairs(self: TorchModule) -> list[tuple[str, Value]]:
    return [(name, value) for name, value in self.attrs.items() if isinstance(value, (TorchModule, Parameter))]


def _natives(functions: dict[str, Callable[..., Value]]) -> dict[str, Value]:
    return {name: Native(name, function) for name, function in functions.items()}


_LISTED = _natives({
    "__getitem__": _get, "__setitem__": _set, "__delitem__": _delete, "__len__": lambda run, self: len(_held(self)),
    "__iter__": lambda run, self: _held(self), "append": _append, "extend": _extend, "insert": _insert, "pop": _pop,
    "__iadd__": _extend, "__add__": lambda run, self, other: _extend(run, _get(run, self, slice(None)), other),
})
_KEYED = _natives({
    "__getitem__": _get, "__setitem__": _set, "__delitem__": _delete, "__len__": lambda run, self: len(_pairs(self)),
    "__iter__": lambda run, self: [name for name, _ in _pairs(self)], "keys": lambda run, self: [name for name, _ in _pairs(self)],
    "values": lambda run, self: [value for _, value in _pairs(self)], "items": lambda run, self: _pairs(self),
    "__contains__": lambda run, self, key: key in dict(_pairs(self)),
    "update": _update,
    "pop": _pop,
})


def prepare(run: Interpreter) -> None:
    """Make the classes that every program shares."""
    known = session(run).classes
    if "Module" in known:
        return
    module = known["Module"] = Class("Module", (), {"__init__": Native("__init__", lambda run, self, *_, **__: None)},
                                     allocate=allocate, find=find, take=take)
    known["Sequential"] = Class("Sequential", (module,), {
        "__init__": Native("__init__", _sequential_init), "forward": Native("forward", _sequential_forward), **_LISTED}, allocate=_allocate)
    known["ModuleList"] = Class("ModuleList", (module,), {"__init__": Native("__init__", _list_init), **_LISTED}, allocate=_allocate)
    known["ParameterList"] = Class("ParameterList", (module,), {"__init__": Native("__init__", _list_init), **_LISTED}, allocate=_allocate)
    known["ModuleDict"] = Class("ModuleDict", (module,), {"__init__": Native("__init__", _dict_init), **_KEYED}, allocate=_allocate)
    known["ParameterDict"] = Class("ParameterDict", (module,), {"__init__": Native("__init__", _dict_init), **_KEYED}, allocate=_allocate)
