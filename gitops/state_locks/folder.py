"""The locks of a target in a folder (`file://`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gitops.checkout.targets import Target
from gitops.state_locks.lock import FOLDER, Lock


class FolderLocks:
    def __init__(self, address: str, target: Target) -> None:
        self.folder = Path(address.removeprefix("file://")) / FOLDER / target.stack / target.environment

    def read(self) -> Iterator[Lock]:
        """Also what an engine that was killed while it took its lock left: it locks the target as well."""
        files = (file for file in sorted(self.folder.glob("*")) if file.suffix in (".json", ".tmp"))
        return (lock for file in files if (lock := read_file(file)))

    def remove(self, lock: Lock) -> None:
        for ending in ("", ".json", ".json.attrs"):
            (self.folder / f"{lock.id}{ending}").unlink(missing_ok=True)


def read_file(file: Path) -> Lock | None:
    """The lock in a file; None for one that was freed meanwhile.

    The engine writes `ID.json.NUMBER.tmp` and renames it (https://github.com/google/go-cloud/blob/master/blob/fileblob).
    """
    try:
        text, written = file.read_bytes(), file.stat().st_mtime
    except FileNotFoundError:
        return None
    identity = file.name.removesuffix(".json")
    try:
        return Lock.parse(identity, text)
    except ValueError:
        return Lock(identity, "", "", 0, datetime.fromtimestamp(written, UTC))
