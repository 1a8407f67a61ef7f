"""The text of an architecture file: YAML as a person would write it, on lines of some width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

WIDTH = 112
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./()@'-]*(?: [A-Za-z0-9_./()@'-]+)*")
_WORDS = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))


def written(data: dict[str, Any], indent: str = "") -> Iterator[str]:
    """The lines of a file, or of a model inside it."""
    for key, value in data.items():
        if key == "layers":
            yield f"{indent}layers:" if value else f"{indent}layers: []"
            for entry in value:
                yield from _entry(entry, indent + "  ")
        elif key == "defaults":
            yield f"{indent}defaults:"
            for kind, settings in value.items():
                yield from _fitting(f"{indent}  {kind}:", settings, indent + "    ")
        else:
            yield from _fitting(f"{indent}{key}:", value, indent + "  ")


def _entry(entry: dict[str, object], indent: str) -> Iterator[str]:
    (word, value), *others = entry.items()
    if word == "model" and isinstance(value, dict):
        yield f"{indent}- model:"
        yield from written(value, indent + "    ")
    elif value is None:
        yield f"{indent}- {word}:" if others else f"{indent}- {word}"
    else:
        yield from _fitting(f"{indent}- {word}:", value, indent + "    ")
    for key, item in others:
        yield from _fitting(f"{indent}  {key}:", item, indent + "    ")


def _fitting(start: str, value: object, indent: str) -> Iterator[str]:
    """A key and its value on one line, or a mapping on several if it is long."""
    line = f"{start} {flow(value)}"
    if len(line) <= WIDTH or not isinstance(value, dict):
        yield line
        return
    yield start
    for key, item in value.items():
        yield from _fitting(f"{indent}{scalar(key)}:", item, indent + "  ")


def flow(value: object) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join([f"{scalar(key)}: {flow(item)}" for key, item in value.items()]) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def scalar(value: object) -> str:
    """A word or number that YAML reads as the same word or number."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        return _number(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return quoted(text)


def _number(value: float) -> str:
    if value != value:
        return ".nan"
    if value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    text = repr(value)
    if "e" in text and "." not in text:  # 1e-06 is a word to other readers of YAML
        text = text.replace("e", ".0e")
    return text


def quoted(text: str) -> str:
    """A text in double quotes, with what cannot be seen as escapes."""
    parts: Iterable[str] = [
        {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}.get(c)
        or (c if c.isprintable() else f"\\x{ord(c):02x}" if ord(c) < 256 else
            f"\\u{ord(c):04x}" if ord(c) < 65536 else f"\\U{ord(c):08x}")
        for c in text
    ]
    return '"' + "".join(parts) + '"'
