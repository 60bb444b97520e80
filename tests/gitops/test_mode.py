"""An environment's variables mean one kind of clouds, the same as the environment before."""

from __future__ import annotations

import pytest

from gitops.errors import UserError
from gitops.mode import find_mode

REAL = {"GITOPS_CLOUDS": "real", "PULUMI_BACKEND_URL": "s3://state", "AWS_ROLE_ARN": "arn:aws:iam::1:role/deploy"}


def test_nothing_set_is_a_rehearsal_and_everything_set_is_real() -> None:
    assert find_mode({}) == find_mode({"AWS_REGION": "us-east-1"}, "rehearsal") == "rehearsal"
    assert find_mode(REAL) == find_mode(REAL, "real") == "real"
    azure = {name: value for name, value in REAL.items() if name != "AWS_ROLE_ARN"} | {"AZURE_CLIENT_ID": "c"}
    assert find_mode(azure) == "real"


def test_two_identities_are_no_backend() -> None:
    both = {"GITOPS_CLOUDS": "real", "AWS_ROLE_ARN": "arn:aws:iam::1:role/deploy", "AZURE_CLIENT_ID": "c"}

    with pytest.raises(UserError, match="PULUMI_BACKEND_URL"):
        find_mode(both)


@pytest.mark.parametrize("without", ["GITOPS_CLOUDS", "PULUMI_BACKEND_URL", "AWS_ROLE_ARN"])
def test_a_variable_that_is_missing_is_an_error_and_no_rehearsal(without: str) -> None:
    with pytest.raises(UserError):
        find_mode({name: value for name, value in REAL.items() if name != without})


@pytest.mark.parametrize(("variables", "before"), [({}, "real"), (REAL, "rehearsal"), ({"GITOPS_CLOUDS": "Real"}, "")])
def test_promotion_is_between_clouds_of_one_kind(variables: dict[str, str], before: str) -> None:
    with pytest.raises(UserError):
        find_mode(variables, before)
