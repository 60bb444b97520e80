"""A login lasts as long as the job that deploys: the workflow asks for it, and the role must allow it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from gitops.sessions import check_role, check_sessions, read_login

ROOT = Path(__file__).parents[2]
ROLE = "arn:aws:iam::123456789012:role/deploy/prod"


class Iam:
    """Answers as IAM does of one role."""

    def __init__(self, seconds: int = 3600, arn: str = ROLE, fault: Exception | None = None) -> None:
        self.seconds, self.arn, self.fault = seconds, arn, fault

    def __call__(self, service: str, region: str) -> Iam:
        assert (service, region) == ("iam", "")
        return self

    def get_role(self, RoleName: str) -> Any:
        assert RoleName == "prod"
        if self.fault:
            raise self.fault
        return {"Role": {"Arn": self.arn, "MaxSessionDuration": self.seconds}}


def test_this_repositorys_login_outlasts_its_job() -> None:
    seconds, job = read_login(ROOT)

    assert seconds >= job > 3600
    workflow, role = check_sessions(ROOT, {"prod": ROLE}, Iam(seconds))
    assert (workflow.fine, role.name, role.fine) == (True, "role of prod", True)


def test_a_role_that_allows_less_is_named_with_what_mends_it() -> None:
    check = check_role("role of prod", ROLE, 9000, Iam(3600))

    assert (check.found, check.fine, check.needed) == ("3,600 s", False, True)
    assert check.todo == "aws iam update-role --role-name prod --max-session-duration 9000"


@pytest.mark.parametrize(
    "iam",
    [
        Iam(9000, fault=NoCredentialsError()),
        Iam(9000, fault=ClientError({"Error": {"Code": "AccessDenied"}}, "GetRole")),
        Iam(9000, arn="arn:aws:iam::999999999999:role/prod"),
    ],
)
def test_a_role_that_cannot_be_asked_about_is_no_fault(iam: Iam) -> None:
    check = check_role("role of prod", ROLE, 9000, iam)

    assert (check.fine, check.needed) == (False, False)
    assert "not asked" in check.found
