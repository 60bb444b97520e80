"""Previews again whatever an edit reaches, on each save: clouds and workers stay up in between, so it takes moments."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from gitops.checkout.git import list_files, reader
from gitops.checkout.impact import find_affected
from gitops.checkout.rooms import POLICIES, PROGRAM
from gitops.checkout.targets import Target
from gitops.engine.clouds import prepare_judge
from gitops.engine.pool import OnDone
from gitops.preview import preview
from gitops.records import RunRecord
from gitops.run import Run, serve_clouds

ROOMS = ("stacks", *PROGRAM, POLICIES)
PAUSE = 0.05
"""Seconds between two looks at the files."""

Stamps = Mapping[str, tuple[int, int]]


def look(root: Path) -> Stamps:
    """Time of change and size of every file that a preview may depend on, by its path in the checkout."""
    stamps = {}
    for file in list_watched(root):
        with suppress(FileNotFoundError):  # it went between the two looks
            stat = os.stat(f"{root}/{file}")
            stamps[file] = stat.st_mtime_ns, stat.st_size
    return stamps


def list_watched(root: Path) -> Iterator[str]:
    """The files of the rooms, without hidden ones and compiled modules. `Path.rglob` takes five times as long."""
    for room in ROOMS:
        if (root / room).is_file():
            yield room
        for folder, inner, names in os.walk(root / room):
            inner[:] = [name for name in inner if name != "__pycache__"]
            yield from (os.path.relpath(f"{folder}/{name}", root) for name in names if not name.startswith("."))


def differences(before: Stamps, after: Stamps) -> tuple[str, ...]:
    """The files that came, went or changed."""
    return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))


def edits(root: Path, sleep: Callable[[float], None] = time.sleep) -> Iterator[tuple[str, ...]]:
    """The files of each edit, for ever. Several files saved at once are one edit, until a look finds no more."""
    before = look(root)
    while True:
        sleep(PAUSE)
        after = look(root)
        if after == before:
            continue
        while True:
            sleep(PAUSE / 2)
            settled, after = after, look(root)
            if after == settled:
                break
        yield differences(before, after)
        before = after


def list_affected(root: Path, changed: Sequence[str], targets: Sequence[Target]) -> tuple[Target, ...]:
    return tuple(entry.target for entry in find_affected(changed, targets, list_files(root), reader(root)))


Show = Callable[[Sequence[str], Sequence[RunRecord], Mapping[Target, RunRecord], float], None]
"""Called after each round with the edited files, its records, the latest of all targets, and the seconds it took."""


def watch(run: Run, targets: Sequence[Target], show: Show, on_done: OnDone, rounds: Iterator[tuple[str, ...]]) -> None:
    """Previews all targets, then after each edit those that it reaches, until `rounds` ends.

    What the first round has learnt is done before the first edit: what the programs import, what each text reaches, and
    what the judge of the clouds loads for a resource that it has not seen.
    """
    stacks = {target.stack for target in targets}
    run.pool.warm_up(stacks)
    with serve_clouds(run) as served:
        latest = dict(zip(targets, preview(served, targets, cache=None, on_done=on_done), strict=True))
        show((), tuple(latest.values()), latest, 0.0)
        for stack in stacks:
            run.pool.warm_up([stack])
        if served.judge:
            prepare_judge(served.judge)
        list_affected(run.root, (), targets)
        for changed in rounds:
            started = time.monotonic()
            reached = list_affected(run.root, changed, targets)
            records = preview(served, reached, cache=None, on_done=lambda _record: None)
            latest |= dict(zip(reached, records, strict=True))
            show(changed, records, latest, time.monotonic() - started)
