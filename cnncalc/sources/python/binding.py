"""What stands left of `=`: names, attributes, items and patterns of them."""

from __future__ import annotations

import ast

from .classes import Instance
from .interpreter import Interpreter, Object, Raised, Uncertain, Unknown
from .items import hashable
from .scopes import Frame, Value


def bind(run: Interpreter, target: ast.expr, value: Value, frame: Frame) -> None:
    """Bind what stands left of `=` to a value."""
    if isinstance(target, ast.Name):
        bind_name(run, target.id, value, frame)
    elif isinstance(target, ast.Attribute):
        run.at = target
        owner = run.evaluate(target.value, frame)
        run.at = target
        run.set_attribute(owner, target.attr, value)
    elif isinstance(target, ast.Subscript):
        _bind_item(run, target, value, frame)
    elif isinstance(target, ast.Starred):
        bind(run, target.value, value, frame)
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(run, target, value, frame)


def bind_name(run: Interpreter, name: str, value: Value, frame: Frame) -> None:
    """Bind a variable in the scope that it belongs to."""
    names = frame.locals
    if name in frame.globals:
        names = frame.module.names
    elif name in frame.outer:
        at = frame.around
        while at is not None and (at.is_class or name not in at.locals):
            at = at.around
        names = at.locals if at is not None else names
    if names is frame.module.names:
        pinned = frame.module.pinned
        if name in pinned:
            return
        if isinstance(value, Unknown) and value.name is None:
            value.name = name
        for word in pinned:  # args.depth: an attribute of what is bound
            if "." in word and word.partition(".")[0] == name:
                set_pinned(run, value, word, pinned[word])
    if run.journal is not None:
        run.changing(names)
    names[name] = value


def set_pinned(run: Interpreter, value: Value, word: str, pinned: Value) -> None:
    """Set the attribute that a dotted name leads to."""
    *path, last = word.split(".")[1:]
    for step in path:
        value = run.attribute(value, step)
    if isinstance(value, Instance):
        value.attrs[last] = pinned
    else:
        try:
            run.set_attribute(value, last, pinned)
        except Raised:
            pass


def _bind_item(run: Interpreter, target: ast.Subscript, value: Value, frame: Frame) -> None:
    owner = run.evaluate(target.value, frame)
    key = run.evaluate(target.slice, frame)
    run.at = target
    if isinstance(owner, Object):
        owner.set_item(run, key, value)
        return
    run.changing(owner)
    if isinstance(key, Unknown):
        if isinstance(owner, (list, dict)):
            run.tainted = {**run.tainted, id(owner): (owner, key)}
        return
    if isinstance(owner, dict):
        owner[hashable(run, key)] = value
        run.charge(1)
    elif isinstance(owner, list):
        try:
            if isinstance(key, slice):
                value = run.listed(value)
                run.bounded(len(owner) + len(value))
            owner[key] = value
        except IndexError:
            raise run.error("IndexError", "list assignment index out of range") from None
        except (TypeError, ValueError) as error:
            raise run.error(type(error).__name__, str(error)) from None
    else:
        raise run.error("TypeError", f"{run.type_name(owner)!r} object does not support item assignment")


def _unpack(run: Interpreter, target: ast.Tuple | ast.List, value: Value, frame: Frame) -> None:
    names = target.elts
    if isinstance(value, Unknown):
        for name in names:
            bind(run, name, value.derived(run), frame)
        return
    try:
        items = run.listed(value)
    except Uncertain as unknown:
        for name in names:
            bind(run, name, unknown.value.derived(run), frame)
        return
    star = next((i for i, name in enumerate(names) if isinstance(name, ast.Starred)), None)
    if star is not None and len(items) >= len(names) - 1:
        after = len(names) - star - 1
        items = [*items[:star], items[star: len(items) - after], *items[len(items) - after:]]
    if len(items) != len(names):
        run.at = target
        few = "not enough" if len(items) < len(names) else "too many"
        raise run.error("ValueError", f"{few} values to unpack (expected {len(names)}, got {len(items)})")
    for name, item in zip(names, items):
        bind(run, name, item, frame)
