"""Imports: of what the tables hold, and of neighboring files."""

from __future__ import annotations

import ast
import sys

from .binding import bind_name
from .interpreter import Interpreter, Unknown
from .scopes import Frame, Value
from .values import Module

#: Variables that `from module import *` may bring.
MOST_NAMES = 10_000


def run_import(run: Interpreter, node: ast.Import, frame: Frame) -> None:
    """`import a.b as c`."""
    run.at = node
    for alias in node.names:
        if alias.asname:
            bind_name(run, alias.asname, module(run, alias.name, frame), frame)
        else:
            module(run, alias.name, frame)
            first = alias.name.partition(".")[0]
            bind_name(run, first, module(run, first, frame), frame)


def run_import_from(run: Interpreter, node: ast.ImportFrom, frame: Frame) -> None:
    """`from a.b import c as d`."""
    run.at = node
    source = module(run, "." * node.level + (node.module or ""), frame)
    for alias in node.names:
        if alias.name == "*":
            _everything(run, source, node, frame)
            continue
        value: Value = None
        if isinstance(source, Unknown):
            source_name = "." * node.level + (node.module or "")
            value = unread(run, f"{alias.name} is imported from {source_name}, which is not read", source_name)
        else:
            value = source.get(run, alias.name)
            if isinstance(value, Unknown) and getattr(source, "scope", None) is not None and alias.name not in source.members:
                inner = module(run, "." * node.level + (f"{node.module}." if node.module else "") + alias.name, frame)
                value = inner if not isinstance(inner, Unknown) else value
        bind_name(run, alias.asname or alias.name, value, frame)


def _everything(run: Interpreter, source: Value, node: ast.ImportFrom, frame: Frame) -> None:
    if isinstance(source, Unknown):
        frame.module.names.setdefault("*", f"{'.' * node.level}{node.module or ''}, which is not read")
        return
    names = source.members.get("__all__")
    if isinstance(names, (list, tuple)) and all(isinstance(name, str) for name in names):
        found = {name: source.get(run, name) for name in names[:MOST_NAMES]}
    else:
        found = {name: value for name, value in list(source.members.items())[:MOST_NAMES] if not name.startswith("_")}
    for name, value in found.items():
        if name != "*":
            bind_name(run, name, value, frame)
    everything = getattr(source, "everything", None)
    if everything is not None:  # a library that finds its names one by one
        for name, value in everything(run).items():
            if name not in frame.module.names:
                bind_name(run, name, value, frame)


def module(run: Interpreter, name: str, frame: Frame) -> Value:
    """The module of a dotted name: a library's, or a neighboring file; unknown if there is none."""
    relative = name.startswith(".")
    found = None if relative else of_library(run, name)
    if found is None and run.find_file is not None:
        scope = run.find_file(run, name, frame.module)
        if scope is not None:
            found = Module(scope.name, scope.names)
            found.scope = scope
    if found is None and relative:
        found = of_library(run, name)
    if found is None:
        found = run.modules.get(name)
    if found is None:
        found = run.modules[name] = unread(run, f"the module {name} is not read", name)
    return found


def of_library(run: Interpreter, name: str) -> Value:
    """The module of a dotted name, if a library has it."""
    known = run.modules.get(name)
    if known is not None and not isinstance(known, Unknown):
        return known
    for library in run.libraries:
        found = library.module(run, name)
        if found is not None:
            run.modules[name] = found
            return found
    return None


def unread(run: Interpreter, why: str, module: str) -> Unknown:
    """The value of what a module would bring that is neither a known library nor a file nearby."""
    found = run.unknown(why)
    if module.partition(".")[0] in sys.stdlib_module_names:
        return found
    last = module.lstrip(".").rpartition(".")[2] or "module"
    found.remedy = (f"if {module} is a file of yours, put {last}.py next to this one; if it is a library, "
                    "describe what it builds with Keras's or PyTorch's own layers")
    return found
