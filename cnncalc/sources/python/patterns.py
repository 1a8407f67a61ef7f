"""`match` statements."""

from __future__ import annotations

import ast
from functools import partial

from .binding import bind_name
from .blocks import block
from .branches import perhaps
from .classes import Instance
from .inheritance import isinstance_of
from .interpreter import Interpreter, Unknown
from .scopes import Frame, Value


def run_match(run: Interpreter, node: ast.Match, frame: Frame) -> object:
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


def _fits(run: Interpreter, pattern: ast.pattern, value: Value, frame: Frame) -> Value:
    if isinstance(pattern, ast.MatchAs):
        if pattern.pattern is not None:
            fits = _fits(run, pattern.pattern, value, frame)
            if fits is not True:
                return fits
        if pattern.name is not None:
            bind_name(run, pattern.name, value, frame)
        return True
    if isinstance(value, Unknown):
        return value
    if isinstance(pattern, ast.MatchValue):
        return run.equal(value, run.evaluate(pattern.value, frame))
    if isinstance(pattern, ast.MatchSingleton):
        return value is pattern.value
    if isinstance(pattern, ast.MatchOr):
        for part in pattern.patterns:
            fits = _fits(run, part, value, frame)
            if fits is not False:
                return fits
        return False
    if isinstance(pattern, ast.MatchSequence):
        return _sequence(run, pattern.patterns, value, frame)
    if isinstance(pattern, ast.MatchMapping):
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
    if isinstance(pattern, ast.MatchClass):
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


def _sequence(run: Interpreter, patterns: list[ast.pattern], value: Value, frame: Frame) -> Value:
    if not isinstance(value, (list, tuple)):
        return False
    stars = [(i, part.name) for i, part in enumerate(patterns) if isinstance(part, ast.MatchStar)]
    star, name = stars[0] if stars else (None, None)
    items: list[Value] = list(value)
    if star is None:
        if len(items) != len(patterns):
            return False
    elif len(items) < len(patterns) - 1:
        return False
    else:
        after = len(patterns) - star - 1
        if name:
            bind_name(run, name, items[star: len(items) - after], frame)
        items = [*items[:star], None, *items[len(items) - after:]]
    for i, (part, item) in enumerate(zip(patterns, items)):
        if i != star:
            fits = _fits(run, part, item, frame)
            if fits is not True:
                return fits
    return True
