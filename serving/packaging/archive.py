"""Zip and tar.gz files that depend on their contents only: no times, owners or order, and no compressor.

Members are stored, not deflated: two zlib versions deflate the same input to different bytes, and an artefact whose
digest changes with the machine that packed it cannot be reviewed. The price is size; no limit of a backend is near.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping

EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date that a zip file can hold
_BLOCK = 65535


def make_zip(members: Mapping[str, bytes]) -> bytes:
    """A zip file of `members` (path in the archive to contents), readable by all and writable by their owner."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(members):
            information = zipfile.ZipInfo(name, date_time=EARLIEST)
            information.create_system = 3  # Unix, so that the mode below counts
            information.external_attr = 0o100644 << 16
            archive.writestr(information, members[name])
    return target.getvalue()


def make_tar_gz(members: Mapping[str, bytes]) -> bytes:
    """A gzip-wrapped tar file of `members`."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(members):
            information = tarfile.TarInfo(name)
            information.size = len(members[name])
            information.mode = 0o644
            archive.addfile(information, io.BytesIO(members[name]))
    wrapped = _stored_gzip(target.getvalue())
    assert gzip.decompress(wrapped) == target.getvalue()
    return wrapped


def _stored_gzip(data: bytes) -> bytes:
    """`data` as a gzip member of stored blocks (RFC 1952 around RFC 1951, section 3.2.4)."""
    header = b"\x1f\x8b\x08\x00" + struct.pack("<L", 0) + b"\x00\xff"
    blocks = []
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        is_last = start + _BLOCK >= len(data)
        blocks.append(struct.pack("<BHH", is_last, len(block), len(block) ^ 0xFFFF) + block)
    return header + b"".join(blocks) + struct.pack("<LL", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
