"""What happens to the stacks of `factories`: each case is a tuple of records that one report is built from."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from gitops.records import (
    UNKNOWN,
    Exemption,
    Level,
    Op,
    PropertyDiff,
    RunError,
    RunRecord,
    SourceLine,
    Status,
    Step,
    Unjudged,
)
from tests.report.factories import ENVIRONMENTS, SCALING, STACKS, diff, finding, record, step, urn

POLICY_BEFORE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}],
}
POLICY_AFTER = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::artifacts-1a2b/models/*"},
        {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": UNKNOWN},
    ],
}
CONTAINERS = [
    {
        "name": "server",
        "image": "111122223333.dkr.ecr.us-east-1.amazonaws.com/server@sha256:9d2f",
        "cpu": 1024,
        "memory": 4096,
        "environment": [{"name": "MODEL", "value": "s3://artifacts/v12"}, {"name": "WORKERS", "value": "2"}],
        "portMappings": [{"containerPort": 8080}],
    }
]


def no_change() -> tuple[RunRecord, ...]:
    return tuple(record(stack, env) for stack in ("ecs_service", "sagemaker_endpoint") for env in ENVIRONMENTS)


def all_creates() -> tuple[RunRecord, ...]:
    """A new stack, first seen by this pull request."""
    made = []
    for env in ENVIRONMENTS:
        inputs = {"tags": {"environment": env}, "policy": json.dumps(POLICY_AFTER)}
        steps = {name: step("lambda_api", env, name, Op.CREATE, inputs=inputs) for name, _, _ in STACKS["lambda_api"]}
        made.append(record("lambda_api", env, steps, scaling_before=None))
    return tuple(made)


def update(environment: str = "dev", **fields: Any) -> RunRecord:
    image = json.dumps([{**CONTAINERS[0], "environment": [{"name": "MODEL", "value": "s3://artifacts/v13"}]}])
    changes = {
        "task": step(
            "ecs_service", environment, "task", Op.UPDATE, diff("containerDefinitions", json.dumps(CONTAINERS), image)
        ),
        "cpu": step(
            "ecs_service",
            environment,
            "cpu",
            Op.UPDATE,
            diff("targetTrackingScalingPolicyConfiguration.targetValue", 70, 60),
            diff("targetTrackingScalingPolicyConfiguration.scaleInCooldown", None, 300),
        ),
    }
    after = {**SCALING[environment], "metric": "requests per instance", "target": 60}
    return record("ecs_service", environment, changes, scaling_after=after, **fields)


def updates() -> tuple[RunRecord, ...]:
    return (*(update(env) for env in ENVIRONMENTS), record("lambda_api", "prod"))


def replacement(environment: str = "prod", **fields: Any) -> RunRecord:
    """A renamed endpoint configuration replaces the endpoint that callers hold."""
    stack = "sagemaker_endpoint"
    changes = {
        "config": step(
            stack, environment, "config", Op.REPLACE, diff("name", "recommender-1a2b", "recommender", replaces=True)
        ),
        "endpoint": step(
            stack,
            environment,
            "endpoint",
            Op.REPLACE,
            diff("name", "recommender-9f8e", "recommender", replaces=True),
            diff("endpointConfigName", "recommender-1a2b", UNKNOWN),
        ),
        "artifacts": step(stack, environment, "artifacts", Op.DELETE, protect=True),
        "execution-policy": step(
            stack,
            environment,
            "execution-policy",
            Op.UPDATE,
            diff("policy", json.dumps(POLICY_BEFORE), json.dumps(POLICY_AFTER)),
        ),
    }
    return record(stack, environment, changes, **fields)


def replaced() -> tuple[RunRecord, ...]:
    return (replacement("staging"), replacement("prod"), record("sagemaker_endpoint", "dev"))


def too_small(environment: str = "prod") -> RunRecord:
    """Minimum capacity 1 where two are wanted: mandatory in production, advisory in development."""
    stack = "sagemaker_endpoint"
    level = Level.MANDATORY if environment == "prod" else Level.ADVISORY
    yaml_line = SourceLine(file=f"stacks/{stack}/Pulumi.{environment}.yaml", line=14)
    findings = (
        finding(stack, environment, "autoscaling-target-keep-two", level, "capacity", source=yaml_line),
        finding(stack, environment, "sagemaker-config-allow-rename", Level.ADVISORY, "config"),
    )
    before = SCALING[environment]
    changes = {
        "capacity": step(stack, environment, "capacity", Op.UPDATE, diff("minCapacity", before["min"], 1)),
    }
    after = {**before, "min": 1, "metric": "requests per instance", "target": 70}
    return record(stack, environment, changes, findings=findings, scaling_after=after)


def mandatory() -> tuple[RunRecord, ...]:
    return tuple(too_small(env) for env in ENVIRONMENTS)


def failure(environment: str = "prod") -> RunRecord:
    error = RunError(
        kind="config",
        message="scaling.min: found 'two', expected a whole number of at least 1",
        hint="Write a number at scaling.min in Pulumi.prod.yaml.",
        source=SourceLine(file="stacks/azureml_endpoint/Pulumi.prod.yaml", line=9),
    )
    fields = {"steps": (), "scaling_before": None, "scaling_after": None}
    return record("azureml_endpoint", environment, status=Status.FAILED, error=error, **fields)


def failed() -> tuple[RunRecord, ...]:
    return (failure(), record("azureml_endpoint", "dev"), *updates())


def public_bucket(environment: str) -> RunRecord:
    stack = "sagemaker_endpoint"
    opened = diff("blockPublicPolicy", True, False)
    changes = {"artifacts-private": step(stack, environment, "artifacts-private", Op.UPDATE, opened)}
    level = Level.ADVISORY if environment == "dev" else Level.MANDATORY
    made = SourceLine(file="shared/aws/bucket.py", line=31)
    found = finding(stack, environment, "s3-bucket-block-public-access", level, "artifacts-private", component=made)
    return record(stack, environment, changes, findings=(found,))


def mixed() -> tuple[RunRecord, ...]:
    """All 15 targets of the monorepo after a busy pull request."""
    service = urn("ecs_service", "prod", "aws:lb/listener:Listener", "https")
    exemption = Exemption(
        rule="lb-listener-demand-tls13",
        urn=service,
        reason="A partner's client speaks only TLS 1.2 until it is replaced",
        owner="platform team",
        expires="2026-12-31",
        source=SourceLine(file="policies/exemptions.yaml", line=4),
    )
    unjudged = Unjudged(
        rule="ecs-service-spread-zones",
        reason="the zones of the subnets are known only after apply",
        urn=urn("ecs_service", "prod", "aws:ecs/service:Service", "service"),
    )
    logs = finding("lambda_api", "dev", "log-group-set-retention", Level.ADVISORY, "logs")
    return (
        *(public_bucket(env) for env in ("dev", "staging")),
        replacement("prod", findings=too_small("prod").findings, scaling_after=too_small("prod").scaling_after),
        update("dev"),
        update("staging"),
        update("prod", exemptions=(exemption,), unjudged=(unjudged,)),
        record("lambda_api", "dev", findings=(logs,)),
        *(record("lambda_api", env) for env in ("staging", "prod")),
        *(record("sagemaker_ha", env) for env in ENVIRONMENTS),
        *(record("azureml_endpoint", env) for env in ("dev", "staging")),
        failure("prod"),
    )


def huge(targets: int, changes: int, text: str = "value") -> tuple[RunRecord, ...]:
    """`targets` stacks in production with `changes` updates altogether, one in ten a replacement.

    Built without validation: 100,000 validated steps would take longer than the tests that read them.
    """
    type_token = "aws:ecs/service:Service"

    def changed(stack: str, index: int) -> Step:
        op = Op.REPLACE if index % 10 == 0 else Op.UPDATE
        count: dict[str, Any] = {
            "path": "desiredCount",
            "kind": "update",
            "replaces": op is Op.REPLACE,
            "before": 1,
            "after": index + 2,
        }
        note: dict[str, Any] = {"path": "tags.note", "kind": "update", "before": "old", "after": text}
        name = f"service-{index}"
        return Step.model_construct(
            op=op,
            urn=urn(stack, "prod", type_token, name),
            type=type_token,
            name=name,
            source=SourceLine.model_construct(file=f"stacks/{stack}/__main__.py", line=index + 1),
            diffs=(PropertyDiff.model_construct(**count), PropertyDiff.model_construct(**note)),
        )

    each, over = divmod(changes, targets)
    run: dict[str, Any] = {"environment": "prod", "operation": "preview", "rehearsal": True, "status": Status.SUCCEEDED}
    return tuple(
        RunRecord.model_construct(
            stack=name, steps=tuple(changed(name, i) for i in range(each + (index < over))), **run
        )
        for index, name in ((index, f"stack_{index:03}") for index in range(targets))
    )


ALARMS = {"error_percent": 0.5, "latency_ms": 300.0}


def served(version: str, digest: str, **fields: Any) -> dict[str, Any]:
    """The `release` output of a stack, and the `scaling` of one that stays as it is."""
    told = {"model_version": version, "artefact_digest": f"sha256:{digest * 16}", "alarms": ALARMS, **fields}
    return {"scaling": {"min": 2, "max": 4}, "release": told}


def released(stack: str, environment: str, changes: dict[str, Step], **fields: Any) -> RunRecord:
    """A record in which a stack goes from model 1.0.0 to 1.1.0."""
    told = record(stack, environment, changes)
    outputs = {"outputs_before": served("1.0.0", "a1b2", **fields), "outputs": served("1.1.0", "c3d4", **fields)}
    return told.model_copy(update=outputs)


def release() -> tuple[RunRecord, ...]:
    """A new model in dev and staging of two stacks, and nothing else."""
    told = []
    for env in ("dev", "staging"):
        name, stack = "config", "sagemaker_endpoint"
        moved = {
            "model": step(stack, env, "model", Op.REPLACE, diff("modelDataUrl", "s3://a/1.0.0", "s3://a/1.1.0", True)),
            name: step(stack, env, name, Op.REPLACE, diff("modelName", "model-1", UNKNOWN, True), retained=True),
            "endpoint": step(stack, env, "endpoint", Op.UPDATE, diff("endpointConfigName", "config-1", UNKNOWN)),
        }
        canary = {"strategy": "canary", "steps": {"percent": 10, "wait": 300, "bake": 600}, "alarms_turn_back": True}
        told.append(released(stack, env, moved, **canary))
        image = json.dumps([{**CONTAINERS[0], "environment": [{"name": "MODEL", "value": "1.1.0"}]}])
        task = step("ecs_service", env, "task", Op.REPLACE, diff("containerDefinitions", "[]", image, True))
        rolling = {"strategy": "rolling", "steps": {"percent": 34}, "alarms_turn_back": True}
        service = step("ecs_service", env, "service", Op.UPDATE, diff("taskDefinition", "task:1", UNKNOWN))
        told.append(released("ecs_service", env, {"task": task, "service": service}, **rolling))
    return tuple(told)


def too_long() -> tuple[RunRecord, ...]:
    return huge(60, 1_200)


CASES: dict[str, Callable[[], tuple[RunRecord, ...]]] = {
    "no_change": no_change,
    "all_creates": all_creates,
    "updates": updates,
    "replaced": replaced,
    "mandatory": mandatory,
    "failed": failed,
    "mixed": mixed,
    "release": release,
    "too_long": too_long,
}
"""Golden file name → its records."""
