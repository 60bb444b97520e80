"""What a step leaves for the next ones in $GITHUB_OUTPUT: each line of that file is a command."""

from __future__ import annotations

import json

import pytest

from gitops.checkout.targets import Target
from gitops.commands import legs, notice
from gitops.records import RunRecord, Status
from gitops.report.model.context import Context
from gitops.report.model.report import build

NETWORK, WEB = Target("network", "prod"), Target("web", "prod")


def record(stack: str, *, rehearsal: bool = False, **outputs: str) -> RunRecord:
    fields = {"stack": stack, "environment": "prod", "operation": "update", "status": Status.SUCCEEDED}
    return RunRecord.model_validate({**fields, "rehearsal": rehearsal, "outputs": outputs})


@pytest.mark.parametrize(("rehearsal", "jobs"), [(False, ["network", "web"]), (True, ["network"])])
def test_each_target_has_a_job_but_where_their_clouds_are_one_folder(rehearsal: bool, jobs: list[str]) -> None:
    records = [record("network", rehearsal=rehearsal), record("web", rehearsal=rehearsal)]

    chosen = legs.choose_legs(records, [(NETWORK,), (WEB,)])
    matrix, targets = legs.as_outputs(chosen, [NETWORK, WEB]).splitlines()

    rows = json.loads(matrix.removeprefix("legs="))["include"]
    assert [row["name"] for row in rows] == jobs
    assert " ".join(row["only"] for row in rows) == "--only network --only web"
    assert targets == "targets=network/prod web/prod"
    assert legs.as_outputs(legs.choose_legs(records, []), []).splitlines()[1] == "targets="


@pytest.mark.parametrize(
    ("address", "given"),
    [
        ("https://api.example.com/prod?a=1", "https://api.example.com/prod?a=1"),
        ("https://x\nlegs={}", ""),
        ("https://x y", ""),
        ("javascript:alert(1)", ""),
        ("web-endpoint", ""),
    ],
)
def test_an_address_is_given_on_only_where_it_is_one(address: str, given: str) -> None:
    lines = notice.as_outputs(build([record("web", endpoint_url=address)], Context())).splitlines()

    assert lines[1:] == [f"url={given}"]
    assert lines[0].startswith("verdict=")
