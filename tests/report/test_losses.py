"""What a replacement or a deletion loses, and which rows say so."""

from __future__ import annotations

import pytest

from gitops.records import UNKNOWN, Op, Operation
from gitops.report.model.loss_kinds import DEFAULT, Lost, classify_loss, classify_type
from gitops.report.model.losses import collect_losses
from tests.report import cases, factories

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"


def test_losses_name_what_goes_and_which_property_forces_it() -> None:
    bucket, endpoint, config = collect_losses(cases.replaced())

    assert (bucket.op, bucket.lost.kind, bucket.protected) == (Op.DELETE, Lost.DATA, True)
    assert (endpoint.name, endpoint.lost.kind, endpoint.forced_by) == ("endpoint", Lost.ADDRESS, ("name",))
    assert endpoint.environments == ("staging", "prod")
    assert config.lost.kind is Lost.VERSION


def test_losses_of_other_causes_and_of_other_stacks_are_told_apart() -> None:
    first, other = cases.replacement("staging"), cases.replacement("prod")
    elsewhere = cases.replacement("dev").model_copy(update={"stack": "another"})
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
    assert classify_loss(factories.step_of_type(type_token)).kind is Lost.VERSION
    assert classify_loss(factories.step_of_type(type_token, Op.DELETE)).kind is not Lost.VERSION
    assert classify_loss(factories.step_of_type(type_token, deletes_first=True)).kind is not Lost.VERSION


@pytest.mark.parametrize("op", [Op.REPLACE, Op.DELETE])
def test_what_is_retained_is_not_lost(op: Op) -> None:
    copy = factories.step_of_type("aws:s3/bucketObjectv2:BucketObjectv2", op)

    assert classify_loss(copy).kind is Lost.DATA
    assert classify_loss(copy.model_copy(update={"retained": True})).kind is Lost.KEPT


def test_an_alarm_has_a_gap_only_if_it_is_deleted_first() -> None:
    alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"

    assert classify_loss(factories.step_of_type(alarm)).kind is Lost.VERSION
    assert classify_loss(factories.step_of_type(alarm, deletes_first=True)).kind is Lost.WATCH


def test_what_one_replacement_forces_is_one_row_under_it() -> None:
    network = factories.step_of_type(
        VPC, name="network", diffs=(factories.diff("cidrBlock", "10.0.0.0/16", "10.1.0.0/16", True),)
    )
    moved = factories.diff("vpcId", "vpc-1", UNKNOWN, replaces=True)
    subnets = [
        factories.step_of_type(SUBNET, name=name, diffs=(moved,), depends_on=(network.urn,)) for name in ("a", "b")
    ]
    gateway = factories.step_of_type(
        "aws:ec2/natGateway:NatGateway",
        name="nat",
        diffs=(factories.diff("subnetId", "subnet-1", UNKNOWN, replaces=True),),
        depends_on=(subnets[0].urn,),
    )

    report = factories.report_steps(*subnets, gateway, network)
    (row,) = report.loss_rows

    assert (row.names, row.first.forced_by) == (("network",), ("cidrBlock",))
    assert {loss.name for loss in row.with_it} == {"a", "b", "nat"}
    assert "3 more" not in report.verdict.text
    assert report.verdict.text.startswith("Ready, but with losses: 1 vpc replaced in prod, 1 nat gateway replaced")


def test_a_replacement_with_a_cause_of_its_own_keeps_its_row() -> None:
    network = factories.step_of_type(
        VPC, name="network", diffs=(factories.diff("cidrBlock", "10.0.0.0/16", "10.1.0.0/16", True),)
    )
    both = (factories.diff("vpcId", "vpc-1", UNKNOWN, replaces=True), factories.diff("zone", "a", "b", replaces=True))
    subnet = factories.step_of_type(SUBNET, name="a", diffs=both, depends_on=(network.urn,))

    assert [row.names for row in factories.report_steps(network, subnet).loss_rows] == [("network",), ("a",)]


def test_replacements_alike_are_one_row_with_their_names() -> None:
    renamed = (factories.diff("bucketPrefix", "a", "b", replaces=True),)
    buckets = [
        factories.step_of_type("aws:s3/bucket:Bucket", name=f"logs-{index}", diffs=renamed) for index in range(18)
    ]

    (row,) = factories.report_steps(*buckets).loss_rows

    assert len(row.names) == 18


def test_what_is_deleted_with_its_container_is_under_it() -> None:
    bucket = factories.step_of_type("aws:s3/bucket:Bucket", Op.DELETE, name="logs")
    item = factories.step_of_type("aws:s3/bucketObject:BucketObject", Op.DELETE, name="item", deleted_with=bucket.urn)

    (row,) = factories.report_steps(item, bucket).loss_rows

    assert (row.names, [loss.name for loss in row.with_it]) == (("logs",), ["item"])


def test_a_release_that_keeps_the_old_copy_loses_nothing() -> None:
    copy = factories.step_of_type("aws:s3/bucketObjectv2:BucketObjectv2", name="model", retained=True)

    report = factories.report_steps(copy, factories.step_of_type("aws:sagemaker/model:Model"))

    assert report.losses == ()
    assert report.verdict.text == "Ready: 2 resources superseded by a new version, nothing lost"


def test_what_leaves_the_stack_and_stays_in_the_cloud_is_said() -> None:
    report = factories.report_steps(
        factories.step_of_type("aws:s3/bucket:Bucket", Op.DELETE, name="logs", retained=True)
    )

    assert report.verdict.text == "Ready: 1 resource left in the cloud and no longer managed, nothing lost"
    assert report.succession_notes == (
        ("leaves the stack, stays in the cloud and is no longer managed", ("lambda_api: logs in prod",)),
    )


def test_the_network_is_named_before_what_hangs_on_it() -> None:
    types = ["aws:ec2/natGateway:NatGateway", "aws:ec2/subnet:Subnet", "aws:ec2/vpc:Vpc"]

    assert min(types, key=lambda token: classify_type(token).rank) == "aws:ec2/vpc:Vpc"


def test_a_resource_that_drift_misses_is_gone_from_the_cloud() -> None:
    deletion = cases.replaced()[0].model_copy(update={"operation": Operation.DRIFT})

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
