"""A lock that an update holds in a state backend: whose it is, and how old.

The engine keeps each as a file `.pulumi/locks/organization/PROJECT/STACK/ID.json` with the process that holds it
(https://github.com/pulumi/pulumi/blob/v3.257.0/pkg/backend/diy/lock.go).
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
from typing import Protocol

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
    """Whether a process runs. One that was killed keeps its number until somebody asks how it ended, which in a
    container without an init process is nobody."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return not (fields := read_stat(pid)) or fields[0] not in "ZX"


def began(pid: int) -> float:
    """When a process began, in seconds since 1970; 0 where the system does not say (it has no /proc)."""
    if not (fields := read_stat(pid)):
        return 0
    up = float(Path("/proc/uptime").read_text().split()[0])
    return time.time() - up + int(fields[19]) / os.sysconf("SC_CLK_TCK")


def read_stat(pid: int) -> list[str]:
    """The fields of `/proc/PID/stat` from the state on (`man 5 proc_pid_stat`); none where there is no such file."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


class Locks(Protocol):
    """The locks of one target in one state backend."""

    def read(self) -> Iterator[Lock]: ...

    def remove(self, lock: Lock) -> None: ...
