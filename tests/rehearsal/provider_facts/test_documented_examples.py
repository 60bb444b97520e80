"""No example that the SDK's documentation offers for copying may be refused, but for the few that AWS refuses too."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.judge.refusal import Refusal
from rehearsal.judge.rules import judge_alone
from rehearsal.provider.combinations import check_combinations
from rehearsal.provider_facts import check, type_facts
from rehearsal.sdk.package import Sdk
from tests.rehearsal.provider_facts import tokens
from tests.rehearsal.provider_facts.documented_examples import resources_of_examples

# an SDK module defines its deprecated aliases with a warning each
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
SDK = Sdk("aws")
# the services whose replacements were checked by hand: what is refused of the others is the registry's alone
CHECKED = [token for token in tokens("aws") if type_facts.of(token).force_new is not None]
MODULES = sorted({token.split(":")[1].split("/")[0].replace("lambda", "lambda_") for token in CHECKED})
# Placeholders and slips in the examples themselves: type, path.
REFUSED_BY_AWS_TOO = {
    ("aws:acm/certificate:Certificate", "domainName"),
    ("aws:autoscaling/group:Group", "launchConfiguration"),
    ("aws:ec2/instance:Instance", "ami"),
    ("aws:ec2/instance:Instance", "instanceType"),
    ("aws:sagemaker/workforce:Workforce", "cognitoConfig.userPool"),
    ("aws:apigateway/methodResponse:MethodResponse", "responseParameters"),
    ("aws:codedeploy/deploymentGroup:DeploymentGroup", "triggerConfigurations[0].triggerTargetArn"),
    ("aws:ecs/service:Service", "taskDefinition"),
    ("aws:ecs/taskDefinition:TaskDefinition", "volumes[0].efsVolumeConfiguration.rootDirectory"),
    ("aws:cloudwatch/eventBus:EventBus", "eventSourceName"),
    ("aws:cloudwatch/eventRule:EventRule", "eventPattern"),
    ("aws:dynamodb/table:Table", "readCapacity"),
    ("aws:iam/policy:Policy", "policy"),
    ("aws:lambda/function:Function", "snapStart"),
    ("aws:alb/listener:Listener", "defaultActions[0]"),
    *(("aws:lb/targetGroup:TargetGroup", path) for path in ("port", "protocol", "vpcId")),
    ("aws:route53/record:Record", "ttl"),
    ("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "rules[0].deleteMarkerReplication"),
    ("aws:lb/listener:Listener", "defaultActions[0]"),
    *(("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", f"rules[{index}]") for index in range(3)),
}


@pytest.mark.parametrize("module", MODULES)
def test_examples_pass(module: str) -> None:
    registered = list(resources_of_examples(module))
    refused = {
        (token, failure.path): str(failure)
        for token, inputs in registered
        for failure in (*check(token, inputs), *judge_alone(token, inputs), *_combinations(token, inputs))
    }
    assert {where: text for where, text in refused.items() if where not in REFUSED_BY_AWS_TOO} == {}
    assert len(registered) >= 2


def _combinations(token: str, inputs: dict[str, Any]) -> list[Refusal]:
    kind = SDK.find_resource(token)
    return list(check_combinations(kind, inputs)) if kind else []
