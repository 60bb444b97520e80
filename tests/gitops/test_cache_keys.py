"""Whatever a record depends on is in its key: after an edit of it the target runs again, after another it does not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gitops import fingerprint, reporting
from gitops.checkout import rooms
from gitops.checkout.targets import Target
from gitops.engine.install import Engine
from gitops.engine.job import Job
from gitops.engine.pool import OnDone, Pool
from gitops.preview import preview
from gitops.records import RunError, RunRecord, Status
from gitops.run import Run, Sandbox
from tests.git import git

ROOT = Path(__file__).parents[2]
TARGET = Target("web", "dev")
FILES = (
    "stacks/web/__main__.py",
    "stacks/web/Pulumi.dev.yaml",
    "stacks/web/module.py",
    "shared/network.py",
    "serving/model.py",
    "model/model.toml",
    "environments.yaml",
    "locks/project.txt",
    "pyproject.toml",
)
"""What a stack's program may read. The policy pack counts for a preview alone."""
ROOMS_OF_THE_TOOL = ("gitops/engine/steps.py", "rehearsal/provider/check.py")
ELSEWHERE = ("docs/page.md", "stacks/other/__main__.py", "README.md")


def write(root: Path, file: str, text: str) -> None:
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text, encoding="utf-8")


def commit(root: Path) -> str:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "a state")
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def root(checkout: Callable[..., Path]) -> Path:
    root = checkout("import pulumi", dev="days: 7")
    for file in (*FILES[2:], *ELSEWHERE, "policies/PulumiPolicy.yaml", "policies/rule.py"):
        write(root, file, "as it was\n")
    git(root, "init", "--quiet")
    commit(root)
    return root


@pytest.fixture
def run(root: Path, tmp_path: Path) -> Run:
    return Run(
        root=root, engine=Engine(Path("pulumi"), "test"), pool=Pool(1), sandbox=Sandbox(tmp_path / "sandbox").prepare()
    )


def test_every_room_that_counts_is_edited_by_these_tests() -> None:
    edited = (*FILES, "policies/rule.py", *ROOMS_OF_THE_TOOL)

    assert [room for room in rooms.ROOMS if not any(file.startswith(room) for file in edited)] == []


@pytest.mark.parametrize(
    ("file", "counts"), [*((file, True) for file in FILES), ("policies/rule.py", True), (ELSEWHERE[0], False)]
)
def test_a_report_says_that_a_file_was_edited_which_counts(root: Path, file: str, counts: bool) -> None:
    write(root, file, "edited\n")

    assert reporting.context(root, base="", rehearsal=True).edited == counts


def key(run: Run) -> str:
    return fingerprint.of_previews(run, [TARGET])[TARGET]


@pytest.mark.parametrize("file", [*FILES, "policies/rule.py", "shared/not_yet_added.py"])
def test_an_edit_of_what_a_preview_depends_on_runs_it_again(run: Run, file: str) -> None:
    before = key(run)
    write(run.root, file, "edited\n")

    assert key(run) != before


def test_a_deployment_a_change_in_the_clouds_and_a_refresh_run_it_again(run: Run) -> None:
    assert run.sandbox
    keys = [key(run), key(replace(run, refresh=True))]
    state = {"checkpoint": {"latest": {"resources": [{"urn": "urn:x"}]}}}
    write(run.sandbox.state, ".pulumi/stacks/web/dev.json", json.dumps(state))
    keys.append(key(run))
    write(run.sandbox.clouds, "aws/queue.json", "{}")
    keys.append(key(run))

    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("file", ELSEWHERE)
def test_an_edit_elsewhere_runs_nothing_again(run: Run, file: str) -> None:
    before = key(run)
    write(run.root, file, "edited\n")

    assert key(run) == before


def test_an_edit_of_the_pack_does_not_run_again_what_is_not_judged(run: Run) -> None:
    unjudged = replace(run, judged=False)
    before = key(unjudged)
    write(run.root, "policies/rule.py", "edited\n")

    assert key(unjudged) == before


class Failing(Pool):
    """Every job ends with an error."""

    def run(self, jobs: Sequence[Job], on_done: OnDone = lambda record: None) -> tuple[RunRecord, ...]:
        error = RunError(kind="engine", message="the network was away")
        fields = {"rehearsal": True, "status": Status.FAILED, "error": error}
        return tuple(
            RunRecord(stack=job.stack, environment=job.environment, operation=job.operation, **fields) for job in jobs
        )


def test_a_preview_that_failed_is_not_kept(run: Run, tmp_path: Path) -> None:
    (record,) = preview(replace(run, pool=Failing(1)), [TARGET], cache=tmp_path / "cache", on_done=lambda record: None)

    assert record.status is Status.FAILED
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("file", FILES)
def test_a_base_is_deployed_again_where_its_programs_differ(root: Path, file: str) -> None:
    before = fingerprint.of_baseline(root, commit(root), [TARGET])
    write(root, file, "edited\n")

    assert fingerprint.of_baseline(root, commit(root), [TARGET]) != before


def test_a_base_is_shared_where_its_programs_do_not_differ(root: Path) -> None:
    before = fingerprint.of_baseline(root, commit(root), [TARGET])
    write(root, "docs/page.md", "edited\n")

    assert fingerprint.of_baseline(root, commit(root), [TARGET]) == before
    assert fingerprint.of_baseline(root, "HEAD", [TARGET, Target("web", "prod")]) != before


PROBE = """
import sys
from pathlib import Path
from tests.gitops.test_cache_keys import Engine, Pool, Run, Sandbox, TARGET, fingerprint, key
root, folder = map(Path, sys.argv[1:])
print(key(Run(root=root, engine=Engine(Path("pulumi"), "test"), pool=Pool(1), sandbox=Sandbox(folder))))
print(fingerprint.of_baseline(root, "HEAD", [TARGET]))
"""


@pytest.mark.parametrize("edited", ROOMS_OF_THE_TOOL)
def test_an_edit_of_the_tool_itself_runs_everything_again(run: Run, tmp_path: Path, edited: str) -> None:
    """The keys that a copy of the tool gives, before and after one of its own modules is edited."""
    tool = tmp_path / "tool"
    for room in ("gitops", "rehearsal", "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "golden", "inventories")
        shutil.copytree(ROOT / room, tool / room, ignore=ignored)
    assert run.sandbox

    def keys() -> list[str]:
        command = [sys.executable, "-c", PROBE, str(run.root), str(run.sandbox.folder) if run.sandbox else ""]
        environment = {**os.environ, "PYTHONPATH": str(tool)}
        done = subprocess.run(command, cwd=tool, env=environment, check=True, capture_output=True, text=True)
        return done.stdout.split()

    before = keys()
    with (tool / edited).open("a", encoding="utf-8") as file:
        file.write("# edited\n")

    assert all(then != now for then, now in zip(before, keys(), strict=True))
