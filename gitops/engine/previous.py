"""The state before a run, for the policy pack: the engine does not tell the pack what was deployed before."""

from __future__ import annotations

import json
from pathlib import Path

from pulumi import automation as auto

from gitops.engine import state_file
from gitops.engine.job import Job
from gitops.records import Operation

VARIABLE = "POLICY_PREVIOUS_STATE"
"""Names the file to the pack (policies/previous.py)."""

NEVER_DEPLOYED = {"manifest": {}}


def write_previous_state(job: Job, stack: auto.Stack, file: Path) -> None:
    """Writes the state in the form of `pulumi stack export`, for a run that is judged."""
    if not job.policy_pack or job.operation not in (Operation.PREVIEW, Operation.UPDATE):
        return
    document = {"version": 3, "deployment": state_file.read(job, stack) or NEVER_DEPLOYED}
    file.touch(mode=0o600)  # secrets in it are encrypted, names are not for everybody
    file.write_text(json.dumps(document), encoding="utf-8")
