"""The state that a run starts from, as one hash: a review is only valid while this hash is the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gitops.engine import state_file
from gitops.engine.job import Job

if TYPE_CHECKING:
    from pulumi import automation as auto

EMPTY = "empty"


class MovedError(Exception):
    """The state is not the one that the change was shown against."""


def hash_state(deployment: Mapping[str, Any] | None) -> str:
    """SHA-256 (hex) over the resources of a deployment as the engine exports it, with ids, outputs and times.

    Every update writes the times of what it touches, so a state that went from A to B and back to A is another one. A
    stack never made and one with nothing in it are both `EMPTY`. Secrets count as their ciphertexts.
    """
    parts = {name: (deployment or {}).get(name) for name in ("resources", "pending_operations")}
    if not any(parts.values()):
        return EMPTY
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_state(job: Job, stack: auto.Stack) -> str:
    """The hash of the state that the run starts from, where the job asks. Raises `MovedError` if it expects another."""
    if not (job.bound or job.expected_state):
        return ""
    digest = hash_state(state_file.read(job, stack))
    if job.expected_state and digest != job.expected_state:
        raise MovedError("the state changed between the preview and the update; nothing was touched")
    return digest
