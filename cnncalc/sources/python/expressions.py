"""What each sort of expression evaluates to."""

from __future__ import annotations

import ast
from collections.abc import Callable

from .binding import bind
from .branches import either
from .calls import evaluate_call
from .formats import formatted, repr_of
from .functions import Function
from .generators import Generator, yielded
from .interpreter import Interpreter, Uncertain, Unknown
from .items import hashable, subscript
from .limits import LARGEST, Limit
from .operators import BY_NODE, binary, compare, unary
from .scopes import Frame, Value


def _constant(run: Interpreter, node: ast.Constant, frame: Frame) -> Value:
    return node.value


def _name(run: Interpreter, node: ast.Name, frame: Frame) -> Value:
    name = node.id
    names = frame.locals
    if name in names:
        return names[name]
    at = frame.around
    while at is not None:
        if not at.is_class and name in at.locals:
            return at.locals[name]
        at = at.around
    names = frame.module.names
    if name in names:
        return names[name]
    if name in run.builtins:
        return run.builtins[name]
    if name == "__name__":
        return frame.module.name
    if name == "__file__":
        return run.unknown("__file__ is a location on disk")
    if name in frame.module.pinned:
        return frame.module.pinned[name]
    run.at = node
    if "*" in frame.module.names:  # from something import *: what it brings is not known
        return run.unknown(f"{name} may come from {frame.module.names['*']}")
    raise run.error("NameError", f"name {name!r} is not defined")


def _attribute(run: Interpreter, node: ast.Attribute, frame: Frame) -> Value:
    value = run.evaluate(node.value, frame)
    run.at = node
    return run.attribute(value, node.attr)


def _subscript(run: Interpreter, node: ast.Subscript, frame: Frame) -> Value:
    value = run.evaluate(node.value, frame)
    key = run.evaluate(node.slice, frame)
    run.at = node
    return subscript(run, value, key)


def _slice(run: Interpreter, node: ast.Slice, frame: Frame) -> Value:
    return slice(*[None if part is None else run.evaluate(part, frame) for part in (node.lower, node.upper, node.step)])


def elements(run: Interpreter, nodes: list[ast.expr], frame: Frame) -> list[Value]:
    """The values of elements, those of starred ones in their places."""
    found: list[Value] = []
    for node in nodes:
        if isinstance(node, ast.Starred):
            found += run.listed(run.evaluate(node.value, frame))
        else:
            found.append(run.evaluate(node, frame))
    run.charge(len(found))
    return found


def _collection(values: Callable[[Interpreter, Value, Frame], list[Value]], hashed: bool, made: Callable[[list[Value]], Value]) -> Callable[..., Value]:
    """How a list, tuple or set is made of its elements."""

    def evaluate(run: Interpreter, node: ast.expr, frame: Frame) -> Value:
        try:
            found = values(run, node, frame)
        except Uncertain as unknown:
            return unknown.value.derived(run)
        return made([hashable(run, item) for item in found] if hashed else found)

    return evaluate


def _written(run: Interpreter, node: ast.List | ast.Tuple | ast.Set, frame: Frame) -> list[Value]:
    return elements(run, node.elts, frame)


def _dict(run: Interpreter, node: ast.Dict, frame: Frame) -> Value:
    found: dict[Value, Value] = {}
    for key, item in zip(node.keys, node.values):
        value = run.evaluate(item, frame)
        if key is None:
            if isinstance(value, Unknown):
                return value.derived(run)
            if not isinstance(value, dict):
                raise run.error("TypeError", f"{run.type_name(value)!r} object is not a mapping")
            found.update(value)
        else:
            found[hashable(run, run.evaluate(key, frame))] = value
    run.charge(len(found))
    return found


def _binary(run: Interpreter, node: ast.BinOp, frame: Frame) -> Value:
    left: ast.expr = node
    chain: list[ast.BinOp] = []
    while isinstance(left, ast.BinOp):  # long sums are deep to the left
        chain.append(left)
        left = left.left
    value = run.evaluate(left, frame)
    for part in reversed(chain):
        other = run.evaluate(part.right, frame)
        run.at = part
        value = binary(run, BY_NODE[type(part.op).__name__], value, other)
    return value


def _unary(run: Interpreter, node: ast.UnaryOp, frame: Frame) -> Value:
    value = run.evaluate(node.operand, frame)
    if isinstance(node.op, ast.Not):
        truth = run.truth(value)
        return truth if isinstance(truth, Unknown) else not truth
    run.at = node
    return unary(run, {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}[type(node.op)], value)


def _bool(run: Interpreter, node: ast.BoolOp, frame: Frame) -> Value:
    stops = isinstance(node.op, ast.Or)
    unsure: Unknown | None = None
    value: Value = None
    for item in node.values:
        value = run.evaluate(item, frame)
        truth = run.truth(value)
        if isinstance(truth, Unknown):
            unsure = unsure or truth
        elif truth is stops:
            # What decides it alone does so whatever stands before it.
            return value if unsure is None or type(value) is bool else unsure
    return value if unsure is None else unsure


def _compare(run: Interpreter, node: ast.Compare, frame: Frame) -> Value:
    left = run.evaluate(node.left, frame)
    found: Value = True
    for op, item in zip(node.ops, node.comparators):
        right = run.evaluate(item, frame)
        run.at = node
        found = compare(run, BY_NODE[type(op).__name__], left, right)
        if len(node.ops) > 1:
            truth = run.truth(found)
            if isinstance(truth, Unknown) or not truth:
                return found
        left = right
    return found


def _if(run: Interpreter, node: ast.IfExp, frame: Frame) -> Value:
    truth = run.truth(run.evaluate(node.test, frame))
    if isinstance(truth, Unknown):
        run.at = node
        return either(run, truth, lambda: run.evaluate(node.body, frame), lambda: run.evaluate(node.orelse, frame))
    return run.evaluate(node.body if truth else node.orelse, frame)


