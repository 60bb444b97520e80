"""What runs where: each target's last deployment as the state backend tells it, and what is ahead of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gitops.checkout.git import git
from gitops.checkout.targets import Target
from gitops.deployed import outputs
from gitops.errors import UserError
from gitops.fingerprint import PROGRAM
from gitops.records import Op, Operation, RunRecord
from gitops.report.model.status import Deployed, StatusRow
from gitops.report.text.words import plural
from gitops.run import Run

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
    root: Path, deployed: Mapping[Target, Deployed | None], order: Sequence[str], drifted: Mapping[str, str]
) -> tuple[StatusRow, ...]:
    """A row for each target; `order` are the environments, `drifted` what was found of drift by target."""
    return tuple(
        StatusRow(
            target,
            state,
            ahead=commits_between(root, state.commit, "HEAD", target) if state else None,
            waiting=waiting(previous(target, deployed, order), state),
            drift=drifted.get(str(target), ""),
        )
        for target, state in deployed.items()
    )


def previous(target: Target, deployed: Mapping[Target, Deployed | None], order: Sequence[str]) -> Deployed | None:
    """What the nearest earlier environment runs of the same stack."""
    earlier = order[: order.index(target.environment)]
    before = [deployed.get(Target(target.stack, name)) for name in reversed(earlier)]
    return next((state for state in before if state), None)


def waiting(before: Deployed | None, here: Deployed | None) -> str:
    """What waits to be promoted, empty if nothing does."""
    if before is None or not before.succeeded:
        return ""
    if here is None:
        return f"{before.version or 'the first deployment'} waits"
    if before.digest != here.digest:
        return f"model {before.version} waits"
    return "" if before.commit == here.commit or before.when < here.when else f"commit {before.commit[:7]} waits"


def commits_between(root: Path, old: str, new: str, target: Target) -> int | None:
    """How many commits that a target depends on lie between two revisions; None where one is not in this clone."""
    if not old:
        return None
    paths = [f"stacks/{target.stack}", *PROGRAM]
    try:
        return int(git(root, "rev-list", "--count", "--end-of-options", f"{old}..{new}", "--", *paths))
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
