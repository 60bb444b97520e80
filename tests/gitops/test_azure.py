"""Azure's refusals, limits and own faults, from a server that answers with them; its login, from an `az` that runs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gitops import azure
from gitops.azure import advise, read_code, send, take_token
from gitops.errors import UserError
from tests.gitops.endpoint import serving

REFUSED = b'{"error": {"code": "AuthorizationFailed", "message": "no"}}'


@pytest.fixture(autouse=True)
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each pause; none is made."""
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


def test_a_limit_is_waited_for_as_long_as_azure_asks_and_no_longer_than_a_minute(waited: list[float]) -> None:
    for asked, made in (("7", 7), ("3600", azure.LONGEST_PAUSE)):
        with serving(429, 200, headers={"Retry-After": asked}) as service:
            assert send("GET", service.url, {}, "Reader") == b"ok"
        assert waited.pop() == made


@pytest.mark.parametrize("status", azure.RETRIED)
def test_what_may_pass_is_tried_again_and_named_when_it_does_not(status: int, waited: list[float]) -> None:
    with serving(status) as service, pytest.raises(UserError, match=f"^GET .*: {status} ") as refused:
        send("GET", service.url, {}, "Reader")

    assert len(service.seen) == azure.TRIES
    assert sum(waited) > 0
    assert f"{azure.TRIES} times" in refused.value.hint
    with serving(status, 200) as service:
        assert send("GET", service.url, {}, "Reader") == b"ok"


@pytest.mark.parametrize(
    ("status", "hint"),
    [(401, "az login"), (403, "needs Reader"), (404, "deleted by hand"), (302, "report"), (409, "report")],
)
def test_a_refusal_is_named_at_once_with_what_to_do(status: int, hint: str) -> None:
    headers = {"Location": "https://example.com"} if status == 302 else {}
    with serving(status, body=REFUSED, headers=headers) as service, pytest.raises(UserError) as refused:
        send("GET", service.url, {"Authorization": "Bearer word"}, "Reader")

    assert len(service.seen) == 1, "nothing follows a redirection with a token"
    assert refused.value.message == f"{status} AuthorizationFailed"
    assert hint in refused.value.hint
    assert "word" not in str(refused.value)


def test_a_server_that_is_not_there_is_named() -> None:
    with serving() as service:
        pass

    with pytest.raises(UserError, match=f"no answer after {azure.TRIES} tries: .*refused"):
        send("GET", service.url, {}, "Reader")


def test_azures_word_for_a_refusal_is_one_word_or_none() -> None:
    assert (
        read_code({"x-ms-error-code": "AuthorizationPermissionMismatch"}, b"<xml>") == "AuthorizationPermissionMismatch"
    )
    assert read_code({}, REFUSED) == "AuthorizationFailed"
    for body in (b"", b"[]", b'{"error": "no"}', b'{"error": {"code": 1}}', b'{"error": {"code": "::error::[x](y)"}}'):
        assert read_code({}, body) == ""


AZ = {
    "#!/bin/sh\necho '{\"accessToken\": \"'$4'\"}'": "",
    "#!/bin/sh\necho 'ERROR: AADSTS700024: it has ended' >&2; exit 1": "no token: AADSTS700024: it has",
    "#!/bin/sh\nexit 3": "no token: it ended with code 3",
    "#!/bin/sh\necho token": "no token that can be read",
    "#!/bin/sh\nexec sleep 60": "no token within 0.5 s",
    "": "not installed",
}


@pytest.mark.parametrize(("script", "said"), AZ.items())
def test_who_gives_no_token_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    monkeypatch.setattr(azure, "SECONDS", 0.5 if "sleep" in script else 60)
    if script:
        (tmp_path / "az").write_text(script + "\n")
        (tmp_path / "az").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin" if script else str(tmp_path))

    if not said:
        assert take_token("https://ml.azure.com") == "https://ml.azure.com"
        return
    with pytest.raises(UserError, match=said) as refused:
        take_token("https://ml.azure.com")
    assert refused.value.hint


def test_every_advice_is_another() -> None:
    assert len({advise(status, "Reader") for status in (401, 403, 404, 409, 429, 503)}) == 6
