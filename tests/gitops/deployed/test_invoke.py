"""Calling an endpoint as a client must: what reaches the server is what the cloud would check."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto import mock_aws
from typer.testing import CliRunner

from gitops.cli import app
from gitops.commands import invoke as command
from gitops.deployed.invoke import Answer, call
from gitops.errors import UserError
from tests.gitops.endpoint import Endpoint, serving

KEYS = Credentials("AKIAEXAMPLE", "not-a-real-key")
PAYLOAD = b'{"instances": [[0]]}'


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serving() as endpoint:
        yield endpoint


def test_a_request_without_authentication_is_the_payload_alone(endpoint: Endpoint) -> None:

    answer = call({"url": endpoint.url, "auth": "none", "content_type": "application/json"}, PAYLOAD)

    ((path, headers, body),) = endpoint.seen
    assert (answer.status, answer.body, answer.fine) == (200, "ok", True)
    assert (path, body, headers["content-type"]) == ("/endpoints/web/invocations", PAYLOAD, "application/json")
    assert "authorization" not in headers


def test_sigv4_is_signed_for_the_service_the_region_and_this_very_payload(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS.secret_key)

    call({"url": endpoint.url, "auth": "sigv4", "service": "sagemaker", "region": "eu-west-1"}, PAYLOAD)

    ((_path, headers, body),) = endpoint.seen
    assert headers["authorization"] == signature(endpoint.url, headers, body, "sagemaker", "eu-west-1")
    assert headers["authorization"] != signature(endpoint.url, headers, body + b" ", "sagemaker", "eu-west-1")
    assert headers["authorization"] != signature(endpoint.url, headers, body, "execute-api", "eu-west-1")


def test_an_endpoint_that_answers_with_what_it_was_sent_shows_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS.secret_key)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a-session-token")

    with serving(echo=True) as echoing:
        answer = call({"url": echoing.url, "auth": "sigv4", "service": "sagemaker", "region": "eu-west-1"}, PAYLOAD)

    sent = echoing.seen[0][1]
    assert "Content-Type: application/json" in answer.body
    assert sent["x-amz-security-token"] == "a-session-token"
    assert not [word for word in ("a-session-token", KEYS.access_key, sent["authorization"]) if word in answer.body]


def signature(url: str, headers: dict[str, str], body: bytes, service: str, region: str) -> str:
    """What a server that knows the secret computes from what it received (AWS Signature Version 4)."""
    request = AWSRequest("POST", url, data=body, headers={"Content-Type": headers["content-type"]})
    request.context["timestamp"] = headers["x-amz-date"]
    signer = SigV4Auth(KEYS, service, region)
    request.headers["X-Amz-Date"] = headers["x-amz-date"]
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return signature_header(signer, request, text)


def signature_header(signer: SigV4Auth, request: AWSRequest, text: str) -> str:
    signed = signer.signed_headers(signer.headers_to_sign(request))
    parts = [f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}", f"SignedHeaders={signed}"]
    return ", ".join([*parts, f"Signature={signer.signature(text, request)}"])


@mock_aws
def test_an_api_key_is_read_and_sent_where_the_gateway_looks_for_it(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html"""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS.secret_key)
    key = boto3.client("apigateway", region_name="eu-west-1").create_api_key(name="caller")

    call({"url": endpoint.url, "auth": "api_key", "key_id": key["id"], "region": "eu-west-1"}, PAYLOAD)

    ((_path, headers, _body),) = endpoint.seen
    assert headers["x-api-key"] == key["value"]


def test_an_answer_that_is_an_error_is_an_answer(endpoint: Endpoint) -> None:
    endpoint.statuses = [503]

    assert not call({"url": endpoint.url, "auth": "none"}, PAYLOAD).fine


def test_nobody_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="no answer"):
        call({"url": "http://127.0.0.1:1/x", "auth": "none"}, PAYLOAD)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"url": "[known after apply]", "auth": "none"}, "is no URL"),
        ({"url": "file:///etc/passwd", "auth": "none"}, "is no URL"),
        ({"url": "http://127.0.0.1:1/x", "auth": "magic"}, "auth 'magic' is not known"),
    ],
)
def test_what_cannot_be_called_is_refused(how: dict[str, str], said: str) -> None:
    with pytest.raises(UserError, match=said.replace("[", r"\[")):
        call(how, PAYLOAD)


def test_without_an_azure_login_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(UserError, match="az login"):
        call({"url": "https://x.example.com/score", "auth": "aad_token"}, PAYLOAD)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (400, 1)])
def test_the_command_sends_the_file_it_is_given_and_ends_as_the_answer_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, code: int
) -> None:
    file = tmp_path / "request.json"
    file.write_bytes(PAYLOAD)
    sent: list[tuple[str, bytes]] = []

    def answer(_root: Path, backend: str, body: bytes) -> Answer:
        sent.append((backend, body))
        return Answer(status, "what it says", 1.0)

    monkeypatch.setattr(command, "call_locally", answer)

    done = CliRunner().invoke(app, ["invoke", "--local", "lambda_api", str(file)])

    assert (done.exit_code, sent) == (code, [("lambda_api", PAYLOAD)])
