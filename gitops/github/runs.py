"""Runs that wait for an approval which a newer merge has made pointless."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from urllib.parse import quote

from gitops.github.client import Client, Fault

IDLE = frozenset({"waiting", "pending", "queued", "requested", "completed"})
"""States of a job that runs nothing: https://docs.github.com/en/rest/actions/workflow-jobs"""
UNFINISHED = ("waiting", "pending", "queued", "in_progress")


@dataclass(frozen=True)
class OtherRun:
    """A run on the same branch, with the states of its jobs. `created` is when, as GitHub writes it (ISO 8601, UTC)."""

    id: int
    created: str
    jobs: tuple[str, ...]


def choose_superseded(created: str, others: Iterable[OtherRun]) -> tuple[int, ...]:
    """The ids of the older runs of which no job runs: one that applies a change is never cut off."""
    return tuple(other.id for other in others if other.created < created and all(state in IDLE for state in other.jobs))


def supersede(client: Client, workflows: Iterable[str], branch: str, run: int) -> tuple[int, ...]:
    """Cancels the runs of workflow files that only wait and are older than this one; returns their ids."""
    repository = f"repos/{client.repository}"
    created = str(client.request("GET", f"{repository}/actions/runs/{run}")["created_at"])
    found: dict[int, str] = {}
    for workflow, state in product(workflows, UNFINISHED):
        where = f"{repository}/actions/workflows/{quote(workflow)}/runs?branch={quote(branch, safe='')}&status={state}"
        found |= {int(each["id"]): str(each["created_at"]) for each in client.get_all(where, "workflow_runs")}
    older = {identity: when for identity, when in found.items() if when < created}
    others = [OtherRun(identity, when, list_job_states(client, identity)) for identity, when in older.items()]
    return tuple(identity for identity in choose_superseded(created, others) if cancel(client, identity))


def cancel(client: Client, run: int) -> bool:
    """Whether the run was cancelled; 409 is GitHub's word for one that has ended meanwhile."""
    try:
        client.request("POST", f"repos/{client.repository}/actions/runs/{run}/cancel")
    except Fault as fault:
        if fault.status == 409:
            return False
        raise
    return True


def list_job_states(client: Client, run: int) -> tuple[str, ...]:
    """The states of all jobs of a run's latest attempt."""
    where = f"repos/{client.repository}/actions/runs/{run}/jobs"
    return tuple(str(job["status"]) for job in client.get_all(where, "jobs"))
