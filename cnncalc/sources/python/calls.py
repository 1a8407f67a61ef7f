"""Calls: arguments evaluated, bound to parameters, and the function's body run."""

from __future__ import annotations

import ast

from .inheritance import implicit_super
from .interpreter import Interpreter, Uncertain, Unknown
from .limits import Limit
from .scopes import Arguments, Frame, Value

#: Arguments of one call.
MOST_ARGUMENTS = 10_000


def evaluate_call(run: Interpreter, node: ast.Call, frame: Frame) -> Value:
    """The value of a call."""
    if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args and "super" not in frame.locals:
        run.at = node
        return implicit_super(run, frame)
    function = run.evaluate(node.func, frame)
    try:
        args, kwargs = arguments(run, node, frame)
        run.at = node
        return _called(run, function, args, kwargs, node, frame)
    except Uncertain as unknown:
        run.at = node
        return unknown.value.derived(run)


def _called(run: Interpreter, function: Value, args: list[Value], kwargs: Arguments, node: ast.Call, frame: Frame) -> Value:
    if not isinstance(function, Unknown):
        result = run.call(function, args, kwargs)
        run.at = node
        return result
    result = function.call(run, args, kwargs)
    result.why = f"{source_of(node.func)}(...) is not known" if function.raised is None else function.why
    return result


def source_of(node: ast.AST) -> str:
    """The dotted name that an expression is, or a short description."""
    parts: list[str] = []
    at: object = node
    while isinstance(at, ast.Attribute):
        parts.append(at.attr)
        at = at.value
    if isinstance(at, ast.Name):
        return ".".join([at.id, *reversed(parts)])
    return ".".join(["...", *reversed(parts)])


def arguments(run: Interpreter, node: ast.Call, frame: Frame) -> tuple[list[Value], Arguments]:
    """The arguments of a call, those with * and ** spread out."""
    args: list[Value] = []
    for arg in node.args:
        if isinstance(arg, ast.Starred):
            args += run.listed(run.evaluate(arg.value, frame))
        else:
            args.append(run.evaluate(arg, frame))
    kwargs: Arguments = {}
    for keyword in node.keywords:
        value = run.evaluate(keyword.value, frame)
        if keyword.arg is not None:
            kwargs[keyword.arg] = value
        elif isinstance(value, Unknown):
            raise Uncertain(value)
        elif isinstance(value, dict):
            taint = run.taint(value)
            if taint is not None:
                raise Uncertain(taint)
            for key, item in value.items():
                if not isinstance(key, str):
                    raise run.error("TypeError", "keywords must be strings")
                kwargs[key] = item
        else:
            run.at = node
            raise run.error("TypeError", f"argument after ** must be a mapping, not {run.type_name(value)}")
    if len(args) + len(kwargs) > MOST_ARGUMENTS:
        raise Limit("a call has too many arguments")
    return args, kwargs
