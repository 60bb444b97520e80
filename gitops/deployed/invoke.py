"""Calling a deployed endpoint as a client must: signed, with a key or a token, as the stack's `invoke` output says."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gitops.azure import take_token
from gitops.errors import UserError
from gitops.redaction import take_out

SECONDS = 60
"""A real-time SageMaker request may take this long; the other backends answer sooner."""

SECRET_HEADERS = ("x-api-key", "authorization", "x-amz-security-token")
AZURE_ML = "https://ml.azure.com"
"""Its data plane."""


@dataclass(frozen=True)
class Answer:
    """`body` is the answer as text, `milliseconds` the time from the first byte sent to the last one read."""

    status: int
    body: str
    milliseconds: float

    @property
    def fine(self) -> bool:
        return 200 <= self.status < 300


def call(how: Mapping[str, Any], payload: bytes, url: str = "") -> Answer:
    """Sends `payload` as the mapping says. `url` sends it elsewhere, with the same authentication.

    Raises `UserError` when no credentials are to be had or nobody answers.
    """
    import urllib3  # a tenth of every command's start

    address = url or str(how["url"])
    if urlsplit(address).scheme not in ("http", "https"):
        raise UserError(f"endpoint address {address!r} is no URL", hint="Deploy the target, or give --url.")
    headers = {"Content-Type": str(how.get("content_type", "application/json"))}
    headers |= how.get("headers") or {}
    sent = authentication(how, address, headers, payload)
    headers |= sent
    started = time.perf_counter()
    try:
        response = urllib3.request(
            str(how.get("method", "POST")), address, body=payload, headers=headers, timeout=SECONDS, retries=False
        )
    except urllib3.exceptions.HTTPError as error:
        raise UserError(f"no answer: {error}", where=address, hint="Is the endpoint deployed and reachable?") from error
    elapsed = (time.perf_counter() - started) * 1000
    # an endpoint may answer with what it was sent, and answers are shown
    words = {value.removeprefix("Bearer ") for name, value in sent.items() if name.lower() in SECRET_HEADERS}
    return Answer(response.status, take_out(response.data.decode(errors="replace"), words), elapsed)


def call_locally(root: Path, backend: str, payload: bytes) -> Answer:
    """The answer of a backend's adapter on this machine; the checkout's own `serving.local` runs it.

    Raises `UserError` when it does not know the backend or cannot start it.
    """
    command = [sys.executable, "-m", "serving.local", backend, "--ask"]
    done = subprocess.run(command, cwd=root, input=payload, capture_output=True)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").rpartition("error: argument backend: ")[2].strip()
        reason = "\n".join(said.splitlines()[-2:]) or "no reason given"
        raise UserError(reason, where=f"--local {backend}")
    return Answer(**json.loads(done.stdout.splitlines()[-1]))


def authentication(how: Mapping[str, Any], address: str, headers: Mapping[str, str], payload: bytes) -> dict[str, str]:
    """The headers that let the caller in, by the mapping's `auth`."""
    match how.get("auth"):
        case "none" | None:
            return {}
        case "sigv4":
            return sign(how, address, headers, payload)
        case "api_key":
            return {"x-api-key": api_key(how)}
        case "aad_token":
            return {"Authorization": f"Bearer {take_token(AZURE_ML)}"}
        case other:
            raise UserError(f"auth {other!r} is not known", hint="Expected none, sigv4, api_key or aad_token.")


def sign(how: Mapping[str, Any], address: str, headers: Mapping[str, str], payload: bytes) -> dict[str, str]:
    import boto3  # a third of the command's own start, for one kind of endpoint
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    credentials = boto3.Session().get_credentials()
    if credentials is None:
        raise UserError("no AWS credentials to sign the request with", hint="Log in to AWS, then run again.")
    request = AWSRequest(str(how.get("method", "POST")), address, data=payload, headers=dict(headers))
    SigV4Auth(credentials.get_frozen_credentials(), str(how["service"]), str(how["region"])).add_auth(request)
    return dict(request.headers.items())


def api_key(how: Mapping[str, Any]) -> str:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    client = boto3.client("apigateway", region_name=how.get("region"))
    try:
        return client.get_api_key(apiKey=str(how["key_id"]), includeValue=True)["value"]
    except (BotoCoreError, ClientError, KeyError) as error:
        raise UserError(f"the API key cannot be read: {error}", hint="Allow apigateway:GET on it.") from error
