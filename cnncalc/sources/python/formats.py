"""Formatting of texts: `%`, `str.format` and f-strings, with bounded widths and no access to attributes."""

from __future__ import annotations

import re
from collections.abc import Collection

from .interpreter import VIEWS, Interpreter, Object, Unknown
from .items import subscript
from .limits import LONGEST
from .scopes import Value

#: Width and precision.
WIDEST = 1_000
_PERCENT = re.compile(r"%(?:\((\w*)\))?([-#0 +]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?([diouxXeEfFgGcrsa%])")
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}!:]*)(?:!([rsa]))?(?::((?:[^{}]|\{[^{}]*\})*))?\}")


def plain(run: Interpreter, value: Value) -> Value:
    """A value that Python can format itself: numbers as they are, others as text."""
    if isinstance(value, (bool, int, float, str)) or value is None:
        return value
    number = getattr(value, "number", None)
    if number is not None and isinstance(value, Object):
        found = number()
        if found is not None:
            return found
    return run.text(value)


def formatted(run: Interpreter, value: Value, spec: str) -> Value:
    """`format(value, spec)`."""
    if isinstance(value, Unknown):
        return value.derived(run)
    if any(int(digits) > WIDEST for digits in re.findall(r"\d+", spec)):
        raise run.error("ValueError", "a width that is too large")
    value = plain(run, value)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, int) and value.bit_length() > 10_000:
        return run.unknown("a number of too many digits")
    try:
        return format(value, spec)
    except (ValueError, TypeError, OverflowError) as error:
        raise run.error(type(error).__name__, str(error)) from None


def percent(run: Interpreter, text: Value, args: Value) -> Value:
    """`text % args`."""
    if isinstance(text, bytes):
        return run.unknown("formatted bytes")
    if isinstance(args, Unknown):
        return args.derived(run)
    waiting = list(args) if isinstance(args, tuple) else [args]
    out: list[str] = []
    end = 0

    def take() -> Value:
        if not waiting:
            raise run.error("TypeError", "not enough arguments for format string")
        return waiting.pop(0)

    for found in _PERCENT.finditer(text):
        out.append(text[end:found.start()])
        end = found.end()
        key, flags, width, precision, sort = found.groups()
        if sort == "%":
            out.append("%")
            continue
        if width == "*":
            width = str(take())
        if precision == "*":
            precision = str(take())
        value = args.get(key) if key is not None and isinstance(args, dict) else take()
        if isinstance(value, Unknown):
            return value.derived(run)
        for digits in (width, precision):
            if digits and digits.lstrip("-").isdigit() and abs(int(digits)) > WIDEST:
                raise run.error("ValueError", "a width that is too large")
        value = plain(run, value)
        if isinstance(value, Unknown):
            return value
        if isinstance(value, int) and value.bit_length() > 10_000:
            return run.unknown("a number of too many digits")
        try:
            out.append(f"%{flags}{width or ''}{'.' + precision if precision is not None else ''}{sort}" % (value,))
        except (TypeError, ValueError, OverflowError) as error:
            raise run.error(type(error).__name__, str(error)) from None
    out.append(text[end:])
    if waiting and not isinstance(args, dict):
        raise run.error("TypeError", "not all arguments converted during string formatting")
    made = "".join(out)
    run.bounded(len(made), 1_000_000)
    return made


def format_method(run: Interpreter, text: str, *args: Value, **kwargs: Value) -> Value:
    """`text.format(...)`: fields are numbers or names, with plain items and attributes of none."""
    out: list[str] = []
    end = number = 0
    for found in _FIELD.finditer(text):
        out.append(text[end:found.start()])
        end = found.end()
        if found.group() in ("{{", "}}"):
            out.append(found.group()[0])
            continue
        name, conversion, spec = found.groups()
        field, *more = re.split(r"(?=[.\[])", name)
        try:
            if field == "":
                value = args[number]
                number += 1
            elif field.isdigit():
                value = args[int(field[:6])]
            else:
                value = kwargs[field]
        except IndexError:
            raise run.error("IndexError", "Replacement index out of range for positional args tuple") from None
        except KeyError:
            raise run.error("KeyError", field) from None
        for step in more:
            if step.startswith("["):
                key = step[1:].rstrip("]")

                value = subscript(run, value, int(key[:9]) if key.isdigit() else key)
            else:
                value = run.attribute(value, step[1:])
        if conversion:
            value = repr_of(run, value) if conversion != "s" else run.text(value)
        spec = spec or ""
        if "{" in spec:
            spec = format_method(run, spec, *args[number:], **kwargs)
            number += 1
        if isinstance(spec, Unknown):
            return spec
        part = formatted(run, value, spec)
        if isinstance(part, Unknown):
            return part
        out.append(part)
    out.append(text[end:])
    made = "".join(out)
    run.bounded(len(made), 1_000_000)
    return made

WHOLES: tuple[type[Collection[Value]], ...] = (list, tuple, dict, set, frozenset, *VIEWS)


def text_of(run: Interpreter, value: Value) -> Value:
    """`str(value)`."""
    if isinstance(value, str):
        return value
    if isinstance(value, Object):
        return value.text(run)
    return repr_of(run, value)


def repr_of(run: Interpreter, value: Value, depth: int = 0) -> Value:
    """`repr(value)`."""
    if isinstance(value, Object):
        return value.text(run)
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 10_000:
        return run.unknown("a number of too many digits")
    if isinstance(value, WHOLES):
        if depth > 20:
            return run.unknown("a value that is nested too deeply")
        run.charge(len(value))
        items = [repr_of(run, item, depth + 1) for item in (value if not isinstance(value, dict) else value.keys())]
        if isinstance(value, dict):
            others = [repr_of(run, item, depth + 1) for item in value.values()]
            unknown = next((item for item in (*items, *others) if isinstance(item, Unknown)), None)
            return unknown or "{" + ", ".join([f"{k}: {v}" for k, v in zip(items, others)]) + "}"
        unknown = next((item for item in items if isinstance(item, Unknown)), None)
        if unknown is not None:
            return unknown
        text = ", ".join(items)
        run.bounded(len(text), LONGEST)
        if isinstance(value, tuple):
            return f"({text}{',' if len(items) == 1 else ''})"
        return f"[{text}]" if isinstance(value, list) else "{" + text + "}" if items else "set()"
    return repr(value)
