"""Destroying a target that was taken out of the repository, previewed or done, and what protects it from that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pulumi import automation as auto

from gitops.engine import steps
from gitops.engine.job import Job
from gitops.engine.listen import Listener
from gitops.records import Operation, Step

CLOUDS_OWN = ("enableDeletionProtection", "deletionProtection", "deletionProtectionEnabled")
"""Properties by which a cloud refuses to delete: AWS's load balancers, Cognito's pools, databases and tables."""


class ProtectedError(Exception):
    """Something of the target must not be deleted."""

    hint = (
        "Restore the target, remove the protection (availability.protected, entrance.deletion_protection), deploy "
        "that, then remove the target again."
    )


def retire(job: Job, stack: auto.Stack, listener: Listener, common: Mapping[str, Any]) -> tuple[Step, ...]:
    """The steps of the destroy that the job previews, or does; the empty stack is then removed. Raises
    `ProtectedError` before anything is touched."""
    deployment = stack.export_stack().deployment or {}
    if protected := sorted(find_protected(deployment)):
        raise ProtectedError(f"protected, so it cannot be removed: {', '.join(protected)}")
    if job.operation is Operation.PREVIEW:
        stack.preview_destroy(**common)
    else:
        stack.destroy(**common)
        stack.workspace.remove_stack(job.environment)
    return of_destroy(listener, deployment, job)


def of_destroy(listener: Listener, deployment: Mapping[str, Any], job: Job) -> tuple[Step, ...]:
    return steps.from_events(listener.steps, deployment, root=Path(job.root), folder=job.folder)


def find_protected(deployment: Mapping[str, Any]) -> Iterator[str]:
    """The names of the resources that the engine or their own cloud will not delete."""
    for resource in deployment.get("resources", ()):
        inputs = resource.get("inputs") or {}
        if resource.get("protect") or any(inputs.get(name) in (True, "ACTIVE") for name in CLOUDS_OWN):
            yield resource["urn"].rsplit("::", 1)[-1]
