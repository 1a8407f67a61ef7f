"""Files that are no description of a network: recognized by their content, with what to do instead."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..errors import SpecError

#: The bytes that tests see: the beginning of a file.
HEAD = 4096
ZIP, HDF5 = b"PK\x03\x04", b"\x89HDF\r\n\x1a\n"

SOURCE = "give cnncalc the Python source that defines the network"
TYPE = "type its layers into a YAML file ('cnncalc examples lenet5' prints one to start from)"
SAVE = "load it in Keras and save it with model.save('model.keras')"
EXPORTED = "give cnncalc the model that it was exported from: a .keras file or Python source"
UNPACK = "unpack it and name the file that describes the network"
WEIGHTS = "name the file that describes the layers: a .keras file, model.to_json() or Python source"


class FileKind(NamedTuple):
    """`what` a file is, what to `do`, and whether one that begins with these bytes, of this size, is of the kind."""

    what: str
    do: str
    matches: Callable[[bytes, int], bool]


class Contents(NamedTuple):
    """The same of an archive or a folder, by the names in it."""

    what: str
    do: str
    matches: Callable[[list[str]], bool]


#: A line that only Python source has: an import, a definition, an assignment, a call that begins the line.
_PYTHON = r"^[ \t]*(?:>>> ?)?(?:from\s+[\w.]+\s+import\b|import\s+\w|(?:def|class)\s+\w|[A-Za-z_][\w., ]*=(?![=\s]*$)|[A-Za-z_][\w.]*\()"


def is_python(text: str) -> bool:
    """Whether a text without a file's ending is Python source, or a notebook, rather than an architecture file."""
    start = text.lstrip("\ufeff \t\r\n")
    if start[:1] == "{":
        return '"nbformat"' in text and '"cells"' in text
    if start[:1] in ("", "-", "#", "%") and "=" not in text and "(" not in text:
        return False
    if text.startswith(("layers:", "input:")) or "\nlayers:" in text or "\ninput:" in text:
        return False
    import re

    return re.search(_PYTHON, text, re.MULTILINE) is not None


def refusal(name: str, head: bytes, size: int) -> SpecError | None:
    """The error for a file that cannot describe a network; `None` for one of unknown content."""
    return next((told(name, kind) for kind in FILES if kind.matches(head, size)), None)


def archive_refusal(name: str, members: list[str]) -> SpecError:
    """The error for a zip archive that is no Keras model."""
    return told(name, next(kind for kind in ARCHIVES if kind.matches(members)))


def folder_refusal(name: str, path: str) -> SpecError:
    """The error for a folder."""
    try:
        with os.scandir(path) as entries:
            inside = sorted(entry.name for entry, _ in zip(entries, range(2000)))
    except OSError:
        inside = []
    return told(name, next(kind for kind in FOLDERS if kind.matches(inside)))


def told(name: str, kind: FileKind | Contents) -> SpecError:
    """What a file is and what to do, in one sentence."""
    return SpecError(f"{name} is {kind.what}; {kind.do}")


def begins(*starts: bytes) -> Callable[[bytes, int], bool]:
    """Whether a file begins with one of these."""
    return lambda head, size: head.startswith(starts)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number as protocol buffers write it, and where it ends."""
    value = shift = 0
    while at < len(data) and shift < 64:
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return value, at
    return -1, at


def _fields(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """The fields of a protocol buffer as far as they can be read: number, wire type, first byte or value, length."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number, wire = tag >> 3, tag & 7
        if tag < 8 or wire not in (0, 1, 2, 5):
            return
        if wire == 0:
            value, at = _varint(data, at)
            yield number, wire, value, 0
            continue
        length, at = (_varint(data, at) if wire == 2 else (8 if wire == 1 else 4, at))
        if length < 0:
            return
        yield number, wire, at, length
        at += length


def _saved_model(head: bytes, size: int) -> bool:
    """A SavedModel: its schema's version is 1, and then come graphs with information about themselves first."""
    fields = list(_fields(head))[:2]
    return [field[:2] for field in fields] == [(1, 0), (2, 2)] and fields[0][2] == 1 and head[fields[1][2]:][:1] == b"\x0a"


def _onnx(head: bytes, size: int) -> bool:
    """ONNX: the version of the format, then words about the producer, a graph and sets of operators."""
    fields = list(_fields(head))
    return len(fields) > 1 and fields[0][:2] == (1, 0) and 0 < fields[0][2] < 100 and all(
        number in (1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26) for number, *_ in fields) and any(
        number in (7, 8) for number, *_ in fields)


