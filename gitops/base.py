"""Deploying a base revision into rehearsal clouds of its own, so that a preview shows updates, replacements, deletions.

The revision's own stacks and contract run, in a throw-away copy of its tree. The result is kept by content: two pull
requests on one base share it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gitops import fingerprint
from gitops.engine.install import VERSION
from gitops.engine.pool import OnDone
from gitops.errors import UserError
from gitops.files import locked, write_text
from gitops.preview import Place, Run, perform
from gitops.records import Operation, RunRecord, Status
from gitops.targets import Target, discover

CONFIG_FILE = re.compile(r"stacks/([^/]+)/Pulumi\.([^/]+)\.yaml")


def git(root: Path, *arguments: str) -> str:
    result = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    if result.returncode != 0:
        raise UserError(
            f"git {' '.join(arguments)}: {result.stderr.strip()}", hint="Name a commit that this clone has."
        )
    return result.stdout.strip()


def deployed(
    run: Run, revision: str, targets: Sequence[Target], folder: Path, on_done: OnDone
) -> tuple[Place, tuple[RunRecord, ...]]:
    """Where the revision lies deployed as far as `targets` need it, and the records of those that could not be.

    `folder` keeps one deployment per content key; a finished one carries the file `complete`.
    """
    commit = git(run.root, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    wanted = needed(run.root, targets)
    place = Place(folder / base_key(run.root, commit, wanted))
    marker = place.folder / "complete"
    with locked(place.folder.with_suffix(".lock")):  # a second preview on this base waits and finds it deployed
        if not marker.exists():
            deploy_base(run, commit, wanted, place, on_done)
    return place, failures(place)


def deploy_base(run: Run, commit: str, wanted: Sequence[Target], place: Place, on_done: OnDone) -> None:
    """Deploys the commit's `wanted` targets into `place`, whatever was begun there before."""
    shutil.rmtree(place.folder, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="gitops-base-") as name:
        tree = extract(run.root, commit, Path(name).resolve())
        base = replace(run, root=tree, place=place, judged=False)
        records = perform(base, [t for t in discover(tree) if t in wanted], Operation.UPDATE, on_done)
    failed = [record for record in records.values() if record.status is Status.FAILED]
    write_text(place.folder / "complete", "".join(record.model_dump_json() + "\n" for record in failed))


def failures(place: Place) -> tuple[RunRecord, ...]:
    lines = (place.folder / "complete").read_text(encoding="utf-8").splitlines()
    return tuple(RunRecord.model_validate_json(line) for line in lines)


def removed(root: Path, revision: str) -> tuple[Target, ...]:
    """The targets that the revision has and the working tree has not."""
    files = git(root, "ls-tree", "-r", "--name-only", "--end-of-options", revision, "--", "stacks").splitlines()
    found = {(match[1], match[2]) for match in map(CONFIG_FILE.fullmatch, files) if match}
    former = {Target(stack, name) for stack, name in found if f"stacks/{stack}/Pulumi.yaml" in files}
    return tuple(sorted(former - set(discover(root))))


def needed(root: Path, targets: Sequence[Target]) -> Sequence[Target]:
    """The targets themselves, or every one where a program may read the outputs of another stack."""
    rooms = [root / "shared", *{target.folder(root) for target in targets}]
    references = any("StackReference" in path.read_text("utf-8") for room in rooms for path in room.rglob("*.py"))
    return discover(root) if references else targets


def base_key(root: Path, commit: str, targets: Sequence[Target]) -> str:
    trees = git(root, "ls-tree", commit, "stacks", "shared", "serving", "locks/project.txt")
    tool = fingerprint.of_tool()
    return fingerprint.of_text(trees, tool, VERSION, *sorted(map(str, targets)))[:16]


def extract(root: Path, commit: str, folder: Path) -> Path:
    """The commit's tree in `folder`, through `git archive`: no worktree entry is left in the clone."""
    archive = folder / "tree.tar"
    git(root, "archive", "--format=tar", f"--output={archive}", commit)
    tree = folder / "tree"
    tree.mkdir()
    subprocess.run(["tar", "-xf", str(archive), "-C", str(tree)], check=True)
    archive.unlink()
    return tree
