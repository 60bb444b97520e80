"""Settings that are each valid and cannot both hold: every contradiction the contract and the stacks know."""

from __future__ import annotations

import json
from contextlib import suppress
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.checks import COMMON
from shared.container import Container
from shared.settings import Check, StackSettings
from shared.validate import load_settings
from tests.shared.configs import ROOT, STACKS, Config

ELSEWHERE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/x@sha256:" + "0" * 64
NOTHING = {"scaling.min": 0, "availability.min_instances": 0}
SINGLE, HA, ECS, LAMBDA = "sagemaker_endpoint", "sagemaker_ha", "ecs_service", "lambda_api"

FOLDER = {
    "release.artefact": "s3://models-123/chat/1.0.0/555555555555/",
    "release.artefact_digest": f"sha256:{'5' * 64}",
}
ROLLING = {"release.strategy": "rolling", "release.steps": {"percent": 25}}
SHADOW = {
    "model_version": "next",
    "artefact": "s3://models-123/chat/next/model.tar.gz",
    "artefact_digest": f"sha256:{'6' * 64}",
    "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/x@sha256:" + "0" * 64,
    "instance_type": "ml.c7i.large",
    "instances": 1,
    "percent": 10,
}

STEPS = {"release.steps.percent": 10, "release.steps.wait": 300, "release.steps.bake": 300}
CANARY = {"release.strategy": "canary", **STEPS}
LINEAR = {"release.strategy": "linear", **STEPS, "release.steps.percent": 25, "release.steps.wait": 60}

