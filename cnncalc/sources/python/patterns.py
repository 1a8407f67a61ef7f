"""`match` statements."""

from __future__ import annotations

from functools import partial
from typing import Any

from .binding import bind_name
from .blocks import block
from .branches import perhaps
from .classes import Instance
from .inheritance import isinstance_of
from .interpreter import Interpreter, Unknown
from .scopes import Frame, Value


def run_match(run: Interpreter, node: Any, frame: Frame) -> object:
    """Run the first case that fits."""
    value = run.evaluate(node.subject, frame)
    for case in node.cases:
        fits = _fits(run, case.pattern, value, frame)
        if fits is True and case.guard is not None:
            fits = run.truth(run.evaluate(case.guard, frame))
        if isinstance(fits, Unknown):
            for other in node.cases:
                perhaps(run, fits, partial(block, run, other.body, frame))
            return None
        if fits:
            return block(run, case.body, frame)
    return None


def _fits(run: Interpreter, pattern: Any, value: Value, frame: Frame) -> Value:
    sort = type(pattern).__name__
    if sort == "MatchAs":
        if pattern.pattern is not None:
            fits = _fits(run, pattern.pattern, value, frame)
            if fits is not True:
                return fits
        if pattern.name is not None:
            bind_name(run, pattern.name, value, frame)
        return True
    if isinstance(value, Unknown):
        return value
    if sort == "MatchValue":
        return run.equal(value, run.evaluate(pattern.value, frame))
    if sort == "MatchSingleton":
        return value is pattern.value
    if sort == "MatchOr":
        for part in pattern.patterns:
            fits = _fits(run, part, value, frame)
            if fits is not False:
                return fits
        return False
    if sort == "MatchSequence":
        return _sequence(run, pattern.patterns, value, frame)
    if sort == "MatchMapping":
        if not isinstance(value, dict):
            return False
        for key, part in zip(pattern.keys, pattern.patterns):
            wanted = run.evaluate(key, frame)
            if wanted not in value:
                return False
            fits = _fits(run, part, value[wanted], frame)
            if fits is not True:
                return fits
        return True
    if sort == "MatchClass":
        fits = isinstance_of(run, value, run.evaluate(pattern.cls, frame))
        if fits is not True:
            return fits
        if pattern.patterns and not isinstance(value, Instance):
            return _fits(run, pattern.patterns[0], value, frame)
        names = run.attribute(value.cls, "__match_args__") if pattern.patterns else ()
        for name, part in [*zip(names, pattern.patterns), *zip(pattern.kwd_attrs, pattern.kwd_patterns)]:
            fits = _fits(run, part, run.attribute(value, name), frame) if run.has(value, name) else False
            if fits is not True:
                return fits
        return True
    return run.unknown("this pattern is not read")


def _sequence(run: Interpreter, patterns: list[Any], value: Value, frame: Frame) -> Value:
    if not isinstance(value, (list, tuple)):
        return False
    star = next((i for i, part in enumerate(patterns) if type(part).__name__ == "MatchStar"), None)
    items: list[Value] = list(value)
    if star is None:
        if len(items) != len(patterns):
            return False
    elif len(items) < len(patterns) - 1:
        return False
    else:
        after = len(patterns) - star - 1
        if patterns[star].name:
            bind_name(run, patterns[star].name, items[star: len(items) - after], frame)
        items = [*items[:star], None, *items[len(items) - after:]]
    for i, (part, item) in enumerate(zip(patterns, items)):
        if i != star:
            fits = _fits(run, part, item, frame)
            if fits is not True:
                return fits
    return True
