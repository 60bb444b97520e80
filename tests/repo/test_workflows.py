"""The workflows: pinned, least permissions, read by actionlint and audited by zizmor. That they work: tests/github."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.repo import ROOT, name_of, tracked
from tests.tools import install

pytestmark = pytest.mark.xdist_group("act")

WORKFLOWS = tracked(".github/workflows/*.yml")
USES = re.compile(r"\s*(?:- )?uses:")
PINNED = re.compile(r"uses: (?:\./\S+|[\w./-]+@[0-9a-f]{40} # v\d+(?:\.\d+)*)$")


def unpinned(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if USES.match(line) and not PINNED.search(line)]


@pytest.mark.parametrize("file", tracked(".github/*.yml"), ids=name_of)
def test_every_action_is_pinned_by_commit_with_its_version(file: Path) -> None:
    assert unpinned(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("uses", ["actions/cache@v6", f"actions/cache@{'a' * 40}", f"actions/cache@{'a' * 7} # v6"])
def test_a_loose_pin_is_found(uses: str) -> None:
    assert unpinned(f"      - uses: {uses}\n")


@pytest.mark.parametrize("file", WORKFLOWS, ids=name_of)
def test_permissions_are_given_to_jobs_one_by_one(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text(encoding="utf-8"))

    assert workflow["permissions"] == {}
    assert all(job.get("permissions") for job in workflow["jobs"].values())


def test_the_pull_requests_code_never_meets_a_token_that_writes() -> None:
    for file in WORKFLOWS:
        workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
        triggers = workflow[True]  # YAML 1.1 reads the key `on` as a truth value
        assert "pull_request_target" not in triggers
        if "pull_request" in triggers:
            granted = {right for job in workflow["jobs"].values() for right in job["permissions"].values()}
            assert granted == {"read"}, name_of(file)


def test_actionlint_has_nothing_to_say() -> None:
    # without its helpers, which may or may not be on a machine
    command = [str(install.ensure(print) / "actionlint"), "-shellcheck=", "-pyflakes="]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_zizmor_has_nothing_to_say() -> None:
    options = ["--offline", "--pedantic", "--no-progress", "--config", ".github/zizmor.yml"]
    zizmor = str(Path(sys.executable).parent / "zizmor")
    done = subprocess.run([zizmor, *options, ".github"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout
