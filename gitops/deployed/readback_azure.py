"""What Azure says of online endpoints and their deployments, held against what the state declares."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from gitops.azure import send, take_token
from gitops.errors import UserError

MANAGEMENT, API = "https://management.azure.com", "2025-12-01"
"""https://learn.microsoft.com/en-us/rest/api/azureml/online-endpoints/get; the version is the traffic template's."""
AUDIENCE = "https://management.core.windows.net/"
"""Of the token that `az login` itself takes, so the `az` command still holds it when GitHub's assertion has ended:
https://github.com/Azure/azure-cli/pull/12580"""
ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint"
DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment"
TEMPLATE = "azure-native:resources:Deployment"
"""Sends the endpoint's traffic, after its deployments are there (docs/adr/0006-azure-traffic-by-template.md)."""
PART = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
Ask = Callable[[str], Mapping[str, Any]]
"""A resource as Azure holds it, by its id. Raises `UserError` where it does not say."""


def find_azure_faults(deployment: Mapping[str, Any], ask: Ask) -> Iterator[str]:
    """A sentence for each endpoint and deployment of `pulumi stack export` that does not serve as it was declared."""
    resources = [resource for resource in deployment.get("resources") or () if not resource.get("delete")]
    shares = read_shares(resources)
    for resource in resources:
        if resource["type"] not in (ENDPOINT, DEPLOYMENT):
            continue
        name = str(resource["urn"]).rsplit("::", 1)[-1]
        try:
            held = ask(str(resource["id"])).get("properties") or {}
        except UserError as error:
            yield f"{name}: cannot be read back: {error.message}. {error.hint}".rstrip()
            continue
        if (state := held.get("provisioningState")) != "Succeeded":
            yield f"{name}: is {state}, expected Succeeded"
        declared = shares.get(str(resource["id"]).rsplit("/", 1)[-1].lower())
        if resource["type"] == ENDPOINT and declared is not None and (given := plain(held.get("traffic"))) != declared:
            yield f"{name}: gives the traffic {describe(given)}, declared is {describe(declared)}"


def read_shares(resources: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """The declared traffic by the endpoint's own name, in small letters: Azure's names have no case."""
    templates = (
        ((resource.get("inputs") or {}).get("properties") or {}).get("template") or {}
        for resource in resources
        if resource["type"] == TEMPLATE
    )
    parts = (part for template in templates if isinstance(template, dict) for part in template.get("resources") or ())
    endpoints = (part for part in parts if part.get("type") == PART)
    return {
        str(part["name"]).rsplit("/", 1)[-1].lower(): plain((part.get("properties") or {}).get("traffic"))
        for part in endpoints
    }


def plain(traffic: Mapping[str, Any] | None) -> dict[str, int]:
    """The shares that are not 0: a deployment without requests may be left out of the answer."""
    return {name: int(share) for name, share in sorted((traffic or {}).items()) if int(share)}


def describe(traffic: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {share} %" for name, share in traffic.items()) or "to nobody"


def ask_azure(identity: str) -> Mapping[str, Any]:
    """As `Ask`, of Azure's management API, as whom the `az` command is logged in.

    One resource is asked for at a time, so that no answer has a next page.
    """
    headers = {"Authorization": f"Bearer {take_token(AUDIENCE)}"}
    address = f"{MANAGEMENT}{identity}?api-version={API}"
    answer = send("GET", address, headers, "Reader on the resource group")
    try:
        return dict(json.loads(answer))
    except (ValueError, TypeError) as error:
        raise UserError("the answer is no JSON object", where=address, hint="Does a proxy answer?") from error
