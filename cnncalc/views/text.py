"""Text that needs no library: JSON, CSV, Markdown, and lines wrapped between words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any


def json_text(data: object) -> str:
    """JSON in which what is short stands on one line."""
    return _json(data, "") + "\n"


def _json(data: Any, indent: str, room: int = 110) -> str:
    if isinstance(data, str):
        return _quoted(data)
    if data is None or data is True or data is False:
        return "null" if data is None else "true" if data else "false"
    if isinstance(data, int):
        return int.__repr__(data)
    if isinstance(data, float):
        return repr(data) if data - data == 0 else "null"  # JSON has no infinity
    deeper = indent + " "
    if isinstance(data, dict):
        begin, end = "{", "}"
        parts = [f"{_quoted(str(key))}: {_json(item, deeper)}" for key, item in data.items()]
    else:
        begin, end = "[", "]"
        parts = [_json(item, deeper) for item in data]
    line = ", ".join(parts)
    if len(line) + len(indent) + 2 <= room and "\n" not in line:
        return begin + line + end
    return begin + "\n" + deeper + (",\n" + deeper).join(parts) + "\n" + indent + end


@lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    import json

    return json.dumps(text, ensure_ascii=False)


def csv_text(titles: list[str], body: Sequence[Sequence[object]], delimiter: str = ",") -> str:
    """Values separated by commas or tabs, as spreadsheets read them."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(titles)
    writer.writerows([_harmless(cell) for cell in row] for row in body)
    return out.getvalue()


def _harmless(cell: object) -> object:
    """A cell that no spreadsheet reads as a formula."""
    if (isinstance(cell, str) and cell[:1] in ("=", "+", "@", "\t", "\r")) or (
        isinstance(cell, str) and cell[:1] == "-" and len(cell) > 1
    ):
        return "'" + cell
    return cell


#: A shape such as (None, 26, 26, 32), which is not broken.
_SHAPE = re.compile(r"\([^()\s,]+(?:, [^()\s,]+)+,?\)")


def folded(lines: Iterable[str], room: Any, hang: int = 2) -> list[str]:
    """Lines of text that fit a width or a terminal, broken between words; what follows hangs that much farther in."""
    width = getattr(room, "width", room) or 10_000
    found = []
    for line in lines:
        if len(line) <= width or "\n" in line:
            found.append(line)
            continue
        indent = " " * (len(line) - len(line.lstrip(" ")))
        now, fresh = indent, True
        for word in _SHAPE.sub(lambda shape: shape[0].replace(" ", "\0"), line[len(indent):]).split(" "):
            word = word.replace("\0", " ")
            if not fresh and word and len(now) + 1 + len(word) > width:
                found.append(now.rstrip())
                now, fresh = indent + " " * hang, True
            now += word if fresh else " " + word
            fresh = False
        found.append(now)
    return found


def markdown_text(titles: list[str], body: list[list[str]], right: list[bool]) -> str:
    """A table of GitHub's Markdown."""
    def line(row: list[str]) -> str:
        return "| " + " | ".join(cell.replace("\\", "\\\\").replace("|", "\\|") for cell in row) + " |\n"

    rule = "| " + " | ".join("---:" if r else "---" for r in right) + " |\n"
    return line(titles) + rule + "".join(map(line, body))


def folds(text: str, width: int, cut: bool = False) -> list[str]:
    """Lines of at most `width` characters, each one cell wide: broken between words.

    A longer word is broken too, or, with `cut`, ends in three dots.
    """
    breaks, used = [0], 0
    for word in re.finditer(r"\s*\S+\s*", text):
        start, all_of_it = word.start(), len(word[0])
        if len(word[0].rstrip()) <= width - used:
            used += all_of_it
        elif len(word[0].rstrip()) > width and not cut:
            breaks += range(start, start + all_of_it, width)
            used = (all_of_it - 1) % width + 1
        else:
            breaks.append(start)
            used = all_of_it
    breaks = [*dict.fromkeys(breaks), len(text)]
    lines = [text[a:b].rstrip() for a, b in pairwise(breaks)]
    return [line if len(line) <= width else line[: width - 1] + "\u2026" for line in lines]
