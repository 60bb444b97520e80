"""Settings of lambda_api and azureml_endpoint that are each valid and cannot both hold, refused before the engine."""

from __future__ import annotations

from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from shared.validate import load_settings
from tests.shared.configs import ROOT, Config
from tests.shared.test_contradictions import found, ident, objectors

API, AZURE = "lambda_api", "azureml_endpoint"
CANARY = {"release.strategy": "canary", "release.steps": {"percent": 10}}
SPLIT = {**CANARY, "rollout.traffic": {"blue": 10, "green": 90}}
SUBNET = (
    "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks"
    "/hub/subnets/links"
)

BLOBS = "https://inferencemodels.blob.core.windows.net"

NAMED = {
    "domain": "inference.example.com",
    "hosted_zone_id": "Z0123456789EXAMPLE00",
    "certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555",
}

# stack, what is set, the key that is named, what the sentence says
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    (API, {"api.name": NAMED}, "api.name.certificate_arn", "a certificate in us-east-1"),
    (API, {"function.reserved_concurrency": 71}, "scaling.max", "function.reserved_concurrency (71)"),
    (API, {"scaling.schedules.morning.max": 145}, "scaling.schedules.morning.max", "provisioned comes out of reserved"),
    (API, {"function.reserved_concurrency": 901}, "function.reserved_concurrency", "at most 900: quotas.lambda_"),
    (API, {"api.requests_per_second": 1441}, "api.requests_per_second", "at most 1440: ten a second for each"),
    (API, {"api.timeout_ms": 30_000}, "api.timeout_ms", "at most quotas.gateway_timeout_ms (29000)"),
    (API, {"api.burst": 5001}, "api.burst", "at most quotas.gateway_burst (5000)"),
    (API, {"scaling.target": 601}, "scaling.target", "1 to 600 for requests_per_minute"),
    (API, {"scaling.min": 0, "availability.min_instances": 0}, "scaling.min", "at least 1"),
    (API, {"function.timeout_seconds": 13}, "function.timeout_seconds", "api.timeout_ms (12000 ms)"),
    (API, {"alarms.latency_ms": 12_000}, "alarms.latency_ms", "below api.timeout_ms"),
    (API, CANARY, "function.live_version", "version that callers have now"),
    (API, {"release.steps": {"percent": 10}}, "release.steps.percent", "100 for all_at_once"),
    (API, {"release.steps": {"wait": 60}}, "release.steps.wait", "commit"),
    (API, {"release.steps": {"bake": 60}}, "release.steps.bake", "commit"),
    (API, {**CANARY, "release.steps": {"percent": 101}}, "release.steps.percent", "100"),
    (API, {"release.strategy": "linear"}, "release.strategy", "no such rollout"),
    (API, {"release.artefact": "serving/artefacts/lambda-model.zip"}, "release.artefact", "s3://"),
    (API, {"availability.zones": 1}, "availability.zones", "several zones"),
    (API, {"scaling.metric": "cpu"}, "scaling.metric", "cannot scale on it"),
    (API, {"scaling.also.utilization": 95}, "scaling.also.utilization", "10 to 90"),
    (AZURE, {"rollout.traffic": {"blue": 90, "green": 0}}, "rollout.traffic", "they are 90"),
    (AZURE, {"rollout.traffic": {"blue": 120, "green": -20}}, "rollout.traffic.blue", "0 to 100"),
    (AZURE, {"rollout.standby": None}, "rollout.traffic.green", "only blue"),
    (AZURE, {"rollout.mirror_percent": 51}, "rollout.mirror_percent", "50"),
    (AZURE, {**SPLIT, "rollout.mirror_percent": 10}, "rollout.mirror_percent", "while rollout.traffic is split"),
    (
        AZURE,
        {"rollout.standby": None, "rollout.traffic": {"blue": 100}, "rollout.mirror_percent": 10},
        "rollout.mirror_percent",
        "there is one slot",
    ),
    (AZURE, {"workspace.network_cidr": None}, "workspace.network_cidr", "or workspace.subnet_id"),
    (AZURE, {"workspace.subnet_id": SUBNET}, "workspace.network_cidr", "in a network that exists"),
    (
        AZURE,
        {"workspace.subnet_id": SUBNET, "workspace.network_cidr": None},
        "workspace.dns_zones",
        "linked to the network of workspace.subnet_id",
    ),
    (AZURE, {"workspace.subnet_id": "hub/links"}, "workspace.subnet_id", "virtualNetworks"),
    (AZURE, {"workspace.log_workspace_id": "logs"}, "workspace.log_workspace_id", "OperationalInsights"),
    (AZURE, {"rollout.traffic": {"red": 100}}, "rollout.traffic.red", "blue"),
    (AZURE, CANARY, "rollout.traffic.blue", "release.steps.percent (10)"),
    (AZURE, {"rollout.traffic": {"blue": 50, "green": 50}}, "rollout.traffic.blue", "0 or 100 for blue_green"),
    (AZURE, {"release.steps": {"wait": 60}}, "release.steps.wait", "commit"),
    (AZURE, {"rollout.standby.registered_version": 2}, "rollout.standby.registered_version", "another number"),
    (AZURE, {"release.artefact": "https://models.example.com/m"}, "release.artefact", "azureml://datastores/models"),
    (AZURE, {"release.code": f"{BLOBS}/code/53a905113ff2"}, "release.code", "may read no other"),
    (AZURE, {"release.code": "https://other.blob.core.windows.net/models/c/5"}, "release.code", "of inferencemodels"),
    (AZURE, {"rollout.standby.code": f"{BLOBS}/06098282d82e"}, "rollout.standby.code", "in the container models"),
    (AZURE, {"release.strategy": "all_at_once"}, "release.strategy", "no such rollout"),
    (AZURE, {"scaling.min": 0, "availability.min_instances": 0}, "scaling.min", "at least 1"),
    (AZURE, {"scaling.max": 51}, "scaling.max", "limits.instances (50)"),
    (AZURE, {"scaling.schedules.morning.max": 51}, "scaling.schedules.morning.max", "limits.instances (50)"),
    (
        AZURE,
        {"scaling.max": 7},
        "scaling.also.requests_per_minute",
        "at most 4285.71, limits.requests_per_second (500)",
    ),
    (
        AZURE,
        {"scaling.metric": "requests_per_minute", "scaling.target": 5001, "scaling.also": {"cpu": 60}},
        "scaling.target",
        "at most 5000",
    ),
    (AZURE, {"release.concurrency": 84}, "scaling.max", "limits.connections (500)"),
    (AZURE, {"scaling.cooldowns.scale_out": 30}, "scaling.cooldowns.scale_out", "at least 60"),
    (
        AZURE,
        {"scaling.schedules.morning.timezone": "Europe/Vaduz"},
        "scaling.schedules.morning.timezone",
        "shared/azure/time_zones.toml",
    ),
    (AZURE, {"availability.zones": 4}, "availability.zones", "at most 3"),
    (AZURE, {"availability.regions": ["ukwest"]}, "availability.zones", "no availability zones"),
    (AZURE, {"alarms.latency_ms": 10_000}, "alarms.latency_ms", "below endpoint.timeout_seconds"),
    (AZURE, {"logs.retention_days": 7}, "logs.retention_days", "30 to 730"),
    (AZURE, {"scaling.metric": "concurrency"}, "scaling.metric", "cannot scale on it"),
]


@pytest.mark.parametrize(("stack", "changes", "key", "says"), CASES, ids=ident)
def test_a_contradiction_is_named(stack: str, changes: dict[str, Any], key: str, says: str, tmp_path: Path) -> None:
    messages = found(Config(stack), changes, tmp_path)
    assert says in messages.get(key, ""), messages


def test_code_may_lie_in_the_account_of_the_workspace(tmp_path: Path) -> None:
    own = "https://mlstore1a2b3c4d.blob.core.windows.net/code/53a905113ff2"
    assert found(Config(AZURE), {"release.code": own}, tmp_path) == {}


@pytest.mark.parametrize("stack", [API, AZURE])
def test_every_check_has_a_case(stack: str) -> None:
    Config(stack)  # skips
    settings = load_settings(ROOT / "stacks" / stack)
    silent = set(settings.checks)
    for _, changes, _, _ in (case for case in CASES if case[0] == stack):
        silent -= objectors(settings, Config(stack), changes)
    assert {check.__name__ for check in silent if "container" not in signature(check).parameters} == set()
