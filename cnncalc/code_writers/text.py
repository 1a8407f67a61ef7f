"""Python source as text: expressions as trees, laid out as the formatter black does."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence

WIDTH = 88
INDENT = "    "


class Expr:
    """An expression; `flat()` is its text on one line."""

    #: Lines above it, in a bracket that has a row for each item.
    comments: Sequence[str] = ()

    def flat(self) -> str:
        raise NotImplementedError


class Name(Expr):
    """A name, a literal, or any text that is not broken into lines."""

    def __init__(self, text: str):
        self.text = text

    def flat(self) -> str:
        return self.text


class Bracket(Expr):
    """`head(items)`, or with other brackets; an item may begin with `name=`. `rows` puts every item on a line of its own."""

    def __init__(self, head: Expr | str, items: Sequence[Expr | tuple[str, Expr]], brackets: str = "()", rows: bool = False):
        self.head = Name(head) if isinstance(head, str) else head
        self.items = [item if isinstance(item, tuple) else ("", item) for item in items]
        self.open, self.close = brackets[0], brackets[1]
        self.rows = rows

    def flat(self) -> str:
        return f"{self.head.flat()}{self.open}{self.inside()}{self.close}"

    def inside(self) -> str:
        """The items on one line."""
        items = [f"{name}={item.flat()}" if name else item.flat() for name, item in self.items]
        one = self.open == "(" and len(items) == 1 and not self.head.flat()
        return ", ".join(items) + ("," if one else "")

    @property
    def forced(self) -> bool:
        """Whether it or an item is broken into lines whatever its length."""
        return self.rows or any([isinstance(item, Bracket) and item.forced for _, item in self.items])


def laid_out(expr: Expr, before: str = "", after: str = "", indent: str = "") -> list[str]:
    """The lines of `before expr after`, indented."""
    forced = isinstance(expr, Bracket) and (expr.forced or (isinstance(expr.head, Bracket) and expr.head.forced))
    line = f"{indent}{before}{expr.flat()}{after}"
    if not isinstance(expr, Bracket) or (len(line) <= WIDTH and not forced):
        return [line]
    if not expr.items:
        return laid_out(expr.head, before, f"{expr.open}{expr.close}{after}", indent)
    head = f"{before}{expr.head.flat()}{expr.open}"
    if isinstance(expr.head, Bracket) and (len(indent + head) > WIDTH or expr.head.forced):
        return laid_out(expr.head, before, f"{expr.open}{expr.inside()}{expr.close}{after}", indent)
    body = f"{indent}{INDENT}{expr.inside()}"
    if len(body) <= WIDTH and not expr.forced:
        inner = [body]
    else:
        comma = "," if len(expr.items) > 1 or expr.rows else ""
        inner = [row for name, item in expr.items
                 for row in (*[f"{indent}{INDENT}# {text}" for text in item.comments],
                             *laid_out(item, f"{name}=" if name else "", comma, indent + INDENT))]
    return [f"{indent}{head}", *inner, f"{indent}{expr.close}{after}"]


def literal(value: object) -> Expr:
    """A Python value as source; lists become tuples."""
    if isinstance(value, Expr):
        return value
    if isinstance(value, (list, tuple)):
        return Bracket("", [literal(item) for item in value])
    if isinstance(value, dict):
        return Name("{" + ", ".join([f"{literal(k).flat()}: {literal(v).flat()}" for k, v in value.items()]) + "}")
    if isinstance(value, str):
        return Name(quoted(value))
    if isinstance(value, bool) or value is None:
        return Name(repr(value))
    if isinstance(value, int):
        return Name(str(int(value)))
    if isinstance(value, float):
        if 0 < value < 0.1 and len(repr(value)) > 10 and 1 / round(1 / value) == value:
            return Name(f"1 / {round(1 / value)}")
        return Name(f'float("{value}")' if value != value or value in (float("inf"), float("-inf")) else repr(value).replace("e-0", "e-"))
    return Name(repr(value))


def quoted(text: str) -> str:
    """A text in double quotes."""
    shown = repr(text)
    if shown[0] == "'" and '"' not in text:
        return f'"{shown[1:-1]}"'.replace("\\'", "'")
    return shown


def call(head: Expr | str, *args: object, **kwargs: object) -> Bracket:
    """`head(args, name=value)` of Python values."""
    return Bracket(head, [*map(literal, args), *[(name, literal(value)) for name, value in kwargs.items()]])


def identifier(word: str, default: str = "layer") -> str:
    """A word as a Python name."""
    name = re.sub(r"\W+", "_", word, flags=re.ASCII).strip("_") or default
    if name[0].isdigit():
        name = f"{default}_{name}"
    return f"{name}_" if keyword.iskeyword(name) or name in ("None", "True", "False") else name


def class_name(word: str, default: str = "Net") -> str:
    """A word in camel case, as the name of a class: resnet-50 -> Resnet50."""
    name = "".join([part[:1].upper() + part[1:] for part in re.split(r"[\W_]+", word, flags=re.ASCII) if part])
    if not name or name in ("None", "True", "False"):
        return default
    return f"{default}{name}" if name[0].isdigit() else name
