"""A whole pull request on 1, 4 and 16 runners: impact, legs and join as they are, the runners simulated.

Real: `find_affected`, `spread_previews`, `build` of the joined report, and their times here. Simulated: what each
target's preview takes (drawn from a file that `gitops preview --durations` wrote), the runners, which take the next leg
when they are free as GitHub's do, and `SETUP` seconds of each job.
"""

from __future__ import annotations

import argparse
import heapq
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gitops.checkout.durations import read_durations
from gitops.checkout.impact import find_affected
from gitops.checkout.legs import Leg, spread_previews
from gitops.checkout.targets import Target
from gitops.records import Operation, RunRecord, Status
from gitops.report.model.context import Context
from gitops.report.model.report import build

SETUP = 60.0
"""Seconds of a job before its own work: checkout, packages, the engine from the cache. Assumed, not measured."""
CORES = 2
"""Targets that a runner previews side by side."""
RUNNERS = (1, 4, 16)


@dataclass(frozen=True)
class Simulated:
    """Seconds: of impact and join as measured here, of the whole pull request on so many runners."""

    targets: int
    legs: int
    impact: float
    join: float
    whole: Mapping[int, float]


def simulate(legs: Sequence[Leg], seconds: Mapping[str, float], runners: int) -> float:
    """When the last leg ends: each free runner takes the next one."""
    free = [0.0] * runners
    for leg in legs:
        heapq.heapreplace(free, free[0] + SETUP + spend([seconds[str(target)] for target in leg]))
    return max(free)


def spend(seconds: Sequence[float]) -> float:
    """How long a runner is busy with targets, as many at a time as it has cores."""
    cores = [0.0] * CORES
    for each in seconds:
        heapq.heapreplace(cores, cores[0] + each)
    return max(cores)


def measure(stacks: int, recorded: Sequence[float], seed: int = 7) -> Simulated:
    """A change of a module that every program imports, in a synthetic checkout of three environments."""
    dice = random.Random(seed)  # noqa: S311
    targets = [Target(f"s{number:03}", name) for number in range(stacks) for name in ("dev", "staging", "prod")]
    files = {f"shared/m{n}.py": f"from shared import m{n + 1}\n" + "x = 'y'\n" * 80 for n in range(60)}
    files |= {f"stacks/s{n:03}/__main__.py": "from shared import m0\n" + "a = 'b'\n" * 60 for n in range(stacks)}
    files |= {f"stacks/{t.stack}/Pulumi.{t.environment}.yaml": "config: {a: {b: 1}}\n" for t in targets}
    seconds = {str(target): dice.choice(recorded) for target in targets}

    began = time.perf_counter()
    affected = [entry.target for entry in find_affected(["shared/m59.py"], targets, files, files.get)]
    legs = spread_previews(affected, seconds=seconds)
    impact = time.perf_counter() - began
    records = [record_of(target) for target in affected]
    began = time.perf_counter()
    build(records, Context())
    join = time.perf_counter() - began
    whole = {runners: 2 * SETUP + impact + simulate(legs, seconds, runners) + join for runners in RUNNERS}
    return Simulated(len(affected), len(legs), impact, join, whole)


def record_of(target: Target) -> RunRecord:
    return RunRecord(
        stack=target.stack,
        environment=target.environment,
        operation=Operation.PREVIEW,
        rehearsal=True,
        status=Status.SUCCEEDED,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.runners", description=__doc__)
    parser.add_argument("durations", type=Path, help="what `gitops preview --base HEAD --durations FILE` wrote")
    recorded = [*read_durations(parser.parse_args().durations).values()]
    if not recorded:
        parser.error("no durations in it")
    span = f"{min(recorded):.1f} to {max(recorded):.1f} s each"
    print(f"{len(recorded)} recorded targets, {span}; {SETUP:.0f} s of each job assumed")
    for stacks in (5, 100):
        found = measure(stacks, recorded)
        own = f"impact {found.impact:.2f} s, join {found.join:.2f} s"
        whole = ", ".join(f"{seconds / 60:.1f} min on {runners}" for runners, seconds in found.whole.items())
        print(f"  {found.targets} targets, {found.legs} legs: {own}; {whole}")


if __name__ == "__main__":
    main()