# stack, what is set, the key that is named, what the sentence says
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    *((stack, {"scaling.min": 900}, "scaling.min", "at most scaling.max") for stack in STACKS),
    *((stack, {"availability.zones": 1}, "availability.zones", "at least 2 in prod") for stack in (SINGLE, HA, ECS)),
    *(
        (stack, {"availability.regions": ["us-eastt-1"]}, "availability.regions.0", "us-east-1")
        for stack in (SINGLE, ECS)
    ),
    (SINGLE, {"availability.zone_ids": ["use1-az1"]}, "availability.zone_ids", "3: availability.zones (3) for each"),
    ("azureml_endpoint", {"availability.zone_ids": ["use1-az1"]}, "availability.zone_ids", "only AWS's zones have ids"),
    (SINGLE, {"scaling.schedules.morning.min": 13}, "scaling.schedules.morning.min", "at most scaling.max (12)"),
    (
        SINGLE,
        {"scaling.schedules.morning.max": 5},
        "scaling.schedules.morning.min",
        "at most scaling.schedules.morning.max (5)",
    ),
    (SINGLE, {"scaling.schedules.evening.max": 2}, "scaling.schedules.evening.max", "at least scaling.min (3)"),
    (SINGLE, {"scaling.max": 5}, "scaling.schedules.morning.min", "at most scaling.max (5)"),
    (SINGLE, {"scaling.cooldowns.scale_in": 30}, "scaling.cooldowns.scale_in", "at least scaling.cooldowns.scale_out"),
    (SINGLE, {"scaling.metric": "utilization"}, "scaling.metric", "cannot scale on it"),
    (SINGLE, {"scaling.also.utilization": 50}, "scaling.also.utilization", "cannot scale on it"),
    (SINGLE, {"scaling.also.requests_per_minute": 5}, "scaling.also.requests_per_minute", "another metric"),
    (SINGLE, {"scaling.also.cpu": 99}, "scaling.also.cpu", "20 to 90"),
    (SINGLE, {"scaling.min": 2}, "scaling.min", "availability.min_instances"),
    (SINGLE, {"scaling.schedules.evening.min": 2}, "scaling.schedules.evening.min", "availability.min_instances"),
    (SINGLE, {"availability.regions": ["us-east-1", "us-west-2"]}, "availability.regions", "serves from one"),
    (HA, {"availability.regions": ["us-east-1"]}, "availability.regions", "at least two regions"),
    (HA, {"availability.regions": ["us-east-1", "us-east-1"]}, "availability.regions", "each region once"),
    (HA, {"availability.regions": ["us-east-1", "us-west-2", "eu-west-1"]}, "availability.regions", "two regions"),
    (HA, {"router.reserved_concurrency": 901}, "router.reserved_concurrency", "at most 900: quotas.lambda_concurrency"),
    (HA, {"router.reserved_concurrency": 799}, "scaling.max", "at most 7: router.reserved_concurrency (799) admits"),
    (ECS, {"release.steps.percent": 33}, "release.steps.percent", "at least 34: one task more than the 3"),
    (LAMBDA, {"release.strategy": "linear"}, "release.strategy", "no such rollout"),
    (ECS, {"release.strategy": "canary"}, "release.steps.bake", "at least 300 for canary"),
    (ECS, {**CANARY, "release.steps.wait": 240}, "release.steps.wait", "at least 300 for canary"),
    (ECS, {**CANARY, "release.steps.wait": 330}, "release.steps.wait", "whole minutes"),
    (ECS, {**CANARY, "release.steps.wait": 2160}, "release.steps", "at most 2400 seconds of all wait and bake"),
    (ECS, {**CANARY, "release.strategy": "linear"}, "release.steps", "at most 2400 seconds of all wait and bake"),
    (ECS, {**LINEAR, "release.steps.percent": 2}, "release.steps.percent", "at least 3 for linear"),
    (ECS, {**LINEAR, "release.strategy": "blue_green"}, "release.steps.percent", "100 for blue_green"),
    (ECS, {**LINEAR, "release.strategy": "blue_green"}, "release.steps.wait", "0 for blue_green"),
    (ECS, {"release.model_mb": 2001}, "release.model_mb", "at most 2000"),
    (LAMBDA, {"release.model_mb": 141}, "release.model_mb", "at most 140"),
    (SINGLE, {"release.steps.percent": 101}, "release.steps.percent", "less than or equal to 100"),
    (SINGLE, {"release.steps.percent": 100}, "release.steps.percent", "below 100 for canary"),
    (SINGLE, {"release.steps.percent": 60}, "release.steps.percent", "1 to 50 for canary"),
    (SINGLE, {"release.steps.wait": 1051}, "release.steps", "at most 2700 seconds of all wait (2 × 1051) and bake"),
    (SINGLE, {"release.artefact": "serving/x"}, "release.artefact", "s3://<bucket>/<key>"),
    (ECS, {"release.artefact": "s3://some-bucket/x"}, "release.artefact", "inside the image"),
    (SINGLE, {"release.model_mb": 5001}, "release.artefact", "a file of at most 5000 MB (release.model_mb)"),
    (HA, FOLDER, "release.artefact", "one region of the two"),
    (HA, {"endpoint.shadow": SHADOW}, "endpoint.shadow", "found an unknown key"),
    (SINGLE, {"endpoint.shadow": SHADOW, **ROLLING}, "release.strategy", "another strategy beside endpoint.shadow"),
    (
        SINGLE,
        {"endpoint.shadow": {**SHADOW, "instance_type": "ml.inf1.xlarge"}},
        "endpoint.shadow.instance_type",
        "other than Inf1",
    ),
    (
        SINGLE,
        {"endpoint.shadow": {**SHADOW, "instance_type": "ml.g5.xlarge"}},
        "endpoint.shadow.instance_type",
        "without local NVMe",
    ),
    (
        SINGLE,
        {"endpoint.shadow": {**SHADOW, "instance_type": "ml.p3.2xlarge"}},
        "endpoint.shadow.instance_type",
        "a type with cpu",
    ),
    (SINGLE, {"endpoint.shadow": {**SHADOW, "image": ELSEWHERE}}, "endpoint.shadow.image", "registry in us-east-1"),
    (
        SINGLE,
        {"endpoint.shadow": {**SHADOW, "artefact": "s3://models-123/chat/next/"}},
        "endpoint.shadow.artefact",
        "pinned by its name",
    ),
    (SINGLE, {"endpoint.shadow": {**SHADOW, "percent": 101}}, "endpoint.shadow.percent", "100"),
    (ECS, {**FOLDER, "release.model_mb": 1}, "service.disk_gb", "at least 21: the model and 20 for the image"),
    (
        SINGLE,
        {"endpoint.volume_gb": 1, "release.model_mb": 1001},
        "endpoint.volume_gb",
        "at least 2, for release.model",
    ),
    (ECS, {"release.steps.wait": 60}, "release.steps.wait", "expected 0 for rolling"),
    (SINGLE, {"alarms.notify": ["nobody"]}, "alarms.notify.0", "mail address"),
    (SINGLE, {"endpoint.instance_type": "ml.t3.large"}, "endpoint.instance_type", "cannot scale it"),
    (
        SINGLE,
        {"endpoint.initial_instances": 5},
        "endpoint.initial_instances",
        "scaling.schedules.morning.min (6) to scaling.max (12)",
    ),
    (
        SINGLE,
        {"endpoint.initial_instances": 2, "scaling.schedules": {}},
        "endpoint.initial_instances",
        "scaling.min (3) to scaling.max (12)",
    ),
    (SINGLE, {"endpoint.image": ELSEWHERE}, "endpoint.image", "us-east-1"),
    (ECS, {"service.memory_mb": 16384}, "service.memory_mb", "2048 to 8192"),
    (ECS, {"service.memory_mb": 2500}, "service.memory_mb", "steps of 1024"),
    (
        ECS,
        {"service.spot_percent": 50, "service.on_demand_base": 1},
        "service.on_demand_base",
        "taken away all at once",
    ),
    (ECS, {"network.nat": "single"}, "network.nat", "one_per_zone in prod"),
    (ECS, {"entrance.internal": True}, "entrance.clients.0", "a private network such as 10.0.0.0/8"),
    (ECS, {"service.image": ELSEWHERE}, "service.image", "us-east-1"),
    (HA, {"router.warm_min": 100}, "router.warm_min", "below router.warm_max"),
    (HA, {"router.warm_max": 801}, "router.warm_max", "no more than is reserved"),
    (HA, {"entrance.clients": ["10.0.0.0/8"]}, "entrance.clients", "0.0.0.0/0 among them"),
]
# zero instances are refused in dev too, where no floor of prod comes first
DEV_CASES: list[tuple[str, dict[str, Any], str, str]] = [
    *((stack, NOTHING, "scaling.min", "at least 1") for stack in (SINGLE, ECS, HA)),
    *((stack, {"availability.zones": 1}, "availability.zones", "two subnets") for stack in (ECS, HA)),
]


