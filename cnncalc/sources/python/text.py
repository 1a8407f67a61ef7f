"""Source text: parsed statement by statement, and located in the reader's file.

What is no Python, such as a notebook's `%matplotlib inline`, `!pip install` or Python 2's `print x`, is
left out and the rest is read.
"""

from __future__ import annotations

import ast
import re
import warnings
from functools import lru_cache

from ...errors import SpecError, printable
from ..document import excerpt

#: Characters of a file, and statements that are left out.
LONGEST, MOST_REPAIRS = 1_000_000, 100
_MAGIC = re.compile(r"^(\s*)(?:[%!].*|\?{1,2}\S.*|[\w.]+\?{1,2}\s*|[\w, ]+=\s*[!%].*)$")
_PRINT = re.compile(r"^(\s*)print\b(?!\s*[(=.,)\[:]|\s*$).*$")
_EXEC = re.compile(r"^(\s*)(?:exec\s+[^(=\s].*|except\s+([\w.]+|\([\w., ]+\))\s*,\s*(\w+)\s*:|raise\s+(\w+)\s*,\s*(.+))$")


class Place:
    """A location in source text: lines count from 1, columns from 0."""

    __slots__ = ("column", "length", "line", "text")

    def __init__(self, text: SourceText, line: int = 1, column: int = 0, length: int = 1):
        self.text, self.line, self.column, self.length = text, line, column, length

    def __str__(self) -> str:
        return f"{self.text.where(self.line)}"


