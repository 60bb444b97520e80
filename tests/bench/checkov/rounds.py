"""Runs in checkov's environment, `python rounds.py FOLDER`: a round of checks for each line on standard input.

Answers each line with one of JSON: seconds of processor time, how many checks passed and failed, on how many resources.
Reading the files and building checkov's graphs count, as they do in every run of it; starting Python and importing
the checks do not, and are measured by whoever starts this (the first line is written when all is imported).
"""

from __future__ import annotations

import json
import logging
import sys
import time
from importlib.metadata import version
from pathlib import Path

from checkov.arm.runner import Runner as ArmRunner  # type: ignore[import-not-found]
from checkov.runner_filter import RunnerFilter  # type: ignore[import-not-found]
from checkov.terraform.plan_runner import Runner as PlanRunner  # type: ignore[import-not-found]

KINDS = {"plan": (PlanRunner, "terraform_plan"), "arm": (ArmRunner, "arm")}


def judge(file: Path) -> tuple[int, int, int]:
    """One file, by the runner that its name asks for: checks passed, checks failed, resources."""
    runner, framework = KINDS[file.suffixes[-2].removeprefix(".")]
    report = runner().run(root_folder=None, files=[str(file)], runner_filter=RunnerFilter(framework=[framework]))
    return len(report.passed_checks), len(report.failed_checks), len(report.resources)


def main(folder: str) -> None:
    logging.disable(logging.WARNING)
    files = sorted(Path(folder).glob("*.json"))
    print(json.dumps({"version": version("checkov")}), flush=True)
    for _line in sys.stdin:
        begin = time.process_time()
        passed, failed, resources = (sum(counts) for counts in zip(*map(judge, files), strict=True))
        seconds = time.process_time() - begin
        told = {"seconds": seconds, "passed": passed, "failed": failed, "resources": resources}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
