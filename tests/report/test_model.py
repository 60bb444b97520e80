"""Rows, losses, findings and changes: what a reader is told, decided before any format."""

from __future__ import annotations

import json
import typing

import pytest

from gitops.records import UNKNOWN, Finding, Level, Op, Operation, RunRecord, Severity, Step
from gitops.report.formats import html, terminal
from gitops.report.formats.markdown import page as markdown
from gitops.report.model.changes import collect_changes
from gitops.report.model.context import Context
from gitops.report.model.findings import group_by_rule
from gitops.report.model.loss_kinds import DEFAULT, Lost, classify_loss, classify_type
from gitops.report.model.losses import collect_losses
from gitops.report.model.report import build
from gitops.report.model.rows import format_findings, summarize_target
from gitops.report.model.scaling import format_scaling
from gitops.report.model.tag_changes import changes_tags_alone
from tests.report import factories


def test_row_counts_resources_only() -> None:
    stack = Step(op=Op.CREATE, urn="u1", type="pulumi:pulumi:Stack", name="stack")
    provider = Step(op=Op.CREATE, urn="u2", type="pulumi:providers:aws", name="provider")
    component = Step(op=Op.CREATE, urn="u3", type="awsx:lb:ApplicationLoadBalancer", name="edge", custom=False)
    resource = Step(op=Op.CREATE, urn="u4", type="aws:lb/loadBalancer:LoadBalancer", name="edge")
    record = factories.record("lambda_api", "dev", steps=(stack, provider, component, resource))

    assert summarize_target(record).counts[Op.CREATE] == 1


def test_row_tells_findings_mandatory_first() -> None:
    text = format_findings(summarize_target(factories.too_small("prod")))

    assert text == "1 mandatory (1 critical), 1 advisory (1 low)"


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (None, None, ""),
        (None, {"min": 2, "max": 6}, "new: 2–6"),
        ({"min": 2, "max": 6}, None, "2–6 → none"),
        ({"min": 2, "max": 6}, {"min": 2, "max": 6}, "2–6"),
        ({"min": 2, "max": 6}, {"min": 1, "max": 6}, "2–6 → 1–6"),
        ({"min": 2, "max": 6, "target": 70}, {"min": 2, "max": 6, "target": 60}, "2–6, target 70 → 60"),
        (None, {"min": 2, "max": 6, "metric": "cpu", "target": 60}, "new: 2–6, cpu 60"),
        (
            {"min": 2, "max": 6, "cooldowns": {"in": 300, "out": 60}},
            {"min": 2, "max": 6, "cooldowns": {"in": 60, "out": 60}},
            "2–6, cooldowns.in 300 → 60",
        ),
        (
            {"min": 2, "max": 6},
            {"min": 2, "max": 6, "schedules": {"day": {"at": "8:00", "days": ["mon", "tue"], "max": 9}}},
            "2–6, schedules.day.at none → 8:00, schedules.day.days none → mon tue, schedules.day.max none → 9",
        ),
        (
            {"max": 6} | dict.fromkeys("abcdef", 1),
            {"max": 6} | dict.fromkeys("abcdef", 2),
            "none–6, a 1 → 2, b 1 → 2, c 1 → 2, d 1 → 2, 2 more changes",
        ),
    ],
)
def test_scaling_before_and_after(
    before: dict[str, typing.Any] | None, after: dict[str, typing.Any] | None, text: str
) -> None:
    assert format_scaling(before, after) == text


def test_unchanged_targets_are_not_rows() -> None:
    report = build(factories.updates(), Context())

    assert [row.target for row in report.loud_rows] == ["ecs_service/dev", "ecs_service/staging", "ecs_service/prod"]
    assert report.unchanged == ("lambda_api/prod",)


def test_a_target_with_only_an_advisory_finding_is_a_row() -> None:
    finding = factories.finding("lambda_api", "dev", "log-group-set-retention", Level.ADVISORY, "logs")
    report = build([factories.record("lambda_api", "dev", findings=(finding,))], Context())

    assert not report.unchanged


