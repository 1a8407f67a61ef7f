"""Built-in functions of numbers."""

from __future__ import annotations

from collections.abc import Callable

from .classes import Instance
from .interpreter import Interpreter, Object, Unknown
from .operators import binary, compare
from .scopes import Value


def known(function: Callable[..., Value]) -> Callable[..., Value]:
    """A function that gives an unknown value for unknown arguments."""

    def guarded(run: Interpreter, *args: Value, **kwargs: Value) -> Value:
        for arg in args:
            if isinstance(arg, Unknown):
                return arg.derived(run)
        for arg in kwargs.values():
            if isinstance(arg, Unknown):
                return arg.derived(run)
        return function(run, *args, **kwargs)

    return guarded


def number_of(value: Value) -> Value:
    """The plain number that an object of a library stands for, or the value itself."""
    number = getattr(value, "number", None)
    if number is not None:
        found = number()
        return value if found is None else found
    return value


@known
def _int(run: Interpreter, value: Value = 0, base: Value = 10) -> Value:
    value = number_of(value)
    if isinstance(value, (str, bytes)):
        if len(value) > 4_000:
            raise run.error("ValueError", "a number of too many digits")
        return int(value, base)
    if isinstance(value, int) and not isinstance(value, bool):
        return value  # a size that knows its batch stays one
    if isinstance(value, (int, float)):
        return int(value)
    if isinstance(value, Instance):
        found = value.special(run, "__int__")
        if found is not NotImplemented:
            return found
    raise run.error("TypeError", f"int() argument must be a string or a real number, not {run.type_name(value)!r}")


@known
def _float(run: Interpreter, value: Value = 0.0) -> Value:
    value = number_of(value)
    if isinstance(value, (int, float)) or (isinstance(value, str) and len(value) < 4_000):
        return float(value)
    raise run.error("TypeError", f"float() argument must be a string or a real number, not {run.type_name(value)!r}")


def _bool(run: Interpreter, value: Value = False) -> Value:
    return run.truth(value)


@known
def _abs(run: Interpreter, value: Value) -> Value:
    if isinstance(value, Object):
        function = getattr(value, "absolute", None)
        return function(run) if function is not None else run.unknown("abs() of it is not known")
    return abs(value)


@known
def _round(run: Interpreter, value: Value, digits: Value = None) -> Value:
    value = number_of(value)
    if isinstance(value, Object):
        return run.unknown("round() of it is not known")
    return round(value) if digits is None else round(value, min(digits, 300))


@known
def _pow(run: Interpreter, base: Value, exponent: Value, modulus: Value = None) -> Value:
    return binary(run, "**", base, exponent) if modulus is None else pow(base, exponent, modulus)


@known
def _divmod(run: Interpreter, a: Value, b: Value) -> Value:
    return (binary(run, "//", a, b), binary(run, "%", a, b))


def _sum(run: Interpreter, items: Value, start: Value = 0) -> Value:
    total = start
    for item in run.listed(items):
        total = binary(run, "+", total, item)
    return total


def _extreme(op: str) -> Callable[..., Value]:
    def function(run: Interpreter, *args: Value, key: Value = None, default: Value = ...) -> Value:
        items = run.listed(args[0]) if len(args) == 1 else list(args)
        if not items:
            if default is not ...:
                return default
            raise run.error("ValueError", f"{'max' if op == '>' else 'min'}() iterable argument is empty")
        best: Value = None
        best_key: Value = None
        for i, item in enumerate(items):
            if isinstance(item, Unknown):
                return item.derived(run)
            now = item if key is None else run.call(key, [item], {})
            if i == 0:
                best, best_key = item, now
                continue
            more = run.truth(compare(run, op, now, best_key))
            if isinstance(more, Unknown):
                return more
            if more:
                best, best_key = item, now
        return best

    return function


NUMBER_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "abs": _abs, "round": _round, "pow": _pow, "divmod": _divmod, "sum": _sum, "max": _extreme(">"), "min": _extreme("<"), "long": _int,
}
NUMBER_TYPES: dict[str, tuple[type, Callable[..., Value]]] = {"int": (int, _int), "float": (float, _float), "bool": (bool, _bool)}