def ident(case: object) -> str:
    return ",".join(case) if isinstance(case, dict) else str(case)


def found(config: Config, changes: dict[str, Any], folder: Path) -> dict[str, str]:
    for key, value in changes.items():
        config.set(key.split("."), value)
    messages: dict[str, str] = {}
    for problem in config.problems(folder):
        key = problem.key.removeprefix(f"{config.stack}:")
        messages[key] = f"{messages.get(key, '')}{problem.message}\n"
    return messages


@pytest.mark.parametrize(("stack", "changes", "key", "says"), CASES, ids=ident)
def test_a_contradiction_is_named(stack: str, changes: dict[str, Any], key: str, says: str, tmp_path: Path) -> None:
    messages = found(Config(stack), changes, tmp_path)
    assert says in messages.get(key, ""), messages


@pytest.mark.parametrize(("stack", "changes", "key", "says"), DEV_CASES, ids=ident)
def test_dev_is_not_allowed_everything(
    stack: str, changes: dict[str, Any], key: str, says: str, tmp_path: Path
) -> None:
    messages = found(Config(stack, "dev"), changes, tmp_path)
    assert says in messages.get(key, ""), messages


def test_every_check_has_a_case() -> None:
    """Running all the cases makes every check of the contract and of these stacks object at least once.

    Those of a container of one's own are in test_container.py, lambda_api's own in tests/stacks/test_contradictions.py.
    """
    stacks = {stack: load_settings(ROOT / "stacks" / stack) for stack in (SINGLE, HA, ECS, LAMBDA) if stack in STACKS}
    silent = {check for stack, settings in stacks.items() if stack != LAMBDA for check in settings.checks}
    if len(stacks) == 4:  # the contract's own checks have cases of all four
        silent |= set(COMMON)
    for environment, cases in (("prod", CASES), ("dev", DEV_CASES)):
        for stack, changes, _, _ in cases:
            if stack in stacks:
                silent -= objectors(stacks[stack], Config(stack, environment), changes)
    assert {check.__name__ for check in silent if "container" not in signature(check).parameters} == set()


def objectors(
    settings: type[StackSettings], config: Config, changes: dict[str, Any], container: Container | None = None
) -> set[Check]:
    """The checks that object to the changed config, asked one by one."""
    for key, value in changes.items():
        config.set(key.split("."), value)
    given: dict[str, Any] = {"environment": config.environment, "backend": settings, "container": container}
    for name, field in settings.model_fields.items():
        with suppress(ValidationError):
            value = config.values.get(f"{config.stack}:{name}", {})
            given[name] = TypeAdapter[Any](field.annotation or dict).validate_json(json.dumps(value))
    checks = [check for check in (*COMMON, *settings.checks) if signature(check).parameters.keys() <= given.keys()]
    return {check for check in checks if list(check(**{name: given[name] for name in signature(check).parameters}))}


def test_a_provider_in_another_region_is_refused(tmp_path: Path) -> None:
    config = Config(SINGLE)
    config.values["aws:region"] = "eu-west-1"
    (problem,) = config.problems(tmp_path)
    assert (problem.key, problem.found) == ("aws:region", "eu-west-1")
    assert "us-east-1" in problem.expected


def test_contradictions_and_broken_keys_come_together(tmp_path: Path) -> None:
    messages = found(Config(SINGLE), {"tags.owner": 7, "scaling.min": 900, "logs.retention_days": 1}, tmp_path)
    assert {"tags.owner", "scaling.min", "logs.retention_days"} <= set(messages)