def test_a_column_without_a_word_in_it_is_left_out() -> None:
    def heads(*records: RunRecord) -> list[str]:
        return [column.head for column in build(records, factories.CONTEXT).columns if not column.op]

    unscaled = {"outputs": {}, "outputs_before": {}}

    assert heads(*factories.mixed()) == ["target", "findings", "scaling"]
    assert heads(*factories.updates()) == ["target", "scaling"]
    assert heads(*(record.model_copy(update=unscaled) for record in factories.mixed())) == ["target", "findings"]


def test_environments_come_in_deployment_order() -> None:
    shuffled = [factories.record("lambda_api", env) for env in ("prod", "dev", "staging")]

    assert [row.environment for row in build(shuffled, Context()).rows] == ["dev", "staging", "prod"]


def test_losses_name_what_goes_and_which_property_forces_it() -> None:
    bucket, endpoint, config = collect_losses(factories.replaced())

    assert (bucket.op, bucket.lost.kind, bucket.protected) == (Op.DELETE, Lost.DATA, True)
    assert (endpoint.name, endpoint.lost.kind, endpoint.forced_by) == ("endpoint", Lost.ADDRESS, ("name",))
    assert endpoint.environments == ("staging", "prod")
    assert config.lost.kind is Lost.VERSION


def test_losses_of_other_causes_and_of_other_stacks_are_told_apart() -> None:
    first, other = factories.replacement("staging"), factories.replacement("prod")
    elsewhere = factories.replacement("dev").model_copy(update={"stack": "another"})
    renamed = factories.step(
        "sagemaker_endpoint", "prod", "endpoint", Op.REPLACE, factories.diff("region", "a", "b", replaces=True)
    )
    kept = tuple(step for step in other.steps if step.name != "endpoint")
    moved = other.model_copy(update={"steps": (*kept, renamed)})

    found = collect_losses([first, moved, elsewhere])

    assert [(loss.stack, loss.environments, loss.forced_by) for loss in found if loss.name == "endpoint"] == [
        ("sagemaker_endpoint", ("staging",), ("name",)),
        ("sagemaker_endpoint", ("prod",), ("region",)),
        ("another", ("dev",), ("name",)),
    ]


@pytest.mark.parametrize(
    "type_token",
    [
        "aws:ecs/taskDefinition:TaskDefinition",
        "aws:sagemaker/model:Model",
        "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
        "aws:apigateway/deployment:Deployment",
        "aws:lambda/layerVersion:LayerVersion",
    ],
)
def test_what_only_gets_a_new_version_loses_nothing_until_it_is_deleted(type_token: str) -> None:
    assert classify_loss(going(type_token)).kind is Lost.VERSION
    assert classify_loss(going(type_token, Op.DELETE)).kind is not Lost.VERSION
    assert classify_loss(going(type_token, deletes_first=True)).kind is not Lost.VERSION


def going(type_token: str, op: Op = Op.REPLACE, name: str = "it", **fields: typing.Any) -> Step:
    return Step(op=op, urn=factories.urn("web", "prod", type_token, name), type=type_token, name=name, **fields)


@pytest.mark.parametrize("op", [Op.REPLACE, Op.DELETE])
def test_what_is_retained_is_not_lost(op: Op) -> None:
    copy = going("aws:s3/bucketObjectv2:BucketObjectv2", op)

    assert classify_loss(copy).kind is Lost.DATA
    assert classify_loss(copy.model_copy(update={"retained": True})).kind is Lost.KEPT


def test_an_alarm_has_a_gap_only_if_it_is_deleted_first() -> None:
    alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"

    assert classify_loss(going(alarm)).kind is Lost.VERSION
    assert classify_loss(going(alarm, deletes_first=True)).kind is Lost.WATCH


def lose(*steps: Step) -> typing.Any:
    record = factories.record("lambda_api", "prod").model_copy(update={"steps": steps})
    return build([record], Context())


VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"


