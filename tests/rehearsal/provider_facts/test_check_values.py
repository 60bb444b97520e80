from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from rehearsal.provider_facts import CheckFailure, check
from rehearsal.values import UNKNOWN, UNKNOWN_SENTINELS, Asset, Secret
from tests.rehearsal.provider_facts import accepted_values, refused_values

ENDPOINT = "aws:sagemaker/endpoint:Endpoint"
# What the real awsx provider gave to the real AWS provider.
RECORDINGS = sorted((Path(__file__).parent.parent / "awsx" / "recordings").glob("*.json"))


def of_both_clouds(aws: Mapping[str, list[Any]], azure: Mapping[str, list[Any]]) -> Iterator[tuple[str, Any]]:
    for package, table in (("aws", aws), ("azure-native", azure)):
        for name, cases in table.items():
            yield from ((f"{package}:{name}", case) for case in cases)


REFUSED = [(token, path, inputs) for token, (path, inputs) in of_both_clouds(refused_values.AWS, refused_values.AZURE)]
ACCEPTED = list(of_both_clouds(accepted_values.AWS, accepted_values.AZURE))


@pytest.mark.parametrize(("token", "path", "inputs"), REFUSED)
def test_refuses_exactly_the_wrong_value(token: str, path: str, inputs: dict[str, Any]) -> None:
    found = check(token, inputs)
    assert [failure.path for failure in found] == [path]
    assert found[0].expected


@pytest.mark.parametrize(("token", "inputs"), ACCEPTED)
def test_accepts_what_the_cloud_accepts(token: str, inputs: dict[str, Any]) -> None:
    assert check(token, inputs) == []


def test_both_verdicts_are_well_covered() -> None:
    assert len(REFUSED) >= 100
    assert len(ACCEPTED) >= 100


def test_a_refusal_says_what_was_found_expected_and_nearest() -> None:
    inputs = {"productionVariants": [{"instanceType": "ml.m5.large"}, {"instanceType": "ml.m5.huge"}]}
    (failure,) = check("aws:sagemaker/endpointConfiguration:EndpointConfiguration", inputs)
    assert failure == CheckFailure(
        "productionVariants[1].instanceType", "'ml.m5.huge'", failure.expected, nearest="ml.m5.large"
    )
    assert failure.expected.startswith("an instance type that SageMaker hosts models on")


def test_several_refusals_come_in_the_order_of_the_inputs() -> None:
    inputs = {"timeout": 0, "memorySize": 1, "name": "a b"}
    assert [failure.path for failure in check("aws:lambda/function:Function", inputs)] == [
        "timeout",
        "memorySize",
        "name",
    ]


def test_a_secret_is_judged_but_never_quoted() -> None:
    (failure,) = check(ENDPOINT, {"name": Secret("hunter_2")})
    assert failure.path == "name"
    assert "hunter" not in str(failure)


def test_a_secret_around_an_object_hides_everything_inside() -> None:
    policy = {"trafficRoutingConfiguration": {"type": "hunter2"}}
    inputs = {"deploymentConfig": Secret({"blueGreenUpdatePolicy": policy})}
    (failure,) = check(ENDPOINT, inputs)
    assert failure.path == "deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration.type"
    assert "hunter2" not in str(failure)


@pytest.mark.parametrize("value", [UNKNOWN, Secret(UNKNOWN), Asset(text="a_b"), None, "", True])
def test_what_cannot_be_judged_passes(value: Any) -> None:
    assert check(ENDPOINT, {"name": value}) == []


def test_a_long_value_is_shortened() -> None:
    (failure,) = check(ENDPOINT, {"name": "n" * 500})
    assert len(failure.found) < 100
    assert "500 characters" in failure.found


def test_one_object_where_the_registry_has_a_list_is_judged_as_its_item() -> None:
    inputs = {"productionVariants": {"instanceType": "ml.m5.huge"}}
    (failure,) = check("aws:sagemaker/endpointConfiguration:EndpointConfiguration", inputs)
    assert failure.path == "productionVariants.instanceType"


def test_ids_and_arns_are_left_to_the_resources_that_make_them() -> None:
    assert check("aws:efs/mountTarget:MountTarget", {"subnetId": "made-up", "fileSystemId": "made-up"}) == []


def test_a_type_nobody_knows_is_not_judged() -> None:
    assert check("aws:nowhere/thing:Thing", {"name": "a b"}) == []
    assert check("random:index/randomPet:RandomPet", {"length": -1}) == []


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
def test_recorded_inputs_pass(recording: Path) -> None:
    children = json.loads(recording.read_text(encoding="utf-8"))["children"]
    assert children
    for child in children:
        assert check(child["type_chain"][-1], with_unknowns(child["inputs"])) == []


def with_unknowns(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: with_unknowns(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_unknowns(item) for item in value]
    return UNKNOWN if isinstance(value, str) and value in UNKNOWN_SENTINELS else value


def test_there_are_recordings() -> None:
    assert len(RECORDINGS) >= 4
