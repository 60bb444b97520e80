"""A lock is named with its owner and age, and taken away alone, and not while its process runs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from gitops.checkout.targets import Target
from gitops.errors import Refused, UserError
from gitops.state_locks.blob import BlobLocks
from gitops.state_locks.bucket import BucketLocks
from gitops.state_locks.folder import FolderLocks, read_file
from gitops.state_locks.lock import FOLDER, is_alive
from gitops.state_locks.release import open_locks, release, release_dead
from tests.gitops.endpoint import serving

WEB = Target("web", "prod")
DEAD = 4_194_305
"""Above the highest process id that Linux gives: https://man7.org/linux/man-pages/man5/proc_sys_kernel.5.html"""


def held(pid: int = 7, host: str = "runner-1", when: str = "2026-11-21T10:00:00.5+01:00") -> str:
    # a lock as engine 3.257.0 writes it
    return json.dumps({"pid": pid, "username": "ci", "hostname": host, "timestamp": when})


@pytest.fixture
def locks(tmp_path: Path) -> Callable[..., FolderLocks]:
    def make(**texts: str) -> FolderLocks:
        for name, text in texts.items():
            file = tmp_path / FOLDER / "web" / "prod" / f"{name}.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            file.with_suffix(".json.attrs").touch()
        opened = open_locks(f"file://{tmp_path}", WEB)
        assert isinstance(opened, FolderLocks)
        return opened

    return make


def test_a_lock_names_owner_and_age(locks: Callable[..., FolderLocks]) -> None:
    (lock,) = locks(a=held()).read()

    assert lock.describe(datetime(2026, 11, 21, 11, 30, tzinfo=UTC)) == "a: ci@runner-1, process 7, 149 minutes old"


def test_only_the_lock_that_was_named_is_taken_away(locks: Callable[..., FolderLocks], tmp_path: Path) -> None:
    both = locks(a=held(), b=held(8))

    release(both, "a")

    assert [lock.id for lock in both.read()] == ["b"]
    assert not list(tmp_path.rglob("a.*"))
    with pytest.raises(Refused, match="no lock 'a'"):
        release(both, "a")
    with pytest.raises(Refused, match="no lock"):
        release(both, "../prod/b")


def test_a_lock_whose_process_runs_here_stays(locks: Callable[..., FolderLocks]) -> None:
    here = socket.gethostname()
    now = datetime.now(UTC).isoformat()
    reused = held(os.getpid(), here, when="2000-01-01T00:00:00Z")
    alive = locks(a=held(os.getpid(), here, now), b=held(DEAD, here), c=held(DEAD, "elsewhere"), d=reused)

    with pytest.raises(Refused, match="runs on this machine"):
        release(alive, "a")
    release_dead(alive)

    assert [lock.id for lock in alive.read()] == ["a", "c"], "what is elsewhere may run"


def test_a_process_that_was_killed_and_that_nobody_asks_about_is_dead() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        assert is_alive(process.pid)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and keeps its number

        assert not is_alive(process.pid)
    assert not is_alive(process.pid)


def test_what_an_engine_left_that_was_killed_while_it_took_its_lock_is_a_lock(
    locks: Callable[..., FolderLocks], tmp_path: Path
) -> None:
    left = locks(a=held(DEAD, socket.gethostname()))
    (file,) = left.folder.glob("a.json")
    for name, text, seconds in (("half", held()[:20], 60), ("nothing", "", 60), ("now", "", 0), ("whole", held(), 60)):
        copy = left.folder / f"{name}.json.18ea399874b0cf72.tmp"
        copy.write_text(text)
        os.utime(copy, (time.time(), time.time() - seconds))

    described = {lock.id.split(".")[0]: lock.describe(datetime.now(UTC)) for lock in left.read()}
    assert described["half"] == "half.json.18ea399874b0cf72.tmp: half-written, 1 minutes old"
    assert "ci@runner-1, process 7" in described["whole"]
    release_dead(left)

    assert [lock.id.split(".")[0] for lock in left.read()] == ["now", "whole"], (
        "another's, or one that is being written"
    )
    release(left, "whole.json.18ea399874b0cf72.tmp")
    assert [path.name.split(".")[0] for path in left.folder.iterdir()] == ["now"]
    assert read_file(file) is None, "one that was freed meanwhile"


@mock_aws
def test_a_lock_in_a_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket="state")
    for name in ("team/.pulumi/locks/organization/web/prod/a.json", "team/.pulumi/locks/organization/web/dev/b.json"):
        client.put_object(Bucket="state", Key=name, Body=held().encode())

    locks = open_locks("s3://state/team?region=us-east-1&awssdk=v2", WEB)

    assert isinstance(locks, BucketLocks)
    assert release(locks, "a").host == "runner-1"
    assert [entry["Key"] for entry in client.list_objects_v2(Bucket="state")["Contents"]] == [
        "team/.pulumi/locks/organization/web/dev/b.json"
    ]


def test_a_lock_in_a_container_is_looked_for_where_the_engine_keeps_it() -> None:
    """What a server says of the requests: tests/gitops/test_azure_backend.py."""
    address = "azblob://state/team?storage_account=models"
    emulated = "azblob://state?protocol=http&localemu=true&domain=127.0.0.1:10000"

    real = BlobLocks(address, WEB, {})
    assert real.container == "https://models.blob.core.windows.net/state"
    assert real.prefix == "team/.pulumi/locks/organization/web/prod/"
    local = BlobLocks(emulated, WEB, {"AZURE_STORAGE_ACCOUNT": "a", "AZURE_STORAGE_KEY": "aw=="})
    assert local.container == "http://127.0.0.1:10000/a/state"
    assert isinstance(open_locks(address, WEB), BlobLocks)
    with pytest.raises(UserError, match="no storage account"):
        BlobLocks("azblob://state", WEB, {})


def test_a_backend_that_cannot_be_looked_into_is_said() -> None:
    with pytest.raises(UserError, match="gs://state cannot be read here"):
        open_locks("gs://state?x=1", WEB)


def test_locks_are_read_from_every_page_of_a_container() -> None:
    """A page may be empty and still name the next one."""
    lock = held().encode()
    last = b"<Blobs><Blob><Name>.pulumi/locks/organization/web/prod/1.json</Name></Blob></Blobs><NextMarker />"
    with serving(body=b"<Blobs /><NextMarker>a&amp;b</NextMarker>", more=[last, lock]) as service:
        host = service.url.removeprefix("http://").split("/")[0]
        address = f"azblob://state?protocol=http&localemu=true&domain={host}"
        locks = BlobLocks(address, WEB, {"AZURE_STORAGE_ACCOUNT": "models", "AZURE_STORAGE_KEY": "a2V5"})

        assert [lock.id for lock in locks.read()] == ["1"]

    assert [path.count("marker=a%26b") for path, _, _ in service.seen] == [0, 1, 0]
