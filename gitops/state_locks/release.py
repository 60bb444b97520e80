"""Taking away a lock that was left behind. `pulumi cancel` takes away all of a stack."""

from __future__ import annotations

import os
import socket
from urllib.parse import urlsplit

from gitops.checkout.targets import Target
from gitops.errors import Refused, UserError
from gitops.state_locks.blob import BlobLocks
from gitops.state_locks.bucket import BucketLocks
from gitops.state_locks.folder import FolderLocks
from gitops.state_locks.lock import Lock, Locks


def open_locks(address: str, target: Target) -> Locks:
    """Raises `UserError` for a backend whose locks cannot be read from outside of the engine."""
    match urlsplit(address).scheme:
        case "file":
            return FolderLocks(address, target)
        case "s3":
            return BucketLocks(address, target)
        case "azblob":
            return BlobLocks(address, target, os.environ)
        case _:
            raise UserError(
                f"the locks of {address.split('?')[0]} cannot be read here, only those of file://, s3:// and azblob://",
                hint="Look at its owner there; `pulumi cancel` removes every lock of the stack.",
            )


def release(locks: Locks, identity: str) -> Lock:
    """Takes away the one lock named. Raises `Refused` for one that is not there or whose process runs."""
    held = {lock.id: lock for lock in locks.read()}
    lock = held.get(identity)
    if lock is None:
        raise Refused(f"no lock {identity!r}", hint=f"There are: {', '.join(held) or 'none'}.")
    if lock.host == socket.gethostname() and not lock.is_dead:
        raise Refused(f"its process {lock.pid} runs on this machine", hint="Wait for it to end.")
    locks.remove(lock)
    return lock


def release_dead(locks: Locks) -> None:
    """Takes away the locks of processes of this machine that are no more."""
    for lock in locks.read():
        if lock.is_dead:
            locks.remove(lock)
