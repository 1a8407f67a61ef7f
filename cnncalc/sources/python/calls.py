"""Calls: arguments evaluated, bound to parameters, and the function's body run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from .interpreter import DEEPEST, Frame, Uncertain
from .values import Arguments, Function, Limit, Method, Object, Raised, Unknown, Value

if TYPE_CHECKING:
    from .interpreter import Interpreter

#: Arguments of one call.
MOST_ARGUMENTS = 10_000


def evaluate_call(run: Interpreter, node: ast.Call, frame: Frame) -> Value:
    """The value of a call."""
    if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args and "super" not in frame.locals:
        from .classes import implicit_super

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
    at: Any = node
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


def call_function(run: Interpreter, function: Function, args: list[Value], kwargs: Arguments) -> Value:
    """The result of a function of the program."""
    if run.depth >= DEEPEST:
        raise Limit("calls are nested too deeply")
    node = function.node
    frame = Frame(function.frame.module, {}, function.frame)
    frame.function, frame.cls = function, function.owner
    bind_parameters(run, function, frame, args, kwargs)
    names = node.args.posonlyargs or node.args.args
    if names:
        frame.first = frame.locals.get(names[0].arg)
    if generates(function):
        from .generators import generator_of

        return generator_of(run, function, frame)
    return run_body(run, function, frame)


def run_body(run: Interpreter, function: Function, frame: Frame) -> Value:
    """Run the body of a function in its scope."""
    node = function.node
    before, at = run.frame, run.at
    run.stack.append(run.place())  # type: ignore[arg-type]
    run.depth += 1
    run.frame = frame
    try:
        if isinstance(node, ast.Lambda):
            return run.evaluate(node.body, frame)
        ended = run.execute(node.body, frame)
        value = ended.value if ended is not None and hasattr(ended, "value") else None
        if frame.maybe:
            from .branches import joined

            for other in frame.maybe:
                value = joined(run, value, other, frame)
        return value
    except Raised as error:
        called = run.stack[-1]
        if error.failure is None and error.place is not None and error.place.text.bundled and called is not None:
            error.place = called
        raise
    finally:
        run.depth -= 1
        run.frame, run.at = before, at
        run.stack.pop()


def bind_parameters(run: Interpreter, function: Function, frame: Frame, args: list[Value], kwargs: Arguments) -> None:
    """Bind arguments to the parameters of a function; TypeError of the program if they do not fit."""
    spec = function.node.args
    names = frame.locals
    positional = [*spec.posonlyargs, *spec.args]
    called = f"{function.name}()"
    for parameter, value in zip(positional, args):
        names[parameter.arg] = value
    if len(args) > len(positional) and spec.vararg is None:
        raise run.error("TypeError", f"{called} takes {len(positional)} positional arguments but {len(args)} were given")
    if spec.vararg is not None:
        names[spec.vararg.arg] = tuple(args[len(positional):])
    more: Arguments = {}
    keyword_names = {arg.arg for arg in (*spec.args, *spec.kwonlyargs)}
    for name, value in kwargs.items():
        if name in keyword_names:
            if name in names:
                raise run.error("TypeError", f"{called} got multiple values for argument {name!r}")
            names[name] = value
        elif spec.kwarg is not None:
            more[name] = value
        else:
            raise run.error("TypeError", f"{called} got an unexpected keyword argument {name!r}")
    if spec.kwarg is not None:
        names[spec.kwarg.arg] = more
    first_default = len(positional) - len(function.defaults)
    missing = []
    for i, parameter in enumerate(positional):
        if parameter.arg not in names:
            if i >= first_default:
                names[parameter.arg] = function.defaults[i - first_default]
            else:
                missing.append(parameter.arg)
    for parameter in spec.kwonlyargs:
        if parameter.arg not in names:
            if parameter.arg in function.keyword_defaults:
                names[parameter.arg] = function.keyword_defaults[parameter.arg]
            else:
                missing.append(parameter.arg)
    if missing:
        words = " and ".join([repr(name) for name in missing])
        raise run.error("TypeError", f"{called} missing {len(missing)} required argument{'s' * (len(missing) > 1)}: {words}")


def required(function: Value) -> list[str]:
    """The parameters without defaults, the first of a method left out."""
    bound = 0
    while isinstance(function, Method):
        function, bound = function.function, bound + 1
    if not isinstance(function, Function):
        return []
    spec = function.node.args
    positional = [arg.arg for arg in (*spec.posonlyargs, *spec.args)]
    needed = positional[: len(positional) - len(function.defaults)][bound:]
    return needed + [arg.arg for arg in spec.kwonlyargs if arg.arg not in function.keyword_defaults]


def generates(function: Function) -> bool:
    """Whether a function has a `yield` of its own."""
    if function.generates is None:
        body = function.node.body
        function.generates = not isinstance(body, ast.expr) and any(_yields(node) for node in body)
    return function.generates


def _yields(node: ast.AST) -> bool:
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if isinstance(at, (ast.Yield, ast.YieldFrom)):
            return True
        if isinstance(at, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            continue
        waiting += list(ast.iter_child_nodes(at))
    return False


__all__ = ["Object", "Raised", "arguments", "bind_parameters", "call_function", "evaluate_call", "required"]
