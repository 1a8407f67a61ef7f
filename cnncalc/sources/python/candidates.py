"""What a program offers to be read: its networks, builders and classes, ready to be copied."""

from __future__ import annotations

import ast

from ...errors import SpecError
from .classes import Class
from .functions import Function, required
from .keras_layers import LAYER
from .program import Program
from .scopes import Value
from .text import Place, SourceText
from .values import Method, Native

#: Candidates that an error lists.
MOST_LISTED = 12


class Candidates:
    """The networks and builders of one program that has been read."""

    def __init__(self, program: Program):
        self.program, self.run, self.text = program, program.run, program.text

    def variables(self) -> dict[str, object]:
        """The networks held in variables of the module."""
        raise NotImplementedError

    def may_build(self, value: Value) -> bool:
        """Whether a class is a model, or a function may return one."""
        if isinstance(value, Class):
            return value.node is not None and any(base.name in ("Model", "Sequential") and base.node is None for base in value.mro)
        return isinstance(value, Function) and returns_something(value.node)

    def several(self, found: dict[str, Value]) -> SpecError:
        lines = [f"{self.text.name}:{word}" + (f"    line {model.place.line}" if model.place is not None else "") for word, model in found.items()]
        more = [f"and {len(lines) - MOST_LISTED} more"] if len(lines) > MOST_LISTED else []
        return self.text.wrong(f"the file has {len(found)} networks: name one of them", None, "\n".join([*lines[:MOST_LISTED], *more]))

    def listing(self) -> str | None:
        """The networks and builders of the file, ready to be copied."""
        lines = [f"{self.text.name}:{word}" for word in self.variables()]
        for name, value in self.program.scope.names.items():
            if self.buildable(value):
                place = place_of(value, self.text)
                lines.append(f"{self.text.name}:{call_of(name, value)}" + (f"    line {place.line}" if place is not None else ""))
            elif self.holds_networks(value):
                place = place_of(value, self.text)
                lines.append(f"{self.text.name}:{call_of(name, value)}" + (f"    line {place.line}" if place is not None else ""))
            elif isinstance(value, Class) and value.node is not None:
                for word, member in value.members.items():
                    function = getattr(member, "function", None)
                    if isinstance(function, Function) and word.startswith(("build", "create", "make", "get", "model")) and function.node.args.args:
                        lines.append(f"{self.text.name}:{name}.{call_of(word, Method(function, value) if type(member).__name__ == 'OfClass' else function)}"
                                     f"    line {function.node.lineno}")
        return "\n".join(lines[:MOST_LISTED]) or None

    def holds_networks(self, value: Value) -> bool:
        """Whether objects of a class of the program make networks for themselves."""
        if not isinstance(value, Class) or value.node is None or "__init__" not in value.members or any(base.node is None for base in value.mro[1:]):
            return False
        made = {node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "") for node in ast.walk(value.node) if isinstance(node, ast.Call)}
        kept = any(isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) for node in ast.walk(value.node))
        return kept and bool(made & {"Model", "Sequential"})

    def buildable(self, value: Value) -> bool:
        if isinstance(value, Class):
            return self.may_build(value)
        if not isinstance(value, Function) or not self.may_build(value):
            return False
        words = {node.attr for node in ast.walk(value.node) if isinstance(node, ast.Attribute)} | {
            node.id for node in ast.walk(value.node) if isinstance(node, ast.Name)}
        return bool(words & {"Model", "Sequential"}) or value.name.lower().endswith(("model", "net"))

    def known(self) -> list[str]:
        """The names that an undefined one may have been meant as."""
        return [name for name, value in self.program.scope.names.items() if not isinstance(value, Native)]

    def nothing_like_it(self) -> str:
        """Why there is no network, as far as the file's own words tell."""
        words = "\n".join(self.text.lines)
        own = {node.name: self.program.scope.names.get(node.name) for node in self.program.tree.body if isinstance(node, ast.ClassDef)}
        layers = [name for name, value in own.items() if isinstance(value, Class) and value.derives(LAYER)]
        if layers:
            return f"it defines layers ({', '.join(layers[:4])}): name a file that builds a network with them"
        loaded = next((i + 1 for i, line in enumerate(self.text.lines) if "load_model(" in line and not line.lstrip().startswith("#")), None)
        if loaded is not None:
            return f"{self.text.where(loaded)} loads a saved model: give cnncalc that file (.keras, .h5), or the source that built it"
        if "tf.nn." in words or "tf.Variable" in words or "tf.get_variable" in words:
            return "it computes with TensorFlow's functions alone: networks of Keras and PyTorch are read"
        return "networks of Keras and PyTorch are read: Sequential, Model, classes that derive from Model or nn.Module"


def returns_something(function: ast.AST) -> bool:
    """Whether a function's own code, not that of functions in it, returns a value."""
    waiting = list(ast.iter_child_nodes(function)) if not isinstance(function, ast.Lambda) else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return) and node.value is not None:
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
    return isinstance(function, ast.Lambda)


def needed(value: Value) -> list[str]:
    """The arguments that a builder cannot do without."""
    if isinstance(value, Class):
        try:
            init = value.lookup("__init__")
        except KeyError:
            return []
        return required(Method(init, None)) if isinstance(init, Function) else []
    return required(value)


def place_of(value: Value, text: SourceText) -> Place | None:
    """Where a function or class is defined."""
    node = getattr(value.function if isinstance(value, Method) else value, "node", None)
    return text.place(node) if node is not None else None


#: What to give an argument in a suggestion, by its name.
_GUESSES = (("widths", "[32, 64, 96]"), ("blocks", "[2, 2, 2, 2]"), ("depths", "[2, 2, 6, 2]"), ("shape", "(64, 64, 3)"), ("width", "64"), ("height", "64"), ("rows", "64"), ("cols", "64"), ("size", "64"), ("depth", "3"), ("channel", "3"),
            ("class", "10"), ("out", "10"), ("filters", "32"), ("dim", "64"), ("num", "10"), ("n_", "10"),
            ("units", "64"), ("rate", "0.5"))


def call_of(word: str, value: Value) -> str:
    """A call with what it needs, ready to be copied."""
    return f"{word}({', '.join([f'{name}={_guess(name)}' for name in needed(value)])})"


def _guess(name: str) -> str:
    return next((guess for part, guess in _GUESSES if part in name.lower()), "None")
