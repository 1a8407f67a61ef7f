"""Operators on values of any sort; those of numbers and texts within bounds."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import cmp_to_key

from .formats import percent
from .interpreter import Interpreter, Object, Size, Unknown
from .limits import LARGEST, LONGEST, WIDEST, Limit
from .scopes import Value

BY_NODE = {
    "Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "**", "MatMult": "@",
    "BitAnd": "&", "BitOr": "|", "BitXor": "^", "LShift": "<<", "RShift": ">>",
    "Eq": "==", "NotEq": "!=", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=",
    "Is": "is", "IsNot": "is not", "In": "in", "NotIn": "not in",
}
_PLAIN: dict[str, Callable[[object, object], object]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "@": operator.matmul, "&": operator.and_, "|": operator.or_,
    "^": operator.xor, "<<": operator.lshift, ">>": operator.rshift,
}
_COMPARE: dict[str, Callable[[Value, Value], Value]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}
_UNARY: dict[str, Callable[[Value], Value]] = {"-": operator.neg, "+": operator.pos, "~": operator.invert}
_SIZED = (str, bytes, list, tuple)


def binary(run: Interpreter, op: str, a: Value, b: Value) -> Value:
    """`a op b`."""
    if isinstance(a, Object) or isinstance(b, Object):
        return _by_objects(run, op, a, b)
    kind = type(a)
    if (kind is int or kind is float) and type(b) in (int, float) and op not in ("**", "<<"):
        if kind is int and op == "*" and (a.bit_length() + int(b).bit_length() if type(b) is int else 0) > 20_000:
            raise Limit("it works with a number that is too large")
        return _done(run, op, a, b)
    if run.tainted:
        taint = run.taint(a) or run.taint(b)
        if taint is not None:
            return taint.derived(run)
    _bound(run, op, a, b)
    if op == "%" and isinstance(a, (str, bytes)):
        return percent(run, a, b)
    return _done(run, op, a, b)


def _done(run: Interpreter, op: str, a: Value, b: Value) -> Value:
    try:
        return _PLAIN[op](a, b)
    except TypeError:
        raise run.error("TypeError", f"unsupported operand type(s) for {op}: {run.type_name(a)!r} and {run.type_name(b)!r}") from None
    except (ZeroDivisionError, OverflowError, ValueError) as error:
        raise run.error(type(error).__name__, str(error)) from None


def _bound(run: Interpreter, op: str, a: Value, b: Value) -> None:
    """Refuse results that are too large; take the memory of the others."""
    if op == "*" and isinstance(a, _SIZED) != isinstance(b, _SIZED):
        sized, times = (a, b) if isinstance(a, _SIZED) else (b, a)
        if type(times) is int or type(times) is bool:
            run.bounded(len(sized) * max(times, 0), LONGEST if isinstance(sized, (str, bytes)) else LARGEST)
    elif op == "+" and isinstance(a, _SIZED) and isinstance(b, _SIZED):
        run.bounded(len(a) + len(b), LONGEST if isinstance(a, (str, bytes)) else LARGEST)
    elif op == "**" and isinstance(a, int) and isinstance(b, int):
        if b > 0 and a.bit_length() * b > WIDEST:
            raise Limit("it works with a number that is too large")
    elif op == "<<" and isinstance(b, int) and isinstance(a, int):
        if a.bit_length() + b > WIDEST:
            raise Limit("it works with a number that is too large")
    elif op == "*" and isinstance(a, int) and isinstance(b, int) and a.bit_length() + b.bit_length() > WIDEST:
        raise Limit("it works with a number that is too large")
    elif isinstance(a, (set, frozenset, dict)):
        run.charge(len(a))


def _by_objects(run: Interpreter, op: str, a: Value, b: Value) -> Value:
    """The operator of the left value, or else of the right one."""
    if isinstance(a, Object):
        found = a.binary(run, op, b, False)
        if found is not NotImplemented:
            return found
    if isinstance(b, Object):
        if op == "%" and isinstance(a, str):
            return percent(run, a, b)
        found = b.binary(run, op, a, True)
        if found is not NotImplemented:
            return found
    if op in ("==", "!="):
        return (a is b) == (op == "==")
    raise run.error("TypeError", f"unsupported operand type(s) for {op}: {run.type_name(a)!r} and {run.type_name(b)!r}")


def compare(run: Interpreter, op: str, a: Value, b: Value) -> Value:
    """A comparison, or a test for identity or membership."""
    if op in ("is", "is not"):
        if isinstance(a, Unknown) or isinstance(b, Unknown):
            return _is_unknown(a, b, op)
        same = a is b or (type(a) in (int, str, float, bool) and type(a) is type(b) and a == b)
        return same == (op == "is")
    if op in ("in", "not in"):
        found = contains(run, b, a)
        return found if isinstance(found, Unknown) else found == (op == "in")
    if isinstance(a, Object) or isinstance(b, Object):
        return _by_objects(run, op, a, b)
    if run.tainted:
        taint = run.taint(a) or run.taint(b)
        if taint is not None:
            return taint.derived(run)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        run.work(elements_in(a))
        for x, y in zip(a, b):
            if isinstance(x, Unknown) or isinstance(y, Unknown):
                return (x if isinstance(x, Unknown) else y).derived(run)
    try:
        return _COMPARE[op](a, b)
    except TypeError:
        raise run.error("TypeError", f"{op!r} not supported between instances of {run.type_name(a)!r} and {run.type_name(b)!r}") from None
    except RecursionError:
        raise Limit("it compares values that are nested too deeply") from None


def elements_in(value: Value, most: int = 100_000) -> int:
    """How many elements a value has, those of the values in it counted, up to a bound."""
    count, waiting = 0, [value]
    while waiting and count < most:
        at = waiting.pop()
        if isinstance(at, (list, tuple, set, frozenset, dict)):
            count += len(at)
            waiting += list(at.values() if isinstance(at, dict) else at)[:most]
    return count


def _is_unknown(a: Value, b: Value, op: str) -> Value:
    """Sizes that are open until the network runs are None in Keras's shapes."""
    if a is None or b is None:
        other = b if a is None else a
        if type(other) is Size and other.parent is None:
            return op == "is"
    return a if isinstance(a, Unknown) else b


