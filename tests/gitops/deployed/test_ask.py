"""One endpoint asked on behalf of a program: with the target's own request, and in a rehearsal without any login."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gitops.checkout.targets import Target
from gitops.deployed.ask import ask, main
from gitops.engine.environment import ENDPOINTS
from gitops.errors import UserError
from tests.gitops.endpoint import serving

TARGET = Target("web", "dev")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    TARGET.folder(tmp_path).mkdir(parents=True)
    (TARGET.folder(tmp_path) / "smoke.json").write_bytes(b"[7]")
    return tmp_path


def test_a_bad_answer_is_a_reason_and_a_good_one_is_none(root: Path) -> None:
    with serving(424, 200) as endpoint:
        how = {"url": endpoint.url, "auth": "none", "headers": {"azureml-model-deployment": "green"}}
        assert ask(root, TARGET, how, 0, {}) == "answers 424: ok"
        assert ask(root, TARGET, how, 0, {}) == ""

    _path, headers, body = endpoint.seen[0]
    assert (headers["azureml-model-deployment"], body) == ("green", b"[7]")


def test_a_rehearsal_answers_in_the_endpoints_place_and_gets_no_login(root: Path) -> None:
    with serving(200) as clouds:
        address = clouds.url.split("/")[2]
        how = {"url": "https://churn.example.com/score", "auth": "aad_token", "headers": {"slot": "green"}}
        assert ask(root, TARGET, how, 0, {ENDPOINTS: address}) == ""

    ((path, headers, _body),) = clouds.seen
    assert (path, headers["host"], headers["slot"]) == ("/score", "churn.example.com", "green")
    assert "authorization" not in headers


def test_without_a_request_nothing_is_called_fine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    how = {"url": "http://127.0.0.1:1", "auth": "none"}
    with pytest.raises(UserError, match="no request to ask it with"):
        ask(tmp_path, TARGET, how, 0, {})

    monkeypatch.chdir(tmp_path)
    assert main("web/dev", json.dumps(how), "0") == 1
    assert capsys.readouterr().err == "web/dev: there is no request to ask it with\n"
