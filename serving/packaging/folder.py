"""A model that is not packed: many files, or many gigabytes, referenced where they are uploaded to.

The digest of the list of its files pins the model, and is part of the address that it is uploaded to. Files are read in
pieces, so that a model of any size needs a few megabytes of memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from serving.packaging.archive import sha256

SHORT = 12
"""Digits of the digest in a folder's name, as the stacks' config demands them."""


def list_files(folder: Path) -> Iterator[str]:
    """A line a file, as `sha256sum` writes it, in the order of their paths."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield f"{sha256(file)}  {file.relative_to(folder).as_posix()}\n"


def measure(folder: Path) -> dict[str, object]:
    """The digest of the folder's list, and the bytes of its files."""
    digest = hashlib.sha256("".join(list_files(folder)).encode()).hexdigest()
    return {"sha256": digest, "bytes": sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())}


def place(store: str, name: str, version: str, digest: str) -> str:
    """Where the folder lies in a store whose address ends with `/`."""
    return f"{store}{name}/{version}/{digest[:SHORT]}/"
