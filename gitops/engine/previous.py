"""The state that a run begins with, for the policy pack: the engine tells it nothing of what was deployed before."""

from __future__ import annotations

import json
from pathlib import Path

from pulumi import automation as auto

from gitops.engine.job import Job
from gitops.records import Operation

VARIABLE = "POLICY_PREVIOUS_STATE"
"""Names the file to the pack (policies/previous.py)."""

NOTHING = {"version": 3, "deployment": {"manifest": {}}}


def write_previous_state(job: Job, stack: auto.Stack, file: Path) -> None:
    """Writes the state, as `pulumi stack export` does or as a `file://` backend keeps it, for a run that is judged."""
    if not job.policy_pack or job.operation not in (Operation.PREVIEW, Operation.UPDATE):
        return
    if job.rehearsal:  # an export starts an engine, about 0.3 s; the file is there
        kept = state_file(job)
        file.write_text(kept.read_text(encoding="utf-8") if kept.exists() else json.dumps(NOTHING), encoding="utf-8")
        return
    exported = stack.export_stack()
    document = {"version": exported.version, "deployment": exported.deployment or NOTHING["deployment"]}
    file.touch(mode=0o600)  # secrets in it are encrypted, names are not for everybody
    file.write_text(json.dumps(document), encoding="utf-8")


def state_file(job: Job) -> Path:
    """Where a rehearsal's `file://` backend keeps the stack."""
    stacks = Path((job.backend or "").removeprefix("file://")) / ".pulumi" / "stacks"
    return stacks / job.stack / f"{job.environment}.json"
