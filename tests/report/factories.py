"""Run records as the real stacks leave them, for tests of the report.

The five stacks below have the shape of the real ones (types, names, dependencies); each case is a tuple of records
that one report is built from.
"""

from __future__ import annotations

from typing import Any

from gitops.records import (
    Finding,
    Level,
    Op,
    PropertyDiff,
    RunRecord,
    Severity,
    SourceLine,
    Status,
    Step,
)
from gitops.report.model.context import Context
from gitops.report.model.report import Report, build

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


def step_of_type(type_token: str, op: Op = Op.REPLACE, name: str = "it", **fields: Any) -> Step:
    """The step of a resource that is in none of the stacks."""
    return Step(op=op, urn=urn("web", "prod", type_token, name), type=type_token, name=name, **fields)


def report_steps(*steps: Step) -> Report:
    """The report of one target whose run has these steps."""
    return build([record("lambda_api", "prod").model_copy(update={"steps": steps})], Context())
