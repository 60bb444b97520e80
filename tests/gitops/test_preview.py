"""Previews against a base show updates, replacements and deletions; unchanged targets are not run again."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from gitops import baseline
from gitops.checkout.targets import discover
from gitops.engine import state_file
from gitops.errors import UserError
from gitops.files import write_text
from gitops.preview import preview
from gitops.records import Op, Operation, RunRecord
from gitops.run import Run, Sandbox, perform
from tests.git import commit_all, git

PROGRAM = """
    import pulumi, pulumi_aws as aws
    config = pulumi.Config()
    for name in config.require_object("queues"):
        aws.sqs.Queue(name, name_prefix=config.get("prefix"), delay_seconds=config.get_int("delay"))
"""


@pytest.fixture
def committed(checkout: Callable[..., Path]) -> Path:
    root = checkout(PROGRAM, dev="web:queues: [a, b]\nweb:delay: 5")
    commit_all(root)
    return root


def silent(_record: RunRecord) -> None:
    pass


def ops(run: Run) -> dict[str, Op]:
    (record,) = preview(run, discover(run.root), cache=None, on_done=silent)
    assert record.error is None, record.error
    return {step.name: step.op for step in record.steps}


def test_a_change_is_shown_against_the_deployed_base(
    committed: Path, checkout: Callable[..., Path], run_for: Callable[..., Run], tmp_path: Path
) -> None:
    checkout(PROGRAM, dev="web:queues: [a, c]\nweb:delay: 9")
    run = run_for(committed)

    sandbox, failed = baseline.deploy(run, "HEAD", discover(run.root), tmp_path / "bases", silent)

    assert failed == ()
    assert ops(replace(run, sandbox=sandbox)) == {"a": Op.UPDATE, "b": Op.DELETE, "c": Op.CREATE}


def test_a_change_that_cannot_be_made_in_place_is_a_replacement(
    committed: Path, checkout: Callable[..., Path], run_for: Callable[..., Run], tmp_path: Path
) -> None:
    checkout(PROGRAM, dev="web:queues: [a, b]\nweb:delay: 5\nweb:prefix: other")
    run = run_for(committed)

    sandbox, _ = baseline.deploy(run, "HEAD", discover(run.root), tmp_path / "bases", silent)

    assert ops(replace(run, sandbox=sandbox)) == {"a": Op.REPLACE, "b": Op.REPLACE}


def test_a_deployed_base_is_kept_by_content(committed: Path, run_for: Callable[..., Run], tmp_path: Path) -> None:
    run, deployed = run_for(committed), []

    first, _ = baseline.deploy(run, "HEAD", discover(run.root), tmp_path / "bases", deployed.append)
    git(committed, "commit", "-q", "--allow-empty", "-m", "same content")
    second, _ = baseline.deploy(run, "HEAD", discover(run.root), tmp_path / "bases", deployed.append)

    assert first == second
    assert len(deployed) == 1


def test_two_at_once_deploy_a_base_once(committed: Path, run_for: Callable[..., Run], tmp_path: Path) -> None:
    run, deployed = run_for(committed), []

    def ready(_number: int) -> tuple[Sandbox, tuple[RunRecord, ...]]:
        return baseline.deploy(run, "HEAD", discover(run.root), tmp_path / "bases", deployed.append)

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(ready, range(2))

    assert first == second
    assert first[1] == ()
    assert len(deployed) == 1


def test_a_stack_that_was_made_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One makes it at a time: a second one that had looked before the first wrote would empty what was deployed."""
    stack = (tmp_path.as_uri(), "web", "dev")
    written: list[bool] = []

    def write_while_alone(path: Path, text: str) -> None:
        with (tmp_path / "making.lock").open("w") as lock, suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            written.append(False)
            return
        written.append(True)
        write_text(path, text)

    monkeypatch.setattr(state_file, "write_text", write_while_alone)
    state_file.make(*stack)
    state_file.locate(*stack).write_text("deployed meanwhile")
    state_file.make(*stack)

    assert written == [True, True, True]
    assert state_file.locate(*stack).read_text() == "deployed meanwhile"


@pytest.mark.parametrize("name", ["PULUMI_DIY_BACKEND_GZIP", "PULUMI_SELF_MANAGED_STATE_GZIP"])
def test_a_rehearsal_s_state_is_a_plain_file_whatever_the_user_s_backend_is(
    committed: Path, run_for: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "true")
    run = run_for(committed)

    (record,) = perform(run, discover(run.root), Operation.UPDATE, silent).values()

    assert record.error is None, record.error
    assert run.sandbox
    assert state_file.locate(run.sandbox.backend, "web", "dev").exists()
    assert (state_file.home(run.sandbox.backend) / "logs").read_bytes() == b"", "the engine keeps a log of every step"


def test_only_the_chosen_targets_are_deployed(
    committed: Path, checkout: Callable[..., Path], run_for: Callable[..., Run], tmp_path: Path
) -> None:
    checkout("import pulumi", stack="api")
    commit_all(committed, "two stacks")
    told: list[RunRecord] = []

    baseline.deploy(run_for(committed), "HEAD", discover(committed)[:1], tmp_path / "bases", told.append)

    assert [record.target for record in told] == ["api/dev"]


def test_a_stack_that_reads_another_needs_every_one(committed: Path, checkout: Callable[..., Path]) -> None:
    reads = 'import pulumi\npulumi.StackReference("organization/web/dev")'
    checkout(reads, stack="api")
    api, web = discover(committed)

    assert baseline.find_needed(committed, [web]) == [web]
    assert baseline.find_needed(committed, [api]) == (api, web)
    (committed / "shared").mkdir()
    (committed / "shared/others.py").write_text(reads)
    assert baseline.find_needed(committed, [web]) == (api, web)


def test_targets_that_the_revision_has_and_the_tree_has_not(committed: Path, checkout: Callable[..., Path]) -> None:
    checkout("import pulumi", stack="api", dev="", prod="")
    (committed / "stacks/notes").mkdir()
    (committed / "stacks/notes/Pulumi.dev.yaml").touch()
    commit_all(committed, "two stacks")
    (committed / "stacks/api/Pulumi.prod.yaml").unlink()
    shutil.rmtree(committed / "stacks/web")

    assert [str(target) for target in baseline.find_removed(committed, "HEAD")] == ["api/prod", "web/dev"]


def test_a_revision_that_is_not_here_is_named(committed: Path, run_for: Callable[..., Run], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no-such-branch"):
        baseline.deploy(run_for(committed), "no-such-branch", discover(committed), tmp_path, silent)


def test_an_option_in_place_of_a_revision_is_no_option(
    committed: Path, run_for: Callable[..., Run], tmp_path: Path
) -> None:
    with pytest.raises(UserError):
        baseline.deploy(run_for(committed), "--output=/etc/passwd", discover(committed), tmp_path, silent)


def test_an_unchanged_target_is_read_back_and_any_change_runs_it_again(
    committed: Path, checkout: Callable[..., Path], run_for: Callable[..., Run], tmp_path: Path
) -> None:
    run, cache = run_for(committed), tmp_path / "cache"

    def preview_once() -> RunRecord:
        (record,) = preview(run, discover(committed), cache=cache, on_done=silent)
        return record

    first = preview_once()
    again = preview_once()
    kept = sorted(cache.iterdir())
    checkout(PROGRAM, dev="web:queues: [a, b]\nweb:delay: 6")
    changed = preview_once()

    assert first == again
    assert len(kept) == 1
    assert len(sorted(cache.iterdir())) == 2
    assert changed.digest != first.digest
