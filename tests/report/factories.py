"""Run records as the real stacks leave them, for tests of the report.

The five stacks below have the shape of the real ones (types, names, dependencies); each case is a tuple of records
that one report is built from.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from gitops.records import (
    UNKNOWN,
    Exemption,
    Finding,
    Level,
    Op,
    PropertyDiff,
    RunError,
    RunRecord,
    Severity,
    SourceLine,
    Status,
    Step,
    Unjudged,
)
from gitops.report.model.context import Context

CONTEXT = Context(
    repository_url="https://github.com/example/inference",
    commit="4f2a9c1e7b3d5a6880412f9be1c7d0a35e6f7812",
    base="main",
    run_url="https://github.com/example/inference/actions/runs/42",
)

STACKS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "sagemaker_endpoint": (
        ("key", "aws:kms/key:Key", ""),
        ("artifacts", "aws:s3/bucket:Bucket", "key"),
        ("artifacts-private", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "artifacts"),
        ("artifacts-policy", "aws:s3/bucketPolicy:BucketPolicy", "artifacts"),
        ("execution", "aws:iam/role:Role", ""),
        ("execution-policy", "aws:iam/rolePolicy:RolePolicy", "execution artifacts"),
        ("model", "aws:sagemaker/model:Model", "execution artifacts"),
        ("config", "aws:sagemaker/endpointConfiguration:EndpointConfiguration", "model key"),
        ("endpoint", "aws:sagemaker/endpoint:Endpoint", "config"),
        ("capacity", "aws:appautoscaling/target:Target", "endpoint"),
        ("per-instance", "aws:appautoscaling/policy:Policy", "capacity"),
        ("errors", "aws:cloudwatch/metricAlarm:MetricAlarm", "endpoint topic"),
        ("latency", "aws:cloudwatch/metricAlarm:MetricAlarm", "endpoint topic"),
        ("topic", "aws:sns/topic:Topic", "key"),
        ("dashboard", "aws:cloudwatch/dashboard:Dashboard", "endpoint"),
    ),
    "sagemaker_ha": (
        ("role", "aws:iam/role:Role", ""),
        ("model", "aws:sagemaker/model:Model", "role"),
        ("config", "aws:sagemaker/endpointConfiguration:EndpointConfiguration", "model"),
        ("primary", "aws:sagemaker/endpoint:Endpoint", "config"),
        ("standby", "aws:sagemaker/endpoint:Endpoint", "config"),
        ("health", "aws:route53/healthCheck:HealthCheck", "primary"),
        ("name", "aws:route53/record:Record", "primary standby health"),
        ("capacity", "aws:appautoscaling/target:Target", "primary"),
        ("target-tracking", "aws:appautoscaling/policy:Policy", "capacity"),
    ),
    "ecs_service": (
        ("network", "aws:ec2/vpc:Vpc", ""),
        ("public-1", "aws:ec2/subnet:Subnet", "network"),
        ("public-2", "aws:ec2/subnet:Subnet", "network"),
        ("private-1", "aws:ec2/subnet:Subnet", "network"),
        ("private-2", "aws:ec2/subnet:Subnet", "network"),
        ("nat-1", "aws:ec2/natGateway:NatGateway", "public-1"),
        ("nat-2", "aws:ec2/natGateway:NatGateway", "public-2"),
        ("edge", "aws:lb/loadBalancer:LoadBalancer", "public-1 public-2 edge-sg"),
        ("edge-sg", "aws:ec2/securityGroup:SecurityGroup", "network"),
        ("tasks-sg", "aws:ec2/securityGroup:SecurityGroup", "network edge-sg"),
        ("tasks", "aws:lb/targetGroup:TargetGroup", "network"),
        ("https", "aws:lb/listener:Listener", "edge tasks"),
        ("cluster", "aws:ecs/cluster:Cluster", ""),
        ("execution", "aws:iam/role:Role", ""),
        ("task-role", "aws:iam/role:Role", ""),
        ("logs", "aws:cloudwatch/logGroup:LogGroup", ""),
        ("task", "aws:ecs/taskDefinition:TaskDefinition", "execution task-role logs"),
        ("service", "aws:ecs/service:Service", "cluster task https private-1 private-2 tasks-sg"),
        ("capacity", "aws:appautoscaling/target:Target", "service"),
        ("cpu", "aws:appautoscaling/policy:Policy", "capacity"),
        ("errors", "aws:cloudwatch/metricAlarm:MetricAlarm", "edge tasks"),
    ),
    "lambda_api": (
        ("role", "aws:iam/role:Role", ""),
        ("logs", "aws:cloudwatch/logGroup:LogGroup", ""),
        ("function", "aws:lambda/function:Function", "role logs"),
        ("live", "aws:lambda/alias:Alias", "function"),
        ("warm", "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig", "live"),
        ("api", "aws:apigateway/restApi:RestApi", ""),
        ("route", "aws:apigateway/integration:Integration", "api live"),
        ("deployment", "aws:apigateway/deployment:Deployment", "route"),
        ("stage", "aws:apigateway/stage:Stage", "deployment"),
        ("capacity", "aws:appautoscaling/target:Target", "live"),
    ),
    "azureml_endpoint": (
        ("group", "azure-native:resources:ResourceGroup", ""),
        ("storage", "azure-native:storage:StorageAccount", "group"),
        ("vault", "azure-native:keyvault:Vault", "group"),
        ("workspace", "azure-native:machinelearningservices:Workspace", "group storage vault"),
        ("endpoint", "azure-native:machinelearningservices:OnlineEndpoint", "workspace"),
        ("blue", "azure-native:machinelearningservices:OnlineDeployment", "endpoint"),
        ("scaling", "azure-native:monitor:AutoscaleSetting", "blue"),
        ("alerts", "azure-native:monitor:MetricAlert", "endpoint"),
    ),
}
"""Stack → (name, type, names it depends on)."""

ENVIRONMENTS = ("dev", "staging", "prod")
SCALING = {"dev": {"min": 1, "max": 2}, "staging": {"min": 2, "max": 4}, "prod": {"min": 3, "max": 12}}


def urn(stack: str, environment: str, type_token: str, name: str) -> str:
    return f"urn:pulumi:{environment}::{stack}::{type_token}::{name}"


def line_of(stack: str, name: str) -> SourceLine:
    names = [known for known, _, _ in STACKS.get(stack, ())]
    return SourceLine(file=f"stacks/{stack}/__main__.py", line=20 + 3 * (names.index(name) if name in names else 0))


def diff(path: str, before: Any = None, after: Any = None, replaces: bool = False) -> PropertyDiff:
    kind = "add" if before is None else "delete" if after is None else "update"
    return PropertyDiff(path=path, kind=kind, replaces=replaces, before=before, after=after)


def step(stack: str, environment: str, name: str, op: Op = Op.SAME, *diffs: PropertyDiff, **fields: Any) -> Step:
    """One resource of `STACKS`, by name."""
    types = {known: (type_token, needs) for known, type_token, needs in STACKS[stack]}
    type_token, needs = types[name]
    return Step(
        op=op,
        urn=urn(stack, environment, type_token, name),
        type=type_token,
        name=name,
        source=line_of(stack, name),
        diffs=diffs,
        depends_on=tuple(urn(stack, environment, types[need][0], need) for need in needs.split()),
        **fields,
    )


def record(stack: str, environment: str, changed: dict[str, Step] | None = None, **fields: Any) -> RunRecord:
    """A run of a stack in which nothing changes but the steps in `changed`, by name."""
    told = changed or {}
    steps = tuple(told.get(name) or step(stack, environment, name) for name, _, _ in STACKS[stack])
    scaling = {**SCALING[environment], "metric": "requests per instance", "target": 70}
    before, after = fields.pop("scaling_before", scaling), fields.pop("scaling_after", scaling)
    known: dict[str, Any] = {
        "operation": "preview",
        "rehearsal": True,
        "status": Status.SUCCEEDED,
        "steps": steps,
        "outputs_before": {"scaling": before} if before else {},
        "outputs": {"scaling": after} if after else {},
    }
    return RunRecord(stack=stack, environment=environment, **{**known, **fields})


def finding(stack: str, environment: str, rule: str, level: Level, name: str, **fields: Any) -> Finding:
    types = {known: type_token for known, type_token, _ in STACKS[stack]}
    known = {"source": line_of(stack, name), **RULES[rule], **fields}
    return Finding(rule=rule, level=level, urn=urn(stack, environment, types[name], name), **known)


RULES: dict[str, dict[str, Any]] = {
    "autoscaling-target-keep-two": {
        "severity": Severity.CRITICAL,
        "message": "minCapacity is 1, expected at least 2 in prod",
        "title": "Production keeps at least two instances",
        "why": "With one instance, a failing host or a zone outage stops all inference until a new one has loaded "
        "the model, which takes minutes.",
        "fix": "Set scaling.min to 2 or more in Pulumi.prod.yaml.",
        "reference": "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html#sagemaker-4",
    },
    "s3-bucket-block-public-access": {
        "severity": Severity.HIGH,
        "message": "blockPublicPolicy is false, expected true",
        "title": "Model artifacts are not public",
        "why": "Whoever can read the bucket has the model; whoever can write to it runs code in your endpoint.",
        "fix": "Leave block_public_policy at its default.",
        "reference": "https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-8",
    },
    "log-group-set-retention": {
        "severity": Severity.MEDIUM,
        "message": "retentionInDays is not set: logs are kept and paid for ever",
        "title": "Logs have an end",
        "why": "Request logs of an inference route grow without bound and may hold personal data.",
        "fix": "Set retention_in_days.",
        "reference": "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-16",
    },
    "sagemaker-config-allow-rename": {
        "severity": Severity.LOW,
        "message": "name is fixed to 'recommender', expected the engine's own naming",
        "title": "Endpoint configurations are not named by hand",
        "why": "A fixed name makes a replacement delete the old configuration before the new one exists.",
        "fix": "Remove name= and let the engine choose one.",
        "reference": "https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming",
    },
}

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