class SourceText:
    """A Python file, or the cells of a notebook one below the other.

    `cells` has the number of the first line of each cell, counted from 1.
    """

    def __init__(self, name: str, text: str, cells: list[int] | None = None, folder: str | None = None):
        self.name = name
        self.lines = text.split("\n")
        self.cells = cells or []
        self.folder = folder
        #: Whether it is source of our own that stands for a library: its errors are shown where it is called.
        self.bundled = False
        #: Lines that are no Python and were left out.
        self.left_out: list[int] = []

    def place(self, node: ast.AST) -> Place:
        """The location of a node of the syntax tree."""
        line = min(max(getattr(node, "lineno", 1), 1), len(self.lines))
        column = getattr(node, "col_offset", 0) or 0
        row = self.lines[line - 1]
        if not row.isascii():  # Python counts bytes
            column = len(row.encode()[:column].decode(errors="ignore"))
        if isinstance(node, ast.Attribute) and node.end_lineno is not None:
            node = node.value if node.value.lineno == line else node
        end = getattr(node, "end_col_offset", None) if getattr(node, "end_lineno", None) == line else None
        length = max(1, (end or len(row)) - column)
        return Place(self, line, column, length)

    def where(self, line: int) -> str:
        """`file:line`, in a notebook with the number of the cell."""
        cell = sum([start <= line for start in self.cells])
        if cell:
            return f"{printable(self.name)}:cell {cell}:{line - self.cells[cell - 1] + 1}"
        return f"{printable(self.name)}:{line}"

    def line(self, number: int) -> str:
        """A line of the text, counted from 1."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def _place(self, path: tuple[object, ...]) -> Place:
        return next((step for step in path if isinstance(step, Place)), None) or Place(self)

    def locate(self, path: tuple[object, ...]) -> tuple[int, int, int]:
        """Line and column, from 0, and the length on that line."""
        place = self._place(path)
        return place.line - 1, place.column, place.length

    def report(self, error: SpecError) -> str:
        """The error as it is printed: location, problem, the line with a caret, hint."""
        place = self._place(error.path)
        text = place.text
        out = [f"{text.where(place.line)}:{place.column + 1}: error: {printable(error.problem)}"]
        row = text.line(place.line)
        if row.strip():
            out += excerpt(row, place.column, min(place.length, 1 if place.length > 60 else place.length))
        if error.hint:
            out += ["    " + part for part in error.hint.split("\n")]
        return "\n".join(out)

    def wrong(self, problem: str, place: Place | None = None, hint: str | None = None) -> SpecError:
        """An error that points into this text."""
        error = SpecError(problem, (place,) if place is not None else (), hint)
        error.document = self
        return error


def parse(text: SourceText) -> ast.Module:
    """The syntax tree of a text, what is no Python left out; SpecError if nothing can be read."""
    lines = [line.replace("\xa0", " ") for line in text.lines]
    if sum(map(len, lines)) > LONGEST:
        raise text.wrong(f"the file has more than {LONGEST:,} characters", None, "a description of a network is far smaller")
    first: SyntaxError | None = None
    for attempt in range(MOST_REPAIRS):
        try:
            return _tree("\n".join(lines))
        except SyntaxError as error:
            first = first or error
            if not (_repaired(lines, text, error) if attempt else _without_magic(lines, text) or _repaired(lines, text, error)):
                raise _refusal(text, first) from None
        except (ValueError, MemoryError, RecursionError):
            raise text.wrong("this cannot be read as Python: it is nested too deeply or has characters that Python refuses") from None
    assert first is not None
    raise _refusal(text, first)


def _tree(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def expression(text: SourceText) -> ast.expr:
    """The tree of an expression; SpecError if it is none."""
    source = "\n".join(text.lines)
    if len(source) > 10_000:
        raise text.wrong("the expression has more than 10,000 characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source.strip(), mode="eval").body
    except SyntaxError as error:
        raise _refusal(text, error) from None
    except (ValueError, MemoryError, RecursionError):
        raise text.wrong("this cannot be read as Python") from None


def _refusal(text: SourceText, error: SyntaxError) -> SpecError:
    line = min(max(error.lineno or 1, 1), len(text.lines))
    column = min(max((error.offset or 1) - 1, 0), len(text.line(line)))
    return text.wrong(f"{error.msg or 'invalid syntax'}", Place(text, line, column))


def _without_magic(lines: list[str], text: SourceText) -> bool:
    """Leave out lines of IPython and Python 2; whether there were any."""
    found = False
    for i, line in enumerate(lines):
        if line.lstrip().startswith("%%") and (i + 1 in text.cells or i == 0) and not re.match(r"\s*%%(time|timeit|capture)", line):
            end = next((start - 1 for start in text.cells if start > i + 1), len(lines))
            for k in range(i, end):  # a whole cell of another language
                lines[k] = ""
            found = True
        elif _MAGIC.match(line) or _PRINT.match(line):
            _leave_out(lines, i, text)
            found = True
        else:
            old = _EXEC.match(line)
            if old:
                if old.group(2):
                    lines[i] = f"{old.group(1)}except {old.group(2)} as {old.group(3)}:"
                elif old.group(4):
                    lines[i] = f"{old.group(1)}raise {old.group(4)}({old.group(5)})"
                else:
                    _leave_out(lines, i, text)
                found = True
        if "\t" in line and lines[i].strip():
            indent = len(lines[i]) - len(lines[i].lstrip())
            lines[i] = lines[i][:indent].expandtabs(8) + lines[i][indent:]
            found = True
    return found


def _leave_out(lines: list[str], i: int, text: SourceText) -> None:
    """Put `pass` in place of a line, and of the lines that continue it."""
    indent = lines[i][: len(lines[i]) - len(lines[i].lstrip())]
    depth = 0
    at = i
    while at < len(lines):
        line = lines[at]
        depth += _opened(line)
        text.left_out.append(at + 1)
        lines[at] = indent + "pass" if at == i else ""
        if depth <= 0 and not line.rstrip().endswith("\\"):
            break
        at += 1


@lru_cache(maxsize=4096)
def _opened(line: str) -> int:
    """How many brackets a line opens and does not close."""
    bare = re.sub(r"\"[^\"]*\"|'[^']*'|#.*", "", line)
    return sum([bare.count(c) for c in "([{"]) - sum([bare.count(c) for c in ")]}"])


def _repaired(lines: list[str], text: SourceText, error: SyntaxError) -> bool:
    """Leave out the statement around a syntax error; whether that is possible."""
    line = min((error.lineno or 1), len(lines)) - 1
    while line > 0 and not lines[line].strip():
        line -= 1
    start = line
    if error.msg and ("indent" in error.msg):
        block = lines[start].strip()
        if not block or block == "pass":
            return False
        lines[start] = ""
        text.left_out.append(start + 1)
        return True
    # Back to where the statement may begin: a line that parses as a beginning of one.
    for back in range(min(40, start + 1)):
        i = start - back
        if lines[i].strip() and _begins(lines, i, start):
            start = i
            break
    if not lines[start].strip() or lines[start].strip() == "pass":
        return False
    if lines[start].rstrip().endswith(":") and start == line:  # the head of a block: all of it
        indent = len(lines[start]) - len(lines[start].lstrip())
        end = start + 1
        while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
            end += 1
        for k in range(start + 1, end):
            lines[k] = ""
    _leave_out(lines, start, text)
    for k in range(start + 1, line + 1):
        lines[k] = ""
    return True


def _begins(lines: list[str], i: int, end: int) -> bool:
    """Whether the lines from `i` on are what makes the error: without them the text before it can be read."""
    opened = _opened(lines[i])
    continued = i > 0 and lines[i - 1].rstrip().endswith("\\")
    if i == end:
        return not continued and opened >= 0 and not _inside(lines, i)
    return not continued and not _inside(lines, i)


def _inside(lines: list[str], i: int) -> bool:
    """Whether a line stands inside brackets that were opened before it."""
    depth = 0
    for line in lines[max(0, i - 60):i]:
        depth = max(0, depth + _opened(line))
    return depth > 0


def notebook_text(name: str, decoded: str) -> SourceText:
    """The code cells of a notebook; SpecError if it has none."""
    import json  # lazy: only notebooks are JSON

    plain = SourceText(name, "")
    try:
        data = json.loads(decoded)
    except (ValueError, RecursionError):
        raise SpecError(f"{printable(name)} is not a notebook: it is not valid JSON") from None
    cells = data.get("cells") if isinstance(data, dict) else None
    if cells is None and isinstance(data, dict) and isinstance(data.get("worksheets"), list):
        cells = [cell for sheet in data["worksheets"] if isinstance(sheet, dict) for cell in sheet.get("cells") or []]
    if not isinstance(cells, list):
        raise plain.wrong("not a notebook: it has no cells")
    lines: list[str] = []
    starts: list[int] = []
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", cell.get("input", ""))
        source = "".join([part for part in source if isinstance(part, str)]) if isinstance(source, list) else source
        if not isinstance(source, str):
            continue
        starts.append(len(lines) + 1)
        lines += source.split("\n") + [""]
    if not starts:
        raise plain.wrong("the notebook has no code cells")
    return SourceText(name, "\n".join(lines), starts)
