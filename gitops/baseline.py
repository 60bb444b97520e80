"""The baseline of a preview: a base revision deployed into rehearsal clouds of its own, so that changes show as such.

The revision's own stacks and contract run, in a throw-away copy of its tree. The result is kept by content: two pull
requests on one base share it.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gitops import fingerprint
from gitops.checkout import environments
from gitops.checkout.git import git, resolve_commit
from gitops.checkout.targets import CONFIG_FILE, Target, discover
from gitops.engine.pool import OnDone
from gitops.files import hold_lock, write_text
from gitops.records import Operation, RunRecord, Status
from gitops.run import Run, Sandbox, perform


def deploy(
    run: Run, revision: str, targets: Sequence[Target], folder: Path, on_done: OnDone
) -> tuple[Sandbox, tuple[RunRecord, ...]]:
    """Deploys the revision as far as `targets` need it; returns where, and the records of those that failed.

    `folder` keeps one deployment per content key; a finished one carries the file `complete`, with these records.
    """
    commit = resolve_commit(run.root, revision, where="--base")
    needed = find_needed(run.root, targets)
    sandbox = Sandbox(folder / fingerprint.of_baseline(run.root, commit, needed)[:16])
    marker = sandbox.folder / "complete"
    with hold_lock(sandbox.folder.with_suffix(".lock")):  # a second preview on this base waits and finds it deployed
        if not marker.exists():
            failed = deploy_commit(replace(run, sandbox=sandbox, judged=False, throwaway=True), commit, needed, on_done)
            write_text(marker, "".join(record.model_dump_json() + "\n" for record in failed))
    lines = marker.read_text(encoding="utf-8").splitlines()
    return sandbox, tuple(RunRecord.model_validate_json(line) for line in lines)


def deploy_commit(run: Run, commit: str, needed: Sequence[Target], on_done: OnDone) -> list[RunRecord]:
    """Deploys the commit's targets into the run's emptied sandbox; returns the records of those that failed."""
    assert run.sandbox
    shutil.rmtree(run.sandbox.folder, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="gitops-baseline-") as name:
        tree = extract(run.root, commit, Path(name).resolve())
        targets = [target for target in discover(tree) if target in needed]
        records = perform(replace(run, root=tree), targets, Operation.UPDATE, on_done)
    return [record for record in records.values() if record.status is Status.FAILED]


def find_removed(root: Path, revision: str) -> tuple[Target, ...]:
    """The targets that the revision has and the working tree has not."""
    commit = resolve_commit(root, revision, where="--base")
    files = git(root, "ls-tree", "-r", "--name-only", commit, "--", "stacks", environments.FILE).splitlines()
    listed = environments.USUAL
    if environments.FILE in files:
        listed = environments.parse(git(root, "show", f"{commit}:{environments.FILE}"))
    known = {environment.name for environment in listed}
    deployed_by_revision = {(match[1], match[2]) for match in map(CONFIG_FILE.fullmatch, files) if match}
    former = {
        Target(stack, name)
        for stack, name in deployed_by_revision
        if f"stacks/{stack}/Pulumi.yaml" in files and name in known
    }
    return tuple(sorted(former - set(discover(root))))


def find_needed(root: Path, targets: Sequence[Target]) -> Sequence[Target]:
    """The targets themselves, or all targets if one of the programs may read the outputs of another stack."""
    rooms = [root / "shared", *{target.folder(root) for target in targets}]
    references = any("StackReference" in path.read_text("utf-8") for room in rooms for path in room.rglob("*.py"))
    return discover(root) if references else targets


def extract(root: Path, commit: str, folder: Path) -> Path:
    """The commit's tree in `folder`, through `git archive`: no worktree entry is left in the clone."""
    archive = folder / "tree.tar"
    git(root, "archive", "--format=tar", f"--output={archive}", commit)
    tree = folder / "tree"
    tree.mkdir()
    subprocess.run(["tar", "-xf", str(archive), "-C", str(tree)], check=True)
    archive.unlink()
    return tree
