"""Running faults: a copy of the tree for each, the edit, the tests it names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from tests.faults import ROOT, Fault

LONGEST = 480
"""Seconds for the tests of one fault. A fault that makes them hang is noticed all the same."""
AUTHOR = ["-c", "user.name=faults", "-c", "user.email=faults@localhost", "-c", "commit.gpgsign=false"]


class Outcome(StrEnum):
    FOUND = "found"
    SURVIVED = "survived"
    DOES_NOT_APPLY = "does not apply"
    NO_TESTS = "tests do not run"


@contextmanager
def copied(root: Path = ROOT) -> Iterator[Path]:
    """A throw-away copy of the files that git tracks or would track, a repository of its own with one commit."""
    with tempfile.TemporaryDirectory(prefix="fault-", ignore_cleanup_errors=True) as name:
        copy = Path(name).resolve() / root.name
        copy.mkdir()
        listed = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
        for file in listed:
            if file and (root / file).is_file():
                (copy / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / file, copy / file, follow_symlinks=False)
        git(copy, "init", "--quiet")
        git(copy, "add", "--all")
        git(copy, *AUTHOR, "commit", "--quiet", "--no-verify", "--message", "The tree under test")
        with (copy / ".git" / "info" / "exclude").open("a", encoding="utf-8") as exclude:
            exclude.write(".venv*\n")
        for environment in root.glob(".venv*"):
            (copy / environment.name).symlink_to(environment)
        yield copy


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def run_tests(copy: Path, tests: Iterable[str], *options: str) -> subprocess.CompletedProcess[str]:
    """pytest in the copy, whose modules go before those of the installed checkout, in its subprocesses too."""
    marked = ("-m", "soak or not soak")  # a fault may be what a long test is for
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *marked, *options, *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=LONGEST)


def try_fault(fault: Fault, root: Path = ROOT) -> Outcome:
    """What the fault's tests say of it."""
    with copied(root) as copy:
        file = copy / fault.file
        try:
            file.write_text(fault.edit(file.read_text(encoding="utf-8")), encoding="utf-8")
        except (OSError, ValueError):
            return Outcome.DOES_NOT_APPLY
        try:
            code = run_tests(copy, fault.tests, "-x").returncode
        except subprocess.TimeoutExpired:
            return Outcome.FOUND
    return {0: Outcome.SURVIVED, 1: Outcome.FOUND, 2: Outcome.FOUND}.get(code, Outcome.NO_TESTS)


def run_without_fault(faults: Iterable[Fault], root: Path = ROOT) -> str:
    """What the named tests say of the tree as it is; empty where all pass, as they must for a fault to be found."""
    tests = sorted({test for fault in faults for test in fault.tests})
    with copied(root) as copy:
        done = run_tests(copy, tests)
    return "" if done.returncode == 0 else done.stdout[-4_000:] + done.stderr[-1_000:]
