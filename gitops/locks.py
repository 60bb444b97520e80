"""The locks that updates hold in a state backend: whose they are, how old, and taking away one that was left behind.

The engine keeps each as a file `.pulumi/locks/organization/PROJECT/STACK/ID.json` with the process that holds it
(https://github.com/pulumi/pulumi/blob/v3.257.0/pkg/backend/diy/lock.go). `pulumi cancel` takes away all of a stack.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from gitops.checkout.targets import Target
from gitops.errors import Refused, UserError

FOLDER = ".pulumi/locks/organization"
WRITING_SECONDS = 0.5
"""How old a half-written lock is, at most, whose writer lives: it has a hundred bytes."""


@dataclass(frozen=True)
class Lock:
    """`id` is its file's name without the ending; `when` it was taken. `host` is empty of one that is half-written."""

    id: str
    user: str
    host: str
    pid: int
    when: datetime

    @classmethod
    def parse(cls, identity: str, text: str | bytes) -> Lock:
        held = json.loads(text)
        when = datetime.fromisoformat(str(held["timestamp"]).replace("Z", "+00:00"))
        return cls(identity, str(held["username"]), str(held["hostname"]), int(held["pid"]), when.astimezone(UTC))

    @property
    def is_dead(self) -> bool:
        """Whether the process was one of this machine and is no more; one that began later has only its number."""
        if not self.host:
            return time.time() - self.when.timestamp() > WRITING_SECONDS
        return self.host == socket.gethostname() and not (
            is_alive(self.pid) and began(self.pid) <= self.when.timestamp() + 2
        )

    def describe(self, now: datetime) -> str:
        minutes = int((now - self.when).total_seconds() // 60)
        if not self.host:
            return f"{self.id}: half-written, {minutes:,} minutes old"
        return f"{self.id}: {self.user}@{self.host}, process {self.pid}, {minutes:,} minutes old"


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True


def began(pid: int) -> float:
    """When a process began, in seconds since 1970; 0 where the system does not say (it has no /proc)."""
    try:
        ticks = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
        up = float(Path("/proc/uptime").read_text().split()[0])
    except OSError:
        return 0
    return time.time() - up + ticks / os.sysconf("SC_CLK_TCK")


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


class Locks:
    """Of one target in a folder (`file://`)."""

    def __init__(self, address: str, target: Target) -> None:
        self.folder = Path(address.removeprefix("file://")) / FOLDER / target.stack / target.environment

    def read(self) -> Iterator[Lock]:
        """Also what an engine that was killed while it took its lock left: it locks the target as well."""
        files = (file for file in sorted(self.folder.glob("*")) if file.suffix in (".json", ".tmp"))
        return (lock for file in files if (lock := read_file(file)))

    def remove(self, lock: Lock) -> None:
        for ending in ("", ".json", ".json.attrs"):
            (self.folder / f"{lock.id}{ending}").unlink(missing_ok=True)


class BucketLocks(Locks):
    """Of one target in a bucket (`s3://`); the address has the engine's own options."""

    def __init__(self, address: str, target: Target) -> None:
        import boto3  # a third of a command's start, for the real clouds

        split = urlsplit(address)
        options = parse_qs(split.query)
        where: dict[str, Any] = {"region_name": options.get("region", [None])[0]}
        where |= {"endpoint_url": options["endpoint"][0]} if "endpoint" in options else {}
        self.client: Any = boto3.client("s3", **where)  # pyright: ignore[reportUnknownMemberType]
        self.bucket = split.netloc
        base = split.path.strip("/")
        self.prefix = f"{f'{base}/' if base else ''}{FOLDER}/{target.stack}/{target.environment}/"

    def read(self) -> Iterator[Lock]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        for key in (entry["Key"] for page in pages for entry in page.get("Contents", ())):
            body = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
            yield Lock.parse(key.rsplit("/", 1)[-1].removesuffix(".json"), body)

    def remove(self, lock: Lock) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=f"{self.prefix}{lock.id}.json")


def open_locks(address: str, target: Target) -> Locks:
    """Raises `UserError` for a backend whose locks cannot be read from outside of the engine."""
    match urlsplit(address).scheme:
        case "file":
            return Locks(address, target)
        case "s3":
            return BucketLocks(address, target)
        case "azblob":
            from gitops.blob_locks import BlobLocks  # it builds on this module

            return BlobLocks(address, target, os.environ)
        case _:
            raise UserError(
                f"the locks of {address.split('?')[0]} cannot be read here, only those of file://, s3:// and azblob://",
                hint="Look at its owner there; `pulumi cancel` takes away every lock of the stack.",
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
