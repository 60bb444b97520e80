"""What all requests to Azure have in common: the `az` command's login, retries, and explanations of refusals."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping

from gitops.errors import UserError

RETRIED = (408, 429, 500, 502, 503, 504)
"""Azure's SDK retries these codes, after the same first pause or after the time in Retry-After:
https://github.com/Azure/azure-sdk-for-python/blob/main/sdk/core/azure-core/azure/core/pipeline/policies/_retry.py"""
TRIES = 4
PAUSE, LONGEST_PAUSE = 0.8, 60
"""Seconds. A longer Retry-After is not waited for but reported."""
SECONDS = 60
CODE = re.compile(r"[A-Za-z0-9.]{1,80}")


def take_token(resource: str) -> str:
    """A token for a resource, from the `az` command: it holds the login, on laptops and in GitHub's jobs.

    Raises `UserError` if it gives none.
    """
    command = ["az", "account", "get-access-token", "--resource", resource, "--output", "json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)
        return str(json.loads(done.stdout)["accessToken"])
    except FileNotFoundError as error:
        hint = "Install the Azure CLI (https://aka.ms/azure-cli), then run `az login`."
        raise UserError("the command `az`, which holds the login to Azure, is not installed", hint=hint) from error
    except subprocess.TimeoutExpired as error:
        hint = "Is Azure's login page reachable from here?"
        raise UserError(f"`az` gave no token within {SECONDS} s", where=resource, hint=hint) from error
    except subprocess.CalledProcessError as error:
        said = (error.stderr or "").strip().splitlines() or [f"it ended with code {error.returncode}"]
        hint = "Run `az login`, then run again; in a job run the job again."
        raise UserError(f"`az` gives no token: {said[0].removeprefix('ERROR: ')}", where=resource, hint=hint) from error
    except (OSError, ValueError, KeyError) as error:
        hint = "Run `az account get-access-token` by hand to see why."
        raise UserError("`az` gave no token that can be read", where=resource, hint=hint) from error


def send(method: str, address: str, headers: Mapping[str, str], right: str) -> bytes:
    """The body of the answer. `right` names the role that the identity needs, for the message of a 403.

    Retries when Azure throttles or fails. Raises `UserError` for any other answer than success.
    """
    import urllib3  # a tenth of every command's start

    retries = urllib3.Retry(
        total=TRIES - 1,
        status_forcelist=RETRIED,
        backoff_factor=PAUSE,
        backoff_max=LONGEST_PAUSE,
        retry_after_max=LONGEST_PAUSE,
        raise_on_status=False,
    )
    try:
        answer = urllib3.request(method, address, headers=headers, timeout=SECONDS, retries=retries, redirect=False)
    except urllib3.exceptions.HTTPError as error:
        cause = getattr(error, "reason", None) or error
        hint = "Is Azure reachable from here? Then run it again."
        raise UserError(f"no answer after {TRIES} tries: {cause}", where=address, hint=hint) from error
    if 200 <= answer.status < 300:
        return answer.data
    code = read_code(answer.headers, answer.data) or answer.reason
    raise UserError(f"{answer.status} {code}", where=f"{method} {address}", hint=advise(answer.status, right))


def advise(status: int, right: str) -> str:
    """The hint for an HTTP status."""
    if status == 401:
        return "The login has expired or belongs to another tenant: run `az login`; in a job, run the job again."
    if status == 403:
        return f"The identity needs {right}; a new role assignment takes effect after some minutes."
    if status == 404:
        return "It does not exist: was it deleted by hand?"
    if status == 429:
        return f"Azure throttled this identity {TRIES} times: run it again in some minutes."
    if status in RETRIED:
        return f"Azure failed {TRIES} times: run it again, or look at https://azure.status.microsoft first."
    return "This answer is unexpected: try another version of gitops, or report it."


def read_code(headers: Mapping[str, str], body: bytes) -> str:
    """Azure's error code for a refusal; empty if the answer has none, or one that is not a single word.

    Storage says it in a header (https://learn.microsoft.com/en-us/rest/api/storageservices/status-and-error-codes2),
    the management API in the body
    (https://learn.microsoft.com/en-us/azure/azure-resource-manager/troubleshooting/common-deployment-errors).
    """
    code = headers.get("x-ms-error-code", "")
    if not code:
        try:
            code = json.loads(body)["error"]["code"]
        except (ValueError, KeyError, TypeError):
            return ""
    return code if isinstance(code, str) and CODE.fullmatch(code) else ""