def _lambda(run: Interpreter, node: ast.Lambda, frame: Frame) -> Value:
    return function_of(run, "<lambda>", node, frame)


def function_of(run: Interpreter, name: str, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, frame: Frame) -> Function:
    """A function with its defaults, which are evaluated now."""
    defaults = [run.evaluate(item, frame) for item in node.args.defaults]
    keyword = {arg.arg: run.evaluate(item, frame) for arg, item in zip(node.args.kwonlyargs, node.args.kw_defaults) if item is not None}
    return Function(name, node, frame, defaults, keyword)


def _joined(run: Interpreter, node: ast.JoinedStr, frame: Frame) -> Value:
    parts: list[str] = []
    for item in node.values:
        part = run.evaluate(item, frame)
        if isinstance(part, Unknown):
            return part.derived(run)
        parts.append(part)
    text = "".join(parts)
    run.bounded(len(text), 1_000_000)
    return text


def _formatted(run: Interpreter, node: ast.FormattedValue, frame: Frame) -> Value:
    value = run.evaluate(node.value, frame)
    spec = run.evaluate(node.format_spec, frame) if node.format_spec is not None else ""
    if isinstance(spec, Unknown):
        return spec
    if node.conversion in (114, 97):  # !r, !a

        value = repr_of(run, value)
    elif node.conversion == 115:
        value = run.text(value)
    run.at = node
    return formatted(run, value, spec)


def _named(run: Interpreter, node: ast.NamedExpr, frame: Frame) -> Value:
    value = run.evaluate(node.value, frame)
    target = frame
    while target.function is None and target.around is not None and not target.is_class and target.shared:
        target = target.around  # a comprehension binds outside
    bind(run, node.target, value, target)
    return value


def _starred(run: Interpreter, node: ast.Starred, frame: Frame) -> Value:
    return tuple(run.listed(run.evaluate(node.value, frame)))


# Comprehensions.


def _inside(run: Interpreter, generators: list[ast.comprehension], frame: Frame, then: Callable[[Frame], None]) -> None:
    """Do something for each element that the `for` and `if` clauses leave."""
    inner = Frame(frame.module, {}, frame)
    inner.shared, inner.cls, inner.first = True, frame.cls, frame.first
    if frame.is_class:
        inner.locals.update(frame.locals)

    def clause(i: int) -> None:
        if i == len(generators):
            then(inner)
            return
        generator = generators[i]
        whole = run.evaluate(generator.iter, inner)
        if isinstance(whole, Unknown):
            raise Uncertain(whole)
        for item in run.iterate(whole):
            bind(run, generator.target, item, inner)
            for test in generator.ifs:
                truth = run.truth(run.evaluate(test, inner))
                if isinstance(truth, Unknown):
                    raise Uncertain(truth)
                if not truth:
                    break
            else:
                clause(i + 1)

    clause(0)


def _collected(run: Interpreter, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame) -> list[Value]:
    found: list[Value] = []

    def add(inner: Frame) -> None:
        found.append(run.evaluate(node.elt, inner))
        run.charge(1)
        if len(found) > LARGEST:
            raise Limit("it makes too long a list")

    _inside(run, node.generators, frame, add)
    return found


def _dict_comprehension(run: Interpreter, node: ast.DictComp, frame: Frame) -> Value:
    found: dict[Value, Value] = {}

    def add(inner: Frame) -> None:
        key = hashable(run, run.evaluate(node.key, inner))
        found[key] = run.evaluate(node.value, inner)
        run.charge(1)

    try:
        _inside(run, node.generators, frame, add)
    except Uncertain as unknown:
        return unknown.value.derived(run)
    return found


def _generator(run: Interpreter, node: ast.GeneratorExp, frame: Frame) -> Value:
    return Generator(run, "<genexpr>", lambda: iter(_collected(run, node, frame)))


# What a program of ours need not do.


def _yield(run: Interpreter, node: ast.Yield, frame: Frame) -> Value:
    return yielded(run, None if node.value is None else run.evaluate(node.value, frame), frame)


def _yield_from(run: Interpreter, node: ast.YieldFrom, frame: Frame) -> Value:
    for item in run.listed(run.evaluate(node.value, frame)):
        yielded(run, item, frame)
    return None


def _await(run: Interpreter, node: ast.Await, frame: Frame) -> Value:
    return run.evaluate(node.value, frame)


def _refused(run: Interpreter, node: ast.AST, frame: Frame) -> Value:
    run.at = node
    return run.unknown(f"{type(node).__name__} is not read")


class _Table(dict[type[ast.AST], Callable[..., Value]]):
    def __missing__(self, key: object) -> object:
        return _refused


EVALUATED: dict[type[ast.AST], Callable[..., Value]] = _Table({
    ast.Constant: _constant, ast.Name: _name, ast.Attribute: _attribute, ast.Subscript: _subscript, ast.Slice: _slice,
    ast.List: _collection(_written, False, list), ast.Tuple: _collection(_written, False, tuple), ast.Set: _collection(_written, True, set), ast.Dict: _dict, ast.BinOp: _binary, ast.UnaryOp: _unary,
    ast.BoolOp: _bool, ast.Compare: _compare, ast.IfExp: _if, ast.Lambda: _lambda, ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted, ast.NamedExpr: _named, ast.Starred: _starred, ast.ListComp: _collection(_collected, False, list),
    ast.SetComp: _collection(_collected, True, set), ast.DictComp: _dict_comprehension, ast.GeneratorExp: _generator,
    ast.Yield: _yield, ast.YieldFrom: _yield_from, ast.Await: _await, ast.Call: evaluate_call,
})
