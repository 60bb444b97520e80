"""What serves in Azure is read back by its own word, each fault by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from gitops.deployed import readback_azure
from gitops.deployed.readback_azure import DEPLOYMENT, ENDPOINT, PART, TEMPLATE, ask_azure, find_azure_faults
from gitops.errors import UserError
from tests.gitops.endpoint import serving

PLACE = "/subscriptions/0/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/onlineEndpoints/Web"
BLUE = f"{PLACE}/deployments/blue"


def resource(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "urn": f"urn:pulumi:prod::web::{kind}::{name}", **more}


def state(**traffic: int) -> dict[str, Any]:
    """Endpoint, deployment and the template that sends the traffic; an old deployment waits to be deleted."""
    part = {"type": PART, "name": "w/web", "properties": {"traffic": traffic}}
    template = {"properties": {"template": {"resources": [{"type": "other", "name": "x"}, part]}}}
    held = [
        resource(ENDPOINT, "serving", id=PLACE),
        resource(DEPLOYMENT, "serving-blue", id=BLUE),
        resource(DEPLOYMENT, "old", id="gone", delete=True),
        resource("azure-native:storage:StorageAccount", "store", id="unasked"),
    ]
    return {"resources": [*held, resource(TEMPLATE, "split", inputs=template)] if traffic else held}


def faults(state: dict[str, Any], **held: Mapping[str, Any]) -> list[str]:
    answers = {PLACE: {"provisioningState": "Succeeded", **held.get("endpoint", {})}}
    answers[BLUE] = {"provisioningState": "Succeeded", **held.get("blue", {})}
    return list(find_azure_faults(state, lambda identity: {"properties": answers[identity]}))


def test_an_endpoint_gives_the_traffic_that_was_declared() -> None:
    assert faults(state(blue=100, green=0), endpoint={"traffic": {"blue": 100}}) == []
    assert faults(state(), endpoint={"traffic": {"blue": 100}}) == []
    assert faults(state(blue=90, green=10), endpoint={"traffic": {"blue": 100}}) == [
        "serving: gives the traffic blue 100 %, declared is blue 90 %, green 10 %"
    ]
    assert faults(state(blue=100)) == ["serving: gives the traffic to nobody, declared is blue 100 %"]


def test_what_was_not_made_to_the_end_is_named() -> None:
    assert faults(state(), blue={"provisioningState": "Failed"}) == ["serving-blue: is Failed, expected Succeeded"]
    assert faults(state(), endpoint={"provisioningState": "Updating"}) == ["serving: is Updating, expected Succeeded"]


def test_what_cannot_be_asked_is_no_success() -> None:
    def refuse(identity: str) -> Mapping[str, Any]:
        raise UserError("403 AuthorizationFailed", where=identity, hint="The identity needs Reader.")

    assert list(find_azure_faults(state(), refuse)) == [
        "serving: cannot be read back: 403 AuthorizationFailed. The identity needs Reader.",
        "serving-blue: cannot be read back: 403 AuthorizationFailed. The identity needs Reader.",
    ]


def test_azure_is_asked_by_the_resources_id_with_the_az_commands_token(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def take_token(resource: str) -> str:
        asked.append(resource)
        return "a token"

    monkeypatch.setattr(readback_azure, "take_token", take_token)
    with serving(200, 403, 200, body=b'{"properties": {}}', more=[b"<html>"]) as azure:
        monkeypatch.setattr(readback_azure, "MANAGEMENT", azure.url)

        assert ask_azure(BLUE) == {"properties": {}}
        with pytest.raises(UserError, match="403") as refused:
            ask_azure(BLUE)
        with pytest.raises(UserError, match="no JSON object"):
            ask_azure(BLUE)

    ((path, headers, _body), *_) = azure.seen
    assert path.endswith(f"{BLUE}?api-version=2025-12-01")
    assert (headers["authorization"], asked) == ("Bearer a token", ["https://management.core.windows.net/"] * 3)
    assert "Reader" in refused.value.hint
