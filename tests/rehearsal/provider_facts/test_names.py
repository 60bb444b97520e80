"""Reading paths, and finding a Pulumi property in a CloudFormation schema."""

from __future__ import annotations

import pytest

from rehearsal.provider_facts import paths
from rehearsal.provider_facts.api_models import accepts
from rehearsal.provider_facts.property_names import match
from rehearsal.provider_facts.schema_paths import translate


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("name", ("name",)),
        ("vpcConfig.subnets[0]", ("vpcConfig", "subnets")),
        ("rules[0].statement.ors[12].x", ("rules", "statement", "ors", "x")),
        ('tags["cost-center"]', ("tags", "cost-center")),
        ('environment["a.b"].c', ("environment", "a.b", "c")),
        ("", ()),
    ],
)
def test_a_path_is_its_names(path: str, names: tuple[str, ...]) -> None:
    assert paths.names(path) == names


@pytest.mark.parametrize(
    ("path", "name", "joined"),
    [("", "tags", "tags"), ("tags", "cost-center", "tags.cost-center"), ("tags", "a.b", 'tags["a.b"]')],
)
def test_a_joined_path_reads_back(path: str, name: str, joined: str) -> None:
    assert paths.join(path, name) == joined
    assert paths.names(joined)[-1] == name


@pytest.mark.parametrize(
    ("name", "candidates", "resource", "found", "exact"),
    [
        ("roleArn", ["RoleARN"], "", "RoleARN", True),
        ("name", ["EndpointConfigName", "Tags"], "EndpointConfig", "EndpointConfigName", True),
        ("name", ["StatementName", "WorkGroup"], "PreparedStatement", "StatementName", True),
        ("name", ["Name", "ClusterName"], "Cluster", "Name", True),
        ("productionVariant", ["ProductionVariants"], "", "ProductionVariants", True),
        ("policies", ["Policy"], "", "Policy", True),
        ("subnets", ["SubnetIds"], "", "SubnetIds", False),
        ("vpc", ["VpcId"], "", "VpcId", False),
        ("description", ["Name"], "", None, False),
    ],
)
def test_a_property_is_found_by_its_name(
    name: str, candidates: list[str], resource: str, found: str | None, exact: bool
) -> None:
    matched = match(name, candidates, resource)
    assert (matched.name if matched else None) == found
    assert matched is None or matched.exact is exact


def test_a_renamed_property_comes_first() -> None:
    matched = match("name", ["Name", "AliasName"], "Alias", {"name": "AliasName"})
    assert matched is not None
    assert matched.name == "AliasName"


def test_an_output_is_no_candidate_for_an_input() -> None:
    assert translate("AWS::StepFunctions::StateMachine", ("name",), {}) == ("StateMachineName",)


def test_a_path_is_followed_as_far_as_the_shapes_agree() -> None:
    variant = ("productionVariants", "instanceType")
    assert translate("AWS::SageMaker::EndpointConfig", variant, {}) == ("ProductionVariants", "InstanceType")
    assert translate("AWS::SageMaker::EndpointConfig", ("productionVariants", "x", "y"), {}) == ("ProductionVariants",)


@pytest.mark.parametrize(
    ("cfn_type", "value", "others", "accepted"),
    [
        ("AWS::DevOpsGuru::ResourceCollection", "AWS_SERVICE", ["AWS_TAGS"], True),
        ("AWS::SecurityHub::AggregatorV2", "ALL_REGIONS", ["SPECIFIED_REGIONS"], True),
        ("AWS::ElasticLoadBalancingV2::Listener", "GRPC", ["HTTP", "HTTPS"], False),
        ("AWS::NoSuchService::Thing", "b", ["a"], False),
    ],
)
def test_the_api_is_the_second_witness(cfn_type: str, value: str, others: list[str], accepted: bool) -> None:
    assert accepts(cfn_type, value, others) is accepted
