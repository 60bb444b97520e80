"""Zip and tar.gz files that depend on their contents only: no times, owners or order, and no compressor.

Members are stored, not deflated: two zlib versions deflate the same input to different bytes, and an artefact whose
digest changes with the machine that packed it cannot be reviewed. The price is size. Files are read and written a piece
at a time, so that a model of any size needs a few megabytes of memory.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date that a zip file can hold
_BLOCK = 65535
_PIECE = 1 << 20

Member = bytes | Path
"""What an archive holds under a name: the contents, or the file that has them."""


def write_zip(target: IO[bytes], members: Mapping[str, Member]) -> None:
    """Write a zip file of `members` (path in the archive to contents), readable by all and writable by their owner."""
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(members):
            information = zipfile.ZipInfo(name, date_time=EARLIEST)
            information.create_system = 3  # Unix, so that the mode below counts
            information.external_attr = 0o100644 << 16
            information.file_size = size(members[name])
            with open_member(members[name]) as source, archive.open(information, "w") as member:
                shutil.copyfileobj(source, member, _PIECE)


def write_tar_gz(target: IO[bytes], members: Mapping[str, Member]) -> None:
    """Write a gzip-wrapped tar file of `members`."""
    wrapped = _StoredGzip(target)
    # PAX is ustar, and has a record more where a file is over ustar's 8 GiB
    with tarfile.open(fileobj=wrapped, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(members):
            information = tarfile.TarInfo(name)
            information.size = size(members[name])
            information.mode = 0o644
            with open_member(members[name]) as source:
                archive.addfile(information, source)
    wrapped.finish()


class _StoredGzip(io.RawIOBase):
    """Writes what it is given as a gzip member of stored blocks (RFC 1952 around RFC 1951, section 3.2.4)."""

    def __init__(self, target: IO[bytes]) -> None:
        super().__init__()
        self._target, self._held, self._crc, self._length = target, bytearray(), 0, 0
        target.write(b"\x1f\x8b\x08\x00" + struct.pack("<L", 0) + b"\x00\xff")

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._crc = zlib.crc32(data, self._crc)
        self._length += len(data)
        self._held += data
        while len(self._held) > _BLOCK:  # the last block says that it is the last, so it is held back
            self._block(is_last=False)
        return len(data)

    def finish(self) -> None:
        self._block(is_last=True)
        self._target.write(struct.pack("<LL", self._crc, self._length & 0xFFFFFFFF))

    def _block(self, *, is_last: bool) -> None:
        block = bytes(self._held[:_BLOCK])
        del self._held[:_BLOCK]
        self._target.write(struct.pack("<BHH", is_last, len(block), len(block) ^ 0xFFFF) + block)


def size(member: Member) -> int:
    return len(member) if isinstance(member, bytes) else member.stat().st_size


@contextmanager
def open_member(member: Member) -> Iterator[IO[bytes]]:
    with io.BytesIO(member) if isinstance(member, bytes) else member.open("rb") as source:
        yield source


def sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
