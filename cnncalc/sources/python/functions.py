"""Functions of the program: arguments bound to parameters, and the body run."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .branches import joined
from .classes import Class
from .generators import MOST_STEPS, Enough, Generator
from .interpreter import Interpreter, Object, Raised, Uncertain
from .limits import DEEPEST, Limit
from .scopes import Arguments, Frame, Value
from .values import Method


class Function(Object):
    """A function of the program, with the scopes around it."""

    type_name = "function"

    def __init__(self, name: str, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, frame: Frame,
                 defaults: list[Value], keyword_defaults: dict[str, Value]):
        self.name, self.node, self.frame = name, node, frame
        self.defaults, self.keyword_defaults = defaults, keyword_defaults
        #: The class in whose body it stands.
        self.owner: Class | None = None
        self.attrs: dict[str, Value] = {}
        self.generates: bool | None = None

    def get(self, run: Interpreter, name: str) -> Value:
        if name in self.attrs:
            return self.attrs[name]
        if name in ("__name__", "__qualname__"):
            return self.name
        if name == "__doc__":
            return ast.get_docstring(self.node) if not isinstance(self.node, ast.Lambda) else None
        if name == "__module__":
            return "__main__"
        if name == "__class__":
            return Class(self.type_name)
        return super().get(run, name)

    def set(self, run: Interpreter, name: str, value: Value) -> None:
        run.changing(self.attrs)
        self.attrs[name] = value

    def call(self, run: Interpreter, args: list[Value], kwargs: Arguments) -> Value:
        if run.depth >= DEEPEST:
            raise Limit("calls are nested too deeply")
        node = self.node
        frame = Frame(self.frame.module, {}, self.frame)
        frame.function, frame.cls = self, self.owner
        bind_parameters(run, self, frame, args, kwargs)
        names = node.args.posonlyargs or node.args.args
        if names:
            frame.first = frame.locals.get(names[0].arg)
        return generator_of(run, self, frame) if generates(self) else run_body(run, self, frame)

    def bound(self, run: Interpreter, instance: Value, cls: Value) -> Value:
        return Method(self, instance)

    def owned(self, cls: Value) -> None:
        if self.owner is None:
            self.owner = cls

    def text(self, run: Interpreter) -> Value:
        return f"<function {self.name}>"


def generator_of(run: Interpreter, function: Function, frame: Frame) -> Generator:
    """The generator that a call of a function with `yield` gives."""
    def start() -> Iterator[Value]:
        frame.yielded = []
        before, patience = run.steps, run.patience
        run.steps = min(run.steps, MOST_STEPS)
        given = run.steps
        try:
            run_body(run, function, frame)
        except Enough:
            made.endless = run.unknown(f"{function.name}() gives values without end")
        except (Limit, Uncertain) as error:
            if isinstance(error, Limit) and (run.memory < 0 or run.depth > 100):
                raise
            made.endless = error.value if isinstance(error, Uncertain) else run.unknown(f"{function.name}() gives values without end")
        finally:
            run.steps = before - (given - run.steps)
            run.patience = min(patience, max(run.patience, 0))
        return iter(frame.yielded)

    made = Generator(run, function.name, start)
    return made


def run_body(run: Interpreter, function: Function, frame: Frame) -> Value:
    """Run the body of a function in its scope."""
    node = function.node
    before, at = run.frame, run.at
    run.stack.append(run.place())
    run.depth += 1
    run.frame = frame
    try:
        if isinstance(node, ast.Lambda):
            return run.evaluate(node.body, frame)
        ended = run.execute(node.body, frame)
        value = ended.value if ended is not None and hasattr(ended, "value") else None
        if frame.maybe:
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
