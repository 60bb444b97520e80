"""The locks that the engine keeps beside a state, and leaves behind when it dies: whose they are, taking one away.

In a bucket or folder a lock is a file `.pulumi/locks/organization/<project>/<stack>/<id>.json` with the engine's
process, user and host (pulumi/pkg/backend/diy/lock.go). Pulumi Cloud keeps its own, and ends them by itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from gitops.errors import UserError
from gitops.targets import Target

FOLDER = ".pulumi/locks/organization"


@dataclass(frozen=True)
class Lock:
    """`key` names its file in the backend."""

    key: str
    pid: int
    user: str
    host: str
    since: datetime

    def describe(self, now: datetime) -> str:
        return f"{self.user}@{self.host}, process {self.pid}, {spoken(now - self.since)} old"


@dataclass(frozen=True)
class EndedRun:
    """A workflow run that has come to its end, and when it ran."""

    begun: datetime
    ended: datetime


class Store(Protocol):
    """Where a backend keeps its files."""

    def list(self, prefix: str) -> Iterable[str]: ...
    def read(self, key: str) -> str: ...
    def remove(self, key: str) -> None: ...


@dataclass(frozen=True)
class FolderStore:
    root: Path

    def list(self, prefix: str) -> Iterable[str]:
        return sorted(str(path.relative_to(self.root)) for path in (self.root / prefix).glob("*.json"))

    def read(self, key: str) -> str:
        return (self.root / key).read_text(encoding="utf-8")

    def remove(self, key: str) -> None:
        (self.root / key).unlink()


@dataclass(frozen=True)
class BucketStore:
    """An S3 bucket; `client` is boto3's, `prefix` the folder of the state in it, empty or with a slash at its end."""

    client: Any
    bucket: str
    prefix: str

    def list(self, prefix: str) -> Iterable[str]:
        found = self.client.list_objects_v2(Bucket=self.bucket, Prefix=f"{self.prefix}{prefix}/")
        return sorted(str(item["Key"]).removeprefix(self.prefix) for item in found.get("Contents", ()))

    def read(self, key: str) -> str:
        return self.client.get_object(Bucket=self.bucket, Key=f"{self.prefix}{key}")["Body"].read().decode()

    def remove(self, key: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=f"{self.prefix}{key}")


def open_store(address: str) -> Store:
    """The files of a backend's address. Raises `UserError` for one whose files cannot be read here."""
    url = urlsplit(address)
    if url.scheme == "file":
        return FolderStore(Path(url.netloc + url.path).expanduser())
    if url.scheme == "s3":
        return open_bucket(url.netloc, url.path.strip("/"), {k: v[0] for k, v in parse_qs(url.query).items()})
    raise UserError(
        f"locks in {url.scheme or 'no'}:// cannot be looked at here",
        where="PULUMI_BACKEND_URL",
        hint="Make sure that nobody deploys the stack, then run `pulumi cancel --stack NAME` in its folder.",
    )


def open_bucket(bucket: str, folder: str, options: dict[str, str]) -> BucketStore:
    import boto3  # half a second, for one kind of backend
    from botocore.config import Config

    style = {"addressing_style": "path"} if options.get("s3ForcePathStyle") == "true" else {}
    client = boto3.client(
        "s3", region_name=options.get("region"), endpoint_url=options.get("endpoint"), config=Config(s3=style)
    )
    return BucketStore(client, bucket, f"{folder}/" if folder else "")


def find_locks(store: Store, target: Target) -> tuple[Lock, ...]:
    keys = store.list(f"{FOLDER}/{target.stack}/{target.environment}")
    return tuple(parse(key, store.read(key)) for key in keys)


def parse(key: str, text: str) -> Lock:
    """Raises `UserError` for a file that is no lock: it is left where it is."""
    try:
        told = json.loads(text)
        since = datetime.fromisoformat(str(told["timestamp"]).replace("Z", "+00:00"))
        return Lock(key, int(told["pid"]), str(told["username"]), str(told["hostname"]), since)
    except (ValueError, KeyError, TypeError) as error:
        raise UserError("no lock of the engine's", where=key, hint="Look at it by hand.") from error


def refuse_unlock(lock: Lock, host: str, alive: Callable[[int], bool], run: EndedRun | None) -> str:
    """Why a lock must stay, empty if whoever took it has certainly ended."""
    if lock.host == host:
        return f"its process {lock.pid} is running on this machine" if alive(lock.pid) else ""
    if run is None:
        return "it was taken on another machine: name the workflow run that took it (--run ID), which must have ended"
    if not run.begun <= lock.since <= run.ended:
        return "it was not taken while that run ran"
    return ""


def spoken(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
