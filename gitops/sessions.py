"""Whether the role that deploys lets a login last as long as its job: one that ends first loses the state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from gitops.check import Check

WORKFLOW, ACTION, ROLE = ".github/workflows/deploy-environment.yml", "./.github/actions/environment", "AWS_ROLE_ARN"
Clients = Callable[[str, str], Any]
"""A boto3 client by service and region; an empty region is the session's own."""


def read_login(root: Path) -> tuple[int, int]:
    """Seconds of the deploying job's login, and the most that the job may take."""
    job = yaml.safe_load((root / WORKFLOW).read_text(encoding="utf-8"))["jobs"]["deploy"]
    (entering,) = [step["with"] for step in job["steps"] if step.get("uses") == ACTION]
    return int(entering["seconds"]), int(job["timeout-minutes"]) * 60


def check_sessions(root: Path, roles: Mapping[str, str], clients: Clients) -> Iterator[Check]:
    """One line for the workflow, and one for each environment's role in AWS, by name of the environment."""
    seconds, job = read_login(root)
    todo = f"raise `seconds` in {WORKFLOW}"
    yield Check("session", f"{seconds:,} s, the job takes {job:,} s at most", seconds >= job, todo=todo)
    for environment, role in roles.items():
        yield check_role(f"role of {environment}", role, seconds, clients)


def check_role(name: str, role: str, seconds: int, clients: Clients) -> Check:
    """A role refuses a login that is to last longer than it lets one:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage-assume.html#id_roles_use_view-role-max-session"""
    from botocore.exceptions import BotoCoreError, ClientError  # with boto3, only for the real clouds

    short = role.rpartition("/")[2]
    todo = f"aws iam update-role --role-name {short} --max-session-duration {seconds}"
    try:
        answer = clients("iam", "").get_role(RoleName=short)["Role"]
    except (BotoCoreError, ClientError) as error:
        return Check(name, f"not asked: {error}", False, needed=False, todo="log in to its account, with iam:GetRole")
    if answer["Arn"] != role:
        return Check(name, f"not asked: this is {answer['Arn']}", False, needed=False, todo="log in to its account")
    return Check(name, f"{answer['MaxSessionDuration']:,} s", answer["MaxSessionDuration"] >= seconds, todo=todo)
