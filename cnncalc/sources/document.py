"""A YAML or JSON file: its data, and the place in it that a path leads to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import yaml

from ..errors import CnncalcError, SpecError, SpecErrors, printable
from .marks import WORDS, Marks, Parser, opens

DEEPEST = 100
#: Values that the aliases of a document may add to it, once they are written out.
MOST_ALIASED = 100_000

_NUMERIC = frozenset("+-.0123456789")

#: What to do where layers are written without dashes.
A_LIST = "layers is a list: put '- ' before each entry"


class Document:
    """A file's text and the plain data in it.

    `data` is made of dicts, lists, strings, numbers, booleans and `None`; a value that an
    alias repeats is the same object. Dates, tags and other types of YAML are refused.
    """

    def __init__(self, name: str, text: str, folder: str | None = None):
        self.name = name
        self.text = text
        #: The folder that the file may name other files of; `None` for text from elsewhere.
        self.folder = folder
        self.data = self._load()

    def __repr__(self) -> str:
        return f"<Document {self.name}>"

    def _load(self) -> object:
        try:
            return _Builder(self).build()
        except SpecError as error:
            error.document = self
            raise
        except yaml.MarkedYAMLError as error:
            raise self._syntax(error) from None
        except yaml.reader.ReaderError as error:
            raise self.wrong(f"has a character that YAML does not allow (#x{int(error.character):04x})"
                             if isinstance(error.character, int) else "is not text",
                             _At(*self._place(error.position))) from None
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise self.wrong(f"cannot be read as YAML: {error}", _At(0, 0)) from None

    def _place(self, position: int) -> tuple[int, int]:
        before = self.text[:position]
        return before.count("\n"), position - (before.rfind("\n") + 1)

    def _syntax(self, error: Any) -> SpecError:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark is not None else (0, 0)
        problem = str(error.problem or error.context or "cannot be read as YAML")
        hint = None
        row = self.line(line)
        if "\t" in row[: column + 1] and not row[: column + 1].strip():
            problem, hint = "a tab cannot indent YAML", "use spaces"
        elif "'\\t'" in problem:
            problem, hint = "a tab is not allowed here", "use spaces"
        elif (cause := self._cause(line)) is not None:
            column, problem, hint = cause
        elif "mapping values are not allowed" in problem and (bare := self._bare_word(line)):
            hint = f"what stands under {bare} needs a colon there: '- {bare}:'"
        elif "mapping values are not allowed" in problem:
            hint = "a colon too many, or a line that is not indented like the one above"
        elif any(words in problem for words in ("could not find expected ':'", "expected <block end>", "did not find expected key")):
            hint = "the line is not indented like its neighbours, or a colon is missing"
        return self.wrong(problem, _At(line, column), hint)

    def _cause(self, line: int) -> tuple[int, str, str] | None:
        """The column, the problem and the remedy of a slip that a parser of YAML does not name."""
        row = self.line(line)
        missing = re.match(r"\s*-\s+([A-Za-z][\w.]*)(?=\s+[{\[\d(])", row)
        if missing:
            return missing.end(), f"a colon is missing after {missing[1]}", f"- {missing[1]}: {row[missing.end():].strip()}"
        dash = re.match(r"\s*-([A-Za-z].*)", row)
        if dash:
            return len(row) - len(row.lstrip()), "a space is missing after '-'", f"- {dash[1].strip()}"
        rows = self.text.split("\n", line + 1)[: line + 1]
        above = next((i for i in range(len(rows) - 1, -1, -1) if rows[i].startswith("layers:")), line)
        first = rows[above + 1].strip() if above + 1 < len(rows) else "-"
        if not first.startswith(("-", "#")) and first:
            return len(row) - len(row.lstrip()), "layers is a list, and this entry has no dash", A_LIST
        return None

    def _bare_word(self, line: int) -> str | None:
        """The word of a list entry, on the line above, that is not followed by a colon."""
        above = self.line(line - 1).strip() if line else ""
        word = above[1:].strip() if above.startswith("- ") else ""
        return word if word.isidentifier() else None

    def wrong(self, problem: str, path: object = (), hint: str | None = None) -> SpecError:
        """An error at a path of this document."""
        error = SpecError(problem, path if isinstance(path, tuple) else (path,), hint)
        error.document = self
        return error

    def line(self, number: int) -> str:
        """A line of the text, counted from 0, without its end."""
        lines = self.text.split("\n", number + 1)
        return lines[number].rstrip("\r") if number < len(lines) else ""

    def locate(self, path: tuple[object, ...]) -> tuple[int, int, int]:
        """Line and column, from 0, and the length on that line, of what `path` leads to.

        A path that goes on beyond the data gives the last place that is there.
        """
        if path and isinstance(path[0], _At):
            return path[0].line, path[0].column, 1
        try:
            return Marks(self.text).find(path)
        except yaml.YAMLError:
            return 0, 0, 1

    def report(self, error: SpecError) -> str:
        """The error as it is printed: place, problem, the line with a caret, hint."""
        line, column, length = self.locate(error.path)
        out = [f"{printable(self.name)}:{line + 1}:{column + 1}: error: {error.problem}"]
        row = self.line(line)
        if row.strip():
            out += excerpt(row, column, length)
        if error.hint:
            out += ["    " + part for part in error.hint.split("\n")]
        return "\n".join(out)


class _At:
    """A place instead of a path, where there is no data to walk."""

    __slots__ = ("column", "line")

    def __init__(self, line: int, column: int):
        self.line, self.column = line, column


def excerpt(row: str, column: int, length: int, width: int = 96) -> list[str]:
    """The reader's own line with a caret under the fault, cut around it if it is long."""
    if len(row) > 20 * width:  # a file in one line
        first = max(0, column - 10 * width)
        row, column = row[first : first + 20 * width], column - first
    row = "".join(c if c.isprintable() else " " for c in row)
    start = len(row) - len(row.lstrip())
    if len(row) - start > width:
        start = max(start, min(column - width // 3, len(row) - width))
    shown = row[start : start + width].rstrip()
    under = max(0, column - start)
    return [f"    {shown}", "    " + " " * under + "^" * max(1, min(length, len(shown) - under))]


def report(error: CnncalcError) -> str:
    """All the single errors in `error` as they are printed."""
    out = []
    for single in error:
        document = getattr(single, "document", None)
        if document is not None and isinstance(single, SpecError):
            out.append(document.report(single))
        else:
            problem, _, hint = str(single).partition("\n")
            out.append(f"error: {printable(problem)}" + (f"\n    {hint}" if hint else ""))
    return "\n".join(out)


def first_error(errors: Iterable[CnncalcError]) -> dict[str, object]:
    """The error that stands first in its file, as JSON has it: file, line and column from 1, message, hint."""
    found = []
    for error in errors:
        for single in error:
            document, place = getattr(single, "document", None), (None, None)
            if document is not None and isinstance(single, SpecError):
                line, column, _ = document.locate(single.path)
                place = (line + 1, column + 1)
            message = single.problem if isinstance(single, SpecError) else str(single)
            found.append({"file": getattr(document, "name", None), "line": place[0], "column": place[1], "message": message,
                          "hint": getattr(single, "hint", None)})
    return min(found, key=lambda error: (error["line"] is None, error["line"] or 0, error["column"] or 0))


class _Builder:
    """From the events of YAML to plain data, in one pass and bounded."""

    def __init__(self, document: Document):
        self.document = document
        self.anchors: dict[str, tuple[object, int]] = {}

    def build(self) -> object:
        parser = Parser(self.document.text)
        get: Any = parser.get_event
        Scalar, Alias = yaml.ScalarEvent, yaml.AliasEvent
        Mapping, Sequence = yaml.MappingStartEvent, yaml.SequenceStartEvent
        MappingEnd, SequenceEnd = yaml.MappingEndEvent, yaml.SequenceEndEvent
        nothing = object()
        result: object = nothing
        # Each level: the container, the key that waits for its value, the anchor, the
        # number of values in it so far, and the event that opened it.
        stack: list[tuple[object, str | None, int]] = []
        flows: list[bool] = [False]
        here: Any = None
        is_map = False
        key: object = nothing
        keys: list[Any] = []
        values = aliased = 0
        while True:
            event = get()
            kind = type(event)
            if kind is Scalar:
                value = event.value
                tag = event.tag
                if tag is not None and not tag.startswith("tag:yaml.org,2002:") and tag != "!":
                    raise self.refused(event, f"the tag {tag!r} is not allowed")
                if tag is None and event.implicit[0]:
                    if "(" in value and flows[-1] and opens(value):
                        value = self.closed(event, get, is_map, key is nothing)
                    elif value in WORDS:
                        value = WORDS[value]
                    elif value[0] in _NUMERIC:
                        value = self.number(value, event)
                elif tag is not None and tag not in ("!", "tag:yaml.org,2002:str"):
                    raise self.refused(event, f"the tag {tag!r} is not allowed")
                values += 1
                if event.anchor is not None:
                    self.anchors[event.anchor] = (value, 1)
            elif kind is Mapping or kind is Sequence:
                if event.tag is not None and event.tag not in (
                    "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq",
                ):
                    raise self.refused(event, f"the tag {event.tag!r} is not allowed")
                if is_map and key is nothing:
                    raise self.refused(event, "a key must be a word or a number")
                if len(stack) >= DEEPEST:
                    raise self.refused(event, f"nested deeper than {DEEPEST} levels")
                values += 1
                stack.append((here, event.anchor, values))
                flows.append(bool(event.flow_style))
                keys.append((is_map, key))
                here = {} if kind is Mapping else []
                is_map, key = kind is Mapping, nothing
                if event.anchor is not None:
                    self.anchors[event.anchor] = (self, 0)
                continue
            elif kind is MappingEnd or kind is SequenceEnd:
                value = here
                here, anchor, before = stack.pop()
                flows.pop()
                is_map, key = keys.pop()
                if anchor is not None:
                    self.anchors[anchor] = (value, values - before + 1)
            elif kind is Alias:
                if event.anchor not in self.anchors:
                    raise self.refused(event, f"there is no anchor {event.anchor!r}")
                value, size = self.anchors[event.anchor]
                if value is self:
                    raise self.refused(event, f"the alias {event.anchor!r} contains itself")
                values += size
                aliased += size
                if aliased > MOST_ALIASED:
                    raise self.refused(event, f"aliases that expand to more than {MOST_ALIASED:,} values")
            elif kind is yaml.DocumentStartEvent:
                if result is not nothing:
                    raise self.refused(event, "a file holds one document")
                continue
            elif kind is yaml.StreamEndEvent:
                break
            else:
                continue
            if here is None:
                result = value
            elif is_map:
                if key is nothing:
                    if isinstance(value, (dict, list)):
                        raise self.refused(event, "a key must be a word or a number")
                    if value in here:
                        raise self.refused(event, f"the key {value!r} is there already", A_LIST
                                           if keys and keys[-1] == (True, "layers") else
                                           "a later one would silently replace it; rename or remove one of them")
                    key = value
                else:
                    here[key] = value
                    key = nothing
            else:
                here.append(value)
        return None if result is nothing else result

    def closed(self, event: Any, get: Any, is_map: bool, is_key: bool) -> str:
        """The whole of a text in parentheses that YAML split at its commas: `(3, 3)` in braces or brackets.

        In braces YAML takes each part as a key without a value.
        """
        parts = [event.value]
        depth = event.value.count("(") - event.value.count(")")
        while depth > 0:
            ahead = [get(), get()] if is_map else [get()]
            if is_map and is_key:
                ahead.reverse()  # the empty value of the part before, then the next part
            if any(type(part) is not yaml.ScalarEvent for part in ahead) or (is_map and ahead[1].value):
                raise self.refused(event, "a parenthesis is not closed", "sizes are written (3, 3), [3, 3] or 3x3")
            parts.append(ahead[0].value)
            depth += parts[-1].count("(") - parts[-1].count(")")
        return ", ".join(parts)

    def number(self, text: str, event: object) -> object:
        """A plain scalar that begins like a number: an int, a float, or the text itself."""
        try:
            if len(text) > 40 and text.lstrip("+-").isdecimal():
                raise self.refused(event, "a number with too many digits")
            return int(text)
        except ValueError:
            pass
        try:
            if text[:2] == "0o":
                return int(text, 0)
            if text[-1] in "0123456789." and text != ".":
                return float(text)
        except (ValueError, OverflowError):
            pass
        return {".inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan")}.get(text.lower(), text)

    def refused(self, event: Any, problem: str, hint: str | None = None) -> SpecError:
        mark = event.start_mark
        return self.document.wrong(problem, _At(mark.line, mark.column), hint)


__all__ = ["Document", "SpecErrors", "excerpt", "first_error", "report"]
