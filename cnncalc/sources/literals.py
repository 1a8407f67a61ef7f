"""Python calls as data: names, literals and nothing else, parsed and never run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from ..activations import ACTIVATIONS
from ..errors import CnncalcError, Key, SpecError, printable, shown
from ..layers import Layer, kind_named
from ..layers.construct import Sub
from ..layers.settings import LETTERS, Kept
from .document import excerpt

LONGEST = 10_000
MOST_LAYERS = 1_000
DEEPEST = 20
#: What may stand before a layer's name, with a dot behind it.
MODULES = {"layers", "keras", "keras.layers", "tf.keras", "tf.keras.layers", "tensorflow.keras", "tensorflow.keras.layers",
           "keras.api.layers", "keras.src.layers"}
#: PyTorch's modules, and how our names of their kinds begin.
TORCH_MODULES = {"nn": "nn", "torch.nn": "nn", "F": "F", "torch.nn.functional": "F", "torch": "torch"}
#: Names in Keras code that stand for a word: keras.activations.relu, tf.nn.relu.
WORDS = re.compile(r"(?:(?:tf\.|tensorflow\.)?keras\.)?activations|tf\.nn|tensorflow\.nn|keras\.ops")
REMEDY = "layers are written as in Keras: Conv2D(32, 3, padding='same'); nothing else is read, and nothing is run"


class LayerText:
    """A text with layers in it, and the place in it that a path leads to.

    The first step of a path is the number of a layer; the second one of its settings.
    """

    name = "<layers>"

    def __init__(self, text: str):
        self.text = text
        self.lines = text.split("\n")
        self.nodes: list[ast.AST] = []

    def locate(self, path: tuple[object, ...]) -> tuple[int, int, int]:
        """Line and column, from 0, and the length on that line."""
        if path and isinstance(path[0], At):
            return path[0].line, path[0].column, path[0].length
        if not path or type(path[0]) is not int or path[0] >= len(self.nodes):
            return 0, 0, max(1, len(self.lines[0].rstrip()))
        return self.span(part_of(self.nodes[path[0]], path[1:]))

    def span(self, node: Any) -> tuple[int, int, int]:
        line, end_line = node.lineno - 1, node.end_lineno - 1
        # Python counts bytes.
        raw = self.lines[line].encode()
        start = len(raw[: node.col_offset].decode())
        end = len(raw[: node.end_col_offset].decode()) if end_line == line else len(self.lines[line].rstrip())
        if isinstance(node, ast.keyword) and node.arg:
            end = min(end, start + len(node.arg))
        return line, start, max(1, end - start)

    def report(self, error: SpecError) -> str:
        """The error as it is printed: place, problem, the line with a caret, hint."""
        line, column, length = self.locate(error.path)
        out = [f"{self.name}:{line + 1}:{column + 1}: error: {printable(error.problem)}"]
        if self.lines[line].strip():
            out += excerpt(self.lines[line], column, length)
        if error.hint:
            out += ["    " + part for part in error.hint.split("\n")]
        return "\n".join(out)


class At:
    """A place instead of a path."""

    def __init__(self, line: int, column: int, length: int = 1):
        self.line, self.column, self.length = line, column, length


def part_of(node: object, path: tuple[object, ...]) -> object:
    """The part of a layer that a path leads to: a setting by name, then items of lists."""
    for step in path:
        inner: object = None
        if isinstance(node, ast.Call):
            word = dotted(node.func).rpartition(".")[2]
            if step == word:
                if isinstance(step, Key):
                    return node.func
                continue
            inner = _argument(node, word, step)
            if inner is not None and isinstance(step, Key):
                return inner
            inner = inner.value if isinstance(inner, ast.keyword) else inner
        elif isinstance(node, (ast.List, ast.Tuple)) and type(step) is int and step < len(node.elts):
            inner = node.elts[step]
        elif isinstance(node, ast.Dict):
            inner = next((v for k, v in zip(node.keys, node.values) if isinstance(k, ast.Constant) and k.value == step), None)
        if inner is None:
            break
        node = inner
    return node


def _argument(call: ast.Call, word: str, name: object) -> object:
    for keyword in call.keywords:
        if name in (keyword.arg, LETTERS.get(keyword.arg or "")):
            return keyword
    try:
        names = list(kind_named(word).settings)
    except SpecError:
        return None
    return call.args[names.index(name)] if name in names and names.index(name) < len(call.args) else None


class Literals:
    """The layers of a text, as calls whose arguments are literals."""

    def __init__(self, text: str):
        import textwrap

        self.text = LayerText(textwrap.dedent("\n".join(text.splitlines()).expandtabs(4)).strip("\n").rstrip())
        self.errors: list[CnncalcError] = []

    def add(self, error: SpecError) -> None:
        if error.document is None:
            error.document = self.text
        self.errors.append(error)

    def wrong(self, node: object, problem: str, hint: str | None = REMEDY) -> SpecError:
        return SpecError(problem, (At(*self.text.span(node)),), hint)

    # From text to calls.

    def parsed(self) -> ast.Module:
        """The text as Python's parser sees it."""
        import warnings

        text = self.text.text
        if len(text) > LONGEST:
            raise SpecError(f"a text of more than {LONGEST:,} characters", (At(0, 0),), "write it as a file, for cnncalc summary")
        if not text.strip():
            raise SpecError("no layer is given", (At(0, 0),), REMEDY)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(text)
        except SyntaxError as error:
            line = min(max((error.lineno or 1) - 1, 0), len(self.text.lines) - 1)
            column = min(max((error.offset or 1) - 1, 0), len(self.text.lines[line]))
            problem = re.split("[.;]", str(error.msg or "it is not Python"))[0]
            problem = re.sub(r"^invalid syntax", "this cannot be read", problem)
            raise SpecError(problem[0].lower() + problem[1:], (At(line, column),), REMEDY) from None
        except (ValueError, MemoryError, RecursionError):
            raise SpecError("this cannot be read", (At(0, 0),), REMEDY) from None

    def calls(self) -> list[ast.AST]:
        """The layers in their order."""
        found: list[ast.AST] = []
        for statement in self.parsed().body:
            if (isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)) or isinstance(statement, ast.Expr):
                found += self.in_order(statement.value, 0)
            else:
                raise self.wrong(statement, "only layers are allowed here")
        if len(found) > MOST_LAYERS:
            raise SpecError(f"more than {MOST_LAYERS:,} layers", (At(0, 0),))
        return found

    def in_order(self, node: ast.expr, depth: int) -> Iterator[ast.AST]:
        """The layers of a list, a chain of `|`, a Sequential or a model.add."""
        if depth > DEEPEST and not isinstance(node, ast.BinOp):
            raise self.wrong(node, "nested too deep", None)
        if isinstance(node, (ast.List, ast.Tuple)):
            for item in node.elts:
                yield from self.in_order(item, depth + 1)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            chain: list[ast.expr] = []
            left: ast.expr = node
            while isinstance(left, ast.BinOp) and isinstance(left.op, ast.BitOr):
                chain.append(left.right)
                left = left.left
            for item in (left, *reversed(chain)):
                yield from self.in_order(item, depth + 1)
        elif isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "Sequential":
            self.module(node.func)
            for item in node.args[:1]:
                yield from self.in_order(item, depth + 1)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add" and (
                isinstance(node.func.value, ast.Name) and len(node.args) == 1 and not node.keywords):
            yield from self.in_order(node.args[0], depth + 1)
        else:
            yield node

    def word(self, node: ast.AST) -> str:
        """The name of a layer, whatever module stands before it."""
        func = node.func if isinstance(node, ast.Call) else node
        if isinstance(func, ast.Call):
            raise self.wrong(node, "a layer that is called cannot be read", "write the layers alone, one after the other, with ; between")
        if not isinstance(func, (ast.Name, ast.Attribute)) or not dotted(func):
            raise self.wrong(node, f"{_sort(node)} is not allowed here")
        return self.module(func)

    def module(self, func: ast.AST) -> str:
        module, _, word = dotted(func).rpartition(".")
        if module in TORCH_MODULES:
            return f"{TORCH_MODULES[module]}.{word}"
        if module and module not in MODULES:
            raise self.wrong(func, f"{shown(module)} is not a module of layers", "layers are written Conv2D(...) or keras.layers.Conv2D(...)")
        return word

    # From calls to layers.

    def arguments(self, node: ast.AST, kind: type[Layer], depth: int = 0) -> dict[str, object]:
        """The settings of a call by name."""
        if not isinstance(node, ast.Call):
            return {}
        names = list(kind.settings)
        found: dict[str, object] = {}
        for i, arg in enumerate(node.args):
            if isinstance(arg, ast.Starred):
                raise self.wrong(arg, "a list that is unpacked cannot be read")
            if i >= len(names):
                raise self.wrong(arg, f"{kind.kind} takes at most {len(names)} settings", None)
            found[names[i]] = self.setting(arg, kind, names[i], depth)
        for keyword in node.keywords:
            if keyword.arg is None:
                raise self.wrong(keyword.value, "settings that are unpacked cannot be read")
            if keyword.arg in found:
                raise self.wrong(keyword, f"{keyword.arg} is given twice", None)
            found[keyword.arg] = self.setting(keyword.value, kind, keyword.arg, depth)
        return found

    def setting(self, node: ast.expr, kind: type[Layer], name: str, depth: int) -> object:
        """The value of a setting: a literal, a layer, or the name of an activation."""
        setting = kind.settings.get(LETTERS.get(name, name) if name not in kind.settings else name)
        if isinstance(setting, Sub) and isinstance(node, (ast.Call, ast.Name, ast.Attribute)):
            if depth > DEEPEST:
                raise self.wrong(node, "nested too deep", None)
            word = self.word(node)
            try:
                inner = kind_named(word)
            except SpecError as error:
                raise self.wrong(node, error.problem, error.hint) from None
            return {word: self.arguments(node, inner, depth + 1)}
        if isinstance(node, ast.Attribute) and node.attr in ACTIVATIONS and WORDS.fullmatch(dotted(node.value)):
            return node.attr
        if isinstance(setting, Kept) and isinstance(node, (ast.Call, ast.Attribute)) and dotted(
                node.func if isinstance(node, ast.Call) else node):
            return dotted(node.func if isinstance(node, ast.Call) else node)  # an initializer: it changes no number
        return self.literal(node)

    def literal(self, node: ast.expr, depth: int = 0) -> Any:
        """The value of a number, a word, or lists of them."""
        if depth > DEEPEST:
            raise self.wrong(node, "nested too deep", None)
        if isinstance(node, ast.Constant) and (node.value is None or type(node.value) in (bool, int, float, str)):
            return node.value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)) and _number(node.operand):
            value = self.literal(node.operand, depth + 1)
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _number(node.left) and _number(node.right):
            below = self.literal(node.right)
            if not below:
                raise self.wrong(node.right, "this divides by zero", None)
            try:
                return self.literal(node.left) / below
            except OverflowError:
                raise self.wrong(node, "too large a number", None) from None
        if isinstance(node, (ast.Tuple, ast.List)):
            return [self.literal(item, depth + 1) for item in node.elts]
        if isinstance(node, ast.Dict):
            return {self.key(k): self.literal(v, depth + 1) for k, v in zip(node.keys, node.values)}
        raise self.wrong(node, f"{_sort(node)} cannot be read here", "a value is a number, a word in quotes, or a list of them; nothing is run")

    def key(self, node: ast.expr | None) -> object:
        if isinstance(node, ast.Constant) and type(node.value) in (int, str):
            return node.value
        raise self.wrong(node, "a key must be a word in quotes") if node is not None else SpecError("a mapping that is unpacked cannot be read")


def _number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def dotted(node: ast.AST) -> str:
    """The name that a chain of dots spells, nothing for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


#: What a piece of code is called that is not read.
SORTS = {
    "Lambda": "a function", "ListComp": "a comprehension", "GeneratorExp": "a comprehension", "SetComp": "a comprehension",
    "DictComp": "a comprehension", "Call": "a call", "Name": "a name", "Attribute": "a name", "BinOp": "a calculation",
    "UnaryOp": "a calculation", "BoolOp": "a condition", "Compare": "a comparison", "IfExp": "a condition",
    "JoinedStr": "a text that is put together", "Subscript": "a part of something", "Await": "code", "Yield": "code",
    "Set": "a set", "Dict": "a mapping", "Constant": "a value", "NamedExpr": "an assignment", "Starred": "a list that is unpacked",
}


def _sort(node: ast.AST) -> str:
    sort = SORTS.get(type(node).__name__, "this")
    if isinstance(node, (ast.Name, ast.Attribute)) and dotted(node):
        return f"the name {shown(dotted(node))}"
    return sort
