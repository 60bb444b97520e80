"""Runs that wait for an approval which a newer merge has made pointless."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from gitops.github.client import Client, Fault

IDLE = frozenset({"waiting", "pending", "queued", "requested", "completed"})
"""States of a job that runs nothing: https://docs.github.com/en/rest/actions/workflow-jobs"""
UNFINISHED = ("waiting", "pending", "queued", "in_progress")


@dataclass(frozen=True)
class OtherRun:
    """A run of the same workflow on the same branch, with the states of its jobs."""

    id: int
    number: int
    jobs: tuple[str, ...]


def choose_superseded(number: int, others: Iterable[OtherRun]) -> tuple[int, ...]:
    """The ids of the older runs of which no job runs: one that applies a change is never cut off."""
    return tuple(other.id for other in others if other.number < number and all(state in IDLE for state in other.jobs))


def supersede(client: Client, workflow: str, branch: str, number: int) -> tuple[int, ...]:
    """Cancels the older runs of a workflow file that only wait; returns their ids."""
    repository = f"repos/{client.repository}"
    runs: dict[int, Mapping[str, Any]] = {}
    for state in UNFINISHED:
        where = f"{repository}/actions/workflows/{quote(workflow)}/runs?branch={quote(branch, safe='')}&status={state}"
        for run in client.get_all(where, "workflow_runs"):
            runs[int(run["id"])] = run
    others = [
        OtherRun(identity, int(run["run_number"]), list_job_states(client, identity))
        for identity, run in runs.items()
        if int(run["run_number"]) < number
    ]
    return tuple(identity for identity in choose_superseded(number, others) if cancel(client, identity))


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