def contains(run: Interpreter, whole: Value, item: Value) -> Value:
    """`item in whole`."""
    if isinstance(whole, Object):
        return whole.contains(run, item)
    taint = run.taint(whole)
    if taint is not None:
        return taint
    if isinstance(item, Unknown):
        return item
    if isinstance(whole, (list, tuple)):
        run.work(len(whole))
        unsure: Value = False
        for other in whole:
            if isinstance(other, Unknown):
                unsure = other
            elif other is item or run.equal(other, item) is True:
                return True
        return unsure
    try:
        return item in whole
    except TypeError as error:
        raise run.error("TypeError", str(error)) from None


def unary(run: Interpreter, op: str, value: Value) -> Value:
    """`-x`, `+x`, `~x`."""
    if isinstance(value, Object):
        return value.unary(run, op)
    try:
        return _UNARY[op](value)
    except TypeError:
        raise run.error("TypeError", f"bad operand type for unary {op}: {run.type_name(value)!r}") from None


def ordered(run: Interpreter, items: Value, key: Value = None, reverse: Value = False) -> Value:
    """`sorted(...)`; unknown if it depends on an unknown value."""
    found = run.listed(items)
    keys = found if key is None else [run.call(key, [item], {}) for item in found]
    unknown = next((item for item in keys if isinstance(item, Unknown)), None)
    if unknown is not None:
        return unknown.derived(run)

    def less(a: tuple[int, Value], b: tuple[int, Value]) -> int:
        run.charge(1)
        if run.truth(compare(run, "<", a[1], b[1])) is True:
            return -1
        return 1 if run.truth(compare(run, "<", b[1], a[1])) is True else 0

    places = sorted(enumerate(keys), key=cmp_to_key(less), reverse=run.truth(reverse) is True)
    return [found[i] for i, _ in places]