def test_what_one_replacement_forces_is_one_row_under_it() -> None:
    network = going(VPC, name="network", diffs=(factories.diff("cidrBlock", "10.0.0.0/16", "10.1.0.0/16", True),))
    moved = factories.diff("vpcId", "vpc-1", UNKNOWN, replaces=True)
    subnets = [going(SUBNET, name=name, diffs=(moved,), depends_on=(network.urn,)) for name in ("a", "b")]
    gateway = going(
        "aws:ec2/natGateway:NatGateway",
        name="nat",
        diffs=(factories.diff("subnetId", "subnet-1", UNKNOWN, replaces=True),),
        depends_on=(subnets[0].urn,),
    )

    report = lose(*subnets, gateway, network)
    (row,) = report.loss_rows

    assert (row.names, row.first.forced_by) == (("network",), ("cidrBlock",))
    assert {loss.name for loss in row.with_it} == {"a", "b", "nat"}
    assert "3 more" not in report.verdict.text
    assert report.verdict.text.startswith("Ready, but with losses: 1 vpc replaced in prod, 1 nat gateway replaced")


def test_a_replacement_with_a_cause_of_its_own_keeps_its_row() -> None:
    network = going(VPC, name="network", diffs=(factories.diff("cidrBlock", "10.0.0.0/16", "10.1.0.0/16", True),))
    both = (factories.diff("vpcId", "vpc-1", UNKNOWN, replaces=True), factories.diff("zone", "a", "b", replaces=True))
    subnet = going(SUBNET, name="a", diffs=both, depends_on=(network.urn,))

    assert [row.names for row in lose(network, subnet).loss_rows] == [("network",), ("a",)]


def test_replacements_alike_are_one_row_with_their_names() -> None:
    renamed = (factories.diff("bucketPrefix", "a", "b", replaces=True),)
    buckets = [going("aws:s3/bucket:Bucket", name=f"logs-{index}", diffs=renamed) for index in range(18)]

    (row,) = lose(*buckets).loss_rows

    assert len(row.names) == 18


def test_what_is_deleted_with_its_container_is_under_it() -> None:
    bucket = going("aws:s3/bucket:Bucket", Op.DELETE, name="logs")
    item = going("aws:s3/bucketObject:BucketObject", Op.DELETE, name="item", deleted_with=bucket.urn)

    (row,) = lose(item, bucket).loss_rows

    assert (row.names, [loss.name for loss in row.with_it]) == (("logs",), ["item"])


def test_a_release_that_keeps_the_old_copy_loses_nothing() -> None:
    copy = going("aws:s3/bucketObjectv2:BucketObjectv2", name="model", retained=True)

    report = lose(copy, going("aws:sagemaker/model:Model"))

    assert report.losses == ()
    assert report.verdict.text == "Ready: 2 resources superseded by a new version, nothing lost"


def test_what_leaves_the_stack_and_stays_in_the_cloud_is_said() -> None:
    report = lose(going("aws:s3/bucket:Bucket", Op.DELETE, name="logs", retained=True))

    assert report.verdict.text == "Ready: 1 resource left in the cloud and no longer managed, nothing lost"
    assert report.succession_notes == (
        ("leaves the stack, stays in the cloud and is no longer managed", ("lambda_api: logs in prod",)),
    )


def test_the_network_is_named_before_what_hangs_on_it() -> None:
    types = ["aws:ec2/natGateway:NatGateway", "aws:ec2/subnet:Subnet", "aws:ec2/vpc:Vpc"]

    assert min(types, key=lambda token: classify_type(token).rank) == "aws:ec2/vpc:Vpc"


def test_a_resource_that_drift_misses_is_gone_from_the_cloud() -> None:
    deletion = factories.replaced()[0].model_copy(update={"operation": Operation.DRIFT})

    assert {loss.because for loss in collect_losses([deletion]) if loss.op is Op.DELETE} == {"gone from the cloud"}


