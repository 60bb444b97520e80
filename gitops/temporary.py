"""One folder for all temporary files of a command and of what it starts; the next command removes it after a kill.

Whoever works in it holds the system's lock of the folder, which ends with the process, however that ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "gitops-run-"
VARIABLE = "TMPDIR"


@contextmanager
def own_folder(environ: MutableMapping[str, str]) -> Iterator[Path]:
    """Has this process and its children put temporary files into a new folder, for the block, and removes it then.

    Those of killed commands are removed before. Raises OSError where no folder can be made.
    """
    parent, former = tempfile.gettempdir(), environ.get(VARIABLE)
    remove_abandoned(Path(parent), os.getuid())
    folder, lock = make(parent)
    environ[VARIABLE] = tempfile.tempdir = str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = parent
        environ.pop(VARIABLE)
        environ.update({} if former is None else {VARIABLE: former})
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def make(parent: str) -> tuple[Path, int]:
    """A new folder and its lock; another one where somebody removed the first before it was locked."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        with suppress(FileNotFoundError):
            return folder, hold(folder)


def hold(folder: Path) -> int:
    """The descriptor of a lock that others may hold too. Raises FileNotFoundError for a folder that was removed."""
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    fcntl.flock(lock, fcntl.LOCK_SH)
    try:
        os.stat(folder)
    except FileNotFoundError:
        os.close(lock)
        raise
    return lock


def hold_with_parent(environ: Mapping[str, str]) -> None:
    """Holds the command's folder until this process ends: it may outlive a command that was killed."""
    folder = Path(environ.get(VARIABLE, ""))
    if folder.name.startswith(PREFIX):
        with suppress(OSError):
            hold(folder)


def remove_abandoned(parent: Path, user: int) -> None:
    """Removes the user's folders that no process holds. A link is nobody's, and another user's is left alone."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            is_own = folder.lstat().st_uid == user and stat.S_ISDIR(folder.lstat().st_mode)
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW) if is_own else None
            if lock is None:
                continue
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
