"""A Python file or notebook, or text, to the network in it."""

from __future__ import annotations

import os
import re

from ...errors import SpecError, did_you_mean
from ..files import read_file
from .given import Given
from .networks import Found, read_network
from .text import SourceText, notebook_text

ENDINGS = (".py", ".ipynb")
_SPLIT = re.compile(r"\.(?:py|ipynb):")


def split(name: str) -> tuple[str, str | None] | None:
    """The path and the expression of `file.py:EXPRESSION`; None if this names no Python source."""
    if os.path.isfile(name):
        return (name, None) if name.endswith(ENDINGS) else None
    found = _SPLIT.search(name)
    if found:
        return name[: found.end() - 1], name[found.end():].strip() or None
    return (name, None) if name.endswith(ENDINGS) else None


def read_source(path: str, expression: str | None, given: Given) -> Found:
    """The network of a file; SpecError if there is no such file."""
    if not os.path.isfile(path):
        try:
            near = did_you_mean(os.path.basename(path), sorted(os.listdir(os.path.dirname(path) or "."))[:2000])
        except OSError:
            near = None
        raise SpecError(f"there is no file {path!r}", (), near)
    data = read_file(path)
    return read_text(source_text(path, data), expression, given)


def read_text(text: SourceText, expression: str | None, given: Given) -> Found:
    return read_network(text, expression, given)


def source_text(path: str, data: bytes) -> SourceText:
    """The text of a Python file, or of the code cells of a notebook."""
    folder = os.path.dirname(os.path.realpath(path))
    decoded = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    if path.endswith(".ipynb"):
        text = notebook_text(path, decoded)
        text.folder = folder
        return text
    return SourceText(path, decoded, None, folder)
