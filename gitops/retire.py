"""Targets that were removed from the repository and are still deployed: the next deployment destroys them.

Deleting a config file or a stack's folder removes a target. Its settings, which the engine needs to read the state, are
in git's history. Its program is not run.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gitops import baseline
from gitops.checkout import environments
from gitops.checkout.git import ask_git, git
from gitops.checkout.targets import CONFIG_FILE, Target, discover
from gitops.deployed import outputs
from gitops.deployed.status import ABSENT
from gitops.errors import UserError
from gitops.records import REFUSED, Op, RunError, RunRecord, Status
from gitops.run import Run

COMMIT = "commit "
REFERENCE = "pulumi:pulumi:StackReference"


def find_taken_out(root: Path) -> dict[Target, str]:
    """The targets that are in HEAD's history and not in the checkout, each with a commit that has it.

    Raises `UserError` for a clone without history: a target that it misses would stay deployed for ever.
    """
    if not ask_git(root, "rev-parse", "--verify", "HEAD"):
        return {}
    if git(root, "rev-parse", "--is-shallow-repository") == "true":
        raise UserError(
            "this clone has no history, in which removed targets are found",
            hint="Fetch it; in a workflow `fetch-depth: 0`.",
        )
    # a merge is compared with what it was merged into: what its branch deleted is deleted there
    options = ("--first-parent", "-m", "--diff-filter=D", "--no-renames", "--name-only", f"--format={COMMIT}%H")
    log = git(root, "log", *options, "--end-of-options", "HEAD", "--", "stacks/*/Pulumi.*.yaml")
    former = read_log(log)
    listed, known = environments.names(root), set(discover(root))
    return {target: commit for target, commit in former.items() if target.environment in listed and target not in known}


def read_log(log: str) -> dict[Target, str]:
    """The last commit that has each deleted target, from `git log --name-only`, newest first."""
    commits: dict[Target, str] = {}
    commit = ""
    for line in log.splitlines():
        if line.startswith(COMMIT):
            commit = line.removeprefix(COMMIT)
        elif match := CONFIG_FILE.fullmatch(line):
            commits.setdefault(Target(match[1], match[2]), f"{commit}^1")
    return commits


def keep(taken_out: Mapping[Target, str], chosen: Iterable[Target]) -> dict[Target, str]:
    return {target: taken_out[target] for target in chosen if target in taken_out}


def still_there(chosen: Iterable[Target], taken_out: Mapping[Target, str], run: Run) -> list[Target]:
    """The chosen targets, without removed ones of which nothing is deployed."""
    return [target for target in chosen if target in run.retired or target not in taken_out]


@contextmanager
def retiring(run: Run, taken_out: Mapping[Target, str]) -> Iterator[Run]:
    """For the block, the run with those of the removed targets that are still deployed, each with its former files."""
    with tempfile.TemporaryDirectory(prefix="gitops-retire-") as name:
        trees: dict[Target, Path] = {}
        for commit in sorted(set(taken_out.values())):
            folder = Path(name).resolve() / str(len(trees))
            folder.mkdir()
            tree = baseline.extract(run.root, commit, folder)
            trees |= {target: tree for target, made in taken_out.items() if made == commit}
        candidates = replace(run, retired=trees)
        yield replace(run, retired={target: tree for target, tree in trees.items() if is_deployed(candidates, target)})


def is_deployed(run: Run, target: Target) -> bool:
    """Whether the state has a resource of the target. Raises `UserError` where the state cannot be read."""
    try:
        exported = json.loads(outputs.engine_command(run, target, "stack", "export"))
    except UserError as error:
        if ABSENT in error.message:
            return False
        raise
    return bool((exported.get("deployment") or {}).get("resources"))


def refuse_what_is_read(records: Mapping[Target, RunRecord], retired: Collection[Target]) -> dict[Target, RunRecord]:
    """The records; that of a retired target fails if another target still reads its outputs."""
    readers: dict[Target, list[str]] = {}
    for target, record in records.items():
        for name in read_names(record) if target not in retired else ():
            readers.setdefault(name, []).append(str(target))
    return {
        target: refuse(record, readers[target]) if target in retired and target in readers else record
        for target, record in records.items()
    }


def read_names(record: RunRecord) -> set[Target]:
    """The targets that a run's program refers to; a reference is `ORGANIZATION/PROJECT/STACK`."""
    steps = (step for step in record.steps if step.type == REFERENCE and step.op is not Op.DELETE)
    names = (str(step.inputs.get("name", "")).split("/") for step in steps)
    return {Target(*name[-2:]) for name in names if len(name) > 1}


def refuse(record: RunRecord, readers: Iterable[str]) -> RunRecord:
    error = RunError(
        kind=REFUSED,
        message=f"its outputs are read by {', '.join(sorted(readers))}, so it cannot be removed",
        hint="Remove the references to it from those programs, in the same change or before.",
    )
    return record.model_copy(update={"status": Status.FAILED, "error": record.error or error})
