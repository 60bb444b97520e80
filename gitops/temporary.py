"""One folder for all temporary files of a command and its child processes. If the command is killed, the next one
removes the folder.

Every process that uses the folder holds a shared `flock` on it, which the system releases when the process ends.
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
    """Creates a folder, which this process and its children use for temporary files until the block ends.

    First removes the folders of killed commands. Raises OSError if no folder can be created.
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
    """A new folder and its lock. If another command removes the folder before it is locked, creates another."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        with suppress(FileNotFoundError):
            return folder, hold(folder)


def hold(folder: Path) -> int:
    """The descriptor of a shared lock on the folder. Raises FileNotFoundError if the folder was removed."""
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    fcntl.flock(lock, fcntl.LOCK_SH)
    try:
        os.stat(folder)
    except FileNotFoundError:
        os.close(lock)
        raise
    return lock


def hold_with_parent(environ: Mapping[str, str]) -> None:
    """Locks the command's folder until this process ends, because it may outlive a killed command."""
    folder = Path(environ.get(VARIABLE, ""))
    if folder.name.startswith(PREFIX):
        with suppress(OSError):
            hold(folder)


def remove_abandoned(parent: Path, user: int) -> None:
    """Removes the user's folders that no process has locked. Links and other users' folders are left alone."""
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
