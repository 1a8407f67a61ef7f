"""A JSON file that a program has written: its data, and the place in it that a path leads to.

It is read by Python's JSON parser, which is far faster than one for YAML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import Key, SpecError
from .document import Document, _At

if TYPE_CHECKING:
    import json

#: Brackets and commas that a file may have: more would not fit into memory.
MOST_BRACKETS = 400_000
MOST_COMMAS = 1_000_000
_SPACE = " \t\n\r"


class JsonDocument(Document):
    """A JSON file's text and the data in it."""

    def _load(self) -> object:
        import json

        text = self.text
        if text.count("{") + text.count("[") > MOST_BRACKETS or text.count(",") > MOST_COMMAS:
            raise self.wrong("holds more values than any model has", _At(0, 0))
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise self._json_syntax(error) from None
        except RecursionError:
            raise self.wrong("is nested too deep", _At(0, 0)) from None
        except ValueError:  # Python refuses to read numbers of thousands of digits
            raise self.wrong("has a number with too many digits", _At(0, 0)) from None

    def _json_syntax(self, error: json.JSONDecodeError) -> SpecError:
        hint = None
        if not self.text[error.pos :].strip() or error.msg.startswith("Unterminated"):
            hint = "the file ends too early: it may have been cut off"
        return self.wrong(f"not JSON: {error.msg[0].lower()}{error.msg[1:]}", _At(error.lineno - 1, error.colno - 1), hint)

    def locate(self, path: tuple[object, ...]) -> tuple[int, int, int]:
        if path and isinstance(path[0], _At):
            return path[0].line, path[0].column, 1
        start, end = _span(self.text, path)
        line = self.text.count("\n", 0, start)
        return line, start - (self.text.rfind("\n", 0, start) + 1), max(1, end - start)


def _span(text: str, path: tuple[object, ...]) -> tuple[int, int]:
    """Where the value begins and ends that a path leads to, or the last one on the way."""
    from json import JSONDecoder
    from json.decoder import scanstring  # type: ignore[attr-defined]

    skip = JSONDecoder().raw_decode
    at = _next(text, 0)
    for step in path:
        if text[at] == "{":
            found = None
            here = _next(text, at + 1)
            while text[here] != "}":
                key, end = scanstring(text, here + 1, True)
                value = _next(text, _next(text, end) + 1)
                if key == step:
                    found = (here, end, value)  # of several, Python takes the last
                here = _next(text, skip(text, value)[1])
                here = _next(text, here + 1) if text[here] == "," else here
            if found is None:
                break
            if isinstance(step, Key):
                return found[:2]
            at = found[2]
        elif text[at] == "[" and type(step) is int:
            here = _next(text, at + 1)
            for _ in range(step):
                if text[here] == "]":
                    break
                here = _next(text, skip(text, here)[1])
                here = _next(text, here + 1) if text[here] == "," else here
            if text[here] == "]":
                break
            at = here
        else:
            break
    return at, skip(text, at)[1]


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at
