"""Two deployments of one target at the same time: one holds the lock, the other is refused or comes later."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from gitops.checkout.targets import discover
from gitops.records import Operation
from gitops.run import Run, perform, serve_clouds
from gitops.state_locks.lock import Locks
from gitops.state_locks.release import open_locks, release_dead

PROGRAM = """
    import os, time
    import pulumi, pulumi_aws as aws
    def note(what):
        if not pulumi.runtime.is_dry_run():
            with open("../../../notes", "a") as notes:
                notes.write(f"{time.monotonic_ns()} {what} {os.getpid()}\\n")
    note("begin")
    time.sleep(0.02)
    topic = aws.sns.Topic("news", display_name=str(time.time_ns()))
    topic.arn.apply(lambda _arn: note("end"))
"""
REFUSED = tuple(
    f"another update of this stack {doing}"
    for doing in ("holds its lock", "was taking its lock", "was writing its state")
)


def kill_holder(locks: Locks, running: Future[Any]) -> bool:
    """Sends SIGKILL to the engine that holds the lock, as soon as one does; False where none did to the end."""
    while not running.done():
        for lock in locks.read():
            if not lock.host:
                continue  # half-written: it names no process yet, and process 0 would be this one's whole group
            with suppress(ProcessLookupError):
                os.kill(lock.pid, signal.SIGKILL)
                return True
        time.sleep(0.01)
    return False


def find_overlaps(notes: str) -> list[str]:
    """What other processes noted between the beginning and the end of one that came to its end."""
    events = [line.split()[1:] for line in sorted(notes.splitlines())]
    ended = {process for what, process in events if what == "end"}
    overlaps, open_process = list[str](), ""
    for what, process in events:
        if open_process and process != open_process:
            overlaps.append(f"{what} of {process} within {open_process}")
        if process in ended:
            open_process = process if what == "begin" else ""
    return overlaps


def test_an_overlap_is_found() -> None:
    assert find_overlaps("1 begin 7\n2 end 7\n3 begin 8\n4 begin 9\n5 end 9") == []
    assert find_overlaps("1 begin 7\n2 begin 8\n3 end 7\n4 end 8")[0] == "begin of 8 within 7"


@pytest.mark.soak
@pytest.mark.slow("two hundred tries at one lock")
@pytest.mark.parametrize("killing", [False, True], ids=["both live", "the holder is killed"])
@pytest.mark.parametrize("_part", range(4))
def test_two_deployments_of_one_target_never_overlap(
    checkout: Callable[..., Path], run_for: Callable[..., Run], killing: bool, _part: int
) -> None:
    root = checkout(PROGRAM)
    (target,) = discover(root)
    run, endings = run_for(root), Counter[str]()
    assert run.sandbox
    locks = open_locks(run.sandbox.backend, target)

    with serve_clouds(run) as served, ThreadPoolExecutor(1) as thread:
        for _ in range(50):
            running = thread.submit(served.pool.run, [served.job(target, Operation.UPDATE)] * 2)
            killed = killing and kill_holder(locks, running)
            for record in running.result():
                ending = record.error.message if record.error else "deployed"
                endings["killed" if killed and ending not in ("deployed", *REFUSED) else ending] += 1
            release_dead(locks)
            assert list(locks.read()) == [], "nobody runs, and what a dead one held is taken away"
        last = perform(served, [target], Operation.UPDATE, lambda record: None)[target]

    assert last.error is None, last.error
    assert find_overlaps((root.parent / "notes").read_text()) == []
    assert endings.keys() <= {"deployed", *REFUSED, "killed"}
    assert endings["deployed"] + endings["killed"] >= 50 // 2
    assert bool(endings["killed"]) is killing
    print(dict(endings))
