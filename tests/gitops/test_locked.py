"""Two deployments of one target at the same time: one holds the lock, the other is refused or comes later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from gitops.checkout.targets import discover
from gitops.records import Operation
from gitops.run import Run, serve_clouds

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


@pytest.mark.soak
@pytest.mark.slow("two hundred tries at one lock")
@pytest.mark.parametrize("_part", range(4))
def test_two_deployments_of_one_target_never_overlap(
    checkout: Callable[..., Path], run_for: Callable[..., Run], _part: int
) -> None:
    root = checkout(PROGRAM)
    (target,) = discover(root)
    notes, endings = root.parent / "notes", Counter[str]()

    with serve_clouds(run_for(root)) as served:
        for _ in range(50):
            records = served.pool.run([served.job(target, Operation.UPDATE)] * 2)
            endings.update(record.error.message if record.error else "deployed" for record in records)

    events = [line.split()[1:] for line in sorted(notes.read_text().splitlines())]
    assert [what for what, _process in events] == ["begin", "end"] * (len(events) // 2)
    assert all(first[1] == second[1] for first, second in zip(events[::2], events[1::2], strict=True))
    assert endings.keys() <= {"deployed", "another update of this stack holds its lock"}
    assert endings["deployed"] == len(events) // 2
    print(endings)
