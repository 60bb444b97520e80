"""A lock is taken away only when whoever took it has certainly ended, and no other goes with it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from gitops.errors import UserError
from gitops.github.client import Client
from gitops.github.runs import find_ended_run
from gitops.state_locks import BucketStore, EndedRun, Lock, find_locks, open_store, refuse_unlock
from gitops.targets import Target

SINCE = datetime(2026, 11, 21, 12, tzinfo=UTC)
HERE, HOUR = "laptop", timedelta(hours=1)
TARGET = Target("web", "dev")
KEY = ".pulumi/locks/organization/web/dev/{}.json"


def lock(host: str = HERE) -> Lock:
    return Lock(KEY.format("a"), 7, "me", host, SINCE)


@pytest.mark.parametrize(
    ("host", "alive", "run", "said"),
    [
        (HERE, False, None, ""),
        (HERE, True, None, "is running"),
        (HERE, True, EndedRun(SINCE - HOUR, SINCE + HOUR), "is running"),
        ("runner", False, None, "another machine"),
        ("runner", False, EndedRun(SINCE - HOUR, SINCE + HOUR), ""),
        ("runner", False, EndedRun(SINCE + HOUR, SINCE + 2 * HOUR), "not taken while"),
        ("runner", False, EndedRun(SINCE - 2 * HOUR, SINCE - HOUR), "not taken while"),
    ],
)
def test_a_lock_stays_until_its_owner_has_certainly_ended(
    host: str, alive: bool, run: EndedRun | None, said: str
) -> None:
    reason = refuse_unlock(lock(host), HERE, lambda _pid: alive, run)

    assert bool(reason) is bool(said)
    assert said in reason


def test_who_holds_it_and_for_how_long_is_told() -> None:
    assert lock("runner").describe(SINCE + 3 * HOUR) == "me@runner, process 7, 3 h old"
    assert lock("runner").describe(SINCE + HOUR) == "me@runner, process 7, 60 min old"


class Run(Client):
    status = "completed"

    def request(self, method: str, path: str, body: object = None) -> object:
        assert (method, path) == ("GET", "repos/team/models/actions/runs/5")
        return {"status": self.status, "created_at": "2026-11-21T11:00:00Z", "updated_at": "2026-11-21T13:00:00Z"}


class Running(Run):
    status = "in_progress"


def test_a_run_that_is_under_way_frees_nothing() -> None:
    assert find_ended_run(Run("http://api", "team/models", "t"), 5) == EndedRun(SINCE - HOUR, SINCE + HOUR)
    with pytest.raises(UserError, match="in_progress"):
        find_ended_run(Running("http://api", "team/models", "t"), 5)


def text(pid: int, host: str) -> str:
    return json.dumps({"pid": pid, "username": "me", "hostname": host, "timestamp": SINCE.isoformat()})


def test_locks_in_a_bucket_are_found_and_one_is_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="state")
        for name, stack in (("a", "web/dev"), ("b", "web/dev"), ("c", "web/prod")):
            where = f"team/.pulumi/locks/organization/{stack}/{name}.json"
            client.put_object(Bucket="state", Key=where, Body=text(7, "runner"))
        store = open_store("s3://state/team?region=us-east-1&awssdk=v2")

        assert isinstance(store, BucketStore)
        found = find_locks(store, TARGET)
        assert [one.key for one in found] == [KEY.format("a"), KEY.format("b")]
        assert found[0].host == "runner"
        store.remove(found[0].key)
        assert [one.key for one in find_locks(store, TARGET)] == [KEY.format("b")]
        assert len(find_locks(store, Target("web", "prod"))) == 1


@pytest.mark.parametrize("address", ["azblob://state", "https://api.pulumi.com", "gs://state"])
def test_a_backend_that_cannot_be_looked_into_is_left_alone(address: str) -> None:
    with pytest.raises(UserError, match="cannot be looked at"):
        open_store(address)


def test_the_command_takes_away_the_dead_ones_lock_alone(checkout: Callable[..., Path]) -> None:
    root = checkout("", dev="")
    folder = root / ".rehearsal/state" / Path(KEY.format("a")).parent
    folder.mkdir(parents=True)
    gone = subprocess.Popen(["true"])
    gone.wait()
    (folder / "dead.json").write_text(text(gone.pid, socket.gethostname()))
    (folder / "alive.json").write_text(text(os.getpid(), socket.gethostname()))
    (folder / "elsewhere.json").write_text(text(1, "runner-1"))

    command = [sys.executable, "-m", "gitops", "unlock", "web", "dev", "--rehearse"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)

    assert done.returncode == 1, done.stderr
    assert sorted(path.stem for path in folder.iterdir()) == ["alive", "elsewhere"]
    assert "taken away" in done.stdout
    assert done.stdout.endswith("web/dev is locked\n")
