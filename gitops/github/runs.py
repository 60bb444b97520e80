"""Runs that wait for an approval which a newer merge has made pointless.

A job may begin to run between the look at its run and the cancel, which would cut off what it applies. So only runs of
a commit that is no longer the branch's head are ended: whatever of them begins now refuses at its own door (`gitops
current`, before it logs in), and what began before is seen to run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from urllib.parse import quote

from gitops.github.client import Client, Fault
from gitops.github.commits import find_head

IDLE = frozenset({"waiting", "pending", "queued", "requested", "completed"})
"""States of a job that runs nothing: https://docs.github.com/en/rest/actions/workflow-jobs"""
UNFINISHED = ("waiting", "pending", "queued", "in_progress")


@dataclass(frozen=True)
class OtherRun:
    """A run on the same branch, with the states of its jobs. `created` is when, as GitHub writes it (ISO 8601, UTC)."""

    id: int
    created: str
    commit: str
    jobs: tuple[str, ...]


def choose_superseded(created: str, head: str, others: Iterable[OtherRun]) -> tuple[int, ...]:
    """The ids of the older runs, of other commits than the head, of which no job runs."""
    return tuple(other.id for other in others if is_superseded(other, created, head))


def is_superseded(run: OtherRun, created: str, head: str) -> bool:
    return run.created < created and run.commit != head and all(state in IDLE for state in run.jobs)


def supersede(client: Client, workflows: Iterable[str], branch: str, run: int) -> tuple[int, ...]:
    """Cancels the runs of workflow files that only wait and are older than this one; returns their ids."""
    repository = f"repos/{client.repository}"
    head = find_head(client, branch)
    created = str(client.request("GET", f"{repository}/actions/runs/{run}")["created_at"])
    unfinished: dict[int, tuple[str, str]] = {}
    for workflow, state in product(workflows, UNFINISHED):
        where = f"{repository}/actions/workflows/{quote(workflow)}/runs?branch={quote(branch, safe='')}&status={state}"
        listed = client.get_all(where, "workflow_runs")
        unfinished |= {int(other["id"]): (str(other["created_at"]), str(other["head_sha"])) for other in listed}
    older = {identity: about for identity, about in unfinished.items() if about[0] < created}
    others = [OtherRun(identity, *about, list_job_states(client, identity)) for identity, about in older.items()]
    return tuple(identity for identity in choose_superseded(created, head, others) if cancel(client, identity))


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