def _graph(head: bytes, size: int) -> bool:
    """A frozen graph of TensorFlow: nodes, each with a name and an operation."""
    first = next(_fields(head), None)
    if first is None or first[:2] != (1, 2):
        return False
    inside = list(_fields(head[first[2]: first[2] + first[3]]))[:2]
    return [field[:2] for field in inside] == [(1, 2), (2, 2)] and first[3] > 3 and (
        head[first[2] + inside[1][2]:][: inside[1][3]].isalnum())


def _safetensors(head: bytes, size: int) -> bool:
    length = int.from_bytes(head[:8], "little")
    return head[8:9] == b"{" and 2 <= length <= max(0, size - 8) and b"\0" in head[:8]


def _torch(head: bytes, size: int) -> bool:
    """PyTorch's format before 1.6: its magic number as the first pickle."""
    return head[:2] == b"\x80\x02" and b"\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19" in head[:20]


def _bitmap(head: bytes, size: int) -> bool:
    return head[:2] == b"BM" and int.from_bytes(head[2:6], "little") == size


def _markup(head: bytes, size: int) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower().startswith((b"<!doctype html", b"<html", b"<?xml", b"<svg"))


#: The first that matches tells what a file is.
FILES = (
    FileKind("a PDF document", TYPE, begins(b"%PDF-")),
    FileKind("a picture", TYPE, begins(b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"\0\0\1\0")),
    FileKind("a picture", TYPE, lambda head, size: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    FileKind("a picture", TYPE, lambda head, size: head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")),
    FileKind("a picture", TYPE, _bitmap),
    FileKind("a PyTorch checkpoint, which has weights but no layers", SOURCE, _torch),
    FileKind("a NumPy array", WEIGHTS, begins(b"\x93NUMPY")),
    FileKind("a safetensors file, which has weights but no layers", WEIGHTS, _safetensors),
    FileKind("a TensorFlow Lite model", EXPORTED, lambda head, size: head[4:8] == b"TFL3" and b"\0" in head[:4]),
    FileKind("a TensorFlow SavedModel graph", SAVE, _saved_model),
    FileKind("an ONNX model", EXPORTED, _onnx),
    FileKind("a frozen TensorFlow graph", EXPORTED, _graph),
    FileKind("a Python pickle, which can only be read by running code in it", SOURCE,
             lambda head, size: head[:1] == b"\x80" and head[1:2] in (b"\2", b"\3", b"\4", b"\5")),
    FileKind("a compressed archive", UNPACK, begins(b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07",
                                                    b"\x28\xb5\x2f\xfd")),
    FileKind("a tar archive", UNPACK, lambda head, size: head[257:262] == b"ustar"),
    FileKind("an old Word document", TYPE, begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")),
    FileKind("an RTF document", TYPE, begins(b"{\\rtf")),
    FileKind("a MATLAB file", WEIGHTS, begins(b"MATLAB 5.0 MAT-file")),
    FileKind("a program", SOURCE, begins(b"\x7fELF", b"MZ\x90\0", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")),
    FileKind("a web page or an XML document", TYPE, _markup),
)
ARCHIVES = (
    Contents("a PyTorch model exported as TorchScript", SOURCE,
             lambda names: any("/code/" in name or name.endswith("constants.pkl") for name in names)),
    Contents("a PyTorch checkpoint, which has weights but no layers", SOURCE,
             lambda names: any(name.split("/")[-1] in ("data.pkl", "byteorder") for name in names)),
    Contents("an .npz file of NumPy arrays", WEIGHTS,
             lambda names: bool(names) and all(name.endswith(".npy") for name in names)),
    Contents("a Word document", TYPE, lambda names: any(name.startswith("word/") for name in names)),
    Contents("an Excel workbook", TYPE, lambda names: any(name.startswith("xl/") for name in names)),
    Contents("a PowerPoint presentation", TYPE, lambda names: any(name.startswith("ppt/") for name in names)),
    Contents("an OpenDocument file", TYPE, lambda names: "mimetype" in names and "content.xml" in names),
    Contents("a zip archive with a TensorFlow SavedModel in it", "unpack it, load it in Keras and save it with model.save('model.keras')",
             lambda names: any(name.split("/")[-1] == "saved_model.pb" for name in names)),
    Contents("a zip archive without a config.json, so not a Keras model", UNPACK, lambda names: True),
)
FOLDERS = (
    Contents("a TensorFlow SavedModel folder", SAVE, lambda names: "saved_model.pb" in names or "saved_model.pbtxt" in names),
    Contents("an unpacked .keras file", "name the config.json in it", lambda names: {"config.json", "metadata.json"} <= set(names)),
    Contents("a folder", "name the file in it that describes the network", lambda names: True),
)
