"""What each sort of statement does."""

from __future__ import annotations

import ast
from collections.abc import Callable

from .binding import bind, bind_name
from .blocks import block
from .branches import both, perhaps
from .classes import Instance
from .exceptions import catches, raised
from .expressions import function_of
from .imports import run_import, run_import_from
from .inheritance import make_class
from .interpreter import Interpreter, Object, Raised, Uncertain, Unknown
from .operators import BY_NODE, binary
from .scopes import Frame, Value


class Return:
    """The end of a function."""

    def __init__(self, value: Value):
        self.value = value


class _Leave:
    """The end of a turn of a loop, or of the loop."""


BREAK, CONTINUE = _Leave(), _Leave()


# Binding.


def _expression(run: Interpreter, node: ast.Expr, frame: Frame) -> None:
    run.evaluate(node.value, frame)


def _assign(run: Interpreter, node: ast.Assign, frame: Frame) -> None:
    value = run.evaluate(node.value, frame)
    for target in node.targets:
        bind(run, target, value, frame)


def _annotated(run: Interpreter, node: ast.AnnAssign, frame: Frame) -> None:
    if frame.is_class and isinstance(node.target, ast.Name):
        fields = frame.locals.setdefault("__annotations__", {})
        if isinstance(fields, dict):
            fields[node.target.id] = None
    if node.value is not None:
        bind(run, node.target, run.evaluate(node.value, frame), frame)


def _augmented(run: Interpreter, node: ast.AugAssign, frame: Frame) -> None:
    target = node.target
    reading = ast.Name(target.id, ast.Load()) if isinstance(target, ast.Name) else target
    if reading is not target:
        ast.copy_location(reading, target)
    value = run.evaluate(reading, frame)
    other = run.evaluate(node.value, frame)
    run.at = node
    if isinstance(value, list) and isinstance(node.op, ast.Add):
        if isinstance(other, Unknown):
            run.tainted = {**run.tainted, id(value): (value, other)}
            return
        run.changing(value)
        items = run.listed(other)
        run.bounded(len(value) + len(items))
        value += items
        new: Value = value
    elif isinstance(value, (set, dict)) and isinstance(node.op, ast.BitOr) and isinstance(other, (set, dict)):
        run.changing(value)
        value.update(other)
        new = value
    else:
        new = binary(run, BY_NODE[type(node.op).__name__], value, other)
    bind(run, target, new, frame)


def _delete(run: Interpreter, node: ast.Delete, frame: Frame) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            if frame.locals is frame.module.names and target.id in frame.module.pinned:
                continue
            run.changing(frame.locals)
            frame.locals.pop(target.id, None)
        elif isinstance(target, ast.Subscript):
            owner = run.evaluate(target.value, frame)
            key = run.evaluate(target.slice, frame)
            run.at = target
            if isinstance(owner, (list, dict)) and not isinstance(key, Unknown):
                run.changing(owner)
                try:
                    del owner[key]
                except (KeyError, IndexError, TypeError) as error:
                    raise run.error(type(error).__name__, str(error)) from None
        elif isinstance(target, ast.Attribute):
            owner = run.evaluate(target.value, frame)
            if isinstance(owner, Instance):
                run.changing(owner.attrs)
                owner.attrs.pop(target.attr, None)


# Control.


def _if(run: Interpreter, node: ast.If, frame: Frame) -> object:
    value = run.evaluate(node.test, frame)
    run.at = node.test
    truth = run.truth(value)
    if isinstance(truth, Unknown):
        return both(run, truth, lambda: block(run, node.body, frame), lambda: block(run, node.orelse, frame))
    return block(run, node.body if truth else node.orelse, frame)


def _for(run: Interpreter, node: ast.For | ast.AsyncFor, frame: Frame) -> object:
    whole = run.evaluate(node.iter, frame)
    run.at = node.iter
    try:
        if isinstance(whole, Unknown):
            raise Uncertain(whole)
        for item in run.iterate(whole):
            bind(run, node.target, item, frame)
            ended = block(run, node.body, frame)
            if ended is BREAK:
                return None
            if ended is not None and ended is not CONTINUE:
                return ended
    except Uncertain as unknown:
        value = unknown.value

        def once() -> object:
            bind(run, node.target, value.derived(run), frame)
            ended = block(run, node.body, frame)
            return ended if isinstance(ended, Return) else None

        return perhaps(run, value, once)
    return run.execute(node.orelse, frame) if node.orelse else None


def _while(run: Interpreter, node: ast.While, frame: Frame) -> object:
    while True:
        truth = run.truth(run.evaluate(node.test, frame))
        if isinstance(truth, Unknown):
            def once() -> object:
                ended = block(run, node.body, frame)
                return ended if isinstance(ended, Return) else None

            return perhaps(run, truth, once)
        if not truth:
            break
        ended = block(run, node.body, frame)
        if ended is BREAK:
            return None
        if ended is not None and ended is not CONTINUE:
            return ended
    return run.execute(node.orelse, frame) if node.orelse else None


