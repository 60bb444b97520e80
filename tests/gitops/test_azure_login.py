"""Azure's login for the state lasts as long as the command: a new assertion is there before the old one ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gitops.azure_login import find_identity, renew_login
from tests.tools import assertions
from tests.tools.assertions import Tokens

FILE = "AZURE_FEDERATED_TOKEN_FILE"


@pytest.fixture
def tokens() -> Iterator[Tokens]:
    with assertions.serving() as state:
        yield state


def job(address: str, **more: str) -> dict[str, str]:
    """What a job that logged in to Azure has (.github/actions/cloud-login)."""
    return {
        "PULUMI_BACKEND_URL": "azblob://state?storage_account=x",
        "ACTIONS_ID_TOKEN_REQUEST_URL": address,
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of this job",
        "ARM_CLIENT_ID": "client",
        "ARM_TENANT_ID": "tenant",
        **more,
    }


def quiet(_text: str) -> None:
    pass


def test_a_new_assertion_is_there_before_the_old_one_ends_and_none_after_the_command(tokens: Tokens) -> None:
    environ = job(tokens.address)
    before = dict(environ)

    with renew_login(environ, quiet, seconds=0.01):
        assert (environ["AZURE_CLIENT_ID"], environ["AZURE_TENANT_ID"]) == ("client", "tenant")
        file = Path(environ[FILE])
        assert file.read_text().startswith("assertion ")
        assert file.parent.stat().st_mode & 0o077 == 0, "others may not look into its folder"
        tokens.wait_for(4)  # so the third one is written
        assert int(file.read_text().split()[1]) >= 3

    assert (environ, file.exists()) == (before, False)
    assert set(tokens.asked) == {("api://AzureADTokenExchange", "Bearer of this job")}


def test_a_fault_of_githubs_is_said_and_the_old_assertion_stays(tokens: Tokens) -> None:
    said: list[str] = []
    environ = job(tokens.address)

    with renew_login(environ, said.append, seconds=0.01):
        with tokens.turn:
            tokens.faults += [(403, b"no"), (200, b"<html>"), (200, b"{}")]
            asked = len(tokens.asked)
        tokens.wait_for(asked + 4)
        assert Path(environ[FILE]).read_text().startswith("assertion ")

    assert sum("was not renewed" in line for line in said) == 3
    assert "id-token: write" in said[0]
    assert not any("of this job" in line for line in said)


def test_a_first_assertion_that_cannot_be_had_leaves_the_az_commands_login(tokens: Tokens) -> None:
    said: list[str] = []
    environ = job(tokens.address)
    tokens.faults.append((403, b"no"))

    with renew_login(environ, said.append, seconds=0.01):
        assert FILE not in environ

    assert len(said) == 1


@pytest.mark.parametrize(
    ("more", "asks"),
    [
        ({}, True),
        ({"AZURE_CLIENT_ID": "another"}, True),
        ({"PULUMI_BACKEND_URL": "s3://state"}, False),
        ({"ACTIONS_ID_TOKEN_REQUEST_URL": ""}, False),
        ({"ACTIONS_ID_TOKEN_REQUEST_TOKEN": ""}, False),
        ({"ARM_CLIENT_ID": ""}, False),
        ({"ARM_TENANT_ID": ""}, False),
        ({"AZURE_STORAGE_KEY": "key"}, False),
        ({FILE: "/somebody/renews/it"}, False),
    ],
)
def test_the_login_is_taken_only_where_no_other_one_is(more: dict[str, str], asks: bool) -> None:
    identity = find_identity(job("http://x") | more)

    assert bool(identity) is asks
    assert identity.get("AZURE_CLIENT_ID", "") == ((more.get("AZURE_CLIENT_ID") or "client") if asks else "")
