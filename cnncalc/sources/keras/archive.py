"""The `config.json` inside a `.keras` archive; nothing else in it is opened."""

from __future__ import annotations

import io
from typing import IO, TYPE_CHECKING

from ...errors import SpecError
from ..file_kinds import archive_refusal
from ..files import LARGEST_FILE

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

MEMBER = "config.json"
#: What is read in one piece: a directory of more bytes is not that of a model.
LARGEST_PIECE = 2**20
LARGEST = LARGEST_FILE


def config_json(name: str, file: IO[bytes]) -> bytes:
    """The member `config.json` of the archive; SpecError if there is none that can be read."""
    import zlib
    from struct import error as StructError
    from zipfile import BadZipFile, ZipFile

    try:
        with ZipFile(_Guarded(name, file)) as archive:
            try:
                member = archive.getinfo(MEMBER)
            except KeyError:
                raise archive_refusal(name, archive.namelist()) from None
            return _inflated(name, archive, member)
    except (BadZipFile, EOFError, OSError, OverflowError, NotImplementedError, RuntimeError, StructError,
            ValueError, zlib.error) as error:
        raise SpecError(f"{name} is a broken archive: {_reason(error)}", (),
                        "it may have been cut off; copy or save it again") from None


def _inflated(name: str, archive: ZipFile, member: ZipInfo) -> bytes:
    from zipfile import ZIP_DEFLATED, ZIP_STORED

    if member.flag_bits & 1:
        raise SpecError(f"{MEMBER} in {name} is encrypted")
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise SpecError(f"{MEMBER} in {name} is compressed in a way that Keras does not use")
    if member.file_size > LARGEST:
        raise _too_large(name)
    parts, room = [], LARGEST
    with archive.open(member) as stream:
        while part := stream.read(LARGEST_PIECE // 2):
            room -= len(part)
            if room < 0:  # whatever its header says
                raise _too_large(name)
            parts.append(part)
    return b"".join(parts)


def _too_large(name: str) -> SpecError:
    return SpecError(f"{MEMBER} in {name} is over {LARGEST // 2**20} MiB", (), "that of a model is far smaller")


def _reason(error: Exception) -> str:
    text = str(error) or type(error).__name__
    return text[0].lower() + text[1:].rstrip(".")


class _Guarded(io.RawIOBase):
    """A file that gives no large piece at once: what an archive says of its sizes may be wrong."""

    def __init__(self, name: str, file: IO[bytes]):
        super().__init__()
        self.name, self.file = name, file
        self.size = file.seek(0, io.SEEK_END)

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def read(self, size: int | None = -1) -> bytes:
        rest = max(0, self.size - self.file.tell())
        wanted = rest if size is None or size < 0 else min(size, rest)
        if wanted > LARGEST_PIECE:
            raise SpecError(f"{self.name} is an archive of too many files to be a Keras model")
        return self.file.read(wanted)
