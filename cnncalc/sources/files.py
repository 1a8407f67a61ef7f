"""The bytes of files and of standard input, and the text in them."""

from __future__ import annotations

import os
import sys
from typing import IO

from ..errors import SpecError

#: The largest file that is read.
LARGEST_FILE = 64 * 2**20


def standard_input(most: int = -1) -> bytes:
    """What stands on standard input, or its first bytes; SpecError if it is closed."""
    if sys.stdin is None:
        raise SpecError("standard input is closed", (), "name a file")
    return sys.stdin.buffer.read(most)


def read_file(path: str) -> bytes:
    """A file's bytes; SpecError if it cannot be read or is too large to be one of ours."""
    try:
        if os.path.isdir(path):
            raise SpecError(f"{path} is a folder, not a file")
        with open(path, "rb") as file:
            return rest_of(path, file)
    except FileNotFoundError:
        raise SpecError(f"there is no file {path!r}") from None
    except (OSError, ValueError) as error:
        raise SpecError(f"cannot read {path!r}: {getattr(error, 'strerror', None) or error}") from None


def rest_of(path: str, file: IO[bytes], head: bytes = b"") -> bytes:
    """A file's bytes, of which some have been read; SpecError if it is too large to be one of ours."""
    data = head + file.read(LARGEST_FILE + 1 - len(head))
    if len(data) > LARGEST_FILE:
        raise SpecError(f"{path} is over {LARGEST_FILE // 2**20} MiB", (), "an architecture file is far smaller")
    return data


def decoded(name: str, data: bytes) -> str:
    """The bytes as text; SpecError if they are not."""
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SpecError(f"{name} is a binary file", (), "cnncalc reads YAML, JSON and .keras files")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SpecError(f"{name} is not UTF-8 text (byte {error.start})") from None
