"""Items of Python's own values: `value[key]`, and what may be a key."""

from __future__ import annotations

from .interpreter import Interpreter, Object, Unknown
from .limits import Limit
from .scopes import Value


def subscript(run: Interpreter, value: Value, key: Value) -> Value:
    """`value[key]`."""
    if isinstance(value, Object):
        return value.item(run, key)
    taint = run.taint(value)
    if taint is not None:
        return taint.derived(run)
    if isinstance(key, Unknown):
        return key.derived(run)
    if isinstance(key, slice):
        parts = (key.start, key.stop, key.step)
        unknown = next((part for part in parts if isinstance(part, Unknown)), None)
        if unknown is not None:
            return unknown.derived(run)
        if isinstance(value, (list, tuple, str, bytes)):
            run.charge(len(value) >> 3)
    if isinstance(value, dict):
        hashable(run, key)
        if key not in value:
            if isinstance(value, Defaults) and value.make is not None:
                run.changing(value)
                value[key] = run.call(value.make, [], {})
            elif isinstance(value, Counts):
                return 0
            else:
                raise run.error("KeyError", key if isinstance(key, (str, int)) else "")
        return value[key]
    if not isinstance(value, (list, tuple, str, bytes, range)):
        raise run.error("TypeError", f"{run.type_name(value)!r} object is not subscriptable")
    try:
        return value[key]
    except IndexError:
        raise run.error("IndexError", f"{run.type_name(value)} index out of range") from None
    except (TypeError, ValueError, OverflowError):
        raise run.error("TypeError", f"{run.type_name(value)} indices must be integers or slices, not {run.type_name(key)}") from None


class Defaults(dict[Value, Value]):
    """collections.defaultdict."""

    make: Value = None


class Counts(dict[Value, Value]):
    """collections.Counter."""


def hashable(run: Interpreter, key: Value) -> Value:
    """A value that can be a key; TypeError of the program if it cannot."""
    try:
        hash(key)
    except TypeError:
        raise run.error("TypeError", f"unhashable type: {run.type_name(key)!r}") from None
    except RecursionError:
        raise Limit("it has a key that is nested too deeply") from None
    return key
