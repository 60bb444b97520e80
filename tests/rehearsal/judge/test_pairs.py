"""What a cloud refuses is refused, with its words; the corrected twin is not. No engine runs: the judges are asked."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rehearsal.aws.aws_cloud import Aws
from rehearsal.azure.azure_cloud import Azure
from rehearsal.judge.documents import read as read_program
from rehearsal.judge.kept import lint_new
from rehearsal.judge.program import Resource
from rehearsal.judge.rules import judge_together
from rehearsal.judge.template import Template, Translated
from rehearsal.provider.check import check as check_types
from rehearsal.sdk.package import Sdk
from rehearsal.values import from_json
from tests.rehearsal.judge.pairs import Pair, linter, read, read_accepted

PAIRS = read()
SDK = cache(Sdk)
CLOUDS = {"aws": Aws(), "azure-native": Azure()}


def refusals(states: list[dict[str, Any]], folder: Path) -> list[str]:
    """What the provider's Check says of each resource; where it says nothing, what the judge says of all of them.

    `folder` has what the linter said of an earlier program.
    """
    alone = [told for state in states if state.get("custom") for told in check(state["type"], state["inputs"])]
    if alone:
        return alone
    program = read_program(states)
    return [str(refusal) for refusal in (*judge_together(program), *lint_new(program, folder, linter().judge))]


def check(token: str, inputs: dict[str, Any]) -> list[str]:
    package, given = token.partition(":")[0], from_json(inputs)
    kind = SDK(package).resource(token)
    cloud = CLOUDS.get(package)
    return list(map(str, check_types(given, kind.inputs) or (cloud.check(kind, given) if cloud else ())))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name.replace(" ", "-"))
def test_a_mistake_is_refused_and_its_correction_is_not(pair: Pair, tmp_path: Path) -> None:
    assert refusals(pair.twin(), tmp_path) == []
    told = refusals(pair.refused(), tmp_path)
    assert any(pair.says.lower() in one.lower() for one in told), told


@pytest.mark.parametrize(
    "states", [pytest.param(states, id=name.replace(" ", "-")) for name, states in read_accepted().items()]
)
def test_what_the_clouds_accept_is_not_refused(states: list[dict[str, Any]], tmp_path: Path) -> None:
    assert refusals(states, tmp_path) == []


def test_a_rule_of_the_linter_that_breaks_takes_no_other_with_it() -> None:
    """cfn-lint 1.x ends with an exception on a group for a function with a VPC; here it is put to it as it is."""
    group = {"TargetType": "lambda", "VpcId": "vpc-0a1b2c3d"}
    task = {"RequiresCompatibilities": ["FARGATE"], "NetworkMode": "awsvpc", "Cpu": "256", "Memory": "8192"}
    kinds = {"AWS::ElasticLoadBalancingV2::TargetGroup": group, "AWS::ECS::TaskDefinition": task}
    made = {
        f"R{index}": Translated(Resource(f"urn:{index}", kind, {}), kind, properties)
        for index, (kind, properties) in enumerate(kinds.items())
    }

    told = [refusal.rule for refusal in linter().judge(Template("us-east-1", made))]

    assert "cfn-lint E3047" in told


def test_pairs_are_many_and_documented() -> None:
    assert len(PAIRS) >= 60
    assert all(pair.source.startswith("https://") for pair in PAIRS)
