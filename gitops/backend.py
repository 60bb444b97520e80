"""Where the engine keeps its state for the real clouds, as far as it can be told without asking the engine."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

from gitops.errors import UserError


def state_backend(environment: Mapping[str, str]) -> str:
    """The address of the state backend without its query, or where it is taken from; empty if there is none."""
    return read_address(environment).split("?")[0]


def read_address(environment: Mapping[str, str]) -> str:
    """The address as it was given, or where it is taken from; empty if there is none.

    The engine's own order (https://www.pulumi.com/docs/iac/concepts/state-and-backends/): the variable, then who is
    logged in; an access token alone means Pulumi Cloud.
    """
    if address := environment.get("PULUMI_BACKEND_URL"):
        return address
    home = Path(environment.get("PULUMI_HOME") or Path(environment.get("HOME", "/")) / ".pulumi")
    try:
        logged_in = json.loads((home / "credentials.json").read_text(encoding="utf-8")).get("current")
    except (OSError, ValueError, AttributeError):
        logged_in = None
    if logged_in:
        return str(logged_in)
    return "Pulumi Cloud, by PULUMI_ACCESS_TOKEN" if environment.get("PULUMI_ACCESS_TOKEN") else ""


AZURE_LOGIN_SECONDS = 3300
RENEWED = ("AZURE_FEDERATED_TOKEN_FILE", "AZURE_STORAGE_KEY")
"""Logins to Azure Blob Storage that last: a file that somebody renews (gitops/azure_login.py), a key."""


def find_session(environment: Mapping[str, str]) -> float:
    """Seconds after a job's login during which the state can surely be written; usually infinite.

    It is finite when Azure Blob Storage is opened with the az command's login: a token for an hour, and no assertion to
    get another one (AADSTS700024, https://github.com/Azure/login/issues/372). What is created after that is in no
    state.
    """
    ends = read_address(environment).startswith("azblob://") and not any(environment.get(name) for name in RENEWED)
    return AZURE_LOGIN_SECONDS if ends else math.inf


def require_state_backend(environment: Mapping[str, str]) -> None:
    if not state_backend(environment):
        raise UserError(
            "no state backend: PULUMI_BACKEND_URL is not set and nobody is logged in",
            hint="For the real clouds set it or run `pulumi login`; for rehearsal clouds give --rehearse.",
        )
