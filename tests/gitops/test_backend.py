"""Where state would lie is known before the engine is asked, and its absence is told once."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitops.backend import require_state_backend, state_backend
from gitops.errors import UserError


def test_the_variable_comes_before_the_login_and_the_login_before_the_token(tmp_path: Path) -> None:
    token = {"PULUMI_HOME": str(tmp_path), "PULUMI_ACCESS_TOKEN": "pul-0"}
    assert state_backend(token) == "Pulumi Cloud, by PULUMI_ACCESS_TOKEN"

    (tmp_path / "credentials.json").write_text('{"current": "s3://state?region=eu-west-1"}')
    assert state_backend(token) == "s3://state"
    assert state_backend({**token, "PULUMI_BACKEND_URL": "azblob://state?storage_account=x"}) == "azblob://state"


@pytest.mark.parametrize("text", [None, "", "{}", "[]", '{"current": ""}'])
def test_without_any_it_says_what_to_set(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "credentials.json").write_text(text)

    with pytest.raises(UserError, match="PULUMI_BACKEND_URL is not set and nobody is logged in"):
        require_state_backend({"PULUMI_HOME": str(tmp_path)})