@pytest.mark.parametrize(
    ("type_token", "kind"),
    [
        ("aws:s3/bucket:Bucket", Lost.DATA),
        ("aws:s3/bucketV2:BucketV2", Lost.DATA),
        ("aws:s3/bucketPolicy:BucketPolicy", Lost.ACCESS),
        ("aws:s3/bucketVersioning:BucketVersioning", Lost.IDENTITY),
        ("aws:dynamodb/table:Table", Lost.DATA),
        ("aws:ecr/repository:Repository", Lost.DATA),
        ("aws:cloudwatch/logGroup:LogGroup", Lost.DATA),
        ("aws:kms/key:Key", Lost.DATA),
        ("aws:sagemaker/endpoint:Endpoint", Lost.ADDRESS),
        ("aws:sagemaker/endpointConfiguration:EndpointConfiguration", Lost.CAPACITY),
        ("aws:sagemaker/model:Model", Lost.CAPACITY),
        ("aws:lb/loadBalancer:LoadBalancer", Lost.ADDRESS),
        ("aws:alb/loadBalancer:LoadBalancer", Lost.ADDRESS),
        ("aws:ecs/service:Service", Lost.CAPACITY),
        ("aws:ecs/cluster:Cluster", Lost.CAPACITY),
        ("aws:lambda/function:Function", Lost.ADDRESS),
        ("aws:apigateway/restApi:RestApi", Lost.ADDRESS),
        ("aws:appautoscaling/target:Target", Lost.CAPACITY),
        ("aws:iam/role:Role", Lost.ACCESS),
        ("aws:ec2/securityGroup:SecurityGroup", Lost.ACCESS),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", Lost.WATCH),
        ("azure-native:machinelearningservices:OnlineEndpoint", Lost.ADDRESS),
        ("azure-native:machinelearningservices:OnlineDeployment", Lost.CAPACITY),
        ("azure-native:machinelearningservices:Workspace", Lost.DATA),
        ("azure-native:storage:StorageAccount", Lost.DATA),
        ("azure-native:insights:AutoscaleSetting", Lost.CAPACITY),
        ("azure-native:keyvault:Vault", Lost.DATA),
        ("random:index/randomId:RandomId", Lost.IDENTITY),
    ],
)
def test_kind_of_loss(type_token: str, kind: Lost) -> None:
    assert classify_type(type_token).kind is kind


def test_unknown_resources_lose_their_identity() -> None:
    assert classify_type("acme:thing:Gadget") == DEFAULT


def retagged(stack: str, environment: str, count: int, **fields: typing.Any) -> typing.Any:
    owner, mirror = (factories.diff(f"{path}.owner", "ml-platform", "ml-team") for path in ("tags", "tagsAll"))
    steps = tuple(going(VPC, Op.UPDATE, name=f"net-{index}", diffs=(owner, mirror)) for index in range(count))
    return factories.record(stack, environment).model_copy(update={"steps": steps, **fields})


def test_a_change_of_tags_alone_is_one_line_however_many_resources_have_them() -> None:
    report = build([retagged("ecs_service", "dev", 120), retagged("lambda_api", "prod", 158)], Context())
    [change] = report.tag_changes

    assert report.changes == ()
    assert change.title == "the tag owner of 278 resources"
    assert [diff.path for diff in change.diffs] == ["tags.owner"]
    assert markdown.render(report).count("ml-platform") == 1
    assert html.render(report).count("ml-platform") == 1


def test_tags_that_change_with_something_else_stand_with_it() -> None:
    both = (factories.diff("tags.owner", "a", "b"), factories.diff("cidrBlock", "10.0.0.0/16", "10.1.0.0/16"))

    report = lose(going(VPC, Op.UPDATE, diffs=both))

    assert report.tag_changes == ()
    assert [change.step.name for change in report.changes[0].changes] == ["it"]


@pytest.mark.parametrize(
    ("path", "alone"),
    [("tags", True), ('tags["a.b"]', True), ("tagsAll.owner", True), ("tagsets", False), ("spec.tags", False)],
)
def test_what_counts_as_tags(path: str, alone: bool) -> None:
    assert changes_tags_alone(going(VPC, Op.UPDATE, diffs=(factories.diff(path, "a", "b"),))) is alone


def test_the_same_finding_on_eighteen_buckets_is_one_line() -> None:
    def open_bucket(name: str, message: str = "blockPublicPolicy is false") -> Finding:
        found = factories.finding("ecs_service", "prod", "s3-bucket-block-public-access", Level.MANDATORY, "logs")
        return found.model_copy(update={"message": message, "urn": f"urn:pulumi:prod::ecs_service::t::{name}"})

    found = tuple(open_bucket(f"bucket-{index}") for index in range(18))
    report = build(
        [
            factories.record("ecs_service", "prod", findings=(*found, open_bucket("other", "no"))),
        ],
        Context(),
    )
    (rule,) = report.rules

    assert [(group.places, group.folds) for group in rule.groups] == [(18, True), (1, False)]
    assert markdown.render(report).count("blockPublicPolicy is false") == 1
    assert terminal.render(report).count("blockPublicPolicy is false") == 1


