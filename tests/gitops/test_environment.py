"""A rehearsal's program is a stranger's: nothing that opens a cloud reaches it."""

from __future__ import annotations

import pytest

from gitops.engine.environment import ENDPOINTS, for_engine, for_worker
from gitops.engine.job import Job
from gitops.records import Operation


def job(**more: object) -> Job:
    fields = {
        "root": "/x",
        "stack": "web",
        "environment": "dev",
        "operation": Operation.PREVIEW,
        "engine": "/bin/pulumi",
    }
    return Job.model_validate({**fields, "engine_version": "3.0.0", **more})


REHEARSAL = {"debug_providers": "aws:1", "backend": "file:///x/state"}


@pytest.mark.parametrize(
    "name",
    [
        "AWS_SECRET_ACCESS_KEY",
        "AWS_PROFILE",
        "AZURE_CLIENT_SECRET",
        "ARM_CLIENT_ID",
        "GITHUB_TOKEN",
        "GH_TOKEN",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
        "ACTIONS_RUNTIME_TOKEN",
        "PULUMI_ACCESS_TOKEN",
        "GOOGLE_CREDENTIALS",
        "VAULT_TOKEN",
    ],
)
def test_credentials_stay_outside_a_rehearsal_and_reach_the_real_clouds(name: str) -> None:
    inherited = {name: "s3cret", "HOME": "/home/x"}

    assert name not in for_worker(job(**REHEARSAL), inherited)
    assert for_worker(job(), inherited)[name] == "s3cret"
    assert for_worker(job(**REHEARSAL), inherited)["HOME"] == "/home/x"


def test_only_a_rehearsal_is_told_what_answers_for_its_endpoints() -> None:
    """On the real clouds it would send a request, and what hangs on its answer, elsewhere."""
    inherited = {ENDPOINTS: "127.0.0.1:1"}

    assert for_worker(job(**REHEARSAL, endpoints="127.0.0.1:2"), inherited)[ENDPOINTS] == "127.0.0.1:2"
    assert ENDPOINTS not in for_worker(job(), inherited)


def test_bytecode_is_kept_whatever_the_container_says() -> None:
    assert "PYTHONDONTWRITEBYTECODE" not in for_worker(job(), {"PYTHONDONTWRITEBYTECODE": "1"})


def test_only_a_rehearsal_attaches_to_the_stand_ins() -> None:
    rehearsed = for_engine(job(**REHEARSAL))
    assert rehearsed["PULUMI_DEBUG_PROVIDERS"] == "aws:1"
    assert rehearsed["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"  # no real provider by the back door
    assert "PULUMI_DEBUG_PROVIDERS" not in for_engine(job())
    assert {"PULUMI_CONFIG_PASSPHRASE", "VAULT_SERVER_URL"}.isdisjoint(for_engine(job()))
    assert for_engine(job(**REHEARSAL, endpoints="127.0.0.1:2"))["VAULT_SERVER_URL"] == "http://127.0.0.1:2"