def _with(run: Interpreter, node: ast.With | ast.AsyncWith, frame: Frame) -> object:
    managers = []
    for item in node.items:
        manager = run.evaluate(item.context_expr, frame)
        managers.append(manager)
        entered = manager
        if isinstance(manager, Instance):
            found = manager.special(run, "__enter__")
            entered = manager if found is NotImplemented else found
        elif isinstance(manager, Unknown):
            entered = manager.derived(run)
        elif isinstance(manager, Object) and hasattr(manager, "enter"):
            entered = manager.enter(run)
        if item.optional_vars is not None:
            bind(run, item.optional_vars, entered, frame)
    ended = block(run, node.body, frame)
    for manager in reversed(managers):
        if isinstance(manager, Instance):
            manager.special(run, "__exit__", None, None, None)
        elif isinstance(manager, Object) and hasattr(manager, "leave"):
            manager.leave(run)
    return ended


def _try(run: Interpreter, node: ast.Try, frame: Frame) -> object:
    ended = None
    try:
        try:
            ended = run.execute(node.body, frame)
        except Raised as error:
            handler = _handler(run, node, error, frame)
            if handler is None:
                raise
            run.handled.append(error)
            if handler.name:
                bind_name(run, handler.name, error.value, frame)
            try:
                ended = run.execute(handler.body, frame)
            except Raised as again:
                if again.failure is None:
                    again.failure = error.failure
                raise
        else:
            if ended is None and node.orelse:
                ended = run.execute(node.orelse, frame)
    finally:
        last = run.execute(node.finalbody, frame) if node.finalbody else None
    return last if last is not None else ended


def _handler(run: Interpreter, node: ast.Try, error: Raised, frame: Frame) -> ast.ExceptHandler | None:
    for handler in node.handlers:
        if handler.type is None or catches(run, error, run.evaluate(handler.type, frame)):
            return handler
    return None


def _raise(run: Interpreter, node: ast.Raise, frame: Frame) -> object:
    if node.exc is None:
        if run.handled:
            raise run.handled[-1]
        raise run.error("RuntimeError", "No active exception to reraise")
    value = run.evaluate(node.exc, frame)
    run.at = node
    raise raised(run, value)


def _assert(run: Interpreter, node: ast.Assert, frame: Frame) -> None:
    truth = run.truth(run.evaluate(node.test, frame))
    if truth is False:
        message = run.text(run.evaluate(node.msg, frame)) if node.msg is not None else ""
        run.at = node
        raise run.error("AssertionError", message if isinstance(message, str) else "")


def _return(run: Interpreter, node: ast.Return, frame: Frame) -> object:
    return Return(None if node.value is None else run.evaluate(node.value, frame))


def _break(run: Interpreter, node: ast.Break, frame: Frame) -> object:
    return BREAK


def _continue(run: Interpreter, node: ast.Continue, frame: Frame) -> object:
    return CONTINUE


def _pass(run: Interpreter, node: ast.AST, frame: Frame) -> object:
    return None


def _global(run: Interpreter, node: ast.Global, frame: Frame) -> None:
    frame.globals.update(node.names)


def _nonlocal(run: Interpreter, node: ast.Nonlocal, frame: Frame) -> None:
    frame.outer.update(node.names)


# Definitions.


def _function(run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> None:
    value: Value = function_of(run, node.name, node, frame)
    bind_name(run, node.name, decorated(run, node, value, frame), frame)


def decorated(run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, value: Value, frame: Frame) -> Value:
    """What its decorators make of a function or class; one that is not known leaves it as it is."""
    for decorator in reversed(node.decorator_list):
        function = run.evaluate(decorator, frame)
        run.at = decorator
        if isinstance(function, Unknown):
            continue
        try:
            made = run.call(function, [value], {})
        except (Raised, Uncertain):
            continue
        if made is not None and not isinstance(made, Unknown):
            value = made
    return value


def _class(run: Interpreter, node: ast.ClassDef, frame: Frame) -> None:
    run.at = node
    value: Value = make_class(run, node, frame)
    bind_name(run, node.name, decorated(run, node, value, frame), frame)


def _match(run: Interpreter, node: ast.Match, frame: Frame) -> object:
    from .patterns import run_match  # lazy: few programs match

    return run_match(run, node, frame)


# The statements of a module.


class _Table(dict[type[ast.AST], Callable[..., object]]):
    def __missing__(self, key: object) -> object:
        return _pass


EXECUTED: dict[type[ast.AST], Callable[..., object]] = _Table({
    ast.Expr: _expression, ast.Assign: _assign, ast.AnnAssign: _annotated, ast.AugAssign: _augmented, ast.Delete: _delete,
    ast.If: _if, ast.For: _for, ast.AsyncFor: _for, ast.While: _while, ast.With: _with, ast.AsyncWith: _with, ast.Try: _try,
    ast.Raise: _raise, ast.Assert: _assert, ast.Return: _return, ast.Break: _break, ast.Continue: _continue, ast.Pass: _pass,
    ast.Global: _global, ast.Nonlocal: _nonlocal, ast.FunctionDef: _function, ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class, ast.Match: _match, ast.Import: run_import, ast.ImportFrom: run_import_from,
})
if hasattr(ast, "TryStar"):
    EXECUTED[ast.TryStar] = _try
