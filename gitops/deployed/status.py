"""What runs where: each target's last deployment as the state backend tells it, and what is ahead of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from gitops.checkout.git import git
from gitops.checkout.rooms import PROGRAM
from gitops.checkout.targets import Target
from gitops.deployed import outputs
from gitops.errors import UserError
from gitops.files import write_text
from gitops.records import Op, Operation, RunRecord
from gitops.report.model.status import Deployed, StatusRow, Verified
from gitops.report.text.words import plural
from gitops.run import Run

VERIFIED = "verified.json"
"""What `gitops verify` leaves in its folder of each target."""
BY_TARGET = TypeAdapter(dict[str, Verified])
ROWS = TypeAdapter(tuple[StatusRow, ...])
ABSENT = "no stack named"
"""How the engine says that a state backend does not know a stack."""


def read(run: Run, targets: Sequence[Target]) -> dict[Target, Deployed | None]:
    """The last deployment of each target, None where there was none. Raises `UserError`: the backend cannot be read."""
    with ThreadPoolExecutor(run.pool.workers) as threads:
        return dict(zip(targets, threads.map(lambda target: read_one(run, target), targets), strict=True))


def read_one(run: Run, target: Target) -> Deployed | None:
    try:
        history = outputs.engine_command(run, target, "stack", "history", "--json", "--page-size", "1")
    except UserError as error:
        if ABSENT in error.message:
            return None
        raise
    updates = json.loads(history or "[]")
    return describe(updates[0], outputs.read(run, target)) if updates else None


def describe(update: Mapping[str, Any], exported: Mapping[str, Any]) -> Deployed | None:
    """An entry of `pulumi stack history --json` with the stack's outputs; None after a destroy."""
    if update.get("kind") == "destroy" and update.get("result") == "succeeded":
        return None
    environment = update.get("environment") or {}
    when = str(update.get("endTime") or update.get("startTime"))
    return Deployed(
        version=str(exported.get("model_version", "")),
        digest=str(exported.get("model_digest", "")),
        commit=str(environment.get("git.head", "")),
        edited=environment.get("git.dirty") == "true",
        when=datetime.fromisoformat(when.replace("Z", "+00:00")).astimezone(UTC),
        succeeded=update.get("result") == "succeeded",
        url=str(exported.get("endpoint_url", "")),
    )


def rows(
    root: Path,
    deployed: Mapping[Target, Deployed | None],
    order: Sequence[str],
    drifted: Mapping[str, str],
    verified: Mapping[str, Verified],
) -> tuple[StatusRow, ...]:
    """A row for each target; `order` lists the environments, `drifted` and `verified` hold the last results by
    target."""
    return tuple(
        StatusRow(
            target,
            state,
            ahead=count_commits_since(state.commit, root, target) if state else None,
            waiting=describe_waiting(previous(target, deployed, order), state),
            drift=drifted.get(str(target), ""),
            verified=verified.get(str(target)),
        )
        for target, state in deployed.items()
    )


def join(folder: Path, new: Sequence[StatusRow], order: Sequence[str]) -> tuple[StatusRow, ...]:
    """The new rows together with the rows of other environments, which earlier jobs kept in `folder`; all rows are kept
    there.

    A workflow's job sees one environment, but what waits for promotion depends on the environment before.
    """
    kept = {name: read_rows(folder / f"{name}.json") for name in order}
    kept |= {
        name: tuple(row for row in new if row.target.environment == name)
        for name in {row.target.environment for row in new}
    }
    for name, listed in kept.items():
        write_text(folder / f"{name}.json", ROWS.dump_json(listed, indent=1).decode())
    together = [row for listed in kept.values() for row in listed]
    deployed = {row.target: row.deployed for row in together}
    return tuple(
        replace(row, waiting=describe_waiting(previous(row.target, deployed, order), row.deployed)) for row in together
    )


def read_rows(file: Path) -> tuple[StatusRow, ...]:
    """The rows in a file; empty for a file of another version, which the environment's next job will replace."""
    try:
        return ROWS.validate_json(file.read_bytes())
    except (FileNotFoundError, ValidationError):
        return ()


def read_verified(folder: Path) -> dict[str, Verified]:
    """The verifications by target that `gitops verify` wrote to the folder; empty without any of this version."""
    try:
        return BY_TARGET.validate_json((folder / VERIFIED).read_bytes())
    except (FileNotFoundError, ValidationError):
        return {}


def previous(target: Target, deployed: Mapping[Target, Deployed | None], order: Sequence[str]) -> Deployed | None:
    """What the nearest earlier environment with the same stack runs."""
    earlier = order[: order.index(target.environment)]
    before = [deployed.get(Target(target.stack, name)) for name in reversed(earlier)]
    return next((state for state in before if state), None)


def describe_waiting(before: Deployed | None, here: Deployed | None) -> str:
    """What waits to be promoted, empty if nothing does."""
    if before is None or not before.succeeded:
        return ""
    if here is None:
        return f"{before.version or 'the first deployment'} waits"
    if before.digest != here.digest:
        return f"model {before.version} waits"
    return "" if before.commit == here.commit or before.when < here.when else f"commit {before.commit[:7]} waits"


def count_commits_since(commit: str, root: Path, target: Target) -> int | None:
    """How many commits up to HEAD, after the deployed one, the target depends on; None if this clone lacks the deployed
    one."""
    if not commit:
        return None
    paths = [f"stacks/{target.stack}", *PROGRAM]
    try:
        return int(git(root, "rev-list", "--count", "--end-of-options", f"{commit}..HEAD", "--", *paths))
    except UserError:
        return None


def drift_of(records: Sequence[RunRecord]) -> dict[str, str]:
    """What the records of the last `gitops drift` say of each target."""
    changes = {}
    for record in records:
        changed = sum(step.op in (Op.UPDATE, Op.DELETE, Op.REPLACE) for step in record.steps)
        if record.operation is Operation.DRIFT and changed:
            changes[record.target] = f"{plural(changed, 'resource')} drifted"
    return changes
