"""`make bench`: the full report against the bare engine doing the same previews; then the judge against checkov."""

from __future__ import annotations

import argparse
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from gitops.engine import install
from gitops.engine.clouds import running
from gitops.targets import Target, discover
from tests.bench import policies
from tests.bench.measure import Measured, command, measured

ROOT = Path(__file__).parents[2]
ROUNDS = 3


def floor(engine: Path, targets: tuple[Target, ...], folder: Path) -> None:
    """The same previews with the same clouds and pack, two at a time, and nothing else."""
    (folder / "clouds").mkdir(parents=True)
    (folder / "state").mkdir()

    def one(target: Target, providers: str) -> None:
        told = [str(engine), f"file://{folder}/state", providers, str(ROOT / "policies"), target.stack]
        command([sys.executable, "-m", "tests.bench.floor", *told, target.environment], ROOT)

    with running(folder / "clouds") as clouds, ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda target: one(target, clouds.debug_providers), targets))


def report(folder: Path, *more: str) -> None:
    where = ["--sandbox", str(folder / "sandbox"), "--out", str(folder / "out")]
    arguments = ["preview", "--rehearse", "--jobs", "2", *where]
    command([sys.executable, "-m", "gitops", *arguments, *more], ROOT)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is measured; the median counts")
    parser.add_argument("--only", choices=("report", "policies"), help="one of the two")
    options = parser.parse_args()
    if options.only != "policies":
        against_the_floor(options.rounds)
    if options.only != "report":
        policies.main(options.rounds)


def against_the_floor(rounds: int) -> None:
    engine = install.ensure(print).path
    targets = discover(ROOT)
    rows: dict[str, list[Measured]] = {"floor": [], "report": [], "report, unchanged": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            rows["floor"].append(measured(lambda folder=folder: floor(engine, targets, folder / "floor")))
            rows["report"].append(measured(lambda folder=folder: report(folder)))
            rows["report, unchanged"].append(measured(lambda folder=folder: report(folder)))
    print(f"{len(targets)} targets, median of {rounds} rounds, two at a time")
    base = median(m.seconds for m in rows["floor"])
    for name, found in rows.items():
        seconds, megabytes = median(m.seconds for m in found), median(m.megabytes for m in found)
        print(f"  {name:20} {seconds:7.2f} s  {seconds / base:5.2f} x floor  {megabytes:7.0f} MB peak")


if __name__ == "__main__":
    main()
