"""Blocks of statements; those of a module may fail one by one."""

from __future__ import annotations

import ast

from .binding import bind_name
from .interpreter import Interpreter, Raised, Uncertain, Unknown
from .limits import LEAST_PATIENCE, PATIENCE, Exhausted, Limit
from .scopes import Frame


def block(run: Interpreter, body: list[ast.stmt], frame: Frame) -> object:
    """Run the statements of a block; those of the module one by one, so that a failing one does not stop it."""
    if frame.function is None and not frame.is_class and run.journal is None and frame.locals is frame.module.names:
        return run_module_statements(run, body, frame)
    return run.execute(body, frame)


def run_module_statements(run: Interpreter, body: list[ast.stmt], frame: Frame, whole_file: bool = False) -> object:
    """Run statements of the module; what a failing one would have bound is unknown. Those of a `whole_file` may fail one by one."""
    for node in body:
        run.steps -= 1
        outermost = whole_file or (run.depth == 0 and not run.nested)
        before, advances = run.steps, run.advances
        if outermost:
            run.patience = min(PATIENCE, max(run.idle, LEAST_PATIENCE))
        try:
            run.nested += 1
            ended = run.executed[type(node)](run, node, frame)
        except (Raised, Limit, Uncertain, RecursionError) as error:
            if isinstance(error, Exhausted) and not outermost:
                raise
            failed(run, node, error, frame)
            if isinstance(error, Exhausted) and (run.steps < 0 or run.memory < 0):
                return None
            continue
        finally:
            run.nested -= 1
            if outermost and run.advances == advances:
                run.idle -= before - run.steps
        if ended is not None and ended.__class__ is not tuple:  # of a tuple, one branch goes on
            return ended
    return None


def failed(run: Interpreter, node: ast.stmt, error: Exception, frame: Frame) -> None:
    """Bind what a failing statement binds to unknown values that remember the error."""
    if isinstance(error, Raised):
        why, place = str(error), error.place
    elif isinstance(error, Uncertain):
        why, place = error.value.why, error.value.place
    else:
        why, place = str(error) if isinstance(error, Limit) else "it is nested too deeply", run.place(node)
    own = run.place(node)
    run.skipped.append((place if place is not None and own is not None and place.text is own.text else own, why))
    for name in targets(node):
        value = Unknown(why, place)
        value.raised = error if isinstance(error, Raised) else None
        bind_name(run, name, value, frame)


def targets(node: ast.stmt) -> list[str]:
    """The variables that a simple statement binds."""
    found: list[str] = []
    waiting: list[ast.AST] = []
    if isinstance(node, ast.Assign):
        waiting = list(node.targets)
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        waiting = [node.target]
    elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
        found.append(node.name)
    elif isinstance(node, (ast.With, ast.For)):
        waiting = [node.target] if isinstance(node, ast.For) else [i.optional_vars for i in node.items if i.optional_vars]
    while waiting:
        at = waiting.pop()
        if isinstance(at, ast.Name):
            found.append(at.id)
        elif isinstance(at, (ast.Tuple, ast.List)):
            waiting += at.elts
        elif isinstance(at, ast.Starred):
            waiting.append(at.value)
    return found
