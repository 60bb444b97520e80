"""A stack's state as `pulumi stack export` prints it: `{"manifest": …, "resources": […], …}`, secrets encrypted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gitops.engine import state_file
from gitops.engine.job import Job

if TYPE_CHECKING:
    from pulumi import automation as auto


def read(job: Job, stack: auto.Stack) -> dict[str, Any]:
    """Empty for a stack that was never deployed. A rehearsal's is read from its file: an export starts an engine."""
    if not job.rehearsal:
        return dict(stack.export_stack().deployment or {})
    file = state_file.locate(job.backend or "", job.stack, job.environment)
    return json.loads(file.read_text(encoding="utf-8"))["checkpoint"].get("latest") or {}
