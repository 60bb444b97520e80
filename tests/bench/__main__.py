"""`make bench`: the full report against the bare engine doing the same previews; then the judge against checkov."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from gitops.checkout.targets import Target, discover
from gitops.engine import install
from gitops.engine.clouds import running
from tests.bench import policies
from tests.bench.measure import Measured, command, measure

ROOT = Path(__file__).parents[2]
ROUNDS = 3
ONE = "sagemaker_endpoint/dev"
EDITED = Path("stacks/sagemaker_endpoint/Pulumi.dev.yaml")


def floor(engine: Path, targets: tuple[Target, ...], folder: Path) -> None:
    """The same previews with the same clouds and pack, two at a time, and nothing else."""
    (folder / "clouds").mkdir(parents=True)
    (folder / "state").mkdir()

    def one(target: Target, providers: str) -> None:
        arguments = [str(engine), f"file://{folder}/state", providers, str(ROOT / "policies"), target.stack]
        command([sys.executable, "-m", "tests.bench.floor", *arguments, target.environment], ROOT)

    with running(folder / "clouds") as clouds, ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda target: one(target, clouds.debug_providers), targets))


def report(sandbox: Path, *more: str, checkout: Path = ROOT) -> None:
    where = ["--sandbox", str(sandbox), "--out", str(sandbox.with_suffix(".report"))]
    arguments = [sys.executable, "-m", "gitops", "preview", "--rehearse", "--jobs", "2", *where, *more]
    command(arguments, checkout, PYTHONPATH=str(checkout))


def warm_up(first: Path, sandbox: Path) -> Path:
    """An empty sandbox, but for what a first run has learnt: what each program imports, and how long it takes."""
    shutil.copytree(first / "learned", sandbox / "learned")
    return sandbox


def clone_and_edit(folder: Path) -> Path:
    """A clone of the checkout's commit in which one number of one YAML file is another."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    file = clone / EDITED
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("      scale_out: ", "      scale_out: 1"), encoding="utf-8")
    if file.read_text(encoding="utf-8") == text:
        raise RuntimeError(f"{EDITED} has no scale_out to edit")
    return clone


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is measured; the median counts")
    parser.add_argument("--only", choices=("report", "policies"), help="one of the two")
    options = parser.parse_args()
    if options.only != "policies":
        against_the_floor(options.rounds)
    if options.only != "report":
        policies.main(options.rounds)


def one_round(engine: Path, targets: tuple[Target, ...], folder: Path) -> dict[str, Measured]:
    first, second = folder / "first", folder / "second"
    clone = clone_and_edit(folder)
    rows = {
        "floor": measure(lambda: floor(engine, targets, folder / "floor")),
        "report, first run ever": measure(lambda: report(first)),
        "report": measure(lambda: report(warm_up(first, second))),
        "report, unchanged": measure(lambda: report(second)),
        "one target by name": measure(lambda: report(warm_up(first, folder / "one"), ONE)),
    }
    on_base = ("--base", "HEAD")
    rows["one YAML, new base"] = measure(lambda: report(first, *on_base, checkout=clone))
    (clone / EDITED).write_text((clone / EDITED).read_text() + "# edited again\n", encoding="utf-8")
    rows["one YAML, base deployed"] = measure(lambda: report(first, *on_base, checkout=clone))
    return rows


def against_the_floor(rounds: int) -> None:
    engine, targets = install.ensure(print).path, discover(ROOT)
    found: list[dict[str, Measured]] = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            found.append(one_round(engine, targets, Path(name).resolve()))
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{len(targets)} targets, median of {rounds} rounds, two at a time; load average at the end {load}")
    base = median(rows["floor"].seconds for rows in found)
    for name in found[0]:
        seconds, megabytes = (median(getattr(rows[name], unit) for rows in found) for unit in ("seconds", "megabytes"))
        print(f"  {name:24} {seconds:7.2f} s  {seconds / base:5.2f} x floor  {megabytes:7.0f} MB peak")


if __name__ == "__main__":
    main()
