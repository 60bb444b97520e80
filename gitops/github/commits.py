"""Whether a commit may be deployed: it is the branch's head, and nothing newer was deployed there before.

"Run all jobs again" on an old run would deploy the old commit: to go back is a change of its own, reverted on main.

Where the branch is, nobody but who may push to it can say. A deployment record is a weaker witness: whoever may write
them can make one of any commit. So a record can stop a deployment and never allow one, it is named where it does, and
the numbers of wrong ones are passed over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import quote

from gitops.github.client import Client

LOOK_BACK = 30
"""How many deployment records of other commits are asked about: each costs a request, of 1,000 an hour and repository
(https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api), in each job that deploys."""
NOT_OLDER = frozenset({"ahead", "identical"})


@dataclass(frozen=True)
class DeploymentRecord:
    """A deployment record of GitHub's: its number, the commit, who made it and when (ISO 8601, UTC)."""

    id: int
    commit: str
    creator: str = "unknown"
    created: str = "unknown"

    def __str__(self) -> str:
        return f"{self.commit[:12]} was deployed here before (record {self.id} of {self.creator}, {self.created})"


def refuse_commit(commit: str, head: str, branch: str, last: DeploymentRecord | None, relation: str) -> str:
    """Why `commit` must not be deployed, empty if it may. `relation` is its to the commit deployed last, as GitHub
    says it: ahead, identical, behind or diverged; `last` is None where nothing was deployed."""
    if commit != head:
        return f"{branch} is at {head[:12]} and this run is of {commit[:12]}: the run of the newer commit deploys it"
    if last and relation not in NOT_OLDER:
        return f"{last}, and {commit[:12]} is {relation}: it would undo what came after"
    return ""


def check_commit(client: Client, commit: str, branch: str, environment: str, wrong: Collection[int] = ()) -> str:
    """As `refuse_commit`, with what GitHub says of branch and environment. `wrong` are numbers of records that are
    none of a deployment."""
    head = find_head(client, branch)
    last = find_last_deployed(client, environment, commit, wrong)
    relation = find_relation(client, last.commit, commit) if last else ""
    return refuse_commit(commit, head, branch, last, relation)


def find_head(client: Client, branch: str) -> str:
    """The commit that the branch is at now."""
    return str(client.request("GET", f"repos/{client.repository}/git/ref/heads/{quote(branch)}")["object"]["sha"])


def find_relation(client: Client, last: str, commit: str) -> str:
    """What `commit` is to `last` by GitHub's word; `without it` where `last` is in no history any more."""
    compared = client.find(f"repos/{client.repository}/compare/{last}...{commit}")
    return str(compared["status"]) if compared else "without it"


def find_last_deployed(
    client: Client, environment: str, commit: str, wrong: Collection[int] = ()
) -> DeploymentRecord | None:
    """The environment's newest deployment of another commit than `commit` that succeeded; None if none did.

    Those of `commit` itself are as many as it has targets, and say nothing of what came before them.
    """
    repository = f"repos/{client.repository}"
    listed = client.get_all(f"{repository}/deployments?environment={quote(environment, safe='')}")
    others = (read_deployment(deployment) for deployment in listed if deployment["sha"] != commit)
    for deployment in islice((other for other in others if other.id not in wrong), LOOK_BACK):
        if has_succeeded(client.request("GET", f"{repository}/deployments/{deployment.id}/statuses")):
            return deployment
    return None


def read_deployment(raw: Mapping[str, Any]) -> DeploymentRecord:
    """https://docs.github.com/en/rest/deployments/deployments#list-deployments"""
    creator = (raw.get("creator") or {}).get("login") or DeploymentRecord.creator
    return DeploymentRecord(
        int(raw["id"]), str(raw["sha"]), str(creator), str(raw.get("created_at") or DeploymentRecord.created)
    )


def has_succeeded(statuses: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a deployment came to a good end. A later one of its environment makes an old one `inactive`."""
    return any(status.get("state") == "success" for status in statuses)