def test_one_rule_in_three_environments_is_said_once() -> None:
    small, renamed = group_by_rule(factories.mandatory())

    assert (small.level, small.severity) == (Level.MANDATORY, Severity.CRITICAL)
    assert [(o.level, o.environments) for o in small.occurrences] == [
        (Level.MANDATORY, ("prod",)),
        (Level.ADVISORY, ("dev",)),
        (Level.ADVISORY, ("staging",)),
    ]
    assert [o.environments for o in renamed.occurrences] == [("dev", "staging", "prod")]


def test_rules_come_by_level_then_severity_then_name() -> None:
    def found(name: str, level: Level, severity: Severity) -> factories.Finding:
        return factories.Finding(rule=name, level=level, severity=severity, message="m")

    record = factories.record(
        "lambda_api",
        "dev",
        findings=(
            found("a", Level.ADVISORY, Severity.CRITICAL),
            found("b", Level.MANDATORY, Severity.LOW),
            found("d", Level.MANDATORY, Severity.HIGH),
            found("c", Level.MANDATORY, Severity.HIGH),
        ),
    )

    assert [rule.name for rule in group_by_rule([record])] == ["c", "d", "b", "a"]


def test_the_same_change_in_three_environments_is_said_once() -> None:
    (stack,) = collect_changes(factories.updates())

    assert [(change.step.name, change.environments) for change in stack.changes] == [
        ("task", ("dev", "staging", "prod")),
        ("cpu", ("dev", "staging", "prod")),
    ]


def test_changes_that_differ_between_environments_are_not_merged() -> None:
    def capacity(environment: str, after: int) -> factories.RunRecord:
        changed = factories.step(
            "lambda_api", environment, "capacity", Op.UPDATE, factories.diff("minCapacity", 1, after)
        )
        return factories.record("lambda_api", environment, {"capacity": changed})

    (stack,) = collect_changes([capacity("dev", 2), capacity("prod", 3)])

    assert [change.environments for change in stack.changes] == [("dev",), ("prod",)]


def test_replacements_come_before_deletions_updates_and_creates() -> None:
    ops = (Op.CREATE, Op.UPDATE, Op.DELETE, Op.REPLACE)
    names = [name for name, _, _ in factories.STACKS["lambda_api"]]
    steps = {name: factories.step("lambda_api", "dev", name, op) for name, op in zip(names, ops, strict=False)}

    (stack,) = collect_changes([factories.record("lambda_api", "dev", steps)])

    assert [change.step.op for change in stack.changes] == [Op.REPLACE, Op.DELETE, Op.UPDATE, Op.CREATE]


def test_a_created_resource_shows_its_inputs() -> None:
    (stack,) = collect_changes(factories.all_creates()[:1])
    paths = [diff.path for diff in stack.changes[0].diffs]

    assert paths == ["tags", "policy"]


def test_links_lead_to_the_reviewed_commit() -> None:
    source = factories.SourceLine(file="stacks/a b/__main__.py", line=7)

    assert factories.CONTEXT.link(source) == (
        "https://github.com/example/inference/blob/4f2a9c1e7b3d5a6880412f9be1c7d0a35e6f7812/stacks/a%20b/__main__.py#L7"
    )
    assert Context().link(source) == ""


def test_a_failed_run_without_a_message_still_says_something() -> None:
    record = factories.failure().model_copy(update={"error": None})

    assert build([record], Context()).failures[0].error.message


def test_every_policy_document_of_the_factories_is_json() -> None:
    """The cases would prove nothing about diffs inside JSON if their text were none."""
    texts: list[typing.Any] = [
        diff.before
        for record in factories.mixed()
        for step in record.steps
        for diff in step.diffs
        if diff.path == "policy"
    ]

    assert texts
    assert all(json.loads(text) for text in texts)
