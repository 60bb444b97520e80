"""A deployment that is killed at any moment is made good by the next one: nothing lost, nothing there twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import psutil
import pytest

from gitops.engine.environment import FORK_SERVER

PROGRAM = """
    import pulumi, pulumi_aws as aws
    config = pulumi.Config()
    before = None
    for name in config.require_object("topics"):
        before = aws.sns.Topic(name, name=f"web-{name}", display_name=config.get("title") or "News",
                               opts=pulumi.ResourceOptions(depends_on=[before] if before else []))
    pulumi.export("topics", config.require_object("topics"))
"""
COMMAND = [sys.executable, "-m", "gitops", "deploy", "dev", "--rehearse"]
NAMES = [f"t{number}" for number in range(8)]


def start(root: Path, temporary: str) -> subprocess.Popen[bytes]:
    """The command with workers of its own: those of the tests' fork server would outlive it, and end as they should."""
    environ = {name: value for name, value in os.environ.items() if name != FORK_SERVER} | {"TMPDIR": temporary}
    return subprocess.Popen(COMMAND, cwd=root, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_everything(process: subprocess.Popen[bytes]) -> None:
    """The command, its workers, their engines and the clouds, all at once, as when a machine goes away."""
    held: set[int] = set()
    # all stand still before the first is killed: one that was being started would live on and hold the lock
    while new := {process.pid, *descendants(process.pid)} - held:
        for pid in new:
            send(pid, signal.SIGSTOP)
        held |= new
    for pid in held:
        send(pid, signal.SIGKILL)
    process.wait()


def descendants(pid: int) -> set[int]:
    with suppress(psutil.NoSuchProcess):
        return {member.pid for member in psutil.Process(pid).children(recursive=True)}
    return set()


def send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def in_cloud(root: Path) -> list[str]:
    """The names of the topics that exist, one twice if it does."""
    entries = (json.loads(file.read_text()) for file in (root / ".rehearsal/clouds").rglob("*.json"))
    return sorted(entry["inputs"]["name"] for entry in entries if entry.get("type") == "aws:sns/topic:Topic")


def in_state(root: Path) -> list[str]:
    state = json.loads((root / ".rehearsal/state/.pulumi/stacks/web/dev.json").read_text())
    latest = state["checkpoint"]["latest"]
    # what was being made when the engine was killed stays noted until somebody has looked (`gitops operate refresh`)
    assert all(noted["type"] == "creating" for noted in latest.get("pending_operations") or ())
    held = latest["resources"]
    assert not [resource for resource in held if resource.get("delete")]
    return sorted(resource["inputs"]["name"] for resource in held if resource["type"] == "aws:sns/topic:Topic")


@pytest.fixture
def short_folder() -> Iterator[str]:
    """A socket is made below it, whose address may not be long."""
    with tempfile.TemporaryDirectory() as name:
        yield name


@pytest.mark.soak
@pytest.mark.slow("ten deployments, each killed and made good")
@pytest.mark.parametrize("seed", range(11))
def test_a_deployment_that_is_killed_is_made_good_by_the_next(
    checkout: Callable[..., Path], short_folder: str, seed: int
) -> None:
    dice, outcomes = random.Random(seed), list[str]()  # noqa: S311 (the same moments in each run)
    root = checkout(PROGRAM, dev="web:topics: []")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    began = time.monotonic()
    assert start(root, short_folder).wait(timeout=120) == 0
    length = time.monotonic() - began

    for number in count():
        if outcomes.count("killed") == 10:
            break
        topics = sorted(dice.sample(NAMES, dice.randint(0, len(NAMES))))
        checkout(PROGRAM, dev=f"web:title: News {number}\nweb:topics: {json.dumps(topics)}")
        process = start(root, short_folder)
        try:
            process.wait(timeout=dice.uniform(0, length))
            outcomes.append("ended")
        except subprocess.TimeoutExpired:
            kill_everything(process)
            outcomes.append("killed")
        environ = {**os.environ, "TMPDIR": short_folder}
        again = subprocess.run(COMMAND, cwd=root, env=environ, capture_output=True, text=True, timeout=120)
        assert again.returncode == 0, f"try {number}: {again.stdout}{again.stderr}"
        assert not list(Path(short_folder).glob("gitops-*")), "what the killed one left is removed"
        wanted = [f"web-{name}" for name in topics]
        assert (in_cloud(root), in_state(root)) == (wanted, wanted), f"try {number}"

    print(f"10 of {len(outcomes)} were killed; a deployment took {length:.1f} s")
