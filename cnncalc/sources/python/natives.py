"""The methods of Python's own values that can be called: those listed here and no others."""

from __future__ import annotations

from collections.abc import Callable

from .formats import format_method
from .interpreter import Interpreter, Unknown
from .items import hashable, subscript
from .limits import LONGEST
from .operators import ordered
from .scopes import Value
from .values import Native

_STR = ["capitalize", "casefold", "count", "endswith", "find", "index", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "rfind", "rindex", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title", "upper"]
_READS: dict[type, frozenset[str]] = {
    str: frozenset(_STR),
    bytes: frozenset(["startswith", "endswith", "find", "count", "hex"]),
    list: frozenset(["count", "index", "copy"]),
    tuple: frozenset(["count", "index"]),
    dict: frozenset(["copy", "keys", "values", "items"]),
    set: frozenset(["copy", "union", "intersection", "difference", "symmetric_difference", "issubset", "issuperset", "isdisjoint"]),
    frozenset: frozenset(["copy", "union", "intersection", "difference", "symmetric_difference", "issubset", "issuperset", "isdisjoint"]),
    int: frozenset(["bit_length"]), bool: frozenset(["bit_length"]),
    float: frozenset(["is_integer"]), complex: frozenset(["conjugate"]),
    range: frozenset(["count", "index"]),
}
_FIELDS: dict[type, frozenset[str]] = {
    int: frozenset(("real", "imag", "numerator", "denominator")), float: frozenset(("real", "imag")),
    complex: frozenset(("real", "imag")), slice: frozenset(("start", "stop", "step")),
    range: frozenset(("start", "stop", "step")),
}
_CHANGES: dict[type, frozenset[str]] = {
    list: frozenset(["append", "extend", "insert", "pop", "remove", "reverse", "clear", "sort"]),
    dict: frozenset(["get", "setdefault", "pop", "popitem", "update", "clear", "fromkeys", "move_to_end", "most_common"]),
    set: frozenset(["add", "discard", "remove", "pop", "clear", "update", "difference_update", "intersection_update"]),
    str: frozenset(["join", "format", "replace", "center", "ljust", "rjust", "zfill", "expandtabs", "encode", "format_map", "translate", "maketrans"]),
    bytes: frozenset(["decode"]),
    tuple: frozenset(), frozenset: frozenset(),
}


def native_attribute(run: Interpreter, value: Value, name: str) -> Value:
    """A method or field of one of Python's own values."""
    kind = type(value)
    for base in kind.__mro__[:-1]:
        if name in _READS.get(base, ()):
            return Native(name, _reading(value, name))
        if name in _CHANGES.get(base, ()):
            return Native(name, _bound(METHODS[base, name], value))
        if name in _FIELDS.get(base, ()):
            return getattr(value, name)
    member = getattr(value, "member", None)  # a library's own kind of tuple
    if member is not None:
        found = member(run, name)
        if found is not NotImplemented:
            return found
    if name == "__class__":
        return run.builtins.get(kind.__name__, run.builtins["object"])
    if name in ("__len__", "__iter__", "__getitem__", "__contains__") and kind in (list, tuple, dict, str, set, range):
        return Native(name, lambda run, *args: _special(run, value, name, *args))
    if name == "__doc__":
        return None
    if name == "value" and (value is None or type(value) is int):
        return value  # sizes of tensors were objects with a value in TensorFlow 1
    raise run.error("AttributeError", f"{kind.__name__!r} object has no attribute {name!r}")


def _bound(method: Callable[..., Value], value: Value) -> Callable[..., Value]:
    return lambda run, *args, **kwargs: method(run, value, *args, **kwargs)


def _special(run: Interpreter, value: Value, name: str, *args: Value) -> Value:
    if name == "__len__":
        return len(value)
    if name == "__iter__":
        return list(value)
    if name == "__contains__":
        return run.truth(args[0] in value)
    return subscript(run, value, *args)


def _reading(value: Value, name: str) -> Callable[..., Value]:
    def method(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
        taint = run.taint(value)
        if taint is not None:
            return taint.derived(run)
        for arg in (*args, *kwargs.values()):
            if isinstance(arg, Unknown):
                return arg.derived(run)
        if hasattr(value, "__len__"):
            run.charge(len(value))
        if name in ("count", "index") and isinstance(value, (list, tuple)):
            return _looked(run, value, name, *args)
        if name in ("union", "intersection", "difference", "symmetric_difference", "issubset", "issuperset", "isdisjoint"):
            args = tuple([run.listed(arg) for arg in args])
        return getattr(value, name)(*args, **kwargs)

    return method


def _looked(run: Interpreter, value: Value, name: str, wanted: Value, *rest: Value) -> Value:
    places = [i for i, item in enumerate(value) if item is wanted or run.equal(item, wanted) is True]
    if name == "count":
        return len(places)
    if not places:
        raise run.error("ValueError", "value is not in list")
    return places[0]


# Lists.


def _append(run: Interpreter, self: list[Value], item: Value) -> None:
    run.changing(self)
    run.bounded(1)
    self.append(item)


def _extend(run: Interpreter, self: list[Value], items: Value) -> None:
    run.changing(self)
    if isinstance(items, Unknown):
        run.tainted = {**run.tainted, id(self): (self, items)}
        return
    found = run.listed(items)
    run.bounded(len(self) + len(found))
    self.extend(found)


def _insert(run: Interpreter, self: list[Value], place: Value, item: Value) -> None:
    run.changing(self)
    run.charge(1 + (len(self) >> 6))
    if isinstance(place, Unknown):
        run.tainted = {**run.tainted, id(self): (self, place)}
        return
    self.insert(place, item)


def _pop(run: Interpreter, self: list[Value], place: Value = -1) -> Value:
    taint = run.taint(self)
    if taint is not None:
        return taint.derived(run)
    if isinstance(place, Unknown):
        run.tainted = {**run.tainted, id(self): (self, place)}
        return place
    run.changing(self)
    run.charge(len(self) >> 6)
    try:
        return self.pop(place)
    except IndexError:
        raise run.error("IndexError", "pop from empty list" if not self else "pop index out of range") from None


def _remove(run: Interpreter, self: list[Value], item: Value) -> None:
    run.changing(self)
    del self[_looked(run, self, "index", item)]


def _reverse(run: Interpreter, self: list[Value]) -> None:
    run.changing(self)
    run.charge(len(self) >> 4)
    self.reverse()


def _clear(run: Interpreter, self: list[Value] | dict[Value, Value] | set[Value]) -> None:
    run.changing(self)
    self.clear()
    if run.tainted and id(self) in run.tainted:
        run.tainted = {key: item for key, item in run.tainted.items() if key != id(self)}


def _sort(run: Interpreter, self: list[Value], key: Value = None, reverse: Value = False) -> None:
    run.changing(self)
    found = ordered(run, self, key, reverse)
    if isinstance(found, Unknown):
        run.tainted = {**run.tainted, id(self): (self, found)}
    else:
        self[:] = found


# Dicts.


def _get(run: Interpreter, self: dict[Value, Value], key: Value, default: Value = None) -> Value:
    taint = run.taint(self)
    if taint is not None:
        return taint.derived(run)
    if isinstance(key, Unknown):
        return key.derived(run)
    return self.get(key, default)


def _setdefault(run: Interpreter, self: dict[Value, Value], key: Value, default: Value = None) -> Value:
    run.changing(self)
    if isinstance(key, Unknown):
        return key.derived(run)
    run.charge(1)
    return self.setdefault(key, default)


_NONE = object()


def _dict_pop(run: Interpreter, self: dict[Value, Value], key: Value, default: Value = _NONE) -> Value:
    taint = run.taint(self)
    if taint is not None:
        return taint.derived(run)
    run.changing(self)
    if isinstance(key, Unknown):
        return key.derived(run)
    if key not in self and default is _NONE:
        raise run.error("KeyError", key if isinstance(key, (str, int)) else "")
    return self.pop(key, default)


def _popitem(run: Interpreter, self: dict[Value, Value], last: Value = True) -> Value:
    run.changing(self)
    if not self:
        raise run.error("KeyError", "popitem(): dictionary is empty")
    key = list(self)[-1 if last else 0]
    return (key, self.pop(key))


def _update(run: Interpreter, self: dict[Value, Value] | set[Value], *others: Value, **more: Value) -> None:
    run.changing(self)
    for other in others:
        if isinstance(other, Unknown):
            run.tainted = {**run.tainted, id(self): (self, other)}
        elif isinstance(self, set):
            self.update(run.listed(other))
        elif isinstance(other, dict):
            run.charge(len(other))
            self.update(other)
        else:
            for pair in run.listed(other):
                key, value = run.listed(pair)
                self[key] = value
    if more:
        self.update(more)


def _fromkeys(run: Interpreter, self: dict[Value, Value], keys: Value, value: Value = None) -> Value:
    return dict.fromkeys(run.listed(keys), value)


def _move_to_end(run: Interpreter, self: dict[Value, Value], key: Value, last: Value = True) -> None:
    run.changing(self)
    value = self.pop(key)
    rest = dict(self)
    self.clear()
    self.update({**rest, key: value} if last else {key: value, **rest})


def _most_common(run: Interpreter, self: dict[Value, Value], n: Value = None) -> Value:
    return sorted(self.items(), key=lambda pair: -pair[1])[:n]


# Sets.


def _add(run: Interpreter, self: set[Value], item: Value) -> None:
    run.changing(self)
    if isinstance(item, Unknown):
        run.tainted = {**run.tainted, id(self): (self, item)}
        return
    run.charge(1)
    self.add(hashable(run, item))


def _discard(run: Interpreter, self: set[Value], item: Value) -> None:
    run.changing(self)
    self.discard(item)


def _set_remove(run: Interpreter, self: set[Value], item: Value) -> None:
    run.changing(self)
    self.remove(item)


def _set_pop(run: Interpreter, self: set[Value]) -> Value:
    run.changing(self)
    if len(self) == 1:
        return self.pop()
    return run.unknown("which element set.pop() takes is not defined")


def _minus(run: Interpreter, self: set[Value], *others: Value) -> None:
    run.changing(self)
    self.difference_update(*[run.listed(other) for other in others])


def _common(run: Interpreter, self: set[Value], *others: Value) -> None:
    run.changing(self)
    self.intersection_update(*[run.listed(other) for other in others])


# Texts.


def _join(run: Interpreter, self: str, items: Value) -> Value:
    found = run.listed(items)
    for item in found:
        if isinstance(item, Unknown):
            return item.derived(run)
        if not isinstance(item, str):
            raise run.error("TypeError", f"sequence item: expected str instance, {run.type_name(item)} found")
    run.bounded(sum([len(item) for item in found]) + len(self) * len(found), LONGEST)
    return self.join(found)


def _format(run: Interpreter, self: str, *args: Value, **kwargs: Value) -> Value:
    return format_method(run, self, *args, **kwargs)


def _replace(run: Interpreter, self: str, old: Value, new: Value, count: Value = -1) -> Value:
    for arg in (old, new, count):
        if isinstance(arg, Unknown):
            return arg.derived(run)
    times = self.count(old) if old else len(self) + 1
    run.bounded(len(self) + times * len(new), LONGEST)
    return self.replace(old, new, count)


def _padded(name: str) -> Callable[..., Value]:
    def method(run: Interpreter, self: str, *args: Value) -> Value:
        for arg in args:
            if isinstance(arg, Unknown):
                return arg.derived(run)
        if args and isinstance(args[0], int):
            run.bounded(args[0] * (self.count("\t") if name == "expandtabs" else 1), LONGEST)
        return getattr(self, name)(*args)

    return method


METHODS: dict[tuple[type, str], Callable[..., Value]] = {
    (list, "append"): _append, (list, "extend"): _extend, (list, "insert"): _insert, (list, "pop"): _pop,
    (list, "remove"): _remove, (list, "reverse"): _reverse, (list, "clear"): _clear, (list, "sort"): _sort,
    (dict, "get"): _get, (dict, "setdefault"): _setdefault, (dict, "pop"): _dict_pop, (dict, "popitem"): _popitem,
    (dict, "update"): _update, (dict, "clear"): _clear, (dict, "fromkeys"): _fromkeys, (dict, "move_to_end"): _move_to_end,
    (dict, "most_common"): _most_common,
    (set, "add"): _add, (set, "discard"): _discard, (set, "remove"): _set_remove, (set, "pop"): _set_pop,
    (set, "clear"): _clear, (set, "update"): _update, (set, "difference_update"): _minus, (set, "intersection_update"): _common,
    (str, "join"): _join, (str, "format"): _format, (str, "replace"): _replace,
    **{(str, name): _padded(name) for name in ("center", "ljust", "rjust", "zfill", "expandtabs")},
    (str, "encode"): lambda run, self, *_, **__: self.encode(errors="replace"),
    (str, "format_map"): lambda run, self, values: _format(run, self, **values),
    (str, "translate"): lambda run, self, *_: run.unknown("str.translate is not read"),
    (str, "maketrans"): lambda run, self, *_: run.unknown("str.maketrans is not read"),
    (bytes, "decode"): lambda run, self, *_, **__: self.decode(errors="replace"),
}


# As text.
