"""Whether a commit may be deployed: it is the branch's head, and nothing newer was deployed there before.

"Run all jobs again" on an old run would deploy the old commit: to go back is a change of its own, reverted on main.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any
from urllib.parse import quote

from gitops.github.client import Client

LOOK_BACK = 30
"""How many deployment records of other commits are asked about: each costs a request, of 1,000 an hour and repository
(https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api), in each job that deploys."""
NOT_OLDER = frozenset({"ahead", "identical"})


def refuse_commit(commit: str, head: str, branch: str, last: str, relation: str) -> str:
    """Why `commit` must not be deployed, empty if it may. `relation` is its to the commit deployed last, as GitHub
    says it: ahead, identical, behind or diverged; `last` is empty where nothing was deployed."""
    if commit != head:
        return f"{branch} is at {head[:12]} and this run is of {commit[:12]}: the run of the newer commit deploys it"
    if last and relation not in NOT_OLDER:
        return f"{last[:12]} was deployed here before, and {commit[:12]} is {relation}: it would undo what came after"
    return ""


def check_commit(client: Client, commit: str, branch: str, environment: str) -> str:
    """As `refuse_commit`, with what GitHub says of branch and environment."""
    head = find_head(client, branch)
    last = find_last_deployed(client, environment, commit)
    relation = find_relation(client, last, commit) if last else ""
    return refuse_commit(commit, head, branch, last, relation)


def find_head(client: Client, branch: str) -> str:
    """The commit that the branch is at now."""
    return str(client.request("GET", f"repos/{client.repository}/git/ref/heads/{quote(branch)}")["object"]["sha"])


def find_relation(client: Client, last: str, commit: str) -> str:
    """What `commit` is to `last` by GitHub's word; `without it` where `last` is in no history any more."""
    compared = client.find(f"repos/{client.repository}/compare/{last}...{commit}")
    return str(compared["status"]) if compared else "without it"


def find_last_deployed(client: Client, environment: str, commit: str) -> str:
    """The commit, other than `commit`, of the environment's newest deployment that succeeded; empty if none did.

    Those of `commit` itself are as many as it has targets, and say nothing of what came before them.
    """
    repository = f"repos/{client.repository}"
    listed = client.get_all(f"{repository}/deployments?environment={quote(environment, safe='')}")
    others = (deployment for deployment in listed if deployment["sha"] != commit)
    for deployment in islice(others, LOOK_BACK):
        statuses = client.request("GET", f"{repository}/deployments/{int(deployment['id'])}/statuses")
        if has_succeeded(statuses):
            return str(deployment["sha"])
    return ""


def has_succeeded(statuses: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a deployment came to a good end. A later one of its environment makes an old one `inactive`."""
    return any(status.get("state") == "success" for status in statuses)
